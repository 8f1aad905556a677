//! Drafts name what they leave out.

mod certificates;
mod closed;

use super::{ClosedWay, Drafted, NewSide, draft};
use crate::Estate;
use crate::strategy::Strategy;
use crate::strategy::route53::NewRecords;
use caravan_inventory::{
    EnvironmentName, Observation, ObservationId, ObservationKind, TeamName, Workload, WorkloadId, WorkloadKind,
};
use caravan_providers::target::Alias;
use serde_json::{Value, json};

const BALANCER: &str = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/edge/1";
const LISTENER: &str = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/edge/1/2";
const RULE: &str = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/edge/1/2";
const DNS: &str = "edge-1.eu-west-1.elb.amazonaws.com";

fn seen(kind: ObservationKind, name: &str, body: Value) -> Observation {
    let id = ObservationId::new(format!("{}/{name}", kind.as_str()));
    let observed = json!({
        "id": id, "kind": kind, "name": name, "account": "111122223333", "region": "eu-west-1", "api": "api",
        "first_seen": "2026-01-01T00:00:00Z", "last_seen": "2026-01-01T00:00:00Z", "body": body,
    });
    serde_json::from_value(observed).unwrap()
}

fn to(group: &str) -> Value {
    json!([{"Type": "forward", "TargetGroupArn": group}])
}

fn rule(priority: u32, conditions: &Value, actions: &Value) -> Observation {
    let body =
        json!({"Priority": priority.to_string(), "Conditions": conditions, "Actions": actions, "IsDefault": false});
    seen(ObservationKind::ListenerRule, &format!("{RULE}/{priority}"), body)
}

fn host(host: &str) -> Value {
    json!({"Field": "host-header", "HostHeaderConfig": {"Values": [host]}})
}

fn path(path: &str) -> Value {
    json!({"Field": "path-pattern", "PathPatternConfig": {"Values": [path]}})
}

fn record(name: &str, more: &Value) -> Observation {
    let mut body = json!({"Name": format!("{name}."), "Type": "A",
                          "AliasTarget": {"HostedZoneId": "Z1", "DNSName": DNS, "EvaluateTargetHealth": false}});
    for (field, value) in more.as_object().into_iter().flatten() {
        body[field] = value.clone();
        if value.is_null() {
            body.as_object_mut().unwrap().remove(field);
        }
    }
    let kind = body["Type"].as_str().unwrap_or_default().to_owned();
    seen(ObservationKind::RecordSet, &format!("ZONE/{name}./{kind}"), body)
}

/// The draft for the workload of the target group `ours`, behind these rules and names.
fn drafted(default: &Value, rules: Vec<Observation>, record_sets: Vec<Observation>) -> Drafted {
    drafted_by("HTTPS", default, rules, record_sets)
}

fn drafted_by(protocol: &str, default: &Value, rules: Vec<Observation>, record_sets: Vec<Observation>) -> Drafted {
    drafted_to(&NewSide::default(), protocol, default, rules, record_sets)
}

fn drafted_to(
    new: &NewSide,
    protocol: &str,
    default: &Value,
    rules: Vec<Observation>,
    record_sets: Vec<Observation>,
) -> Drafted {
    drafted_beside(new, protocol, default, (rules, record_sets), (Vec::new(), Vec::new()))
}

/// The same, with hosted zones and with entries of other kinds, which are the workload's own.
fn drafted_beside(
    new: &NewSide,
    protocol: &str,
    default: &Value,
    read: (Vec<Observation>, Vec<Observation>),
    beside: (Vec<Observation>, Vec<Observation>),
) -> Drafted {
    drafted_of(new, protocol, default, read, beside, Vec::new())
}

fn drafted_of(
    new: &NewSide,
    protocol: &str,
    default: &Value,
    (rules, record_sets): (Vec<Observation>, Vec<Observation>),
    (hosted_zones, entries): (Vec<Observation>, Vec<Observation>),
    closed: Vec<ClosedWay>,
) -> Drafted {
    let group = |name: &str| seen(ObservationKind::TargetGroup, name, json!({"HealthCheckPath": "/up"}));
    let listener = json!({"LoadBalancerArn": BALANCER, "Port": 443, "Protocol": protocol, "DefaultActions": default});
    let balancer = json!({"LoadBalancerArn": BALANCER, "LoadBalancerName": "edge", "DNSName": DNS});
    let workload = workload([&group("ours")].into_iter().chain(&entries));
    let estate = Estate {
        record_sets,
        rules,
        listeners: vec![seen(ObservationKind::Listener, LISTENER, listener)],
        load_balancers: vec![seen(ObservationKind::LoadBalancer, BALANCER, balancer)],
        target_groups: vec![group("ours"), group("theirs")],
        certificates: Vec::new(),
        hosted_zones,
        entries,
        closed,
    };
    draft("one", &[workload], &estate, new)
}

