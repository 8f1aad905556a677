//! Classic load balancers, each with its tags, and the policies that its listeners name.

use crate::collect::call::{CallRow, Collector, Source, Start};
use crate::collect::found::{Collected, Element, Found, list, of_members, text, with_tags};
use crate::request::Request;
use caravan_inventory::ObservationKind;
use serde_json::{Value, json};

const LOAD_BALANCERS: &str = "elb:DescribeLoadBalancers";
const POLICIES: &str = "elb:DescribeLoadBalancerPolicies";
const TAGS: &str = "elb:DescribeTags";

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[
    row(LOAD_BALANCERS, Start::Root("{}"), &[], Collector::One(load_balancers)),
    row(POLICIES, Start::Each, &[LOAD_BALANCERS], Collector::One(policies)),
    row(TAGS, Start::Batch("LoadBalancerNames", 20), &[LOAD_BALANCERS], Collector::Batch(tags)),
];

const fn row(api: &'static str, start: Start, fed_by: &'static [&'static str], collector: Collector) -> CallRow {
    CallRow { api, source: Source::LoadBalancing, global: false, start, fed_by, collector }
}

fn load_balancers(request: &Request, body: &Value) -> Found {
    let mut found = Found::default();
    for balancer in list(body, "LoadBalancerDescriptions") {
        let Some(name) = text(balancer, "LoadBalancerName") else { continue };
        let waiting = Element::new(ObservationKind::ClassicLoadBalancer, name, request, balancer).carried();
        found.count += 1;
        found.follow_up.push(request.then(TAGS, json!({})).asking_for(name).carrying(waiting));
        found.follow_up.push(request.then(POLICIES, json!({"LoadBalancerName": name})));
    }
    found
}

/// Without a policy there is nothing to record.
fn policies(request: &Request, body: &Value) -> Found {
    let policies = list(body, "PolicyDescriptions");
    let Some(name) = text(&request.read.input, "LoadBalancerName").filter(|_| !policies.is_empty()) else {
        return Found::default();
    };
    let element = Element::new(ObservationKind::ClassicPolicies, name, request, body);
    Found {
        count: policies.len() as u64,
        elements: vec![element.with("LoadBalancerName", Value::from(name))],
        follow_up: Vec::new(),
    }
}

fn tags(batch: &[Request], body: &Value) -> Vec<Collected> {
    of_members(batch, list(body, "TagDescriptions"), "LoadBalancerName", with_tags)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{apis, found, request};
    use crate::collect::{collect, without_answer};

    #[test]
    fn a_classic_load_balancer_waits_for_its_tags() {
        let body = json!({"LoadBalancerDescriptions": [{"LoadBalancerName": "front", "DNSName": "front-1.eu-central-1.elb.amazonaws.com"}]});
        let listed = found(&request(LOAD_BALANCERS, json!({})), body);
        assert_eq!(apis(&listed), [TAGS, POLICIES]);
        assert_eq!(without_answer(&listed.follow_up[0]).unwrap().name, "front");
        let answer =
            json!({"TagDescriptions": [{"LoadBalancerName": "front", "Tags": [{"Key": "team", "Value": "a"}]}]});
        let Collected::Found(tagged) = collect(&listed.follow_up[..1], &answer).remove(0) else { panic!() };
        assert_eq!(tagged.elements[0].body["Tags"], json!([{"Key": "team", "Value": "a"}]));
        let Collected::Unanswered(why) = collect(&listed.follow_up[..1], &json!({})).remove(0) else { panic!() };
        assert!(why.contains("front"));
    }

    #[test]
    fn policies_are_those_of_one_load_balancer() {
        let ask = request(POLICIES, json!({"LoadBalancerName": "front"}));
        let body = json!({"PolicyDescriptions": [{"PolicyName": "tls", "PolicyTypeName": "SSLNegotiationPolicyType"}]});
        let policies = found(&ask, body);
        assert_eq!((policies.elements[0].name.as_str(), policies.count), ("front", 1));
        assert_eq!(policies.elements[0].body["LoadBalancerName"], "front");
        assert_eq!(found(&ask, json!({"PolicyDescriptions": []})), Found::default());
    }
}
