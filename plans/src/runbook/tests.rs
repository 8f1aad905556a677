//! A runbook says what the plan does, and nothing else.

use super::*;
use crate::{Drivers, Sealed, WaveSpec, build};
use caravan_providers::target::Snapshot;
use serde_json::json;

/// What `caravan plan seal` made of a wave that shifts a name.
const SEALED: &str = include_str!("../../../tests/formats/v2/legacy-b63e0fe4.json");
const HASH: &str = "b63e0fe4c1b95fb25be5dd018debd819ac403a8d7582ab469911d706d3e2fc0d";

const WORK: &str = r#"
schema: caravan.wave-spec/v1
wave: work
hand_overs:
  - workload: ecs/123456789012/eu-central-1/main/orders
    stop:
      - ecs-service: {account: "123456789012", region: eu-central-1, cluster: main, name: orders}
    start:
      - deployment: {cluster: prod, namespace: shop, name: orders}
    proof: {within: 120}
    paused_controllers: [argo-cd]
"#;

fn sealed() -> Sealed {
    Sealed::open(SEALED, &PlanHash::parse(HASH).unwrap()).unwrap()
}

fn teams(plan: &WavePlan, team: &str) -> BTreeMap<WorkloadId, String> {
    plan.steps.iter().map(|step| (step.workload().clone(), team.to_owned())).collect()
}

fn of_shift() -> (WavePlan, Runbook) {
    let sealed = sealed();
    let plan = sealed.plan().clone();
    let runbook = runbook(&plan, Some(sealed.hash()), &teams(&plan, "parcels"));
    (plan, runbook)
}

fn work() -> WavePlan {
    let spec: WaveSpec = serde_yaml::from_str(WORK).unwrap();
    let state = |active: bool, settings| Some(Snapshot::Activation { active, settings });
    let standing = |target: &caravan_providers::target::Target| match target.short_name().as_str() {
        "main/orders" => state(true, json!({"desiredCount": 2})),
        _ => state(false, json!({"replicas": 0, "caravan.dev/replicas-after-hand-over": "3"})),
    };
    build(&spec, standing, Drivers::OneMachine, None).unwrap()
}

#[test]
fn every_stage_gate_probe_and_line_is_the_plan_s() {
    let (plan, runbook) = of_shift();
    assert_eq!((runbook.hash.as_deref(), runbook.steps.len()), (Some(HASH), plan.steps.len()));
    for (at, (step, planned)) in runbook.steps.iter().zip(&plan.steps).enumerate() {
        let names: Vec<Option<String>> = (0..planned.stages()).map(|stage| plan.step_name(at, stage)).collect();
        assert_eq!(step.stages.iter().map(|stage| Some(stage.name.clone())).collect::<Vec<_>>(), names);
        assert_eq!(step.manual_rollback, planned.manual_rollback());
        for (number, stage) in step.stages.iter().enumerate() {
            assert_eq!(stage.approval.is_some(), planned.wants_approval(number), "{}", stage.name);
            let change = planned.enter(number).unwrap();
            let kind = change.target.kind();
            let (old, new) = (kind.lines(&change.before), kind.lines(&change.after));
            assert!(stage.goes.iter().all(|line| old.contains(line) && !new.contains(line)));
            assert!(stage.comes.iter().all(|line| new.contains(line) && !old.contains(line)));
            // What is printed when the stage stands is what the plan says that stands.
            assert_eq!(stage.verify[0].expect.as_deref(), Some(new.join("; ").as_str()));
        }
        let probes = planned.old_probes().iter().chain(planned.new_probes());
        for (check, probe) in step.checks.iter().zip(probes) {
            let command = check.command.as_deref().unwrap();
            assert!(command.contains(&probe.host) && command.contains(&probe.address), "{command}");
        }
    }
    let bakes: u64 = plan.shifts().flat_map(|shift| &shift.stages).map(|stage| stage.gate.bake_ms).sum();
    assert_eq!(runbook.times.least_seconds, bakes.div_ceil(1000));
    assert_eq!(
        runbook.times.approvals,
        plan.shifts().flat_map(|shift| &shift.stages).filter(|stage| stage.approval).count() as u64
    );
    assert_eq!(runbook.times.soak_seconds, plan.soak_ms / 1000);
    assert!(runbook.rollback.expires.contains(&duration(plan.soak_ms / 1000)));
    assert_eq!(
        runbook.owners,
        [Owner { team: "parcels".to_owned(), workloads: vec![plan.steps[0].workload().to_string()] }]
    );
}

