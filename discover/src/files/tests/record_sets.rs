//! Record sets of templates: which balancer they lead to, for whom, and the ways in that they show.

use super::recording::record;
use super::templates::{Read, read};
use super::{folder, put};
use crate::front::{Doors, StepKind};
use caravan_inventory::{EdgeKind, ObservationKind as Kind, Workload};
use caravan_inventory_store::{Store, WorkloadFilter};
use serde_json::{Value, json};

/// A service that a balancer's default action serves, and one that a rule with a host does.
const SERVED: &str = r#"AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Zone: {Type: String}
  Stage: {Type: String, Default: test}
Conditions:
  Live: !Equals [!Ref Zone, live]
  Busy: !Equals [!Ref Stage, busy]
Resources:
  Edge: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internet-facing}}
  Group: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Port: 80, Protocol: HTTP, TargetType: ip}}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: !Ref Edge, Port: 443, Protocol: HTTPS, DefaultActions: [{Type: forward, TargetGroupArn: !Ref Group}]}
  Rule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Listener
      Priority: 1
      Conditions: [{Field: host-header, Values: [quay.ferry.example]}]
      Actions: [{Type: forward, TargetGroupArn: !Ref Group}]
  Task: {Type: AWS::ECS::TaskDefinition, Properties: {Family: desk, ContainerDefinitions: [{Name: web, Image: 'web:1', PortMappings: [{ContainerPort: 80}]}]}}
  Service:
    Type: AWS::ECS::Service
    Properties: {Cluster: main, ServiceName: desk, TaskDefinition: !Ref Task, LoadBalancers: [{ContainerName: web, ContainerPort: 80, TargetGroupArn: !Ref Group}]}
  Inside: {Type: AWS::Route53::HostedZone, Properties: {Name: harbour.example, VPCs: [{VPCId: !ImportValue vpc, VPCRegion: eu-west-1}]}}
"#;

fn with(resources: &str) -> String {
    format!("{SERVED}{resources}")
}

/// The one record set that a template with these properties gives.
fn one(read: &Read) -> (String, Value) {
    let all: Vec<_> = read.observations.iter().filter(|one| one.kind == Kind::RecordSet).collect();
    assert_eq!(all.len(), 1, "{:?}", read.names());
    (all[0].native_name().to_owned(), all[0].body.clone())
}

#[test]
fn a_record_set_is_what_route_53_answers_with_the_balancers_name_in_it() {
    let dns = "ferry-edge-000000000000.unknown.elb.amazonaws.com";
    for (properties, name, leads) in [
        (
            "HostedZoneId: Z1ABC, Name: desk.ferry.example, Type: A, AliasTarget: {DNSName: !GetAtt Edge.DNSName, HostedZoneId: !GetAtt Edge.CanonicalHostedZoneID}",
            "Z1ABC/desk.ferry.example./A",
            "/AliasTarget/DNSName",
        ),
        (
            "HostedZoneId: !Ref Zone, Name: desk.ferry.example., Type: AAAA, AliasTarget: {DNSName: !Sub 'dualstack.${Edge.DNSName}', HostedZoneId: !GetAtt Edge.CanonicalHostedZoneID, EvaluateTargetHealth: 'true'}",
            "unknown/desk.ferry.example./AAAA",
            "/AliasTarget/DNSName",
        ),
        (
            "HostedZoneName: ferry.example., Name: desk.ferry.example, Type: CNAME, TTL: '300', ResourceRecords: [!GetAtt Edge.DNSName]",
            "unknown/desk.ferry.example./CNAME",
            "/ResourceRecords/0/Value",
        ),
        (
            "HostedZoneName: Harbour.example, Name: desk.harbour.example, Type: A, SetIdentifier: blue, Weight: '10', AliasTarget: {DNSName: !Join ['', ['dualstack.', !GetAtt Edge.DNSName]], HostedZoneId: Z3}",
            "Z000000000000ferry-Inside/desk.harbour.example./A/blue",
            "/AliasTarget/DNSName",
        ),
    ] {
        let read = read(
            "ferry.yaml",
            &with(&format!("  Name: {{Type: AWS::Route53::RecordSet, Properties: {{{properties}}}}}\n")),
        );
        let (called, body) = one(&read);
        assert_eq!(called, name);
        let target = body.pointer(leads).and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
        assert_eq!(target.trim_start_matches("dualstack."), dns, "{body}");
        let balancer = read.one(Kind::LoadBalancer, "ferry-Edge")["DNSName"].as_str().unwrap().to_ascii_lowercase();
        assert_eq!(balancer, dns);
        assert!(body["TTL"].is_null() || body["TTL"] == json!(300), "{body}");
        assert!(body["Weight"].is_null() || body["Weight"] == json!(10), "{body}");
        let health = &body["AliasTarget"]["EvaluateTargetHealth"];
        assert!(health.is_null() || health.is_boolean(), "{body}");
    }
    let read = read("ferry.yaml", &with(""));
    let zone = read.one(Kind::HostedZone, "Inside");
    assert_eq!((&zone["Config"]["PrivateZone"], &zone["Name"]), (&json!(true), &json!("harbour.example.")));
}

