//! The transition function: what follows from an event. It answers every pair of state and event, by a state or by why not.

mod advance;
mod answer;
mod names;
mod order;
mod people;
mod rebase;
mod record;
mod sides;
mod sight;

use crate::wanted::{Wanted, wanted};
use crate::{Act, Event, Intent, Message, MovePlan, Stage, State};
use caravan_cutover_engine::Moment;

/// The longest pause between two tries.
const LONGEST_PAUSE: u64 = 60_000;

/// An event that a state does not allow. Nothing changed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Illegal {
    /// Not in this stage, or nobody asked for it.
    #[error("`{event}` does not fit here: {stage}")]
    Unexpected {
        /// Where the move is, in words.
        stage: &'static str,
        /// What came.
        event: &'static str,
    },
    /// The old side is released: there is no way back.
    #[error("the old side is released: there is no way back")]
    Released,
    /// The same person twice.
    #[error("{who} has said so already: a second person has to")]
    SamePerson {
        /// Who.
        who: String,
    },
    /// A driver whose lease another one has.
    #[error("epoch {epoch} is not above {known}")]
    OldEpoch {
        /// What came.
        epoch: u64,
        /// What is known.
        known: u64,
    },
}

/// The next state.
///
/// # Errors
/// [`Illegal`] where the event does not fit; the state is as it was.
pub fn transition(plan: &MovePlan, state: State, event: &Event) -> Result<State, Illegal> {
    let step = Step { plan, state, at: event.at() };
    let stepped = match event {
        Event::Intended { act, .. } => step.intended(act)?,
        Event::Withdrawn { .. } => step.withdrawn(event)?,
        Event::Answered { answer, .. } => step.answered(answer, event)?,
        Event::Saw { sight, asked, .. } => step.saw(sight, *asked, event)?,
        people => step.people(people)?,
    };
    let mut state = stepped.advance().state;
    // People's words have the time of whoever said them, and when.
    let is_of_driver = matches!(
        event,
        Event::Started { .. }
            | Event::TakenOver { .. }
            | Event::Intended { .. }
            | Event::Withdrawn { .. }
            | Event::Answered { .. }
            | Event::Saw { .. }
    );
    if is_of_driver {
        state.as_of = event.at();
    }
    Ok(state)
}

/// One step: the state that is changed, and when.
struct Step<'a> {
    plan: &'a MovePlan,
    state: State,
    at: Moment,
}

impl Step<'_> {
    fn unexpected(&self, event: &Event) -> Illegal {
        Illegal::Unexpected { stage: self.state.stage.words(), event: event.name() }
    }

    fn enter(&mut self, stage: Stage) {
        self.state.stage = stage;
        self.state.since = self.at;
        self.state.not_before = self.at;
        self.state.tries = 0;
        if matches!(stage, Stage::Over(_)) {
            self.state.hold = None;
        }
    }

    fn wait(&mut self, ms: u64) {
        self.state.not_before = self.at.plus_ms(ms);
    }

    /// The same again, after a pause that doubles.
    fn again_later(&mut self) {
        let pause = 1_000_u64.checked_shl(self.state.tries.min(10)).unwrap_or(LONGEST_PAUSE);
        self.state.tries = self.state.tries.saturating_add(1);
        self.wait(pause.min(LONGEST_PAUSE));
    }

    /// A change is about to be made: exactly the one that is wanted.
    fn intended(mut self, act: &Act) -> Result<Self, Illegal> {
        let is_wanted = matches!(wanted(self.plan, &self.state, self.at), Wanted::Act(wanted) if wanted == *act);
        if !is_wanted {
            return Err(Illegal::Unexpected { stage: self.state.stage.words(), event: act.name() });
        }
        let state = &mut self.state;
        // What a change may have done is noted before it is made: a lost answer changes nothing of it.
        match act {
            Act::Write(write) => {
                state.sequence += 1;
                state.led |= write.after != write.before && state.stage == Stage::Flip;
                state.record.wrote = Some(write.clone());
                state.record.settled = false;
            }
            Act::Tell(message) => state.led |= *message == Message::Instruct,
            Act::Provision => state.provisioned = true,
            Act::Present { .. } => state.order.iter_mut().for_each(|order| order.presented = true),
            Act::Reserve
            | Act::Order
            | Act::Validate { .. }
            | Act::Finalize { .. }
            | Act::Store { .. }
            | Act::Clear { .. }
            | Act::Unprovision => {}
        }
        state.intent = Some(Intent { act: act.clone(), at: self.at });
        Ok(self)
    }

    /// It was not made after all: the world is as it was, and is looked at again.
    fn withdrawn(mut self, event: &Event) -> Result<Self, Illegal> {
        if self.state.intent.take().is_none() {
            return Err(self.unexpected(event));
        }
        self.state.record.seen = None;
        Ok(self)
    }
}
