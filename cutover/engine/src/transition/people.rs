//! Commands of operators: what each changes in a run.

use super::repeat::is_repeating;
use super::rules::{Illegal, Rules, unexpected};
use crate::revision::{APPROVED_FOR_ONE_WAIT, FINALISED_FOR_ONE_WAIT};
use crate::{
    Deferred, Direction, Event, Hold, Outcome, Pending, Phase, SeededBug, Shown, State, StepState, Task, Together, task,
};
use caravan_plans::WavePlan;

impl Rules<'_> {
    /// What follows from a person's command.
    pub(super) fn commanded(self, state: State, event: &Event) -> Result<State, Illegal> {
        match event {
            Event::Started { epoch, revision, .. } => self.started(state, *epoch, *revision, event),
            Event::Approved { .. } => self.approved(state, event),
            Event::Paused { .. } => self.paused(state, event),
            Event::Resumed { .. } => self.resumed(state, event),
            Event::Retried { .. } => self.retried(state, event),
            Event::Aborted { .. } => self.aborted(state, event),
            Event::Adopted { .. } => self.adopted(state, event),
            Event::Released { .. } => self.released(state, event),
            Event::FinaliseApproved { who, at, shown } => {
                self.finalise_approved(state, who, *at, shown.as_ref(), event)
            }
            _ => Err(unexpected(&state, event)),
        }
    }

    fn started(self, mut state: State, epoch: u64, revision: u32, event: &Event) -> Result<State, Illegal> {
        if state.phase != Phase::Planned {
            return Err(unexpected(&state, event));
        }
        (state.epoch, state.revision) = (epoch, revision);
        Ok(self.begin(state))
    }

    fn approved(self, mut state: State, event: &Event) -> Result<State, Illegal> {
        let Phase::AwaitingApproval { task: Task::Enter { step, stage } } = state.phase else {
            return Err(unexpected(&state, event));
        };
        let meant = |shown: &Shown| (shown.step, shown.stage) == (step, stage);
        if let Event::Approved { shown: Some(shown), .. } = event
            && !meant(shown)
        {
            return Err(unexpected(&state, event));
        }
        state.approved.insert((step, stage));
        // Time has passed: the target and both sides are observed again.
        Ok(self.begin(state))
    }

    fn resumed(self, state: State, event: &Event) -> Result<State, Illegal> {
        match state.phase {
            Phase::Paused | Phase::Held { .. } => Ok(self.go_on(self.unapproved(unpaused(state)))),
            _ if is_repeating(&state) => Ok(self.go_on(self.unapproved(unpaused(state)))),
            // A pause that waits until a write has reached users is taken back.
            Phase::Settling { .. } if state.deferred == Deferred::Pause => Ok(self.unapproved(unpaused(state))),
            _ => Err(unexpected(&state, event)),
        }
    }

    fn retried(self, state: State, event: &Event) -> Result<State, Illegal> {
        match state.phase {
            Phase::Held { .. } | Phase::Conflict { .. } | Phase::Stuck { .. } => {
                Ok(self.go_on(self.unapproved(unpaused(state))))
            }
            _ if is_repeating(&state) => Ok(self.go_on(self.unapproved(unpaused(state)))),
            _ => Err(unexpected(&state, event)),
        }
    }

    /// Back wins over everything that is not over (K5), but a write in flight is settled first.
    fn aborted(self, mut state: State, event: &Event) -> Result<State, Illegal> {
        if state.is_one_way() {
            let despite_probes = matches!(event, Event::Aborted { despite_probes: Some(_), .. });
            let is_driven = !matches!(
                state.phase,
                Phase::Recording { .. } | Phase::JournalUnavailable { .. } | Phase::LeaseLost | Phase::Finished(_)
            );
            // What goes back alone may be sent to an old side whose probes do not pass, also now.
            if despite_probes && is_driven && task::failed(&state).is_some() {
                state.despite_probes = true;
                return Ok(if state.phase.in_flight().is_some() { state } else { self.go_on(state) });
            }
            return Err(Illegal::NoWayBack);
        }
        state.despite_probes |= matches!(event, Event::Aborted { despite_probes: Some(_), .. });
        match state.phase {
            Phase::Planned => {
                Ok(State { phase: Phase::Finished(Outcome::RolledBack), direction: Direction::Back, ..state })
            }
            Phase::Finished(_) | Phase::JournalUnavailable { .. } | Phase::LeaseLost | Phase::Recording { .. } => {
                Err(unexpected(&state, event))
            }
            _ if state.direction == Direction::Back && is_repeating(&state) => Ok(self.go_on(unpaused(state))),
            _ if state.direction == Direction::Back && !state.waits_for_person() => Ok(unpaused(state)),
            _ => {
                (state.deferred, state.cut_short) = (Deferred::Rollback, false);
                Ok(if state.phase.in_flight().is_some() { state } else { self.go_on(state) })
            }
        }
    }

    fn released(self, mut state: State, event: &Event) -> Result<State, Illegal> {
        let waits = matches!(
            state.phase,
            Phase::Shifted | Phase::Paused | Phase::Held { .. } | Phase::Conflict { .. } | Phase::Stuck { .. }
        );
        if !waits && !is_repeating(&state) {
            return Err(unexpected(&state, event));
        }
        // Of a run that was cut short before it stays so.
        // While it is finalised everything is on the new side.
        state.cut_short |= state.phase != Phase::Shifted && state.direction != Direction::Finalise;
        state.direction = Direction::Release;
        // What stands stays: an older command to roll back or to pause no longer holds.
        state.deferred = Deferred::None;
        Ok(self.go_on(state))
    }

    /// What stands is left as it is from now on. On the rollback also where a target can't be observed or written to any
    /// more, so that the others can be taken back.
    fn adopted(self, mut state: State, event: &Event) -> Result<State, Illegal> {
        let meant = match event {
            Event::Adopted { shown, .. } => shown.map(|shown| shown.step),
            _ => None,
        };
        let step = match (adoptable(self.plan, &state), meant) {
            (Some(step), None) => step,
            (Some(own), Some(step)) if own == step || gets_no_further(&state, step) => step,
            _ => return Err(unexpected(&state, event)),
        };
        let reached = &mut state.steps[step];
        (reached.released_to_others, reached.blocked, state.next_look) = (true, None, None);
        leave_to_others(&mut state, step);
        Ok(State { phase: Phase::Held { reason: Hold::Adopted, pending: None }, trouble: None, ..state })
    }

    /// An approval holds for the wait that its giver was shown. Whoever lets a run go on that has stopped since has not seen what the
    /// next stage would change: what was approved and is not reached is asked for anew. So is whether the run is finalised, while nothing is final.
    fn unapproved(self, mut state: State) -> State {
        if state.revision >= APPROVED_FOR_ONE_WAIT && self.bug != SeededBug::GoOnByOldWord {
            let State { approved, steps, .. } = &mut state;
            approved
                .retain(|(step, stage)| steps.get(*step).and_then(|step| step.stage).is_some_and(|at| at >= *stage));
        }
        let is_bound = state.revision >= FINALISED_FOR_ONE_WAIT && self.bug != SeededBug::GoOnByOldWord;
        if is_bound && state.direction == Direction::Finalise && !state.is_one_way() {
            state.direction = Direction::Forward;
            state.finalise_approved_by.clear();
        }
        state
    }

    /// Goes on from where it waited: first to the write whose outcome is not known, if there is one. What is repeated begins
    /// at once; a write that may still land is waited for all the same.
    pub(super) fn go_on(self, mut state: State) -> State {
        (state.next_look, state.refusals) = (None, 0);
        state.steps.iter_mut().for_each(|step| step.blocked = None);
        forget_what_was_seen(&mut state);
        match state.phase {
            Phase::Held { pending: Some(Pending { task, write, error }), .. }
            | Phase::Conflict { pending: Some(Pending { task, write, error }), .. } => {
                State { phase: Phase::Resolving { task, write, error, tries: 0 }, ..state }
            }
            _ if state.phase.in_flight().is_some() => state,
            _ => self.begin(state),
        }
    }

    /// A run pauses before its next step; while nobody is at work it does not, and it pauses afterwards.
    fn paused(self, mut state: State, event: &Event) -> Result<State, Illegal> {
        match state.phase {
            Phase::FindingControllers { .. }
            | Phase::Observing { .. }
            | Phase::Guarding { .. }
            | Phase::AwaitingApproval { .. }
            | Phase::Baking { .. }
            | Phase::Proving { .. } => {
                if self.is_in_gap(&state) {
                    state.deferred = state.deferred.max(Deferred::Pause);
                } else {
                    state.phase = Phase::Paused;
                    state.trouble = None;
                }
                Ok(state)
            }
            // What was sent before is read back first.
            Phase::Together(Together::Guarding { .. }) => {
                state.deferred = state.deferred.max(Deferred::Pause);
                Ok(self.begin(state))
            }
            _ if state.phase.in_flight().is_some() => {
                state.deferred = state.deferred.max(Deferred::Pause);
                Ok(state)
            }
            _ => Err(unexpected(&state, event)),
        }
    }
}

