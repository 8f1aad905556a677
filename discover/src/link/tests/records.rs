//! The record sets that stand with a workload, by which the lift tells whom its names lead to it.

use super::cloud::{balanced, parts_with};
use super::*;
use serde_json::json;

const KIND: ObservationKind = ObservationKind::RecordSet;

fn record(zone: &str, name: &str, target: &str) -> Observation {
    let body = json!({"Name": format!("{name}."), "Type": "CNAME", "ResourceRecords": [{"Value": target}]});
    seen(KIND, &format!("{zone}/{name}./CNAME"), body)
}

fn zone(id: &str, private: bool) -> Observation {
    seen(ObservationKind::HostedZone, id, json!({"Id": id, "Name": "example.com.", "Config": {"PrivateZone": private}}))
}

/// What stands with the service, of these record sets and of these zones.
fn among(parts: &BTreeSet<String>, part: &str) -> bool {
    parts.iter().any(|found| found.ends_with(part))
}

#[test]
fn every_record_of_a_name_that_a_rule_takes_stands_with_it_wherever_it_leads() {
    for (name, target) in [
        ("www.example.com", "other-9.eu-central-1.elb.amazonaws.com"),
        ("track.customer.example", "192.0.2.7"),
        // The nearest wildcard above a name that has no record of its own.
        ("*.customer.example", "d111.cloudfront.example"),
    ] {
        let parts = parts_with(vec![record("Z9", name, target), record("Z9", "hall.example.com", target)]);
        assert!(among(&parts, &format!("Z9/{name}./CNAME")), "{parts:?}");
        assert!(!among(&parts, "Z9/hall.example.com./CNAME"), "{parts:?}");
    }
    let chain =
        [record("Z9", "track.customer.example", "pier.example.com"), record("Z9", "pier.example.com", "192.0.2.7")];
    assert!(among(&parts_with(chain.to_vec()), "Z9/pier.example.com./CNAME"));
}

#[test]
fn a_private_zone_stands_with_a_workload_by_its_records_and_a_public_one_does_not() {
    for (id, private) in [("ZIN", true), ("ZOUT", false)] {
        let sets = [record(id, "www.example.com", "public-1.eu-central-1.elb.amazonaws.com"), zone(id, private)];
        assert_eq!(among(&parts_with(sets.to_vec()), &format!("/{id}")), private);
        let of_others = [record(id, "hall.example.com", "192.0.2.7"), zone(id, private)];
        assert!(!among(&parts_with(of_others.to_vec()), &format!("/{id}")));
    }
}

#[test]
fn of_the_names_around_a_rule_those_of_private_zones_stand_with_it() {
    for (private, name) in [(true, "old.example.com"), (false, "old.example.com"), (true, "*.example.com")] {
        let elb = |rest: &str| arn("elasticloadbalancing", rest);
        let rule = elb("listener-rule/app/public/2/3/9");
        let body = json!({"RuleArn": rule, "Priority": "20", "Conditions": [{"Field": "host-header", "Values": ["old.example.com"]}],
            "Actions": [{"Type": "redirect", "RedirectConfig": {"Host": "www.example.com", "StatusCode": "HTTP_301"}}]});
        let around = vec![
            seen(ObservationKind::ListenerRule, &rule, body),
            zone("ZIN", private),
            record("ZIN", name, "public-1.eu-central-1.elb.amazonaws.com"),
        ];
        assert_eq!(among(&parts_with(around), &format!("ZIN/{name}./CNAME")), private, "{name}");
    }
}

