//! From the inventory and the decisions to lifted workloads, app by app.

use crate::error::Failure;
use crate::inventory_db::each_workload;
use caravan_convert::{App, Claim, HostClaims, Listeners, Member, Platform, assign, hold_platform};
use caravan_convert_lift::{
    GroupsNamed, Lifted, SharedGroups, SharedHosts, Source, StoreReach, Unread, hosts_named, hosts_said, lift,
};
use caravan_inventory::{
    AccountId, Decisions, EnvironmentName, Observation, ObservationId, ObservationKind, Question, QuestionId, Region,
    TeamName, UnitState, Workload, WorkloadId,
};
use caravan_inventory_store::{Store, WorkloadFilter};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The topic of the questions about who owns a workload.
const OWNER: &str = "owner/";

/// An answer to an owner's question that names no team.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is neither a team nor `team/environment`: DNS-1123 labels of at most 40 characters")]
pub(crate) struct InvalidOwner(String);

/// What can be lifted.
pub(crate) struct Estate {
    /// Every app of the inventory, sorted by team and name.
    pub(crate) apps: Vec<App>,
    /// The hosts that several of them serve.
    hosts: SharedHosts,
    /// Which secrets the stores of each environment read.
    stores: BTreeMap<EnvironmentName, StoreReach>,
    /// What discovery did not read whole.
    unread: Unread,
}

/// A member of an app with what it was lifted from.
pub(crate) struct LiftedMember {
    /// The workload, owned as people decided.
    pub(crate) workload: Workload,
    /// Its documents, in the order of its parts.
    pub(crate) documents: Vec<Observation>,
    /// What the lift made of them.
    pub(crate) lifted: Lifted,
}

impl Estate {
    /// Gives every workload its app, and every host that several apps serve its owner.
    ///
    /// # Errors
    /// Those of reading.
    pub(crate) fn read(store: &Store, decisions: &Decisions, platform: &Platform) -> Result<Self, Failure> {
        let mut light = Vec::new();
        let mut meetings = Meetings::read(store)?;
        each_workload(store, &WorkloadFilter::default(), |mut workload| {
            own(&mut workload, decisions);
            meetings.add(&workload, decisions);
            workload.parts = Vec::new();
            light.push(workload);
            Ok(())
        })?;
        let apps = assign(light.iter().map(Claim::from));
        let (meeting, listeners, groups) = meetings.finish();
        let hosts = SharedHosts::default().with_groups(groups.clone());
        let mut estate = Self { apps, hosts, stores: stores(&light, platform), unread: unread(store)? };
        // Only what may share a host is lifted for it.
        let mut claims = HostClaims::default();
        for app in estate.apps.iter().filter(|app| app.members.iter().any(|one| meeting.contains(&one.workload))) {
            claims.add(app, &estate.lift_members(store, app, decisions)?, platform);
        }
        estate.hosts = claims.share(decisions, platform, &listeners).with_groups(groups);
        hold_platform(&mut estate.hosts, &estate.apps, decisions, platform);
        Ok(estate)
    }

    /// The account whose secrets the stores of each environment read, where it is known.
    pub(crate) fn accounts(&self) -> BTreeMap<EnvironmentName, AccountId> {
        let account = |(environment, reach): (&EnvironmentName, &StoreReach)| {
            reach.account.clone().map(|account| (environment.clone(), account))
        };
        self.stores.iter().filter_map(account).collect()
    }

    /// Lifts the members of an app, in their order. A workload that went away meanwhile ends it with an error.
    ///
    /// # Errors
    /// Those of reading.
    pub(crate) fn lift_members(&self, store: &Store, app: &App, decisions: &Decisions) -> Result<Vec<Lifted>, Failure> {
        app.members.iter().map(|member| self.lift_one(store, member, &app.name, decisions)).collect()
    }

    /// Every question about one workload that nobody answered, sorted by id.
    ///
    /// # Errors
    /// Those of reading.
    pub(crate) fn open_questions(
        &self,
        store: &Store,
        id: &WorkloadId,
        decisions: &Decisions,
    ) -> Result<Vec<Question>, Failure> {
        let members = self.apps.iter().flat_map(|app| app.members.iter().map(move |member| (app, member)));
        let mut questions = Vec::new();
        let mut found = false;
        for (app, member) in members.filter(|(_, member)| member.workload == *id) {
            questions.extend(self.lift_one(store, member, &app.name, decisions)?.questions);
            found = true;
        }
        if !found {
            return Err(gone(id));
        }
        questions_with(store, id, decisions, questions)
    }

    fn lift_one(&self, store: &Store, member: &Member, app: &str, decisions: &Decisions) -> Result<Lifted, Failure> {
        self.lift_with_documents(store, member, app, decisions).map(|one| one.lifted)
    }

