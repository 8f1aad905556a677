//! What a failed request means for who drives.

use caravan_providers::CallError;
use serde::Deserialize;

/// What an authority says of a request that it refused (RFC 7807; RFC 8555, section 6.7).
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
pub(super) struct Problem {
    /// `urn:ietf:params:acme:error:malformed`, …
    #[serde(default, rename = "type")]
    pub(super) kind: String,
    /// In words.
    #[serde(default)]
    pub(super) detail: String,
    /// The same of each name.
    #[serde(default)]
    pub(super) subproblems: Vec<Problem>,
}

impl Problem {
    /// The last part of its kind: `malformed`.
    pub(super) fn short(&self) -> &str {
        self.kind.rsplit(':').next().unwrap_or_default()
    }

    /// For a person, in a line.
    pub(super) fn text(&self) -> String {
        let mut text = format!("{}: {}", self.short(), self.detail);
        for one in &self.subproblems {
            text += &format!("; {}: {}", one.short(), one.detail);
        }
        text
    }
}

/// What the answer of a refused request means: the authority has changed nothing, unless it failed in the midst.
pub(super) fn refused(status: u16, body: &[u8]) -> CallError {
    let Ok(problem) = serde_json::from_slice::<Problem>(body) else {
        // Something between us and the authority, as a proxy.
        let text = format!("status {status} without a word of the authority");
        return match status {
            404 => CallError::Missing(text),
            429 => CallError::Throttled(text),
            _ => CallError::InDoubt(text),
        };
    };
    let text = problem.text();
    match (problem.short(), status) {
        ("rateLimited", _) | (_, 429) => CallError::Throttled(text),
        ("badNonce", _) => CallError::NotSent(text),
        ("accountDoesNotExist" | "unauthorized" | "userActionRequired", _) => CallError::Denied(text),
        ("serverInternal", _) | (_, 500..) => CallError::InDoubt(text),
        (_, 404) => CallError::Missing(text),
        _ => CallError::Rejected(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(kind: &str, status: u16) -> CallError {
        let kind = format!("urn:ietf:params:acme:error:{kind}");
        let document = serde_json::json!({"type": kind, "detail": "as it is", "status": status});
        refused(status, document.to_string().as_bytes())
    }

    #[test]
    fn what_an_authority_says_is_told_from_what_nobody_knows() {
        assert_eq!(said("rateLimited", 429), CallError::Throttled("rateLimited: as it is".to_owned()));
        assert!(matches!(said("badNonce", 400), CallError::NotSent(_)));
        assert!(matches!(said("accountDoesNotExist", 400), CallError::Denied(_)));
        assert!(matches!(said("serverInternal", 500), CallError::InDoubt(_)));
        assert!(matches!(said("somethingNew", 503), CallError::InDoubt(_)));
        assert!(matches!(said("rejectedIdentifier", 400), CallError::Rejected(_)));
        assert!(matches!(said("malformed", 404), CallError::Missing(_)));
        assert!(matches!(refused(404, b""), CallError::Missing(_)));
        assert!(matches!(refused(429, b"<html>"), CallError::Throttled(_)));
        assert!(matches!(refused(502, b"<html>"), CallError::InDoubt(_)));
    }

    #[test]
    fn each_name_has_its_own_words() {
        let text = r#"{"type": "a:malformed", "detail": "two", "subproblems": [{"type": "a:caa", "detail": "no"}]}"#;
        assert_eq!(serde_json::from_str::<Problem>(text).unwrap().text(), "malformed: two; caa: no");
    }
}
