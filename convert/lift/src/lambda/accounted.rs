//! What is left once everything that starts the function is mapped.

use super::facts::Facts;
use super::version::Unit;
use super::{asynchronous, clock, concurrency};
use crate::field::Field;
use crate::tracker::{Asked, FieldTracker};

/// Gives what no component read its rule.
pub(super) fn rest<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>, unit: &Unit<'a>) {
    asynchronous::rest(tracker, facts, unit.own);
    concurrency::rest(tracker, facts);
    clock::patterns(tracker, &facts.rules);
    beside(tracker, facts);
}

/// Integrations of APIs that were not read themselves: what comes by them can't be told.
pub(super) fn unread<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>) {
    let rest = facts.rest.resources.iter().map(|one| (one, "restApiId", &facts.rest.apis, "id"));
    let http = facts.http.integrations.iter().map(|one| (one, "apiId", &facts.http.apis, "apiId"));
    for (holder, name, apis, own) in rest.chain(http) {
        let id = holder.peek(name).unwrap_or("");
        if apis.iter().any(|api| api.peek(own) == Some(id)) {
            continue;
        }
        let question = tracker.question_id("unread-api", id);
        let text = format!("The API {id} calls it, and was not read. Do its callers come by another way from now on?");
        let answer = tracker.ask(question, &text, &["another-way"], None);
        if let Asked::Open(_) = answer {
            tracker.hold("an API that calls it was not read");
        }
        for (_, value) in holder.entries() {
            match &answer {
                Asked::Given(_) => Field(value).dropped(tracker, "dropped-by-answer"),
                Asked::Open(id) => Field(value).asked(tracker, id),
            }
        }
    }
}

/// What belongs to APIs by which nothing leads to it.
fn beside<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>) {
    let (rest, http) = (&facts.rest, &facts.http);
    let of_rest = [&rest.apis, &rest.resources, &rest.stages, &rest.domains, &rest.mappings, &rest.authorizers];
    let of_http = [&http.apis, &http.routes, &http.integrations, &http.stages, &http.domains, &http.mappings];
    for document in of_rest.into_iter().chain(of_http).chain([&http.authorizers]).flatten() {
        if document.entries().all(|(_, value)| !tracker.is_marked(value)) {
            document.drop_whole(tracker, "other-target");
        }
    }
}
