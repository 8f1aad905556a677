//! Which of a service's containers and ports a load balancer sends to.

use super::kind::Plan;
use crate::field::number;
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
            Some(member) => {
                let first = member.name == plan.members.main().name;
                for field in name.into_iter().chain(port) {
                    if first && number(field.0).is_none_or(|port| Some(port) == plan.port.map(u64::from)) {
                        field.exact(tracker, plan.at("port"));
                    } else {
                        let note = "the port of the routes that come by this target group, if any do";
                        field.approximated(tracker, plan.at("ingress/routes"), note);
                    }
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