/// What moves: names, or ends of rules.
fn moves(drafted: &Drafted) -> Vec<String> {
    let moves = drafted.spec.shifts.iter().map(|shift| match &shift.strategy {
        Strategy::Route53(by_name) => by_name.name.clone(),
        Strategy::Alb(by_rule) => by_rule.rule.rsplit('/').next().unwrap_or_default().to_owned(),
        _ => String::new(),
    });
    moves.collect()
}

fn closed() -> Value {
    json!([{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}])
}

#[test]
fn a_name_that_no_shift_moves_is_named_with_its_reason() {
    for (more, why) in [
        (json!({"SetIdentifier": "a", "Weight": 5}), "routing policy"),
        (json!({"SetIdentifier": "a", "Region": "eu-west-1"}), "routing policy already (Region)"),
        (json!({"HealthCheckId": "check"}), "a health check"),
        (
            json!({"AliasTarget": {"HostedZoneId": "Z1", "DNSName": "other.example.net", "EvaluateTargetHealth": false}}),
            "does not lead",
        ),
    ] {
        let rules = vec![
            rule(1, &json!([host("a.example.com")]), &to("ours")),
            rule(2, &json!([host("b.example.com")]), &to("ours")),
        ];
        let drafted =
            drafted(&closed(), rules, vec![record("a.example.com", &json!({})), record("b.example.com", &more)]);
        assert_eq!(moves(&drafted), ["a.example.com"]);
        assert_eq!(drafted.left_out.len(), 1, "{:?}", drafted.left_out);
        let said = &drafted.left_out[0];
        assert!(said.contains("rule 2 of edge:443") && said.contains("b.example.com") && said.contains(why), "{said}");
    }
    for (more, why) in [
        (json!({"SetIdentifier": "a", "Weight": 5}), "routing policy"),
        (json!({"HealthCheckId": "check"}), "a health check"),
        (json!({"Type": "AAAA", "SetIdentifier": "a", "Region": "eu-west-1"}), "(Region)"),
    ] {
        let two = json!({"Field": "host-header", "HostHeaderConfig": {"Values": ["a.example.com", "b.example.com"]}});
        let drafted = drafted(
            &closed(),
            vec![rule(1, &json!([two]), &to("ours"))],
            vec![record("a.example.com", &json!({})), record("b.example.com", &more)],
        );
        assert_eq!(moves(&drafted), ["a.example.com"]);
        let said = format!("{:?}", drafted.left_out);
        assert!(said.contains("b.example.com (rule 1 of edge:443)") && said.contains(why), "{said}");
    }
}

#[test]
fn a_name_that_others_serve_too_moves_by_its_rule() {
    let shared = json!([host("a.example.com"), path("/api/*")]);
    for others in [
        vec![rule(2, &json!([host("a.example.com")]), &to("theirs"))],
        vec![rule(2, &json!([path("/x/*")]), &to("theirs"))],
        vec![rule(1, &json!([host("*.example.com"), path("/y/*")]), &to("theirs"))],
    ] {
        let rules = [vec![rule(7, &shared, &to("ours"))], others].concat();
        let drafted = drafted(&closed(), rules, vec![record("a.example.com", &json!({}))]);
        assert_eq!(moves(&drafted), ["7"]);
        assert!(drafted.left_out.is_empty(), "{:?}", drafted.left_out);
    }
}

