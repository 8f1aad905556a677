//! State files of Terraform and OpenTofu, of every version that still occurs: 1 to 3 (Terraform 0.11 and before) and 4.
//!
//! A state holds every secret that its configuration has, marked as sensitive or not. So it is never read as a document: what
//! is not named in `state.rs` or `attributes.rs` is passed over while it is parsed, and never becomes a value (D1).

mod attributes;
mod old;
mod state;
#[cfg(test)]
mod tests;

use super::Refusal;
use super::recognise::{Found, Thing};
use crate::governing::attributes_of;
use caravan_inventory::{ObservationKind, UnitState};
use serde_json::error::Category;
use serde_json::{Map, Value, json};
use state::{About, Instance, State};
use std::collections::{BTreeMap, BTreeSet};

/// The largest state that is read.
pub(super) const LARGEST: u64 = 64 * 1024 * 1024;

/// How the types of the providers begin that are read.
const PREFIXES: &[&str] = &["aws_", "awscc_", "cloudflare_", "kubernetes_", "kubectl_", "helm_"];

/// What is kept of a type that has no row: redaction decides about it.
const OF_ANY_TYPE: &[&str] = &["arn", "id"];

/// The longest identity that is recorded: an ARN has at most 2,048 characters.
const LONGEST: usize = 2_048;

/// Whether a file is called as states are.
pub(super) fn is_called_state(file_name: &str) -> bool {
    file_name.split('.').any(|part| part.eq_ignore_ascii_case("tfstate"))
}

/// Reads the bytes of a file that is called a state.
///
/// # Errors
/// Why it gave nothing.
pub(super) fn read(bytes: &[u8]) -> Result<Found, Refusal> {
    if bytes.trim_ascii().is_empty() {
        return Err(failed("is empty".to_owned()));
    }
    if bytes.starts_with(b"tfstate") {
        return Err(failed("is a state of Terraform before 0.3, in its binary form: none is read".to_owned()));
    }
    match serde_json::from_slice::<State>(bytes) {
        Ok(state) => things(state),
        Err(error) => Err(failed(explain(&error))),
    }
}

/// Reads a text that may be a state under another name; none where it is something else.
pub(super) fn read_other(text: &str) -> Option<Result<Found, Refusal>> {
    let has = |field: &str| text.contains(field);
    let looks = has("\"version\"") && (has("\"resources\"") || has("\"modules\"") || has("\"backend\""));
    if !looks || !text.trim_start().starts_with('{') {
        return None;
    }
    let state = serde_json::from_str::<State>(text).ok()?;
    state.is_one().then(|| things(state))
}

/// The error's own text may hold what stands there.
fn explain(error: &serde_json::Error) -> String {
    let place = format!("line {}, column {}", error.line(), error.column());
    match error.classify() {
        Category::Eof => format!("is cut off: it ends at {place} in the middle of a state; fetch it anew"),
        Category::Data => format!("is not of the form of a Terraform state at {place}"),
        Category::Syntax | Category::Io => format!("is not JSON at {place}: a Terraform state is"),
    }
}

fn things(state: State) -> Result<Found, Refusal> {
    if state.is_encrypted() {
        let how = "decrypt it with `tofu state pull`, and name what that writes";
        return Err(failed(format!("is an encrypted state of OpenTofu: {how}")));
    }
    if let Some(backend) = state.pointer() {
        let how = "`terraform state pull > NAME.tfstate` in its folder fetches the state; name that file";
        return Err(Refusal {
            state: UnitState::Skipped,
            reason: format!("says only where the state is kept, in a backend of type {backend}: {how}"),
        });
    }
    let about = state.about();
    let (instances, data_sources) = match about.version {
        Some(1..=3) => old::instances(state.modules),
        Some(4) => state.instances(),
        Some(other) => {
            return Err(failed(format!("is a Terraform state of version {other}: versions 1 to 4 are read")));
        }
        None => return Err(failed("is no Terraform state: it has no version".to_owned())),
    };
    let (mut others, mut places) = (BTreeMap::new(), BTreeSet::new());
    let mut things = Vec::new();
    for instance in instances {
        match PREFIXES.iter().any(|prefix| instance.of.starts_with(prefix)) {
            true => things.push(thing(&about, instance, &mut places)),
            false => *others.entry(provider_of(&instance.of)).or_insert(0_u64) += 1,
        }
    }
    Ok(Found { things, left_out: None, beside: beside(data_sources, &others) })
}

/// What of a state is of nobody's account here.
fn beside(data_sources: u64, others: &BTreeMap<String, u64>) -> Option<String> {
    let mut said = Vec::new();
    if data_sources > 0 {
        said.push(format!("{data_sources} data sources, which it looks at and does not govern"));
    }
    said.extend(others.iter().map(|(provider, count)| format!("{count} resources of the provider {provider}")));
    (!said.is_empty()).then(|| format!("beside what was read it has {}", said.join(", ")))
}

/// A provider's name as types begin; nothing that could be something else.
fn provider_of(of: &str) -> String {
    let name = of.split('_').next().unwrap_or_default();
    let is_name =
        !name.is_empty() && name.len() <= 32 && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if is_name { name.to_owned() } else { "of another name".to_owned() }
}

fn thing(about: &About, instance: Instance, places: &mut BTreeSet<String>) -> Thing {
    let Instance { of, address, status, attributes } = instance;
    let known = attributes_of(&of);
    let kept: Map<String, Value> = attributes
        .iter()
        .filter(|(name, value)| known.unwrap_or(OF_ANY_TYPE).contains(name) && is_identity(value))
        .map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str())))
        .collect();
    let mut body = json!({
        "State": about,
        "Type": of,
        "Address": address,
        (if known.is_some() { "Attributes" } else { "OtherAttributes" }): kept,
    });
    if let (Some(status), Some(fields)) = (status, body.as_object_mut()) {
        fields.insert("Status".to_owned(), Value::from(status));
    }
    // A replaced instance that is not destroyed yet stands at the address of the one in its place.
    let mut place = address.clone();
    for number in 2.. {
        if places.insert(place.clone()) {
            break;
        }
        place = format!("{address} ({number})");
    }
    Thing { kind: ObservationKind::TerraformResource, place: Some(place), body }
}

/// What no id, ARN or name is like is not recorded, whatever it is.
fn is_identity(value: &str) -> bool {
    !value.is_empty() && value.len() <= LONGEST && !value.contains(|c: char| c.is_control() || c.is_whitespace())
}

fn failed(reason: String) -> Refusal {
    Refusal { state: UnitState::Failed, reason }
}
