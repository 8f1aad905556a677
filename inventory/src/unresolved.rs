//! The form of a value that a document does not settle.
//!
//! A template says `!Ref Memory` or `${env:TABLE}` where the cloud would answer with a value. What the template alone decides is
//! put in its place when it is read; what it does not decide stands in the recorded document as one object at the field's
//! place:
//!
//! ```json
//! {"$unresolved": "!Ref Memory", "default": 512}
//! ```
//!
//! `$unresolved` is the template's own text in its short form, with every literal in it redacted as any text is. `default` is
//! there only where the template offers a value that stands unless somebody chose another one when it was deployed: a
//! parameter's `Default`, the second argument of `${env:NAME, 'value'}`. It is of the field's own form, and redacted as the
//! field is. Whoever reads a document takes this object for a question, which offers the default, and never for a value.
//!
//! Where a field names another thing of the same template (the queue of an event source mapping, the function of a route), a
//! name stands that [`is_of_template`] tells: it says which of the template's things is meant, and is nobody's name in the
//! cloud.

use serde_json::{Map, Value};

/// How variables begin that stand in user data for what its template leaves open: `${__template_Stage}`. No script sets them, so that
/// what they stand for is open wherever it is used.
pub const STARTUP_PLACE: &str = "__template_";

/// Stands for the account in ARNs and URLs of what a template makes: AWS gives this number to no one.
pub const TEMPLATE_ACCOUNT: &str = "000000000000";
/// Stands for the region in ARNs and URLs of what a template makes.
pub const TEMPLATE_REGION: &str = "unknown";

/// Whether a text names a thing of a template, whose account and region nobody has said: an ARN or a URL with
/// [`TEMPLATE_ACCOUNT`], or a bucket's name with it. The links of the inventory are made of such names; in a cloud there is
/// nothing that is called so, and what would be written with one needs a person's answer.
#[must_use]
pub fn is_of_template(text: &str) -> bool {
    text.contains(TEMPLATE_ACCOUNT)
}

/// The field that names what was not resolved.
const TEXT: &str = "$unresolved";
/// The field of what the template offers.
const DEFAULT: &str = "default";

/// A value that a template leaves to whoever deploys it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unresolved<'v> {
    /// The template's text, in the short form: `!Ref Memory`, `!Sub ${Stage}-orders`, `${env:TABLE}`. Never empty.
    pub text: &'v str,
    /// What the template offers in its place; none where it offers nothing.
    pub default: Option<&'v Value>,
}

impl<'v> Unresolved<'v> {
    /// Reads the object that stands for an unresolved value; none for every other value.
    #[must_use]
    pub fn of(value: &'v Value) -> Option<Self> {
        let fields = value.as_object()?;
        let text = fields.get(TEXT)?.as_str().filter(|text| !text.is_empty())?;
        let default = fields.get(DEFAULT);
        (fields.len() == 1 + usize::from(default.is_some())).then_some(Self { text, default })
    }

    /// The object that stands for it in a document.
    #[must_use]
    pub fn to_value(self) -> Value {
        let mut fields = Map::from_iter([(TEXT.to_owned(), Value::from(self.text))]);
        fields.extend(self.default.map(|default| (DEFAULT.to_owned(), default.clone())));
        Value::Object(fields)
    }

    /// Every unresolved value in a document, with its JSON pointer, in the document's order. What a default holds is no
    /// value of the document, and is not looked into.
    #[must_use]
    pub fn find(document: &'v Value) -> Vec<(String, Self)> {
        let mut found = Vec::new();
        walk(document, String::new(), &mut found);
        found
    }
}

fn walk<'v>(value: &'v Value, at: String, found: &mut Vec<(String, Unresolved<'v>)>) {
    if let Some(unresolved) = Unresolved::of(value) {
        found.push((at, unresolved));
        return;
    }
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(number, item)| walk(item, format!("{at}/{number}"), found));
        }
        Value::Object(fields) => {
            for (field, value) in fields {
                walk(value, format!("{at}/{}", field.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_object_is_read_as_it_is_written() {
        let default = json!(512);
        for (value, unresolved) in [
            (json!({"$unresolved": "!Ref Queue"}), Unresolved { text: "!Ref Queue", default: None }),
            (
                json!({"$unresolved": "!Ref Memory", "default": 512}),
                Unresolved { text: "!Ref Memory", default: Some(&default) },
            ),
            (
                json!({"$unresolved": "${env:X}", "default": null}),
                Unresolved { text: "${env:X}", default: Some(&Value::Null) },
            ),
        ] {
            assert_eq!(Unresolved::of(&value), Some(unresolved));
            assert_eq!(unresolved.to_value(), value);
        }
    }

    #[test]
    fn names_of_a_template_are_told_from_those_of_a_cloud() {
        for (text, wanted) in [
            ("arn:aws:sqs:unknown:000000000000:Jobs", true),
            ("https://sqs.unknown.amazonaws.com/000000000000/jobs", true),
            ("arn:aws:s3:::000000000000-uploads", true),
            ("arn:aws:sqs:eu-west-1:111122223333:jobs", false),
            ("", false),
        ] {
            assert_eq!(is_of_template(text), wanted, "{text}");
        }
    }

    #[test]
    fn nothing_else_is_one() {
        for other in [
            json!(null),
            json!("$unresolved"),
            json!(["$unresolved"]),
            json!({}),
            json!({"$unresolved": ""}),
            json!({"$unresolved": 1}),
            json!({"default": 512}),
            json!({"$unresolved": "!Ref A", "Default": 1}),
            json!({"$unresolved": "!Ref A", "default": 1, "more": 2}),
        ] {
            assert_eq!(Unresolved::of(&other), None, "{other}");
        }
    }

    #[test]
    fn all_of_a_document_are_found_where_they_stand() {
        let document = json!({
            "A": {"$unresolved": "!Ref A", "default": {"B": {"$unresolved": "!Ref B"}}},
            "C": [1, {"D/E~F": {"$unresolved": "!Ref D"}}],
        });
        let found = Unresolved::find(&document);
        let found: Vec<_> = found.iter().map(|(at, one)| (at.as_str(), one.text)).collect();
        assert_eq!(found, [("/A", "!Ref A"), ("/C/1/D~1E~0F", "!Ref D")]);
        assert_eq!(Unresolved::find(&document["A"])[0].0, "");
    }
}
