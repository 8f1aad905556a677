//! Waves that are well in themselves, and against which the inventory speaks.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails loudly")]

use caravan_inventory::{Observation, ObservationKind};
use caravan_plans::{Estate, SurroundingsError, WaveSpec, check_surroundings};
use serde_json::{Value, json};

const OLD: &str = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/old/1";
const NEW: &str = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/new/2";
const BALANCER: &str = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/main/1";
const LISTENER: &str = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/main/1/2";

fn rule(number: u8) -> String {
    format!("{}/{number}", LISTENER.replace(":listener/", ":listener-rule/"))
}

fn seen(kind: ObservationKind, name: &str, body: Value) -> Observation {
    let when = "2026-01-01T00:00:00Z";
    let observed = json!({
        "id": name, "kind": kind, "name": name, "account": "123456789012", "region": "eu-central-1", "api": "a test",
        "first_seen": when, "last_seen": when, "body": body,
    });
    serde_json::from_value(observed).unwrap()
}

/// A rule that forwards a host to a group.
fn forward(number: u8, host: &str, group: &str) -> Observation {
    let condition = json!({"Field": "host-header", "HostHeaderConfig": {"Values": [host]}});
    let body = json!({"Conditions": [condition], "Actions": [{"Type": "forward", "TargetGroupArn": group}]});
    seen(ObservationKind::ListenerRule, &rule(number), body)
}

