//! `local-state`: data on a disk of its host that does not go along.

use crate::readiness::note::Finding;
use crate::readiness::places::{at, list, some_of};
use crate::readiness::subject::Subject;
use caravan_inventory::Evidence;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: Vec<(String, Evidence)> = Vec::new();
    for (observation, place, task) in subject.tasks() {
        for (number, volume) in list(&task["volumes"]).iter().enumerate() {
            let place = format!("{place}/volumes/{number}");
            if let Some(path) = volume["host"]["sourcePath"].as_str() {
                found.push((format!("the host's {path}"), at(observation, format!("{place}/host/sourcePath"))));
            } else if volume["dockerVolumeConfiguration"]["scope"] == "shared" {
                let name = volume["name"].as_str().unwrap_or("?");
                found.push((
                    format!("the host's volume {name}"),
                    at(observation, format!("{place}/dockerVolumeConfiguration/scope")),
                ));
            }
        }
    }
    for instance in subject.instances() {
        for (number, device) in list(&instance.body["blockDeviceMapping"]).iter().enumerate() {
            // What outlives its instance was made to be kept.
            if device["ebs"]["deleteOnTermination"] == false {
                let volume = device["ebs"]["volumeId"].as_str().unwrap_or("a volume");
                let place = format!("/blockDeviceMapping/{number}/ebs/deleteOnTermination");
                found.push((volume.to_owned(), at(instance, place)));
            }
        }
    }
    if found.is_empty() {
        return Vec::new();
    }
    let (names, evidence): (Vec<String>, Vec<Evidence>) = found.into_iter().unzip();
    let text = format!("data lies on {}, and does not go along by itself", some_of(&names, 3));
    vec![Finding::new(text, evidence, "say where the data is to live, and copy it before its wave")]
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::{instance, service};
    use serde_json::json;

    #[test]
    fn data_of_the_host_is_named_and_what_dies_with_the_task_is_not() {
        let with = |volume| service(json!({}), json!({"volumes": [volume]}), json!({}));
        let (text, places) = with(json!({"name": "x", "host": {"sourcePath": "/data/x"}})).note(NoteKind::LocalState);
        assert!(text.starts_with("data lies on the host's /data/x"), "{text}");
        assert_eq!(places, ["/taskDefinition/volumes/0/host/sourcePath"]);
        let shared = json!({"name": "x", "dockerVolumeConfiguration": {"scope": "shared"}});
        assert_eq!(with(shared).notes(NoteKind::LocalState).len(), 1);
        assert!(with(json!({"name": "x", "host": {}})).notes(NoteKind::LocalState).is_empty());
        let disk = |dies| {
            let device = json!({"deviceName": "/dev/sdf", "ebs": {"volumeId": "vol-1", "deleteOnTermination": dies}});
            instance(json!({"blockDeviceMapping": [device]})).notes(NoteKind::LocalState).len()
        };
        assert_eq!((disk(false), disk(true)), (1, 0));
    }
}
