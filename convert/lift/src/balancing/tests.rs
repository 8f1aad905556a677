//! The middle knows no source: an instance and a function behind load balancers are mapped by the same calls as a
//! service.

use crate::context::Context;
use crate::fixture::{Fixture, verdicts};
use crate::plconfig::{Component, ComponentType, PlConfig, Protocol, Seconds};
use crate::tracker::FieldTracker;
use caravan_inventory::{ObservationKind, WorkloadKind};
use serde_json::json;

#[test]
fn an_instance_behind_a_target_group_gets_its_check_its_routes_and_its_exposure() {
    let fixture = Fixture::new(
        WorkloadKind::Ec2,
        &[
            (
                ObservationKind::TargetGroup,
                json!({"TargetType": "instance", "Protocol": "HTTP", "Port": 8080, "HealthCheckProtocol": "HTTP",
                       "HealthCheckPath": "/up", "HealthCheckIntervalSeconds": 15,
                       "Attributes": [{"Key": "deregistration_delay.timeout_seconds", "Value": "45"}]}),
            ),
            (
                ObservationKind::ListenerRule,
                json!({"Priority": "10", "Conditions": [{"Field": "host-header", "Values": ["shop.example.com"]}],
                       "Actions": [{"Type": "forward", "TargetGroupArn": "arn"}]}),
            ),
            (ObservationKind::LoadBalancer, json!({"Scheme": "internet-facing"})),
        ],
    );
    fixture.with_source(|source| {
        let mut tracker = FieldTracker::new(source);
        let around = fixture.around();
        let context =
            Context { around: &around, kind: ComponentType::Web, component: "shop", runs: true, balanced: true };
        let (mut config, mut component) = (PlConfig::default(), Component::default());
        super::map(&mut tracker, &context, &mut config, &mut component);

        let ready = component.health.unwrap().ready.unwrap();
        assert_eq!((ready.path.as_deref(), ready.interval), (Some("/up"), Some(Seconds(15))));
        assert_eq!(component.drain, Some(Seconds(45)));
        let ingress = component.ingress.unwrap();
        assert_eq!((ingress.hosts.as_slice(), ingress.internal), (&["shop.example.com".to_owned()][..], None));
        let verdicts = verdicts(&mut tracker);
        assert_eq!(verdicts["/HealthCheckPath"], "/components/shop/health/ready/path");
        assert_eq!(verdicts["/TargetType"], "pod-targets");
        assert!(verdicts.values().all(|verdict| verdict != "unknown"), "{verdicts:?}");
    });
}

#[test]
fn a_function_behind_a_rule_is_closed_where_no_public_load_balancer_was_seen() {
    let fixture = Fixture::new(
        WorkloadKind::Lambda,
        &[
            (ObservationKind::TargetGroup, json!({"TargetType": "lambda"})),
            (
                ObservationKind::ListenerRule,
                json!({"Priority": "1", "Conditions": [{"Field": "path-pattern", "Values": ["/hook"]}],
                       "Actions": [{"Type": "forward", "TargetGroupArn": "arn"}]}),
            ),
        ],
    );
    fixture.with_source(|source| {
        let mut tracker = FieldTracker::new(source);
        let around = fixture.around();
        let context =
            Context { around: &around, kind: ComponentType::Web, component: "hook", runs: true, balanced: true };
        let (mut config, mut component) = (PlConfig::default(), Component::default());
        super::map(&mut tracker, &context, &mut config, &mut component);

        let ingress = component.ingress.unwrap();
        assert_eq!((ingress.paths.as_slice(), ingress.internal), (&["=/hook".to_owned()][..], Some(true)));
        assert_ne!(component.protocol, Some(Protocol::Tcp));
        let (questions, reasons) = tracker.close();
        assert_eq!(questions[0].id.as_str(), "exposure/lambda/test/it");
        assert!(reasons.is_empty(), "{reasons:?}");
    });
}