    /// Lifts one member of an app, and gives what it was lifted from. A workload that went away meanwhile is an error.
    ///
    /// # Errors
    /// Those of reading.
    pub(crate) fn lift_with_documents(
        &self,
        store: &Store,
        member: &Member,
        app: &str,
        decisions: &Decisions,
    ) -> Result<LiftedMember, Failure> {
        let id = &member.workload;
        let mut workload = store.workload(id)?.ok_or_else(|| gone(id))?;
        own(&mut workload, decisions);
        let documents = store.observations_of(&workload)?;
        let observations: Vec<&Observation> = documents.iter().collect();
        let hosts = &self.hosts;
        let unknown = StoreReach::UNKNOWN;
        let store = self.stores.get(&workload.environment).unwrap_or(&unknown);
        let unread = &self.unread;
        let (part, component) = (member.part.as_deref(), member.component.as_deref());
        let observations = &observations;
        let source =
            Source { workload: &workload, app, part, component, observations, decisions, hosts, store, unread };
        let lifted = lift(&source);
        Ok(LiftedMember { workload, documents, lifted })
    }
}

/// What the newest look at each list did not read whole.
fn unread(store: &Store) -> Result<Unread, Failure> {
    let mut unread = Unread::default();
    for unit in store.latest_units()?.into_iter().filter(|unit| unit.state != UnitState::Complete) {
        if let (Some(account), Some(region)) = (unit.account, unit.region) {
            unread.insert(account, region, unit.api);
        }
    }
    Ok(unread)
}

/// Which secrets the platform's stores read, in each environment.
fn stores(workloads: &[Workload], platform: &Platform) -> BTreeMap<EnvironmentName, StoreReach> {
    let mut by_environment: BTreeMap<&EnvironmentName, Vec<&Workload>> = BTreeMap::new();
    for workload in workloads {
        by_environment.entry(&workload.environment).or_default().push(workload);
    }
    let region = platform.region.said().map(Region::new);
    let reach = |workloads: Vec<&Workload>| StoreReach::of(platform.account.as_ref(), region.as_ref(), workloads);
    by_environment.into_iter().map(|(environment, of_it)| (environment.clone(), reach(of_it))).collect()
}

/// Which workloads may serve a host that others serve too, by what their listener rules and the domains of their APIs name, and
/// by what people answered; and which stand in one target group.
struct Meetings {
    named: BTreeMap<ObservationId, GroupsNamed>,
    groups: SharedGroups,
    hosts: BTreeMap<ObservationId, BTreeSet<String>>,
    listeners: BTreeMap<ObservationId, ListenerSeen>,
    workloads: BTreeMap<(EnvironmentName, String), BTreeSet<WorkloadId>>,
    behind: Listeners,
    by_listener: BTreeMap<(EnvironmentName, String), Place>,
}

/// A listener that was seen.
struct ListenerSeen {
    /// As the ids of questions name it: `edge:443`.
    name: String,
    arn: Option<String>,
}

/// Who stands behind a listener, and the hosts that people named for it.
#[derive(Default)]
struct Place {
    workloads: BTreeSet<WorkloadId>,
    hosts: BTreeSet<String>,
}

impl Meetings {
    fn read(store: &Store) -> Result<Self, Failure> {
        let mut hosts = BTreeMap::new();
        let naming = [
            ObservationKind::ListenerRule,
            ObservationKind::RecordSet,
            ObservationKind::DnsRecord,
            ObservationKind::BasePathMapping,
            ObservationKind::ApiMapping,
        ];
        for kind in naming {
            store.observations_by_kind(kind, None, None, |observation| {
                let named = hosts_named(&observation);
                hosts.insert(observation.id, named);
                Ok::<_, Failure>(())
            })?;
        }
        let listeners = listeners(store)?;
        let mut named = BTreeMap::new();
        for kind in [ObservationKind::EcsService, ObservationKind::AutoScalingGroup] {
            store.observations_by_kind(kind, None, None, |observation| {
                named.extend(GroupsNamed::read(&observation).map(|groups| (observation.id, groups)));
                Ok::<_, Failure>(())
            })?;
        }
        let (groups, behind) = (SharedGroups::default(), Listeners::default());
        let (workloads, by_listener) = (BTreeMap::new(), BTreeMap::new());
        Ok(Self { named, groups, hosts, listeners, workloads, behind, by_listener })
    }

