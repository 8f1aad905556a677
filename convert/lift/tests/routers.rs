//! Log routers that are left out, devices that no node has, tasks with addresses of their own: each is said for what it is.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use caravan_convert_lift::{FieldVerdict, LiftOutcome};
use caravan_inventory::ObservationKind::{EcsService, EcsTaskDefinition};
use common::Case;
use serde_json::{Value, json};

/// A service whose app stands beside a log router.
fn routed(router: Value, app: Value) -> Case {
    let with = |mut base: Value, more: Value| {
        base.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        base
    };
    let router = with(
        json!({"name": "log_router", "image": "public.ecr.aws/aws-observability/aws-for-fluent-bit:3",
            "firelensConfiguration": {"type": "fluentbit"}}),
        router,
    );
    let app = with(json!({"name": "app", "image": "app:1", "portMappings": [{"containerPort": 80}]}), app);
    let service = json!({"serviceName": "shop", "taskDefinition": "shop:1", "desiredCount": 2});
    let task = json!({"family": "shop", "containerDefinitions": [app, router],
        "volumes": [{"name": "logs"}, {"name": "own"}]});
    Case::live("shop", &[(EcsService, service), (EcsTaskDefinition, task)])
}

/// The text of a question, if it is asked.
fn asked(case: &Case, id: &str) -> Option<String> {
    let questions = case.lift().questions;
    questions.into_iter().find(|question| question.id.as_str() == id).map(|question| question.text)
}

const ROUTER: &str = "logs/ecs/test/shop/log_router";
const APP: &str = "logs/ecs/test/shop/app";

