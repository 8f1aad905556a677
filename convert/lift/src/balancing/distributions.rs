//! Distributions of CloudFront that ask an internal load balancer by an origin inside the network: on the platform nothing stands in their
//! place, so it is asked what becomes of the names by which the world calls them.

use crate::field::{Field, Object};
use crate::marks::without_marks;
use crate::surroundings::Surroundings;
use crate::tracker::{Asked, FieldTracker};
use std::collections::BTreeSet;

/// The answers: the distribution stays in front, and its origin is led to the internal Gateway; or nobody calls it any more.
const ANSWERS: [&str; 2] = ["stays", "given-up"];

/// Asks, for each distribution, what becomes of the names that it is called by. One answer is for all that it asks.
pub(super) fn ask<'a>(tracker: &mut FieldTracker<'a>, around: &Surroundings<'a>) {
    for distribution in &around.distributions {
        let called = distribution.peek("Id").or_else(|| distribution.peek("ARN")).unwrap_or("distribution");
        let names = names(*distribution);
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let names = match (names.is_empty(), is_open(*distribution)) {
            (false, _) => names.join(", "),
            (true, true) => "names that its template leaves open".to_owned(),
            (true, false) => "the name that AWS made for it".to_owned(),
        };
        let text = format!(
            "The distribution `{}` of CloudFront, called by {names}, asks what stands behind this internal load balancer, and the platform has \
             nothing in its place: on the gateway nobody comes here by it. Does it stay in front, and is its origin led to the internal \
             Gateway before traffic moves (`{}`), or is it called by nobody any more (`{}`)? The answer holds for all that it asks.",
            without_marks(called),
            ANSWERS[0],
            ANSWERS[1],
        );
        let id = tracker.shared_question_id("distribution", called);
        if let Asked::Open(id) = tracker.ask(id, &text, &ANSWERS, Some(ANSWERS[0])) {
            let origins = distribution.object("Origins").into_iter().flat_map(|origins| origins.objects("Items"));
            let inside: Vec<Field<'a>> = origins.filter_map(|origin| origin.field("VpcOriginConfig")).collect();
            inside.into_iter().for_each(|field| field.asked(tracker, &id));
        }
        distribution.drop_whole(tracker, "distribution");
    }
}

/// Whether names that are led to it are not told.
fn is_open(distribution: Object<'_>) -> bool {
    let aliases = distribution.object("Aliases").and_then(|aliases| aliases.field("Items"));
    aliases.is_some_and(|names| names.0.as_array().is_none_or(|names| names.iter().any(|name| !name.is_string())))
}

/// The names by which a distribution is called: its own, and those that are led to it.
fn names(distribution: Object<'_>) -> BTreeSet<String> {
    let aliases = distribution.object("Aliases").into_iter().flat_map(|aliases| aliases.list("Items"));
    let aliases = aliases.filter_map(|name| name.as_str());
    aliases.chain(distribution.peek("DomainName")).map(without_marks).collect()
}
