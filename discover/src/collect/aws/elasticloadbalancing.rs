//! Load balancers with their listeners, rules and target groups. Balancers and rules are recorded with their tags; balancers,
//! listeners and target groups with their attributes; of Application Load Balancers the web ACL of AWS WAF before them.

use crate::collect::call::{CallRow, Collector, Source, Start};
use crate::collect::found::{Collected, Element, Found, completed, list, of_members, text, waiting, with_tags};
use crate::request::Request;
use caravan_inventory::ObservationKind;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const TRUST_STORES: &str = "elasticloadbalancing:DescribeTrustStores";
const LISTENER_ATTRIBUTES: &str = "elasticloadbalancing:DescribeListenerAttributes";
const BALANCER_ATTRIBUTES: &str = "elasticloadbalancing:DescribeLoadBalancerAttributes";
const WEB_ACL: &str = "wafv2:GetWebACLForResource";

/// The field of a balancer for the web ACL before it: an empty object says that there is none, null that nobody could tell.
const ACL: &str = "WebACL";

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[
    row("elasticloadbalancing:DescribeLoadBalancers", Start::Root("{}"), &[], Collector::One(load_balancers)),
    row(
        "elasticloadbalancing:DescribeListeners",
        Start::Each,
        &["elasticloadbalancing:DescribeLoadBalancers"],
        Collector::One(listeners),
    ),
    row(LISTENER_ATTRIBUTES, Start::Each, &["elasticloadbalancing:DescribeListeners"], Collector::One(attributes)),
    row(
        "elasticloadbalancing:DescribeRules",
        Start::Each,
        &["elasticloadbalancing:DescribeListeners"],
        Collector::One(rules),
    ),
    row(
        "elasticloadbalancing:DescribeListenerCertificates",
        Start::Whole("Certificates"),
        &["elasticloadbalancing:DescribeListeners"],
        Collector::One(certificates),
    ),
    row(
        "elasticloadbalancing:DescribeSSLPolicies",
        Start::Batch("Names", 20),
        &["elasticloadbalancing:DescribeListeners"],
        Collector::Batch(ssl_policies),
    ),
    row(
        TRUST_STORES,
        Start::Batch("TrustStoreArns", 20),
        &["elasticloadbalancing:DescribeListeners"],
        Collector::Batch(trust_stores),
    ),
    row("elasticloadbalancing:DescribeTargetGroups", Start::Root("{}"), &[], Collector::One(target_groups)),
    row(
        "elasticloadbalancing:DescribeTargetGroupAttributes",
        Start::Each,
        &["elasticloadbalancing:DescribeTargetGroups"],
        Collector::One(attributes),
    ),
    row(
        "elasticloadbalancing:DescribeTags",
        Start::Batch("ResourceArns", 20),
        &["elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeRules"],
        Collector::Batch(tags),
    ),
    row(BALANCER_ATTRIBUTES, Start::Each, &["elasticloadbalancing:DescribeTags"], Collector::One(balancer_attributes)),
    row(WEB_ACL, Start::Each, &[BALANCER_ATTRIBUTES], Collector::One(web_acl)),
];

