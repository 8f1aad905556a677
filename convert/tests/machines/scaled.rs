//! What moves the number of a group: policies, scheduled actions, lifecycle hooks.

use super::pinned::web_tier;
use super::*;
use ObservationKind as Kind;
use caravan_convert_lift::plconfig::{Component, Scale, ScaleRange};

/// The group of web servers between two bounds, with these documents beside it.
fn tier(min: u32, max: u32, desired: u32, beside: &[(Kind, Value)]) -> Machine {
    let mut documents: Vec<(Kind, Value)> =
        web_tier().observations.iter().map(|observation| (observation.kind, observation.body.clone())).collect();
    let group = &mut documents[0].1;
    for (field, value) in [("MinSize", min), ("MaxSize", max), ("DesiredCapacity", desired)] {
        group[field] = json!(value);
    }
    documents.extend_from_slice(beside);
    Machine::new("web", &documents)
}

fn policy(name: &str, more: Value) -> (Kind, Value) {
    let mut body = json!({"AutoScalingGroupName": "web", "PolicyName": name, "PolicyARN": format!("arn:{name}"), "Enabled": true,
        "Alarms": [{"AlarmName": "a", "AlarmARN": "arn:a"}]});
    more.as_object().unwrap().iter().for_each(|(field, value)| body[field] = value.clone());
    (Kind::GroupPolicy, body)
}

fn tracks(metric: &str, value: &str) -> Value {
    json!({"PolicyType": "TargetTrackingScaling", "EstimatedInstanceWarmup": 120, "TargetTrackingConfiguration": {
        "PredefinedMetricSpecification": {"PredefinedMetricType": metric}, "TargetValue": value, "DisableScaleIn": false}})
}

fn action(name: &str, recurrence: &str, sizes: [u32; 3]) -> (Kind, Value) {
    let [min, max, desired] = sizes;
    (
        Kind::GroupSchedule,
        json!({"AutoScalingGroupName": "web", "ScheduledActionName": name, "ScheduledActionARN": format!("arn:{name}"),
            "Recurrence": recurrence, "TimeZone": "Europe/Vienna", "MinSize": min, "MaxSize": max, "DesiredCapacity": desired}),
    )
}

fn component(machine: &Machine) -> Component {
    let config = match machine.lift().outcome {
        LiftOutcome::Converted(config) => Some(config),
        LiftOutcome::Refused { .. } => None,
    };
    config.unwrap().components.into_values().next().unwrap()
}

fn range(machine: &Machine) -> ScaleRange {
    let range = match component(machine).scale {
        Some(Scale::Range(range)) => Some(range),
        _ => None,
    };
    range.unwrap()
}

fn open(machine: &Machine) -> Vec<String> {
    let topics = ["scaling", "lifecycle-hook", "scale-in", "replicas"];
    let lifted = machine.lift();
    let ids = lifted.questions.iter().map(|question| question.id.to_string());
    ids.filter(|id| topics.contains(&id.split('/').next().unwrap())).collect()
}

