//! `stays-on-lambda`: what calls the function can call only Lambda.

use crate::readiness::note::Finding;
use crate::readiness::subject::Subject;
use caravan_convert_lift::FieldVerdict;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    if !is_so(subject) {
        return Vec::new();
    }
    let finding = |reason: &String| {
        let by = |verdict: &FieldVerdict| matches!(verdict, FieldVerdict::Blocker { reason: of } if of == reason);
        let mut places = subject.places(by);
        if places.is_empty() {
            places = subject.whole();
        }
        Finding::new(reason.clone(), places, "leave it on Lambda: that is a good place for it")
    };
    subject.refusals().iter().map(finding).collect()
}

/// Whether the lift left it where it is.
pub(super) fn is_so(subject: &Subject<'_>) -> bool {
    subject.is_dropped_by("stays-on-lambda")
}

#[cfg(test)]
mod tests {
    use crate::readiness::checks::fixture::Fixture;
    use crate::readiness::{NoteKind, Verdict};
    use caravan_inventory::{ObservationKind, WorkloadKind};
    use serde_json::json;

    #[test]
    fn what_only_lambda_can_do_is_kept() {
        let function = json!({"Configuration": {"FunctionName": "x", "Runtime": "nodejs20.x", "Handler": "a.b", "PackageType": "Zip"}});
        let policy = json!({"Policy": {"Statement": [{"Effect": "Allow", "Action": "lambda:InvokeFunction",
            "Principal": {"Service": "cognito-idp.amazonaws.com"}}]}});
        let documents = [(ObservationKind::LambdaFunction, function), (ObservationKind::FunctionPolicy, policy)];
        let fixture = Fixture::new(WorkloadKind::Lambda, &documents);
        let notes = fixture.notes(NoteKind::StaysOnLambda);
        assert!(notes.iter().any(|note| note.text.contains("user pool")), "{:?}", fixture.assess());
        assert_eq!(fixture.assess().verdict, Verdict::Keep);
        assert!(fixture.notes(NoteKind::Refused).is_empty());
    }
}
