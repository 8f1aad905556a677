//! Where the next page begins: the token of each API, as one string.

use crate::service::{NextPage, Service};
use serde_json::{Value, json};

/// Finds the token of the next page in an answer; none when it is the last.
pub(crate) fn next(api: &str, body: &Value) -> Option<String> {
    match Service::of(api)?.next_page() {
        NextPage::Field(field) => text(body, field),
        NextPage::Either(one, other) => text(body, one).or_else(|| text(body, other)),
        NextPage::Truncated if !is_truncated(body) => None,
        NextPage::Truncated if api == "route53:ListResourceRecordSets" => record_token(body),
        NextPage::Truncated => text(body, "NextMarker"),
    }
}

/// Where a page of record sets begins: name, type, and set identifier if there is one.
pub(crate) struct RecordCursor {
    pub(crate) name: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) identifier: Option<String>,
}

impl RecordCursor {
    /// Reads what [`next`] wrote: a JSON array of three.
    pub(crate) fn parse(token: Option<&str>) -> Self {
        let parts: Vec<Option<String>> = token.and_then(|token| serde_json::from_str(token).ok()).unwrap_or_default();
        let part = |index: usize| parts.get(index).cloned().flatten();
        Self { name: part(0), kind: part(1), identifier: part(2) }
    }
}

fn record_token(body: &Value) -> Option<String> {
    let name = text(body, "NextRecordName")?;
    Some(json!([name, text(body, "NextRecordType"), text(body, "NextRecordIdentifier")]).to_string())
}

fn is_truncated(body: &Value) -> bool {
    body["IsTruncated"] == Value::Bool(true)
}

fn text(body: &Value, key: &str) -> Option<String> {
    body.get(key)?.as_str().filter(|token| !token.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_page_of_records_begins_survives_as_a_token() {
        let body = json!({"IsTruncated": true, "NextRecordName": "\\052.a.", "NextRecordType": "A", "NextRecordIdentifier": "[\"x\"]"});
        let token = next("route53:ListResourceRecordSets", &body).unwrap();
        let cursor = RecordCursor::parse(Some(&token));
        assert_eq!(cursor.name.as_deref(), Some("\\052.a."));
        assert_eq!(cursor.kind.as_deref(), Some("A"));
        assert_eq!(cursor.identifier.as_deref(), Some("[\"x\"]"));
    }

    #[test]
    fn a_list_that_is_not_truncated_ends() {
        let body = json!({"IsTruncated": false, "NextMarker": "x", "NextToken": "", "nextToken": "t"});
        assert_eq!(next("route53:ListHostedZones", &body), None);
        assert_eq!(next("events:ListRules", &body), None);
        assert_eq!(next("ecs:ListTasks", &body).as_deref(), Some("t"));
    }
}
