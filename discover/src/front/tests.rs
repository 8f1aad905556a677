//! Ways from hostnames, over observations as the clouds answer them.

mod classic;
mod gateway;

use super::*;
use crate::link::{Location, ObservationSource};
use caravan_inventory::{AccountId, Confidence, EdgeKind, ObservationKind as Kind, Region};
use serde_json::{Value, json};
use std::convert::Infallible;

/// Observations in memory.
struct Seen(Vec<Observation>);

impl ObservationSource for Seen {
    type Error = Infallible;

    fn locations(&self) -> Result<Vec<Location>, Infallible> {
        Ok(vec![Location { account: None, region: None }])
    }

    fn visit(&self, kind: Kind, _: Option<&Location>, visitor: &mut dyn FnMut(Observation)) -> Result<(), Infallible> {
        self.0.iter().filter(|seen| seen.kind == kind).cloned().for_each(visitor);
        Ok(())
    }
}

fn seen(kind: Kind, name: &str, body: Value) -> Observation {
    let at = "2026-01-01T00:00:00Z".parse().unwrap();
    Observation {
        id: ObservationId::new(format!("{}/{name}", kind.as_str())),
        kind,
        name: name.to_owned(),
        account: Some(AccountId::new("111122223333")),
        region: Some(Region::new("eu-central-1")),
        api: String::new(),
        first_seen: at,
        last_seen: at,
        body,
    }
}

fn routes(from: &str, to: &str, evidence: &str, path: &str) -> Edge {
    Edge {
        from: from.to_owned(),
        to: to.to_owned(),
        kind: EdgeKind::Routes,
        confidence: Confidence::Stated,
        direction: None,
        evidence: Evidence { observation: ObservationId::new(evidence), path: path.to_owned() },
    }
}

const LB: &str = "arn:aws:elasticloadbalancing:eu-central-1:1:loadbalancer/app/main/1";
const LISTENER: &str = "arn:aws:elasticloadbalancing:eu-central-1:1:listener/app/main/1/443";
const PLAIN: &str = "arn:aws:elasticloadbalancing:eu-central-1:1:listener/app/main/1/80";

fn rule(priority: &str, conditions: Value, actions: Value) -> Observation {
    let name = LISTENER.replace(":listener/", ":listener-rule/") + "/" + priority;
    seen(
        Kind::ListenerRule,
        &name,
        json!({"RuleArn": name, "Priority": priority, "Conditions": conditions, "Actions": actions}),
    )
}

fn hosts(values: &[&str]) -> Value {
    json!({"Field": "host-header", "HostHeaderConfig": {"Values": values}})
}

