//! Steps in words.

use super::{Step, StepKind};
use crate::link::View;
use caravan_inventory::matches_wildcards;
use caravan_inventory::{Evidence, Observation, ObservationKind as Kind};
use serde_json::Value;

/// The pattern of a host that is not known: what an API sends on may bear any.
pub(super) const ANY: &str = "*";

pub(super) fn step(step: StepKind, id: Option<&str>, says: String, evidence: Option<Evidence>) -> Step {
    Step { step, id: id.map(str::to_owned), says, evidence }
}

/// Whether two names, either of which may be a pattern, may mean one hostname.
pub(super) fn may_be_one(pattern: &str, name: &str) -> bool {
    matches_wildcards(pattern, name) || (name.contains('*') && matches_wildcards(name, pattern))
}

/// A record: whose DNS, its type, and how it is chosen among others.
pub(super) fn record(record: &Observation) -> String {
    let view = View::of(record);
    if record.kind == Kind::DnsRecord {
        return format!("Cloudflare {} record", view.text("/type").unwrap_or_default());
    }
    let mut said = format!("Route 53 {} record", view.text("/Type").unwrap_or_default());
    if view.element.get("AliasTarget").is_some() {
        said += ", an alias";
    }
    let number = |field: &str| view.element.get(field).and_then(Value::as_u64);
    if let Some(weight) = number("Weight") {
        said += &format!(", weight {weight}");
    }
    for (field, word) in [("/Failover", "failover"), ("/Region", "region"), ("/SetIdentifier", "one of several,")] {
        if let Some(text) = view.text(field) {
            said += &format!(", {word} {text}");
        }
    }
    said
}

pub(super) fn is_proxied(record: &Observation) -> bool {
    record.body.get("proxied").and_then(Value::as_bool) == Some(true)
}

/// What Cloudflare does with a record. What its zone does besides is not read.
pub(super) fn cloudflare(record: &Observation) -> Step {
    let evidence = Evidence { observation: record.id.clone(), path: "/proxied".to_owned() };
    let says = match is_proxied(record) {
        true => "proxied; what the zone adds (firewall, cache, redirects, Access) is not read",
        false => "DNS only",
    };
    step(StepKind::Cloudflare, None, says.to_owned(), Some(evidence))
}

/// The URL of a function, or of an alias of one: who may call it.
pub(super) fn url(url: &Observation) -> String {
    let view = View::of(url);
    let text = |pointer: &str| view.text(pointer).unwrap_or_default();
    let alias = url.name.split(':').nth(7).map_or_else(String::new, |alias| format!(", alias {alias}"));
    let open = if text("/AuthType") == "NONE" { "open to everybody" } else { "callers sign" };
    format!("{open}{alias}")
}

/// The certificate that Cloudflare shows.
pub(super) fn edge_certificate() -> Step {
    step(StepKind::Certificate, None, "Cloudflare's, which is not read".to_owned(), None)
}

/// A load balancer.
pub(super) fn balancer(balancer: &Observation) -> String {
    let view = View::of(balancer);
    let text = |pointer: &str| view.text(pointer).unwrap_or_default();
    format!("{} ({}, {})", text("/LoadBalancerName"), text("/Type"), text("/Scheme"))
}

/// A classic load balancer.
pub(super) fn classic(view: &View<'_>) -> String {
    let text = |pointer: &str| view.text(pointer).unwrap_or_default();
    format!("{} (classic, {})", text("/LoadBalancerName"), text("/Scheme"))
}

/// A listener of one: what it takes, and what it makes of that.
pub(super) fn classic_listener(listener: &Value) -> String {
    let text = |field: &str| listener.get(field).and_then(Value::as_str).unwrap_or_default();
    let port =
        |field: &str| listener.get(field).and_then(Value::as_u64).map_or_else(String::new, |port| port.to_string());
    let (from, to) = (port("LoadBalancerPort"), port("InstancePort"));
    format!("{}:{from} to {}:{to}", text("Protocol"), text("InstanceProtocol"))
}

/// A listener.
pub(super) fn listener(listener: &Observation) -> String {
    let view = View::of(listener);
    let port = view.element.get("Port").and_then(Value::as_u64).map_or_else(String::new, |port| format!(":{port}"));
    let policy = view.text("/SslPolicy").map_or_else(String::new, |policy| format!(", {policy}"));
    let mutual = match view.text("/MutualAuthentication/Mode") {
        None | Some("off") => String::new(),
        Some(mode) => format!(", clients show certificates ({mode})"),
    };
    format!("{}{port}{policy}{mutual}", view.text("/Protocol").unwrap_or_default())
}

/// A target group, with the share of it.
pub(super) fn group(group: &Observation, weight: Option<u64>) -> String {
    let view = View::of(group);
    let port = view.element.get("Port").and_then(Value::as_u64).map_or_else(String::new, |port| format!(":{port}"));
    let weight = weight.map_or_else(String::new, |weight| format!(", weight {weight}"));
    format!(
        "{} ({}{port}{weight})",
        view.text("/TargetGroupName").unwrap_or_default(),
        view.text("/Protocol").unwrap_or_default()
    )
}

/// A rule: its place in the order, and what it asks for.
pub(super) fn rule(rule: &Observation) -> String {
    let view = View::of(rule);
    let asked: Vec<String> = view.list("/Conditions").iter().map(condition).collect();
    match view.text("/Priority") {
        Some("default") | None => "default".to_owned(),
        Some(priority) if asked.is_empty() => format!("priority {priority}"),
        Some(priority) => format!("priority {priority}: {}", asked.join(" and ")),
    }
}

/// A condition: its field, and its values wherever they stand in it.
fn condition(condition: &Value) -> String {
    let mut values = Vec::new();
    collect(condition, &mut values);
    values.sort_unstable();
    values.dedup();
    let field = condition.get("Field").and_then(Value::as_str).unwrap_or("unknown condition");
    format!("{field} {}", values.join(" or "))
}

fn collect(value: &Value, values: &mut Vec<String>) {
    for (field, value) in value.as_object().into_iter().flatten() {
        match (field.as_str(), value) {
            ("Field", _) => {}
            ("Values", Value::Array(items)) => {
                for item in items {
                    match item.as_str() {
                        Some(text) => values.push(text.to_owned()),
                        None => values.push(pair(item)),
                    }
                }
            }
            ("HttpHeaderName", Value::String(name)) => values.push(format!("{name}:")),
            _ => collect(value, values),
        }
    }
}

/// `key=value` of a query string.
fn pair(item: &Value) -> String {
    let text = |field: &str| item.get(field).and_then(Value::as_str);
    match (text("Key"), text("Value")) {
        (Some(key), Some(value)) => format!("{key}={value}"),
        (_, value) => value.unwrap_or_default().to_owned(),
    }
}
