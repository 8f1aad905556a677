//! YAML in which no tag is lost: `!Ref Name` becomes `{"Ref": "Name"}`, as CloudFormation writes it in JSON.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_yaml::{DuplicateKeyPolicy, Tagged};
use std::fmt;

/// What `on` and `yes` are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Words {
    /// Booleans, as in YAML 1.1, which CloudFormation reads.
    Booleans,
    /// Words, as in YAML 1.2.
    Texts,
}

/// What is wrong with a text, for a person. It holds nothing of the text but the name of a key.
#[derive(Debug)]
pub(super) struct NotYaml {
    pub(super) reason: String,
    /// The key that stands twice, where it is that and nothing else so far.
    pub(super) repeats: Option<Repeated>,
}

/// A key that stands in one place before.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Repeated {
    line: usize,
    column: usize,
    key: Option<String>,
}

impl std::fmt::Display for Repeated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Some(key) => write!(f, "`{key}` at line {}, column {}", self.line, self.column),
            None => write!(f, "line {}, column {}", self.line, self.column),
        }
    }
}

/// So many keys that stand twice are looked for.
const REPEATED: usize = 20;

/// Parses the documents of a text; empty ones are left out. Anchors and merge keys are put in, a key that stands twice is an
/// error, and what would grow beyond the library's bounds (250,000 nodes, 64 levels, 1,024 documents) is refused.
pub(super) fn parse(text: &str, words: Words) -> Result<Vec<Value>, NotYaml> {
    parse_with(text, words, DuplicateKeyPolicy::Error)
}

/// The same, where of a key that stands twice the last is taken: as those who deploy templates of CloudFormation take it.
pub(super) fn parse_repeating(text: &str, words: Words) -> Result<Vec<Value>, NotYaml> {
    parse_with(text, words, DuplicateKeyPolicy::LastWins)
}

/// The keys of a text that stand twice in one place, in their order, as far as they are looked for.
pub(super) fn repeated(text: &str, words: Words) -> Vec<Repeated> {
    let mut text = text.to_owned();
    let mut found = Vec::new();
    while found.len() < REPEATED
        && let Err(NotYaml { repeats: Some(one), .. }) = parse(&text, words)
        && let Some(other) = renamed(&text, &one, found.len())
    {
        found.push(one);
        text = other;
    }
    found
}

/// The same text with another name for a key that stands twice: what follows it can be read then.
fn renamed(text: &str, one: &Repeated, number: usize) -> Option<String> {
    let start: usize = text.split_inclusive('\n').take(one.line.checked_sub(1)?).map(str::len).sum();
    let line = text.get(start..)?.lines().next()?;
    let at = start + line.char_indices().nth(one.column.checked_sub(1)?)?.0;
    let at = at + usize::from(text[at..].starts_with(['"', '\'']));
    Some(format!("{}caravan-{number}-{}", &text[..at], &text[at..]))
}

/// A key's name, where it looks like one.
fn name_of(key: Option<&String>) -> Option<String> {
    let is_name = |key: &&String| {
        (1..=80).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.:/".contains(&b))
    };
    key.filter(is_name).cloned()
}

fn parse_with(text: &str, words: Words, duplicate_keys: DuplicateKeyPolicy) -> Result<Vec<Value>, NotYaml> {
    let options = serde_yaml::options! {
        duplicate_keys: duplicate_keys,
        with_snippet: false,
        strict_booleans: words == Words::Texts,
        // An account's number may begin with 0.
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        ignore_binary_tag_for_string: true,
    };
    let read: Result<Vec<Node>, _> = serde_yaml::from_multiple_with_options(text, options);
    match read {
        Ok(documents) => Ok(documents.into_iter().map(|Node(document)| document).collect()),
        Err(error) => {
            let repeats = match error.without_snippet() {
                serde_yaml::Error::DuplicateMappingKey { key, .. } => error.location().map(|place| Repeated {
                    line: usize::try_from(place.line()).unwrap_or(usize::MAX),
                    column: usize::try_from(place.column()).unwrap_or(usize::MAX),
                    key: name_of(key.as_ref()),
                }),
                _ => None,
            };
            Err(NotYaml { reason: explain(&error), repeats })
        }
    }
}

