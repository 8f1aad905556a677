//! What happens next with a hostname, and whose it is: for colleagues who know the customer and not the machinery.

use crate::{Hold, MovePlan, Outcome, Stage, State};
use caravan_cutover_engine::Moment;
use caravan_plans::domains::runbook::MessageKind;
use schemars::JsonSchema;
use serde::Serialize;

/// Whose the next step is.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whose {
    /// Whoever knows the customer.
    Colleague,
    /// The customer.
    Customer,
    /// Whoever moves hostnames.
    Mover,
    /// It goes on by itself, or is over.
    Nobody,
}

/// What happens next.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NextStep {
    /// Whose it is.
    pub whose: Whose,
    /// What, in a line.
    pub text: String,
}

/// What is known of a hostname.
#[derive(Clone, Copy, Debug, Default)]
pub struct Situation<'a> {
    /// Whether it was looked up.
    pub looked_up: bool,
    /// Why it has no class.
    pub no_class: Option<&'a str>,
    /// Why there is no way to its certificate.
    pub no_method: Option<&'a str>,
    /// Whether somebody has said whose it is.
    pub has_customer: bool,
    /// How many things the customer has to enter before it can move.
    pub open: usize,
    /// When it may move.
    pub window: Option<&'a str>,
    /// The message that nobody has sent yet.
    pub unsent: Option<MessageKind>,
    /// Its newest move.
    pub moving: Option<(&'a MovePlan, &'a State)>,
}

impl Whose {
    /// In a word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Colleague => "colleague",
            Self::Customer => "customer",
            Self::Mover => "mover",
            Self::Nobody => "nobody",
        }
    }
}

/// What happens next.
#[must_use]
pub fn next_step(situation: Situation<'_>, now: Moment) -> NextStep {
    if let Some(kind) = situation.unsent {
        return NextStep { whose: Whose::Colleague, text: format!("write to the customer: {}", kind.words()) };
    }
    match situation.moving {
        Some((_, State { stage: Stage::Over(Outcome::Back), .. })) => before(situation),
        Some((plan, state)) => on_the_way(plan, state, now),
        None => before(situation),
    }
}

fn before(situation: Situation<'_>) -> NextStep {
    let next = |whose, text: String| NextStep { whose, text };
    if !situation.looked_up {
        return next(Whose::Mover, "look it up".to_owned());
    }
    if let Some(reason) = situation.no_class {
        return next(Whose::Mover, format!("find out who leads it where: {reason}"));
    }
    if !situation.has_customer {
        return next(Whose::Colleague, "say whose it is, in a list".to_owned());
    }
    if let Some(reason) = situation.no_method {
        return next(Whose::Mover, format!("say how its certificate comes: {reason}"));
    }
    match (situation.open, situation.window) {
        (0, Some(window)) => next(Whose::Mover, format!("move it in its window: {window}")),
        (0, None) => next(Whose::Colleague, "agree on a window with the customer".to_owned()),
        (1, _) => next(Whose::Customer, "enter what the document asks for: one record".to_owned()),
        (open, _) => next(Whose::Customer, format!("enter what the document asks for: {open} records")),
    }
}

fn on_the_way(plan: &MovePlan, state: &State, now: Moment) -> NextStep {
    let waits = state.waits_for(plan, now);
    let is_customers = match (&state.hold, state.stage) {
        (Some(Hold::ThirdValue(_) | Hold::Parked), _) => true,
        (Some(_), _) => false,
        (None, Stage::Flip) => state.instructed.is_some(),
        (None, Stage::Back) => state.instructed.is_some() && state.restored.is_none(),
        _ => false,
    };
    let whose = match waits {
        None => Whose::Nobody,
        Some(_) if state.is_limited(now) => Whose::Nobody,
        Some(_) if is_customers && !state.paused => Whose::Customer,
        Some(_) => Whose::Mover,
    };
    NextStep { whose, text: waits.unwrap_or_else(|| state.stage.words().to_owned()) }
}
