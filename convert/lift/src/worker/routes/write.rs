//! A rule as a route of a plconfig.

use super::Rule;
use super::atom::Test;
use super::order::{self, Path};
use super::state::{Fits, unfit};
use super::value::{Answer, Piece, constant};
use crate::plconfig::{Redirect, Respond, Route};
use std::collections::BTreeMap;

/// Methods that a route can ask for (Gateway API, HTTPMethod).
const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];
/// The longest body, and the longest value of a header, that a gateway answers with.
const LONGEST: usize = 4096;
/// As many headers as a filter sets.
const MOST: usize = 16;

pub(super) fn route(rule: &Rule, path: &Path) -> Fits<Route> {
    let headers = rule.headers.iter().map(|(name, test)| {
        let value = match test {
            Test::Is(text) if !text.starts_with('~') => text.clone(),
            other => format!("~{}", order::expression(other)),
        };
        (name.clone(), value)
    });
    let headers: BTreeMap<String, String> = headers.collect();
    if headers.len() > MOST
        || headers.values().any(|value| value.len() > LONGEST || value.chars().any(char::is_control))
    {
        return unfit("it compares headers that a route can't hold");
    }
    if rule.method.as_deref().is_some_and(|method| !METHODS.contains(&method)) {
        return unfit("it asks for a method that a route can't");
    }
    let paths = match path {
        Path::Any => Vec::new(),
        path => vec![path.written()],
    };
    let route = Route {
        hosts: rule.hosts.iter().cloned().collect(),
        paths,
        headers,
        methods: rule.method.iter().cloned().collect(),
        ..Route::default()
    };
    answered(route, &rule.answer)
}

fn answered(mut route: Route, answer: &Answer) -> Fits<Route> {
    let location = answer.headers.get("location");
    if let Some(location) = location.filter(|pieces| constant(pieces).is_none()) {
        if answer.headers.len() > 1 || answer.body.is_some() {
            return unfit("a redirect that keeps a part of the request has more headers or a body");
        }
        let redirect = redirect(location, answer.status)?;
        let stays = redirect.host.as_ref().is_none_or(|to| route.hosts.contains(to));
        if stays && redirect.path.is_none() && redirect.port.is_none_or(|port| [80, 443].contains(&port)) {
            return unfit("it redirects to the address that was asked for, as a gateway is only entered by HTTPS");
        }
        route.redirect = Some(redirect);
        return Ok(route);
    }
    // Envoy writes where the request went into such answers of its own, unless the route says where to.
    if location.is_none() && matches!(answer.status, 201 | 300..=399) {
        return unfit(format!("it answers with {} and no `location`, and a gateway adds one", answer.status));
    }
    let mut respond = Respond { status: answer.status, ..Respond::default() };
    for (name, pieces) in &answer.headers {
        let Some(text) = constant(pieces) else { return unfit(format!("`{name}` is made of a part of the request")) };
        let plain = !text.is_empty()
            && text.len() <= LONGEST
            && text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
            && text.trim() == text
            && !text.contains("  ");
        if !plain {
            return unfit(format!("`{name}` has a value that a gateway does not repeat as it is"));
        }
        match (name.as_str(), answer.body.as_deref()) {
            // Envoy takes the type away from an answer of its own that has no body.
            ("content-type", None | Some("")) => {
                return unfit("it answers with a type and nothing of it, and a gateway leaves the type out");
            }
            ("content-type", Some(_)) => respond.content_type = Some(text),
            _ => drop(route.response_headers.insert(name.clone(), text)),
        }
    }
    if route.response_headers.len() > MOST {
        return unfit("it answers with more than 16 headers");
    }
    if let Some(body) = answer.body.as_ref().filter(|body| !body.is_empty()) {
        if body.len() > LONGEST {
            return unfit("it answers with more than 4096 bytes");
        }
        if respond.content_type.is_none() {
            return unfit("it answers with a body that has no type");
        }
        respond.body = Some(body.clone());
    }
    route.respond = Some(respond);
    Ok(route)
}

/// A redirect that keeps the path and the query of the request: a gateway keeps the query always.
fn redirect(location: &[Piece], status: u16) -> Fits<Redirect> {
    if ![301, 302].contains(&status) {
        return unfit(format!("it redirects with {status} and keeps a part of the request"));
    }
    let keeps = "it redirects to an address that no gateway can write";
    let mut redirect = Redirect { status, ..Redirect::default() };
    let (rest, begin) = match location {
        [Piece::Scheme, Piece::Constant(text), rest @ ..] => (rest, text.as_str()),
        [Piece::Constant(text), rest @ ..] => {
            let (scheme, after) = text.split_once(':').unwrap_or_default();
            if !["http", "https"].contains(&scheme) {
                return unfit(keeps);
            }
            redirect.scheme = Some(scheme.to_owned());
            (rest, after)
        }
        _ => return unfit(keeps),
    };
    let Some(begin) = begin.strip_prefix("//") else { return unfit(keeps) };
    // What follows the host: a constant path, or the request's own.
    let (rest, path) = match (begin, rest) {
        ("", [Piece::Host, Piece::Constant(path), rest @ ..]) => (rest, Some(path.as_str())),
        ("", [Piece::Host, rest @ ..]) => (rest, None),
        (text, rest) if !text.is_empty() => {
            let (host, path) = text.find('/').map_or((text, None), |at| (&text[..at], Some(&text[at..])));
            let (host, port) = host.split_once(':').map_or((host, None), |(host, port)| (host, Some(port)));
            if !host.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-'))
                || host.is_empty()
            {
                return unfit(keeps);
            }
            redirect.host = Some(host.to_owned());
            redirect.port = match port.map(str::parse) {
                None => None,
                Some(Ok(port)) => Some(port),
                Some(Err(_)) => return unfit(keeps),
            };
            (rest, path)
        }
        _ => return unfit(keeps),
    };
    match (path, rest) {
        (None, [Piece::Path, Piece::Search]) => Ok(redirect),
        (Some(path), [Piece::Search]) if super::members::is_plain(path) => {
            redirect.path = Some(path.to_owned());
            Ok(redirect)
        }
        (_, [.., Piece::Path]) | (Some(_), []) => {
            unfit("it redirects to the path without the query, which a gateway keeps")
        }
        _ => unfit(keeps),
    }
}
