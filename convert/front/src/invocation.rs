//! An invocation, its answer, and how it fails.

use bytes::Bytes;
use serde_json::json;
use tokio::sync::{mpsc, oneshot};

/// The most that an answer may hold that is sent when it is whole: Lambda's 6 MB, with what it adds for the envelope.
pub const MAX_ANSWER: usize = 6_291_556;

/// The most that an event may hold: 6 MB.
pub const MAX_EVENT: usize = 6 * 1024 * 1024;

/// The most that a load balancer hands over to a function and takes from it, in bytes (Elastic Load Balancing user guide,
/// "Lambda functions as targets", limits).
pub(crate) const MAX_ALB: usize = 1024 * 1024;

/// The most that a streamed answer may hold: 200 MB.
pub const MAX_STREAM: usize = 200 * 1024 * 1024;

/// One event on its way to a process.
#[derive(Debug)]
pub(crate) struct Invocation {
    /// The request's identifier, which the handler sees.
    pub(crate) id: String,
    /// The event: a JSON document.
    pub(crate) event: Bytes,
    /// The value of `X-Amzn-Trace-Id`.
    pub(crate) trace: String,
    /// The client context of a call of `Invoke`, as JSON.
    pub(crate) client_context: Option<String>,
    /// Whether the caller takes an answer piece by piece.
    pub(crate) streams: bool,
    /// Who waits for the answer. Nobody may wait any more; the handler runs to its end all the same, as in Lambda.
    pub(crate) reply: Reply,
}

/// Where an answer goes.
pub(crate) type Reply = oneshot::Sender<Result<Answer, Failure>>;

/// What a handler answered.
#[derive(Debug)]
pub enum Answer {
    /// Everything at once.
    Whole(Bytes),
    /// Everything at once, of a handler that streams to a caller who does not: with the type that its client gave.
    Gathered {
        /// The content type that the runtime client gave.
        content_type: Option<String>,
        /// The pieces, joined.
        bytes: Bytes,
    },
    /// Piece by piece.
    Stream {
        /// The content type that the runtime client gave.
        content_type: Option<String>,
        /// The pieces. An error is a stream that broke off in the middle.
        pieces: mpsc::Receiver<Result<Bytes, BrokenOff>>,
    },
}

/// A stream ended before the handler had finished.
#[derive(Debug, thiserror::Error)]
#[error("the handler's answer broke off")]
pub struct BrokenOff;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// What happened.
    pub kind: FailureKind,
    /// The document that Lambda's `Invoke` answers in its place: `errorMessage`, `errorType` and what the handler added.
    pub document: Bytes,
}

/// The ways in which an invocation fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// The handler raised an error.
    Handler,
    /// The process could not be initialised.
    Init,
    /// The function's time was over.
    Timeout,
    /// The process ended, or was ended, in the middle.
    Exit,
    /// The answer was larger than Lambda takes.
    TooLarge,
    /// Too many invocations wait already, or the pod is being stopped: nothing was run.
    Throttled,
}

impl FailureKind {
    /// One word for metrics.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Handler => "handler_error",
            Self::Init => "init_error",
            Self::Timeout => "timeout",
            Self::Exit => "exit",
            Self::TooLarge => "too_large",
            Self::Throttled => "throttled",
        }
    }
}

impl Failure {
    /// What a runtime client reported, unchanged.
    pub(crate) fn reported(kind: FailureKind, document: Bytes) -> Self {
        Self { kind, document }
    }

    /// A failure that Lambda itself words.
    pub(crate) fn worded(kind: FailureKind, error_type: &str, message: &str) -> Self {
        let document = json!({"errorType": error_type, "errorMessage": message});
        Self { kind, document: Bytes::from(document.to_string()) }
    }

    /// The function's time was over.
    pub(crate) fn timed_out(id: &str, seconds: u32) -> Self {
        let message = format!("RequestId: {id} Error: Task timed out after {seconds}.00 seconds");
        Self::worded(FailureKind::Timeout, "Sandbox.Timedout", &message)
    }

    /// The process ended before it answered. `how` is `exit status 1` or `signal: killed`.
    pub(crate) fn exited(id: &str, how: &str) -> Self {
        let message = format!("RequestId: {id} Error: Runtime exited with error: {how}");
        Self::worded(FailureKind::Exit, "Runtime.ExitError", &message)
    }

    /// An answer of this many bytes at least.
    pub(crate) fn too_large(most: usize) -> Self {
        let message = format!("Response payload size exceeded maximum allowed payload size ({most} bytes).");
        Self::worded(FailureKind::TooLarge, "Function.ResponseSizeTooLarge", &message)
    }

    /// Nothing was run.
    pub(crate) fn throttled(why: &str) -> Self {
        Self::worded(FailureKind::Throttled, "TooManyRequestsException", why)
    }
}
