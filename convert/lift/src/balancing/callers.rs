//! Whom a load balancer lets in. The gateway lets everybody in, and the internal one everybody inside.

use super::firewall;
use super::inbound::{self, Callers};
use super::listeners::Way;
use crate::context::Context;
use crate::field::{Field, Object};
use crate::marks::without_marks;
use crate::tracker::{Asked, FieldTracker};
use std::collections::BTreeSet;

/// Whether those may come in by a listener whom the gateway lets in: its load balancer lets them in as well, or a person says
/// so. Where it isn't known whom that lets in, nothing of the workload starts until somebody says it.
pub(super) fn let_in<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>, way: &Way<'a>) -> bool {
    let balancers = &context.around.load_balancers;
    let own = balancers.iter().find(|one| way.balancer.is_some() && one.peek("LoadBalancerArn") == way.balancer);
    let Some(&balancer) = own else { return true };
    let callers = inbound::of(context, balancer, way);
    let by_groups = callers.is_everybody || asked_by(tracker, balancer, way, &callers);
    firewall::let_in(tracker, balancer, way) & by_groups
}

/// Whether it is still open whom a listener's load balancer lets in, as nobody could read that.
pub(super) fn is_unread<'a>(tracker: &FieldTracker<'a>, context: &Context<'_, 'a>, way: &Way<'a>) -> bool {
    let balancers = &context.around.load_balancers;
    let own = balancers.iter().find(|one| way.balancer.is_some() && one.peek("LoadBalancerArn") == way.balancer);
    let name = own.and_then(|balancer| balancer.peek("LoadBalancerName")).unwrap_or(&way.name);
    let ids =
        [tracker.shared_question_id("unread-callers", &way.name), tracker.shared_question_id("unread-firewall", name)];
    ids.iter().any(|id| tracker.is_asked(id))
}

/// Whether a person lets those in whom its groups do not, or of whom nobody knows.
fn asked_by<'a>(tracker: &mut FieldTracker<'a>, balancer: Object<'a>, way: &Way<'a>, callers: &Callers) -> bool {
    let is_public = way.is_public();
    let name = &way.name;
    let shown = shown(&callers.known);
    if !is_public && callers.known.iter().any(|caller| is_network(caller)) {
        let note = format!(
            "{} let {shown} in at `{name}`, a whole network; the internal Gateway lets everybody in who is inside",
            callers.whose
        );
        for group in balancer.list("SecurityGroups") {
            Field(group).dropped_because(tracker, "platform-entry", note.clone());
        }
        return true;
    }
    let (from, gateway) = if is_public {
        ("the internet", "the gateway lets everybody in")
    } else {
        ("inside", "the internal Gateway lets everybody in who is inside")
    };
    let everybody = if is_public { "everybody" } else { "everybody inside" };
    let is_unknown = !callers.unknown.is_empty();
    let (id, text) = if is_unknown {
        let why: Vec<String> = callers.unknown.iter().map(|reason| without_marks(reason)).collect();
        let beside = if callers.known.is_empty() {
            String::new()
        } else {
            format!(" beside {}", shown.trim_start_matches("only "))
        };
        let text = format!(
            "`{name}` is reached from {from}, and whom it lets in{beside} is not known: {}. {} lets everybody in{}. Leave it out, or may \
             {everybody} come (`open`)? Until then nothing of what stands behind it starts. The answer holds for all of that.",
            why.join("; "),
            if is_public { "The gateway" } else { "The internal Gateway" },
            if is_public { "" } else { " who is inside" },
        );
        (tracker.shared_question_id("unread-callers", name), text)
    } else if is_public {
        let text = format!(
            "`{name}` is reached from {from}, and {} let {shown} in; {gateway}. Leave it out, or may {everybody} come (`open`)? \
             Until then nothing comes in by it.",
            callers.whose
        );
        (tracker.question_id("callers", name), text)
    } else {
        let text = format!(
            "`{name}` is reached from {from}, and {} let {shown} in; {gateway}. Leave it out, or may {everybody} come (`open`)? \
             Until then nothing comes in by it. The answer holds for all that stands behind it.",
            callers.whose
        );
        (tracker.shared_question_id("internal-callers", name), text)
    };
    // What is not known is more often everybody than not: it is shown as it would be, and nothing of it runs.
    let assumed = Some("leave-out").filter(|_| !is_unknown);
    let answer = tracker.ask(id, &text, &["leave-out", "open"], assumed);
    for value in said(balancer) {
        match &answer {
            Asked::Given(_) => value.dropped(tracker, "condition-by-answer"),
            Asked::Open(id) => value.asked(tracker, id),
        }
    }
    match answer {
        Asked::Given(answer) => answer == "open",
        Asked::Open(_) if is_unknown => {
            tracker.hold("whom its load balancer lets in is not known");
            true
        }
        Asked::Open(_) => false,
    }
}

/// The fields that say whom it lets in; where it names no groups, what names it.
fn said<'a>(balancer: Object<'a>) -> Vec<Field<'a>> {
    match balancer.list("SecurityGroups") {
        [] => ["SecurityGroups", "LoadBalancerArn"]
            .into_iter()
            .find_map(|name| balancer.field(name))
            .into_iter()
            .collect(),
        groups => groups.iter().map(Field).collect(),
    }
}

fn shown(callers: &BTreeSet<String>) -> String {
    let shown: Vec<String> = callers.iter().map(|caller| format!("`{}`", without_marks(caller))).collect();
    if shown.is_empty() { "nobody".to_owned() } else { format!("only {}", shown.join(", ")) }
}

/// Whether a source is a whole network, as an internal balancer is meant for, and no group or few addresses: a VPC of the usual
/// size or more.
fn is_network(source: &str) -> bool {
    let Some((address, length)) = source.split_once('/') else { return false };
    let longest = if address.contains(':') { 56 } else { 20 };
    length.parse::<u8>().is_ok_and(|length| length <= longest)
}
