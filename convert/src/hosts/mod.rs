//! One owner for each vanity host, over all apps.
//!
//! Two listeners with one host on one Gateway conflict: the older one is programmed, the other is not, and two
//! certificates for it use up the issuer's budget twice. So one app owns the host, and the others attach their routes to
//! its listener.

use crate::render::LISTENERS;
use crate::{App, Platform, render};
use caravan_convert_lift::plconfig::{Ingress, PlConfig, Route};
use caravan_convert_lift::{AppName, Holder, LiftOutcome, Lifted, SharedHosts, Sharing};
use caravan_inventory::{Decisions, EnvironmentName, QuestionId, WorkloadId};
use held::Said;
pub use held::{Listeners, hold_platform};
use std::collections::{BTreeMap, BTreeSet};

/// How much of a host an app serves: the least is the most.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Extent {
    /// Everything below a path of this length; the shortest is `/`.
    Below(usize),
    /// Of everything below a path of this length, what fulfils further conditions.
    Among(usize),
    /// Single paths, or patterns.
    Single,
}

/// What one app claims of one host.
#[derive(Clone, Debug)]
struct Served {
    extent: Extent,
    workload: WorkloadId,
    /// Every member of the app that serves it.
    members: BTreeSet<WorkloadId>,
}

/// Which apps serve which hosts, gathered app by app.
#[derive(Clone, Debug, Default)]
pub struct HostClaims(BTreeMap<(EnvironmentName, bool, String), BTreeMap<AppName, Served>>);

impl HostClaims {
    /// Adds an app by what became of its members, in their order. What can't be converted serves nothing.
    pub fn add(&mut self, app: &App, lifted: &[Lifted], platform: &Platform) {
        let name = AppName { team: app.team.clone(), app: app.name.clone() };
        for (member, lifted) in app.members.iter().zip(lifted) {
            let LiftOutcome::Converted(config) = &lifted.outcome else { continue };
            if render::objects(config, platform, member.environment.as_str()).is_err() {
                continue;
            }
            for ((internal, host), extent) in served(config) {
                let workload = member.workload.clone();
                let served = Served { extent, members: [workload.clone()].into(), workload };
                let apps = self.0.entry((member.environment.clone(), internal, host)).or_default();
                // Of several members of one app that serve a host, the one that serves the most of it speaks for the app.
                let known = apps.entry(name.clone()).or_insert_with(|| served.clone());
                known.members.extend(served.members.clone());
                if served.extent < known.extent {
                    *known = Served { members: std::mem::take(&mut known.members), ..served };
                }
            }
        }
    }

    /// Decides whose each host is that several apps serve: of the one that serves the most of it (everything below the
    /// shortest path), else of the first by team and name. Where they are of several teams, that is assumed and people
    /// are asked. Hosts below the platform's own domain are left out: they need no listener. What only an answer says an app
    /// has, and another app has by a listener of its own, is held: no answer opens it. A set of
    /// listeners holds so many, so those that an app shares are spread over several.
    #[must_use]
    pub fn share(self, decisions: &Decisions, platform: &Platform, listeners: &Listeners) -> SharedHosts {
        let mut shared = SharedHosts::default();
        let mut lent: BTreeMap<(EnvironmentName, bool, AppName), usize> = BTreeMap::new();
        for ((environment, internal, host), mut apps) in self.0 {
            let said = apps.iter().filter_map(|(app, served)| {
                Some((app.clone(), Said::of(&host, &served.members, decisions, listeners)?))
            });
            let said: BTreeMap<AppName, Said> = said.collect();
            let held = said.iter().filter_map(|(app, own)| {
                let is_other = |(other, served): &(&AppName, &Served)| {
                    *other != app && own.is_against(said.get(*other), &served.members, listeners)
                };
                Some((app.clone(), apps.iter().find(is_other)?.0.clone()))
            });
            let held: Vec<(AppName, AppName)> = held.collect();
            for (app, by) in held {
                let members = apps.remove(&app).map(|served| served.members).unwrap_or_default();
                members.into_iter().for_each(|from| shared.hold(from, host.clone(), Holder::App(by.clone())));
            }
            let needs_listener = internal || !platform.serves(&host, environment.as_str());
            let topic = if internal { "internal-host-owner" } else { "host-owner" };
            let behind = |(app, served): (&AppName, &Served)| (app.clone(), listeners.arns_of(&served.members));
            let behind: BTreeMap<AppName, BTreeSet<String>> = apps.iter().map(behind).collect();
            if let Some(mut sharing) = share(topic, &host, apps, decisions).filter(|_| needs_listener) {
                sharing.behind = behind;
                let before = lent.entry((environment.clone(), internal, sharing.owner.clone())).or_default();
                sharing.set = u32::try_from(*before / LISTENERS + 1).ok().filter(|set| *set > 1);
                *before += 1;
                shared.insert(environment, internal, host, sharing);
            }
        }
        shared
    }
}

/// None where one app has the host alone.
fn share(topic: &str, host: &str, apps: BTreeMap<AppName, Served>, decisions: &Decisions) -> Option<Sharing> {
    let (first, served) = apps.iter().min_by_key(|(_, served)| served.extent).filter(|_| apps.len() > 1)?;
    let asks = apps.keys().any(|app| app.team != first.team).then(|| served.workload.clone());
    let answer = asks.as_ref().and_then(|workload| {
        let id = QuestionId::new(format!("{topic}/{workload}/{host}"));
        decisions.answer(&id).and_then(|answer| apps.keys().find(|app| app.to_string() == answer))
    });
    let owner = answer.unwrap_or(first).clone();
    let guests = apps.into_keys().filter(|app| *app != owner).collect();
    Some(Sharing { owner, guests, asks, set: None, behind: BTreeMap::new() })
}

/// The vanity hosts of a plconfig on the internal Gateway and on the public one, with how much of each it serves.
fn served(config: &PlConfig) -> BTreeMap<(bool, String), Extent> {
    let mut hosts: BTreeMap<(bool, String), Extent> = BTreeMap::new();
    let ingresses = config.components.values().filter_map(|component| component.ingress.as_ref());
    for (ingress, internal) in ingresses.flat_map(|ingress| [(ingress, false), (ingress, true)]) {
        for host in ingress.vanity_hosts(internal) {
            let extent = extent(ingress, host);
            hosts.entry((internal, host.to_owned())).and_modify(|known| *known = extent.min(*known)).or_insert(extent);
        }
    }
    hosts
}

fn extent(ingress: &Ingress, host: &str) -> Extent {
    if ingress.routes.is_empty() {
        return below(&ingress.paths, true);
    }
    let names = |route: &&Route| route.hosts.is_empty() || route.hosts.iter().any(|other| other == host);
    let whole = |route: &Route| route.headers.is_empty() && route.query.is_empty() && route.methods.is_empty();
    let leads = |route: &&Route| route.respond.is_none() && route.redirect.is_none();
    let parts = ingress.routes.iter().filter(names).filter(leads).map(|route| below(&route.paths, whole(route)));
    parts.min().unwrap_or(Extent::Single)
}

fn below(paths: &[String], whole: bool) -> Extent {
    let prefixes = paths.iter().filter(|path| path.starts_with('/')).map(String::len);
    let shortest = if paths.is_empty() { Some("/".len()) } else { prefixes.min() };
    match shortest {
        Some(length) if whole => Extent::Below(length),
        Some(length) => Extent::Among(length),
        None => Extent::Single,
    }
}

mod held;

#[cfg(test)]
mod tests;
