//! What the checks need to know of the rest of the estate, gathered once for all workloads.

use super::places::each_text;
use caravan_inventory::{
    AccountId, Edge, EdgeKind, Evidence, Governor, Observation, ObservationId, ObservationKind, Redacted, Region,
    Scope, Unit, UnitId, UnitState,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What an observation is taken in as.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// Its body is asked for by id: security groups, IAM roles, metrics, machines that report.
    Body,
    /// Its name is one of ours: zones.
    Zone,
    /// Plain secrets stand in it, which others may share.
    Secrets,
}

/// What is the same for all workloads. Everything in it is added by whoever has read it; what was not added is not known.
#[derive(Clone, Debug, Default)]
pub struct EstateFacts {
    bodies: BTreeMap<ObservationId, Value>,
    zones: BTreeSet<String>,
    users: HashMap<String, BTreeSet<String>>,
    governed: HashMap<String, Vec<(Governor, Evidence)>>,
    secrets: HashMap<Redacted, BTreeSet<ObservationId>>,
    unread: Vec<Unit>,
    complete: BTreeSet<UnitId>,
}

impl EstateFacts {
    /// What observations of a kind are wanted for; none where they are not.
    #[must_use]
    pub const fn wants(kind: ObservationKind) -> Option<Role> {
        match kind {
            ObservationKind::SecurityGroup
            | ObservationKind::Role
            | ObservationKind::Metric
            | ObservationKind::ManagedInstance => Some(Role::Body),
            ObservationKind::HostedZone | ObservationKind::CloudflareZone => Some(Role::Zone),
            ObservationKind::EcsTaskDefinition
            | ObservationKind::LambdaFunction
            | ObservationKind::Ec2Instance
            | ObservationKind::LaunchTemplateVersion
            | ObservationKind::LaunchConfiguration => Some(Role::Secrets),
            _ => None,
        }
    }

    /// Takes an observation in, as far as its kind is wanted.
    pub fn add_observation(&mut self, observation: &Observation) {
        match Self::wants(observation.kind) {
            Some(Role::Body) => {
                self.bodies.insert(observation.id.clone(), observation.body.clone());
            }
            Some(Role::Zone) => {
                let name = ["Name", "name"].iter().find_map(|key| observation.body[*key].as_str());
                self.zones.extend(name.map(|name| name.trim_end_matches('.').to_ascii_lowercase()));
            }
            Some(Role::Secrets) => each_text(&observation.body, &mut String::new(), &mut |_, text| {
                for span in Redacted::find(text) {
                    self.secrets.entry(span.mark).or_default().insert(observation.id.clone());
                }
            }),
            None => {}
        }
    }

    /// Takes an edge in.
    pub fn add_edge(&mut self, edge: &Edge) {
        if matches!(edge.kind, EdgeKind::Data | EdgeKind::Queue) {
            self.users.entry(edge.to.clone()).or_default().insert(edge.from.clone());
        }
        if let Some(governor) = Governor::of(edge).filter(|_| edge.kind == EdgeKind::GovernedBy) {
            self.governed.entry(edge.from.clone()).or_default().push((governor, edge.evidence.clone()));
        }
    }

    /// Takes in how far a list came.
    pub fn add_unit(&mut self, unit: &Unit) {
        match unit.state {
            UnitState::Complete => {
                self.complete.insert(unit.id.clone());
            }
            UnitState::Skipped => {}
            UnitState::Partial | UnitState::Denied | UnitState::Throttled | UnitState::Failed => {
                self.unread.push(unit.clone());
            }
        }
    }

    /// The body of what was observed of a kind whose bodies are asked for, by its name.
    pub(super) fn body(&self, kind: ObservationKind, of: &Observation, name: &str) -> Option<(ObservationId, &Value)> {
        let scope = Scope::new(kind.provider(), of.account.clone()?, of.region.clone()?);
        let id = ObservationId::of(kind, &scope, name);
        self.bodies.get(&id).map(|body| (id, body))
    }

    /// The body of an observation whose id is known.
    pub(crate) fn body_of(&self, id: &str) -> Option<&Value> {
        self.bodies.get(&ObservationId::new(id))
    }

    /// Who uses a data store or queue, by its id in edges.
    pub(super) fn users(&self, id: &str) -> impl Iterator<Item = &str> {
        self.users.get(id).into_iter().flatten().map(String::as_str)
    }

    /// In whose keeping an observation is, with what shows it.
    pub(super) fn governed(&self, id: &ObservationId) -> &[(Governor, Evidence)] {
        self.governed.get(id.as_str()).map_or(&[], Vec::as_slice)
    }

    /// In which documents the same secret stands.
    pub(super) fn with_secret(&self, mark: Redacted) -> impl Iterator<Item = &ObservationId> {
        self.secrets.get(&mark).into_iter().flatten()
    }

    /// Whether a host lies in a zone of ours.
    pub(super) fn is_ours(&self, host: &str) -> bool {
        let ends = std::iter::successors(Some(host), |name| name.split_once('.').map(|(_, rest)| rest));
        ends.into_iter().any(|end| self.zones.contains(end))
    }

    /// Whether everything that a call was asked for in the scope of an observation was answered.
    pub(super) fn is_complete(&self, of: &Observation, api: &str) -> bool {
        let scope = of.account.clone().zip(of.region.clone());
        let unit = scope.map(|(account, region)| UnitId::of(&Scope::new(of.kind.provider(), account, region), api));
        unit.is_some_and(|unit| self.complete.contains(&unit))
    }

    /// The lists of an account and region that are not complete, those of the whole account among them.
    pub(super) fn unread<'a>(
        &'a self,
        account: Option<&'a AccountId>,
        region: Option<&'a Region>,
    ) -> impl Iterator<Item = &'a Unit> {
        self.unread.iter().filter(move |unit| {
            account.is_some()
                && unit.account.as_ref() == account
                && (unit.region.as_ref() == region || unit.region.as_ref().is_some_and(Region::is_global))
        })
    }
}