#[test]
fn a_name_that_a_template_or_a_condition_leaves_open_is_no_name() {
    for properties in [
        "Properties: {HostedZoneId: Z1, Name: !Sub '${Stage}.ferry.example', Type: A, AliasTarget: {DNSName: !GetAtt Edge.DNSName, HostedZoneId: Z3}}",
        "Condition: Live, Properties: {HostedZoneId: Z1, Name: www.ferry.example, Type: A, AliasTarget: {DNSName: !GetAtt Edge.DNSName, HostedZoneId: Z3}}",
    ] {
        let read = read("ferry.yaml", &with(&format!("  Name: {{Type: AWS::Route53::RecordSet, {properties}}}\n")));
        assert!(one(&read).1["Name"].is_object(), "{properties}");
    }
    // What is no list of record sets is not read, and counted.
    let read =
        read("ferry.yaml", &with("  Names: {Type: AWS::Route53::RecordSetGroup, Properties: {HostedZoneId: Z1}}\n"));
    assert!(read.unit.reason.as_deref().unwrap_or_default().contains("1 AWS::Route53::RecordSetGroup"));
}

/// What a template becomes: its workload, and the ways in.
fn linked(resources: &str) -> (Workload, Doors) {
    let (_kept, dir) = folder();
    put(&dir, "ferry.yaml", with(resources));
    let mut store = Store::in_memory().unwrap();
    record(&mut store, &dir, "01", 10);
    let ids = store.workloads(&WorkloadFilter::default(), None, 10).unwrap();
    let workload = store.workload(&ids[0].id).unwrap().unwrap();
    let doors = Doors::read(&store, store.edges_of_kind(EdgeKind::Routes).unwrap()).unwrap();
    (workload, doors)
}

#[test]
fn the_names_of_a_template_lead_to_the_workload_behind_its_balancer() {
    let group = "  Names:\n    Type: AWS::Route53::RecordSetGroup\n    Properties:\n      HostedZoneId: Z1\n      RecordSets:\n        \
                 - {Name: ferry.example, Type: A, AliasTarget: {DNSName: !GetAtt Edge.DNSName, HostedZoneId: Z3}}\n        \
                 - {Name: www.ferry.example, Type: CNAME, TTL: 60, ResourceRecords: [ferry.example]}\n        \
                 - {Name: ferry.example, Type: MX, TTL: 60, ResourceRecords: ['10 mail.ferry.example']}\n        \
                 - {Name: blog.ferry.example, Type: CNAME, TTL: 60, ResourceRecords: [blogs.example.net]}\n";
    let (workload, doors) = linked(group);
    let has = |name: &str| workload.parts.iter().any(|part| part.as_str().ends_with(name));
    assert!(has("Z1/ferry.example./A") && has("Z1/www.ferry.example./CNAME"), "{:?}", workload.parts);
    assert!(!has("Z1/ferry.example./MX") && !has("Z1/blog.ferry.example./CNAME"), "{:?}", workload.parts);
    // A host of a rule has its ways in too, whoever has its record.
    for host in ["ferry.example", "www.ferry.example", "quay.ferry.example"] {
        let ways = doors.of_hostname(host);
        let ends = |way: &crate::front::Chain| {
            way.steps
                .iter()
                .any(|step| step.step == StepKind::Workload && step.id.as_deref() == Some(workload.id.as_str()))
        };
        assert!(ways.iter().any(ends), "{host}: {ways:#?}");
    }
}

