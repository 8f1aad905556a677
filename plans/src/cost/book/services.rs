//! What else costs by the hour: tasks, functions, disks, load balancers, clusters.

use super::{BALANCERS, CLUSTERS, FARGATE, FARGATE_FRANKFURT, LAMBDA, NoPrice, Price, PriceSource, VOLUMES, micro};
use crate::cost::money::{HOURS_OF_A_MONTH, Range};
use caravan_convert_lift::plconfig::Arch;

type Row = (&'static str, Arch, u64, &'static PriceSource);

/// A processor of a task for an hour, by region and processor, in ten-millionths of a dollar.
const PROCESSORS: &[Row] = &[
    ("us-east-1", Arch::Amd64, 404_800, &FARGATE),
    ("us-east-1", Arch::Arm64, 323_800, &FARGATE),
    ("eu-west-1", Arch::Amd64, 404_800, &FARGATE),
    ("eu-west-1", Arch::Arm64, 323_800, &FARGATE),
    ("eu-central-1", Arch::Amd64, 465_600, &FARGATE_FRANKFURT),
];

/// A GiB of a task's memory, likewise.
const MEMORY: &[Row] = &[
    ("us-east-1", Arch::Amd64, 44_450, &FARGATE),
    ("us-east-1", Arch::Arm64, 35_600, &FARGATE),
    ("eu-west-1", Arch::Amd64, 44_450, &FARGATE),
    ("eu-west-1", Arch::Arm64, 35_600, &FARGATE),
    ("eu-central-1", Arch::Amd64, 51_100, &FARGATE_FRANKFURT),
];

/// GB of a disk for a month, by its type, in hundred-thousandths of a dollar.
const DISKS: &[(&str, &str, u64)] = &[
    ("us-east-1", "gp3", 8_000),
    ("us-east-1", "gp2", 10_000),
    ("eu-west-1", "gp3", 8_800),
    ("eu-west-1", "gp2", 11_000),
    ("eu-central-1", "gp3", 9_520),
];

/// A load balancer for an hour, in ten-thousandths of a dollar.
const LOAD_BALANCERS: &[(&str, &str, u64)] = &[
    ("us-east-1", "application", 225),
    ("us-east-1", "network", 225),
    ("us-east-1", "classic", 250),
    ("eu-west-1", "application", 252),
    ("eu-central-1", "application", 270),
];

/// Where functions cost the same.
const FUNCTIONS: &[&str] = &["us-east-1", "eu-west-1", "eu-central-1"];

/// A processor of a Fargate task on Linux for an hour.
///
/// # Errors
/// When the book has none for the region.
pub fn fargate_processor(region: &str, arch: Arch) -> Result<Price, NoPrice> {
    of_rows(PROCESSORS, region, arch, "Fargate processor")
}

/// A GiB of memory of a Fargate task on Linux for an hour.
///
/// # Errors
/// Likewise.
pub fn fargate_memory(region: &str, arch: Arch) -> Result<Price, NoPrice> {
    of_rows(MEMORY, region, arch, "Fargate memory")
}

fn of_rows(rows: &[Row], region: &str, arch: Arch, what: &str) -> Result<Price, NoPrice> {
    // What runs on either runs on the one that the task names none for.
    let wanted = if arch == Arch::Arm64 { Arch::Arm64 } else { Arch::Amd64 };
    let found = rows.iter().find(|(of, kind, ..)| *of == region && *kind == wanted);
    let (_, _, price, source) = found.ok_or_else(|| NoPrice::of(what, region))?;
    Ok(Price { range: Range::exactly(price * 100), source })
}

/// A GB of a Fargate task's storage beyond the first 20, for an hour.
///
/// # Errors
/// Likewise.
pub fn fargate_storage(region: &str) -> Result<Price, NoPrice> {
    if region != "us-east-1" {
        return Err(NoPrice::of("Fargate storage", region));
    }
    Ok(Price { range: Range::exactly(micro(111)), source: &FARGATE })
}

/// A function's GB for a second, in billionths of a dollar; the hour is what `now` makes of it.
///
/// # Errors
/// Likewise.
pub fn function_memory(region: &str, arch: Arch) -> Result<Price, NoPrice> {
    if !FUNCTIONS.contains(&region) {
        return Err(NoPrice::of("Lambda", region));
    }
    // 0.0000166667 and 0.0000133334 dollars.
    let range = if arch == Arch::Arm64 { Range::between(13_333, 13_334) } else { Range::between(16_666, 16_667) };
    Ok(Price { range, source: &LAMBDA })
}