/// A balancer with a shop, an API under it, a canary, a redirect and a fixed answer; records of both providers; Workers.
fn estate() -> Doors {
    let forward = |group: &str| json!([{"Type": "forward", "TargetGroupArn": group}]);
    let group =
        |name: &str| seen(Kind::TargetGroup, name, json!({"TargetGroupName": name, "Protocol": "HTTP", "Port": 8080}));
    let alias = |name: &str, target: &str| {
        seen(Kind::RecordSet, name, json!({"Name": name, "Type": "A", "AliasTarget": {"DNSName": target}}))
    };
    let proxied = |name: &str, content: &str, proxied: bool| {
        seen(Kind::DnsRecord, name, json!({"name": name, "type": "CNAME", "content": content, "proxied": proxied}))
    };
    let observations = vec![
        seen(
            Kind::LoadBalancer,
            LB,
            json!({"LoadBalancerName": "main", "Type": "application", "Scheme": "internet-facing", "DNSName": "Main-1.elb.example.com"}),
        ),
        seen(
            Kind::Listener,
            LISTENER,
            json!({"LoadBalancerArn": LB, "Protocol": "HTTPS", "Port": 443, "SslPolicy": "TLS13",
                "Certificates": [{"CertificateArn": "arn:aws:acm:c/1"}], "DefaultActions": [{"Type": "fixed-response",
                "FixedResponseConfig": {"StatusCode": "404"}}]}),
        ),
        seen(
            Kind::Listener,
            PLAIN,
            json!({"LoadBalancerArn": LB, "Protocol": "HTTP", "Port": 80, "DefaultActions": [{"Type": "redirect",
                "RedirectConfig": {"Protocol": "HTTPS", "Host": "#{host}", "Port": "443", "Path": "/#{path}", "StatusCode": "HTTP_301"}}]}),
        ),
        rule(
            "10",
            json!([hosts(&["shop.example.com"]), {"Field": "path-pattern", "Values": ["/api/*"]}]),
            forward("api"),
        ),
        rule(
            "9",
            json!([hosts(&["shop.example.com"]), {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "x-beta", "Values": ["1"]}}]),
            json!([{"Type": "authenticate-oidc"}, {"Type": "forward", "ForwardConfig": {"TargetGroups": [
                {"TargetGroupArn": "shop", "Weight": 9}, {"TargetGroupArn": "canary", "Weight": 0}]}}]),
        ),
        rule("20", json!([hosts(&["shop.example.com", "*.shops.example.com"])]), forward("shop")),
        rule("30", json!([hosts(&["other.example.com"])]), forward("other")),
        rule("default", json!([]), json!([{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}])),
        group("api"),
        group("shop"),
        group("canary"),
        alias("shop.example.com.", "dualstack.main-1.elb.example.com."),
        alias("\\052.shops.example.com.", "main-1.elb.example.com."),
        proxied("www.example.com", "shop.example.com", true),
        proxied("static.example.com", "cdn.example.net", false),
        seen(
            Kind::RecordSet,
            "m",
            json!({"Name": "box.example.com", "Type": "A", "ResourceRecords": [{"Value": "198.51.100.7"}]}),
        ),
        alias("loop.example.com.", "pool.example.com."),
        alias("pool.example.com.", "loop.example.com."),
        seen(Kind::WorkerRoute, "r1", json!({"pattern": "www.example.com/new/*", "script": "edge"})),
        seen(Kind::WorkerRoute, "r2", json!({"pattern": "www.example.com/health"})),
        seen(Kind::WorkerDomain, "d1", json!({"hostname": "img.example.com", "service": "images"})),
    ];
    let edges = [
        routes("ecs/shop", "elbv2.target-group/shop", "ecs.service/shop", "/loadBalancers/0/targetGroupArn"),
        routes("ecs/api", "elbv2.target-group/api", "ecs.service/api", "/loadBalancers/0/targetGroupArn"),
        routes("worker/edge", "cloudflare.worker-route/r1", "cloudflare.worker-route/r1", "/pattern"),
        routes("worker/images", "cloudflare.worker-domain/d1", "cloudflare.worker-domain/d1", "/hostname"),
        routes("route53.record-set/m", "ec2/i-1", "route53.record-set/m", "/ResourceRecords/0/Value"),
    ];
    Doors::read(&Seen(observations), edges).unwrap()
}

/// The chains of a name: each step as `kind: what it says`.
fn ways(hostname: &str) -> Vec<Vec<String>> {
    let told = |step: &Step| format!("{}: {}", step.step.as_str(), step.says);
    estate().of_hostname(hostname).iter().map(|chain| chain.steps.iter().map(told).collect()).collect()
}

#[test]
fn a_hostname_is_told_from_its_record_to_the_certificate() {
    let ways = ways("shop.example.com");
    let redirect = &ways[0];
    assert_eq!(
        redirect[2..],
        ["listener: HTTP:80", "rule: default", "answer: redirect to HTTPS://#{host}:443/#{path} (HTTP_301)"]
    );
    assert_eq!(
        ways.last().unwrap()[..],
        [
            "DNS: Route 53 A record, an alias",
            "load balancer: main (application, internet-facing)",
            "listener: HTTPS:443, TLS13",
            "rule: priority 20: host-header *.shops.example.com or shop.example.com",
            "target group: shop (HTTP:8080)",
            "workload: ecs/shop",
            "certificate: arn:aws:acm:c/1, the listener's default; others for single names are not read",
        ]
    );
    // In the order in which the balancer asks; no rule behind the one that takes everything, and none of another host.
    let rules: Vec<&str> = ways[1..].iter().map(|way| way[3].as_str()).collect();
    assert_eq!(
        rules,
        [
            "rule: priority 9: host-header shop.example.com and http-header 1 or x-beta:",
            "rule: priority 9: host-header shop.example.com and http-header 1 or x-beta:",
            "rule: priority 10: host-header shop.example.com and path-pattern /api/*",
            "rule: priority 20: host-header *.shops.example.com or shop.example.com",
        ]
    );
    assert!(ways[1].contains(&"answer: authenticate-oidc".to_owned()), "{ways:?}");
    assert!(ways[1].contains(&"target group: shop (HTTP:8080, weight 9)".to_owned()));
    assert_eq!(
        ways[2][5..7],
        ["target group: canary (HTTP:8080, weight 0)", "outside: no workload that was found receives from it"]
    );
}

