//! Where the next page begins: the token of each API, as one string.

use serde_json::{Value, json};

/// Finds the token of the next page in an answer; none when it is the last.
pub(crate) fn next(api: &str, body: &Value) -> Option<String> {
    match api {
        "route53:ListHostedZones" if is_truncated(body) => text(body, "NextMarker"),
        "route53:ListResourceRecordSets" if is_truncated(body) => record_token(body),
        _ if api.starts_with("route53:") => None,
        _ if api.starts_with("ecs:") => text(body, "nextToken"),
        _ if api.starts_with("elasticloadbalancing:") => text(body, "NextMarker"),
        _ => text(body, "NextToken"),
    }
}

/// The three parts of Route 53's place in a zone: name, type, and set identifier if there is one.
pub(crate) struct RecordPlace {
    pub(crate) name: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) identifier: Option<String>,
}

impl RecordPlace {
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
    fn a_place_in_a_zone_survives_as_a_token() {
        let body = json!({"IsTruncated": true, "NextRecordName": "\\052.a.", "NextRecordType": "A", "NextRecordIdentifier": "[\"x\"]"});
        let token = next("route53:ListResourceRecordSets", &body).unwrap();
        let place = RecordPlace::parse(Some(&token));
        assert_eq!(place.name.as_deref(), Some("\\052.a."));
        assert_eq!(place.kind.as_deref(), Some("A"));
        assert_eq!(place.identifier.as_deref(), Some("[\"x\"]"));
    }

    #[test]
    fn a_list_that_is_not_truncated_ends() {
        let body = json!({"IsTruncated": false, "NextMarker": "x", "NextToken": "", "nextToken": "t"});
        assert_eq!(next("route53:ListHostedZones", &body), None);
        assert_eq!(next("events:ListRules", &body), None);
        assert_eq!(next("ecs:ListTasks", &body).as_deref(), Some("t"));
    }
}
