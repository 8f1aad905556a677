//! Where the lines of rendered manifests come from: for each, the places of the plconfig and the platform's settings
//! that decided it, and the rule.
//!
//! Nothing of it is worked out while manifests are rendered: whoever asks has the objects, their text and what they were
//! rendered from, and the tables ([`rows`]) say what each place is made of. Tests hold the tables to the renderer: every
//! line of every kind has an origin, and where another plconfig gives another line, the field that differs is among its
//! origins.

mod field;
mod find;
mod line;
mod row;
mod rows;

use super::RenderError;
use super::app::{App, Part};
use super::object::Object;
use crate::located;
use crate::naming;
use crate::provenance::{Origin, Place, Provenance, Rule};
use line::{Line, containers};
pub(crate) use row::fit;
use row::{From, Row};
use serde_json::Value;

/// What stands before the first manifest.
const HEADER: Rule = Rule { name: "header", says: "a word for whoever opens the file" };

/// The origins of every line of a text of manifests.
///
/// `text` holds `objects` in their order, rendered from `app`.
///
/// # Errors
/// Never in practice: only when what was rendered can't be read back.
pub(super) fn trace(app: &App<'_>, objects: &[Object], text: &str) -> Result<Provenance, RenderError> {
    let parts = app.parts()?;
    let unreadable = |error: &dyn std::fmt::Display| RenderError::new("manifests", error.to_string());
    let config = serde_json::to_value(app.config).map_err(|error| unreadable(&error))?;
    let mut provenance = Provenance::default();
    let mut documents = documents(text).into_iter();
    let header = documents.next().unwrap_or_default();
    provenance.push(count(header), Place::default(), HEADER, vec![Origin::Default]);
    for (object, document) in objects.iter().zip(documents) {
        let value = serde_json::to_value(object).map_err(|error| unreadable(&error))?;
        let manifest =
            Manifest { app, parts: &parts, config: &config, object, part: part_of(app, &parts, object), value: &value };
        let pointers = located::pointers(document).map_err(|error| unreadable(&error))?;
        for pointer in std::iter::once(String::new()).chain(pointers) {
            let (rule, origins) = manifest.explain(&pointer);
            provenance.push(1, Place { document: Some(manifest.name()), pointer }, rule, origins);
        }
    }
    Ok(provenance)
}

/// What stands before the first `---`, and the documents, without that line. What is inside a document stands deeper than
/// its first column.
fn documents(text: &str) -> Vec<&str> {
    let (mut documents, mut begin, mut at) = (Vec::new(), 0, 0);
    for line in text.split_inclusive('\n') {
        if line == "---\n" {
            documents.push(&text[begin..at]);
            begin = at + line.len();
        }
        at += line.len();
    }
    documents.push(&text[begin..]);
    documents
}

fn count(text: &str) -> u32 {
    u32::try_from(text.lines().count()).unwrap_or(u32::MAX)
}

/// The component that an object belongs to, by its label.
fn part_of<'a>(app: &App<'_>, parts: &'a [Part<'a>], object: &Object) -> Option<&'a Part<'a>> {
    let label = object.metadata().labels.as_ref()?.get(&format!("{}/component", app.platform.group))?;
    parts.iter().find(|part| naming::label_value(part.key) == *label)
}

/// One manifest with what it was rendered from.
struct Manifest<'a> {
    app: &'a App<'a>,
    parts: &'a [Part<'a>],
    config: &'a Value,
    object: &'a Object,
    part: Option<&'a Part<'a>>,
    value: &'a Value,
}

/// The tables for a place, with what of the place they are for.
struct Scope<'p> {
    tables: Vec<&'static [Row]>,
    /// How many steps stand before what the tables name.
    before: usize,
    steps: &'p [&'p str],
    container: Option<String>,
}

impl<'a> Manifest<'a> {
    fn name(&self) -> String {
        format!("{}/{}", self.object.kind(), self.object.metadata().name.as_deref().unwrap_or_default())
    }

