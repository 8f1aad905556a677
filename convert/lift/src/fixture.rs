//! Sources made by hand, for the tests of what all kinds of sources share.

use crate::hosts::{AppName, Holder, SharedHosts, Sharing};
use crate::ledger::FieldVerdict;
use crate::shared_groups::{GroupsNamed, SharedGroups};
use crate::source::Source;
use crate::surroundings::Surroundings;
use crate::tracker::FieldTracker;
use crate::unread::Unread;
use caravan_inventory::{
    AccountId, Decision, Decisions, EnvironmentName, Observation, ObservationId, ObservationKind, QuestionId, Region,
    TeamName, Workload, WorkloadId, WorkloadKind,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A workload of any kind, with its observations.
pub(crate) struct Fixture {
    workload: Workload,
    observations: Vec<Observation>,
    decisions: Decisions,
    hosts: SharedHosts,
    /// The source's own security groups, where it has some.
    own_groups: Option<Vec<String>>,
    unread: Unread,
}

impl Fixture {
    /// A workload `<kind>/test/it`, as an API described it.
    pub(crate) fn new(kind: WorkloadKind, documents: &[(ObservationKind, Value)]) -> Self {
        let observations: Vec<Observation> = documents
            .iter()
            .enumerate()
            .map(|(at, (kind, body))| Observation {
                id: ObservationId::new(format!("{}/{at}", kind.as_str())),
                kind: *kind,
                name: "it".to_owned(),
                account: None,
                region: None,
                api: "api".to_owned(),
                first_seen: jiff::Timestamp::UNIX_EPOCH,
                last_seen: jiff::Timestamp::UNIX_EPOCH,
                body: body.clone(),
            })
            .collect();
        let workload = Workload {
            id: WorkloadId::new(format!("{}/test/it", kind.as_str())),
            kind,
            name: "it".to_owned(),
            team: TeamName::new("shop"),
            environment: EnvironmentName::new("prod"),
            account: None,
            region: None,
            parts: observations.iter().map(|observation| observation.id.clone()).collect(),
        };
        Self {
            workload,
            observations,
            decisions: Decisions::default(),
            hosts: SharedHosts::default(),
            own_groups: None,
            unread: Unread::default(),
        }
    }

    /// The same in an account and a region of which discovery did not read this list whole.
    pub(crate) fn unread(mut self, api: &str) -> Self {
        let (account, region) = (AccountId::new("111122223333"), Region::new("eu-central-1"));
        (self.workload.account, self.workload.region) = (Some(account.clone()), Some(region.clone()));
        self.unread.insert(account, region, api.to_owned());
        self
    }

    /// The same with more observations.
    pub(crate) fn with(self, more: &[(ObservationKind, Value)]) -> Self {
        let documents: Vec<(ObservationKind, Value)> =
            self.observations.iter().map(|seen| (seen.kind, seen.body.clone())).chain(more.iter().cloned()).collect();
        Self { decisions: self.decisions, ..Self::new(self.workload.kind, &documents) }
    }

    /// The same with every observation of a kind changed.
    pub(crate) fn changed(mut self, kind: ObservationKind, change: impl Fn(&mut Value)) -> Self {
        let of_kind = self.observations.iter_mut().filter(|seen| seen.kind == kind);
        of_kind.for_each(|seen| change(&mut seen.body));
        self
    }

    /// The same where the load balancers that name no security groups have one that lets everybody in. Every observation is
    /// called `it`.
    pub(crate) fn open_to_all(self) -> Self {
        let everybody =
            json!([{"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]);
        let group = (ObservationKind::SecurityGroup, json!({"GroupId": "it", "IpPermissions": everybody}));
        self.with(&[group]).changed(ObservationKind::LoadBalancer, |body| {
            if body["SecurityGroups"].is_null() {
                body["SecurityGroups"] = json!(["it"]);
            }
        })
    }

    /// The same where the source has a security group of its own.
    pub(crate) fn with_own_groups(mut self, group: Option<&str>) -> Self {
        self.own_groups = group.map(|group| vec![group.to_owned()]);
        self
    }

    /// The same with a hosted zone, and with record sets in it: name, and what DNS calls where it leads.
    pub(crate) fn in_zone(mut self, zone: &str, private: bool, records: &[(&str, &str)]) -> Self {
        let hosted =
            (ObservationKind::HostedZone, zone.to_owned(), json!({"Id": zone, "Config": {"PrivateZone": private}}));
        let sets = records.iter().map(|(name, target)| {
            let set =
                json!({"Name": format!("{name}."), "Type": "A", "AliasTarget": {"DNSName": format!("{target}.")}});
            (ObservationKind::RecordSet, format!("{zone}/{name}./A"), set)
        });
        for (kind, name, body) in [hosted].into_iter().chain(sets) {
            let added = Self::new(self.workload.kind, &[(kind, body)]).observations;
            let id = |seen: &Observation| ObservationId::new(format!("{}/{name}", seen.kind.as_str()));
            self.observations.extend(added.into_iter().map(|seen| Observation {
                id: id(&seen),
                name: name.clone(),
                ..seen
            }));
        }
        self.workload.parts = self.observations.iter().map(|seen| seen.id.clone()).collect();
        self
    }

    /// The same with people's answers.
    pub(crate) fn answered(mut self, answers: &[(&str, &str)]) -> Self {
        for (id, answer) in answers {
            let decision = Decision { answer: (*answer).to_owned(), reason: None, asked: None };
            self.decisions.0.insert(QuestionId::new(*id), decision);
        }
        self
    }

    /// The same with one answer, to the question of this digest.
    pub(crate) fn answered_when_asked(mut self, id: &str, answer: &str, asked: &str) -> Self {
        let decision = Decision { answer: answer.to_owned(), reason: None, asked: Some(asked.to_owned()) };
        self.decisions.0.insert(QuestionId::new(id), decision);
        self
    }

    /// The same where its app shares a public host with another one, which owns it.
    pub(crate) fn sharing(self, host: &str) -> Self {
        self.sharing_behind(host, &[])
    }

    /// The same where the other app stands behind these listeners, by their ARNs.
    pub(crate) fn sharing_behind(mut self, host: &str, listeners: &[&str]) -> Self {
        let app = |app: &str| AppName { team: TeamName::new("shop"), app: app.to_owned() };
        let arns = listeners.iter().map(|&arn| arn.to_owned()).collect();
        let behind = [(app("other"), arns)].into();
        let sharing = Sharing { owner: app("other"), guests: [app("it")].into(), asks: None, set: None, behind };
        self.hosts.insert(self.workload.environment.clone(), false, host.to_owned(), sharing);
        self
    }

    /// The same where a host that an answer names is another app's already.
    pub(crate) fn held(mut self, host: &str) -> Self {
        let other = AppName { team: TeamName::new("shop"), app: "other".to_owned() };
        self.hosts.hold(self.workload.id.clone(), host.to_owned(), Holder::App(other));
        self
    }

    /// The same where these workloads stand in a target group, each with how many instances of it are wanted.
    pub(crate) fn in_group(mut self, arn: &str, workloads: &[(&str, u64)]) -> Self {
        let mut groups = SharedGroups::default();
        for (id, wanted) in workloads {
            let body = json!({"desiredCount": wanted, "loadBalancers": [{"targetGroupArn": arn}]});
            let service = Self::new(self.workload.kind, &[(ObservationKind::EcsService, body)]);
            let named = service.observations.first().and_then(GroupsNamed::read).unwrap_or_default();
            groups.add(&Workload { id: WorkloadId::new(*id), ..self.workload.clone() }, &named);
        }
        self.hosts = self.hosts.with_groups(groups);
        self
    }

    /// What stands around it.
    pub(crate) fn around(&self) -> Surroundings<'_> {
        let mut around = Surroundings::default();
        for observation in &self.observations {
            assert!(around.add(observation) || around.add_api(observation), "{} is a source's own", observation.id);
        }
        around.own_security_groups = self.own_groups.as_ref().map(|groups| groups.iter().map(String::as_str).collect());
        around
    }

    /// Gives a test its source.
    pub(crate) fn with_source<'f>(&'f self, test: impl FnOnce(&'f Source<'f>)) {
        let observations: &'f [&'f Observation] = Box::leak(self.observations.iter().collect());
        let (workload, decisions, hosts) = (&self.workload, &self.decisions, &self.hosts);
        test(Box::leak(Box::new(Source {
            workload,
            app: "it",
            part: None,
            component: None,
            observations,
            decisions,
            hosts,
            store: Box::leak(Box::default()),
            unread: &self.unread,
        })));
    }
}

/// What became of each field so far, by its pointer: its place in the plconfig, its rule, or its question.
pub(crate) fn verdicts(tracker: &mut FieldTracker<'_>) -> BTreeMap<String, String> {
    let ledger = crate::walk::ledger(tracker);
    let entry = |entry: &crate::ledger::LedgerEntry| {
        let text = match &entry.verdict {
            FieldVerdict::Exact | FieldVerdict::Approximated => entry.target.clone().unwrap_or_default().into_owned(),
            FieldVerdict::Dropped { rule } => rule.clone().into_owned(),
            FieldVerdict::Question { id } => id.to_string(),
            FieldVerdict::Blocker { reason } => reason.clone().into_owned(),
            FieldVerdict::Unknown => "unknown".to_owned(),
        };
        (entry.path.clone(), text)
    };
    ledger.entries().map(entry).collect()
}