#[test]
fn whatever_a_router_does_by_itself_is_asked_about() {
    let mounted = json!({"mountPoints": [{"sourceVolume": "logs", "containerPath": "/var/log/app"}]});
    for (router, app, shown, field) in [
        (
            json!({"firelensConfiguration": {"type": "fluentbit", "options": {"config-file-type": "s3",
                "config-file-value": "arn:aws:s3:::cfg/extra.conf"}}}),
            json!({}),
            "a configuration of its own",
            "/containerDefinitions/1/firelensConfiguration/options/config-file-value",
        ),
        (
            json!({"image": "fluent/fluentd:v1.17-1", "firelensConfiguration": {"type": "fluentd", "options":
                {"config-file-type": "file", "config-file-value": "/fluentd/etc/more.conf"}}}),
            json!({}),
            "a configuration of its own",
            "/containerDefinitions/1/firelensConfiguration/options/config-file-type",
        ),
        (
            json!({"environment": [{"name": "aws_fluent_bit_init_s3_1", "value": "arn:aws:s3:::cfg/in.conf"},
                {"name": "LEVEL", "value": "debug"}]}),
            json!({}),
            "a configuration of its own",
            "/containerDefinitions/1/environment/0/value",
        ),
        (
            json!({"command": ["-c", "/mine.conf"]}),
            json!({}),
            "words of its own that start it",
            "/containerDefinitions/1/command/1",
        ),
        (
            json!({"image": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/our-logs:7"}),
            json!({}),
            "an image of its own",
            "/containerDefinitions/1/image",
        ),
        (
            mounted.clone(),
            mounted,
            "the files that `app` may write to the volume `logs`",
            "/containerDefinitions/1/mountPoints/0/sourceVolume",
        ),
        (
            json!({"portMappings": [{"containerPort": 5170}, {"containerPort": 24224}]}),
            json!({}),
            "what is sent to its port 5170",
            "/containerDefinitions/1/portMappings/0/containerPort",
        ),
    ] {
        let case = routed(router, app);
        let text = asked(&case, ROUTER).unwrap_or_else(|| panic!("{shown}"));
        assert!(text.contains(shown), "{text}");
        assert!(matches!(case.verdict(1, field), FieldVerdict::Question { .. }), "{field}");
        let answered = case.answer("logs", "log_router", "not-needed");
        assert_eq!(asked(&answered, ROUTER), None, "{shown}");
        let rule = FieldVerdict::Dropped { rule: "log-router".into() };
        assert_eq!(answered.verdict(1, field), rule, "{field}");
        assert!(answered.config().components["web"].sidecars.is_empty());
    }
}

#[test]
fn a_router_that_only_hands_on_is_left_out_without_a_question() {
    for router in [
        json!({}),
        json!({"image": "906394416424.dkr.ecr.eu-west-1.amazonaws.com/aws-for-fluent-bit:stable", "user": "0",
            "environment": [{"name": "FLB_LOG_LEVEL", "value": "info"}], "portMappings": [{"containerPort": 24224}]}),
        json!({"image": "fluent/fluentd@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "firelensConfiguration": {"type": "fluentd", "options": {"enable-ecs-log-metadata": "true"}}}),
        json!({"mountPoints": [{"sourceVolume": "own", "containerPath": "/buffer"}]}),
    ] {
        let case = routed(router.clone(), json!({}));
        assert_eq!(asked(&case, ROUTER), None, "{router}");
        assert!(case.config().components["web"].sidecars.is_empty(), "{router}");
    }
}

fn sent(options: Value) -> Case {
    routed(json!({}), json!({"logConfiguration": {"logDriver": "awsfirelens", "options": options}}))
}

#[test]
fn where_lines_go_is_read_in_whatever_letters_and_by_both_routers() {
    for options in [
        json!({"name": "forward", "host": "logs.internal"}),
        json!({"NAME": "es", "Host": "search.internal"}),
        json!({"@type": "kinesis_firehose", "delivery_stream_name": "lines"}),
        json!({"Name": "Splunk", "Host": "splunk.internal"}),
    ] {
        assert!(asked(&sent(options.clone()), APP).is_some(), "{options}");
    }
    for options in [
        json!({"name": "cloudwatch_logs", "log_group_name": "shop", "region": "eu-west-1"}),
        json!({"Name": "datadog", "dd_tags": "team:shop"}),
        json!({"@type": "cloudwatch_logs", "log_group_name": "shop"}),
        json!({"exclude-pattern": "^DEBUG"}),
    ] {
        let case = sent(options.clone());
        assert_eq!(asked(&case, APP), None, "{options}");
        let noted = options.as_object().unwrap().keys().filter(|name| {
            let path = format!("/containerDefinitions/0/logConfiguration/options/{}", name.replace('~', "~0"));
            let note = case.entry(1, &path).note.unwrap_or_default();
            !note.contains("the router is left out")
        });
        assert_eq!(noted.count(), 1, "{options}: what is lost with it is said at its field");
    }
}

#[test]
fn what_is_sent_to_a_router_by_its_link_is_sent_to_nobody() {
    let linked = |links: Value, value: &str| {
        routed(json!({}), json!({"links": links, "environment": [{"name": "AGENT", "value": value}]}))
    };
    let metrics = "metrics/ecs/test/shop/app";
    for (links, value) in [
        (json!(["log_router"]), "tcp://log_router:25888"),
        (json!(["log_router:agent"]), "tcp://agent:25888"),
        (json!([]), "udp://127.0.0.1:25888"),
    ] {
        assert!(asked(&linked(links, value), metrics).is_some(), "{value}");
    }
    let reasons = linked(json!(["log_router:agent"]), "agent:24224").reasons();
    assert!(reasons[0].contains("agent:24224"), "{reasons:?}");
    for value in ["tcp://log_router:25888", "tcp://localhost:258889", "tcp://my-localhost:25888", "localhost:242245"] {
        let case = linked(json!([]), value);
        assert_eq!(asked(&case, metrics), None, "{value}");
        assert!(matches!(case.lift().outcome, LiftOutcome::Converted(_)), "{value}");
    }
}

fn with(container: Value) -> Case {
    let mut main = json!({"name": "a", "image": "a:1"});
    main.as_object_mut().unwrap().extend(container.as_object().unwrap().clone());
    Case::live("app", &[(EcsTaskDefinition, json!({"family": "app", "containerDefinitions": [main]}))])
}

#[test]
fn what_no_node_has_is_called_by_its_name() {
    for (container, wanted, unwanted) in [
        (json!({"credentialSpecs": ["credentialspecdomainless:arn:aws:s3:::ad/spec.json"]}), "gMSA", "Windows"),
        (json!({"credentialSpecs": ["credentialspec:arn:aws:s3:::ad/spec.json"]}), "gMSA", "Windows"),
        (json!({"dockerSecurityOptions": ["credentialspec:file://spec.json"]}), "gMSA", "Windows"),
        (json!({"resourceRequirements": [{"type": "NeuronDevice", "value": "2"}]}), "Neuron", "retired"),
        (json!({"resourceRequirements": [{"type": "NeuronDevice", "value": "ALL"}]}), "Neuron", "retired"),
        (json!({"resourceRequirements": [{"type": "InferenceAccelerator", "value": "a"}]}), "retired", "Neuron"),
        (json!({"resourceRequirements": [{"type": "Quantum", "value": "1"}]}), "`Quantum`", "retired"),
    ] {
        let reasons = with(container.clone()).reasons();
        assert!(reasons.iter().any(|reason| reason.contains(wanted)), "{container}: {reasons:?}");
        assert!(!reasons.iter().any(|reason| reason.contains(unwanted)), "{container}: {reasons:?}");
    }
}

#[test]
fn a_number_of_gpus_that_is_none_is_asked_about() {
    let case = with(json!({"resourceRequirements": [{"type": "GPU", "value": "ALL"}]}));
    assert!(asked(&case, "gpus/ecs/test/app/a").unwrap().contains("`ALL`"));
    assert!(case.config().components["worker"].suspended.is_some());
    let gpus = |case: &Case| case.config().components["worker"].resources.as_ref().unwrap().gpu;
    assert_eq!(gpus(&case.clone().answer("gpus", "a", "4")), Some(4));
    assert!(asked(&case.answer("gpus", "a", "many"), "gpus/ecs/test/app/a").is_some());
    assert_eq!(gpus(&with(json!({"resourceRequirements": [{"type": "GPU", "value": "2"}]}))), Some(2));
}

#[test]
fn an_address_of_its_own_is_said_with_what_is_reached_there() {
    let case = |ports: Value, public: &str| {
        let network = json!({"awsvpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": public}});
        let service = json!({"serviceName": "app", "taskDefinition": "app:1", "networkConfiguration": network});
        let task =
            json!({"family": "app", "containerDefinitions": [{"name": "a", "image": "a:1", "portMappings": ports}]});
        Case::live("app", &[(EcsService, service), (EcsTaskDefinition, task)])
    };
    let egress = "egress/ecs/test/app";
    let listening = asked(&case(json!([{"containerPort": 8080}]), "ENABLED"), egress).unwrap();
    assert!(listening.contains("its ports are reached there"), "{listening}");
    let calling = asked(&case(json!([]), "ENABLED"), egress).unwrap();
    assert!(!calling.contains("ports") && calling.contains("public address"), "{calling}");
    assert_eq!(asked(&case(json!([{"containerPort": 8080}]), "DISABLED"), egress), None);
}
