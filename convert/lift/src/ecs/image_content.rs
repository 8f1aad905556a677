//! Files that an image has where a volume is mounted. A container runtime fills a new volume from the image's directory;
//! an emptyDir starts empty and hides what is there.

use super::image_copy::{CopiedInto, ImageCopy};
use super::kind::Plan;
use super::members::{ContainerRole, unique};
use crate::field::Field;
use crate::marks::without_marks;
use crate::text::is_path;
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::QuestionId;
use std::collections::{BTreeMap, BTreeSet};

/// Directories that images leave empty for what runs.
const EMPTY: [&str; 6] = ["/tmp", "/var/tmp", "/run", "/var/run", "/var/lock", "/dev/shm"];
/// What an image needs to copy its own files.
const TOOLS: &str = "That image needs a shell and the usual tools for files (`/bin/sh`, `ls`, `mkdir`, `cp`, `mv`, `rm`, \
                     `rmdir`): one without has to be built with them first.";

/// A volume of the task, mounted where its image may have files.
struct Hidden<'a> {
    member: &'a str,
    path: &'a str,
    field: Field<'a>,
}

/// Asks about each volume of the task that could hide files of an image, and about each container whose image may declare
/// volumes that another takes; nothing starts before somebody said so. Gives what is to be copied by the answers.
pub(super) fn decide<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>) -> Vec<ImageCopy<'a>> {
    let mut copies = Vec::new();
    for (volume, hidden) in hidden(plan) {
        of_task(tracker, plan, volume, hidden, &mut copies);
    }
    for member in plan.members.kept() {
        for from in member.definition.objects("volumesFrom") {
            let (Some(source), Some(field)) = (from.peek("sourceContainer"), from.field("sourceContainer")) else {
                continue;
            };
            if plan.members.named(source).is_some() {
                declared(tracker, plan, [member.name, source], field, &mut copies);
            }
        }
    }
    let mut taken: BTreeSet<String> = plan.members.0.iter().map(|member| member.key.clone()).collect();
    for (at, copy) in copies.iter_mut().enumerate() {
        copy.key = unique(&mut taken, &copy.key, at);
    }
    copies
}

/// What became of the fields that speak of copied files.
pub(super) fn account<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>) {
    for (at, copy) in plan.copies.iter().enumerate() {
        let note = "an init container copies what the image has there, by a person's answer; it never overwrites";
        copy.field.approximated(tracker, plan.at(&format!("init/{at}")), note);
    }
}

/// The volumes of the task that start empty in a pod, with where they may hide something.
fn hidden<'a>(plan: &Plan<'_, 'a>) -> Vec<(&'a str, Vec<Hidden<'a>>)> {
    let mut mounts: BTreeMap<&str, Vec<Hidden<'a>>> = BTreeMap::new();
    for member in plan.members.kept() {
        for mount in member.definition.objects("mountPoints") {
            let (Some(volume), Some(field)) = (mount.peek("sourceVolume"), mount.field("containerPath")) else {
                continue;
            };
            let path = field.0.as_str().unwrap_or("");
            if !is_empty(path) {
                mounts.entry(volume).or_default().push(Hidden { member: member.name, path, field });
            }
        }
    }
    let kept = ["efsVolumeConfiguration", "fsxWindowsFileServerVolumeConfiguration", "s3filesVolumeConfiguration"];
    let volumes = plan.facts.task.into_iter().flat_map(|task| task.objects("volumes"));
    let empty = volumes.filter(|volume| {
        let of_host = volume.object("host").is_some_and(|host| host.field("sourcePath").is_some());
        let elsewhere = kept.into_iter().any(|kind| volume.field(kind).is_some());
        !elsewhere && !of_host && volume.peek_bool("configuredAtLaunch") != Some(true)
    });
    empty.filter_map(|volume| volume.peek("name").and_then(|name| Some((name, mounts.remove(name)?)))).collect()
}

fn of_task<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    volume: &'a str,
    hidden: Vec<Hidden<'a>>,
    copies: &mut Vec<ImageCopy<'a>>,
) {
    let places: Vec<String> = hidden.iter().map(|one| format!("{} of `{}`", one.path, one.member)).collect();
    let choices: Vec<(String, &Hidden<'a>)> = hidden
        .iter()
        .filter(|one| is_path(one.path) && !one.path.trim_end_matches('/').is_empty() && !one.member.is_empty())
        .map(|one| {
            let alone = hidden.iter().filter(|other| other.member == one.member).count() == 1;
            let path = if alone { String::new() } else { format!(":{}", one.path) };
            (format!("copy={}{path}", without_marks(one.member)), one)
        })
        .collect();
    let named: Vec<String> = choices.iter().map(|(choice, _)| format!("`{choice}`")).collect();
    // Of a path that is none, or a container whose name is open, nothing can be copied yet.
    let or_copied = if named.is_empty() {
        "? Nothing can be copied there before its path and its container's name are told.".to_owned()
    } else {
        format!(", or should an init container copy it before anything starts ({})? {TOOLS}", named.join(" or "))
    };
    let text = format!(
        "The volume `{volume}` is mounted over {}. It was filled with what the first of these images has there, and starts \
         empty in a pod. Is nothing there (`empty`){or_copied}",
        places.join(" and "),
    );
    let id = tracker.question_id("image-content", volume);
    let options: Vec<&str> = ["empty"].into_iter().chain(choices.iter().map(|(choice, _)| choice.as_str())).collect();
    let ask = |tracker: &mut FieldTracker<'a>| tracker.ask(id, &without_marks(&text), &options, None);
    match tracker.resting_on(images(plan, hidden.iter().map(|one| one.member)), ask) {
        Asked::Given(answer) => {
            if let Some((_, one)) = choices.iter().find(|(choice, _)| choice == answer) {
                copies.push(ImageCopy {
                    from: one.member,
                    path: one.path.to_owned(),
                    into: CopiedInto::Task(volume),
                    key: format!("copy-{volume}"),
                    field: one.field,
                });
            }
        }
        Asked::Open(id) => hold(tracker, &id, hidden.iter().map(|one| one.field)),
    }
}

/// The images of these containers without their versions: what was said of one is said of its next version, and of no other image.
fn images<'m>(plan: &Plan<'_, '_>, names: impl Iterator<Item = &'m str>) -> String {
    let image = |name: &'m str| plan.members.named(name).and_then(|member| member.definition.peek("image"));
    let repository = |image: &str| {
        let image = image.split_once('@').map_or(image, |(image, _)| image);
        let (path, last) = image.rsplit_once('/').map_or(("", image), |(path, last)| (path, last));
        format!("{path}/{}", last.split_once(':').map_or(last, |(name, _)| name))
    };
    without_marks(&names.filter_map(image).map(repository).collect::<Vec<_>>().join("\n"))
}

