//! Whatever stands in the sources and whatever people answer: what is rendered is taken by who reads it.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

#[path = "valid/draw.rs"]
mod draw;
#[path = "valid/functions.rs"]
mod functions;
#[path = "valid/rules.rs"]
mod rules;
#[path = "valid/sources.rs"]
mod sources;

use caravan_convert::{App, Claim, Nothing, Platform, Trace, assign, convert, render};
use caravan_convert_lift::plconfig::PlConfig;
use caravan_convert_lift::{FieldVerdict, LiftOutcome, Lifted, SharedHosts, Source, StoreReach, lift};
use caravan_inventory::{
    AccountId, Decision, Decisions, EnvironmentName, Observation, ObservationId, ObservationKind, Question, Region,
    TeamName, Workload, WorkloadId, WorkloadKind,
};
use draw::Draw;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write;

/// How many sources are drawn, and how many functions.
const SOURCES: u64 = 4_000;
const FUNCTIONS: u64 = 600;

/// Lifts what was drawn, answers what is asked with whatever comes, some rounds long, and gives its app with what came of
/// it each time.
fn lifts(draw: &mut Draw, kind: WorkloadKind, documents: &[(ObservationKind, Value)]) -> (App, Vec<Lifted>) {
    let observation = |(at, (kind, body)): (usize, &(ObservationKind, Value))| Observation {
        id: ObservationId::new(format!("{}/{at}", kind.as_str())),
        kind: *kind,
        name: "it".to_owned(),
        account: Some(AccountId::new("111122223333")),
        region: Some(Region::new("eu-west-1")),
        api: "api".to_owned(),
        first_seen: jiff_epoch(),
        last_seen: jiff_epoch(),
        body: body.clone(),
    };
    let observations: Vec<Observation> = documents.iter().enumerate().map(observation).collect();
    let workload = Workload {
        id: WorkloadId::new(format!("{}/test/it", kind.as_str())),
        kind,
        name: "it".to_owned(),
        team: TeamName::new("shop"),
        environment: EnvironmentName::new("production"),
        account: Some(AccountId::new("111122223333")),
        region: Some(Region::new("eu-west-1")),
        parts: observations.iter().map(|observation| observation.id.clone()).collect(),
    };
    let observations: Vec<&Observation> = observations.iter().collect();
    let app = assign([Claim::from(&workload)]).remove(0);
    let (mut decisions, hosts, mut made) = (Decisions::default(), SharedHosts::default(), Vec::new());
    for _ in 0..4 {
        let lifted = lift(&Source {
            workload: &workload,
            app: &app.name,
            part: None,
            component: None,
            observations: &observations,
            decisions: &decisions,
            hosts: &hosts,
            store: &StoreReach::UNKNOWN,
            unread: &caravan_convert_lift::Unread::NOTHING,
        });
        for question in &lifted.questions {
            let answer = answer(draw, question);
            decisions.0.insert(question.id.clone(), Decision { answer, reason: None, asked: None });
        }
        made.push(lifted);
    }
    (app, made)
}

/// No answer hangs on a moment.
fn jiff_epoch() -> jiff::Timestamp {
    jiff::Timestamp::UNIX_EPOCH
}

/// One of the options, what is assumed, or whatever somebody types.
fn answer(draw: &mut Draw, question: &Question) -> String {
    let options: Vec<&str> = question.options.iter().map(String::as_str).chain(question.assumed.as_deref()).collect();
    match draw.below(4) {
        0 => draw.word(),
        1 => draw
            .of(&[
                "0",
                "2",
                "250m",
                "1000:1000",
                "4294967295",
                "0 5 * * *",
                "0 5 * * SAT-SUN",
                "Europe/Paris",
                "r.example.com/a:1",
                "copy=/data",
            ])
            .to_owned(),
        _ if options.is_empty() => draw.name(),
        _ => draw.of(&options).to_owned(),
    }
}

/// What was found over many sources.
#[derive(Default)]
struct Findings {
    rendered: usize,
    objects: usize,
    fronts: usize,
    faults: Vec<String>,
}

impl Findings {
    /// Renders and converts what was lifted of one source.
    fn add(&mut self, seed: u64, app: &App, lifted: Lifted) {
        let LiftOutcome::Converted(config) = &lifted.outcome else { return };
        match render::objects(config, &Platform::default(), "production") {
            Ok(made) => {
                self.rendered += 1;
                for object in made {
                    self.objects += 1;
                    let value = serde_json::to_value(&object).unwrap();
                    self.front(seed, &value);
                    let found = rules::faults(&value);
                    self.faults.extend(found.into_iter().map(|fault| format!("{seed}: {fault}")));
                }
            }
            Err(error) => self.faults.push(format!("{seed}: not rendered: {error}")),
        }
        // What people get to read and to change is read again.
        let done = convert(app, vec![lifted], &Platform::default(), &Nothing, Trace::Off);
        self.faults.extend(done.refused.iter().map(|refused| format!("{seed}: refused: {}", refused.reason)));
        for (path, file) in done.files.iter() {
            let text = std::str::from_utf8(&file.bytes).unwrap();
            if path.ends_with("plconfig.yaml")
                && let Err(error) = PlConfig::read(text)
            {
                self.faults.push(format!("{seed}: {path} is no plconfig: {error}"));
            }
            if !path.starts_with("ledger/") && text.contains("!Ref Something") {
                self.faults.push(format!("{seed}: {path} has a value that a template leaves open"));
            }
        }
    }

