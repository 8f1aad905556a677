//! Stacks that one template makes of others of the scan.

use super::recording::record;
use super::{Heap, folder, put, scanned};
use caravan_inventory::{Observation, ObservationKind as Kind, UnitState, Workload};
use caravan_inventory_store::{Store, WorkloadFilter};
use serde_json::json;

const NETWORK: &str = r#"AWSTemplateFormatVersion: '2010-09-09'
Parameters: {Reach: {Type: String, Default: internal}}
Resources:
  Edge: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: !Ref Reach}}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: !Ref Edge, Port: 443, Protocol: HTTPS, DefaultActions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: 404}}]}
Outputs:
  Front: {Value: !Ref Listener}
  Zone: {Value: ferry.example}
"#;

const DESK: &str = r#"AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Front: {Type: String}
  Zone: {Type: String, Default: test.example}
  Image: {Type: String, Default: 'web:1'}
  Count: {Type: Number, Default: 1}
  Key: {Type: String, NoEcho: true}
Resources:
  Group: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Port: 80, Protocol: HTTP, TargetType: ip}}
  Rule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Front
      Priority: 9
      Conditions: [{Field: host-header, Values: [!Sub 'desk.${Zone}']}]
      Actions: [{Type: forward, TargetGroupArn: !Ref Group}]
  Task: {Type: AWS::ECS::TaskDefinition, Properties: {Family: desk, ContainerDefinitions: [{Name: web, Image: !Ref Image, PortMappings: [{ContainerPort: 80}], Environment: [{Name: KEY, Value: !Ref Key}]}]}}
  Service: {Type: AWS::ECS::Service, Properties: {Cluster: main, ServiceName: desk, DesiredCount: !Ref Count, TaskDefinition: !Ref Task, LoadBalancers: [{ContainerName: web, ContainerPort: 80, TargetGroupArn: !Ref Group}]}}
"#;

