//! Classic load balancers: what receives from them, by whichever side says so.

use super::{ACCOUNT, REGION, arn, edges, linked, seen, workload};
use caravan_inventory::{EdgeKind, Observation, ObservationKind as Kind};
use serde_json::{Value, json};

fn balancer(name: &str, instances: &[&str]) -> Observation {
    let instances: Vec<Value> = instances.iter().map(|id| json!({"InstanceId": id})).collect();
    let dns = format!("{name}-1.eu-central-1.elb.amazonaws.com");
    seen(Kind::ClassicLoadBalancer, name, json!({"LoadBalancerName": name, "DNSName": dns, "Instances": instances}))
}

fn id(name: &str) -> String {
    format!("elb.load-balancer/{ACCOUNT}/{REGION}/{name}")
}

fn alone(id: &str) -> Observation {
    seen(Kind::Ec2Instance, id, json!({"instanceId": id, "instanceState": {"name": "running"}}))
}

/// A classic load balancer with a machine behind it.
pub(super) fn everything() -> [Observation; 2] {
    [balancer("old", &["i-old"]), alone("i-old")]
}

#[test]
fn an_instance_stands_behind_the_balancer_that_names_it() {
    let linked = linked(vec![balancer("front", &["i-9", "i-1"]), balancer("other", &["i-2"]), alone("i-1")]);
    assert_eq!(edges(&linked, "/i-1", EdgeKind::Routes), [format!("{} @ /Instances/1/InstanceId", id("front"))]);
    let parts = &workload(&linked, "/i-1").parts;
    assert!(
        parts.iter().any(|part| part.as_str() == id("front")) && !parts.iter().any(|part| part.as_str() == id("other"))
    );
}

#[test]
fn a_group_and_a_service_name_their_balancer_whether_or_not_it_was_read() {
    let group = json!({"AutoScalingGroupName": "web", "LoadBalancerNames": ["front", "unread"]});
    let service = json!({"serviceName": "api", "clusterArn": arn("ecs", "cluster/prod"), "loadBalancers": [{"loadBalancerName": "front", "containerName": "a"}]});
    let linked = linked(vec![
        balancer("front", &[]),
        seen(Kind::AutoScalingGroup, "web", group),
        seen(Kind::EcsService, &arn("ecs", "service/prod/api"), service),
    ]);
    let of_group = edges(&linked, "group/web", EdgeKind::Routes);
    assert_eq!(
        of_group,
        [
            "elasticloadbalancing:loadbalancer/unread @ /LoadBalancerNames/1".to_owned(),
            format!("{} @ /LoadBalancerNames/0", id("front")),
        ]
    );
    assert_eq!(
        edges(&linked, "prod/api", EdgeKind::Routes),
        [format!("{} @ /loadBalancers/0/loadBalancerName", id("front"))]
    );
    assert!(workload(&linked, "prod/api").parts.iter().any(|part| part.as_str() == id("front")));
}

#[test]
fn a_host_leads_through_a_record_to_the_machine_behind_a_classic_balancer() {
    let caller = |url: &str| {
        let own = arn("lambda", "function:caller");
        let environment = json!({"Variables": {"API_URL": url}});
        let linked = linked(vec![
            balancer("front", &["i-1"]),
            alone("i-1"),
            seen(
                Kind::RecordSet,
                "Z1/shop.example.com./A",
                json!({"Name": "shop.example.com.", "Type": "A", "AliasTarget": {"DNSName": "dualstack.front-1.eu-central-1.elb.amazonaws.com."}}),
            ),
            seen(
                Kind::LambdaFunction,
                &own,
                json!({"Configuration": {"FunctionArn": own, "FunctionName": "caller", "Environment": environment}}),
            ),
        ]);
        let to_balancer = edges(&linked, "shop.example.com./A", EdgeKind::Routes);
        assert_eq!(to_balancer, [format!("{} @ /AliasTarget/DNSName", id("front"))]);
        edges(&linked, "/caller", EdgeKind::Calls)
    };
    let machine = format!("ec2/{ACCOUNT}/{REGION}/i-1 @ /Configuration/Environment/Variables/API_URL");
    assert_eq!(caller("https://shop.example.com/x"), std::slice::from_ref(&machine));
    assert_eq!(caller("http://front-1.eu-central-1.elb.amazonaws.com"), [machine]);
}
