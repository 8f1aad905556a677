//! Nodes: what an instance leaves for pods, and which instances the platform's NodePools may buy.

use super::book::{self, POOLED};
use super::money::Range;
use super::quantity::mebibytes;
use caravan_convert_lift::plconfig::Arch;
use serde::Serialize;

/// What pods may ask for on a node.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Room {
    /// Thousandths of a processor.
    pub cpu: u64,
    /// MiB.
    pub memory: u64,
    /// Pods.
    pub pods: u64,
}

/// A kind of node: an instance with its disk.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NodeKind {
    /// `m7g.2xlarge`.
    pub name: String,
    /// What pods of apps may ask for on it: what is allocatable, without what runs on every node.
    pub room: Room,
    /// On demand for an hour, its disk with it.
    pub price: Range,
    /// What of that is the disk, which costs the same on spot.
    pub disk: Range,
}

/// What the platform says of its nodes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NodeSettings {
    /// The region in which they are bought.
    pub region: String,
    /// GiB of a node's disks.
    pub disk: u64,
}

impl NodeSettings {
    /// Nodes of a region whose disk for images and logs has this size, as `caravan.yaml` writes it: `50Gi`. Bottlerocket has a
    /// second one of 4 GiB for itself. None of what is no size.
    #[must_use]
    pub fn new(region: &str, disk: &str) -> Option<Self> {
        let size = mebibytes(disk)?.div_ceil(1024);
        Some(Self { region: region.to_owned(), disk: size + 4 })
    }
}

/// What runs on every node: the network's and the disks' drivers, the proxy, the agent for identities, and Datadog's. An
/// estimate; no document says what a company's own DaemonSets ask for.
pub const ON_EACH_NODE: Room = Room { cpu: 300, memory: 614, pods: 6 };

/// What a virtual machine keeps for itself of its memory, in thousandths (Karpenter, `vmMemoryOverheadPercent`).
const OF_THE_MACHINE: u64 = 75;

/// What Graviton's kernel keeps besides, in MiB.
const OF_GRAVITON: u64 = 64;

/// At how much free memory the kubelet evicts, in MiB (`memory.available`).
const EVICTION: u64 = 100;

/// The sizes that NodePools may buy, by processors: more than three, and fewer than a limit that follows the largest pod.
const SIZES: &[(&str, u64)] =
    &[("xlarge", 4), ("2xlarge", 8), ("4xlarge", 16), ("8xlarge", 32), ("12xlarge", 48), ("16xlarge", 64)];

/// What is allocatable on a node as EKS reckons it: the kubelet keeps processors by steps, memory by the pods that fit.
#[must_use]
pub fn allocatable(processors: u64, memory: u64, pods: u64, arch: Arch) -> Room {
    let graviton = if arch == Arch::Arm64 { OF_GRAVITON } else { 0 };
    let seen = memory.saturating_sub(graviton);
    let seen = seen.saturating_sub((seen * OF_THE_MACHINE).div_ceil(1000));
    Room {
        cpu: (processors * 1000).saturating_sub(kept_processors(processors)),
        memory: seen.saturating_sub(11 * pods + 255 + EVICTION),
        pods,
    }
}

/// 6 % of the first processor, 1 % of the next, 0.5 % of the next two, 0.25 % of all others; in thousandths, rounded up.
fn kept_processors(count: u64) -> u64 {
    const STEPS: &[(u64, u64)] = &[(1, 600), (1, 100), (2, 50), (u64::MAX, 25)];
    let (mut left, mut tenths) = (count, 0);
    for (most, each) in STEPS {
        let taken = left.min(*most);
        tenths += taken * each;
        left -= taken;
    }
    tenths.div_ceil(10)
}

/// Instances have fewer processors than this: twice as many as the largest pod needs, and at least so many that several pods
/// share one. The same as what `convert` writes into the NodePools.
#[must_use]
pub fn largest_instance(cpu: u64, memory: u64) -> u64 {
    let needed = cpu.div_ceil(1000).max(memory.div_ceil(8 * 1024));
    needed.saturating_mul(2).checked_next_power_of_two().unwrap_or(u64::MAX - 1).max(32) + 1
}

