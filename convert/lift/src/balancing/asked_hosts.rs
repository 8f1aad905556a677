//! The questions about one host of a listener, by which its fields are told too.

use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::QuestionId;

/// The listener, of those that carry `host` on the gateway, that its callers reach, by its place among `names`; none
/// while nobody has said, and where it is none of them.
pub(super) fn listener(tracker: &mut FieldTracker<'_>, internal: bool, host: &str, names: &[String]) -> Option<usize> {
    let lead = if names.len() > 1 { "lead" } else { "leads" };
    let text = format!(
        "{} {lead} here at `{host}`, and it isn't known that the host's DNS record leads there{}. Which listener do its \
         callers reach (`elsewhere`: none of these)? Until then nothing is served at `{host}`.",
        names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and "),
        if names.len() > 1 { ", and their rules differ" } else { ": another load balancer has it too" },
    );
    let id = id(tracker, internal, host);
    let options: Vec<&str> = names.iter().map(String::as_str).chain([ELSEWHERE]).collect();
    match tracker.ask(id, &text, &options, None) {
        Asked::Given(answer) => names.iter().position(|name| name == answer),
        Asked::Open(_) => None,
    }
}

/// The answer that callers of a host reach none of the listeners that were seen.
const ELSEWHERE: &str = "elsewhere";

fn id(tracker: &FieldTracker<'_>, internal: bool, host: &str) -> QuestionId {
    match internal {
        true => tracker.question_id("internal-host-listener", host),
        false => tracker.question_id("host-listener", host),
    }
}

/// Whether a person answered which listener the callers of a host reach.
pub(super) fn is_told(tracker: &FieldTracker<'_>, internal: bool, host: &str) -> bool {
    tracker.source.decisions.0.contains_key(&id(tracker, internal, host))
}

/// The open question about a host of a rule, where there is one.
pub(super) fn open(tracker: &FieldTracker<'_>, host: &str) -> Option<QuestionId> {
    let wildcard = tracker.question_id("wildcard-redirect", host);
    [wildcard, id(tracker, false, host), id(tracker, true, host)].into_iter().find(|id| tracker.is_asked(id))
}
