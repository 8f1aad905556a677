//! Which of a service's containers and ports a load balancer sends to.

use super::kind::Plan;
use crate::field::{Field, number};
use crate::plconfig::ComponentType;
use crate::tracker::FieldTracker;

/// The service's own list: which container, which port, which group. What stands in the groups is read by
/// [`crate::balancing`].
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>) {
    let balancers = plan.facts.service.into_iter().flat_map(|service| service.objects("loadBalancers"));
    for balancer in balancers {
        let known = balancer.peek("containerName").and_then(|name| plan.members.named(name));
        let (name, port) = (balancer.field("containerName"), balancer.field("containerPort"));
        match known {
            None => {
                for field in name.into_iter().chain(port) {
                    field.blocked(tracker, "its load balancer sends to a container that the task does not have");
                }
            }
            Some(member) if member.name == plan.members.main().name => {
                for field in name.into_iter().chain(port) {
                    if number(field.0).is_some_and(|port| Some(port) != plan.port.map(u64::from)) {
                        ask_about_second(tracker, field);
                    } else {
                        field.exact(tracker, plan.at("port"));
                    }
                }
            }
            Some(_) => {
                for field in name.into_iter().chain(port) {
                    ask_about_second(tracker, field);
                }
            }
        }
        balancer.drop_all(tracker, &["targetGroupArn", "loadBalancerName"], "resolved-reference");
        if let Some(field) = balancer.field("advancedConfiguration") {
            super::deployment::ask_for_rolling(tracker, field);
        }
    }
    if plan.context.kind != ComponentType::Web && !plan.facts.around.listener_rules.is_empty() {
        tracker.refuse("rules of a load balancer lead to it, but its main container has no port that could be reached");
    }
}

fn ask_about_second<'a>(tracker: &mut FieldTracker<'a>, field: Field<'a>) {
    let text = "More than one of its ports stands behind a load balancer. Is the first enough from outside?";
    field.ask_to_drop(tracker, "second-port", text, "first-only");
}
