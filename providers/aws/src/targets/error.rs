//! What a failed call means for a cutover.

use crate::failed_call::{FailedCall, nowhere};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use caravan_providers::{CallError, Read, ReadErrorKind};
use std::error::Error;

/// What a failed call means for a cutover. An answer of AWS that refuses has changed nothing; no answer, or one that is
/// not AWS's, leaves everything open.
pub(super) fn of_sdk<E>(error: &SdkError<E, Response>) -> CallError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    if matches!(error, SdkError::ConstructionFailure(_)) {
        return CallError::NotSent(FailedCall::of_sdk(error).text);
    }
    if let Some(text) = older_conflict(error) {
        return CallError::Conflict(text);
    }
    of_fault(&FailedCall::of_sdk(error))
}

/// As [`of_sdk`], of a call that was sent without an SDK.
pub(super) fn of_fault(fault: &FailedCall) -> CallError {
    let text = fault.harmless_text();
    if fault.code.as_deref() == Some("InvalidChangeBatch") {
        return CallError::Conflict(text);
    }
    match fault.kind(&nowhere()) {
        ReadErrorKind::Throttled => CallError::Throttled(text),
        ReadErrorKind::Credentials | ReadErrorKind::Denied => CallError::Denied(text),
        ReadErrorKind::Missing => CallError::Missing(text),
        ReadErrorKind::Rejected if fault.status.is_some_and(|status| status < 500) && fault.code.is_some() => {
            CallError::Rejected(text)
        }
        _ => CallError::InDoubt(text),
    }
}

/// What Route 53 says against a batch in its older form, whose root is the error itself and which the SDK does not read.
/// Source: Route 53 API Reference, `ChangeResourceRecordSets`; AWS's SDKs for Python and Go read both.
fn older_conflict<E>(error: &SdkError<E, Response>) -> Option<String> {
    let SdkError::ServiceError(answer) = error else { return None };
    let body = std::str::from_utf8(answer.raw().body().bytes()?).ok()?;
    let (_, inside) = body.split_once("<InvalidChangeBatch")?;
    let said = inside.split("<Message>").skip(1).filter_map(|rest| Some(rest.split_once("</Message>")?.0));
    Some(format!("InvalidChangeBatch: {}", said.collect::<Vec<_>>().join("; ")))
}

/// What it means for a call that what must come before it failed: the call itself was not sent.
pub(super) fn of_unsent(fault: FailedCall, question: &Read) -> CallError {
    let error = fault.into_error(question);
    match error.kind {
        ReadErrorKind::Credentials | ReadErrorKind::Denied => CallError::Denied(error.to_string()),
        ReadErrorKind::Throttled => CallError::Throttled(error.to_string()),
        _ => CallError::NotSent(error.to_string()),
    }
}
