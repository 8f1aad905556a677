//! What an answer means: a page, or what went wrong in the terms of the contract.

use caravan_providers::{Page, Read, ReadError, ReadErrorKind};
use serde_json::Value;
use std::time::Duration;

/// An answer that gave no page.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Failed {
    pub(crate) kind: ReadErrorKind,
    pub(crate) text: String,
    /// How long the answer asked to wait.
    pub(crate) wait: Option<Duration>,
}

/// An error is a line on a screen: more of the text than this helps nobody.
const LONGEST_TEXT: usize = 400;

/// Codes that say that a token is not one, or has ended, or may not be used from here: 1000 Invalid API Token, 6003 Invalid
/// request headers, 9103 Unknown X-Auth-Key, 9109 Invalid access token, 10001 Unable to authenticate.
const CREDENTIALS: &[u64] = &[1000, 6003, 9103, 9109, 10001];

impl Failed {
    pub(crate) fn new(kind: ReadErrorKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into(), wait: None }
    }

    /// Whether another attempt may do better.
    pub(crate) fn is_worth_another_attempt(&self) -> bool {
        matches!(self.kind, ReadErrorKind::Throttled | ReadErrorKind::Unusable)
    }

    pub(crate) fn into_error(self, read: &Read) -> ReadError {
        let text = self.text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_TEXT).collect();
        ReadError { kind: self.kind, api: read.api.clone(), scope: read.scope.clone(), text }
    }
}

/// Reads an answer by its status and body.
pub(crate) fn page(status: u16, body: &[u8]) -> Result<Page, Failed> {
    let answer: Option<Value> = serde_json::from_slice(body).ok().filter(Value::is_object);
    let Some(answer) = answer else {
        let kind = if status == 429 { ReadErrorKind::Throttled } else { ReadErrorKind::Unusable };
        return Err(Failed::new(kind, format!("HTTP status {status}: the answer is not Cloudflare's JSON")));
    };
    let succeeded = answer.get("success").and_then(Value::as_bool) == Some(true);
    if (200..300).contains(&status) && succeeded && answer.get("result").is_some() {
        let next = next(&answer);
        return Ok(Page { body: answer, next });
    }
    Err(refusal(status, &answer))
}

fn refusal(status: u16, answer: &Value) -> Failed {
    let errors = answer.get("errors").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let code = |error: &Value| error.get("code").and_then(Value::as_u64);
    let line = |error: &Value| {
        let said = error.get("message").and_then(Value::as_str).unwrap_or("no message");
        code(error).map_or_else(|| said.to_owned(), |code| format!("{code}: {said}"))
    };
    let said: Vec<String> = errors.iter().map(line).collect();
    let text = if said.is_empty() { format!("HTTP status {status}") } else { said.join("; ") };
    let is = |codes: &[u64]| errors.iter().filter_map(code).any(|code| codes.contains(&code));
    let kind = match status {
        429 => ReadErrorKind::Throttled,
        500.. => ReadErrorKind::Unusable,
        _ if is(&[10013, 971]) => ReadErrorKind::Throttled,
        _ if is(CREDENTIALS) => ReadErrorKind::Credentials,
        // A token without the right for one kind of thing: the others may be read.
        401 | 403 => ReadErrorKind::Denied,
        _ if is(&[10000]) => ReadErrorKind::Denied,
        404 => ReadErrorKind::Missing,
        200..300 => ReadErrorKind::Unusable,
        _ => ReadErrorKind::Rejected,
    };
    Failed::new(kind, text)
}

/// The number of the next page; none of the last, and of lists that have no pages.
fn next(answer: &Value) -> Option<String> {
    let info = answer.get("result_info")?;
    let number = |field: &str| info.get(field).and_then(Value::as_u64);
    let page = number("page")?;
    let pages = number("total_pages").or_else(|| {
        let (total, size) = (number("total_count")?, number("per_page").filter(|size| *size > 0)?);
        Some(total.div_ceil(size))
    })?;
    (page < pages).then(|| (page + 1).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn kind(status: u16, code: u64) -> ReadErrorKind {
        let body = json!({"success": false, "errors": [{"code": code, "message": "no"}], "result": null});
        page(status, body.to_string().as_bytes()).unwrap_err().kind
    }

    #[test]
    fn a_page_says_where_the_next_begins() {
        let body = |info: Value| json!({"success": true, "errors": [], "result": [1], "result_info": info}).to_string();
        let next = |info: Value| page(200, body(info).as_bytes()).unwrap().next;
        assert_eq!(next(json!({"page": 1, "total_pages": 3})).as_deref(), Some("2"));
        assert_eq!(next(json!({"page": 2, "per_page": 50, "total_count": 101})).as_deref(), Some("3"));
        assert_eq!(next(json!({"page": 3, "per_page": 50, "total_count": 101})), None);
        assert_eq!(next(json!(null)), None);
    }

    #[test]
    fn refusals_are_judged_by_code_and_status() {
        assert_eq!(kind(403, 10000), ReadErrorKind::Denied);
        assert_eq!(kind(401, 1000), ReadErrorKind::Credentials);
        assert_eq!(kind(403, 9109), ReadErrorKind::Credentials);
        assert_eq!(kind(429, 10100), ReadErrorKind::Throttled);
        assert_eq!(kind(404, 10007), ReadErrorKind::Missing);
        assert_eq!(kind(400, 7003), ReadErrorKind::Rejected);
        assert_eq!(kind(503, 10000), ReadErrorKind::Unusable);
        assert_eq!(page(200, b"<html>").unwrap_err().kind, ReadErrorKind::Unusable);
        assert_eq!(page(200, br#"{"success":true,"result":["#).unwrap_err().kind, ReadErrorKind::Unusable);
    }

    #[test]
    fn an_error_says_what_cloudflare_said() {
        let body = json!({"success": false, "errors": [{"code": 10000, "message": "Authentication error"}]});
        assert_eq!(page(403, body.to_string().as_bytes()).unwrap_err().text, "10000: Authentication error");
    }
}
