//! Gates that would pass whatever happens: probes that can't tell the sides apart, and bakes that end before users have
//! come.

use crate::spec::{ProbeSpec, SideProbes};
use caravan_providers::target::{Snapshot, Target};

/// The first probe of the new side that asks the very same of the very same place as one of the old side, with the place of
/// that one; both from 0.
pub(crate) fn same_question(probes: &SideProbes) -> Option<(usize, usize)> {
    let asks = |one: &ProbeSpec, other: &ProbeSpec| {
        one.address.eq_ignore_ascii_case(&other.address)
            && one.host.eq_ignore_ascii_case(&other.host)
            && (&one.path, one.tls, &one.grpc) == (&other.path, other.tls, &other.grpc)
    };
    probes.new.iter().enumerate().find_map(|(new, asked)| {
        let old = probes.old.iter().position(|old| asks(asked, old))?;
        Some((new, old))
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
