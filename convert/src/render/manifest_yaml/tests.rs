use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

fn written(value: &Value) -> String {
    let mut text = String::new();
    write(&mut text, value).unwrap();
    text
}

/// As a reader sees it.
fn read(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Texts that readers of YAML are known to mistake.
const TRICKY: &[&str] = &[
    "",
    " ",
    "a ",
    " a",
    "~",
    "null",
    "Null",
    "NULL",
    "true",
    "True",
    "yes",
    "Yes",
    "no",
    "on",
    "off",
    "y",
    "N",
    "=",
    "<<",
    "-",
    "--",
    "---",
    "...",
    "?",
    ":",
    "a:",
    "a: b",
    "a #b",
    "#a",
    "&a",
    "*a",
    "!a",
    "|",
    ">",
    "@a",
    "`a",
    "%a",
    "'a'",
    "\"a\"",
    "[a]",
    "{a}",
    "a,b",
    "0",
    "007",
    "0o7",
    "0x1F",
    "1e3",
    "1_000",
    "1:30",
    "12:30:45",
    "1.5",
    ".5",
    "+1",
    "-1",
    ".inf",
    ".NaN",
    "2001-01-01",
    "1.42.0",
    "2001-01-01T00:00:00Z",
    "10.0.0.1",
    "a\nb",
    "a\n",
    "\na",
    "a\n\n",
    "a\n  b\n",
    "a \nb",
    "a\n \nb",
    "\ta",
    "a\tb",
    "a\r\nb",
    "é",
    "\u{85}",
    "\u{2028}",
    "\u{FEFF}a",
    "\u{7f}",
    "\u{1F680}",
    "\u{0}",
    "$(A)",
    "$$",
    "0 5 * * *",
    "25%",
    "250m",
    "1Gi",
    "5e",
    "0b1",
    "//",
    "a\\b",
    "C:\\x",
];

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(TRICKY).prop_map(str::to_owned),
        "[a-zA-Z0-9 :#\\-_.,*&!|>'\"%@`\\[\\]{}?=<$()\\n\\t~\\\\/é]{0,12}",
        any::<String>(),
    ]
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        texts().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(texts(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn everything_is_read_as_it_was_written(value in proptest::collection::btree_map("[a-z]{1,3}", values(), 0..5)) {
        let value = Value::Object(value.into_iter().collect());
        let text = written(&value);
        prop_assert_eq!(read(&text), value, "{}", text);
    }
}

#[test]
fn tricky_texts_are_read_as_they_were_written_as_keys_and_values_and_items() {
    for tricky in TRICKY {
        let value = json!({*tricky: tricky, "list": [tricky, {"inside": tricky}, [tricky]]});
        assert_eq!(read(&written(&value)), value, "{}", written(&value));
    }
}

#[test]
fn it_looks_as_people_write_it() {
    let value = json!({"a": {"b": [{"c": 1, "d": "x y"}, "1.0", [true, []]], "e": {}}, "f": "one\ntwo\n"});
    let text = "\
a:
  b:
  - c: 1
    d: x y
  - \"1.0\"
  - - true
    - []
  e: {}
f: |
  one
  two
";
    assert_eq!(written(&value), text);
}

#[test]
fn both_writers_mean_the_same() {
    for plconfig in [
        include_str!("../tests/shop.yaml"),
        include_str!("../tests/stateful.yaml"),
        include_str!("../tests/legacy.yaml"),
        include_str!("../tests/suspended.yaml"),
    ] {
        let config = crate::render::PlConfig::read(plconfig).unwrap();
        for object in crate::render::objects(&config, &crate::Platform::default(), "prod").unwrap() {
            let mut text = String::new();
            write(&mut text, &object).unwrap();
            let general: Value = read(&serde_yaml::to_string(&object).unwrap());
            assert_eq!(read(&text), general);
            assert_eq!(read(&text), serde_json::to_value(&object).unwrap());
        }
    }
}
