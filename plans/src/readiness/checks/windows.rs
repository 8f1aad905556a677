//! `windows`: it runs on Windows.

use crate::readiness::note::Finding;
use crate::readiness::places::at;
use crate::readiness::subject::Subject;
use caravan_inventory::Evidence;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut evidence: Vec<Evidence> = Vec::new();
    for (observation, place, task) in subject.tasks() {
        let family = task["runtimePlatform"]["operatingSystemFamily"].as_str();
        if family.is_some_and(|family| family.starts_with("WINDOWS")) {
            evidence.push(at(observation, format!("{place}/runtimePlatform/operatingSystemFamily")));
        }
    }
    for instance in subject.instances().filter(|instance| instance.body["platform"] == "windows") {
        evidence.push(at(instance, "/platform"));
    }
    if evidence.is_empty() {
        return Vec::new();
    }
    let text = "it runs on Windows, and the platform's nodes run Linux";
    vec![Finding::new(text, evidence, "keep it where it is, or replace it by something that runs on Linux")]
}

#[cfg(test)]
mod tests {
    use crate::readiness::checks::fixture::{instance, service};
    use crate::readiness::{NoteKind, Verdict};
    use serde_json::json;

    #[test]
    fn windows_is_kept() {
        let with =
            |family: &str| service(json!({}), json!({"runtimePlatform": {"operatingSystemFamily": family}}), json!({}));
        let place = ["/taskDefinition/runtimePlatform/operatingSystemFamily"];
        assert_eq!(with("WINDOWS_SERVER_2022_CORE").note(NoteKind::Windows).1, place);
        assert_eq!(with("WINDOWS_SERVER_2022_CORE").assess().verdict, Verdict::Keep);
        assert!(with("LINUX").notes(NoteKind::Windows).is_empty());
        assert_eq!(instance(json!({"platform": "windows"})).note(NoteKind::Windows).1, ["/platform"]);
        assert!(instance(json!({})).notes(NoteKind::Windows).is_empty());
    }
}
