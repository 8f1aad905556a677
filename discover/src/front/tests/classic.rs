//! Ways through classic load balancers, and the certificates of listeners.

use super::*;

const NAME: &str = "front-1.eu-central-1.elb.amazonaws.com";
const SHOWN: &str = "arn:aws:acm:eu-central-1:111122223333:certificate/classic";

fn told(doors: &Doors, hostname: &str) -> Vec<String> {
    let chain = |chain: Chain| {
        let steps = chain.steps.iter().map(|step| format!("{}: {}", step.step.as_str(), step.says));
        steps.collect::<Vec<_>>().join(" | ")
    };
    doors.of_hostname(hostname).into_iter().map(chain).collect()
}

fn balancer(listeners: Value) -> Observation {
    let body = json!({"LoadBalancerName": "front", "DNSName": NAME, "Scheme": "internet-facing", "ListenerDescriptions": listeners});
    seen(Kind::ClassicLoadBalancer, "front", body)
}

fn record() -> Observation {
    let target = format!("dualstack.{NAME}.");
    seen(Kind::RecordSet, "s", json!({"Name": "shop.example.com.", "Type": "A", "AliasTarget": {"DNSName": target}}))
}

#[test]
fn each_listener_of_a_classic_balancer_is_a_way_to_each_workload() {
    let listener = |protocol: &str, port: u16, more: Value| {
        let mut listener =
            json!({"Protocol": protocol, "LoadBalancerPort": port, "InstanceProtocol": "HTTP", "InstancePort": 8080});
        listener.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"Listener": listener})
    };
    let listeners =
        json!([listener("HTTP", 80, json!({})), listener("HTTPS", 443, json!({"SSLCertificateId": SHOWN}))]);
    let edge = routes(
        "ec2/1/eu-central-1/i-1",
        "elb.load-balancer/front",
        "elb.load-balancer/front",
        "/Instances/0/InstanceId",
    );
    let doors = Doors::read(&Seen(vec![balancer(listeners), record()]), [edge]).unwrap();
    let before = "DNS: Route 53 A record, an alias | load balancer: front (classic, internet-facing)";
    assert_eq!(
        told(&doors, "shop.example.com"),
        [
            format!("{before} | listener: HTTP:80 to HTTP:8080 | workload: ec2/1/eu-central-1/i-1"),
            format!(
                "{before} | listener: HTTPS:443 to HTTP:8080 | workload: ec2/1/eu-central-1/i-1 | certificate: {SHOWN}"
            ),
        ]
    );
    let hostnames: Vec<String> =
        doors.passing("ec2/1/eu-central-1/i-1").into_iter().map(|chain| chain.hostname).collect();
    assert_eq!(hostnames, ["shop.example.com", "shop.example.com"]);
}

#[test]
fn a_classic_balancer_without_listeners_or_receivers_says_so() {
    let told_of = |listeners: Value| {
        told(&Doors::read(&Seen(vec![balancer(listeners), record()]), []).unwrap(), "shop.example.com")
    };
    assert!(told_of(json!([]))[0].ends_with("outside: no listener of it was read"));
    let listener = json!({"Protocol": "TCP", "LoadBalancerPort": 25, "InstanceProtocol": "TCP", "InstancePort": 2525});
    let ways = told_of(json!([{"Listener": listener}]));
    assert!(
        ways[0].ends_with("listener: TCP:25 to TCP:2525 | outside: no workload that was found receives from it"),
        "{ways:?}"
    );
}

#[test]
fn a_listener_tells_all_of_its_certificates_as_far_as_they_were_read() {
    let arn = |name: &str| format!("arn:aws:acm:eu-central-1:1:certificate/{name}");
    let listener = json!({"ListenerArn": LISTENER, "LoadBalancerArn": LB, "Protocol": "HTTPS", "Port": 443, "DefaultActions": [{"Type": "fixed-response"}],
        "Certificates": [{"CertificateArn": arn("default")}], "MutualAuthentication": {"Mode": "verify"}});
    let shown = |all: Option<Value>| {
        let mut observations = vec![
            seen(Kind::LoadBalancer, LB, json!({"LoadBalancerArn": LB, "DNSName": NAME})),
            seen(Kind::Listener, LISTENER, listener.clone()),
            record(),
        ];
        observations.extend(all.map(|all| {
            seen(Kind::ListenerCertificates, LISTENER, json!({"ListenerArn": LISTENER, "Certificates": all}))
        }));
        told(&Doors::read(&Seen(observations), []).unwrap(), "shop.example.com").remove(0)
    };
    let default = arn("default");
    assert!(
        shown(None).ends_with(&format!(
            "certificate: {default}, the listener's default; others for single names are not read"
        ))
    );
    let one = json!([{"CertificateArn": default, "IsDefault": true}]);
    assert!(shown(Some(one)).ends_with(&format!("certificate: {default}")));
    let several = json!([{"CertificateArn": default, "IsDefault": true}, {"CertificateArn": default, "IsDefault": false}, {"CertificateArn": arn("b"), "IsDefault": false}]);
    let told = shown(Some(several));
    assert!(
        told.ends_with(&format!("certificate: {default}, the listener's default, or one of its others: {}", arn("b"))),
        "{told}"
    );
    assert!(told.contains("listener: HTTPS:443, clients show certificates (verify)"), "{told}");
}
