//! What the tests of this crate share: workloads made of documents.

#![expect(clippy::disallowed_methods, reason = "tests read fixtures")]
#![allow(
    dead_code,
    unreachable_pub,
    clippy::allow_attributes,
    clippy::panic,
    clippy::unwrap_used,
    reason = "each test binary uses its part, and tests fail loudly"
)]

use caravan_convert_lift::{
    FieldVerdict, Ledger, LedgerEntry, LiftOutcome, Lifted, SharedHosts, Source, StoreReach, lift, plconfig::PlConfig,
};
use caravan_inventory::{
    AccountId, Decision, Decisions, EnvironmentName, Observation, ObservationId, ObservationKind, QuestionId, Region,
    TeamName, Workload, WorkloadId, WorkloadKind,
};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A workload, with what it takes to lift it.
#[derive(Clone, Debug)]
pub struct Case {
    pub workload: Workload,
    pub observations: Vec<Observation>,
    pub decisions: Decisions,
    pub hosts: SharedHosts,
    /// That of a live workload is where it runs; of a file nobody says.
    pub store: StoreReach,
}

impl Case {
    /// From files, which may be templates.
    pub fn from_file(name: &str, documents: &[(ObservationKind, Value)]) -> Self {
        Self::new(name, documents, "file", None)
    }

    /// From the API of account 111122223333 in eu-west-1.
    pub fn live(name: &str, documents: &[(ObservationKind, Value)]) -> Self {
        Self::new(name, documents, "api", Some(("111122223333", "eu-west-1")))
    }

    /// A function of account 111122223333 in eu-west-1, its documents with their native names.
    pub fn function(name: &str, documents: &[(ObservationKind, String, Value)]) -> Self {
        let plain: Vec<_> = documents.iter().map(|(kind, _, body)| (*kind, body.clone())).collect();
        let mut case = Self::live(name, &plain);
        for (observation, (_, native, _)) in case.observations.iter_mut().zip(documents) {
            observation.name.clone_from(native);
        }
        case.workload.id = WorkloadId::new(format!("lambda/test/{name}"));
        case.workload.kind = WorkloadKind::Lambda;
        case
    }

    fn new(name: &str, documents: &[(ObservationKind, Value)], api: &str, home: Option<(&str, &str)>) -> Self {
        let observations: Vec<Observation> = documents
            .iter()
            .enumerate()
            .map(|(at, (kind, body))| Observation {
                id: ObservationId::new(format!("{}/{name}/{at}", kind.as_str())),
                kind: *kind,
                name: name.to_owned(),
                account: home.map(|(account, _)| AccountId::new(account)),
                region: home.map(|(_, region)| Region::new(region)),
                api: api.to_owned(),
                first_seen: jiff::Timestamp::UNIX_EPOCH,
                last_seen: jiff::Timestamp::UNIX_EPOCH,
                body: body.clone(),
            })
            .collect();
        let workload = Workload {
            id: WorkloadId::new(format!("ecs/test/{name}")),
            kind: WorkloadKind::Ecs,
            name: name.to_owned(),
            team: TeamName::new("shop"),
            environment: EnvironmentName::new("default"),
            account: home.map(|(account, _)| AccountId::new(account)),
            region: home.map(|(_, region)| Region::new(region)),
            parts: observations.iter().map(|observation| observation.id.clone()).collect(),
        };
        let store = StoreReach { account: workload.account.clone(), region: workload.region.clone(), several: false };
        Self { workload, observations, decisions: Decisions::default(), hosts: SharedHosts::default(), store }
    }

    /// With an answer to a question, given by its topic and detail.
    pub fn answer(mut self, topic: &str, detail: &str, answer: &str) -> Self {
        let detail = if detail.is_empty() { String::new() } else { format!("/{detail}") };
        let id = QuestionId::new(format!("{topic}/{}{detail}", self.workload.id));
        self.decisions.0.insert(id, Decision { answer: answer.to_owned(), reason: None, asked: None });
        self
    }

    pub fn lift(&self) -> Lifted {
        self.lift_as(None, None)
    }

    /// The lift of a part of it, or of it as a component of an app.
    pub fn lift_as(&self, part: Option<&str>, component: Option<&str>) -> Lifted {
        let observations: Vec<&Observation> = self.observations.iter().collect();
        lift(&Source {
            workload: &self.workload,
            app: "checkout",
            part,
            component,
            observations: &observations,
            decisions: &self.decisions,
            hosts: &self.hosts,
            store: &self.store,
            unread: &caravan_convert_lift::Unread::NOTHING,
        })
    }

    /// The plconfig; the test fails when it is refused.
    pub fn config(&self) -> PlConfig {
        match self.lift().outcome {
            LiftOutcome::Converted(config) => config,
            LiftOutcome::Refused { reasons } => panic!("refused: {reasons:?}"),
        }
    }

    /// The reasons of the refusal; the test fails when it is none.
    pub fn reasons(&self) -> Vec<String> {
        match self.lift().outcome {
            LiftOutcome::Converted(_) => panic!("converted"),
            LiftOutcome::Refused { reasons } => reasons,
        }
    }

