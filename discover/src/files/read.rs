//! From a file to what it holds, whatever is in it.

use super::recognise::{self, Found, Thing};
use super::survey::Survey;
use super::template::{self, Dialect};
use super::yaml::{self, NotYaml, Words};
use super::{Refusal, filled, json, terraform, wrangler};
use crate::startup_places::of_terraform;
use crate::user_data::{PARTS, is_user_data, of_file, out_of_base64};
use camino::Utf8Path;
use caravan_inventory::{ObservationKind, UnitState};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::Read;

/// The largest file that is read. A task definition is at most 64 KiB (ECS quotas), so this holds 250 of them.
const LARGEST: u64 = 16 * 1024 * 1024;
/// The largest YAML that is read: CloudFormation takes templates of 1 MB (CloudFormation quotas).
const LARGEST_YAML: usize = 10 * 1024 * 1024;
/// What a template of CloudFormation holds, and hardly anything else.
const SIGNS: &[&str] = &["AWSTemplateFormatVersion", "AWS::", "Alexa::", "Custom::"];
/// What a file of the serverless framework holds, like many others.
const SERVERLESS: &[&str] = &["service", "provider"];

/// Reads one file, which units and ids call by `name`; what templates take from elsewhere is in the survey.
pub(super) fn read(name: &str, file: &Utf8Path, survey: &Survey) -> Result<Found, Refusal> {
    if terraform::is_called_state(file.file_name().unwrap_or_default()) {
        return terraform::read(&bytes(file, terraform::LARGEST)?);
    }
    let bytes = bytes(file, LARGEST)?;
    let is_called = super::walk::is_of_user_data(name, file);
    let head = &bytes[..bytes.len().min(1024)];
    let extension = file.extension().unwrap_or_default().to_ascii_lowercase();
    // A file that is named itself is whatever it begins as.
    let is_named =
        file.file_name() == Some(name) && !matches!(extension.as_str(), "json" | "yaml" | "yml" | "template");
    if is_user_data(head, is_called || is_named || super::walk::is_kept_as_text(&extension)) {
        return Ok(user_data(of_template(bytes, &extension)));
    }
    if is_called && !matches!(extension.as_str(), "json" | "yaml" | "yml" | "template") {
        return match out_of_base64(&bytes) {
            Some(held) => Ok(user_data(held)),
            None => Err(skipped(NO_USER_DATA.to_owned())),
        };
    }
    let is_yaml = matches!(extension.as_str(), "yaml" | "yml");
    // Whatever a program fills in is called so.
    let is_template = extension == "template";
    if (is_yaml || is_template) && !may_be_ours(&String::from_utf8_lossy(&bytes)) {
        return Err(skipped(if is_yaml {
            NO_TEMPLATE.to_owned()
        } else {
            "holds no template of CloudFormation, SAM or the serverless framework".to_owned()
        }));
    }
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        failed(format!("is not UTF-8: byte {} belongs to no character; save it as UTF-8", error.valid_up_to()))
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(failed("is empty".to_owned()));
    }
    if wrangler::is_config(file.file_name().unwrap_or_default()) {
        return wrangler::read(name, file, text);
    }
    if is_yaml || is_template && !text.trim_start().starts_with('{') {
        return of_yaml(name, file, text, survey);
    }
    if let Some(read) = terraform::read_other(text) {
        return read;
    }
    let document = json::parse(text).map_err(failed)?;
    match Dialect::of(&document) {
        Some(dialect) => Ok(template::read(name, (document, text), dialect, survey)),
        None => {
            let mut found = recognise::recognise(document)?;
            found.things.iter_mut().for_each(|thing| filled::open(&mut thing.body));
            Ok(found)
        }
    }
}

/// The text of a file that may hold a template of CloudFormation; none where it holds none, or can't be read.
pub(super) fn template_text(file: &Utf8Path) -> Option<String> {
    let extension = file.extension().unwrap_or_default().to_ascii_lowercase();
    if !matches!(extension.as_str(), "json" | "yaml" | "yml" | "template") {
        return None;
    }
    let text = String::from_utf8(bytes(file, LARGEST).ok()?).ok()?;
    SIGNS.iter().any(|sign| text.contains(sign)).then_some(text)
}

/// A text as a document of CloudFormation; none where it is none.
pub(super) fn cloud_formation(text: &str) -> Option<Value> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = if text.trim_start().starts_with('{') {
        json::parse(text).ok()?
    } else if text.len() <= LARGEST_YAML {
        yaml::parse_repeating(text, Words::Booleans).ok()?.into_iter().next()?
    } else {
        return None;
    };
    (Dialect::of(&document) == Some(Dialect::CloudFormation)).then_some(document)
}

/// User data that Terraform fills in, with its places; what is no text is left to whoever reads the parts.
fn of_template(bytes: Vec<u8>, extension: &str) -> Vec<u8> {
    match std::str::from_utf8(&bytes) {
        Ok(text) if matches!(extension, "tpl" | "tftpl") => of_terraform(text).into_bytes(),
        _ => bytes,
    }
}

