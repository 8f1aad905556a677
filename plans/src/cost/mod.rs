//! Money: what each workload costs now, and what it would cost on the platform.
//!
//! In: a [`CostInput`] of each workload, made of the same [`Subject`](crate::readiness::Subject) that readiness looks at; the
//! machines of ECS clusters as [`Hosts`]; the platform's [`NodeSettings`]; and the wave of each workload.
//! Out: an [`Estimate`]: bills now and then, for each workload, team, wave and cluster, as ranges in US dollars, with what is not
//! known beside them, and every price by its source in the [`book`].
//!
//! What must never happen here: zero for what nobody knows (P3); a price without a source; another answer to the same question (P1).

pub mod book;
mod estimate;
mod input;
mod item;
mod money;
pub mod nodes;
pub mod packing;
mod pods;
mod quantity;
#[cfg(test)]
mod tests;
mod then;
mod today;

pub use estimate::{ClusterCost, Estimate, GroupCost, StaysCost, Totals, WaveCost, WorkloadCost, estimate};
pub use input::{CostInput, Hosts};
pub use item::{Bill, Item, ItemKind};
pub use money::{Cost, HOURS_OF_A_MONTH, Range, Savings, Unknown, hourly, monthly};
pub use nodes::NodeSettings;
pub use then::BoughtNodes;

/// What the figures rest on, for whoever reads them.
pub const ASSUMPTIONS: &[&str] = &[
    "both sides are reckoned for what runs today: an autoscaler's range counts where nobody knows what runs",
    "a month has 730 hours; prices are on demand, without tax, savings plans, reserved instances and free tiers",
    "the least is what no way of packing comes below, on spot at 40 % of the price where pods may run there; the most is what \
     first-fit packing buys on demand in three zones, or nodes that are three quarters full, whichever is more",
    "on each node 300m, 614Mi and 6 pods belong to what runs everywhere: an estimate",
    "of what nodes cost, each pod carries its part of the processors and of the memory that are asked for",
    "a load balancer's hours are divided among all workloads behind it: they are saved when the last of them has moved",
];

/// What costs money and is in none of the figures.
pub const NOT_COUNTED: &[&str] = &[
    "data transfer, NAT gateways and public addresses",
    "logs, metrics and Datadog's hosts",
    "databases, caches, queues, buckets and file systems: they stay, and cost what they cost",
    "API Gateway, CloudFront and Cloudflare",
    "disks of the machines of ECS clusters, snapshots, images in registries",
];