/// A private zone of the template tells who can ask for its names.
#[test]
fn a_name_of_a_private_zone_comes_with_its_zone() {
    let record = "  Name: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: !Ref Inside, Name: desk.harbour.example, Type: A, AliasTarget: {DNSName: !GetAtt Edge.DNSName, HostedZoneId: Z3}}}\n";
    let (workload, _) = linked(record);
    let zone = |part: &&caravan_inventory::ObservationId| part.as_str().starts_with(Kind::HostedZone.as_str());
    assert_eq!(workload.parts.iter().filter(zone).count(), 1, "{:?}", workload.parts);
}

/// Whatever a condition chooses, each name that may lead to the balancer stands with the workload, open where it is not sure to be
/// there.
#[test]
fn every_name_that_may_lead_to_a_balancer_stands_with_its_workload() {
    let alias = "AliasTarget: {DNSName: !GetAtt Edge.DNSName, HostedZoneId: Z3}";
    let set = |rest: &str| format!("  Name: {{Type: AWS::Route53::RecordSet, {rest}}}\n");
    let group = |sets: &str| {
        format!(
            "  Name: {{Type: AWS::Route53::RecordSetGroup, Properties: {{HostedZoneId: Z1, RecordSets: {sets}}}}}\n"
        )
    };
    let one = |name: &str| format!("{{Name: {name}, Type: A, {alias}}}");
    let no = "!Ref 'AWS::NoValue'";
    for (resources, names, open) in [
        (set(&format!("Properties: {{HostedZoneId: Z1, Name: !Sub 'b.${{Stage}}.example', Type: A, {alias}}}")), 1, 1),
        (set(&format!("Properties: {{HostedZoneId: Z1, Name: !Join [., [c, !Ref Zone]], Type: A, {alias}}}")), 1, 1),
        (
            set(&format!("Condition: Live, Properties: {{HostedZoneId: Z1, Name: d.ferry.example, Type: A, {alias}}}")),
            1,
            1,
        ),
        (
            set(&format!(
                "Properties: {{HostedZoneId: Z1, Name: !If [Live, e.ferry.example, !Sub '${{Zone}}.e.example'], Type: A, {alias}}}"
            )),
            2,
            2,
        ),
        (
            set(
                "Properties: {HostedZoneId: Z1, Name: f.ferry.example, Type: A, AliasTarget: {DNSName: !If [Live, !GetAtt Edge.DNSName, other.example.net], HostedZoneId: Z3}}",
            ),
            1,
            1,
        ),
        (
            set(&format!(
                "Properties: {{HostedZoneId: Z1, Name: g.ferry.example, Type: A, AliasTarget: !If [Live, {no}, {{DNSName: !GetAtt Edge.DNSName, HostedZoneId: Z3}}]}}"
            )),
            1,
            1,
        ),
        (
            set(
                "Properties: {HostedZoneId: Z1, Name: h.ferry.example, Type: CNAME, TTL: 60, ResourceRecords: !If [Live, [!GetAtt Edge.DNSName], [x.example.net]]}",
            ),
            1,
            1,
        ),
        (group(&format!("[{}, !If [Live, {}, {no}]]", one("i.ferry.example"), one("j.ferry.example"))), 2, 1),
        (group(&format!("!If [Live, [{}], []]", one("k.ferry.example"))), 1, 1),
        // What tells nothing of where it leads chooses nothing.
        (
            set(
                "Properties: {HostedZoneId: !If [Live, Z1, Z2], Name: l.ferry.example, Type: A, AliasTarget: {DNSName: !GetAtt Edge.DNSName, HostedZoneId: !If [Live, Z3, Z4], EvaluateTargetHealth: !If [Live, true, false]}}",
            ),
            1,
            0,
        ),
        (
            set(&format!(
                "Properties: {{HostedZoneId: Z1, Name: m.ferry.example, Type: A, AliasTarget: !If [Live, {{DNSName: !GetAtt Edge.DNSName, HostedZoneId: Z3, EvaluateTargetHealth: !If [Busy, true, false]}}, {no}]}}"
            )),
            1,
            1,
        ),
    ] {
        let (workload, _) = linked(&resources);
        let sets: Vec<&str> = workload
            .parts
            .iter()
            .map(|part| part.as_str())
            .filter(|part| part.contains("route53.record-set/"))
            .collect();
        assert_eq!(sets.len(), names, "{resources}: {:?}", workload.parts);
        let read = read("ferry.yaml", &with(&resources));
        let of = |id: &&&str| {
            let own = read.observations.iter().find(|one| id.ends_with(one.native_name()));
            own.is_some_and(|own| own.body["Name"].is_object())
        };
        assert_eq!(sets.iter().filter(of).count(), open, "{resources}: {sets:?}");
    }
    // What can't be told makes the file partial.
    let read = read("ferry.yaml", &with(&group("!FindInMap [A, B, C]")));
    assert!(read.unit.reason.as_deref().unwrap_or_default().contains("record sets of Name are not read"));
}

