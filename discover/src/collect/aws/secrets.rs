//! Secrets Manager and Parameter Store: names and settings. No call that gives a value is made, or could be: the reader of
//! AWS knows none.

use crate::arn::partition_of;
use crate::collect::call::{CallRow, Source, Start};
use crate::collect::found::{Found, list, recorded, text};
use crate::request::Request;
use caravan_inventory::ObservationKind as Kind;
use serde_json::Value;

const SECRETS: &str = "secretsmanager:ListSecrets";
const PARAMETERS: &str = "ssm:DescribeParameters";

/// Their calls.
pub(super) const CALLS: &[CallRow] = &[
    Source::Resources.row(SECRETS, Start::Root("{}"), &[], secrets),
    Source::Resources.row(PARAMETERS, Start::Root("{}"), &[], parameters),
];

fn secrets(request: &Request, body: &Value) -> Found {
    recorded(request, Kind::Secret, list(body, "SecretList"), |secret| text(secret, "ARN").map(str::to_owned))
}

/// Older answers name no ARN: it follows from account, region and name.
fn parameters(request: &Request, body: &Value) -> Found {
    let scope = &request.read.scope;
    let partition = partition_of(scope.region.as_str());
    recorded(request, Kind::Parameter, list(body, "Parameters"), |parameter| {
        let name = text(parameter, "Name")?.trim_start_matches('/');
        let of_name = || format!("arn:{partition}:ssm:{}:{}:parameter/{name}", scope.region, scope.account);
        Some(text(parameter, "ARN").map_or_else(of_name, str::to_owned))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{found, request};
    use serde_json::json;

    #[test]
    fn a_secret_is_recorded_under_its_arn() {
        let arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/db-aBcDeF";
        let body =
            json!({"SecretList": [{"ARN": arn, "Name": "shop/db", "RotationEnabled": true}, {"Name": "no ARN"}]});
        let got = found(&request(SECRETS, json!({})), body);
        assert_eq!((got.count, got.elements[0].kind, got.elements[0].name.as_str()), (1, Kind::Secret, arn));
    }

    #[test]
    fn a_parameter_has_an_arn_whether_or_not_the_answer_says_it() {
        let body = json!({"Parameters": [
            {"Name": "/shop/flag", "Type": "String"}, {"Name": "plain", "Type": "SecureString"},
            {"Name": "/x", "ARN": "arn:aws:ssm:eu-central-1:123456789012:parameter/x"}]});
        let got = found(&request(PARAMETERS, json!({})), body);
        let names: Vec<_> = got.elements.iter().map(|one| one.name.rsplit(':').next().unwrap()).collect();
        assert_eq!(names, ["parameter/shop/flag", "parameter/plain", "parameter/x"]);
    }
}
