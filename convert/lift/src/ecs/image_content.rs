//! Files that an image has where a volume is mounted. A container runtime fills a new volume from the image's directory;
//! an emptyDir starts empty and hides what is there.

use super::kind::Plan;
use crate::field::Field;
use crate::tracker::{Asked, FieldTracker};
use std::collections::BTreeMap;

/// Directories that images leave empty for what runs.
const EMPTY: [&str; 6] = ["/tmp", "/var/tmp", "/run", "/var/run", "/var/lock", "/dev/shm"];

/// Asks about each volume of the task that could hide files of an image, and about each container whose image may declare
/// volumes that another takes; nothing starts before somebody said so.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>) {
    let mut mounts: BTreeMap<&str, Vec<(&str, &str, Field<'a>)>> = BTreeMap::new();
    for member in plan.members.kept() {
        for mount in member.definition.objects("mountPoints") {
            let (Some(volume), Some(path)) = (mount.peek("sourceVolume"), mount.field("containerPath")) else {
                continue;
            };
            let at = path.0.as_str().unwrap_or("");
            mounts.entry(volume).or_default().push((member.name, at, path));
        }
    }
    for volume in plan.facts.task.into_iter().flat_map(|task| task.objects("volumes")) {
        let Some(name) = volume.peek("name") else { continue };
        let kept = ["efsVolumeConfiguration", "fsxWindowsFileServerVolumeConfiguration", "s3filesVolumeConfiguration"];
        let elsewhere = kept.into_iter().any(|kind| volume.field(kind).is_some());
        let of_host = volume.object("host").is_some_and(|host| host.field("sourcePath").is_some());
        if elsewhere || of_host || volume.peek_bool("configuredAtLaunch") == Some(true) {
            continue;
        }
        let hidden: Vec<_> = mounts.remove(name).into_iter().flatten().filter(|(_, at, _)| !is_empty(at)).collect();
        if hidden.is_empty() {
            continue;
        }
        let places: Vec<String> = hidden.iter().map(|(member, at, _)| format!("{at} of `{member}`")).collect();
        let text = format!(
            "The volume `{name}` is mounted over {}. It was filled with what the image has there, and starts empty in a \
             pod. Is nothing there (`empty`)? Else let the container that has the files copy them.",
            places.join(" and ")
        );
        ask(tracker, name, &text, "empty", hidden.into_iter().map(|(.., field)| field));
    }
    for member in plan.members.kept() {
        for from in member.definition.objects("volumesFrom") {
            let (Some(source), Some(field)) = (from.peek("sourceContainer"), from.field("sourceContainer")) else {
                continue;
            };
            if plan.members.named(source).is_none() {
                continue;
            }
            let text = format!(
                "`{}` takes the volumes of `{source}`: those that its image declares are not shared in a pod. Does it \
                 declare none (`none`)? Else mount a volume of the task in both.",
                member.name
            );
            ask(tracker, &format!("{}/{source}", member.name), &text, "none", std::iter::once(field));
        }
    }
}

fn ask<'a>(
    tracker: &mut FieldTracker<'a>,
    detail: &str,
    text: &str,
    option: &str,
    fields: impl Iterator<Item = Field<'a>>,
) {
    let id = tracker.question_id("image-content", &crate::marks::without_marks(detail));
    if let Asked::Open(id) = tracker.ask(id, &crate::marks::without_marks(text), &[option], None) {
        tracker.hold("what its image has under a volume has to be decided first");
        fields.for_each(|field| field.asked(tracker, &id));
    }
}

fn is_empty(path: &str) -> bool {
    EMPTY.iter().any(|place| path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}
