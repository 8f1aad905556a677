//! `docs/plconfig.md`, made of the format's types and of what is noted of their fields.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test says what went wrong by failing, and reads the page"
)]

use caravan_convert::{Platform, render_file};
use caravan_convert_lift::plconfig::{FIELDS, UNITS, schema};
use serde_json::Value;
use std::fmt::Write as _;

/// `docs/plconfig.md`.
fn page() -> String {
    let schema = serde_json::to_value(schema()).unwrap();
    let mut page = String::from(PREFACE);
    let mut types: Vec<&str> = FIELDS.iter().map(|note| note.of).collect();
    types.dedup();
    for of in types {
        let definition = if of == "PlConfig" { &schema } else { &schema["$defs"][of] };
        let title = if of == "PlConfig" { "The file" } else { of };
        let _written = write!(
            page,
            "\n### {title}\n\n{}\n\n| key | takes | unit | default | example | what |\n|---|---|---|---|---|---|\n",
            plain(definition["description"].as_str().unwrap_or_default())
        );
        for note in FIELDS.iter().filter(|note| note.of == of) {
            let field = property(definition, note.key);
            let unit = UNITS.iter().find(|(of, key, _)| (*of, *key) == (note.of, note.key)).map(|(.., unit)| *unit);
            let default = if note.default.is_empty() { "**must be there**" } else { note.default };
            let _written = writeln!(
                page,
                "| `{}` | {} | {} | {} | `{}` | {} |",
                note.key,
                takes(&schema, field),
                unit.unwrap_or(if is_time(field) { "`s`, `m` or `h`" } else { "" }),
                cell(default),
                cell(note.example),
                cell(&plain(about(&schema, field, note.key)))
            );
        }
    }
    page
}

/// The schema of a key, in whichever form of the type has it.
fn property<'s>(definition: &'s Value, key: &str) -> &'s Value {
    let forms = definition["anyOf"].as_array().map_or_else(|| vec![definition], |forms| forms.iter().collect());
    forms.into_iter().map(|form| &form["properties"][key]).find(|field| !field.is_null()).unwrap_or(&Value::Null)
}

/// What the field is for; of a container's, what the component's of that name is for.
fn about<'s>(schema: &'s Value, field: &'s Value, key: &str) -> &'s str {
    let of_component = || schema["$defs"]["Component"]["properties"][key]["description"].as_str();
    field["description"].as_str().or_else(of_component).unwrap_or_default()
}

fn is_time(field: &Value) -> bool {
    field.to_string().contains("#/$defs/Seconds")
}

/// What a field takes, in words.
fn takes(schema: &Value, field: &Value) -> String {
    if let Some(forms) = field["anyOf"].as_array().or_else(|| field["oneOf"].as_array()) {
        let forms = forms.iter().filter(|form| form["type"] != "null");
        return forms.map(|form| takes(schema, form)).collect::<Vec<_>>().join(" or ");
    }
    if let Some(name) = field["$ref"].as_str().and_then(|at| at.rsplit('/').next()) {
        return named(schema, name);
    }
    if let Some(word) = field["const"].as_str() {
        return format!("`{word}`");
    }
    if let Some(words) = field["enum"].as_array() {
        return words.iter().filter_map(Value::as_str).map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    }
    let kind = field["type"].as_str().or_else(|| field["type"].as_array()?.iter().find_map(|one| one.as_str()));
    match kind {
        Some("array") => format!("list of {}", takes(schema, &field["items"])),
        Some("object") if field["additionalProperties"].is_object() => {
            format!("map of {}", takes(schema, &field["additionalProperties"]))
        }
        Some("object") => "map of anything that may stand in the file".to_owned(),
        Some("string") => "text".to_owned(),
        Some("integer") => "whole number".to_owned(),
        Some("number") => "number".to_owned(),
        Some("boolean") => "`true` or `false`".to_owned(),
        _ => "anything that may stand there in the file".to_owned(),
    }
}

/// What a named type is: words, a length of time, or a section of the page.
fn named(schema: &Value, name: &str) -> String {
    let definition = &schema["$defs"][name];
    match name {
        "Seconds" => "length of time".to_owned(),
        "Scale" => "whole number or [ScaleRange](#scalerange)".to_owned(),
        "Health" => "path or [Health](#health)".to_owned(),
        _ if definition["properties"].is_object() => format!("[{name}](#{})", name.to_lowercase()),
        _ => takes(schema, definition).replace(" or ", ", "),
    }
}

/// A comment of the code as a person reads it: on one line, without its links.
fn plain(text: &str) -> String {
    text.replace('\n', " ").replace("[`super::", "`").replace("[`", "`").replace("`]", "`")
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// The part for people.
const PREFACE: &str = include_str!("preface.md");

/// What `PREFACE` shows is what the platform takes.
#[test]
fn the_files_that_the_page_shows_are_read_and_rendered() {
    let mut shown = 0;
    for text in PREFACE.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
        let rendered = render_file(text, "prod", &Platform::default());
        assert!(
            rendered.as_ref().is_ok_and(|manifests| manifests.contains("kind: Deployment")),
            "{rendered:?}\n{text}"
        );
        shown += 1;
    }
    assert_eq!(shown, 2);
}

#[test]
fn the_page_is_made_of_the_types() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/plconfig.md");
    let made = page();
    if std::fs::read_to_string(file).unwrap_or_default() != made {
        let beside = std::env::temp_dir().join("plconfig.md");
        std::fs::write(&beside, &made).unwrap();
        panic!("docs/plconfig.md is not what the types say: {} is", beside.display());
    }
}
