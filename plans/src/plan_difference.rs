//! Two plans of a wave, compared field by field: what would be done otherwise. Nothing of a plan is left out, so two plans without a
//! difference have the same hash.

use crate::format;
use crate::{SealError, WavePlan};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that two plans have different.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct PlanDifference {
    /// Of the plan as a whole.
    pub whole: Vec<FieldChange>,
    /// By step, in the order of the later plan; those that it lacks come last.
    pub steps: Vec<StepDifference>,
}

/// What became of a step.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StepState {
    /// Only the later plan has it.
    Added,
    /// Only the earlier plan has it.
    Removed,
    /// Both have it.
    Changed,
}

/// One step.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct StepDifference {
    /// Its name, as `plan show` has it.
    pub name: String,
    /// What became of it.
    pub state: StepState,
    /// Where both have it: what is different.
    pub changes: Vec<FieldChange>,
}

/// One field.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct FieldChange {
    /// Its place: `/stages/1/gate/bake_ms`.
    pub at: String,
    /// What stood there and does not any more: a value, or lines.
    pub before: Vec<String>,
    /// What stands there and did not.
    pub after: Vec<String>,
}

impl PlanDifference {
    /// Whether nothing is different.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.steps.is_empty()
    }
}

/// Reads the plan of a sealed file without holding it against a hash: to be compared, never to be run.
///
/// # Errors
/// When it is no plan, or of a newer format.
pub fn read_plan(text: &str) -> Result<WavePlan, SealError> {
    format::read(text)
}

/// Compares two plans. Deterministic.
///
/// # Errors
/// When a plan holds something that JSON can't: never for plans that were read or built.
pub fn compare_plans(before: &WavePlan, after: &WavePlan) -> Result<PlanDifference, SealError> {
    let whole = |plan: &WavePlan| -> Result<Value, SealError> {
        serde_json::to_value(WavePlan { steps: Vec::new(), ..plan.clone() }).map_err(SealError::Unreadable)
    };
    let (old, new) = (named(before)?, named(after)?);
    let mut steps = Vec::new();
    for (name, step) in &new {
        match old.iter().find(|(other, _)| other == name) {
            None => steps.push(StepDifference { name: name.clone(), state: StepState::Added, changes: Vec::new() }),
            Some((_, was)) => {
                let changes = fields(was, step);
                if !changes.is_empty() {
                    steps.push(StepDifference { name: name.clone(), state: StepState::Changed, changes });
                }
            }
        }
    }
    let removed = old.iter().filter(|(name, _)| !new.iter().any(|(other, _)| other == name));
    steps.extend(removed.map(|(name, _)| StepDifference {
        name: name.clone(),
        state: StepState::Removed,
        changes: Vec::new(),
    }));
    let mut whole = fields(&whole(before)?, &whole(after)?);
    let order = |plan: &[(String, Value)]| plan.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let (was, is) = (order(&old), order(&new));
    let (mut sorted_was, mut sorted_is) = (was.clone(), is.clone());
    sorted_was.sort();
    sorted_is.sort();
    if was != is && sorted_was == sorted_is {
        whole.push(FieldChange { at: "/steps".to_owned(), before: was, after: is });
    }
    Ok(PlanDifference { whole, steps })
}

/// The steps by their names. Of several with one name each has its number behind it.
fn named(plan: &WavePlan) -> Result<Vec<(String, Value)>, SealError> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut steps = Vec::new();
    for (at, step) in plan.steps.iter().enumerate() {
        let title = plan.step_title(at).unwrap_or_default();
        let count = seen.entry(title.clone()).and_modify(|count| *count += 1).or_insert(1);
        let name = if *count == 1 { title } else { format!("{title} ({count})") };
        steps.push((name, serde_json::to_value(step).map_err(SealError::Unreadable)?));
    }
    Ok(steps)
}

fn fields(before: &Value, after: &Value) -> Vec<FieldChange> {
    let (mut old, mut new) = (BTreeMap::new(), BTreeMap::new());
    flatten(before, String::new(), &mut old);
    flatten(after, String::new(), &mut new);
    let places: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let none = Vec::new();
    places
        .into_iter()
        .filter_map(|at| {
            let (was, is) = (old.get(at).unwrap_or(&none), new.get(at).unwrap_or(&none));
            if was == is && old.contains_key(at) == new.contains_key(at) {
                return None;
            }
            let lacking = |of: &[String], other: &[String]| -> Vec<String> {
                of.iter().filter(|line| !other.contains(line)).cloned().collect()
            };
            let (mut gone, mut come) = (lacking(was, is), lacking(is, was));
            if gone.is_empty() && come.is_empty() {
                // The same lines in another order, or more often.
                (gone, come) = (was.clone(), is.clone());
            }
            Some(FieldChange { at: at.clone(), before: gone, after: come })
        })
        .collect()
}

