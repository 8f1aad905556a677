//! From the bytes of an answer to a page.

use crate::failed_call::FailedCall;
use crate::paging;
use crate::service::{Answers, Service};
use crate::xml::xml_to_json;
use caravan_providers::{Page, Read};
use serde_json::Value;

/// Reads the answer to a read.
///
/// # Errors
/// When it is not whole, or its next page is itself.
pub(crate) fn page(read: &Read, body: &[u8]) -> Result<Page, FailedCall> {
    let unusable = |text: &str| FailedCall::unanswered(format!("the answer can't be read: {text}"));
    let service = Service::of(&read.api).ok_or_else(|| unusable("nobody knows its service"))?;
    let body = body_of(service, body).map_err(|problem| unusable(&problem))?;
    let next = paging::next(&read.api, &body);
    if next.is_some() && next == read.token {
        return Err(unusable("its next page is the page itself"));
    }
    Ok(Page { body, next })
}

/// Reads an answer of a service: JSON as it is, XML by the rule of [`crate::xml`]. A whole answer is an object.
///
/// # Errors
/// What is wrong with it, for a person.
pub(crate) fn body_of(service: Service, body: &[u8]) -> Result<Value, String> {
    let text = std::str::from_utf8(body).map_err(|_| "it is not UTF-8".to_owned())?;
    let body: Value = match service.answers() {
        Answers::Json => serde_json::from_str(text).map_err(|error| error.to_string())?,
        // S3 gives the policy of a bucket as it was put, and all else in XML.
        Answers::Xml(_) if text.trim_start().starts_with('{') => {
            serde_json::from_str(text).map_err(|error| error.to_string())?
        }
        Answers::Xml(shape) => match xml_to_json(text, shape).map_err(|error| error.to_string())? {
            // A root without children: a bucket that tells nobody anything.
            Value::String(empty) if empty.trim().is_empty() => Value::Object(serde_json::Map::new()),
            body => body,
        },
    };
    if body.is_object() { Ok(body) } else { Err("it is no object".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use caravan_inventory::{AccountId, Provider, Region, Scope};
    use caravan_providers::ReadErrorKind;
    use serde_json::json;

    fn read(api: &str, token: Option<&str>) -> Read {
        Read {
            scope: Scope::new(Provider::Aws, AccountId::new("123456789012"), Region::new("eu-central-1")),
            api: api.to_owned(),
            input: json!({}),
            token: token.map(str::to_owned),
        }
    }

    #[test]
    fn a_page_keeps_every_field_and_names_the_next() {
        let read = read("ecs:ListClusters", None);
        let page = page(&read, br#"{"clusterArns": ["a"], "nextToken": "t", "aFieldOfTomorrow": 1}"#).unwrap();
        assert_eq!(page.next.as_deref(), Some("t"));
        assert_eq!(page.body["aFieldOfTomorrow"], json!(1));
    }

    #[test]
    fn s3_answers_in_json_when_it_is_asked_for_a_policy_and_with_nothing_when_there_is_nothing() {
        let of = |text: &str| body_of(Service::S3, text.as_bytes()).unwrap();
        assert_eq!(of(r#"{"Version": "2012-10-17"}"#), json!({"Version": "2012-10-17"}));
        assert_eq!(of("<NotificationConfiguration xmlns=\"x\"/>"), json!({}));
        let listed = of("<R><Buckets><Bucket><Name>a</Name></Bucket></Buckets><Owner><ID>o</ID></Owner></R>");
        assert_eq!(listed["Buckets"], json!([{"Name": "a"}]), "a list of one is a list");
        assert_eq!(of("<R><Buckets/></R>"), json!({"Buckets": []}));
        assert!(body_of(Service::S3, b"{cut").is_err() && body_of(Service::S3, b"").is_err());
    }

    #[test]
    fn what_is_no_answer_is_unusable() {
        let read = read("ecs:ListClusters", Some("t"));
        for body in ["<html><body>down</body>", "[]", "{\"clusterArns\":", "{\"nextToken\":\"t\"}", ""] {
            let failed = page(&read, body.as_bytes()).unwrap_err();
            assert_eq!(failed.kind(&read), ReadErrorKind::Unusable, "{body}");
        }
    }
}
