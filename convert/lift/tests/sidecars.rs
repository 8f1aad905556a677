//! Containers beside the main one that end, that may be down, or that wait.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use caravan_convert_lift::FieldVerdict;
use caravan_convert_lift::plconfig::Component;
use caravan_inventory::ObservationKind::{EcsService, EcsTaskDefinition};
use common::Case;
use serde_json::{Value, json};

/// A web service with another container beside its own.
fn beside(other: Value) -> Case {
    let service = json!({"serviceName": "shop", "taskDefinition": "shop:1", "desiredCount": 2});
    let main = json!({"name": "shop", "image": "shop:2", "portMappings": [{"containerPort": 80}]});
    let task = json!({"family": "shop", "containerDefinitions": [main, other]});
    Case::live("shop", &[(EcsService, service), (EcsTaskDefinition, task)])
}

fn web(case: &Case) -> Component {
    case.config().components.remove("web").unwrap()
}

fn asked(case: &Case, id: &str) -> bool {
    case.lift().questions.iter().any(|question| question.id.as_str() == id)
}

#[test]
fn what_may_end_beside_the_main_container_is_asked_about_and_nothing_runs_before_the_answer() {
    for other in [
        json!({"name": "seed", "image": "seed:1", "essential": false, "command": ["bin/seed"]}),
        json!({"name": "assets", "image": "tool:1", "essential": false, "entryPoint": ["sync"],
            "restartPolicy": {"enabled": true, "ignoredExitCodes": [0], "restartAttemptPeriod": 60}}),
        json!({"name": "warm", "image": "warm:1", "essential": false, "healthCheck": {"command": ["NONE"]}}),
    ] {
        let name = other["name"].as_str().unwrap().to_owned();
        let case = beside(other.clone());
        assert!(asked(&case, &format!("sidecar/ecs/test/shop/{name}")), "{name}");
        assert!(web(&case).suspended.is_some(), "{name}");
        assert!(matches!(case.verdict(1, "/containerDefinitions/1/essential"), FieldVerdict::Question { .. }));

        let before = web(&case.clone().answer("sidecar", &name, "before"));
        assert_eq!((before.init.len(), before.sidecars.len(), before.suspended), (1, 0, None));
        let once = web(&case.clone().answer("sidecar", &name, "once=/bin/run it"));
        let command = once.sidecars[name.as_str()].command.clone().unwrap();
        assert_eq!(
            (command[0].as_str(), &command[command.len() - 2..]),
            ("/bin/sh", ["/bin/run".to_owned(), "it".to_owned()].as_slice())
        );
        assert!(once.suspended.is_none());
        let out = web(&case.clone().answer("sidecar", &name, "leave-out"));
        assert!(out.sidecars.is_empty() && out.init.is_empty() && out.suspended.is_none());
        let unusable = case.clone().answer("sidecar", &name, "twice");
        assert!(asked(&unusable, &format!("sidecar/ecs/test/shop/{name}")));
    }
}

/// What may be answered is what the question lists, also where the answer carries words; the list itself is none.
#[test]
fn a_question_lists_every_form_of_its_answers() {
    for (other, listed) in [
        (
            json!({"name": "seed", "image": "seed:1", "essential": false}),
            "before, once=WORDS, always, apart=WORDS, leave-out",
        ),
        (
            json!({"name": "seed", "image": "seed:1", "essential": false, "command": ["only", "arguments"]}),
            "before, once=WORDS, always, apart=WORDS, leave-out",
        ),
        (
            json!({"name": "seed", "image": "seed:1", "essential": false, "entryPoint": ["bin/seed"]}),
            "before, once, always, apart, leave-out",
        ),
        (
            json!({"name": "seed", "image": "seed:1", "essential": false, "portMappings": [{"containerPort": 9000}]}),
            "always, apart=WORDS, leave-out",
        ),
    ] {
        let case = beside(other);
        let question = |case: &Case| {
            let questions = case.lift().questions;
            questions.into_iter().find(|one| one.id.as_str() == "sidecar/ecs/test/shop/seed")
        };
        let options = question(&case).unwrap().options;
        assert_eq!(options.join(", "), listed);
        for option in &options {
            let is_open = question(&case.clone().answer("sidecar", "seed", option)).is_some();
            assert_eq!(is_open, option.ends_with("=WORDS"), "{option}");
            let filled = option.replace("WORDS", "bin/seed --all");
            assert!(question(&case.clone().answer("sidecar", "seed", &filled)).is_none(), "{filled}");
        }
    }
}

