//! Machines of every kind: the verdict with its evidence, and what is emitted for those that run containers.

#![expect(clippy::disallowed_methods, reason = "a test that reads the project's examples")]
#![expect(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

mod accounted;
mod hosted;
mod pinned;
mod scaled;

use caravan_convert::{Claim, Converted, Nothing, Platform, Trace, assign, convert};
use caravan_convert_lift::{FieldVerdict, LedgerEntry, LiftOutcome, Lifted, SharedHosts, Source, StoreReach, lift};
use caravan_inventory::{
    AccountId, Decision, Decisions, EnvironmentName, Observation, ObservationId, ObservationKind, QuestionId, Region,
    TeamName, Workload, WorkloadId, WorkloadKind,
};
use serde_json::{Value, json};

/// The documents of one machine or group.
#[derive(Clone)]
struct Machine {
    workload: Workload,
    observations: Vec<Observation>,
    decisions: Decisions,
}

impl Machine {
    fn new(name: &str, documents: &[(ObservationKind, Value)]) -> Self {
        let of = |(at, (kind, body)): (usize, &(ObservationKind, Value))| Observation {
            id: ObservationId::new(format!("{}/{name}/{at}", kind.as_str())),
            kind: *kind,
            name: name.to_owned(),
            account: Some(AccountId::new("111122223333")),
            region: Some(Region::new("eu-west-1")),
            api: "api".to_owned(),
            first_seen: jiff::Timestamp::UNIX_EPOCH,
            last_seen: jiff::Timestamp::UNIX_EPOCH,
            body: body.clone(),
        };
        let observations: Vec<Observation> = documents.iter().enumerate().map(of).collect();
        let workload = Workload {
            id: WorkloadId::new(format!("ec2/111122223333/eu-west-1/{name}")),
            kind: WorkloadKind::Ec2,
            name: name.to_owned(),
            team: TeamName::new("shop"),
            environment: EnvironmentName::new("prod"),
            account: Some(AccountId::new("111122223333")),
            region: Some(Region::new("eu-west-1")),
            parts: observations.iter().map(|observation| observation.id.clone()).collect(),
        };
        Self { workload, observations, decisions: Decisions::default() }
    }

    /// A running instance with a file of the examples for its user data.
    fn example(name: &str, content_type: &str, file: &str) -> Self {
        let path = format!("{}/../examples/ec2/{file}", env!("CARGO_MANIFEST_DIR"));
        Self::started(name, content_type, &std::fs::read_to_string(path).unwrap())
    }

    /// A running instance with this user data.
    fn started(name: &str, content_type: &str, text: &str) -> Self {
        let mut body = instance();
        body["userDataParts"] = json!([{"contentType": content_type, "text": text}]);
        Self::new(name, &[(ObservationKind::Ec2Instance, body)])
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

    fn convert(&self) -> Converted {
        let app = assign([Claim::from(&self.workload)]).remove(0);
        convert(&app, vec![self.lift()], &Platform::default(), &Nothing, Trace::Off)
    }

    /// What is pinned of it: the verdict, the reasons of a refusal, the questions, the account of the user data, the files.
    fn report(&self) -> String {
        let lifted = self.lift();
        let host = lifted.host.as_ref().unwrap();
        let mut out = format!("verdict: {}\n", host.verdict.word());
        for one in &host.evidence {
            let line = one.line.map(|line| format!(":{line}")).unwrap_or_default();
            out.push_str(&format!("  {} ({}{}{line})\n", one.says, one.source, one.path));
        }
        if let LiftOutcome::Refused { reasons } = &lifted.outcome {
            reasons.iter().for_each(|reason| out.push_str(&format!("refused: {reason}\n")));
        }
        for question in &lifted.questions {
            out.push_str(&format!("question: {}\n", question.id));
        }
        for entry in lifted.ledger.entries().filter(|entry| entry.line.is_some()) {
            out.push_str(&line(entry));
        }
        let done = self.convert();
        assert!(done.conflicts.is_empty(), "{:?}", done.conflicts);
        for (path, file) in done.files.iter().filter(|(path, _)| !path.starts_with("ledger/")) {
            out.push_str(&format!("--- {path}\n{}", std::str::from_utf8(&file.bytes).unwrap()));
        }
        out
    }
}

fn line(entry: &LedgerEntry) -> String {
    let (verdict, more) = match &entry.verdict {
        FieldVerdict::Exact => ("exact", entry.target.clone().unwrap_or_default()),
        FieldVerdict::Approximated => ("approximated", entry.target.clone().unwrap_or_default()),
        FieldVerdict::Dropped { rule } => ("dropped", rule.clone()),
        FieldVerdict::Question { id } => ("question", id.to_string().into()),
        FieldVerdict::Blocker { .. } => ("blocker", "".into()),
        FieldVerdict::Unknown => ("unknown", "".into()),
    };
    format!("{:>4} {verdict} {more}\n", entry.line.unwrap_or_default())
}

/// What is described of a plain running instance.
fn instance() -> Value {
    json!({
        "instanceId": "i-0123456789abcdef0", "imageId": "ami-0123456789abcdef0", "instanceType": "m6i.large", "architecture": "x86_64",
        "instanceState": {"code": 16, "name": "running"}, "platformDetails": "Linux/UNIX", "rootDeviceName": "/dev/xvda",
        "subnetId": "subnet-1", "vpcId": "vpc-1", "privateIpAddress": "10.0.0.5", "sourceDestCheck": true,
        "groupSet": [{"groupId": "sg-1", "groupName": "app"}],
        "blockDeviceMapping": [{"deviceName": "/dev/xvda", "ebs": {"volumeId": "vol-1", "deleteOnTermination": true}}]
    })
}
