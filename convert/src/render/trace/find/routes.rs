//! The places behind hosts and the conditions of routes.

use super::places::{in_components, places};
use crate::located::push_step;
use crate::provenance::Origin;
use crate::render::trace::field::Field;
use crate::render::trace::line::Line;
use serde_json::Value;

const HOSTS: [&str; 2] = ["ingress/hosts/*", "ingress/routes/*/hosts/*"];

/// Where a vanity host is written: in the ingress of a component, and in `hosts` where apps share it.
fn host_named(line: &Line<'_>, host: &str) -> Vec<Origin> {
    let patterns = [in_components(line, &HOSTS), vec![]].concat();
    let mut found = places(line, &patterns, |value| value.as_str() == Some(host));
    for at in ["/hosts", "/internal_hosts"] {
        let mut share = String::from(at);
        push_step(&mut share, host);
        found.extend(line.at(&share));
    }
    found
}

/// The host of a listener, a certificate or a route; of the host that every app has, the app and the platform's domain.
pub(in crate::render::trace) fn host(line: &Line<'_>) -> Vec<Origin> {
    let of_object = line.object.pointer("/spec/dnsNames/0").and_then(Value::as_str);
    let named = line.text("/hostname").or(line.item.as_str()).or(of_object);
    let found = host_named(line, named.unwrap_or_default());
    if found.is_empty() {
        let fields =
            [Field::App("app"), Field::Component("ingress"), Field::Setting("apps_domain"), Field::Environment];
        return line.all(&fields);
    }
    found
}

/// Every vanity host of the app.
pub(in crate::render::trace) fn hosts(line: &Line<'_>) -> Vec<Origin> {
    places(
        line,
        &[in_components(line, &HOSTS), vec!["/hosts/*".to_owned(), "/internal_hosts/*".to_owned()]].concat(),
        |_| true,
    )
}

/// What a route attaches to: the shared Gateway for the app's own host, else the listeners of its vanity hosts.
pub(in crate::render::trace) fn parent(line: &Line<'_>) -> Vec<Origin> {
    if line.text("/kind") == Some("Gateway") {
        return line.all(&[
            Field::Component("ingress"),
            Field::Setting("gateway/name"),
            Field::Setting("gateway/namespace"),
            Field::Setting("gateway/section"),
        ]);
    }
    [line.all(&[Field::App("app"), Field::Setting("namespace_prefix")]), hosts(line)].concat()
}

/// Where a condition of a route is written.
pub(in crate::render::trace) fn condition(line: &Line<'_>) -> Vec<Origin> {
    let text = line.item.as_str().or(line.text("/value")).unwrap_or_default();
    let is_it = |value: &Value| {
        let written = value.as_str().unwrap_or_default();
        written == text || written.strip_prefix(['=', '~']) == Some(text)
    };
    let name = line.text("/name").unwrap_or_default();
    let patterns = match line.text("/path/value") {
        Some(path) => {
            let paths = in_components(line, &["ingress/paths/*", "ingress/routes/*/paths/*"]);
            let written = places(line, &paths, |value| {
                let written = value.as_str().unwrap_or_default();
                written == path || written.strip_prefix(['=', '~']) == Some(path)
            });
            // Which paths are in which route, what stays open decides as well.
            return [written, line.all(&[Field::Component("ingress/auth")])].concat();
        }
        None => ["headers", "query"].map(|kind| format!("ingress/routes/*/{kind}/{name}")),
    };
    places(line, &in_components(line, &patterns.each_ref().map(String::as_str)), is_it)
}

/// Where the methods of a route are written.
pub(in crate::render::trace) fn method(line: &Line<'_>) -> Vec<Origin> {
    let method = line.value.as_str().unwrap_or_default();
    let is_it = |value: &Value| value.as_str().is_some_and(|written| written.eq_ignore_ascii_case(method));
    places(line, &in_components(line, &["ingress/routes/*/methods/*"]), is_it)
}