/// Every kind of node of a processor that is below this many processors, and has a price; in a fixed order.
///
/// # Errors
/// Why there is none.
pub fn kinds(settings: &NodeSettings, arch: Arch, below: u64) -> Result<Vec<NodeKind>, book::NoPrice> {
    let disk = book::volume(&settings.region, "gp3", settings.disk)?.range;
    let mut kinds = Vec::new();
    for family in POOLED.iter().filter(|family| arch == Arch::Any || family.arch == arch) {
        let Some(gib) = family.memory else { continue };
        for (size, processors) in SIZES.iter().filter(|(_, processors)| *processors < below) {
            let Some(price) = family.with_processors(*processors, &settings.region) else { continue };
            let all = allocatable(*processors, processors * gib * 1024, family.pods.of(*processors), family.arch);
            kinds.push(NodeKind {
                name: format!("{}.{size}", family.name),
                room: Room {
                    cpu: all.cpu.saturating_sub(ON_EACH_NODE.cpu),
                    memory: all.memory.saturating_sub(ON_EACH_NODE.memory),
                    pods: all.pods.saturating_sub(ON_EACH_NODE.pods),
                },
                price: price.range.plus(disk),
                disk,
            });
        }
    }
    match kinds.is_empty() {
        true => Err(book::instance("c6a.xlarge", &settings.region).err().unwrap_or(book::NoPrice {
            what: "instance that is small enough".to_owned(),
            region: settings.region.clone(),
        })),
        false => Ok(kinds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_allocatable_is_what_karpenter_says() {
        // Karpenter's reference of instance types, Amazon Linux 2023.
        for (name, processors, gib, arch, cpu, memory, pods) in [
            ("c5.18xlarge", 72, 144, Arch::Amd64, 71_750, 127_934, 737),
            ("c5.2xlarge", 8, 16, Arch::Amd64, 7_910, 14_162, 58),
            ("m7g.xlarge", 4, 16, Arch::Arm64, 3_920, 14_103, 58),
            ("m7g.8xlarge", 32, 128, Arch::Arm64, 31_850, 118_253, 234),
            ("c6g.large", 2, 4, Arch::Arm64, 1_930, 3_055, 29),
            ("c6g.medium", 1, 2, Arch::Arm64, 940, 1_392, 8),
        ] {
            assert_eq!(allocatable(processors, gib * 1024, pods, arch), Room { cpu, memory, pods }, "{name}");
        }
    }

    #[test]
    fn pools_buy_what_convert_lets_them_buy() {
        let settings = NodeSettings { region: "eu-central-1".to_owned(), disk: 54 };
        let small = kinds(&settings, Arch::Amd64, largest_instance(1000, 1024)).unwrap();
        assert!(small.iter().all(|kind| !kind.name.ends_with(".16xlarge") && !kind.name.contains("g.")));
        assert!(small.iter().any(|kind| kind.name == "r6a.8xlarge"));
        let large = kinds(&settings, Arch::Arm64, largest_instance(30_000, 1024)).unwrap();
        assert!(
            large.iter().any(|kind| kind.name == "c7g.16xlarge") && large.iter().all(|kind| kind.name.contains('g'))
        );
        let both = kinds(&settings, Arch::Any, largest_instance(1, 1)).unwrap().len();
        assert_eq!(both, small.len() + kinds(&settings, Arch::Arm64, 33).unwrap().len());
        let nowhere = NodeSettings { region: "ap-south-1".to_owned(), ..settings };
        assert!(kinds(&nowhere, Arch::Any, 33).unwrap_err().to_string().contains("ap-south-1"));
        assert_eq!((largest_instance(16_001, 1), largest_instance(1, 256 * 1024)), (65, 65));
    }
}
