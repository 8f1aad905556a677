//! The waves of the whole estate, proposed from the inventory, the decisions and `waves` of caravan.yaml.

use crate::assessing::Assessor;
use crate::config::Config;
use crate::error::{Failure, FailureKind};
use crate::global::Global;
use crate::inventory_db::each_workload;
use crate::{config, decisions};
use caravan_inventory::{Edge, EdgeKind, ObservationKind, Workload, WorkloadId};
use caravan_inventory_store::{Store, WorkloadFilter};
use caravan_plans::readiness::{Assessment, Subject};
use caravan_plans::waves::{Candidate, Proposal, WavePolicy, propose};
use caravan_plans::{ClosedWay, closed_ways};
use std::collections::{BTreeMap, HashSet};

/// Everything that a proposal is made of.
pub(crate) struct Estate {
    /// Every workload, as waves need to know it.
    candidates: Vec<Candidate>,
    /// Every edge from one workload to another.
    edges: Vec<Edge>,
    policy: WavePolicy,
    /// Calls of workloads to load balancers, of which nothing says whose they are.
    pub(crate) unresolved: Vec<Edge>,
    /// The workloads, owned as people decided.
    pub(crate) workloads: BTreeMap<WorkloadId, Workload>,
    /// What keeps ways in to them closed on the gateway.
    pub(crate) closed: Vec<ClosedWay>,
}

impl Estate {
    /// Assesses every workload and reads the edges between them.
    ///
    /// # Errors
    /// Those of reading.
    pub(crate) fn read(global: &Global, store: &Store, config: &Config) -> Result<Self, Failure> {
        Self::read_with(global, store, config, &mut |_, _| {})
    }

    /// The same, and shows each workload as it is assessed, part by part.
    ///
    /// # Errors
    /// Those of reading.
    pub(crate) fn read_with(
        global: &Global,
        store: &Store,
        config: &Config,
        visit: &mut dyn FnMut(&Subject<'_>, &Assessment),
    ) -> Result<Self, Failure> {
        let decisions = decisions::load(&global.dir)?;
        let assessor = Assessor::read(store, &decisions, &config.platform)?;
        let mut ids = Vec::new();
        each_workload(store, &WorkloadFilter::default(), |workload| {
            ids.push(workload.id);
            Ok(())
        })?;
        let (mut candidates, mut workloads) = (Vec::with_capacity(ids.len()), BTreeMap::new());
        let mut closed = Vec::new();
        for id in ids {
            let mut visit = |subject: &Subject<'_>, assessment: &Assessment| {
                closed.extend(closed_ways(&id, subject.questions, &decisions));
                visit(subject, assessment);
            };
            let (workload, assessment) =
                assessor.assess_with(&id, &mut visit)?.ok_or_else(|| crate::lifting::gone(&id))?;
            candidates.push(Candidate::new(&workload, &assessment));
            workloads.insert(id, workload);
        }
        let known: HashSet<&str> = candidates.iter().map(|candidate| candidate.workload.as_str()).collect();
        let (mut edges, mut unresolved) = (Vec::new(), Vec::new());
        let balancers = [ObservationKind::LoadBalancer, ObservationKind::ClassicLoadBalancer];
        store.each_edge::<Failure>(|edge| {
            if known.contains(edge.from.as_str()) && edge.from != edge.to {
                let to_balancer = balancers
                    .iter()
                    .any(|kind| edge.to.strip_prefix(kind.as_str()).is_some_and(|rest| rest.starts_with('/')));
                if known.contains(edge.to.as_str()) {
                    edges.push(edge);
                } else if edge.kind == EdgeKind::Calls && to_balancer {
                    unresolved.push(edge);
                }
            }
            Ok(())
        })?;
        unresolved.sort();
        Ok(Self { candidates, edges, policy: config.waves.clone(), unresolved, workloads, closed })
    }

    /// The proposal.
    ///
    /// # Errors
    /// A configuration failure when `waves` of caravan.yaml can't be kept.
    pub(crate) fn propose(&self, global: &Global) -> Result<Proposal<'_>, Failure> {
        let path = Config::path(&global.dir);
        propose(&self.candidates, &self.edges, &self.policy).map_err(|error| {
            let failure = Failure::caused(FailureKind::Configuration, error).context(path.to_string());
            failure.hint(format!("change `waves` in {}; docs/waves.md says what its keys do", config::FILE))
        })
    }
}
