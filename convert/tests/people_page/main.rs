//! `docs/people.md`, made of the types that read `people.yaml`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test says what went wrong by failing, and reads the page"
)]

use caravan_convert::people::schema;
use caravan_convert::{Company, People, Platform};
use serde_json::Value;
use std::fmt::Write as _;

/// The part for people.
const PREFACE: &str = include_str!("preface.md");

/// The types, in the order of the page. One that is not among them fails the test.
const TYPES: &[(&str, &str)] = &[
    ("People", "The file"),
    ("GroupNames", "names"),
    ("Systems", "systems"),
    ("EntraSystem", "systems.entra"),
    ("AwsSystem", "systems.aws"),
    ("DatadogSystem", "systems.datadog"),
    ("GithubSystem", "systems.github"),
    ("Person", "people.NAME"),
    ("Team", "teams.TEAM"),
    ("Role", "roles.NAME"),
    ("ExistingGroups", "existing"),
    ("AwsGrant", "aws[]"),
    ("Application", "applications.NAME"),
];

fn page() -> String {
    let schema = serde_json::to_value(schema()).unwrap();
    let mut page = String::from(PREFACE);
    for (of, title) in TYPES {
        let definition = if *of == "People" { &schema } else { &schema["$defs"][of] };
        let _written = write!(
            page,
            "\n### `{title}`\n\n{}\n\n| key | takes | what |\n|---|---|---|\n",
            plain(definition["description"].as_str().unwrap())
        );
        let must = definition["required"].as_array().cloned().unwrap_or_default();
        for (key, field) in definition["properties"].as_object().unwrap() {
            let must = if must.contains(&Value::from(key.as_str())) { "; must be there" } else { "" };
            let about = plain(field["description"].as_str().unwrap_or_else(|| panic!("{of}.{key} says nothing")));
            let _written =
                writeln!(page, "| `{key}` | {}{must} | {} |", takes(&schema, field), about.replace('|', "\\|"));
        }
    }
    page
}

/// What a field takes, in words.
fn takes(schema: &Value, field: &Value) -> String {
    if let Some(name) = field["$ref"].as_str().and_then(|at| at.rsplit('/').next()) {
        return match TYPES.iter().find(|(of, _)| *of == name) {
            Some((_, title)) => format!("`{title}`"),
            None => words(&schema["$defs"][name]),
        };
    }
    match field["type"].as_str().unwrap_or_else(|| panic!("{field}")) {
        "array" => format!("list of {}", takes(schema, &field["items"])),
        "object" => format!("map of {}", takes(schema, &field["additionalProperties"])),
        "string" => "text".to_owned(),
        "boolean" => "`true` or `false`".to_owned(),
        other => panic!("{other}"),
    }
}

/// The words of a choice.
fn words(definition: &Value) -> String {
    let forms = definition["oneOf"].as_array().cloned().unwrap_or_else(|| vec![definition.clone()]);
    let of = |form: &Value| -> Vec<String> {
        let several = form["enum"].as_array().cloned().unwrap_or_else(|| vec![form["const"].clone()]);
        several.iter().filter_map(Value::as_str).map(|word| format!("`{word}`")).collect()
    };
    let words: Vec<String> = forms.iter().flat_map(of).collect();
    assert!(!words.is_empty(), "{definition}");
    words.join(" or ")
}

fn plain(text: &str) -> String {
    text.replace('\n', " ")
}

/// What the page shows is what the program takes.
#[test]
fn the_files_that_the_page_shows_are_whole() {
    let mut shown = 0;
    for text in PREFACE.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
        let file: People = serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        Company::of(&file, &Platform::default()).unwrap_or_else(|wrong| panic!("{wrong:#?}\n{text}"));
        shown += 1;
    }
    assert_eq!(shown, 2);
}

#[test]
fn every_type_of_the_file_is_on_the_page() {
    let schema = serde_json::to_value(schema()).unwrap();
    let objects = schema["$defs"].as_object().unwrap().iter().filter(|(_, one)| one["properties"].is_object());
    for (name, _) in objects {
        assert!(TYPES.iter().any(|(of, _)| of == name), "{name} is not on the page");
    }
}

#[test]
fn the_page_is_made_of_the_types() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/people.md");
    let made = page();
    if std::fs::read_to_string(file).unwrap_or_default() != made {
        let beside = std::env::temp_dir().join("people.md");
        std::fs::write(&beside, &made).unwrap();
        panic!("docs/people.md is not what the types say: {} is", beside.display());
    }
}
