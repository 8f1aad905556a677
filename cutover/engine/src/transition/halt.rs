//! Where a run stops of itself, or turns back.

use super::judge::{is_of_later_driver, may_pass, nothing_to_judge};
use super::look_again::Blocking;
use super::pace::BETWEEN_TRIES_MS;
use super::rules::Rules;
use crate::{Blocked, Deferred, Direction, Hold, Moment, Pending, Phase, SeededBug, State, Task, task};
use caravan_providers::target::{FencingToken, Snapshot};
use caravan_providers::{CallError, Reply, Write};

impl Rules<'_> {
    /// Waits for a person, the world as it was; while nobody is at work that is no place to wait, and the old owner is
    /// started again.
    pub(super) fn hold(self, mut state: State, reason: Hold) -> State {
        if self.turns_back_in_gap(&state) {
            state.direction = Direction::Back;
            return self.begin(state);
        }
        State { phase: Phase::Held { reason, pending: None }, trouble: None, ..state }
    }

    /// As [`Rules::hold`], with a write whose outcome is not known: it is looked for first.
    pub(super) fn hold_pending(
        self,
        mut state: State,
        task: Task,
        write: Box<Write>,
        reply: &Result<Reply, CallError>,
        at: Moment,
    ) -> State {
        let text = nothing_to_judge(reply);
        let error = CallError::InDoubt(text.clone());
        if self.turns_back_in_gap(&state) {
            let may_still_tell = matches!(reply, Ok(Reply::Observed { .. })) || reply.as_ref().is_err_and(may_pass);
            if state.deferred != Deferred::Rollback || may_still_tell {
                state.deferred = Deferred::Rollback;
                // The write may still land: until nothing can be in flight any more, no observation tells.
                let until = at.plus_ms(BETWEEN_TRIES_MS.max(u64::from(write.in_flight) * 1000));
                return State { phase: Phase::InDoubt { task, write, until, error, tries: 0 }, ..state };
            }
            // Nobody can tell whether the new owner was started, so nothing is started beside it: a person decides.
            (state.direction, state.deferred) = (Direction::Back, Deferred::None);
        }
        let pending = Some(Pending { task, write, error });
        let blocking = Blocking { task, by: Blocked::Unseen, pending: pending.clone(), reason: text.clone() };
        state = match self.others_go_on(state, blocking, at) {
            Ok(others) => return others,
            Err(state) => *state,
        };
        State { phase: Phase::Held { reason: Hold::Inconclusive(text), pending }, trouble: None, ..state }
    }

    /// Somebody else's state stands there: a later driver of this run, or a third party. `pending` is the write after
    /// which it was found.
    pub(super) fn foreign(
        self,
        mut state: State,
        task: Task,
        write: &Write,
        (live, token): (&Snapshot, Option<&FencingToken>),
        pending: Option<Pending>,
        at: Moment,
    ) -> State {
        if is_of_later_driver(&state, token) {
            return State { phase: Phase::LeaseLost, ..state };
        }
        if let Some(state) = self.came_late(&state, task, write, live, token) {
            return self.begin(state);
        }
        if self.is_by_lost_entries(&state, task, live, token) {
            state = match self.is_newer(state, task, (live, token), pending.as_ref()) {
                Ok(goes_on) => return goes_on,
                Err(state) => *state,
            };
        }
        if pending.is_none() && self.turns_back_in_gap(&state) {
            self.doubt_start(&mut state, task);
            state.direction = Direction::Back;
            return self.begin(state);
        }
        self.in_conflict(state, task, write, (live, token), pending, at)
    }

    /// Waits for a person before what somebody else made of a target; what else is to go back goes first.
    pub(super) fn in_conflict(
        self,
        mut state: State,
        task: Task,
        write: &Write,
        (live, token): (&Snapshot, Option<&FencingToken>),
        pending: Option<Pending>,
        at: Moment,
    ) -> State {
        let blocking = Blocking { task, by: Blocked::Foreign, pending: pending.clone(), reason: foreign_text(write) };
        state = match self.others_go_on(state, blocking, at) {
            Ok(others) => return others,
            Err(state) => *state,
        };
        let (expected, planned) = (Box::new(write.before.clone()), Box::new(write.after.clone()));
        let live = Box::new(live.clone());
        let phase = Phase::Conflict { task, expected, planned, live, token: token.cloned(), pending };
        State { phase, trouble: None, ..state }
    }

    /// Whoever was to be started may be at work, by our write or by somebody else's: it is proved to be idle before another
    /// owner is started.
    pub(super) fn doubt_start(self, state: &mut State, task: Task) {
        let Task::Enter { step, stage } = task else { return };
        let (place, planned) = (task.place(self.plan), &self.plan.steps[step]);
        if planned.works(place, Some(stage)) == Some(true) && planned.is_gap(state.steps[step].stage) {
            state.steps[step].unproven = Some(place);
        }
    }

    /// Whether nobody is known to be at work in some hand-over: no place to wait in.
    pub(super) fn is_in_gap(self, state: &State) -> bool {
        task::gap(self.plan, state).is_some()
    }

    /// Whether a command of an operator is to have its way now: a pause waits until somebody is at work again.
    pub(super) fn has_command(self, state: &State) -> bool {
        match state.deferred {
            Deferred::None => false,
            Deferred::Pause => !self.is_in_gap(state) && task::failed(state).is_none(),
            Deferred::Rollback => true,
        }
    }

    pub(super) fn turns_back_in_gap(self, state: &State) -> bool {
        state.direction == Direction::Forward && self.is_in_gap(state) && self.bug != SeededBug::HoldInGap
    }
}

fn foreign_text(write: &Write) -> String {
    format!("somebody else changed {}", write.target.short_name())
}
