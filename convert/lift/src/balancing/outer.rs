//! Network Load Balancers in front of an Application Load Balancer: a target group of the type `alb` sends to it, so what
//! that serves is reached as the first one is, whatever its own scheme (`TargetTypeEnum`, Elastic Load Balancing API).

use super::actions::{self, Action};
use super::listeners::Way;
use crate::field::{Object, number};
use crate::surroundings::Surroundings;
use crate::tracker::{Asked, FieldTracker};
use std::collections::BTreeSet;

/// The answer that a listener's hosts are on both Gateways.
const BOTH: &str = "both";

/// The way by which a listener is reached besides its own load balancer.
pub(super) struct Outer<'a> {
    /// `edge:443`, for people.
    pub(super) name: String,
    /// The load balancer in front.
    pub(super) balancer: Object<'a>,
    /// Whether it is known that it sends there: what a group sends to may not be read.
    pub(super) is_certain: bool,
}

/// Whether a listener only sends to Application Load Balancers: it is no way to the component of its own.
pub(super) fn leads_to_balancers(around: &Surroundings<'_>, listener: Object<'_>) -> bool {
    let groups = groups_of(listener);
    let is_one = |group: &&str| around.groups_of_balancers.iter().any(|one| one.peek("TargetGroupArn") == Some(group));
    !groups.is_empty() && groups.iter().all(is_one)
}

/// The listeners of other load balancers on the internet that send to a listener.
pub(super) fn of<'a>(around: &Surroundings<'a>, balancer: Option<Object<'a>>, port: Option<u64>) -> Vec<Outer<'a>> {
    let Some(balancer) = balancer else { return Vec::new() };
    let mut outer = Vec::new();
    for &group in &around.groups_of_balancers {
        let Some(is_certain) = sends_to(group, balancer, port) else { continue };
        let named = group.peek("TargetGroupArn");
        let sending =
            around.listeners.iter().filter(|listener| groups_of(**listener).into_iter().any(|one| Some(one) == named));
        for &listener in sending {
            let own = listener.peek("LoadBalancerArn");
            let front =
                around.load_balancers.iter().find(|front| own.is_some() && front.peek("LoadBalancerArn") == own);
            let Some(&front) = front.filter(|front| front.peek("Scheme") != Some("internal")) else { continue };
            let port = listener.field("Port").and_then(|port| number(port.0));
            let name = front.peek("LoadBalancerName").unwrap_or("a load balancer");
            let name = port.map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"));
            outer.push(Outer { name, balancer: front, is_certain });
        }
    }
    outer
}

/// Whether a group sends to a listener at a port of a balancer: for certain, perhaps, or not.
fn sends_to(group: Object<'_>, balancer: Object<'_>, port: Option<u64>) -> Option<bool> {
    let is_port = |to: Option<u64>| to.is_none() || port.is_none() || to == port;
    let targets = group.list("Targets");
    if targets.is_empty() {
        let same_network = match (group.peek("VpcId"), balancer.peek("VpcId")) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        };
        return (same_network && is_port(group.peek_u64("Port"))).then_some(false);
    }
    let own = balancer.peek("LoadBalancerArn");
    let to = |target: &Object<'_>| is_port(target.peek_u64("Port").or_else(|| group.peek_u64("Port")));
    let targets: Vec<Object<'_>> = group.objects("Targets").collect();
    if targets.iter().any(|target| target.peek("Id") == own && to(target)) {
        return Some(true);
    }
    // One whose target a template leaves open may be any.
    targets
        .iter()
        .any(|target| target.peek("Id").is_none_or(|id| !id.starts_with("arn:")) && to(target))
        .then_some(false)
}

/// The target groups that a listener's default action sends to.
fn groups_of<'a>(listener: Object<'a>) -> BTreeSet<&'a str> {
    let actions: Vec<Object<'a>> = listener.objects("DefaultActions").collect();
    match actions::read(&actions) {
        Action::Forward(forward) => forward.groups.into_iter().map(|(group, _)| group).collect(),
        _ => BTreeSet::new(),
    }
}

/// Whether what an internal listener serves is on the public Gateway too, as a load balancer on the internet sends to it: that
/// is asked, and only inside until then.
pub(super) fn ask<'a>(tracker: &mut FieldTracker<'a>, way: &Way<'a>, balancer: Option<Object<'a>>) -> bool {
    if way.public != Some(false) || way.outer.is_empty() {
        return false;
    }
    let named: Vec<String> = way.outer.iter().map(|outer| format!("`{}`", outer.name)).collect();
    let sends = if way.outer.iter().any(|outer| outer.is_certain) {
        "sends to it"
    } else {
        "may send to it (what its target group sends to was not read)"
    };
    let text = format!(
        "`{}` is internal, and {}, which is reached from the internet, {sends}. Is what it serves on the public Gateway as well as on \
         the internal one (`{BOTH}`), or only inside from now on (`internal`)? Until then it is only inside. The answer holds for \
         all that stands behind it.",
        way.name,
        named.join(" and ")
    );
    let id = tracker.shared_question_id("outer-balancer", &way.name);
    let answer = tracker.ask(id, &text, &["internal", BOTH], Some("internal"));
    let fields = balancer.into_iter().chain(way.outer.iter().map(|outer| outer.balancer));
    for field in fields.filter_map(|balancer| balancer.field("Scheme")) {
        match &answer {
            Asked::Given(_) => {}
            Asked::Open(id) => field.asked(tracker, id),
        }
    }
    matches!(answer, Asked::Given(BOTH))
}
