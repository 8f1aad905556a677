//! The raw answers of what is observed. A snapshot is read from the API's own words, as discovery keeps them: the SDK's
//! types have no field that it does not know.

use crate::budget::Budgets;
use crate::capture::Capture;
use crate::failed_call::nowhere;
use crate::stats::Stats;
use crate::xml::{XmlShape, xml_to_json};
use caravan_providers::target::SnapshotError;
use caravan_providers::{CallError, Reply, Write};
use serde_json::Value;

/// What takes the raw body of one call's answer.
pub(super) fn capture() -> Capture {
    Capture::new(Stats::default(), Budgets::default().of(&nowhere()))
}

/// One list of the captured answer of a service, by the name that its API gives it.
///
/// # Errors
/// [`CallError::InDoubt`] when it is not there.
pub(super) fn list(capture: &Capture, shape: &XmlShape, name: &str) -> Result<Vec<Value>, CallError> {
    let unusable = |text: &str| CallError::InDoubt(format!("the answer can't be read: {text}"));
    let body = String::from_utf8(capture.take()).map_err(|_| unusable("it is not UTF-8"))?;
    let mut body = xml_to_json(&body, shape).map_err(|error| unusable(&error.to_string()))?;
    match body.get_mut(name).map(Value::take) {
        Some(Value::Array(items)) => Ok(items),
        _ => Err(unusable(&format!("it has no {name}"))),
    }
}

/// Lets a write go on where its target was seen as the write believes.
///
/// # Errors
/// [`CallError::Conflict`] where it stands otherwise; else why it was not seen: never in doubt, as nothing was sent.
pub(super) fn as_believed(write: &Write, seen: Result<Reply, CallError>) -> Result<(), CallError> {
    match seen.map_err(CallError::before_write)? {
        Reply::Observed { snapshot, .. } if snapshot == write.before => Ok(()),
        _ => Err(CallError::Conflict(format!("{} is not as the write believes", write.target))),
    }
}

/// What it means for a call that the provider's answer is no snapshot.
pub(super) fn unreadable(error: SnapshotError) -> CallError {
    CallError::Rejected(error.to_string())
}
