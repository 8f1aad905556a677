//! Placeholders of templates that people write (`<ARCH>`) where a document names a thing or a kind of thing: they are open as the
//! values of a template are, and no rule looks at them. Anywhere else, a text with one has a stand-in of its own place.

use crate::text::is_placeholder;
use caravan_inventory::{Observation, ObservationKind, Unresolved};
use serde_json::Value;

/// Such places of a task definition; `*` is each element of a list.
const PLACES: [&str; 8] = [
    "runtimePlatform/cpuArchitecture",
    "runtimePlatform/operatingSystemFamily",
    "containerDefinitions/*/systemControls/*/namespace",
    "containerDefinitions/*/mountPoints/*/sourceVolume",
    "containerDefinitions/*/dependsOn/*/containerName",
    "containerDefinitions/*/dependsOn/*/condition",
    "containerDefinitions/*/linuxParameters/capabilities/add/*",
    "containerDefinitions/*/linuxParameters/capabilities/drop/*",
];

/// Those of a document that people keep as a file, each with its pointer. What an API answers is meant as it is.
pub(crate) fn find(observation: &Observation) -> Vec<(String, Unresolved<'_>)> {
    let mut found = Vec::new();
    if observation.kind == ObservationKind::EcsTaskDefinition && observation.api == "file" {
        for place in PLACES {
            walk(&observation.body, place, String::new(), &mut found);
        }
    }
    found
}

/// What stands in such a place while it is tried if the rest can be converted; none where any word does.
pub(crate) fn fitting(document: &Value, pointer: &str) -> Option<Value> {
    let last = pointer.rsplit('/').next().unwrap_or_default();
    match last {
        "cpuArchitecture" => Some("X86_64".into()),
        "operatingSystemFamily" => Some("LINUX".into()),
        "namespace" => Some("net.ipv4.tcp_keepalive_time".into()),
        "condition" => Some("START".into()),
        "sourceVolume" => document.pointer("/volumes/0/name").cloned(),
        _ if pointer.contains("/capabilities/") => Some("CHOWN".into()),
        _ => None,
    }
}

fn walk<'o>(value: &'o Value, place: &str, at: String, found: &mut Vec<(String, Unresolved<'o>)>) {
    let (step, rest) = place.split_once('/').unwrap_or((place, ""));
    if step.is_empty() {
        if let Some(text) = value.as_str().filter(|text| is_placeholder(text)) {
            found.push((at, Unresolved { text, default: None }));
        }
    } else if step == "*" {
        for (number, inside) in value.as_array().into_iter().flatten().enumerate() {
            walk(inside, rest, format!("{at}/{number}"), found);
        }
    } else if let Some(inside) = value.get(step) {
        walk(inside, rest, format!("{at}/{step}"), found);
    }
}
