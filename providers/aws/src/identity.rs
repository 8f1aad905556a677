//! Whose credentials these are.

use crate::capture::Capture;
use crate::failed_call::FailedCall;
use crate::session::RegionClients;

/// Asks AWS for the account that the credentials belong to.
pub(crate) async fn account_of(session: &RegionClients, capture: &Capture) -> Result<String, FailedCall> {
    session.credentials().await?;
    let answer = session.sts.get_caller_identity().customize().interceptor(capture.clone()).send().await;
    let answer = answer.map_err(|error| FailedCall::of_sdk(&error))?;
    answer.account().map(str::to_owned).ok_or_else(|| FailedCall::unanswered("the answer names no account"))
}
