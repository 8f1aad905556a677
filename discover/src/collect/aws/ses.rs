//! SES: the addresses and domains that mail is sent from.

use crate::arn::partition_of;
use crate::collect::call::{CallRow, Source, Start};
use crate::collect::found::{Element, Found, list};
use crate::request::Request;
use caravan_inventory::ObservationKind as Kind;
use serde_json::{Value, json};

const IDENTITIES: &str = "ses:ListIdentities";

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[Source::Resources.row(IDENTITIES, Start::Root("{}"), &[], identities)];

/// The answer names no ARNs: they follow from account, region and name.
fn identities(request: &Request, body: &Value) -> Found {
    let scope = &request.read.scope;
    let partition = partition_of(scope.region.as_str());
    let named = |name: &str| {
        let arn = format!("arn:{partition}:ses:{}:{}:identity/{name}", scope.region, scope.account);
        Element::new(Kind::EmailIdentity, &arn, request, &json!({"IdentityName": name}))
    };
    let elements: Vec<Element> = list(body, "Identities").iter().filter_map(Value::as_str).map(named).collect();
    Found { count: elements.len() as u64, elements, follow_up: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{found, request};

    #[test]
    fn an_identity_is_recorded_under_its_arn() {
        let body = json!({"Identities": ["parcels.example", "a@b.example", 7]});
        let got = found(&request(IDENTITIES, json!({})), body);
        let names: Vec<_> = got.elements.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "arn:aws:ses:eu-central-1:123456789012:identity/parcels.example",
                "arn:aws:ses:eu-central-1:123456789012:identity/a@b.example"
            ]
        );
        assert_eq!(found(&request(IDENTITIES, json!({})), json!({})), Found::default());
    }
}
