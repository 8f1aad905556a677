//! What an answer says, before it is redacted.

use crate::request::{Carried, Request};
use caravan_inventory::ObservationKind;
use serde_json::Value;

/// One element of an answer, not redacted yet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Element {
    /// What it is.
    pub(crate) kind: ObservationKind,
    /// Its native name.
    pub(crate) name: String,
    /// The call that gave it.
    pub(crate) api: String,
    /// The element, every field that came.
    pub(crate) body: Value,
}

/// What an answer means for one of the requests it answers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Collected {
    /// What it says.
    Found(Found),
    /// A part of what was asked for, and why the rest is not known.
    Partly(Found, String),
    /// The answer doesn't say what was asked for, for this reason.
    Unanswered(String),
}

/// What an answer says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Found {
    /// How many things it names.
    pub(crate) count: u64,
    /// What is to be recorded; not redacted yet.
    pub(crate) elements: Vec<Element>,
    /// The reads that it makes necessary; what they carry is not redacted yet.
    pub(crate) follow_up: Vec<Request>,
}

impl Element {
    /// An element as the request's call gave it.
    pub(super) fn new(kind: ObservationKind, name: &str, request: &Request, body: &Value) -> Self {
        Self { kind, name: name.to_owned(), api: request.read.api.clone(), body: body.clone() }
    }

    /// The same element waiting for more.
    pub(super) fn carried(self) -> Carried {
        let Self { kind, name, api, body } = self;
        Carried { kind, name, api, body }
    }

    /// Adds a field that another call gave.
    pub(super) fn with(mut self, field: &str, value: Value) -> Self {
        if let Value::Object(fields) = &mut self.body {
            fields.insert(field.to_owned(), value);
        }
        self
    }
}

impl From<Carried> for Element {
    fn from(carried: Carried) -> Self {
        let Carried { kind, name, api, body } = carried;
        Self { kind, name, api, body }
    }
}

/// The elements of a list; none when the answer has no such list.
pub(super) fn list<'a>(body: &'a Value, field: &str) -> &'a [Value] {
    body.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A text of an element.
pub(super) fn text<'a>(element: &'a Value, field: &str) -> Option<&'a str> {
    element.get(field).and_then(Value::as_str)
}

/// An object whose fields of these names hold JSON in a text, as policies do: recorded as what they say, so that each of their
/// fields has a place. What can't be read stays as it is.
pub(super) fn with_json(mut object: Value, fields: &[&str]) -> Value {
    for field in fields {
        let said = text(&object, field).and_then(|said| serde_json::from_str::<Value>(said).ok());
        if let (Some(said), Some(object)) = (said.filter(|said| !said.is_null()), object.as_object_mut()) {
            object.insert((*field).to_owned(), said);
        }
    }
    object
}

/// A list of pairs of a key and a value, as the Query protocol writes a map, as the object that it stands for.
pub(super) fn object_of(pairs: &[Value]) -> Value {
    let pair = |pair: &Value| Some((text(pair, "key")?.to_owned(), pair.get("value")?.clone()));
    pairs.iter().filter_map(pair).collect::<serde_json::Map<_, _>>().into()
}

/// A list of elements that are recorded as they are, each under the name that `name` finds.
pub(super) fn recorded(
    request: &Request,
    kind: ObservationKind,
    elements: &[Value],
    name: impl Fn(&Value) -> Option<String>,
) -> Found {
    let elements: Vec<Element> =
        elements.iter().filter_map(|element| Some(Element::new(kind, &name(element)?, request, element))).collect();
    Found { count: elements.len() as u64, elements, follow_up: Vec::new() }
}

/// The things of a list that does not repeat whose they are: each under `<whose>/<name>`, with the field that says so.
pub(super) fn inside(request: &Request, things: &[Value], kind: ObservationKind, owner: &str, name: &str) -> Found {
    let Some(of) = text(&request.read.input, owner) else { return Found::default() };
    // Several private domains of a REST API may bear one name.
    let id = text(&request.read.input, "domainNameId").map(|id| format!("/{id}")).unwrap_or_default();
    let thing = |one: &Value| {
        let own = format!("{of}{id}/{}", text(one, name)?);
        Some(Element::new(kind, &own, request, one).with(owner, Value::from(of)))
    };
    let elements: Vec<Element> = things.iter().filter_map(thing).collect();
    Found { count: elements.len() as u64, elements, follow_up: Vec::new() }
}

/// What an answer says of each member of a batch, found by the field that names it.
pub(super) fn of_members(
    batch: &[Request],
    answered: &[Value],
    name: &str,
    element: impl Fn(&Request, &str, &Value) -> Option<Element>,
) -> Vec<Collected> {
    let answer = |request: &Request| {
        let asked = request.member.as_deref().unwrap_or_default();
        let Some(one) = answered.iter().find(|one| text(one, name) == Some(asked)) else {
            return Collected::Unanswered(format!("the answer doesn't mention {asked}"));
        };
        let elements = element(request, asked, one).into_iter().collect();
        Collected::Found(Found { count: 1, elements, follow_up: Vec::new() })
    };
    batch.iter().map(answer).collect()
}

/// The element that waited for its tags, with those that came.
pub(super) fn with_tags(request: &Request, _: &str, described: &Value) -> Option<Element> {
    Some(Element::from(request.carried.clone()?).with("Tags", Value::from(list(described, "Tags"))))
}

/// Things of a list, each of which waits for the answer of a further call, whose `field` names it.
pub(super) fn waiting<'b>(
    request: &Request,
    things: impl IntoIterator<Item = &'b Value>,
    (kind, name): (ObservationKind, &str),
    (call, field): (&str, &str),
) -> Found {
    let mut found = Found::default();
    for thing in things {
        let Some(named) = text(thing, name) else { continue };
        let listed = Element::new(kind, named, request, thing);
        let input = Value::Object([(field.to_owned(), Value::from(named))].into_iter().collect());
        found.count += 1;
        found.follow_up.push(request.then(call, input).carrying(listed.carried()));
    }
    found
}

/// The element that waited for this answer, with a field of it.
pub(super) fn completed(request: &Request, field: &str, value: Value) -> Found {
    let waited = request.carried.clone().map(Element::from);
    let elements: Vec<Element> = waited.map(|one| one.with(field, value)).into_iter().collect();
    Found { count: elements.len() as u64, elements, follow_up: Vec::new() }
}
