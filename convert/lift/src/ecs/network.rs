//! The network of a service or a scheduled task.

use super::kind::Plan;
use crate::account::{Account, Answer};
use crate::field::Object;
use crate::plconfig::Component;

pub(super) fn map<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, _component: &mut Component) {
    if let Some(configuration) = plan.facts.service.and_then(|service| service.object("networkConfiguration")) {
        awsvpc(account, configuration, ["subnets", "securityGroups", "assignPublicIp"]);
    }
}

/// `awsvpcConfiguration`, with the names of its fields: EventBridge writes them in capitals.
pub(super) fn awsvpc<'a>(account: &mut Account<'a>, configuration: Object<'a>, names: [&'static str; 3]) {
    let holder = configuration.object("awsvpcConfiguration").or_else(|| configuration.object("AwsvpcConfiguration"));
    let Some(awsvpc) = holder else { return };
    let [subnets, groups, public] = names;
    awsvpc.drop_all(account, &[subnets], "platform-network");
    if let Some(field) = awsvpc.field(groups) {
        let note = "the jail's network policy holds; groups that let this one in must let the nodes in";
        field.dropped_because(account, "platform-network", note);
    }
    let Some(field) = awsvpc.field(public) else { return };
    if awsvpc.peek(public) == Some("DISABLED") {
        field.dropped(account, "default");
        return;
    }
    let id = account.question_id("egress", "");
    let text = "Its calls leave from another address than before. Does anybody let it in by its address?";
    match account.ask(id, text, &["nobody", "told-them"], Some("nobody")) {
        Answer::Given(_) => field.dropped(account, "egress-by-answer"),
        Answer::Open(id) => field.asked(account, &id),
    }
}
