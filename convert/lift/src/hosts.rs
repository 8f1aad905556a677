//! Hosts that several apps of one environment serve: one of them owns the host, the others are its guests.

use crate::plconfig::HostShare;
use crate::shared_groups::SharedGroups;
use caravan_inventory::{EnvironmentName, Observation, ObservationKind, TeamName, WorkloadId};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// An app among those of all teams; written `team/app`.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct AppName {
    /// Whose it is.
    pub team: TeamName,
    /// Its name, unique in its team.
    pub app: String,
}

impl fmt::Display for AppName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.team, self.app)
    }
}

/// A host that several apps serve.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sharing {
    /// Whose are its listener, its certificate and its DNS record.
    pub owner: AppName,
    /// The others, whose routes attach to the owner's listener; at least one.
    pub guests: BTreeSet<AppName>,
    /// The workload that asks people who the owner is; none where the rule decides alone.
    pub asks: Option<WorkloadId>,
    /// Which of the owner's sets of listeners has the host's, counted from 1; none is the first.
    pub set: Option<u32>,
}

impl Sharing {
    /// What the plconfig of one of these apps says about the host; none for any other app.
    pub(crate) fn told_to(&self, app: &AppName) -> Option<HostShare> {
        if *app == self.owner {
            let guests = self.guests.iter().map(AppName::to_string).collect();
            Some(HostShare { owner: None, guests, set: self.set })
        } else {
            let owner = Some(self.owner.to_string());
            self.guests.contains(app).then(|| HostShare { owner, guests: Vec::new(), set: self.set })
        }
    }
}

/// The hosts that several apps serve, in each environment, public and internal ones apart: environments are clusters of
/// their own, and a Gateway has its own listeners.
#[derive(Clone, Debug, Default)]
pub struct SharedHosts {
    hosts: BTreeMap<EnvironmentName, BTreeMap<(bool, String), Sharing>>,
    /// The target groups in which several workloads stand, of which one has the hosts.
    groups: SharedGroups,
}

impl SharedHosts {
    /// Puts a host in, of the internal Gateway or of the public one.
    pub fn insert(&mut self, environment: EnvironmentName, internal: bool, host: String, sharing: Sharing) {
        self.hosts.entry(environment).or_default().insert((internal, host), sharing);
    }

    /// The same with the target groups that several workloads share.
    #[must_use]
    pub fn with_groups(self, groups: SharedGroups) -> Self {
        Self { groups, ..self }
    }

    /// Those target groups.
    pub(crate) fn groups(&self) -> &SharedGroups {
        &self.groups
    }

    /// Who shares a host; none where one app has it alone.
    #[must_use]
    pub fn get(&self, environment: &EnvironmentName, internal: bool, host: &str) -> Option<&Sharing> {
        self.hosts.get(environment)?.get(&(internal, host.to_owned()))
    }
}

/// The hosts that an observation names, as a lift would write them: all that its workload can serve, and perhaps more.
/// Cheap, to find out which workloads have to be lifted before it is known who shares a host.
#[must_use]
pub fn hosts_named(observation: &Observation) -> BTreeSet<String> {
    if matches!(observation.kind, ObservationKind::RecordSet | ObservationKind::DnsRecord) {
        let field = if observation.kind == ObservationKind::RecordSet { "Name" } else { "name" };
        let name = observation.body.get(field).and_then(Value::as_str);
        return name
            .map(|name| name.trim_end_matches('.').to_ascii_lowercase().replace("\\052", "*"))
            .into_iter()
            .collect();
    }
    if matches!(observation.kind, ObservationKind::BasePathMapping | ObservationKind::ApiMapping) {
        let name = observation.body.get("domainName").and_then(Value::as_str);
        return name.map(str::to_ascii_lowercase).into_iter().collect();
    }
    if observation.kind == ObservationKind::WranglerConfig {
        return crate::worker::hosts_of(&observation.body);
    }
    if observation.kind != ObservationKind::ListenerRule {
        return BTreeSet::new();
    }
    let conditions = elements(observation.body.get("Conditions"));
    let hosts = conditions.filter(|condition| condition["Field"] == "host-header");
    let values = hosts.flat_map(|condition| {
        let twice = [condition.get("Values"), condition.pointer("/HostHeaderConfig/Values")];
        twice.into_iter().flat_map(elements)
    });
    values.filter_map(|value| value.as_str().map(str::to_ascii_lowercase)).collect()
}

fn elements(list: Option<&Value>) -> impl Iterator<Item = &Value> {
    list.and_then(Value::as_array).into_iter().flatten()
}
