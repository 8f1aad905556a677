//! The extensions API as far as a shutdown goes: registration, events, errors. No logs or telemetry are sent.
//!
//! Invocations are told to an extension that waits for an event. One that is still busy with the last is not told, and
//! nothing waits for extensions before the next invocation.

use super::replies::{accepted, json, refuse};
use crate::body::{Sent, read};
use crate::clock::request_id;
use crate::config::Function;
use crate::say::say;
use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// The extensions beside one process.
#[derive(Debug, Default)]
pub(super) struct Extensions(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    registered: HashMap<String, Registered>,
    shutdown: Option<Value>,
}

#[derive(Debug)]
struct Registered {
    events: Vec<String>,
    waits: Option<oneshot::Sender<Value>>,
}

#[derive(Deserialize)]
struct Registration {
    #[serde(default)]
    events: Vec<String>,
}

const IDENTIFIER: HeaderName = HeaderName::from_static("lambda-extension-identifier");

impl Extensions {
    /// Takes an extension in and gives it its identifier.
    pub(super) async fn register(&self, function: &Function, request: Request<Incoming>) -> Response<Sent> {
        if !request.headers().contains_key("lambda-extension-name") {
            return refuse(StatusCode::BAD_REQUEST, "Extension.MissingHeader", "Lambda-Extension-Name is missing");
        }
        let body = read(request.into_body(), 1 << 16).await.unwrap_or_default();
        let events = match serde_json::from_slice(&body) {
            Ok(Registration { events }) => events,
            Err(error) => return refuse(StatusCode::BAD_REQUEST, "Extension.InvalidBody", &error.to_string()),
        };
        if let Some(other) = events.iter().find(|event| !["INVOKE", "SHUTDOWN"].contains(&event.as_str())) {
            return refuse(
                StatusCode::BAD_REQUEST,
                "Extension.InvalidEventType",
                &format!("there is no event {other}"),
            );
        }
        let id = request_id();
        self.state().registered.insert(id.clone(), Registered { events, waits: None });
        let document = json!({
            "functionName": function.name, "functionVersion": function.version, "handler": function.handler,
        });
        identified(json(StatusCode::OK, Bytes::from(document.to_string())), &id)
    }

    /// Waits for an event.
    pub(super) async fn next(&self, headers: &HeaderMap) -> Response<Sent> {
        let id = headers.get(IDENTIFIER).and_then(|id| id.to_str().ok()).unwrap_or_default();
        let event = {
            let mut state = self.state();
            let shutdown = state.shutdown.clone();
            let Some(extension) = state.registered.get_mut(id) else {
                return refuse(
                    StatusCode::FORBIDDEN,
                    "Extension.UnknownExtensionIdentifier",
                    "nobody has registered so",
                );
            };
            match shutdown.filter(|_| extension.events.iter().any(|event| event == "SHUTDOWN")) {
                Some(event) => Ok(event),
                None => {
                    let (sender, receiver) = oneshot::channel();
                    extension.waits = Some(sender);
                    Err(receiver)
                }
            }
        };
        let event = match event {
            Ok(event) => event,
            Err(receiver) => match receiver.await {
                Ok(event) => event,
                Err(_) => {
                    return refuse(StatusCode::CONFLICT, "Extension.Replaced", "another call waits for events now");
                }
            },
        };
        identified(json(StatusCode::OK, Bytes::from(event.to_string())), id)
    }

    /// An extension says that it can't go on. It is said; the function goes on.
    pub(super) async fn failed(&self, request: Request<Incoming>) -> Response<Sent> {
        let kind = request.headers().get("lambda-extension-function-error-type").cloned();
        let body = read(request.into_body(), 1 << 16).await.unwrap_or_default();
        let kind = kind.as_ref().and_then(|kind| kind.to_str().ok()).unwrap_or("unknown").to_owned();
        say(&format!("an extension reports {kind}: {}", String::from_utf8_lossy(&body)));
        accepted()
    }

    /// Tells those who wait that an invocation begins.
    pub(super) fn invoke(&self, id: &str, arn: &str, trace: &str, deadline: i64) {
        let mut state = self.state();
        if state.registered.is_empty() {
            return;
        }
        let event = json!({
            "eventType": "INVOKE", "deadlineMs": deadline, "requestId": id, "invokedFunctionArn": arn,
            "tracing": {"type": "X-Amzn-Trace-Id", "value": trace},
        });
        state.tell("INVOKE", &event);
    }

    /// Tells all that the process ends. Says whether anybody wanted to know.
    pub(super) fn shut_down(&self, reason: &str, deadline: i64) -> bool {
        let mut state = self.state();
        let event = json!({"eventType": "SHUTDOWN", "shutdownReason": reason, "deadlineMs": deadline});
        state.tell("SHUTDOWN", &event);
        state.shutdown = Some(event);
        state.registered.values().any(|extension| extension.events.iter().any(|event| event == "SHUTDOWN"))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn tell(&mut self, kind: &str, event: &Value) {
        for extension in self.registered.values_mut().filter(|one| one.events.iter().any(|event| event == kind)) {
            if let Some(waits) = extension.waits.take() {
                // Its connection may be gone: then it is told by its next call, if it is still there.
                let _ = waits.send(event.clone());
            }
        }
    }
}

fn identified(mut response: Response<Sent>, id: &str) -> Response<Sent> {
    if let Ok(id) = HeaderValue::from_str(id) {
        response.headers_mut().insert(IDENTIFIER, id);
    }
    response
}
