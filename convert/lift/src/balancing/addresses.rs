//! Ranges of addresses, and whether they are all there are.

use std::net::IpAddr;

/// Ranges of addresses, each with its first and last.
#[derive(Debug, Default)]
pub(super) struct Ranges {
    v4: Vec<(u128, u128)>,
    v6: Vec<(u128, u128)>,
}

/// The addresses of IPv6 that are reached from elsewhere (RFC 4291, global unicast: `2000::/3`).
const GLOBAL: (u128, u128) = (0x2000 << 112, (0x4000 << 112) - 1);

impl Ranges {
    /// Adds one as `10.0.0.0/8`; what is none is left out.
    pub(super) fn add(&mut self, text: &str) {
        let Some((address, length)) = text.split_once('/') else { return };
        let (Ok(address), Ok(length)) = (address.trim().parse::<IpAddr>(), length.trim().parse::<u32>()) else {
            return;
        };
        let (list, address, bits) = match address {
            IpAddr::V4(address) => (&mut self.v4, u128::from(u32::from(address)), 32_u32),
            IpAddr::V6(address) => (&mut self.v6, u128::from(address), 128),
        };
        let Some(host) = bits.checked_sub(length) else { return };
        let rest = 1_u128.checked_shl(host).map_or(u128::MAX, |size| size - 1);
        list.push((address & !rest, address | rest));
    }

    /// Whether they are all addresses of IPv4.
    pub(super) fn are_all_v4(&self) -> bool {
        covers(&self.v4, (0, u128::from(u32::MAX)))
    }

    /// Whether they are all addresses of IPv6 that are reached from elsewhere.
    pub(super) fn are_all_v6(&self) -> bool {
        covers(&self.v6, GLOBAL)
    }
}

/// Whether ranges leave nothing out between two addresses.
fn covers(ranges: &[(u128, u128)], (first, last): (u128, u128)) -> bool {
    let mut sorted = ranges.to_vec();
    sorted.sort_unstable();
    let mut next = first;
    for (from, to) in sorted {
        if from > next {
            return false;
        }
        if to >= last {
            return true;
        }
        next = next.max(to + 1);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(ranges: &[&str]) -> (bool, bool) {
        let mut all = Ranges::default();
        ranges.iter().for_each(|range| all.add(range));
        (all.are_all_v4(), all.are_all_v6())
    }

    #[test]
    fn ranges_are_everybody_where_they_leave_nobody_out_together() {
        for (ranges, v4, v6) in [
            (&["0.0.0.0/0"][..], true, false),
            (&["0.0.0.0/1", "128.0.0.0/1"], true, false),
            (&["128.0.0.0/1", "64.0.0.0/2", "0.0.0.0/2", "10.0.0.0/8"], true, false),
            (&["::/0"], false, true),
            (&["2000::/3"], false, true),
            (&["2000::/4", "3000::/4"], false, true),
            (&["0.0.0.0/0", "::/0"], true, true),
            (&["0.0.0.0/1"], false, false),
            (&["0.0.0.0/1", "128.0.0.0/2"], false, false),
            (&["0.0.0.0/1", "192.0.0.0/2"], false, false),
            (&["203.0.113.7/32", "203.0.113.0/24"], false, false),
            (&["2000::/4"], false, false),
            (&["0.0.0.0", "pl-1", "0.0.0.0/33", "::/129", "x/0", "0.0.0.0/"], false, false),
            (&[], false, false),
        ] {
            assert_eq!(all(ranges), (v4, v6), "{ranges:?}");
        }
    }
}
