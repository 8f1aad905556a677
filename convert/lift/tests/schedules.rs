//! What schedules start and scale: universal targets, overrides, several tasks at once, and the counts that they set; long because each
//! case is shown with its whole request.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use caravan_convert_lift::FieldVerdict;
use caravan_convert_lift::plconfig::{Component, Scale};
use caravan_inventory::ObservationKind::{
    self, EcsService, EcsTaskDefinition, EventsRule, ScalableTarget, ScalingPolicy, ScheduledAction, SchedulerSchedule,
};
use common::Case;
use serde_json::{Value, json};

/// A schedule that calls an action of ECS.
fn calling(name: &str, action: &str, expression: &str, input: Value) -> (ObservationKind, Value) {
    let target = json!({"Arn": format!("arn:aws:scheduler:::aws-sdk:ecs:{action}"), "Input": input.to_string(),
        "RoleArn": "arn:aws:iam::111122223333:role/clock"});
    let body = json!({"Name": name, "GroupName": "default", "ScheduleExpression": expression, "State": "ENABLED",
        "ScheduleExpressionTimezone": "Europe/Madrid", "Target": target});
    (SchedulerSchedule, body)
}

fn task(containers: Value) -> (ObservationKind, Value) {
    let task = json!({"family": "bill", "cpu": "512", "memory": "1024", "containerDefinitions": containers});
    (EcsTaskDefinition, task)
}

fn alone() -> (ObservationKind, Value) {
    task(
        json!([{"name": "bill", "image": "bill:4", "command": ["bill"], "environment": [{"name": "MODE", "value": "all"}]}]),
    )
}

fn rule(parameters: Value, input: Value) -> (ObservationKind, Value) {
    let mut ecs = json!({"TaskDefinitionArn": "bill:4"});
    ecs.as_object_mut().unwrap().extend(parameters.as_object().unwrap().clone());
    let target = json!({"Id": "it", "Arn": "arn:aws:ecs:eu-west-1:111122223333:cluster/main", "EcsParameters": ecs, "Input": input.to_string()});
    (
        EventsRule,
        json!({"Name": "bill", "ScheduleExpression": "cron(0 1 * * ? *)", "State": "ENABLED", "Targets": [target]}),
    )
}

fn cron(case: &Case) -> Component {
    case.config().components.remove("cron").unwrap()
}

fn open(case: &Case) -> Vec<String> {
    case.lift().questions.iter().map(|question| question.id.to_string()).collect()
}

/// What the question about its input says, if there is one.
fn input_question(case: &Case) -> Option<String> {
    case.lift().questions.into_iter().find(|one| one.id.as_str().starts_with("input/")).map(|one| one.text)
}

#[test]
fn a_schedule_that_calls_run_task_runs_what_it_asks_for() {
    let request = json!({"Cluster": "main", "TaskDefinition": "bill:4", "LaunchType": "FARGATE", "Count": 2,
        "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["subnet-1"]}}, "EnableECSManagedTags": true,
        "Overrides": {"ContainerOverrides": [{"Name": "bill", "Command": ["bill", "--month"],
            "Environment": [{"Name": "MODE", "Value": "month"}]}]}});
    let case = Case::live("bill", &[calling("bill", "runTask", "cron(15 4 1 * ? *)", request), alone()]);
    let component = cron(&case);
    assert_eq!(component.schedule.as_deref(), Some("15 4 1 * *"));
    assert_eq!(component.timezone.as_deref(), Some("Europe/Madrid"));
    assert_eq!(component.args.unwrap(), ["bill", "--month"]);
    assert_eq!((component.env["MODE"].as_str(), component.scale), ("month", Some(Scale::Fixed(2))));
    assert!(component.suspended.is_some(), "nothing runs by itself before its hand-over");
    assert!(matches!(case.verdict(0, "/Target/Input"), FieldVerdict::Approximated));

    // Small letters, as the API itself writes them.
    let request = json!({"taskDefinition": "bill:4", "overrides": {"cpu": "1024", "memory": "4096"}});
    let component = cron(&Case::live("bill", &[calling("bill", "runTask", "rate(1 hour)", request), alone()]));
    let resources = component.resources.unwrap();
    assert_eq!((resources.cpu.as_deref(), resources.memory.as_deref()), (Some("1"), Some("4Gi")));
}

#[test]
fn what_of_a_request_can_not_be_carried_over_is_named_and_nothing_runs_before_the_answer() {
    for (request, named) in [
        (json!({"TaskDefinition": "bill:4", "VolumeConfigurations": [{"Name": "x"}]}), "`volumeConfigurations`"),
        (json!({"TaskDefinition": "bill:4", "Count": "many"}), "`count`"),
        (
            json!({"TaskDefinition": "bill:4", "Overrides": {"ContainerOverrides": [{"Name": "old", "Command": ["x"]}]}}),
            "the command of the container `old`",
        ),
        (
            json!({"TaskDefinition": "bill:4", "PlacementConstraints": [{"Type": "distinctInstance"}]}),
            "`placementConstraints`",
        ),
    ] {
        let case = Case::live("bill", &[calling("bill", "runTask", "rate(1 day)", request), alone()]);
        let case = case.answer("start", "", "with-traffic");
        let question =
            case.lift().questions.into_iter().find(|question| question.id.as_str().starts_with("input/")).unwrap();
        assert!(question.text.contains(named), "{}", question.text);
        assert!(cron(&case).suspended.is_some(), "{named}");
        assert_eq!(cron(&case).args.unwrap(), ["bill"], "all of it or nothing");
        let answered = case.answer("input", "", "leave-out");
        assert!(cron(&answered).suspended.is_none());
    }
    let stop = calling("stop", "stopTask", "rate(1 day)", json!({"Task": "x"}));
    assert!(Case::live("stop", &[stop]).reasons()[0].contains("ecs:stopTask"));
    let elsewhere = calling("off", "updateService", "rate(1 day)", json!({"Service": "x", "DesiredCount": 0}));
    assert!(Case::live("off", &[elsewhere]).reasons()[0].contains("the service whose count its schedule sets"));
}

