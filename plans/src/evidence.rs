//! Gates that would pass whatever happens: probes that can't tell the sides apart, and bakes that end before users have
//! come.

use crate::spec::{ProbeSpec, ShiftSpec, SideProbes};
use crate::strategy::Strategy;
use caravan_providers::target::{Snapshot, Target};
use std::net::IpAddr;

/// The first probe of the new side that asks the very same of the very same place as one of the old side, with the place of
/// that one; both from 0.
pub(crate) fn same_question(probes: &SideProbes) -> Option<(usize, usize)> {
    let asks = |one: &ProbeSpec, other: &ProbeSpec| {
        is_same_place(&one.address, &other.address)
            && one.host.eq_ignore_ascii_case(&other.host)
            && (&one.path, one.tls, &one.grpc) == (&other.path, other.tls, &other.grpc)
    };
    probes.new.iter().enumerate().find_map(|(new, asked)| {
        let old = probes.old.iter().position(|old| asks(asked, old))?;
        Some((new, old))
    })
}

/// Whether two addresses, `host:port`, lead to one place by what they say alone: whatever the case, a dot at the end of a name, one
/// address written in two ways, or the machine itself by its address or its name.
fn is_same_place(one: &str, other: &str) -> bool {
    let place = |address: &str| {
        let (host, port) = address.rsplit_once(':').unwrap_or((address, ""));
        let bare = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase();
        let is_own_name = bare == "localhost" || bare.ends_with(".localhost");
        let host = match bare.parse::<IpAddr>().map(|address| address.to_canonical()) {
            Ok(address) if address.is_loopback() => "localhost".to_owned(),
            Ok(address) => address.to_string(),
            // RFC 6761, 6.3: such names are the machine's own.
            Err(_) if is_own_name => "localhost".to_owned(),
            Err(_) => bare,
        };
        (host, port.parse::<u16>().map_err(|_| port.to_owned()))
    };
    place(one) == place(other)
}

/// The first probe that is asked through the very rule that moves, as `probes.old[0]`: at 100 % both sides would be the new one, and
/// what fails on both is taken for no failure of it.
pub(crate) fn through_what_moves(shift: &ShiftSpec) -> Option<String> {
    let Strategy::Alb(spec) = &shift.strategy else { return None };
    // arn:aws:elasticloadbalancing:REGION:ACCOUNT:listener-rule/app/NAME/…; arn:…:listener/net/NAME/…
    let name = spec.rule.split('/').nth(2)?.to_ascii_lowercase();
    let through = |probes: &[ProbeSpec]| probes.iter().position(|probe| is_of_balancer(&probe.address, &name));
    let old = through(&shift.probes.old).map(|at| format!("probes.old[{at}]"));
    old.or_else(|| through(&shift.probes.new).map(|at| format!("probes.new[{at}]")))
}

/// Whether an address is the name that AWS gives a load balancer: `[internal-]NAME-ID.REGION.elb.amazonaws.com`, of a network one
/// `NAME-ID.elb.REGION.amazonaws.com`, or either behind the `dualstack.` that alias records and consoles put before it. Source: ELB API Reference, `LoadBalancer.DNSName`.
fn is_of_balancer(address: &str, name: &str) -> bool {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host).to_ascii_lowercase();
    let own = host.strip_prefix("dualstack.").unwrap_or(&host);
    let own = own.strip_prefix("internal-").unwrap_or(own);
    let id = own.strip_prefix(name).and_then(|rest| rest.strip_prefix('-')).and_then(|rest| rest.split_once('.'));
    id.is_some_and(|(id, zone)| {
        let is_aws = zone.trim_end_matches('.').ends_with(".amazonaws.com") || zone.contains(".amazonaws.com.");
        id.bytes().all(|byte| byte.is_ascii_alphanumeric()) && format!(".{zone}").contains(".elb.") && is_aws
    })
}

/// Seconds that resolvers may keep what stands at a target, now and in any stage: until then users are where they were.
/// None when nobody keeps it.
pub(crate) fn longest_kept(target: &Target, original: &Snapshot, stages: &[Snapshot]) -> Option<u32> {
    std::iter::once(original).chain(stages).filter_map(|snapshot| target.kind().kept_seconds(snapshot)).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probe(address: &str) -> ProbeSpec {
        ProbeSpec {
            address: address.to_owned(),
            host: "shop.example.com".to_owned(),
            path: "/health".to_owned(),
            tls: true,
            status: (200, 299),
            timeout_ms: 5000,
            grpc: None,
        }
    }

    #[test]
    fn the_name_that_aws_gives_a_load_balancer_is_known() {
        for (address, is) in [
            ("main-1420.eu-central-1.elb.amazonaws.com:80", true),
            ("Main-1420.eu-central-1.ELB.amazonaws.com:443", true),
            ("internal-main-7.eu-central-1.elb.amazonaws.com:80", true),
            ("main-0a1b2c3d.elb.eu-central-1.amazonaws.com:443", true),
            ("dualstack.main-1420.eu-central-1.elb.amazonaws.com:443", true),
            ("dualstack.internal-main-7.eu-central-1.elb.amazonaws.com:80", true),
            ("main-9.cn-north-1.elb.amazonaws.com.cn:80", true),
            ("main-new-1420.eu-central-1.elb.amazonaws.com:80", false),
            ("other-1420.eu-central-1.elb.amazonaws.com:80", false),
            ("main-1420.example.com:80", false),
            ("10.0.3.17:8080", false),
        ] {
            assert_eq!(is_of_balancer(address, "main"), is, "{address}");
        }
    }

    #[test]
    fn one_place_is_known_by_each_of_its_names() {
        for (one, other, is_same) in [
            ("localhost:8080", "127.0.0.1:8080", true),
            ("[::1]:8080", "LOCALHOST:8080", true),
            ("127.0.0.2:8080", "shop.localhost:8080", true),
            ("localhost:8080", "127.0.0.1:8081", false),
            ("[2001:db8::1]:443", "[2001:0DB8:0:0:0:0:0:1]:443", true),
            ("[::ffff:192.0.2.1]:443", "192.0.2.1:443", true),
            ("lb.example.net.:443", "LB.example.net:443", true),
            ("lb.example.net:443", "lb.example.net:0443", true),
            ("192.0.2.1:443", "192.0.2.2:443", false),
            ("localhost.example.net:443", "127.0.0.1:443", false),
        ] {
            assert_eq!(is_same_place(one, other), is_same, "{one} {other}");
        }
    }

    #[test]
    fn probes_that_ask_the_same_of_the_same_place_can_t_tell_the_sides_apart() {
        let old = || vec![probe("old.example.net:443"), probe("LB.example.net:443")];
        let same = ProbeSpec { host: "Shop.example.com".to_owned(), status: (200, 200), ..probe("lb.example.net:443") };
        let patient = ProbeSpec { timeout_ms: 9000, ..probe("old.example.net:443") };
        for (new, found) in [
            (vec![same.clone()], Some((0, 1))),
            (vec![probe("new.example.net:443"), patient], Some((1, 0))),
            (vec![probe("new.example.net:443")], None),
            (vec![ProbeSpec { path: "/other".to_owned(), ..same.clone() }], None),
            (vec![ProbeSpec { host: "other.example.com".to_owned(), ..same.clone() }], None),
            (vec![ProbeSpec { grpc: Some(String::new()), ..same.clone() }], None),
            (vec![ProbeSpec { tls: false, ..same }], None),
        ] {
            assert_eq!(same_question(&SideProbes { old: old(), new: new.clone() }), found, "{new:?}");
        }
    }
}
