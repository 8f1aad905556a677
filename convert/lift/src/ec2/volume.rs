//! What a container mounts: space of its own, volumes of Docker, and files and folders of the machine.

use super::account::Place;
use super::container::Plan;
use super::docker::{Key, Setting};
use super::startup::Word;
use crate::marks::is_clean;
use crate::plconfig::{Component, Container, Volume};
use crate::text::is_path;
use crate::tracker::{Asked, FieldTracker};

/// What is mounted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Source {
    /// New space.
    Anonymous,
    /// A volume of Docker's.
    Named(String),
    /// A file or folder of the machine.
    Path(String),
    /// Space in memory, with its size in bytes.
    Memory(Option<u64>),
}

/// A mount.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Mount {
    pub(super) source: Source,
    pub(super) target: String,
    read_only: bool,
}

/// What agents read of a machine, and what only a machine has.
const OF_THE_MACHINE: [&str; 12] = [
    "/",
    "/cgroup",
    "/dev",
    "/etc/hosts",
    "/etc/localtime",
    "/etc/passwd",
    "/etc/resolv.conf",
    "/etc/timezone",
    "/proc",
    "/sys",
    "/var/lib/docker",
    "/var/log",
];

/// `data:/var/lib/data:ro`, `/srv:/srv`, `/cache`; none of options that are not known.
pub(super) fn mount(text: &str) -> Option<Mount> {
    let parts: Vec<&str> = text.split(':').collect();
    let (source, target, options) = match parts.as_slice() {
        [target] => (Source::Anonymous, *target, ""),
        [source, target] => (named_or_path(source), *target, ""),
        [source, target, options] => (named_or_path(source), *target, *options),
        _ => return None,
    };
    let known = |option: &str| {
        matches!(option, "" | "rw" | "ro" | "z" | "Z" | "cached" | "delegated" | "consistent" | "nocopy")
    };
    let read_only = options.split(',').any(|option| option == "ro");
    options.split(',').all(known).then(|| Mount { source, target: target.to_owned(), read_only })
}

fn named_or_path(text: &str) -> Source {
    if text.starts_with(['/', '.', '~', '$']) { Source::Path(text.to_owned()) } else { Source::Named(text.to_owned()) }
}

/// `type=bind,source=/srv,target=/srv,readonly`.
fn long(text: &str) -> Option<Mount> {
    let (mut kind, mut source, mut target, mut read_only) = ("volume", None, None, false);
    for part in text.split(',') {
        match part.split_once('=').unwrap_or((part, "true")) {
            ("type", value) => kind = value,
            ("source" | "src", value) => source = Some(value),
            ("target" | "dst" | "destination", value) => target = Some(value),
            ("readonly" | "ro", value) => read_only = matches!(value, "true" | "1"),
            _ => return None,
        }
    }
    let source = match (kind, source) {
        ("bind", Some(path)) => Source::Path(path.to_owned()),
        ("volume", Some(name)) => Source::Named(name.to_owned()),
        ("volume", None) => Source::Anonymous,
        ("tmpfs", None) => Source::Memory(None),
        _ => return None,
    };
    Some(Mount { source, target: target?.to_owned(), read_only })
}

/// `/run:size=64m,mode=1777`.
fn in_memory(text: &str) -> Mount {
    let (target, options) = text.split_once(':').unwrap_or((text, ""));
    let size = options.split(',').find_map(|option| super::container::bytes(option.strip_prefix("size=")?));
    Mount { source: Source::Memory(size), target: target.to_owned(), read_only: false }
}

pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    setting: &Setting,
    container: &mut Container,
    component: &mut Component,
) {
    let (word, place) = (&setting.value, plan.place(&setting.value));
    let text = word.text().filter(|text| is_clean(text));
    let read = text.as_deref().and_then(|text| match setting.key {
        Key::Volume => mount(text),
        Key::Mount => long(text),
        Key::Tmpfs => Some(in_memory(text)),
        _ => {
            let source = Source::Memory(Some(super::container::bytes(text)?));
            Some(Mount { source, target: "/dev/shm".to_owned(), read_only: false })
        }
    });
    let Some(mount) = read.filter(|mount| is_path(&mount.target)) else {
        let id = tracker.question_id("mount", &format!("{}/{}", plan.member.key, place.detail()));
        let text = format!(
            "The container `{}` mounts `{}`, which is not understood. Can it do without?",
            plan.member.key,
            word.shown()
        );
        return place.ask_to_leave_out(tracker, id, &text, "a mount");
    };
    let target = plan.entry("volumes", &mount.target);
    match &mount.source {
        Source::Anonymous => {
            container.volumes.insert(mount.target, temporary("disk", None));
            place.approximated(
                tracker,
                target,
                "space that goes with the pod; what the image has there is not copied in",
            );
        }
        Source::Memory(size) => {
            container.volumes.insert(mount.target, temporary("memory", *size));
            place.approximated(tracker, target, "counts to the container's memory");
        }
        Source::Path(path) if written(tracker, plan, place, path, &mount, component) => {}
        Source::Path(path) if is_of_machine(path) => {
            let id = tracker.question_id("volume", &format!("{}{}", plan.member.key, path.trim_end_matches('/')));
            let text = format!("The container `{}` sees {path} of its machine. Can it do without?", plan.member.key);
            place.ask_to_leave_out(tracker, id, &text, format!("{path} of the machine"));
        }
        Source::Path(source) | Source::Named(source) => {
            kept(tracker, plan, word, source, &mount, (container, &*component))
        }
    }
}

