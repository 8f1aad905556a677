//! Takes the raw body of the SDK's answers, counts its attempts, and says which answers are worth another one.
//!
//! The SDK keeps no field that it does not know, so its typed output is thrown away. The body is there to read only after
//! deserialisation: before that hook it has not been read from the connection.

use crate::budget::Budget;
use crate::failed_call::is_throttle;
use crate::stats::Stats;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef, InterceptorContext,
};
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::retry::ErrorKind;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The interceptor of one operation. Clones share what they captured.
#[derive(Clone, Debug)]
pub(crate) struct Capture {
    body: Arc<Mutex<Vec<u8>>>,
    attempts: Arc<AtomicU32>,
    stats: Stats,
    budget: Budget,
}

impl Capture {
    pub(crate) fn new(stats: Stats, budget: Budget) -> Self {
        Self { body: Arc::default(), attempts: Arc::default(), stats, budget }
    }

    /// Counts an attempt that goes out.
    pub(crate) fn sending(&self, attempt: u32) {
        self.stats.sent(attempt);
        if attempt > 1 {
            self.budget.note();
        }
    }

    /// Counts an answer that says "too fast".
    pub(crate) fn throttled(&self) {
        self.stats.throttled();
    }

    /// The body of the last answer.
    pub(crate) fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.body.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Intercept for Capture {
    fn name(&self) -> &'static str {
        "CaravanCapture"
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.sending(self.attempts.fetch_add(1, Ordering::Relaxed) + 1);
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response().body().bytes().unwrap_or_default();
        if context.output_or_error().is_err() && is_throttle(context.response().status().as_u16(), body) {
            self.throttled();
        }
        *self.body.lock().unwrap_or_else(PoisonError::into_inner) = body.to_vec();
        Ok(())
    }
}

/// Has the SDK ask again when an answer says success and can't be read: it was cut short, or something in between answered
/// in AWS's place. By itself the SDK takes such an answer for final.
#[derive(Debug)]
pub(crate) struct AskAgainWhenUnreadable;

impl ClassifyRetry for AskAgainWhenUnreadable {
    fn name(&self) -> &'static str {
        "CaravanAskAgainWhenUnreadable"
    }

    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let is_success = context.response().is_some_and(|response| response.status().is_success());
        if is_success && matches!(context.output_or_error(), Some(Err(_))) {
            RetryAction::retryable_error(ErrorKind::TransientError)
        } else {
            RetryAction::NoActionIndicated
        }
    }
}