#[test]
fn what_is_handed_over_says_who_stops_and_how_long_nobody_works() {
    let plan = work();
    let runbook = runbook(&plan, None, &BTreeMap::new());
    let step = &runbook.steps[0];
    assert_eq!(
        (step.kind, step.team.as_str(), step.paused_controllers.as_slice()),
        ("hand-over", "unknown", &["argo-cd".to_owned()][..])
    );
    let [stop, start] = step.stages.as_slice() else { panic!("{step:?}") };
    assert!(
        stop.name.contains("stop") && stop.at_risk.as_deref().unwrap().starts_with("nobody is at work"),
        "{stop:?}"
    );
    assert!(start.name.contains("start") && start.at_risk.is_none(), "{start:?}");
    assert!(stop.verify[0].command.as_deref().unwrap().starts_with("aws ecs describe-services"), "{stop:?}");
    assert!(start.verify[0].command.as_deref().unwrap().contains("get deployment"), "{start:?}");
    assert_eq!(runbook.times.proofs_seconds, 240);
    let what: Vec<&str> = runbook.before.iter().chain(&runbook.after).map(|task| task.what.as_str()).collect();
    assert!(what.iter().any(|what| what.contains("this page is of a draft")), "{what:?}");
    assert!(what.iter().any(|what| what.contains("pause for the time of the run: argo-cd")), "{what:?}");
    assert!(what.iter().any(|what| what.contains("suspended:")), "{what:?}");
}

#[test]
fn both_documents_say_everything() {
    for (plan, runbook) in [of_shift(), (work(), runbook(&work(), None, &BTreeMap::new()))] {
        let (markdown, html) = (runbook.markdown().unwrap(), runbook.html().unwrap());
        assert!(
            html.starts_with("<!doctype html>")
                && html.contains("prefers-color-scheme: dark")
                && html.contains("@media print")
        );
        assert!(!html.contains("<script") && !html.contains("src=") && !html.contains("url("), "nothing is fetched");
        for step in &runbook.steps {
            for line in step.manual_rollback.iter().filter(|line| !line.is_empty()) {
                assert!(markdown.contains(line.as_str()), "{line}");
            }
            for stage in &step.stages {
                let command = stage.verify[0].command.as_deref().unwrap();
                assert!(markdown.contains(command), "{command}");
                assert!(markdown.contains(&format!("gate: {}", stage.gate)), "{}", stage.gate);
                assert!(stage.comes.iter().all(|line| markdown.contains(&format!("+ {line}"))), "{stage:?}");
            }
        }
        assert!(runbook.messages.iter().all(|message| markdown.contains(message.when) && html.contains(message.when)));
        assert!(markdown.matches("### ").count() > plan.steps.len());
    }
}

#[test]
fn who_did_not_start_it_is_told_the_run_before_any_command_wants_it() {
    let (_, runbook) = of_shift();
    for text in [runbook.markdown().unwrap(), runbook.html().unwrap()] {
        let text = text.replace("&quot;", "\"").replace("&#x22;", "\"").replace("&lt;", "<").replace("&gt;", ">");
        let given = text.find("RUN=<run>").unwrap_or_else(|| panic!("{text}"));
        let wanted = text.match_indices("\"$RUN\"").map(|(at, _)| at);
        // Whoever starts it prints it.
        let earlier: Vec<usize> = wanted.filter(|at| *at < given).collect();
        assert_eq!(earlier.len(), 1, "{text}");
        assert!(text[..earlier[0]].ends_with("echo "), "{text}");
        assert!(text.contains("in the folder of"), "{text}");
    }
}

#[test]
fn names_can_begin_nothing() {
    let mut plan = work();
    plan.wave = "<script>alert(1)</script>".to_owned();
    let runbook = runbook(&plan, None, &teams(&plan, "<img onerror=x> | # \n\n# owned"));
    let html = runbook.html().unwrap();
    assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
    let markdown = runbook.markdown().unwrap();
    assert!(!markdown.lines().any(|line| line == "# owned") && !markdown.contains("| <img"), "{markdown}");
}

#[test]
fn durations_are_said_in_the_largest_unit_that_is_exact() {
    assert_eq!([0, 90, 300, 86_400, 3_601].map(duration), ["0 s", "90 s", "5 min", "24 h", "3601 s"]);
}
