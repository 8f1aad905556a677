//! Templates that name each other's things.

use super::recording::record;
use super::{Heap, folder, put, scanned};
use caravan_inventory::{EdgeKind, Observation, ObservationKind as Kind, Workload};
use caravan_inventory_store::{Store, WorkloadFilter};
use serde_json::json;

/// A load balancer with its listener, which is exported by this name.
fn network(export: &str, more: &str) -> String {
    format!(
        r#"AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Stage: {{Type: String, Default: live}}
Resources:
  Edge: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Scheme: internal, SecurityGroups: [!GetAtt Guard.GroupId]}}}}
  Guard: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: guard}}}}
  Cluster: {{Type: AWS::ECS::Cluster}}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {{LoadBalancerArn: !Ref Edge, Port: 443, Protocol: HTTPS, DefaultActions: [{{Type: fixed-response, FixedResponseConfig: {{StatusCode: 404}}}}]}}
Outputs:
  Listener: {{Value: !Ref Listener, Export: {{Name: {export}}}}}
{more}"#
    )
}

/// A service behind a rule of a listener that is named so.
fn service(name: &str, listener: &str, priority: u16) -> String {
    format!(
        r#"AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Net: {{Type: String, Default: harbour}}
Resources:
  Group: {{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {{Port: 80, Protocol: HTTP, TargetType: ip}}}}
  Rule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: {listener}
      Priority: {priority}
      Conditions: [{{Field: host-header, Values: [{name}.ferry.example]}}]
      Actions: [{{Type: forward, TargetGroupArn: !Ref Group}}]
  Task: {{Type: AWS::ECS::TaskDefinition, Properties: {{Family: {name}, ContainerDefinitions: [{{Name: web, Image: 'web:1', PortMappings: [{{ContainerPort: 80}}]}}]}}}}
  Service:
    Type: AWS::ECS::Service
    Properties: {{Cluster: main, ServiceName: {name}, TaskDefinition: !Ref Task, LoadBalancers: [{{ContainerName: web, ContainerPort: 80, TargetGroupArn: !Ref Group}}]}}
"#
    )
}

