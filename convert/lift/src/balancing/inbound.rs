//! What security groups say of who may come in at a port.
//!
//! Groups only allow, and all of those that a thing has count together. A Network Load Balancer without groups lets everybody
//! in; where it passes the callers' addresses on, the groups of its targets decide (Network Load Balancers, security groups
//! and client IP preservation, User Guide).

use super::addresses::Ranges;
use super::listeners::Way;
use crate::context::Context;
use crate::field::{Object, number};
use serde_json::Value;
use std::collections::BTreeSet;

/// What stands for a value that a template leaves open and nothing tells.
const OPEN: &str = "caravan-unresolved";

/// Whom a listener lets in.
#[derive(Debug, Default)]
pub(super) struct Callers {
    /// Whether everybody may come in, of those who can come to it at all.
    pub(super) is_everybody: bool,
    /// Ranges of addresses, groups and prefix lists that may.
    pub(super) known: BTreeSet<String>,
    /// Why it isn't known whether others may.
    pub(super) unknown: BTreeSet<String>,
    /// Whose groups say it: `its security groups`.
    pub(super) whose: &'static str,
}

impl Callers {
    fn everybody() -> Self {
        Self { is_everybody: true, ..Self::default() }
    }

    fn unknown(reason: &str) -> Self {
        Self { unknown: [reason.to_owned()].into(), ..Self::default() }
    }
}

/// Whom a load balancer lets in by one of its listeners.
pub(super) fn of(context: &Context<'_, '_>, balancer: Object<'_>, way: &Way<'_>) -> Callers {
    let families = Families::of(balancer, way);
    let named = balancer.list("SecurityGroups");
    if named.is_empty() {
        // A list that a template leaves open as a whole is none that is empty.
        let is_open = balancer.raw("SecurityGroups").is_some_and(|groups| !groups.0.is_array());
        return if is_network_balancer(balancer) && !is_open {
            without_groups(context, way, families)
        } else {
            Callers::unknown("its security groups were not read")
        };
    }
    let Some(port) = way.listener.and_then(|listener| listener.field("Port")).and_then(|port| number(port.0)) else {
        return Callers::unknown("its port is not known");
    };
    let ids: Vec<Option<&str>> = named.iter().map(Value::as_str).collect();
    allowed(context, &ids, port, families, "its security groups")
}

/// By which addresses callers come to a balancer. From the internet nobody comes by IPv4 to one that has no public address of that
/// family (`dualstack-without-public-ipv4`).
#[derive(Clone, Copy)]
struct Families {
    v4: bool,
    v6: bool,
}

impl Families {
    fn of(balancer: Object<'_>, way: &Way<'_>) -> Self {
        let kind = balancer.peek("IpAddressType");
        Self { v4: !(way.is_public() && kind == Some("dualstack-without-public-ipv4")), v6: kind != Some("ipv4") }
    }
}

fn is_network_balancer(balancer: Object<'_>) -> bool {
    let is_named = |arn: &str| arn.contains(":loadbalancer/net/");
    balancer
        .peek("Type")
        .map_or_else(|| balancer.peek("LoadBalancerArn").is_some_and(is_named), |kind| kind == "network")
}

/// Whether it is one that has no groups and so keeps nobody out by itself.
pub(super) fn lets_everybody_in(balancer: Object<'_>) -> bool {
    is_network_balancer(balancer)
        && balancer.raw("SecurityGroups").is_none_or(|groups| groups.0.is_array() && crate::field::is_empty(groups.0))
}

/// Whom a Network Load Balancer lets in that has no groups of its own.
fn without_groups(context: &Context<'_, '_>, way: &Way<'_>, families: Families) -> Callers {
    let groups = &context.around.target_groups;
    let passed_on: Vec<Object<'_>> =
        groups.iter().copied().filter(|group| way.sends_to(*group) && passes_addresses_on(*group)).collect();
    if passed_on.is_empty() {
        return Callers::everybody();
    }
    const WHOSE: &str = "the security groups of what it sends to (it has none, and passes the callers' addresses on)";
    let Some(ids) = &context.around.own_security_groups else {
        return Callers::unknown(
            "it has no security groups and passes the callers' addresses on, so those of what it sends to decide, which were \
             not read",
        );
    };
    let ids: Vec<Option<&str>> = ids.iter().copied().map(Some).collect();
    let ports = passed_on.iter().map(|group| {
        let served = group.peek("TargetGroupArn").and_then(|arn| context.around.served.get(arn)).copied();
        served.map(u64::from).or_else(|| group.peek_u64("Port"))
    });
    let mut all = Callers { is_everybody: true, whose: WHOSE, ..Callers::default() };
    for port in ports {
        let Some(port) = port else { return Callers::unknown("the port that it sends to is not known") };
        let one = allowed(context, &ids, port, families, WHOSE);
        if !one.is_everybody {
            all.is_everybody = false;
            all.known.extend(one.known);
            all.unknown.extend(one.unknown);
        }
    }
    all
}