/// A condition may choose all of a rule's actions: what both branches do links the rule, and the guard of one is open.
#[test]
fn of_actions_that_a_condition_chooses_whole_those_of_both_branches_are_known() {
    let rule = |actions: &str| {
        format!(
            "  Second: {{Type: AWS::ElasticLoadBalancingV2::ListenerRule, Properties: {{ListenerArn: !Ref Listener, Priority: 2, \
             Conditions: !If [Live, [{{Field: host-header, Values: [pier.ferry.example]}}, {{Field: path-pattern, Values: [/open/*]}}], \
             [{{Field: host-header, Values: [pier.ferry.example]}}]], Actions: {actions}}}}}\n"
        )
    };
    let login = "{Type: authenticate-oidc, Order: 1, AuthenticateOidcConfig: {ClientId: c}}";
    let to = "{Type: forward, Order: 2, TargetGroupArn: !Ref Group}";
    let actions = format!("!If [Live, [{login}, {to}], [{{Type: forward, TargetGroupArn: !Ref Group}}]]");
    let read = read("ferry.yaml", &with(&rule(&actions)));
    let rules = read.observations.iter().filter(|one| one.kind == Kind::ListenerRule);
    let second = rules.map(|one| &one.body).find(|body| body["Priority"] == json!("2")).unwrap();
    assert!(second["Actions"][0]["$unresolved"].as_str().unwrap().contains("authenticate-oidc"), "{second}");
    assert_eq!(second["Actions"][1]["Type"], json!("forward"), "{second}");
    assert_eq!(second["Conditions"][0]["Values"], json!(["pier.ferry.example"]), "{second}");
    assert!(second["Conditions"][1]["$unresolved"].is_string(), "{second}");
    let (workload, _) = linked(&rule(&actions));
    assert_eq!(workload.parts.iter().filter(|part| part.as_str().contains("elbv2.rule/")).count(), 2, "{workload:?}");
}

/// A listener that the template imports has its rules all the same: what one forbids in front of another is not lost. Two that are
/// named by other words are two.
#[test]
fn rules_of_a_listener_of_elsewhere_stand_in_front_of_each_other() {
    for (own, other) in [("!ImportValue edge-listener", "!ImportValue inner-listener"), ("!Ref Zone", "!Ref Stage")] {
        let rule = |id: &str, listener: &str, priority: u8, action: &str| {
            format!(
                "  {id}: {{Type: AWS::ElasticLoadBalancingV2::ListenerRule, Properties: {{ListenerArn: {listener}, Priority: {priority}, \
                 Conditions: [{{Field: path-pattern, Values: [/actuator*]}}], Actions: [{action}]}}}}\n"
            )
        };
        let forbids = "{Type: fixed-response, FixedResponseConfig: {StatusCode: '403'}}";
        let to = "{Type: forward, TargetGroupArn: !Ref Group}";
        let resources =
            [rule("Guard", own, 10, forbids), rule("Way", own, 20, to), rule("Apart", other, 10, forbids)].concat();
        let (workload, _) = linked(&resources);
        let has = |id: &str| workload.parts.iter().any(|part| part.as_str().ends_with(&format!("/{id}")));
        assert!(has("Guard") && has("Way") && !has("Apart"), "{own}: {:?}", workload.parts);
    }
}

/// As CDK writes it: only the partition is put in.
#[test]
fn the_call_of_a_universal_target_is_read_however_its_arn_is_put_together() {
    let schedule = "  Nightly:\n    Type: AWS::Scheduler::Schedule\n    Properties:\n      Name: nightly\n      ScheduleExpression: cron(0 20 * * ? *)\n      \
                    FlexibleTimeWindow: {Mode: 'OFF'}\n      Target:\n        \
                    Arn: !Join ['', ['arn:', !Ref 'AWS::Partition', ':scheduler:::aws-sdk:ecs:updateService']]\n        \
                    RoleArn: !ImportValue role\n        Input: '{\"Cluster\": \"main\", \"Service\": \"desk\", \"DesiredCount\": 0}'\n";
    let read = read("ferry.yaml", &with(schedule));
    let schedules: Vec<_> = read.observations.iter().filter(|one| one.kind == Kind::SchedulerSchedule).collect();
    assert_eq!(schedules[0].body["Target"]["Arn"], json!("arn:aws:scheduler:::aws-sdk:ecs:updateService"));
    let (workload, _) = linked(schedule);
    assert!(workload.parts.iter().any(|part| part.as_str().contains("scheduler.schedule/")), "{:?}", workload.parts);
}

