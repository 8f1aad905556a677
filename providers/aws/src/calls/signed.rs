//! Calls without an SDK crate: signed and sent as the table says, or as a cutover commands.

use super::table::{SignedCall, WireProtocol, signed_call};
use super::unknown;
use crate::capture::Capture;
use crate::clock;
use crate::failed_call::{FailedCall, bare_code, code_of, element};
use crate::page::body_of;
use crate::service::Service;
use crate::session::RegionClients;
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings, UriPathNormalizationMode,
    sign,
};
use aws_sigv4::sign::v4;
use caravan_providers::{Read, ReadErrorKind};
use reqwest::{Method, Response, StatusCode, Url};
use serde_json::{Map, Value};

/// The field of an input that names the region of a bucket; no call of the table has a field of that name.
const REGION_OF_BUCKET: &str = "BucketRegion";

/// A request that is ready to be signed; every attempt signs anew, since a signature carries its time.
struct Prepared {
    service: Service,
    signing_region: String,
    method: Method,
    url: Url,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

pub(super) async fn send(
    session: &RegionClients,
    service: Service,
    read: &Read,
    capture: &Capture,
) -> Result<Vec<u8>, FailedCall> {
    let call = signed_call(&read.api).ok_or_else(|| unknown(read))?;
    let prepared = prepare(session, service, call, read)?;
    let mut attempt = 1;
    loop {
        capture.sending(attempt);
        let failed = match attempt_once(session, &prepared).await {
            Ok(body) => return Ok(body),
            Err(failed) => failed,
        };
        if failed.kind(read) == ReadErrorKind::Throttled {
            capture.throttled();
        }
        if attempt >= session.retry_policy.attempts || !failed.is_worth_another_attempt(read) {
            return Err(failed);
        }
        tokio::time::sleep(session.retry_policy.pause_after(attempt)).await;
        attempt += 1;
    }
}

/// One call of a cutover to a service that speaks AWS JSON 1.1: `target` is what its API calls the call. It is made once, and gives
/// what the API answers; an answer without a body is empty.
pub(crate) async fn command(
    session: &RegionClients,
    service: Service,
    target: &str,
    input: &Value,
) -> Result<Value, FailedCall> {
    let (url, signing_region) =
        session.endpoint(service, None).ok_or_else(|| FailedCall::refused("the endpoint is not a URL"))?;
    let prepared = Prepared {
        service,
        signing_region,
        method: Method::POST,
        url,
        headers: vec![("content-type", "application/x-amz-json-1.1".to_owned()), ("x-amz-target", target.to_owned())],
        body: input.to_string().into_bytes(),
    };
    let answer = send_once(session, &prepared).await?;
    let status = answer.status();
    let (header_code, body) = body_and_code(answer).await?;
    if !status.is_success() {
        return Err(refusal(status, header_code, &body));
    }
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&body).map_err(|_| FailedCall {
        status: Some(status.as_u16()),
        code: None,
        text: "the answer is not JSON: it was cut short, or something other than AWS answered".to_owned(),
    })
}

fn prepare(session: &RegionClients, service: Service, call: &SignedCall, read: &Read) -> Result<Prepared, FailedCall> {
    let mut input = input_of(call, read);
    // Buckets are listed for the whole account, and each is asked for in its own region.
    let elsewhere = input.remove(REGION_OF_BUCKET);
    let (base, signing_region) = session
        .endpoint(service, elsewhere.as_ref().and_then(Value::as_str))
        .ok_or_else(|| FailedCall::refused("the endpoint is not a URL"))?;
    let json = |version: &str, target: &str, url: Url, input: Map<String, Value>, signing_region: String| Prepared {
        service,
        signing_region,
        method: Method::POST,
        url,
        headers: vec![
            ("content-type", format!("application/x-amz-json-{version}")),
            ("x-amz-target", target.to_owned()),
        ],
        body: Value::Object(input).to_string().into_bytes(),
    };
    match call.protocol {
        WireProtocol::Json(target) => Ok(json("1.1", target, base, input, signing_region)),
        WireProtocol::Json10(target) => Ok(json("1.0", target, base, input, signing_region)),
        WireProtocol::Rest(path) => Ok(Prepared {
            service,
            signing_region,
            method: Method::GET,
            url: rest_url(base, path, input)?,
            // Without it API Gateway answers in HAL, where a list of one is no list.
            headers: vec![("accept", "application/json".to_owned())],
            body: Vec::new(),
        }),
        WireProtocol::Query(action, version) => Ok(Prepared {
            service,
            signing_region,
            method: Method::POST,
            body: form(base.clone(), action, version, &input),
            url: base,
            headers: vec![("content-type", "application/x-www-form-urlencoded; charset=utf-8".to_owned())],
        }),
    }
}

