//! The routes of a component in two: those on which callers are asked, and those that stay open.

use crate::render::RenderError;
use crate::render::app::Part;
use caravan_convert_lift::plconfig::{AuthMode, ComponentType, Ingress, Redirect, Route};
use std::collections::BTreeMap;

/// The routes of a component as they are written, in two.
#[derive(Debug, PartialEq)]
pub(in crate::render) struct Written {
    /// Those on which callers are asked, where the component asks at all.
    pub(in crate::render) guarded: Vec<Route>,
    /// Those that stay open beside them.
    pub(in crate::render) public: Vec<Route>,
}

/// The routes of a component.
///
/// Of a route that a public path lies in, the open one has the public path instead, and the guarded one stays as it is:
/// the gateway takes the longer path first. A route that lies in a public path as a whole is open as a whole. Regular
/// expressions are never open: nobody can tell whether one lies in a path.
///
/// # Errors
/// When a public path opens nothing, or nothing is left that anybody would be asked on.
pub(in crate::render) fn written(part: &Part<'_>, ingress: &Ingress) -> Result<Written, RenderError> {
    let whole = || Route { hosts: ingress.hosts.clone(), paths: ingress.paths.clone(), ..Route::default() };
    let all = if ingress.routes.is_empty() { vec![whole()] } else { ingress.routes.clone() };
    let Some(auth) = &ingress.auth else { return Ok(Written { guarded: all, public: Vec::new() }) };
    let public = auth.public.iter().map(|path| Path::read(path)).collect::<Vec<_>>();
    let mut split = Split { open: BTreeMap::new(), guarded: Vec::new() };
    for (at, route) in all.iter().enumerate() {
        split.take(at, route, &public, &all);
    }
    for (path, text) in public.iter().zip(&auth.public) {
        let mut opened = split.open.values().flatten().map(|opened| Path::read(opened));
        let opens = opened.any(|opened| path.holds(&opened) || opened.holds(path));
        if !opens {
            return Err(part.error("ingress.auth.public", format!("no path of the component lies in `{text}`")));
        }
    }
    if split.guarded.is_empty() {
        let problem = "is every path of the component: to let everybody in, leave `auth` out";
        return Err(part.error("ingress.auth.public", problem));
    }
    let open = |(at, paths): (usize, Vec<String>)| Route { paths, ..all[at].clone() };
    let public = split.open.into_iter().map(open).collect();
    let mut guarded = split.guarded;
    if auth.mode == AuthMode::Login {
        sign_in(part, ingress, &mut guarded)?;
    }
    Ok(Written { guarded, public })
}

struct Split {
    /// The paths that are open of each route, by its place.
    open: BTreeMap<usize, Vec<String>>,
    guarded: Vec<Route>,
}

impl Split {
    fn take(&mut self, at: usize, route: &Route, public: &[Path<'_>], all: &[Route]) {
        let slash = ["/".to_owned()];
        let paths = if route.paths.is_empty() { slash.as_slice() } else { route.paths.as_slice() };
        let mut closed = Vec::new();
        for text in paths {
            let path = Path::read(text);
            if public.iter().any(|public| public.holds(&path)) {
                self.open.entry(at).or_default().push(text.clone());
                continue;
            }
            for public in public.iter().filter(|public| path.holds(public) && path.leads(public, route, all)) {
                self.open.entry(at).or_default().push(public.text());
            }
            closed.push(text.clone());
        }
        if closed.len() == paths.len() {
            self.guarded.push(route.clone());
        } else if !closed.is_empty() {
            self.guarded.push(Route { paths: closed, ..route.clone() });
        }
    }
}

/// A path as a route or a public path writes it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Path<'t> {
    /// Without a `/` at its end: every path is empty.
    Prefix(&'t str),
    Exact(&'t str),
    Expression,
}

impl<'t> Path<'t> {
    fn read(text: &'t str) -> Self {
        match text.as_bytes() {
            [b'=', ..] => Self::Exact(&text[1..]),
            [b'~', ..] => Self::Expression,
            _ => Self::Prefix(text.trim_end_matches('/')),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Prefix("") | Self::Expression => "/".to_owned(),
            Self::Prefix(prefix) => (*prefix).to_owned(),
            Self::Exact(path) => format!("={path}"),
        }
    }

    /// Whether every request of another path is one of this path.
    fn holds(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Prefix(outer), Self::Prefix(inner) | Self::Exact(inner)) => {
                inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
            (Self::Exact(one), Self::Exact(other)) => one == other,
            _ => false,
        }
    }

    /// Whether a public path that lies in this one leads where this one leads: no longer path of another route holds it that
    /// takes every request, or that could be meant as well as this one.
    fn leads(&self, public: &Self, route: &Route, all: &[Route]) -> bool {
        let Self::Prefix(own) = self else { return false };
        let same = |other: &&Route| other.hosts.is_empty() || route.hosts.is_empty() || other.hosts == route.hosts;
        let in_its_place = |other: &&Route| is_conditional(route) || !is_conditional(other);
        let others = all.iter().filter(same).filter(in_its_place).flat_map(|other| &other.paths);
        !others.map(|text| Path::read(text)).any(|other| match other {
            Path::Prefix(text) => text.len() > own.len() && other.holds(public),
            Path::Exact(_) => other == *public,
            Path::Expression => false,
        })
    }
}

/// Whether a route asks for more than a path.
fn is_conditional(route: &Route) -> bool {
    !route.headers.is_empty() || !route.query.is_empty() || !route.methods.is_empty()
}

/// The path to which the provider sends people back, and the one that ends their session. No other component has them, and
/// what is exact comes before every other path.
pub(in crate::render) fn callback(part: &Part<'_>) -> [String; 2] {
    ["callback", "logout"].map(|what| format!("/.auth/{}/{what}", part.object))
}

/// Where the routes of the login lead: the gateway answers before that, so that it is only where there is nothing behind them that
/// something has to be named.
fn elsewhere(part: &Part<'_>) -> Option<Redirect> {
    let nothing_runs = part.component.kind == ComponentType::Routes;
    nothing_runs.then(|| Redirect { path: Some("/".to_owned()), status: 302, ..Redirect::default() })
}

/// Adds the routes of the login itself wherever people are asked to log in.
fn sign_in(part: &Part<'_>, ingress: &Ingress, guarded: &mut Vec<Route>) -> Result<(), RenderError> {
    let wildcard =
        guarded.iter().flat_map(|route| &route.hosts).chain(&ingress.hosts).find(|host| host.starts_with("*."));
    if let Some(host) = wildcard {
        let problem =
            format!("`mode: login` needs hosts by name, and `{host}` is many: the provider sends nobody back there");
        return Err(part.error("ingress.auth", problem));
    }
    let paths: Vec<String> = callback(part).iter().map(|path| format!("={path}")).collect();
    for internal in [None, Some(true)] {
        let there: Vec<&Route> = guarded.iter().filter(|route| route.internal.filter(|is| *is) == internal).collect();
        if there.is_empty() {
            continue;
        }
        // A route that names no host is for every host of the component.
        let every = there.iter().any(|route| route.hosts.is_empty());
        let mut hosts: Vec<String> = there.iter().flat_map(|route| route.hosts.iter().cloned()).collect();
        hosts.sort();
        hosts.dedup();
        let hosts = if every { Vec::new() } else { hosts };
        guarded.push(Route { hosts, paths: paths.clone(), internal, redirect: elsewhere(part), ..Route::default() });
    }
    Ok(())
}