    /// The rule and the origins of a place.
    fn explain(&self, pointer: &str) -> (Rule, Vec<Origin>) {
        let steps: Vec<&str> = pointer.split('/').skip(1).collect();
        let scope = self.scope(&steps);
        let Some((row, named)) = row::find(&scope.tables, scope.steps) else {
            return (HEADER, Vec::new());
        };
        let line = self.line(&steps[..scope.before + named], scope.container);
        let mut origins = match row.from {
            From::Rule => Vec::new(),
            From::Inside => self.inside(pointer),
            From::First(fields) => fields.iter().find_map(|field| line.origin(*field)).into_iter().collect(),
            From::All(fields) => line.all(fields),
            From::Found(find) => find(&line),
        };
        if origins.is_empty() {
            origins.push(Origin::Default);
        }
        (row.rule, origins)
    }

    /// The origins of all that stands inside of a place, each once.
    fn inside(&self, pointer: &str) -> Vec<Origin> {
        let steps: Vec<String> = match self.value.pointer(pointer) {
            Some(Value::Object(map)) => map.keys().cloned().collect(),
            Some(Value::Array(list)) => (0..list.len()).map(|at| at.to_string()).collect(),
            _ => Vec::new(),
        };
        let mut origins = Vec::new();
        for step in steps {
            let mut child = pointer.to_owned();
            located::push_step(&mut child, &step);
            for origin in self.explain(&child).1 {
                if origin != Origin::Default && !origins.contains(&origin) {
                    origins.push(origin);
                }
            }
        }
        origins
    }

    /// Which tables a place is for: those of its container, of its pod, or of the object.
    fn scope<'p>(&self, steps: &'p [&'p str]) -> Scope<'p> {
        let own = Scope { tables: vec![rows::of(self.object), rows::METADATA], before: 0, steps, container: None };
        let (template, run): (&[&str], &[&str]) = match self.object {
            Object::Deployment(_) | Object::StatefulSet(_) => (&["spec", "template"], &[]),
            Object::Job(_) => (&["spec", "template"], &[]),
            Object::CronJob(_) => (&["spec", "jobTemplate", "spec", "template"], &["spec", "jobTemplate"]),
            _ => return own,
        };
        let Some(inside) = steps.strip_prefix(template) else {
            let is_job = matches!(self.object, Object::Job(_) | Object::CronJob(_));
            return match steps.strip_prefix(run) {
                Some(steps) if is_job && steps.len() > 1 => Scope {
                    tables: [vec![rows::JOB_SPEC], own.tables].concat(),
                    before: run.len(),
                    steps,
                    container: None,
                },
                _ => own,
            };
        };
        if let ["spec", list @ ("containers" | "initContainers"), at, rest @ ..] = inside {
            let container = self.container(&format!("/{}/spec/{list}/{at}/name", template.join("/")));
            return Scope { tables: vec![rows::CONTAINER], before: template.len() + 3, steps: rest, container };
        }
        Scope { tables: vec![rows::POD, rows::METADATA], before: template.len(), steps: inside, container: None }
    }

    /// The place of a container in the plconfig, by the pointer to its name.
    fn container(&self, name: &str) -> Option<String> {
        let name = self.value.pointer(name).and_then(Value::as_str)?;
        containers(self.part?).into_iter().find(|(known, _)| known == name).map(|(_, place)| place)
    }

    /// The place that a row names.
    fn line(&self, named: &'a [&'a str], container: Option<String>) -> Line<'_> {
        let (mut value, mut item, mut indices) = (self.value, None, Vec::new());
        for step in named {
            let inside = value.pointer(&format!("/{step}")).unwrap_or(&Value::Null);
            if value.is_array() {
                item = Some(inside);
                indices.extend(step.parse::<usize>());
            }
            value = inside;
        }
        Line {
            app: self.app,
            parts: self.parts,
            config: self.config,
            object: self.value,
            part: self.part,
            container,
            value,
            item: item.unwrap_or(value),
            key: named.last().copied().unwrap_or_default(),
            indices,
        }
    }
}

#[cfg(test)]
mod tests;
