//! The places behind the image of a function, and behind the configuration of its front.

use super::places::{fitting, plconfig};
use crate::images::FRONT_CONFIG;
use crate::provenance::Origin;
use crate::render::trace::field::Field;
use crate::render::trace::line::Line;
use serde_json::Value;

/// What the configuration of a front is made of.
const FRONT: [Field; 8] = [
    Field::App("function"),
    Field::Component("trigger"),
    Field::Component("concurrency"),
    Field::Component("port"),
    Field::Component("stop"),
    Field::Component("drain"),
    Field::Component("type"),
    Field::Setting("region"),
];

/// What the image of a function is made of, beside its components' processors.
const BUILT: [Field; 8] = [
    Field::App("function"),
    Field::App("app"),
    Field::App("team"),
    Field::Setting("images/registry"),
    Field::Setting("images/front"),
    Field::Setting("images/base"),
    Field::Setting("user"),
    Field::Setting("region"),
];

/// The image of a container: its own, the component's, the app's, or the one that is built.
pub(in crate::render::trace) fn image(line: &Line<'_>) -> Vec<Origin> {
    let own = [Field::Container("image"), Field::Component("image"), Field::App("image")];
    own.into_iter().find_map(|field| line.origin(field)).map_or_else(|| built(line), |origin| vec![origin])
}

/// The image of a component's main container.
pub(in crate::render::trace) fn main_image(line: &Line<'_>) -> Vec<Origin> {
    let own = [Field::Component("image"), Field::App("image")];
    own.into_iter().find_map(|field| line.origin(field)).map_or_else(|| built(line), |origin| vec![origin])
}

/// The image that is built for the app's function or Worker.
pub(super) fn built(line: &Line<'_>) -> Vec<Origin> {
    if line.origin(Field::App("worker")).is_some() {
        return line.all(&[
            Field::App("worker"),
            Field::App("app"),
            Field::App("team"),
            Field::Setting("images/registry"),
        ]);
    }
    if line.origin(Field::App("function")).is_none() {
        return Vec::new();
    }
    let processors = fitting(line.config, "/components/*/arch").into_iter().map(|(pointer, _)| plconfig(pointer));
    line.all(&BUILT).into_iter().chain(processors).collect()
}

/// The configuration files of a component, with that of its front.
pub(in crate::render::trace) fn files(line: &Line<'_>) -> Vec<Origin> {
    let mut origins = line.all(&[Field::Component("files")]);
    if line.origin(Field::Component("trigger")).is_some() {
        origins.extend(line.all(&FRONT));
    }
    origins
}

/// One configuration file, by its key: that of the front, or what is written.
pub(in crate::render::trace) fn file(line: &Line<'_>) -> Vec<Origin> {
    let is_front = line.key == FRONT_CONFIG.trim_start_matches('/').replace('/', "_");
    if is_front && line.origin(Field::Component("trigger")).is_some() {
        return line.all(&FRONT);
    }
    line.all(&[Field::Component("files")])
}

/// What is mounted where the front reads its configuration.
pub(super) fn of_front(line: &Line<'_>) -> Option<Origin> {
    let path = line.item.pointer("/mountPath").and_then(Value::as_str);
    if path == Some(FRONT_CONFIG) { line.origin(Field::Component("trigger")) } else { None }
}
