//! `shared-files`: a network file system that both sides mount while both run.

use crate::readiness::note::Finding;
use crate::readiness::places::{at, list, some_of};
use crate::readiness::subject::Subject;
use caravan_inventory::{Evidence, ObservationKind};

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: Vec<(String, Evidence)> = Vec::new();
    for (observation, place, task) in subject.tasks() {
        for (number, volume) in list(&task["volumes"]).iter().enumerate() {
            if let Some(id) = volume["efsVolumeConfiguration"]["fileSystemId"].as_str() {
                let place = format!("{place}/volumes/{number}/efsVolumeConfiguration/fileSystemId");
                found.push((id.to_owned(), at(observation, place)));
            }
        }
    }
    for function in subject.of_kind(ObservationKind::LambdaFunction) {
        for (number, system) in list(&function.body["Configuration"]["FileSystemConfigs"]).iter().enumerate() {
            if let Some(arn) = system["Arn"].as_str() {
                let id = arn.rsplit('/').next().unwrap_or(arn).to_owned();
                found.push((id, at(function, format!("/Configuration/FileSystemConfigs/{number}/Arn"))));
            }
        }
    }
    if found.is_empty() {
        return Vec::new();
    }
    let (mut names, evidence): (Vec<String>, Vec<Evidence>) = found.into_iter().unzip();
    names.dedup();
    let text = format!("both sides mount {}, and write the same files while both run", some_of(&names, 3));
    let remedy = "let its mount targets take the cluster's nodes in (TCP 2049), and ask whether two may write at once";
    vec![Finding::new(text, evidence, remedy)]
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::service;
    use serde_json::json;

    #[test]
    fn a_network_file_system_is_shared_and_a_scratch_volume_is_not() {
        let with = |volume| service(json!({}), json!({"volumes": [volume]}), json!({}));
        let efs = json!({"name": "x", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}});
        let (text, places) = with(efs).note(NoteKind::SharedFiles);
        assert_eq!(text, "both sides mount fs-1, and write the same files while both run");
        assert_eq!(places, ["/taskDefinition/volumes/0/efsVolumeConfiguration/fileSystemId"]);
        assert!(with(json!({"name": "x"})).notes(NoteKind::SharedFiles).is_empty());
    }
}
