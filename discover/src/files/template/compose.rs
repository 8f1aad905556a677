//! Texts that are put together, and values that are chosen.

use super::conditions::Truth;
use super::evaluate::{Evaluator, Outcome, is_forgotten};
use super::intrinsic::{scalar, short};
use super::places::Places;
use caravan_inventory::{Unresolved, is_of_template};
use serde_json::Value;
use std::collections::BTreeMap;

/// No text of a template is made longer than this: CloudFormation takes at most 1 MB for all of it.
const LONGEST: usize = 64 * 1024;

/// A text under way, in three readings.
#[derive(Default)]
struct Text {
    /// As the template decides it.
    known: Option<String>,
    /// With made-up names where a link needs them.
    link: Option<String>,
    /// With everything that the template offers.
    default: Option<String>,
}

impl Text {
    fn new() -> Self {
        let empty = || Some(String::new());
        Self { known: empty(), link: empty(), default: empty() }
    }

    fn push(&mut self, outcome: &Outcome) {
        let (known, link, default) = match outcome {
            Outcome::Known(value) => {
                let text = scalar(value);
                (text.clone(), text.clone(), text)
            }
            Outcome::Link(name) => (None, Some(name.clone()), None),
            Outcome::Open { default, .. } => (None, None, default.as_ref().and_then(scalar)),
            Outcome::Absent => (None, None, None),
        };
        for (reading, more) in [(&mut self.known, known), (&mut self.link, link), (&mut self.default, default)] {
            *reading = reading.take().zip(more).map(|(mut text, more)| {
                text.push_str(&more);
                text
            });
            *reading = reading.take().filter(|text| text.len() <= LONGEST);
        }
    }

    fn finish(self, whole: &Value, as_link: bool) -> Outcome {
        let Self { known, link, default } = self;
        let link = link.filter(|text| as_link && is_link(text));
        match (known, link) {
            // A place that only looks like one is asked about as every other.
            (Some(text), _) if is_forgotten(&text) => Outcome::Open { text: short(whole), default: None },
            (Some(text), _) => Outcome::Known(Value::String(text)),
            (None, Some(link)) => Outcome::Link(link),
            (None, None) => Outcome::Open { text: short(whole), default: default.map(Value::String) },
        }
    }
}

/// Whether a text with made-up names in it is one that links are made of: an ARN of the template's own account, a call of a universal
/// target, a path of names, or the name of a load balancer for both families of addresses.
fn is_link(text: &str) -> bool {
    let is_own_arn = text.starts_with("arn:") && is_of_template(text);
    let is_bucket = text.starts_with("arn:aws:s3:::");
    // The call of a universal target: only the partition is put in.
    let is_call = text.starts_with("arn:aws:scheduler:::aws-sdk:");
    let is_of_balancer = text.starts_with("dualstack.") && text.ends_with(".elb.amazonaws.com");
    is_own_arn
        || is_bucket
        || is_call
        || is_of_balancer
        || ["integrations/", "service/", "function:", "table/"].iter().any(|path| text.starts_with(path))
}

