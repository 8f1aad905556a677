//! What a bill is made of.

use super::book::{NoPrice, Price};
use super::money::{Cost, Range};
use serde::Serialize;
use std::collections::BTreeSet;

/// What an item is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemKind {
    /// What runs it: machines, tasks, functions, its share of nodes.
    Compute,
    /// Disks that keep something.
    Disk,
    /// Its share of load balancers.
    Balancer,
}

/// One item of a bill.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// For people: `2 Fargate tasks of 0.5 vCPU and 1 GiB`.
    pub what: String,
    /// What it costs.
    pub cost: Cost,
    /// The sources of the prices in it, by their ids.
    pub sources: BTreeSet<&'static str>,
}

/// What a workload costs on one side.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Bill {
    /// Everything in it.
    pub items: Vec<Item>,
    /// All of it together.
    pub total: Cost,
}

impl Item {
    pub(super) fn new(kind: ItemKind, what: impl Into<String>, cost: Cost) -> Self {
        Self { kind, what: what.into(), cost, sources: BTreeSet::new() }
    }

    /// Of which nobody can tell what it costs.
    pub(super) fn unknown(kind: ItemKind, what: impl Into<String>, reason: impl Into<String>) -> Self {
        let what = what.into();
        Self::new(kind, what.clone(), Cost::unknown(what, reason))
    }

    /// By prices, all of which must be there.
    pub(super) fn priced<const N: usize>(
        kind: ItemKind,
        what: impl Into<String>,
        prices: [Result<Price, NoPrice>; N],
        sum: impl FnOnce([Range; N]) -> Range,
    ) -> Self {
        let what = what.into();
        let mut ranges = [Range::default(); N];
        let mut sources = BTreeSet::new();
        for (range, price) in ranges.iter_mut().zip(prices) {
            match price {
                Ok(price) => {
                    *range = price.range;
                    sources.insert(price.source.id);
                }
                Err(none) => return Self::unknown(kind, what, none.to_string()),
            }
        }
        Self { sources, ..Self::new(kind, what, Cost::known(sum(ranges))) }
    }
}

impl Bill {
    pub(super) fn new(items: Vec<Item>) -> Self {
        let total = Cost::sum(items.iter().map(|item| &item.cost));
        Self { items, total }
    }

    /// Whether what runs it has a price: without that the rest says nothing about the whole.
    #[must_use]
    pub fn has_compute(&self) -> bool {
        self.items.iter().filter(|item| item.kind == ItemKind::Compute).all(|item| item.cost.range().is_some())
    }
}
