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
    use caravan_convert_lift::{Document, FieldVerdict, Ledger, LedgerEntry, LiftOutcome, Lifted};
    use serde_json::json;

    #[test]
    fn the_lossy_fields_are_counted_with_their_places() {
        let with = |verdicts: &[FieldVerdict]| {
            let mut fixture = service(json!({}), json!({}), json!({}));
            let entry = |(at, verdict): (usize, &FieldVerdict)| LedgerEntry {
                path: format!("/{at}"),
                verdict: verdict.clone(),
                target: None,
                note: None,
                line: None,
            };
            let source = fixture.observations[0].id.clone();
            let documents = vec![Document { source, entries: verdicts.iter().enumerate().map(entry).collect() }];
            fixture.lifted = Some(Lifted {
                outcome: LiftOutcome::Refused { reasons: vec!["no reason".to_owned()] },
                ledger: Ledger { workload: fixture.workload.id.clone(), documents },
                questions: Vec::new(),
                host: None,
                modules: Vec::new(),
            });
            fixture
        };
        let lossy = || FieldVerdict::Approximated;
        let (text, places) = with(&[lossy(), FieldVerdict::Exact, lossy()]).note(NoteKind::Approximated);
        assert_eq!(text, "2 fields are carried over with a loss");
        assert_eq!(places, ["/0", "/2"]);
        assert!(with(&[FieldVerdict::Exact]).notes(NoteKind::Approximated).is_empty());
    }
}
