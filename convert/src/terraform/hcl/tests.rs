//! What is printed reads back as what was meant, and stands as `terraform fmt` would have it.

use super::{Body, From, Item, Value, print};
use crate::provenance::{Origin, Rule, Trace};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn from() -> From {
    From { rule: Rule { name: "test", says: "a test" }, origins: vec![Origin::Default] }
}

fn printed(body: &Body) -> String {
    String::from_utf8(print(body, Trace::Off).bytes).unwrap()
}

fn argument(name: &'static str, value: Value) -> Item {
    Item::argument(name, value, &from())
}

/// What a value is without Terraform's words: what `hcl` reads of it.
fn as_read(value: &Value) -> hcl::Value {
    match value {
        Value::Text(text) | Value::Expression(text) => hcl::Value::from(text.clone()),
        Value::Number(number) => hcl::Value::from(number.parse::<u64>().unwrap()),
        Value::Bool(said) => hcl::Value::from(*said),
        Value::Null => hcl::Value::Null,
        Value::List(list) => hcl::Value::Array(list.iter().map(as_read).collect()),
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), as_read(value))).collect(),
        Value::Json(inner) => as_read(inner),
    }
}

#[test]
fn arguments_on_adjoining_lines_are_aligned_and_others_are_not() {
    let tags = Value::Object(vec![
        ("team".to_owned(), Value::text("shop")),
        ("cost centre".to_owned(), Value::text("7")),
        ("größe".to_owned(), Value::text("ä")),
        ("for".to_owned(), Value::text("x")),
    ]);
    let policy = Value::Json(Box::new(Value::Object(vec![(
        "Statement".to_owned(),
        Value::List(vec![Value::Object(vec![("Effect".to_owned(), Value::text("Allow"))])]),
    )])));
    let body = vec![
        Item::comment("One line.\nAnd another.", &from()),
        Item::block(
            "resource",
            &["aws_sqs_queue", "jobs"],
            &from(),
            vec![
                argument("provider", Value::Expression("aws.here".to_owned())),
                Item::Blank,
                argument("name", Value::text("jobs")),
                argument("visibility_timeout_seconds", Value::Number("30".to_owned())),
                argument("policy", policy),
                argument("tags", tags),
                argument("one", Value::List(vec![Value::text("a")])),
                argument("none", Value::List(Vec::new())),
                Item::Blank,
                Item::block(
                    "lifecycle",
                    &[],
                    &from(),
                    vec![argument(
                        "ignore_changes",
                        Value::List(vec![
                            Value::Expression("policy".to_owned()),
                            Value::Expression("tags[\"a\"]".to_owned()),
                        ]),
                    )],
                ),
                Item::block("empty", &[], &from(), Vec::new()),
            ],
        ),
    ];
    insta::assert_snapshot!(printed(&body));
}

#[test]
fn nothing_in_a_text_is_a_template() {
    for text in
        ["${x}", "$${x}", "$$${x}", "%{if x}", "%%{x", "a\"b\\c", "\n\r\t\u{7}", "$", "%", "${", "\u{202e}x", "ä${"]
    {
        let body = vec![argument("value", Value::text(text))];
        let read: BTreeMap<String, hcl::Value> = hcl::from_str(&printed(&body)).unwrap();
        assert_eq!(read["value"], hcl::Value::from(text), "{}", printed(&body));
    }
}

#[test]
fn a_comment_ends_where_its_line_ends() {
    let body = vec![Item::comment("a\rresource {\u{2028}b", &from()), argument("value", Value::Bool(true))];
    assert_eq!(printed(&body), "# a resource { b\nvalue = true\n");
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z${}%\"\\\\]{0,8}", "\\PC{0,12}", any::<String>()]
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        texts().prop_map(Value::Text),
        any::<u32>().prop_map(|number| Value::Number(number.to_string())),
        any::<bool>().prop_map(Value::Bool),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            prop::collection::btree_map(texts(), inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_printed_reads_back(value in values()) {
        let text = printed(&vec![argument("first", Value::Bool(true)), argument("value", value.clone())]);
        let read: BTreeMap<String, hcl::Value> = hcl::from_str(&text).map_err(|error| TestCaseError::fail(format!("{error}: {text}")))?;
        prop_assert_eq!(&read["value"], &as_read(&value), "{}", text);
    }

    #[test]
    fn every_line_has_an_origin(value in values()) {
        let file = print(&vec![argument("value", value)], Trace::Lines);
        let lines = String::from_utf8(file.bytes.clone()).unwrap().matches('\n').count();
        prop_assert_eq!(file.provenance.spans().last().map(|span| span.last as usize), Some(lines));
    }
}
