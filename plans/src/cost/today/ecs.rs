//! ECS: tasks on Fargate by what they reserve; tasks on machines of a cluster by their share of those.

use super::{Today, region};
use crate::cost::book;
use crate::cost::item::{Item, ItemKind};
use crate::cost::money::Range;
use crate::readiness::Subject;
use crate::readiness::places::list;
use caravan_convert_lift::plconfig::Arch;
use serde_json::Value;

/// Tasks on machines of a cluster.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::cost) struct Hosted {
    /// The cluster, as edges name it: `ecs:arn:aws:ecs:…`.
    pub(in crate::cost) cluster: String,
    /// How many tasks.
    pub(in crate::cost) tasks: u64,
    /// What all of them reserve: thousandths of a processor, and MiB.
    pub(in crate::cost) cpu: u64,
    pub(in crate::cost) memory: u64,
}

/// Fargate Spot costs from 30 % of the usual price: "up to 70 % off" is all that AWS says.
const SPOT: (u64, u64) = (30, 100);

/// GB of storage that a task has for nothing.
const FREE_STORAGE: u64 = 20;

pub(super) fn today(subject: &Subject<'_>) -> Today {
    let unknown = |what: &str, reason: &str| {
        let items = vec![Item::unknown(ItemKind::Compute, what, reason)];
        Today { items, running: None, hosted: None }
    };
    let Some((seen, _, service)) = subject.services().next() else {
        return unknown("tasks that no service runs", "how often and for how long they run is not counted");
    };
    let Some(count) = service["desiredCount"].as_u64() else {
        return unknown("tasks of the service", "how many it wants is not said");
    };
    let running = Some((count, count));
    if count == 0 {
        let nothing =
            Item::new(ItemKind::Compute, "no task: it is set to run none", crate::cost::Cost::known(Range::default()));
        return Today { items: vec![nothing], running, hosted: None };
    }
    let mut tasks = subject.tasks();
    let Some((_, _, task)) = tasks.next().filter(|_| tasks.next().is_none()) else {
        return Today { running, ..unknown("tasks of the service", "its one task definition is not known") };
    };
    let (on_fargate, on_spot, elsewhere) = places(service, count);
    let mut items = Vec::new();
    let region = region(subject, seen);
    for (parts, spot) in [(on_fargate, false), (on_spot, true)] {
        if parts.0 > 0 {
            items.push(fargate(task, parts, spot, region));
            items.extend(storage(task, parts, region));
        }
    }
    let hosted = elsewhere.then(|| hosted(service, task, count)).flatten();
    if elsewhere && hosted.is_none() {
        items.push(Item::unknown(
            ItemKind::Compute,
            "tasks on machines",
            "their cluster, or what they reserve, is not said",
        ));
    }
    Today { items, running, hosted }
}

/// A part of the tasks: so many of so many parts of one.
type Parts = (u64, u64);

/// How many tasks run on Fargate and on Fargate Spot, and whether they run on machines.
fn places(service: &Value, count: u64) -> (Parts, Parts, bool) {
    let strategy = list(&service["capacityProviderStrategy"]);
    if strategy.is_empty() {
        return match service["launchType"].as_str() {
            Some("FARGATE") => ((count, 1), (0, 1), false),
            // ECS's own default is EC2 (CreateService, `launchType`).
            Some("EC2") | None => ((0, 1), (0, 1), true),
            Some(_) => ((0, 1), (0, 1), true),
        };
    }
    let number = |provider: &Value, field: &str| provider[field].as_u64().unwrap_or(0);
    let base: u64 = strategy.iter().map(|one| number(one, "base")).sum::<u64>().min(count);
    let weights: u64 = strategy.iter().map(|one| number(one, "weight")).sum::<u64>().max(1);
    let of = |name: &str| {
        let own = strategy.iter().find(|one| one["capacityProvider"].as_str() == Some(name));
        own.map_or((0, 1), |one| {
            // Whole tasks of the base, and of the rest the part that the weights say.
            (number(one, "base").min(base) * weights + (count - base) * number(one, "weight"), weights)
        })
    };
    let known = ["FARGATE", "FARGATE_SPOT"];
    let machines =
        strategy.iter().any(|one| one["capacityProvider"].as_str().is_none_or(|name| !known.contains(&name)));
    (of("FARGATE"), of("FARGATE_SPOT"), machines)
}

fn fargate(task: &Value, (of, whole): Parts, spot: bool, region: &str) -> Item {
    let kind = if spot { "Fargate Spot" } else { "Fargate" };
    let platform = &task["runtimePlatform"];
    if platform["operatingSystemFamily"].as_str().is_some_and(|system| system.starts_with("WINDOWS")) {
        return Item::unknown(ItemKind::Compute, format!("{kind} tasks on Windows"), "the price book has Linux alone");
    }
    let (Some(units), Some(memory)) = (number(&task["cpu"]), number(&task["memory"])) else {
        return Item::unknown(
            ItemKind::Compute,
            format!("{kind} tasks"),
            "their task definition does not say their size",
        );
    };
    let arch = if platform["cpuArchitecture"].as_str() == Some("ARM64") { Arch::Arm64 } else { Arch::Amd64 };
    let count = of as f64 / whole as f64;
    let what = format!("{count} {kind} tasks of {} vCPU and {} GiB", units as f64 / 1024.0, memory as f64 / 1024.0);
    let prices = [book::fargate_processor(region, arch), book::fargate_memory(region, arch)];
    Item::priced(ItemKind::Compute, what, prices, |[processor, gib]| {
        let task = processor.part(units, 1024).plus(gib.part(memory, 1024));
        let all = task.part(of, whole);
        if spot { all.percent(SPOT.0, SPOT.1) } else { all }
    })
}

/// Storage beyond what is free.
fn storage(task: &Value, (of, whole): Parts, region: &str) -> Option<Item> {
    let size = task["ephemeralStorage"]["sizeInGiB"].as_u64()?.checked_sub(FREE_STORAGE).filter(|size| *size > 0)?;
    let what = format!("{size} GiB more of storage for each task");
    Some(Item::priced(ItemKind::Disk, what, [book::fargate_storage(region)], |[gib]| gib.part(of * size, whole)))
}

/// What the tasks of a service reserve on the machines of its cluster.
fn hosted(service: &Value, task: &Value, tasks: u64) -> Option<Hosted> {
    let cluster = service["clusterArn"].as_str().or_else(|| service["cluster"].as_str())?;
    let sum = |fields: &[&str]| {
        let each = list(&task["containerDefinitions"]).iter();
        each.filter_map(|one| fields.iter().find_map(|field| number(&one[*field]))).sum::<u64>()
    };
    let units = number(&task["cpu"]).unwrap_or(0).max(sum(&["cpu"]));
    let memory = number(&task["memory"]).unwrap_or(0).max(sum(&["memoryReservation", "memory"]));
    let cpu = (units * 1000).div_ceil(1024);
    (cpu > 0 || memory > 0).then(|| Hosted {
        cluster: format!("ecs:{cluster}"),
        tasks,
        cpu: cpu * tasks,
        memory: memory * tasks,
    })
}

fn number(value: &Value) -> Option<u64> {
    let number = value.as_u64().or_else(|| value.as_str()?.trim().parse().ok());
    number.filter(|number| *number > 0)
}
