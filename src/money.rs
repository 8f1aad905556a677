//! Amounts of money for people: dollars a month, what is not known beside them.

use caravan_plans::cost::{Cost, Savings, Unknown, monthly};
use std::collections::BTreeMap;

/// `120 to 131`, `0.43`, `unknown`; a `+ ?` behind it says that there is more of which nobody knows how much.
pub(crate) fn cost(cost: &Cost) -> String {
    let signed = |nanos: u64| i64::try_from(nanos).unwrap_or(i64::MAX);
    said(cost.range().map(|range| (signed(range.low()), signed(range.high()))), cost.is_whole())
}

/// The same of what is saved: `-3 to 12`.
pub(crate) fn savings(savings: &Savings) -> String {
    said(savings.range(), savings.is_whole())
}

fn said(known: Option<(i64, i64)>, is_whole: bool) -> String {
    let Some((low, high)) = known else { return "unknown".to_owned() };
    let (low, high) = monthly(low, high);
    // Whole dollars where cents would only look exact, rounded outwards.
    let large = low.abs().max(high.abs()) >= 100.0;
    let text = if large {
        (format!("{:.0}", low.floor()), format!("{:.0}", high.ceil()))
    } else {
        (format!("{low:.2}"), format!("{high:.2}"))
    };
    let range = if text.0 == text.1 { text.0 } else { format!("{} to {}", text.0, text.1) };
    let range = range.replace("-0.00", "0.00");
    if is_whole { range } else { format!("{range} + ?") }
}

/// What is not known, the same reason once: the reason, what it is of, and how often it is met.
pub(crate) fn unknowns<'a>(all: impl Iterator<Item = (&'a Unknown, u64)>) -> Vec<(&'a str, Vec<&'a str>, u64)> {
    let mut by_reason: BTreeMap<&str, (Vec<&str>, u64)> = BTreeMap::new();
    for (unknown, count) in all {
        let (of, sum) = by_reason.entry(&unknown.reason).or_default();
        of.push(&unknown.what);
        *sum += count;
    }
    by_reason.into_iter().map(|(reason, (of, count))| (reason, of, count)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use caravan_plans::cost::Range;

    #[test]
    fn amounts_say_how_much_and_whether_there_is_more() {
        let of = |low: u64, high: u64| Cost::known(Range::between(low, high));
        assert_eq!(cost(&of(0, 0)), "0.00");
        assert_eq!(cost(&of(1_000_000_000, 1_000_000_000)), "730");
        assert_eq!(cost(&of(10_000_000, 20_000_000)), "7.30 to 14.60");
        let unknown = Cost::unknown("Windows", "no price");
        assert_eq!(cost(&unknown), "unknown");
        assert_eq!(cost(&Cost::sum([&of(200_000_000, 200_500_000), &unknown])), "146 to 147 + ?");
        assert_eq!(savings(&Savings::of(&of(0, 0), &of(10_000_000, 10_000_000))), "-7.30");
        assert_eq!(savings(&Savings::of(&unknown, &of(0, 0))), "unknown");
    }
}
