//! On the way back a step that waits for somebody else's doing keeps no other one waiting; what a third party changed is looked at
//! again by itself, and what was refused is tried again.

use super::judge::{is_after, is_before, is_of_later_driver};
use super::pace::{BETWEEN_LOOKS_MS, LONGEST_BETWEEN_LOOKS_MS};
use super::repeat::trouble;
use super::rules::{Illegal, Rules, unexpected};
use crate::revision::{LOOKS_AGAIN, SEES_ALL, TRIES_WHAT_WAS_REFUSED};
use crate::task::is_going_back;
use crate::{
    Blocked, Direction, Doubt, Event, Hold, Moment, NextLook, Pending, Phase, SeededBug, State, StepState, Task, task,
};
use caravan_plans::{Step, WavePlan};
use caravan_providers::target::{FencingToken, Snapshot};
use caravan_providers::{CallError, Reply, Write};

/// What keeps a step from going back until somebody else does something.
pub(super) struct Blocking {
    pub(super) task: Task,
    pub(super) by: Blocked,
    /// The write after which it was found, if there was one: what became of it is found out when its turn comes.
    pub(super) pending: Option<Pending>,
    pub(super) reason: String,
}

/// What a run that waits on its way back looks at again: of each step whose target somebody else changed, or can't be observed,
/// the task that waits.
pub(crate) fn looked_at<'a>(plan: &'a WavePlan, state: &'a State) -> impl Iterator<Item = Task> + 'a {
    let own = state.phase.task();
    let is_waited_for = |reached: &StepState| is_looked_at(state, reached.blocked);
    state.steps.iter().enumerate().filter(move |(_, reached)| is_waited_for(reached)).map(move |(step, reached)| {
        let doubted = reached.doubt.as_ref().map(|doubt| doubt.pending.task);
        let unseen = || reached.targets.iter().position(|target| !target.seen_at_end).unwrap_or(0);
        let otherwise = match reached.stage {
            None if state.revision >= SEES_ALL => Task::See { step, place: unseen() },
            stage => Task::Undo { step, place: stage.map_or(0, |stage| plan.steps[step].place_of(stage)) },
        };
        own.filter(|own| own.step() == step).or(doubted).unwrap_or(otherwise)
    })
}

