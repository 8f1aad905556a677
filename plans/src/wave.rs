//! A wave: what moves together in one window.

use crate::{PlanHash, Shift, Step};
use caravan_providers::target::{RouteFrame, RuleFrame, Target};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The plan of one wave. It holds everything that execution needs: no choice is left for then.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WavePlan {
    /// `caravan.wave/v2`.
    pub schema: String,
    /// The wave's name.
    pub wave: String,
    /// The hash of this wave's previous seal; none for its first.
    pub parent: Option<PlanHash>,
    /// Who may drive it.
    pub drivers: Drivers,
    /// What is taken back when a new side fails. Plans that were sealed without it take the wave back.
    #[serde(default)]
    pub on_failure: OnFailure,
    /// Milliseconds for which everything must have stood on the new side before the run may be finalised, after which there is no
    /// way back: at least as long as resolvers keep an answer. Plans that were sealed without it have a day.
    #[serde(default = "WavePlan::default_soak_ms", skip_serializing_if = "WavePlan::is_default_soak")]
    pub soak_ms: u64,
    /// Which clusters the contexts of the kubeconfig led to when the targets were observed: the uid of the namespace `kube-system` by
    /// context. A context is a name on a machine; elsewhere, or tomorrow, it may lead to another cluster with the same names in it. Empty
    /// of plans that were sealed without it, and without what may not be asked.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub clusters: BTreeMap<String, String>,
    /// What of its routes is not their rules, by the route: another one of the same name, or one that takes other requests, is not what
    /// was sealed. Empty of plans that were sealed without it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub routes: BTreeMap<String, RouteFrame>,
    /// What of its load balancers' rules and listeners is not their actions, by ARN: whose requests they take. Empty of plans that were
    /// sealed without it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rules: BTreeMap<String, RuleFrame>,
    /// The steps, in the order in which they are made; a rollback is the reverse.
    pub steps: Vec<Step>,
}

/// Who may drive a run (K8).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Drivers {
    /// Drivers on several machines, under a shared lease.
    #[default]
    Shared,
    /// Only drivers on one machine: a checked target is then safe without the shared lease.
    OneMachine,
}

/// What is taken back when the new side of a shift fails.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnFailure {
    /// Everything that the wave has moved so far.
    #[default]
    Wave,
    /// That shift alone: the others go on.
    Shift,
}

impl WavePlan {
    /// The version of the format that this code writes.
    pub const SCHEMA: &str = "caravan.wave/v2";

    /// The shifts among its steps.
    pub fn shifts(&self) -> impl Iterator<Item = &Shift> {
        self.steps.iter().filter_map(|step| match step {
            Step::Shift(shift) => Some(shift),
            Step::HandOver(_) => None,
        })
    }

    /// Every target that it changes, in the order of steps and places.
    pub fn targets(&self) -> impl Iterator<Item = &Target> {
        self.steps.iter().flat_map(Step::targets)
    }

    /// The name of a stage of a step, as people give it back to approve it: the workload and the share or the switch, and
    /// the target where several steps of a workload have equal ones. None when there is no such stage.
    #[must_use]
    pub fn step_name(&self, step: usize, stage: usize) -> Option<String> {
        let name = self.steps.get(step)?.stage_name(stage)?;
        Some(format!("{} {name}", self.step_title(step)?))
    }

    /// The name of a step without its stage, as people give it back to leave its target to others: the workload, and the target
    /// where the workload has several steps of the kind. None when there is no such step.
    #[must_use]
    pub fn step_title(&self, step: usize) -> Option<String> {
        let planned = self.steps.get(step)?;
        let same_kind = |other: &&Step| {
            other.workload() == planned.workload()
                && matches!(other, Step::Shift(_)) == matches!(planned, Step::Shift(_))
        };
        let alone = self.steps.iter().filter(same_kind).count() == 1 || matches!(planned, Step::HandOver(_));
        let at = match planned.target(0) {
            Some(target) if !alone => format!(" at {}", target.short_name()),
            _ => String::new(),
        };
        Some(format!("{}{at}", planned.workload()))
    }
}
