//! What templates export or put into Parameter Store, and what is found of it among the templates of one scan.
//!
//! An export is one thing of an account and region (CloudFormation user guide, "Fn::ImportValue"). Its name is mostly put together of the
//! stack's own, which no template tells, and so are the names by which others import it: what is told of both has to be the same, and
//! only one export of the scan may be it. A parameter of Systems Manager is found by its name in the same way; whoever may write to the
//! store may have changed its value, so a value is only offered, and a name of a thing is followed.

use super::document::{Resource, Template};
use super::evaluate::{Evaluator, Outcome};
use super::intrinsic::short;
use super::parts::{Part, PartValue};
use super::places::Places;
use caravan_inventory::Unresolved;
use serde_json::Value;

/// So many letters of a name that is open in part have to be told.
const TOLD: usize = 3;

/// Everything that the templates of a scan export.
#[derive(Debug, Default)]
pub(in crate::files) struct Exports(Vec<Export>);

/// One of them.
#[derive(Debug)]
pub(in crate::files) struct Export {
    place: Place,
    name: Name,
    value: Exported,
}

/// Where others find it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    /// An output with a name of its own.
    Export,
    /// Systems Manager's store of parameters.
    Parameter,
}

/// What is exported.
#[derive(Clone, Debug, PartialEq)]
enum Exported {
    Known(Value),
    Link(String),
    /// The template leaves it open.
    Open,
}

/// A name as far as it is told: what stands before the first place that is open, and behind the last one.
#[derive(Debug, PartialEq)]
enum Name {
    Told(String),
    Open { head: String, tail: String, by_default: Option<String> },
}

/// What a template exports, as far as its conditions are known.
pub(super) fn of(template: &Template) -> Vec<Export> {
    let eval = Evaluator::of(template);
    let made = |output: &&Value| {
        let condition = output.get("Condition").and_then(Value::as_str);
        condition.is_none_or(|condition| eval.condition(condition, 0).known != Some(false))
    };
    let export = |place: Place, name: &Value, value: &Value| {
        let name = Name::of(&eval.parts(name, false, 0)?);
        let value = match eval.outcome(value, &Places::of(&[""]), 0) {
            Outcome::Known(value) if Unresolved::find(&value).is_empty() => Exported::Known(value),
            Outcome::Link(name) => Exported::Link(name),
            _ => Exported::Open,
        };
        Some(Export { place, name, value })
    };
    let outputs = template.outputs.values().filter(made);
    let outputs =
        outputs.filter_map(|output| export(Place::Export, output.get("Export")?.get("Name")?, output.get("Value")?));
    let is_made = |resource: &&Resource| {
        resource.of_type == "AWS::SSM::Parameter"
            && resource.condition.as_ref().is_none_or(|condition| eval.condition(condition, 0).known != Some(false))
    };
    let parameters = template.resources.values().filter(is_made).filter_map(|resource| {
        export(Place::Parameter, resource.properties.get("Name")?, resource.properties.get("Value")?)
    });
    outputs.chain(parameters).collect()
}

impl Exports {
    pub(in crate::files) fn of(all: Vec<Export>) -> Self {
        Self(all)
    }

