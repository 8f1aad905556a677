//! Autoscaling of something that is no ECS service.

use crate::context::Context;
use crate::field::Object;
use crate::fixture::{Fixture, verdicts};
use crate::plconfig::{Component, ComponentType, CronScale, Scale, ScaleRange};
use crate::tracker::FieldTracker;
use caravan_inventory::{ObservationKind, WorkloadKind};
use serde_json::json;
use std::collections::BTreeMap;

#[test]
fn a_group_of_instances_scales_between_its_bounds_or_stays_at_its_own_count() {
    let policy = json!({"PolicyName": "rps", "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 600.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ALBRequestCountPerTarget"}}});
    let bounds = (ObservationKind::ScalableTarget, json!({"MinCapacity": 2, "MaxCapacity": 6}));
    let group = json!({"DesiredCapacity": 3});
    for (documents, wanted) in
        [(vec![bounds.clone(), (ObservationKind::ScalingPolicy, policy)], None), (vec![bounds], Some(Scale::Fixed(3)))]
    {
        let fixture = Fixture::new(WorkloadKind::Ec2, &documents);
        fixture.with_source(|source| {
            let mut tracker = FieldTracker::new(source);
            let around = fixture.around();
            let context = Context {
                around: &around,
                kind: ComponentType::Worker,
                component: "work",
                runs: true,
                balanced: false,
            };
            let mut component = Component::default();
            // The count belongs to the source itself; here it is not among the observations.
            let count = Object::of(&group).and_then(|group| group.field("DesiredCapacity"));
            super::map(&mut tracker, &context, count, &mut component);
            match (component.scale, wanted) {
                (Some(Scale::Range(range)), None) => assert_eq!((range.min, range.max, range.rps), (2, 6, Some(10.0))),
                (scale, wanted) => assert_eq!(scale, wanted),
            }
        });
    }
}

