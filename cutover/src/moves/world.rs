//! The world that hostnames move in.

use caravan_cutover_domains::{Act, Answer, Look, MovePlan, Sight};
use caravan_providers::CallError;
use std::future::Future;

/// Looks and changes, once each. Nothing is repeated here: who drives looks again.
pub trait MoveWorld: Send + Sync {
    /// Looks at something.
    ///
    /// # Errors
    /// Why nothing was seen.
    fn look(&self, plan: &MovePlan, look: &Look) -> impl Future<Output = Result<Sight, CallError>> + Send;

    /// Makes a change.
    ///
    /// Cancel safety: none. A dropped future leaves the change in doubt.
    ///
    /// # Errors
    /// [`CallError::InDoubt`] whenever nobody can tell whether it took effect.
    fn act(&self, plan: &MovePlan, act: &Act) -> impl Future<Output = Result<Answer, CallError>> + Send;
}