    /// The names of things that are exported, or put into Parameter Store.
    pub(in crate::files) fn links(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|export| match &export.value {
            Exported::Link(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// The export that a name means, and whether that is certain; none where it is nobody's, or may be several's.
    fn find(&self, place: Place, name: &Name) -> Option<(&Export, bool)> {
        let only = |test: &dyn Fn(&&Export) -> bool| {
            let mut found = self.0.iter().filter(|export| export.place == place).filter(test);
            let first = found.next()?;
            // One thing that is said twice is one.
            found.all(|other| other.value == first.value && first.value != Exported::Open).then_some(first)
        };
        let told = |text: &str| only(&|export| matches!(&export.name, Name::Told(own) if own == text));
        let by_name = match name {
            Name::Told(text) => told(text).map(|export| (export, true)),
            Name::Open { by_default, .. } => by_default.as_deref().and_then(told).map(|export| (export, false)),
        };
        by_name.or_else(|| only(&|export| export.name.may_be(name)).map(|export| (export, false)))
    }
}

impl Name {
    fn of(parts: &[Part]) -> Self {
        let known = |part: &Part| match &part.value {
            PartValue::Known(text) => Some(text.clone()),
            PartValue::Link(_) | PartValue::Open(_) => None,
        };
        if let Some(told) = parts.iter().map(known).collect::<Option<String>>() {
            return Self::Told(told);
        }
        let default = |part: &Part| match &part.value {
            PartValue::Open(default) => default.clone(),
            _ => known(part),
        };
        let head = parts.iter().map_while(known).collect();
        let mut behind: Vec<String> = parts.iter().rev().map_while(known).collect();
        behind.reverse();
        Self::Open { head, tail: behind.concat(), by_default: parts.iter().map(default).collect() }
    }

    /// The name in a dynamic reference that is the whole of a text, with or without a version.
    fn of_parameter(parts: &[Part]) -> Option<Self> {
        const BEGIN: &str = "{{resolve:ssm:";
        let ended = |text: &str| {
            let text = text.strip_suffix("}}")?;
            let version = text.rsplit_once(':').filter(|(_, version)| version.bytes().all(|b| b.is_ascii_digit()));
            let name = version.map_or(text, |(name, _)| name);
            (!name.contains("{{") && !name.contains("}}")).then(|| name.to_owned())
        };
        let inside = |text: &str| ended(text.strip_prefix(BEGIN)?);
        match Self::of(parts) {
            Self::Told(text) => inside(&text).map(Self::Told),
            Self::Open { head, tail, by_default } => Some(Self::Open {
                head: head.strip_prefix(BEGIN).filter(|head| !head.contains("}}"))?.to_owned(),
                tail: ended(&tail)?,
                by_default: by_default.as_deref().and_then(inside),
            }),
        }
    }

    /// Whether two names, of which one at least is open in part, may be the same: where both are open, all that is told of them.
    fn may_be(&self, other: &Self) -> bool {
        let is_told = |head: &str, tail: &str| {
            head.chars().chain(tail.chars()).filter(char::is_ascii_alphanumeric).count() >= TOLD
        };
        match (self, other) {
            (Self::Told(_), Self::Told(_)) => false,
            (Self::Told(text), Self::Open { head, tail, .. }) | (Self::Open { head, tail, .. }, Self::Told(text)) => {
                is_told(head, tail)
                    && text.len() > head.len() + tail.len()
                    && text.starts_with(head.as_str())
                    && text.ends_with(tail.as_str())
            }
            (Self::Open { head, tail, .. }, Self::Open { head: other_head, tail: other_tail, .. }) => {
                is_told(head, tail) && head == other_head && tail == other_tail
            }
        }
    }
}

impl Evaluator<'_> {
    /// `Fn::ImportValue`: what another template of the scan exports by that name. Where only a part of the name is told, a value is only
    /// offered; a name of a thing leads to the thing.
    pub(super) fn imported(&self, argument: &Value, whole: &Value, places: &Places<'_>, depth: u8) -> Outcome {
        let open = |default: Option<Value>| Outcome::Open { text: short(whole), default };
        let name = self.parts(argument, false, depth).map(|parts| Name::of(&parts));
        let found = name.as_ref().and_then(|name| self.template.exports.find(Place::Export, name));
        match found.map(|(export, is_certain)| (&export.value, is_certain)) {
            Some((Exported::Known(value), true)) => Outcome::Known(value.clone()),
            Some((Exported::Known(value), false)) => open(Some(value.clone())),
            Some((Exported::Link(name), _)) if places.here() => Outcome::Link(name.clone()),
            _ => open(None),
        }
    }

    /// What a template puts into Parameter Store by the name that a text means, `{{resolve:ssm:/net/listener}}` or `Fn::Sub` of such a
    /// one. What stands there now nobody knows from templates, so a value is only offered.
    pub(super) fn stored(&self, text: &Value, places: &Places<'_>, depth: u8) -> Outcome {
        let parts = match text {
            Value::String(text) => Some(vec![Part::known(text)]),
            text => self.parts(text, false, depth + 1),
        };
        let name = parts.and_then(|parts| Name::of_parameter(&parts));
        self.found_in_store(name.as_ref(), text, places.here())
    }

    /// The same by a name that is told.
    pub(super) fn stored_as(&self, name: &str, whole: &Value, as_link: bool) -> Outcome {
        self.found_in_store(Some(&Name::Told(name.to_owned())), whole, as_link)
    }

    /// The name in Parameter Store that a value means, where it is told as a whole: as a dynamic reference, or as what a parameter of the
    /// template is read from.
    pub(super) fn name_in_store(&self, value: &Value) -> Option<String> {
        let referred = value.as_str().and_then(|text| Name::of_parameter(&[Part::known(text)]));
        let parameter = || {
            let parameter = self.template.parameter(value.get("Ref")?.as_str()?)?;
            parameter.stored.filter(|_| parameter.given.is_none()).map(Name::Told)
        };
        match referred.or_else(parameter)? {
            Name::Told(name) => Some(name),
            Name::Open { .. } => None,
        }
    }

    fn found_in_store(&self, name: Option<&Name>, whole: &Value, as_link: bool) -> Outcome {
        let open = |default: Option<Value>| Outcome::Open { text: short(whole), default };
        let found = name.and_then(|name| self.template.exports.find(Place::Parameter, name));
        match found.map(|(export, _)| &export.value) {
            Some(Exported::Known(value)) => open(Some(value.clone())),
            Some(Exported::Link(name)) if as_link => Outcome::Link(name.clone()),
            _ => open(None),
        }
    }
}
