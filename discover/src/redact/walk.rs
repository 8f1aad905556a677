//! Through a document, place by place.

use super::names::{Suspicion, suspicion};
use super::places::{OPEN, Rows, wrappers};
use super::unresolved::Masked;
use super::{Redactor, shapes, words};
use caravan_inventory::api::Content;
use caravan_inventory::{ObservationKind, Unresolved};
use serde_json::{Map, Value};

/// Fields whose value names what a sibling holds: `{"name": "DB_PASSWORD", "value": …}`.
const NAMES: &[&str] = &["name", "Name", "key", "Key", "HttpHeaderName", "ParameterKey", "header", "Header"];
/// The siblings that such a name speaks of.
const NAMED: &[&str] = &["value", "Value", "Values", "values", "ParameterValue", "text", "default", "Default"];
/// Fields that hold arguments, wherever they stand.
const ARGUMENTS: &[&str] = &["command", "Command", "entryPoint", "entrypoint", "EntryPoint", "args", "cmd", "Cmd"];
/// From this length on a field's own name is read, too: shorter ones are names.
const LONG_NAME: usize = 16;

/// Where the walk is.
struct Here<'w> {
    /// The rows that still fit.
    rows: Rows,
    /// What the next values are the values of.
    name: &'w str,
    /// Whether a field above spoke of secrets.
    under_secret: bool,
}

impl Redactor {
    /// Replaces, in place, every string that is neither an identity by the API's model nor of a harmless shape.
    ///
    /// The document may be a thing itself, or a file or answer with the thing in its wrapper (`taskDefinition`,
    /// `services`, a bare array of containers). Redacting twice changes nothing more.
    pub fn redact(&self, document: &mut Value, kind: ObservationKind) {
        if kind == ObservationKind::WranglerConfig {
            self.modules(document);
        }
        let rows = Rows::for_document(kind, document);
        match document {
            Value::Object(fields) => {
                self.keys(fields, &rows);
                let names = Self::named(fields);
                for (field, value) in fields.iter_mut() {
                    let inner = wrappers(kind).contains(&field.as_str()) && !value.is_string();
                    match value {
                        Value::Array(items) if inner => items.iter_mut().for_each(|item| self.top(item, &rows)),
                        value if inner => self.top(value, &rows),
                        value => self.field(field, value, &rows, &names, false),
                    }
                }
            }
            Value::Array(items) if kind == ObservationKind::EcsTaskDefinition => {
                let whole = items.iter().all(|item| item.get("containerDefinitions").is_some());
                let container = rows.below("containerDefinitions").below("*");
                items.iter_mut().for_each(|item| self.top(item, if whole { &rows } else { &container }));
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.top(item, &rows)),
            scalar => self.top(scalar, &rows),
        }
    }

    /// A document about which nothing is known: every place is free.
    pub(super) fn free_document(&self, document: &mut Value) {
        self.top(document, &Rows::none());
    }

    fn top(&self, value: &mut Value, rows: &Rows) {
        self.walk(value, &Here { rows: rows.clone(), name: "", under_secret: false });
    }

