//! What looks the same in a pod and is not: approximated, asked about, or made the same.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use caravan_convert_lift::FieldVerdict;
use caravan_convert_lift::plconfig::{Component, Dns, Seconds};
use caravan_inventory::ObservationKind::{
    self, EcsService, EcsTaskDefinition, ScalableTarget, ScalingPolicy, SchedulerSchedule,
};
use common::Case;
use serde_json::{Value, json};

fn with(mut base: Value, more: Value) -> Value {
    base.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    base
}

/// A service of one container and what is said of the task and of the service.
fn service(container: Value, task: Value, service: Value) -> Case {
    let container = with(json!({"name": "app", "image": "app:1"}), container);
    let task = with(json!({"family": "app", "containerDefinitions": [container]}), task);
    let service = with(json!({"serviceName": "app", "taskDefinition": "app:1", "desiredCount": 3}), service);
    live(&[(EcsService, service), (EcsTaskDefinition, task)])
}

fn live(documents: &[(ObservationKind, Value)]) -> Case {
    Case::live("app", documents).answer("start", "", "with-traffic")
}

fn container(more: Value) -> Case {
    service(more, json!({}), json!({}))
}

fn component(case: &Case) -> Component {
    case.config().components.pop_first().unwrap().1
}

fn asked(case: &Case, topic: &str) -> bool {
    case.lift().questions.iter().any(|question| question.id.as_str().starts_with(&format!("{topic}/")))
}

fn is_question(verdict: FieldVerdict) -> bool {
    matches!(verdict, FieldVerdict::Question { .. })
}

#[test]
fn name_servers_replace_the_cluster_s_and_a_person_says_whether_they_stay() {
    let case = container(json!({"dnsServers": ["10.0.0.2", "10.1.0.2"], "dnsSearchDomains": ["corp.example"]}));
    let only = Dns {
        servers: vec!["10.0.0.2".to_owned(), "10.1.0.2".to_owned()],
        search: vec!["corp.example".to_owned()],
        only: Some(true),
    };
    let at = "/containerDefinitions/0/dnsServers/0";
    assert!(is_question(case.verdict(1, at)));
    assert_eq!(component(&case).dns, Some(only.clone()), "until then it asks whom it asked");
    let stays = case.clone().answer("dns", "", "only");
    assert_eq!((stays.verdict(1, at), component(&stays).dns), (FieldVerdict::Exact, Some(only)));
    let cluster = component(&case.answer("dns", "", "cluster")).dns.unwrap();
    assert_eq!((cluster.servers.len(), cluster.only), (0, None));

    // Docker adds the host's search domains, no resolver asks a fourth server, and a pod has one list.
    let bare = container(json!({"dnsServers": ["10.0.0.2"]})).answer("dns", "", "only");
    assert_eq!(bare.verdict(1, at), FieldVerdict::Approximated);
    let many = container(json!({"dnsServers": ["10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"]}));
    let many = many.answer("dns", "", "only");
    assert_eq!(component(&many).dns.unwrap().servers.len(), 3);
    let fourth = many.verdict(1, "/containerDefinitions/0/dnsServers/3");
    assert_eq!(fourth, FieldVerdict::Dropped { rule: "further-name-server".into() });
    let beside = json!({"containerDefinitions": [
        {"name": "app", "image": "a", "dnsServers": ["10.0.0.2"]}, {"name": "b", "image": "b", "dnsServers": ["10.0.0.3"]}]});
    let beside = service(json!({}), beside, json!({})).answer("dns", "", "only");
    assert_eq!(beside.verdict(1, at), FieldVerdict::Approximated);
    let search = container(json!({"dnsSearchDomains": ["Corp.Example"]}));
    assert_eq!(component(&search).dns.unwrap().search, ["corp.example"]);
    assert_eq!(search.verdict(1, "/containerDefinitions/0/dnsSearchDomains/0"), FieldVerdict::Approximated);
}

