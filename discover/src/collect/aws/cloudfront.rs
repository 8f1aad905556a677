//! CloudFront: distributions with their origins, behaviours and tags.

use crate::collect::call::{CallRow, Source, Start};
use crate::collect::found::{Found, completed, list, waiting};
use crate::request::Request;
use caravan_inventory::ObservationKind as Kind;
use serde_json::Value;

const DISTRIBUTIONS: &str = "cloudfront:ListDistributions";
const TAGS: &str = "cloudfront:ListTagsForResource";

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[
    Source::Resources.row(DISTRIBUTIONS, Start::Root("{}"), &[], distributions).once_for_each_account(),
    Source::Resources.row(TAGS, Start::Each, &[DISTRIBUTIONS], tags).once_for_each_account(),
];

fn distributions(request: &Request, body: &Value) -> Found {
    waiting(request, list(body, "Items"), (Kind::Distribution, "ARN"), (TAGS, "Resource"))
}

fn tags(request: &Request, body: &Value) -> Found {
    completed(request, "Tags", Value::from(list(body, "Items")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{found, request};
    use crate::collect::without_answer;
    use serde_json::json;

    #[test]
    fn a_distribution_is_recorded_with_its_tags_or_as_it_was_listed() {
        let arn = "arn:aws:cloudfront::123456789012:distribution/E1";
        let body =
            json!({"Items": [{"ARN": arn, "DomainName": "d1.cloudfront.net"}, {"Id": "E2"}], "IsTruncated": false});
        let listed = found(&request(DISTRIBUTIONS, json!({})), body);
        assert_eq!((listed.count, without_answer(&listed.follow_up[0]).unwrap().name.as_str()), (1, arn));
        let whole = found(&listed.follow_up[0], json!({"Items": [{"Key": "team", "Value": "shop"}]}));
        assert_eq!(
            (whole.elements[0].kind, &whole.elements[0].body["Tags"][0]["Value"]),
            (Kind::Distribution, &json!("shop"))
        );
        assert_eq!(found(&request(DISTRIBUTIONS, json!({})), json!({"Quantity": 0})), Found::default());
    }
}
