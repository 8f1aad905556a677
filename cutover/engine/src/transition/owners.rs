//! Asking who else writes to a target, before its first change (K11).

use super::Rules;
use super::guard::{BETWEEN_LOOKS_MS, LOOKS, hold, nothing_to_judge};
use crate::{Hold, Moment, Phase, State};
use caravan_inventory::target::Owner;
use caravan_providers::{CallError, Reply};

impl Rules<'_> {
    /// Somebody who is not fenced off would put back what the run changes: it does not begin. Whom the plan names as
    /// fenced off by a person is believed to be; if they write all the same, that is a conflict (K2).
    pub(super) fn owners_found(self, mut state: State, reply: &Result<Reply, CallError>, at: Moment) -> State {
        let Phase::FindingOwners { task, tries, .. } = state.phase else {
            return state;
        };
        let found = match reply {
            Ok(Reply::Owned(found)) => found,
            Err(CallError::NotSent(_) | CallError::Throttled(_) | CallError::InDoubt(_)) if tries + 1 < LOOKS => {
                let not_before = Some(at.plus_ms(BETWEEN_LOOKS_MS << tries));
                return State { phase: Phase::FindingOwners { task, tries: tries + 1, not_before }, ..state };
            }
            other => return hold(state, Hold::Inconclusive(nothing_to_judge(other))),
        };
        let fenced = &self.plan.shifts[task.shift()].fenced;
        let free: Vec<Owner> = found.iter().filter(|owner| !fenced.contains(&owner.tool)).cloned().collect();
        if free.is_empty() {
            state.shifts[task.shift()].alone = true;
            self.begin(state)
        } else {
            hold(state, Hold::Owned(free))
        }
    }
}
