//! Subjects made by hand, lifted by the lift itself.

use crate::readiness::{Assessment, EstateFacts, Note, NoteKind, Subject, assess};
use caravan_convert_lift::{Lifted, SharedHosts, Source, StoreReach, lift};
use caravan_inventory::{
    AccountId, Confidence, Decision, Decisions, Edge, EdgeKind, EnvironmentName, Evidence, Observation, ObservationId,
    ObservationKind, Provider, Question, QuestionId, Region, Scope, TeamName, Workload, WorkloadId, WorkloadKind,
};
use serde_json::Value;

/// A workload of a kind with all that may be known about it.
pub(crate) struct Fixture {
    pub(crate) workload: Workload,
    pub(crate) observations: Vec<Observation>,
    pub(crate) questions: Vec<Question>,
    pub(crate) needs: Vec<Edge>,
    pub(crate) needed_by: Vec<Edge>,
    pub(crate) decisions: Decisions,
    pub(crate) estate: EstateFacts,
    /// What the lift makes of it, where a test says so.
    pub(crate) lifted: Option<Lifted>,
}

impl Fixture {
    /// A workload made of these documents, as an API described them.
    pub(crate) fn new(kind: WorkloadKind, documents: &[(ObservationKind, Value)]) -> Self {
        let observations: Vec<Observation> =
            documents.iter().enumerate().map(|(at, (kind, body))| seen(*kind, &at.to_string(), body.clone())).collect();
        let workload = Workload {
            id: WorkloadId::new(format!("{}/111122223333/eu-central-1/it", kind.as_str())),
            kind,
            name: "it".to_owned(),
            team: TeamName::new("shop"),
            environment: EnvironmentName::new("production"),
            account: Some(AccountId::new("111122223333")),
            region: Some(Region::new("eu-central-1")),
            parts: observations.iter().map(|observation| observation.id.clone()).collect(),
        };
        Self {
            workload,
            observations,
            questions: Vec::new(),
            needs: Vec::new(),
            needed_by: Vec::new(),
            decisions: Decisions::default(),
            estate: EstateFacts::default(),
            lifted: None,
        }
    }

    /// The same that needs something else.
    pub(crate) fn needing(mut self, to: &str, kind: EdgeKind) -> Self {
        let edge = edge(self.workload.id.as_str(), to, kind);
        self.estate.add_edge(&edge);
        self.needs.push(edge);
        self
    }

    /// The same, needed by something else.
    pub(crate) fn needed(mut self, from: &str, kind: EdgeKind) -> Self {
        self.needed_by.push(edge(from, self.workload.id.as_str(), kind));
        self
    }

    /// The same with something else that was observed.
    pub(crate) fn beside(mut self, kind: ObservationKind, name: &str, body: Value) -> Self {
        self.estate.add_observation(&seen(kind, name, body));
        self
    }

    /// The same with an answer.
    pub(crate) fn answered(mut self, question: &str, answer: &str) -> Self {
        let id = QuestionId::new(question.replace("ID", self.workload.id.as_str()));
        self.decisions.0.insert(id, Decision { answer: answer.to_owned(), reason: None, asked: None });
        self
    }

    /// Another document of its own.
    pub(crate) fn add(&mut self, kind: ObservationKind, body: Value) {
        self.observations.push(seen(kind, &self.observations.len().to_string(), body));
    }

    /// What all checks find.
    pub(crate) fn assess(&self) -> Assessment {
        self.look(assess)
    }

    /// What a look at the subject tells.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Subject<'_>) -> T) -> T {
        let observations: Vec<&Observation> = self.observations.iter().collect();
        let lifted = self.lifted.clone().unwrap_or_else(|| {
            lift(&Source {
                workload: &self.workload,
                app: "it",
                part: None,
                component: None,
                observations: &observations,
                decisions: &self.decisions,
                hosts: &SharedHosts::default(),
                store: &StoreReach::UNKNOWN,
                unread: &caravan_convert_lift::Unread::NOTHING,
            })
        });
        let questions: Vec<Question> = self.questions.iter().chain(&lifted.questions).cloned().collect();
        look(&Subject {
            workload: &self.workload,
            observations: &self.observations,
            lifted: &lifted,
            questions: &questions,
            needs: &self.needs,
            needed_by: &self.needed_by,
            decisions: &self.decisions,
            estate: &self.estate,
        })
    }

    /// What one check finds.
    pub(crate) fn notes(&self, kind: NoteKind) -> Vec<Note> {
        self.assess().notes.into_iter().filter(|note| note.kind == kind).collect()
    }

    /// The one thing that one check finds: its text, and the places.
    pub(crate) fn note(&self, kind: NoteKind) -> (String, Vec<String>) {
        let notes = self.notes(kind);
        assert_eq!(notes.len(), 1, "{notes:?}");
        let note = &notes[0];
        (note.text.clone(), note.evidence.iter().map(|evidence| evidence.path.clone()).collect())
    }
}

/// An observation in the fixture's account.
pub(crate) fn seen(kind: ObservationKind, name: &str, body: Value) -> Observation {
    let region = if kind == ObservationKind::Role { Region::global() } else { Region::new("eu-central-1") };
    let scope = Scope::new(Provider::Aws, AccountId::new("111122223333"), region);
    Observation {
        id: ObservationId::of(kind, &scope, name),
        kind,
        name: name.to_owned(),
        account: Some(scope.account),
        region: Some(scope.region),
        api: "api".to_owned(),
        first_seen: jiff::Timestamp::UNIX_EPOCH,
        last_seen: jiff::Timestamp::UNIX_EPOCH,
        body,
    }
}

pub(crate) fn edge(from: &str, to: &str, kind: EdgeKind) -> Edge {
    Edge {
        from: from.to_owned(),
        to: to.to_owned(),
        kind,
        direction: None,
        confidence: Confidence::Inferred,
        evidence: Evidence { observation: ObservationId::new("ecs.task-definition/0"), path: "/x".to_owned() },
    }
}

/// An ECS service of one container, with what is more in each of the three.
pub(crate) fn service(service: Value, task: Value, container: Value) -> Fixture {
    fn merged(mut base: Value, more: Value) -> Value {
        if let (Value::Object(base), Value::Object(more)) = (&mut base, more) {
            base.extend(more);
        }
        base
    }
    let container = merged(
        serde_json::json!({"name": "app", "image": "registry.example/app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "essential": true, "cpu": 256, "memory": 512}),
        container,
    );
    let task = merged(
        serde_json::json!({"family": "it", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512", "containerDefinitions": [container]}),
        task,
    );
    let service = merged(
        serde_json::json!({"serviceName": "it", "desiredCount": 2, "launchType": "FARGATE", "schedulingStrategy": "REPLICA"}),
        service,
    );
    Fixture::new(
        WorkloadKind::Ecs,
        &[
            (ObservationKind::EcsService, service),
            (ObservationKind::EcsTaskDefinition, serde_json::json!({"taskDefinition": task})),
        ],
    )
}

/// An instance with what is more in it.
pub(crate) fn instance(more: Value) -> Fixture {
    let mut body = serde_json::json!({"instanceId": "i-1", "instanceState": {"name": "running"}, "platformDetails": "Linux/UNIX", "imageId": "ami-1"});
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    Fixture::new(WorkloadKind::Ec2, &[(ObservationKind::Ec2Instance, body)])
}