/// User data of an instance of which nothing else is known.
fn user_data(bytes: Vec<u8>) -> Found {
    let body = json!({PARTS: of_file(bytes)});
    let thing = Thing { kind: ObservationKind::Ec2Instance, place: None, body };
    Found { things: vec![thing], left_out: None, beside: None }
}

const NO_USER_DATA: &str = "is called user data and begins like none: a script begins with `#!`, a cloud-config with `#cloud-config`; a part of a template is read where it is filled in";
const NO_TEMPLATE: &str =
    "is YAML without a template of CloudFormation, SAM or the serverless framework; ECS documents are read as JSON";

/// Whether it is worth to parse a text: most YAML is of other programs, and some of it is none before they fill it in.
fn may_be_ours(text: &str) -> bool {
    SIGNS.iter().any(|sign| text.contains(sign)) || SERVERLESS.iter().all(|sign| text.contains(sign))
}

fn of_yaml(name: &str, file: &Utf8Path, text: &str, survey: &Survey) -> Result<Found, Refusal> {
    let is_named = file.file_name().is_some_and(|name| name.starts_with("serverless"));
    let is_ours = is_named || SIGNS.iter().any(|sign| text.contains(sign));
    let refused = |reason: String| match is_ours {
        true => failed(reason),
        false => skipped(format!("{reason}; nothing in it is of a template")),
    };
    if text.len() > LARGEST_YAML {
        return Err(refused(format!("has {} bytes; of YAML at most {LARGEST_YAML} are read: split it", text.len())));
    }
    let parse = |words: Words| yaml::parse(text, words).map_err(|NotYaml { reason, .. }| refused(reason));
    let documents = match yaml::parse(text, Words::Texts) {
        // The serverless framework refuses such a file; whoever deploys a template takes the last.
        Err(NotYaml { reason, repeats: Some(_) }) if !is_named => {
            return repeating(name, text, survey).ok_or_else(|| refused(reason));
        }
        other => other.map_err(|NotYaml { reason, .. }| refused(reason))?,
    };
    let dialects: Vec<Option<Dialect>> = documents.iter().map(Dialect::of).collect();
    match (dialects.as_slice(), dialects.iter().flatten().count()) {
        (_, 0) => {
            Err(skipped(match documents.first().is_some_and(|first| first.get("provider").is_some()) && is_named {
                true => "is of the serverless framework, and neither deploys functions to AWS nor resources".to_owned(),
                false => NO_TEMPLATE.to_owned(),
            }))
        }
        ([Some(dialect)], _) => {
            let documents = if *dialect == Dialect::CloudFormation { parse(Words::Booleans)? } else { documents };
            let document = documents.into_iter().next().unwrap_or(Value::Null);
            Ok(template::read(name, (document, text), *dialect, survey))
        }
        (documents, _) => {
            let count = documents.len();
            Err(failed(format!("holds {count} documents of YAML, and a template is one: split it")))
        }
    }
}

/// A template of CloudFormation in which a key stands twice; none where it is no such template.
fn repeating(name: &str, text: &str, survey: &Survey) -> Option<Found> {
    let document = cloud_formation(text)?;
    let mut found = template::read(name, (document, text), Dialect::CloudFormation, survey);
    let places: Vec<String> = yaml::repeated(text, Words::Texts).iter().map(ToString::to_string).collect();
    let said = format!(
        "a key stands twice in one place ({}): the last is read, as it is when the template is deployed",
        places.join(", ")
    );
    found.left_out = Some(found.left_out.map_or_else(|| said.clone(), |more| format!("{said}; {more}")));
    Some(found)
}

/// The bytes, unless there are too many: the length is asked for before, and counted while reading.
#[expect(clippy::disallowed_methods, reason = "reading files is this source's work")]
fn bytes(file: &Utf8Path, largest: u64) -> Result<Vec<u8>, Refusal> {
    let about = fs::metadata(file).map_err(|error| failed(format!("can't be opened: {error}")))?;
    if !about.is_file() {
        return Err(failed("is no regular file".to_owned()));
    }
    if about.len() > largest {
        return Err(failed(too_large(about.len(), largest)));
    }
    let mut bytes = Vec::new();
    File::open(file)
        .and_then(|opened| opened.take(largest + 1).read_to_end(&mut bytes))
        .map_err(|error| failed(format!("can't be read: {error}")))?;
    if bytes.len() as u64 > largest {
        return Err(failed(too_large(bytes.len() as u64, largest)));
    }
    Ok(bytes)
}

fn too_large(bytes: u64, largest: u64) -> String {
    let what =
        if largest == LARGEST { "no ECS document is larger: split it" } else { "a state of that size is several" };
    format!("has {bytes} bytes; at most {largest} are read, and {what}")
}

fn failed(reason: String) -> Refusal {
    Refusal { state: UnitState::Failed, reason }
}

fn skipped(reason: String) -> Refusal {
    Refusal { state: UnitState::Skipped, reason }
}
