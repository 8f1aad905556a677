//! HTTPRoutes: which requests reach a component, within the bounds that the Gateway API sets to one route.

use super::RenderError;
use super::app::{Part, duration};
use super::custom::{
    BackendRef, Custom, HttpRouteSpec, ParentRef, PathMatch, RouteMatch, RouteRule, Timeouts, ValueMatch,
};
use super::filters;
use super::listeners::Listeners;
use crate::naming;
use caravan_convert_lift::plconfig::{Ingress, Route, is_path};
use std::collections::{BTreeMap, BTreeSet};

/// Bounds of the HTTPRoute of Gateway API 1.6: hosts, rules, matches of one rule, matches of all rules, parents.
const HOSTS: usize = 16;
const RULES: usize = 16;
const MATCHES_OF_RULE: usize = 64;
const MATCHES: usize = 128;

/// The API group of routes, Gateways and ListenerSets.
pub(super) const GROUP: &str = "gateway.networking.k8s.io";

/// Where the routes of a component lead.
pub(super) struct Backends {
    /// The port that serves.
    pub(super) main: BackendRef,
    /// Other ports of the pod, with their numbers on the Service.
    pub(super) others: BTreeMap<u16, i32>,
}

/// Which of a component's routes.
#[derive(Clone, Copy)]
pub(super) enum Side<'w> {
    /// All, or those on which callers are asked.
    Own(&'w [Route]),
    /// Those that stay open beside these.
    Public(&'w [Route]),
}

/// Those routes of a component with `ingress` that lead to one of its Gateways, each attached to it and to the listeners of
/// its hosts; `before` is how many of this side the component has already.
pub(super) fn routes(
    part: &Part<'_>,
    ingress: &Ingress,
    side: Side<'_>,
    backends: &Backends,
    listeners: &Listeners,
    before: usize,
) -> Result<Vec<Custom<HttpRouteSpec>>, RenderError> {
    let (Side::Own(written) | Side::Public(written)) = side;
    let mut routes = Vec::new();
    for Group { hosts, rules } in by_hosts(part, ingress, written, backends, listeners.internal)? {
        for hosts in listeners.by_owner(&hosts).iter().flat_map(|hosts| hosts.chunks(HOSTS)) {
            for rules in chunks(&rules) {
                let mut metadata = part.metadata(&name(part, side, before + routes.len()));
                listeners.mark_route(part, hosts, &mut metadata);
                let spec =
                    HttpRouteSpec { parent_refs: parents(part, hosts, listeners), hostnames: hosts.to_vec(), rules };
                routes.push(Custom::http_route(metadata, spec));
            }
        }
    }
    Ok(routes)
}

/// The name of a component's route: the component's own, then with a number.
fn name(part: &Part<'_>, side: Side<'_>, at: usize) -> String {
    let number = at + 1;
    match (side, at) {
        (Side::Own(_), 0) => part.object.clone(),
        (Side::Own(_), _) => naming::further(&part.object, &number.to_string()),
        (Side::Public(_), 0) => naming::further(&part.object, "public"),
        (Side::Public(_), _) => naming::further(&part.object, &format!("public-{number}")),
    }
}

/// A regular expression of all that [`name`] gives for a component.
pub(super) fn any_name(part: &Part<'_>) -> String {
    let auth = part.component.ingress.as_ref().and_then(|ingress| ingress.auth.as_ref());
    let open = auth.is_some_and(|auth| !auth.public.is_empty());
    let further = if open { "([0-9]+|public(-[0-9]+)?)" } else { "[0-9]+" };
    format!("{}({})?", part.object, naming::further("", further))
}

/// Rules and the hosts they hold for.
struct Group {
    hosts: Vec<String>,
    rules: Vec<RouteRule>,
}

/// The rules by the hosts they hold for, in the order in which they are written.
fn by_hosts(
    part: &Part<'_>,
    ingress: &Ingress,
    written: &[Route],
    backends: &Backends,
    internal: bool,
) -> Result<Vec<Group>, RenderError> {
    let own = Some(own_host(part, ingress)).filter(|_| !internal && ingress.own_host != Some(false));
    let all = ingress.vanity_hosts(internal);
    let there = |route: &&Route| (ingress.internal == Some(true) || route.internal == Some(true)) == internal;
    let mut groups: Vec<Group> = Vec::new();
    for route in written.iter().filter(there) {
        let hosts: BTreeSet<&str> = match route.hosts.as_slice() {
            [] => all.clone(),
            hosts => hosts.iter().map(String::as_str).collect(),
        };
        let mut names: Vec<String> = Vec::with_capacity(hosts.len() + 1);
        for host in hosts {
            check_host(part, host)?;
            names.push(host.to_owned());
        }
        names.extend(own.iter().filter(|own| !names.contains(own)).cloned().collect::<Vec<_>>());
        if names.is_empty() {
            continue;
        }
        let rule = rule(part, ingress, backends, route)?;
        match groups.iter_mut().find(|group| group.hosts == names) {
            Some(group) => add(&mut group.rules, rule),
            None => groups.push(Group { hosts: names, rules: vec![rule] }),
        }
    }
    Ok(groups)
}

/// What leads to the same place as the rule before is one with it; what was said already is said once.
fn add(rules: &mut Vec<RouteRule>, mut rule: RouteRule) {
    let same = |known: &RouteRule| known.backend_refs == rule.backend_refs && known.filters == rule.filters;
    if let Some(last) = rules.last_mut().filter(|last| same(last)) {
        let new: Vec<_> = rule.matches.into_iter().filter(|new| !last.matches.contains(new)).collect();
        last.matches.extend(new);
        return;
    }
    rule.matches.retain(|new| !rules.iter().any(|known| same(known) && known.matches.contains(new)));
    if !rule.matches.is_empty() {
        rules.push(rule);
    }
}

fn rule(part: &Part<'_>, ingress: &Ingress, backends: &Backends, route: &Route) -> Result<RouteRule, RenderError> {
    let filter = filters::filter(part, route);
    let backend = || match route.port.and_then(|port| backends.others.get(&port)) {
        None => backends.main.clone(),
        Some(&port) => BackendRef { group: None, kind: None, name: part.object.clone(), port: Some(port) },
    };
    Ok(RouteRule {
        matches: matches(part, route)?,
        timeouts: ingress.timeout.filter(|_| filter.is_none()).map(|length| Timeouts { request: duration(length) }),
        backend_refs: if filter.is_none() { vec![backend()] } else { Vec::new() },
        // Envoy Gateway reads no further than an answer of its own.
        filters: filters::headers(ingress, route).into_iter().chain(filter).collect(),
    })
}

/// The rules of each route, within the bounds of one.
fn chunks(rules: &[RouteRule]) -> Vec<Vec<RouteRule>> {
    let mut routes: Vec<Vec<RouteRule>> = Vec::new();
    for rule in rules {
        for matches in rule.matches.chunks(MATCHES_OF_RULE) {
            let rule = RouteRule { matches: matches.to_vec(), ..rule.clone() };
            let fits = |route: &&mut Vec<RouteRule>| {
                let all: usize = route.iter().map(|rule| rule.matches.len()).sum();
                route.len() < RULES && all + matches.len() <= MATCHES
            };
            match routes.last_mut().filter(fits) {
                Some(route) => route.push(rule),
                None => routes.push(vec![rule]),
            }
        }
    }
    routes
}

/// The host that the component has without asking: the app's, so that components share it by their paths; one of its
/// own where it takes every path and is not the app's `web`.
fn own_host(part: &Part<'_>, ingress: &Ingress) -> String {
    let everything = ingress.routes.is_empty() && ingress.paths.iter().all(|path| path == "/");
    let served = part.app.config.components.iter();
    let alone =
        served.filter(|(_, other)| other.ingress.as_ref().is_some_and(|i| i.internal != Some(true))).count() == 1;
    part.app.host(if everything && !alone { &part.object } else { &part.app.name })
}

fn matches(part: &Part<'_>, route: &Route) -> Result<Vec<RouteMatch>, RenderError> {
    let slash = ["/".to_owned()];
    let paths = if route.paths.is_empty() { slash.as_slice() } else { route.paths.as_slice() };
    let methods: Vec<Option<String>> = match route.methods.as_slice() {
        [] => vec![None],
        methods => methods.iter().map(|method| Some(method.to_ascii_uppercase())).collect(),
    };
    let mut out: Vec<RouteMatch> = Vec::with_capacity(paths.len() * methods.len());
    for path in paths {
        let path = path_match(part, path)?;
        for method in &methods {
            let new = RouteMatch {
                path: path.clone(),
                headers: values(&route.headers),
                query_params: values(&route.query),
                method: method.clone(),
            };
            if !out.contains(&new) {
                out.push(new);
            }
        }
    }
    Ok(out)
}

fn path_match(part: &Part<'_>, path: &str) -> Result<PathMatch, RenderError> {
    let (kind, value) = match path.as_bytes() {
        [b'=', ..] => ("Exact", &path[1..]),
        [b'~', ..] => ("RegularExpression", &path[1..]),
        _ => ("PathPrefix", path),
    };
    if value.is_empty() || value.len() > 1024 || (kind != "RegularExpression" && !is_path(value)) {
        let problem = format!("`{path}` is no path; write `/prefix`, `=/exact` or `~/regular.*expression`");
        return Err(part.error("ingress.paths", problem));
    }
    Ok(PathMatch { kind, value: value.to_owned() })
}

fn values(conditions: &BTreeMap<String, String>) -> Vec<ValueMatch> {
    let value = |(name, text): (&String, &String)| {
        let (kind, value) =
            text.strip_prefix('~').map_or(("Exact", text.as_str()), |regex| ("RegularExpression", regex));
        ValueMatch { kind, name: name.clone(), value: value.to_owned() }
    };
    conditions.iter().map(value).collect()
}

fn parents(part: &Part<'_>, hosts: &[String], listeners: &Listeners) -> Vec<ParentRef> {
    let gateway = &part.app.platform.gateway;
    let served = |host: &String| !listeners.internal && part.app.platform.serves(host, part.app.environment);
    let shared = hosts.iter().any(served).then(|| ParentRef {
        group: GROUP,
        kind: "Gateway",
        name: gateway.name.clone(),
        namespace: Some(gateway.namespace.clone()),
        section_name: Some(gateway.section.clone()),
    });
    let sections = hosts.iter().filter_map(|host| listeners.section(host)).map(|section| ParentRef {
        group: GROUP,
        kind: "ListenerSet",
        name: section.set.clone(),
        namespace: section.namespace.clone(),
        section_name: Some(section.listener.clone()),
    });
    shared.into_iter().chain(sections).collect()
}

/// A lower-case DNS name, perhaps with `*.` at the front.
fn check_host(part: &Part<'_>, host: &str) -> Result<(), RenderError> {
    let label = |label: &str| {
        let end = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        label.len() <= 63
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && end(label.bytes().next())
            && end(label.bytes().last())
    };
    let name = host.strip_prefix("*.").unwrap_or(host);
    let number = name.parse::<std::net::IpAddr>().is_ok();
    if host.len() <= 253 && name.split('.').all(label) && !number {
        Ok(())
    } else {
        Err(part.error("ingress.hosts", format!("`{host}` is no hostname such as shop.example.com or *.example.com")))
    }
}