#[test]
fn fronts_that_divide_their_traffic_or_take_wildcards_are_named() {
    let weighted = json!([{"Type": "forward", "ForwardConfig": {"TargetGroups": [
        {"TargetGroupArn": "ours", "Weight": 9}, {"TargetGroupArn": "theirs", "Weight": 1}]}}]);
    let wild =
        json!({"Field": "host-header", "HostHeaderConfig": {"Values": ["c.example.com", "*.shops.example.com"]}});
    let rules = vec![
        rule(1, &json!([host("a.example.com")]), &weighted),
        rule(2, &json!([wild]), &to("ours")),
        rule(3, &json!([host("d.example.com"), path("/old/*")]), &to("ours")),
        rule(4, &json!([host("d.example.com")]), &to("theirs")),
    ];
    let drafted = drafted(&closed(), rules, vec![record("c.example.com", &json!({}))]);
    assert_eq!(moves(&drafted), ["c.example.com"]);
    let said = drafted.left_out.join("\n");
    for text in ["rule 1 of edge:443: it divides", "*.shops.example.com (rule 2", "rule 3 of edge:443: other names"] {
        assert!(said.contains(text), "{text}: {said}");
    }
    assert_eq!(drafted.left_out.len(), 3, "{said}");
}

#[test]
fn a_default_action_moves_the_names_that_lead_to_its_balancer_and_no_probe_asks_for_the_balancers_own() {
    let www = json!({"Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": DNS}], "AliasTarget": null});
    let drafted_names = |records| moves(&drafted(&to("ours"), Vec::new(), records));
    assert_eq!(drafted_names(vec![record("example.com", &json!({}))]), ["example.com"]);
    let both = vec![record("example.com", &json!({})), record("www.example.com", &www)];
    assert_eq!(drafted_names(both), ["example.com", "www.example.com"]);
    let unknown = drafted(&to("ours"), Vec::new(), Vec::new());
    assert_eq!(moves(&unknown), ["2"]);
    for probe in unknown.spec.shifts[0].probes.old.iter().chain(&unknown.spec.shifts[0].probes.new) {
        assert!(probe.tls && probe.host.starts_with(crate::FILL_IN), "{probe:?}");
    }
}

/// What no probe can ask is no shift, whatever leads to it.
#[test]
fn a_listener_that_speaks_neither_http_nor_https_is_left_out_with_its_protocol() {
    for protocol in ["TCP", "UDP", "TLS"] {
        let drafted = drafted_by(protocol, &to("ours"), Vec::new(), vec![record("sftp.example.com", &json!({}))]);
        assert!(drafted.spec.shifts.is_empty(), "{:?}", drafted.spec.shifts);
        assert!(
            drafted.left_out.iter().any(|text| text.contains(&format!("it speaks {protocol}"))),
            "{:?}",
            drafted.left_out
        );
    }
}

/// Nobody can tell which names a regular expression takes: none is moved by DNS for it, and no other rule's name is taken for
/// its workload's.
#[test]
fn a_rule_that_names_its_hosts_by_a_regular_expression_moves_by_itself_alone() {
    let regex = json!({"Field": "host-header", "HostHeaderConfig": {"RegexValues": ["^a[.]"]}});
    for actions in ["theirs", "ours"] {
        let rules = vec![rule(1, &json!([regex]), &to("ours")), rule(2, &json!([host("b.example.com")]), &to(actions))];
        let drafted = drafted(&closed(), rules, vec![record("b.example.com", &json!({}))]);
        let wanted: &[&str] = if actions == "theirs" { &["1"] } else { &["b.example.com"] };
        assert_eq!(moves(&drafted), wanted, "{:?}", drafted.left_out);
    }
}

/// A probe asks what the very rule answers: neither a host nor a path that another one takes.
#[test]
fn a_probe_of_a_rule_asks_only_for_what_the_rule_takes() {
    let wild = json!([host("*.example.com"), path("/api/*")]);
    let drafted = drafted_by("HTTP", &closed(), vec![rule(1, &wild, &to("ours"))], Vec::new());
    let probe = &drafted.spec.shifts[0].probes.old[0];
    assert!(crate::blank::is_blank(&probe.host) && crate::blank::is_blank(&probe.path), "{probe:?}");
    for taken in [json!([path("/up")]), json!([path("/u*")]), json!([])] {
        let drafted = drafted_by("HTTP", &closed(), vec![rule(1, &taken, &to("ours"))], Vec::new());
        let probe = &drafted.spec.shifts[0].probes.old[0];
        assert_eq!((probe.host.as_str(), probe.path.as_str()), (DNS, "/up"));
    }
}

