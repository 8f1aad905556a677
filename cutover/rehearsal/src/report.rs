//! The report of many simulated runs.

use crate::simulated_run::rehearse_to_end;
use crate::{FaultPlan, Intention, Lost, Profile, SimulatedRun, Violation, world_of};
use caravan_cutover_engine::{Outcome, Phase, State};
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
    /// Whether every rule held in every run.
    pub passed: bool,
    /// How many runs were simulated.
    pub runs: u64,
    /// Those that were to end on the new side.
    pub forward: Ends,
    /// Those that were to go there and back, or to be taken back on the way.
    pub back: Ends,
    /// How many rules did not hold, over all runs.
    pub violations: u64,
    /// How many faults were planned.
    pub faults: u64,
    /// How long the rollback took.
    pub rollback_seconds: RollbackSeconds,
    /// Requests that no side answered well, over all runs.
    pub lost_requests: u64,
    /// The same, by why.
    pub lost: Lost,
    /// The seeds of runs in which a rule did not hold.
    pub failing_seeds: Vec<u64>,
}

/// Where runs ended.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Ends {
    /// How many runs there were.
    pub runs: u64,
    /// With everything on the new side.
    pub new_side: u64,
    /// With everything back on the old side.
    pub old_side: u64,
    /// Elsewhere: released half-way, or with something that was left to others.
    pub elsewhere: u64,
    /// Nowhere yet: they wait for a person who does not answer.
    pub waiting: u64,
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
    forward: Ends,
    back: Ends,
    violations: u64,
    faults: u64,
    rollback_seconds: Vec<u64>,
    lost: Lost,
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
        let intention = intention.of(seed);
        let run = rehearse_to_end(plan, world, intention, &fault_plan);
        tally.count(seed, intention, &fault_plan, &run);
        run.violations.iter().for_each(|violation| each(seed, violation));
    }
    tally
}

impl Tally {
    fn count(&mut self, seed: u64, intention: Intention, fault_plan: &FaultPlan, run: &SimulatedRun) {
        self.runs += 1;
        self.faults += fault_plan.count();
        let ends = if intention.is_forward() { &mut self.forward } else { &mut self.back };
        ends.count(&run.state);
        self.lost.add(&run.lost);
        self.rollback_seconds.extend(run.rollback_seconds);
        if !run.violations.is_empty() {
            self.failing_seeds.push(seed);
        }
        self.violations += run.violations.len() as u64;
    }

    /// Adds the rehearsals of other seeds of the same plan.
    pub fn join(&mut self, other: Self) {
        self.runs += other.runs;
        self.forward.add(&other.forward);
        self.back.add(&other.back);
        self.violations += other.violations;
        self.faults += other.faults;
        self.rollback_seconds.extend(other.rollback_seconds);
        self.lost.add(&other.lost);
        self.failing_seeds.extend(other.failing_seeds);
    }

    /// What they say of the plan.
    #[must_use]
    pub fn report(mut self, plan: &Sealed) -> RehearsalReport {
        self.failing_seeds.sort_unstable();
        RehearsalReport {
            schema: "caravan.rehearsal/v1",
            plan_hash: plan.hash().to_string(),
            passed: self.violations == 0,
            runs: self.runs,
            forward: self.forward,
            back: self.back,
            violations: self.violations,
            faults: self.faults,
            rollback_seconds: quantiles(self.rollback_seconds),
            lost_requests: self.lost.total(),
            lost: self.lost,
            failing_seeds: self.failing_seeds,
        }
    }
}

impl Ends {
    const fn count(&mut self, state: &State) {
        self.runs += 1;
        *match state.phase {
            Phase::Finished(Outcome::Done) => &mut self.new_side,
            Phase::Finished(Outcome::RolledBack) => &mut self.old_side,
            Phase::Finished(Outcome::Elsewhere) => &mut self.elsewhere,
            _ => &mut self.waiting,
        } += 1;
    }

    const fn add(&mut self, other: &Self) {
        self.runs += other.runs;
        self.new_side += other.new_side;
        self.old_side += other.old_side;
        self.elsewhere += other.elsewhere;
        self.waiting += other.waiting;
    }
}

fn quantiles(mut seconds: Vec<u64>) -> RollbackSeconds {
    seconds.sort_unstable();
    let at = |share: usize| seconds.get((seconds.len() * share / 100).min(seconds.len().saturating_sub(1))).copied();
    RollbackSeconds { p50: at(50), p99: at(99), max: seconds.last().copied() }
}
