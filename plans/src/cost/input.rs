//! What an estimate needs of each workload.

use super::item::Item;
use super::pods::{Wanted, wanted};
use super::today::{self, Balancer, Hosted, balancers};
use crate::readiness::{Assessment, Subject, Verdict};
use crate::sizing::{Sizing, Whole};
use caravan_convert_lift::LiftOutcome;
use caravan_inventory::{EnvironmentName, Observation, TeamName, WorkloadId};
use std::collections::BTreeMap;

/// One workload, as far as money goes.
#[derive(Clone, Debug)]
pub struct CostInput {
    pub(super) workload: WorkloadId,
    pub(super) team: TeamName,
    pub(super) environment: EnvironmentName,
    pub(super) verdict: Verdict,
    pub(super) items: Vec<Item>,
    pub(super) hosted: Option<Hosted>,
    pub(super) balancers: Vec<Balancer>,
    pub(super) wanted: Vec<Wanted>,
}

impl CostInput {
    /// What a workload costs now but for what it shares, and what its pods ask for. With `sized`, pods ask for what was measured
    /// where anything was, and else for what is declared.
    #[must_use]
    pub fn read(subject: &Subject<'_>, assessment: &Assessment, sized: bool) -> Self {
        let today = today::today(subject);
        let mut pods = match &subject.lifted.outcome {
            LiftOutcome::Converted(config) => wanted(config, today.running),
            LiftOutcome::Refused { reasons } => {
                let reason = format!("it can't be converted: {}", reasons.first().map_or("", String::as_str));
                vec![Wanted::Unknown { component: subject.workload.name.clone(), reason }]
            }
        };
        if sized {
            resize(&mut pods, &assessment.size);
        }
        Self {
            workload: subject.workload.id.clone(),
            team: subject.workload.team.clone(),
            environment: subject.workload.environment.clone(),
            verdict: assessment.verdict,
            items: today.items,
            hosted: today.hosted,
            balancers: balancers(subject),
            wanted: pods,
        }
    }

    /// Takes in another app that is made of the same workload: what it costs now is known already.
    pub fn join(&mut self, other: Self) {
        self.wanted.extend(other.wanted);
    }
}

/// Lets the pods of the one component that a size is of ask for it.
fn resize(wanted: &mut [Wanted], size: &Sizing) {
    let mut pods: Vec<_> = wanted
        .iter_mut()
        .filter_map(|one| match one {
            Wanted::Pods(pods) => Some(pods),
            Wanted::Unknown { .. } => None,
        })
        .collect();
    // A size is of all containers of a task; of several components nobody knows which has how much of it.
    if let ([pods], Whole::Pod) = (pods.as_mut_slice(), size.of) {
        pods.cpu = size.cpu.known().map_or(pods.cpu, |advice| advice.request.0);
        pods.memory = size.memory.known().map_or(pods.memory, |advice| advice.request.0);
    }
}

/// The machines of ECS clusters: what tasks on them cost is a part of what these cost.
#[derive(Clone, Debug, Default)]
pub struct Hosts {
    pub(super) clusters: BTreeMap<String, Vec<Item>>,
}

impl Hosts {
    /// Takes a running machine in that belongs to a cluster, as the edge `owned-by` names it: `ecs:arn:aws:ecs:…`.
    pub fn add(&mut self, cluster: &str, instance: &Observation) {
        let runs = matches!(instance.body["instanceState"]["name"].as_str(), None | Some("running" | "pending"));
        if runs {
            self.clusters.entry(cluster.to_owned()).or_default().push(today::host(instance));
        }
    }
}
