//! From all workloads to bills, and their sums.

use super::book;
use super::input::{CostInput, Hosts};
use super::item::{Bill, Item, ItemKind};
use super::money::{Cost, Range, Savings};
use super::nodes::NodeSettings;
use super::pods::Wanted;
use super::then::{Asked, BoughtNodes, then};
use super::today::shared;
use crate::readiness::Verdict;
use caravan_inventory::{EnvironmentName, ObservationId, TeamName, WorkloadId};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What an estate costs, now and then.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Estimate {
    /// Every workload, by id.
    pub workloads: Vec<WorkloadCost>,
    /// Of what moves: by team.
    pub teams: Vec<GroupCost>,
    /// Of what moves: by wave, in the order of the waves.
    pub waves: Vec<WaveCost>,
    /// What each cluster costs besides, whoever runs on it.
    pub clusters: Vec<ClusterCost>,
    /// The nodes that are bought; what they cost is in the bills of the workloads.
    pub nodes: Vec<BoughtNodes>,
    /// All together.
    pub total: Totals,
}

/// One workload.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct WorkloadCost {
    /// Its id.
    pub id: WorkloadId,
    /// Its team.
    pub team: TeamName,
    /// Where in the life of software it stands.
    pub environment: EnvironmentName,
    /// What becomes of it.
    pub verdict: Verdict,
    /// The wave in which it moves; none where it is in none.
    pub wave: Option<String>,
    /// What it costs now.
    pub now: Bill,
    /// What it costs when it has moved, or been taken down; the same as now where it stays.
    pub then: Bill,
    /// What that saves; nothing is known of it while nobody knows what runs it now, or would then.
    pub savings: Savings,
}

/// Several workloads together.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct GroupCost {
    /// The team.
    pub name: String,
    /// How many of its workloads move.
    pub workloads: u64,
    /// What these cost now.
    pub now: Cost,
    /// What they cost then, without what clusters cost besides.
    pub then: Cost,
    /// What is saved.
    pub savings: Savings,
}

/// The workloads of a wave together.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct WaveCost {
    /// The wave.
    pub name: String,
    /// How many workloads.
    pub workloads: u64,
    /// What they cost now.
    pub now: Cost,
    /// What they cost then.
    pub then: Cost,
    /// What is saved once the old side is gone.
    pub savings: Savings,
    /// While both sides run: from the first stage until the old side is taken down.
    pub both_sides: Cost,
}

/// What a cluster costs besides.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ClusterCost {
    /// Its environment.
    pub environment: EnvironmentName,
    /// Everything in it.
    pub items: Vec<Item>,
    /// All of it together.
    pub total: Cost,
}

/// All together.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Totals {
    /// Of what moves.
    pub moves: GroupCost,
    /// What the clusters cost besides.
    pub clusters: Cost,
    /// What is saved, the clusters paid. Workloads of which nobody knows what one side costs are in `unknown`, and in no figure.
    pub savings: Savings,
    /// What is taken down, and costs nothing then.
    pub retired: StaysCost,
    /// What stays, is replaced, or waits for a person's word.
    pub stays: StaysCost,
}

/// Workloads that do not move.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct StaysCost {
    /// How many.
    pub workloads: u64,
    /// What they cost now.
    pub now: Cost,
}

/// Reckons an estate. `waves` says in which wave each workload moves, and `order` names the waves in their order.
///
/// Total and deterministic, whatever the order of the inputs.
#[must_use]
pub fn estimate(
    mut inputs: Vec<CostInput>,
    hosts: &Hosts,
    settings: &NodeSettings,
    waves: &BTreeMap<WorkloadId, String>,
    order: &[String],
) -> Estimate {
    inputs.sort_by(|one, other| one.workload.cmp(&other.workload));
    let mut coming = coming(&inputs, settings);
    let shares = Shares::of(&inputs, hosts);
    let mut workloads = Vec::with_capacity(inputs.len());
    for (number, input) in inputs.iter().enumerate() {
        let now = shares.now(input);
        let then = Bill::new(match input.verdict {
            Verdict::Move => std::mem::take(&mut coming.items[number]),
            Verdict::Keep => now.items.clone(),
            Verdict::Retire => {
                vec![Item::new(ItemKind::Compute, "nothing: it is taken down", Cost::known(Range::default()))]
            }
            Verdict::Replace => vec![unknown("what takes its place", "which service that is, a person says")],
            Verdict::Undecided => vec![unknown("what becomes of it", "it is undecided")],
        });
        let savings = savings(&input.workload, &now, &then);
        workloads.push(WorkloadCost {
            id: input.workload.clone(),
            team: input.team.clone(),
            environment: input.environment.clone(),
            verdict: input.verdict,
            wave: waves.get(&input.workload).cloned(),
            now,
            then,
            savings,
        });
    }
    let total = totals(&workloads, &coming.clusters);
    Estimate {
        teams: teams(&workloads),
        waves: order.iter().map(|name| wave(name, &workloads)).collect(),
        clusters: coming.clusters,
        nodes: coming.nodes,
        total,
        workloads,
    }
}

