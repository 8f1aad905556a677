//! Values that Docker and ECS take and a pod does not, or not alike.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use caravan_convert_lift::FieldVerdict;
use caravan_convert_lift::plconfig::{Component, ComponentType};
use caravan_inventory::ObservationKind::EcsTaskDefinition;
use common::Case;
use serde_json::{Value, json};

fn task(container: Value, more: Value) -> Case {
    let mut named = json!({"name": "app", "image": "app:1"});
    named.as_object_mut().unwrap().extend(container.as_object().unwrap().clone());
    let mut body = json!({"family": "app", "containerDefinitions": [named]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Case::live("app", &[(EcsTaskDefinition, body)]).answer("start", "", "with-traffic").answer("kind", "", "worker")
}

fn worker(case: &Case) -> Component {
    let component = case.config().components.remove("worker").unwrap();
    assert_eq!(component.kind, ComponentType::Worker);
    component
}

fn asked(case: &Case, topic: &str) -> bool {
    case.lift().questions.iter().any(|question| question.id.as_str().starts_with(&format!("{topic}/")))
}

#[test]
fn a_hostname_is_a_label_or_a_question() {
    for (name, assumed) in
        [("mx.post.example", Some("mx")), ("LIC-7", Some("lic-7")), ("queue_2", Some("queue-2")), ("___", None)]
    {
        let case = task(json!({"hostname": name}), json!({}));
        assert_eq!(worker(&case).hostname.as_deref(), assumed, "{name}");
        assert!(worker(&case).suspended.is_some(), "under another name nothing starts before the answer");
        let verdict = case.verdict(0, "/containerDefinitions/0/hostname");
        assert!(matches!(verdict, FieldVerdict::Question { .. }), "{name}: {verdict:?}");
        assert!(
            asked(&case.clone().answer("hostname", "app", "Not_One"), "hostname"),
            "an answer is held to it as well"
        );
        let answered = worker(&case.answer("hostname", "app", "mail-1"));
        assert_eq!((answered.hostname.as_deref(), answered.suspended), (Some("mail-1"), None));
    }
    assert_eq!(
        task(json!({"hostname": "mx"}), json!({})).verdict(0, "/containerDefinitions/0/hostname"),
        FieldVerdict::Exact
    );
}

#[test]
fn names_of_the_hosts_file_are_those_of_a_pod() {
    let extra =
        |name: &str, address: &str| task(json!({"extraHosts": [{"hostname": name, "ipAddress": address}]}), json!({}));
    assert_eq!(worker(&extra("DB.Corp", "10.0.0.9")).hosts["db.corp"], "10.0.0.9");
    assert_eq!(worker(&extra("db", "10.0.0.9")).hosts["db"], "10.0.0.9");
    assert!(extra("db_1", "10.0.0.9").reasons()[0].contains("hosts file"));
    let gateway = extra("db", "host-gateway");
    assert!(asked(&gateway, "placeholder") && !asked(&gateway, "misplaced") && worker(&gateway).hosts.is_empty());
}

#[test]
fn open_files_are_compared_with_what_a_node_gives() {
    let limit = |soft: u64, hard: u64| {
        task(json!({"ulimits": [{"name": "nofile", "softLimit": soft, "hardLimit": hard}]}), json!({}))
    };
    for (soft, hard) in [(1024, 4096), (500_000, 1_000_000), (65_536, 2_000_000), (4096, 65_536)] {
        assert!(asked(&limit(soft, hard), "ulimit"), "{soft} {hard}");
    }
    for (soft, hard) in [(65_536, 65_536), (65_535, 65_535), (65_536, 1_048_576)] {
        assert!(!asked(&limit(soft, hard), "ulimit"), "{soft} {hard}");
    }
}

#[test]
fn kernel_parameters_that_are_safe_today_are_set() {
    for name in ["net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem", "net.ipv4.tcp_keepalive_time"] {
        let case = task(json!({"systemControls": [{"namespace": name, "value": "4096 8192 16384"}]}), json!({}));
        assert_eq!(worker(&case).sysctls[name], "4096 8192 16384");
    }
    let unsafe_one = task(json!({"systemControls": [{"namespace": "net.core.somaxconn", "value": "9"}]}), json!({}));
    assert!(unsafe_one.reasons()[0].contains("net.core.somaxconn"));
}

#[test]
fn an_empty_mode_is_none() {
    for mode in ["pidMode", "ipcMode"] {
        let case = task(json!({}), json!({mode: ""}));
        assert_eq!(case.verdict(0, &format!("/{mode}")), FieldVerdict::Dropped { rule: "default".into() });
        assert_eq!(worker(&case).share_processes, None);
        assert_eq!(task(json!({}), json!({mode: "host"})).reasons().len(), 1);
    }
}

/// Below zero a limit is none, and what is not said is not said to be nothing.
#[test]
fn a_limit_is_shown_as_what_it_means() {
    for (limit, said) in [
        (json!({"softLimit": -1, "hardLimit": -1}), "(as a process starts unlimited, at most unlimited)"),
        (json!({"softLimit": 64, "hardLimit": "-1"}), "(as a process starts 64, at most unlimited)"),
        (json!({"softLimit": "32"}), "(as a process starts 32)"),
        (json!({"softLimit": "much"}), "(without a number)"),
    ] {
        let mut whole = limit;
        whole["name"] = "memlock".into();
        let questions = task(json!({"ulimits": [whole]}), json!({})).lift().questions;
        let asked = questions.into_iter().find(|one| one.id.as_str() == "ulimit/ecs/test/app/app/memlock").unwrap();
        assert!(asked.text.contains(said), "{}", asked.text);
    }
}

/// Templates write numbers as texts: a port is the same port, in the question and beside another container's.
#[test]
fn a_port_written_as_a_text_is_the_same_port() {
    for port in [json!(8080), json!("8080"), json!(" 8080 ")] {
        let mapping = json!([{"containerPort": port, "hostPort": port}]);
        let case = task(json!({"portMappings": mapping}), json!({"networkMode": "bridge"}));
        assert!(case.lift().questions.iter().any(|one| one.id.as_str() == "host-port/ecs/test/app/app/8080"), "{port}");
        let both = json!([{"name": "app", "image": "a", "portMappings": mapping},
            {"name": "b", "image": "b", "portMappings": [{"containerPort": 8080}]}]);
        let clash = task(json!({}), json!({"networkMode": "bridge", "containerDefinitions": both}));
        assert!(clash.reasons()[0].contains("both listen on 8080"), "{port}");
    }
}

/// One answer is for all of a container, so that all of it is named, and nothing that is only spelt like it.
#[test]
fn all_that_a_container_asks_ecs_for_is_named() {
    let text = |container: Value| {
        let questions = task(container, json!({})).lift().questions;
        questions.into_iter().find(|one| one.id.as_str().starts_with("ecs-endpoint/")).map(|one| one.text)
    };
    let uri = "ECS_CONTAINER_METADATA_URI";
    for (container, named) in [
        (
            json!({"command": ["sh", "-c", format!("curl ${uri}_V4 && curl $ECS_AGENT_URI")],
                "environment": [{"name": "ECS_FARGATE", "value": "true"}]}),
            "`ECS_AGENT_URI`, `ECS_CONTAINER_METADATA_URI`, `ECS_FARGATE`, which",
        ),
        (
            json!({"environment": [{"name": "AWS_EXECUTION_ENV", "value": "AWS_ECS_FARGATE"},
                {"name": "KEYS", "value": "http://169.254.170.2/v2/credentials"}]}),
            "of `169.254.170.2/`, `AWS_EXECUTION_ENV`, which",
        ),
        (
            json!({"healthCheck": {"command": ["CMD-SHELL", "curl 169.254.170.2"]}, "command": ["--providers.ecs=true"]}),
            "of `169.254.170.2/`, `providers.ecs`, which",
        ),
        (
            json!({"environment": [{"name": format!("{uri}_V4"), "value": "http://a"}, {"name": uri, "value": "b"}]}),
            "of `ECS_CONTAINER_METADATA_URI`, which",
        ),
        (json!({"command": ["--config=/etc/ecs/ecs-default-config.yaml"]}), "of `/etc/ecs/`, which"),
        (json!({"command": ["consul-ecs", "mesh-init"]}), "of `consul-ecs`, which"),
    ] {
        let text = text(container).unwrap();
        assert!(text.contains(named), "{text}");
    }
    for value in ["AWS_ECS_FARGATE", "MY_ECS_FARGATE_TASKS", "ECS_FARGATE_SPOT", "XECS_AGENT_URI"] {
        assert_eq!(text(json!({"environment": [{"name": "PLATFORM", "value": value}]})), None, "{value}");
    }
}

/// A pod does not reach what stands on the instance by the address that Docker's bridge gave it.
#[test]
fn addresses_of_the_instance_are_asked_about_and_only_they() {
    for (container, named) in [
        (json!({"environment": [{"name": "AGENT", "value": "http://172.17.0.1:8126"}]}), "`172.17.0.1`"),
        (json!({"command": ["serve", "--statsd", "host.docker.internal:8125"]}), "`host.docker.internal`"),
        (
            json!({"entryPoint": ["sh", "-c", "AGENT=$(wget -qO- 169.254.169.254/latest/meta-data/local-ipv4) serve"]}),
            "`169.254.169.254`",
        ),
    ] {
        let case = task(container, json!({}));
        let questions = case.lift().questions;
        let text = &questions.iter().find(|one| one.id.as_str().starts_with("ecs-endpoint/")).unwrap().text;
        assert!(text.contains(named), "{text}");
        assert!(worker(&case).suspended.is_some());
    }
    for (word, named) in [
        ("curl -s http://[fd00:ec2::254]/latest/meta-data/instance-id", "`fd00:ec2::254`"),
        ("HTTP://[FD00:EC2::254]", "`fd00:ec2::254`"),
        ("http://instance-data/latest/meta-data", "`instance-data`"),
        ("wget -qO- instance-data:80/latest/user-data", "`instance-data`"),
        ("AGENT=$(curl instance-data) serve", "`instance-data`"),
        ("http://instance-data.ec2.internal/latest", "`instance-data`"),
        ("instance-data.eu-west-1.compute.internal", "`instance-data`"),
    ] {
        for container in
            [json!({"command": ["sh", "-c", word]}), json!({"environment": [{"name": "PEER", "value": word}]})]
        {
            let case = task(container, json!({}));
            let questions = case.lift().questions;
            let asked = questions.iter().find(|one| one.id.as_str().starts_with("ecs-endpoint/"));
            assert!(asked.is_some_and(|one| one.text.contains(named)), "{word}: {questions:?}");
            assert!(worker(&case).suspended.is_some(), "{word}");
        }
    }
    for value in [
        "172.17.0.10",
        "10.172.17.0.1x",
        "169.254.169.2540",
        "fd00:ec2::2541",
        "s3://instance-data/x",
        "/srv/instance-data/a",
        "my-instance-data",
        "instance-data.json",
        "instance-data-eu",
        "https://cdn.example.com/instance-data",
    ] {
        let case = task(json!({"environment": [{"name": "PEER", "value": value}]}), json!({}));
        assert!(!asked(&case, "ecs-endpoint"), "{value}");
    }
}

#[test]
fn what_ecs_gives_to_its_tasks_is_found_wherever_it_is_used() {
    for container in [
        json!({"command": ["sh", "-c", "curl $ECS_CONTAINER_METADATA_URI_V4/task"]}),
        json!({"entryPoint": ["sh", "-c", "curl 169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]}),
        json!({"environment": [{"name": "ECS_FARGATE", "value": "true"}]}),
        json!({"environment": [{"name": "METADATA", "value": "http://169.254.170.2/v2/metadata"}]}),
        json!({"healthCheck": {"command": ["CMD-SHELL", "curl -f ${ECS_CONTAINER_METADATA_URI}"]}}),
        json!({"image": "public.ecr.aws/newrelic/nri-ecs:1.11"}),
        json!({"image": "registry.example.net/mirror/ecs-exporter:v0.4"}),
        json!({"image": "registry.example.net/ecs-files-composer"}),
        json!({"image": "hashicorp/consul-ecs:0.8"}),
        json!({"image": "registry.example.net/prometheus-ecs-discovery:1"}),
        json!({"image": "quay.io/sysdig/workload-agent:5.0"}),
        json!({"environment": [{"name": "AOT_CONFIG_CONTENT", "value": "receivers:\n  awsecscontainermetrics:\n    collection_interval: 20s"}]}),
        json!({"environment": [{"name": "TELEGRAF_CONF", "value": "[[inputs.ecs]]"}]}),
        json!({"environment": [{"name": "JAVA_OPTS", "value": "-Xmx1g -Dhazelcast.aws.enabled=true"}]}),
        json!({"environment": [{"name": "HZ_NETWORK_JOIN_AWS_ENABLED", "value": "true"}]}),
        json!({"command": ["sh", "-c", "exec serve --host $(ec2-metadata --local-ipv4)"]}),
        json!({"command": ["-Dpekko.discovery.method=aws-api-ecs"]}),
    ] {
        let case = task(container.clone(), json!({}));
        assert!(asked(&case, "ecs-endpoint") && worker(&case).suspended.is_some(), "{container}");
        assert!(worker(&case.answer("ecs-endpoint", "app", "without")).suspended.is_none());
    }
    for (name, value) in [("A", "b"), ("HZ_NETWORK_JOIN_AWS_ENABLED", "false"), ("CLUSTER", "myhazelcast.aws.example")]
    {
        let case = task(json!({"command": ["serve"], "environment": [{"name": name, "value": value}]}), json!({}));
        assert!(!asked(&case, "ecs-endpoint"), "{name}={value}");
    }
}

#[test]
fn files_of_an_image_under_a_volume_are_asked_about() {
    let mounted = |volume: Value, path: &str| {
        let mut volume = volume;
        volume["name"] = "v".into();
        task(json!({"mountPoints": [{"sourceVolume": "v", "containerPath": path}]}), json!({"volumes": [volume]}))
    };
    let docker = json!({"dockerVolumeConfiguration": {"scope": "task", "driver": "local"}});
    for volume in [json!({}), json!({"host": {}}), docker] {
        let case = mounted(volume.clone(), "/srv/www");
        assert!(asked(&case, "image-content") && worker(&case).suspended.is_some(), "{volume}");
        assert!(worker(&case.answer("image-content", "v", "empty")).suspended.is_none());
        assert!(!asked(&mounted(volume, "/tmp/cache"), "image-content"));
    }
    assert!(!asked(
        &mounted(json!({"efsVolumeConfiguration": {"fileSystemId": "fs-12ab"}}), "/srv/www"),
        "image-content"
    ));
    let from = json!({"containerDefinitions": [
        {"name": "app", "image": "a", "volumesFrom": [{"sourceContainer": "data", "readOnly": true}]}, {"name": "data", "image": "d"}]});
    let case = Case::live("app", &[(EcsTaskDefinition, from)]);
    assert!(matches!(
        case.verdict(0, "/containerDefinitions/0/volumesFrom/0/sourceContainer"),
        FieldVerdict::Question { .. }
    ));
}

/// A Service names each port: of a range that is no list of ports the refusal says what to write.
#[test]
fn a_range_of_ports_that_cant_be_carried_over_says_what_to_write_instead() {
    let ranged = |range: &str| task(json!({"portMappings": [{"containerPortRange": range}]}), json!({}));
    assert_eq!(worker(&ranged("9000-9003")).ports.len(), 4);
    assert_eq!(worker(&ranged("9000-9099")).ports.len(), 100);
    for range in ["9000-9100", "49152-65535", "9003-9000", "9000", "0-7", "a-b"] {
        let reason = ranged(range).reasons()[0].clone();
        let told = [format!("`{range}`"), "`containerPort`".to_owned(), "FIRST-LAST of at most 100".to_owned()];
        assert!(told.iter().all(|part| reason.contains(part)), "{range}: {reason}");
    }
    let none = task(json!({"portMappings": [{"containerPort": 70_000}]}), json!({})).reasons()[0].clone();
    assert!(none.contains("`containerPort`") && none.contains("65535"), "{none}");
}

/// What Terraform fills in, or does not show, is asked about wherever it stands, and holds the container.
#[test]
fn what_a_plan_does_not_know_is_never_taken_for_a_value() {
    for text in ["(known after apply)", "(sensitive value)", "tcp://(known after apply):80"] {
        let body = json!({"family": "web", "containerDefinitions": [{"name": "web", "image": "web:1", "command": ["serve", text],
            "workingDirectory": text, "environment": [{"name": "A", "value": text}]}]});
        let case = Case::from_file("web", &[(EcsTaskDefinition, body.clone())]);
        let asked: Vec<String> = case.lift().questions.iter().map(|question| question.id.to_string()).collect();
        for place in ["command/1", "environment/0/value", "workingDirectory"] {
            let id = format!("placeholder/{}/containerDefinitions/0/{place}", case.workload.id);
            assert!(asked.contains(&id), "{id}: {asked:?}");
        }
        let config = case.config();
        let component = config.components.values().next().unwrap();
        assert!(component.suspended.is_some());
        assert!(
            component.workdir.as_deref().is_some_and(|path| path.starts_with("/placeholder")),
            "{:?}",
            component.workdir
        );
        // A live variable is what it is.
        let live = Case::live("web", &[(EcsTaskDefinition, body)]);
        assert!(!live.lift().questions.iter().any(|question| question.id.as_str().starts_with("placeholder/")));
    }
}

/// A number that is filled in is a question of its own, whose answer is what stands there.
#[test]
fn numbers_that_are_filled_in_are_asked_for() {
    let open = |text: &str| json!({"$unresolved": text});
    let body = json!({"family": "web", "containerDefinitions": [{"name": "web", "image": "web:1",
        "portMappings": [{"containerPort": open("${var.port}")}],
        "healthCheck": {"command": ["CMD", "/ok"], "interval": open("(known after apply)")}}]});
    let case = Case::from_file("web", &[(EcsTaskDefinition, body)]);
    let place = |field: &str| format!("ecs.task-definition/containerDefinitions/0/{field}");
    let (port, interval) = (place("portMappings/0/containerPort"), place("healthCheck/interval"));
    let asked: Vec<String> = case.lift().questions.iter().map(|question| question.id.to_string()).collect();
    for place in [&port, &interval] {
        assert!(asked.contains(&format!("value/{}/{place}", case.workload.id)), "{place}: {asked:?}");
    }
    assert!(!asked.iter().any(|id| id.starts_with("misplaced/")), "{asked:?}");
    let config = case.answer("value", &port, "8080").answer("value", &interval, "15").config();
    let component = config.components.values().next().unwrap();
    assert_eq!(component.port, Some(8080));
    let health = serde_json::to_value(component.health.as_ref().unwrap()).unwrap();
    assert_eq!(health["live"]["interval"], "15s");
}
