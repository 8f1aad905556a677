//! Load balancers whose scheme is none of those that AWS has: nobody can tell from where they are reached.

use super::listeners::{Way, is_public};
use crate::context::Context;
use crate::field::Object;
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::QuestionId;

/// Whether a listener is reached from the internet whose load balancer has a scheme that is none of AWS's, by a person's answer;
/// only from inside until then. None where it has one of AWS's, or none.
pub(super) fn ask<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>, way: &Way<'a>) -> Option<bool> {
    let named = |balancer: &&Object<'a>| way.balancer.is_some() && balancer.peek("LoadBalancerArn") == way.balancer;
    let balancer = *context.around.load_balancers.iter().find(named)?;
    let scheme = balancer.field("Scheme").filter(|_| is_public(balancer).is_none())?;
    let text = format!(
        "The scheme of the load balancer of `{}` is neither `internet-facing` nor `internal`. Is it reached from the internet \
         (`public`, which opens what comes by it to everybody), or only from inside?",
        way.name
    );
    match tracker.ask(id(tracker, balancer), &text, &["public", "internal"], Some("internal")) {
        Asked::Given(answer) => Some(answer == "public"),
        Asked::Open(id) => {
            scheme.asked(tracker, &id);
            Some(false)
        }
    }
}

/// Whether a person said that such a load balancer is reached from the internet.
pub(super) fn is_said_public(tracker: &FieldTracker<'_>, balancer: Object<'_>) -> bool {
    let id = id(tracker, balancer);
    let is_said = tracker.source.decisions.answer(&id) == Some("public") && !tracker.is_asked(&id);
    balancer.field("Scheme").is_some() && is_said
}

fn id(tracker: &FieldTracker<'_>, balancer: Object<'_>) -> QuestionId {
    tracker.question_id("exposure", balancer.peek("LoadBalancerName").unwrap_or("load-balancer"))
}