/// What the new side's load balancer is called says nothing of whether its health counts for the record.
#[test]
fn a_record_keeps_whether_the_health_of_what_it_leads_to_counts() {
    for counts in [true, false] {
        for given in [true, false] {
            let alias = Alias { zone: "Z9".to_owned(), name: "new.example.net".to_owned(), evaluate_health: given };
            let new = NewSide { alias: Some(alias), address: None };
            let more = json!({"AliasTarget": {"HostedZoneId": "Z1", "DNSName": DNS, "EvaluateTargetHealth": counts}});
            let drafted = drafted_to(&new, "HTTPS", &to("ours"), Vec::new(), vec![record("docks.example.com", &more)]);
            let Strategy::Route53(by_name) = &drafted.spec.shifts[0].strategy else { panic!("{drafted:?}") };
            let answers: Vec<_> = by_name.new.values().collect();
            let NewRecords::Alias(to) = answers[0] else { panic!("{answers:?}") };
            assert_eq!((to.zone.as_str(), to.name.as_str(), to.evaluate_health), ("Z9", "new.example.net", counts));
        }
    }
}

/// The HTTPS default of 404, with hosted zones and entries of other kinds.
fn beside(
    rules: Vec<Observation>,
    records: Vec<Observation>,
    zones: Vec<Observation>,
    entries: Vec<Observation>,
) -> Drafted {
    drafted_beside(&NewSide::default(), "HTTPS", &closed(), (rules, records), (zones, entries))
}

/// A record set in another zone.
fn in_zone(zone: &str, name: &str, more: &Value) -> Observation {
    let here = record(name, more);
    let name = here.name.replacen("ZONE", zone, 1);
    seen(ObservationKind::RecordSet, &name, here.body)
}

fn zone(id: &str, private: bool) -> Observation {
    seen(ObservationKind::HostedZone, id, json!({"Config": {"PrivateZone": private}}))
}

/// A public and a private zone answer for askers of their own: each moves or stays for its own reason.
#[test]
fn each_zone_that_has_a_name_moves_or_stays_by_itself() {
    let name = "split.example.com";
    let inside = json!({"ResourceRecords": [{"Value": "10.0.0.9"}], "TTL": 60, "AliasTarget": null});
    let weighted = json!({"SetIdentifier": "a", "Weight": 5});
    let zones = || vec![zone("ZONE", false), zone("ZPRIV", true)];
    let rules = || vec![rule(3, &json!([host(name)]), &to("ours"))];
    for (public, private, wanted, said) in [
        (
            json!({}),
            &inside,
            vec!["ZONE"],
            "in the private zone ZPRIV (rule 3 of edge:443): its A record does not lead to the load balancer itself, but to 10.0.0.9",
        ),
        (
            json!({}),
            &weighted,
            vec!["ZONE"],
            "in the private zone ZPRIV (rule 3 of edge:443): its A record has a routing policy",
        ),
        (
            weighted.clone(),
            &json!({}),
            vec!["ZPRIV"],
            "in the public zone ZONE (rule 3 of edge:443): its A record has a routing policy",
        ),
        (json!({}), &json!({}), vec!["ZONE", "ZPRIV"], ""),
    ] {
        let records = vec![record(name, &public), in_zone("ZPRIV", name, private)];
        let drafted = beside(rules(), records, zones(), Vec::new());
        let moved = drafted.spec.shifts.iter().filter_map(|shift| match &shift.strategy {
            Strategy::Route53(by_name) => Some(by_name.zone.as_str()),
            _ => None,
        });
        assert_eq!(moved.collect::<Vec<_>>(), wanted, "{:?}", drafted.left_out);
        assert_eq!(drafted.left_out.len(), usize::from(wanted.len() == 1), "{:?}", drafted.left_out);
        assert!(drafted.left_out.iter().all(|text| text.contains(said)), "{:?}", drafted.left_out);
    }
    // Where neither can move, the rule does.
    let records = vec![record(name, &weighted), in_zone("ZPRIV", name, &inside)];
    assert_eq!(moves(&beside(rules(), records, zones(), Vec::new())), ["3"]);
}

fn divided(ours: u64, theirs: u64) -> Value {
    json!([{"Type": "forward", "ForwardConfig": {"TargetGroups": [
        {"TargetGroupArn": "ours", "Weight": ours}, {"TargetGroupArn": "theirs", "Weight": theirs}]}}])
}