impl Rules<'_> {
    /// As [`Rules::others_go_on`]; by older rules as [`Rules::pass_over`].
    pub(super) fn pass_over_blocked(self, state: State, blocking: Blocking, at: Moment) -> Result<State, Box<State>> {
        if state.revision < LOOKS_AGAIN || !is_going_back(&state) {
            return self.pass_over(state, blocking.task, blocking.reason, at);
        }
        self.others_go_on(state, blocking, at)
    }

    /// The state that goes on with the others, since this step waits for somebody else's doing: first with the shifts that were
    /// not looked at since, then, a while later, with those whose trouble may pass. Without any, the state as it was, which
    /// says when what a third party changed is looked at again.
    pub(super) fn others_go_on(self, mut state: State, blocking: Blocking, at: Moment) -> Result<State, Box<State>> {
        if state.revision < LOOKS_AGAIN || !is_going_back(&state) {
            return Err(Box::new(state));
        }
        let Blocking { task, by, pending, reason } = blocking;
        let is_first = self.may_pass_over(&state, task);
        let is_later = (0..state.steps.len()).any(|step| step != task.step() && self.may_pass_later(&state, step));
        if by == Blocked::Refused && state.revision >= TRIES_WHAT_WAS_REFUSED {
            state.refusals = state.refusals.saturating_add(1);
        }
        let reached = &mut state.steps[task.step()];
        reached.blocked = Some(by);
        if !is_first && !is_later {
            state.steps.iter_mut().for_each(|step| step.passed_over = false);
            // Whoever gives up does not look again either.
            let gives_up = self.bug == SeededBug::GiveUpOnTheWayBack;
            state.next_look = next_look(&state, state.refusals.saturating_sub(1), at).filter(|_| !gives_up);
            return Err(Box::new(state));
        }
        reached.passed_over = true;
        if let Some(pending) = pending {
            reached.doubt = Some(Doubt { pending, until: at });
        }
        if !is_first {
            state.steps.iter_mut().for_each(|step| step.passed_over = step.blocked.is_some());
        }
        let until = trouble(&mut state, reason, at);
        let trouble = state.trouble.clone();
        let begun = State { trouble, ..self.begin(state) };
        Ok(if is_first { begun } else { State { phase: begun.phase.later(until), ..begun } })
    }

    /// Whether a shift that is still to go back, or of which nobody knows whether it is, waits for nobody.
    fn may_pass_later(self, state: &State, step: usize) -> bool {
        let reached = &state.steps[step];
        matches!(self.plan.steps.get(step), Some(Step::Shift(_)))
            && (reached.stage.is_some() || reached.doubt.is_some())
            && (reached.failed || state.direction == Direction::Back)
            && !reached.released_to_others
            && reached.blocked.is_none()
    }

    /// What somebody else changed was looked at again. What they have taken back, or have put back themselves, goes on; the rest
    /// waits as before.
    pub(super) fn looked_again(
        self,
        mut state: State,
        reply: &Result<Reply, CallError>,
        at: Moment,
        event: &Event,
    ) -> Result<State, Illegal> {
        let Some(NextLook { at: Moment(0), looks }) = state.look() else { return Err(unexpected(&state, event)) };
        let tasks: Vec<Task> = looked_at(self.plan, &state).collect();
        let answers: Vec<&Result<Reply, CallError>> = match reply {
            Ok(Reply::All(answers)) => answers.iter().collect(),
            one => vec![one],
        };
        if !is_going_back(&state) {
            return Ok(shows_what_stands(state, answers.first().copied()));
        }
        let mut free = Vec::new();
        for (task, answer) in tasks.into_iter().zip(answers) {
            let Ok(Reply::Observed { snapshot, token }) = answer else { continue };
            // Who can be observed again goes on, whatever stands there; and what was refused is tried again: the next write compares.
            let was_unseen = matches!(state.steps[task.step()].blocked, Some(Blocked::Unseen | Blocked::Refused));
            if is_of_later_driver(&state, token.as_ref()) {
                return Ok(State { phase: Phase::LeaseLost, ..state });
            }
            let is_newer = self.is_by_lost_entries(&state, task, snapshot, token.as_ref());
            if was_unseen || is_newer || self.is_ours(&state, task, snapshot, token.as_ref()) {
                free.push(task.step());
            } else if let Phase::Conflict { task: own, live, token: theirs, .. } = &mut state.phase
                && own.step() == task.step()
            {
                // What is shown to a person is what stands there now.
                (**live, *theirs) = (snapshot.clone(), token.clone());
            }
        }
        if free.is_empty() {
            state.next_look = next_look(&state, looks.saturating_add(1), at);
            return Ok(state);
        }
        if let Phase::Held { pending: Some(pending), .. } | Phase::Conflict { pending: Some(pending), .. } =
            &state.phase
        {
            let doubt = Doubt { pending: pending.clone(), until: at };
            state.steps[pending.task.step()].doubt = Some(doubt);
        }
        free.iter().for_each(|step| state.steps[*step].blocked = None);
        state.steps.iter_mut().for_each(|step| step.passed_over = step.blocked.is_some());
        Ok(self.begin(state))
    }

    /// Whether what stands at a step's target is what the run left there, or what it is to put there.
    fn is_ours(self, state: &State, task: Task, snapshot: &Snapshot, token: Option<&FencingToken>) -> bool {
        let (step, place) = (task.step(), task.place(self.plan));
        let pending = match &state.phase {
            Phase::Conflict { task: own, pending, .. } if own.step() == step => pending.as_ref(),
            _ => state.steps[step].doubt.as_ref().map(|doubt| &doubt.pending),
        };
        let fits = |write: &Write| is_before(write, snapshot, token) || is_after(write, snapshot, token);
        let undo = task::write(self.plan, state, Task::Undo { step, place })
            .or_else(|| task::write(self.plan, state, Task::See { step, place }).filter(|_| is_seen(state, task)));
        let came_late = |write: &Write| self.came_late(state, task, write, snapshot, token).is_some();
        pending.is_some_and(|pending| fits(&pending.write) || came_late(&pending.write))
            || undo.is_some_and(|undo| fits(&undo) || came_late(&undo))
    }

    /// Another driver goes on with a run that waits: on the way back it looks at once, whoever waited before.
    pub(super) fn looks_at_once(self, mut state: State) -> State {
        if state.revision < LOOKS_AGAIN || !is_going_back(&state) {
            return state;
        }
        match &state.phase {
            Phase::Conflict { task, .. } => state.steps[task.step()].blocked = Some(Blocked::Foreign),
            Phase::Held { reason: Hold::Inconclusive(_), pending } => {
                let task = pending.as_ref().map(|pending| pending.task).or_else(|| task::next(self.plan, &state));
                if let Some(task @ (Task::Undo { .. } | Task::Enter { .. } | Task::See { .. })) = task {
                    state.steps[task.step()].blocked = Some(Blocked::Unseen);
                }
            }
            _ => {}
        }
        state.next_look = next_look(&state, 0, Moment(0)).map(|look| NextLook { at: Moment(0), ..look });
        state
    }
}

/// A run that stands before a target that somebody else changed looks at it at once: a person is about to take for right what they
/// were shown.
pub(super) fn looks_now(mut state: State) -> State {
    if let Phase::Conflict { task, .. } = state.phase {
        state.steps[task.step()].blocked = Some(Blocked::Foreign);
        state.next_look = Some(NextLook { at: Moment(0), looks: 0 });
    }
    state
}

/// A run that does not go back stays where it stands, and shows what stands there now.
fn shows_what_stands(mut state: State, answer: Option<&Result<Reply, CallError>>) -> State {
    state.next_look = None;
    if let Phase::Conflict { task, live, token: theirs, .. } = &mut state.phase {
        state.steps[task.step()].blocked = None;
        if let Some(Ok(Reply::Observed { snapshot, token })) = answer {
            (**live, *theirs) = (snapshot.clone(), token.clone());
        }
    }
    state
}

/// Whether a target is only to be seen to stand as it was.
fn is_seen(state: &State, task: Task) -> bool {
    state.revision >= SEES_ALL && matches!(task, Task::See { .. })
}

/// Whether a look tells that what a step waits for has come, or may have.
const fn is_looked_at(state: &State, blocked: Option<Blocked>) -> bool {
    match blocked {
        Some(Blocked::Foreign | Blocked::Unseen) => true,
        Some(Blocked::Refused) => state.revision >= TRIES_WHAT_WAS_REFUSED,
        None => false,
    }
}

/// When what somebody else changed is looked at again, or what was refused is tried again, after so many looks that found nothing new; none where nobody did.
fn next_look(state: &State, looks: u32, at: Moment) -> Option<NextLook> {
    let is_waited_for = state.steps.iter().any(|step| is_looked_at(state, step.blocked));
    let doubled = (BETWEEN_LOOKS_MS << looks.min(4)).min(LONGEST_BETWEEN_LOOKS_MS);
    is_waited_for.then_some(NextLook { at: at.plus_ms(doubled), looks })
}
