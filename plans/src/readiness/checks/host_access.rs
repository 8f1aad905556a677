//! `host-access`: what only a host of its own gives.

use crate::readiness::note::Finding;
use crate::readiness::places::at;
use crate::readiness::subject::Subject;
use caravan_inventory::Evidence;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: Vec<(&str, Evidence)> = Vec::new();
    for (observation, place, task) in subject.tasks() {
        for (key, what) in [("networkMode", "its network"), ("pidMode", "its processes"), ("ipcMode", "its memory")] {
            if task[key] == "host" {
                found.push((what, at(observation, format!("{place}/{key}"))));
            }
        }
    }
    for (observation, place, container) in subject.containers() {
        if container["privileged"] == true {
            found.push(("all rights on it (privileged)", at(observation, format!("{place}/privileged"))));
        }
        if container["linuxParameters"]["devices"].as_array().is_some_and(|devices| !devices.is_empty()) {
            found.push(("a device", at(observation, format!("{place}/linuxParameters/devices"))));
        }
    }
    if found.is_empty() {
        return Vec::new();
    }
    let (mut what, evidence): (Vec<&str>, Vec<Evidence>) = found.into_iter().unzip();
    what.dedup();
    let text = format!("it needs its host: {}", what.join(", "));
    let remedy = "keep it where the host is, or build what it does without that";
    vec![Finding::new(text, evidence, remedy)]
}

#[cfg(test)]
mod tests {
    use crate::readiness::checks::fixture::service;
    use crate::readiness::{NoteKind, Verdict};
    use serde_json::json;

    #[test]
    fn what_needs_its_host_is_kept() {
        let device = json!({"linuxParameters": {"devices": [{"hostPath": "/dev/usb/lp0"}]}, "privileged": true});
        let fixture = service(json!({"launchType": "EC2"}), json!({"networkMode": "host"}), device);
        let (text, places) = fixture.note(NoteKind::HostAccess);
        assert_eq!(text, "it needs its host: its network, all rights on it (privileged), a device");
        assert_eq!(places.len(), 3);
        assert_eq!(fixture.assess().verdict, Verdict::Keep);
        let fixture = service(json!({}), json!({}), json!({"privileged": false, "linuxParameters": {"devices": []}}));
        assert!(fixture.notes(NoteKind::HostAccess).is_empty());
    }
}
