//! What people answered for other workloads about a listener that several stand behind: what one of them was told of it is
//! so for all of them.

use super::conditions::is_host;
use super::listeners::Way;
use super::questions;
use super::read::Read;
use crate::tracker::FieldTracker;
use caravan_inventory::Decision;
use std::collections::BTreeSet;

/// The other workloads, with the part of them where they are several apps, that were asked about the same place of a load
/// balancer (`edge:443`, `edge:443/10`), and what was answered for each.
pub(super) fn answers<'t>(tracker: &'t FieldTracker<'_>, topic: &str, place: &str) -> Vec<(&'t str, &'t Decision)> {
    let own = tracker.question_id(topic, place);
    let workload = tracker.source.workload;
    // Load balancers are called the same in other accounts and regions, whose workloads are named by them.
    let places =
        [workload.account.as_ref().map(ToString::to_string), workload.region.as_ref().map(ToString::to_string)];
    let is_here = |other: &str| places.iter().flatten().all(|place| other.split('/').any(|part| part == place));
    let (prefix, ending) = (format!("{topic}/"), format!("/{}", crate::marks::without_marks(place)));
    let answers = tracker.source.decisions.0.iter().filter(|(id, _)| **id != own);
    let of_place = answers
        .filter_map(|(id, given)| Some((id.as_str().strip_prefix(&prefix)?.strip_suffix(&ending)?, given)))
        // A rule of a listener that was not seen has no name of it before its number.
        .filter(|(other, _)| ending.matches('/').count() > 1 || !other.rsplit('/').next().unwrap_or("").contains(':'));
    of_place.filter(|(other, _)| is_here(other)).collect()
}

/// The hosts that people named for other workloads of a listener, of all that it is called by and of what patterns of its
/// rules mean, as far as a rule that forwards here takes them: those workloads have them as names of their own, and a
/// gateway takes the most specific host.
pub(super) fn hosts(tracker: &FieldTracker<'_>, way: &Way<'_>, read: &[Read<'_>]) -> BTreeSet<String> {
    if way.name.is_empty() {
        return BTreeSet::new();
    }
    let patterns = read.iter().filter(|rule| rule.conditions.is_by_header()).map(|rule| rule.step.id.as_str());
    let given = patterns.chain([way.name.as_str()]).flat_map(|place| answers(tracker, "hosts", place));
    let named = given.flat_map(|(_, given)| questions::list(&given.answer)).filter(|host| is_host(host));
    let taken = |host: &String| read.iter().any(|rule| rule.group.is_some() && rule.conditions.takes_host(host));
    named.filter(taken).collect()
}