/// Whether targets see the callers' own addresses, and so their security groups too (`TargetGroupAttribute`,
/// `preserve_client_ip.enabled`: always for UDP; for TCP and TLS by default where instances are registered).
fn passes_addresses_on(group: Object<'_>) -> bool {
    let attribute = group.objects("Attributes").find(|one| one.peek("Key") == Some("preserve_client_ip.enabled"));
    match attribute.and_then(|attribute| attribute.peek("Value")) {
        Some("false") => false,
        Some(_) => true,
        None => group.peek("TargetType") != Some("ip"),
    }
}

/// Whom groups of these ids let in at a port; no id is one that is not told.
fn allowed(
    context: &Context<'_, '_>,
    ids: &[Option<&str>],
    port: u64,
    families: Families,
    whose: &'static str,
) -> Callers {
    let mut callers = Callers { whose, ..Callers::default() };
    let mut ranges = Ranges::default();
    for id in ids {
        let Some(id) = id.filter(|id| !id.contains(OPEN)) else {
            callers.unknown.insert("its template leaves open which security group it has".to_owned());
            continue;
        };
        let Some(group) = context.around.security_groups.get(id) else {
            callers.unknown.insert(format!("the security group `{id}` was not read"));
            continue;
        };
        let lists = ["ipPermissions", "IpPermissions"];
        if lists.iter().all(|list| group.raw(list).is_none_or(|list| !list.0.is_array())) {
            callers.unknown.insert(format!("what the security group `{id}` allows was not read"));
            continue;
        }
        for permission in lists.iter().flat_map(|list| group.list(list)) {
            let Some(permission) = Object::of(permission) else {
                callers.unknown.insert(format!("not all that the security group `{id}` allows was read"));
                continue;
            };
            let reaches = reaches(permission, port);
            if reaches == Some(false) {
                continue;
            }
            let sources = sources(permission);
            if reaches.is_none() || sources.iter().any(Option::is_none) {
                callers.unknown.insert(format!("not all that the security group `{id}` allows was read"));
            }
            if reaches == Some(true) {
                let sources = sources.into_iter().flatten();
                callers.known.extend(sources.inspect(|source| ranges.add(source)));
            }
        }
    }
    callers.is_everybody = (families.v4 && ranges.are_all_v4()) || (families.v6 && ranges.are_all_v6());
    callers
}

/// Whether a permission is for TCP at the port; none where it leaves that open.
fn reaches(permission: Object<'_>, port: u64) -> Option<bool> {
    let value = |names: [&str; 2]| names.into_iter().find_map(|name| permission.raw(name));
    let protocol = match value(["ipProtocol", "IpProtocol"])?.0 {
        Value::String(text) => text.to_ascii_lowercase(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    match protocol.as_str() {
        "-1" => Some(true),
        "tcp" | "6" => {
            let bound = |names: [&str; 2], all: u64| match value(names).map(|value| value.0) {
                None => Some(all),
                Some(Value::Number(number)) => Some(number.as_u64().unwrap_or(all)),
                Some(value) => number(value),
            };
            let (from, to) = (bound(["fromPort", "FromPort"], 0)?, bound(["toPort", "ToPort"], 65_535)?);
            Some(from <= port && port <= to)
        }
        text if text.contains(OPEN) => None,
        _ => Some(false),
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

/// Whom a permission names; none for one that is not told.
fn sources(permission: Object<'_>) -> Vec<Option<String>> {
    let mut sources = Vec::new();
    for (list, field) in SOURCES {
        match permission.raw(list).map(|value| value.0) {
            None => {}
            Some(Value::Array(items)) => sources.extend(items.iter().map(|item| {
                // A group of another account or network may be told by its name alone.
                let name = item.get(field).or_else(|| item.get("groupName")).or_else(|| item.get("GroupName"));
                name.and_then(Value::as_str).filter(|name| !name.contains(OPEN)).map(str::to_owned)
            })),
            Some(_) => sources.push(None),
        }
    }
    sources
}
