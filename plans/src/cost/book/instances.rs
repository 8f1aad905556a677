//! EC2 instances: within a family the price of an hour follows the number of processors, whatever the size.

use super::{INSTANCES, NoPrice, Price, PriceSource, REGIONS, micro};
use crate::cost::money::Range;
use caravan_convert_lift::plconfig::Arch;

/// A family of instances.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Family {
    /// `m7g`.
    pub name: &'static str,
    /// Millionths of a dollar for an hour of its `xlarge`, which has four processors, in us-east-1.
    xlarge: u64,
    /// GiB for each processor; none where that differs from size to size.
    pub memory: Option<u64>,
    /// What it runs.
    pub arch: Arch,
    /// How many pods a size takes, by its network interfaces.
    pub pods: PodLimits,
}

/// How many pods the sizes of a family take: addresses of their interfaces, as EKS reckons them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PodLimits {
    /// Up to the seventh generation, and Graviton of the eighth.
    Usual,
    /// AMD of the eighth.
    Eighth,
    /// Intel of the eighth.
    EighthIntel,
}

impl PodLimits {
    /// The most pods of a size with so many processors (4 to 64).
    #[must_use]
    pub const fn of(self, processors: u64) -> u64 {
        match (self, processors) {
            (Self::Usual, 0..=8) => 58,
            (Self::Usual, 9..=48) => 234,
            (Self::Usual, _) => 737,
            (Self::Eighth, 0..=4) => 78,
            (Self::Eighth, 5..=8) => 158,
            (Self::Eighth, 9..=16) => 314,
            (Self::Eighth, 17..=32) => 392,
            (Self::Eighth, 33..=48) => 758,
            (Self::EighthIntel, 0..=8) => 118,
            (Self::EighthIntel, 9..=16) => 394,
            (Self::EighthIntel, 17..=32) => 492,
            (Self::EighthIntel, 33..=48) => 590,
            (Self::Eighth | Self::EighthIntel, _) => 1010,
        }
    }
}

const fn amd64(name: &'static str, xlarge: u64, memory: u64) -> Family {
    Family { name, xlarge, memory: Some(memory), arch: Arch::Amd64, pods: PodLimits::Usual }
}

const fn graviton(name: &'static str, xlarge: u64, memory: u64) -> Family {
    Family { arch: Arch::Arm64, ..amd64(name, xlarge, memory) }
}

const fn eighth(name: &'static str, xlarge: u64, memory: u64, pods: PodLimits) -> Family {
    Family { pods, ..amd64(name, xlarge, memory) }
}

const fn burstable(name: &'static str, xlarge: u64, arch: Arch) -> Family {
    Family { name, xlarge, memory: None, arch, pods: PodLimits::Usual }
}

/// What the platform's NodePools may buy, and the book knows: categories c, m and r, generations 5 to 8, every one of which has
/// the sizes from `xlarge` to `16xlarge` that [`SIZES`] names.
pub(in crate::cost) const POOLED: &[Family] = &[
    amd64("c5a", 154_000, 2),
    amd64("c6a", 153_000, 2),
    graviton("c6g", 136_000, 2),
    amd64("c6i", 170_000, 2),
    amd64("c7a", 205_280, 2),
    graviton("c7g", 145_000, 2),
    amd64("c7i", 178_500, 2),
    amd64("c7i-flex", 169_580, 2),
    eighth("c8a", 215_540, 2, PodLimits::Eighth),
    graviton("c8g", 159_520, 2),
    eighth("c8i", 187_420, 2, PodLimits::EighthIntel),
    eighth("c8i-flex", 178_040, 2, PodLimits::EighthIntel),
    amd64("m5", 192_000, 4),
    amd64("m5a", 172_000, 4),
    amd64("m6a", 172_800, 4),
    graviton("m6g", 154_000, 4),
    amd64("m6i", 192_000, 4),
    amd64("m7a", 231_800, 4),
    graviton("m7g", 163_200, 4),
    amd64("m7i", 201_600, 4),
    amd64("m7i-flex", 191_500, 4),
    eighth("m8a", 243_400, 4, PodLimits::Eighth),
    graviton("m8g", 179_500, 4),
    eighth("m8i", 211_700, 4, PodLimits::EighthIntel),
    eighth("m8i-flex", 201_100, 4, PodLimits::EighthIntel),
    amd64("r5", 252_000, 8),
    amd64("r5a", 226_000, 8),
    amd64("r6a", 226_800, 8),
    graviton("r6g", 201_600, 8),
    amd64("r6i", 252_000, 8),
    amd64("r7a", 304_300, 8),
    graviton("r7g", 214_200, 8),
    amd64("r7i", 264_600, 8),
    eighth("r8a", 319_500, 8, PodLimits::Eighth),
    graviton("r8g", 235_600, 8),
    eighth("r8i", 277_800, 8, PodLimits::EighthIntel),
    eighth("r8i-flex", 263_900, 8, PodLimits::EighthIntel),
];

