//! Hosts that a person's answer names for an app and that are somebody else's already.

use crate::{App, Platform};
use caravan_convert_lift::{AppName, Holder, SharedHosts, hosts_said};
use caravan_inventory::{Decisions, EnvironmentName, WorkloadId};
use std::collections::{BTreeMap, BTreeSet};

/// The listeners in front of workloads.
#[derive(Clone, Debug, Default)]
pub struct Listeners {
    /// As the ids of questions name them: `edge:443`.
    names: BTreeMap<WorkloadId, BTreeSet<String>>,
    arns: BTreeMap<WorkloadId, BTreeSet<String>>,
}

impl Listeners {
    /// Adds those of a workload, as the ids of questions name them.
    pub fn insert(&mut self, workload: WorkloadId, listeners: BTreeSet<String>) {
        self.names.insert(workload, listeners);
    }

    /// Adds those of a workload, by their ARNs: names are the same in other accounts and regions.
    pub fn insert_arns(&mut self, workload: WorkloadId, arns: BTreeSet<String>) {
        self.arns.insert(workload, arns);
    }

    fn of<'l>(&'l self, members: &'l BTreeSet<WorkloadId>) -> impl Iterator<Item = &'l String> {
        members.iter().filter_map(|member| self.names.get(member)).flatten()
    }

    /// The ARNs of those in front of any of these.
    pub(super) fn arns_of(&self, members: &BTreeSet<WorkloadId>) -> BTreeSet<String> {
        members.iter().filter_map(|member| self.arns.get(member)).flatten().cloned().collect()
    }
}

/// The listeners by which answers say that an app has a host; one without a name is none that was seen.
pub(super) struct Said(BTreeSet<String>);

impl Said {
    /// None where no answer names the host.
    pub(super) fn of(
        host: &str,
        members: &BTreeSet<WorkloadId>,
        decisions: &Decisions,
        listeners: &Listeners,
    ) -> Option<Self> {
        let said = members.iter().filter_map(|member| hosts_said(decisions, member).remove(host));
        let mut said: BTreeSet<String> = said.flatten().collect();
        let known: BTreeSet<&String> = listeners.of(members).collect();
        // An answer about a listener that no longer stands before it opens nothing.
        said.retain(|listener| listener.is_empty() || known.contains(listener));
        (!said.is_empty()).then_some(Self(said))
    }

    /// Whether another app has the host by other listeners than these: by its answers, or else by what leads to it. By the
    /// same listener, the order of its rules divides the host between both.
    pub(super) fn is_against(
        &self,
        other: Option<&Self>,
        members: &BTreeSet<WorkloadId>,
        listeners: &Listeners,
    ) -> bool {
        let theirs: BTreeSet<&String> = match other {
            Some(Self(said)) => said.iter().collect(),
            None => listeners.of(members).collect(),
        };
        !self.0.iter().all(|listener| !listener.is_empty() && theirs.contains(listener))
    }
}

/// Holds the hosts that answers name and that are the platform's own or, below its domain, another app's.
pub fn hold_platform(shared: &mut SharedHosts, apps: &[App], decisions: &Decisions, platform: &Platform) {
    let mut own: BTreeMap<(&EnvironmentName, &str), Vec<AppName>> = BTreeMap::new();
    let named = |app: &App| AppName { team: app.team.clone(), app: app.name.clone() };
    let all = || apps.iter().flat_map(|app| app.members.iter().map(move |member| (app, member)));
    for (app, member) in all() {
        own.entry((&member.environment, app.name.as_str())).or_default().push(named(app));
    }
    for (app, member) in all() {
        let domain = platform.domain(member.environment.as_str());
        for host in hosts_said(decisions, &member.workload).into_keys() {
            let below = host.strip_suffix(&domain).and_then(|rest| rest.strip_suffix('.'));
            let holder = match below {
                None => (host == domain).then_some(Holder::Platform),
                Some(names) if names.starts_with('*') => Some(Holder::Platform),
                Some(label) => {
                    let apps = own.get(&(&member.environment, label));
                    let other = apps.and_then(|apps| apps.iter().find(|other| **other != named(app)));
                    other.cloned().map(Holder::App)
                }
            };
            if let Some(holder) = holder {
                shared.hold(member.workload.clone(), host, holder);
            }
        }
    }
}
