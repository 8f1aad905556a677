//! What a workload's pods ask for on the platform, by its plconfig: what `convert` renders.

use super::quantity::{mebibytes, millicores};
use caravan_convert_lift::plconfig::{Arch, Component, ComponentType, PlConfig, Resources, Scale, Spot};

/// A number of equal pods.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Pods {
    /// The component.
    pub(super) component: String,
    /// What one asks for: thousandths of a processor, and MiB.
    pub(super) cpu: u64,
    pub(super) memory: u64,
    /// How many there are, from so many to so many.
    pub(super) least: u64,
    pub(super) most: u64,
    /// Whether they may run on spot nodes.
    pub(super) spot: bool,
    pub(super) arch: Arch,
    /// GiB of each disk that one keeps.
    pub(super) disks: Vec<u64>,
}

/// What a component asks for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Wanted {
    Pods(Pods),
    /// Nobody can tell how much of it there is.
    Unknown {
        component: String,
        reason: String,
    },
}

/// What a container asks for that says nothing: the default of the team's LimitRange, as `convert` writes it.
const DEFAULT: (u64, u64) = (100, 128);

/// What every component asks for. `running` is how many of the workload are at work today, where that is known.
pub(super) fn wanted(config: &PlConfig, running: Option<(u64, u64)>) -> Vec<Wanted> {
    let config = config.with_profile();
    let one = |(name, component): (&String, &Component)| of_component(name, component, running);
    config.components.iter().filter_map(one).collect()
}

fn of_component(name: &str, component: &Component, running: Option<(u64, u64)>) -> Option<Wanted> {
    let unknown = |reason: &str| Some(Wanted::Unknown { component: name.to_owned(), reason: reason.to_owned() });
    match component.kind {
        ComponentType::Routes => return None,
        ComponentType::Cron => return unknown("how often its runs overlap and how long they take is not counted"),
        ComponentType::Job => return unknown("it runs before each deployment, and nobody counts those"),
        ComponentType::Web | ComponentType::Worker => {}
    }
    let containers = std::iter::once(&component.resources).chain(component.sidecars.values().map(|one| &one.resources));
    let gpus = containers.clone().flatten().any(|resources| resources.gpu.is_some_and(|gpus| gpus > 0));
    if gpus {
        return unknown("the price book has no instances with graphics processors");
    }
    let (mut cpu, mut memory) = containers.fold((0, 0), |(cpu, memory), one| {
        let (more_cpu, more_memory) = request(one.as_ref());
        (cpu + more_cpu, memory + more_memory)
    });
    // Sidecars start before what comes first, and run beside it.
    let beside = component.sidecars.values().map(|one| request(one.resources.as_ref()));
    let beside = beside.fold((0, 0), |(cpu, memory), one| (cpu + one.0, memory + one.1));
    for init in &component.init {
        let one = request(init.container.resources.as_ref());
        cpu = cpu.max(one.0 + beside.0);
        memory = memory.max(one.1 + beside.1);
    }
    let disks: Vec<u64> = component
        .volumes
        .values()
        .filter_map(|volume| volume.size.as_deref())
        .filter_map(mebibytes)
        .map(|size| size.div_ceil(1024))
        .collect();
    let (least, most) = count(component.scale.as_ref(), running);
    let spot = component.spot.map_or(disks.is_empty(), |spot| spot == Spot::Prefer);
    let arch = component.arch.unwrap_or(Arch::Amd64);
    Some(Wanted::Pods(Pods { component: name.to_owned(), cpu, memory, least, most, spot, arch, disks }))
}

fn request(resources: Option<&Resources>) -> (u64, u64) {
    let cpu = resources.and_then(|all| all.cpu.as_deref()).and_then(millicores);
    let memory = resources.and_then(|all| all.memory.as_deref().or(all.memory_limit.as_deref())).and_then(mebibytes);
    (cpu.unwrap_or(DEFAULT.0), memory.unwrap_or(DEFAULT.1))
}

/// What runs today, within what the component may be; all that it may be where nobody knows what runs.
fn count(scale: Option<&Scale>, running: Option<(u64, u64)>) -> (u64, u64) {
    match scale {
        None => (1, 1),
        Some(Scale::Fixed(count)) => (u64::from(*count), u64::from(*count)),
        Some(Scale::Range(range)) => {
            let (min, max) = (u64::from(range.min), u64::from(range.max).max(u64::from(range.min)));
            running.map_or((min, max), |(least, most)| (least.clamp(min, max), most.clamp(min, max)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, running: Option<(u64, u64)>) -> Vec<Wanted> {
        let text = format!("plconfig: v1\napp: it\nteam: shop\nimage: registry.example/it:1\ncomponents:\n{text}");
        wanted(&serde_yaml::from_str(&text).unwrap(), running)
    }

    fn pods(text: &str, running: Option<(u64, u64)>) -> Pods {
        match of(text, running).pop() {
            Some(Wanted::Pods(pods)) => pods,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_pod_asks_for_all_that_runs_in_it() {
        let text = "  web:
    type: web
    port: 8080
    resources: {cpu: 250m, memory: 384Mi}
    sidecars: {proxy: {resources: {cpu: 50m, memory: 64Mi}}, agent: {}}
    init:
      - {name: migrate, container: {resources: {cpu: '1', memory: 128Mi}}}
    volumes: {/data: {size: 20Gi}, /tmp: {temporary: disk}}
    scale: 3
";
        let pods = pods(text, Some((9, 9)));
        // Processors of what runs first, with the sidecars beside it; memory of what runs in the end.
        assert_eq!((pods.cpu, pods.memory), (1000 + 50 + 100, 384 + 64 + 128));
        assert_eq!((pods.least, pods.most, pods.disks.as_slice(), pods.spot), (3, 3, &[20][..], false));
    }

    #[test]
    fn what_says_nothing_asks_for_the_default_and_goes_where_it_may() {
        let of = |rest: &str| pods(&format!("  web: {{type: worker, {rest}}}\n"), None);
        let plain = of("");
        assert_eq!((plain.cpu, plain.memory, plain.least, plain.spot, plain.arch), (100, 128, 1, true, Arch::Amd64));
        let said = of("spot: never, arch: arm64");
        assert_eq!((said.spot, said.arch), (false, Arch::Arm64));
        assert_eq!(of("resources: {memory_limit: 1Gi}").memory, 1024);
    }

    #[test]
    fn of_a_range_what_runs_today_is_taken() {
        let of = |running| {
            let pods = pods("  web: {type: worker, scale: {min: 2, max: 10, cpu: 70}}\n", running);
            (pods.least, pods.most)
        };
        assert_eq!((of(None), of(Some((4, 6))), of(Some((0, 99)))), ((2, 10), (4, 6), (2, 10)));
    }

    #[test]
    fn what_nobody_counts_is_unknown() {
        let text = "  nightly: {type: cron, schedule: '0 5 * * *'}\n  migrate: {type: job}\n  gpu: {type: worker, resources: {gpu: 1}}\n";
        let all = of(text, None);
        assert!(all.len() == 3 && all.iter().all(|one| matches!(one, Wanted::Unknown { .. })), "{all:?}");
        assert!(of("  answers: {type: routes}\n", None).is_empty());
    }
}
