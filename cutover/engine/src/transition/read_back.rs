//! What became of originals that went back as one: all of their targets are observed at once, and each is judged by itself.

use super::judge::{is_after, is_before, is_of_later_driver, may_pass, nothing_to_judge};
use super::look_again::Blocking;
use super::pace::OBSERVATIONS;
use super::repeat::{counted, trouble};
use super::rules::Rules;
use super::write::{CHANGED_SINCE, NOT_OBSERVED, NOT_SEEN_YET};
use crate::revision::LOOKS_AGAIN;
use crate::{Blocked, Doubt, Moment, Pending, Phase, SeededBug, SentBatch, State, TaskWrite, Together, Unsettled};
use caravan_providers::{CallError, Reply};

/// Tries of a batch that is not split by [`SeededBug::KeepFailedBatch`].
const KEPT_FOR: u32 = 40;

impl Rules<'_> {
    /// The targets were observed. What is back is complete, what is as it was goes again, and what is somebody else's waits for
    /// its turn, alone.
    pub(super) fn read_back_together(
        self,
        mut state: State,
        (mut sent, tries): (SentBatch, u32),
        reply: &Result<Reply, CallError>,
        at: Moment,
    ) -> State {
        if self.bug == SeededBug::KeepFailedBatch
            && matches!(sent.answer, Err(CallError::Conflict(_)))
            && state.trouble.as_ref().is_none_or(|trouble| trouble.tries < KEPT_FOR)
        {
            let not_before = Some(trouble(&mut state, "the batch failed", at));
            return State { phase: Phase::Together(Together::Guarding { writes: sent.writes, not_before }), ..state };
        }
        let sent_of = sent.writes.len();
        let (mut done, mut undone, mut unseen, mut why) = (Vec::new(), Vec::new(), Vec::new(), None);
        for (place, one) in std::mem::take(&mut sent.writes).into_iter().enumerate() {
            let answer = match reply {
                Ok(Reply::All(answers)) => answers.get(place).unwrap_or(reply),
                other => other,
            };
            match answer {
                Ok(Reply::Observed { snapshot, token }) if is_after(&one.write, snapshot, token.as_ref()) => {
                    done.push(one);
                }
                Ok(Reply::Observed { snapshot, token }) if is_before(&one.write, snapshot, token.as_ref()) => {
                    undone.push(one);
                }
                Ok(Reply::Observed { token, .. }) if is_of_later_driver(&state, token.as_ref()) => {
                    return State { phase: Phase::LeaseLost, ..state };
                }
                Ok(Reply::Observed { snapshot, token }) => {
                    match self.came_late(&state, one.task, &one.write, snapshot, token.as_ref()) {
                        Some(late) => state = late,
                        None => alone(&mut state, one, error_of(&sent, CHANGED_SINCE), at),
                    }
                }
                Err(error) if may_pass(error) && self.is_repeated(&state, tries, OBSERVATIONS) => {
                    why = Some(error.to_string());
                    unseen.push(one);
                }
                other => {
                    trouble(&mut state, nothing_to_judge(other), at);
                    alone(&mut state, one, error_of(&sent, NOT_OBSERVED), at);
                }
            }
        }
        let is_as_believed = undone.len() == sent_of;
        // What somebody has put back, or holds, is why a batch failed that compares; a value that is refused it does not explain.
        let is_explained = matches!(sent.answer, Err(CallError::Conflict(_))) && undone.len() + unseen.len() < sent_of;
        let is_refused = matches!(sent.answer, Err(CallError::Conflict(_) | CallError::Rejected(_)));
        self.done_together(&mut state, &sent, done);
        undone.iter().for_each(|one| state.steps[one.task.step()].passed_over = false);
        if state.revision >= LOOKS_AGAIN && is_refused && !is_explained && !undone.is_empty() {
            state.largest_batch = Some(undone.len() / 2);
        }
        match &sent.answer {
            Ok(_) if !undone.is_empty() => {
                unseen.extend(undone);
                self.not_seen_yet(state, SentBatch { writes: unseen, ..sent }, tries, at)
            }
            _ if !unseen.is_empty() => {
                let sent = SentBatch { writes: unseen, until: Moment(0), ..sent };
                self.read_again(state, sent, tries, why.unwrap_or_default(), at)
            }
            // Nothing shows why it was refused: half of it tells which half it was.
            Err(CallError::Conflict(_) | CallError::Rejected(_)) if is_as_believed => {
                state.largest_batch = Some(undone.len() / 2);
                self.begin(state)
            }
            Err(error @ (CallError::Denied(_) | CallError::Missing(_))) if !undone.is_empty() => {
                let (task, reason) = (undone[0].task, error.to_string());
                match self.refused_together(state, &undone, &reason, at) {
                    Ok(others) => others,
                    Err(state) => State { phase: Phase::Stuck { task, reason }, trouble: None, ..*state },
                }
            }
            _ => self.begin(state),
        }
    }

    /// What was written stands there. Whether it has reached everywhere is asked once for all of them.
    fn done_together(self, state: &mut State, sent: &SentBatch, done: Vec<TaskWrite>) {
        for one in &done {
            self.completed(state, one.task, one.write.token_after.clone());
            state.steps[one.task.step()].passed_over = false;
        }
        if let (Ok(Some(ticket)), false) = (&sent.answer, done.is_empty()) {
            state.unsettled.push(Unsettled { writes: done, ticket: ticket.clone() });
        }
    }

    /// What a provider has refused for good waits for a person; the others go on.
    fn refused_together(
        self,
        mut state: State,
        writes: &[TaskWrite],
        reason: &str,
        at: Moment,
    ) -> Result<State, Box<State>> {
        if state.revision < LOOKS_AGAIN {
            return self.pass_over_all(state, writes, None, reason, at);
        }
        for one in writes {
            let reached = &mut state.steps[one.task.step()];
            (reached.blocked, reached.passed_over) = (Some(Blocked::Refused), true);
        }
        let (task, reason) = (writes[0].task, reason.to_owned());
        self.others_go_on(state, Blocking { task, by: Blocked::Refused, pending: None, reason }, at)
    }

    /// Reads may lag behind writes. What is not seen after a while is written again, once it can't come any more.
    fn not_seen_yet(self, mut state: State, sent: SentBatch, tries: u32, at: Moment) -> State {
        let not_before = Some(trouble(&mut state, NOT_SEEN_YET, at));
        if tries + 1 < OBSERVATIONS {
            return State {
                phase: Phase::Together(Together::ReadingBack { sent, tries: tries + 1, not_before }),
                ..state
            };
        }
        self.lost(state, sent.writes, CallError::InDoubt(NOT_SEEN_YET.to_owned()), at)
    }

    /// They are observed again a while later; where others can go back meanwhile, they do.
    fn read_again(self, state: State, sent: SentBatch, tries: u32, why: String, at: Moment) -> State {
        match self.pass_over_all(state, &sent.writes, Some(&sent), &why, at) {
            Ok(others_first) => others_first,
            Err(mut state) => {
                let not_before = Some(trouble(&mut state, why, at));
                let tries = counted(&state, tries);
                State { phase: Phase::Together(Together::ReadingBack { sent, tries, not_before }), ..*state }
            }
        }
    }
}

/// It goes on alone when its turn comes: what became of it is found out first.
fn alone(state: &mut State, TaskWrite { task, write }: TaskWrite, error: CallError, at: Moment) {
    let reached = &mut state.steps[task.step()];
    reached.doubt = Some(Doubt { pending: Pending { task, write: Box::new(write), error }, until: at });
    reached.passed_over = true;
}

/// Why it is not known what became of a write that was sent; `accepted` says it of one that was accepted.
fn error_of(sent: &SentBatch, accepted: &str) -> CallError {
    sent.answer.as_ref().err().cloned().unwrap_or_else(|| CallError::InDoubt(accepted.to_owned()))
}