/// What a template puts together of a request names the service and the task all the same.
#[test]
fn the_request_of_a_universal_target_is_read_however_it_is_put_together() {
    let schedule = |action: &str, input: &str| {
        format!(
            "  Nightly:\n    Type: AWS::Scheduler::Schedule\n    Properties:\n      Name: nightly\n      ScheduleExpression: cron(0 20 * * ? *)\n      \
             FlexibleTimeWindow: {{Mode: 'OFF'}}\n      Target:\n        Arn: 'arn:aws:scheduler:::aws-sdk:ecs:{action}'\n        \
             RoleArn: role\n        Input: {input}\n"
        )
    };
    let off = |service: &str| {
        [
            format!("!Sub '{{\"Cluster\": \"main\", \"Service\": \"{service}\", \"DesiredCount\": 0}}'"),
            format!(
                "!Sub ['{{\"Cluster\": \"main\", \"Service\": \"${{S}}\", \"DesiredCount\": 0}}', {{S: !Sub '{service}'}}]"
            ),
            format!(
                "!Join ['', ['{{\"Cluster\": \"main\", \"Service\": \"', !Sub '{service}', '\", \"DesiredCount\": 0}}']]"
            ),
        ]
    };
    for input in off("${Service.Name}").into_iter().chain(off("${Service}")) {
        let (workload, _) = linked(&schedule("updateService", &input));
        assert!(
            workload.parts.iter().any(|part| part.as_str().contains("scheduler.schedule/")),
            "{input}: {workload:?}"
        );
    }
    let run = "!Sub '{\"Cluster\": \"main\", \"TaskDefinition\": \"${Task}\", \"Overrides\": {\"ContainerOverrides\": [{\"Name\": \
               \"web\", \"Environment\": [{\"Name\": \"EDGE\", \"Value\": \"${Edge}\"}]}]}}'";
    let read = read("ferry.yaml", &with(&schedule("runTask", run)));
    let schedules: Vec<_> = read.observations.iter().filter(|one| one.kind == Kind::SchedulerSchedule).collect();
    let input: Value = serde_json::from_str(schedules[0].body["Target"]["Input"].as_str().unwrap()).unwrap();
    assert_eq!(input["TaskDefinition"], json!("arn:aws:ecs:unknown:000000000000:task-definition/desk:1"));
    let value = &input["Overrides"]["ContainerOverrides"][0]["Environment"][0]["Value"];
    assert_eq!(*value, json!({"$unresolved": "!Sub ${Edge}"}));
    // What the template leaves open as a whole is that.
    let read = super::templates::read("ferry.yaml", &with(&schedule("runTask", "!Ref Zone")));
    let schedules: Vec<_> = read.observations.iter().filter(|one| one.kind == Kind::SchedulerSchedule).collect();
    assert_eq!(schedules[0].body["Target"]["Input"], json!({"$unresolved": "!Ref Zone"}));
}

/// A service under a condition that is open may not be there: its state is open as the condition is.
#[test]
fn the_state_of_a_service_under_an_open_condition_is_open() {
    let second = |condition: &str| {
        format!(
            "  Second:\n    Type: AWS::ECS::Service\n    {condition}\n    Properties: {{Cluster: main, ServiceName: second, TaskDefinition: !Ref Task}}\n"
        )
    };
    let status = |condition: &str| {
        let read = read("ferry.yaml", &with(&second(condition)));
        let services: Vec<_> = read.observations.iter().filter(|one| one.kind == Kind::EcsService).collect();
        services.iter().find(|one| one.body["serviceName"] == "second").map(|one| one.body["status"].clone())
    };
    assert_eq!(status("Condition: Live"), Some(json!({"$unresolved": "!Condition Live"})));
    assert_eq!(status(""), Some(Value::Null));
}
