//! What is asked about the input of a schedule, where not all of it can be carried over.

use crate::field::Field;
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::{QuestionId, Unresolved};
use serde_json::{Map, Value};

/// What of a schedule's input can't be carried over, and what can, each in words that name it.
pub(super) struct Refused {
    pub(super) lost: Vec<String>,
    pub(super) rest: Vec<String>,
}

/// The answer that all of an input is left out.
const LEAVE_OUT: &str = "leave-out";

/// The answer that of an input only that is left out which can't be carried over.
pub(super) const THE_REST: &str = "the-rest";

/// Asks whether what a schedule gives to its task can be left out, and names all that can't be carried over and all that
/// would be left out with it. It does not run before somebody said so.
pub(super) fn ask<'a>(tracker: &mut FieldTracker<'a>, field: Field<'a>, refused: &Refused) {
    let id = question(tracker);
    let lost = crate::marks::without_marks(&refused.lost.join("; "));
    let text = format!("Its schedule changes the task in a way that can't be carried over: {lost}.");
    // The words name what is lost, and not all that it says.
    let ground = crate::marks::without_marks(&text_of(field.0));
    let asked = if refused.rest.is_empty() {
        let text = format!("{text} Can all of its input be left out?");
        tracker.resting_on(ground, |tracker| tracker.ask(id, &text, &[LEAVE_OUT], Some(LEAVE_OUT)))
    } else {
        let rest = crate::marks::without_marks(&refused.rest.join("; "));
        let text = format!(
            "{text} The rest of its input can be: {rest}. Is only left out what can't be carried over (`{THE_REST}`), or all of \
             its input (`{LEAVE_OUT}`)?"
        );
        tracker.resting_on(ground, |tracker| tracker.ask(id, &text, &[THE_REST, LEAVE_OUT], Some(LEAVE_OUT)))
    };
    match asked {
        Asked::Given(_) => field.dropped(tracker, "dropped-by-answer"),
        Asked::Open(id) => {
            tracker.hold("what its schedule changes in it has to be decided first");
            field.asked(tracker, &id);
        }
    }
}

pub(super) fn question(tracker: &FieldTracker<'_>) -> QuestionId {
    tracker.question_id("input", "")
}

/// What of overrides is not lost, in words that name it with its values; of variables the names.
pub(super) fn carried(overrides: &Map<String, Value>, lost: &[String]) -> Vec<String> {
    let is_lost = |name: &str| lost.iter().any(|lost| lost.starts_with(name));
    let of_task = |lost: &&String| !lost.contains("` of the container `");
    let is_lost_of_task = |name: &str| lost.iter().filter(of_task).any(|lost| lost.starts_with(name));
    let mut carried = Vec::new();
    for (name, value) in overrides.iter().filter(|(_, value)| !crate::field::is_empty(value)) {
        if name != "containerOverrides" {
            carried.extend(
                Some(format!("`{name}` ({})", text_of(value))).filter(|_| !is_lost_of_task(&format!("`{name}`"))),
            );
            continue;
        }
        for wanted in value.as_array().into_iter().flatten().filter_map(Value::as_object) {
            let container = container_name(wanted);
            let unknown = format!("of the container `{container}`, which the task does not have");
            let is_nameless = container.is_empty() && lost.iter().any(|lost| lost.contains(NAMELESS));
            if is_nameless || lost.iter().any(|lost| lost.ends_with(&unknown)) {
                continue;
            }
            for (part, value) in wanted.iter().filter(|(part, value)| *part != "name" && !crate::field::is_empty(value))
            {
                let name = format!("`{part}` of the container `{container}`");
                if part == "environment" {
                    let lost_here: String = lost.iter().filter(|lost| lost.starts_with(&name)).cloned().collect();
                    let names = value.as_array().into_iter().flatten().filter_map(|entry| entry["name"].as_str());
                    let names: Vec<String> =
                        names.map(|name| format!("`{name}`")).filter(|name| !lost_here.contains(name)).collect();
                    carried.extend((!names.is_empty()).then(|| format!("{name} ({})", names.join(", "))));
                } else if !is_lost(&name) {
                    carried.push(format!("{name} ({})", text_of(value)));
                }
            }
        }
    }
    carried
}

/// Of which container nobody knows the name.
pub(super) const NAMELESS: &str = "a container whose name is not known";

/// The container that an override is for: its name, or the one that its template offers; empty where nobody said it.
pub(super) fn container_name(wanted: &Map<String, Value>) -> &str {
    let name = wanted.get("name");
    let offered = name.and_then(Unresolved::of).and_then(|open| open.default);
    offered.or(name).and_then(Value::as_str).unwrap_or_default()
}

/// The first place in a value that its template leaves open, in words; none where it leaves none.
pub(super) fn left_open(value: &Value) -> Option<String> {
    let found = Unresolved::find(value);
    found.first().map(|(_, open)| format!("its template leaves `{}` open", open.text))
}

pub(super) fn text_of(value: &Value) -> String {
    match (value, Unresolved::of(value)) {
        (_, Some(open)) => open.text.to_owned(),
        (Value::String(text), _) => text.clone(),
        (other, _) => other.to_string(),
    }
}
