//! `nothing-starts-it`: a task definition or function that nothing in the inventory starts.

use crate::readiness::note::Finding;
use crate::readiness::subject::Subject;
use caravan_inventory::{EdgeKind, ObservationKind, QuestionId, WorkloadKind};

/// By its edges and its documents: no service, no schedule, no trigger, no route, and nobody who needs it.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let starts = |kind: EdgeKind| matches!(kind, EdgeKind::TriggeredBy | EdgeKind::Routes);
    let started = subject.needs.iter().any(|edge| starts(edge.kind)) || !subject.needed_by.is_empty();
    let by_its_documents = subject.observations.iter().any(|observation| {
        matches!(
            observation.kind,
            ObservationKind::EcsService
                | ObservationKind::EventsRule
                | ObservationKind::SchedulerSchedule
                | ObservationKind::EventSourceMapping
                | ObservationKind::FunctionUrl
        )
    });
    let what = match subject.workload.kind {
        WorkloadKind::Ecs => "task definition",
        WorkloadKind::Lambda => "function",
        WorkloadKind::Ec2 | WorkloadKind::Worker => return Vec::new(),
    };
    if started || by_its_documents || is_told(subject) {
        return Vec::new();
    }
    let text =
        format!("nothing that was read starts this {what}: people do, or something that was not read, or nobody");
    let remedy = format!("ask who starts it, or let it go: caravan decide 'verdict/{}=retire'", subject.workload.id);
    vec![Finding::new(text, subject.whole(), remedy)]
}

/// Whether a person has answered the lift's question: how the task is run, or who calls the function.
fn is_told(subject: &Subject<'_>) -> bool {
    let id = &subject.workload.id;
    let answered = |topic: &str| subject.decisions.answer(&QuestionId::new(format!("{topic}/{id}"))).is_some();
    answered("kind") || answered("calls")
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::{Fixture, service};
    use caravan_inventory::{EdgeKind, ObservationKind, WorkloadKind};
    use serde_json::json;

    #[test]
    fn a_task_definition_alone_is_started_by_nothing() {
        let alone = || {
            let task =
                json!({"taskDefinition": {"family": "x", "containerDefinitions": [{"name": "x", "image": "x:1"}]}});
            Fixture::new(WorkloadKind::Ecs, &[(ObservationKind::EcsTaskDefinition, task)])
        };
        assert_eq!(alone().notes(NoteKind::NothingStartsIt).len(), 1);
        assert!(alone().needing("events.rule/x", EdgeKind::TriggeredBy).notes(NoteKind::NothingStartsIt).is_empty());
        assert!(alone().answered("kind/ID", "job").notes(NoteKind::NothingStartsIt).is_empty(), "somebody said how");
        assert!(alone().needed("ecs/x", EdgeKind::Calls).notes(NoteKind::NothingStartsIt).is_empty());
        assert!(service(json!({}), json!({}), json!({})).notes(NoteKind::NothingStartsIt).is_empty());
    }
}
