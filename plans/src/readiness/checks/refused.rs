//! `refused`: the lift refuses it.

use super::stays_on_lambda;
use crate::readiness::note::Finding;
use crate::readiness::subject::Subject;
use caravan_convert_lift::FieldVerdict;

/// Each reason with the fields that gave it. What a check of its own says better is left to that.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    if stays_on_lambda::is_so(subject) {
        return Vec::new();
    }
    let remedy = format!("see what it needs: caravan inventory show {}", subject.workload.id);
    let finding = |reason: &String| {
        let by = |verdict: &FieldVerdict| matches!(verdict, FieldVerdict::Blocker { reason: of } if of == reason);
        let mut places = subject.places(by);
        if places.is_empty() {
            places = subject.whole();
        }
        Finding::new(reason.clone(), places, remedy.clone())
    };
    subject.refusals().iter().map(finding).collect()
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::service;
    use serde_json::json;

    #[test]
    fn each_reason_comes_with_its_field() {
        let fixture = service(json!({}), json!({}), json!({"privileged": true}));
        let notes = fixture.notes(NoteKind::Refused);
        assert!(!notes.is_empty());
        assert!(notes.iter().any(|note| note.text.contains("privileged")), "{notes:?}");
        assert!(notes[0].evidence.iter().any(|place| place.path.ends_with("/privileged")), "{notes:?}");
        assert!(service(json!({}), json!({}), json!({})).notes(NoteKind::Refused).is_empty());
    }
}