const fn row(api: &'static str, start: Start, fed_by: &'static [&'static str], collector: Collector) -> CallRow {
    CallRow { api, source: Source::LoadBalancing, global: false, start, fed_by, collector }
}

fn load_balancers(request: &Request, body: &Value) -> Found {
    let balancers: Vec<Value> = with_room(list(body, "LoadBalancers")).into_iter().map(with_room_for_acl).collect();
    let mut found = tagged(request, &balancers, ObservationKind::LoadBalancer, "LoadBalancerArn");
    let listeners = arns(body, "LoadBalancers", "LoadBalancerArn")
        .map(|arn| request.then("elasticloadbalancing:DescribeListeners", json!({"LoadBalancerArn": arn})));
    found.follow_up.extend(listeners);
    found
}

/// With room for the attributes, which further reads bring: null says that they were asked for and not given.
fn with_room(elements: &[Value]) -> Vec<Value> {
    let mut elements = elements.to_vec();
    elements.iter_mut().filter_map(Value::as_object_mut).for_each(|one| {
        one.insert("Attributes".to_owned(), Value::Null);
    });
    elements
}

/// Only an Application Load Balancer can have one before it (AWS WAF API, AssociateWebACL). Where one of the reads that lead to
/// the answer is refused, it stays unknown.
fn with_room_for_acl(mut balancer: Value) -> Value {
    if text(&balancer, "Type") == Some("application") {
        balancer[ACL] = Value::Null;
    }
    balancer
}

fn balancer_attributes(request: &Request, body: &Value) -> Found {
    let mut found = attributes(request, body);
    let (asking, whole) =
        std::mem::take(&mut found.elements).into_iter().partition(|one: &Element| one.body.get(ACL).is_some());
    found.elements = whole;
    let asking: Vec<Element> = asking;
    found.follow_up.extend(
        asking.into_iter().map(|one| request.then(WEB_ACL, json!({"ResourceArn": one.name})).carrying(one.carried())),
    );
    found
}

/// What names a web ACL. Its rules hold values of headers and the like, of which some are secrets.
fn web_acl(request: &Request, body: &Value) -> Found {
    let acl = body.get(ACL).unwrap_or(&Value::Null);
    let named = ["Name", "Id", "ARN"].into_iter().filter_map(|field| Some((field.to_owned(), acl.get(field)?.clone())));
    completed(request, ACL, Value::Object(named.collect()))
}

fn listeners(request: &Request, body: &Value) -> Found {
    let named = (ObservationKind::Listener, "ListenerArn");
    let listed = with_room(list(body, "Listeners"));
    let mut found = waiting(request, &listed, named, (LISTENER_ATTRIBUTES, "ListenerArn"));
    found.follow_up.extend(
        arns(body, "Listeners", "ListenerArn")
            .map(|arn| request.then("elasticloadbalancing:DescribeRules", json!({"ListenerArn": arn}))),
    );
    let (mut policies, mut stores) = (BTreeSet::new(), BTreeSet::new());
    for listener in list(body, "Listeners") {
        // Other protocols have no certificates, and are refused when they are asked for them.
        let shows_some = matches!(text(listener, "Protocol"), Some("HTTPS" | "TLS"));
        if let Some(arn) = text(listener, "ListenerArn").filter(|_| shows_some) {
            let input = json!({"ListenerArn": arn});
            found.follow_up.push(request.then("elasticloadbalancing:DescribeListenerCertificates", input));
        }
        policies.extend(text(listener, "SslPolicy"));
        stores.extend(listener.get("MutualAuthentication").and_then(|mutual| text(mutual, "TrustStoreArn")));
    }
    found.follow_up.extend(stores.into_iter().map(|arn| request.then(TRUST_STORES, json!({})).asking_for(arn)));
    found.follow_up.extend(
        policies
            .into_iter()
            .map(|name| request.then("elasticloadbalancing:DescribeSSLPolicies", json!({})).asking_for(name)),
    );
    found
}

/// Every certificate of a listener, the default one among them.
fn certificates(request: &Request, body: &Value) -> Found {
    let Some(listener) = text(&request.read.input, "ListenerArn") else { return Found::default() };
    let element = Element::new(ObservationKind::ListenerCertificates, listener, request, body);
    Found {
        count: list(body, "Certificates").len() as u64,
        elements: vec![element.with("ListenerArn", Value::from(listener))],
        follow_up: Vec::new(),
    }
}

fn ssl_policies(batch: &[Request], body: &Value) -> Vec<Collected> {
    named(batch, list(body, "SslPolicies"), ObservationKind::SslPolicy, "Name")
}

fn trust_stores(batch: &[Request], body: &Value) -> Vec<Collected> {
    named(batch, list(body, "TrustStores"), ObservationKind::TrustStore, "TrustStoreArn")
}

/// What was asked for by name, each of a list under that name.
fn named(batch: &[Request], answered: &[Value], kind: ObservationKind, name: &str) -> Vec<Collected> {
    of_members(batch, answered, name, |request, asked, one| Some(Element::new(kind, asked, request, one)))
}

fn rules(request: &Request, body: &Value) -> Found {
    tagged(request, list(body, "Rules"), ObservationKind::ListenerRule, "RuleArn")
}

fn target_groups(request: &Request, body: &Value) -> Found {
    let named = (ObservationKind::TargetGroup, "TargetGroupArn");
    let call = ("elasticloadbalancing:DescribeTargetGroupAttributes", "TargetGroupArn");
    waiting(request, &with_room(list(body, "TargetGroups")), named, call)
}

fn attributes(request: &Request, body: &Value) -> Found {
    completed(request, "Attributes", Value::from(list(body, "Attributes")))
}

fn tags(batch: &[Request], body: &Value) -> Vec<Collected> {
    let tagged = of_members(batch, list(body, "TagDescriptions"), "ResourceArn", with_tags);
    batch.iter().zip(tagged).map(|(request, tagged)| with_attributes(request, tagged)).collect()
}

/// A balancer waits for its attributes as well. They come after its tags, which say whose it is: where they are refused, it
/// is recorded with its tags.
fn with_attributes(request: &Request, tagged: Collected) -> Collected {
    let Collected::Found(mut found) = tagged else { return tagged };
    for element in std::mem::take(&mut found.elements) {
        if element.kind == ObservationKind::LoadBalancer {
            let ask = request.then(BALANCER_ATTRIBUTES, json!({"LoadBalancerArn": element.name}));
            found.follow_up.push(ask.carrying(element.carried()));
        } else {
            found.elements.push(element);
        }
    }
    Collected::Found(found)
}

/// Elements that wait for their tags.
fn tagged(request: &Request, elements: &[Value], kind: ObservationKind, name: &str) -> Found {
    let mut found = Found::default();
    for element in elements {
        let Some(arn) = text(element, name) else { continue };
        let waiting = Element::new(kind, arn, request, element).carried();
        let ask = request.then("elasticloadbalancing:DescribeTags", json!({})).asking_for(arn);
        found.count += 1;
        found.follow_up.push(ask.carrying(waiting));
    }
    found
}

fn arns<'a>(body: &'a Value, field: &str, name: &'a str) -> impl Iterator<Item = &'a str> {
    list(body, field).iter().filter_map(move |element| text(element, name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{apis, found, request};
    use crate::collect::{collect, without_answer};

    #[test]
    fn a_load_balancer_waits_for_its_tags_and_leads_to_its_listeners() {
        let ask = request("elasticloadbalancing:DescribeLoadBalancers", json!({}));
        let found = found(&ask, json!({"LoadBalancers": [{"LoadBalancerArn": "arn:lb", "DNSName": "x"}]}));
        assert_eq!(apis(&found), ["elasticloadbalancing:DescribeTags", "elasticloadbalancing:DescribeListeners"]);
        let tags = &found.follow_up[0];
        let body = json!({"TagDescriptions": [{"ResourceArn": "arn:lb", "Tags": [{"Key": "team", "Value": "a"}]}]});
        let Collected::Found(tagged) = collect(std::slice::from_ref(tags), &body).remove(0) else { panic!() };
        assert_eq!((tagged.elements.len(), apis(&tagged)), (0, vec![BALANCER_ATTRIBUTES]));
        let attributes = json!([{"Key": "idle_timeout.timeout_seconds", "Value": "90"}]);
        let whole = crate::collect::testing::found(&tagged.follow_up[0], json!({"Attributes": attributes}));
        let team = json!([{"Key": "team", "Value": "a"}]);
        let mut wanted = json!({"LoadBalancerArn": "arn:lb", "DNSName": "x", "Tags": team, "Attributes": null});
        assert_eq!(without_answer(&tagged.follow_up[0]).unwrap().body, wanted);
        wanted["Attributes"] = attributes;
        assert_eq!(whole.elements[0].body, wanted);
        assert_eq!(whole.elements[0].api, "elasticloadbalancing:DescribeLoadBalancers");
        assert_eq!(without_answer(tags).unwrap().name, "arn:lb");
    }

    /// D1: the rules of a web ACL compare headers with values, and some of these are secrets.
    #[test]
    fn an_application_load_balancer_waits_for_the_name_of_its_web_acl() {
        let ask = request("elasticloadbalancing:DescribeLoadBalancers", json!({}));
        let listed = found(&ask, json!({"LoadBalancers": [{"LoadBalancerArn": "arn:lb", "Type": "application"}]}));
        let tags = json!({"TagDescriptions": [{"ResourceArn": "arn:lb", "Tags": []}]});
        let Collected::Found(tagged) = collect(&listed.follow_up[..1], &tags).remove(0) else { panic!() };
        let whole = found(&tagged.follow_up[0], json!({"Attributes": []}));
        assert_eq!((whole.elements.len(), apis(&whole)), (0, vec![WEB_ACL]));
        assert_eq!(whole.follow_up[0].read.input, json!({"ResourceArn": "arn:lb"}));
        for (answer, acl) in [
            (
                json!({"WebACL": {"Name": "edge", "ARN": "arn:acl", "Rules": [{"SearchString": "aGlkZGVu"}]}}),
                json!({"Name": "edge", "ARN": "arn:acl"}),
            ),
            (json!({}), json!({})),
        ] {
            let told = found(&whole.follow_up[0], answer);
            assert_eq!(told.elements[0].body["WebACL"], acl);
            assert_eq!(told.elements[0].api, "elasticloadbalancing:DescribeLoadBalancers");
        }
        // Whichever of the reads is refused, it is not known.
        for unread in [&listed.follow_up[0], &tagged.follow_up[0], &whole.follow_up[0]] {
            assert_eq!(without_answer(unread).unwrap().body.get("WebACL"), Some(&Value::Null));
        }
    }

    #[test]
    fn a_target_group_waits_for_its_attributes() {
        let ask = request("elasticloadbalancing:DescribeTargetGroups", json!({}));
        let groups = found(&ask, json!({"TargetGroups": [{"TargetGroupArn": "arn:tg", "Port": 80}]}));
        assert!(groups.elements.is_empty());
        let attributes = json!([{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}]);
        let found = found(&groups.follow_up[0], json!({"Attributes": attributes}));
        assert_eq!(found.elements[0].body, json!({"TargetGroupArn": "arn:tg", "Port": 80, "Attributes": attributes}));
    }

    #[test]
    fn listeners_are_recorded_and_lead_to_their_rules() {
        let ask = request("elasticloadbalancing:DescribeListeners", json!({"LoadBalancerArn": "arn:lb"}));
        let listed = found(&ask, json!({"Listeners": [{"ListenerArn": "arn:l"}]}));
        assert_eq!(apis(&listed), [LISTENER_ATTRIBUTES, "elasticloadbalancing:DescribeRules"]);
        assert!(listed.follow_up.iter().all(|ask| ask.read.input == json!({"ListenerArn": "arn:l"})));
        let attributes = json!([{"Key": "routing.http.response.x_frame_options.header_value", "Value": "DENY"}]);
        let whole = found(&listed.follow_up[0], json!({"Attributes": attributes}));
        assert_eq!(whole.elements[0].body, json!({"ListenerArn": "arn:l", "Attributes": attributes}));
        assert_eq!(whole.elements[0].api, "elasticloadbalancing:DescribeListeners");
        // One that may not be asked is recorded all the same, and says so.
        let refused = without_answer(&listed.follow_up[0]).unwrap().body;
        assert_eq!(refused, json!({"ListenerArn": "arn:l", "Attributes": null}));
    }

    #[test]
    fn listeners_that_show_certificates_lead_to_all_of_them_and_to_their_policy() {
        let ask = request("elasticloadbalancing:DescribeListeners", json!({"LoadBalancerArn": "arn:lb"}));
        let listener = |arn: &str, protocol: &str| json!({"ListenerArn": arn, "Protocol": protocol, "SslPolicy": "ELBSecurityPolicy-2016-08"});
        let body = json!({"Listeners": [{"ListenerArn": "arn:a", "Protocol": "HTTP"}, listener("arn:b", "HTTPS"), listener("arn:c", "TLS")]});
        let listed = found(&ask, body);
        let (rules, certificates, policies) = (
            "elasticloadbalancing:DescribeRules",
            "elasticloadbalancing:DescribeListenerCertificates",
            "elasticloadbalancing:DescribeSSLPolicies",
        );
        let asked =
            [LISTENER_ATTRIBUTES; 3].into_iter().chain([rules, rules, rules, certificates, certificates, policies]);
        assert_eq!(apis(&listed), asked.collect::<Vec<_>>());
        let shown = json!({"Certificates": [{"CertificateArn": "arn:x", "IsDefault": true}, {"CertificateArn": "arn:y", "IsDefault": false}]});
        let all = found(&listed.follow_up[6], shown.clone());
        assert_eq!((all.count, all.elements[0].name.as_str()), (2, "arn:b"));
        assert_eq!(all.elements[0].body["Certificates"], shown["Certificates"]);
        assert_eq!(all.elements[0].body["ListenerArn"], "arn:b");
        let policy = json!({"SslPolicies": [{"Name": "ELBSecurityPolicy-2016-08", "SslProtocols": ["TLSv1.2"]}]});
        let Collected::Found(named) = collect(&listed.follow_up[8..], &policy).remove(0) else { panic!() };
        assert_eq!(named.elements[0].name, "ELBSecurityPolicy-2016-08");
        assert!(matches!(&collect(&listed.follow_up[8..], &json!({})).remove(0), Collected::Unanswered(_)));
        let mutual = json!({"Mode": "verify", "TrustStoreArn": "arn:store"});
        let body =
            json!({"Listeners": [{"ListenerArn": "arn:d", "Protocol": "HTTPS", "MutualAuthentication": mutual}]});
        let verified = listeners(&ask, &body);
        let ask = verified.follow_up.iter().find(|one| one.read.api == TRUST_STORES).unwrap();
        assert_eq!(ask.member.as_deref(), Some("arn:store"));
        let store = json!({"TrustStores": [{"TrustStoreArn": "arn:store", "NumberOfCaCertificates": 2}]});
        let Collected::Found(named) = collect(std::slice::from_ref(ask), &store).remove(0) else { panic!() };
        assert_eq!(
            (named.elements[0].kind, named.elements[0].name.as_str()),
            (ObservationKind::TrustStore, "arn:store")
        );
    }

    #[test]
    fn tags_that_do_not_come_are_said() {
        let ask = request("elasticloadbalancing:DescribeTags", json!({})).asking_for("arn:r");
        assert!(
            matches!(&collect(&[ask], &json!({"TagDescriptions": []}))[0], Collected::Unanswered(why) if why.contains("arn:r"))
        );
    }
}
