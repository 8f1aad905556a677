//! `unknown-field`: a field that no API model has.

use crate::readiness::note::Finding;
use crate::readiness::places::some_of;
use crate::readiness::subject::Subject;
use caravan_convert_lift::FieldVerdict;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let places = subject.places(|verdict| *verdict == FieldVerdict::Unknown);
    if places.is_empty() {
        return Vec::new();
    }
    let names: Vec<String> = places.iter().map(|place| place.path.clone()).collect();
    let text = format!("no API model knows {}: what it means for the move is not known", some_of(&names, 3));
    vec![Finding::new(text, places, "report the field: Caravan needs a row for it in inventory/src/api/")]
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::service;
    use serde_json::json;

    #[test]
    fn a_field_that_nobody_knows_is_named() {
        let (text, places) = service(json!({}), json!({}), json!({"newThing": 1})).note(NoteKind::UnknownField);
        assert!(text.contains("/newThing"), "{text}");
        assert_eq!(places, ["/taskDefinition/containerDefinitions/0/newThing"]);
    }
}
