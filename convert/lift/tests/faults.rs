//! Faults that were measured in other converters (discover-convert, B10), each held by name, and the same for whatever
//! JSON comes in.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use caravan_convert_lift::plconfig::{ComponentType, HealthProbe, Overlap, Scale, Spot, UseKind};
use caravan_convert_lift::{FieldVerdict, LiftOutcome};
use caravan_inventory::ObservationKind::{EcsService, EcsTaskDefinition};
use common::{Case, everything, file_cases, live_cases};
use serde_json::{Value, json};

fn task(container: Value) -> Case {
    task_of(json!({"containerDefinitions": [container]}))
}

fn task_of(body: Value) -> Case {
    Case::live("app", &[(EcsTaskDefinition, body)])
}

#[test]
fn b10_cmd_shell_becomes_sh_dash_c() {
    let check = |command: Value| {
        let case = task(json!({"name": "a", "image": "a", "healthCheck": {"command": command}}));
        let config = case.config();
        config.components["worker"]
            .health
            .clone()
            .and_then(|health| health.live)
            .map(|live: HealthProbe| live.command.unwrap())
    };
    assert_eq!(check(json!(["CMD-SHELL", "curl -f x || exit 1"])).unwrap(), ["/bin/sh", "-c", "curl -f x || exit 1"]);
    assert_eq!(check(json!(["CMD", "curl", "-f", "x"])).unwrap(), ["curl", "-f", "x"]);
    assert_eq!(check(json!(["NONE"])), None);
    assert_eq!(check(json!(["curl"])), None, "a check that ECS does not know is a question, not a guess");
}

#[test]
fn b10_command_without_entry_point_becomes_args() {
    let config = task(json!({"name": "a", "image": "a", "command": ["serve", "--port", "80"]})).config();
    let component = &config.components["worker"];
    assert_eq!(component.command, None);
    assert_eq!(component.args.as_ref().unwrap(), &["serve", "--port", "80"]);
    let config = task(json!({"name": "a", "image": "a", "command": ["x"], "entryPoint": ["/e"]})).config();
    let component = &config.components["worker"];
    assert_eq!(
        (component.command.as_ref().unwrap(), component.args.as_ref().unwrap()),
        (&vec!["/e".to_owned()], &vec!["x".to_owned()])
    );
}

#[test]
fn b10_task_size_never_becomes_a_limit() {
    let sizes = |task: Value| {
        let resources = task_of(task).config().components["worker"].resources.clone().unwrap_or_default();
        (
            resources.cpu.unwrap_or_default(),
            resources.memory.unwrap_or_default(),
            resources.memory_limit.unwrap_or_default(),
        )
    };
    let s = |cpu: &str, memory: &str, limit: &str| (cpu.to_owned(), memory.to_owned(), limit.to_owned());
    let one = |container: Value, cpu: &str, memory: &str| json!({"cpu": cpu, "memory": memory, "containerDefinitions": [container]});
    assert_eq!(sizes(one(json!({"name": "a", "image": "a"}), "256", "512")), s("250m", "512Mi", "none"));
    assert_eq!(
        sizes(one(json!({"name": "a", "image": "a", "cpu": 0}), ".25 vcpu", ".5 gb")),
        s("250m", "512Mi", "none")
    );
    assert_eq!(sizes(one(json!({"name": "a", "image": "a", "memory": 256}), "1024", "2048")), s("1", "256Mi", ""));
    let beside = json!({"cpu": "1024", "memory": "2048", "containerDefinitions": [
        {"name": "a", "image": "a"}, {"name": "b", "image": "b", "cpu": 256, "memory": 512, "essential": false}]});
    assert_eq!(sizes(beside), s("750m", "1536Mi", "none"));
    let none = json!({"containerDefinitions": [{"name": "a", "image": "a"}]});
    assert_eq!(sizes(none), s("", "", ""), "no size is invented");
    let soft = json!({"containerDefinitions": [{"name": "a", "image": "a", "memoryReservation": 100}]});
    assert_eq!(sizes(soft), s("", "100Mi", "none"));
    let both = json!({"containerDefinitions": [{"name": "a", "image": "a", "memoryReservation": 100, "memory": 300}]});
    assert_eq!(sizes(both), s("", "100Mi", "300Mi"));
}

