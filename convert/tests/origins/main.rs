//! Where the lines of a tree come from, over the demonstration estate: every line of every file has an origin, and the
//! chain from a manifest's line ends at the field of the source that says just that.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what went wrong by failing")]

mod perturbed;

use caravan_convert::{
    App, Claim, Converted, Nothing, Origin, Platform, SharedEstate, SharedResource, Sources, Span, Trace, assign,
    convert, convert_shared, ledger_lines, ledger_path,
};
use caravan_convert_lift::{FieldVerdict, Ledger, Lifted, SharedHosts, Source, StoreReach, lift};
use caravan_inventory::{
    Decisions, EnvironmentName, Observation, ObservationId, ObservationKind, TeamName, Workload, WorkloadId,
    WorkloadKind,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const ESTATE: &str = include_str!("../../../examples/estate/inventory.jsonl");

/// The estate's ECS workloads, and everything that was observed.
struct Estate {
    workloads: BTreeMap<WorkloadId, Workload>,
    observations: BTreeMap<ObservationId, Observation>,
}

impl Estate {
    fn read() -> Self {
        let (mut workloads, mut observations) = (BTreeMap::new(), BTreeMap::new());
        for line in ESTATE.lines() {
            let mut record: Value = serde_json::from_str(line).unwrap();
            if let Some(workload) = record.get_mut("workload") {
                let workload: Workload = serde_json::from_value(workload.take()).unwrap();
                workloads.insert(workload.id.clone(), workload);
            } else if let Some(observation) = record.get_mut("observation") {
                // What the store knows besides: when it was gone, and which scan saw it.
                for key in ["gone_at", "unit", "scan"] {
                    observation.as_object_mut().unwrap().remove(key);
                }
                let observation: Observation = serde_json::from_value(observation.take()).unwrap();
                observations.insert(observation.id.clone(), observation);
            }
        }
        workloads.retain(|_, workload| workload.kind == WorkloadKind::Ecs);
        Self { workloads, observations }
    }

    fn apps(&self) -> Vec<App> {
        assign(self.workloads.values().map(Claim::from))
    }

    fn lift(&self, app: &App) -> Vec<Lifted> {
        let one = |workload: &Workload| {
            let observations: Vec<_> = workload.parts.iter().filter_map(|part| self.observations.get(part)).collect();
            let (decisions, hosts) = (&Decisions::default(), &SharedHosts::default());
            let (part, component, observations, store) = (None, None, &observations, &StoreReach::UNKNOWN);
            let unread = &caravan_convert_lift::Unread::NOTHING;
            lift(&Source { workload, app: &app.name, part, component, observations, decisions, hosts, store, unread })
        };
        app.members.iter().map(|member| one(&self.workloads[&member.workload])).collect()
    }

    /// What stands at a field of a source.
    fn value(&self, observation: &ObservationId, pointer: &str) -> &Value {
        self.observations[observation].body.pointer(pointer).unwrap()
    }
}

fn converted(app: &App, lifted: Vec<Lifted>, trace: Trace) -> Converted {
    convert(app, lifted, &Platform::default(), &Nothing, trace)
}

#[test]
fn every_line_of_every_file_of_the_estate_has_an_origin_and_tracing_changes_no_byte() {
    let estate = Estate::read();
    let (mut files, mut lines, mut of_source) = (0, 0, 0);
    for app in estate.apps() {
        let traced = converted(&app, estate.lift(&app), Trace::Lines);
        let plain = converted(&app, estate.lift(&app), Trace::Off);
        assert!(plain.files.iter().all(|(_, file)| file.provenance.spans().is_empty()));
        let bytes = |done: &Converted| -> Vec<_> {
            done.files.iter().map(|(path, file)| (path.to_owned(), file.bytes.clone())).collect()
        };
        assert_eq!(bytes(&traced), bytes(&plain));
        for (member, lifted) in app.members.iter().zip(estate.lift(&app)) {
            entries_stand_on_their_lines(&traced, &ledger_path(&member.id()), &lifted.ledger);
        }
        for (path, file) in traced.files.iter() {
            files += 1;
            let text = std::str::from_utf8(&file.bytes).unwrap();
            for (at, line) in (1..).zip(text.lines()) {
                let span = file.provenance.line(at).unwrap_or_else(|| panic!("{path}:{at}: no origin: {line}"));
                assert!(!span.origins.is_empty() && !span.origins.contains(&Origin::Edited), "{path}:{at}: {line}");
                lines += 1;
                of_source += usize::from(span.origins.iter().any(|origin| matches!(origin, Origin::Source { .. })));
            }
            let last = file.provenance.spans().last().map(|span| span.last as usize);
            assert_eq!(last, Some(text.lines().count()), "{path}");
        }
    }
    assert!(files > 80 && lines > 10_000 && of_source > 3_000, "{files} files, {lines} lines, {of_source} of sources");
}

/// What is told of a ledger's lines without its text is so in its text.
fn entries_stand_on_their_lines(traced: &Converted, path: &str, ledger: &Ledger) {
    let text = std::str::from_utf8(traced.files.get(path).unwrap()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for (line, _, entry) in ledger_lines(ledger) {
        let written: Value = serde_json::from_str(lines[line as usize - 1].trim_end_matches(',')).unwrap();
        assert_eq!(written["path"], entry.path, "{path}:{line}");
    }
    assert_eq!(ledger_lines(ledger).count(), ledger.entries().count());
}

/// The estate's app of this name, traced, with the ledgers of its workloads.
struct Traced {
    estate: Estate,
    app: App,
    done: Converted,
    ledgers: Vec<(EnvironmentName, Ledger)>,
}

impl Traced {
    fn new(name: &str) -> Self {
        let estate = Estate::read();
        let app = estate.apps().into_iter().find(|app| app.name == name).unwrap();
        let lifted = estate.lift(&app);
        let ledgers =
            app.members.iter().zip(&lifted).map(|(one, lifted)| (one.environment.clone(), lifted.ledger.clone()));
        let ledgers = ledgers.collect();
        let done = converted(&app, lifted, Trace::Lines);
        Self { estate, app, done, ledgers }
    }

    /// The first line of the manifests in an environment that reads so.
    fn line(&self, environment: &str, wanted: &str) -> &Span {
        let path = format!("deployment/teams/{}/apps/{}/{environment}/manifests.yaml", self.app.team, self.app.name);
        let file = self.done.files.file(&path).unwrap();
        let text = std::str::from_utf8(&file.bytes).unwrap();
        let found = (1..).zip(text.lines()).find(|(_, line)| line.trim() == wanted);
        file.provenance.line(found.unwrap_or_else(|| panic!("no `{wanted}` in\n{text}")).0).unwrap()
    }

    /// The fields of sources behind a line, by the kind of their document, with what stands there.
    fn sources(&self, environment: &str, wanted: &str) -> Vec<(String, String, Value)> {
        let sources = Sources::new(self.ledgers.iter().map(|(environment, ledger)| (environment, ledger)));
        let mut found = Vec::new();
        for origin in &self.line(environment, wanted).origins {
            let Origin::Plconfig { pointer } = origin else { panic!("{origin:?}") };
            for origin in sources.of(environment, pointer) {
                let Origin::Source { observation, pointer, verdict } = origin else { panic!("{origin:?}") };
                assert!(matches!(verdict, FieldVerdict::Exact | FieldVerdict::Approximated), "{verdict:?}");
                let kind = observation.as_str().split('/').next().unwrap().to_owned();
                found.push((kind, pointer.clone(), self.estate.value(&observation, &pointer).clone()));
            }
        }
        found
    }
}

fn field(kind: &str, pointer: &str, value: impl Into<Value>) -> (String, String, Value) {
    (kind.to_owned(), pointer.to_owned(), value.into())
}

const CONTAINER: &str = "/taskDefinition/containerDefinitions/1";

#[test]
fn a_service_s_lines_lead_to_its_task_definition_and_its_scaling() {
    let app = Traced::new("event-ingest");
    let task = |pointer: &str, value: Value| field("ecs.task-definition", &format!("{CONTAINER}/{pointer}"), value);
    let image = "417263850914.dkr.ecr.eu-central-1.amazonaws.com/tracking/event-ingest:1.18.4";
    for (line, source) in [
        (format!("image: {image}"), task("image", image.into())),
        ("- containerPort: 8000".to_owned(), task("portMappings/0/containerPort", 8000.into())),
        ("- name: RAW_BUCKET".to_owned(), task("environment/3/value", "tracklark-carrier-raw".into())),
        ("cpu: 500m".to_owned(), field("ecs.task-definition", "/taskDefinition/cpu", "512")),
        ("minReplicas: 3".to_owned(), field("application-autoscaling.scalable-target", "/MinCapacity", 3)),
    ] {
        let found = app.sources("production", &line);
        assert!(found.contains(&source), "{line}: {found:?}");
    }
}

#[test]
fn a_schedule_leads_to_its_rule_and_a_number_to_its_service() {
    let close = Traced::new("billing-daily-close");
    let schedule = field("events.rule", "/ScheduleExpression", "cron(15 2 ? * MON-FRI *)");
    assert_eq!(close.sources("production", "schedule: 15 2 * * MON-FRI"), [schedule]);
    let archive = Traced::new("pod-archive");
    assert_eq!(archive.sources("production", "replicas: 2"), [field("ecs.service", "/desiredCount", 2)]);
}

#[test]
fn an_environment_s_own_lines_lead_to_its_own_workload() {
    let app = Traced::new("billing-api");
    let of = |environment: &str, line: &str| {
        let sources = Sources::new(app.ledgers.iter().map(|(environment, ledger)| (environment, ledger)));
        let span = app.line(environment, line);
        let Origin::Plconfig { pointer } = &span.origins[0] else { panic!("{span:?}") };
        let found = sources.of(environment, pointer);
        let Origin::Source { observation, .. } = &found[0] else { panic!("{found:?}") };
        observation.as_str().to_owned()
    };
    let production = of("production", "- name: ASPNETCORE_ENVIRONMENT");
    let staging = of("staging", "- name: ASPNETCORE_ENVIRONMENT");
    assert!(production.contains("/417263850914/") && staging.contains("/862094173355/"), "{production} {staging}");
    let path = format!("deployment/teams/{}/apps/billing-api/plconfig.yaml", app.app.team);
    let file = app.done.files.file(&path).unwrap();
    let below = |span: &&Span| span.place.pointer.starts_with("/environments/staging/");
    let patched: Vec<_> = file.provenance.spans().iter().filter(below).collect();
    assert!(!patched.is_empty());
    for span in patched {
        for origin in &span.origins {
            let named = match origin {
                Origin::Source { observation, .. } => observation.as_str(),
                Origin::Workload { id, .. } => id.as_str(),
                other => panic!("{other:?}"),
            };
            assert!(named.contains("/862094173355/"), "{}: {named}", span.place.pointer);
        }
    }
}

/// A line of Terraform that says what a field says names that field.
#[test]
fn a_line_of_terraform_leads_to_the_field_of_what_was_observed() {
    let estate = Estate::read();
    let queues = estate.observations.values().filter(|one| one.kind == ObservationKind::Queue);
    let resources: Vec<SharedResource> = queues
        .map(|one| SharedResource {
            id: format!("sqs:{}", one.name),
            name: one.name.rsplit(':').next().unwrap().to_owned(),
            observation: one.clone(),
            parts: Vec::new(),
            stated: Some(TeamName::new("tracking")),
            users: BTreeSet::new(),
            keepers: BTreeMap::new(),
        })
        .collect();
    let (unread, accounts) = (BTreeSet::new(), BTreeMap::new());
    let shared = SharedEstate {
        resources: &resources,
        apps: &[],
        unread: &unread,
        auth: &[],
        accounts: &accounts,
        people: None,
    };
    let convert = |trace| convert_shared(&shared, &Platform::default(), &Decisions::default(), &Nothing, trace);
    let (traced, plain) = (convert(Trace::Lines), convert(Trace::Off));
    assert_eq!((traced.adopted, traced.left_out.len()), (4, 0));
    let bytes = |done: &caravan_convert::SharedConverted| -> Vec<_> {
        done.files.iter().map(|(path, file)| (path.to_owned(), file.bytes.clone())).collect()
    };
    assert_eq!(bytes(&traced), bytes(&plain));
    for (path, file) in traced.files.iter() {
        let lines = std::str::from_utf8(&file.bytes).unwrap().lines().count();
        assert_eq!(file.provenance.spans().last().map(|span| span.last as usize), Some(lines), "{path}");
    }
    let file = traced.files.file("infrastructure/teams/tracking/adopt/sqs.tf").unwrap();
    let text = std::str::from_utf8(&file.bytes).unwrap();
    let mut arguments = 0;
    for (at, line) in (1..).zip(text.lines()) {
        let Some((name, value)) = line.trim().split_once(" = ") else { continue };
        let field = match name.trim() {
            "visibility_timeout_seconds" => "/Attributes/VisibilityTimeout",
            "receive_wait_time_seconds" => "/Attributes/ReceiveMessageWaitTimeSeconds",
            _ => continue,
        };
        let span = file.provenance.line(at).unwrap();
        let Origin::Source { observation, pointer, .. } = &span.origins[0] else { panic!("{span:?}") };
        assert_eq!((pointer.as_str(), estate.value(observation, pointer)), (field, &Value::from(value)), "{line}");
        arguments += 1;
    }
    assert_eq!(arguments, 8);
}
