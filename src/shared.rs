//! What workloads share, as it becomes Terraform: each resource with whoever uses it.

use crate::config::Config;
use crate::error::Failure;
use crate::governed::Keeping;
use crate::lifting::Estate;
use caravan_convert::{
    AppAuth, AppRoles, Company, Existing, Nothing, SharedConverted, SharedEstate, SharedResource, Trace, convert_shared,
};
use caravan_discover::Resource;
use caravan_inventory::{
    AccountId, Decisions, EdgeKind, EnvironmentName, Observation, ObservationKind as Kind, Ownership, Question,
    Subject, TeamName,
};
use caravan_inventory_store::Store;
use std::collections::{BTreeMap, BTreeSet};

/// The team of what nobody owns.
const UNASSIGNED: &str = "unassigned";

/// The services of which resources are taken over: what is needed of them and was not read is said.
const SERVICES: &[&str] = &["dynamodb:", "s3:", "secretsmanager:", "sns:", "sqs:"];

/// What apps need beside what they share.
#[derive(Default)]
pub(crate) struct AppNeeds {
    /// The roles whose rights they take over.
    pub(crate) roles: Vec<AppRoles>,
    /// What they need at whoever says who callers are.
    pub(crate) auth: Vec<AppAuth>,
    /// The account of each environment, where it is known.
    pub(crate) accounts: BTreeMap<EnvironmentName, AccountId>,
}

/// What workloads share.
pub(crate) struct Shared {
    resources: Vec<SharedResource>,
    unread: BTreeSet<String>,
}

impl Shared {
    /// Reads every shared resource, and who needs it.
    ///
    /// # Errors
    /// Those of reading.
    pub(crate) fn read(store: &Store, ownership: &Ownership, estate: &Estate) -> Result<Self, Failure> {
        let mut resources = resources(store, ownership)?;
        let parts = parts(store)?;
        let keeping = Keeping::read(store)?;
        for resource in &mut resources {
            resource.parts = parts.get(&resource.observation.name).cloned().unwrap_or_default();
            let own = (resource.observation.id.clone(), keeping.of(&resource.id).to_vec());
            let of_parts = resource.parts.iter().map(|part| (part.id.clone(), keeping.of(part.id.as_str()).to_vec()));
            resource.keepers = std::iter::once(own).chain(of_parts).filter(|(_, all)| !all.is_empty()).collect();
        }
        resources.sort_by(|one, other| one.id.cmp(&other.id));
        let needs = Needs::read(store, estate, &resources)?;
        for resource in &mut resources {
            resource.users = needs.users(&resource.id);
        }
        Ok(Self { resources, unread: needs.unread })
    }

    /// Makes Terraform of it.
    pub(crate) fn convert(
        &self,
        apps: &AppNeeds,
        people: Option<&Company>,
        config: &Config,
        decisions: &Decisions,
        existing: &dyn Existing,
    ) -> SharedConverted {
        let AppNeeds { roles, auth, accounts } = apps;
        let (resources, unread) = (self.resources.as_slice(), &self.unread);
        let estate = SharedEstate { resources, apps: roles, unread, auth, accounts, people };
        convert_shared(&estate, &config.platform, decisions, existing, Trace::Off)
    }

    /// Every question about it that nobody answered.
    pub(crate) fn questions(&self, config: &Config, decisions: &Decisions) -> Vec<Question> {
        self.convert(&AppNeeds::default(), None, config, decisions, &Nothing).questions
    }
}

/// The ids of everything shared that the inventory holds.
///
/// # Errors
/// Those of reading.
pub(crate) fn ids(store: &Store) -> Result<BTreeSet<String>, Failure> {
    Ok(resources(store, &Ownership::default())?.into_iter().map(|resource| resource.id).collect())
}

