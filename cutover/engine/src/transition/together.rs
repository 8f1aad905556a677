//! Originals that share a batch go back together: the old sides are asked at once, one intent, one call. What the journal says
//! stands there is what the batch names exactly, so that nothing is observed before it.

use super::judge::nothing_to_judge;
use super::repeat::trouble;
use super::rules::{Rules, recording};
use crate::analysis::worst;
use crate::batch::in_flight_ms;
use crate::effect::probes_of_all;
use crate::revision::TOGETHER;
use crate::{
    Blocked, Deferred, Direction, Event, Hold, Moment, Phase, SeededBug, SentBatch, State, Task, TaskWrite, Together,
    task,
};
use caravan_plans::Step;
use caravan_providers::target::BatchPart;
use caravan_providers::{CallError, Reply, Verdict};

impl Rules<'_> {
    /// What was sent is read back before a run pauses or ends.
    pub(super) fn read_back_first(self, state: State) -> Result<State, Box<State>> {
        let is_last = state.direction != Direction::Back || state.deferred == Deferred::Pause;
        if is_last { read_back(state, 0) } else { Err(Box::new(state)) }
    }

    /// What goes back as one, before anything goes back alone; once there is nothing more to send, what was sent is read back.
    /// Those that are passed over have their turn when nothing else is left. The state as it was where something goes alone.
    pub(super) fn begin_together(self, state: State) -> Result<State, Box<State>> {
        if state.direction != Direction::Back || state.revision < TOGETHER {
            return Err(Box::new(state));
        }
        for passed_over in [false, true] {
            if let Some(writes) = self.group(&state, passed_over) {
                return Ok(self.guard_together(state, writes));
            }
            let is_of = |sent: &SentBatch| sent.writes.iter().any(|one| passes(&state, one.task) == passed_over);
            if let Some(place) = state.sent.iter().position(is_of) {
                return read_back(state, place);
            }
            if (0..state.steps.len())
                .any(|step| state.steps[step].passed_over == passed_over && self.is_open(&state, step))
            {
                break;
            }
        }
        Err(Box::new(state))
    }

    /// The first originals, the last step's first, that share a batch; none where the next one goes back alone.
    fn group(self, state: &State, passed_over: bool) -> Option<Vec<TaskWrite>> {
        let most = state.largest_batch.unwrap_or(usize::MAX);
        let is_hand_over = |task: Task| !matches!(self.plan.steps.get(task.step()), Some(Step::Shift(_)));
        if most < 2 || self.bug == SeededBug::SettleOneByOne || task::next(self.plan, state).is_some_and(is_hand_over) {
            return None;
        }
        let steps = (0..state.steps.len()).rev().filter(|step| state.steps[*step].passed_over == passed_over);
        let parts: Vec<(TaskWrite, BatchPart)> = steps.filter_map(|step| self.part(state, step)).collect();
        parts.iter().enumerate().find_map(|(first, (one, part))| {
            let (mut writes, mut whole) = (vec![one.clone()], part.clone());
            for (one, part) in parts.iter().skip(first + 1) {
                if part.key == whole.key
                    && writes.len() < most
                    && let Some(larger) = whole.with(part)
                {
                    whole = larger;
                    writes.push(one.clone());
                }
            }
            (writes.len() > 1).then_some(writes)
        })
    }

    /// What puts a step's original back as a part of a batch; none where it goes alone, or is not to go back now.
    fn part(self, state: &State, step: usize) -> Option<(TaskWrite, BatchPart)> {
        let (planned, reached) = (self.plan.steps.get(step)?, &state.steps[step]);
        if reached.doubt.is_some()
            || reached.unproven.is_some()
            || reached.blocked == Some(Blocked::Foreign)
            || !self.is_open(state, step)
        {
            return None;
        }
        let task = Task::Undo { step, place: planned.place_of(reached.stage?) };
        let write = task::write(self.plan, state, task)?;
        let tokens = [write.token_before.as_ref(), write.token_after.as_ref()];
        let part = write.target.kind().batch((&write.before, &write.after), tokens)?;
        Some((TaskWrite { task, write }, part))
    }

    /// Whether a shift is still to go back, or nobody knows whether it is.
    fn is_open(self, state: &State, step: usize) -> bool {
        let reached = &state.steps[step];
        matches!(self.plan.steps.get(step), Some(Step::Shift(_)))
            && (reached.stage.is_some() || reached.doubt.is_some())
            && !reached.released_to_others
            && !state.is_sent(step)
    }

    fn guard_together(self, state: State, writes: Vec<TaskWrite>) -> State {
        if state.despite_probes || probes_of_all(self.plan, &writes).is_empty() {
            return self.intend_together(state, writes);
        }
        State { phase: Phase::Together(Together::Guarding { writes, not_before: None }), ..state }
    }

    /// What a call that was made for several brought.
    pub(super) fn replied_together(self, state: State, reply: &Result<Reply, CallError>, at: Moment) -> State {
        match state.phase.clone() {
            Phase::Together(Together::Guarding { writes, .. }) => self.guarded_together(state, writes, reply, at),
            Phase::Together(Together::Applying { writes }) => self.applied_together(state, writes, reply, at),
            Phase::Together(Together::ReadingBack { sent, tries, .. }) => {
                self.read_back_together(state, (sent, tries), reply, at)
            }
            _ => state,
        }
    }

    /// The old sides have answered (K5). Those that pass go; the others are passed over.
    fn guarded_together(
        self,
        mut state: State,
        writes: Vec<TaskWrite>,
        reply: &Result<Reply, CallError>,
        at: Moment,
    ) -> State {
        if self.has_command(&state) {
            return self.begin(state);
        }
        let probes = probes_of_all(self.plan, &writes);
        let of_all = |reason: String| vec![Verdict::Inconclusive { reason }; probes.len()];
        let verdicts: Vec<Verdict> = match reply {
            Ok(Reply::All(answers)) if answers.len() == probes.len() => {
                answers.iter().map(|answer| self.verdict(&state, answer)).collect()
            }
            other => of_all(nothing_to_judge(other)),
        };
        let says = |one: &TaskWrite| {
            let own = probes_of_all(self.plan, std::slice::from_ref(one));
            worst(probes.iter().zip(&verdicts).filter(|(probe, _)| own.contains(probe)).map(|(_, said)| said.clone()))
        };
        let (mut well, mut others, mut why) = (Vec::new(), Vec::new(), None);
        for one in writes {
            match says(&one) {
                _ if state.despite_probes => well.push(one),
                Verdict::Pass => well.push(one),
                Verdict::Fail { .. } if self.bug == SeededBug::RollBackOntoUnhealthy => well.push(one),
                Verdict::Fail { reason } => {
                    why.get_or_insert(format!("the old side of {} fails: {reason}", one.write.target.short_name()));
                    others.push(one);
                }
                Verdict::Inconclusive { reason } => {
                    why.get_or_insert(reason);
                    others.push(one);
                }
            }
        }
        let why = why.unwrap_or_default();
        if !well.is_empty() {
            others.iter().for_each(|one| state.steps[one.task.step()].passed_over = true);
            if !others.is_empty() {
                trouble(&mut state, why, at);
            }
            return self.intend_together(state, well);
        }
        if self.bug == SeededBug::GiveUpOnTheWayBack {
            return self.hold(state, Hold::Inconclusive(why));
        }
        self.later(state, others, why, at)
    }

    /// The same once more, a while later; where others can go back meanwhile, they do.
    fn later(self, state: State, writes: Vec<TaskWrite>, why: String, at: Moment) -> State {
        match self.pass_over_all(state, &writes, None, why.as_str(), at) {
            Ok(others_first) => others_first,
            Err(mut state) => {
                let not_before = Some(trouble(&mut state, why, at));
                State { phase: Phase::Together(Together::Guarding { writes, not_before }), ..*state }
            }
        }
    }

    /// Journals the intent of all the writes; they follow, as one, when it is recorded (K1).
    fn intend_together(self, state: State, writes: Vec<TaskWrite>) -> State {
        let event = Event::IntendedAll { writes: writes.iter().map(|one| one.write.clone()).collect() };
        let sequence = state.sequence + writes.len() as u64;
        let then = State { sequence, phase: Phase::Together(Together::CheckingLease { writes }), ..state.clone() };
        if self.bug == SeededBug::SkipIntent { then } else { recording(state, event, then) }
    }

    /// The lease is held. A person's command came between the intent and the writes (K5): they are not made.
    pub(super) fn leased_together(self, state: State) -> State {
        match state.phase.clone() {
            Phase::Together(Together::CheckingLease { .. }) if self.has_command(&state) => {
                let then = self.begin(state.clone());
                recording(state, Event::Withdrawn, then)
            }
            Phase::Together(Together::CheckingLease { writes }) => {
                State { phase: Phase::Together(Together::Applying { writes }), ..state }
            }
            _ => state,
        }
    }

    /// The writes were answered, or not. Every batch goes out before any is read back; one that was refused is observed at once.
    fn applied_together(
        self,
        mut state: State,
        writes: Vec<TaskWrite>,
        reply: &Result<Reply, CallError>,
        at: Moment,
    ) -> State {
        match reply {
            Ok(Reply::Accepted { .. } | Reply::Settled) => {
                let ticket = if let Ok(Reply::Accepted { ticket }) = reply { ticket.clone() } else { None };
                state.trouble = None;
                if matches!(self.bug, SeededBug::SkipVerify | SeededBug::SkipReadBack) {
                    writes.iter().for_each(|one| self.completed(&mut state, one.task, None));
                } else {
                    state.sent.push(SentBatch { writes, answer: Ok(ticket), until: Moment(0) });
                }
                self.begin(state)
            }
            Err(
                error
                @ (CallError::Conflict(_) | CallError::Rejected(_) | CallError::Denied(_) | CallError::Missing(_)),
            ) => {
                let sent = SentBatch { writes, answer: Err(error.clone()), until: Moment(0) };
                State { phase: Phase::Together(sent.read_back()), ..state }
            }
            Err(error @ (CallError::NotSent(_) | CallError::Throttled(_))) => {
                self.later(state, writes, error.to_string(), at)
            }
            other => {
                let error = CallError::InDoubt(nothing_to_judge(other));
                trouble(&mut state, error.to_string(), at);
                self.lost(state, writes, error, at)
            }
        }
    }

    /// Nobody can tell what became of the writes: they are read back once they can't land any more, and the others go back
    /// meanwhile.
    pub(super) fn lost(self, mut state: State, writes: Vec<TaskWrite>, error: CallError, at: Moment) -> State {
        writes.iter().for_each(|one| state.steps[one.task.step()].passed_over = true);
        let until = at.plus_ms(in_flight_ms(&writes));
        state.sent.push(SentBatch { writes, answer: Err(error), until });
        let trouble = state.trouble.clone();
        State { trouble, ..self.begin(state) }
    }

    /// Another driver goes on: what the one before had in its hands is in doubt as a whole.
    pub(super) fn taken_over_together(
        self,
        mut state: State,
        together: Together,
        gone: CallError,
        at: Moment,
    ) -> State {
        match together {
            Together::Guarding { .. } => self.begin(state),
            Together::CheckingLease { writes } | Together::Applying { writes } => self.lost(state, writes, gone, at),
            Together::ReadingBack { sent: SentBatch { writes, answer: Err(error), .. }, .. } => {
                self.lost(state, writes, error, at)
            }
            Together::ReadingBack { sent, .. } => {
                state.sent.push(sent);
                self.begin(state)
            }
        }
    }
}

fn passes(state: &State, task: Task) -> bool {
    state.steps[task.step()].passed_over
}

fn read_back(mut state: State, place: usize) -> Result<State, Box<State>> {
    if place >= state.sent.len() {
        return Err(Box::new(state));
    }
    let sent = state.sent.remove(place);
    Ok(State { phase: Phase::Together(sent.read_back()), ..state })
}