/// A blue-green pair at rest names both colours: the one at rest gets nothing, and the other has no share to divide.
#[test]
fn a_group_of_weight_0_gets_nothing_and_is_named_as_such() {
    let rules = |ours, theirs| vec![rule(4, &json!([host("a.example.com")]), &divided(ours, theirs))];
    let records = || vec![record("a.example.com", &json!({}))];
    let whole = drafted(&closed(), rules(100, 0), records());
    assert_eq!((moves(&whole), whole.left_out.len()), (vec!["a.example.com".to_owned()], 0), "{:?}", whole.left_out);
    for (ours, theirs, records, said) in [
        (0, 100, records(), "has weight 0 there and gets nothing of it (all of it goes to theirs 100)"),
        (100, 0, Vec::new(), "it names other target groups too, which get nothing (theirs 0)"),
        (70, 30, records(), "it divides its traffic among several target groups (ours 70, theirs 30)"),
    ] {
        let drafted = drafted(&closed(), rules(ours, theirs), records);
        assert!(drafted.spec.shifts.is_empty(), "{:?}", drafted.spec.shifts);
        let said =
            format!("rule 4 of edge:443: {}", said.replace("has weight", "the workload's target group has weight"));
        assert!(drafted.left_out.iter().any(|text| text.contains(&said)), "{said}: {:?}", drafted.left_out);
    }
    // The default action too.
    let idle = drafted(&divided(0, 1), Vec::new(), records());
    assert!(idle.left_out[0].contains("the default action of edge:443: the workload's"), "{:?}", idle.left_out);
}

/// A redirect says nothing of the workload: no probe asks for what another rule answers first.
#[test]
fn a_probe_asks_for_no_host_that_is_redirected_first() {
    let redirect = json!([{"Type": "redirect", "RedirectConfig": {"Host": "a.example.com", "StatusCode": "HTTP_301"}}]);
    let both = json!({"Field": "host-header", "HostHeaderConfig": {"Values": ["0.example.com", "a.example.com"]}});
    let rules = || vec![rule(1, &json!([host("0.example.com")]), &redirect), rule(2, &json!([both]), &to("ours"))];
    // By the rule, the probe asks for the name that reaches the workload.
    let by_rule = drafted(&closed(), rules(), Vec::new());
    assert_eq!(moves(&by_rule), ["2"]);
    let probe = &by_rule.spec.shifts[0].probes.new[0];
    assert_eq!((probe.host.as_str(), probe.path.as_str()), ("a.example.com", "/up"));
    // By name, each has probes of its own.
    let by_name =
        drafted(&closed(), rules(), vec![record("0.example.com", &json!({})), record("a.example.com", &json!({}))]);
    assert_eq!(moves(&by_name), ["0.example.com", "a.example.com"]);
    let asked = |at: usize| by_name.spec.shifts[at].probes.old[0].path.as_str();
    assert!(asked(0).contains("rule 1 of edge:443 redirects /up of 0.example.com"), "{}", asked(0));
    assert_eq!(asked(1), "/up");
    // So it is where the path alone is answered before.
    let block = json!([{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "403"}}]);
    let rules = vec![rule(1, &json!([path("/u*")]), &block), rule(2, &json!([host("b.example.com")]), &to("ours"))];
    let blocked = drafted(&closed(), rules, vec![record("b.example.com", &json!({}))]);
    let asked = &blocked.spec.shifts[0].probes.new[0].path;
    assert!(asked.contains("rule 1 of edge:443 answers by itself /up of b.example.com"), "{asked}");
}

#[test]
fn names_that_are_only_redirected_to_the_workload_are_named() {
    let redirect =
        json!([{"Type": "redirect", "RedirectConfig": {"Host": "shop.example.com", "StatusCode": "HTTP_302"}}]);
    let rules = vec![
        rule(1, &json!([host("old.example.com")]), &redirect),
        rule(2, &json!([host("shop.example.com")]), &to("ours")),
    ];
    let drafted = drafted(&closed(), rules, vec![record("shop.example.com", &json!({}))]);
    assert_eq!(moves(&drafted), ["shop.example.com"]);
    assert_eq!(drafted.left_out.len(), 1, "{:?}", drafted.left_out);
    let said = &drafted.left_out[0];
    assert!(said.contains("old.example.com: rule 1 of edge:443 only redirects it to shop.example.com"), "{said}");
}

