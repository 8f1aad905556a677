//! What the rules come to in the plconfig.

use super::actions::Action;
use super::answers;
use super::model::{Glob, HOST_HEADER, Ordered, Outcome, Path, Placed};
use super::read::{Listener, Read};
use super::sides::Side;
use crate::context::Context;
use crate::plconfig::{Component, Ingress, Respond, Route};
use std::collections::{BTreeMap, BTreeSet};

/// The routes of all listeners.
#[derive(Default)]
pub(super) struct Made {
    routes: Vec<Route>,
    /// How many public listeners lead here.
    public: usize,
    /// Whether the public routes would be tried in another order at one host.
    turned: bool,
    /// Whether a public listener has only answers for the app.
    answers: bool,
}

impl Made {
    /// Adds what one listener's rules come to.
    pub(super) fn add(&mut self, context: &Context<'_, '_>, component: &Component, one: &Listener<'_>, side: &Side) {
        let Side { placed, internal, .. } = side;
        let internal = *internal;
        let opens = placed.iter().any(|placed| matches!(placed.outcome, Outcome::Group(_)));
        if !internal {
            self.public += usize::from(opens);
            // What is compared with the host that was asked for is nowhere at the app's own host.
            let by_header = placed.iter().any(|placed| one.read[placed.rule].conditions.is_by_header());
            self.turned |= by_header || !one.ordered.fits_one_host(placed);
            self.answers |= !opens && !placed.is_empty();
        }
        let headers = one.way.listener.map(answers::headers).unwrap_or_default();
        let open = routes(context, component, &one.read, placed, internal);
        for route in closed(&one.ordered, side, &open).into_iter().chain(open) {
            let same = |known: &Route| Route { response_headers: BTreeMap::new(), ..known.clone() } == route;
            match self.routes.iter_mut().find(|known| same(known)) {
                // Two listeners with the same route: an answer has what either adds.
                Some(known) => {
                    for (name, value) in &headers {
                        known.response_headers.entry(name.clone()).or_insert_with(|| value.clone());
                    }
                }
                None => self.routes.push(Route { response_headers: headers.clone(), ..route }),
            }
        }
    }

    /// The ingress with these routes; none where there is nothing to say.
    pub(super) fn ingress(mut self, before: Option<Ingress>) -> Option<Ingress> {
        if self.routes.is_empty() {
            return before;
        }
        let mut ingress = before.unwrap_or_default();
        if self.routes.windows(2).all(|pair| pair[0].response_headers == pair[1].response_headers) {
            for route in &mut self.routes {
                ingress.response_headers = std::mem::take(&mut route.response_headers);
            }
        }
        if self.routes.iter().all(|route| route.internal == Some(true)) {
            ingress.internal = Some(true);
            self.routes.iter_mut().for_each(|route| route.internal = None);
        } else {
            // What was seen on a public balancer is public, whatever else stands in front of it.
            ingress.internal = None;
        }
        if self.turned || self.public > 1 || (self.answers && self.public == 0) {
            ingress.own_host = Some(false);
        }
        match self.routes.as_slice() {
            [one] if *one == (Route { hosts: one.hosts.clone(), paths: one.paths.clone(), ..Route::default() }) => {
                ingress.hosts.clone_from(&one.hosts);
                ingress.paths.clone_from(&one.paths);
            }
            _ => ingress.routes = self.routes,
        }
        Some(ingress)
    }
}

