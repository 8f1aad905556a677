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
