//! What listeners ask of their callers and the gateway does not: certificates, logins, tokens. Each is said as it is, and closed.

use super::contested_tests::{Front, answer, at, fronts, host, ids, lifted, ours, under};
use crate::fixture::Fixture;
use caravan_inventory::ObservationKind;
use serde_json::{Value, json};

const DESK: &str = "desk.ferry.example";

fn asking(mutual: &Value) -> Fixture {
    let fixture = fronts(&[Front("alder", 443, vec![(host(DESK), ours())], answer(404))], &[]);
    fixture.changed(ObservationKind::Listener, |body| body["MutualAuthentication"] = mutual.clone())
}

#[test]
fn a_listener_that_asks_for_certificates_is_a_question_and_no_refusal() {
    for (mutual, said) in [
        (json!({"Mode": "verify", "TrustStoreArn": "arn:store"}), "that its trust store knows"),
        (
            json!({"Mode": "verify", "TrustStoreArn": "arn:store", "IgnoreClientCertificateExpiry": true}),
            "that its trust store knows",
        ),
        (json!({"Mode": "passthrough"}), "`X-Amzn-Mtls-Clientcert`, as they are"),
    ] {
        let (ingress, questions) = lifted(&asking(&mutual));
        assert_eq!(ids(&questions), ["client-certificates/alder:443"], "{mutual}");
        assert!(questions[0].1.contains(said), "{}", questions[0].1);
        assert!(at(&ingress, DESK).iter().all(|route| route.1.is_some()), "{ingress:?}");
        let id = "client-certificates/ecs/test/it/alder:443";
        for (given, open) in [("open", true), ("closed", false)] {
            let (ingress, questions) = lifted(&asking(&mutual).answered(&[(id, given)]));
            assert!(questions.is_empty(), "{questions:?}");
            assert_eq!(at(&ingress, DESK).iter().any(|route| route.1.is_none()), open, "{mutual} {given}");
        }
    }
    for mutual in [json!({"Mode": "off"}), json!({})] {
        let (ingress, questions) = lifted(&asking(&mutual));
        assert!(questions.is_empty() && at(&ingress, DESK)[0].1.is_none(), "{mutual}");
    }
}

#[test]
fn what_a_rule_asks_of_callers_is_said_as_it_is() {
    let oidc = |more: Value| {
        let mut config = json!({"Issuer": "https://idp.example", "ClientId": "a"});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"Type": "authenticate-oidc", "Order": 1, "AuthenticateOidcConfig": config})
    };
    let cognito =
        json!({"Type": "authenticate-cognito", "AuthenticateCognitoConfig": {"OnUnauthenticatedRequest": "allow"}});
    let token = json!({"Type": "jwt-validation", "JwtValidationConfig": {"Issuer": "https://idp.example"}});
    for (action, said, not) in [
        (oidc(json!({})), "lets only people in who have logged in", "token"),
        (oidc(json!({"OnUnauthenticatedRequest": "deny"})), "lets only people in who have logged in", "everybody"),
        (oidc(json!({"OnUnauthenticatedRequest": "allow"})), "lets everybody in, and tells the app", "only people"),
        (cognito, "lets everybody in, and tells the app", "only people"),
        (token, "with a token (JWT)", "Oidc"),
    ] {
        let rules = vec![(under(DESK, "/staff/*"), action.clone()), (host(DESK), ours())];
        let fixture = || {
            fronts(&[Front("alder", 443, rules.clone(), answer(404))], &[]).changed(
                ObservationKind::ListenerRule,
                |body| {
                    if body["Priority"] == "1" {
                        body["Actions"] = json!([action, ours()]);
                    }
                },
            )
        };
        let (ingress, questions) = lifted(&fixture());
        assert_eq!(ids(&questions), ["auth/alder:443/1"], "{action}");
        assert!(questions[0].1.contains(said) && !questions[0].1.contains(not), "{}", questions[0].1);
        assert_eq!(at(&ingress, DESK)[0].1, Some(404), "{ingress:?}");
        let (ingress, _) = lifted(&fixture().answered(&[("auth/ecs/test/it/alder:443/1", "open")]));
        assert!(at(&ingress, DESK).iter().all(|route| route.1.is_none()), "{ingress:?}");
    }
}
