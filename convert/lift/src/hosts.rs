//! Hosts that several apps of one environment serve: one of them owns the host, the others are its guests.

use crate::plconfig::HostShare;
use crate::shared_groups::SharedGroups;
use caravan_inventory::{Decisions, EnvironmentName, Observation, ObservationKind, QuestionId, TeamName, WorkloadId};
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
    /// The ARNs of the balancers' listeners in front of each of these apps, whichever hosts they have there.
    pub behind: BTreeMap<AppName, BTreeSet<String>>,
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

    /// Whether each of the other apps stands behind one of these listeners, by their ARNs.
    pub(crate) fn are_others_behind(&self, app: &AppName, listeners: &BTreeSet<&str>) -> bool {
        let is_behind = |other: &AppName| {
            self.behind.get(other).is_some_and(|arns| arns.iter().any(|arn| listeners.contains(arn.as_str())))
        };
        self.guests.iter().chain([&self.owner]).filter(|other| *other != app).all(is_behind)
    }
}

/// The hosts that several apps serve, in each environment, public and internal ones apart: environments are clusters of
/// their own, and a Gateway has its own listeners.
#[derive(Clone, Debug, Default)]
pub struct SharedHosts {
    shared: BTreeMap<EnvironmentName, BTreeMap<(bool, String), Sharing>>,
    /// Hosts that an answer names for a workload and that are somebody else's.
    held: BTreeMap<WorkloadId, BTreeMap<String, Holder>>,
    /// The target groups in which several workloads stand, of which one has the hosts.
    groups: SharedGroups,
}

/// Whose a host is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Holder {
    /// An app's: what leads to it says so, or another answer.
    App(AppName),
    /// The platform's, under which every app has its own.
    Platform,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::App(app) => write!(f, "the app `{app}` has it"),
            Self::Platform => f.write_str("it is the platform's own"),
        }
    }
}

impl SharedHosts {
    /// Puts a host in, of the internal Gateway or of the public one.
    pub fn insert(&mut self, environment: EnvironmentName, internal: bool, host: String, sharing: Sharing) {
        self.shared.entry(environment).or_default().insert((internal, host), sharing);
    }

    /// Says whose a host is that an answer names for a workload: the answer can't be used then.
    pub fn hold(&mut self, from: WorkloadId, host: String, holder: Holder) {
        self.held.entry(from).or_default().insert(host, holder);
    }

    /// Whose a host is that an answer names for this workload; none where the workload may have it.
    #[must_use]
    pub fn holder(&self, from: &WorkloadId, host: &str) -> Option<&Holder> {
        self.held.get(from)?.get(host)
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
        self.shared.get(environment)?.get(&(internal, host.to_owned()))
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

/// The hosts that people's answers name for a workload, each with the listeners that the answers are about, as the ids of
/// questions name them (`edge:443`); one without a name is none that was seen.
#[must_use]
pub fn hosts_said(decisions: &Decisions, workload: &WorkloadId) -> BTreeMap<String, BTreeSet<String>> {
    let mut said: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for topic in ["hosts", "exposure"] {
        let about = format!("{topic}/{workload}");
        let from = decisions.0.range(QuestionId::new(about.as_str())..);
        for (id, decision) in from.take_while(|(id, _)| id.as_str().starts_with(&about)) {
            let detail = &id.as_str()[about.len()..];
            if !(detail.is_empty() || detail.starts_with(['/', '@'])) {
                continue;
            }
            let listener = detail.split('/').find(|part| part.contains(':')).unwrap_or_default();
            let answer =
                if topic == "hosts" { Some(decision.answer.as_str()) } else { decision.answer.strip_prefix("public=") };
            let hosts = answer.into_iter().flat_map(|answer| answer.split(','));
            for host in hosts.map(|host| host.trim().to_ascii_lowercase()).filter(|host| host.contains('.')) {
                said.entry(host).or_default().insert(listener.to_owned());
            }
        }
    }
    said
}

fn elements(list: Option<&Value>) -> impl Iterator<Item = &Value> {
    list.and_then(Value::as_array).into_iter().flatten()
}
