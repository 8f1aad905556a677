//! What is counted from pages as Envoys write them.

use super::{CounterOf, of_gateway, of_sides};
use caravan_providers::target::HttpRouteTarget;
use caravan_providers::{RouteSides, Side};
use std::collections::BTreeMap;
use std::net::SocketAddr;

fn route() -> HttpRouteTarget {
    HttpRouteTarget { cluster: "prod".to_owned(), namespace: "shop".to_owned(), name: "track".to_owned() }
}

fn sides() -> RouteSides {
    RouteSides {
        endpoints: BTreeMap::from([("10.0.0.1:80".to_owned(), Side::Old), ("10.0.0.2:80".to_owned(), Side::New)]),
        backends: vec![vec![Some(Side::Old), Some(Side::New)]],
    }
}

fn pages(texts: &[&str]) -> Vec<(SocketAddr, String)> {
    let address = |at: usize| format!("192.0.2.{}:19001", at + 1).parse().unwrap();
    texts.iter().enumerate().map(|(at, text)| (address(at), (*text).to_owned())).collect()
}

fn sum(series: &BTreeMap<String, u64>) -> u64 {
    series.values().sum()
}

const RULE: &str = "httproute/shop/track/rule/0";

fn by_endpoint(old: u64, new: u64, lost: u64) -> String {
    let answered = old + new - lost;
    format!(
        "envoy_server_uptime{{}} 61\n\
         envoy_cluster_endpoint_rq_total{{envoy_cluster_name=\"{RULE}\",envoy_endpoint_address=\"10.0.0.1:80\"}} {old}\n\
         envoy_cluster_endpoint_rq_total{{envoy_endpoint_address=\"10.0.0.2:80\",envoy_cluster_name=\"{RULE}\"}} {new}\n\
         envoy_cluster_upstream_rq_total{{envoy_cluster_name=\"{RULE}\"}} {}\n\
         envoy_cluster_upstream_rq_xx{{envoy_response_code_class=\"2\",envoy_cluster_name=\"{RULE}\"}} {answered}\n\
         envoy_cluster_upstream_rq_xx{{envoy_response_code_class=\"5\",envoy_cluster_name=\"{RULE}\"}} {lost}\n\
         envoy_cluster_upstream_rq_xx{{envoy_response_code_class=\"5\",envoy_cluster_name=\"httproute/shop/tracker/rule/0\"}} 999\n",
        old + new
    )
}

#[test]
fn requests_are_counted_by_endpoint_over_every_replica_and_another_route_s_are_not() {
    let counted =
        of_gateway("http://m", &pages(&[&by_endpoint(90, 10, 3), &by_endpoint(45, 5, 1)]), &route(), &sides(), 15_000);
    let counted = counted.unwrap();
    assert_eq!((sum(&counted.old), sum(&counted.new)), (135, 15));
    assert_eq!((sum(&counted.answered), sum(&counted.lost)), (150, 4));
    assert_eq!(counted.sides_unknown, None);
    assert_eq!(counted.running_ms.values().copied().collect::<Vec<_>>(), [61_000, 61_000]);
}

#[test]
fn requests_are_counted_by_backend_where_each_has_a_cluster() {
    let page = format!(
        "envoy_cluster_upstream_rq_total{{envoy_cluster_name=\"{RULE}/backend/0\"}} 30\n\
         envoy_cluster_upstream_rq_total{{envoy_cluster_name=\"{RULE}/backend/1\"}} 10\n\
         envoy_cluster_upstream_rq_xx{{envoy_response_code_class=\"5\",envoy_cluster_name=\"{RULE}/backend/1\"}} 2\n"
    );
    let counted = of_gateway("http://m", &pages(&[&page]), &route(), &sides(), 15_000).unwrap();
    assert_eq!((sum(&counted.old), sum(&counted.new), sum(&counted.lost)), (30, 10, 2));
    assert_eq!(counted.sides_unknown, None);
}

#[test]
fn what_can_t_be_told_apart_is_said_and_what_is_lost_is_counted_all_the_same() {
    let whole =
        by_endpoint(90, 10, 3).lines().filter(|line| !line.contains("endpoint_rq")).collect::<Vec<_>>().join("\n");
    let said = of_gateway("http://m", &pages(&[&whole]), &route(), &sides(), 15_000).unwrap();
    assert!(said.sides_unknown.unwrap().contains("enablePerEndpointStats"));
    assert_eq!(sum(&said.lost), 3);
    let stranger = by_endpoint(90, 10, 3).replace("10.0.0.2", "10.0.0.3");
    let said = of_gateway("http://m", &pages(&[&stranger]), &route(), &sides(), 15_000).unwrap();
    assert!(said.sides_unknown.unwrap().contains("10.0.0.3:80"));
}

#[test]
fn pages_that_know_nothing_of_the_route_count_nothing() {
    for page in
        ["", "<html>", "envoy_cluster_upstream_rq_total{envoy_cluster_name=\"httproute/shop/tracker/rule/0\"} 4"]
    {
        let why = of_gateway("http://m", &pages(&[page]), &route(), &sides(), 15_000).unwrap_err();
        assert!(why.contains("know no rule of route shop/track"), "{why}");
    }
}

#[test]
fn a_side_s_own_counter_is_added_up_over_its_labels_and_replicas() {
    let page = |ok: u64, failed: u64| {
        format!(
            "process_start_time_seconds 1000.5\nhttp_requests_total{{code=\"200\"}} {ok}\n\
             http_requests_total{{code=\"503\"}} {failed}\nhttp_requests_total_created 1e9\n"
        )
    };
    let counter = |url: &str| CounterOf { url: url.to_owned(), counter: "http_requests_total".to_owned() };
    let (old, new) = (counter("http://old/metrics"), counter("http://new/metrics"));
    let (old_pages, new_pages) = (pages(&[&page(70, 5), &page(20, 0)]), pages(&[&page(4, 1)]));
    let counted = of_sides((&old, &old_pages), (&new, &new_pages), 1_060_500).unwrap();
    assert_eq!((sum(&counted.old), sum(&counted.new)), (95, 5));
    assert_eq!((counted.answered.len(), counted.lost.len()), (0, 0), "a side does not say what was lost");
    assert!(counted.running_ms.values().all(|running| *running == 60_000), "{:?}", counted.running_ms);
    let wrong = CounterOf { counter: "requests".to_owned(), ..new.clone() };
    let why = of_sides((&old, &old_pages), (&wrong, &new_pages), 0).unwrap_err();
    assert!(why.contains("http://new/metrics") && why.contains("`requests`"), "{why}");
}