fn resources(store: &Store, ownership: &Ownership) -> Result<Vec<SharedResource>, Failure> {
    let mut found = Vec::new();
    for kind in Resource::kinds() {
        store.observations_by_kind(kind, None, None, |observation| {
            if let Some(Resource { id, name, team, .. }) = Resource::of(&observation, ownership) {
                found.push(shared(id, name, observation, Some(team)));
            }
            Ok::<_, Failure>(())
        })?;
    }
    store.observations_by_kind(Kind::HostedZone, None, None, |observation| {
        let name = observation.body.get("Name").and_then(serde_json::Value::as_str).unwrap_or(&observation.name);
        let subject = Subject { account: observation.account.as_ref(), ..Subject::default() };
        let owner = ownership.owner(&subject);
        let stated = owner.assigned.then_some(owner.team);
        found.push(shared(observation.id.as_str().to_owned(), name.to_owned(), observation, stated));
        Ok::<_, Failure>(())
    })?;
    Ok(found)
}

fn shared(id: String, name: String, observation: Observation, team: Option<TeamName>) -> SharedResource {
    let stated = team.filter(|team| team.as_str() != UNASSIGNED);
    SharedResource {
        id,
        name,
        observation,
        parts: Vec::new(),
        stated,
        users: BTreeSet::new(),
        keepers: BTreeMap::new(),
    }
}

/// What was observed apart and is of a resource, by the resource's ARN, sorted by id.
fn parts(store: &Store) -> Result<BTreeMap<String, Vec<Observation>>, Failure> {
    let mut parts: BTreeMap<String, Vec<Observation>> = BTreeMap::new();
    for kind in [Kind::Subscription, Kind::BucketPolicy, Kind::BucketNotifications] {
        store.observations_by_kind(kind, None, None, |observation| {
            let of = match kind {
                Kind::Subscription => observation.body.get("TopicArn").and_then(serde_json::Value::as_str),
                _ => Some(observation.name.as_str()),
            };
            if let Some(of) = of {
                parts.entry(of.to_owned()).or_default().push(observation);
            }
            Ok::<_, Failure>(())
        })?;
    }
    Ok(parts)
}

/// Who needs what.
struct Needs {
    /// The teams of workloads, without those that nobody knows.
    teams: BTreeMap<String, TeamName>,
    /// Whoever needs a thing directly, by what it needs.
    by_needed: BTreeMap<String, BTreeSet<String>>,
    unread: BTreeSet<String>,
}

impl Needs {
    fn read(store: &Store, estate: &Estate, resources: &[SharedResource]) -> Result<Self, Failure> {
        let known: BTreeSet<&str> = resources.iter().map(|resource| resource.id.as_str()).collect();
        let mut teams = BTreeMap::new();
        for app in estate.apps.iter().filter(|app| app.team.as_str() != UNASSIGNED) {
            teams.extend(app.members.iter().map(|member| (member.workload.as_str().to_owned(), app.team.clone())));
        }
        let (mut by_needed, mut unread) = (BTreeMap::<_, BTreeSet<_>>::new(), BTreeSet::new());
        for kind in EdgeKind::ALL {
            for edge in store.edges_of_kind(*kind)? {
                if known.contains(edge.to.as_str()) {
                    by_needed.entry(edge.to).or_default().insert(edge.from);
                } else if SERVICES.iter().any(|service| edge.to.starts_with(service)) && Resource::is_id(&edge.to) {
                    unread.insert(edge.to);
                }
            }
        }
        Ok(Self { teams, by_needed, unread })
    }

    /// The teams whose workloads need a resource; where none does directly, those that need it through other resources.
    fn users(&self, id: &str) -> BTreeSet<TeamName> {
        let (mut ids, mut seen) = (BTreeSet::from([id.to_owned()]), BTreeSet::new());
        while !ids.is_empty() {
            let needing: BTreeSet<&String> = ids.iter().filter_map(|id| self.by_needed.get(id)).flatten().collect();
            let teams: BTreeSet<TeamName> = needing.iter().filter_map(|id| self.teams.get(*id)).cloned().collect();
            if !teams.is_empty() {
                return teams;
            }
            let next = needing.into_iter().filter(|id| !seen.contains(*id)).cloned().collect();
            seen.extend(ids);
            ids = next;
        }
        BTreeSet::new()
    }
}
