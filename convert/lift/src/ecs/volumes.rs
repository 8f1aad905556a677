//! Volumes and where they are mounted.

use super::copying;
use super::image_copy::CopiedInto;
use super::kind::Plan;
use super::members::{ContainerRole, Member};
use crate::field::{Field, Object};
use crate::plconfig::{Component, Volume, VolumeEfs};
use crate::text::Kind;
use crate::tracker::{Asked, FieldTracker};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A volume of the task: what it is on the platform, or nothing when its mounts are left out.
type Volumes<'a> = BTreeMap<&'a str, Option<Volume>>;

pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    let volumes = volumes(tracker, plan);
    let shared = mounted_more_than_once(plan);
    let (mut defined, mut declared) = (BTreeSet::new(), BTreeSet::new());
    let members: Vec<&Member<'a>> = plan.members.kept().collect();
    for member in &members {
        let mut mounts = BTreeMap::new();
        for mount in member.definition.objects("mountPoints") {
            own_mount(tracker, plan, member, mount, &volumes, &shared, &mut defined, &mut mounts);
        }
        borrowed_mounts(tracker, plan, member, &volumes, &shared, &mut defined, &mut mounts);
        copying::mounts(plan, member, &mut declared, &mut mounts);
        put(component, member, mounts);
    }
    copying::mount_filled(plan, &shared, component);
}

fn volumes<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>) -> Volumes<'a> {
    let mut volumes = Volumes::new();
    let Some(task) = plan.facts.task else { return volumes };
    let mounted: BTreeSet<&str> = plan
        .members
        .kept()
        .flat_map(|member| mounts_of(plan, member, plan.members.0.len()))
        .map(|mount| mount.name)
        .collect();
    for volume in task.objects("volumes") {
        let Some(field) = volume.field("name") else { continue };
        let Some(name) = volume.peek("name") else { continue };
        if !mounted.contains(name) {
            volume.drop_whole(tracker, "unmounted-volume");
            continue;
        }
        let made = one(tracker, plan, volume, name);
        field.approximated(tracker, plan.at("volumes"), "a name only where several containers mount it");
        volumes.insert(name, made);
    }
    volumes
}

/// One volume: EFS, EBS, Docker's, the host's, or nothing said, which is space of the task.
fn one<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, volume: Object<'a>, name: &str) -> Option<Volume> {
    if let Some(efs) = volume.object("efsVolumeConfiguration") {
        return Some(self::efs(tracker, plan, efs));
    }
    for (kind, what) in
        [("fsxWindowsFileServerVolumeConfiguration", "FSx for Windows"), ("s3filesVolumeConfiguration", "S3 Files")]
    {
        if let Some(field) = volume.field(kind) {
            field.blocked(tracker, format!("the volume `{name}` lies on {what}"));
            return None;
        }
    }
    if volume.peek_bool("configuredAtLaunch") == Some(true) {
        return at_launch(tracker, plan, volume, name);
    }
    if let Some(field) = volume.field("configuredAtLaunch") {
        field.dropped(tracker, "default");
    }
    if let Some(docker) =
        volume.object("dockerVolumeConfiguration").filter(|_| volume.field("dockerVolumeConfiguration").is_some())
    {
        return self::docker(tracker, plan, docker, name);
    }
    if let Some(path) = volume.object("host").and_then(|host| host.field("sourcePath")) {
        return host(tracker, path, name);
    }
    if let Some(host) = volume.raw("host").filter(|field| crate::field::is_empty(field.0)) {
        host.exact(tracker, plan.at("volumes"));
    }
    Some(temporary())
}

fn temporary() -> Volume {
    Volume { temporary: Some("disk".to_owned()), ..Volume::default() }
}

