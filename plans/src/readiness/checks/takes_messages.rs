//! `takes-messages`: a second one beside it would take its messages.

use crate::readiness::note::Finding;
use crate::readiness::places::some_of;
use crate::readiness::subject::Subject;
use caravan_inventory::{Direction, EdgeKind, Evidence};
use std::collections::BTreeMap;

/// By the edges that say that it reads. Where nothing says which way messages go, the lift asks (`start`).
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut queues: BTreeMap<&str, Evidence> = BTreeMap::new();
    let reads = |direction| matches!(direction, Some(Direction::Reads | Direction::Both));
    for edge in subject.needs.iter().filter(|edge| edge.kind == EdgeKind::Queue && reads(edge.direction)) {
        queues.entry(&edge.to).or_insert_with(|| edge.evidence.clone());
    }
    if queues.is_empty() {
        return Vec::new();
    }
    let names: Vec<String> = queues.keys().map(|id| id.rsplit([':', '/']).next().unwrap_or(id).to_owned()).collect();
    let text = format!("it takes messages from {}, and both sides at once would each take some", some_of(&names, 3));
    let remedy = "hand it over: stop the old side, see that it stopped, start the new one";
    vec![Finding::new(text, queues.into_values().collect(), remedy)]
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::service;
    use caravan_inventory::{Direction, EdgeKind};
    use serde_json::json;

    #[test]
    fn only_who_reads_takes() {
        let with = |direction| {
            let mut fixture =
                service(json!({}), json!({}), json!({})).needing("sqs:arn:aws:sqs:eu:1:orders", EdgeKind::Queue);
            fixture.needs[0].direction = direction;
            fixture
        };
        let (text, _) = with(Some(Direction::Reads)).note(NoteKind::TakesMessages);
        assert_eq!(text, "it takes messages from orders, and both sides at once would each take some");
        assert!(with(Some(Direction::Writes)).notes(NoteKind::TakesMessages).is_empty());
        assert!(with(None).notes(NoteKind::TakesMessages).is_empty());
    }
}
