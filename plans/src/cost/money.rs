//! Amounts of money: ranges in US dollars an hour, with what is not known beside them (P3).

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// Hours of a month, as AWS's price calculator has them.
pub const HOURS_OF_A_MONTH: u64 = 730;

/// A billionth of a dollar, in the unit of [`Range`].
pub(super) const DOLLAR: u64 = 1_000_000_000;

/// From so much to so much, in billionths of a US dollar for each hour.
///
/// Whole numbers, so that sums are the same in any order and on any machine (P1).
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Range {
    low: u64,
    high: u64,
}

impl Range {
    /// Exactly so much.
    #[must_use]
    pub const fn exactly(nanos: u64) -> Self {
        Self { low: nanos, high: nanos }
    }

    /// From the lesser of two to the greater.
    #[must_use]
    pub fn between(one: u64, other: u64) -> Self {
        Self { low: one.min(other), high: one.max(other) }
    }

    /// The least, in billionths of a dollar for each hour.
    #[must_use]
    pub const fn low(self) -> u64 {
        self.low
    }

    /// The most, likewise.
    #[must_use]
    pub const fn high(self) -> u64 {
        self.high
    }

    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self { low: self.low.saturating_add(other.low), high: self.high.saturating_add(other.high) }
    }

    /// This part of it, or this many times: `of / whole`. The least is rounded down and the most up.
    #[must_use]
    pub fn part(self, of: u64, whole: u64) -> Self {
        Self { low: part(self.low, of, whole, false), high: part(self.high, of, whole, true) }
    }

    /// So many times.
    #[must_use]
    pub const fn times(self, count: u64) -> Self {
        Self { low: self.low.saturating_mul(count), high: self.high.saturating_mul(count) }
    }

    /// With another factor for each end, in hundredths.
    #[must_use]
    pub fn percent(self, low: u64, high: u64) -> Self {
        Self { low: part(self.low, low, 100, false), high: part(self.high, high, 100, true) }
    }
}

fn part(nanos: u64, of: u64, whole: u64, up: bool) -> u64 {
    let whole = u128::from(whole.max(1));
    let product = u128::from(nanos) * u128::from(of);
    let shared = if up { product.div_ceil(whole) } else { product / whole };
    u64::try_from(shared).unwrap_or(u64::MAX)
}

/// Something whose price or amount nobody can tell from what was read.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Unknown {
    /// What it is: `Windows`, `capacity units`.
    pub what: String,
    /// Why it is not known, and where there is something, what would tell it.
    pub reason: String,
}

/// What something costs: a range of what is known, and what is not, counted. Nothing unknown ever adds up to zero.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Cost {
    known: Option<Range>,
    unknown: BTreeMap<Unknown, u64>,
}

impl Cost {
    /// A cost of which all is known.
    #[must_use]
    pub const fn known(range: Range) -> Self {
        Self { known: Some(range), unknown: BTreeMap::new() }
    }

    /// A cost of which nothing is known.
    #[must_use]
    pub fn unknown(what: impl Into<String>, reason: impl Into<String>) -> Self {
        let unknown = Unknown { what: what.into(), reason: reason.into() };
        Self { known: None, unknown: BTreeMap::from([(unknown, 1)]) }
    }

    /// Takes another cost in.
    pub fn add(&mut self, other: &Self) {
        self.known = match (self.known, other.known) {
            (Some(one), Some(other)) => Some(one.plus(other)),
            (one, other) => one.or(other),
        };
        for (unknown, count) in &other.unknown {
            *self.unknown.entry(unknown.clone()).or_default() += count;
        }
    }

    /// The sum of several; of none it is nothing, which is known.
    pub fn sum<'a>(costs: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut all = Self::default();
        costs.into_iter().for_each(|cost| all.add(cost));
        all
    }

    /// What is known of it; none where nothing is. A sum of nothing is known.
    #[must_use]
    pub fn range(&self) -> Option<Range> {
        self.known.or_else(|| self.is_whole().then(Range::default))
    }

    /// Whether all of it is known.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.unknown.is_empty()
    }

    /// What is not known, each with how often it is met, in a fixed order.
    pub fn unknowns(&self) -> impl Iterator<Item = (&Unknown, u64)> {
        self.unknown.iter().map(|(unknown, count)| (unknown, *count))
    }

    /// So many times, the unknown parts with it.
    #[must_use]
    pub fn times(mut self, count: u64) -> Self {
        self.known = self.known.map(|range| range.times(count));
        self
    }

    /// This part of it: what is unknown of the whole is unknown of each part.
    #[must_use]
    pub fn part(mut self, of: u64, whole: u64) -> Self {
        self.known = self.known.map(|range| range.part(of, whole));
        self
    }
}

/// What becomes less, from so much to so much; below zero where it becomes more.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Savings {
    known: Option<(i64, i64)>,
    unknown: BTreeMap<Unknown, u64>,
}

impl Savings {
    /// What is saved where `now` becomes `then`: at least the least of now without the most of then. Nothing is known of it where
    /// nothing is known of one of the two.
    #[must_use]
    pub fn of(now: &Cost, then: &Cost) -> Self {
        let known = now.range().zip(then.range()).map(|(now, then)| {
            let signed = |nanos: u64| i64::try_from(nanos).unwrap_or(i64::MAX);
            (signed(now.low).saturating_sub(signed(then.high)), signed(now.high).saturating_sub(signed(then.low)))
        });
        let mut unknown = now.unknown.clone();
        for (what, count) in &then.unknown {
            *unknown.entry(what.clone()).or_default() += count;
        }
        Self { known, unknown }
    }

