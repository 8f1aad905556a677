//! What is left once everything that starts the function is mapped.

use super::facts::Facts;
use super::version::Unit;
use super::{asynchronous, clock, concurrency};
use crate::tracker::FieldTracker;

/// Gives what no component read its rule.
pub(super) fn rest<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>, unit: &Unit<'a>) {
    asynchronous::rest(tracker, facts, unit.own);
    concurrency::rest(tracker, facts);
    clock::patterns(tracker, &facts.rules);
}
