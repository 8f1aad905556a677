//! HTTPRoutes: which requests reach a component, within the bounds that the Gateway API sets to one route.

use super::RenderError;
use super::app::{Part, duration};
use super::custom::{
    BackendRef, BackendTrafficPolicySpec, ConsistentHash, Cookie, Custom, HttpRouteSpec, LoadBalancer, ParentRef,
    PathMatch, RouteMatch, RouteRule, TargetRef, Timeouts, ValueMatch,
};
use super::listeners::Listeners;
use caravan_convert_lift::plconfig::{Ingress, Route, Seconds};
use std::collections::{BTreeMap, BTreeSet};

/// Bounds of the HTTPRoute of Gateway API 1.6: hosts, rules, matches of one rule, matches of all rules, parents.
const HOSTS: usize = 16;
const RULES: usize = 16;
const MATCHES_OF_RULE: usize = 64;
const MATCHES: usize = 128;

/// The API group of routes, Gateways and ListenerSets.
const GROUP: &str = "gateway.networking.k8s.io";

/// The routes of a component with `ingress`, each attached to the shared Gateway and to the listeners of its hosts.
pub(super) fn routes(
    part: &Part<'_>,
    ingress: &Ingress,
    backend: &BackendRef,
    listeners: &Listeners,
) -> Result<Vec<Custom<HttpRouteSpec>>, RenderError> {
    let mut routes = Vec::new();
    for Group { hosts, matches } in by_hosts(part, ingress)? {
        for hosts in listeners.by_owner(&hosts).iter().flat_map(|hosts| hosts.chunks(HOSTS)) {
            for matches in matches.chunks(MATCHES) {
                let mut metadata = part.metadata(&name(part, routes.len()));
                listeners.mark_route(part, hosts, &mut metadata);
                let spec = HttpRouteSpec {
                    parent_refs: parents(part, hosts, listeners),
                    hostnames: hosts.to_vec(),
                    rules: rules(ingress, backend, matches),
                };
                routes.push(Custom::http_route(metadata, spec));
            }
        }
    }
    Ok(routes)
}

/// The name of a component's route: the component's own, then with a number.
pub(super) fn name(part: &Part<'_>, at: usize) -> String {
    if at == 0 { part.object.clone() } else { format!("{}-{}", part.object, at + 1) }
}

/// The policy that keeps a client with the instance that it reached first; none where nothing asks for it.
pub(super) fn sticky(part: &Part<'_>, ingress: &Ingress, routes: usize) -> Option<Custom<BackendTrafficPolicySpec>> {
    let length = ingress.sticky?;
    let target = |at| TargetRef { group: GROUP, kind: "HTTPRoute", name: name(part, at) };
    let cookie = Cookie { name: "caravan-instance", ttl: duration(Seconds(length.0.max(1))) };
    let spec = BackendTrafficPolicySpec {
        target_refs: (0..routes).map(target).collect(),
        load_balancer: LoadBalancer {
            kind: "ConsistentHash",
            consistent_hash: ConsistentHash { kind: "Cookie", cookie },
        },
    };
    Some(Custom::backend_traffic_policy(part.metadata(&part.object), spec))
}

/// Conditions and the hosts they hold for.
struct Group {
    hosts: Vec<String>,
    matches: Vec<RouteMatch>,
}

/// The conditions by the hosts they hold for, in the order in which they are written.
fn by_hosts(part: &Part<'_>, ingress: &Ingress) -> Result<Vec<Group>, RenderError> {
    let own = own_host(part, ingress);
    let all = ingress.vanity_hosts();
    let whole = Route { hosts: ingress.hosts.clone(), paths: ingress.paths.clone(), ..Route::default() };
    let written = if ingress.routes.is_empty() { std::slice::from_ref(&whole) } else { ingress.routes.as_slice() };
    let mut groups: Vec<Group> = Vec::new();
    for route in written {
        let hosts: BTreeSet<&str> = match route.hosts.as_slice() {
            [] => all.clone(),
            hosts => hosts.iter().map(String::as_str).collect(),
        };
        let mut names: Vec<String> = Vec::with_capacity(hosts.len() + 1);
        for host in hosts {
            check_host(part, host)?;
            names.push(host.to_owned());
        }
        if !names.contains(&own) {
            names.push(own.clone());
        }
        let matches = matches(part, route)?;
        match groups.iter_mut().find(|group| group.hosts == names) {
            Some(group) => {
                let new: Vec<_> = matches.into_iter().filter(|new| !group.matches.contains(new)).collect();
                group.matches.extend(new);
            }
            None => groups.push(Group { hosts: names, matches }),
        }
    }
    Ok(groups)
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
    // What the definition of HTTPRoute refuses for prefixes and exact paths.
    let refused = ["//", "/./", "/../", "%2f", "%2F", "#"];
    let ends = value.ends_with("/..") || value.ends_with("/.");
    let plain = value.starts_with('/') && !refused.iter().any(|piece| value.contains(piece)) && !ends;
    if value.is_empty() || value.len() > 1024 || (kind != "RegularExpression" && !plain) {
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

fn rules(ingress: &Ingress, backend: &BackendRef, matches: &[RouteMatch]) -> Vec<RouteRule> {
    debug_assert!(MATCHES.div_ceil(MATCHES_OF_RULE) <= RULES);
    let timeouts = ingress.timeout.map(|length| Timeouts { request: duration(length) });
    let rule = |matches: &[RouteMatch]| RouteRule {
        matches: matches.to_vec(),
        timeouts: timeouts.clone(),
        backend_refs: vec![backend.clone()],
    };
    matches.chunks(MATCHES_OF_RULE).map(rule).collect()
}

fn parents(part: &Part<'_>, hosts: &[String], listeners: &Listeners) -> Vec<ParentRef> {
    let gateway = &part.app.platform.gateway;
    let shared = hosts.iter().any(|host| part.app.platform.serves(host, part.app.environment)).then(|| ParentRef {
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