/// The fields of a form, written as a query is.
fn form(mut url: Url, action: &str, version: &str, input: &Map<String, Value>) -> Vec<u8> {
    url.query_pairs_mut().clear().append_pair("Action", action).append_pair("Version", version);
    for (name, value) in input {
        append(&mut url, name, value);
    }
    url.query().unwrap_or_default().as_bytes().to_vec()
}

/// Lists become `Names.member.1`, structures `Metric.Namespace` (Query protocol of the AWS APIs). Inputs are our own and a
/// few levels deep.
fn append(url: &mut Url, name: &str, value: &Value) {
    match value {
        Value::Array(items) => {
            items.iter().zip(1..).for_each(|(item, at)| append(url, &format!("{name}.member.{at}"), item));
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(field, inner)| append(url, &format!("{name}.{field}"), inner))
        }
        value => {
            url.query_pairs_mut().append_pair(name, &plain(value));
        }
    }
}

/// The input with the size of a page and the token.
fn input_of(call: &SignedCall, read: &Read) -> Map<String, Value> {
    let mut input = read.input.as_object().cloned().unwrap_or_default();
    if let Some((field, largest)) = call.page {
        input.insert(field.to_owned(), Value::from(largest));
    }
    if let Some(token) = &read.token {
        input.insert(call.token.to_owned(), Value::String(token.clone()));
    }
    input
}

fn rest_url(mut url: Url, path: &str, mut input: Map<String, Value>) -> Result<Url, FailedCall> {
    let (path, subresource) = path.split_once('?').map_or((path, None), |(path, name)| (path, Some(name)));
    {
        let mut segments = url.path_segments_mut().map_err(|()| FailedCall::refused("the endpoint has no path"))?;
        segments.pop_if_empty();
        for segment in path.split('/') {
            match segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(field) => {
                    let value =
                        input.remove(field).ok_or_else(|| FailedCall::refused(format!("{field} is missing")))?;
                    segments.push(&plain(&value));
                }
                None => {
                    segments.push(segment);
                }
            }
        }
    }
    if let Some(name) = subresource {
        url.query_pairs_mut().append_pair(name, "");
    }
    for (name, value) in &input {
        url.query_pairs_mut().append_pair(name, &plain(value));
    }
    Ok(url)
}

async fn attempt_once(session: &RegionClients, prepared: &Prepared) -> Result<Vec<u8>, FailedCall> {
    read_answer(send_once(session, prepared).await?, prepared.service).await
}

async fn send_once(session: &RegionClients, prepared: &Prepared) -> Result<Response, FailedCall> {
    let credentials = session.credentials().await?;
    let mut request = reqwest::Request::new(prepared.method.clone(), prepared.url.clone());
    for (name, value) in signed_headers(prepared, credentials)? {
        let (Ok(name), Ok(value)) = (name.parse::<reqwest::header::HeaderName>(), value.parse()) else {
            return Err(FailedCall::refused("a header can't be written"));
        };
        request.headers_mut().insert(name, value);
    }
    *request.body_mut() = Some(prepared.body.clone().into());
    session.http.execute(request).await.map_err(|error| unanswered(&error))
}

