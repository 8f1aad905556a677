//! What readiness and waves cost at 1,000, 10,000 and 100,000 workloads.
//!
//! `cargo bench -p caravan-plans [-- WORKLOADS…]`. Readiness: every check on every workload, with the ledgers there (of 1,000
//! services that differ, taken again and again: more of them would measure the memory). Waves: the proposal, with ten edges
//! for each workload. Measured is the process's CPU time, on one thread; nothing is read from a disk.

use caravan_convert_lift::{Lifted, SharedHosts, Source, StoreReach, lift};
use caravan_inventory::{
    AccountId, Confidence, Decisions, Edge, EdgeKind, EnvironmentName, Evidence, Observation, ObservationId,
    ObservationKind, Provider, Region, Scope, TeamName, Workload, WorkloadId, WorkloadKind,
};
use caravan_plans::readiness::{Assessment, EstateFacts, Subject, assess};
use caravan_plans::waves::{Candidate, WavePolicy, propose};
use cpu_time::ProcessTime;
use serde_json::json;
use std::hint::black_box;
use std::io::Write;
use std::time::Duration;

/// How many services differ.
const DIFFERENT: usize = 1_000;

/// One service with everything that its assessment reads.
struct Service {
    workload: Workload,
    observations: Vec<Observation>,
    lifted: Lifted,
    needs: Vec<Edge>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let asked: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if asked.is_empty() { vec![1_000, 10_000, 100_000] } else { asked };
    let services: Vec<Service> = (0..DIFFERENT).map(service).collect();
    let mut out = std::io::stdout().lock();
    for count in sizes {
        let (took, assessments) = timed(|| assess_all(&services, count));
        report(&mut out, "readiness", count, took)?;
        let candidates: Vec<Candidate> = (0..count)
            .map(|number| {
                let mut candidate =
                    Candidate::new(&services[number % DIFFERENT].workload, &assessments[number % assessments.len()]);
                candidate.workload = id(number);
                candidate
            })
            .collect();
        let edges = edges(count);
        let (took, waves) =
            timed(|| propose(&candidates, &edges, &WavePolicy::default()).map(|found| found.waves.len()));
        report(&mut out, &format!("{} edges into {} waves", edges.len(), waves?), count, took)?;
    }
    Ok(())
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let began = ProcessTime::now();
    let done = black_box(work());
    (began.elapsed(), done)
}

fn report(out: &mut impl Write, what: &str, count: usize, took: Duration) -> std::io::Result<()> {
    let each = took.as_secs_f64() * 1e6 / count as f64;
    writeln!(out, "{count:>7} workloads: {:>7.3} s, {each:>6.2} µs each: {what}", took.as_secs_f64())
}

/// The first of the assessments are kept: the rest are the same.
fn assess_all(services: &[Service], count: usize) -> Vec<Assessment> {
    let (decisions, facts) = (Decisions::default(), EstateFacts::default());
    let mut kept = Vec::new();
    for number in 0..count {
        let service = &services[number % services.len()];
        let assessment = assess(&Subject {
            workload: &service.workload,
            observations: &service.observations,
            lifted: &service.lifted,
            questions: &service.lifted.questions,
            needs: &service.needs,
            needed_by: &[],
            decisions: &decisions,
            estate: &facts,
        });
        if kept.len() < services.len() {
            kept.push(assessment);
        } else {
            black_box(assessment);
        }
    }
    kept
}

fn id(number: usize) -> WorkloadId {
    WorkloadId::new(format!("ecs/111122223333/eu-central-1/main/service-{number:06}"))
}

/// Ten for each workload, to ones that come before it.
fn edges(count: usize) -> Vec<Edge> {
    let mut random = fastrand::Rng::with_seed(16);
    let one = |_| {
        let from = random.usize(1..count.max(2));
        edge(&id(from), id(random.usize(from.saturating_sub(5_000)..from)).as_str(), EdgeKind::Calls)
    };
    (0..count * 10).map(one).collect()
}

fn edge(from: &WorkloadId, to: &str, kind: EdgeKind) -> Edge {
    Edge {
        from: from.to_string(),
        to: to.to_owned(),
        kind,
        direction: None,
        confidence: Confidence::Inferred,
        evidence: Evidence { observation: ObservationId::new("ecs.task-definition/x"), path: "/x".to_owned() },
    }
}

fn service(number: usize) -> Service {
    let environment: Vec<_> =
        (0..12).map(|at| json!({"name": format!("SETTING_{at}"), "value": format!("value-{}", number + at)})).collect();
    let container = json!({"name": "app", "image": format!("registry.example/app:{number}"), "essential": true,
        "cpu": 256, "memory": 512, "environment": environment,
        "portMappings": [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}]});
    let task = json!({"taskDefinition": {"family": format!("service-{number:06}"), "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512", "containerDefinitions": [container]}});
    let service = json!({"serviceName": format!("service-{number:06}"), "desiredCount": 1 + number % 3,
        "launchType": "FARGATE", "schedulingStrategy": "REPLICA"});
    let documents = [(ObservationKind::EcsService, service), (ObservationKind::EcsTaskDefinition, task)];
    let scope = Scope::new(Provider::Aws, AccountId::new("111122223333"), Region::new("eu-central-1"));
    let observations: Vec<Observation> = documents
        .into_iter()
        .map(|(kind, body)| Observation {
            id: ObservationId::of(kind, &scope, &number.to_string()),
            kind,
            name: number.to_string(),
            account: Some(scope.account.clone()),
            region: Some(scope.region.clone()),
            api: "api".to_owned(),
            first_seen: jiff::Timestamp::UNIX_EPOCH,
            last_seen: jiff::Timestamp::UNIX_EPOCH,
            body,
        })
        .collect();
    let workload = Workload {
        id: id(number),
        kind: WorkloadKind::Ecs,
        name: format!("service-{number:06}"),
        team: TeamName::new(format!("team-{}", number % 200)),
        environment: EnvironmentName::new("production"),
        account: Some(scope.account),
        region: Some(scope.region),
        parts: observations.iter().map(|observation| observation.id.clone()).collect(),
    };
    let borrowed: Vec<&Observation> = observations.iter().collect();
    let lifted = lift(&Source {
        workload: &workload,
        app: "app",
        part: None,
        component: None,
        observations: &borrowed,
        decisions: &Decisions::default(),
        hosts: &SharedHosts::default(),
        store: &StoreReach::UNKNOWN,
        unread: &caravan_convert_lift::Unread::NOTHING,
    });
    let needs = vec![
        edge(&workload.id, "host:db.example.com", EdgeKind::Data),
        edge(&workload.id, "host:api.partner.example", EdgeKind::Calls),
    ];
    Service { workload, observations, lifted, needs }
}
