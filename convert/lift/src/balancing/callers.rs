//! Whom the security groups of a load balancer let in. The gateway lets everybody in, and the internal one everybody inside.

use super::listeners::Way;
use crate::context::Context;
use crate::field::{Field, Object, number};
use crate::tracker::{Asked, FieldTracker};
use std::collections::BTreeSet;

/// Whether those may come in by a listener whom the gateway lets in: its load balancer's security groups let them in as
/// well, or a person says so. Nothing is known where one of them was not seen.
pub(super) fn let_in<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>, way: &Way<'a>) -> bool {
    let balancer = context
        .around
        .load_balancers
        .iter()
        .find(|balancer| way.balancer.is_some() && balancer.peek("LoadBalancerArn") == way.balancer);
    let Some(balancer) = balancer else { return true };
    let Some(callers) = callers(context, *balancer, way) else { return true };
    let shown: Vec<String> = callers.iter().map(|caller| format!("`{caller}`")).collect();
    let shown = shown.join(", ");
    let (id, text) = if way.public == Some(true) {
        let text = format!(
            "`{}` is reached from the internet, and its security groups let only {shown} in; the gateway lets everybody in. Leave it out, \
             or may everybody come (`open`)? Until then nothing comes in by it.",
            way.name
        );
        (tracker.question_id("callers", &way.name), text)
    } else if callers.iter().any(|caller| is_network(caller)) {
        return true;
    } else {
        let text = format!(
            "`{}` is reached from inside, and its security groups let only {shown} in; the internal Gateway lets everybody in who \
             is inside. Leave it out, or may everybody inside come (`open`)? Until then nothing comes in by it. The answer holds \
             for all that stands behind it.",
            way.name
        );
        (tracker.shared_question_id("internal-callers", &way.name), text)
    };
    let answer = tracker.ask(id, &text, &["leave-out", "open"], Some("leave-out"));
    for value in balancer.list("SecurityGroups").iter().map(Field) {
        match &answer {
            Asked::Given(_) => value.dropped(tracker, "condition-by-answer"),
            Asked::Open(id) => value.asked(tracker, id),
        }
    }
    matches!(answer, Asked::Given("open"))
}

/// Whether a source is a whole network, as an internal balancer is meant for, and no group or few addresses: a VPC of the usual
/// size or more.
fn is_network(source: &str) -> bool {
    let Some((address, length)) = source.split_once('/') else { return false };
    let longest = if address.contains(':') { 56 } else { 20 };
    length.parse::<u8>().is_ok_and(|length| length <= longest)
}

/// Those whom the groups let in at the listener's port, at least one; none where that is everybody, or isn't known.
fn callers(context: &Context<'_, '_>, balancer: Object<'_>, way: &Way<'_>) -> Option<BTreeSet<String>> {
    let port = way.listener.and_then(|listener| listener.field("Port")).and_then(|port| number(port.0))?;
    let ids = balancer.list("SecurityGroups").iter().map(|id| id.as_str());
    let groups = ids.map(|id| context.around.security_groups.get(id?)).collect::<Option<Vec<_>>>()?;
    if groups.is_empty() {
        return None;
    }
    let permissions =
        groups.into_iter().flat_map(|group| group.objects("ipPermissions").chain(group.objects("IpPermissions")));
    let of_port = permissions.filter(|permission| reaches(*permission, port));
    let callers: BTreeSet<String> =
        of_port.flat_map(sources).map(|source| crate::marks::without_marks(&source)).collect();
    // Groups that let nobody in say nothing of a listener that serves: what they allow was not read.
    // By IPv6 nobody comes to a balancer that has none.
    let by_v6 = balancer.peek("IpAddressType") != Some("ipv4");
    let everybody = callers.is_empty() || callers.contains("0.0.0.0/0") || (by_v6 && callers.contains("::/0"));
    (!everybody).then_some(callers)
}

/// Whether a permission is for TCP at the port.
fn reaches(permission: Object<'_>, port: u64) -> bool {
    let bound = |names: [&str; 2]| names.into_iter().find_map(|name| number(permission.field(name)?.0));
    match ["ipProtocol", "IpProtocol"].into_iter().find_map(|name| permission.peek(name)) {
        Some("-1") => true,
        Some("tcp" | "6") => {
            bound(["fromPort", "FromPort"]).is_none_or(|from| from <= port)
                && bound(["toPort", "ToPort"]).is_none_or(|to| port <= to)
        }
        _ => false,
    }
}

/// The lists of sources with what names each, as the API and as the AWS CLI write them.
const SOURCES: [(&str, &str); 8] = [
    ("ipRanges", "cidrIp"),
    ("ipv6Ranges", "cidrIpv6"),
    ("prefixListIds", "prefixListId"),
    ("groups", "groupId"),
    ("IpRanges", "CidrIp"),
    ("Ipv6Ranges", "CidrIpv6"),
    ("PrefixListIds", "PrefixListId"),
    ("UserIdGroupPairs", "GroupId"),
];

fn sources(permission: Object<'_>) -> Vec<String> {
    let of =
        |(list, field): (&'static str, &'static str)| permission.objects(list).filter_map(move |one| one.peek(field));
    SOURCES.into_iter().flat_map(of).map(str::to_owned).collect()
}
