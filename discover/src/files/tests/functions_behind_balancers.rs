//! Functions to which a template's load balancer sends by a target group.

use super::recording::record;
use super::{folder, put};
use caravan_inventory::{ObservationKind as Kind, Workload};
use caravan_inventory_store::{Store, WorkloadFilter};

/// A listener with a rule for a function and one for a service; `target` is what the group names.
fn template(target: &str) -> String {
    format!(
        r#"AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Edge: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Scheme: internet-facing}}}}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {{LoadBalancerArn: !Ref Edge, Port: 443, Protocol: HTTPS, DefaultActions: [{{Type: fixed-response, FixedResponseConfig: {{StatusCode: 404}}}}]}}
  Crop: {{Type: AWS::Lambda::Function, Properties: {{FunctionName: crop, Runtime: python3.13, Handler: a.b, Role: r, Code: {{ZipFile: x}}}}}}
  Live: {{Type: AWS::Lambda::Alias, Properties: {{FunctionName: !Ref Crop, Name: live, FunctionVersion: '3'}}}}
  Other: {{Type: AWS::Lambda::Function, Properties: {{FunctionName: cropper, Runtime: python3.13, Handler: a.b, Role: r, Code: {{ZipFile: x}}}}}}
  Group: {{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {{TargetType: lambda, Targets: [{{Id: {target}}}]}}}}
  Rule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Listener
      Priority: 5
      Conditions: [{{Field: path-pattern, Values: [/crop/*]}}]
      Actions: [{{Type: forward, TargetGroupArn: !Ref Group}}]
  Allowed: {{Type: AWS::Lambda::Permission, Properties: {{FunctionName: !Ref Crop, Action: lambda:InvokeFunction, Principal: elasticloadbalancing.amazonaws.com}}}}
"#
    )
}

fn workload(text: &str, name: &str) -> Workload {
    let (_kept, dir) = folder();
    put(&dir, "edge.yaml", text);
    let mut store = Store::in_memory().unwrap();
    record(&mut store, &dir, "01ARZ3NDEKTSV4RRFFQ69G5FAV", 0);
    let ids = store.workloads(&WorkloadFilter::default(), None, 10).unwrap();
    let id = ids.iter().map(|one| &one.id).find(|id| id.as_str().ends_with(name)).unwrap();
    store.workload(id).unwrap().unwrap()
}

fn has(workload: &Workload, kind: Kind) -> bool {
    workload.parts.iter().any(|part| part.as_str().starts_with(&format!("{}/", kind.as_str())))
}

#[test]
fn the_way_in_by_a_group_that_names_the_function_stands_with_it() {
    for target in ["!GetAtt Crop.Arn", "!Ref Live", "!Sub '${Crop.Arn}:live'"] {
        let text = template(target);
        let crop = workload(&text, "/crop");
        for kind in [Kind::TargetGroup, Kind::ListenerRule, Kind::Listener, Kind::LoadBalancer] {
            assert!(has(&crop, kind), "{target}: {kind:?}: {:?}", crop.parts);
        }
        let other = workload(&text, "/cropper");
        assert!(!has(&other, Kind::TargetGroup), "{target}: {:?}", other.parts);
    }
    // What the template leaves open is nobody's.
    let crop = workload(&template("!ImportValue crop"), "/crop");
    assert!(!has(&crop, Kind::TargetGroup), "{:?}", crop.parts);
}