fn explain(error: &serde_yaml::Error) -> String {
    use serde_yaml::Error as Problem;
    let error = error.without_snippet();
    let named;
    let what = match error {
        Problem::DuplicateMappingKey { key, .. } => {
            let key = name_of(key.as_ref()).map(|key| format!(", `{key}`")).unwrap_or_default();
            named = format!("a key stands twice in one place{key}: keep the one that counts");
            &named
        }
        Problem::Budget { .. } => "with its anchors put in it is larger, or nested deeper, than is read",
        Problem::AliasReplayLimitExceeded { .. }
        | Problem::AliasReplayCounterOverflow { .. }
        | Problem::AliasReplayStackDepthExceeded { .. }
        | Problem::AliasExpansionLimitExceeded { .. } => "its anchors would grow beyond what is read",
        Problem::UnknownAnchor { .. } => "an alias names an anchor that is not there",
        Problem::RecursiveReferencesRequireWeakTypes { .. } => "an anchor holds itself",
        Problem::IndentationError { .. } => "its indentation is not even",
        Problem::MergeValueNotMapOrSeqOfMaps { .. } => "`<<` merges something that is no mapping",
        _ => "correct it, or leave the file out; a tab can't indent, and a placeholder needs quotes",
    };
    match error.location() {
        Some(place) => format!("is not YAML at line {}, column {}: {what}", place.line(), place.column()),
        None => format!("is not YAML: {what}"),
    }
}

/// Any node, its tag turned into a field.
struct Node(Value);

/// A node without its own tag.
struct Bare(Value);

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Tagged(Bare(value), tag) = Tagged::deserialize(deserializer)?;
        Ok(Self(match tag.as_deref().and_then(|tag| tag.strip_prefix('!')).filter(|tag| is_function(tag)) {
            Some(tag) => function(tag, value),
            None => value,
        }))
    }
}

/// A local tag by which CloudFormation names a function; `!!str` and its like are none.
fn is_function(tag: &str) -> bool {
    !tag.is_empty()
        && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b':')
        && tag.as_bytes()[0].is_ascii_uppercase()
}

/// The long form of a tag (CloudFormation template reference, "Intrinsic function reference").
fn function(tag: &str, value: Value) -> Value {
    let (name, value) = match (tag, value) {
        ("Ref" | "Condition", value) => (tag.to_owned(), value),
        ("GetAtt", Value::String(text)) => {
            let (resource, attribute) = text.split_once('.').unwrap_or((&text, ""));
            ("Fn::GetAtt".to_owned(), Value::from(vec![resource, attribute]))
        }
        (tag, value) => (format!("Fn::{tag}"), value),
    };
    Value::Object(Map::from_iter([(name, value)]))
}

impl<'de> Deserialize<'de> for Bare {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BareVisitor).map(Self)
    }
}

struct BareVisitor;

