//! What a state wants next: one thing, told by plan, state and time alone.

mod back;
mod certificate;
mod customer;
mod forward;
mod record;
mod watch;

pub(crate) use record::{Reach, reach};

use crate::{Act, Look, MovePlan, Stage, State};
use caravan_cutover_engine::Moment;

/// What is wanted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Wanted {
    /// To see something.
    Look(Look),
    /// To change something.
    Act(Act),
    /// What came of the change under way.
    Answer,
    /// That time passes.
    Wait(Moment),
    /// A person's word.
    Person,
    /// Nothing: it is over.
    Nothing,
}

/// What the state wants at this moment. After a replay it says where to go on.
#[must_use]
pub fn wanted(plan: &MovePlan, state: &State, now: Moment) -> Wanted {
    match state.stage {
        Stage::Over(_) => return Wanted::Nothing,
        Stage::Planned => return Wanted::Person,
        _ if state.intent.is_some() => return Wanted::Answer,
        _ => {}
    }
    let not_before = state.not_before.max(state.doubt_until);
    if now < not_before {
        return Wanted::Wait(not_before);
    }
    let ask = Ask { plan, state, now };
    if state.stage == Stage::Back { ask.back() } else { ask.forward() }
}

/// What is asked: the parts of the answer lie in the files beside this one.
#[derive(Clone, Copy)]
struct Ask<'a> {
    plan: &'a MovePlan,
    state: &'a State,
    now: Moment,
}

impl Ask<'_> {
    /// Whether something may be changed now.
    const fn may_act(self) -> bool {
        self.state.hold.is_none() && !self.state.paused
    }

    /// A change, where something may be changed.
    fn act(self, act: Act) -> Wanted {
        if self.may_act() { Wanted::Act(act) } else { Wanted::Person }
    }

    /// Whether both edges passed a moment ago.
    fn is_guarded(self) -> bool {
        self.state.passed.is_some_and(|at| self.now < at.plus_ms(self.plan.times.guard))
    }
}
