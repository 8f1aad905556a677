//! A notice, and what sends it.

use crate::operator::ShareStatus;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::future::Future;
use std::pin::Pin;

/// What a person is told of a run (`caravan.notice/v1`).
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Notice {
    /// `caravan.notice/v1`.
    pub schema: String,
    /// The same whenever the same notice is sent: run, entry and what it is about.
    pub id: String,
    /// What it is about.
    pub kind: NoticeKind,
    /// The run.
    pub run: String,
    /// Its wave.
    pub wave: String,
    /// The state in which the run was, as `cutover status` names it.
    pub state: String,
    /// The stage that waits or is under way; none when none is.
    pub step: Option<String>,
    /// The very reason.
    pub why: String,
    /// Since when, in UTC.
    pub since: String,
    /// The shares of traffic that were on a new side then.
    pub at_risk: Vec<ShareStatus>,
    /// What can be done, each as it can be pasted; the most likely first.
    pub next: Vec<String>,
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// A stage waits for approval, or the whole run for its release.
    Approval,
    /// The run holds: a person must look. Or it gets no further on its way, as what it waits for does not come. Or its driver has
    /// ended, and nobody watches the users on a new side.
    Hold,
    /// The run goes back, or has come back.
    Rollback,
    /// The rollback can't go on or does not get any further, or the run can't be driven at all.
    Failure,
}

impl NoticeKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Approval, Self::Hold, Self::Rollback, Self::Failure];

    /// The word for it, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::Hold => "hold",
            Self::Rollback => "rollback",
            Self::Failure => "failure",
        }
    }
}

/// Why a notice was not delivered, for a person; it is sent again. The text names no address.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SendError {
    /// The receiver takes nothing now: the notices behind this one wait, too, so that they come in order.
    #[error("{0}")]
    Unavailable(String),
    /// The receiver has read this notice and does not want it: the ones behind it don't wait for it.
    #[error("{0}")]
    Rejected(String),
}

/// A notice on its way.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), SendError>> + Send + 'a>>;

/// What takes notices to one receiver.
pub trait Sender: Send + Sync {
    /// Delivers a notice. What it has given `Ok` for is not sent again.
    ///
    /// Cancel safety: dropping it leaves open whether the notice arrived; it is sent again.
    fn send<'a>(&'a self, notice: &'a Notice) -> Sending<'a>;
}
