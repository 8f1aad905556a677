//! Raw TCP of network load balancers: the gateway speaks HTTP, so somebody has to say what it is.

use super::listeners::{Way, ways};
use crate::context::Context;
use crate::field::{Field, Object};
use crate::plconfig::{Component, Protocol};
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::QuestionId;

/// Whether a balancer sends raw TCP by the group.
pub(super) fn is_raw(group: Object<'_>) -> bool {
    matches!(group.peek("Protocol"), Some("TCP" | "TLS"))
}

/// The question what is raw TCP for a network load balancer.
pub(super) fn question(tracker: &FieldTracker<'_>) -> QuestionId {
    tracker.question_id("tcp", "")
}

/// Asks what it is that a balancer sends by the group whose protocol is `field`; nothing comes in by it until then.
pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    group: Object<'a>,
    field: Field<'a>,
    component: &mut Component,
) {
    let entries = entries(context, group);
    let (by, lost) = match entries.as_slice() {
        [] => ("A network load balancer".to_owned(), "by it no more".to_owned()),
        names => (names.join(" and "), format!("no more by {}", names.join(" and "))),
    };
    let text = format!(
        "{by} sends it raw TCP, which the gateway does not. Does it speak HTTP there (`http`), HTTP over TLS that it ends by \
         itself (`https`; callers get the gateway's certificate then, and none is asked for one), or is it reached only from \
         inside the cluster from now on, {lost} (`internal`)?"
    );
    let options = ["http", "https", "internal"];
    match tracker.ask(question(tracker), &text, &options, Some("internal")) {
        Asked::Given("http") => field.approximated(tracker, context.at("protocol"), "HTTP, by a person's answer"),
        Asked::Given("https") => {
            component.protocol = Some(Protocol::Https);
            field.approximated(tracker, context.at("protocol"), "HTTP over TLS, by a person's answer");
        }
        answer => {
            component.protocol = Some(Protocol::Tcp);
            match answer {
                Asked::Given(_) => {
                    field.approximated(tracker, context.at("protocol"), "only inside, by a person's answer")
                }
                Asked::Open(id) => field.asked(tracker, &id),
            }
        }
    }
}

/// The listeners that send to a group, for people: `mq:5671` (TLS, from the internet).
fn entries(context: &Context<'_, '_>, group: Object<'_>) -> Vec<String> {
    let shown = |way: &Way<'_>| {
        let protocol = way.listener.and_then(|listener| listener.peek("Protocol")).unwrap_or("TCP");
        let from = match way.public {
            Some(true) => ", from the internet",
            Some(false) => ", from inside",
            None => "",
        };
        format!("`{}` ({protocol}{from})", way.name)
    };
    let ways = ways(context);
    ways.iter().filter(|way| !way.name.is_empty() && way.sends_to(group)).map(shown).collect()
}
