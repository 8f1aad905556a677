//! From what was observed of functions to plconfig, manifests and the context of their image.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what went wrong by failing")]

mod contexts;
mod estate;
mod first_light;

use caravan_convert::{Claim, Converted, Nothing, Platform, Trace, assign, convert};
use caravan_convert_front::Config;
use caravan_convert_lift::{Lifted, SharedHosts, Source, StoreReach, lift};
use caravan_inventory::{
    AccountId, Decision, Decisions, EnvironmentName, Observation, ObservationId, ObservationKind, QuestionId, Region,
    TeamName, Workload, WorkloadId, WorkloadKind,
};
use serde_json::Value;

/// The documents of one function.
struct Function {
    workload: Workload,
    observations: Vec<Observation>,
    decisions: Decisions,
}

impl Function {
    fn new(name: &str, documents: &[(ObservationKind, &str, Value)]) -> Self {
        let of = |(at, (kind, native, body)): (usize, &(ObservationKind, &str, Value))| Observation {
            id: ObservationId::new(format!("{}/{name}/{at}", kind.as_str())),
            kind: *kind,
            name: (*native).to_owned(),
            account: Some(AccountId::new("111122223333")),
            region: Some(Region::new("eu-west-3")),
            api: "api".to_owned(),
            first_seen: jiff::Timestamp::UNIX_EPOCH,
            last_seen: jiff::Timestamp::UNIX_EPOCH,
            body: body.clone(),
        };
        let observations: Vec<Observation> = documents.iter().enumerate().map(of).collect();
        let workload = Workload {
            id: WorkloadId::new(format!("lambda/111122223333/eu-west-3/{name}")),
            kind: WorkloadKind::Lambda,
            name: name.to_owned(),
            team: TeamName::new("shop"),
            environment: EnvironmentName::new("prod"),
            account: Some(AccountId::new("111122223333")),
            region: Some(Region::new("eu-west-3")),
            parts: observations.iter().map(|observation| observation.id.clone()).collect(),
        };
        Self { workload, observations, decisions: Decisions::default() }
    }

    fn answer(mut self, topic: &str, detail: &str, answer: &str) -> Self {
        let detail = if detail.is_empty() { String::new() } else { format!("/{detail}") };
        let id = QuestionId::new(format!("{topic}/{}{detail}", self.workload.id));
        self.decisions.0.insert(id, Decision { answer: answer.to_owned(), reason: None, asked: None });
        self
    }

    fn lift(&self) -> Lifted {
        let observations: Vec<&Observation> = self.observations.iter().collect();
        lift(&Source {
            workload: &self.workload,
            app: &self.workload.name,
            part: None,
            component: None,
            observations: &observations,
            decisions: &self.decisions,
            hosts: &SharedHosts::default(),
            store: &StoreReach::UNKNOWN,
            unread: &caravan_convert_lift::Unread::NOTHING,
        })
    }

    fn convert(&self, trace: Trace) -> Converted {
        let app = assign([Claim::from(&self.workload)]).remove(0);
        convert(&app, vec![self.lift()], &Platform::default(), &Nothing, trace)
    }
}

/// A file of a tree, as text.
fn text<'t>(done: &'t Converted, path: &str) -> &'t str {
    let file = done.files.get(path).unwrap_or_else(|| {
        let paths: Vec<&str> = done.files.iter().map(|(path, _)| path).collect();
        panic!("no {path}: {paths:#?}, {:?}, {:?}", done.refused, done.conflicts)
    });
    std::str::from_utf8(file).unwrap()
}

/// The configurations of the fronts in an app's manifests, by the name of their ConfigMap, each read as the front does.
fn fronts(manifests: &str) -> Vec<(String, Config)> {
    let documents = manifests.split("\n---\n").filter(|document| document.contains("kind: ConfigMap"));
    let of = |document: &str| {
        let map: Value = serde_yaml::from_str(document).unwrap();
        let text = map["data"]["etc_caravan_front.yaml"].as_str().unwrap();
        let config = Config::read(text).unwrap_or_else(|error| panic!("{error}: {text}"));
        (map["metadata"]["name"].as_str().unwrap().to_owned(), config)
    };
    documents.map(of).collect()
}
