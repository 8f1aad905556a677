//! Memory, processor, room in `/tmp`, and the kind of processor.

use super::version::Unit;
use crate::plconfig::{Arch, Component, Resources, Volume};
use crate::quantity::mebi;
use crate::tracker::FieldTracker;

/// Memory in MB at which Lambda gives one processor (Lambda developer guide, "Configure Lambda function memory").
const ONE_CPU: u64 = 1_769;
/// MiB for the front itself.
const FRONT: u64 = 16;
/// MB that Lambda gives where nothing is said: memory, and room in `/tmp`.
const MEMORY: u64 = 128;
const TMP: u64 = 512;

pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, unit: &Unit<'a>, component: &mut Component) {
    memory(tracker, unit, component);
    tmp(tracker, unit, component);
    component.arch = Some(Arch::Amd64);
    let Some(field) = unit.own.field("Architectures") else { return };
    let all: Vec<&str> = unit.own.list("Architectures").iter().filter_map(|one| one.as_str()).collect();
    component.arch = match all.as_slice() {
        ["x86_64"] => Some(Arch::Amd64),
        ["arm64"] => Some(Arch::Arm64),
        _ => return field.blocked(tracker, "its processor is neither x86_64 nor arm64"),
    };
    for value in unit.own.list("Architectures") {
        crate::field::Field(value).exact(tracker, "/components");
    }
}

/// The processor's share as a request, never a limit: Lambda gave no less, and took what was more.
fn memory<'a>(tracker: &mut FieldTracker<'a>, unit: &Unit<'a>, component: &mut Component) {
    let said = unit.own.peek_u64("MemorySize").filter(|size| (64..=65_536).contains(size));
    let size = said.unwrap_or(MEMORY);
    component.resources = Some(Resources {
        cpu: Some(format!("{}m", (size * 1000).div_ceil(ONE_CPU))),
        memory: Some(mebi(size + FRONT)),
        ..Resources::default()
    });
    let Some(field) = unit.own.field("MemorySize") else { return };
    match said {
        Some(_) => {
            let note = "request and limit, with 16 MiB for its front; of the processor, one for 1,769 MB, is asked for and no limit";
            field.approximated(tracker, "/function/memory", note);
        }
        None => field.blocked(tracker, "its memory is no size that Lambda has"),
    }
}

fn tmp<'a>(tracker: &mut FieldTracker<'a>, unit: &Unit<'a>, component: &mut Component) {
    let storage = unit.own.object("EphemeralStorage");
    let size = storage.and_then(|storage| storage.peek_u64("Size")).filter(|size| (1..=65_536).contains(size));
    let volume =
        Volume { temporary: Some("disk".to_owned()), limit: Some(mebi(size.unwrap_or(TMP))), ..Volume::default() };
    component.volumes.insert("/tmp".to_owned(), volume);
    let Some(field) = storage.and_then(|storage| storage.field("Size")) else { return };
    match size {
        Some(_) => {
            let note =
                "all processes of a pod share it, and it lives as long as the pod: a pod that holds more is replaced";
            field.approximated(tracker, "/components", note);
        }
        None => field.blocked(tracker, "the size of its `/tmp` is none"),
    }
}
