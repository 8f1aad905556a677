//! One call that a cutover makes, as data.

use crate::target::{
    Controller, FencingToken, HttpRouteTarget, ListenerRuleTarget, Probe, RouteFrame, RuleFrame, Snapshot, Target,
};
use crate::{Count, Counted, NotCounted};
use serde::{Deserialize, Serialize};
use std::future::Future;

/// One call. It is a total function of what a plan shows: what was shown is what is done.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Call {
    /// Observes a target.
    Observe(Target),
    /// Asks who else writes to a target by itself (K11).
    Controllers(Target),
    /// Changes a target.
    Write(Write),
    /// Asks whether an accepted write has reached users, where that can be seen (see [`Reply::Settled`]).
    Status {
        /// The write.
        write: Box<Write>,
        /// What the provider gave when it accepted; empty when its answer was lost.
        ticket: String,
    },
    /// Asks an owner whether it is at work, whatever is set of it.
    Activity(Target),
    /// Asks one side of a shift how it is, without any user's traffic.
    Probe(Probe),
    /// Changes several targets that share a batch ([`BatchPart`](crate::target::BatchPart)): all of them, or none.
    WriteAll(Vec<Write>),
    /// Several questions at once, none of them a write.
    All(Vec<Call>),
}

impl Call {
    /// What it is about, of several the first; none for a probe, which asks a side.
    #[must_use]
    pub const fn target(&self) -> Option<&Target> {
        match self {
            Self::Observe(target) | Self::Controllers(target) | Self::Activity(target) => Some(target),
            Self::Status { write, .. } => Some(&write.target),
            Self::Write(write) => Some(&write.target),
            Self::WriteAll(writes) => match writes.as_slice() {
                [first, ..] => Some(&first.target),
                [] => None,
            },
            Self::All(calls) => match calls.as_slice() {
                [first, ..] => first.target(),
                [] => None,
            },
            Self::Probe(_) => None,
        }
    }
}

/// One change of one target from one exact snapshot to another.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Write {
    /// The target that is changed.
    pub target: Target,
    /// What must be there now.
    pub before: Snapshot,
    /// What will be there.
    pub after: Snapshot,
    /// The fencing token that must be there now; none asserts that there is none.
    #[serde(alias = "marker_before")]
    pub token_before: Option<FencingToken>,
    /// The fencing token that will be there; none removes it.
    #[serde(alias = "marker_after")]
    pub token_after: Option<FencingToken>,
    /// Seconds after which an unanswered write can no longer take effect.
    pub in_flight: u32,
}

impl Write {
    /// Whether the target would be afterwards what it must be before, its fencing token included.
    #[must_use]
    pub fn changes_nothing(&self) -> bool {
        self.before == self.after && self.token_before == self.token_after
    }
}

/// What a call brought.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// The state of the target.
    Observed {
        /// Its snapshot.
        #[serde(alias = "image")]
        snapshot: Snapshot,
        /// Who wrote last; none when nobody's fencing token stands there.
        #[serde(alias = "marker")]
        token: Option<FencingToken>,
    },
    /// Who else writes to the target, sorted; empty when nothing shows anybody.
    #[serde(alias = "owned")]
    Controllers(Vec<Controller>),
    /// The write was accepted.
    Accepted {
        /// With what to ask whether it has reached users; none when it has.
        ticket: Option<String>,
    },
    /// The write has reached users: what carries their traffic says so, not what took the write.
    Settled,
    /// The provider is still spreading the change.
    Pending,
    /// The write was taken, and what carries users' traffic does not follow it, or nobody can tell whether it does.
    Unsettled {
        /// Why, for a person.
        reason: String,
    },
    /// Whether the owner is at work.
    Activity(Activity),
    /// How the side is.
    Probed(Verdict),
    /// What each of several questions brought, in their order.
    All(Vec<Result<Reply, CallError>>),
}

/// Whether an owner is at work.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Activity {
    /// It takes on work, or has not finished what it took on.
    Working,
    /// It has finished everything and takes on nothing.
    Idle,
}

/// What is known of a target beside its snapshot, for a person.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Beside {
    /// What somebody else has made otherwise than the plan was made for, though it is no part of the snapshot.
    pub otherwise: Vec<String>,
    /// What is known of how an owner works.
    pub known: Option<String>,
    /// What speaks against that it works as it should; none where nothing does.
    pub against: Option<String>,
}