    /// The front reads its own configuration.
    fn front(&mut self, seed: u64, object: &Value) {
        let Some(text) = object["data"]["etc_caravan_front.yaml"].as_str() else { return };
        self.fronts += 1;
        if let Err(error) = caravan_convert_front::Config::read(text) {
            self.faults.push(format!("{seed}: the front refuses its configuration: {error}"));
        }
    }

    fn check(&self) {
        let Self { rendered, objects, fronts, faults } = self;
        let mut out = std::io::stdout();
        writeln!(out, "{objects} manifests of {rendered} plconfigs, {fronts} fronts").unwrap();
        // One of each kind is enough to read.
        let mut kinds: BTreeMap<String, &String> = BTreeMap::new();
        for fault in faults {
            let kind: String = fault.chars().filter(|c| c.is_alphabetic()).take(60).collect();
            kinds.entry(kind).or_insert(fault);
        }
        let shown: Vec<&str> = kinds.values().take(40).map(|fault| fault.as_str()).collect();
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), shown.join("\n"));
    }
}

#[test]
fn what_comes_of_any_source_and_any_answer_is_taken_by_who_reads_it() {
    let mut findings = Findings::default();
    for seed in 0..SOURCES {
        let mut draw = Draw::new(seed);
        let documents = sources::documents(&mut draw);
        let (app, lifts) = lifts(&mut draw, WorkloadKind::Ecs, &documents);
        lifts.into_iter().for_each(|lifted| findings.add(seed, &app, lifted));
    }
    findings.check();
    assert!(findings.rendered > 4_000, "{}", findings.rendered);
}

#[test]
fn what_comes_of_any_function_and_any_answer_is_taken_by_who_reads_it() {
    let mut findings = Findings::default();
    for seed in 0..FUNCTIONS {
        let mut draw = Draw::new(seed);
        let documents = functions::documents(&mut draw);
        let (app, lifts) = lifts(&mut draw, WorkloadKind::Lambda, &documents);
        for lifted in lifts {
            let unknown = lifted.ledger.entries().filter(|entry| entry.verdict == FieldVerdict::Unknown);
            findings.faults.extend(unknown.map(|entry| format!("{seed}: {} is not accounted for", entry.path)));
            findings.add(seed, &app, lifted);
        }
    }
    findings.check();
    assert!(findings.rendered > 400 && findings.fronts > 400, "{} {}", findings.rendered, findings.fronts);
}

#[test]
fn the_rules_refuse_what_is_wrong() {
    let pod = |container: Value| serde_json::json!({"kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [container]}});
    let container = |more: Value| {
        let mut container = serde_json::json!({"name": "a", "image": "a:1"});
        container.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        pod(container)
    };
    assert_eq!(rules::faults(&container(serde_json::json!({}))), Vec::<String>::new());
    for wrong in [
        serde_json::json!({"name": "A"}),
        serde_json::json!({"image": " a"}),
        serde_json::json!({"env": [{"name": "a=b"}]}),
        serde_json::json!({"ports": [{"containerPort": 80, "name": "9"}]}),
        serde_json::json!({"resources": {"requests": {"memory": "2Gi"}, "limits": {"memory": "2G"}}}),
        serde_json::json!({"securityContext": {"runAsUser": 4_294_967_295_u32}}),
        serde_json::json!({"livenessProbe": {"periodSeconds": 0}}),
        serde_json::json!({"lifecycle": {"preStop": {"sleep": {"seconds": 31}}}}),
    ] {
        assert_eq!(rules::faults(&container(wrong.clone())).len(), 1, "{wrong}");
    }
    for (schedule, zone) in
        [("0 0 * * SAT-SUN", "UTC"), ("0 0 * * 7", "UTC"), ("0 0 * *", "UTC"), ("0 0 * * *", "Local")]
    {
        let job = serde_json::json!({"kind": "CronJob", "metadata": {"name": "a"}, "spec": {"schedule": schedule, "timeZone": zone}});
        assert_eq!(rules::faults(&job).len(), 1, "{schedule} {zone}");
    }
    let long = serde_json::json!({"kind": "Pod", "metadata": {"name": "a", "annotations": {"k": "x".repeat(262_144)}}});
    assert_eq!(rules::faults(&long).len(), 1);
}
