//! The network of a service or a scheduled task.

use super::kind::Plan;
use crate::field::Object;
use crate::plconfig::Component;
use crate::tracker::{Asked, FieldTracker};

pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, _component: &mut Component) {
    if let Some(configuration) = plan.facts.service.and_then(|service| service.object("networkConfiguration")) {
        awsvpc(tracker, configuration, ["subnets", "securityGroups", "assignPublicIp"]);
    }
}

/// `awsvpcConfiguration`, with the names of its fields: EventBridge writes them in capitals.
pub(super) fn awsvpc<'a>(tracker: &mut FieldTracker<'a>, configuration: Object<'a>, names: [&'static str; 3]) {
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
    let text = "Its calls leave from another address than before. Does anybody let it in by its address?";
    match tracker.ask(id, text, &["nobody", "told-them"], Some("nobody")) {
        Asked::Given(_) => field.dropped(tracker, "egress-by-answer"),
        Asked::Open(id) => field.asked(tracker, &id),
    }
}