impl<'de> Visitor<'de> for BareVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("YAML")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or_else(|| Value::from(value.to_string()), Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut read = Vec::new();
        while let Some(Node(item)) = items.next_element()? {
            read.push(item);
        }
        Ok(Value::Array(read))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut read = Map::new();
        while let Some(field) = fields.next_key::<String>()? {
            let Node(value) = fields.next_value()?;
            read.insert(field, value);
        }
        Ok(Value::Object(read))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn one(text: &str) -> Value {
        parse(text, Words::Booleans).unwrap().remove(0)
    }

    #[test]
    fn tags_become_the_long_form() {
        for (text, long) in [
            ("a: !Ref Queue", json!({"a": {"Ref": "Queue"}})),
            ("a: !GetAtt Queue.Arn", json!({"a": {"Fn::GetAtt": ["Queue", "Arn"]}})),
            ("a: !GetAtt Stack.Outputs.Arn", json!({"a": {"Fn::GetAtt": ["Stack", "Outputs.Arn"]}})),
            ("a: !GetAtt [Queue, Arn]", json!({"a": {"Fn::GetAtt": ["Queue", "Arn"]}})),
            ("a: !Sub 'x-${B}'", json!({"a": {"Fn::Sub": "x-${B}"}})),
            ("a: !Sub\n  - '${C}'\n  - C: !Ref D", json!({"a": {"Fn::Sub": ["${C}", {"C": {"Ref": "D"}}]}})),
            (
                "- !If [Is, !Ref A, !Ref 'AWS::NoValue']",
                json!([{"Fn::If": ["Is", {"Ref": "A"}, {"Ref": "AWS::NoValue"}]}]),
            ),
            ("a: !Condition Is", json!({"a": {"Condition": "Is"}})),
            ("a: !Equals [x, 'y']", json!({"a": {"Fn::Equals": ["x", "y"]}})),
            ("a:\n  Fn::Base64: !Sub b", json!({"a": {"Fn::Base64": {"Fn::Sub": "b"}}})),
            ("a: !Join\n  - ''\n  - - b\n    - !Ref C", json!({"a": {"Fn::Join": ["", ["b", {"Ref": "C"}]]}})),
        ] {
            assert_eq!(one(text), long, "{text}");
        }
    }

    #[test]
    fn scalars_are_what_cloudformation_and_others_read() {
        assert_eq!(
            one("a: on\nb: 'on'\nc: 012345678901\nd: 2010-09-09\ne: 512\nf: 0.5\ng:\nh: !!str 5\ni: 1_000\n8: x\nj: ~"),
            json!({"a": true, "b": "on", "c": "012345678901", "d": "2010-09-09", "e": 512, "f": 0.5, "g": null, "h": "5",
                "i": "1_000", "8": "x", "j": null})
        );
        assert_eq!(parse("a: on\nb: yes\nc: true", Words::Texts).unwrap(), [json!({"a": "on", "b": "yes", "c": true})]);
    }

    #[test]
    fn anchors_and_merge_keys_are_put_in() {
        let text = "x: &x {a: 1, b: !Ref B}\ny: {<<: *x, a: 2}\nz: [*x]";
        assert_eq!(one(text)["y"], json!({"a": 2, "b": {"Ref": "B"}}));
        assert_eq!(one(text)["z"], json!([{"a": 1, "b": {"Ref": "B"}}]));
    }

    #[test]
    fn of_a_key_that_stands_twice_the_last_may_be_taken() {
        let text = "a: {b: 1, b: !Ref C}\nd: 2\n";
        assert!(parse(text, Words::Booleans).unwrap_err().repeats.is_some());
        assert!(parse("a: [", Words::Booleans).unwrap_err().repeats.is_none());
        let taken = parse_repeating(text, Words::Booleans).unwrap();
        assert_eq!(taken, [json!({"a": {"b": {"Ref": "C"}}, "d": 2})]);
        // What is merged is no key that stands there.
        let merged = parse_repeating("x: &x {a: 1}\ny: {a: 2, <<: *x}\n", Words::Booleans).unwrap();
        assert_eq!(merged[0]["y"], json!({"a": 2}));
    }

    #[test]
    fn every_key_that_stands_twice_is_named_with_its_line() {
        let text = "a: {b: 1, b: 2}\nc:\n  - d: 1\n    \"d\": 2\n    d: 3\na:\n  b: 4\n'e f': 1\n'e f': 2\n";
        let found: Vec<String> = repeated(text, Words::Booleans).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "`b` at line 1, column 11",
                "`d` at line 4, column 5",
                "`d` at line 5, column 5",
                "`a` at line 6, column 1",
                "line 9, column 1",
            ]
        );
        assert!(repeated("a: 1\nb: 2\n", Words::Booleans).is_empty());
        assert_eq!(repeated(&"a: 1\n".repeat(50), Words::Booleans).len(), REPEATED);
        let reason = parse("x:\n  a: 1\n  a: 2\n", Words::Texts).unwrap_err().reason;
        assert_eq!(
            reason,
            "is not YAML at line 3, column 3: a key stands twice in one place, `a`: keep the one that counts"
        );
    }

    #[test]
    fn documents_are_told_apart_and_empty_ones_left_out() {
        assert_eq!(
            parse("---\na: 1\n---\n---\nb: 2\n...\n", Words::Texts).unwrap(),
            [json!({"a": 1}), json!({"b": 2})]
        );
        assert_eq!(parse("# nothing\n", Words::Texts).unwrap(), Vec::<Value>::new());
    }

    #[test]
    fn what_is_broken_or_grows_says_where_and_shows_nothing() {
        let mut laughs = String::from("a0: &a0 [hunter2hunter2]\n");
        for level in 1..=40 {
            laughs.push_str(&format!("a{level}: &a{level} [*a{0}, *a{0}, *a{0}]\n", level - 1));
        }
        let deep = format!("a: {}", "[".repeat(100_000));
        for (text, says) in [
            ("a: hunter2\na: hunter2", "line 2, column 1: a key stands twice"),
            ("a:\n\tb: hunter2", "line 2"),
            ("a: [hunter2", "is not YAML"),
            ("a: *hunter2", "an anchor that is not there"),
            ("a: {{ hunter2 }}: x", "is not YAML"),
            (&laughs, "is not YAML"),
            (&deep, "is not YAML"),
        ] {
            let error = parse(text, Words::Booleans).unwrap_err().reason;
            assert!(error.contains(says), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
