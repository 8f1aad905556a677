//! Places of a plconfig by pattern.

use crate::located::push_step;
use crate::provenance::Origin;
use crate::render::trace::line::{Line, containers};
use serde_json::Value;

/// Every place of the plconfig that fits a pointer in which `*` stands for any one step, with what stands there.
pub(super) fn fitting<'v>(config: &'v Value, pattern: &str) -> Vec<(String, &'v Value)> {
    let mut found = vec![(String::new(), config)];
    for wanted in pattern.split('/').skip(1) {
        let mut next = Vec::new();
        for (pointer, value) in found {
            let mut add = |step: &str, child: &'v Value| {
                let mut pointer = pointer.clone();
                push_step(&mut pointer, step);
                next.push((pointer, child));
            };
            match (wanted, value) {
                ("*", Value::Object(map)) => map.iter().for_each(|(key, child)| add(key, child)),
                ("*", Value::Array(list)) => {
                    list.iter().enumerate().for_each(|(at, child)| add(&at.to_string(), child));
                }
                (step, value) => next.extend(value.pointer(&format!("/{step}")).map(|child| {
                    let pointer = format!("{pointer}/{step}");
                    (pointer, child)
                })),
            }
        }
        found = next;
    }
    found
}

pub(super) fn plconfig(pointer: String) -> Origin {
    Origin::Plconfig { pointer }
}

/// The places under several patterns whose value passes.
pub(super) fn places(line: &Line<'_>, patterns: &[String], passes: impl Fn(&Value) -> bool) -> Vec<Origin> {
    let all = patterns.iter().flat_map(|pattern| fitting(line.config, pattern));
    all.filter(|(_, value)| passes(value)).map(|(pointer, _)| plconfig(pointer)).collect()
}

/// Patterns below every container of the object's component, or of all components where it has none.
pub(super) fn in_containers(line: &Line<'_>, rest: &str) -> Vec<String> {
    let parts = line.parts.iter().filter(|part| line.part.is_none_or(|own| own.key == part.key));
    parts.flat_map(containers).map(|(_, base)| format!("{base}/{rest}")).collect()
}

/// Patterns below the object's component, or below all where it has none.
pub(super) fn in_components(line: &Line<'_>, rests: &[&str]) -> Vec<String> {
    let base = line.component().unwrap_or_else(|| "/components/*".to_owned());
    rests.iter().map(|rest| format!("{base}/{rest}")).collect()
}