/// The routes that keep closed what wildcards would take of hosts that are closed here: before all expressions and prefixes by
/// their length, before each exact path by one header more.
fn closed(ordered: &Ordered, side: &Side, open: &[Route]) -> Vec<Route> {
    /// So many that the expression stays below what a header's value may have, 4096 characters.
    const HOSTS: usize = 12;
    let mut together: BTreeMap<&BTreeSet<String>, Vec<Glob>> = BTreeMap::new();
    for (host, wildcards) in &side.closed {
        together.entry(wildcards).or_default().push(Glob::plain(host));
    }
    let closing = |like: &Route, wildcards: &BTreeSet<String>, hosts: &[Glob]| {
        let mut route = Route { redirect: None, port: None, ..like.clone() };
        route.hosts = wildcards.iter().cloned().collect();
        route.headers.insert(HOST_HEADER.to_owned(), host_value(&hosts.iter().collect::<Vec<_>>()));
        route.internal = side.internal.then_some(true);
        route.respond = Some(Respond { status: 404, ..Respond::default() });
        route
    };
    let foremost = Route { paths: vec![ordered.foremost().written()], ..Route::default() };
    let mut routes = Vec::new();
    for (wildcards, hosts) in &together {
        let at = |route: &&Route| route.hosts.iter().any(|host| wildcards.contains(host));
        let exact = open.iter().filter(at).map(|route| Route {
            paths: route.paths.iter().filter(|path| path.starts_with('=')).cloned().collect(),
            ..route.clone()
        });
        let like: Vec<Route> = exact.filter(|route| !route.paths.is_empty()).chain([foremost.clone()]).collect();
        for hosts in hosts.chunks(HOSTS) {
            routes.extend(like.iter().map(|like| closing(like, wildcards, hosts)));
        }
    }
    routes
}

/// The routes that one listener's rules come to, in the order of its rules.
pub(super) fn routes(
    context: &Context<'_, '_>,
    component: &Component,
    read: &[Read<'_>],
    placed: &[Placed],
    internal: bool,
) -> Vec<Route> {
    let mut routes = Vec::new();
    for placed in placed {
        let read = &read[placed.rule];
        let mut route = Route {
            hosts: placed.hosts.iter().cloned().collect(),
            paths: placed.paths.iter().map(Path::written).collect(),
            methods: read.conditions.methods.clone(),
            internal: internal.then_some(true),
            ..Route::default()
        };
        if route.paths == ["/"] {
            route.paths.clear();
        }
        for (name, globs) in &read.conditions.headers {
            let globs: Vec<_> = globs.iter().collect();
            let is_host = name == HOST_HEADER;
            route.headers.insert(name.clone(), if is_host { host_value(&globs) } else { value(&globs) });
        }
        match (&placed.outcome, &read.action) {
            (Outcome::Group(_), _) => {
                let port = read.group.and_then(|group| context.around.served.get(group)).copied();
                route.port = port.filter(|port| Some(*port) != component.port);
            }
            (Outcome::Answer(_), Action::Respond(respond)) => route.respond = Some(respond.clone()),
            (Outcome::Answer(_), Action::Redirect(redirect)) => route.redirect = Some(redirect.clone()),
            _ => route.respond = Some(Respond { status: 404, ..Respond::default() }),
        }
        let mut queries = read.conditions.queries.clone();
        if queries.is_empty() {
            queries.push(BTreeMap::new());
        }
        for query in queries {
            let mut route = route.clone();
            route.query = query.iter().map(|(name, glob)| (name.clone(), value(&[glob]))).collect();
            routes.push(route);
        }
    }
    routes
}

/// Hosts as the header has them: perhaps with a port, which is no part of the name.
fn host_value(globs: &[&Glob]) -> String {
    let all: Vec<String> = globs.iter().map(|glob| glob.expression()).collect();
    let all = if all.len() == 1 { all.concat() } else { format!("({})", all.join("|")) };
    format!("~(?i){all}(:[0-9]+)?")
}

/// One value, or several by a regular expression, without regard to case: `200`, `~(?i)json`, `~(?i)(json|xml)`.
fn value(globs: &[&Glob]) -> String {
    if let [one] = globs
        && let Some(text) = one.literal().filter(|text| !one.has_letters() && !text.starts_with('~'))
    {
        return text;
    }
    let all: Vec<String> = globs.iter().map(|glob| glob.expression()).collect();
    let fold = if globs.iter().any(|glob| glob.has_letters()) { "(?i)" } else { "" };
    match all.as_slice() {
        [one] => format!("~{fold}{one}"),
        all => format!("~{fold}({})", all.join("|")),
    }
}