/// Every field has its verdict, whatever was said.
fn accounted(machine: &Machine) {
    let lifted = machine.lift();
    let unknown: Vec<_> = lifted.ledger.entries().filter(|entry| entry.verdict == FieldVerdict::Unknown).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn a_group_that_tracks_its_load_is_scaled_by_it() {
    for (documents, cpu, rps) in [
        (vec![policy("cpu", tracks("ASGAverageCPUUtilization", "60.0"))], Some(60), None),
        (vec![policy("cpu", tracks("ASGAverageCPUUtilization", "30"))], Some(50), None),
        (vec![policy("requests", tracks("ALBRequestCountPerTarget", "1200.0"))], None, Some(20.0)),
        (
            vec![
                policy("cpu", tracks("ASGAverageCPUUtilization", "70")),
                policy("requests", tracks("ALBRequestCountPerTarget", "600")),
            ],
            Some(70),
            Some(10.0),
        ),
    ] {
        let machine = tier(2, 9, 4, &documents);
        let found = range(&machine);
        assert_eq!((found.min, found.max, found.cpu, found.rps), (2, 9, cpu, rps));
        assert_eq!(open(&machine), [""; 0]);
        accounted(&machine);
    }
}

#[test]
fn what_can_not_be_said_of_a_policy_is_asked_by_its_name() {
    let steps = json!({"PolicyType": "StepScaling", "AdjustmentType": "ChangeInCapacity", "MetricAggregationType": "Average",
        "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}]});
    let network = tracks("ASGAverageNetworkIn", "1000000");
    let twice = tracks("ASGAverageCPUUtilization", "80");
    for (documents, wanted) in [
        (vec![policy("out", steps.clone())], "scaling/ec2/111122223333/eu-west-1/web/out"),
        (vec![policy("bytes", network)], "scaling/ec2/111122223333/eu-west-1/web/bytes"),
        (
            vec![policy("one", tracks("ASGAverageCPUUtilization", "60")), policy("two", twice)],
            "scaling/ec2/111122223333/eu-west-1/web/two",
        ),
    ] {
        let machine = tier(2, 9, 4, &documents);
        assert_eq!(open(&machine), [wanted]);
        accounted(&machine);
    }
    let answered = tier(2, 9, 4, &[policy("out", steps)]).answer("scaling", "out", "cpu=65");
    assert_eq!(range(&answered).cpu, Some(65));
    accounted(&answered);
    let off = policy(
        "out",
        json!({"PolicyType": "SimpleScaling", "Enabled": false, "ScalingAdjustment": 2, "Cooldown": 300}),
    );
    let machine = tier(2, 9, 4, &[off]);
    assert_eq!((component(&machine).scale, open(&machine)), (Some(Scale::Fixed(4)), vec![]));
    accounted(&machine);
    // What runs at zero is as many as a person says, and its policies are said to be left out.
    let parked = tier(0, 9, 0, &[policy("cpu", tracks("ASGAverageCPUUtilization", "60"))]);
    assert_eq!(open(&parked), ["replicas/ec2/111122223333/eu-west-1/web"]);
    let rules: Vec<_> = parked
        .lift()
        .ledger
        .entries()
        .filter(|entry| matches!(&entry.verdict, FieldVerdict::Dropped { rule } if rule == "parked"))
        .map(|entry| entry.path.clone())
        .collect();
    assert!(
        rules.iter().any(|path| path == "/MaxSize") && rules.iter().any(|path| path.ends_with("/TargetValue")),
        "{rules:?}"
    );
    accounted(&parked);
    // Between equal bounds no policy has an effect.
    let fixed = tier(3, 3, 3, &[policy("cpu", tracks("ASGAverageCPUUtilization", "60"))]);
    assert_eq!((component(&fixed).scale, open(&fixed)), (Some(Scale::Fixed(3)), vec![]));
    accounted(&fixed);
}

#[test]
fn two_actions_that_take_turns_are_a_floor_and_others_are_asked_about() {
    let (morning, evening) = (action("up", "0 7 * * 1-5", [4, 9, 4]), action("down", "0 19 * * 1-5", [1, 2, 1]));
    let machine = tier(1, 2, 1, &[morning.clone(), evening]);
    let found = range(&machine);
    assert_eq!((found.min, found.max, found.cron.len(), found.cron[0].min), (1, 9, 1, 4));
    assert_eq!(found.cron[0].timezone.as_deref(), Some("Europe/Vienna"));
    assert_eq!((found.cron[0].start.as_str(), found.cron[0].end.as_str()), ("0 7 * * 1-5", "0 19 * * 1-5"));
    assert_eq!(open(&machine), [""; 0]);
    accounted(&machine);
    // Off at night, and at this moment, too: the clock wakes it.
    let off = action("down", "0 19 * * 1-5", [0, 0, 0]);
    let machine = tier(0, 0, 0, &[morning.clone(), off.clone()]);
    assert_eq!((range(&machine).min, range(&machine).max), (0, 9));
    accounted(&machine);
    // A number that is set stands until something moves it, whatever the least is.
    let many = action("up", "0 7 * * 1-5", [2, 20, 10]);
    let few = action("down", "0 19 * * 1-5", [1, 20, 2]);
    let found = range(&tier(1, 20, 2, &[many, few]));
    assert_eq!((found.min, found.cron[0].min), (2, 10));
    // A lower floor takes nothing away by itself; where a policy does, the clock is one of floors.
    let floor = |name: &str, recurrence: &str, least: u32| {
        let (kind, mut body) = action(name, recurrence, [least, 9, 0]);
        let fields = body.as_object_mut().unwrap();
        fields.remove("DesiredCapacity");
        fields.remove("MaxSize");
        (kind, body)
    };
    let floors = [floor("up", "0 7 * * 1-5", 4), floor("down", "0 19 * * 1-5", 1)];
    let alone = tier(1, 9, 4, &floors);
    let asked = open(&alone);
    assert!(
        ["up", "down"].iter().all(|name| asked.iter().any(|id| id.ends_with(&format!("/web/{name}")))),
        "{asked:?}"
    );
    accounted(&alone);
    let tracked = [floors.as_slice(), &[policy("cpu", tracks("ASGAverageCPUUtilization", "60"))]].concat();
    let tracked = tier(1, 9, 4, &tracked);
    assert_eq!((range(&tracked).min, range(&tracked).cpu, range(&tracked).cron[0].min), (1, Some(60), 4));
    accounted(&tracked);
    // One alone never comes back.
    let alone = tier(2, 4, 2, &[off]);
    assert!(open(&alone).contains(&"scaling/ec2/111122223333/eu-west-1/web/down".to_owned()), "{:?}", open(&alone));
    assert!(component(&alone).suspended.is_some(), "what was off at its hours would run then");
    accounted(&alone);
    let weekly = tier(2, 4, 2, &[morning]);
    assert!(component(&weekly).suspended.is_none() && open(&weekly).len() == 2, "{:?}", open(&weekly));
    accounted(&weekly);
}

#[test]
fn a_hook_keeps_everything_suspended_until_somebody_says_what_becomes_of_it() {
    let hook = |transition: &str| {
        let body = json!({"AutoScalingGroupName": "web", "LifecycleHookName": "drain", "HeartbeatTimeout": 300, "GlobalTimeout": 30000,
            "LifecycleTransition": format!("autoscaling:EC2_INSTANCE_{transition}"), "DefaultResult": "CONTINUE",
            "NotificationTargetARN": "arn:aws:sqs:eu-west-1:111122223333:drain", "RoleARN": "arn:aws:iam::111122223333:role/hooks"});
        (Kind::LifecycleHook, body)
    };
    for transition in ["LAUNCHING", "TERMINATING"] {
        let machine = tier(3, 3, 3, &[hook(transition)]);
        assert_eq!(open(&machine), ["lifecycle-hook/ec2/111122223333/eu-west-1/web/drain"]);
        assert!(component(&machine).suspended.is_some());
        accounted(&machine);
        let answered = machine.answer("lifecycle-hook", "drain", "leave-out");
        assert!(component(&answered).suspended.is_none() && open(&answered).is_empty());
        accounted(&answered);
    }
}

/// Whoever suspends the processes of a group keeps its number where it is: so it stays, until somebody says otherwise.
#[test]
fn a_group_whose_scaling_is_suspended_keeps_its_number() {
    let cpu = policy("cpu", tracks("ASGAverageCPUUtilization", "60.0"));
    let clock = [action("up", "0 7 * * *", [4, 9, 4]), action("down", "0 19 * * *", [2, 9, 2])];
    let group = |processes: &[&str]| {
        let mut beside = vec![cpu.clone()];
        beside.extend(clock.clone());
        let mut machine = tier(2, 9, 3, &beside);
        let suspended: Vec<Value> = processes
            .iter()
            .map(|name| json!({"ProcessName": name, "SuspensionReason": "User suspended at 2026-11-02T10:00:00Z"}))
            .collect();
        machine.observations[0].body["SuspendedProcesses"] = json!(suspended);
        machine
    };
    let asked = |machine: &Machine| {
        let lifted = machine.lift();
        let question = lifted.questions.iter().find(|one| one.id.as_str().starts_with("autoscaling/"));
        question.map(|one| (one.assumed.clone(), one.options.clone()))
    };
    let question = Some((Some("no".to_owned()), vec!["yes".to_owned(), "no".to_owned()]));
    for processes in
        [&["Launch"][..], &["Terminate", "AZRebalance"], &["AlarmNotification"], &["Launch", "ScheduledActions"]]
    {
        let machine = group(processes);
        assert_eq!(
            (component(&machine).scale, asked(&machine)),
            (Some(Scale::Fixed(3)), question.clone()),
            "{processes:?}"
        );
        accounted(&machine);
        let kept = group(processes).answer("autoscaling", "", "no");
        assert_eq!((component(&kept).scale, asked(&kept)), (Some(Scale::Fixed(3)), None), "{processes:?}");
        accounted(&kept);
        let scaled = range(&group(processes).answer("autoscaling", "", "yes"));
        assert_eq!((scaled.cpu, scaled.cron.len()), (Some(60), 1), "{processes:?}");
    }
    // Only the clock stands still.
    let machine = group(&["ScheduledActions"]);
    let found = range(&machine);
    assert_eq!((found.min, found.max, found.cpu, found.cron.len()), (2, 9, Some(60), 0));
    assert_eq!(asked(&machine), question);
    accounted(&machine);
    // What is about single machines moves no number.
    let machine = group(&["AZRebalance", "ReplaceUnhealthy", "HealthCheck"]);
    assert_eq!((asked(&machine), range(&machine).cron.len()), (None, 1));
    accounted(&machine);
}
