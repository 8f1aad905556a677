//! XML turned into JSON by one fixed rule.
//!
//! The result has the shape that the `aws` command line prints, as far as the answer alone can tell:
//!
//! 1. The root element is the value; its name is dropped. In answers of the Query protocol (ELBv2) the root's only
//!    children are `…Result` and `ResponseMetadata`, which holds the request's id: then the result is the value.
//! 2. An element without child elements is its text, entities resolved: a string.
//! 3. An element with child elements is an object. Text between them is layout and dropped.
//! 4. It is an array instead when all its children are called as its service calls the items of a list
//!    ([`shape::Items`]); also with one child. An empty element is an empty array when its name is one of the service's
//!    lists ([`XmlShape::lists`]), else an empty string.
//! 5. Children that repeat a name outside of a list become an array under that name.
//! 6. A text becomes a number or a truth value when its element's name is one of [`XmlShape::numbers`] or
//!    [`XmlShape::flags`] and it reads as one. Inside `RedirectConfig` it stays text: there `Port` may be `#{port}`.
//! 7. Attributes other than namespaces are kept as `@name`; their element is then an object with its text under `#text`.

mod shape;

#[cfg(test)]
mod tests;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

pub(crate) use shape::{
    AUTO_SCALING, CLASSIC_LOAD_BALANCING, CLOUDFORMATION, CLOUDFRONT, CLOUDWATCH, EC2, ELASTIC_LOAD_BALANCING,
    ELASTICACHE, IAM, RDS, ROUTE53, S3, SES, SNS, XmlShape,
};

/// No answer nests deeper than a dozen; a deeper one is hostile.
const DEEPEST: usize = 64;

/// A text that is not one whole XML document.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a whole XML document: {0}")]
pub(crate) struct InvalidXml(String);

/// An element that is not closed yet.
struct Open {
    name: String,
    attributes: Map<String, Value>,
    text: String,
    children: Vec<(String, Value)>,
}

/// Turns an answer into JSON by the rule of this module, with the lists of its service.
///
/// # Errors
/// When the text is not well-formed, not closed, has no root, or nests deeper than 64 elements.
pub(crate) fn xml_to_json(text: &str, shape: &XmlShape) -> Result<Value, InvalidXml> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    loop {
        match reader.read_event().map_err(|error| InvalidXml(error.to_string()))? {
            Event::Start(start) => {
                if open.len() == DEEPEST {
                    return Err(InvalidXml(format!("more than {DEEPEST} elements inside each other")));
                }
                open.push(Open::new(&start)?);
            }
            Event::Empty(start) => close(Open::new(&start)?, &mut open, &mut root, shape),
            Event::End(_) => match open.pop() {
                Some(element) => close(element, &mut open, &mut root, shape),
                None => return Err(InvalidXml("an element ends that did not begin".to_owned())),
            },
            Event::Text(piece) => push_text(&mut open, &piece.decode().map_err(|e| InvalidXml(e.to_string()))?),
            Event::CData(piece) => push_text(&mut open, &piece.decode().map_err(|e| InvalidXml(e.to_string()))?),
            Event::GeneralRef(entity) => {
                let name = entity.decode().map_err(|error| InvalidXml(error.to_string()))?;
                let number = entity.resolve_char_ref().map_err(|error| InvalidXml(error.to_string()))?;
                match (number, quick_xml::escape::resolve_predefined_entity(&name)) {
                    (Some(character), _) => push_text(&mut open, character.encode_utf8(&mut [0; 4])),
                    (None, Some(text)) => push_text(&mut open, text),
                    (None, None) => return Err(InvalidXml(format!("unknown entity `{name}`"))),
                }
            }
            Event::Eof => break,
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    match root {
        Some(value) if open.is_empty() => Ok(unwrap_result(value)),
        _ => Err(InvalidXml("it ends early".to_owned())),
    }
}

impl Open {
    fn new(start: &BytesStart<'_>) -> Result<Self, InvalidXml> {
        let mut attributes = Map::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| InvalidXml(error.to_string()))?;
            let name = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
            if name != "xmlns" && !name.starts_with("xmlns:") {
                let value = attribute.unescape_value().map_err(|error| InvalidXml(error.to_string()))?;
                attributes.insert(format!("@{name}"), Value::String(value.into_owned()));
            }
        }
        let name = String::from_utf8_lossy(start.name().as_ref()).into_owned();
        Ok(Self { name, attributes, text: String::new(), children: Vec::new() })
    }

    fn into_value(self, inside: Option<&str>, shape: &XmlShape) -> Value {
        let Self { name, attributes, text, children } = self;
        if !attributes.is_empty() {
            let mut object = attributes;
            if children.is_empty() {
                object.insert("#text".to_owned(), Value::String(text));
            }
            return Value::Object(with_children(object, children));
        }
        if children.is_empty() {
            return scalar(&name, text, inside, shape);
        }
        if children.iter().all(|(child, _)| shape.is_item(child, &name)) {
            return Value::Array(children.into_iter().map(|(_, value)| value).collect());
        }
        Value::Object(with_children(Map::new(), children))
    }
}

fn close(element: Open, open: &mut [Open], root: &mut Option<Value>, shape: &XmlShape) {
    let name = element.name.clone();
    match open.last_mut() {
        Some(parent) => {
            let value = element.into_value(Some(&parent.name), shape);
            parent.children.push((name, value));
        }
        None => *root = Some(element.into_value(None, shape)),
    }
}

fn push_text(open: &mut [Open], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn with_children(mut object: Map<String, Value>, children: Vec<(String, Value)>) -> Map<String, Value> {
    let repeats = |name: &str| children.iter().filter(|(other, _)| other == name).count() > 1;
    let repeated: Vec<bool> = children.iter().map(|(name, _)| repeats(name)).collect();
    for ((name, value), repeated) in children.into_iter().zip(repeated) {
        if !repeated {
            object.insert(name, value);
        } else if let Value::Array(values) = object.entry(name).or_insert_with(|| Value::Array(Vec::new())) {
            values.push(value);
        }
    }
    object
}

fn scalar(name: &str, text: String, inside: Option<&str>, shape: &XmlShape) -> Value {
    if text.trim().is_empty() && shape.lists.contains(&name) {
        return Value::Array(Vec::new());
    }
    if inside == Some("RedirectConfig") {
        return Value::String(text);
    }
    if shape.numbers.contains(&name)
        && let Ok(number) = text.parse::<i64>()
    {
        return Value::from(number);
    }
    if shape.flags.contains(&name)
        && let Ok(flag) = text.parse::<bool>()
    {
        return Value::Bool(flag);
    }
    Value::String(text)
}

/// Point 1: takes `<Operation>Result` out of an answer of the Query protocol.
fn unwrap_result(root: Value) -> Value {
    let Value::Object(mut object) = root else { return root };
    let is_wrapped = object.contains_key("ResponseMetadata") && object.len() <= 2;
    let result = object.keys().find(|key| key.ends_with("Result")).cloned();
    match (is_wrapped, result) {
        (true, Some(key)) => match object.remove(&key) {
            Some(Value::String(empty)) if empty.trim().is_empty() => Value::Object(Map::new()),
            Some(result) => result,
            None => Value::Object(object),
        },
        _ => Value::Object(object),
    }
}
