//! What a rule does with the requests that it takes.

use super::{GatewayError, Taken};
use crate::answer::Answer;
use crate::bodies::carried;
use crate::requests::Request;
use serde_json::Value;

/// What a rule does, and to the headers of every answer.
#[derive(Clone, Debug)]
pub(super) struct Does {
    what: What,
    laid: Laid,
}

#[derive(Clone, Debug)]
enum What {
    /// It leads to the app's own Service.
    Leads,
    /// It leads to something else, or to nothing.
    LeadsElsewhere,
    /// It answers.
    Answers { status: u16, content_type: Option<String>, body: String },
    /// It redirects, with the request's own where nothing is said.
    Redirects { status: u16, scheme: Option<String>, host: Option<String>, port: Option<u64>, path: Option<String> },
}

/// What a rule does to the headers of an answer.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Laid {
    /// Those that come in the place of others, names in small letters.
    set: Vec<(String, String)>,
    /// Those that are taken away.
    remove: Vec<String>,
}

impl Laid {
    /// Does it to an answer. Of what a script threw, and of no answer at all, nothing is compared but that.
    pub(crate) fn over(&self, answer: &mut Answer) {
        if !answer.threw && answer.error.is_none() {
            self.over_headers(&mut answer.headers);
        }
    }

    fn over_headers(&self, headers: &mut Vec<(String, String)>) {
        headers.retain(|(name, _)| !self.remove.contains(name) && !self.set.iter().any(|(set, _)| set == name));
        headers.extend(self.set.iter().cloned());
    }
}

pub(super) fn of(route: &str, rule: &Value, manifests: &[Value]) -> Result<Does, GatewayError> {
    let unknown = |what: &str| GatewayError::Unknown { route: route.to_owned(), what: what.to_owned() };
    let (mut laid, mut what) = (Laid::default(), leads(rule, manifests));
    for filter in rule["filters"].as_array().into_iter().flatten() {
        match filter["type"].as_str().unwrap_or_default() {
            "ResponseHeaderModifier" => laid_by(&filter["responseHeaderModifier"], &mut laid).map_err(unknown)?,
            "RequestRedirect" => what = redirect(&filter["requestRedirect"]).map_err(unknown)?,
            "ExtensionRef" => {
                let name = &filter["extensionRef"]["name"];
                let named = |one: &&Value| one["kind"] == "HTTPRouteFilter" && one["metadata"]["name"] == *name;
                let found = manifests.iter().find(named).ok_or_else(|| unknown("a filter that is not there"))?;
                what = direct(&found["spec"]["directResponse"]).ok_or_else(|| unknown("a filter without an answer"))?;
            }
            other => return Err(unknown(other)),
        }
    }
    // Whether Envoy then writes a type of its own nobody has asked it.
    if matches!(what, What::Answers { .. }) && laid.remove.iter().any(|name| name == "content-type") {
        return Err(unknown("an answer of its own whose type is taken away"));
    }
    Ok(Does { what, laid })
}

/// Where a rule without an answer of its own leads: to the app alone where each backend that gets requests is a port of a Service among the
/// app's manifests (Gateway API, HTTPBackendRef: `kind` is Service, `group` is empty, and `weight` is 1 where nothing is said).
fn leads(rule: &Value, manifests: &[Value]) -> What {
    let is_own = |backend: &Value| {
        let core = backend["group"].as_str().unwrap_or_default().is_empty() && backend.get("namespace").is_none();
        let service = core && backend["kind"].as_str().unwrap_or("Service") == "Service";
        service && manifests.iter().any(|one| is_port_of(one, backend))
    };
    let backends = rule["backendRefs"].as_array().into_iter().flatten();
    let mut asked = backends.filter(|backend| backend["weight"].as_u64() != Some(0)).peekable();
    if asked.peek().is_some() && asked.all(is_own) { What::Leads } else { What::LeadsElsewhere }
}

fn is_port_of(manifest: &Value, backend: &Value) -> bool {
    let ports = manifest["spec"]["ports"].as_array().into_iter().flatten();
    manifest["kind"] == "Service"
        && manifest["metadata"]["name"] == backend["name"]
        && ports.into_iter().any(|port| port["port"] == backend["port"])
}

fn laid_by(modifier: &Value, laid: &mut Laid) -> Result<(), &'static str> {
    for (what, list) in modifier.as_object().into_iter().flatten() {
        let list = list.as_array().into_iter().flatten();
        match what.as_str() {
            "set" => laid.set.extend(list.map(|header| (small(&header["name"]), text(&header["value"])))),
            "remove" => laid.remove.extend(list.map(small)),
            _ => return Err("ResponseHeaderModifier, of which it knows `set` and `remove`"),
        }
    }
    Ok(())
}

/// The name of a header in small letters.
fn small(name: &Value) -> String {
    name.as_str().unwrap_or_default().to_ascii_lowercase()
}

fn direct(answer: &Value) -> Option<What> {
    let status = u16::try_from(answer["statusCode"].as_u64()?).ok()?;
    let body = text(&answer["body"]["inline"]);
    let content_type = answer["contentType"].as_str().map(|_| text(&answer["contentType"]));
    Some(What::Answers { status, content_type, body })
}

fn redirect(filter: &Value) -> Result<What, &'static str> {
    let own = |field: &str| filter[field].as_str().map(str::to_owned);
    let path = match filter.pointer("/path/type").and_then(Value::as_str) {
        None => None,
        Some("ReplaceFullPath") => filter["path"]["replaceFullPath"].as_str().map(str::to_owned),
        Some(_) => return Err("a redirect that replaces a part of the path"),
    };
    Ok(What::Redirects {
        status: filter["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(302),
        scheme: own("scheme"),
        host: own("hostname"),
        port: filter["port"].as_u64(),
        path,
    })
}

/// A format of Envoy as the text that it gives: `%%` is a percent sign.
fn text(format: &Value) -> String {
    format.as_str().unwrap_or_default().replace("%%", "%")
}

impl Does {
    pub(super) fn taken(&self, request: &Request, path: &str, query: Option<&str>) -> Taken {
        let mut answer = match &self.what {
            What::Leads => return Taken::Backend(self.laid.clone()),
            What::LeadsElsewhere => return Taken::Elsewhere,
            What::Answers { status, content_type, body } => {
                let mut headers = Vec::new();
                self.laid.over_headers(&mut headers);
                // Envoy says what its bodies are where nobody else does, and takes the type away where there is none.
                if !body.is_empty() {
                    let kind = content_type.clone().unwrap_or_else(|| "text/plain".to_owned());
                    headers.push(("content-type".to_owned(), kind));
                }
                let body = if request.method == "HEAD" { "" } else { body };
                let body = carried(body.as_bytes());
                return Taken::Answered(Answer { status: *status, headers, body, ..Answer::default() });
            }
            What::Redirects { status, scheme, host, port, path: instead } => {
                let scheme = scheme.as_deref().unwrap_or(request.scheme());
                let host = host.as_deref().unwrap_or(request.host());
                let port = port.filter(|port| *port != if scheme == "https" { 443 } else { 80 });
                let port = port.map(|port| format!(":{port}")).unwrap_or_default();
                let query = query.map(|query| format!("?{query}")).unwrap_or_default();
                let location = format!("{scheme}://{host}{port}{}{query}", instead.as_deref().unwrap_or(path));
                Answer { status: *status, headers: vec![("location".to_owned(), location)], ..Answer::default() }
            }
        };
        self.laid.over(&mut answer);
        Taken::Answered(answer)
    }
}