fn signed_headers(prepared: &Prepared, credentials: Credentials) -> Result<Vec<(String, String)>, FailedCall> {
    let failed = |error: &dyn std::fmt::Display| FailedCall::refused(format!("can't be signed: {error}"));
    let identity = credentials.into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(prepared.signing_region.as_str())
        .name(prepared.service.signing_name())
        .time(clock::now())
        .settings(settings(prepared.service))
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

/// S3 signs paths as they are sent, and wants the hash of the body in a header (S3 API reference, "Authenticating Requests").
fn settings(service: Service) -> SigningSettings {
    let mut settings = SigningSettings::default();
    if service == Service::S3 {
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    }
    settings
}

async fn read_answer(answer: Response, service: Service) -> Result<Vec<u8>, FailedCall> {
    let status = answer.status();
    let (header_code, body) = body_and_code(answer).await?;
    if !status.is_success() {
        return Err(refusal(status, header_code, &body));
    }
    // What is cut short or is a page of HTML is worth another attempt, so it is read here, where attempts are made.
    body_of(service, &body).map(|_| body.to_vec()).map_err(|_| FailedCall {
        status: Some(status.as_u16()),
        code: None,
        text: format!(
            "the answer is not {}: it was cut short, or something other than AWS answered",
            service.answers().format()
        ),
    })
}

/// What an answer holds, and the code of an error that stands in a header.
async fn body_and_code(answer: Response) -> Result<(Option<String>, Vec<u8>), FailedCall> {
    let code = answer.headers().get("x-amzn-errortype").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = answer.bytes().await.map_err(|error| unanswered(&error))?;
    Ok((code, body.to_vec()))
}

fn refusal(status: StatusCode, header_code: Option<String>, body: &[u8]) -> FailedCall {
    FailedCall {
        status: Some(status.as_u16()),
        code: code_of(body).or_else(|| header_code.map(|code| bare_code(&code).to_owned())),
        text: message_of(body),
    }
}

fn message_of(body: &[u8]) -> String {
    let json: Option<Value> = serde_json::from_slice(body).ok();
    let message = |key| json.as_ref()?.get(key)?.as_str().map(str::to_owned);
    message("message")
        .or_else(|| message("Message"))
        .or_else(|| element(body, "Message"))
        .unwrap_or_else(|| "the answer is not one of AWS's".to_owned())
}

/// What `reqwest` says, without the address: it may carry a query.
fn unanswered(error: &reqwest::Error) -> FailedCall {
    if error.is_timeout() {
        return FailedCall::unanswered("no answer in time");
    }
    let kind = if error.is_connect() { "can't connect" } else { "the connection broke" };
    let mut source = std::error::Error::source(error);
    let mut root = String::new();
    while let Some(next) = source {
        root = next.to_string();
        source = next.source();
    }
    FailedCall::unanswered(format!("{kind}: {root}"))
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
        let base = Url::parse("http://127.0.0.1:5001/").unwrap();
        let bucket = rest_url(base, "{Bucket}?policy", json!({"Bucket": "a.b"}).as_object().unwrap().clone()).unwrap();
        assert_eq!(bucket.as_str(), "http://127.0.0.1:5001/a.b?policy=");
    }

    #[test]
    fn a_form_names_its_action_version_and_fields() {
        let base = Url::parse("http://127.0.0.1:5001/").unwrap();
        let input = json!({"MaxResults": 1000, "NextToken": "a b&c"});
        let form = form(base, "DescribeInstances", "2016-11-15", input.as_object().unwrap());
        let expected = "Action=DescribeInstances&Version=2016-11-15&MaxResults=1000&NextToken=a+b%26c";
        assert_eq!(String::from_utf8(form).unwrap(), expected);
    }

    #[test]
    fn structures_in_a_form_are_named_by_their_way() {
        let base = Url::parse("http://127.0.0.1:5001/").unwrap();
        let input =
            json!({"Queries": [{"Id": "m0", "Metric": {"Dimensions": [{"Name": "a", "Value": "b"}]}}], "Empty": []});
        let form = form(base, "GetMetricData", "2010-08-01", input.as_object().unwrap());
        let expected = "Action=GetMetricData&Version=2010-08-01&Queries.member.1.Id=m0\
                        &Queries.member.1.Metric.Dimensions.member.1.Name=a&Queries.member.1.Metric.Dimensions.member.1.Value=b";
        assert_eq!(String::from_utf8(form).unwrap(), expected);
    }
}
