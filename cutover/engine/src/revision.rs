//! The revision of the engine: which transition function drives a run, and whose journals this one goes on with.

/// The revision of the transition function: raised with every change of it. The journal keeps which ones have driven a run,
/// and each driver's first entry names its own: what follows it is replayed by the rules of then. `tests/revision.rs` holds it against the sources.
pub const REVISION: u32 = 17;

/// The oldest revision whose unfinished runs this one goes on with: it replays their entries to the very state in which they
/// were left. Journals under `tests/formats/` hold that of revision 0, which is every version that kept none. Raised when it is no
/// longer so.
pub const OLDEST_REVISION: u32 = 0;

/// From this revision on, an original is put back by a write that takes the token of any earlier epoch away, and all of them are
/// waited for together. Before, tokens were claimed first, and each write was waited for.
pub(crate) const ALL_BACK_AT_ONCE: u32 = 3;

/// From this revision on, a person's word against the probes holds at once, also while a side is being asked; and a release first
/// finds out what became of a write whose answer was lost.
pub(crate) const WORD_AT_ONCE: u32 = 4;

/// From this revision on, originals that share a batch go back as one.
pub(crate) const TOGETHER: u32 = 5;

/// From this revision on, a step that waits for a person on the way back keeps no other one from going back, also not one whose
/// trouble passes later; and what somebody else changed is looked at again, so that the run goes on once they have taken it back.
pub(crate) const LOOKS_AGAIN: u32 = 7;

/// From this revision on, a run that ends on the new side looks at each target that carries no fencing token: what somebody has put
/// back by hand ends no run as done.
pub(crate) const LOOKS_AT_THE_END: u32 = 8;

/// From this revision on, a write that claims a fencing token or takes it away, and whose answer was lost before the run turned back,
/// keeps no other shift from going back.
pub(crate) const NONE_WAITS_FOR_A_TOKEN: u32 = 8;

/// From this revision on, a write that was accepted is settled and observed by the next driver as by the one before: it is not
/// in doubt, and no way back waits until it could no longer land.
pub(crate) const ACCEPTED_IS_KNOWN: u32 = 9;

/// From this revision on, no run ends as rolled back before each of its targets was seen to stand as it was, also those that the
/// journal knows of no write to; and a fencing token of this very run that the journal has not intended tells that the journal is
/// older than what was written.
pub(crate) const SEES_ALL: u32 = 10;

/// From this revision on, a target without a fencing token that stands as a later stage than the journal knows of is taken for the
/// run's own on the way back: the journal is older than what was written. And there a conflict that the provider reports, while reads show
/// what was believed, is repeated as trouble that passes.
pub(crate) const SEES_LATER_STAGES: u32 = 11;

/// From this revision on, the time for which a driver has waited for what may still land counts for the one after it.
pub(crate) const TIME_COUNTS: u32 = 10;

/// From this revision on, what is left to others in a conflict was looked at right before, in any direction.
pub(crate) const LOOKS_BEFORE: u32 = 10;

/// From this revision on, a write of this very driver that gets there when it is not waited for any more is the run's own, as one
/// of an earlier driver is. Before, it was a conflict until another driver came.
pub(crate) const KNOWS_ITS_OWN: u32 = 12;

/// From this revision on, a new side that fails while its own shift has no users takes back no other's users: it is held for a person.
pub(crate) const HOLDS_WITHOUT_USERS: u32 = 12;

/// From this revision on, a write of the run that only takes a fencing token away is known as the run's own, also when it gets there late.
/// Before, the target without a token was a conflict.
pub(crate) const KNOWS_ITS_LATE_RELEASE: u32 = 13;

/// From this revision on, an approval holds for the wait that its giver was shown: a run that has stopped for a person since, before
/// the stage was written, asks for it anew. Before, `retry` and `resume` went on by the older one.
pub(crate) const APPROVED_FOR_ONE_WAIT: u32 = 14;

/// From this revision on, a new side that fails while no shift has users on its new side is held for a person, also after a write
/// that moved nobody. Before, everything went back after that.
pub(crate) const HOLDS_AT_ZERO: u32 = 14;

/// From this revision on, a write of the way back that a provider refuses, and an owner that is not proved to be as it should, are tried
/// again by themselves, ever more rarely. Before, a person had to ask for it, also when the trouble was long over.
pub(crate) const TRIES_WHAT_WAS_REFUSED: u32 = 15;

/// From this revision on, the soak is the time for which drivers have watched, with evidence. Before, it was counted by the time of day:
/// a driver whose clock was days ahead found it over, and so did one that came back after days in which nobody had looked.
pub(crate) const SOAKS_BY_WATCH: u32 = 16;

/// From this revision on, two approvals to finalise hold until the run stops for a person, as long as nothing is final. Before, `retry` and
/// `resume` by a third person went on to the first final write.
pub(crate) const FINALISED_FOR_ONE_WAIT: u32 = 17;
