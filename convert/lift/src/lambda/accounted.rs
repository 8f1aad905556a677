//! What is left once everything that starts the function is mapped.

use super::facts::Facts;
use super::started_by::is_queue;
use super::version::Unit;
use super::{asynchronous, clock, concurrency};
use crate::field::Field;
use crate::tracker::FieldTracker;

/// Gives what no component read its rule.
pub(super) fn rest<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>, unit: &Unit<'a>) {
    asynchronous::rest(tracker, facts, unit.own);
    concurrency::rest(tracker, facts);
    clock::patterns(tracker, &facts.rules);
    // A stream's mapping refuses the function by its source; the rest of it decides nothing then.
    for mapping in facts.mappings.iter().filter(|mapping| !is_queue(**mapping)) {
        for (_, value) in mapping.entries().filter(|(_, value)| !crate::field::is_empty(value)) {
            if !tracker.is_marked(value) {
                Field(value).dropped(tracker, "stays-on-lambda");
            }
        }
    }
}