    /// Takes other savings in.
    pub fn add(&mut self, other: &Self) {
        self.known = match (self.known, other.known) {
            (Some(one), Some(other)) => Some((one.0.saturating_add(other.0), one.1.saturating_add(other.1))),
            (one, other) => one.or(other),
        };
        for (unknown, count) in &other.unknown {
            *self.unknown.entry(unknown.clone()).or_default() += count;
        }
    }

    /// The least and the most that is known to be saved, in billionths of a dollar for each hour; none where nothing is.
    #[must_use]
    pub fn range(&self) -> Option<(i64, i64)> {
        self.known.or_else(|| self.is_whole().then_some((0, 0)))
    }

    /// Whether all of it is known.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.unknown.is_empty()
    }

    /// What is not known, each with how often it is met.
    pub fn unknowns(&self) -> impl Iterator<Item = (&Unknown, u64)> {
        self.unknown.iter().map(|(unknown, count)| (unknown, *count))
    }
}

/// Dollars for each month, to the cent: the least rounded down, the most up.
#[must_use]
pub fn monthly(low: i64, high: i64) -> (f64, f64) {
    let cents = |nanos: i64| i128::from(nanos) * i128::from(HOURS_OF_A_MONTH);
    const CENT: i128 = DOLLAR as i128 / 100;
    let down = cents(low).div_euclid(CENT);
    let up = -(-cents(high)).div_euclid(CENT);
    (dollars(down, 100.0), dollars(up, 100.0))
}

/// Dollars for each hour, to the millionth, likewise.
#[must_use]
pub fn hourly(low: i64, high: i64) -> (f64, f64) {
    let down = i128::from(low).div_euclid(1000);
    let up = -(-i128::from(high)).div_euclid(1000);
    (dollars(down, 1e6), dollars(up, 1e6))
}

/// Amounts of money stay far below what a float holds exactly.
#[expect(clippy::cast_precision_loss, reason = "below 2^53 cents")]
fn dollars(count: i128, parts: f64) -> f64 {
    count as f64 / parts
}

#[derive(Serialize)]
struct Ends {
    low: f64,
    high: f64,
}

#[derive(Serialize)]
struct Counted<'a> {
    what: &'a str,
    reason: &'a str,
    count: u64,
}

fn amount<S: Serializer>(
    serializer: S,
    name: &'static str,
    known: Option<(i64, i64)>,
    unknown: &BTreeMap<Unknown, u64>,
) -> Result<S::Ok, S::Error> {
    let ends = |both: fn(i64, i64) -> (f64, f64)| {
        known.map(|(low, high)| {
            let (low, high) = both(low, high);
            Ends { low, high }
        })
    };
    let unknown: Vec<Counted<'_>> = unknown
        .iter()
        .map(|(unknown, count)| Counted { what: &unknown.what, reason: &unknown.reason, count: *count })
        .collect();
    let mut fields = serializer.serialize_struct(name, 3)?;
    fields.serialize_field("hour", &ends(hourly))?;
    fields.serialize_field("month", &ends(monthly))?;
    fields.serialize_field("unknown", &unknown)?;
    fields.end()
}

impl Serialize for Cost {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let signed = |nanos: u64| i64::try_from(nanos).unwrap_or(i64::MAX);
        let known = self.range().map(|range| (signed(range.low), signed(range.high)));
        amount(serializer, "Cost", known, &self.unknown)
    }
}

impl Serialize for Savings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        amount(serializer, "Savings", self.range(), &self.unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn what_is_unknown_never_adds_up_to_zero() {
        let unknown = Cost::unknown("Windows", "no price");
        assert_eq!((unknown.range(), unknown.is_whole()), (None, false));
        assert_eq!(Cost::default().range(), Some(Range::default()), "a sum of nothing is known");
        let both = Cost::sum([&unknown, &Cost::known(Range::exactly(DOLLAR)), &unknown]);
        assert_eq!(both.range(), Some(Range::exactly(DOLLAR)));
        assert_eq!(
            both.unknowns().map(|(what, count)| (what.what.as_str(), count)).collect::<Vec<_>>(),
            [("Windows", 2)]
        );
        assert_eq!(serde_json::to_value(&unknown).unwrap()["month"], json!(null));
        assert_eq!(Savings::of(&both, &unknown).range(), None, "nothing is known of what comes");
        assert_eq!(Savings::of(&Cost::default(), &Cost::default()).range(), Some((0, 0)));
    }

    #[test]
    fn amounts_are_rounded_outwards() {
        let third = Cost::known(Range::exactly(DOLLAR).part(1, 3));
        let value = serde_json::to_value(&third).unwrap();
        assert_eq!(value["hour"], json!({"low": 0.333333, "high": 0.333334}));
        assert_eq!(value["month"], json!({"low": 243.33, "high": 243.34}));
        assert_eq!(monthly(-1, 1), (-0.01, 0.01));
    }

    proptest! {
        #[test]
        fn savings_hold_whatever_the_true_amounts_are(now in any::<[u32; 2]>(), then in any::<[u32; 2]>(), at in 0_u64..=100) {
            let range = |[one, other]: [u32; 2]| Range::between(one.into(), other.into());
            let within = |range: Range| range.low() + (range.high() - range.low()) * at / 100;
            let (now, then) = (range(now), range(then));
            let (low, high) = Savings::of(&Cost::known(now), &Cost::known(then)).range().unwrap();
            let truth = i64::try_from(within(now)).unwrap() - i64::try_from(within(then)).unwrap();
            prop_assert!(low <= truth && truth <= high);
        }
    }
}
