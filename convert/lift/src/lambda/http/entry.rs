//! From routes and hosts to an ingress: what is closed is answered by the gateway, and shadows what is open behind it.

use super::hosts::Hosts;
use super::pattern::Pattern;
use crate::plconfig::{Component, Ingress, Respond, Route, Seconds};

/// A route with whether callers may come in by it.
pub(super) struct Entry {
    pub(super) pattern: Pattern,
    pub(super) open: bool,
}

/// Publishes them; nothing where no host leads there, or no route is open.
pub(super) fn publish(mut entries: Vec<Entry>, hosts: &Hosts, timeout: u32, component: &mut Component) {
    if !hosts.is_published() || !entries.iter().any(|entry| entry.open) {
        return;
    }
    entries.sort_by_key(|entry| entry.pattern.order());
    let all_open = entries.iter().all(|entry| entry.open);
    let any_method = entries.iter().all(|entry| entry.pattern.method.is_none());
    let mut ingress = Ingress {
        // The front answers first when a call takes too long, as the service did.
        timeout: Some(Seconds(timeout + 1)),
        own_host: (!hosts.own).then_some(false),
        ..Ingress::default()
    };
    if all_open && any_method {
        ingress.hosts.clone_from(&hosts.names);
        ingress.paths = entries.iter().map(|entry| entry.pattern.gateway_path()).collect();
        // Everything is everything: no path has to be named.
        if ingress.paths.iter().any(|path| path == "/") {
            ingress.paths.clear();
        }
    } else {
        ingress.routes = entries.iter().map(|entry| route(entry, hosts)).collect();
    }
    component.ingress = Some(ingress);
}

fn route(entry: &Entry, hosts: &Hosts) -> Route {
    let forbidden = Respond {
        status: 403,
        content_type: Some("application/json".to_owned()),
        body: Some("{\"message\":\"Forbidden\"}".to_owned()),
    };
    Route {
        hosts: hosts.names.clone(),
        paths: if entry.open { vec![entry.pattern.gateway_path()] } else { entry.pattern.closed_paths() },
        methods: entry.pattern.method.iter().cloned().collect(),
        respond: (!entry.open).then_some(forbidden),
        ..Route::default()
    }
}
