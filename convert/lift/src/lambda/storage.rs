//! Shared file systems.

use super::version::Unit;
use crate::field::Object;
use crate::plconfig::{Component, Volume, VolumeEfs};
use crate::tracker::{Asked, FieldTracker};

/// Mounts the access points where Lambda did; what their file system is, Lambda does not say.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, unit: &Unit<'a>, component: &mut Component) {
    for mount in unit.own.objects("FileSystemConfigs") {
        one(tracker, mount, component);
    }
}

fn one<'a>(tracker: &mut FieldTracker<'a>, mount: Object<'a>, component: &mut Component) {
    let (Some(arn), Some(path)) = (mount.field("Arn"), mount.field("LocalMountPath")) else { return };
    let said = mount.peek("Arn").unwrap_or("");
    let Some(point) =
        said.rsplit('/').next().filter(|point| point.starts_with("fsap-") && said.contains(":access-point/"))
    else {
        return arn.blocked(tracker, "it mounts what is no access point of EFS");
    };
    let Some(at) = mount.peek("LocalMountPath").filter(|path| crate::text::is_path(path)) else {
        return path.blocked(tracker, "it mounts a file system at what is no path");
    };
    let id = tracker.question_id("file-system", point);
    let text = format!(
        "It mounts the access point {point} at `{at}`. Of which file system is that, such as fs-0123456789abcdef0?"
    );
    let is_system = |answer: &str| {
        answer.strip_prefix("fs-").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    let system = match tracker.ask_for(id, &text, &[], None, is_system) {
        Asked::Given(system) => {
            arn.approximated(tracker, "/components", "the access point of the file system that a person named");
            path.approximated(tracker, "/components", "where it is mounted");
            system.to_owned()
        }
        Asked::Open(id) => {
            tracker.hold("nobody said which file system it mounts");
            arn.asked(tracker, &id);
            path.asked(tracker, &id);
            "fs-00000000000000000".to_owned()
        }
    };
    let efs = VolumeEfs {
        file_system: system,
        access_point: Some(point.to_owned()),
        encrypted: Some(true),
        iam: Some(true),
        ..VolumeEfs::default()
    };
    component.volumes.insert(at.to_owned(), Volume { efs: Some(efs), ..Volume::default() });
}