#[test]
fn entries_that_are_no_load_balancers_are_named() {
    let connect = |services: Value| json!({"enabled": true, "namespace": "harbour", "services": services});
    let aliased = connect(json!([{"portName": "http", "clientAliases": [{"port": 80, "dnsName": "pay.harbour"}]}]));
    let plain = connect(json!([{"portName": "grpc", "discoveryName": "pay-grpc"}]));
    for (kind, body, said) in [
        (
            ObservationKind::EcsService,
            json!({"serviceConnectConfiguration": aliased}),
            Some("Service Connect name pay.harbour:80"),
        ),
        (
            ObservationKind::EcsService,
            json!({"deployments": [{"status": "PRIMARY", "serviceConnectConfiguration": plain}]}),
            Some("Service Connect name pay-grpc of harbour"),
        ),
        (ObservationKind::EcsService, json!({"serviceConnectConfiguration": {"enabled": false}}), None),
        (
            ObservationKind::EcsService,
            json!({"serviceRegistries": [{"registryArn": "arn:aws:servicediscovery:eu-west-1:1:service/srv-7"}]}),
            Some("of service srv-7"),
        ),
        (
            ObservationKind::EcsService,
            json!({"loadBalancers": [{"loadBalancerName": "old"}]}),
            Some("classic load balancer old"),
        ),
        (
            ObservationKind::FunctionUrl,
            json!({"FunctionUrl": "https://x.lambda-url.example/"}),
            Some("function URL https://x."),
        ),
        (ObservationKind::ApiMapping, json!({"domainName": "api.example.com"}), Some("domain api.example.com")),
        (ObservationKind::WorkerRoute, json!({"pattern": "example.com/x/*"}), Some("route example.com/x/*")),
    ] {
        let drafted = beside(Vec::new(), Vec::new(), Vec::new(), vec![seen(kind, "entry", body)]);
        let named = drafted.left_out.iter().find(|text| said.is_some_and(|said| text.contains(said)));
        assert_eq!(named.is_some(), said.is_some(), "{said:?}: {:?}", drafted.left_out);
        // Its own target group, to which no rule forwards, is named besides, whatever else there is.
        let group = drafted.left_out.iter().filter(|text| text.contains("its target group ours: no rule"));
        assert_eq!(group.count(), 1, "{:?}", drafted.left_out);
        assert!(!drafted.left_out.iter().any(|text| text.contains("no traffic to shift")), "{:?}", drafted.left_out);
    }
}

const GROUP: &str = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup";

/// The same, as a template tells of it.
fn of_file(mut seen: Observation) -> Observation {
    seen.name = format!("stack.yaml#{}", seen.name);
    seen.api = "file".to_owned();
    seen
}

/// A workload of these parts alone.
fn workload<'a>(parts: impl IntoIterator<Item = &'a Observation>) -> Workload {
    Workload {
        id: WorkloadId::new("ecs/it"),
        kind: WorkloadKind::Ecs,
        name: "it".to_owned(),
        team: TeamName::new("shop"),
        environment: EnvironmentName::new("prod"),
        account: None,
        region: None,
        parts: parts.into_iter().map(|seen| seen.id.clone()).collect(),
    }
}

#[test]
fn what_only_a_file_tells_is_left_out_front_by_front() {
    let group = |name: &str| {
        of_file(seen(
            ObservationKind::TargetGroup,
            &format!("{GROUP}/{name}/{name}"),
            json!({"HealthCheckPath": "/up"}),
        ))
    };
    let ours = to(&format!("{GROUP}/ours/ours"));
    let listener = json!({"LoadBalancerArn": BALANCER, "Port": 443, "Protocol": "HTTPS", "DefaultActions": ours});
    let balancer = json!({"LoadBalancerArn": BALANCER, "LoadBalancerName": "edge", "DNSName": DNS});
    let mut numbered = rule(7, &json!([host("a.example.com"), path("/x/*")]), &ours);
    numbered.body["Priority"] = json!(7);
    let estate = Estate {
        record_sets: vec![of_file(record("a.example.com", &json!({})))],
        rules: vec![
            of_file(numbered),
            of_file(rule(8, &json!([host("b.example.com")]), &to(&format!("{GROUP}/theirs/1")))),
        ],
        listeners: vec![of_file(seen(ObservationKind::Listener, LISTENER, listener))],
        load_balancers: vec![of_file(seen(ObservationKind::LoadBalancer, BALANCER, balancer))],
        target_groups: vec![group("ours"), group("theirs")],
        ..Estate::default()
    };
    let own = workload([&estate.target_groups[0]]);
    let drafted = draft("one", &[own], &estate, &NewSide::default());
    assert!(drafted.spec.shifts.is_empty(), "{:?}", drafted.spec.shifts);
    let said = drafted.left_out.join("\n");
    assert_eq!(drafted.left_out.len(), 2, "{said}");
    assert!(said.contains("ecs/it: rule 7 of edge:443 (a.example.com): a file tells of it"), "{said}");
    assert!(said.contains("ecs/it: the default action of edge:443: a file tells of it"), "{said}");
    assert!(!said.contains("no traffic"), "{said}");
}

