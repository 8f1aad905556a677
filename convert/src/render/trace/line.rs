//! One place of a manifest, with what is known about it: what rows are resolved against.

use super::field::Field;
use crate::located::push_step;
use crate::naming;
use crate::provenance::Origin;
use crate::render::app::{App, Part};
use serde_json::Value;

/// A place of a manifest.
pub(super) struct Line<'a> {
    pub(super) app: &'a App<'a>,
    pub(super) parts: &'a [Part<'a>],
    /// The plconfig that was rendered, as JSON: what is in it is said by it.
    pub(super) config: &'a Value,
    /// The manifest.
    pub(super) object: &'a Value,
    /// Its component; none for what belongs to the whole app.
    pub(super) part: Option<&'a Part<'a>>,
    /// The container that the place is in: its place in the plconfig.
    pub(super) container: Option<String>,
    /// What stands at the place.
    pub(super) value: &'a Value,
    /// The item of the innermost list that the place is in, as far as the row names it; else what stands at the place.
    pub(super) item: &'a Value,
    /// The last step of the place that the row names.
    pub(super) key: &'a str,
    /// The places in lists on the way, outermost first, as far as the row names them.
    pub(super) indices: Vec<usize>,
}

impl Line<'_> {
    /// The origin that a field is, if it is there.
    pub(super) fn origin(&self, field: Field) -> Option<Origin> {
        match field {
            Field::App(rest) => self.at(&format!("/{}", self.filled(rest)?)),
            Field::Component(rest) => self.below(&self.component()?, rest),
            Field::Container(rest) => self.below(self.container.as_ref()?, rest),
            Field::Environment => Some(Origin::Environment),
            Field::Setting(name) => Some(Origin::Setting { name }),
        }
    }

    /// All of several fields that are there.
    pub(super) fn all(&self, fields: &[Field]) -> Vec<Origin> {
        fields.iter().filter_map(|field| self.origin(*field)).collect()
    }

    /// A place in the plconfig, if there is anything.
    pub(super) fn at(&self, pointer: &str) -> Option<Origin> {
        self.config.pointer(pointer).map(|_| Origin::Plconfig { pointer: pointer.to_owned() })
    }

    /// The place of the object's component.
    pub(super) fn component(&self) -> Option<String> {
        self.part.map(|part| component(part.key))
    }

    /// A text at a pointer below the item.
    pub(super) fn text(&self, pointer: &str) -> Option<&str> {
        self.item.pointer(pointer).and_then(Value::as_str)
    }

    /// The object's name.
    pub(super) fn name(&self) -> &str {
        self.object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default()
    }

    fn below(&self, place: &str, rest: &str) -> Option<Origin> {
        match rest {
            "" => self.at(place),
            rest => self.at(&format!("{place}/{}", self.filled(rest)?)),
        }
    }

    /// A field's text with the values for its `{…}`, as steps of a pointer.
    fn filled(&self, text: &str) -> Option<String> {
        let Some((before, rest)) = text.split_once('{') else {
            return Some(text.to_owned());
        };
        let (name, after) = rest.split_once('}')?;
        let mut step = String::new();
        push_step(&mut step, self.text(&format!("/{name}"))?);
        Some(format!("{before}{}{after}", &step[1..]))
    }
}

/// The place of a component.
pub(super) fn component(key: &str) -> String {
    let mut pointer = String::from("/components");
    push_step(&mut pointer, key);
    pointer
}

/// The containers of a component with their names in the pod: the main one, then those that run before it, then those
/// beside it.
pub(super) fn containers(part: &Part<'_>) -> Vec<(String, String)> {
    let base = component(part.key);
    let named = |name: &str| naming::joined(&[name], naming::LABEL);
    let init = part.component.init.iter().enumerate();
    let init = init.map(|(at, init)| (named(&init.name), format!("{base}/init/{at}/container")));
    let beside = part.component.sidecars.keys().map(|name| {
        let mut pointer = format!("{base}/sidecars");
        push_step(&mut pointer, name);
        (named(name), pointer)
    });
    std::iter::once((named(part.key), base.clone())).chain(init).chain(beside).collect()
}