/// A million invocations, in billionths of a dollar.
///
/// # Errors
/// Likewise.
pub fn function_request(region: &str) -> Result<Price, NoPrice> {
    if !FUNCTIONS.contains(&region) {
        return Err(NoPrice::of("Lambda", region));
    }
    Ok(Price { range: Range::exactly(micro(200_000)), source: &LAMBDA })
}

/// An EBS volume of so many GiB for an hour, without performance beyond what its type includes.
///
/// # Errors
/// Likewise.
pub fn volume(region: &str, kind: &str, size: u64) -> Result<Price, NoPrice> {
    let found = DISKS.iter().find(|(of, name, _)| *of == region && *name == kind);
    let (_, _, price) = found.ok_or_else(|| NoPrice::of(format!("volume {kind}"), region))?;
    Ok(Price { range: Range::exactly(micro(price * 10)).part(size, HOURS_OF_A_MONTH), source: &VOLUMES })
}

/// A load balancer for an hour, without capacity units: `application`, `network`, `classic`.
///
/// # Errors
/// Likewise.
pub fn balancer(region: &str, kind: &str) -> Result<Price, NoPrice> {
    let found = LOAD_BALANCERS.iter().find(|(of, name, _)| *of == region && *name == kind);
    let (_, _, price) = found.ok_or_else(|| NoPrice::of(format!("{kind} load balancer"), region))?;
    Ok(Price { range: Range::exactly(micro(price * 100)), source: &BALANCERS })
}

/// The control plane of an EKS cluster for an hour: the same in every region.
#[must_use]
pub fn control_plane() -> Price {
    Price { range: Range::exactly(micro(100_000)), source: &CLUSTERS }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::money::{hourly, monthly};

    fn month(price: Result<Price, NoPrice>) -> (f64, f64) {
        let range = price.unwrap().range;
        monthly(i64::try_from(range.low()).unwrap(), i64::try_from(range.high()).unwrap())
    }

    #[test]
    fn prices_are_those_of_the_pages() {
        let hour = |price: Result<Price, NoPrice>| {
            let range = price.unwrap().range;
            hourly(i64::try_from(range.low()).unwrap(), i64::try_from(range.high()).unwrap())
        };
        assert_eq!(hour(fargate_processor("eu-central-1", Arch::Amd64)), (0.04656, 0.04656));
        assert_eq!(hour(fargate_memory("eu-central-1", Arch::Amd64)), (0.00511, 0.00511));
        assert_eq!(hour(fargate_memory("us-east-1", Arch::Any)), (0.004445, 0.004445));
        assert_eq!(hour(Ok(control_plane())), (0.1, 0.1));
        // 32 GB in Frankfurt: 3.05 dollars a month by the Pricing API on 2026-08-26.
        assert_eq!(month(volume("eu-central-1", "gp3", 32)), (3.04, 3.05));
        // A month of 720 hours of a bill in Frankfurt: 19.44 dollars.
        assert_eq!(balancer("eu-central-1", "application").unwrap().range.times(720).low(), 19_440_000_000);
    }

    #[test]
    fn what_the_book_lacks_has_no_price() {
        let errors = [
            fargate_processor("ap-south-1", Arch::Amd64).unwrap_err(),
            fargate_storage("eu-central-1").unwrap_err(),
            function_memory("ap-south-1", Arch::Amd64).unwrap_err(),
            function_request("ap-south-1").unwrap_err(),
            fargate_processor("eu-central-1", Arch::Arm64).unwrap_err(),
            fargate_memory("eu-central-1", Arch::Arm64).unwrap_err(),
            volume("eu-central-1", "io2", 8).unwrap_err(),
            volume("eu-central-1", "gp2", 8).unwrap_err(),
            volume("us-east-1", "st1", 8).unwrap_err(),
            balancer("eu-central-1", "network").unwrap_err(),
            balancer("eu-west-1", "classic").unwrap_err(),
            balancer("eu-central-1", "gateway").unwrap_err(),
        ];
        for error in errors {
            assert!(error.to_string().starts_with("the price book of 2026-"), "{error}");
        }
    }
}