/// The step whose target a person leaves to others where a run stands, when they name none: the one that it is about. None
/// where there is nothing to be left.
#[must_use]
pub fn adoptable(plan: &WavePlan, state: &State) -> Option<usize> {
    let task = match state.phase {
        Phase::Conflict { task, .. } | Phase::Stuck { task, .. } => Some(task),
        Phase::Held { reason: Hold::OlderJournal { step, .. }, .. } => return Some(step),
        Phase::Held { reason: Hold::Inconclusive(_), ref pending }
            if state.direction != Direction::Forward || task::failed(state).is_some() =>
        {
            pending.as_ref().map(|pending| pending.task).or_else(|| task::next(plan, state))
        }
        // What is repeated for as long as it takes is left alone as well when a person says so.
        _ if is_repeating(state) => state
            .phase
            .task()
            .or_else(|| state.unsettled.first().and_then(|unsettled| unsettled.writes.first()).map(|one| one.task)),
        _ => None,
    };
    task.map(Task::step)
}

/// Whether a step that is to go back gets no further, while the run is about another one.
fn gets_no_further(state: &State, step: usize) -> bool {
    let is_open =
        |reached: &StepState| !reached.released_to_others && (reached.stage.is_some() || reached.doubt.is_some());
    state.steps.get(step).is_some_and(|reached| is_open(reached) && (reached.passed_over || reached.blocked.is_some()))
}

/// What was sent of a step is nobody's concern any more; what was sent with it is.
fn leave_to_others(state: &mut State, step: usize) {
    if let Phase::Together(Together::ReadingBack { sent, .. }) = &state.phase {
        let sent = sent.clone();
        state.sent.push(sent);
    }
    state.sent.iter_mut().for_each(|sent| sent.writes.retain(|one| one.task.step() != step));
    state.sent.retain(|sent| !sent.writes.is_empty());
    state.unsettled.iter_mut().for_each(|unsettled| unsettled.writes.retain(|one| one.task.step() != step));
    state.unsettled.retain(|unsettled| !unsettled.writes.is_empty());
}

/// Before a run that stood goes on: what it had seen for its end may have been changed since.
pub(super) fn forget_what_was_seen(state: &mut State) {
    state.steps.iter_mut().flat_map(|step| &mut step.targets).for_each(|target| target.seen_at_end = false);
}

/// A person wants it to go on: an older command to pause no longer holds.
pub(super) fn unpaused(mut state: State) -> State {
    if state.deferred == Deferred::Pause {
        state.deferred = Deferred::None;
    }
    state
}