fn efs<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, efs: Object<'a>) -> Volume {
    let mut made = VolumeEfs::default();
    let target = plan.at("volumes");
    if let Some(field) = efs.field("fileSystemId") {
        made.file_system = tracker.text(field.0, Kind::FileSystem).map(Into::into).unwrap_or_default();
        field.exact(tracker, target.clone());
    } else {
        tracker.refuse("an EFS volume names no file system");
    }
    if let Some(field) = efs.field("rootDirectory") {
        made.root = tracker.text(field.0, Kind::Path).map(Into::into);
        field.exact(tracker, target.clone());
    }
    if let Some(field) = efs.field("transitEncryption")
        && let Some(mode @ ("ENABLED" | "DISABLED")) = efs.peek("transitEncryption")
    {
        made.encrypted = Some(mode == "ENABLED");
        field.exact(tracker, target.clone());
    }
    if let Some(field) = efs.field("transitEncryptionPort") {
        field.dropped_because(tracker, "efs-port", "the driver on the node picks the port");
    }
    if let Some(authorization) = efs.object("authorizationConfig") {
        if let Some(field) = authorization.field("accessPointId") {
            made.access_point = tracker.text(field.0, Kind::Free).map(Into::into);
            field.exact(tracker, target.clone());
        }
        if let Some(field) = authorization.field("iam")
            && let Some(mode @ ("ENABLED" | "DISABLED")) = authorization.peek("iam")
        {
            made.iam = Some(mode == "ENABLED");
            if mode == "ENABLED" {
                let note = "the driver's role mounts, not the task's: the file system's policy has to let it";
                field.approximated(tracker, target, note);
            } else {
                field.exact(tracker, target);
            }
        }
    }
    Volume { efs: Some(made), ..Volume::default() }
}

/// A volume that the service describes: a new EBS disk for each task, gone with it.
fn at_launch<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    volume: Object<'a>,
    name: &str,
) -> Option<Volume> {
    let described = plan
        .facts
        .service_settings()
        .flat_map(|service| service.objects("volumeConfigurations"))
        .find(|described| described.peek("name") == Some(name));
    let size = described
        .and_then(|described| described.object("managedEBSVolume"))
        .and_then(|disk| disk.peek_u64("sizeInGiB"))
        .map(|size| format!("{size}Gi"));
    let id = tracker.question_id("volume", name);
    let disk = described.and_then(|described| described.object("managedEBSVolume"));
    let snapshot = disk.and_then(|disk| disk.peek("snapshotId")).map(crate::marks::without_marks);
    let starts = snapshot.as_ref().map_or_else(String::new, |snapshot| {
        format!(" It starts with the content of `{snapshot}`, which nothing puts there here.")
    });
    let text = format!("The volume `{name}` is a disk made for each task.{starts} May its content go with the task?");
    let answer = tracker.ask(id, &text, &["temporary", "disk"], Some("temporary"));
    if matches!(answer, Asked::Open(_)) && snapshot.is_some() {
        tracker.hold("what a snapshot puts on its disk has to be decided first");
    }
    let keep = matches!(answer, Asked::Given("disk"));
    if let (Some(disk), Asked::Given(_)) = (disk, &answer) {
        let note = "the disk is of the cluster's storage class";
        let fields = ["encrypted", "kmsKeyId", "volumeType", "iops", "throughput", "filesystemType", "roleArn"];
        for field in fields.into_iter().filter_map(|name| disk.field(name)) {
            field.dropped_because(tracker, "dropped-by-answer", note);
        }
        if let Some(field) = disk.field("snapshotId") {
            field.dropped_because(tracker, "dropped-by-answer", "it starts empty");
        }
    }
    let fields = described.map(Object::entries).into_iter().flatten().map(|(_, value)| value);
    for value in fields.chain(volume.field("configuredAtLaunch").map(|field| field.0)) {
        let leaves: Vec<&'a Value> = match value {
            Value::Object(map) => map.values().collect(),
            leaf => vec![leaf],
        };
        for field in leaves.into_iter().filter(|leaf| !tracker.is_marked(leaf)).map(Field).collect::<Vec<_>>() {
            match &answer {
                Asked::Open(id) => field.asked(tracker, id),
                Asked::Given(_) => field.approximated(tracker, plan.at("volumes"), "by a person's answer"),
            }
        }
    }
    Some(if keep {
        Volume { size: Some(size.unwrap_or_else(|| "20Gi".to_owned())), ..Volume::default() }
    } else {
        Volume { limit: size, ..temporary() }
    })
}

