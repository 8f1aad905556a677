//! The network of a service or a scheduled task.

use super::kind::Plan;
use crate::field::Object;
use crate::plconfig::Component;
use crate::tracker::{Asked, FieldTracker};

pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, _component: &mut Component) {
    if let Some(configuration) = plan.facts.service.and_then(|service| service.object("networkConfiguration")) {
        let listens = plan.members.kept().any(|member| member.definition.field("portMappings").is_some());
        awsvpc(tracker, configuration, ["subnets", "securityGroups", "assignPublicIp"], listens);
    }
}

/// `awsvpcConfiguration`, with the names of its fields: EventBridge writes them in capitals. `listens` says whether its
/// containers have ports, by which a public address leads to it.
pub(super) fn awsvpc<'a>(
    tracker: &mut FieldTracker<'a>,
    configuration: Object<'a>,
    names: [&'static str; 3],
    listens: bool,
) {
    let holder = configuration.object("awsvpcConfiguration").or_else(|| configuration.object("AwsvpcConfiguration"));
    let Some(awsvpc) = holder else { return };
    let [subnets, groups, public] = names;
    awsvpc.drop_all(tracker, &[subnets], "platform-network");
    if let Some(field) = awsvpc.field(groups) {
        let note = "the jail's network policy holds; groups that let this one in must let the nodes in";
        field.dropped_because(tracker, "platform-network", note);
    }
    let Some(field) = awsvpc.field(public) else { return };
    if awsvpc.peek(public) == Some("DISABLED") {
        field.dropped(tracker, "default");
        return;
    }
    let id = tracker.question_id("egress", "");
    let text = if listens {
        "Each of its tasks has a public address of its own: its ports are reached there by whom its security groups let in, and \
         its calls leave from there. A pod has none: it is reached by its routes alone, and its calls leave from the addresses \
         of the cluster. Does anybody come to it by its address, or let it in by it?"
    } else {
        "Each of its tasks has a public address of its own, from which its calls leave. A pod has none: its calls leave from the \
         addresses of the cluster. Does anybody let it in by its address?"
    };
    match tracker.ask(id, text, &["nobody", "told-them"], Some("nobody")) {
        Asked::Given(_) => field.dropped(tracker, "egress-by-answer"),
        Asked::Open(id) => field.asked(tracker, &id),
    }
}
