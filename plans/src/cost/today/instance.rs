//! EC2: each machine that runs, by its type.

use super::{Today, region};
use crate::cost::book;
use crate::cost::item::{Item, ItemKind};
use crate::cost::money::{Cost, Range};
use crate::readiness::Subject;
use caravan_inventory::{Observation, ObservationKind};
use serde_json::Value;
use std::collections::BTreeMap;

/// What spot costs, in percent of on-demand.
pub(in crate::cost) const SPOT: (u64, u64) = (40, 60);

pub(super) fn today(subject: &Subject<'_>) -> Today {
    let mut kinds: BTreeMap<Machine<'_>, u64> = BTreeMap::new();
    let mut stopped = 0;
    for instance in subject.instances() {
        match Machine::of(&instance.body, region(subject, instance)) {
            Some(machine) if runs(&instance.body) => *kinds.entry(machine).or_default() += 1,
            Some(_) => stopped += 1,
            None => *kinds.entry(Machine::default()).or_default() += 1,
        }
    }
    let running: u64 = kinds.values().sum();
    let mut items: Vec<Item> = kinds.iter().map(|(machine, count)| machine.item(*count)).collect();
    if stopped > 0 {
        let what = format!("{stopped} stopped: the hours of a machine that does not run cost nothing");
        items.push(Item::new(ItemKind::Compute, what, Cost::known(Range::default())));
    }
    let wanted =
        subject.of_kind(ObservationKind::AutoScalingGroup).find_map(|group| group.body["DesiredCapacity"].as_u64());
    if items.is_empty() {
        items.push(match wanted {
            Some(0) => {
                Item::new(ItemKind::Compute, "no machine: the group is set to none", Cost::known(Range::default()))
            }
            _ => Item::unknown(ItemKind::Compute, "machines", "none was observed"),
        });
    }
    let count = wanted.unwrap_or(running);
    Today { items, running: Some((count, count)), hosted: None }
}

/// What a running machine costs for an hour, without its disks.
pub(in crate::cost) fn hour(instance: &Observation) -> Item {
    let region = instance.region.as_ref().map_or("an unknown region", |region| region.as_str());
    Machine::of(&instance.body, region).unwrap_or_default().item(1)
}

/// What decides what a machine costs.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
struct Machine<'a> {
    kind: &'a str,
    region: &'a str,
    platform: &'a str,
    tenancy: &'a str,
    spot: bool,
}

impl<'a> Machine<'a> {
    fn of(body: &'a Value, region: &'a str) -> Option<Self> {
        let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str);
        Some(Self {
            kind: text("/instanceType")?,
            region,
            platform: text("/platformDetails").unwrap_or("Linux/UNIX"),
            tenancy: text("/placement/tenancy").unwrap_or("default"),
            spot: text("/instanceLifecycle") == Some("spot"),
        })
    }

    fn item(&self, count: u64) -> Item {
        let what = format!("{count} {}{}", self.kind, if self.spot { " on spot" } else { "" });
        let unknown = |reason: String| Item::unknown(ItemKind::Compute, what.clone(), reason);
        if self.kind.is_empty() {
            return Item::unknown(ItemKind::Compute, format!("{count} machines"), "their type is not said");
        }
        if self.platform != "Linux/UNIX" {
            return unknown(format!("the price book has Linux alone, and this is {}", self.platform));
        }
        if self.tenancy != "default" {
            return unknown(format!("the price book has shared machines alone, and this is {}", self.tenancy));
        }
        let mut item = Item::priced(ItemKind::Compute, what, [book::instance(self.kind, self.region)], |[hour]| {
            let all = hour.times(count);
            if self.spot { all.percent(SPOT.0, SPOT.1) } else { all }
        });
        if self.spot {
            item.sources.insert(book::SPOT.id);
        }
        item
    }
}

fn runs(instance: &Value) -> bool {
    matches!(instance["instanceState"]["name"].as_str(), None | Some("running" | "pending"))
}