/// A rule that forbids a path in front of a service of another template.
fn forbidding(listener: &str, host: &str) -> String {
    format!(
        r#"AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Rule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: {listener}
      Priority: 1
      Conditions: [{{Field: host-header, Values: [{host}]}}, {{Field: path-pattern, Values: [/staff/*]}}]
      Actions: [{{Type: fixed-response, FixedResponseConfig: {{StatusCode: '403'}}}}]
"#
    )
}

/// The workloads that these files give, by their names.
fn linked(files: &[(&str, String)]) -> (Store, Vec<Workload>) {
    let (_kept, dir) = folder();
    files.iter().for_each(|(name, text)| put(&dir, name, text));
    let mut store = Store::in_memory().unwrap();
    record(&mut store, &dir, "01ARZ3NDEKTSV4RRFFQ69G5FAV", 0);
    let ids = store.workloads(&WorkloadFilter::default(), None, 100).unwrap();
    let workloads = ids.iter().map(|one| store.workload(&one.id).unwrap().unwrap()).collect();
    (store, workloads)
}

fn parts(workloads: &[Workload], name: &str, kind: Kind) -> Vec<String> {
    let workload = workloads.iter().find(|one| one.name == name).expect("the workload is there");
    let own = workload.parts.iter().filter(|part| part.as_str().starts_with(&format!("{}/", kind.as_str())));
    own.map(ToString::to_string).collect()
}

#[test]
fn what_another_template_exports_is_followed_however_its_name_is_put_together() {
    for (export, import) in [
        ("harbour-listener", "!ImportValue harbour-listener"),
        ("harbour-listener", "!ImportValue {'Fn::Sub': '${Net}-listener'}"),
        ("!Sub '${AWS::StackName}-listener'", "!ImportValue harbour-listener"),
        ("!Sub '${AWS::StackName}-listener'", "!ImportValue {'Fn::Sub': '${Net}-listener'}"),
        ("!Join [':', [!Ref 'AWS::StackName', listener]]", "!ImportValue {'Fn::Join': [':', [!Ref Net, listener]]}"),
        ("!Sub '${Stage}-listener'", "!ImportValue live-listener"),
    ] {
        let files = [("net/harbour.yaml", network(export, "")), ("desk/template.yaml", service("desk", import, 9))];
        let (_, workloads) = linked(&files);
        for kind in [Kind::Listener, Kind::LoadBalancer, Kind::SecurityGroup] {
            assert_eq!(parts(&workloads, "desk", kind).len(), 1, "{export} {import} {kind:?}");
        }
    }
}

#[test]
fn an_import_that_may_mean_several_exports_or_none_is_left_open() {
    for (files, import) in [
        (vec![("a.yaml", network("harbour-other", ""))], "!ImportValue harbour-listener"),
        (
            vec![
                ("a.yaml", network("!Sub '${AWS::StackName}-listener'", "")),
                ("b.yaml", network("!Sub '${AWS::StackName}-listener'", "")),
            ],
            "!ImportValue {'Fn::Sub': '${Net}-listener'}",
        ),
        (vec![("a.yaml", network("harbour", "")), ("b.yaml", network("harbour", ""))], "!ImportValue harbour"),
        // Nothing of either is told.
        (vec![("a.yaml", network("!Ref 'AWS::StackName'", ""))], "!ImportValue {'Ref': Net}"),
        (vec![("a.yaml", network("harbour-listener", ""))], "!Ref Net"),
    ] {
        let files: Vec<(&str, String)> =
            files.into_iter().chain([("desk/template.yaml", service("desk", import, 9))]).collect();
        let (_, workloads) = linked(&files);
        assert!(parts(&workloads, "desk", Kind::Listener).is_empty(), "{import}");
        assert_eq!(parts(&workloads, "desk", Kind::ListenerRule).len(), 1, "{import}");
    }
}

/// A listener that lies in Parameter Store, in each form in which a template reads it from there.
#[test]
fn what_another_template_puts_into_parameter_store_is_followed() {
    let stored = |name: &str| {
        let parameter = format!(
            "  Store: {{Type: AWS::SSM::Parameter, Properties: {{Name: {name}, Type: String, Value: !Ref Listener}}}}\n"
        );
        network("harbour-unused", "").replace("Outputs:\n", &format!("{parameter}Outputs:\n"))
    };
    let typed = |kind: &str| {
        let text = service("desk", "!Ref Front", 9);
        text.replacen(
            "Parameters:\n",
            &format!("Parameters:\n  Front: {{Type: '{kind}', Default: /harbour/listener}}\n"),
            1,
        )
    };
    for (name, user) in [
        ("/harbour/listener", service("desk", "'{{resolve:ssm:/harbour/listener}}'", 9)),
        ("/harbour/listener", service("desk", "'{{resolve:ssm:/harbour/listener:3}}'", 9)),
        ("/harbour/listener", service("desk", "!Sub '{{resolve:ssm:/${Net}/listener}}'", 9)),
        (
            "!Sub '/${Stage}/listener'",
            service("desk", "!Sub '{{resolve:ssm:/${Net}/listener:1}}'", 9)
                .replace("Default: harbour", "Default: live"),
        ),
        ("/harbour/listener", typed("AWS::SSM::Parameter::Value<String>")),
    ] {
        let files = [("net.yaml", stored(name)), ("desk/template.yaml", user.clone())];
        let (_, workloads) = linked(&files);
        for kind in [Kind::Listener, Kind::LoadBalancer, Kind::SecurityGroup] {
            assert_eq!(parts(&workloads, "desk", kind).len(), 1, "{name} {user} {kind:?}");
        }
    }
    // Not that parameter, not that store, or a text that only holds one.
    for listener in [
        "'{{resolve:ssm:/quay/listener}}'",
        "'{{resolve:ssm-secure:/harbour/listener}}'",
        "'x{{resolve:ssm:/harbour/listener}}'",
    ] {
        let (_, workloads) =
            linked(&[("net.yaml", stored("/harbour/listener")), ("desk/template.yaml", service("desk", listener, 9))]);
        assert!(parts(&workloads, "desk", Kind::Listener).is_empty(), "{listener}");
    }
}

/// Whoever reads one parameter means one listener, whether its template is among the sources or not.
#[test]
fn rules_of_a_listener_in_parameter_store_stand_in_front_of_each_other() {
    let forbid = |listener: &str| forbidding(listener, "desk.ferry.example");
    let by_type = forbid("!Ref Front").replacen(
        "Resources:",
        "Parameters:\n  Front: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /harbour/listener}\nResources:",
        1,
    );
    for guard in
        [forbid("'{{resolve:ssm:/harbour/listener}}'"), forbid("'{{resolve:ssm:/harbour/listener:7}}'"), by_type]
    {
        let desk = service("desk", "'{{resolve:ssm:/harbour/listener}}'", 9);
        let (_, workloads) = linked(&[("desk/template.yaml", desk), ("guards/template.yaml", guard.clone())]);
        let rules = parts(&workloads, "desk", Kind::ListenerRule);
        assert_eq!(rules.len(), 2, "{guard}: {rules:?}");
    }
}

/// What CloudFormation fills in is open in whatever place and by whatever function it comes there: none of it is taken for a text.
#[test]
fn no_dynamic_reference_is_taken_for_a_text() {
    const REFERENCE: &str = "{{resolve:ssm:/desk/level}}";
    for value in [
        "'{{resolve:ssm:/desk/level}}'",
        "!Sub '{{resolve:ssm:/desk/level}}'",
        "!Sub 'x-{{resolve:ssm:/desk/level}}'",
        "!Sub ['${A}', {A: '{{resolve:ssm:/desk/level}}'}]",
        "!Join ['', ['a', '{{resolve:ssm:/desk/level}}']]",
        "!Select [0, !Split [',', '{{resolve:ssm:/desk/level}},b']]",
        "!FindInMap [All, here, level]",
        "!Ref Level",
        "!If [IsLive, '{{resolve:ssm:/desk/level}}', b]",
    ] {
        let text = format!(
            r#"AWSTemplateFormatVersion: '2010-09-09'
Parameters: {{Level: {{Type: String, Default: '{REFERENCE}'}}}}
Conditions: {{IsLive: !Equals [!Ref Level, '{REFERENCE}']}}
Mappings: {{All: {{here: {{level: '{REFERENCE}'}}}}}}
Resources:
  Task: {{Type: AWS::ECS::TaskDefinition, Properties: {{Family: desk, ContainerDefinitions: [{{Name: app, Image: 'app:1', Environment: [{{Name: LEVEL, Value: {value}}}], Command: [run, {value}]}}]}}}}
"#
        );
        let (_kept, dir) = folder();
        put(&dir, "a.yaml", text);
        let heap = scanned(&[dir]);
        let container = &of_kind(&heap, Kind::EcsTaskDefinition)[0].body["containerDefinitions"][0];
        for open in [&container["environment"][0]["value"], &container["command"][1]] {
            assert!(open["$unresolved"].is_string(), "{value}: {open}");
            assert!(!open["default"].to_string().contains("resolve:"), "{value}: {open}");
        }
    }
}

/// Rules of one listener decide for each other, whichever template they stand in, and whether it was seen or not.
#[test]
fn a_rule_in_front_stands_with_the_service_of_another_template() {
    const ARN: &str =
        "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/edge/0123456789abcdef/fedcba9876543210";
    let import = "!ImportValue harbour-listener";
    for (listener, seen) in [(ARN, false), (import, false), (import, true)] {
        let mut files = vec![
            ("desk/template.yaml", service("desk", listener, 9)),
            ("guards/template.yaml", forbidding(listener, "desk.ferry.example")),
            ("quay/template.yaml", service("quay", listener, 10)),
        ];
        files.extend(seen.then(|| ("net/template.yaml", network("harbour-listener", ""))));
        let (_, workloads) = linked(&files);
        let rules = parts(&workloads, "desk", Kind::ListenerRule);
        assert_eq!(rules.len(), 2, "{listener} {seen}: {rules:?}");
        assert!(rules.iter().any(|rule| rule.contains("guards/")), "{rules:?}");
        assert_eq!(parts(&workloads, "quay", Kind::ListenerRule).len(), 1);
    }
}

/// One template for each environment makes things of the same names: nothing of one is the other's.
#[test]
fn copies_for_several_environments_stay_apart() {
    let named = |import: &str| service("desk", import, 9).replace("TargetType: ip", "TargetType: ip, Name: desk");
    let files = [
        ("live.yaml", named("!ImportValue harbour-listener")),
        ("test.yaml", named("!ImportValue harbour-listener")),
        ("net.yaml", network("harbour-listener", "")),
    ];
    let (_, workloads) = linked(&files);
    assert_eq!(workloads.iter().filter(|one| one.name == "desk").count(), 2, "{workloads:#?}");
    for workload in &workloads {
        let file = if workload.id.as_str().contains("live") { "live.yaml" } else { "test.yaml" };
        let foreign: Vec<_> = workload.parts.iter().filter(|part| !part.as_str().contains(file)).collect();
        assert!(foreign.is_empty(), "{} {foreign:?}", workload.id);
    }
}

#[test]
fn a_task_definition_and_a_schedule_of_another_template_are_found() {
    let task = r#"AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Task: {Type: AWS::ECS::TaskDefinition, Properties: {Family: report, ContainerDefinitions: [{Name: app, Image: 'app:1'}]}}
Outputs:
  Task: {Value: !Ref Task, Export: {Name: report-task}}
"#;
    for named in ["!ImportValue report-task", "report"] {
        let running = format!(
            r#"AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Nightly:
    Type: AWS::Scheduler::Schedule
    Properties:
      Name: nightly
      ScheduleExpression: rate(1 day)
      FlexibleTimeWindow: {{Mode: 'OFF'}}
      Target: {{Arn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/main', RoleArn: r, EcsParameters: {{TaskDefinitionArn: {named}}}}}
"#
        );
        let (store, workloads) = linked(&[("a/task.yaml", task.to_owned()), ("b/clock.yaml", running)]);
        assert_eq!(workloads.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["nightly"], "{named}");
        assert_eq!(parts(&workloads, "nightly", Kind::EcsTaskDefinition).len(), 1, "{named}");
        let edges = store.edges_from(workloads[0].id.as_str()).unwrap();
        assert!(edges.iter().any(|edge| edge.kind == EdgeKind::Runs && edge.to.contains("a/task.yaml")), "{edges:?}");
    }
    let off = r#"AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Off:
    Type: AWS::Scheduler::Schedule
    Properties:
      Name: off
      ScheduleExpression: cron(0 19 * * ? *)
      FlexibleTimeWindow: {Mode: 'OFF'}
      Target: {Arn: !Sub 'arn:${AWS::Partition}:scheduler:::aws-sdk:ecs:updateService', RoleArn: r, Input: '{"Cluster":"main","Service":"desk","DesiredCount":0}'}
"#;
    let (_, workloads) = linked(&[("desk.yaml", service("desk", "!Ref Net", 1)), ("clock.yaml", off.to_owned())]);
    assert_eq!(workloads.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["desk"]);
    assert_eq!(parts(&workloads, "desk", Kind::SchedulerSchedule).len(), 1);
}

fn of_kind(heap: &Heap, kind: Kind) -> Vec<&Observation> {
    heap.0.iter().flat_map(|(_, all)| all).filter(|one| one.kind == kind).collect()
}

/// A value is taken for what it is where its export is named outright, and only offered where a part of the name is open.
#[test]
fn a_value_that_is_exported_is_known_or_offered() {
    let using = |import: &str| {
        format!(
            r#"AWSTemplateFormatVersion: '2010-09-09'
Parameters: {{Net: {{Type: String}}}}
Resources:
  Desk: {{Type: AWS::ECS::Service, Properties: {{TaskDefinition: desk, DesiredCount: {import}}}}}
"#
        )
    };
    let exported = "  Desks: {Value: 3, Export: {Name: harbour-desks}}\n";
    for (import, wanted) in [
        ("!ImportValue harbour-desks", json!(3)),
        (
            "!ImportValue {'Fn::Sub': '${Net}-desks'}",
            json!({"$unresolved": "!ImportValue !Sub ${Net}-desks", "default": 3}),
        ),
        ("!ImportValue harbour-chairs", json!({"$unresolved": "!ImportValue harbour-chairs"})),
    ] {
        let (_kept, dir) = folder();
        put(&dir, "a.yaml", network("harbour-listener", exported));
        put(&dir, "b.yaml", using(import));
        let heap = scanned(&[dir]);
        assert_eq!(of_kind(&heap, Kind::EcsService)[0].body["desiredCount"], wanted, "{import}");
    }
}

/// Two folders with files of the same names are two stacks: what one makes is not what the other makes.
#[test]
fn stacks_of_files_that_are_called_alike_are_told_apart() {
    let files = [
        ("desk/deploy/template.yaml", service("desk", "!ImportValue harbour-listener", 9)),
        ("quay/deploy/template.yaml", service("quay", "!ImportValue harbour-listener", 10)),
        ("net.yaml", network("harbour-listener", "")),
    ];
    let (_, workloads) = linked(&files);
    for name in ["desk", "quay"] {
        let rules = parts(&workloads, name, Kind::ListenerRule);
        assert!(rules.len() == 1 && rules[0].contains(&format!("{name}/deploy")), "{rules:?}");
        assert_eq!(parts(&workloads, name, Kind::LoadBalancer).len(), 1, "{name}");
    }
}
