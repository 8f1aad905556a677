//! What a rule does with the requests that it takes.

use super::{GatewayError, Taken};
use crate::answer::Answer;
use crate::bodies::carried;
use crate::requests::Request;
use serde_json::Value;

/// What a rule does.
#[derive(Clone, Debug)]
pub(super) enum Does {
    /// It leads to what runs behind.
    Leads,
    /// It answers; headers that it sets come in the place of others.
    Answers { status: u16, content_type: Option<String>, body: String, set: Vec<(String, String)> },
    /// It redirects, with the request's own where nothing is said.
    Redirects { status: u16, scheme: Option<String>, host: Option<String>, port: Option<u64>, path: Option<String> },
}

pub(super) fn of(route: &str, rule: &Value, manifests: &[Value]) -> Result<Does, GatewayError> {
    let unknown = |what: &str| GatewayError::Unknown { route: route.to_owned(), what: what.to_owned() };
    let (mut set, mut does) = (Vec::new(), Does::Leads);
    for filter in rule["filters"].as_array().into_iter().flatten() {
        match filter["type"].as_str().unwrap_or_default() {
            "ResponseHeaderModifier" => {
                for header in filter["responseHeaderModifier"]["set"].as_array().into_iter().flatten() {
                    let name = header["name"].as_str().unwrap_or_default().to_ascii_lowercase();
                    set.push((name, text(&header["value"])));
                }
            }
            "RequestRedirect" => does = redirect(&filter["requestRedirect"]),
            "ExtensionRef" => {
                let name = &filter["extensionRef"]["name"];
                let named = |one: &&Value| one["kind"] == "HTTPRouteFilter" && one["metadata"]["name"] == *name;
                let found = manifests.iter().find(named).ok_or_else(|| unknown("a filter that is not there"))?;
                does = direct(&found["spec"]["directResponse"]).ok_or_else(|| unknown("a filter without an answer"))?;
            }
            other => return Err(unknown(other)),
        }
    }
    if let Does::Answers { set: own, .. } = &mut does {
        *own = set;
    }
    Ok(does)
}

fn direct(answer: &Value) -> Option<Does> {
    let status = u16::try_from(answer["statusCode"].as_u64()?).ok()?;
    let body = text(&answer["body"]["inline"]);
    let content_type = answer["contentType"].as_str().map(|_| text(&answer["contentType"]));
    Some(Does::Answers { status, content_type, body, set: Vec::new() })
}

fn redirect(filter: &Value) -> Does {
    let own = |field: &str| filter[field].as_str().map(str::to_owned);
    Does::Redirects {
        status: filter["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(302),
        scheme: own("scheme"),
        host: own("hostname"),
        port: filter["port"].as_u64(),
        path: filter["path"]["replaceFullPath"].as_str().map(str::to_owned),
    }
}

/// A format of Envoy as the text that it gives: `%%` is a percent sign.
fn text(format: &Value) -> String {
    format.as_str().unwrap_or_default().replace("%%", "%")
}

impl Does {
    pub(super) fn taken(&self, request: &Request, path: &str, query: Option<&str>) -> Taken {
        let answer = match self {
            Self::Leads => return Taken::Backend,
            Self::Answers { status, content_type, body, set } => {
                let mut headers = set.clone();
                // Envoy says what its bodies are where nobody else does, and takes the type away where there is none.
                if !body.is_empty() {
                    let kind = content_type.clone().unwrap_or_else(|| "text/plain".to_owned());
                    headers.push(("content-type".to_owned(), kind));
                }
                let body = if request.method == "HEAD" { "" } else { body };
                Answer { status: *status, headers, body: carried(body.as_bytes()), ..Answer::default() }
            }
            Self::Redirects { status, scheme, host, port, path: instead } => {
                let scheme = scheme.as_deref().unwrap_or(request.scheme());
                let host = host.as_deref().unwrap_or(request.host());
                let port = port.filter(|port| *port != if scheme == "https" { 443 } else { 80 });
                let port = port.map(|port| format!(":{port}")).unwrap_or_default();
                let query = query.map(|query| format!("?{query}")).unwrap_or_default();
                let location = format!("{scheme}://{host}{port}{}{query}", instead.as_deref().unwrap_or(path));
                Answer { status: *status, headers: vec![("location".to_owned(), location)], ..Answer::default() }
            }
        };
        Taken::Answered(answer)
    }
}
