//! What the conditions choose between that a template leaves open: each branch is there in some deployment.

use super::evaluate::Evaluator;
use super::intrinsic::Intrinsic;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// So many open conditions may choose in one thing: each doubles what it may be.
const MOST: usize = 4;

/// Conditions that the template leaves open, each with whether it holds.
pub(super) type Choice = BTreeMap<String, bool>;

impl Evaluator<'_> {
    /// The elements of a list that conditions choose, each with the conditions under which it is there; none where it can't be told.
    pub(super) fn elements<'v>(&self, list: &'v Value, choice: &Choice) -> Option<Vec<(&'v Value, Choice)>> {
        match (Intrinsic::of(list), list) {
            (Some(Intrinsic::Ref("AWS::NoValue")), _) => Some(Vec::new()),
            (Some(Intrinsic::Function("If", Value::Array(parts))), _) => {
                let [Value::String(condition), then, other] = parts.as_slice() else { return None };
                let of = |holds: bool| {
                    let mut choice = choice.clone();
                    if self.holds(condition, &choice).is_none() {
                        choice.insert(condition.clone(), holds);
                    }
                    self.elements(if holds { then } else { other }, &choice)
                };
                match self.holds(condition, choice) {
                    Some(holds) => of(holds),
                    None => Some([of(true)?, of(false)?].concat()),
                }
            }
            (None, Value::Array(items)) => {
                let inside: Option<Vec<_>> = items.iter().map(|item| self.elements(item, choice)).collect();
                Some(inside?.concat())
            }
            (None, Value::Object(_)) => Some(vec![(list, choice.clone())]),
            _ => None,
        }
    }

    /// A thing in each of the ways that the open conditions in these fields of it make, but for what chooses only between properties
    /// that tell nothing (`beside`), wherever they stand in the fields; none where more choose than can be told apart.
    pub(super) fn ways(
        &self,
        thing: &Map<String, Value>,
        (fields, beside): (&[&str], &[&str]),
        choice: &Choice,
    ) -> Option<Vec<(Map<String, Value>, Choice)>> {
        let mut open = BTreeSet::new();
        let told = fields.iter().filter_map(|field| thing.get(*field));
        told.for_each(|value| self.choosing(value, beside, choice, &mut open));
        if open.len() > MOST {
            return None;
        }
        let mut choices = vec![choice.clone()];
        for condition in open {
            let with = |holds: bool| {
                let condition = condition.clone();
                move |choice: &Choice| {
                    choice
                        .iter()
                        .map(|(name, holds)| (name.clone(), *holds))
                        .chain([(condition.clone(), holds)])
                        .collect()
                }
            };
            choices = choices.iter().map(with(true)).chain(choices.iter().map(with(false))).collect();
        }
        let chosen = |choice: Choice| {
            let mut thing = thing.clone();
            for field in fields {
                if let Some(value) = thing.get_mut(*field) {
                    *value = self.chosen(value, &choice);
                }
            }
            (thing, choice)
        };
        Some(choices.into_iter().map(chosen).collect())
    }

    /// Whether a condition holds, as the template or the choice says.
    fn holds(&self, condition: &str, choice: &Choice) -> Option<bool> {
        self.condition(condition, 0).known.or_else(|| choice.get(condition).copied())
    }

    /// The open conditions that choose in a value.
    fn choosing(&self, value: &Value, beside: &[&str], choice: &Choice, open: &mut BTreeSet<String>) {
        if let Some(Intrinsic::Function("If", Value::Array(parts))) = Intrinsic::of(value)
            && let Some(Value::String(condition)) = parts.first()
            && self.holds(condition, choice).is_none()
        {
            open.insert(condition.clone());
        }
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.choosing(item, beside, choice, open)),
            Value::Object(fields) => {
                let told = fields.iter().filter(|(name, _)| !beside.contains(&name.as_str()));
                told.for_each(|(_, value)| self.choosing(value, beside, choice, open));
            }
            _ => {}
        }
    }

    /// The value that a choice makes of one.
    fn chosen(&self, value: &Value, choice: &Choice) -> Value {
        if let Some(Intrinsic::Function("If", Value::Array(parts))) = Intrinsic::of(value)
            && let [Value::String(condition), then, other] = parts.as_slice()
            && let Some(holds) = self.holds(condition, choice)
        {
            return self.chosen(if holds { then } else { other }, choice);
        }
        match value {
            Value::Array(items) => items.iter().map(|item| self.chosen(item, choice)).collect(),
            Value::Object(fields) => {
                Value::Object(fields.iter().map(|(name, value)| (name.clone(), self.chosen(value, choice))).collect())
            }
            other => other.clone(),
        }
    }

    /// A choice as the template would say it, and whether it is that of the parameters' defaults; none where nothing is chosen.
    pub(super) fn said(&self, choice: &Choice) -> Option<(String, bool)> {
        let one = |(name, holds): (&String, &bool)| match holds {
            true => format!("!Condition {name}"),
            false => format!("!Not [!Condition {name}]"),
        };
        let all: Vec<String> = choice.iter().map(one).collect();
        let by_default = choice.iter().all(|(name, holds)| self.condition(name, 0).by_default == Some(*holds));
        match all.as_slice() {
            [] => None,
            [one] => Some((one.clone(), by_default)),
            several => Some((format!("!And [{}]", several.join(", ")), by_default)),
        }
    }
}

/// A list that a condition chooses whole, element by element: what both branches have is there whatever is chosen, but for its place
/// in the order.
pub(super) fn element_by_element(list: &Value) -> Option<Value> {
    let Some(Intrinsic::Function("If", Value::Array(parts))) = Intrinsic::of(list) else { return None };
    let [condition, Value::Array(then), Value::Array(other)] = parts.as_slice() else { return None };
    let plain = |one: &Value| {
        let mut one = one.clone();
        if let Value::Object(fields) = &mut one {
            fields.remove("Order");
        }
        one
    };
    let nothing = || serde_json::json!({"Ref": "AWS::NoValue"});
    let choose = |then: Value, other: Value| serde_json::json!({"Fn::If": [condition, then, other]});
    let mut left: Vec<&Value> = other.iter().collect();
    let mut all = Vec::with_capacity(then.len() + other.len());
    for one in then {
        match left.iter().position(|other| plain(other) == plain(one)) {
            Some(at) => {
                left.remove(at);
                all.push(one.clone());
            }
            None => all.push(choose(one.clone(), nothing())),
        }
    }
    let rest = left.into_iter().map(|one| choose(nothing(), one.clone()));
    // What only the other branch has may stand in front of what both have.
    Some(rest.chain(all).collect())
}