impl Evaluator<'_> {
    /// `Fn::Sub`: `${Name}` and `${Name.Attribute}`, with names of its own; `${!Literal}` is a literal.
    pub(super) fn substituted(&self, argument: &Value, whole: &Value, places: &Places<'_>, depth: u8) -> Outcome {
        let open = || Outcome::Open { text: short(whole), default: None };
        let (template, own) = match argument {
            Value::String(template) => (template, None),
            Value::Array(parts) => match parts.as_slice() {
                [Value::String(template), Value::Object(own)] => (template, Some(own)),
                [Value::String(template)] => (template, None),
                _ => return open(),
            },
            _ => return open(),
        };
        let as_link = places.here();
        let own: BTreeMap<&str, Outcome> =
            own.into_iter().flatten().map(|(name, value)| (name.as_str(), self.part(value, as_link, depth))).collect();
        let mut text = Text::new();
        let mut rest = template.as_str();
        while let Some((before, after)) = rest.split_once("${") {
            text.push(&Outcome::Known(before.into()));
            let Some((name, after)) = after.split_once('}') else { return open() };
            rest = after;
            if let Some(literal) = name.strip_prefix('!') {
                text.push(&Outcome::Known(format!("${{{literal}}}").into()));
                continue;
            }
            let name = name.trim();
            match own.get(name) {
                Some(outcome) => text.push(outcome),
                None => text.push(&self.variable(name, as_link, depth)),
            }
        }
        text.push(&Outcome::Known(rest.into()));
        let alone = template.trim().strip_prefix("${").and_then(|inner| inner.strip_suffix('}'));
        match (alone.filter(|name| !name.contains(['$', '{', '!'])), text.link.as_deref()) {
            // `!Sub ${Queue}` is no other thing than `!Ref Queue`.
            (Some(name), Some(link)) if as_link && text.known.is_none() && !name.starts_with("AWS::") => {
                Outcome::Link(link.to_owned())
            }
            _ => text.finish(whole, as_link),
        }
    }

    fn variable(&self, name: &str, as_link: bool, depth: u8) -> Outcome {
        let open = || Outcome::Open { text: String::new(), default: None };
        match name.split_once('.') {
            Some((resource, of)) => self.attribute(resource, of, as_link, depth).unwrap_or_else(open),
            None => self.reference(name, as_link, depth),
        }
    }

    /// A part of a text: a region or an account is one in a link.
    fn part(&self, value: &Value, as_link: bool, depth: u8) -> Outcome {
        match value.get("Ref").and_then(Value::as_str).filter(|name| as_link && name.starts_with("AWS::")) {
            Some(name) => self.reference(name, as_link, depth),
            None => self.outcome(value, &Places::of(if as_link { &[""] } else { &[] }), depth),
        }
    }

    /// `Fn::Join`.
    pub(super) fn joined(&self, parts: &[Value], whole: &Value, places: &Places<'_>, depth: u8) -> Outcome {
        let open = || Outcome::Open { text: short(whole), default: None };
        let [Value::String(between), list] = parts else { return open() };
        let as_link = places.here();
        let items: Vec<Outcome> = match list {
            Value::Array(items) => items.iter().map(|item| self.part(item, as_link, depth)).collect(),
            list => match self.outcome(list, &Places::default(), depth) {
                Outcome::Known(Value::Array(items)) => {
                    items.iter().map(|item| self.outcome(item, &Places::default(), depth)).collect()
                }
                Outcome::Open { default: Some(Value::Array(items)), .. } => {
                    let texts: Option<Vec<String>> = items.iter().map(scalar).collect();
                    let default = texts.map(|texts| Value::from(texts.join(between)));
                    return Outcome::Open { text: short(whole), default };
                }
                _ => return open(),
            },
        };
        let mut text = Text::new();
        for (at, item) in items.iter().filter(|item| **item != Outcome::Absent).enumerate() {
            if at > 0 {
                text.push(&Outcome::Known(between.clone().into()));
            }
            text.push(item);
        }
        text.finish(whole, as_link)
    }

    /// `Fn::Select`.
    pub(super) fn selected(&self, parts: &[Value], whole: &Value, depth: u8) -> Outcome {
        let open = |default: Option<Value>| Outcome::Open { text: short(whole), default };
        let [at, list] = parts else { return open(None) };
        let at = match self.outcome(at, &Places::default(), depth) {
            Outcome::Known(at) => scalar(&at).and_then(|at| at.parse::<usize>().ok()),
            _ => None,
        };
        let Some(at) = at else { return open(None) };
        match self.outcome(list, &Places::default(), depth) {
            Outcome::Known(Value::Array(items)) => match items.get(at) {
                Some(item) => match Unresolved::of(item) {
                    Some(unresolved) => open(unresolved.default.cloned()),
                    None => Outcome::Known(item.clone()),
                },
                None => open(None),
            },
            Outcome::Open { default: Some(Value::Array(items)), .. } => open(items.get(at).cloned()),
            _ => open(None),
        }
    }

    /// `Fn::Split`.
    pub(super) fn split(&self, parts: &[Value], whole: &Value, depth: u8) -> Outcome {
        let open = |default: Option<Value>| Outcome::Open { text: short(whole), default };
        let [Value::String(between), text] = parts else { return open(None) };
        let cut = |text: &str| text.split(between.as_str()).map(Value::from).collect::<Value>();
        match self.outcome(text, &Places::default(), depth) {
            _ if between.is_empty() => open(None),
            Outcome::Known(Value::String(text)) => Outcome::Known(cut(&text)),
            Outcome::Open { default: Some(Value::String(text)), .. } => open(Some(cut(&text))),
            _ => open(None),
        }
    }

    /// `Fn::FindInMap`.
    pub(super) fn mapped(&self, parts: &[Value], whole: &Value, depth: u8) -> Outcome {
        let open = |default: Option<Value>| Outcome::Open { text: short(whole), default };
        let [map, keys @ ..] = parts else { return open(None) };
        let keys: Vec<Outcome> = [map]
            .into_iter()
            .chain(keys.iter().take(2))
            .map(|key| self.outcome(key, &Places::default(), depth))
            .collect();
        let found = |keys: Vec<Option<String>>| -> Option<Value> {
            let [map, first, second] = keys.into_iter().collect::<Option<Vec<_>>>()?.try_into().ok()?;
            self.template.mappings.get(&map)?.get(&first)?.get(&second).cloned()
        };
        let known = keys.iter().map(|key| match key {
            Outcome::Known(key) => scalar(key),
            _ => None,
        });
        let offered = keys.iter().map(|key| match key {
            Outcome::Known(key) | Outcome::Open { default: Some(key), .. } => scalar(key),
            _ => None,
        });
        match found(known.collect()) {
            Some(value) => Outcome::Known(value),
            None => open(found(offered.collect())),
        }
    }

    /// `Fn::If`.
    pub(super) fn choice(&self, parts: &[Value], whole: &Value, places: &Places<'_>, depth: u8) -> Outcome {
        let [Value::String(condition), then, other] = parts else {
            return Outcome::Open { text: short(whole), default: None };
        };
        let branch = |holds: bool| self.outcome(if holds { then } else { other }, places, depth);
        let Truth { known, by_default } = self.condition(condition, depth);
        if let Some(holds) = known {
            return branch(holds);
        }
        let (one, two) = (branch(true), branch(false));
        if one == two {
            return one;
        }
        let chosen = by_default.map(|holds| if holds { one } else { two });
        let default = match chosen {
            Some(Outcome::Known(value)) => Some(value).filter(|value| Unresolved::find(value).is_empty()),
            Some(Outcome::Open { default, .. }) => default,
            Some(Outcome::Absent) => Some(Value::Null),
            Some(Outcome::Link(_)) | None => None,
        };
        Outcome::Open { text: short(whole), default }
    }
}