#[test]
fn sizes_of_an_override_are_sizes() {
    let sizes = |containers: Value, input: Value| {
        let resources = cron(&Case::live("bill", &[rule(json!({}), input), task(containers)])).resources.unwrap();
        (
            resources.cpu.unwrap_or_default(),
            resources.memory.unwrap_or_default(),
            resources.memory_limit.unwrap_or_default(),
        )
    };
    let s = |cpu: &str, memory: &str, limit: &str| (cpu.to_owned(), memory.to_owned(), limit.to_owned());
    let one = json!([{"name": "bill", "image": "b"}]);
    let whole = json!({"cpu": "1024", "memory": "2048"});
    assert_eq!(sizes(one.clone(), whole.clone()), s("1", "2Gi", "none"));
    assert_eq!(sizes(one.clone(), json!({"cpu": "1 vCPU", "memory": "3 GB"})), s("1", "3Gi", "none"));
    let both =
        json!({"cpu": "1024", "memory": "2048", "containerOverrides": [{"name": "bill", "cpu": 1024, "memory": 2048}]});
    assert_eq!(sizes(one.clone(), both), s("1", "2Gi", ""));
    let beside = json!([{"name": "bill", "image": "b"}, {"name": "log", "image": "l", "cpu": 256, "memory": 512}]);
    assert_eq!(sizes(beside.clone(), whole), s("750m", "1536Mi", "none"), "what the other leaves");
    let other =
        json!({"cpu": "1024", "memory": "2048", "containerOverrides": [{"name": "log", "cpu": 512, "memory": 1024}]});
    assert_eq!(sizes(beside, other), s("500m", "1Gi", "none"), "what the other leaves as it is in this run");
    // More than the limit would be refused by the API server.
    let limited = json!([{"name": "bill", "image": "b", "memory": 256}]);
    let reserved = json!({"containerOverrides": [{"name": "bill", "memoryReservation": 512}]});
    assert_eq!(sizes(limited, reserved), s("500m", "256Mi", "256Mi"));
    let case = Case::live("bill", &[rule(json!({}), json!({"memory": "x"})), alone()]);
    assert!(open(&case).contains(&"input/ecs/test/bill".to_owned()));
}

#[test]
fn several_tasks_at_a_time_are_several_pods_of_one_run() {
    for (count, wanted) in [(json!(3), Some(Scale::Fixed(3))), (json!("10"), Some(Scale::Fixed(10))), (json!(1), None)]
    {
        let case = Case::live("bill", &[rule(json!({"TaskCount": count}), json!({})), alone()]);
        assert_eq!(cron(&case).scale, wanted);
    }
    assert_eq!(Case::live("bill", &[rule(json!({"TaskCount": 0}), json!({})), alone()]).reasons().len(), 1);
}

/// A web service whose count is set by schedules.
fn scaled(now: u32, schedules: &[(&str, &str, Value)], beside: &[(ObservationKind, Value)]) -> Case {
    let service = json!({"serviceName": "site", "taskDefinition": "site:1", "desiredCount": now});
    let body = json!({"family": "site", "containerDefinitions": [
        {"name": "site", "image": "s", "portMappings": [{"containerPort": 80}]}]});
    let mut documents = vec![(EcsService, service), (EcsTaskDefinition, body)];
    documents.extend(beside.iter().cloned());
    documents.extend(schedules.iter().map(|(name, expression, count)| {
        calling(name, "updateService", expression, json!({"Cluster": "main", "Service": "site", "DesiredCount": count}))
    }));
    Case::live("site", &documents)
}

