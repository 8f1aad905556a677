//! ACM: certificates with their names, what uses them, and tags. Never a key.

use crate::collect::call::{CallRow, Source, Start};
use crate::collect::found::{Element, Found, completed, list, text, waiting};
use crate::request::Request;
use caravan_inventory::ObservationKind as Kind;
use serde_json::{Value, json};

const CERTIFICATES: &str = "acm:ListCertificates";
const CERTIFICATE: &str = "acm:DescribeCertificate";
const TAGS: &str = "acm:ListTagsForCertificate";

/// Without the kinds of keys the list leaves out what is not RSA with 2048 bits (ACM API reference, ListCertificates).
const EVERY_KEY: &str = r#"{"Includes": {"keyTypes": ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"]}}"#;

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[
    Source::Resources.row(CERTIFICATES, Start::Root(EVERY_KEY), &[], certificates),
    Source::Resources.row(CERTIFICATE, Start::Each, &[CERTIFICATES], certificate),
    Source::Resources.row(TAGS, Start::Each, &[CERTIFICATE], tags),
];

fn certificates(request: &Request, body: &Value) -> Found {
    let named = (Kind::Certificate, "CertificateArn");
    waiting(request, list(body, "CertificateSummaryList"), named, (CERTIFICATE, "CertificateArn"))
}

fn certificate(request: &Request, body: &Value) -> Found {
    let Some(certificate) = body.get("Certificate") else { return Found::default() };
    let Some(arn) = text(certificate, "CertificateArn") else { return Found::default() };
    let element = Element::new(Kind::Certificate, arn, request, certificate);
    let tags = request.then(TAGS, json!({"CertificateArn": arn})).carrying(element.carried());
    Found { count: 1, elements: Vec::new(), follow_up: vec![tags] }
}

fn tags(request: &Request, body: &Value) -> Found {
    completed(request, "Tags", Value::from(list(body, "Tags")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{found, request};
    use crate::collect::without_answer;

    const ARN: &str = "arn:aws:acm:eu-central-1:123456789012:certificate/1";

    #[test]
    fn a_certificate_is_recorded_with_what_uses_it_and_its_tags_or_as_far_as_it_is_known() {
        let ask: Value = serde_json::from_str(EVERY_KEY).unwrap();
        let listed = found(&request(CERTIFICATES, ask), json!({"CertificateSummaryList": [{"CertificateArn": ARN}]}));
        assert_eq!(without_answer(&listed.follow_up[0]).unwrap().name, ARN);
        let described = json!({"Certificate": {"CertificateArn": ARN, "InUseBy": ["arn:lb"]}});
        let read = found(&listed.follow_up[0], described);
        assert_eq!(without_answer(&read.follow_up[0]).unwrap().body["InUseBy"][0], "arn:lb");
        let whole = found(&read.follow_up[0], json!({"Tags": [{"Key": "team", "Value": "shop"}]}));
        assert_eq!(
            (whole.elements[0].kind, &whole.elements[0].body["Tags"][0]["Key"]),
            (Kind::Certificate, &json!("team"))
        );
    }

    #[test]
    fn an_answer_without_what_it_promises_names_nothing() {
        for (call, body) in
            [(CERTIFICATES, json!({})), (CERTIFICATE, json!({})), (CERTIFICATE, json!({"Certificate": {}}))]
        {
            assert_eq!(found(&request(call, json!({})), body), Found::default(), "{call}");
        }
    }
}