#[test]
fn each_step_names_the_field_that_leads_there() {
    let doors = estate();
    let chain = doors.of_hostname("shop.example.com").pop().unwrap();
    let fields: Vec<String> = chain
        .steps
        .iter()
        .flat_map(|step| &step.evidence)
        .map(|seen| format!("{} {}", seen.observation, seen.path))
        .collect();
    assert_eq!(
        fields,
        [
            "route53.record-set/shop.example.com. /AliasTarget/DNSName".to_owned(),
            format!("elbv2.listener/{LISTENER} /LoadBalancerArn"),
            format!("elbv2.rule/{}/20 /Conditions", LISTENER.replace(":listener/", ":listener-rule/")),
            format!("elbv2.rule/{}/20 /Actions/0/TargetGroupArn", LISTENER.replace(":listener/", ":listener-rule/")),
            "ecs.service/shop /loadBalancers/0/targetGroupArn".to_owned(),
            format!("elbv2.listener/{LISTENER} /Certificates/0/CertificateArn"),
        ]
    );
    assert_eq!(chain.workload(), Some("ecs/shop"));
}

#[test]
fn a_proxied_name_comes_to_its_workers_first_and_to_its_origin_behind_cloudflare() {
    let ways = ways("www.example.com");
    let proxied = "Cloudflare: proxied; what the zone adds (firewall, cache, redirects, Access) is not read";
    let edge = "certificate: Cloudflare's, which is not read";
    assert_eq!(
        ways[0][..],
        ["DNS: Cloudflare CNAME record", proxied, "Worker route: www.example.com/new/*", "workload: worker/edge", edge]
    );
    assert_eq!(
        ways[1][2..],
        ["Worker route: www.example.com/health", "outside: no Worker: requests go on to the origin"]
    );
    // The balancer gets the host that was asked for, which no rule of it names.
    let last = ways.last().unwrap();
    assert_eq!(last[2], "DNS: Route 53 A record, an alias");
    assert_eq!(last[5], "rule: default");
    assert!(last.last().unwrap().ends_with("; in front of it Cloudflare shows its own, which is not read"), "{last:?}");
}

#[test]
fn what_was_not_read_is_said_and_never_guessed() {
    assert_eq!(
        ways("static.example.com"),
        [[
            "DNS: Cloudflare CNAME record",
            "Cloudflare: DNS only",
            "outside: cdn.example.net, which is nothing that was read"
        ]]
    );
    // The customer's own DNS: only the rule knows the name.
    let other = ways("other.example.com");
    assert_eq!(other[0][0], "DNS: no record of it is in any zone that was read");
    assert_eq!(
        other[1][3..5],
        ["rule: priority 30: host-header other.example.com", "target group: other, which was not read"]
    );
    assert_eq!(ways("img.example.com")[0][1], "Worker route: custom domain img.example.com");
    assert!(ways("nobody.example.org").is_empty());
    // Records in a circle end.
    assert_eq!(ways("loop.example.com").len(), 1);
}

#[test]
fn addresses_wildcards_and_letters_find_their_way() {
    let doors = estate();
    let last = |name: &str| doors.of_hostname(name).last().and_then(|chain| chain.workload().map(str::to_owned));
    assert_eq!(last("box.example.com").as_deref(), Some("ec2/i-1"));
    assert_eq!(last("Anna.Shops.Example.com.").as_deref(), Some("ecs/shop"));
    assert_eq!(last("a.b.shops.example.com").as_deref(), Some("ecs/shop"));
}

#[test]
fn a_workload_is_found_from_every_hostname_and_from_what_stands_between() {
    let doors = estate();
    let names = |id: &str| {
        let chains = doors.passing(id);
        chains.into_iter().map(|chain| chain.hostname).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    };
    assert_eq!(names("ecs/shop"), ["*.shops.example.com", "shop.example.com"]);
    assert_eq!(names("ecs/api"), ["shop.example.com"]);
    assert_eq!(names("worker/edge"), ["www.example.com"]);
    assert_eq!(names("elbv2.target-group/canary"), ["shop.example.com"]);
    assert_eq!(names("ecs/nobody"), Vec::<String>::new());
}