/// What a rule redirects at every name is entered by every name that leads to the balancer, as a default action is.
#[test]
fn the_names_that_a_rule_for_every_host_redirects_from_stand_with_what_it_leads_to() {
    for (to, stands) in [
        ("www.example.com", true),
        ("hall.example.com", false),
        ("#{host}", false),
        ("www.#{host}", true),
        ("WWW.#{host}", true),
        ("m.#{host}", false),
        ("#{host}.example.net", false),
    ] {
        let rule = arn("elasticloadbalancing", "listener-rule/app/public/2/3/9");
        let body = json!({"RuleArn": rule, "Priority": "20", "Conditions": [{"Field": "path-pattern", "Values": ["/old/*"]}],
            "Actions": [{"Type": "redirect", "RedirectConfig": {"Host": to, "StatusCode": "HTTP_301"}}]});
        let old = record("Z9", "old.example.com", "public-1.eu-central-1.elb.amazonaws.com");
        let parts = parts_with(vec![seen(ObservationKind::ListenerRule, &rule, body), old]);
        assert_eq!(among(&parts, "Z9/old.example.com./CNAME"), stands, "{to}");
    }
}

/// So it is of a default action that puts something before or behind the name that was asked for.
#[test]
fn the_names_that_a_default_action_redirects_from_stand_with_what_it_leads_to() {
    for (to, stands) in [("www.example.com", true), ("www.#{host}", true), ("#{host}", false), ("shop.#{host}", false)]
    {
        let listener = arn("elasticloadbalancing", "listener/app/public/2/3");
        let body = json!({"ListenerArn": listener, "LoadBalancerArn": arn("elasticloadbalancing", "loadbalancer/app/public/2"),
            "DefaultActions": [{"Type": "redirect", "RedirectConfig": {"Host": to, "StatusCode": "HTTP_301"}}]});
        let mut all: Vec<Observation> = balanced();
        all.retain(|one| one.name != listener);
        all.push(seen(ObservationKind::Listener, &listener, body));
        all.push(record("Z9", "old.example.com", "public-1.eu-central-1.elb.amazonaws.com"));
        let linked = linked(all);
        let parts = &workload(&linked, "/api").parts;
        let found = parts.iter().any(|part| part.as_str().ends_with("Z9/old.example.com./CNAME"));
        assert_eq!(found, stands, "{to}: {parts:?}");
    }
}

/// Whom a balancer lets in stands with what it sends to.
#[test]
fn the_security_groups_of_a_balancer_stand_with_a_workload() {
    for (named, observed, stands) in [("sg-1", "sg-1", true), ("sg-1", "sg-2", false), ("sg-2", "sg-2", true)] {
        let elb = |rest: &str| arn("elasticloadbalancing", rest);
        let balancer = elb("loadbalancer/app/public/2");
        let body = json!({"LoadBalancerArn": balancer, "DNSName": "public-1.eu-central-1.elb.amazonaws.com", "SecurityGroups": [named]});
        let mut all: Vec<Observation> = balanced();
        all.retain(|one| one.name != balancer);
        all.push(seen(ObservationKind::LoadBalancer, &balancer, body));
        all.push(seen(ObservationKind::SecurityGroup, observed, json!({"groupId": observed, "ipPermissions": []})));
        let linked = linked(all);
        let parts = &workload(&linked, "/api").parts;
        assert_eq!(parts.iter().any(|part| part.as_str().ends_with(observed)), stands, "{parts:?}");
    }
}

/// A Network Load Balancer by whose group a balancer is sent to leads to the same workload, with its group and its listener.
#[test]
fn a_balancer_in_front_of_another_one_stands_with_what_that_sends_to() {
    let elb = |rest: &str| arn("elasticloadbalancing", rest);
    let inner = elb("loadbalancer/app/public/2");
    let front = |group: serde_json::Value| {
        let (outer, to_inner, listener) =
            (elb("loadbalancer/net/outer/5"), elb("targetgroup/to-inner/6"), elb("listener/net/outer/5/7"));
        let mut body = json!({"TargetGroupArn": to_inner, "TargetType": "alb", "Protocol": "TCP", "Port": 443});
        body.as_object_mut().unwrap().extend(group.as_object().unwrap().clone());
        let actions = json!([{"Type": "forward", "TargetGroupArn": to_inner}]);
        vec![
            seen(
                ObservationKind::LoadBalancer,
                &outer,
                json!({"LoadBalancerArn": outer, "Type": "network", "DNSName": "outer-1.elb.eu-central-1.amazonaws.com"}),
            ),
            seen(ObservationKind::TargetGroup, &to_inner, body),
            seen(
                ObservationKind::Listener,
                &listener,
                json!({"ListenerArn": listener, "LoadBalancerArn": outer, "Port": 443, "DefaultActions": actions}),
            ),
        ]
    };
    for (group, stands) in [
        (json!({"Targets": [{"Id": inner, "Port": 443}]}), true),
        (json!({"Targets": [{"Id": inner}]}), true),
        (json!({"Targets": [{"Id": elb("loadbalancer/app/other/9"), "Port": 443}]}), false),
        // What it sends to was not read.
        (json!({}), true),
        (json!({"TargetType": "ip"}), false),
    ] {
        let parts = parts_with(front(group.clone()));
        for part in ["/targetgroup/to-inner/6", "/listener/net/outer/5/7", "/loadbalancer/net/outer/5"] {
            let part = part.strip_prefix('/').unwrap_or(part);
            assert_eq!(among(&parts, part), stands, "{group} {part}: {parts:?}");
        }
    }
}