impl Estimate {
    /// These workloads together, as if they were a wave of this name.
    #[must_use]
    pub fn together(&self, name: &str, workloads: &BTreeSet<&str>) -> WaveCost {
        sides(name, self.workloads.iter().filter(|one| workloads.contains(one.id.as_str())))
    }
}

fn unknown(what: &str, reason: &str) -> Item {
    Item::unknown(ItemKind::Compute, what, reason)
}

/// Without what runs it on both sides nothing is known: the rest alone would say that it became dearer, or came for nothing.
fn savings(id: &WorkloadId, now: &Bill, then: &Bill) -> Savings {
    let lacking = match (now.has_compute(), then.has_compute()) {
        (true, true) => return Savings::of(&now.total, &then.total),
        (false, _) => "what it costs now is not known",
        (true, false) => "what it costs then is not known",
    };
    Savings::of(&Cost::unknown(format!("savings of {id}"), lacking), &Cost::default())
}

/// What the clusters come to.
struct Coming {
    /// The items of each workload, by its number.
    items: Vec<Vec<Item>>,
    clusters: Vec<ClusterCost>,
    nodes: Vec<BoughtNodes>,
}

fn coming(inputs: &[CostInput], settings: &NodeSettings) -> Coming {
    let mut items: Vec<Vec<Item>> = vec![Vec::new(); inputs.len()];
    let mut by_environment: BTreeMap<&EnvironmentName, Vec<Asked<'_>>> = BTreeMap::new();
    for (workload, input) in inputs.iter().enumerate().filter(|(_, input)| input.verdict == Verdict::Move) {
        let cluster = by_environment.entry(&input.environment).or_default();
        for wanted in &input.wanted {
            match wanted {
                Wanted::Pods(pods) => {
                    cluster.push(Asked { workload, pods });
                    items[workload].extend(pods.disks.iter().map(|size| disk(*size, pods.most, settings)));
                }
                Wanted::Unknown { component, reason } => {
                    items[workload].push(unknown(&format!("pods of {component}"), reason));
                }
            }
        }
    }
    let (mut clusters, mut nodes) = (Vec::new(), Vec::new());
    for (environment, asked) in by_environment {
        let (priced, bought) = then(environment, &asked, settings);
        priced.into_iter().for_each(|(workload, item)| items[workload].push(item));
        nodes.extend(bought);
        clusters.push(cluster(environment, settings));
    }
    Coming { items, clusters, nodes }
}

fn disk(size: u64, count: u64, settings: &NodeSettings) -> Item {
    let what = format!("{count} disks of {size} GiB of gp3");
    Item::priced(ItemKind::Disk, what, [book::volume(&settings.region, "gp3", size)], |[hour]| hour.times(count))
}

/// What each cluster has, whatever runs on it.
fn cluster(environment: &EnvironmentName, settings: &NodeSettings) -> ClusterCost {
    let items = vec![
        Item::priced(ItemKind::Compute, "the control plane", [Ok(book::control_plane())], |[hour]| hour),
        Item::priced(
            ItemKind::Balancer,
            "the network load balancer of the public gateway",
            [book::balancer(&settings.region, "network")],
            |[hour]| hour,
        ),
        Item::new(
            ItemKind::Balancer,
            "its capacity units",
            Cost::unknown(
                "capacity units of load balancers",
                "connections, bytes and rules that a load balancer evaluates are not read",
            ),
        ),
        Item::unknown(
            ItemKind::Compute,
            "pods of the platform itself",
            "no document says what Argo CD, the gateways, Karpenter and the other controllers ask for",
        ),
    ];
    let total = Cost::sum(items.iter().map(|item| &item.cost));
    ClusterCost { environment: environment.clone(), items, total }
}

/// What workloads have in common now.
struct Shares<'a> {
    /// How many stand behind each load balancer.
    users: BTreeMap<&'a ObservationId, u64>,
    /// What all tasks on the machines of a cluster reserve.
    reserved: BTreeMap<&'a str, (u128, u128)>,
    hosts: &'a Hosts,
}

