//! The report of many simulated runs.

use crate::simulated_run::rehearse_to_end;
use crate::{FaultPlan, Intention, Profile, SimulatedRun, Violation, world_of};
use caravan_cutover_engine::{Outcome, Phase};
use caravan_plans::Sealed;
use serde::Serialize;
use std::ops::Range;

/// What many rehearsals of one plan say (`caravan.rehearsal/v1`).
#[derive(Clone, Debug, Serialize)]
pub struct RehearsalReport {
    /// `caravan.rehearsal/v1`.
    pub schema: &'static str,
    /// The plan that was rehearsed.
    pub plan_hash: String,
    /// How many runs were simulated.
    pub runs: u64,
    /// How many ended with everything on the new side.
    pub done: u64,
    /// How many ended with everything as it was.
    pub rolled_back: u64,
    /// How many ended elsewhere: with a target that was left to others, or released half-way.
    pub elsewhere: u64,
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

/// What some rehearsals of a plan came to. Those of other seeds are put to it with [`Tally::join`], so that several
/// threads can share the seeds; the report is the same however they were shared.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    runs: u64,
    done: u64,
    rolled_back: u64,
    elsewhere: u64,
    violations: u64,
    faults: u64,
    rollback_seconds: Vec<u64>,
    lost_requests: u64,
    failing_seeds: Vec<u64>,
}

/// Rehearses a plan so many times from a seed on. `each` sees every violation with its seed.
pub fn rehearse_many(
    plan: &Sealed,
    runs: u64,
    seed: u64,
    profile: Profile,
    intention: Intention,
    each: impl FnMut(u64, &Violation),
) -> RehearsalReport {
    rehearse_seeds(plan, seed..seed.saturating_add(runs), profile, intention, each).report(plan)
}

/// Rehearses a plan once with each of these seeds. `each` sees every violation with its seed.
pub fn rehearse_seeds(
    plan: &Sealed,
    seeds: Range<u64>,
    profile: Profile,
    intention: Intention,
    mut each: impl FnMut(u64, &Violation),
) -> Tally {
    let mut tally = Tally::default();
    for seed in seeds {
        let mut world = world_of(plan.plan(), seed);
        let fault_plan = profile.draw(seed, plan.plan(), &mut world);
        let run = rehearse_to_end(plan, world, intention, &fault_plan);
        tally.count(seed, &fault_plan, &run);
        run.violations.iter().for_each(|violation| each(seed, violation));
    }
    tally
}

impl Tally {
    fn count(&mut self, seed: u64, fault_plan: &FaultPlan, run: &SimulatedRun) {
        self.runs += 1;
        self.faults += (fault_plan.faults.len() + fault_plan.crashes.len() + fault_plan.full_disk.len()) as u64;
        match run.state.phase {
            Phase::Finished(Outcome::Done) => self.done += 1,
            Phase::Finished(Outcome::RolledBack) => self.rolled_back += 1,
            Phase::Finished(Outcome::Elsewhere) => self.elsewhere += 1,
            _ => {}
        }
        self.lost_requests += run.served.dark + run.served.unhealthy;
        self.rollback_seconds.extend(run.rollback_seconds);
        if !run.violations.is_empty() {
            self.failing_seeds.push(seed);
        }
        self.violations += run.violations.len() as u64;
    }

    /// Adds the rehearsals of other seeds of the same plan.
    pub fn join(&mut self, other: Self) {
        self.runs += other.runs;
        self.done += other.done;
        self.rolled_back += other.rolled_back;
        self.elsewhere += other.elsewhere;
        self.violations += other.violations;
        self.faults += other.faults;
        self.rollback_seconds.extend(other.rollback_seconds);
        self.lost_requests += other.lost_requests;
        self.failing_seeds.extend(other.failing_seeds);
    }

    /// What they say of the plan.
    #[must_use]
    pub fn report(mut self, plan: &Sealed) -> RehearsalReport {
        self.failing_seeds.sort_unstable();
        RehearsalReport {
            schema: "caravan.rehearsal/v1",
            plan_hash: plan.hash().to_string(),
            runs: self.runs,
            done: self.done,
            rolled_back: self.rolled_back,
            elsewhere: self.elsewhere,
            violations: self.violations,
            faults: self.faults,
            rollback_seconds: quantiles(self.rollback_seconds),
            lost_requests: self.lost_requests,
            failing_seeds: self.failing_seeds,
        }
    }
}

fn quantiles(mut seconds: Vec<u64>) -> RollbackSeconds {
    seconds.sort_unstable();
    let at = |share: usize| seconds.get((seconds.len() * share / 100).min(seconds.len().saturating_sub(1))).copied();
    RollbackSeconds { p50: at(50), p99: at(99), max: seconds.last().copied() }
}
