//! The price book: what AWS asks, in three regions, with the source and the day of each figure.
//!
//! It is small on purpose: the families of instances that the platform's NodePools may buy and that machines of today run on,
//! and what else workloads cost by the hour. What has no source has no price, and its cost is unknown.

mod instances;
mod services;

pub(super) use instances::POOLED;
pub use instances::{Family, PodLimits, family, instance};
pub use services::{
    balancer, control_plane, fargate_memory, fargate_processor, fargate_storage, function_memory, function_request,
    volume,
};

use super::money::{DOLLAR, Range};
use serde::Serialize;

/// The day on which the book was last held against its sources.
pub const BOOK_DATE: &str = "2026-11-29";

/// Where a price comes from.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct PriceSource {
    /// What items name it by.
    pub id: &'static str,
    /// What it is.
    pub name: &'static str,
    /// Where it is read.
    pub url: &'static str,
    /// The day of the figures.
    pub date: &'static str,
}

/// A price with its source.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Price {
    /// For each hour of one unit, unless the function that gives it says another unit.
    pub range: Range,
    /// Where it comes from.
    pub source: &'static PriceSource,
}

/// There is no price: which, and where it was looked for.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the price book of {date} has no {what} in {region}", date = BOOK_DATE)]
pub struct NoPrice {
    /// What was asked for.
    pub what: String,
    /// The region.
    pub region: String,
}

impl NoPrice {
    fn of(what: impl Into<String>, region: &str) -> Self {
        Self { what: what.into(), region: region.to_owned() }
    }
}

macro_rules! sources {
    ($($name:ident = $id:literal, $text:literal, $url:literal, $date:literal;)*) => {
        $(pub(super) static $name: PriceSource = PriceSource { id: $id, name: $text, url: $url, date: $date };)*

        /// Every source of the book.
        pub const SOURCES: &[&PriceSource] = &[$(&$name),*];
    };
}

sources! {
    INSTANCES = "ec2", "on-demand, Linux, us-east-1: AWS's price list, as Karpenter carries it",
        "https://github.com/aws/karpenter-provider-aws/blob/main/pkg/providers/pricing/zz_generated.pricing_aws.go", "2026-07-20";
    REGIONS = "ec2-regions", "on-demand, Linux, other regions: us-east-1 by the ratio of the class in SkyPilot's catalogue of AWS",
        "https://github.com/skypilot-org/skypilot-catalog/blob/master/catalogs/v8/aws/vms.csv", "2026-11-23";
    SPOT = "ec2-spot", "spot: 40 to 60 % of on-demand, as SkyPilot's catalogue of AWS has had it for these classes",
        "https://github.com/skypilot-org/skypilot-catalog/blob/master/catalogs/v8/aws/vms.csv", "2026-11-23";
    FARGATE = "fargate", "AWS Fargate, Linux", "https://aws.amazon.com/fargate/pricing/", "2026-06-17";
    FARGATE_FRANKFURT = "fargate-eu-central-1", "AWS's price list of Amazon ECS in eu-central-1",
        "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonECS/current/eu-central-1/index.json", "2026-07-07";
    LAMBDA = "lambda", "AWS Lambda, the first tier, without the free one", "https://aws.amazon.com/lambda/pricing/", "2026-06-30";
    VOLUMES = "ebs", "Amazon EBS, storage", "https://aws.amazon.com/ebs/pricing/", "2026-08-26";
    BALANCERS = "elb", "Elastic Load Balancing, the hour without capacity units",
        "https://aws.amazon.com/elasticloadbalancing/pricing/", "2026-06-30";
    CLUSTERS = "eks", "Amazon EKS, a cluster in standard support", "https://aws.amazon.com/eks/pricing/", "2026-06-13";
}

/// Millionths of a dollar an hour.
const fn micro(dollars: u64) -> u64 {
    dollars * (DOLLAR / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_source_has_a_name_of_its_own_an_address_and_a_day() {
        let ids: BTreeSet<&str> = SOURCES.iter().map(|source| source.id).collect();
        assert_eq!(ids.len(), SOURCES.len());
        for source in SOURCES {
            let day: Result<jiff::civil::Date, _> = source.date.parse();
            assert!(source.url.starts_with("https://") && day.is_ok() && source.date <= BOOK_DATE, "{source:?}");
        }
    }
}