fn record(name: &str, kind: &str, value: &str) -> Observation {
    let body = json!({"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}]});
    seen(ObservationKind::RecordSet, &format!("Z1/{name}/{kind}"), body)
}

fn group(arn: &str, more: Value) -> Observation {
    let mut body = json!({"TargetGroupArn": arn, "Attributes": []});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    seen(ObservationKind::TargetGroup, arn, body)
}

/// One load balancer with a rule for one name.
fn estate() -> Estate {
    let listener = json!({"LoadBalancerArn": BALANCER, "DefaultActions": [{"Type": "fixed-response"}]});
    Estate {
        record_sets: vec![record("shop.example.com.", "CNAME", "main.elb.example.net")],
        rules: vec![forward(1, "shop.example.com", OLD)],
        listeners: vec![seen(ObservationKind::Listener, LISTENER, listener)],
        load_balancers: vec![seen(ObservationKind::LoadBalancer, BALANCER, json!({"DNSName": "main.elb.example.net"}))],
        target_groups: vec![group(OLD, json!({})), group(NEW, json!({}))],
        hosted_zones: vec![seen(ObservationKind::HostedZone, "Z1", json!({"Config": {"PrivateZone": false}}))],
        entries: Vec::new(),
        certificates: Vec::new(),
        closed: Vec::new(),
    }
}

fn wave(strategy: Value, change: impl FnOnce(&mut Value)) -> WaveSpec {
    let probe = |address: &str| json!({"address": address, "host": "shop.example.com"});
    let mut shift = json!({
        "workload": "ecs/123456789012/eu-central-1/main/shop", "strategy": strategy,
        "probes": {"old": [probe("192.0.2.1:443")], "new": [probe("192.0.2.2:443")]},
    });
    change(&mut shift);
    serde_json::from_value(json!({"schema": "caravan.wave-spec/v1", "wave": "w", "shifts": [shift]})).unwrap()
}

fn by_rule() -> Value {
    json!({"alb": {"account": "123456789012", "region": "eu-central-1", "rule": rule(1), "new": NEW}})
}

fn by_name() -> Value {
    let new = json!({"CNAME": {"values": {"ttl": 60, "values": ["new.example.net"]}}});
    json!({"route53": {"account": "123456789012", "zone": "Z1", "name": "shop.example.com", "new": new}})
}

#[track_caller]
fn refused(spec: &WaveSpec, estate: &Estate, why: &str) {
    let error = check_surroundings(spec, estate).unwrap_err().to_string();
    assert!(error.starts_with("shift 1: ") && error.contains(why), "{error} is not: {why}");
}

#[test]
fn a_wave_that_moves_all_of_what_it_moves_is_let_pass() {
    for strategy in [by_rule(), by_name()] {
        assert_eq!(check_surroundings(&wave(strategy.clone(), |_| {}), &estate()), Ok(()));
        assert_eq!(check_surroundings(&wave(strategy, |_| {}), &Estate::default()), Ok(()));
    }
}

#[test]
fn a_target_group_that_keeps_its_users_is_refused_on_either_side() {
    let sticky = || json!({"Attributes": [{"Key": "stickiness.enabled", "Value": "true"}]});
    for (arn, other) in [(OLD, NEW), (NEW, OLD)] {
        let groups = vec![group(arn, sticky()), group(other, json!({}))];
        refused(
            &wave(by_rule(), |_| {}),
            &Estate { target_groups: groups, ..estate() },
            &format!("target group {arn} keeps users"),
        );
    }
    let off = json!({"Attributes": [{"Key": "stickiness.enabled", "Value": "false"}]});
    let groups = vec![group(OLD, off), group(NEW, json!({}))];
    assert_eq!(check_surroundings(&wave(by_rule(), |_| {}), &Estate { target_groups: groups, ..estate() }), Ok(()));
    // A name is split before anybody comes to a target group.
    let groups = vec![group(OLD, sticky())];
    assert_eq!(check_surroundings(&wave(by_name(), |_| {}), &Estate { target_groups: groups, ..estate() }), Ok(()));
}

#[test]
fn a_service_that_is_deployed_over_the_very_rule_is_refused_until_it_is_named() {
    const SERVICE: &str = "arn:aws:ecs:eu-central-1:123456789012:service/main/shop";
    let service = |body: Value| vec![seen(ObservationKind::EcsService, SERVICE, body)];
    let by_ecs = json!({"loadBalancers": [{"targetGroupArn": OLD, "advancedConfiguration": {"productionListenerRule": rule(1)}}]});
    let by_code_deploy =
        json!({"deploymentController": {"type": "CODE_DEPLOY"}, "loadBalancers": [{"targetGroupArn": OLD}]});
    for (body, who) in [(by_ecs, "deployed by ECS"), (by_code_deploy, "deployed by CodeDeploy")] {
        let estate = || Estate { entries: service(body.clone()), ..estate() };
        refused(&wave(by_rule(), |_| {}), &estate(), who);
        let named = wave(by_rule(), |shift| shift["shared_with"] = json!([SERVICE]));
        assert_eq!(check_surroundings(&named, &estate()), Ok(()));
    }
    let elsewhere = json!({"loadBalancers": [{"targetGroupArn": "other", "advancedConfiguration": {"productionListenerRule": rule(2)}}]});
    let rolling = json!({"deploymentController": {"type": "ECS"}, "loadBalancers": [{"targetGroupArn": OLD}]});
    for body in [elsewhere, rolling] {
        let estate = Estate { entries: service(body), ..estate() };
        assert_eq!(check_surroundings(&wave(by_rule(), |_| {}), &estate), Ok(()));
    }
}

#[test]
fn a_side_that_speaks_grpc_is_not_asked_by_get() {
    let grpc = || json!({"ProtocolVersion": "GRPC"});
    let health = |side: &'static str| move |shift: &mut Value| shift["probes"][side][0]["grpc"] = "".into();
    let old = || Estate { target_groups: vec![group(OLD, grpc()), group(NEW, json!({}))], ..estate() };
    let new = || Estate { target_groups: vec![group(OLD, json!({})), group(NEW, grpc())], ..estate() };
    refused(&wave(by_rule(), |_| {}), &old(), "`probes.old[0]` asks by GET");
    refused(&wave(by_rule(), |_| {}), &new(), "`probes.new[0]` asks by GET");
    refused(&wave(by_name(), |_| {}), &old(), "`probes.old[0]` asks by GET");
    assert_eq!(check_surroundings(&wave(by_rule(), health("old")), &old()), Ok(()));
    assert_eq!(check_surroundings(&wave(by_rule(), health("new")), &new()), Ok(()));
    let http2 = vec![group(OLD, json!({"ProtocolVersion": "HTTP2"}))];
    assert_eq!(check_surroundings(&wave(by_rule(), |_| {}), &Estate { target_groups: http2, ..estate() }), Ok(()));
}

#[test]
fn what_shares_a_rule_s_target_group_or_a_name_is_found_and_let_pass_when_the_wave_says_that_it_is_known() {
    let default = json!({"LoadBalancerArn": BALANCER, "DefaultActions": [{"Type": "forward", "TargetGroupArn": OLD}]});
    let other = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/other/3";
    let mut by_path = estate();
    by_path.rules.push(forward(2, "shop.example.com", other));
    let mut second = estate();
    second.rules.push(forward(2, "www.example.com", OLD));
    let mut www = estate();
    www.record_sets.push(record("www.example.com.", "CNAME", "Shop.example.com"));
    let listener = || vec![seen(ObservationKind::Listener, LISTENER, default.clone())];
    for (strategy, estate, name, why) in [
        (by_rule(), second, rule(2), "forwards to the same target group and goes on doing so"),
        (by_rule(), Estate { listeners: listener(), ..estate() }, LISTENER.to_owned(), "goes on doing so"),
        (
            by_name(),
            www,
            "www.example.com.".to_owned(),
            "www.example.com. leads to shop.example.com. and moves with it",
        ),
        (by_name(), by_path, other.to_owned(), "by other rules: both move"),
    ] {
        refused(&wave(strategy.clone(), |_| {}), &estate, why);
        let known = wave(strategy, |shift| shift["shared_with"] = json!([name]));
        assert_eq!(check_surroundings(&known, &estate), Ok(()), "{name}");
    }
}

#[test]
fn a_private_zone_is_settled_by_the_provider_alone() {
    let private = vec![seen(ObservationKind::HostedZone, "Z1", json!({"Config": {"PrivateZone": true}}))];
    let private = Estate { hosted_zones: private, ..estate() };
    refused(&wave(by_name(), |_| {}), &private, "zone Z1 is private");
    let says_so = wave(by_name(), |shift| shift["strategy"]["route53"]["settled_by"] = "provider".into());
    assert_eq!(check_surroundings(&says_so, &private), Ok(()));
}

/// Who is answered from another zone does not move; of two public zones with one name only one is asked.
#[test]
fn a_second_zone_of_the_same_name_is_named() {
    let zone = |id: &str, private: bool| {
        let body = json!({"Name": "example.com.", "Config": {"PrivateZone": private}});
        seen(ObservationKind::HostedZone, id, body)
    };
    let inside = |name: &str| {
        let body = json!({"Name": name, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.0.0.1"}]});
        seen(ObservationKind::RecordSet, &format!("Z2/{name}/A"), body)
    };
    let both = |private: bool, more: Vec<Observation>| {
        let mut both = Estate { hosted_zones: vec![zone("Z1", false), zone("/hostedzone/Z2", private)], ..estate() };
        both.record_sets.extend(more);
        both
    };
    let split = both(true, vec![inside("shop.example.com.")]);
    refused(&wave(by_name(), |_| {}), &split, "shop.example.com. stands in the private zone Z2 as well");
    let twins = both(false, Vec::new());
    refused(&wave(by_name(), |_| {}), &twins, "the public zone Z2 has the same name as Z1");
    for estate in [split, twins] {
        let known = wave(by_name(), |shift| shift["shared_with"] = json!(["Z2"]));
        assert_eq!(check_surroundings(&known, &estate), Ok(()));
    }
    // A private zone that says nothing of the name, or of another one, is nobody's answer for it.
    for more in [Vec::new(), vec![inside("www.example.com.")]] {
        assert_eq!(check_surroundings(&wave(by_name(), |_| {}), &both(true, more)), Ok(()));
    }
}

/// A record set that is an alias.
fn alias(name: &str, to: &str, evaluates: bool, more: Value) -> Observation {
    let target = json!({"HostedZoneId": "Z2", "DNSName": to, "EvaluateTargetHealth": evaluates});
    let mut body = json!({"Name": name, "Type": "A", "AliasTarget": target});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    seen(ObservationKind::RecordSet, &format!("Z1/{name}/A"), body)
}

#[test]
fn a_name_whose_health_others_follow_is_refused_with_the_command_that_ends_it() {
    let standing = [
        alias("shop.example.com.", "main.elb.example.net", true, json!({})),
        alias("shop.example.com.", "main.elb.example.net", false, json!({"HealthCheckId": "check-1"})),
        seen(
            ObservationKind::RecordSet,
            "Z1/shop.example.com./A",
            json!({"Name": "shop.example.com.", "Type": "A", "TTL": 60, "HealthCheckId": "check-1",
                "ResourceRecords": [{"Value": "192.0.2.1"}]}),
        ),
    ];
    let failover = || json!({"Failover": "PRIMARY", "SetIdentifier": "first"});
    for own in standing {
        let of = |record_sets| Estate { record_sets, ..estate() };
        let follows = alias("eu.example.com.", "Shop.example.com", true, failover());
        let known = wave(by_name(), |shift| shift["shared_with"] = json!(["eu.example.com."]));
        let error = check_surroundings(&known, &of(vec![own.clone(), follows])).unwrap_err();
        let SurroundingsError::HealthFollowed { shift: 1, follower, command, .. } = &error else { panic!("{error}") };
        assert_eq!(follower, "eu.example.com.");
        assert!(command.contains(r#""EvaluateTargetHealth":false"#) && command.contains("PRIMARY"), "{command}");
        // Who does not ask for its health, or follows what has none, loses nothing.
        let blind = alias("eu.example.com.", "shop.example.com", false, failover());
        assert_eq!(check_surroundings(&known, &of(vec![own, blind])), Ok(()));
    }
    let plain = alias("shop.example.com.", "main.elb.example.net", false, json!({}));
    let follows = alias("eu.example.com.", "shop.example.com", true, failover());
    let known = wave(by_name(), |shift| shift["shared_with"] = json!(["eu.example.com."]));
    assert_eq!(check_surroundings(&known, &Estate { record_sets: vec![plain, follows], ..estate() }), Ok(()));
}

/// What comes for a name goes by each listener's rules in their order, up to one that takes all of it, and else by the default
/// action: whoever else gets some of it is found, whichever way the rule says the host.
#[test]
fn every_rule_and_default_action_that_gets_some_of_a_moved_name_is_found() {
    let conditions = |conditions: Value, group: &str, number: u8| {
        let body = json!({"Priority": number.to_string(), "Conditions": conditions,
                          "Actions": [{"Type": "forward", "TargetGroupArn": group}]});
        seen(ObservationKind::ListenerRule, &rule(number), body)
    };
    let host = |value: &str| json!({"Field": "host-header", "HostHeaderConfig": {"Values": [value]}});
    let path = json!({"Field": "path-pattern", "PathPatternConfig": {"Values": ["/y/*"]}});
    let own = || conditions(json!([host("shop.example.com")]), OLD, 9);
    let by_path = || conditions(json!([host("shop.example.com"), path]), OLD, 9);
    let found = |rules: Vec<Observation>, default: &Value, zone: &str| {
        let listener = json!({"LoadBalancerArn": BALANCER, "DefaultActions": [default]});
        let listeners = vec![seen(ObservationKind::Listener, LISTENER, listener)];
        let mut strategy = by_name();
        strategy["route53"]["zone"] = zone.into();
        let checked = check_surroundings(&wave(strategy, |_| {}), &Estate { rules, listeners, ..estate() });
        match checked {
            Err(SurroundingsError::Shared { shared, .. }) => shared.into_iter().map(|shared| shared.name).collect(),
            Ok(()) => Vec::new(),
            Err(other) => panic!("{other}"),
        }
    };
    let closed = json!({"Type": "fixed-response"});
    let open = json!({"Type": "forward", "TargetGroupArn": NEW});
    let old_form = json!({"Field": "host-header", "Values": ["*.example.com"]});
    let regex = json!({"Field": "host-header", "HostHeaderConfig": {"RegexValues": ["^sh"]}});
    for before in [
        conditions(json!([host("*.example.com"), path]), NEW, 1),
        conditions(json!([path]), NEW, 1),
        conditions(json!([old_form, path]), NEW, 1),
        conditions(json!([regex]), NEW, 1),
    ] {
        for zone in ["Z1", "/hostedzone/Z1"] {
            assert_eq!(found(vec![before.clone(), own()], &closed, zone), [OLD], "{before:?}");
        }
        // Behind a rule that takes all of it nothing comes any more.
        let late = |number: u8| Observation { name: rule(number), ..before.clone() };
        let mut late = late(10);
        late.body["Priority"] = "10".into();
        assert_eq!(found(vec![own(), late], &closed, "Z1"), Vec::<String>::new());
    }
    assert_eq!(found(vec![by_path()], &open, "Z1"), [OLD], "the default action takes the rest");
    assert_eq!(found(vec![own()], &open, "Z1"), Vec::<String>::new());
    assert_eq!(found(vec![by_path()], &closed, "Z1"), Vec::<String>::new());
}

/// Through other names, too.
#[test]
fn a_name_that_leads_to_a_moved_one_through_another_is_found() {
    let mut estate = estate();
    estate.record_sets.push(record("www.example.com.", "CNAME", "shop.example.com"));
    estate.record_sets.push(record("app.example.org.", "CNAME", "www.example.com"));
    let strategy = by_name();
    let Err(SurroundingsError::Shared { shared, .. }) = check_surroundings(&wave(strategy, |_| {}), &estate) else {
        panic!("nothing was found")
    };
    let names: Vec<&str> = shared.iter().map(|shared| shared.name.as_str()).collect();
    assert_eq!(names, ["app.example.org.", "www.example.com."]);
}
