//! Calls without an SDK crate: one line of a table each, signed and sent as they stand.

use super::unknown;
use crate::capture::Capture;
use crate::clock;
use crate::fault::{Fault, bare_code, code_of};
use crate::session::Session;
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use caravan_providers::{Read, ReadErrorKind};
use reqwest::{Method, Response, Url};
use serde_json::{Map, Value};

/// One call.
struct SignedCall {
    /// Its name in the contract: `events:ListRules`.
    api: &'static str,
    /// How the request is written.
    protocol: Protocol,
    /// The field that asks for the size of a page, with the largest that the API takes; none when it gives no pages.
    page: Option<(&'static str, u32)>,
}

/// How a request is written.
enum Protocol {
    /// AWS JSON 1.1: a POST with this in `X-Amz-Target`, the input as the body.
    Json(&'static str),
    /// REST: a GET of this path; `{Name}` takes that field of the input, the others become the query, where `groupName`
    /// and the like are already written as the API writes them.
    Rest(&'static str),
}

/// The table. Field names and limits are those of the API references of EventBridge, EventBridge Scheduler and Application
/// Auto Scaling.
const SIGNED: &[SignedCall] = &[
    json("events:ListEventBuses", "AWSEvents.ListEventBuses", Some(("Limit", 100))),
    json("events:ListRules", "AWSEvents.ListRules", Some(("Limit", 100))),
    json("events:ListTargetsByRule", "AWSEvents.ListTargetsByRule", Some(("Limit", 100))),
    rest("scheduler:ListSchedules", "schedules", Some(("MaxResults", 100))),
    rest("scheduler:GetSchedule", "schedules/{Name}", None),
    json(
        "application-autoscaling:DescribeScalableTargets",
        "AnyScaleFrontendService.DescribeScalableTargets",
        Some(("MaxResults", 50)),
    ),
    json(
        "application-autoscaling:DescribeScalingPolicies",
        "AnyScaleFrontendService.DescribeScalingPolicies",
        Some(("MaxResults", 10)),
    ),
    json(
        "application-autoscaling:DescribeScheduledActions",
        "AnyScaleFrontendService.DescribeScheduledActions",
        Some(("MaxResults", 50)),
    ),
];

const fn json(api: &'static str, target: &'static str, page: Option<(&'static str, u32)>) -> SignedCall {
    SignedCall { api, protocol: Protocol::Json(target), page }
}

const fn rest(api: &'static str, path: &'static str, page: Option<(&'static str, u32)>) -> SignedCall {
    SignedCall { api, protocol: Protocol::Rest(path), page }
}

/// A request that is ready to be signed; every attempt signs anew, since a signature carries its time.
struct Prepared {
    service: String,
    method: Method,
    url: Url,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

pub(super) async fn send(session: &Session, read: &Read, capture: &Capture) -> Result<Vec<u8>, Fault> {
    let call = SIGNED.iter().find(|call| call.api == read.api).ok_or_else(|| unknown(read))?;
    let prepared = prepare(session, call, read)?;
    let mut attempt = 1;
    loop {
        capture.sending(attempt);
        let fault = match attempt_once(session, &prepared).await {
            Ok(body) => return Ok(body),
            Err(fault) => fault,
        };
        if fault.kind(read) == ReadErrorKind::Throttled {
            capture.throttled();
        }
        if attempt >= session.patience.attempts || !fault.is_worth_another_attempt(read) {
            return Err(fault);
        }
        tokio::time::sleep(session.patience.pause_after(attempt)).await;
        attempt += 1;
    }
}

fn prepare(session: &Session, call: &SignedCall, read: &Read) -> Result<Prepared, Fault> {
    let service = read.api.split_once(':').map_or("", |(service, _)| service);
    let input = input_of(call, read);
    let base = session.endpoint(service).ok_or_else(|| Fault::refused("the endpoint is not a URL"))?;
    match call.protocol {
        Protocol::Json(target) => Ok(Prepared {
            service: service.to_owned(),
            method: Method::POST,
            url: base,
            headers: vec![
                ("content-type", "application/x-amz-json-1.1".to_owned()),
                ("x-amz-target", target.to_owned()),
            ],
            body: Value::Object(input).to_string().into_bytes(),
        }),
        Protocol::Rest(path) => Ok(Prepared {
            service: service.to_owned(),
            method: Method::GET,
            url: rest_url(base, path, input)?,
            headers: Vec::new(),
            body: Vec::new(),
        }),
    }
}

/// The input with the size of a page and the token.
fn input_of(call: &SignedCall, read: &Read) -> Map<String, Value> {
    let mut input = read.input.as_object().cloned().unwrap_or_default();
    if let Some((field, largest)) = call.page {
        input.insert(field.to_owned(), Value::from(largest));
    }
    if let Some(token) = &read.token {
        input.insert("NextToken".to_owned(), Value::String(token.clone()));
    }
    input
}

fn rest_url(mut url: Url, path: &str, mut input: Map<String, Value>) -> Result<Url, Fault> {
    {
        let mut segments = url.path_segments_mut().map_err(|()| Fault::refused("the endpoint has no path"))?;
        segments.pop_if_empty();
        for segment in path.split('/') {
            match segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(field) => {
                    let value = input.remove(field).ok_or_else(|| Fault::refused(format!("{field} is missing")))?;
                    segments.push(&plain(&value));
                }
                None => {
                    segments.push(segment);
                }
            }
        }
    }
    for (name, value) in &input {
        url.query_pairs_mut().append_pair(name, &plain(value));
    }
    Ok(url)
}

async fn attempt_once(session: &Session, prepared: &Prepared) -> Result<Vec<u8>, Fault> {
    let credentials = session.credentials().await?;
    let mut request = reqwest::Request::new(prepared.method.clone(), prepared.url.clone());
    for (name, value) in signed_headers(session, prepared, credentials)? {
        let (Ok(name), Ok(value)) = (name.parse::<reqwest::header::HeaderName>(), value.parse()) else {
            return Err(Fault::refused("a header can't be written"));
        };
        request.headers_mut().insert(name, value);
    }
    *request.body_mut() = Some(prepared.body.clone().into());
    let answer = session.http.execute(request).await.map_err(|error| unanswered(&error))?;
    read_answer(answer).await
}

fn signed_headers(
    session: &Session,
    prepared: &Prepared,
    credentials: Credentials,
) -> Result<Vec<(String, String)>, Fault> {
    let failed = |error: &dyn std::fmt::Display| Fault::refused(format!("can't be signed: {error}"));
    let identity = credentials.into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(session.signing_region.as_str())
        .name(&prepared.service)
        .time(clock::now())
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| failed(&error))?
        .into();
    let headers = prepared.headers.iter().map(|(name, value)| (*name, value.as_str()));
    let signable = SignableRequest::new(
        prepared.method.as_str(),
        prepared.url.as_str(),
        headers,
        SignableBody::Bytes(&prepared.body),
    )
    .map_err(|error| failed(&error))?;
    let (signature, _) = sign(signable, &parameters).map_err(|error| failed(&error))?.into_parts();
    let own = prepared.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    Ok(own.chain(signature.headers().map(|(name, value)| (name.to_owned(), value.to_owned()))).collect())
}

async fn read_answer(answer: Response) -> Result<Vec<u8>, Fault> {
    let status = answer.status();
    let header_code = answer.headers().get("x-amzn-errortype").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = answer.bytes().await.map_err(|error| unanswered(&error))?;
    if !status.is_success() {
        return Err(Fault {
            status: Some(status.as_u16()),
            code: code_of(&body).or_else(|| header_code.map(|code| bare_code(&code).to_owned())),
            text: message_of(&body),
        });
    }
    // A whole answer is a JSON object. What is cut short or is a page of HTML is worth another attempt, so it is
    // looked at here, where attempts are made.
    match serde_json::from_slice::<Value>(&body) {
        Ok(Value::Object(_)) => Ok(body.to_vec()),
        _ => Err(Fault {
            status: Some(status.as_u16()),
            code: None,
            text: "the answer is not JSON: it was cut short, or something other than AWS answered".to_owned(),
        }),
    }
}

fn message_of(body: &[u8]) -> String {
    let json: Option<Value> = serde_json::from_slice(body).ok();
    let message = |key| json.as_ref()?.get(key)?.as_str().map(str::to_owned);
    message("message").or_else(|| message("Message")).unwrap_or_else(|| "the answer is not one of AWS's".to_owned())
}

/// What `reqwest` says, without the address: it may carry a query.
fn unanswered(error: &reqwest::Error) -> Fault {
    if error.is_timeout() {
        return Fault::unanswered("no answer in time");
    }
    let kind = if error.is_connect() { "can't connect" } else { "the connection broke" };
    let mut source = std::error::Error::source(error);
    let mut root = String::new();
    while let Some(next) = source {
        root = next.to_string();
        source = next.source();
    }
    Fault::unanswered(format!("{kind}: {root}"))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_take_fields_and_the_rest_becomes_the_query() {
        let base = Url::parse("http://127.0.0.1:5001/").unwrap();
        let input = json!({"Name": "night run/1", "groupName": "a&b"});
        let url = rest_url(base, "schedules/{Name}", input.as_object().unwrap().clone()).unwrap();
        assert_eq!(url.as_str(), "http://127.0.0.1:5001/schedules/night%20run%2F1?groupName=a%26b");
    }

    #[test]
    fn every_call_of_the_table_only_reads() {
        for call in SIGNED {
            let (_, name) = call.api.split_once(':').unwrap();
            assert!(["Get", "List", "Describe"].iter().any(|verb| name.starts_with(verb)), "{}", call.api);
            if let Protocol::Json(target) = call.protocol {
                assert!(target.ends_with(&format!(".{name}")), "{target}");
            }
        }
    }
}
