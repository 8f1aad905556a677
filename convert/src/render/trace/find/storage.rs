//! The places behind volumes, disks and shared file systems.

use super::places::plconfig;
use crate::located::push_step;
use crate::provenance::Origin;
use crate::render::trace::field::Field;
use crate::render::trace::line::{Line, containers};
use crate::render::{app, claim, volume};
use serde_json::Value;

/// A mount of a component.
pub(super) struct Mounted {
    pub(super) name: String,
    pub(super) pointer: String,
    has_size: bool,
    pub(super) is_secret: bool,
    has_efs: bool,
    is_definition: bool,
}

/// Every mount of a component's containers, with the name of its volume.
pub(super) fn mounted(line: &Line<'_>, part: &app::Part<'_>) -> Vec<Mounted> {
    let mut all = Vec::new();
    for (at, (container, base)) in containers(part).into_iter().enumerate() {
        let Some(Value::Object(volumes)) = line.config.pointer(&format!("{base}/volumes")) else { continue };
        for (path, volume) in volumes {
            let mut pointer = format!("{base}/volumes");
            push_step(&mut pointer, path);
            let has = |field: &str| volume.get(field).is_some();
            all.push(Mounted {
                name: volume::name((at > 0).then_some(container.as_str()), path, volume["name"].as_str()),
                pointer,
                has_size: has("size"),
                is_secret: has("secret"),
                has_efs: has("efs"),
                is_definition: ["efs", "size", "secret", "temporary"].into_iter().any(has),
            });
        }
    }
    all
}

/// The mounts that define one volume of a pod, by its name; the configuration files for their volume.
pub(in crate::render::trace) fn volume(line: &Line<'_>) -> Vec<Origin> {
    let name = line.text("/name").or(line.text("/metadata/name")).unwrap_or_default();
    let Some(part) = line.part else { return Vec::new() };
    if name == volume::FILES {
        return super::function::files(line);
    }
    let all = mounted(line, part).into_iter().filter(|volume| volume.is_definition && volume.name == name);
    all.map(|volume| plconfig(volume.pointer)).collect()
}

/// What is mounted at a path: a volume, a configuration file, or the room of a root that can't be written.
pub(in crate::render::trace) fn mount(line: &Line<'_>) -> Vec<Origin> {
    let fields = [Field::Container("volumes/{mountPath}"), Field::Component("files/{mountPath}")];
    let said = fields.into_iter().find_map(|field| line.origin(field));
    said.or_else(|| super::function::of_front(line)).into_iter().collect()
}

/// The disks of a component.
pub(super) fn disks(line: &Line<'_>) -> Vec<Origin> {
    let all = line.part.into_iter().flat_map(|part| mounted(line, part));
    all.filter(|volume| volume.has_size).map(|volume| plconfig(volume.pointer)).collect()
}

/// The kind of a component, and the disks that make it a StatefulSet.
pub(in crate::render::trace) fn kind(line: &Line<'_>) -> Vec<Origin> {
    [line.all(&[Field::Component("type")]), disks(line)].concat()
}

/// Whether it may run on spot nodes: what it says, else whether it keeps disks.
pub(in crate::render::trace) fn spot(line: &Line<'_>) -> Vec<Origin> {
    let said = line.all(&[Field::Component("spot")]);
    if said.is_empty() { disks(line) } else { said }
}

/// The mounts of the file system behind a claim.
pub(in crate::render::trace) fn claim(line: &Line<'_>) -> Vec<Origin> {
    let of_pod = line.value.pointer("/claimName");
    let named = of_pod.or_else(|| line.object.pointer("/spec/claimRef/name"));
    let name = named.and_then(Value::as_str).unwrap_or_else(|| line.name());
    let of = |part| {
        let all = mounted(line, part).into_iter().filter(|volume| volume.has_efs);
        all.filter(|volume| claim::names(part, &volume.name).iter().any(|claim| claim == name))
            .map(|volume| plconfig(volume.pointer))
            .collect::<Vec<_>>()
    };
    line.parts.iter().flat_map(of).collect()
}

/// The name of a claim: the app's and the volume's.
pub(in crate::render::trace) fn claim_name(line: &Line<'_>) -> Vec<Origin> {
    [line.all(&[Field::App("app")]), claim(line)].concat()
}

/// The name of a volume, which no other team's nor environment's has.
pub(in crate::render::trace) fn volume_name(line: &Line<'_>) -> Vec<Origin> {
    [line.all(&[Field::App("team"), Field::Environment]), claim_name(line)].concat()
}
