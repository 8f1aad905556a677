//! CloudFront: distributions with their origins, behaviours and tags.

use crate::collect::call::{CallRow, Collector, Source, Start};
use crate::collect::found::{Element, Found, list, text};
use crate::request::Request;
use caravan_inventory::ObservationKind as Kind;
use serde_json::{Value, json};

const DISTRIBUTIONS: &str = "cloudfront:ListDistributions";
const TAGS: &str = "cloudfront:ListTagsForResource";

/// Its calls.
pub(super) const CALLS: &[CallRow] =
    &[row(DISTRIBUTIONS, Start::Root("{}"), &[], distributions), row(TAGS, Start::Each, &[DISTRIBUTIONS], tags)];

const fn row(
    api: &'static str,
    start: Start,
    fed_by: &'static [&'static str],
    collector: fn(&Request, &Value) -> Found,
) -> CallRow {
    CallRow { api, source: Source::Resources, global: true, start, fed_by, collector: Collector::One(collector) }
}

fn distributions(request: &Request, body: &Value) -> Found {
    let mut found = Found::default();
    for distribution in list(body, "Items") {
        let Some(arn) = text(distribution, "ARN") else { continue };
        let listed = Element::new(Kind::Distribution, arn, request, distribution);
        found.count += 1;
        found.follow_up.push(request.then(TAGS, json!({"Resource": arn})).carrying(listed.carried()));
    }
    found
}

fn tags(request: &Request, body: &Value) -> Found {
    let distribution = request.carried.clone().map(Element::from);
    let elements: Vec<Element> =
        distribution.into_iter().map(|one| one.with("Tags", Value::from(list(body, "Items")))).collect();
    Found { count: elements.len() as u64, elements, follow_up: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{found, request};
    use crate::collect::without_answer;

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