#[test]
fn b10_efs_never_becomes_host_path() {
    let case = task_of(json!({
        "containerDefinitions": [{"name": "a", "image": "a", "mountPoints": [{"sourceVolume": "v", "containerPath": "/data/"}]}],
        "volumes": [{"name": "v", "efsVolumeConfiguration": {"fileSystemId": "fs-12ab"}}]
    }));
    let config = case.config();
    let volume = &config.components["worker"].volumes["/data"];
    assert_eq!(volume.efs.as_ref().unwrap().file_system, "fs-12ab");
    assert!(volume.temporary.is_none() && volume.size.is_none());
}

#[test]
fn a_directory_of_the_host_is_a_blocker_and_what_agents_read_is_a_question() {
    let mounts = |path: &str| {
        task_of(json!({
            "containerDefinitions": [{"name": "a", "image": "a", "mountPoints": [{"sourceVolume": "v", "containerPath": "/data"}]}],
            "volumes": [{"name": "v", "host": {"sourcePath": path}}]
        }))
    };
    assert_eq!(mounts("/srv/data").reasons(), ["the volume `v` is the host's directory /srv/data"]);
    let config = mounts("/var/run/docker.sock").config();
    assert!(config.components["worker"].volumes.is_empty());
}

#[test]
fn b10_no_planted_secret_in_any_output() {
    let mark = "<redacted:feedfacecafebeef>";
    let mut leaks = Vec::new();
    for mut case in file_cases().into_iter().chain(live_cases()) {
        for at in 0..case.observations.len() {
            let mut paths = Vec::new();
            texts(&case.observations[at].body, "", &mut paths);
            for path in paths {
                let old = case.observations[at].body.pointer(&path).unwrap().clone();
                let planted = format!("{}{mark}", old.as_str().unwrap());
                *case.observations[at].body.pointer_mut(&path).unwrap() = planted.into();
                let out = everything(&case.lift());
                if out.contains("feedface") || out.contains("<redacted") {
                    let at = out.find("feedface").or(out.find("<redacted")).unwrap();
                    leaks.push(format!("{} {path}: {:?}", case.workload.name, out.get(at.saturating_sub(60)..at + 20)));
                }
                *case.observations[at].body.pointer_mut(&path).unwrap() = old;
            }
        }
    }
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
}

fn texts(value: &Value, path: &str, out: &mut Vec<String>) {
    match value {
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, child)| texts(child, &format!("{path}/{at}"), out))
        }
        Value::Object(map) => map.iter().for_each(|(key, child)| {
            texts(child, &format!("{path}/{}", key.replace('~', "~0").replace('/', "~1")), out);
        }),
        Value::String(_) => out.push(path.to_owned()),
        _ => {}
    }
}

