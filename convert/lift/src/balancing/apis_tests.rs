//! API Gateway in front of an internal load balancer: nothing of it is public on the gateway, and it is asked what becomes of its names.

use super::contested_tests::{Front, answer, fronts, host, ids, lifted, mapped, ours};
use crate::fixture::{Fixture, verdicts};
use caravan_inventory::ObservationKind as Kind;
use serde_json::{Value, json};

const DESK: &str = "desk.ferry.example";
const ID: &str = "api-gateway///a1";

fn inner() -> Fixture {
    let inner = fronts(&[Front("inner", 443, vec![(host(DESK), ours())], answer(404))], &[]);
    inner.changed(Kind::LoadBalancer, |body| body["Scheme"] = json!("internal"))
}

fn http(disabled: bool, domain: Option<&str>) -> Vec<(Kind, Value)> {
    let own = json!({"apiId": "a1", "name": "bookings", "apiEndpoint": "https://a1.execute-api.eu-west-1.amazonaws.com",
        "disableExecuteApiEndpoint": disabled, "protocolType": "HTTP"});
    let integration = json!({"apiId": "a1", "integrationId": "i1", "integrationType": "HTTP_PROXY", "connectionType": "VPC_LINK",
        "connectionId": "l1", "integrationUri": "inner:443"});
    let route = json!({"apiId": "a1", "routeId": "r1", "routeKey": "ANY /{proxy+}", "target": "integrations/i1"});
    let mapping =
        domain.map(|domain| (Kind::ApiMapping, json!({"apiId": "a1", "domainName": domain, "stage": "$default"})));
    [(Kind::HttpApi, own), (Kind::HttpIntegration, integration), (Kind::HttpRoute, route)]
        .into_iter()
        .chain(mapping)
        .collect()
}

fn rest(uri: Option<&str>) -> Vec<(Kind, Value)> {
    let integration = json!({"type": "HTTP_PROXY", "connectionType": "VPC_LINK", "connectionId": "l1", "uri": uri});
    vec![
        (Kind::RestApi, json!({"id": "a1", "name": "bookings"})),
        (
            Kind::RestResource,
            json!({"restApiId": "a1", "id": "r", "path": "/{proxy+}", "resourceMethods": {"ANY": {"methodIntegration": integration}}}),
        ),
        (Kind::RestVpcLink, json!({"id": "l1", "targetArns": ["inner"]})),
        (
            Kind::BasePathMapping,
            json!({"restApiId": "a1", "domainName": "api.ferry.example", "stage": "live", "basePath": "(none)"}),
        ),
    ]
}

#[test]
fn what_an_api_sends_in_by_a_link_is_asked_about_with_its_names_and_stays_inside() {
    for (documents, named) in [
        (http(false, None), "`a1.execute-api.eu-west-1.amazonaws.com`"),
        (http(true, Some("api.ferry.example")), "`api.ferry.example`"),
        (http(true, None), "the name that AWS made for it"),
        (rest(Some("https://inner.example/")), "`api.ferry.example`"),
        // A template leaves open where it goes.
        (rest(None), "`api.ferry.example`"),
    ] {
        let fixture = || inner().with(&documents);
        let (ingress, questions) = lifted(&fixture());
        assert_eq!(ids(&questions), [ID], "{named}");
        assert!(questions[0].1.contains(named) && questions[0].1.contains("`bookings`"), "{}", questions[0].1);
        assert_eq!(ingress.internal, Some(true));
        for given in ["stays", "given-up"] {
            let (ingress, questions) = lifted(&fixture().answered(&[(ID, given)]));
            assert!(questions.is_empty() && ingress.internal == Some(true), "{questions:?} {ingress:?}");
        }
        mapped(&fixture(), |_, mut tracker| {
            let verdicts = verdicts(&mut tracker);
            assert!(verdicts.values().any(|verdict| verdict == ID), "{verdicts:?}");
            assert!(verdicts.values().any(|verdict| verdict == "api-gateway"), "{verdicts:?}");
        });
    }
}

#[test]
fn an_api_that_sends_nothing_in_is_no_question() {
    let documents: Vec<(Kind, Value)> =
        http(false, None).into_iter().filter(|(kind, _)| *kind != Kind::HttpIntegration).collect();
    let (_, questions) = lifted(&inner().with(&documents));
    assert!(questions.is_empty(), "{questions:?}");
}

/// Where a template or a refused list leaves open whom an API's link leads to, it may be this one: its name is not lost without a word.
#[test]
fn an_api_that_may_send_to_it_is_asked_about_as_such() {
    let mut open = http(false, Some("api.ferry.example"));
    open[1].1["integrationUri"] = Value::Null;
    let unread: Vec<(Kind, Value)> = rest(None).into_iter().filter(|(kind, _)| *kind != Kind::RestVpcLink).collect();
    for (documents, is_told) in [(open, false), (unread, false), (http(false, None), true), (rest(None), true)] {
        let (ingress, questions) = lifted(&inner().with(&documents));
        assert_eq!((ids(&questions), ingress.internal), (vec![ID], Some(true)));
        assert_eq!(questions[0].1.contains("this may be one of them"), !is_told, "{}", questions[0].1);
    }
}

/// What the world calls by a distribution with an origin inside the network is internal here, and its names are not lost without a word.
#[test]
fn a_distribution_that_asks_an_internal_balancer_is_asked_about_with_its_names() {
    const ID: &str = "distribution///E1";
    let distribution = |aliases: &[&str]| {
        let origin =
            json!({"Id": "app", "DomainName": "inner.elb.example.net", "VpcOriginConfig": {"VpcOriginId": "vo_1"}});
        let body = json!({"Id": "E1", "ARN": "arn:aws:cloudfront::111122223333:distribution/E1", "DomainName": "d1.cloudfront.net",
            "Aliases": {"Quantity": aliases.len(), "Items": aliases}, "Origins": {"Quantity": 1, "Items": [origin]}});
        (Kind::Distribution, body)
    };
    for aliases in [&["www.ferry.example", "ferry.example"][..], &[]] {
        let fixture = || inner().with(&[distribution(aliases)]);
        let (ingress, questions) = lifted(&fixture());
        assert_eq!((ids(&questions), ingress.internal), (vec![ID], Some(true)));
        for name in aliases.iter().chain(&["d1.cloudfront.net"]) {
            assert!(questions[0].1.contains(&format!("`{name}`")), "{}", questions[0].1);
        }
        for given in ["stays", "given-up"] {
            let (ingress, questions) = lifted(&fixture().answered(&[(ID, given)]));
            assert!(questions.is_empty() && ingress.internal == Some(true), "{questions:?} {ingress:?}");
        }
        mapped(&fixture(), |_, mut tracker| {
            let verdicts = verdicts(&mut tracker);
            assert_eq!(verdicts["/Origins/Items/0/VpcOriginConfig/VpcOriginId"], ID);
            assert_eq!(verdicts["/Origins/Items/0/DomainName"], "distribution");
        });
    }
}
