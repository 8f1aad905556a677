//! Variables of the serverless framework: `${self:custom.memory}`, `${opt:stage, 'dev'}` (Serverless Framework
//! documentation, "Variables").

use crate::files::TemplateParameters;
use crate::files::template::intrinsic::scalar;
use caravan_inventory::Unresolved;
use serde_json::{Map, Value};
use std::cell::Cell;

/// Variables lead to variables; a circle ends here.
const DEEPEST: u8 = 24;
/// So many values are made of variables: a file that would become more is left open from there on.
const MOST: u32 = 200_000;
/// No text is made longer than this.
const LONGEST: usize = 64 * 1024;

/// Puts variables in their place.
pub(super) struct Variables<'d> {
    document: &'d Value,
    parameters: &'d TemplateParameters,
    left: Cell<u32>,
}

/// What a variable, or a text with variables, is.
#[derive(Clone, Debug, PartialEq)]
enum Found {
    Known(Value),
    /// The file does not decide it; it may offer a value.
    Open(Option<Value>),
}

impl Found {
    /// The value that stands where nobody says another.
    fn offered(self) -> Option<Value> {
        match self {
            Self::Known(value) => Some(value),
            Self::Open(default) => default,
        }
    }
}

impl<'d> Variables<'d> {
    pub(super) fn of(document: &'d Value, parameters: &'d TemplateParameters) -> Self {
        Self { document, parameters, left: Cell::new(MOST) }
    }

    /// A value with its variables in their place.
    pub(super) fn resolved(&self, value: &Value) -> Value {
        self.resolve(value, 0)
    }

    fn resolve(&self, value: &Value, depth: u8) -> Value {
        self.left.set(self.left.get().saturating_sub(1));
        match value {
            Value::String(text) if text.contains("${") => {
                let found = self.text(text, depth);
                match found {
                    Found::Known(Value::String(text)) if text.contains("${AWS::") => {
                        Value::Object(Map::from_iter([("Fn::Sub".to_owned(), Value::String(text))]))
                    }
                    Found::Known(value) => value,
                    Found::Open(default) => Unresolved { text, default: default.as_ref() }.to_value(),
                }
            }
            Value::Array(items) => items.iter().map(|item| self.resolve(item, depth)).collect(),
            Value::Object(fields) => {
                fields.iter().map(|(field, value)| (self.key(field, depth), self.field(field, value, depth))).collect()
            }
            scalar => scalar.clone(),
        }
    }

    /// A key, with what the file offers for variables in it.
    fn key(&self, field: &str, depth: u8) -> String {
        let found = field.contains("${").then(|| self.text(field, depth).offered().as_ref().and_then(scalar));
        found.flatten().unwrap_or_else(|| field.to_owned())
    }

    fn field(&self, field: &str, value: &Value, depth: u8) -> Value {
        // The text of `Fn::Sub` stays one: what is CloudFormation's own in it is put in later.
        match value {
            Value::String(text) if field == "Fn::Sub" => match self.text(text, depth) {
                Found::Known(value) => value,
                Found::Open(default) => Unresolved { text, default: default.as_ref() }.to_value(),
            },
            value => self.resolve(value, depth),
        }
    }