/// Every leaf by its place; a list of texts is one leaf of lines.
fn flatten(value: &Value, at: String, into: &mut BTreeMap<String, Vec<String>>) {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, field) in fields {
                flatten(field, format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), into);
            }
        }
        Value::Array(items) if items.iter().any(|item| !item.is_string()) => {
            for (number, item) in items.iter().enumerate() {
                flatten(item, format!("{at}/{number}"), into);
            }
        }
        Value::Array(lines) => drop(into.insert(at, lines.iter().map(text).collect())),
        leaf => drop(into.insert(at, vec![text(leaf)])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Step;

    const SEALED: &str = include_str!("../../tests/formats/v2/legacy-b63e0fe4.json");

    fn plan() -> WavePlan {
        read_plan(SEALED).unwrap()
    }

    #[test]
    fn the_same_plan_has_no_difference() {
        assert!(compare_plans(&plan(), &plan()).unwrap().is_empty());
        assert!(read_plan("{}").is_err());
    }

    #[test]
    fn every_field_that_differs_is_told_with_its_place() {
        let (before, mut after) = (plan(), plan());
        after.soak_ms = 7;
        let Step::Shift(shift) = &mut after.steps[0] else { panic!("a shift") };
        shift.stages[1].gate.bake_ms += 1;
        shift.in_flight += 1;
        shift.manual_rollback.push("echo done".to_owned());
        let found = compare_plans(&before, &after).unwrap();
        assert_eq!(found.whole.iter().map(|field| field.at.as_str()).collect::<Vec<_>>(), ["/soak_ms"]);
        let [step] = found.steps.as_slice() else { panic!("{found:?}") };
        let places: Vec<&str> = step.changes.iter().map(|field| field.at.as_str()).collect();
        assert_eq!(places, ["/shift/in_flight", "/shift/manual_rollback", "/shift/stages/1/gate/bake_ms"]);
        assert_eq!(
            (step.changes[1].before.len(), step.changes[1].after.as_slice()),
            (0, &["echo done".to_owned()][..])
        );
    }

    #[test]
    fn steps_that_come_go_or_change_places_are_told() {
        let one = plan();
        let mut other = plan();
        let Step::Shift(shift) = &mut other.steps[0] else { panic!("a shift") };
        shift.workload = caravan_inventory::WorkloadId::new("ecs/other");
        let both = WavePlan { steps: vec![one.steps[0].clone(), other.steps[0].clone()], ..plan() };
        let found = compare_plans(&one, &both).unwrap();
        assert_eq!(
            (found.steps.len(), found.steps[0].state, found.steps[0].name.as_str()),
            (1, StepState::Added, "ecs/other")
        );
        assert_eq!(compare_plans(&both, &one).unwrap().steps[0].state, StepState::Removed);
        let turned = WavePlan { steps: both.steps.iter().rev().cloned().collect(), ..plan() };
        let found = compare_plans(&both, &turned).unwrap();
        assert!(found.steps.is_empty() && found.whole[0].at == "/steps", "{found:?}");
    }

    /// Whatever leaf of a plan is changed, the difference is not empty: no field is left out.
    #[test]
    fn two_plans_without_a_difference_have_the_same_hash() {
        let before = plan();
        let text = serde_json::to_value(&before).unwrap();
        let mut leaves = BTreeMap::new();
        flatten(&text, String::new(), &mut leaves);
        let mut tried = 0;
        for at in leaves.keys() {
            let mut changed = text.clone();
            let leaf = changed.pointer_mut(at).unwrap();
            *leaf = match leaf {
                Value::Number(number) => Value::from(number.as_u64().unwrap_or(0) + 1),
                Value::Bool(yes) => Value::Bool(!*yes),
                Value::String(text) => Value::String(format!("{text}x")),
                _ => continue,
            };
            // What is no plan any more can't be compared.
            let Ok(after) = serde_json::from_value::<WavePlan>(changed) else { continue };
            tried += 1;
            assert!(!compare_plans(&before, &after).unwrap().is_empty(), "{at}");
        }
        assert!(tried > 20, "{tried}");
    }
}
