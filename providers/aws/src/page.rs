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
        Answers::Xml(shape) => xml_to_json(text, shape).map_err(|error| error.to_string())?,
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
    fn what_is_no_answer_is_unusable() {
        let read = read("ecs:ListClusters", Some("t"));
        for body in ["<html><body>down</body>", "[]", "{\"clusterArns\":", "{\"nextToken\":\"t\"}", ""] {
            let failed = page(&read, body.as_bytes()).unwrap_err();
            assert_eq!(failed.kind(&read), ReadErrorKind::Unusable, "{body}");
        }
    }
}