    fn add(&mut self, workload: &Workload, decisions: &Decisions) {
        for named in workload.parts.iter().filter_map(|part| self.named.get(part)) {
            self.groups.add(workload, named);
        }
        let named = workload.parts.iter().filter_map(|part| self.hosts.get(part)).flatten().cloned();
        let said = hosts_said(decisions, &workload.id);
        for host in named.chain(said.keys().cloned()) {
            let place = (workload.environment.clone(), host);
            self.workloads.entry(place).or_default().insert(workload.id.clone());
        }
        let behind: Vec<&ListenerSeen> = workload.parts.iter().filter_map(|part| self.listeners.get(part)).collect();
        self.behind.insert(workload.id.clone(), behind.iter().map(|one| one.name.clone()).collect());
        self.behind.insert_arns(workload.id.clone(), behind.iter().filter_map(|one| one.arn.clone()).collect());
        for name in behind.into_iter().map(|one| &one.name) {
            let place = self.by_listener.entry((workload.environment.clone(), name.clone())).or_default();
            place.workloads.insert(workload.id.clone());
            place.hosts.extend(said.iter().filter(|(_, of)| of.contains(name)).map(|(host, _)| host.clone()));
        }
    }

    fn finish(mut self) -> (BTreeSet<WorkloadId>, Listeners, SharedGroups) {
        // What one was told of its listener is so for all behind it.
        for ((environment, _), place) in self.by_listener {
            for host in place.hosts {
                self.workloads.entry((environment.clone(), host)).or_default().extend(place.workloads.iter().cloned());
            }
        }
        let meeting = self.workloads.into_values().filter(|workloads| workloads.len() > 1).flatten().collect();
        (meeting, self.behind, self.groups)
    }
}

/// The listeners of the inventory.
fn listeners(store: &Store) -> Result<BTreeMap<ObservationId, ListenerSeen>, Failure> {
    let text = |seen: &Observation, field: &str| seen.body.get(field).and_then(Value::as_str).map(str::to_owned);
    let mut balancers = BTreeMap::new();
    store.observations_by_kind(ObservationKind::LoadBalancer, None, None, |seen| {
        balancers.extend(text(&seen, "LoadBalancerArn").zip(text(&seen, "LoadBalancerName")));
        Ok::<_, Failure>(())
    })?;
    let mut listeners = BTreeMap::new();
    store.observations_by_kind(ObservationKind::Listener, None, None, |seen| {
        let of = text(&seen, "LoadBalancerArn").and_then(|arn| balancers.get(&arn).cloned());
        let name = format!(
            "{}:{}",
            of.as_deref().unwrap_or("listener"),
            seen.body.get("Port").map(Value::to_string).unwrap_or_default()
        );
        let arn = text(&seen, "ListenerArn");
        listeners.insert(seen.id, ListenerSeen { name, arn });
        Ok::<_, Failure>(())
    })?;
    Ok(listeners)
}

/// The questions of a lift together with those of linking, without the answered ones, sorted by id.
///
/// # Errors
/// Those of reading.
pub(crate) fn questions_with(
    store: &Store,
    id: &WorkloadId,
    decisions: &Decisions,
    lifted: Vec<Question>,
) -> Result<Vec<Question>, Failure> {
    let linked = store.questions_of(id)?.into_iter().filter(|question| !is_answered(question, decisions));
    let mut questions: Vec<Question> = linked.chain(lifted).collect();
    questions.sort_by(|one, other| one.id.cmp(&other.id));
    questions.dedup_by(|one, other| one.id == other.id);
    Ok(questions)
}

/// The team, and the environment if it names one, of an answer to an owner's question.
///
/// # Errors
/// When it names neither.
pub(crate) fn parse_owner(answer: &str) -> Result<(TeamName, Option<EnvironmentName>), InvalidOwner> {
    let invalid = || InvalidOwner(answer.to_owned());
    let (team, environment) = match answer.split_once('/') {
        Some((team, environment)) => (team, Some(environment)),
        None => (answer, None),
    };
    let team = TeamName::parse(team).map_err(|_| invalid())?;
    let environment = environment.map(EnvironmentName::parse).transpose().map_err(|_| invalid())?;
    Ok((team, environment))
}

/// Whether a question asks who owns a workload.
pub(crate) fn is_about_owner(id: &QuestionId) -> bool {
    id.as_str().starts_with(OWNER)
}

fn is_answered(question: &Question, decisions: &Decisions) -> bool {
    match decisions.answer(&question.id) {
        Some(answer) if is_about_owner(&question.id) => parse_owner(answer).is_ok(),
        Some(answer) => question.options.is_empty() || question.options.iter().any(|option| option == answer),
        None => false,
    }
}

/// Lets the decision about a workload's owner hold.
pub(crate) fn own(workload: &mut Workload, decisions: &Decisions) {
    let question = QuestionId::new(format!("{OWNER}{}", workload.id));
    if let Some(Ok((team, environment))) = decisions.answer(&question).map(parse_owner) {
        workload.team = team;
        if let Some(environment) = environment {
            workload.environment = environment;
        }
    }
}

/// The failure to find again what was there a moment ago.
pub(crate) fn gone(id: &WorkloadId) -> Failure {
    Failure::new(crate::error::FailureKind::Work, format!("workload {id} went away while it was read"))
        .hint("another caravan writes to this inventory: run the command again when it is done")
}
