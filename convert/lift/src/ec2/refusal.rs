//! The account of machines whose programs do not become containers.

use super::meaning::Meaning;
use super::user_data::{Step, UserData};
use super::verdict::{Decided, reason};
use crate::tracker::FieldTracker;

/// Says why, at each line that says so; all else decided nothing.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, user_data: &UserData<'a>, decided: &Decided) {
    tracker.refuse(&reason(&decided.host));
    for step in &user_data.steps {
        one(tracker, step, decided);
    }
    tracker.drop_the_rest("verdict");
}

fn one<'a>(tracker: &mut FieldTracker<'a>, step: &Step<'a>, decided: &Decided) {
    let shown = step.statement.shown();
    match (&step.meaning, &decided.open) {
        (Meaning::Sign(..), _) => step.at.decides(tracker, &reason(&decided.host)),
        (Meaning::Unknown | Meaning::Service(_), Some(id)) => step.at.asked(tracker, id, shown),
        (Meaning::Node(rule), _) => step.at.dropped_because(tracker, rule, shown),
        _ => step.at.dropped_because(tracker, "verdict", shown),
    }
}