    /// A text: alone, a variable is a value of any form.
    fn text(&self, text: &str, depth: u8) -> Found {
        if depth >= DEEPEST || self.left.get() == 0 {
            return Found::Open(None);
        }
        let (mut whole, mut open) = (Some(String::new()), false);
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            let (before, from) = rest.split_at(at);
            let Some(end) = closing(from) else { break };
            let (inner, after) = (&from[2..end], &from[end + 1..]);
            let found =
                if is_variable(inner) { self.variable(inner, depth + 1) } else { Found::Known(from[..=end].into()) };
            if before.is_empty() && after.is_empty() && at == 0 && rest.len() == text.len() {
                return found;
            }
            open |= matches!(found, Found::Open(_));
            let found = found.offered().as_ref().and_then(scalar);
            whole = whole.zip(found).map(|(whole, more)| whole + before + &more).filter(|text| text.len() <= LONGEST);
            rest = after;
        }
        let whole = whole.map(|whole| Value::String(whole + rest));
        match (open, whole) {
            (false, Some(text)) => Found::Known(text),
            (_, default) => Found::Open(default),
        }
    }

    /// `source, fallback, …`.
    fn variable(&self, inner: &str, depth: u8) -> Found {
        self.left.set(self.left.get().saturating_sub(1));
        // Variables inside come first.
        let (inner, is_open) = match self.text(inner, depth) {
            Found::Known(value) => (scalar(&value), false),
            Found::Open(default) => (default.as_ref().and_then(scalar), true),
        };
        let Some(inner) = inner else { return Found::Open(None) };
        let mut open = is_open;
        for source in parts(&inner) {
            match self.source(source.trim(), depth) {
                Some(Found::Known(value)) if open => return Found::Open(Some(value)),
                Some(Found::Known(value)) => return Found::Known(value),
                Some(Found::Open(Some(default))) => return Found::Open(Some(default)),
                Some(Found::Open(None)) => open = true,
                None => {}
            }
        }
        Found::Open(None)
    }

    /// One source; none where the file says that there is nothing.
    fn source(&self, source: &str, depth: u8) -> Option<Found> {
        if let Some(literal) = literal(source) {
            return Some(Found::Known(literal));
        }
        if let Some(text) = source.strip_prefix("strToBool(").and_then(|text| text.strip_suffix(')')) {
            return match literal(text) {
                Some(Value::Bool(value)) => Some(Found::Known(Value::Bool(value))),
                Some(Value::Number(number)) => Some(Found::Known(Value::Bool(number.as_i64() != Some(0)))),
                _ => Some(Found::Open(None)),
            };
        }
        let (kind, name) = source.split_once([':', '('])?;
        match kind {
            "self" => self.own(name.trim(), depth),
            "opt" => Some(self.given(name).map_or(Found::Open(None), Found::Known)),
            "sls" if name == "stage" => Some(self.stage(depth)),
            "param" => {
                let params = self.document.get("params");
                let of = |stage: &str| Some(self.resolve(params?.get(stage)?.get(name)?, depth));
                let stage = self.stage(depth).offered().as_ref().and_then(scalar).unwrap_or_default();
                // A stage has its own, and whoever deploys may give another.
                Some(Found::Open(of(&stage).or_else(|| of("default"))))
            }
            _ => Some(Found::Open(None)),
        }
    }

    /// A value of the file itself. A stage and a region are what the command line says, where it says one.
    fn own(&self, path: &str, depth: u8) -> Option<Found> {
        match path {
            "" => return Some(Found::Open(None)),
            "provider.stage" => return Some(self.stage(depth)),
            "provider.region" => {
                let said = self.document.get("provider").and_then(|provider| provider.get("region"));
                let default = said.map(|said| self.plain(said, depth));
                return Some(self.given("region").map_or(Found::Open(default.flatten()), Found::Known));
            }
            _ => {}
        }
        let mut at = self.document;
        for step in path.split('.') {
            at = match at {
                Value::Array(items) => items.get(step.parse::<usize>().ok()?)?,
                Value::Object(fields) => fields.get(step)?,
                Value::String(text) if text.contains("${") => {
                    return match self.text(text, depth) {
                        Found::Open(_) => Some(Found::Open(None)),
                        Found::Known(value) => Some(Found::Known(value.get(step)?.clone())),
                    };
                }
                _ => return None,
            };
        }
        Some(match at {
            Value::String(text) => self.text(text, depth),
            value => Found::Known(self.resolve(value, depth)),
        })
    }

    /// The stage: as said, or as the file offers it.
    fn stage(&self, depth: u8) -> Found {
        if let Some(stage) = self.given("stage") {
            return Found::Known(stage);
        }
        let said = self.document.get("provider").and_then(|provider| provider.get("stage"));
        Found::Open(said.map_or_else(|| Some(Value::from("dev")), |said| self.plain(said, depth)))
    }

    /// A value as far as the file offers one.
    fn plain(&self, value: &Value, depth: u8) -> Option<Value> {
        match value {
            Value::String(text) => self.text(text, depth + 1).offered(),
            value => Some(value.clone()),
        }
    }

    fn given(&self, name: &str) -> Option<Value> {
        self.parameters.get(name).map(Value::from)
    }
}

/// Whether it is a variable of the framework: `kind:…` or `kind(…)…`, and none of CloudFormation's `AWS::Region`.
fn is_variable(inner: &str) -> bool {
    // `cf.eu-west-1:stack.Output` names a region as well.
    let is_of_kind = |b: &u8| b.is_ascii_alphanumeric() || b"-_.".contains(b);
    let kind = inner.trim_start().bytes().take_while(is_of_kind).count();
    let after = &inner.trim_start()[kind..];
    kind > 0 && (after.starts_with('(') || after.starts_with(':') && !after.starts_with("::"))
}

