//! The `files` source: ECS documents, templates, user data and Workers that teams keep in Git, and states of Terraform.
//!
//! ```text
//! paths ── walk ──► files ── read ──► JSON, YAML ──┬─ recognise ─┬──► things ── observe ──► redacted observations
//!            │                 │                   ├─ template ──┤
//!            │                 │                   ├─ wrangler ──┤
//!            │                 │                   └─ terraform ─┤
//!            └─────────────────┴─────────────────────────────────┴──► one unit a file: complete, partial, failed, skipped
//! ```
//!
//! Templates are surveyed before: what one exports, another one imports, and no two stacks are called alike.
//!
//! Nothing in one file ends the run (D5). A symbolic link inside a folder is followed as long as it stays in that folder:
//! a link that leaves it would read what nobody pointed at.

mod filled;
mod json;
mod observe;
mod parameters;
mod read;
mod recognise;
mod record;
mod survey;
mod template;
mod terraform;
mod walk;
mod wrangler;
mod yaml;

#[cfg(test)]
mod tests;

use crate::Redactor;
use camino::Utf8PathBuf;
use caravan_inventory::{Coverage, Observation, Provider, Unit, UnitId, UnitState};
use jiff::Timestamp;
use survey::Survey;
use walk::Walked;

pub use parameters::TemplateParameters;
pub use record::{FileScan, record_files};

/// The unit's API.
pub(crate) const API: &str = "file";

/// Takes what the files gave, one file at a time.
pub trait FileSink {
    /// Why a file's result could not be kept.
    type Error;

    /// Keeps one file's unit and its observations, all or nothing.
    ///
    /// # Errors
    /// When the result cannot be kept; the run ends with it, since nothing after it could be kept either.
    fn file(&mut self, unit: Unit, observations: Vec<Observation>) -> Result<(), Self::Error>;
}

/// Why a file gave nothing, or not all: the state of its unit and the reason, for a person.
struct Refusal {
    state: UnitState,
    reason: String,
}

/// Reads every file that is named, and every `*.json`, `*.yaml`, `*.yml`, `*.template`, `*.tfstate` and configuration of wrangler below a
/// folder that is named, in a fixed order; and every file there that begins as nothing but user data of cloud-init does, or
/// is called so.
///
/// Each file is one unit `files/<path>`, with the path relative to the argument it was found under; when two arguments
/// hold the same path, the later ones keep their argument before it. Observations are redacted; their times are `now`.
/// A file holds ECS task definitions (register and describe shapes, bare arrays of containers), ECS services,
/// application autoscaling requests, a template of CloudFormation, SAM or the serverless framework, or the user data of an
/// instance, recognised by their fields or their beginning, whatever the file's name; a configuration of wrangler is told by its
/// name, and brings its script along, and a state of Terraform by its name or its fields; `parameters` are what is known of the templates' parameters. Gives back the coverage.
///
/// # Errors
/// Only the sink's.
pub fn scan_files<S: FileSink>(
    paths: &[Utf8PathBuf],
    parameters: &TemplateParameters,
    redactor: &Redactor,
    now: Timestamp,
    sink: &mut S,
) -> Result<Coverage, S::Error> {
    scan_walked(&walk::walk(paths), parameters, redactor, now, sink)
}

fn scan_walked<S: FileSink>(
    walked: &Walked,
    parameters: &TemplateParameters,
    redactor: &Redactor,
    now: Timestamp,
    sink: &mut S,
) -> Result<Coverage, S::Error> {
    let survey = Survey::of(&walked.entries, parameters);
    let mut states = Vec::new();
    for entry in &walked.entries {
        let (unit, observations) = scan_file(entry, &survey, redactor, now);
        states.push(unit.state);
        sink.file(unit, observations)?;
    }
    Ok(Coverage::of(states))
}

/// One file, from its bytes to its observations.
fn scan_file(
    entry: &walk::WalkedEntry,
    survey: &Survey,
    redactor: &Redactor,
    now: Timestamp,
) -> (Unit, Vec<Observation>) {
    let things = match &entry.what {
        walk::What::File(file) => read::read(&entry.name, file, survey),
        walk::What::Refused(refusal) => Err(Refusal { state: refusal.state, reason: refusal.reason.clone() }),
    };
    let (state, reason, observations) = match things {
        Ok(found) => {
            let observations = observe::observe(&entry.name, found.things, redactor, now);
            let state = if found.left_out.is_none() { UnitState::Complete } else { UnitState::Partial };
            let said = [found.left_out, found.beside].into_iter().flatten().collect::<Vec<_>>().join("; ");
            (state, Some(harmless(&said, redactor)).filter(|said| !said.is_empty()), observations)
        }
        Err(refusal) => (refusal.state, Some(refusal.reason), Vec::new()),
    };
    let found = observations.len() as u64;
    (unit(&entry.name, state, found, reason), observations)
}

/// What a file says of itself, without what could be a secret: it may hold anything. A type of AWS's is none.
fn harmless(said: &str, redactor: &Redactor) -> String {
    let is_type = |word: &str| {
        let word = word.trim_end_matches([',', ';', ')']);
        word.strip_prefix("AWS::").is_some_and(|of| of.bytes().all(|b| b.is_ascii_alphanumeric() || b == b':'))
            && word.len() <= 80
    };
    let words = said.split(' ').map(|word| if is_type(word) { word.to_owned() } else { redactor.redact_text(word) });
    words.collect::<Vec<_>>().join(" ")
}

fn unit(name: &str, state: UnitState, found: u64, reason: Option<String>) -> Unit {
    Unit {
        id: UnitId::of_file(name),
        provider: Provider::Files,
        account: None,
        region: None,
        api: API.to_owned(),
        state,
        found,
        reason,
    }
}
