//! Requests that somebody recorded: an HTTP archive (HAR 1.2), or a JSON document for each request on a line of its own,
//! `{"method": "GET", "url": "https://…", "headers": {"Name": "value"}, "body": "…"}`.

use crate::bodies::carried;
use crate::requests::Request;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What a browser or a client writes for the connection alone (RFC 9110, section 7.6.1; HTTP/2's own fields begin with a colon).
const OF_THE_CONNECTION: [&str; 7] =
    ["host", "connection", "content-length", "transfer-encoding", "keep-alive", "upgrade", "accept-encoding"];

/// A file of requests that can't be read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RecordedError {
    /// A line that is none.
    #[error("line {line}: {why}")]
    Line {
        /// Which, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// An entry of an archive that is none.
    #[error("log.entries[{at}].request: {why}")]
    Entry {
        /// Which, from 0.
        at: usize,
        /// What is wrong with it.
        why: String,
    },
    /// Nothing stands there.
    #[error("it has no request")]
    Empty,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(default = "get")]
    method: String,
    url: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<String>,
}

fn get() -> String {
    "GET".to_owned()
}

/// The requests of a file.
///
/// # Errors
/// When a line or an entry is no request; it is named.
pub fn recorded(text: &str) -> Result<Vec<Request>, RecordedError> {
    if let Ok(archive) = serde_json::from_str::<Value>(text)
        && let Some(entries) = archive.pointer("/log/entries").and_then(Value::as_array)
    {
        let read = |(at, entry): (usize, &Value)| {
            of_archive(&entry["request"]).map_err(|why| RecordedError::Entry { at, why })
        };
        let all: Vec<Request> = entries.iter().enumerate().map(read).collect::<Result<_, _>>()?;
        return if all.is_empty() { Err(RecordedError::Empty) } else { Ok(all) };
    }
    let mut all = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let failed = |why: String| RecordedError::Line { line: at + 1, why };
        let Line { method, url, headers, body } =
            serde_json::from_str(line).map_err(|error| failed(format!("it is no request: {error}")))?;
        let body = body.map(String::into_bytes);
        all.push(one(&method, &url, headers.into_iter().collect(), body).map_err(failed)?);
    }
    if all.is_empty() { Err(RecordedError::Empty) } else { Ok(all) }
}

fn of_archive(request: &Value) -> Result<Request, String> {
    let text = |field: &str| request[field].as_str().ok_or_else(|| format!("it has no `{field}`"));
    let pairs = request["headers"].as_array().into_iter().flatten();
    let headers =
        pairs.filter_map(|pair| Some((pair["name"].as_str()?.to_owned(), pair["value"].as_str()?.to_owned())));
    let body = request.pointer("/postData/text").and_then(Value::as_str).map(|text| text.as_bytes().to_vec());
    one(text("method")?, text("url")?, headers.collect(), body)
}

fn one(method: &str, url: &str, mut headers: Vec<(String, String)>, body: Option<Vec<u8>>) -> Result<Request, String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let Some(rest) = rest.filter(|rest| !rest.is_empty() && !rest.starts_with('/')) else {
        return Err(format!("`{url}` is no whole address such as https://shop.example.com/path"));
    };
    if !rest.bytes().all(|b| (0x21..0x7f).contains(&b)) {
        return Err(format!("`{url}` has signs that an address has encoded alone"));
    }
    if method.is_empty() || !method.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(format!("`{method}` is no method"));
    }
    let url = url.split('#').next().unwrap_or(url).to_owned();
    headers
        .retain(|(name, _)| !name.starts_with(':') && !OF_THE_CONNECTION.contains(&name.to_ascii_lowercase().as_str()));
    let plain = |text: &str| text.bytes().all(|b| b == b'\t' || (0x20..0x7f).contains(&b) || b >= 0x80);
    if let Some((name, _)) = headers.iter().find(|(name, value)| name.contains([' ', ':']) || !plain(value)) {
        return Err(format!("`{name}` is no header"));
    }
    let body = body.filter(|body| !body.is_empty()).map(|body| carried(&body));
    Ok(Request { headers, body, ..Request::new(method, url) })
}

#[cfg(test)]
mod tests {
    use super::{RecordedError, recorded};

    #[test]
    fn lines_and_archives_are_read() {
        let lines = "{\"url\": \"https://a.example.com/x?y=1#top\"}\n\n\
                     {\"method\": \"POST\", \"url\": \"https://a.example.com\", \"headers\": {\"Host\": \"b\", \"X-A\": \"1\"}, \"body\": \"hi\"}\n";
        let read = recorded(lines).unwrap();
        assert_eq!(read[0].url, "https://a.example.com/x?y=1");
        assert_eq!(read[0].path_and_query(), ("/x", Some("y=1")));
        assert_eq!(read[1].headers, [("X-A".to_owned(), "1".to_owned())]);
        assert_eq!(read[1].path_and_query(), ("/", None));
        assert_eq!(read[1].body.as_deref(), Some("aGk="));
        let archive = r#"{"log": {"entries": [{"request": {"method": "GET", "url": "https://a.example.com/",
            "headers": [{"name": ":path", "value": "/"}, {"name": "Accept", "value": "*/*"}]}}]}}"#;
        assert_eq!(recorded(archive).unwrap()[0].headers, [("Accept".to_owned(), "*/*".to_owned())]);
    }

    #[test]
    fn what_is_no_request_is_named() {
        for (text, said) in [
            ("", "it has no request"),
            ("{\"url\": \"https://a.example.com/\"}\n{\"url\": \"/path\"}", "line 2: `/path` is no whole address"),
            ("{\"uri\": \"https://a.example.com/\"}", "line 1: it is no request: unknown field `uri`"),
            ("{\"url\": \"https://a.example.com/\", \"headers\": {\"A\": \"x\\ny\"}}", "line 1: `A` is no header"),
            (
                r#"{"log": {"entries": [{"request": {"url": "https://a.example.com/"}}]}}"#,
                "log.entries[0].request: it has no `method`",
            ),
        ] {
            let error: RecordedError = recorded(text).unwrap_err();
            assert!(error.to_string().starts_with(said), "{error}");
        }
    }
}
