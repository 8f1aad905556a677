//! Each rule of Lambda's table, on values of its kind and on others.

use super::*;
use serde_json::{Value, json};

fn record(body: &str) -> Value {
    json!({"messageId": "m", "body": body, "eventSource": "aws:sqs"})
}

#[track_caller]
fn check(pattern: &str, matching: &[Value], others: &[Value]) {
    let patterns =
        [Pattern::read(&json!({"body": serde_json::from_str::<Value>(pattern).unwrap()}).to_string()).unwrap()];
    for body in matching {
        assert!(matches_any(&patterns, &record(&body.to_string())), "{pattern} should match {body}");
    }
    for body in others {
        assert!(!matches_any(&patterns, &record(&body.to_string())), "{pattern} should not match {body}");
    }
}

#[test]
fn null_and_empty() {
    check(r#"{"u": [null]}"#, &[json!({"u": null})], &[json!({}), json!({"u": ""}), json!({"u": 0})]);
    check(r#"{"u": [""]}"#, &[json!({"u": ""})], &[json!({"u": null}), json!({"u": "a"}), json!({})]);
}

#[test]
fn equal_and_equal_but_for_case() {
    check(
        r#"{"u": ["Ada"]}"#,
        &[json!({"u": "Ada"}), json!({"u": ["x", "Ada"]})],
        &[json!({"u": "ada"}), json!({"v": "Ada"})],
    );
    check(
        r#"{"u": [{"equals-ignore-case": "ada"}]}"#,
        &[json!({"u": "ADA"})],
        &[json!({"u": "Adam"}), json!({"u": 1})],
    );
    check(r#"{"u": [7]}"#, &[json!({"u": 7})], &[json!({"u": "7"}), json!({"u": 8})]);
    check(r#"{"u": [true]}"#, &[json!({"u": true})], &[json!({"u": false}), json!({"u": "true"})]);
}

#[test]
fn and_and_or() {
    check(
        r#"{"a": [1], "b": {"c": ["x"]}}"#,
        &[json!({"a": 1, "b": {"c": "x"}})],
        &[json!({"a": 1}), json!({"b": {"c": "x"}})],
    );
    check(r#"{"a": [1, 2]}"#, &[json!({"a": 2}), json!({"a": 1})], &[json!({"a": 3})]);
    let either = r#"{"n": [1], "$or": [{"a": [1]}, {"b": [{"prefix": "x"}]}]}"#;
    check(either, &[json!({"n": 1, "a": 1}), json!({"n": 1, "b": "xy"})], &[json!({"n": 1}), json!({"n": 2, "a": 1})]);
}

#[test]
fn anything_but() {
    check(
        r#"{"w": [{"anything-but": ["rain", "snow"]}]}"#,
        &[json!({"w": "sun"}), json!({"w": 3})],
        &[json!({"w": "rain"}), json!({})],
    );
    check(r#"{"w": [{"anything-but": {"prefix": "r"}}]}"#, &[json!({"w": "sun"})], &[json!({"w": "rain"})]);
    check(r#"{"w": [{"anything-but": 4}]}"#, &[json!({"w": 5})], &[json!({"w": 4}), json!({})]);
}

#[test]
fn numbers() {
    check(
        r#"{"p": [{"numeric": ["=", 100]}]}"#,
        &[json!({"p": 100}), json!({"p": 100.0})],
        &[json!({"p": "100"}), json!({"p": 99})],
    );
    check(
        r#"{"p": [{"numeric": [">", 10, "<=", 20]}]}"#,
        &[json!({"p": 11}), json!({"p": 20})],
        &[json!({"p": 10}), json!({"p": 21})],
    );
    check(r#"{"p": [{"numeric": ["<", 0]}]}"#, &[json!({"p": -1.5})], &[json!({"p": 0}), json!({"p": null})]);
}

#[test]
fn there_and_absent_and_the_ends_of_texts() {
    check(r#"{"n": [{"exists": true}]}"#, &[json!({"n": 0}), json!({"n": null})], &[json!({}), json!({"n": {"a": 1}})]);
    check(r#"{"n": [{"exists": false}]}"#, &[json!({}), json!({"m": 1})], &[json!({"n": 1})]);
    check(r#"{"n": {"m": [{"exists": false}]}}"#, &[json!({}), json!({"n": {}})], &[json!({"n": {"m": 1}})]);
    check(r#"{"r": [{"prefix": "us-"}]}"#, &[json!({"r": "us-east-1"})], &[json!({"r": "eu-us-"}), json!({"r": 1})]);
    check(r#"{"f": [{"suffix": ".png"}]}"#, &[json!({"f": "a.png"})], &[json!({"f": "png.a"})]);
}

#[test]
fn bodies_that_are_text() {
    let texts = [Pattern::read(r#"{"body": [{"prefix": "Result: "}]}"#).unwrap()];
    assert!(matches_any(&texts, &record("Result: 7")));
    assert!(!matches_any(&texts, &record("result: 7")));
    assert!(!matches_any(&texts, &record(r#"{"Result: ": 7}"#)), "JSON does not match rules for text");
    let json = [Pattern::read(r#"{"body": {"a": [1]}}"#).unwrap()];
    assert!(!matches_any(&json, &record("Result: 7")), "text does not match rules for JSON");
    assert!(!matches_any(&json, &record("")));
    let other = [Pattern::read(r#"{"eventSource": ["aws:sqs"]}"#).unwrap()];
    assert!(matches_any(&other, &record("anything")));
}

#[test]
fn one_of_several_patterns_is_enough_and_none_lets_all_through() {
    let patterns = [r#"{"body": {"a": [1]}}"#, r#"{"body": {"b": [2]}}"#].map(|text| Pattern::read(text).unwrap());
    assert!(matches_any(&patterns, &record(r#"{"b": 2}"#)));
    assert!(!matches_any(&patterns, &record(r#"{"b": 1}"#)));
    assert!(matches_any(&[], &record("x")));
}

#[test]
fn what_is_no_rule_is_refused_with_its_place() {
    for (pattern, place) in [
        ("{", "no JSON"),
        ("[]", "no object"),
        ("{}", "no object"),
        (r#"{"body": "x"}"#, "pattern.body"),
        (r#"{"body": {"a": []}}"#, "pattern.body.a"),
        (r#"{"body": {"a": [{"wildcard": "*"}]}}"#, "pattern.body.a"),
        (r#"{"body": {"a": [{"numeric": [">"]}]}}"#, "pattern.body.a"),
        (r#"{"body": {"a": [{"prefix": "x", "suffix": "y"}]}}"#, "pattern.body.a"),
    ] {
        let error = Pattern::read(pattern).unwrap_err().to_string();
        assert!(error.contains(place), "{pattern}: {error}");
    }
}
