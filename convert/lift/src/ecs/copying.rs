//! The init containers that copy an image's files into a volume, as a container runtime does when it makes one.

use super::image_copy::{CopiedInto, ImageCopy};
use super::kind::Plan;
use super::members::{ContainerRole, Member};
use crate::plconfig::{Capabilities, Component, Container, InitContainer, Volume};
use crate::text::Kind;
use crate::tracker::FieldTracker;
use std::collections::{BTreeMap, BTreeSet};

/// Where the volume is mounted while it is filled: beside the image's own directory, which it must not hide.
const FILLED: &str = "/caravan-volume";

/// Copies a directory with owners and modes into a volume that is empty, and does nothing when it is not: what is there is
/// of a run before. Killed on the way, it goes on where it was, for a container that ends well is the only one that others
/// wait for. The directory's own owner and mode become the volume's.
const COPY: &str = r#"set -e
from=$1 to=$2 part=$2/.caravan-part full=$2/.caravan-full
if [ ! -d "$full" ]; then
  rm -rf "$part"
  if [ -n "$(ls -A "$to")" ]; then exit 0; fi
  if [ ! -d "$from" ]; then echo "there is no directory $from in this image" >&2; exit 1; fi
  mkdir "$part"
  cp -a "$from"/. "$part"/
  mv "$part" "$full"
fi
for f in "$full"/* "$full"/.[!.]* "$full"/..?*; do
  if [ -e "$f" ] || [ -L "$f" ]; then mv "$f" "$to"/; fi
done
cp -a "$full"/. "$to"/
rmdir "$full"
"#;

/// What root needs to give files to their owners, and nothing else.
const RIGHTS: [&str; 4] = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID"];

/// One init container for each directory that is copied, before all others: they may find files there too.
pub(super) fn containers<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>) -> Vec<InitContainer> {
    let made = plan
        .copies
        .iter()
        .enumerate()
        .map(|(at, copy)| InitContainer { name: copy.key.clone(), container: container(tracker, plan, at, copy) });
    made.collect()
}

fn container<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, at: usize, copy: &ImageCopy<'a>) -> Container {
    let source = plan.members.named(copy.from);
    let field = source.and_then(|member| Some((member, member.definition.field("image")?)));
    let image = field.and_then(|(member, field)| {
        let image = tracker.text(field.0, Kind::Image)?;
        if member.role == ContainerRole::LeftOut {
            let note = "of the init container that copies its files";
            field.approximated(tracker, plan.at(&format!("init/{at}/container/image")), note);
        }
        Some(image.into_owned())
    });
    let words = ["/bin/sh", "-c", COPY, "sh", &copy.path, FILLED];
    Container {
        image,
        command: Some(words.map(str::to_owned).into()),
        user: Some("0".to_owned()),
        writable: Some(false),
        capabilities: Some(Capabilities { add: RIGHTS.map(str::to_owned).into(), ..Capabilities::default() }),
        ..Container::default()
    }
}

/// The names in the plconfig of the volumes that images declare.
pub(super) fn declared_names(plan: &Plan<'_, '_>) -> BTreeSet<String> {
    let names = plan.copies.iter().filter_map(|copy| match &copy.into {
        CopiedInto::Declared { name, .. } => Some(name.clone()),
        CopiedInto::Task(_) => None,
    });
    names.collect()
}

/// What a container mounts of the volumes that images declare; the first mount of each says what it is.
pub(super) fn mounts<'p>(
    plan: &'p Plan<'_, '_>,
    member: &Member<'_>,
    defined: &mut BTreeSet<&'p str>,
    mounts: &mut BTreeMap<String, Volume>,
) {
    for copy in &plan.copies {
        let CopiedInto::Declared { name, mounts: takers } = &copy.into else { continue };
        let Some((_, only)) = takers.iter().find(|(taker, _)| *taker == member.name) else { continue };
        let temporary = defined.insert(name).then(|| "disk".to_owned());
        let made = Volume { name: Some(name.clone()), temporary, read_only: only.then_some(true), ..Volume::default() };
        mounts.entry(copy.path.clone()).or_insert(made);
    }
}

/// Mounts each volume where it is filled. `names` has those of the task's volumes in the plconfig.
pub(super) fn mount_filled(plan: &Plan<'_, '_>, names: &BTreeMap<&str, String>, component: &mut Component) {
    for copy in &plan.copies {
        let name = match &copy.into {
            CopiedInto::Task(volume) => names.get(volume).cloned(),
            CopiedInto::Declared { name, .. } => Some(name.clone()),
        };
        let Some(init) = component.init.iter_mut().find(|init| init.name == copy.key) else { continue };
        init.container.volumes.insert(FILLED.to_owned(), Volume { name, ..Volume::default() });
    }
}
