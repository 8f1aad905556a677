//! Configurations of wrangler, with the scripts that they name.
//!
//! ```text
//! wrangler.toml, .json, .jsonc ── config ──► one body for each environment ──┬──► a thing for each
//!                                    main ── modules ──► the script's files ──┘
//! ```
//!
//! A script is read as it lies there, TypeScript without its types. What only a build makes (packages of npm, JSX) is not built: it is
//! said, with the command that builds it.

mod config;
mod environments;
mod kinds;
mod modules;
mod node;
mod reading;
mod types;

use super::Refusal;
use super::recognise::{Found, Thing};
use camino::{Utf8Path, Utf8PathBuf};
use caravan_inventory::{ObservationKind, UnitState};
use serde_json::Value;

/// Whether a file is called as wrangler's configurations are: `wrangler.toml`, `wrangler.production.jsonc`.
pub(super) fn is_config(file_name: &str) -> bool {
    let lower = file_name.to_ascii_lowercase();
    lower.starts_with("wrangler.") && ["toml", "json", "jsonc"].iter().any(|end| lower.ends_with(&format!(".{end}")))
}

/// Reads one configuration, which units and ids call by `name`, with the modules of its script.
pub(super) fn read(name: &str, file: &Utf8Path, text: &str) -> Result<Found, Refusal> {
    let document = config::parse(file, text).map_err(|reason| Refusal { state: UnitState::Failed, reason })?;
    let place = Place::of(name, file);
    let mut found = Found { things: Vec::new(), left_out: None, beside: None };
    let mut left_out: Vec<String> = Vec::new();
    for (environment, mut body) in environments::split(document) {
        let script = modules::gather(&place, &body);
        left_out
            .extend(script.problems.iter().filter(|problem| !left_out.contains(problem)).cloned().collect::<Vec<_>>());
        body.insert("format".to_owned(), Value::from(script.format.as_str()));
        body.insert("modules".to_owned(), Value::Array(script.modules));
        if let Some(problem) = script.problems.first() {
            body.insert("script_error".to_owned(), Value::from(problem.as_str()));
        }
        found.things.push(Thing {
            kind: ObservationKind::WranglerConfig,
            place: environment,
            body: Value::Object(body),
        });
    }
    found.left_out = (!left_out.is_empty()).then(|| left_out.join("; "));
    Ok(found)
}

/// Where a configuration lies, and the folder that may be read.
struct Place {
    /// The folder of the configuration.
    folder: Utf8PathBuf,
    /// The folder that was pointed at, without links: nothing outside of it is read.
    root: Utf8PathBuf,
}

impl Place {
    fn of(name: &str, file: &Utf8Path) -> Self {
        let parent = file.parent().filter(|parent| !parent.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
        let root =
            file.as_str().strip_suffix(name).map(|root| root.trim_end_matches('/')).filter(|root| !root.is_empty());
        let root = root.map_or(parent, Utf8Path::new);
        let real = |path: &Utf8Path| path.canonicalize_utf8().unwrap_or_else(|_| path.to_owned());
        let folder = real(parent);
        Self { folder, root: real(root) }
    }
}
