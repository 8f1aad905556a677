//! From a file to its JSON, whatever is in it.

use super::{Refusal, json};
use camino::Utf8Path;
use caravan_inventory::UnitState;
use serde_json::Value;
use std::fs::{self, File};
use std::io::Read;

/// The largest file that is read. A task definition is at most 64 KiB (ECS quotas), so this holds 250 of them.
const LARGEST: u64 = 16 * 1024 * 1024;

/// Reads one file.
pub(super) fn read(file: &Utf8Path) -> Result<Value, Refusal> {
    let bytes = bytes(file)?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        failed(format!("is not UTF-8: byte {} belongs to no character; save it as UTF-8", error.valid_up_to()))
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(failed("is empty".to_owned()));
    }
    if file.extension().is_some_and(|extension| matches!(extension.to_ascii_lowercase().as_str(), "yaml" | "yml")) {
        return Err(skipped("is YAML, which is not read as a source; ECS documents are read as JSON".to_owned()));
    }
    json::parse(text).map_err(failed)
}

/// The bytes, unless there are too many: the length is asked for before, and counted while reading.
#[expect(clippy::disallowed_methods, reason = "reading files is this source's work")]
fn bytes(file: &Utf8Path) -> Result<Vec<u8>, Refusal> {
    let about = fs::metadata(file).map_err(|error| failed(format!("can't be opened: {error}")))?;
    if !about.is_file() {
        return Err(failed("is no regular file".to_owned()));
    }
    if about.len() > LARGEST {
        return Err(failed(too_large(about.len())));
    }
    let mut bytes = Vec::new();
    File::open(file)
        .and_then(|opened| opened.take(LARGEST + 1).read_to_end(&mut bytes))
        .map_err(|error| failed(format!("can't be read: {error}")))?;
    if bytes.len() as u64 > LARGEST {
        return Err(failed(too_large(bytes.len() as u64)));
    }
    Ok(bytes)
}

fn too_large(bytes: u64) -> String {
    format!("has {bytes} bytes; at most {LARGEST} are read, and no ECS document is larger: split it")
}

fn failed(reason: String) -> Refusal {
    Refusal { state: UnitState::Failed, reason }
}

fn skipped(reason: String) -> Refusal {
    Refusal { state: UnitState::Skipped, reason }
}