#[test]
fn a_target_group_whose_rules_were_not_read_is_no_reason_to_say_that_nothing_comes() {
    let arn = format!("{GROUP}/shop/1");
    let service = json!({"loadBalancers": [{"targetGroupArn": arn, "containerName": "shop", "containerPort": 80}]});
    let machines = json!({"TargetGroupARNs": [arn]});
    for entry in [
        seen(ObservationKind::EcsService, "shop", service.clone()),
        of_file(seen(ObservationKind::EcsService, "shop", service)),
        seen(ObservationKind::AutoScalingGroup, "shop", machines),
    ] {
        let own = workload([&entry]);
        let estate = Estate { entries: vec![entry], ..Estate::default() };
        let drafted = draft("one", &[own], &estate, &NewSide::default());
        let said = drafted.left_out.join("\n");
        assert_eq!(drafted.left_out.len(), 1, "{said}");
        assert!(said.contains("its target group shop: no rule that was read forwards to it"), "{said}");
        assert!(!said.contains("no traffic"), "{said}");
    }
    // What is in none gets none.
    let entry = seen(ObservationKind::EcsService, "shop", json!({"loadBalancers": []}));
    let own = workload([&entry]);
    let drafted = draft("one", &[own], &Estate { entries: vec![entry], ..Estate::default() }, &NewSide::default());
    assert!(drafted.left_out[0].contains("so there is no traffic to shift"), "{:?}", drafted.left_out);
    let classic = seen(ObservationKind::AutoScalingGroup, "shop", json!({"LoadBalancerNames": ["old"]}));
    let own = workload([&classic]);
    let drafted = draft("one", &[own], &Estate { entries: vec![classic], ..Estate::default() }, &NewSide::default());
    assert!(drafted.left_out.iter().any(|text| text.contains("classic load balancer old")), "{:?}", drafted.left_out);
}

/// Sealing refuses it, by which time it is too late to lower it.
#[test]
fn a_record_that_is_kept_for_longer_than_a_stage_bakes_is_named_when_it_is_drafted() {
    let cname = |name: &str, ttl: u32| {
        record(name, &json!({"Type": "CNAME", "TTL": ttl, "ResourceRecords": [{"Value": DNS}], "AliasTarget": null}))
    };
    for (ttl, is_named) in [(60, false), (300, false), (301, true), (86_400, true)] {
        let drafted = drafted(&to("ours"), Vec::new(), vec![cname("a.example.com", ttl), cname("b.example.com", 60)]);
        assert_eq!(moves(&drafted), ["a.example.com", "b.example.com"]);
        assert_eq!(drafted.before_seal.len(), usize::from(is_named), "{ttl}: {:?}", drafted.before_seal);
        for text in &drafted.before_seal {
            let told = [format!("{ttl} s"), "300 s".to_owned(), "CNAME".to_owned()];
            assert!(text.starts_with("a.example.com: ") && told.iter().all(|part| text.contains(part)), "{text}");
        }
    }
    // An alias is kept for a minute, and what does not move is no matter.
    let others = vec![record("a.example.com", &json!({})), cname("mail.example.com", 86_400)];
    let rules = vec![rule(1, &json!([host("a.example.com")]), &to("ours"))];
    assert!(drafted(&closed(), rules, others).before_seal.is_empty());
}

#[test]
fn a_name_by_which_something_is_proved_is_no_host_that_moves() {
    for name in ["_acme-challenge.a.example.com", "a._domainkey.example.com", "_x.b.a.example.com"] {
        let cname =
            json!({"Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": "a.example.com."}], "AliasTarget": null});
        let sets = vec![record("a.example.com", &json!({})), record(name, &cname)];
        let drafted = drafted(&to("ours"), Vec::new(), sets);
        assert_eq!(moves(&drafted), ["a.example.com"]);
        assert_eq!(drafted.left_out.len(), 1, "{:?}", drafted.left_out);
        assert!(
            drafted.left_out[0].contains(name) && drafted.left_out[0].contains("no host"),
            "{:?}",
            drafted.left_out
        );
    }
}
