//! What every kind of target says of itself.

use super::batch::BatchPart;
use super::budget::ApiBudget;
use super::fencing_token::FencingToken;
use super::snapshot::{Snapshot, SnapshotError};
use caravan_inventory::{Observation, Scope};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a target's provider promises about a write (K2).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Guarantee {
    /// A write fails when the target is not as the writer believes.
    Atomic,
    /// Read, write, read again: a foreign write in the gap is detected, not prevented.
    Checked,
}

/// Where a target lives: whose credentials reach it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum TargetLocation {
    /// A region of an account of a provider.
    Account(Scope),
    /// A cluster, by its kubeconfig context.
    Cluster(String),
    /// A simulated world: no adapter reaches it.
    Simulation,
}

/// What is asked of a target's provider.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ask {
    /// What stands there now.
    Observe,
    /// Who else writes to it.
    Controllers,
    /// A change of it.
    Write,
    /// Whether a change has reached everywhere.
    Status,
    /// Whether an owner is at work.
    Activity,
}

/// Where a part of the traffic goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Share<'a> {
    /// What the traffic is sent to: a record's value or alias name, a target group's ARN, a backend's name. Empty when
    /// the snapshot names nothing there.
    pub name: &'a str,
    /// Its part, in proportion to the other weights of the snapshot.
    pub weight: u64,
}

/// A kind of target: everything that is so for all targets of the kind, wherever it is needed. Its text is the target's
/// name for people.
///
/// A snapshot that is given must be of the same kind; one of another kind has no shares, no summary and no commands.
pub trait TargetKind: fmt::Display {
    /// The target's name in a few words: a host name, the end of an ARN, `namespace/name`.
    fn short_name(&self) -> String;

    /// What two targets have in common that are one and the same thing, and no others: no wave may change it twice. The
    /// name for people is meant to tell just these apart.
    fn identity(&self) -> String {
        self.to_string()
    }

    /// What its provider promises about a write.
    fn guarantee(&self) -> Guarantee;

    /// Where it lives.
    fn location(&self) -> TargetLocation;

    /// Whose limits its calls draw on.
    fn budget(&self) -> ApiBudget;

    /// How many requests a call makes.
    fn requests(&self, _ask: Ask) -> u64 {
        1
    }

    /// How many requests it makes at the most to ask several such targets the same at once.
    fn requests_together(&self, ask: Ask, targets: u64) -> u64 {
        self.requests(ask) * targets
    }

    /// Why a change of it may not be made at a moment, in milliseconds since 1970, over what stands there; none when it may. A
    /// schedule is not stopped around a firing: nobody could tell whether it has fired.
    fn withheld(&self, _stands: &Snapshot, _after: &Snapshot, _at_ms: u64) -> Option<String> {
        None
    }

    /// The longest time in milliseconds for which [`TargetKind::withheld`] holds a change up.
    fn longest_withheld_ms(&self) -> u64 {
        0
    }

    /// What a change of it from one snapshot to another takes of a batch, the fencing tokens that go and come with it; none
    /// where each target is changed by a request of its own.
    fn batch(&self, _change: (&Snapshot, &Snapshot), _tokens: [Option<&FencingToken>; 2]) -> Option<BatchPart> {
        None
    }

    /// Its snapshot in what discovery has observed; none when discovery has not seen it, or never does.
    ///
    /// # Errors
    /// When what was observed can't be read.
    fn observed_in(
        &self,
        _observed: &mut dyn Iterator<Item = &Observation>,
    ) -> Result<Option<Snapshot>, SnapshotError> {
        Ok(None)
    }

    /// Where a snapshot sends traffic.
    fn shares<'a>(&self, snapshot: &'a Snapshot) -> Vec<Share<'a>>;

    /// Seconds that those who ask for a name keep its answer; none when nobody keeps any.
    fn kept_seconds(&self, _snapshot: &Snapshot) -> Option<u32> {
        None
    }

    /// A snapshot in a few words for people, one line for each of its parts.
    fn lines(&self, snapshot: &Snapshot) -> Vec<String>;

    /// What shows that a change has reached users, for people: a run goes on only then.
    fn settled_when(&self) -> &'static str;

    /// What stays behind when a change is taken back, apart from what the new side took (K5).
    fn leaves(&self) -> &'static [&'static str] {
        &[]
    }

    /// The one command by which a person makes a snapshot stand there in the place of another one; none where there is no such command.
    fn by_hand(&self, _snapshot: &Snapshot, _stands: &Snapshot) -> Option<String> {
        None
    }

    /// The commands that put the original back without Caravan, whatever stage stands there (K12): lines of a shell script
    /// that is run with the credentials of the target's account, or the cluster's context. What stands is read first: where it is
    /// neither the original nor a stage, or bears the fencing token of another run than `RUN` names, it is shown and left as it is,
    /// unless `FORCE=1` is set. Lines that begin with `#` are for the reader, and none of them is a step. The stages come with the
    /// share of the new side in percent.
    fn manual_rollback(&self, original: &Snapshot, stages: &[(u8, &Snapshot)]) -> Vec<String>;
}