#[test]
fn secrets_go_by_reference_only() {
    let case = task(json!({
        "name": "a", "image": "a",
        "environment": [{"name": "URL", "value": "postgres://u:<redacted:00000000000000aa>@db/app"}],
        "command": ["run", "--key=<redacted:00000000000000bb>", "--again=<redacted:00000000000000bb>"],
        "secrets": [{"name": "KEY", "valueFrom": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/a-Ab3dEf:key::"}]
    }));
    let config = case.config();
    let component = &config.components["worker"];
    assert_eq!(component.secrets["URL"], "checkout#URL");
    assert_eq!(component.secrets["KEY"], "sm:prod/a#key");
    let args = component.args.as_ref().unwrap();
    assert_eq!(args, &["run", "--key=${secret:CARAVAN_SECRET_1}", "--again=${secret:CARAVAN_SECRET_1}"]);
    assert_eq!(component.secrets["CARAVAN_SECRET_1"], "checkout#CARAVAN_SECRET_1");
    assert!(component.env.is_empty());
    let answered = case.answer("secret", "URL", "sm:prod/app#url");
    assert_eq!(answered.config().components["worker"].secrets["URL"], "sm:prod/app#url");
    assert_eq!(answered.verdict(0, "/containerDefinitions/0/environment/0/value"), FieldVerdict::Approximated);
}

#[test]
fn b10_two_ports_are_named() {
    let case = task(json!({"name": "a", "image": "a", "portMappings": [
        {"containerPort": 80}, {"containerPort": 81}, {"containerPort": 82, "protocol": "udp"}, {"containerPort": 83, "name": "metrics"}]}));
    let component = case.config().components.remove("web").unwrap();
    assert_eq!(component.port, Some(80));
    let ports: Vec<_> = component.ports.iter().map(|(name, port)| (name.as_str(), port.as_str())).collect();
    assert_eq!(ports, [("metrics", "83"), ("tcp-81", "81"), ("udp-82", "82/udp")]);
}

/// DNS and HTTP/3 listen by one number over TCP and UDP: in whatever order they are written, TCP serves.
#[test]
fn a_port_of_udp_and_of_tcp_serves_by_tcp() {
    let udp = json!({"containerPort": 53, "protocol": "udp"});
    let more = json!({"containerPort": 9153, "protocol": "tcp"});
    for (tcp, first) in [
        (json!({"containerPort": 53, "protocol": "tcp"}), false),
        (json!({"containerPort": 53}), false),
        (json!({"containerPort": 53, "protocol": "tcp", "name": "dns"}), true),
    ] {
        let ports = if first { json!([tcp, udp, more]) } else { json!([udp, tcp, more]) };
        let case = task(json!({"name": "a", "image": "a", "portMappings": ports}));
        let component = case.config().components.remove("web").unwrap();
        assert_eq!(component.port, Some(53));
        let mut others: Vec<_> = component.ports.values().map(String::as_str).collect();
        others.sort_unstable();
        assert_eq!(others, ["53/udp", "9153"]);
    }
}

/// One answer never speaks for two conditions.
#[test]
fn each_condition_on_the_nodes_is_a_question_of_its_own() {
    let on = |expression: &str| json!({"type": "memberOf", "expression": expression});
    for expressions in [
        vec!["attribute:pci == true"],
        vec!["attribute:pci == true", "attribute:stack == prod"],
        vec![
            "attribute:ecs.cpu-architecture == arm64",
            "attribute:gpu == a10",
            "attribute:stack == prod",
            "attribute:pci == true",
        ],
    ] {
        let constraints: Vec<Value> = expressions.iter().map(|expression| on(expression)).collect();
        let case = task_of(
            json!({"placementConstraints": constraints, "containerDefinitions": [{"name": "a", "image": "a"}]}),
        );
        let questions = case.lift().questions;
        let texts: Vec<&str> = questions
            .iter()
            .filter(|one| one.id.as_str().starts_with("placement/"))
            .map(|one| one.text.as_str())
            .collect();
        let asked: Vec<_> = expressions.iter().filter(|expression| !expression.contains("architecture")).collect();
        assert_eq!(texts.len(), asked.len(), "{texts:?}");
        assert!(asked.iter().all(|expression| texts.iter().any(|text| text.contains(**expression))), "{texts:?}");
    }
}

#[test]
fn the_task_role_is_carried_and_the_execution_role_is_not() {
    let config = task_of(json!({
        "taskRoleArn": "arn:aws:iam::111122223333:role/app", "executionRoleArn": "arn:aws:iam::111122223333:role/ecs",
        "containerDefinitions": [{"name": "a", "image": "a"}]
    }))
    .config();
    assert_eq!(config.uses.len(), 1);
    assert_eq!(
        (config.uses["role"].kind, config.uses["role"].name.as_str()),
        (UseKind::Iam, "arn:aws:iam::111122223333:role/app")
    );
}

#[test]
fn what_the_source_leaves_unsaid_is_written_as_it_is_on_ecs() {
    let component = task(json!({"name": "a", "image": "a"})).config().components.remove("worker").unwrap();
    assert_eq!(
        (component.writable, component.user.as_deref(), component.spot),
        (Some(true), Some("image"), Some(Spot::Never))
    );
    assert_eq!(component.capabilities.unwrap().default, Some(true));
    assert_eq!(component.stop.unwrap().0, 30);
    assert!(component.arch.is_some() && component.suspended.is_some());
}

#[test]
fn a_template_is_asked_about_and_an_answer_takes_its_place() {
    let body = json!({"containerDefinitions": [{"name": "a", "image": "registry/<NAME>:$$$TAG$$$",
        "environment": [{"name": "SHELL", "value": "${HOME}"}], "command": ["sh", "-c", "echo ${HOME} <in"]}]});
    let case = Case::from_file("template", &[(EcsTaskDefinition, body.clone())]);
    let config = case.config();
    let component = &config.components["worker"];
    assert_eq!(component.image.as_deref(), Some("registry/placeholder:placeholder"));
    assert_eq!(component.args.as_ref().unwrap()[2], "echo ${HOME} <in", "a shell's own");
    assert!(component.suspended.as_ref().unwrap().contains("placeholder"));
    let ids: Vec<String> = case.lift().questions.iter().map(|question| question.id.to_string()).collect();
    assert!(ids.contains(&"placeholder/ecs/test/template/containerDefinitions/0/image".to_owned()), "{ids:?}");
    let case = case.answer("placeholder", "containerDefinitions/0/image", "registry/app:1");
    assert_eq!(case.config().components["worker"].image.as_deref(), Some("registry/app:1"));
    assert_eq!(case.verdict(0, "/containerDefinitions/0/image"), FieldVerdict::Exact);
    let live = Case::live(
        "live",
        &[(
            EcsTaskDefinition,
            json!({"containerDefinitions": [
        {"name": "a", "image": "a", "environment": [{"name": "X", "value": "${HOME}"}]}]}),
        )],
    );
    assert_eq!(live.config().components["worker"].env["X"], "${HOME}", "what an API answers is meant as it is");
}

#[test]
fn every_wrapper_is_understood() {
    let container = json!({"name": "a", "image": "a", "portMappings": [{"containerPort": 80}]});
    let bare = json!([container]);
    let register = json!({"family": "a", "containerDefinitions": [container]});
    let described = json!({"taskDefinition": register, "tags": []});
    let images: Vec<_> = [bare, register.clone(), described]
        .into_iter()
        .map(|body| Case::from_file("a", &[(EcsTaskDefinition, body)]).config().components["web"].image.clone())
        .collect();
    assert_eq!(images, vec![Some("a".to_owned()); 3]);
    let service = json!({"serviceName": "a", "taskDefinition": "a:1", "desiredCount": 2});
    for body in [service.clone(), json!({"service": service}), json!({"services": [service], "failures": []})] {
        let case = Case::live("a", &[(EcsService, body), (EcsTaskDefinition, register.clone())]);
        assert_eq!(case.config().components["web"].scale, Some(Scale::Fixed(2)));
    }
    let alone = Case::from_file("a", &[(EcsService, service)]);
    assert!(alone.reasons()[0].contains("task definition `a:1` is not among the sources"));
    assert_eq!(alone.lift().ledger.counts().unknown, 0);
    let odd = json!({"serviceName": "a", "taskDefinition": "a:1", "enableLogging": true});
    assert_eq!(
        Case::from_file("a", &[(EcsService, odd)]).lift().ledger.counts().unknown,
        1,
        "unknown even where it is refused"
    );
}

#[test]
fn a_task_definition_alone_is_asked_about_and_does_not_start() {
    let with_port = json!({"name": "a", "image": "a", "portMappings": [{"containerPort": 80}]});
    let case = task(with_port);
    let component = case.config().components.remove("web").unwrap();
    assert_eq!((component.kind, component.scale.clone()), (ComponentType::Web, Some(Scale::Fixed(1))));
    assert!(component.suspended.is_some());
    assert_eq!(component.ingress.unwrap().internal, Some(true), "nothing says that it is public");
    let answered = case.answer("kind", "", "worker").answer("replicas", "", "4").answer("start", "", "with-traffic");
    let component = answered.config().components.remove("worker").unwrap();
    assert_eq!((component.scale, component.suspended), (Some(Scale::Fixed(4)), None));
    let cron = task(json!({"name": "a", "image": "a"})).answer("kind", "", "cron").answer("schedule", "", "0 5 * * *");
    let component = cron.config().components.remove("cron").unwrap();
    assert_eq!((component.schedule.as_deref(), component.overlap), (Some("0 5 * * *"), Some(Overlap::Allow)));
}

/// ECS takes any integer; a rolling update of Kubernetes counts in 32 bits, and plconfig with it.
#[test]
fn a_percentage_that_no_rolling_update_can_have_is_never_lifted_as_one() {
    let task = json!({"containerDefinitions": [{"name": "a", "image": "a", "portMappings": [{"containerPort": 80}]}]});
    for maximum in [200, u64::from(u32::MAX), u64::from(u32::MAX) + 1, i64::MAX as u64, u64::MAX] {
        let deployment = json!({"maximumPercent": maximum, "minimumHealthyPercent": 50});
        let service = json!({"serviceName": "a", "taskDefinition": "a:1", "desiredCount": 2, "deploymentConfiguration": deployment});
        let lifted = Case::live("a", &[(EcsService, service), (EcsTaskDefinition, task.clone())]).lift();
        assert_eq!(lifted.ledger.counts().unknown, 0, "{maximum}");
        if let LiftOutcome::Converted(config) = lifted.outcome {
            let text = config.write().unwrap();
            assert_eq!(caravan_convert_lift::plconfig::PlConfig::read(&text).unwrap(), config, "{maximum}");
            let surge = config.components["web"].deploy.as_ref().and_then(|deploy| deploy.surge.clone());
            assert_eq!(surge.is_some(), u32::try_from(maximum).is_ok(), "{maximum}: {surge:?}");
        }
    }
}

#[test]
fn a_plain_web_service_starts_and_one_that_works_by_itself_does_not() {
    let suspended = |command: Value, environment: Value| {
        let case = Case::live(
            "shop",
            &[
                (EcsService, json!({"serviceName": "shop", "taskDefinition": "shop:1", "desiredCount": 2})),
                (
                    EcsTaskDefinition,
                    json!({"containerDefinitions": [{"name": "shop", "image": "a", "command": command,
                "environment": environment, "portMappings": [{"containerPort": 80}]}]}),
                ),
            ],
        );
        case.config().components["web"].suspended.is_some()
    };
    let queue = json!([{"name": "JOBS", "value": "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs"}]);
    assert!(!suspended(json!(["gunicorn", "--workers", "4"]), json!([])));
    assert!(!suspended(json!(["node", "heartbeat.js"]), json!([])));
    // It may only send to the queue, or be a second consumer: nobody but a person can tell (C6).
    assert!(suspended(json!(["node", "server.js"]), queue));
    assert!(suspended(json!(["sh", "-c", "rails db:migrate && puma"]), json!([])));
    assert!(suspended(json!(["celery", "beat"]), json!([])));
}

#[test]
fn containers_start_in_an_order_that_a_pod_has_or_not_at_all() {
    let order = |first: &str, condition: &str, other: Value| {
        task_of(json!({"containerDefinitions": [
            {"name": "a", "image": "a", "dependsOn": [{"containerName": first, "condition": condition}]}, other]}))
    };
    let healthy = json!({"name": "b", "image": "b", "essential": false, "healthCheck": {"command": ["CMD", "x"], "interval": 10, "retries": 2}});
    let config = order("b", "HEALTHY", healthy).config();
    // The rendered check adds the failures in a row that count: 2 of them, 10 s apart.
    assert_eq!(config.components["worker"].sidecars["b"].health.as_ref().unwrap().startup.unwrap().0, 0);
    let config = order(
        "b",
        "COMPLETE",
        json!({"name": "b", "image": "b", "essential": false, "entryPoint": ["x"], "command": ["y"]}),
    )
    .config();
    let init = &config.components["worker"].init[0].container;
    assert_eq!(init.command.as_ref().unwrap(), &["/bin/sh", "-c", "\"$@\"; exit 0", "sh", "x"]);
    let reversed = task_of(json!({"containerDefinitions": [
        {"name": "a", "image": "a", "healthCheck": {"command": ["CMD", "x"]}},
        {"name": "b", "image": "b", "essential": false, "dependsOn": [{"containerName": "a", "condition": "HEALTHY"}]}]}));
    let asked: Vec<String> = reversed.lift().questions.iter().map(|question| question.id.to_string()).collect();
    assert!(asked.contains(&"order/ecs/test/app/b".to_owned()), "{asked:?}");
    assert!(reversed.config().components["worker"].suspended.as_ref().unwrap().contains("waits for the main one"));
}

#[test]
fn containers_of_one_bridge_that_share_a_port_are_a_blocker() {
    let case = task_of(json!({"networkMode": "bridge", "containerDefinitions": [
        {"name": "a", "image": "a", "portMappings": [{"containerPort": 80, "hostPort": 0}]},
        {"name": "b", "image": "b", "portMappings": [{"containerPort": 80, "hostPort": 8080}]}]}));
    assert!(case.reasons()[0].contains("split them into two workloads"));
}

#[test]
fn what_speaks_to_a_router_at_localhost_is_a_blocker_only_with_evidence() {
    let with = |value: &str| {
        task_of(json!({"containerDefinitions": [
            {"name": "r", "image": "r", "firelensConfiguration": {"type": "fluentbit"}},
            {"name": "a", "image": "a", "environment": [{"name": "X", "value": value}]}]}))
    };
    assert!(with("tcp://localhost:24224").reasons()[0].contains("localhost:24224"));
    let config = with("tcp://elsewhere:24224").config();
    assert!(config.components["worker"].sidecars.is_empty(), "the router is left out");
}

mod any_shape {
    use super::*;
    use caravan_inventory::ObservationKind;
    use proptest::prelude::*;

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            prop_oneof![Just(-1_i64), Just(0), Just(i64::MAX), 1..5000_i64].prop_map(Value::from),
            any::<f64>().prop_map(|number| serde_json::Number::from_f64(number).map_or(Value::Null, Value::Number)),
            "[ -~]{0,12}|é|<X>|fs-1|\\$\\{V\\}|512x|CMD-SHELL|HEALTHY".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                proptest::collection::btree_map("name|value|[a-zA-Z]{1,6}|a/b~", inner, 0..3)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    /// A case of the fixtures with some fields taken out or replaced by anything.
    fn mutated() -> impl Strategy<Value = Case> {
        let change = (any::<proptest::sample::Index>(), any::<proptest::sample::Index>(), proptest::option::of(json()));
        (any::<proptest::sample::Index>(), proptest::collection::vec(change, 1..5)).prop_map(|(which, changes)| {
            let mut cases: Vec<Case> = file_cases().into_iter().chain(live_cases()).collect();
            let mut case = cases.swap_remove(which.index(cases.len()));
            for (document, place, new) in changes {
                let at = document.index(case.observations.len());
                let body = &mut case.observations[at].body;
                let mut paths = Vec::new();
                places(body, "", &mut paths);
                let path = place.get(&paths).clone();
                match (new, path.rsplit_once('/')) {
                    (Some(new), _) => *body.pointer_mut(&path).unwrap() = new,
                    (None, Some((parent, key))) => {
                        if let Some(Value::Object(map)) = body.pointer_mut(parent) {
                            map.remove(&key.replace("~1", "/").replace("~0", "~"));
                        }
                    }
                    (None, None) => {}
                }
            }
            case
        })
    }

    fn places(value: &Value, path: &str, out: &mut Vec<String>) {
        out.push(path.to_owned());
        match value {
            Value::Array(list) => {
                list.iter().enumerate().for_each(|(at, child)| places(child, &format!("{path}/{at}"), out))
            }
            Value::Object(map) => map.iter().for_each(|(key, child)| {
                places(child, &format!("{path}/{}", key.replace('~', "~0").replace('/', "~1")), out);
            }),
            _ => {}
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn b10_missing_host_port_or_memory_panics_nowhere(case in mutated()) {
            let lifted = case.lift();
            match &lifted.outcome {
                LiftOutcome::Converted(config) => {
                    let text = config.write().unwrap();
                    let read = caravan_convert_lift::plconfig::PlConfig::read(&text);
                    prop_assert_eq!(read.map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?, config.clone());
                }
                LiftOutcome::Refused { reasons } => prop_assert!(!reasons.is_empty()),
            }
        }

        #[test]
        fn another_value_of_an_exact_field_gives_another_plconfig((case, pick) in (mutated(), any::<proptest::sample::Index>())) {
            let before = case.lift();
            let exact = common::exact(&before.ledger);
            if matches!(before.outcome, LiftOutcome::Converted(_)) && !exact.is_empty() {
                let (source, entry) = pick.get(&exact);
                prop_assert!(common::changes(case, &before, source, entry), "{source} {}", entry.path);
            }
        }

        #[test]
        fn any_json_at_all_is_accounted_for(body in json(), kind in proptest::sample::select(ObservationKind::ALL)) {
            let case = Case::from_file("any", &[(kind, body), (EcsTaskDefinition, json!({"containerDefinitions": [{"name": "a", "image": "a"}]}))]);
            let lifted = case.lift();
            let mut paths = Vec::new();
            for observation in &case.observations {
                super::leaves(&observation.body, "", &mut paths);
            }
            let found: Vec<String> = lifted.ledger.entries().map(|entry| entry.path.clone()).collect();
            prop_assert_eq!(found, paths);
        }
    }
}

fn leaves(value: &Value, path: &str, out: &mut Vec<String>) {
    match value {
        Value::Array(list) if !list.is_empty() => {
            list.iter().enumerate().for_each(|(at, child)| leaves(child, &format!("{path}/{at}"), out));
        }
        Value::Object(map) if !map.is_empty() => map.iter().for_each(|(key, child)| {
            leaves(child, &format!("{path}/{}", key.replace('~', "~0").replace('/', "~1")), out);
        }),
        _ => out.push(path.to_owned()),
    }
}
