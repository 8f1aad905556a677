//! What a schedule changes in the task that it runs: the `Input` of its target, RunTask's `overrides` as JSON in a text.

use super::kind::Plan;
use super::members::Part;
use super::sizes;
use crate::account::{Account, Answer};
use crate::field::Field;
use crate::plconfig::{Component, Container, PlConfig, Resources, SecretRef};
use crate::text::{is_clean, without_marks};
use caravan_inventory::Redacted;
use serde_json::{Map, Value};

/// The parts of a container that can be overridden, borrowed from where it stands.
struct Slot<'c> {
    args: &'c mut Option<Vec<String>>,
    env: &'c mut std::collections::BTreeMap<String, String>,
    secrets: &'c mut std::collections::BTreeMap<String, String>,
    resources: &'c mut Option<Resources>,
}

pub(super) fn map<'a>(
    account: &mut Account<'a>,
    plan: &Plan<'_, 'a>,
    field: Field<'a>,
    config: &mut PlConfig,
    component: &mut Component,
) {
    let parsed = field
        .0
        .as_str()
        .and_then(|text| serde_json::from_str::<Map<String, Value>>(text).ok());
    let Some(overrides) = parsed else {
        ask(account, field, "what it is given");
        return;
    };
    if overrides.is_empty() {
        field.dropped(account, "default");
        return;
    }
    let mut left = Vec::new();
    for (name, value) in &overrides {
        match (name.as_str(), value) {
            ("containerOverrides", Value::Array(list)) => {
                for container in list {
                    if !apply(account, plan, container, component) {
                        left.push("containerOverrides");
                    }
                }
            }
            ("taskRoleArn", Value::String(role)) if is_clean(role) => {
                let role = crate::plconfig::Use {
                    kind: crate::plconfig::UseKind::Iam,
                    name: role.clone(),
                    access: Vec::new(),
                    env: None,
                };
                config.uses.insert("role".to_owned(), role);
            }
            ("executionRoleArn", _) => {}
            ("cpu" | "memory", value) => {
                let text = text_of(value);
                let resources = component.resources.get_or_insert_default();
                match (name.as_str(), sizes::cpu_units(&text), sizes::mebibytes(&text)) {
                    ("cpu", Some(units), _) => resources.cpu = Some(sizes::milli(units)),
                    ("memory", _, Some(size)) => resources.memory = Some(sizes::mebi(size)),
                    _ => left.push("size"),
                }
            }
            (other, _) => left.push(if other == "ephemeralStorage" {
                "ephemeralStorage"
            } else {
                "overrides"
            }),
        }
    }
    if left.is_empty() {
        field.exact(account, plan.at(""));
    } else {
        ask(account, field, left[0]);
    }
}

fn ask<'a>(account: &mut Account<'a>, field: Field<'a>, what: &str) {
    let id = account.question_id("input", "");
    let text = format!("Its schedule changes the task in a way that is not understood ({what}). Can that be left out?");
    match account.ask(id, &text, &["leave-out"], Some("leave-out")) {
        Answer::Given(_) => field.dropped(account, "dropped-by-answer"),
        Answer::Open(id) => field.asked(account, &id),
    }
}

/// Whether everything in one container's override was understood.
fn apply(account: &mut Account<'_>, plan: &Plan<'_, '_>, value: &Value, component: &mut Component) -> bool {
    let Some(wanted) = value.as_object() else { return false };
    let Some(member) = wanted
        .get("name")
        .and_then(Value::as_str)
        .and_then(|name| plan.members.named(name))
    else {
        return false;
    };
    let (part, key) = (member.part, member.key.clone());
    let Some(mut slot) = slot(component, part, &key) else {
        return part == Part::Router;
    };
    let mut whole = true;
    for (name, value) in wanted {
        whole &= match (name.as_str(), value) {
            ("name", _) | (_, Value::Null) => true,
            ("command", Value::Array(words)) => {
                let words: Vec<String> = words.iter().filter_map(Value::as_str).map(str::to_owned).collect();
                let clean = words.iter().all(|word| is_clean(word));
                if clean {
                    *slot.args = Some(words);
                }
                clean
            }
            ("environment", Value::Array(list)) => {
                list.iter().all(|entry| variable(account, entry, part, &key, &mut slot))
            }
            ("cpu", value) => sizes::cpu_units(&text_of(value)).is_some_and(|units| {
                slot.resources.get_or_insert_default().cpu = Some(sizes::milli(units));
                true
            }),
            ("memory" | "memoryReservation", value) => sizes::mebibytes(&text_of(value)).is_some_and(|size| {
                let resources = slot.resources.get_or_insert_default();
                let hard = name == "memory";
                if hard {
                    resources.memory_limit = Some(sizes::mebi(size));
                    resources.memory.get_or_insert_with(|| sizes::mebi(size));
                } else {
                    resources.memory = Some(sizes::mebi(size));
                }
                true
            }),
            (_, value) => crate::field::is_empty(value),
        };
    }
    whole
}

fn variable(account: &mut Account<'_>, entry: &Value, part: Part, key: &str, slot: &mut Slot<'_>) -> bool {
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    let (Some(name), Some(value)) = (text("name"), text("value")) else {
        return false;
    };
    if !is_clean(name) || name.is_empty() || name.contains('=') {
        return false;
    }
    if !Redacted::is_in(value) {
        slot.secrets.remove(name);
        slot.env.insert(name.to_owned(), without_marks(value));
        return true;
    }
    let app = account.source.app;
    let store = if part == Part::Main {
        format!("{app}#{name}")
    } else {
        format!("{app}-{key}#{name}")
    };
    let id = account.question_id("secret", name);
    let question = format!(
        "The value of `{name}` is a secret in the clear. Put it into the team's secret store as `{store}`, and answer \
         with that or with where else it lies."
    );
    let usable = |answer: &str| !answer.contains(char::is_whitespace) && answer.parse::<SecretRef>().is_ok();
    let reference = match account.ask_for(id, &question, &[], Some(&store), usable) {
        Answer::Given(answer) => answer.to_owned(),
        Answer::Open(_) => store,
    };
    slot.env.remove(name);
    slot.secrets.insert(name.to_owned(), reference);
    true
}

fn slot<'c>(component: &'c mut Component, part: Part, key: &str) -> Option<Slot<'c>> {
    fn of(container: &mut Container) -> Slot<'_> {
        Slot {
            args: &mut container.args,
            env: &mut container.env,
            secrets: &mut container.secrets,
            resources: &mut container.resources,
        }
    }
    match part {
        Part::Main => Some(Slot {
            args: &mut component.args,
            env: &mut component.env,
            secrets: &mut component.secrets,
            resources: &mut component.resources,
        }),
        Part::Sidecar => component.sidecars.get_mut(key).map(of),
        Part::Init => component
            .init
            .iter_mut()
            .find(|init| init.name == key)
            .map(|init| of(&mut init.container)),
        Part::Router => None,
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