/// Where the bracket of a text that begins with `${` closes.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// The sources of a variable, cut at commas outside of quotes and brackets.
fn parts(inner: &str) -> Vec<&str> {
    let (mut parts, mut from, mut quote, mut depth) = (Vec::new(), 0, None, 0_i32);
    for (at, letter) in inner.char_indices() {
        match (quote, letter) {
            (Some(open), letter) if letter == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(letter),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth -= 1,
            (None, ',') if depth <= 0 => {
                parts.push(&inner[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inner[from..]);
    parts
}

/// A literal: quoted, a number, a boolean, null.
fn literal(source: &str) -> Option<Value> {
    for quote in ['\'', '"'] {
        if let Some(text) = source.strip_prefix(quote).and_then(|text| text.strip_suffix(quote)) {
            return Some(Value::from(text));
        }
    }
    match source {
        "true" => Some(Value::Bool(true)),
        "false" => Some(Value::Bool(false)),
        "null" => Some(Value::Null),
        number => number.parse::<i64>().ok().map(Value::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn resolved(text: &str, given: &[(&str, &str)]) -> Value {
        let document = json!({
            "provider": {"stage": "${opt:stage, 'test'}", "region": "eu-west-1"},
            "custom": {"memory": 256, "name": "orders-${self:custom.kind}", "kind": "jobs", "round": "${self:custom.round}",
                "stages": {"test": {"memory": 128}, "prod": {"memory": 1024}}, "list": ["a", "b"]},
            "params": {"default": {"size": 1}, "prod": {"size": 9}},
        });
        let parameters = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Variables::of(&document, &parameters).resolved(&json!(text))
    }

    #[test]
    fn what_the_file_says_is_put_in() {
        for (text, value) in [
            ("${self:custom.memory}", json!(256)),
            ("${self:custom.name}", json!("orders-jobs")),
            ("x-${self:custom.kind}-${self:custom.list.1}", json!("x-jobs-b")),
            ("${self:custom.list}", json!(["a", "b"])),
            ("${self:custom.none, 7}", json!(7)),
            ("${self:custom.none, \"a, b\"}", json!("a, b")),
            ("plain", json!("plain")),
            ("${AWS::Region}-x", json!({"Fn::Sub": "${AWS::Region}-x"})),
        ] {
            assert_eq!(resolved(text, &[]), value, "{text}");
        }
    }

    #[test]
    fn what_the_command_line_may_change_is_open_until_it_is_said() {
        for (text, default, given) in [
            ("${opt:stage, 'dev'}", Some(json!("dev")), json!("prod")),
            ("${sls:stage}", Some(json!("test")), json!("prod")),
            ("${self:provider.stage}", Some(json!("test")), json!("prod")),
            ("orders-${self:provider.stage}", Some(json!("orders-test")), json!("orders-prod")),
            ("${self:custom.stages.${opt:stage, 'test'}.memory}", Some(json!(128)), json!(1024)),
        ] {
            let open = Unresolved { text, default: default.as_ref() }.to_value();
            assert_eq!(resolved(text, &[]), open, "{text}");
            assert_eq!(resolved(text, &[("stage", "prod")]), given, "{text}");
        }
    }

    #[test]
    fn what_stands_elsewhere_is_open() {
        for (text, default) in [
            ("${env:TABLE}", None),
            ("${env:TABLE, 'orders'}", Some(json!("orders"))),
            ("${ssm:/orders/key}", None),
            ("${file(./other.yml):functions}", None),
            ("${file(./${self:custom.kind}.yml), 'x'}", Some(json!("x"))),
            ("${cf:network.SubnetIds}", None),
            ("${param:size}", Some(json!(1))),
            ("${self:custom.none}", None),
            ("${self:custom.round}", None),
            ("a${env:A}b${env:B, 'c'}", None),
        ] {
            let open = Unresolved { text, default: default.as_ref() }.to_value();
            assert_eq!(resolved(text, &[]), open, "{text}");
        }
    }

    #[test]
    fn what_would_grow_without_end_does_not() {
        let mut custom = Map::from_iter([("a0".to_owned(), json!(["x"]))]);
        for level in 1..20 {
            let below = format!("${{self:custom.a{}}}", level - 1);
            custom.insert(format!("a{level}"), json!([below, below, below, below]));
        }
        let document = json!({"custom": custom});
        let parameters = TemplateParameters::default();
        let variables = Variables::of(&document, &parameters);
        let value = variables.resolved(&json!("${self:custom.a19}"));
        assert!(value.to_string().len() < 32 * 1024 * 1024);
    }
}
