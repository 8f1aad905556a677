//! Network load balancers, which send what is no HTTP, or nobody knows whether it is.

use super::further_tests::{Way, answered, at, edge, to};
use crate::plconfig::Protocol;
use serde_json::{Value, json};

/// A listener of a network load balancer, whose default action is its only one.
fn network(port: u16, protocol: &'static str, group: u16) -> Way<'static> {
    ("quay", port, protocol, vec![(json!([]), to(group))])
}

fn raw(protocol: &str) -> Value {
    json!({"Protocol": protocol, "HealthCheckProtocol": "TCP", "HealthCheckPath": null})
}

#[test]
fn raw_tcp_is_asked_about_by_the_listener_that_sends_it_and_has_no_route_until_then() {
    for (port, listener, group) in
        [(5432, "TCP", "TCP"), (443, "TCP", "TCP"), (8883, "TLS", "TCP"), (443, "TLS", "TLS")]
    {
        let (groups, ways) = ([(3000, raw(group))], [network(port, listener, 3000)]);
        let lifted = answered(&groups, &ways, &[]);
        assert_eq!(lifted.questions, ["tcp"], "{port}");
        let named = format!("`quay:{port}` ({listener}, from the internet)");
        assert!(lifted.texts.contains(&named) && lifted.texts.contains("no more by"), "{}", lifted.texts);
        assert_eq!(lifted.component.protocol, Some(Protocol::Tcp));
        assert!(lifted.ports().is_empty(), "{:?}", lifted.component.ingress);
        // Nothing of the entry is said to be done while nobody has answered.
        let asked = lifted.verdicts.values().filter(|said| *said == "tcp/ecs/test/it").count();
        assert!(asked > 2, "the port, the protocol and the default action: {:?}", lifted.verdicts);
        for (answer, protocol) in [("http", None), ("https", Some(Protocol::Https)), ("internal", Some(Protocol::Tcp))]
        {
            let lifted = answered(&groups, &ways, &[("tcp/ecs/test/it", answer)]);
            assert_eq!(lifted.component.protocol, protocol, "{answer}");
            assert!(lifted.questions.iter().all(|id| id != "tcp"), "{:?}", lifted.questions);
        }
    }
}

#[test]
fn a_port_of_raw_tcp_beside_one_of_http_takes_no_route_away() {
    let web = || edge(vec![(at("/*"), to(3000))]);
    for (groups, ways) in [
        ([(5432, raw("TCP")), (3000, json!({}))], [network(5432, "TCP", 5432), web()]),
        ([(3000, json!({})), (5432, raw("TLS"))], [web(), network(5432, "TLS", 5432)]),
        ([(8883, raw("TCP")), (3000, json!({}))], [web(), network(8883, "TLS", 8883)]),
    ] {
        let lifted = answered(&groups, &ways, &[]);
        assert_eq!(lifted.component.protocol, None);
        let ingress = lifted.component.ingress.as_ref();
        let hosts = ingress.map(|ingress| ingress.hosts.clone()).unwrap_or_default();
        assert!(hosts.contains(&"desk.example.com".to_owned()) || !lifted.ports().is_empty(), "{ingress:?}");
        let asked = lifted.questions.iter().filter(|id| id.starts_with("further-protocol/"));
        assert_eq!(asked.count(), 1, "{:?}", lifted.questions);
    }
}