/// How the question writes an answer with a path.
const COPY: &str = "copy=/PATH";

/// The volumes that the image of `source` declares, which `borrower` takes with `volumesFrom`.
fn declared<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    [borrower, source]: [&'a str; 2],
    field: Field<'a>,
    copies: &mut Vec<ImageCopy<'a>>,
) {
    let text = format!(
        "`{borrower}` takes the volumes of `{source}`: those that its image declares are not shared in a pod. Does it \
         declare none (`none`), or should an init container copy what it has there into a volume that both mount \
         (`{COPY}`, or `copy=/ONE,/OTHER`)? {TOOLS}"
    );
    let id = tracker.question_id("image-content", &format!("{borrower}/{source}"));
    let usable = |answer: &str| answer == "none" || answer != COPY && paths(plan, [borrower, source], answer).is_some();
    let ask =
        |tracker: &mut FieldTracker<'a>| tracker.ask_for(id, &without_marks(&text), &["none", COPY], None, usable);
    match tracker.resting_on(images(plan, [source].into_iter()), ask) {
        Asked::Given(answer) => {
            for path in paths(plan, [borrower, source], answer).unwrap_or_default() {
                share(plan, [borrower, source], path, field, copies);
            }
        }
        Asked::Open(id) => hold(tracker, &id, std::iter::once(field)),
    }
}

/// The paths of an answer: absolute, and none where either container has another volume.
fn paths<'t>(plan: &Plan<'_, '_>, containers: [&str; 2], answer: &'t str) -> Option<Vec<&'t str>> {
    let mounted = |path: &str| {
        let of = |name: &&str| plan.members.named(name).map(|member| member.definition);
        containers.iter().filter_map(of).flat_map(|definition| definition.objects("mountPoints")).any(|mount| {
            mount.peek("containerPath").is_some_and(|other| other.trim_end_matches('/') == path.trim_end_matches('/'))
        })
    };
    let paths: Vec<&str> = answer.strip_prefix("copy=")?.split(',').map(str::trim).collect();
    let legal = |path: &&str| is_path(path) && *path != "/" && !path.ends_with('/') && !mounted(path);
    paths.iter().all(legal).then_some(paths)
}

/// One such volume, in both containers and in whoever takes those of `borrower` in turn.
fn share<'a>(
    plan: &Plan<'_, 'a>,
    [borrower, source]: [&'a str; 2],
    path: &str,
    field: Field<'a>,
    copies: &mut Vec<ImageCopy<'a>>,
) {
    let mut takers: Vec<(&'a str, bool)> = vec![(source, false)];
    takers.extend(plan.members.kept().filter_map(|member| {
        let steps = plan.members.0.len();
        reads_only(plan, member.name, [borrower, source], steps).map(|only| (member.name, only))
    }));
    let same = copies.iter_mut().find(|copy| copy.from == source && copy.path == path);
    if let Some(CopiedInto::Declared { mounts, .. }) = same.map(|copy| &mut copy.into) {
        takers.retain(|(name, _)| mounts.iter().all(|(known, _)| known != name));
        return mounts.extend(takers);
    }
    let count = copies.len();
    let mut taken = copies.iter().filter_map(|copy| match &copy.into {
        CopiedInto::Declared { name, .. } => Some(name.clone()),
        CopiedInto::Task(_) => None,
    });
    let name = unique(&mut taken.by_ref().collect(), &format!("{source}{path}"), count);
    copies.push(ImageCopy {
        from: source,
        path: path.to_owned(),
        key: format!("copy-{name}"),
        into: CopiedInto::Declared { name, mounts: takers },
        field,
    });
}

/// Whether a container that takes the volumes of `source`, by way of `borrower`, may only read them; none when it does
/// not take them.
fn reads_only(plan: &Plan<'_, '_>, taker: &str, way: [&str; 2], steps: usize) -> Option<bool> {
    let member = plan.members.named(taker).filter(|member| member.role != ContainerRole::LeftOut && steps > 0)?;
    member.definition.objects("volumesFrom").find_map(|from| {
        let source = from.peek("sourceContainer")?;
        let only = from.peek_bool("readOnly") == Some(true);
        if [taker, source] == way {
            return Some(only);
        }
        reads_only(plan, source, way, steps - 1).map(|before| before || only)
    })
}

fn hold<'a>(tracker: &mut FieldTracker<'a>, id: &QuestionId, fields: impl Iterator<Item = Field<'a>>) {
    tracker.hold("what its image has under a volume has to be decided first");
    fields.for_each(|field| field.asked(tracker, id));
}

fn is_empty(path: &str) -> bool {
    EMPTY.iter().any(|place| path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}