const GUARD: &str = r#"AWSTemplateFormatVersion: '2010-09-09'
Parameters: {Listener: {Type: String}}
Resources:
  Rule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Listener
      Priority: 1
      Conditions: [{Field: path-pattern, Values: [/staff/*]}]
      Actions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: '403'}}]
"#;

/// The stacks of a root template: resource, path, parameters.
fn root(stacks: &[(&str, &str, &str)]) -> String {
    let stack = |(id, path, parameters): &(&str, &str, &str)| {
        format!(
            "  {id}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {path}, Parameters: {{{parameters}}}}}}}\n"
        )
    };
    format!("AWSTemplateFormatVersion: '2010-09-09'\nResources:\n{}", stacks.iter().map(stack).collect::<String>())
}

fn files(root: String) -> [(&'static str, String); 4] {
    [
        ("deploy/root.yaml", root),
        ("deploy/parts/net.yaml", NETWORK.to_owned()),
        ("deploy/parts/desk.yaml", DESK.to_owned()),
        ("deploy/guard.yaml", GUARD.to_owned()),
    ]
}

const NET: (&str, &str, &str) = ("Net", "./parts/net.yaml", "Reach: internet-facing");
const SERVED: &str =
    "Front: !GetAtt Net.Outputs.Front, Zone: !GetAtt Net.Outputs.Zone, Image: 'desk:7', Count: '3', Key: abc";

fn scan(files: &[(&str, String)]) -> (Heap, Workload) {
    let (_kept, dir) = folder();
    files.iter().for_each(|(name, text)| put(&dir, name, text));
    let mut store = Store::in_memory().unwrap();
    record(&mut store, &dir, "01ARZ3NDEKTSV4RRFFQ69G5FAV", 0);
    let ids = store.workloads(&WorkloadFilter::default(), None, 10).unwrap();
    let workload = store.workload(&ids[0].id).unwrap().unwrap();
    (scanned(&[dir]), workload)
}

fn one(heap: &Heap, kind: Kind) -> &Observation {
    heap.0.iter().flat_map(|(_, all)| all).find(|one| one.kind == kind).expect("it is there")
}

#[test]
fn what_a_template_passes_to_its_stacks_and_takes_of_them_is_followed() {
    let guard = ("Guard", "guard.yaml", "Listener: !GetAtt Net.Outputs.Front");
    let (heap, workload) = scan(&files(root(&[NET, ("Desk", "parts/../parts/desk.yaml", SERVED), guard])));
    let has = |kind: Kind| {
        workload.parts.iter().filter(|part| part.as_str().starts_with(&format!("{}/", kind.as_str()))).count()
    };
    assert_eq!((has(Kind::Listener), has(Kind::LoadBalancer), has(Kind::ListenerRule)), (1, 1, 2), "{workload:#?}");
    let of_desk = |one: &&Observation| one.kind == Kind::ListenerRule && one.id.as_str().contains("desk.yaml");
    let rule = heap.0.iter().flat_map(|(_, all)| all).find(of_desk).unwrap();
    assert_eq!(rule.body["Conditions"][0]["Values"], json!(["desk.ferry.example"]));
    assert_eq!(one(&heap, Kind::LoadBalancer).body["Scheme"], "internet-facing");
    assert_eq!(one(&heap, Kind::EcsService).body["desiredCount"], 3);
    let container = &one(&heap, Kind::EcsTaskDefinition).body["containerDefinitions"][0];
    assert_eq!(container["image"], "desk:7");
    // What nobody may read is open, whatever is passed.
    assert!(container["environment"][0]["value"]["$unresolved"].is_string(), "{container}");
    assert!(heap.0.iter().all(|(unit, _)| unit.state == UnitState::Complete), "{:?}", heap.lines());
}

/// A place that is no file here, one that leads out of the scan, and a template that is deployed twice: nothing is taken for passed.
#[test]
fn what_may_be_another_template_passes_nothing() {
    let twice = ("Second", "./parts/desk.yaml", "Front: x, Zone: other.example, Count: 9");
    for (stacks, is_whole) in [
        (vec![NET, ("Desk", "https://s3.amazonaws.com/b/parts/desk.yaml", SERVED)], false),
        (vec![NET, ("Desk", "https://s3.amazonaws.com/b/desk.yaml", SERVED)], false),
        (vec![NET, ("Desk", "!Sub '${AWS::Region}/desk.yaml'", SERVED)], false),
        (vec![NET, ("Desk", "../../parts/desk.yaml", SERVED)], false),
        (vec![NET, ("Desk", "parts/none.yaml", SERVED)], false),
        (vec![NET, ("Desk", "./parts/desk.yaml", SERVED), twice], false),
        (vec![NET, ("Desk", "./parts/desk.yaml", SERVED)], true),
    ] {
        let (heap, _) = scan(&files(root(&stacks)));
        let image = &one(&heap, Kind::EcsTaskDefinition).body["containerDefinitions"][0]["image"];
        assert_eq!(*image == json!("desk:7"), is_whole, "{stacks:?}: {image}");
        let unit = heap.0.iter().map(|(unit, _)| unit).find(|unit| unit.id.as_str().contains("root.yaml")).unwrap();
        assert_eq!(unit.state == UnitState::Complete, is_whole, "{stacks:?}: {unit:?}");
    }
}

/// What the template above leaves open stays open, with what that one offers.
#[test]
fn what_the_template_above_leaves_open_is_open_below() {
    let above =
        root(&[NET, ("Desk", "./parts/desk.yaml", "Front: !Ref Front, Count: !Ref Count, Image: !ImportValue image")]);
    let above = above.replacen(
        "Resources:",
        "Parameters: {Front: {Type: String}, Count: {Type: Number, Default: 5}}\nResources:",
        1,
    );
    let (heap, _) = scan(&files(above));
    assert_eq!(one(&heap, Kind::EcsService).body["desiredCount"], json!({"$unresolved": "!Ref Count", "default": 5}));
    let image = &one(&heap, Kind::EcsTaskDefinition).body["containerDefinitions"][0]["image"];
    assert_eq!(*image, json!({"$unresolved": "!Ref Image"}));
}

/// The first document of a kind whose name ends so.
fn ending<'h>(heap: &'h Heap, kind: Kind, end: &str) -> &'h Observation {
    let is_it = |one: &&Observation| one.kind == kind && one.native_name().ends_with(end);
    heap.0.iter().flat_map(|(_, all)| all).find(is_it).expect("it is there")
}

fn scanned_files(files: &[(&str, String)]) -> Heap {
    let (_kept, dir) = folder();
    files.iter().for_each(|(name, text)| put(&dir, name, text));
    scanned(&[dir])
}

/// What is handed to a template that nobody sees may be guarded there, or led to from there.
#[test]
fn what_is_handed_to_a_stack_that_is_not_read_says_so() {
    const ADDRESS: &str = "https://ferry.s3.amazonaws.com/v7/walls.yaml";
    let all = "Listeners: !Join [',', [!GetAtt Net.Outputs.Front, x]], Edge: !GetAtt Net.Outputs.Edge";
    let network = NETWORK.replace("Outputs:", "Outputs:\n  Edge: {Value: !Ref Edge}");
    let with = |stack: (&str, &str, &str), exports: bool| {
        let export = "  Front: {Value: !Ref Listener, Export: {Name: ferry-front}}";
        let text = if exports { network.replace("  Front: {Value: !Ref Listener}", export) } else { network.clone() };
        let mut files = files(root(&[NET, stack])).to_vec();
        files[1].1 = text;
        scanned_files(&files)
    };
    let stack = "the stack Walls (line 4) of deploy/root.yaml";
    let unread = |heap: &Heap| ending(heap, Kind::Listener, "/Listener").body.get("UnreadRules").cloned();
    let web_acl = |heap: &Heap| one(heap, Kind::LoadBalancer).body.get("WebACL").cloned();
    let heap = with(("Walls", ADDRESS, all), false);
    assert_eq!(unread(&heap), Some(json!([stack])));
    assert_eq!(web_acl(&heap), Some(json!(null)), "whether a web ACL is put before it is not known");
    // One that lies nowhere is as unknown, and so is a place in S3 of which a file has the name beside.
    for place in [
        "none.yaml",
        "https://ferry.s3.amazonaws.com/v7/guard.yaml",
        "!Sub 'https://${Bucket}.s3.amazonaws.com/guard.yaml'",
    ] {
        assert_eq!(unread(&with(("Walls", place, all), false)), Some(json!([stack])), "{place}");
    }
    // What is exported may be imported there.
    let heap = with(("Walls", ADDRESS, "Name: ferry"), true);
    assert_eq!((unread(&heap), web_acl(&heap)), (Some(json!([stack])), None));
    // What it does not have, it does not guard.
    for (address, parameters, exports) in [(ADDRESS, "Name: ferry", false), ("guard.yaml", "Name: ferry", true)] {
        let heap = with(("Walls", address, parameters), exports);
        assert_eq!((unread(&heap), web_acl(&heap)), (None, None), "{address} {parameters}");
    }
}

/// A target group that is handed on may be served from elsewhere, too.
#[test]
fn a_target_group_that_is_handed_to_a_stack_that_is_not_read_says_so() {
    let more = "  Alarms: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://s3.amazonaws.com/b/doors.yaml', Parameters: {Group: !Ref Group}}}\n";
    let heap = scanned_files(&[("desk.yaml", format!("{DESK}{more}"))]);
    let group = one(&heap, Kind::TargetGroup);
    assert_eq!(group.body["UnreadRules"], json!(["the stack Alarms (line 19) of desk.yaml"]));
}
