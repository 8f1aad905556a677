//! `single-instance`: it runs once and is not scaled.

use crate::readiness::note::Finding;
use crate::readiness::places::at;
use crate::readiness::subject::Subject;
use caravan_inventory::ObservationKind;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    if subject.of_kind(ObservationKind::ScalableTarget).next().is_some() {
        return Vec::new();
    }
    let single = subject
        .services()
        .filter(|(.., service)| service["desiredCount"] == 1 && service["schedulingStrategy"] != "DAEMON");
    single
        .map(|(observation, place, _)| {
            Finding::new(
                "it runs once: while a shift is on, two of it run, and that was perhaps never tried",
                vec![at(observation, format!("{place}/desiredCount"))],
                "ask whether two may run side by side (a scheduler inside, a lock, a file)",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::service;
    use serde_json::json;

    #[test]
    fn one_is_alone_and_two_are_not() {
        let with = |count: u64| service(json!({"desiredCount": count}), json!({}), json!({}));
        assert_eq!(with(1).note(NoteKind::SingleInstance).1, ["/desiredCount"]);
        assert!(with(2).notes(NoteKind::SingleInstance).is_empty());
    }
}
