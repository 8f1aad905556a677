//! What many rehearsals say.

use crate::simulated_run::rehearse_to_end;
use crate::{Intention, Profile, Violation, world_of};
use caravan_cutover_engine::{Outcome, Phase};
use caravan_plans::Sealed;
use serde::Serialize;

/// What many rehearsals of one plan say (`caravan.rehearsal/v1`).
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// `caravan.rehearsal/v1`.
    pub schema: &'static str,
    /// The plan that was rehearsed.
    pub plan_hash: String,
    /// How many times.
    pub runs: u64,
    /// How many ended with everything on the new side.
    pub done: u64,
    /// How many ended with everything as it was.
    pub rolled_back: u64,
    /// How many rules did not hold, over all runs.
    pub violations: u64,
    /// How many faults were planned.
    pub faults: u64,
    /// How long the rollback took.
    pub rollback_seconds: RollbackSeconds,
    /// Requests that no side answered well, over all runs.
    pub lost_requests: u64,
    /// The seeds of runs in which a rule did not hold.
    pub failing_seeds: Vec<u64>,
}

/// How long the rollback took, over the runs that went back; none when none did.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[expect(missing_docs, reason = "the words say it")]
pub struct RollbackSeconds {
    pub p50: Option<u64>,
    pub p99: Option<u64>,
    pub max: Option<u64>,
}

/// Rehearses a plan so many times from a seed on. `each` sees every violation with its seed.
pub fn rehearse_many(
    plan: &Sealed,
    runs: u64,
    seed: u64,
    profile: Profile,
    intention: Intention,
    mut each: impl FnMut(u64, &Violation),
) -> Report {
    let mut report = Report {
        schema: "caravan.rehearsal/v1",
        plan_hash: plan.hash().to_string(),
        runs,
        done: 0,
        rolled_back: 0,
        violations: 0,
        faults: 0,
        rollback_seconds: RollbackSeconds::default(),
        lost_requests: 0,
        failing_seeds: Vec::new(),
    };
    let mut seconds = Vec::new();
    for seed in seed..seed.saturating_add(runs) {
        let mut world = world_of(plan.plan(), seed);
        let fault_plan = profile.draw(seed, plan.plan(), &mut world);
        report.faults += (fault_plan.faults.len() + fault_plan.crashes.len() + fault_plan.full_disk.len()) as u64;
        let simulated_run = rehearse_to_end(plan, world, intention, &fault_plan);
        match simulated_run.state.phase {
            Phase::Finished(Outcome::Done) => report.done += 1,
            Phase::Finished(Outcome::RolledBack) => report.rolled_back += 1,
            _ => {}
        }
        report.lost_requests += simulated_run.served.dark + simulated_run.served.unhealthy;
        seconds.extend(simulated_run.rollback_seconds);
        if !simulated_run.violations.is_empty() {
            report.failing_seeds.push(seed);
        }
        report.violations += simulated_run.violations.len() as u64;
        simulated_run.violations.iter().for_each(|violation| each(seed, violation));
    }
    report.rollback_seconds = quantiles(seconds);
    report
}

fn quantiles(mut seconds: Vec<u64>) -> RollbackSeconds {
    seconds.sort_unstable();
    let at = |share: usize| seconds.get((seconds.len() * share / 100).min(seconds.len().saturating_sub(1))).copied();
    RollbackSeconds { p50: at(50), p99: at(99), max: seconds.last().copied() }
}