#[test]
fn a_service_that_is_switched_off_at_night_is_scaled_by_the_clock_and_not_retired() {
    for (off, on, high) in [
        ("cron(0 19 ? * MON,TUE,WED,THU,FRI *)", "cron(0 7 ? * MON-FRI *)", 1),
        ("cron(30 22 * * ? *)", "cron(0 5 * * ? *)", 4),
        ("cron(0 20 ? * 6 *)", "cron(0 6 ? * 2 *)", 2),
    ] {
        for now in [0, high] {
            let case = scaled(now, &[("off", off, json!(0)), ("on", on, json!(high))], &[]);
            let web = case.config().components.remove("web").unwrap();
            let Some(Scale::Range(range)) = web.scale else { panic!("{:?}", web.scale) };
            assert_eq!((range.min, range.max, range.cron.len()), (0, high, 1));
            assert_eq!((range.cron[0].min, range.cron[0].timezone.as_deref()), (high, Some("Europe/Madrid")));
            assert!(!open(&case).iter().any(|id| id.starts_with("replicas/")), "{:?}", open(&case));
        }
    }
    // Beside an autoscaler: it scales by day and sleeps at night.
    let target = json!({"ResourceId": "service/main/site", "MinCapacity": 2, "MaxCapacity": 6});
    let policy = json!({"PolicyName": "cpu", "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 60.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}});
    let beside = [(ScalableTarget, target), (ScalingPolicy, policy)];
    let pair = [("off", "cron(0 19 * * ? *)", json!(0)), ("on", "cron(0 7 * * ? *)", json!(1))];
    let web = scaled(0, &pair, &beside).config().components.remove("web").unwrap();
    let Some(Scale::Range(range)) = web.scale else { panic!("{:?}", web.scale) };
    assert_eq!((range.min, range.max, range.cpu, range.cron[0].min), (0, 6, Some(60), 2));
}

#[test]
fn schedules_that_do_not_take_turns_are_asked_about_by_name() {
    for schedules in [
        vec![("off", "cron(0 19 * * ? *)", json!(0))],
        vec![("off", "cron(0 19 ? * FRI *)", json!(0)), ("on", "cron(0 7 * * ? *)", json!(1))],
        vec![("off", "cron(0 19 * * ? *)", json!(0)), ("on", "cron(0 7 L * ? *)", json!(1))],
        vec![
            ("a", "cron(0 7 * * ? *)", json!(1)),
            ("b", "cron(0 9 * * ? *)", json!(4)),
            ("c", "cron(0 19 * * ? *)", json!(0)),
        ],
        vec![("same", "cron(0 7 * * ? *)", json!(2)), ("again", "cron(0 9 * * ? *)", json!(2))],
    ] {
        let case = scaled(2, &schedules, &[]);
        for (name, ..) in &schedules {
            assert!(open(&case).contains(&format!("scaling/ecs/test/site/{name}")), "{:?}", open(&case));
        }
        let web = case.config().components.remove("web").unwrap();
        assert_eq!(web.scale, Some(Scale::Fixed(2)));
        assert!(web.suspended.is_some(), "what is off at its hours does not run on before the answer");
        let answered = schedules.iter().fold(case, |case, (name, ..)| case.answer("scaling", name, "leave-out"));
        assert!(answered.config().components["web"].suspended.is_none());
    }
}

/// A schedule that only starts instances anew leaves the count to the others, and is said to be what it is.
#[test]
fn a_schedule_that_says_no_count_is_asked_about_and_keeps_no_others_from_taking_turns() {
    let anew = json!({"Cluster": "main", "Service": "site", "ForceNewDeployment": true});
    let pair = [("off", "cron(0 19 * * ? *)", json!(0)), ("on", "cron(0 7 * * ? *)", json!(3))];
    for (schedules, now) in [(&pair[..], 0), (&[], 2)] {
        let beside = [calling("anew", "updateService", "cron(0 3 ? * SUN *)", anew.clone())];
        let case = scaled(now, schedules, &beside);
        let questions = case.lift().questions;
        let text = &questions.iter().find(|one| one.id.as_str() == "scaling/ecs/test/site/anew").unwrap().text;
        assert!(text.contains("cron(0 3 ? * SUN *)") && text.contains("no count"), "{text}");
        assert_eq!(questions.iter().filter(|one| one.id.as_str().starts_with("scaling/")).count(), 1, "{questions:?}");
        let web = case.config().components.remove("web").unwrap();
        match web.scale {
            Some(Scale::Range(range)) => assert_eq!((now, range.cron.len(), range.max), (0, 1, 3)),
            scale => assert_eq!((now, scale), (2, Some(Scale::Fixed(2)))),
        }
        assert!(web.suspended.is_none(), "{:?}", web.suspended);
    }
}

/// What a clock of another kind than cron's does to a service: nothing of it runs before somebody has said what becomes of it.
#[test]
fn a_schedule_of_odd_words_that_sets_a_count_holds_the_service_and_is_named_with_its_words() {
    for expression in
        ["at(2027-01-04T07:00:00)", "rate(5 hours)", "cron(0 19 ? * 6L *)", "cron(0 19 W * ? *)", "every night", ""]
    {
        for count in [json!(0), json!(9), json!("many"), Value::Null] {
            let case = scaled(2, &[("odd", expression, count.clone())], &[]);
            let web = case.config().components.remove("web").unwrap();
            assert!(web.suspended.is_some(), "{expression} {count}");
            let question = case.lift().questions.into_iter().find(|one| one.id.as_str() == "scaling/ecs/test/site/odd");
            assert!(question.unwrap().text.contains(expression), "{expression}");
        }
    }
}

/// Bounds that an autoscaler's clock moves: where one may stop everything, nothing runs before the answer.
#[test]
fn a_scheduled_action_that_may_switch_it_off_holds_the_service() {
    let target = || json!({"ResourceId": "service/main/site", "MinCapacity": 2, "MaxCapacity": 6});
    for (bounds, holds) in [
        (json!({"MinCapacity": 0, "MaxCapacity": 0}), true),
        (json!({"MinCapacity": 0}), true),
        (json!({}), true),
        (json!({"MinCapacity": 4, "MaxCapacity": 8}), false),
    ] {
        let action = json!({"ScheduledActionName": "odd", "Schedule": "at(2027-01-04T07:00:00)", "ScalableTargetAction": bounds});
        let case = scaled(2, &[], &[(ScalableTarget, target()), (ScheduledAction, action)]);
        assert_eq!(case.config().components["web"].suspended.is_some(), holds, "{bounds}");
        assert!(open(&case).contains(&"scaling/ecs/test/site/odd".to_owned()), "{:?}", open(&case));
        let answered = case.answer("scaling", "odd", "leave-out");
        assert!(answered.config().components["web"].suspended.is_none());
    }
}

#[test]
fn what_stands_at_zero_is_never_started_without_a_word() {
    let policy = |kind: &str| {
        json!({"PolicyName": "it", "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 60.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType": kind}}})
    };
    for (min, max, now, kind) in [
        (0, 0, 0, "ECSServiceAverageCPUUtilization"),
        (0, 0, 3, "ALBRequestCountPerTarget"),
        (0, 4, 0, "ECSServiceAverageMemoryUtilization"),
        (2, 4, 0, "ECSServiceAverageCPUUtilization"),
    ] {
        let target = json!({"ResourceId": "service/main/site", "MinCapacity": min, "MaxCapacity": max});
        let case = scaled(now, &[], &[(ScalableTarget, target), (ScalingPolicy, policy(kind))]);
        assert_eq!(case.config().components["web"].scale, Some(Scale::Fixed(0)), "{min} {max} {now}");
        assert!(open(&case).contains(&"replicas/ecs/test/site".to_owned()), "{min} {max} {now}");
        assert!(matches!(case.verdict(2, "/MaxCapacity"), FieldVerdict::Question { .. }));
        let retired = case.clone().answer("replicas", "", "0");
        assert_eq!(retired.config().components["web"].scale, Some(Scale::Fixed(0)));
        assert_eq!(retired.lift().ledger.counts().question, 0);
        let Some(Scale::Range(range)) = case.answer("replicas", "", "2").config().components["web"].scale.clone()
        else {
            panic!()
        };
        assert!(range.min >= 1 && range.max >= 2, "{range:?}");
    }
}