fn docker<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, docker: Object<'a>, name: &str) -> Option<Volume> {
    let driver = docker.peek("driver").unwrap_or("local");
    let plain = driver == "local" && docker.field("driverOpts").is_none();
    if !plain {
        let reason = format!("the volume `{name}` needs Docker's volume driver `{driver}` or its options");
        for (_, value) in docker.entries().filter(|(_, value)| !crate::field::is_empty(value)) {
            Field(value).blocked(tracker, reason.clone());
        }
        return None;
    }
    docker.drop_all(tracker, &["driver", "labels"], "docker-volume");
    let fields: Vec<Field<'a>> = ["scope", "autoprovision"].iter().filter_map(|name| docker.field(name)).collect();
    if docker.peek("scope") != Some("shared") {
        for field in fields {
            field.approximated(tracker, plan.at("volumes"), "space that goes with the pod, as it went with the task");
        }
        return Some(temporary());
    }
    let id = tracker.question_id("volume", name);
    let text =
        format!("The volume `{name}` lives on its host, and tasks there share it. May its content go with the pod?");
    let answer = tracker.ask(id, &text, &["temporary", "disk"], Some("temporary"));
    for field in fields {
        match &answer {
            Asked::Open(id) => field.asked(tracker, id),
            Asked::Given(_) => field.approximated(tracker, plan.at("volumes"), "by a person's answer"),
        }
    }
    match answer {
        Asked::Given("disk") => Some(Volume { size: Some("20Gi".to_owned()), ..Volume::default() }),
        Asked::Given(_) => Some(temporary()),
        Asked::Open(_) => {
            tracker.hold("what lies in its host's volume has to be decided first");
            Some(temporary())
        }
    }
}

/// A directory of the host: state that stays there, unless it is what agents read.
fn host<'a>(tracker: &mut FieldTracker<'a>, field: Field<'a>, name: &str) -> Option<Volume> {
    let path = field.0.as_str().unwrap_or("");
    let shown = crate::marks::without_marks(path);
    let read_by_agents = path.ends_with("docker.sock")
        || ["/var/log", "/var/lib/docker/containers", "/proc", "/sys/fs/cgroup", "/cgroup"]
            .iter()
            .any(|place| path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    if !read_by_agents {
        field.blocked(tracker, format!("the volume `{name}` is the host's directory {shown}"));
        return None;
    }
    let id = tracker.question_id("volume", name);
    let text = format!("The volume `{name}` shows {shown} of the host, which agents read. Can it be left out?");
    match tracker.ask(id, &text, &["leave-out"], Some("leave-out")) {
        Asked::Given(_) => field.dropped(tracker, "host-path-by-answer"),
        Asked::Open(id) => field.asked(tracker, &id),
    }
    None
}

#[expect(clippy::too_many_arguments, reason = "the state of one pass over all mounts")]
fn own_mount<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    member: &Member<'a>,
    mount: Object<'a>,
    volumes: &Volumes<'a>,
    shared: &Shared<'a>,
    defined: &mut BTreeSet<&'a str>,
    mounts: &mut BTreeMap<String, Volume>,
) {
    let (Some(source), Some(path_field)) = (mount.field("sourceVolume"), mount.field("containerPath")) else {
        return;
    };
    if !path_field.0.is_string() {
        return;
    }
    let name = mount.peek("sourceVolume").unwrap_or("");
    let target = plan.inside(member, "volumes");
    let Some(volume) = volumes.get(name) else {
        let reason = format!("`{}` mounts the volume `{name}`, which the task does not have", member.name);
        source.blocked(tracker, reason.clone());
        path_field.blocked(tracker, reason);
        return;
    };
    let Some(volume) = volume else {
        mount.drop_all(tracker, &["sourceVolume", "containerPath", "readOnly"], "left-out-volume");
        return;
    };
    let Some(path) = tracker.text(path_field.0, Kind::Path) else {
        return;
    };
    source.approximated(tracker, target.clone(), "what the volume is stands where it is mounted");
    path_field.exact(tracker, target.clone());
    let read_only = read_only(tracker, &target, mount);
    if mounts.contains_key(&clean(&path)) {
        path_field.blocked(tracker, "it mounts two volumes at one place");
        return;
    }
    mounts.insert(clean(&path), mounted(name, volume, shared, defined, read_only));
}

fn read_only<'a>(tracker: &mut FieldTracker<'a>, target: &str, mount: Object<'a>) -> bool {
    let Some(field) = mount.field("readOnly") else {
        return false;
    };
    let Value::Bool(read_only) = field.0 else { return false };
    field.exact(tracker, target.to_owned());
    *read_only
}

/// The first mount says what the volume is; further ones only name it.
fn mounted<'a>(
    name: &'a str,
    volume: &Volume,
    shared: &Shared<'a>,
    defined: &mut BTreeSet<&'a str>,
    read_only: bool,
) -> Volume {
    let first = defined.insert(name);
    let mut made = if first { volume.clone() } else { Volume::default() };
    made.name = shared.get(name).cloned();
    made.read_only = read_only.then_some(true);
    made
}

