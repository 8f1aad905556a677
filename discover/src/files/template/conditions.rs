//! What the conditions of a template are, as far as it says so itself.

use super::evaluate::{Evaluator, Outcome};
use super::intrinsic::scalar;
use super::places::Places;
use serde_json::Value;

/// Conditions name conditions; a circle ends here.
const DEEPEST: u8 = 24;

/// Whether a condition holds.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Truth {
    /// By the template and what was said of its parameters alone.
    pub(super) known: Option<bool>,
    /// With the defaults of all parameters.
    pub(super) by_default: Option<bool>,
}

impl Truth {
    const fn both(value: bool) -> Self {
        Self { known: Some(value), by_default: Some(value) }
    }

    fn map(self, of: impl Fn(bool) -> bool) -> Self {
        Self { known: self.known.map(&of), by_default: self.by_default.map(&of) }
    }
}

impl Evaluator<'_> {
    /// Whether the condition of a name holds.
    pub(super) fn condition(&self, name: &str, depth: u8) -> Truth {
        if let Some(truth) = self.truths.borrow().get(name) {
            return *truth;
        }
        // Until it is found out nothing is known of it: a circle ends here.
        self.truths.borrow_mut().insert(name.to_owned(), Truth::default());
        let condition = self.template.conditions.get(name).filter(|_| depth < DEEPEST);
        let truth = condition.map_or_else(Truth::default, |condition| self.truth(condition, depth + 1));
        self.truths.borrow_mut().insert(name.to_owned(), truth);
        truth
    }

    fn truth(&self, condition: &Value, depth: u8) -> Truth {
        let Some((function, argument)) = condition.as_object().and_then(|fields| fields.iter().next()) else {
            return condition.as_bool().map(Truth::both).unwrap_or_default();
        };
        let all = |depth: u8| -> Vec<Truth> {
            argument.as_array().into_iter().flatten().map(|one| self.truth(one, depth)).collect()
        };
        match (function.as_str(), argument) {
            _ if depth >= DEEPEST => Truth::default(),
            ("Condition", Value::String(name)) => self.condition(name, depth),
            ("Fn::Not", Value::Array(_)) => {
                all(depth + 1).first().map_or_else(Truth::default, |truth| truth.map(|holds| !holds))
            }
            ("Fn::And", Value::Array(_)) => joined(&all(depth + 1), false),
            ("Fn::Or", Value::Array(_)) => joined(&all(depth + 1), true),
            ("Fn::Equals", Value::Array(sides)) => match sides.as_slice() {
                [one, other] => self.equal(one, other, depth),
                _ => Truth::default(),
            },
            _ => Truth::default(),
        }
    }

    fn equal(&self, one: &Value, other: &Value, depth: u8) -> Truth {
        let (one, other) = (self.side(one, depth), self.side(other, depth));
        let equal = |one: &Option<String>, other: &Option<String>| Some(one.as_ref()? == other.as_ref()?);
        Truth { known: equal(&one.0, &other.0), by_default: equal(&one.1, &other.1) }
    }

    /// A side of an equation: as known, and by default.
    fn side(&self, value: &Value, depth: u8) -> (Option<String>, Option<String>) {
        match self.outcome(value, &Places::default(), depth) {
            Outcome::Known(value) => (scalar(&value), scalar(&value)),
            Outcome::Open { default, .. } => (None, default.as_ref().and_then(scalar)),
            Outcome::Link(_) | Outcome::Absent => (None, None),
        }
    }
}

/// Whether one of several decides all: a false one of those that must all hold, a true one of those of which one must.
fn joined(all: &[Truth], deciding: bool) -> Truth {
    let of = |part: fn(&Truth) -> Option<bool>| {
        if all.iter().any(|one| part(one) == Some(deciding)) {
            Some(deciding)
        } else {
            all.iter().all(|one| part(one).is_some()).then_some(!deciding)
        }
    };
    Truth { known: of(|one| one.known), by_default: of(|one| one.by_default) }
}