/// Nobody takes the quotes out of an answer that a shell would: words with blanks are told by JSON alone.
#[test]
fn words_with_blanks_are_told_by_json_and_never_torn_apart() {
    let case = || beside(json!({"name": "seed", "image": "seed:1", "essential": false, "command": ["--all"]}));
    for answer in ["once=sh -c \"exec bin/seed\"", "apart=sh -c 'exec bin/seed'", "once=[sh, -c]"] {
        let open = case().answer("sidecar", "seed", answer);
        assert!(asked(&open, "sidecar/ecs/test/shop/seed"), "{answer}");
        assert!(web(&open).sidecars["seed"].command.is_none(), "{answer}");
    }
    let given = case().answer("sidecar", "seed", "once=[\"sh\", \"-c\", \"exec bin/seed 'x y'\"]");
    assert!(!asked(&given, "sidecar/ecs/test/shop/seed"));
    let seed = web(&given).sidecars["seed"].clone();
    assert_eq!(seed.command.unwrap()[4..], ["sh", "-c", "exec bin/seed 'x y'"]);
    assert_eq!(seed.args.unwrap_or_default(), ["--all"]);
}

#[test]
fn what_runs_on_and_may_be_down_is_asked_about_and_its_check_restarts_nothing() {
    for (name, other) in [
        (
            "datadog-agent",
            json!({"name": "datadog-agent", "image": "public.ecr.aws/datadog/agent:7", "essential": false}),
        ),
        (
            "cache",
            json!({"name": "cache", "image": "redis:7", "essential": false, "portMappings": [{"containerPort": 6379}]}),
        ),
        (
            "tail",
            json!({"name": "tail", "image": "tail:1", "essential": false, "restartPolicy": {"enabled": true},
            "healthCheck": {"command": ["CMD", "ok"]}}),
        ),
    ] {
        let case = beside(other);
        let component = web(&case);
        assert!(asked(&case, &format!("sidecar/ecs/test/shop/{name}")), "{name}");
        assert!(component.suspended.is_none(), "{name} is no reason not to start");
        assert!(component.sidecars[name].health.is_none(), "ECS does nothing when it is unhealthy");
        let apart = web(&case.answer("sidecar", name, "apart=/entry"));
        assert!(apart.sidecars[name].command.clone().unwrap()[2].contains("while :"));
    }
    let essential = beside(json!({"name": "b", "image": "b", "healthCheck": {"command": ["CMD", "ok"]}}));
    assert!(!asked(&essential, "sidecar/ecs/test/shop/b") && web(&essential).sidecars["b"].health.is_some());
}

#[test]
fn waiting_for_a_healthy_container_is_as_long_as_on_ecs() {
    for (check, startup, exact) in [
        (json!({"command": ["CMD", "ok"], "startPeriod": 20}), 20, false),
        (json!({"command": ["CMD", "ok"], "startPeriod": 60}), 60, true),
        (json!({"command": ["CMD", "ok"], "startPeriod": 45, "interval": 15}), 45, true),
    ] {
        let main = json!({"name": "front", "image": "f", "portMappings": [{"containerPort": 80}],
            "dependsOn": [{"containerName": "app", "condition": "HEALTHY"}]});
        let task = json!({"containerDefinitions": [main, {"name": "app", "image": "a", "healthCheck": check}]});
        let service = json!({"serviceName": "shop", "taskDefinition": "shop:1", "desiredCount": 2});
        let case = Case::live("shop", &[(EcsService, service), (EcsTaskDefinition, task)]);
        assert_eq!(web(&case).sidecars["app"].health.clone().unwrap().startup.unwrap().0, startup);
        let verdict = case.verdict(1, "/containerDefinitions/0/dependsOn/0/condition");
        assert_eq!(verdict == FieldVerdict::Exact, exact, "{startup}: {verdict:?}");
    }
}