    fn walk(&self, value: &mut Value, here: &Here<'_>) {
        if let Some(Unresolved { text, default }) = Unresolved::of(value) {
            *value = self.unresolved(text, default, here);
            return;
        }
        match value {
            Value::String(text) => {
                if let Some(masked) = self.leaf(text, here) {
                    *text = masked;
                }
            }
            Value::Number(number) => {
                let digits = number.to_string();
                let secret = here.rows.content().unwrap_or(Content::Free) == Content::Free
                    && suspicion(here.name) == Suspicion::Strong;
                if secret && !shapes::is_harmless_under_secret_name(&digits) {
                    *value = Value::String(self.mark(&digits).to_string());
                }
            }
            Value::Array(items) if self.is_command(here) && items.iter().all(Value::is_string) => {
                self.arguments(items.iter_mut().filter_map(|item| match item {
                    Value::String(text) => Some(text),
                    _ => None,
                }));
            }
            Value::Array(items) => {
                let below = Here { rows: here.rows.below("*"), ..*here };
                items.iter_mut().for_each(|item| self.walk(item, &below));
            }
            Value::Object(fields) => {
                self.keys(fields, &here.rows);
                let names = Self::named(fields);
                let of_hosts = of_hosts(fields);
                for (field, value) in fields.iter_mut() {
                    match of_hosts.contains(&field.as_str()) {
                        true => self.hosts(value, &Here { rows: here.rows.below(field), name: field, ..*here }),
                        false => self.field(field, value, &here.rows, &names, here.under_secret),
                    }
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// What a template leaves open: what it offers stands where the value would.
    fn unresolved(&self, text: &str, default: Option<&Value>, here: &Here<'_>) -> Value {
        let open = here.rows.below(OPEN).content();
        let (text, speaks) = match open.or_else(|| here.rows.content()).unwrap_or(Content::Free) {
            Content::Identity => (self.known_tokens(text).unwrap_or_else(|| text.to_owned()), false),
            Content::Command => (self.command(text).unwrap_or_else(|| text.to_owned()), false),
            Content::Reference | Content::Free => {
                let Masked { text, speaks } = self.template_text(text, here.name);
                (text, speaks)
            }
        };
        let mut default = default.cloned();
        if let Some(default) = &mut default {
            let name = if speaks { "secret" } else { here.name };
            self.walk(default, &Here { rows: here.rows.clone(), name, under_secret: here.under_secret || speaks });
        }
        Unresolved { text: &text, default: default.as_ref() }.to_value()
    }

    fn field(&self, field: &str, value: &mut Value, rows: &Rows, names: &str, under_secret: bool) {
        let name = if NAMED.contains(&field) && !names.is_empty() { names } else { field };
        // `{"password": {"value": …}}`: the name above counts for what is unnamed below.
        let speaks = suspicion(field) == Suspicion::Strong && !value.is_string();
        let under_secret = under_secret || speaks && rows.below(field).content().is_none();
        self.walk(value, &Here { rows: rows.below(field), name, under_secret });
    }

    fn leaf(&self, text: &str, here: &Here<'_>) -> Option<String> {
        match here.rows.content().unwrap_or(Content::Free) {
            Content::Identity => self.known_tokens(text),
            Content::Reference if shapes::is_arn(text) || shapes::is_placeholder(text) => self.known_tokens(text),
            Content::Reference => self.word(text, "").filter(|_| !text.trim().is_empty()),
            Content::Command => self.command(text),
            Content::Free if ARGUMENTS.contains(&here.name) => self.command(text),
            Content::Free if here.name == "valueFrom" && (shapes::is_arn(text) || words::is_plain(text)) => None,
            Content::Free if here.under_secret && !NAMES.contains(&here.name) && here.name != "type" => {
                self.value(text, "secret")
            }
            Content::Free => self.value(text, here.name),
        }
    }

    /// Names of hosts stay, but for tokens that are known by their look; whatever else stands there is a value as any.
    fn hosts(&self, value: &mut Value, here: &Here<'_>) {
        let below = |field: &str| Here { rows: here.rows.below(field), ..*here };
        match value {
            Value::String(text) if shapes::is_host_pattern(text) => {
                if let Some(masked) = self.known_tokens(text) {
                    *text = masked;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.hosts(item, &below("*"))),
            Value::Object(fields) if fields.len() == 1 && fields.contains_key("Values") => {
                fields.values_mut().for_each(|value| self.hosts(value, &below("Values")));
            }
            other => self.walk(other, here),
        }
    }

    fn is_command(&self, here: &Here<'_>) -> bool {
        match here.rows.content() {
            Some(content) => content == Content::Command,
            None => {
                here.rows.below("*").content() == Some(Content::Command)
                    || ARGUMENTS.contains(&here.name) && here.rows.below("*").content().is_none()
            }
        }
    }

    /// What the value fields of this object are the values of.
    fn named(fields: &Map<String, Value>) -> String {
        NAMES.iter().find_map(|name| fields.get(*name)?.as_str()).unwrap_or_default().to_owned()
    }

    /// A secret that stands where a field's name should.
    fn keys(&self, fields: &mut Map<String, Value>, rows: &Rows) {
        let secret = |name: &String| {
            self.known_tokens(name).is_some()
                || name.len() >= LONG_NAME
                    && rows.below(name).content() != Some(Content::Identity)
                    && !words::is_plain(name)
                    && !is_variable_of_words(name)
                    && !self.is_mark(name)
        };
        let names: Vec<String> = fields.keys().filter(|name| secret(name)).cloned().collect();
        for name in names {
            if let Some(value) = fields.remove(&name) {
                fields.insert(self.mark(&name).to_string(), value);
            }
        }
    }
}

/// The fields that name hosts: of a rule's condition on them, and of a redirect (Elastic Load Balancing API, RuleCondition and
/// RedirectActionConfig). They stand in public DNS as the names of records do.
fn of_hosts(fields: &Map<String, Value>) -> &'static [&'static str] {
    if fields.get("Field").and_then(Value::as_str) == Some("host-header") {
        &["Values", "HostHeaderConfig"]
    } else if fields.contains_key("Host") && fields.contains_key("StatusCode") {
        &["Host"]
    } else {
        &[]
    }
}

/// Whether a name is one of a variable in words, `PAYMENT_FUNCTION_ARN`: two or more of capital letters, each no longer than
/// words are. A random text of this length in capitals has digits, or no `_` so often.
fn is_variable_of_words(name: &str) -> bool {
    let is_word = |word: &str| (1..=14).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_uppercase());
    name.contains('_') && name.split('_').all(is_word)
}
