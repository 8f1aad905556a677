//! Moves as the commands show them.

use crate::error::Failure;
use crate::exit::Exit;
use crate::journal_db::Journal;
use caravan_cutover::MoveRecord;
use caravan_cutover::operator::time_text;
use caravan_cutover_domains::{Event, Hold, Message, MovePlan, Outcome, Stage, State, replay};
use caravan_cutover_engine::Moment;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A move in an answer.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub(in crate::commands) struct MoveRow {
    /// The hostname.
    pub(super) name: String,
    /// The run: its name stands in the fencing token.
    pub(super) run: String,
    /// Where it is: `planned`, `certificate`, `soaking`, …
    pub(super) stage: String,
    /// The same in words.
    pub(super) text: String,
    /// What it waits for; none while it goes on by itself, and at its end.
    pub(super) waits_for: Option<String>,
    /// Whether users may have been led to the new edge.
    pub(super) led: bool,
    /// Whether there is a way back.
    pub(super) can_go_back: bool,
    /// When the certificate at the new edge ends, UTC.
    pub(super) certificate_ends: Option<String>,
    /// What somebody has to tell the customer: Caravan sends nothing.
    pub(super) told: Vec<Message>,
}

impl MoveRow {
    pub(in crate::commands) fn of(plan: &MovePlan, state: &State, now: Moment) -> Self {
        Self {
            name: plan.name.clone(),
            run: plan.run.clone(),
            stage: state.stage.as_str().to_owned(),
            text: state.stage.words().to_owned(),
            waits_for: state.waits_for(plan, now),
            led: state.led,
            can_go_back: state.can_go_back(),
            certificate_ends: state.held.as_ref().map(|held| time_text(held.ends)),
            told: state.told.iter().copied().collect(),
        }
    }

    /// What somebody has to tell the customer, each in a line.
    pub(super) fn messages(&self) -> impl Iterator<Item = String> + '_ {
        self.told.iter().map(|message| format!("  for the customer: {}", words_of(*message)))
    }

    /// In a line, and below it what somebody has to tell the customer.
    pub(in crate::commands) fn lines(&self) -> Vec<String> {
        std::iter::once(self.line()).chain(self.messages()).collect()
    }

    /// In a line.
    pub(super) fn line(&self) -> String {
        match &self.waits_for {
            Some(waits_for) => format!("{}  {}: {waits_for}", self.name, self.stage),
            None => format!("{}  {}", self.name, self.stage),
        }
    }
}

/// A message in words.
fn words_of(message: Message) -> String {
    match message {
        Message::Instruct => "lead the name to the new edge now, as the document says".to_owned(),
        Message::Remind(nth) => format!("the same once more, reminder {nth}"),
        Message::ThirdValue => "the name leads neither to the old edge nor to the new one".to_owned(),
        Message::Regressed => "the name leads to the old edge again".to_owned(),
        Message::PutBack => "lead the name back to the old edge".to_owned(),
    }
}

/// The newest move of each hostname that is wanted, by its name, with where it stands.
///
/// # Errors
/// Those of the journal.
pub(in crate::commands) async fn newest(
    journal: &Journal,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<Vec<(MoveRecord, State)>, Failure> {
    let mut newest = BTreeMap::new();
    for record in journal.moves().await?.into_iter().filter(|record| is_wanted(&record.plan.name)) {
        newest.insert(record.plan.name, record.plan.run);
    }
    let mut moves = Vec::new();
    for run in newest.values() {
        moves.push(read(journal, run).await?);
    }
    Ok(moves)
}

/// A move, and where it stands.
///
/// # Errors
/// Those of the journal.
pub(super) async fn read(journal: &Journal, run: &str) -> Result<(MoveRecord, State), Failure> {
    let (record, events) = journal.read_move(run).await?;
    let state = state_of(&record.plan, &events)?;
    Ok((record, state))
}

/// Where its entries leave a move.
///
/// # Errors
/// When another version wrote them.
pub(super) fn state_of(plan: &MovePlan, events: &[Event]) -> Result<State, Failure> {
    replay(plan, events).map_err(|error| {
        Failure::caused(crate::error::FailureKind::Work, error).hint("drive it by the version that wrote it")
    })
}

/// What a move's state says to a script.
pub(super) const fn exit_of(state: &State) -> Exit {
    match (state.stage, &state.hold) {
        (Stage::Over(Outcome::Done), _) => Exit::Done,
        (Stage::Over(Outcome::Back), _) => Exit::RolledBack,
        (Stage::Over(Outcome::Elsewhere), _) => Exit::EndedElsewhere,
        (Stage::Back, Some(_)) => Exit::Stuck,
        (_, Some(Hold::NewSide(_))) => Exit::Stuck,
        (_, Some(_)) => Exit::Halted,
        _ => Exit::Waiting,
    }
}