#[test]
fn a_start_period_is_exact_where_it_decides_the_budget_of_the_start() {
    // Start period, grace period and interval; the budget, and whether each of the two is exact.
    for (period, grace, interval, budget, exact) in [
        (30, 0, 30, 30, (true, false)),
        (20, 60, 30, 60, (false, true)),
        (30, 60, 30, 60, (false, true)),
        (30, 300, 30, 300, (false, true)),
        (90, 60, 30, 90, (true, false)),
        (60, 60, 30, 60, (true, false)),
        (45, 0, 30, 45, (false, false)),
        (0, 50, 30, 50, (false, false)),
        (0, 50, 25, 50, (false, true)),
    ] {
        let check = json!({"command": ["CMD", "ok"], "startPeriod": period, "interval": interval});
        let app = json!({"name": "app", "image": "a", "portMappings": [{"containerPort": 80}], "healthCheck": check});
        let task = json!({"containerDefinitions": [app]});
        let service = json!({"serviceName": "shop", "taskDefinition": "shop:1", "desiredCount": 2,
            "healthCheckGracePeriodSeconds": grace});
        let case = Case::live("shop", &[(EcsService, service), (EcsTaskDefinition, task)]);
        let what = format!("{period} {grace} {interval}");
        assert_eq!(web(&case).health.clone().unwrap().startup.unwrap().0, budget, "{what}");
        let period = case.verdict(1, "/containerDefinitions/0/healthCheck/startPeriod");
        let grace = case.verdict(0, "/healthCheckGracePeriodSeconds");
        assert_eq!(
            (period == FieldVerdict::Exact, grace == FieldVerdict::Exact),
            exact,
            "{what}: {period:?} {grace:?}"
        );
    }
}

#[test]
fn nothing_of_a_refused_workload_is_exact() {
    let app = json!({"name": "app", "image": "a", "portMappings": [{"containerPort": 80}]});
    let task = json!({"family": "shop", "containerDefinitions": [app]});
    let service = json!({"serviceName": "shop", "taskDefinition": "shop:1", "desiredCount": 2,
        "schedulingStrategy": "DAEMON"});
    let documents = |service: serde_json::Value| [(EcsService, service), (EcsTaskDefinition, task.clone())];
    let refused = Case::live("shop", &documents(service.clone()));
    assert!(!refused.reasons().is_empty());
    let ledger = refused.lift().ledger;
    let counts = ledger.counts();
    assert_eq!((counts.exact, counts.approximated, counts.blocker), (0, 0, 1));
    assert!(ledger.entries().all(|entry| entry.target.is_none()));
    let image = refused.verdict(1, "/containerDefinitions/0/image");
    assert_eq!(image, FieldVerdict::Dropped { rule: "not-written".into() });
    let mut kept = service;
    kept["schedulingStrategy"] = json!("REPLICA");
    assert!(Case::live("shop", &documents(kept)).lift().ledger.counts().exact > 0);
}

#[test]
fn the_question_says_whose_words_follow_and_takes_no_answer_that_has_them_twice() {
    let id = "sidecar/ecs/test/shop/assets";
    let assets = |more: Value| {
        let mut other = json!({"name": "assets", "image": "tool:1", "essential": false});
        other.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        beside(other)
    };
    let text = |case: &Case| {
        let questions = case.lift().questions;
        questions.into_iter().find(|question| question.id.as_str() == id).unwrap().text
    };
    let synced = || assets(json!({"command": ["sync", "/app/public", "s3://assets"]}));
    assert!(text(&synced()).contains("`sync /app/public s3://assets`, follows them by itself"), "{}", text(&synced()));
    assert!(text(&assets(json!({}))).contains("its entry point and its command"), "{}", text(&assets(json!({}))));
    for twice in ["once=aws s3 sync /app/public s3://assets", "apart=sync /app/public s3://assets"] {
        assert!(asked(&synced().answer("sidecar", "assets", twice), id), "{twice}");
    }
    let once = web(&synced().answer("sidecar", "assets", "once=aws s3"));
    let sidecar = &once.sidecars["assets"];
    let all: Vec<String> = sidecar.command.iter().chain(&sidecar.args).flatten().cloned().collect();
    assert_eq!(all[4..], ["aws", "s3", "sync", "/app/public", "s3://assets"]);
    // Its own entry point may be the same word.
    let shell = assets(json!({"entryPoint": ["sh"], "command": ["sh"]}));
    assert!(!asked(&shell.clone().answer("sidecar", "assets", "once"), id));
    assert!(asked(&shell.answer("sidecar", "assets", "once=/bin/ash sh"), id));
    // Without an entry point nothing follows.
    let bare = assets(json!({"entryPoint": [""], "command": ["sync", "now"]}));
    let once = web(&bare.answer("sidecar", "assets", "once=/bin/sync now"));
    assert!(once.sidecars["assets"].args.is_none());
}
