//! Sources made by hand, for the tests of what all kinds of sources share.

use crate::hosts::{AppName, SharedHosts, Sharing};
use crate::ledger::FieldVerdict;
use crate::source::Source;
use crate::surroundings::Surroundings;
use crate::tracker::FieldTracker;
use caravan_inventory::{
    Decision, Decisions, EnvironmentName, Observation, ObservationId, ObservationKind, QuestionId, TeamName, Workload,
    WorkloadId, WorkloadKind,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// A workload of any kind, with its observations.
pub(crate) struct Fixture {
    workload: Workload,
    observations: Vec<Observation>,
    decisions: Decisions,
    hosts: SharedHosts,
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
        Self { workload, observations, decisions: Decisions::default(), hosts: SharedHosts::default() }
    }

    /// The same with more observations.
    pub(crate) fn with(self, more: &[(ObservationKind, Value)]) -> Self {
        let documents: Vec<(ObservationKind, Value)> =
            self.observations.iter().map(|seen| (seen.kind, seen.body.clone())).chain(more.iter().cloned()).collect();
        Self { decisions: self.decisions, ..Self::new(self.workload.kind, &documents) }
    }

    /// The same with people's answers.
    pub(crate) fn answered(mut self, answers: &[(&str, &str)]) -> Self {
        for (id, answer) in answers {
            let decision = Decision { answer: (*answer).to_owned(), reason: None };
            self.decisions.0.insert(QuestionId::new(*id), decision);
        }
        self
    }

    /// The same where its app shares a public host with another one, which owns it.
    pub(crate) fn sharing(mut self, host: &str) -> Self {
        let app = |app: &str| AppName { team: TeamName::new("shop"), app: app.to_owned() };
        let sharing = Sharing { owner: app("other"), guests: [app("it")].into(), asks: None };
        self.hosts.insert(self.workload.environment.clone(), false, host.to_owned(), sharing);
        self
    }

    /// What stands around it.
    pub(crate) fn around(&self) -> Surroundings<'_> {
        let mut around = Surroundings::default();
        for observation in &self.observations {
            assert!(around.add(observation), "{} is a source's own", observation.id);
        }
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
