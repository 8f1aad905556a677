//! `idle`: set to run nothing.

use crate::readiness::note::Finding;
use crate::readiness::places::at;
use crate::readiness::subject::Subject;
use caravan_inventory::{Evidence, ObservationKind};

/// A count of zero that nothing raises, a machine that is stopped, a function that may run zero times.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let found =
        services(subject).or_else(|| groups(subject)).or_else(|| instances(subject)).or_else(|| functions(subject));
    let Some((text, evidence)) = found else { return Vec::new() };
    let remedy = format!("retire it, or say that it must stay: caravan decide 'verdict/{}=move'", subject.workload.id);
    vec![Finding::new(text, evidence, remedy)]
}

fn services(subject: &Subject<'_>) -> Option<(String, Vec<Evidence>)> {
    let scaled = subject.of_kind(ObservationKind::ScalableTarget).next().is_some();
    let (observation, place, _) = subject.services().find(|(.., service)| service["desiredCount"] == 0)?;
    let text = "its desired count is 0, and nothing scales it".to_owned();
    (!scaled).then(|| (text, vec![at(observation, format!("{place}/desiredCount"))]))
}

fn groups(subject: &Subject<'_>) -> Option<(String, Vec<Evidence>)> {
    let group = subject.of_kind(ObservationKind::AutoScalingGroup).next()?;
    let idle = group.body["DesiredCapacity"] == 0 && group.body["MinSize"] == 0;
    let text = "its group is at 0 machines, and may stay there".to_owned();
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