/// `volumesFrom`: the mounts of another container, and of those from which it takes some itself.
fn borrowed_mounts<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    member: &Member<'a>,
    volumes: &Volumes<'a>,
    shared: &Shared<'a>,
    defined: &mut BTreeSet<&'a str>,
    mounts: &mut BTreeMap<String, Volume>,
) {
    for borrowed in member.definition.objects("volumesFrom") {
        let Some(field) = borrowed.field("sourceContainer") else {
            continue;
        };
        let target = plan.inside(member, "volumes");
        let Some(from) = borrowed.peek("sourceContainer").and_then(|name| plan.members.named(name)) else {
            field.blocked(tracker, "it takes volumes from a container that the task does not have");
            continue;
        };
        let note = "only the task's volumes; what the other image declares as volumes is not shared";
        field.approximated(tracker, target.clone(), note);
        let read_only = borrowed.peek_bool("readOnly") == Some(true);
        if let Some(field) = borrowed.field("readOnly") {
            field.approximated(tracker, target.clone(), "of the task's volumes");
        }
        for Mount { name, path, read_only: mounted_so } in mounts_of(plan, from, plan.members.0.len()) {
            if let Some(Some(volume)) = volumes.get(name)
                && !mounts.contains_key(&clean(path))
                && path.starts_with('/')
                && crate::marks::is_clean(path)
            {
                // A mount is writable where both let it be (Docker, `volumes-from`).
                mounts.insert(clean(path), mounted(name, volume, shared, defined, read_only || mounted_so));
            }
        }
    }
}

/// A mount as another container may borrow it.
struct Mount<'a> {
    name: &'a str,
    path: &'a str,
    read_only: bool,
}

fn mounts_of<'a>(plan: &Plan<'_, 'a>, member: &Member<'a>, steps: usize) -> Vec<Mount<'a>> {
    let mount = |one: Object<'a>| {
        let read_only = one.peek_bool("readOnly") == Some(true);
        Some(Mount { name: one.peek("sourceVolume")?, path: one.peek("containerPath")?, read_only })
    };
    let mut found: Vec<Mount<'a>> = member.definition.objects("mountPoints").filter_map(mount).collect();
    if steps > 0 {
        for borrowed in member.definition.objects("volumesFrom") {
            let other = borrowed.peek("sourceContainer").and_then(|name| plan.members.named(name));
            let read_only = borrowed.peek_bool("readOnly") == Some(true);
            let theirs = other.map(|other| mounts_of(plan, other, steps - 1)).unwrap_or_default();
            found.extend(theirs.into_iter().map(|one| Mount { read_only: one.read_only || read_only, ..one }));
        }
    }
    found
}

/// The volumes that are mounted more than once, each with a name of its own in the plconfig.
type Shared<'a> = BTreeMap<&'a str, String>;

fn mounted_more_than_once<'a>(plan: &Plan<'_, 'a>) -> Shared<'a> {
    // Where an image's files are copied into it, that is one mount more.
    let filled = plan.copies.iter().filter_map(|copy| match copy.into {
        CopiedInto::Task(volume) => Some(volume),
        CopiedInto::Declared { .. } => None,
    });
    let (mut seen, mut taken): (BTreeSet<&str>, _) = (filled.collect(), copying::declared_names(plan));
    let mut again = Shared::new();
    for member in plan.members.kept() {
        for Mount { name, .. } in mounts_of(plan, member, plan.members.0.len()) {
            if !seen.insert(name) && !again.contains_key(name) {
                again.insert(name, super::members::unique(&mut taken, name, again.len()));
            }
        }
    }
    again
}

/// `/data/` and `/data` are one place.
fn clean(path: &str) -> String {
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() { "/".to_owned() } else { trimmed.to_owned() }
}

fn put(component: &mut Component, member: &Member<'_>, mounts: BTreeMap<String, Volume>) {
    match member.role {
        ContainerRole::Sidecar => {
            if let Some(sidecar) = component.sidecars.get_mut(&member.key) {
                sidecar.volumes.extend(mounts);
            }
        }
        ContainerRole::Init => {
            if let Some(init) = component.init.iter_mut().find(|init| init.name == member.key) {
                init.container.volumes.extend(mounts);
            }
        }
        ContainerRole::Main => component.volumes.extend(mounts),
        ContainerRole::Router | ContainerRole::LeftOut => {}
    }
}
