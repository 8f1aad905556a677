//! `idle`: set to run nothing.

use crate::readiness::note::Finding;
use crate::readiness::places::at;
use crate::readiness::subject::Subject;
use caravan_inventory::{Evidence, ObservationKind, ScheduledCall};
use serde_json::{Map, Value};

/// A count of zero that nothing raises, a machine that is stopped, a function that may run zero times.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let found =
        services(subject).or_else(|| groups(subject)).or_else(|| instances(subject)).or_else(|| functions(subject));
    let Some((text, evidence)) = found else { return Vec::new() };
    let remedy = format!("retire it, or say that it must stay: caravan decide 'verdict/{}=move'", subject.workload.id);
    vec![Finding::new(text, evidence, remedy)]
}

fn services(subject: &Subject<'_>) -> Option<(String, Vec<Evidence>)> {
    // What a clock switches off for the night or the weekend is not retired.
    let by_clock = subject.of_kind(ObservationKind::SchedulerSchedule).any(|schedule| raises(&schedule.body["Target"]));
    let scaled = by_clock || subject.of_kind(ObservationKind::ScalableTarget).next().is_some();
    let (observation, place, _) = subject.services().find(|(.., service)| service["desiredCount"] == 0)?;
    let text = "its desired count is 0, and nothing scales it".to_owned();
    (!scaled).then(|| (text, vec![at(observation, format!("{place}/desiredCount"))]))
}

/// Whether a schedule's call may set a count above zero; one that can't be read may.
fn raises(target: &Value) -> bool {
    let request = target.as_object().and_then(ScheduledCall::of).and_then(|call| call.request);
    let counts = |request: Map<String, Value>| {
        let said = ["desiredCount", "minCapacity", "maxCapacity"].map(|field| request.get(field).cloned());
        said.into_iter().flatten().collect::<Vec<_>>()
    };
    request.map(counts).is_none_or(|counts| counts.is_empty() || counts.iter().any(|count| *count != 0))
}

fn groups(subject: &Subject<'_>) -> Option<(String, Vec<Evidence>)> {
    let group = subject.of_kind(ObservationKind::AutoScalingGroup).next()?;
    let raising = [ObservationKind::GroupPolicy, ObservationKind::GroupSchedule];
    let moved = raising.into_iter().any(|kind| subject.of_kind(kind).next().is_some());
    let idle = group.body["DesiredCapacity"] == 0 && group.body["MinSize"] == 0 && !moved;
    let text = "its group is at 0 machines, and nothing raises that".to_owned();
    idle.then(|| (text, vec![at(group, "/DesiredCapacity"), at(group, "/MinSize")]))
}

fn instances(subject: &Subject<'_>) -> Option<(String, Vec<Evidence>)> {
    let mut instances = subject.instances().peekable();
    instances.peek()?;
    let stopped: Option<Vec<Evidence>> = instances
        .map(|instance| {
            (instance.body["instanceState"]["name"] == "stopped").then(|| at(instance, "/instanceState/name"))
        })
        .collect();
    stopped.map(|evidence| ("it is stopped".to_owned(), evidence))
}

fn functions(subject: &Subject<'_>) -> Option<(String, Vec<Evidence>)> {
    let mut functions = subject.of_kind(ObservationKind::LambdaFunction);
    let function = functions.find(|function| function.body["Concurrency"]["ReservedConcurrentExecutions"] == 0)?;
    let text = "its reserved concurrency is 0: every call is refused".to_owned();
    Some((text, vec![at(function, "/Concurrency/ReservedConcurrentExecutions")]))
}

#[cfg(test)]
mod tests {
    use crate::readiness::checks::fixture::{Fixture, instance, service};
    use crate::readiness::{NoteKind, Verdict};
    use caravan_inventory::{ObservationKind, WorkloadKind};
    use serde_json::json;

    /// What a clock or a policy starts again stands at zero for a while alone.
    #[test]
    fn what_stands_at_zero_for_the_night_is_not_retired() {
        let parts = |kind: WorkloadKind,
                     first: (ObservationKind, serde_json::Value),
                     by: Option<(ObservationKind, serde_json::Value)>| {
            Fixture::new(kind, &[first].into_iter().chain(by).collect::<Vec<_>>()).notes(NoteKind::Idle).len()
        };
        let service = || (ObservationKind::EcsService, json!({"serviceName": "it", "desiredCount": 0}));
        let call = |action: &str, input: serde_json::Value| {
            let target = json!({"Arn": format!("arn:aws:scheduler:::aws-sdk:{action}"), "Input": input.to_string()});
            let body = json!({"Name": "on", "State": "ENABLED", "ScheduleExpression": "cron(0 7 ? * MON-FRI *)", "Target": target});
            (ObservationKind::SchedulerSchedule, body)
        };
        let update = |count: u32| call("ecs:updateService", json!({"Service": "it", "DesiredCount": count}));
        let bounds = |least: u32, most: u32| {
            let bounds = json!({"ResourceId": "service/main/it", "MinCapacity": least, "MaxCapacity": most});
            call("applicationautoscaling:registerScalableTarget", bounds)
        };
        let open = call("ecs:updateService", json!("!Sub ..."));
        let target = (ObservationKind::ScalableTarget, json!({"MinCapacity": 0, "MaxCapacity": 3}));
        for (by, idle) in [
            (None, 1),
            (Some(update(0)), 1),
            (Some(update(2)), 0),
            (Some(bounds(0, 0)), 1),
            (Some(bounds(0, 2)), 0),
            (Some(open), 0),
            (Some(target), 0),
        ] {
            assert_eq!(parts(WorkloadKind::Ecs, service(), by.clone()), idle, "{by:?}");
        }
        let group = || (ObservationKind::AutoScalingGroup, json!({"DesiredCapacity": 0, "MinSize": 0, "MaxSize": 4}));
        assert_eq!(parts(WorkloadKind::Ec2, group(), None), 1);
        for by in [ObservationKind::GroupSchedule, ObservationKind::GroupPolicy] {
            assert_eq!(parts(WorkloadKind::Ec2, group(), Some((by, json!({})))), 0, "{by:?}");
        }
    }

    #[test]
    fn what_runs_nothing_is_retired_unless_a_person_says_otherwise() {
        let zero = || service(json!({"desiredCount": 0}), json!({}), json!({}));
        assert_eq!(zero().note(NoteKind::Idle).1, ["/desiredCount"]);
        assert_eq!(zero().assess().verdict, Verdict::Retire);
        assert_eq!(zero().answered("verdict/ID", "move").assess().verdict, Verdict::Move);
        assert!(service(json!({}), json!({}), json!({})).notes(NoteKind::Idle).is_empty());
        let group = |desired: u64| {
            let body = json!({"DesiredCapacity": desired, "MinSize": 0, "MaxSize": 4});
            Fixture::new(WorkloadKind::Ec2, &[(ObservationKind::AutoScalingGroup, body)]).notes(NoteKind::Idle).len()
        };
        assert_eq!((group(0), group(1)), (1, 0));
        let stopped = instance(json!({"instanceState": {"name": "stopped"}}));
        assert_eq!(stopped.note(NoteKind::Idle).0, "it is stopped");
        let body = json!({"Configuration": {}, "Concurrency": {"ReservedConcurrentExecutions": 0}});
        let function = Fixture::new(WorkloadKind::Lambda, &[(ObservationKind::LambdaFunction, body)]);
        assert_eq!(function.notes(NoteKind::Idle).len(), 1);
    }
}
