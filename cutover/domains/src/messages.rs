//! What a customer has to be told now, and what somebody has told them. Caravan sends nothing: whoever knows the customer does, and
//! says so.

use crate::{Act, Event, Hold, Lead, Message, MovePlan, Outcome, Stage, State};
use caravan_cutover_engine::Moment;
use caravan_inventory::Language;
use caravan_plans::domains::runbook::{MessageKind, Whereabouts};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Milliseconds after which a customer who was told what to enter, and has not, is told again.
const PREPARE_AGAIN: u64 = 7 * 24 * 3_600_000;

/// A message that a person has sent.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SentMessage {
    /// When, UTC.
    pub at: Timestamp,
    /// Who.
    pub who: String,
    /// The hostname.
    pub name: String,
    /// For which step.
    pub message: MessageKind,
    /// The move that it belongs to; none before there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// In which language.
    pub language: Language,
    /// To whom, as far as a list says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Its subject.
    pub subject: String,
}

/// A message that a customer has to get.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DueMessage {
    /// For which step.
    pub kind: MessageKind,
    /// Since when.
    pub since: Moment,
}

impl DueMessage {
    /// Whether somebody has sent it since it was due.
    #[must_use]
    pub fn is_sent<'a>(&self, sent: impl IntoIterator<Item = &'a SentMessage>) -> bool {
        sent.into_iter().any(|one| one.message == self.kind && moment(one.at) >= self.since)
    }
}

/// What the customer has to know of a move where it stands, whether or not somebody has told them: one message at the most. What was
/// told in the move's journal and does not hold any more is not told.
#[must_use]
pub fn word_of(plan: &MovePlan, state: &State, events: &[Event]) -> Option<DueMessage> {
    let is_customers = matches!(plan.lead, Lead::Customer(_));
    let wanted = match (state.stage, &state.hold) {
        (Stage::Over(Outcome::Done), _) => {
            let since = events.last().map(Event::at)?;
            return Some(DueMessage { kind: MessageKind::Moved, since });
        }
        (Stage::Over(_), _) => None,
        // On the way back it leads where it leads: there is one thing to be entered.
        (Stage::Back, _) if is_customers && state.led && state.restored.is_none() => Some(Message::PutBack),
        (Stage::Back, _) => None,
        (_, Some(Hold::ThirdValue(_))) => Some(Message::ThirdValue),
        (_, Some(Hold::NewSide(_))) if is_customers => Some(Message::PutBack),
        (Stage::Flip, _) if state.regressed => Some(Message::Regressed),
        (Stage::Flip, _) if state.instructed.is_some() => {
            // Of several reminders the last one is due, and the first word is not any more.
            let nth =
                state.told.iter().filter_map(|one| if let Message::Remind(nth) = one { Some(*nth) } else { None });
            Some(nth.max().map_or(Message::Instruct, Message::Remind))
        }
        _ => None,
    }?;
    let told = events.iter().rev().find_map(|event| match event {
        Event::Intended { act: Act::Tell(message), at } if *message == wanted => Some(*at),
        _ => None,
    })?;
    Some(DueMessage { kind: wanted.into(), since: told })
}

/// Whether the customer of a name that has not begun to move has to be told what to enter, or that it will move. `known` is since when
/// that can be said, `open` how many things they have to enter now.
#[must_use]
pub fn word_before(known: Moment, open: usize, sent: &[&SentMessage], now: Moment) -> Option<DueMessage> {
    let last = sent.iter().filter(|one| one.message == MessageKind::Prepare).map(|one| moment(one.at)).max();
    let since = match last {
        None => known,
        Some(at) if open > 0 => at.plus_ms(PREPARE_AGAIN),
        Some(_) => return None,
    };
    (since <= now).then_some(DueMessage { kind: MessageKind::Prepare, since })
}

/// Where the name leads, as plan and state know; nothing where it is not the customer's to lead.
#[must_use]
pub fn whereabouts(plan: &MovePlan, state: &State) -> Option<Whereabouts> {
    let Lead::Customer(record) = &plan.lead else { return None };
    let live = match &state.hold {
        Some(Hold::ThirdValue(values)) => values.iter().cloned().collect(),
        _ => Vec::new(),
    };
    Some(Whereabouts { old: record.old.iter().cloned().collect(), new: record.new.iter().cloned().collect(), live })
}

/// A time as moves count it.
#[must_use]
pub fn moment(at: Timestamp) -> Moment {
    Moment(u64::try_from(at.as_millisecond()).unwrap_or_default())
}

impl From<Message> for MessageKind {
    fn from(message: Message) -> Self {
        match message {
            Message::Instruct => Self::Instruct,
            Message::Remind(nth) => Self::Remind(nth),
            Message::ThirdValue => Self::ThirdValue,
            Message::Regressed => Self::Regressed,
            Message::PutBack => Self::PutBack,
        }
    }
}