#[test]
fn scaling_in_the_wrapper_of_an_answer_is_read() {
    let target = json!({"ScalableTargets": [{"ResourceId": "service/main/site", "MinCapacity": 2, "MaxCapacity": 5}]});
    let policy = json!({"ScalingPolicies": [{"PolicyName": "cpu", "TargetTrackingScalingPolicyConfiguration": {
        "TargetValue": 55.0, "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}}]});
    let case = scaled(2, &[], &[(ScalableTarget, target), (ScalingPolicy, policy)]);
    let Some(Scale::Range(range)) = case.config().components["web"].scale.clone() else { panic!() };
    assert_eq!((range.min, range.max, range.cpu), (2, 5, Some(55)));
    assert!(!open(&case).iter().any(|id| id.starts_with("misplaced/")), "{:?}", open(&case));
}

#[test]
fn machines_of_ones_own_are_asked_about() {
    let one = json!([{"name": "a", "image": "a", "memory": 64, "portMappings": [{"containerPort": 80}]}]);
    let bare = |kinds: Value| json!({"requiresCompatibilities": kinds, "containerDefinitions": one});
    let service = |launch: Value| {
        let mut body = json!({"serviceName": "a", "taskDefinition": "a:1", "desiredCount": 3});
        body.as_object_mut().unwrap().extend(launch.as_object().unwrap().clone());
        body
    };
    for (documents, asked) in [
        (
            vec![
                (EcsService, service(json!({"launchType": "EXTERNAL"}))),
                (EcsTaskDefinition, bare(json!(["EXTERNAL"]))),
            ],
            true,
        ),
        (vec![(EcsService, service(json!({}))), (EcsTaskDefinition, bare(json!(["EXTERNAL"])))], true),
        (vec![(EcsTaskDefinition, bare(json!(["EXTERNAL"])))], true),
        (
            vec![
                (EcsService, service(json!({"launchType": "EC2"}))),
                (EcsTaskDefinition, bare(json!(["EC2", "EXTERNAL"]))),
            ],
            false,
        ),
        (
            vec![
                rule(json!({"LaunchType": "EXTERNAL"}), json!({})),
                (EcsTaskDefinition, bare(json!(["EC2", "EXTERNAL"]))),
            ],
            true,
        ),
    ] {
        let case = Case::live("a", &documents).answer("start", "", "with-traffic");
        assert_eq!(open(&case).contains(&"external/ecs/test/a".to_owned()), asked, "{documents:?}");
        assert_eq!(case.config().components.values().all(|one| one.suspended.is_some()), asked);
        let answered = case.answer("external", "", "platform");
        assert!(answered.config().components.values().all(|one| one.suspended.is_none()));
    }
}

/// What of an override is not carried over as it is, is said of the input that holds it.
#[test]
fn an_input_is_exact_only_where_all_of_it_is() {
    let beside = json!([{"name": "bill", "image": "b", "command": ["bill"], "memory": 256},
        {"name": "log", "image": "l", "firelensConfiguration": {"type": "fluentbit"}}]);
    let of = |container: Value| json!({"containerOverrides": [container]});
    for (input, exact, said) in [
        (
            of(json!({"name": "bill", "command": ["x"], "environment": [{"name": "A", "value": "1"}], "cpu": 256})),
            true,
            "",
        ),
        (of(json!({"name": "bill", "command": [], "environment": []})), true, ""),
        (of(json!({"name": "log", "environment": [{"name": "A", "value": "1"}]})), false, "log router"),
        (of(json!({"name": "bill", "cpu": 100})), false, "rounded up"),
        (of(json!({"name": "bill", "memoryReservation": 512})), false, "than the limit"),
        (json!({"taskRoleArn": "arn:aws:iam::111122223333:role/other"}), false, "trust policy"),
        (json!({"executionRoleArn": "arn:aws:iam::111122223333:role/other"}), false, "execution role"),
        (json!({"memory": "4096"}), false, "no limits"),
    ] {
        let case = Case::live("bill", &[rule(json!({}), input.clone()), task(beside.clone())]);
        let entry = case.entry(0, "/Targets/0/Input");
        assert_eq!(entry.verdict, if exact { FieldVerdict::Exact } else { FieldVerdict::Approximated }, "{input}");
        assert!(entry.note.as_deref().unwrap_or("").contains(said), "{input}: {:?}", entry.note);
        assert!(cron(&case).args.is_some_and(|args| !args.is_empty()), "{input}");
    }
    let secret =
        of(json!({"name": "bill", "environment": [{"name": "TOKEN", "value": "<redacted:0123456789abcdef>"}]}));
    let case = Case::live("bill", &[rule(json!({}), secret), task(beside)]);
    assert!(
        matches!(case.verdict(0, "/Targets/0/Input"), FieldVerdict::Question { id } if id.as_str() == "secret/ecs/test/bill/TOKEN")
    );
    let case = case.answer("secret", "TOKEN", "sm:bill#TOKEN");
    assert_eq!(case.verdict(0, "/Targets/0/Input"), FieldVerdict::Approximated);
}

/// A clock in a cluster has no first and no last day, so nothing runs before somebody said who keeps to them.
#[test]
fn a_schedule_with_dates_does_not_run_before_somebody_keeps_to_them() {
    for (dates, said) in [
        (json!({"EndDate": "2021-04-01T00:00:00Z"}), "(until 2021-04-01T00:00:00Z)"),
        (json!({"StartDate": "2031-04-01T00:00:00Z"}), "(from 2031-04-01T00:00:00Z)"),
        (
            json!({"StartDate": "2031-01-01T00:00:00Z", "EndDate": "2031-02-01T00:00:00Z"}),
            "(from 2031-01-01T00:00:00Z until",
        ),
        (json!({"EndDate": 1_617_235_200}), "(until)"),
    ] {
        for expression in ["rate(1 hour)", "cron(0 8 * * ? *)"] {
            let mut clock = calling("bill", "runTask", expression, json!({"TaskDefinition": "bill:4"}));
            clock.1.as_object_mut().unwrap().extend(dates.as_object().unwrap().clone());
            let case = Case::live("bill", &[clock, alone()]).answer("start", "", "with-traffic");
            assert!(cron(&case).suspended.is_some(), "{dates}");
            let question =
                case.lift().questions.into_iter().find(|one| one.id.as_str() == "dates/ecs/test/bill").unwrap();
            assert!(question.text.contains(said), "{}", question.text);
            let name = if dates.get("EndDate").is_some() { "/EndDate" } else { "/StartDate" };
            assert!(matches!(case.verdict(0, name), FieldVerdict::Question { .. }));
            let answered = case.answer("dates", "", "by-hand");
            assert_eq!((cron(&answered).suspended, open(&answered)), (None, Vec::new()), "{dates}");
        }
    }
}

#[test]
fn a_schedule_without_a_moment_is_asked_for_one() {
    for without in [json!(null), json!({}), json!([])] {
        let mut clock = calling("bill", "runTask", "rate(1 hour)", json!({"TaskDefinition": "bill:4"}));
        clock.1["ScheduleExpression"] = without;
        let case = Case::live("bill", &[clock, alone()]).answer("start", "", "with-traffic");
        assert_eq!(open(&case), ["schedule/ecs/test/bill"]);
        assert!(cron(&case).suspended.is_some());
        let answered = case.answer("schedule", "", "5 4 * * *");
        assert_eq!(cron(&answered).schedule.as_deref(), Some("5 4 * * *"));
        assert!(cron(&answered).suspended.is_none());
    }
}

/// Scheduler fills in what it knows of a start; the clock of a cluster would give the words themselves.
#[test]
fn what_scheduler_fills_in_is_never_taken_by_its_letters() {
    let with = |container: Value| json!({"containerOverrides": [container]});
    for (overrides, named) in [
        (
            with(json!({"name": "bill", "command": ["bill", "--at=<aws.scheduler.scheduled-time>"]})),
            "`<aws.scheduler.scheduled-time>`",
        ),
        (
            with(
                json!({"name": "bill", "environment": [{"name": "RUN", "value": "x-<aws.scheduler.execution-id>-y"}]}),
            ),
            "`RUN`: Scheduler fills in `<aws.scheduler.execution-id>`",
        ),
        (
            with(json!({"name": "bill", "environment": [{"name": "TRY", "value": "<aws.scheduler.attempt-number>"}]})),
            "`TRY`",
        ),
        (json!({"taskRoleArn": "<aws.scheduler.schedule-arn>"}), "`taskRoleArn` (Scheduler"),
    ] {
        let target = json!({"Arn": "arn:aws:ecs:eu-west-1:111122223333:cluster/main", "Input": overrides.to_string(),
            "EcsParameters": {"TaskDefinitionArn": "bill:4"}});
        let mut plain = calling("bill", "runTask", "cron(15 4 1 * ? *)", json!({}));
        plain.1["Target"] = target;
        let request =
            json!({"TaskDefinition": "bill:4", "StartedBy": "<aws.scheduler.execution-id>", "Overrides": overrides});
        for clock in [plain, calling("bill", "runTask", "cron(15 4 1 * ? *)", request)] {
            let case = Case::live("bill", &[clock, alone()]).answer("start", "", "with-traffic");
            let text = input_question(&case).unwrap();
            assert!(text.contains(named), "{text}");
            assert!(matches!(case.verdict(0, "/Target/Input"), FieldVerdict::Question { .. }), "{overrides}");
            let component = cron(&case);
            assert!(
                component.suspended.is_some() && !format!("{component:?}").contains("aws.scheduler"),
                "{overrides}"
            );
        }
        // A rule gives these letters as they are.
        if overrides.get("taskRoleArn").is_none() {
            assert_eq!(input_question(&Case::live("bill", &[rule(json!({}), overrides), alone()])), None);
        }
    }
}

/// One answer leaves all of it out: so all of it is named.
#[test]
fn all_that_an_input_would_lose_is_named() {
    let input = json!({"containerOverrides": [
        {"name": "bill", "command": ["x"], "environmentFiles": [{"value": "arn:aws:s3:::b/x.env", "type": "s3"}],
            "resourceRequirements": [{"type": "GPU", "value": "1"}],
            "environment": [{"name": "A=B", "value": "1"}, {"name": "KEY", "value": "<redacted:0123456789abcdef>"}]},
        {"name": "gone", "command": ["y"]}, 7],
        "cpu": "many", "inferenceAcceleratorOverrides": [{"deviceName": "d"}]});
    let named = [
        "`environmentFiles` of",
        "`resourceRequirements` of",
        "`A=B`",
        "`gone`",
        "no object",
        "`cpu`",
        "`inferenceAcceleratorOverrides`",
    ];
    let request = json!({"TaskDefinition": "bill:4", "Count": "many", "VolumeConfigurations": [{"Name": "x"}],
        "PlacementConstraints": [{"Type": "distinctInstance"}], "Overrides": input});
    let more = ["`count`", "`volumeConfigurations`", "`placementConstraints`"];
    for (clock, more) in
        [(rule(json!({}), input), &[][..]), (calling("bill", "runTask", "rate(1 day)", request), &more[..])]
    {
        let case = Case::live("bill", &[clock, alone()]);
        let text = input_question(&case).unwrap();
        for name in named.iter().chain(more) {
            assert!(text.contains(name), "{name}: {text}");
        }
        // Nothing is asked about what is left out anyway.
        assert!(!open(&case).iter().any(|id| id.starts_with("secret/")), "{:?}", open(&case));
        assert_eq!(cron(&case).args.unwrap(), ["bill"], "all of it or nothing");
    }
}

/// What stands in until somebody says when it runs never comes; neither may what somebody says.
#[test]
fn a_day_that_never_comes_is_no_answer_to_when_it_runs() {
    let clock = calling("bill", "runTask", "rate(7 hours)", json!({"TaskDefinition": "bill:4"}));
    let case = Case::live("bill", &[clock, alone()]).answer("start", "", "with-traffic");
    for (answer, taken) in [
        ("0 0 31 2 *", false),
        ("0 0 30 2 *", false),
        ("15 6 31 4,6 *", false),
        ("0 0 29 2 *", true),
        ("either=0 0 31 2 MON", true),
        ("0 */7 * * *", true),
    ] {
        let answered = case.clone().answer("schedule", "", answer);
        assert_eq!(open(&answered).is_empty(), taken, "{answer}");
        assert_eq!(cron(&answered).suspended.is_none(), taken, "{answer}");
    }
}

/// An autoscaler reads nothing of pods of which a container asks for nothing.
#[test]
fn what_scales_by_a_size_that_a_container_does_not_ask_for_is_asked_about() {
    let policy = |metric: &str| {
        let config = json!({"TargetValue": 60.0, "PredefinedMetricSpecification": {"PredefinedMetricType": metric}});
        (
            ScalingPolicy,
            json!({"PolicyName": "p", "PolicyType": "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration": config}),
        )
    };
    let bounds = || (ScalableTarget, json!({"MinCapacity": 2, "MaxCapacity": 9}));
    let (cpu, memory) = ("ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization");
    let at = "/TargetTrackingScalingPolicyConfiguration/TargetValue";
    for (metric, whole, containers, asks) in [
        // On machines of one's own nothing has to say how much CPU it takes.
        (cpu, json!({}), json!([{"name": "app", "image": "a", "memory": 256}]), &["cpu/ecs/test/it/app"][..]),
        // On Fargate the containers beside the main one don't.
        (
            cpu,
            json!({"cpu": "512", "memory": "1024"}),
            json!([{"name": "app", "image": "a"}, {"name": "agent", "image": "b"}, {"name": "cache", "image": "c", "cpu": 128}]),
            &["cpu/ecs/test/it/agent"],
        ),
        (
            memory,
            json!({"cpu": "512", "memory": "1024"}),
            json!([{"name": "app", "image": "a"}, {"name": "agent", "image": "b"}]),
            &["memory/ecs/test/it/agent"],
        ),
        (cpu, json!({"cpu": "512", "memory": "1024"}), json!([{"name": "app", "image": "a"}]), &[]),
        ("ALBRequestCountPerTarget", json!({}), json!([{"name": "app", "image": "a", "memory": 256}]), &[]),
    ] {
        let mut task = json!({"family": "it", "containerDefinitions": containers});
        task.as_object_mut().unwrap().extend(whole.as_object().unwrap().clone());
        let service = json!({"serviceName": "it", "taskDefinition": "it:1", "desiredCount": 2});
        let case = Case::live("it", &[(EcsService, service), (EcsTaskDefinition, task), bounds(), policy(metric)]);
        let sizes: Vec<String> =
            open(&case).into_iter().filter(|id| id.starts_with("cpu/") || id.starts_with("memory/")).collect();
        assert_eq!(sizes, asks, "{metric} {containers}");
        assert_eq!(matches!(case.verdict(3, at), FieldVerdict::Question { .. }), !asks.is_empty());
        let Some(id) = asks.first() else { continue };
        let (topic, detail) = (id.split('/').next().unwrap(), id.rsplit('/').next().unwrap());
        let answered = case.answer(topic, detail, "1");
        assert!(!open(&answered).contains(&(*id).to_owned()));
        let component = answered.config().components.pop_first().unwrap().1;
        let resources = match component.sidecars.get(detail) {
            Some(sidecar) => sidecar.resources.clone(),
            None => component.resources,
        };
        let resources = resources.unwrap();
        let got = if topic == "cpu" { resources.cpu } else { resources.memory };
        assert_eq!(got.as_deref(), Some("1"));
    }
}

/// Scheduler leaves out the second of the two hours that are called the same in autumn, a CronJob runs in both.
#[test]
fn a_moment_that_may_come_twice_in_autumn_is_not_called_the_same() {
    for (expression, zone, same) in [
        ("cron(30 2 ? * SUN *)", "Europe/Madrid", false),
        ("cron(30 1 * * ? *)", "America/New_York", false),
        ("cron(0 * * * ? *)", "Europe/London", false),
        ("cron(30 23 * * ? *)", "America/Santiago", false),
        ("cron(30 2 * * ? *)", "UTC", true),
        ("cron(30 2 * * ? *)", "Etc/GMT-1", true),
        ("cron(0 6-20 * * ? *)", "Europe/Madrid", true),
    ] {
        let (kind, mut schedule) = calling("bill", "runTask", expression, json!({"TaskDefinition": "bill:4"}));
        schedule["ScheduleExpressionTimezone"] = json!(zone);
        let verdict = Case::live("bill", &[(kind, schedule), alone()]).verdict(0, "/ScheduleExpression");
        let wanted = if same { FieldVerdict::Exact } else { FieldVerdict::Approximated };
        assert_eq!(verdict, wanted, "{expression} {zone}");
    }
}

/// At night the target has the bounds of the night: by day the service is the same one.
#[test]
fn bounds_that_actions_move_are_those_of_the_day_whenever_they_are_read() {
    let action = |name: &str, at: &str, min: u32, max: u32| {
        let body = json!({"ScheduledActionName": name, "Schedule": at, "ScalableTargetAction": {"MinCapacity": min, "MaxCapacity": max}});
        (ObservationKind::ScheduledAction, body)
    };
    for (night, now) in [((0, 0), (0, 0)), ((0, 0), (2, 8)), ((1, 2), (1, 2)), ((1, 2), (2, 8))] {
        let service = json!({"serviceName": "desk", "desiredCount": now.0});
        let case = Case::live(
            "desk",
            &[
                (EcsService, service),
                (
                    EcsTaskDefinition,
                    json!({"family": "desk", "containerDefinitions": [{"name": "desk", "image": "desk:1", "cpu": 256, "memory": 512, "portMappings": [{"containerPort": 80}]}]}),
                ),
                (
                    ScalableTarget,
                    json!({"ResourceId": "service/main/desk", "MinCapacity": now.0, "MaxCapacity": now.1}),
                ),
                action("up", "cron(0 7 ? * MON-FRI *)", 2, 8),
                action("down", "cron(0 19 ? * MON-FRI *)", night.0, night.1),
            ],
        );
        let component = case.config().components.remove("web").unwrap();
        let Some(Scale::Range(range)) = component.scale else { panic!("{:?}", component.scale) };
        assert_eq!((range.min, range.max, range.cron.len()), (night.0, 8, 1), "{night:?} {now:?}");
        assert!(open(&case).iter().all(|id| !id.starts_with("replicas/")), "{:?}", open(&case));
        assert_eq!(case.verdict(2, "/MaxCapacity"), FieldVerdict::Approximated);
    }
}

/// What can't be carried over hides nothing of what can: the question names both, and an answer takes the rest over.
#[test]
fn the_rest_of_an_input_is_named_and_taken_over_by_an_answer() {
    let bill = json!({"Name": "bill", "Command": ["bill", "--month"], "Environment": [
        {"Name": "MODE", "Value": "month"}, {"Name": "AT", "Value": "<aws.scheduler.scheduled-time>"}]});
    let whole = json!({"TaskDefinition": "bill:4", "Count": 3, "CapacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT"}],
        "Overrides": {"ContainerOverrides": [bill], "Memory": "2048"}});
    let unknown = json!({"TaskDefinition": "bill:4", "Count": 2, "VolumeConfigurations": [{"Name": "x"}]});
    for (request, named, left, args, count) in [
        (
            whole,
            vec![
                "`command` of the container `bill` ([\"bill\",\"--month\"])",
                "`environment` of the container `bill` (`MODE`)",
                "`count` (3)",
                "`memory` (2048)",
                "`capacityProviderStrategy`",
            ],
            "Scheduler fills in",
            vec!["bill", "--month"],
            3,
        ),
        (unknown, vec!["`count` (2)"], "`volumeConfigurations`", vec!["bill"], 2),
    ] {
        let case = Case::live("bill", &[calling("bill", "runTask", "rate(1 day)", request), alone()]);
        let case = case.answer("start", "", "with-traffic");
        let text = input_question(&case).unwrap();
        let (lost, rest) = text.split_once("The rest of its input can be:").unwrap();
        assert!(lost.contains(left), "{text}");
        assert!(named.iter().all(|named| rest.contains(named)), "{text}");
        assert!(!rest.contains("`AT`") && !rest.contains("volumeConfigurations"), "{text}");
        assert_eq!(
            (cron(&case).args.unwrap(), cron(&case).scale),
            (vec!["bill".to_owned()], None),
            "nothing before the answer"
        );
        let taken = case.clone().answer("input", "", "the-rest");
        assert!(input_question(&taken).is_none());
        let component = cron(&taken);
        assert_eq!(
            (component.args.unwrap(), component.scale),
            (args.iter().map(ToString::to_string).collect(), Some(Scale::Fixed(count)))
        );
        assert!(component.suspended.is_none() && !component.env.contains_key("AT"));
        assert!(matches!(taken.verdict(0, "/Target/Input"), FieldVerdict::Approximated));
        let left_out = cron(&case.answer("input", "", "leave-out"));
        assert_eq!((left_out.args.unwrap(), left_out.scale), (vec!["bill".to_owned()], None));
    }
    // Where nothing is left, the rest is no answer.
    let alone_lost = json!({"TaskDefinition": "bill:4", "VolumeConfigurations": [{"Name": "x"}]});
    let case = Case::live("bill", &[calling("bill", "runTask", "rate(1 day)", alone_lost), alone()]);
    assert!(input_question(&case.answer("input", "", "the-rest")).unwrap().contains("can't be used"));
}

/// cron runs on the days that fit either of its fields of days: who answers so, says so.
#[test]
fn an_answer_that_restricts_both_days_says_that_either_is_enough() {
    let input = json!({"containerOverrides": []});
    let mut clock = rule(json!({}), input);
    clock.1["ScheduleExpression"] = json!("cron(0 1 ? * 6L *)");
    for (answer, schedule) in [
        ("0 1 13 * 5", None),
        ("0 1 1-7 * MON", None),
        ("either=0 1 13 * 5", Some("0 1 13 * 5")),
        ("either=0 1 * * 5", None),
        ("0 1 * * 5", Some("0 1 * * 5")),
        ("0 1 13 * ?", Some("0 1 13 * ?")),
        ("either=0 1 30 2 5", Some("0 1 30 2 5")),
    ] {
        let case = Case::live("bill", &[clock.clone(), alone()]).answer("schedule", "", answer);
        let component = cron(&case);
        let question = case.lift().questions.into_iter().find(|one| one.id.as_str().starts_with("schedule/"));
        assert_eq!(question.is_none(), schedule.is_some(), "{answer}: {question:?}");
        assert_eq!(component.schedule.as_deref(), Some(schedule.unwrap_or("0 0 30 2 *")), "{answer}");
        if let Some(question) = question.filter(|_| !answer.starts_with("either=")) {
            assert!(question.text.contains(&format!("`either={answer}`")), "{}", question.text);
        }
    }
}

#[test]
fn a_target_that_names_no_task_definition_is_refused_for_that() {
    let schedule = |target: Value| {
        let body =
            json!({"Name": "paused", "ScheduleExpression": "rate(1 day)", "State": "DISABLED", "Target": target});
        Case::live("paused", &[(SchedulerSchedule, body)])
    };
    let arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/main";
    for target in [json!({"Arn": arn}), json!({"Arn": arn, "EcsParameters": {"LaunchType": "FARGATE"}})] {
        let reasons = schedule(target).reasons();
        assert!(reasons[0].contains("names no task definition"), "{reasons:?}");
        assert!(!reasons[0].contains("add it"), "{reasons:?}");
    }
    let reasons = schedule(json!({"Arn": arn, "EcsParameters": {"TaskDefinitionArn": "gone:1"}})).reasons();
    assert!(reasons[0].contains("`gone:1` is not among the sources"), "{reasons:?}");
}

/// What a schedule gives a command is the work, whatever stands before it in the task: with another container as the main one its pod
/// would never end, and the work would be started again for ever.
#[test]
fn of_the_containers_that_the_clock_starts_the_work_is_the_main_one() {
    use caravan_inventory::ObservationKind::{EcsTaskDefinition, EventsRule};
    let container = |name: &str, port: Option<u16>| {
        let ports: Vec<_> = port.map(|port| json!({"containerPort": port})).into_iter().collect();
        json!({"name": name, "image": format!("{name}:1"), "essential": true, "portMappings": ports})
    };
    let case = |containers: &[serde_json::Value], overridden: Option<&str>| {
        let task = json!({"family": "shop", "cpu": "256", "memory": "512", "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"], "containerDefinitions": containers});
        let arn = "arn:aws:ecs:eu-west-1:111122223333:task-definition/shop:1";
        let mut target = json!({"Id": "1", "Arn": "arn:aws:ecs:eu-west-1:111122223333:cluster/main",
            "EcsParameters": {"TaskDefinitionArn": arn, "TaskCount": 1, "LaunchType": "FARGATE"}});
        if let Some(name) = overridden {
            let input = json!({"containerOverrides": [{"name": name, "command": ["php", "artisan", "schedule:run"]}]});
            target["Input"] = input.to_string().into();
        }
        let rule =
            json!({"Name": "tick", "ScheduleExpression": "rate(5 minutes)", "State": "ENABLED", "Targets": [target]});
        Case::live("shop", &[(EventsRule, rule), (EcsTaskDefinition, task)])
    };
    let main = |case: &Case| {
        let config = case.config();
        let component = config.components.values().next().unwrap().clone();
        component.image.or(config.image).unwrap().to_string()
    };
    let (nginx, php) = (container("nginx", Some(80)), container("php", Some(9000)));
    let (job, proxy) = (container("job", None), container("cloudsql", Some(5432)));
    for (containers, overridden, wanted) in [
        (vec![nginx.clone(), php.clone()], Some("php"), "php:1"),
        (vec![proxy.clone(), job.clone()], None, "job:1"),
        (vec![job.clone(), proxy.clone()], None, "job:1"),
        (vec![nginx.clone()], None, "nginx:1"),
    ] {
        let case = case(&containers, overridden);
        assert_eq!(main(&case), wanted, "{containers:?}");
        assert!(!open(&case).iter().any(|id| id.starts_with("work/")), "{:?}", open(&case));
    }
    // Nothing tells: it is asked, and does not start.
    let both = case(&[nginx, php], None);
    assert!(open(&both).iter().any(|id| id.starts_with("work/")), "{:?}", open(&both));
    let started = both.clone().answer("start", "", "with-traffic");
    assert!(started.config().components.values().all(|one| one.suspended.is_some()));
    let told = started.answer("work", "", "php");
    assert_eq!(main(&told), "php:1");
}

/// What a template leaves open of a request is named by the template's words, and never called missing.
#[test]
fn a_request_that_a_template_leaves_open_is_refused_or_asked_about_for_that() {
    let of_file = |input: Value| {
        let arn = "arn:aws:scheduler:::aws-sdk:ecs:runTask";
        let target = json!({"Arn": arn, "Input": input});
        json!({"Name": "nightly", "ScheduleExpression": "rate(1 day)", "State": "ENABLED", "Target": target})
    };
    let alone = |input: Value| Case::from_file("nightly", &[(SchedulerSchedule, of_file(input))]);
    let open = json!({"Cluster": "main", "TaskDefinition": {"$unresolved": "!Sub ${Task}"}}).to_string();
    for (input, said) in [
        (json!(open), "`!Sub ${Task}`, which the template leaves open"),
        (json!({"$unresolved": "!ImportValue request"}), "is no JSON object, or its template leaves it open"),
        (json!("run it"), "is no JSON object"),
        (json!(json!({"Cluster": "main"}).to_string()), "names no task definition"),
        (json!(json!({"TaskDefinition": "gone"}).to_string()), "`gone` is not among the sources"),
    ] {
        let reasons = alone(input.clone()).reasons();
        assert!(reasons[0].contains(said), "{input}: {reasons:?}");
        assert_eq!(reasons[0].contains("not among"), said.contains("not among"), "{reasons:?}");
    }
    let (_, task) = task(json!([{"name": "app", "image": "app:1"}]));
    let input = json!({"Cluster": "main", "TaskDefinition": "app:1", "Count": {"$unresolved": "!Sub ${Count}"},
        "Overrides": {"ContainerOverrides": [{"Name": "app", "Command": ["sweep", {"$unresolved": "!Sub ${Depth}"}],
            "Environment": [{"Name": "TABLE", "Value": {"$unresolved": "!Sub ${Table}"}}, {"Name": "MODE", "Value": "all"}]}]}});
    let case = Case::from_file(
        "nightly",
        &[
            (SchedulerSchedule, of_file(json!(input.to_string()))),
            (caravan_inventory::ObservationKind::EcsTaskDefinition, task),
        ],
    );
    let text = input_question(&case).unwrap();
    for said in [
        "`TABLE`: its template leaves `!Sub ${Table}` open",
        "`!Sub ${Depth}`",
        "`count`: its template leaves `!Sub ${Count}` open",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(cron(&case).suspended.is_some());
}

/// What is refused starts nowhere: whether it may run beside the old one is no question.
#[test]
fn of_a_schedule_that_is_refused_nobody_asks_whether_it_may_start() {
    use caravan_inventory::ObservationKind::{EcsTaskDefinition, EventsRule};
    let task = json!({"family": "shop", "containerDefinitions": [{"name": "app", "image": "app:1"}]});
    let case = |expression: &str| {
        let target = json!({"Id": "1", "Arn": "arn:aws:ecs:eu-west-1:111122223333:cluster/main",
            "EcsParameters": {"TaskDefinitionArn": "shop:1"}});
        let rule = json!({"Name": "tick", "ScheduleExpression": expression, "State": "ENABLED", "Targets": [target]});
        Case::live("shop", &[(EventsRule, rule), (EcsTaskDefinition, task.clone())])
    };
    let asked = |case: &Case| open(case).iter().any(|id| id.starts_with("start/"));
    assert!(asked(&case("rate(1 hour)")));
    let refused = case("at(2027-01-01T00:00:00)");
    assert!(!refused.reasons().is_empty() && !asked(&refused), "{:?}", open(&refused));
}