fn temporary(kind: &str, bytes: Option<u64>) -> Volume {
    let limit = bytes.map(|bytes| crate::quantity::mebi(bytes.div_ceil(1 << 20)));
    Volume { temporary: Some(kind.to_owned()), limit, ..Volume::default() }
}

fn is_of_machine(path: &str) -> bool {
    path.ends_with("docker.sock")
        || OF_THE_MACHINE.iter().any(|place| {
            path.trim_end_matches('/') == place.trim_end_matches('/')
                || place.len() > 1 && path.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'))
        })
}

/// A file, or a folder of files, that the user data writes: they are the pod's own configuration; false where it is none.
fn written<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    place: Place<'a>,
    path: &str,
    mount: &Mount,
    component: &mut Component,
) -> bool {
    let one = plan.files.read(path).map(|(file, content)| vec![(mount.target.clone(), file, content)]);
    let found = one.unwrap_or_else(|| {
        let below = plan.files.below(path).into_iter();
        below
            .map(|(rest, file, content)| (format!("{}/{rest}", mount.target.trim_end_matches('/')), file, content))
            .collect()
    });
    if found.is_empty() {
        return false;
    }
    for (target, file, content) in found {
        file.use_up();
        let text = content.text().filter(|text| is_clean(text));
        match text {
            Some(text) if plan.is_main() => {
                component.files.insert(target.clone(), text);
                let note = "a small file that can only be read; who owns it and its mode are the platform's";
                place.approximated(tracker, plan.entry("files", &target), note);
            }
            _ => {
                let id = tracker.question_id("file", &format!("{}{target}", plan.member.key));
                let why = if plan.is_main() {
                    "holds a secret, or what only the machine knows"
                } else {
                    "belongs to a container beside the main one"
                };
                let text = format!(
                    "The file {target} of the container `{}` {why}, and can't be written into the configuration. Is it in the image \
                     or mounted from a secret now?",
                    plan.member.key
                );
                place.ask_to_leave_out(tracker, id, &text, format!("the file {target}"));
            }
        }
    }
    true
}

/// What outlives the container: nobody can tell whether that matters but those who run it.
fn kept<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    word: &Word,
    source: &str,
    mount: &Mount,
    (container, component): (&mut Container, &Component),
) {
    let place = plan.place(word);
    let same = |other: &Word| {
        other.text().and_then(|text| self::mount(&text)).is_some_and(|other| other.source == mount.source)
    };
    let sharing = plan.pod.members.iter().filter(|member| member.started.all(Key::Volume).any(same)).count();
    let name = (sharing > 1).then(|| super::pods::label(source.trim_matches('/')));
    let defined = name.as_deref().is_some_and(|name| is_defined(component, name));
    let read_only = mount.read_only.then_some(true);
    let id = tracker.question_id("volume", source.trim_start_matches('/'));
    let what = if matches!(mount.source, Source::Named(_)) { "the volume" } else { "the folder" };
    let text = format!(
        "{} `{source}` lies on its machine, and what stands in it stays when the container goes. May its content go with the \
         pod (`temporary`), or does each have a disk of its own that begins empty (`disk`)?",
        if what == "the volume" { "The volume" } else { "The folder" },
    );
    let answer = tracker.ask(id, &text, &["temporary", "disk"], Some("temporary"));
    let made = match &answer {
        _ if defined => Volume::default(),
        Asked::Given("disk") => Volume { size: Some("20Gi".to_owned()), ..Volume::default() },
        _ => temporary("disk", None),
    };
    container.volumes.insert(mount.target.clone(), Volume { name, read_only, ..made });
    match answer {
        Asked::Given(_) => {
            let note = format!("{what} {source}, by a person's answer");
            place.approximated(tracker, plan.entry("volumes", &mount.target), note);
        }
        Asked::Open(id) => {
            tracker.hold("what lies on its machine's disk has to be decided first");
            place.asked(tracker, &id, format!("{what} {source}"));
        }
    }
}

/// Whether a mount of another container of the pod says already what this volume is.
fn is_defined(component: &Component, name: &str) -> bool {
    let beside = component.sidecars.values().flat_map(|sidecar| sidecar.volumes.values());
    component
        .volumes
        .values()
        .chain(beside)
        .any(|volume| volume.name.as_deref() == Some(name) && (volume.size.is_some() || volume.temporary.is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mounts_are_read_in_the_forms_that_docker_takes() {
        let made = |source, target: &str, read_only| Some(Mount { source, target: target.to_owned(), read_only });
        let path = |text: &str| Source::Path(text.to_owned());
        assert_eq!(mount("/cache"), made(Source::Anonymous, "/cache", false));
        assert_eq!(mount("data:/d"), made(Source::Named("data".to_owned()), "/d", false));
        assert_eq!(mount("/srv:/d:ro,z"), made(path("/srv"), "/d", true));
        assert_eq!(mount("/srv:/d:rshared"), None);
        assert_eq!(long("type=bind,source=/srv,target=/d,readonly"), made(path("/srv"), "/d", true));
        assert_eq!(long("type=npipe,source=x,target=y"), None);
        assert_eq!(
            in_memory("/run:size=64m"),
            Mount { source: Source::Memory(Some(64 << 20)), target: "/run".to_owned(), read_only: false }
        );
        assert!(is_of_machine("/var/run/docker.sock") && is_of_machine("/proc/1") && is_of_machine("/"));
        assert!(!is_of_machine("/srv") && !is_of_machine("/var/logs"));
    }
}