    /// The verdict of one field of one document.
    pub fn verdict(&self, document: usize, path: &str) -> FieldVerdict {
        self.entry(document, path).verdict
    }

    /// What the ledger says of one field of the document at this place.
    pub fn entry(&self, document: usize, path: &str) -> LedgerEntry {
        let source = &self.observations[document].id;
        let lifted = self.lift();
        let document = lifted.ledger.documents.iter().find(|document| document.source == *source);
        let found = document.and_then(|document| document.entries.iter().find(|entry| entry.path == path));
        found.unwrap_or_else(|| panic!("no entry for {path}")).clone()
    }
}

/// The entries that are carried over with their meaning, each with the document it stands in.
pub fn exact(ledger: &Ledger) -> Vec<(&ObservationId, &LedgerEntry)> {
    let all = ledger.documents.iter().flat_map(|one| one.entries.iter().map(|entry| (&one.source, entry)));
    all.filter(|(_, entry)| entry.verdict == FieldVerdict::Exact).collect()
}

/// Everything that can reach a tree or a screen, as text.
pub fn everything(lifted: &Lifted) -> String {
    let outcome = match &lifted.outcome {
        LiftOutcome::Converted(config) => serde_json::to_string(config).unwrap(),
        LiftOutcome::Refused { reasons } => reasons.join("\n"),
    };
    let ledger = serde_json::to_string(&lifted.ledger).unwrap();
    let questions = serde_json::to_string(&lifted.questions).unwrap();
    format!("{outcome}\n{ledger}\n{questions}")
}

/// The JSON files of a folder, by name.
pub fn json_files(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{folder}: {error}"))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    files.sort();
    files
}

/// Reads a file as one document; none when it is no JSON.
pub fn case_of_file(path: &Path) -> Option<Case> {
    let body: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).ok()?;
    let object = body.as_object();
    let has = |name: &str| object.is_some_and(|object| object.contains_key(name));
    let service = has("service") || has("services") || (has("taskDefinition") && !body["taskDefinition"].is_object());
    let kind = if service { ObservationKind::EcsService } else { ObservationKind::EcsTaskDefinition };
    Some(Case::from_file(&path.file_stem().unwrap().to_string_lossy(), &[(kind, body)]))
}

pub fn lift_file(path: &Path) -> Option<Lifted> {
    case_of_file(path).map(|case| case.lift())
}

/// The workloads of `fixtures/live`: lists of observations as the APIs answer them.
pub fn live_cases() -> Vec<Case> {
    json_files(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/live"))
        .iter()
        .map(|path| {
            let body: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
            let documents: Vec<(ObservationKind, Value)> = body["observations"]
                .as_array()
                .unwrap()
                .iter()
                .map(|entry| (ObservationKind::parse(entry["kind"].as_str().unwrap()).unwrap(), entry["body"].clone()))
                .collect();
            Case::live(&path.file_stem().unwrap().to_string_lossy(), &documents)
        })
        .collect()
}

/// The functions of `fixtures/lambda`: lists of observations as the APIs answer them, each with its native name.
pub fn lambda_cases() -> Vec<Case> {
    json_files(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/lambda"))
        .iter()
        .map(|path| {
            let body: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
            let documents: Vec<(ObservationKind, String, Value)> = body["observations"]
                .as_array()
                .unwrap()
                .iter()
                .map(|entry| {
                    let kind = ObservationKind::parse(entry["kind"].as_str().unwrap()).unwrap();
                    (kind, entry["name"].as_str().unwrap().to_owned(), entry["body"].clone())
                })
                .collect();
            Case::function(&path.file_stem().unwrap().to_string_lossy(), &documents)
        })
        .collect()
}

/// The workloads of `fixtures/ecs`: files as teams keep them.
pub fn file_cases() -> Vec<Case> {
    json_files(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/ecs"))
        .iter()
        .map(|path| case_of_file(path).unwrap())
        .collect()
}

/// Other values that a field could have.
fn others(value: &Value) -> Vec<Value> {
    match value {
        Value::String(text) => vec![format!("{text}x").into()],
        Value::Number(number) if number.is_f64() => vec![(number.as_f64().unwrap() * 2.0 + 1.0).into()],
        Value::Number(number) => {
            let number = number.as_i64().unwrap();
            vec![number.saturating_add(1).into(), number.saturating_sub(1).into()]
        }
        Value::Bool(flag) => vec![(!flag).into()],
        Value::Object(_) => vec![serde_json::json!({"sourcePath": "/x"})],
        _ => Vec::new(),
    }
}

/// Whether another value of the entry's field gives another outcome than `before`.
pub fn changes(mut case: Case, before: &Lifted, source: &ObservationId, entry: &LedgerEntry) -> bool {
    let at = case.observations.iter().position(|observation| observation.id == *source).unwrap();
    let old = case.observations[at].body.pointer(&entry.path).unwrap().clone();
    others(&old).into_iter().any(|new| {
        *case.observations[at].body.pointer_mut(&entry.path).unwrap() = new;
        case.lift().outcome != before.outcome
    })
}