#[test]
fn a_command_as_one_text_is_asked_for_its_words() {
    for (field, line) in [("command", "npm start"), ("entryPoint", "sh,-c"), ("command", "sh -c 'a && b'")] {
        let case = container(json!({field: line}));
        assert!(is_question(case.verdict(1, &format!("/containerDefinitions/0/{field}"))), "{line}");
        assert!(component(&case).suspended.is_some(), "{line}");
        let words = |answer: &str| {
            let done = component(&case.clone().answer("words", &format!("app/{field}"), answer));
            assert!(done.suspended.is_none());
            if field == "command" { done.args.unwrap() } else { done.command.unwrap() }
        };
        assert_eq!(words("sh -c x"), ["sh", "-c", "x"]);
        assert_eq!(words(r#"["sh", "-c", "a && b"]"#), ["sh", "-c", "a && b"]);
    }
    let plain = container(json!({"command": "serve"}));
    assert!(component(&plain).args.unwrap() == ["serve"] && !asked(&plain, "words"));
}

#[test]
fn one_empty_word_takes_the_entry_point_away() {
    let case = container(json!({"entryPoint": [""], "command": ["bin/serve", "-v"]}));
    let made = component(&case);
    assert_eq!((made.command.unwrap(), made.args), (vec!["bin/serve".to_owned(), "-v".to_owned()], None));
    assert!(container(json!({"entryPoint": [""]})).reasons()[0].contains("neither an entry point nor a command"));
    let beside = json!({"containerDefinitions": [{"name": "app", "image": "a"},
        {"name": "b", "image": "b", "essential": false, "entryPoint": [""], "command": ["sync"]}]});
    let beside = service(json!({}), beside, json!({})).answer("sidecar", "b", "once");
    let sidecar = component(&beside).sidecars.remove("b").unwrap();
    assert_eq!((sidecar.command.unwrap().last().unwrap().as_str(), sidecar.args), ("sync", None));
}

#[test]
fn a_shell_check_in_pieces_runs_what_docker_runs_and_is_not_called_exact() {
    let check = |command: Value| container(json!({"healthCheck": {"command": command}}));
    let at = |case: &Case, at: usize| case.verdict(1, &format!("/containerDefinitions/0/healthCheck/command/{at}"));
    let pieces = check(json!(["CMD-SHELL", "curl", "-f", "http://localhost/"]));
    let command = component(&pieces).health.unwrap().live.unwrap().command.unwrap();
    assert_eq!(command, ["/bin/sh", "-c", "curl", "-f", "http://localhost/"]);
    assert!((0..4).all(|piece| at(&pieces, piece) == FieldVerdict::Approximated));
    let whole = check(json!(["CMD-SHELL", "curl -f http://localhost/"]));
    assert_eq!((at(&whole, 0), at(&whole, 1)), (FieldVerdict::Approximated, FieldVerdict::Exact));
    let direct = check(json!(["CMD", "curl", "-f"]));
    assert!((0..3).all(|piece| at(&direct, piece) == FieldVerdict::Exact));
}

#[test]
fn sizes_that_are_limits_on_ecs_and_requests_here_are_approximated() {
    let case = service(
        json!({"cpu": 256}),
        json!({"cpu": "256", "memory": "512", "ephemeralStorage": {"sizeInGiB": 30}}),
        json!({"capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]}),
    );
    for path in ["/cpu", "/memory", "/ephemeralStorage/sizeInGiB"] {
        assert_eq!(case.verdict(1, path), FieldVerdict::Approximated, "{path}");
    }
    assert_eq!(case.verdict(0, "/capacityProviderStrategy/0/capacityProvider"), FieldVerdict::Approximated);
    let role = service(json!({}), json!({"taskRoleArn": "arn:aws:iam::111122223333:role/app"}), json!({}));
    assert_eq!(role.verdict(1, "/taskRoleArn"), FieldVerdict::Approximated);
}

#[test]
fn a_surge_is_rounded_the_other_way() {
    for (percent, verdict) in [
        (200, FieldVerdict::Exact),
        (300, FieldVerdict::Exact),
        (150, FieldVerdict::Approximated),
        (110, FieldVerdict::Approximated),
    ] {
        let deployment = json!({"deploymentConfiguration": {"maximumPercent": percent, "minimumHealthyPercent": 50}});
        let case = service(json!({}), json!({}), deployment);
        assert_eq!(case.verdict(0, "/deploymentConfiguration/maximumPercent"), verdict, "{percent}");
        assert_eq!(case.verdict(0, "/deploymentConfiguration/minimumHealthyPercent"), FieldVerdict::Exact);
    }
}

#[test]
fn what_serves_without_a_balancer_keeps_its_whole_time_to_stop() {
    let stop = |more: Value| {
        let case = container(with(json!({"stopTimeout": 90}), more));
        let made = component(&case);
        (made.stop, made.drain, case.verdict(1, "/containerDefinitions/0/stopTimeout"))
    };
    let web = stop(json!({"portMappings": [{"containerPort": 80}]}));
    assert_eq!(web, (Some(Seconds(100)), Some(Seconds(10)), FieldVerdict::Approximated));
    assert_eq!(stop(json!({})), (Some(Seconds(90)), None, FieldVerdict::Exact));
}

#[test]
fn kernel_parameters_and_lines_of_the_hosts_file_that_contradict_each_other_are_asked_about() {
    let sets = |value: &str| json!([{"namespace": "net.ipv4.tcp_fin_timeout", "value": value}]);
    let two = |value: &str| {
        let two = json!({"containerDefinitions": [{"name": "app", "image": "a", "systemControls": sets("30")},
            {"name": "b", "image": "b", "systemControls": sets(value)}]});
        service(json!({}), two, json!({}))
    };
    assert!(asked(&two("60"), "sysctl") && !asked(&two("30"), "sysctl"));
    let chosen = two("60").answer("sysctl", "net.ipv4.tcp_fin_timeout", "60");
    assert_eq!(component(&chosen).sysctls["net.ipv4.tcp_fin_timeout"], "60");
    for at in 0..2 {
        let path = format!("/containerDefinitions/{at}/systemControls/0/value");
        assert_eq!(chosen.verdict(1, &path), FieldVerdict::Approximated);
    }

    let lines = |second: &str| {
        container(
            json!({"extraHosts": [{"hostname": "db", "ipAddress": "10.0.0.9"}, {"hostname": "db", "ipAddress": second}]}),
        )
    };
    assert!(asked(&lines("10.0.0.8"), "hosts-line") && component(&lines("10.0.0.8")).hosts["db"] == "10.0.0.9");
    assert!(!asked(&lines("10.0.0.9"), "hosts-line"));
    let first = lines("10.0.0.8").answer("hosts-line", "db/10.0.0.8", "first");
    assert!(matches!(first.verdict(1, "/containerDefinitions/0/extraHosts/1/ipAddress"), FieldVerdict::Dropped { .. }));
}

#[test]
fn what_may_fail_before_the_others_runs_in_a_shell_and_is_said() {
    let waits = |condition: &str| {
        json!({"containerDefinitions": [{"name": "app", "image": "a", "dependsOn": [{"containerName": "b", "condition": condition}]},
            {"name": "b", "image": "b", "essential": false, "entryPoint": ["warm"]}]})
    };
    for (condition, verdict) in [("COMPLETE", FieldVerdict::Approximated), ("SUCCESS", FieldVerdict::Exact)] {
        let case = service(json!({}), waits(condition), json!({}));
        assert_eq!(case.verdict(1, "/containerDefinitions/0/dependsOn/0/condition"), verdict);
    }
}

/// Who waits for the start alone goes on when it fails, and changes nothing for those who wait for its end.
#[test]
fn who_waits_for_a_start_takes_nothing_from_who_waits_for_the_end() {
    let note = |case: &Case, container: usize| {
        let entry = case.entry(1, &format!("/containerDefinitions/{container}/dependsOn/0/condition"));
        (entry.verdict, entry.note.unwrap_or_default())
    };
    for (conditions, wrapped, said) in [
        (["COMPLETE", "START"], true, "ends well whatever"),
        (["START", "COMPLETE"], true, "before anything else starts"),
        (["COMPLETE", "COMPLETE"], true, "ends well whatever"),
        (["COMPLETE", "SUCCESS"], false, "where it fails, nothing starts"),
        (["COMPLETE", "HEALTHY"], false, "where it fails, nothing starts"),
        (["START", "SUCCESS"], false, "where it fails, nothing does"),
    ] {
        for entry in [json!(["warm"]), json!([])] {
            let waiting = |name: &str, condition: &str| json!({"name": name, "image": name, "dependsOn": [{"containerName": "b", "condition": condition}]});
            let known = entry != json!([]);
            let first = json!({"name": "b", "image": "b", "essential": false, "entryPoint": entry, "command": ["x"]});
            let containers = json!([waiting("app", conditions[0]), waiting("other", conditions[1]), first]);
            let case = service(json!({}), json!({"containerDefinitions": containers}), json!({}));
            let init = &case.config().components.into_values().next().unwrap().init[0].container;
            let shell = init.command.as_ref().is_some_and(|words| words.iter().any(|word| word.ends_with("; exit 0")));
            assert_eq!(shell, wrapped && known, "{conditions:?} {init:?}");
            assert_eq!(asked(&case, "init"), wrapped && !known, "{conditions:?}");
            if known || !wrapped {
                let (verdict, text) = note(&case, 0);
                assert_eq!(verdict, FieldVerdict::Approximated, "{conditions:?}");
                assert!(text.contains(said), "{conditions:?}: {text}");
            } else {
                assert!(is_question(note(&case, 0).0) && is_question(note(&case, 1).0), "{conditions:?}");
                let answered = case.answer("init", "b", "must-succeed");
                let (verdict, text) = note(&answered, 0);
                assert_eq!(verdict, FieldVerdict::Approximated);
                assert!(text.contains("a person's answer"), "{text}");
            }
        }
    }
}

#[test]
fn variables_of_the_ecs_agent_are_never_dropped_without_a_word() {
    for name in ["ECS_CONTAINER_METADATA_URI_V4", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_EXECUTION_ENV"] {
        let case = container(json!({"environment": [{"name": name, "value": "x"}]}));
        assert!(asked(&case, "ecs-endpoint") && component(&case).suspended.is_some(), "{name}");
        assert!(is_question(case.verdict(1, "/containerDefinitions/0/environment/0/value")));
        let without = case.answer("ecs-endpoint", "app", "without");
        let lifted = without.lift();
        let entry = lifted.ledger.entries().find(|entry| entry.path.ends_with("environment/0/value")).unwrap();
        assert_eq!(entry.verdict, FieldVerdict::Dropped { rule: "agent-environment".into() });
        assert!(entry.note.is_some() && component(&without).env.is_empty());
    }
}

#[test]
fn policies_without_bounds_are_asked_for_them() {
    let policy = (
        ScalingPolicy,
        json!({"PolicyName": "cpu", "PolicyType": "TargetTrackingScaling", "ResourceId": "service/main/app",
            "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 60.0,
                "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}}),
    );
    let task = json!({"family": "app", "containerDefinitions": [{"name": "app", "image": "app:1", "cpu": 256}]});
    let one = json!({"serviceName": "app", "taskDefinition": "app:1", "desiredCount": 3});
    let case = live(&[(EcsService, one), (EcsTaskDefinition, task), policy]);
    assert!(asked(&case, "bounds"));
    assert!(is_question(case.verdict(2, "/TargetTrackingScalingPolicyConfiguration/TargetValue")));
    let scaled = component(&case.clone().answer("bounds", "", "2-6")).scale.unwrap();
    assert!(
        matches!(scaled, caravan_convert_lift::plconfig::Scale::Range(range) if (range.min, range.max, range.cpu) == (2, 6, Some(60)))
    );
    for unusable in ["6-2", "0-0", "many"] {
        assert!(asked(&case.clone().answer("bounds", "", unusable), "bounds"), "{unusable}");
    }
    let none = case.answer("bounds", "", "none");
    assert!(!asked(&none, "bounds"));
    assert_eq!(none.verdict(2, "/PolicyName"), FieldVerdict::Dropped { rule: "no-target".into() });
}

#[test]
fn answers_and_zones_that_the_cluster_would_refuse_leave_their_question_open() {
    let task = (EcsTaskDefinition, json!({"containerDefinitions": [{"name": "app", "image": "app:1", "user": "app"}]}));
    let schedule = |zone: &str| {
        let target = json!({"Arn": "arn:aws:ecs:eu-west-1:111122223333:cluster/main", "EcsParameters": {"TaskDefinitionArn": "app:1"}});
        let body = json!({"Name": "app", "ScheduleExpression": "cron(0 5 * * ? *)", "ScheduleExpressionTimezone": zone, "Target": target});
        live(&[(SchedulerSchedule, body), task.clone()])
    };
    for zone in ["Europe/Atlantis", "CEST", "europe/berlin", "Local"] {
        let case = schedule(zone);
        assert!(is_question(case.verdict(0, "/ScheduleExpressionTimezone")), "{zone}");
        assert!(component(&case).suspended.is_some() && component(&case).timezone.as_deref() == Some("Etc/UTC"));
        let answered = case.answer("placeholder", "ScheduleExpressionTimezone", "Europe/Madrid");
        assert_eq!(component(&answered).timezone.as_deref(), Some("Europe/Madrid"));
    }
    assert_eq!(schedule("Asia/Tokyo").verdict(0, "/ScheduleExpressionTimezone"), FieldVerdict::Exact);
    for user in ["4294967295", "-1", "1:2:3", "app"] {
        assert!(asked(&schedule("UTC").answer("user", "app", user), "user"), "{user}");
    }
    let steps = (
        ScalingPolicy,
        json!({"PolicyName": "p", "PolicyType": "StepScaling", "StepScalingPolicyConfiguration": {"Cooldown": 60}}),
    );
    let bounds = (ScalableTarget, json!({"MinCapacity": 1, "MaxCapacity": 4}));
    let one = (EcsService, json!({"serviceName": "app", "taskDefinition": "app:1", "desiredCount": 3}));
    let scaled = live(&[one, task, steps, bounds]);
    for answer in ["cpu=0", "memory=-1", "rps=inf", "queue=jobs:5", "queue=https://sqs.x/1/q:0"] {
        assert!(asked(&scaled.clone().answer("scaling", "p", answer), "scaling"), "{answer}");
    }
}

#[test]
fn a_user_without_a_number_does_not_run_as_another_one() {
    let case = container(json!({"user": "app:app"}));
    assert!(asked(&case, "user"));
    assert!(component(&case).suspended.is_some_and(|why| why.contains("which number its user has")));
    for answer in ["10001:10001", "image"] {
        let answered = case.clone().answer("user", "app", answer);
        let why = component(&answered).suspended.unwrap_or_default();
        assert!(!asked(&answered, "user") && !why.contains("number"), "{answer}: {why}");
    }
}

#[test]
fn root_is_a_number_in_every_image() {
    let case = container(json!({"user": "root"}));
    assert_eq!((component(&case).user.as_deref(), asked(&case, "user")), (Some("0"), false));
}

#[test]
fn more_words_than_annotations_may_hold_are_asked_about() {
    let labels: serde_json::Map<String, Value> =
        (0..300).map(|at| (format!("note.{at}"), "x".repeat(1000).into())).collect();
    let case = container(json!({"dockerLabels": labels}));
    assert!(asked(&case, "tags") && component(&case).tags.len() < 300);
    assert!(!asked(&case.answer("tags", "", "leave-out"), "tags"));
    let few = container(json!({"dockerLabels": {"a": "b"}}));
    assert!(!asked(&few, "tags") && component(&few).tags.len() == 1);
}

/// A pod has one network and one namespace of shared memory; containers of a task have them together or apart.
#[test]
fn a_kernel_parameter_that_reaches_another_container_is_not_called_exact() {
    for (parameter, task, exact) in [
        ("net.ipv4.tcp_fin_timeout", json!({}), false),
        ("net.ipv4.tcp_fin_timeout", json!({"networkMode": "bridge"}), false),
        ("net.ipv4.tcp_fin_timeout", json!({"networkMode": "awsvpc"}), true),
        ("net.ipv4.tcp_fin_timeout", json!({"requiresCompatibilities": ["FARGATE"]}), true),
        ("kernel.shm_rmid_forced", json!({"networkMode": "awsvpc"}), false),
        ("kernel.shm_rmid_forced", json!({"ipcMode": "task"}), true),
    ] {
        let sets = json!([{"namespace": parameter, "value": "1"}]);
        for (others, exact) in [
            (json!([{"name": "b", "image": "b"}]), exact),
            (json!([{"name": "b", "image": "b", "systemControls": sets}]), true),
            (json!([]), true),
        ] {
            let mut all = json!([{"name": "app", "image": "a", "systemControls": sets}]);
            all.as_array_mut().unwrap().extend(others.as_array().unwrap().clone());
            let case = service(json!({}), with(task.clone(), json!({"containerDefinitions": all})), json!({}));
            for part in ["namespace", "value"] {
                let verdict = case.verdict(1, &format!("/containerDefinitions/0/systemControls/0/{part}"));
                assert_eq!(verdict == FieldVerdict::Exact, exact, "{parameter} {task} {others}");
            }
            assert_eq!(component(&case).sysctls[parameter], "1");
        }
    }
}
