//! `approximated`: fields that are carried over with a loss.

use crate::readiness::note::Finding;
use crate::readiness::subject::Subject;
use caravan_convert_lift::FieldVerdict;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let places = subject.places(|verdict| *verdict == FieldVerdict::Approximated);
    let text = match places.len() {
        0 => return Vec::new(),
        1 => "1 field is carried over with a loss".to_owned(),
        more => format!("{more} fields are carried over with a loss"),
    };
    let remedy = format!("read what is lost in ledger/{}.json, which `caravan convert` writes", subject.workload.id);
    vec![Finding::new(text, places, remedy)]
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::service;
    use serde_json::json;

    #[test]
    fn the_lossy_fields_are_counted_with_their_places() {
        let lossy = json!({"ulimits": [{"name": "nofile", "softLimit": 1024, "hardLimit": 4096}]});
        let before = service(json!({}), json!({}), json!({})).notes(NoteKind::Approximated);
        let (text, places) = service(json!({}), json!({}), lossy).note(NoteKind::Approximated);
        let had = before.first().map_or(0, |note| note.evidence.len());
        assert!(places.len() > had, "{places:?}");
        assert!(text.starts_with(&places.len().to_string()), "{text}");
        assert!(places.iter().any(|place| place.contains("/ulimits/0/")), "{places:?}");
    }
}