/// A service of five with bounds, a policy and two scheduled actions that take turns, whose scaling is suspended so.
fn suspended(sides: [bool; 3]) -> Fixture {
    let [inward, outward, by_clock] = sides;
    let policy = json!({"PolicyName": "cpu", "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 60.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}});
    let action = |name: &str, at: &str, min: u32| {
        let bounds = json!({"MinCapacity": min, "MaxCapacity": 12});
        let body = json!({"ScheduledActionName": name, "Schedule": at, "ScalableTargetAction": bounds});
        (ObservationKind::ScheduledAction, body)
    };
    let state = json!({"DynamicScalingInSuspended": inward, "DynamicScalingOutSuspended": outward, "ScheduledScalingSuspended": by_clock});
    let target = json!({"MinCapacity": 2, "MaxCapacity": 9, "SuspendedState": state});
    Fixture::new(
        WorkloadKind::Ecs,
        &[
            (ObservationKind::ScalableTarget, target),
            (ObservationKind::ScalingPolicy, policy),
            action("morning", "cron(0 7 * * ? *)", 4),
            action("evening", "cron(0 19 * * ? *)", 2),
        ],
    )
}

/// Its scale, the questions, and what became of the fields.
fn scaled(fixture: &Fixture, now: Option<u32>) -> (Option<Scale>, Vec<String>, BTreeMap<String, String>) {
    let group = json!({"desiredCount": now});
    let mut found = None;
    fixture.with_source(|source| {
        let mut tracker = FieldTracker::new(source);
        let around = fixture.around();
        let context =
            Context { around: &around, kind: ComponentType::Worker, component: "work", runs: true, balanced: false };
        let mut component = Component::default();
        let count = Object::of(&group).and_then(|group| group.field("desiredCount")).filter(|_| now.is_some());
        super::map(&mut tracker, &context, count, &mut component);
        let verdicts = verdicts(&mut tracker);
        let (questions, _) = tracker.close();
        let questions = questions.iter().map(|one| format!("{} {:?}", one.id, one.assumed)).collect();
        found = Some((component.scale, questions, verdicts));
    });
    found.unwrap_or_default()
}

const ASKED: &str = "autoscaling/ecs/test/it";

#[test]
fn what_is_suspended_does_not_scale_until_somebody_says_so() {
    let range = |min: u32, max: u32, cpu: Option<u32>| ScaleRange { min, max, cpu, ..ScaleRange::default() };
    let by_clock = |range: ScaleRange| {
        let cron = CronScale { start: "0 7 * * *".to_owned(), end: "0 19 * * *".to_owned(), timezone: None, min: 4 };
        ScaleRange { cron: vec![cron], ..range }
    };
    for (sides, wanted) in [
        ([true, true, true], Scale::Fixed(5)),
        ([true, true, false], Scale::Fixed(5)),
        ([false, false, true], Scale::Range(range(2, 9, Some(60)))),
        // Never fewer than now, or never more.
        ([true, false, true], Scale::Range(range(5, 9, Some(60)))),
        ([false, true, true], Scale::Range(range(2, 5, Some(60)))),
        ([true, false, false], Scale::Range(range(5, 9, Some(60)))),
    ] {
        let (scale, questions, verdicts) = scaled(&suspended(sides), Some(5));
        assert_eq!(scale.as_ref(), Some(&wanted), "{sides:?}");
        assert_eq!(questions, [format!("{ASKED} Some(\"no\")")], "{sides:?}");
        for (at, place) in [
            (0, "/SuspendedState/DynamicScalingInSuspended"),
            (1, "/SuspendedState/DynamicScalingOutSuspended"),
            (2, "/SuspendedState/ScheduledScalingSuspended"),
        ] {
            assert_eq!(verdicts[place] == ASKED, sides[at], "{sides:?} {place} {verdicts:?}");
        }
        // What lowers a floor at night has no effect either where nothing takes instances away.
        assert_eq!(verdicts["/Schedule"] == ASKED, sides[0] || sides[2], "{sides:?} {verdicts:?}");
        let policy = &verdicts["/TargetTrackingScalingPolicyConfiguration/TargetValue"];
        assert_eq!(policy == ASKED, sides[0] && sides[1], "{sides:?} {policy}");
        // The same is so for good by a person's word, and the other by another one.
        let answered = |answer: &str| scaled(&suspended(sides).answered(&[(ASKED, answer)]), Some(5));
        let (scale, questions, verdicts) = answered("no");
        assert_eq!((scale, questions), (Some(wanted), Vec::new()), "{sides:?}");
        assert!(verdicts.values().all(|verdict| verdict != ASKED), "{sides:?} {verdicts:?}");
        let (scale, questions, _) = answered("yes");
        assert_eq!((scale, questions), (Some(Scale::Range(by_clock(range(2, 12, Some(60))))), Vec::new()), "{sides:?}");
    }
}

#[test]
fn of_what_is_suspended_the_number_is_asked_where_nobody_knows_it() {
    for sides in [[true, true, true], [true, false, true], [false, true, true]] {
        let (scale, questions, _) = scaled(&suspended(sides), None);
        assert_eq!(scale, Some(Scale::Fixed(1)), "{sides:?}");
        assert_eq!(questions.len(), 2, "{questions:?}");
    }
    let (_, questions, _) = scaled(&suspended([false; 3]), Some(5));
    assert!(questions.is_empty(), "{questions:?}");
}

/// Of a scalable target of a template one bound may be open: what is said of it is true, and the other one is no stray field.
#[test]
fn a_target_with_one_bound_alone_is_asked_about_and_is_there() {
    let policy = json!({"PolicyName": "cpu", "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 60.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}});
    let target = (ObservationKind::ScalableTarget, json!({"MaxCapacity": 9}));
    let with = || Fixture::new(WorkloadKind::Ecs, &[target.clone(), (ObservationKind::ScalingPolicy, policy.clone())]);
    const BOUNDS: &str = "bounds/ecs/test/it";
    let (scale, questions, verdicts) = scaled(&with(), Some(5));
    assert_eq!((scale, questions), (Some(Scale::Fixed(5)), vec![format!("{BOUNDS} Some(\"none\")")]));
    assert_eq!(verdicts["/MaxCapacity"], BOUNDS);
    let (scale, questions, verdicts) = scaled(&with().answered(&[(BOUNDS, "2-9")]), Some(5));
    let range = ScaleRange { min: 2, max: 9, cpu: Some(60), ..ScaleRange::default() };
    assert_eq!((scale, questions), (Some(Scale::Range(range)), Vec::new()));
    assert!(verdicts["/MaxCapacity"].contains("scale"), "{verdicts:?}");
    let (_, questions, verdicts) = scaled(&Fixture::new(WorkloadKind::Ecs, &[target]), Some(5));
    assert!(questions.is_empty() && verdicts["/MaxCapacity"] == "no-policy", "{questions:?} {verdicts:?}");
}
