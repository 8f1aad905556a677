//! EBS volumes of a workload's machines.

use super::region;
use crate::cost::book;
use crate::cost::item::{Item, ItemKind};
use crate::readiness::Subject;
use caravan_inventory::ObservationKind;

/// What gp3 has for nothing (Amazon EBS, "General Purpose SSD volumes").
const FREE: (u64, u64) = (3_000, 125);

pub(super) fn items(subject: &Subject<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    for volume in subject.of_kind(ObservationKind::Ec2Volume) {
        let text = |field: &str| volume.body[field].as_str();
        let number = |field: &str| volume.body[field].as_u64().or_else(|| text(field)?.parse().ok());
        let name = volume.native_name();
        let (Some(kind), Some(size)) = (text("volumeType"), number("size")) else {
            items.push(Item::unknown(ItemKind::Disk, format!("volume {name}"), "its type or size is not said"));
            continue;
        };
        let what = format!("{size} GiB of {kind} ({name})");
        items
            .push(Item::priced(ItemKind::Disk, what, [book::volume(region(subject, volume), kind, size)], |[all]| all));
        let dear =
            number("iops").is_some_and(|iops| iops > FREE.0) || number("throughput").is_some_and(|it| it > FREE.1);
        if kind == "gp3" && dear {
            let what = format!("performance of {name} beyond what is free");
            items.push(Item::unknown(ItemKind::Disk, what, "the price book does not have it"));
        }
    }
    items
}