/// Of a Network Load Balancer without groups, those of a service decide who comes in, and stand with it.
#[test]
fn the_security_groups_of_a_service_stand_with_it_where_they_decide_who_comes_in() {
    let elb = |rest: &str| arn("elasticloadbalancing", rest);
    for (more, stands) in [
        (json!({"Type": "network"}), true),
        (json!({"Type": "network", "SecurityGroups": ["sg-front"]}), false),
        (json!({"Type": "application"}), false),
    ] {
        let balancer = elb("loadbalancer/app/public/2");
        let mut all: Vec<Observation> = balanced();
        let own = json!({"awsvpcConfiguration": {"securityGroups": ["sg-own"]}});
        for one in &mut all {
            if one.name == balancer {
                one.body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            }
            if one.kind == ObservationKind::EcsService {
                one.body["networkConfiguration"] = own.clone();
            }
        }
        all.push(seen(ObservationKind::SecurityGroup, "sg-own", json!({"groupId": "sg-own", "ipPermissions": []})));
        let linked = linked(all);
        let parts = &workload(&linked, "/api").parts;
        assert_eq!(parts.iter().any(|part| part.as_str().ends_with("sg-own")), stands, "{more}");
    }
}

/// Another workload of the listener may have a name below a wildcard as its own, and a gateway takes the most specific one.
#[test]
fn records_below_a_wildcard_that_lead_to_its_balancer_stand_with_its_workload() {
    const BALANCER: &str = "public-1.eu-central-1.elb.amazonaws.com";
    for (taken, name, target, stands) in [
        ("*.pier.example", "deck.pier.example", BALANCER, true),
        ("*.pier.example", "*.eu.pier.example", BALANCER, true),
        ("d*k.pier.example", "desk.pier.example", BALANCER, true),
        ("d*k.pier.example", "quay.pier.example", BALANCER, false),
        ("*.pier.example", "deck.quay.example", BALANCER, false),
        ("*.pier.example", "deck.pier.example", "other-9.eu-central-1.elb.amazonaws.com", false),
        ("www.pier.example", "deck.pier.example", BALANCER, false),
        // Through a name that is none of the wildcard's.
        ("*.pier.example", "deck.pier.example", "edge.quay.example", true),
    ] {
        let mut all = balanced();
        let rule = all.iter_mut().find(|seen| seen.kind == ObservationKind::ListenerRule).unwrap();
        rule.body["Conditions"] = json!([{"Field": "host-header", "HostHeaderConfig": {"Values": [taken]}}]);
        all.extend([record("Z9", name, target), record("Z9", "edge.quay.example", BALANCER)]);
        let linked = linked(all);
        let parts: BTreeSet<String> = workload(&linked, "/api").parts.iter().map(ToString::to_string).collect();
        assert_eq!(among(&parts, &format!("Z9/{name}./CNAME")), stands, "{taken} {name}: {parts:?}");
        let through = stands && target == "edge.quay.example";
        assert_eq!(among(&parts, "Z9/edge.quay.example./CNAME"), through, "{taken} {name}: {parts:?}");
    }
}
