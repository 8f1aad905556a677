//! What the customer is told, and what they are waited for.

use super::{Ask, Wanted};
use crate::{Act, Hold, Look, Message, Stage};

impl Ask<'_> {
    /// Told to move: told what is due, else looked at where the name leads, and then at both sides.
    pub(super) fn customer(self) -> Wanted {
        if let Some(message) = self.message() {
            return Wanted::Act(Act::Tell(message));
        }
        self.paced(|| Wanted::Look(if self.state.watch.leads.is_none() { Look::Names } else { Look::Sides }))
    }

    /// What is due to be said. To tell somebody changes nothing, so that what holds does not keep it back; a person's pause does.
    pub(super) fn message(self) -> Option<Message> {
        let Self { plan, state, now } = self;
        let untold = |message: Message| !state.told.contains(&message);
        let instructed = state.instructed.filter(|_| !state.paused)?;
        match &state.hold {
            Some(Hold::ThirdValue(_)) => return Some(Message::ThirdValue).filter(|message| untold(*message)),
            Some(Hold::NewSide(_)) => return Some(Message::PutBack).filter(|message| untold(*message)),
            Some(_) => return None,
            None => {}
        }
        if state.stage != Stage::Flip {
            return None;
        }
        if state.regressed && untold(Message::Regressed) {
            return Some(Message::Regressed);
        }
        // Of several that are due at once the last one is said: nobody is reminded twice in a day.
        let due = (1..).zip(plan.times.reminders).filter(|(_, after)| now >= instructed.plus_ms(*after)).last();
        due.map(|(nth, _)| Message::Remind(nth)).filter(|message| untold(*message))
    }
}
