//! `plain-secret`: a secret in plain text.

use crate::readiness::note::Finding;
use crate::readiness::places::{at, each_text, some_of};
use crate::readiness::subject::Subject;
use caravan_inventory::{ObservationId, ObservationKind, Redacted};
use std::collections::BTreeSet;

/// Where discovery left its mark in what a container, function or machine is started with. Whether the same value stands
/// elsewhere is told by equal marks.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let (mut evidence, mut secrets, mut elsewhere) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for observation in subject.observations.iter().filter(|observation| is_started_with(observation.kind)) {
        let own: BTreeSet<&ObservationId> = subject.workload.parts.iter().collect();
        each_text(&observation.body, &mut String::new(), &mut |path, text| {
            let marks = Redacted::find(text);
            if marks.is_empty() || is_about_the_thing(path) {
                return;
            }
            evidence.push(at(observation, path));
            // One secret may stand in several places: the two forms of user data, an older and a newer version.
            secrets.extend(marks.iter().map(|span| span.mark.to_string()));
            let with = marks.iter().flat_map(|span| subject.estate.with_secret(span.mark));
            elsewhere.extend(with.filter(|other| !own.contains(other)).map(ToString::to_string));
        });
    }
    let text = match secrets.len() {
        0 => return Vec::new(),
        1 => "a secret stands in plain text".to_owned(),
        more => format!("{more} secrets stand in plain text"),
    };
    let names: Vec<String> = elsewhere.into_iter().collect();
    let text = match names.len() {
        0 => text,
        _ => format!("{text}; the same value stands in {} too", some_of(&names, 2)),
    };
    let remedy = "put it into Secrets Manager, let the plconfig refer to it, and change the secret: many have read it";
    vec![Finding::new(text, evidence, remedy)]
}

const fn is_started_with(kind: ObservationKind) -> bool {
    matches!(
        kind,
        ObservationKind::EcsTaskDefinition
            | ObservationKind::LambdaFunction
            | ObservationKind::Ec2Instance
            | ObservationKind::LaunchTemplateVersion
            | ObservationKind::LaunchConfiguration
    )
}

/// Whether a place tells of the thing itself: what a cloud wrote there was taken for a secret by its shape alone.
fn is_about_the_thing(path: &str) -> bool {
    let started_by = ["/environment/", "/command/", "/entryPoint/", "/Variables/", "/userData", "/UserData"];
    !started_by.iter().any(|place| path.contains(place))
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::service;
    use caravan_inventory::{ObservationKind, Redacted};
    use serde_json::{Value, json};

    #[test]
    fn a_mark_in_the_environment_is_a_secret_and_equal_marks_are_told() {
        let variable = |value: Value| json!({"environment": [{"name": "PASSWORD", "value": value}]});
        let mark = json!(Redacted::new(7).to_string());
        let fixture = service(json!({}), json!({}), variable(mark.clone()));
        let (text, places) = fixture.note(NoteKind::PlainSecret);
        assert_eq!(text, "a secret stands in plain text");
        assert_eq!(places, ["/taskDefinition/containerDefinitions/0/environment/0/value"]);
        let other = json!({"taskDefinition": {"containerDefinitions": [variable(mark)]}});
        let shared = fixture.beside(ObservationKind::EcsTaskDefinition, "other", other);
        assert!(shared.note(NoteKind::PlainSecret).0.contains("the same value stands in ecs.task-definition/"));
        assert!(service(json!({}), json!({}), variable(json!("x"))).notes(NoteKind::PlainSecret).is_empty());
    }
}
