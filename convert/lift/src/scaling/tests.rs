//! Autoscaling of something that is no ECS service.

use crate::context::Context;
use crate::field::Object;
use crate::fixture::Fixture;
use crate::plconfig::{Component, ComponentType, Scale};
use crate::tracker::FieldTracker;
use caravan_inventory::{ObservationKind, WorkloadKind};
use serde_json::json;

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