/// What only machines of today run on.
const OTHERS: &[Family] = &[
    amd64("c5", 170_000, 2),
    amd64("m4", 200_000, 4),
    burstable("t3", 166_400, Arch::Amd64),
    burstable("t3a", 150_400, Arch::Amd64),
    burstable("t4g", 134_400, Arch::Arm64),
];

/// Region, class, families, and the two ends.
type Ratio = (&'static str, char, &'static [&'static str], (u64, u64));

/// By how much a region is dearer than us-east-1, from so much to so much, in ten-thousandths. A class without families is what
/// holds for all others of the class: the ratio that was sampled, and 2 % to either side.
const RATIOS: &[Ratio] = &[
    ("us-east-1", '*', &[], (10_000, 10_000)),
    ("eu-central-1", 'c', &["c7g"], (11_372, 11_372)),
    ("eu-central-1", 'm', &["m7g"], (11_980, 11_980)),
    ("eu-central-1", 'r', &["r7g"], (12_063, 12_063)),
    ("eu-central-1", 't', &["t3"], (11_538, 11_538)),
    ("eu-central-1", 't', &["t3a"], (11_490, 11_490)),
    ("eu-central-1", 'c', &[], (11_144, 11_600)),
    ("eu-central-1", 'm', &[], (11_740, 12_220)),
    ("eu-central-1", 'r', &[], (11_821, 12_305)),
    ("eu-central-1", 't', &[], (11_307, 11_769)),
    ("eu-west-1", 'c', &["c7g"], (10_692, 10_692)),
    ("eu-west-1", 'm', &["m7g"], (11_146, 11_146)),
    ("eu-west-1", 'r', &["r7g"], (11_190, 11_190)),
    ("eu-west-1", 't', &["t3"], (10_962, 10_962)),
    ("eu-west-1", 't', &["t3a"], (10_850, 10_850)),
    // Intel of older generations is dearer there than Graviton, against which the class was measured: up to 13 %.
    ("eu-west-1", 'c', &[], (10_478, 11_300)),
    ("eu-west-1", 'm', &[], (10_923, 11_369)),
    ("eu-west-1", 'r', &[], (10_966, 11_414)),
    ("eu-west-1", 't', &[], (10_743, 11_181)),
];

/// The parts of a processor, in thirty-seconds, by which the small sizes are priced: a `nano` costs an eighth of a `medium`'s
/// quarter.
const SMALL: &[(&str, u64)] =
    &[("nano", 4), ("micro", 8), ("small", 16), ("medium", 32), ("large", 64), ("xlarge", 128)];

/// The family of a type; none where the book does not have it.
#[must_use]
pub fn family(of: &str) -> Option<&'static Family> {
    let name = of.split_once('.').map_or(of, |(family, _)| family);
    POOLED.iter().chain(OTHERS).find(|family| family.name == name)
}

impl Family {
    /// An hour of one instance of it with so many thirty-seconds of four processors' quarter: 128 are an `xlarge`.
    fn hour(&self, parts: u64, region: &str) -> Option<Price> {
        let class = self.name.chars().next()?;
        let (_, _, _, (low, high)) = RATIOS.iter().find(|(of, kind, families, _)| {
            *of == region && (*kind == class || *kind == '*') && (families.is_empty() || families.contains(&self.name))
        })?;
        let nanos = micro(self.xlarge);
        let scaled = |ratio: u64| Range::exactly(nanos).part(ratio * parts, 10_000 * 128);
        let range = Range::between(scaled(*low).low(), scaled(*high).high());
        Some(Price { range, source: source(region) })
    }

    /// An hour of one instance of it with so many processors, four or more.
    pub(in crate::cost) fn with_processors(&self, processors: u64, region: &str) -> Option<Price> {
        self.hour(processors * 32, region)
    }
}

/// An hour of one Linux instance on demand: `m7g.xlarge`.
///
/// # Errors
/// When the book has no such family, size or region.
pub fn instance(kind: &str, region: &str) -> Result<Price, NoPrice> {
    let none = || NoPrice::of(format!("instance {kind}"), region);
    let (_, size) = kind.split_once('.').ok_or_else(none)?;
    let family = family(kind).ok_or_else(none)?;
    let of_size = SMALL.iter().find(|(name, _)| *name == size).map(|(_, parts)| *parts);
    let many = || size.strip_suffix("xlarge")?.parse::<u64>().ok().filter(|count| *count <= 96)?.checked_mul(128);
    let parts = match family.memory {
        // Burstable families are priced by memory below `large`, which comes to the same row.
        None => of_burstable(size),
        Some(_) => of_size.filter(|parts| *parts >= 32).or_else(many),
    };
    parts.and_then(|parts| family.hour(parts, region)).ok_or_else(none)
}

/// Of t3, t3a and t4g each size costs twice what the one before it costs, from `nano` to `2xlarge`.
fn of_burstable(size: &str) -> Option<u64> {
    const SIZES: &[&str] = &["nano", "micro", "small", "medium", "large", "xlarge", "2xlarge"];
    SIZES.iter().position(|name| *name == size).map(|at| 4 << at)
}

fn source(region: &str) -> &'static PriceSource {
    if region == "us-east-1" { &INSTANCES } else { &REGIONS }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dollars(kind: &str, region: &str) -> (f64, f64) {
        let price = instance(kind, region).unwrap().range;
        crate::cost::money::hourly(i64::try_from(price.low()).unwrap(), i64::try_from(price.high()).unwrap())
    }

    #[test]
    fn prices_are_those_of_the_list() {
        let of_list = [
            ("m7g.xlarge", 0.1632),
            ("m7g.12xlarge", 1.9584),
            ("c6a.8xlarge", 1.224),
            ("c5.9xlarge", 1.53),
            ("r6g.medium", 0.0504),
            ("t3.nano", 0.0052),
            ("t3.micro", 0.0104),
            ("t3.2xlarge", 0.3328),
            ("t4g.small", 0.0168),
            ("m4.large", 0.1),
        ];
        for (kind, price) in of_list {
            assert_eq!(dollars(kind, "us-east-1"), (price, price), "{kind}");
        }
    }

    #[test]
    fn other_regions_are_ranges_around_what_is_asked_there() {
        // Frankfurt: `AmazonEC2 t4g.small` by the Pricing API on 2026-08-26, and samples of the catalogue.
        for (kind, region, asked) in [
            ("t4g.small", "eu-central-1", 0.0192),
            ("m7g.xlarge", "eu-central-1", 0.1955),
            ("m5.xlarge", "eu-central-1", 0.23),
            ("c5.xlarge", "eu-central-1", 0.194),
            ("m6a.xlarge", "eu-central-1", 0.207),
            ("c5.xlarge", "eu-west-1", 0.192),
            ("m5.xlarge", "eu-west-1", 0.214),
        ] {
            let (low, high) = dollars(kind, region);
            assert!(low <= asked + 0.0001 && asked - 0.0001 <= high && high <= low * 1.08, "{kind}: {low} to {high}");
        }
    }

    #[test]
    fn what_the_book_lacks_has_no_price() {
        for (kind, region) in [
            ("x1e.32xlarge", "us-east-1"),
            ("m7g.xlarge", "ap-south-1"),
            ("m7g", "us-east-1"),
            ("m7g.nano", "us-east-1"),
            ("m7g.9999xlarge", "us-east-1"),
            ("t3.4xlarge", "us-east-1"),
            ("", "us-east-1"),
        ] {
            let error = instance(kind, region).unwrap_err().to_string();
            assert!(error.contains("has no instance") && error.contains(region), "{error}");
        }
    }
}
