//! What a failed call means for a cutover.

use crate::fault::Fault;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use caravan_inventory::AccountId;
use caravan_inventory::Region;
use caravan_providers::{CallError, Read, ReadErrorKind};
use std::error::Error;

/// What a failed call means for a cutover. An answer of AWS that refuses has changed nothing; no answer, or one that is
/// not AWS's, leaves everything open.
pub(super) fn of_sdk<E>(error: &SdkError<E, Response>) -> CallError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    if matches!(error, SdkError::ConstructionFailure(_)) {
        return CallError::NotSent(Fault::of_sdk(error).text);
    }
    let fault = Fault::of_sdk(error);
    let code = fault.code.clone().unwrap_or_default();
    let text = if code.is_empty() { fault.text.clone() } else { format!("{code}: {}", fault.text) };
    if code == "InvalidChangeBatch" {
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

/// The judgement of a fault looks at a read only for what differs between lists; a call is none.
fn nowhere() -> Read {
    Read {
        account: AccountId::new(""),
        region: Region::new(""),
        api: String::new(),
        input: serde_json::Value::Null,
        token: None,
    }
}