impl<'a> Shares<'a> {
    fn of(inputs: &'a [CostInput], hosts: &'a Hosts) -> Self {
        let (mut users, mut reserved) = (BTreeMap::new(), BTreeMap::new());
        for input in inputs {
            input.balancers.iter().for_each(|balancer| *users.entry(&balancer.id).or_default() += 1);
            if let Some(hosted) = &input.hosted {
                let sum: &mut (u128, u128) = reserved.entry(hosted.cluster.as_str()).or_default();
                *sum = (sum.0 + u128::from(hosted.cpu), sum.1 + u128::from(hosted.memory));
            }
        }
        Self { users, reserved, hosts }
    }

    fn now(&self, input: &CostInput) -> Bill {
        let mut items = input.items.clone();
        items.extend(self.hosted(input));
        for balancer in &input.balancers {
            items.extend(shared(balancer, self.users.get(&balancer.id).copied().unwrap_or(1)));
        }
        Bill::new(items)
    }

    /// The part of a cluster's machines that a workload's tasks take: half by processors and half by memory.
    fn hosted(&self, input: &CostInput) -> Option<Item> {
        let hosted = input.hosted.as_ref()?;
        let name = hosted.cluster.rsplit('/').next().unwrap_or(&hosted.cluster);
        let what = format!("{} tasks on the machines of cluster {name}", hosted.tasks);
        let Some(machines) = self.hosts.clusters.get(&hosted.cluster).filter(|all| !all.is_empty()) else {
            return Some(Item::unknown(ItemKind::Compute, what, "none of its machines was observed"));
        };
        let (cpu, memory) = self.reserved.get(hosted.cluster.as_str()).copied().unwrap_or_default();
        // In millionths: what is reserved on a cluster is far beyond what fits a product of three.
        const WHOLE: u128 = 1_000_000;
        let of = |own: u64, all: u128| u128::from(own) * WHOLE / all.max(1);
        let part = u64::try_from((of(hosted.cpu, cpu) + of(hosted.memory, memory)) / 2).unwrap_or(0);
        let cost = Cost::sum(machines.iter().map(|machine| &machine.cost)).part(part, 1_000_000);
        let mut item = Item::new(ItemKind::Compute, what, cost);
        item.sources = machines.iter().flat_map(|machine| machine.sources.iter().copied()).collect();
        Some(item)
    }
}

fn group<'a>(name: &str, members: impl Iterator<Item = &'a WorkloadCost>) -> GroupCost {
    let mut group = GroupCost {
        name: name.to_owned(),
        workloads: 0,
        now: Cost::default(),
        then: Cost::default(),
        savings: Savings::default(),
    };
    for member in members.filter(|member| member.verdict == Verdict::Move) {
        group.workloads += 1;
        group.now.add(&member.now.total);
        group.then.add(&member.then.total);
        group.savings.add(&member.savings);
    }
    group
}

fn teams(workloads: &[WorkloadCost]) -> Vec<GroupCost> {
    let mut teams: BTreeMap<&TeamName, Vec<&WorkloadCost>> = BTreeMap::new();
    for one in workloads.iter().filter(|one| one.verdict == Verdict::Move) {
        teams.entry(&one.team).or_default().push(one);
    }
    teams.into_iter().map(|(team, members)| group(team.as_str(), members.into_iter())).collect()
}

fn wave(name: &str, workloads: &[WorkloadCost]) -> WaveCost {
    sides(name, workloads.iter().filter(|one| one.wave.as_deref() == Some(name)))
}

fn sides<'a>(name: &str, members: impl Iterator<Item = &'a WorkloadCost>) -> WaveCost {
    let GroupCost { name, workloads, now, then, savings } = group(name, members);
    let both_sides = Cost::sum([&now, &then]);
    WaveCost { name, workloads, now, then, savings, both_sides }
}

fn totals(workloads: &[WorkloadCost], clusters: &[ClusterCost]) -> Totals {
    let moves = group("all", workloads.iter());
    let clusters = Cost::sum(clusters.iter().map(|cluster| &cluster.total));
    let mut savings = moves.savings.clone();
    if moves.workloads > 0 {
        savings.add(&Savings::of(&Cost::default(), &clusters));
    }
    let (mut retired, mut stays) = (StaysCost::default(), StaysCost::default());
    for one in workloads.iter().filter(|one| one.verdict != Verdict::Move) {
        let group = if one.verdict == Verdict::Retire { &mut retired } else { &mut stays };
        group.workloads += 1;
        group.now.add(&one.now.total);
    }
    Totals { moves, clusters, savings, retired, stays }
}