/// What a gate or a probe says.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The side is healthy.
    Pass,
    /// Not well: the side itself answered so.
    Fail {
        /// What it answered, for a person.
        reason: String,
    },
    /// Nobody can tell (K6): never a pass, never a failure.
    Inconclusive {
        /// Why, for a person.
        reason: String,
    },
}

/// A call that brought no reply.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum CallError {
    /// It never left: it may be made again at once.
    #[error("not sent: {0}")]
    NotSent(String),
    /// The provider's limits refused it: it may be made again later.
    #[error("throttled: {0}")]
    Throttled(String),
    /// The credentials may not: a person must change that.
    #[error("denied: {0}")]
    Denied(String),
    /// The target does not exist.
    #[error("missing: {0}")]
    Missing(String),
    /// The target was not as the write believed: nothing was changed. Observe.
    #[error("conflict: {0}")]
    Conflict(String),
    /// The provider refused it as wrong: nothing was changed. Observe, then ask a person.
    #[error("rejected: {0}")]
    Rejected(String),
    /// Nobody can tell whether it took effect: observe after the in-flight bound. For a read: no answer.
    #[error("in doubt: {0}")]
    InDoubt(String),
}

impl CallError {
    /// What it means for a write that the read before it failed so: nothing is in doubt, since the write has not been sent.
    #[must_use]
    pub fn before_write(self) -> Self {
        match self {
            Self::InDoubt(text) => Self::NotSent(text),
            other => other,
        }
    }
}

/// Something that makes calls that change nothing.
pub trait Observer: Send + Sync {
    /// Makes a call other than a write; a write is refused as [`CallError::NotSent`].
    fn observe(&self, call: &Call) -> impl Future<Output = Result<Reply, CallError>> + Send;

    /// Asks what carries a target's traffic how many requests it has counted. It is no call of a run: nothing that a run does
    /// depends on it.
    ///
    /// # Errors
    /// [`NotCounted`]; where an observer knows nobody who counts, [`NotCounted::Unnamed`].
    fn count(&self, _count: &Count) -> impl Future<Output = Result<Counted, NotCounted>> + Send {
        async { Err(NotCounted::Unnamed) }
    }

    /// What of a route is not its rules, as it is sealed beside them. None where an observer knows no routes.
    ///
    /// # Errors
    /// Those of any call.
    fn route_frame(
        &self,
        _target: &HttpRouteTarget,
    ) -> impl Future<Output = Result<Option<RouteFrame>, CallError>> + Send {
        async { Ok(None) }
    }

    /// What of a load balancer's rule is not its actions, as it is sealed beside them. None where an observer knows no load balancers.
    ///
    /// # Errors
    /// Those of any call.
    fn rule_frame(
        &self,
        _target: &ListenerRuleTarget,
    ) -> impl Future<Output = Result<Option<RuleFrame>, CallError>> + Send {
        async { Ok(None) }
    }

    /// What is known of a target beside its snapshot, for people: nothing that a run does depends on it.
    ///
    /// # Errors
    /// Those of any call.
    fn beside(&self, _target: &Target) -> impl Future<Output = Result<Beside, CallError>> + Send {
        async { Ok(Beside::default()) }
    }

    /// Which cluster a context of the kubeconfig leads to now: the uid of its namespace `kube-system`, which is made with the cluster and
    /// never again. None where an observer knows no clusters.
    ///
    /// # Errors
    /// Those of any call.
    fn cluster_identity(&self, _context: &str) -> impl Future<Output = Result<Option<String>, CallError>> + Send {
        async { Ok(None) }
    }
}

/// Something that makes every call. It never repeats a write by itself: only the engine does, after it has observed the target.
pub trait Executor: Observer {
    /// Makes the write.
    ///
    /// Cancel safety: none. A dropped future leaves the write in doubt.
    fn write(&self, write: &Write) -> impl Future<Output = Result<Reply, CallError>> + Send;

    /// Makes several writes as one that happens whole or not at all. Whose targets share no batch refuses it, as
    /// [`CallError::Rejected`]; nothing was changed then.
    ///
    /// Cancel safety: none. A dropped future leaves all of them in doubt.
    fn write_all(&self, writes: &[Write]) -> impl Future<Output = Result<Reply, CallError>> + Send {
        let text = format!("{} changes can't be made as one", writes.len());
        async { Err(CallError::Rejected(text)) }
    }
}
