//! A request as it came, with what every shape of event needs of it.

use crate::clock::{now, request_id, trace_id};
use crate::config::{Authorizer, Http};
use crate::http::routes::Matched;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use hyper::header::HeaderMap;
use hyper::http::request::Parts;
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::net::IpAddr;

/// A request that is to become an event.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: String,
    /// The path as it stands in the request, with its percent-encoding.
    pub(crate) path: String,
    /// The query as it stands in the request; empty without one.
    pub(crate) query: String,
    pub(crate) protocol: String,
    /// Names in lower case, in the order in which they came; without those that only the gateway writes.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
    pub(crate) source_ip: String,
    pub(crate) host: String,
    pub(crate) id: String,
    pub(crate) at: Timestamp,
    /// What the gateway says about the caller.
    pub(crate) claims: Option<Map<String, Value>>,
    /// The route that leads to the function.
    pub(crate) route: Option<Matched>,
}

impl Call {
    /// A request whose head is `parts`, from `peer`.
    pub(crate) fn new(parts: &Parts, body: Bytes, peer: IpAddr, http: &Http) -> Self {
        let claims = http.authorizer.as_ref().map(|authorizer| claims(authorizer, &parts.headers));
        let mut headers = header_list(&parts.headers, http.authorizer.as_ref());
        let forwarded = joined(&headers, "x-forwarded-for");
        let source_ip = source_ip(forwarded.as_deref(), peer, http.trusted_proxies);
        let host =
            joined(&headers, "host").or_else(|| parts.uri.authority().map(ToString::to_string)).unwrap_or_default();
        let mut add = |name: &str, value: String| {
            if !headers.iter().any(|(other, _)| other == name) {
                headers.push((name.to_owned(), value));
            }
        };
        add("host", host.clone());
        add("x-forwarded-for", source_ip.clone());
        add("x-forwarded-proto", "https".to_owned());
        add("x-forwarded-port", "443".to_owned());
        add("x-amzn-trace-id", trace_id());
        Self {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            protocol: format!("{:?}", parts.version),
            headers,
            body,
            source_ip,
            host,
            id: request_id(),
            at: now(),
            claims,
            route: None,
        }
    }

    /// All values of a header, joined by commas.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        joined(&self.headers, name)
    }

    /// The domain that events name: the configured one, else the request's host without its port.
    pub(crate) fn domain(&self, http: &Http) -> String {
        let own = || self.host.split(':').next().unwrap_or_default().to_owned();
        http.domain_name.clone().unwrap_or_else(own)
    }
}

/// Headers in their order, but for those that carry what the gateway found out.
fn header_list(headers: &HeaderMap, authorizer: Option<&Authorizer>) -> Vec<(String, String)> {
    let hidden: Vec<_> = authorizer.into_iter().flat_map(Authorizer::headers).collect();
    headers
        .iter()
        .filter(|(name, _)| !hidden.iter().any(|hidden| hidden == name.as_str()))
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect()
}

fn joined(headers: &[(String, String)], name: &str) -> Option<String> {
    let values: Vec<_> = headers.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str()).collect();
    (!values.is_empty()).then(|| values.join(","))
}

/// The caller's address: with `proxies` that append to `x-forwarded-for`, the one that the outermost of them wrote.
fn source_ip(forwarded: Option<&str>, peer: IpAddr, proxies: usize) -> String {
    let addresses: Vec<_> =
        forwarded.unwrap_or_default().split(',').map(str::trim).filter(|one| !one.is_empty()).collect();
    let from_proxy = proxies.checked_sub(1).and_then(|behind| addresses.iter().rev().nth(behind).or(addresses.first()));
    from_proxy.map_or_else(|| peer.to_string(), |address| (*address).to_owned())
}

fn claims(authorizer: &Authorizer, headers: &HeaderMap) -> Map<String, Value> {
    let text = |name: &str| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let mut claims = authorizer
        .payload_header
        .as_deref()
        .and_then(text)
        .and_then(|payload| BASE64_URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok())
        .and_then(|payload| serde_json::from_slice::<Map<String, Value>>(&payload).ok())
        .unwrap_or_default();
    for (claim, header) in &authorizer.claims {
        if let Some(value) = text(header) {
            claims.insert(claim.clone(), Value::from(value));
        }
    }
    claims
}
