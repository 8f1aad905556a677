//! `no-traffic`: everything that counts its callers counted none.

use crate::readiness::note::Finding;
use crate::readiness::subject::Subject;
use caravan_inventory::{Evidence, ObservationKind, uses_of};
use std::collections::BTreeSet;

/// By what CloudWatch counted of its functions and target groups. What was not asked or not answered is unknown, and then
/// nothing is said.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let (mut evidence, mut counted) = (Vec::new(), BTreeSet::new());
    let (mut from, mut to) = ("", "9");
    // A load balancer counts the callers of all who stand behind it, so it tells nothing of one of them.
    let own = |kind: ObservationKind| matches!(kind, ObservationKind::LambdaFunction | ObservationKind::TargetGroup);
    for thing in subject.observations.iter().filter(|thing| own(thing.kind)) {
        for metric in uses_of(thing) {
            let observation = metric.observation(thing);
            let known = observation.and_then(|id| subject.estate.body_of(id.as_str()).map(|body| (id, body)));
            let Some((observation, body)) = known.filter(|(_, body)| body["Sum"] == 0.0) else { return Vec::new() };
            let day = |field: &str| body[field].as_str().and_then(|time| time.split('T').next());
            // Of several, the time that all of them cover.
            from = from.max(day("From").unwrap_or_default());
            to = to.min(day("To").unwrap_or_default());
            counted.insert(metric.name);
            evidence.push(Evidence { observation, path: "/Sum".to_owned() });
        }
    }
    if evidence.is_empty() {
        return Vec::new();
    }
    let counted = counted.into_iter().collect::<Vec<_>>().join(", ");
    let text = format!("nobody called it: CloudWatch counted no {counted} from {from} to {to}");
    let id = &subject.workload.id;
    let remedy = format!("ask whether it runs once a year, or let it go: caravan decide 'verdict/{id}=retire'");
    vec![Finding::new(text, evidence, remedy)]
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::Fixture;
    use caravan_inventory::{ObservationKind, WorkloadKind};
    use serde_json::{Value, json};

    const INVOCATIONS: &str = "AWS/Lambda/Invocations/FunctionName=labels/Sum/86400";

    fn function() -> Fixture {
        let body = json!({"Configuration": {"FunctionName": "labels"}});
        Fixture::new(WorkloadKind::Lambda, &[(ObservationKind::LambdaFunction, body)])
    }

    fn metric(sum: Value) -> Value {
        json!({"Sum": sum, "From": "2026-08-31T00:00:00Z", "To": "2026-11-29T00:00:00Z"})
    }

    #[test]
    fn only_a_count_of_zero_is_no_traffic() {
        let notes = |fixture: Fixture| fixture.notes(NoteKind::NoTraffic).len();
        assert_eq!(notes(function()), 0, "what was not read is unknown");
        let counted = |sum: Value| function().beside(ObservationKind::Metric, INVOCATIONS, metric(sum));
        assert_eq!((notes(counted(json!(3.0))), notes(counted(json!(null)))), (0, 0));
        let (text, places) = counted(json!(0.0)).note(NoteKind::NoTraffic);
        assert_eq!(text, "nobody called it: CloudWatch counted no Invocations from 2026-08-31 to 2026-11-29");
        assert_eq!(places, ["/Sum"]);
    }

    #[test]
    fn all_groups_must_have_counted_nothing() {
        let group = |name: &str| {
            let arn = |kind: &str, name: &str| format!("arn:aws:elasticloadbalancing:eu-central-1:1:{kind}/{name}");
            let body = json!({"TargetGroupArn": arn("targetgroup", name), "LoadBalancerArns": [arn("loadbalancer", "app/x/1")]});
            (ObservationKind::TargetGroup, body)
        };
        let id = |name: &str| {
            format!("AWS/ApplicationELB/RequestCount/TargetGroup=targetgroup/{name},LoadBalancer=app/x/1/Sum/86400")
        };
        let both = || Fixture::new(WorkloadKind::Ecs, &[group("a/1"), group("b/2")]);
        let silent =
            |fixture: Fixture, name: &str| fixture.beside(ObservationKind::Metric, &id(name), metric(json!(0.0)));
        assert!(silent(both(), "a/1").notes(NoteKind::NoTraffic).is_empty(), "of the other nothing is known");
        assert_eq!(silent(silent(both(), "a/1"), "b/2").notes(NoteKind::NoTraffic).len(), 1);
    }
}
