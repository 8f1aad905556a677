//! The invariants of a run, checked from outside the engine.

use caravan_cutover_engine::{Event, Outcome, Phase, State};
use caravan_plans::{Step, WavePlan};
use caravan_providers::target::{Guarantee, Probe, Snapshot, Target};
use caravan_providers::{Call, CallError, Reply, Verdict, Write};
use caravan_providers_simulated::{Held, World};
use std::collections::{BTreeMap, BTreeSet};

/// What must always hold in a run: the rules that ARCHITECTURE.md names.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Invariant {
    /// K1: an intent is durable before its effect.
    IntentFirst,
    /// K2: what a third party changed is not overwritten.
    NothingOverwritten,
    /// K3: what was written is observed before anything is built on it.
    Verified,
    /// K4: some side answers at every moment.
    NeverDark,
    /// K5: traffic goes back only onto a side that is healthy.
    HealthyRollback,
    /// K6: unknown never promotes.
    UnknownHolds,
    /// K8: nothing is written without the lease.
    OneDriver,
    /// K11: nothing is written to a target that somebody else writes to by themselves.
    OneOwner,
    /// K5: the rollback ends in the exact original, the way forward in the plan's last stage, no fencing token left.
    ExactEnd,
    /// C6: never are two owners of one work active at once.
    OneAtWork,
    /// C6: never is nobody at work for longer than the plan says.
    SomebodyAtWork,
    /// Every run ends or waits for a person.
    Ends,
}

/// A rule that did not hold.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Violation {
    /// The invariant that did not hold.
    pub rule: Invariant,
    /// What happened, for a person.
    pub text: String,
}

/// Watches a run.
#[derive(Debug)]
pub(crate) struct Watch {
    foreign: BTreeMap<Target, Held>,
    /// Owners that a third party has stopped or started: who is at work is then theirs to answer for.
    meddled: BTreeSet<Target>,
    /// Targets that a third party has changed in any way: a run overwrites nothing (K2), and how long it then waits for
    /// them and for a person is not its own.
    edited: BTreeSet<Target>,
    unverified: Option<Write>,
    /// Probes that brought nothing, and how often each has passed since.
    unknown: Vec<(Probe, u32)>,
    pub(crate) violations: Vec<Violation>,
}

impl Watch {
    pub(crate) const fn new() -> Self {
        Self {
            foreign: BTreeMap::new(),
            meddled: BTreeSet::new(),
            edited: BTreeSet::new(),
            unverified: None,
            unknown: Vec::new(),
            violations: Vec::new(),
        }
    }

    /// A third party changes a target, which stood as `before`.
    pub(crate) fn edited(&mut self, target: &Target, before: Option<&Held>, held: Held) {
        let is_active = |held: &Held| match held.snapshot {
            Snapshot::Activation { active, .. } => Some(active),
            _ => None,
        };
        if before.and_then(is_active) != is_active(&held) {
            self.meddled.insert(target.clone());
        }
        self.edited.insert(target.clone());
        self.foreign.insert(target.clone(), held);
    }

    /// A third party has put back what it changed: from now on the run must come to its exact end there, too.
    pub(crate) fn taken_back(&mut self, target: &Target) {
        self.foreign.remove(target);
    }

    /// A person, or a new driver, has taken an observation: what was unknown before is theirs.
    pub(crate) fn judged_by_person(&mut self) {
        self.unknown.clear();
    }

    /// A call is about to be made.
    pub(crate) fn before(&mut self, call: &Call, world: &World, plan: &WavePlan, journal: &[Event], leased: bool) {
        let Call::Write(write) = call else { return };
        let intended = journal.iter().rev().find_map(|event| match event {
            Event::Intended { write } => Some(write),
            _ => None,
        });
        if intended.is_none_or(|intended| **intended != *write) {
            self.violated(Invariant::IntentFirst, format!("{} is written without an intent", write.target));
        }
        if let Some(unverified) = self.unverified.take() {
            self.violated(Invariant::Verified, format!("{} was never observed", unverified.target));
        }
        if !leased {
            self.violated(Invariant::OneDriver, format!("{} is written without the lease", write.target));
        }
        if !world.controllers(&write.target).is_empty() {
            self.violated(Invariant::OneOwner, format!("{} is written to by others as well", write.target));
        }
        let planned = plan.steps.iter().enumerate().find_map(|(at, step)| {
            let place = step.targets().position(|target| *target == write.target)?;
            Some((at, step, step.original(place)?))
        });
        let Some((at, step, original)) = planned else {
            return;
        };
        let is_back = write.after == *original && write.before != write.after;
        let has_traffic = matches!(step, Step::Shift(_));
        if is_back && has_traffic && !was_healthy(world, at * 2) {
            self.violated(
                Invariant::HealthyRollback,
                format!("{} goes back to a side that is unhealthy", write.target),
            );
        }
        let is_forward = !is_back && write.before != write.after;
        let unknown = self.unknown.iter().any(|(probe, passes)| *passes < passes_after_unknown(plan, step, probe));
        if is_forward && unknown {
            self.violated(Invariant::UnknownHolds, format!("{} goes on though a probe was inconclusive", write.target));
        }
        self.unknown.clear();
    }

    /// A call was made.
    pub(crate) fn after(&mut self, call: &Call, reply: &Result<Reply, CallError>, world: &World) {
        match (call, reply) {
            (Call::Write(write), _) => {
                if matches!(reply, Ok(_) | Err(CallError::InDoubt(_))) {
                    self.unverified = Some(write.clone());
                }
                self.look_for_overwritten(write, world);
            }
            (Call::Observe(target), _) if self.unverified.as_ref().is_some_and(|write| write.target == *target) => {
                self.unverified = None;
            }
            (Call::Probe(probe), Ok(Reply::Probed(Verdict::Pass))) => {
                for (_, passes) in self.unknown.iter_mut().filter(|(unknown, _)| unknown == probe) {
                    *passes += 1;
                }
            }
            (Call::Probe(probe), Ok(Reply::Probed(Verdict::Inconclusive { .. })) | Err(_)) => {
                self.unknown.retain(|(unknown, _)| unknown != probe);
                self.unknown.push((probe.clone(), 0));
            }
            _ => {}
        }
    }

    fn look_for_overwritten(&mut self, write: &Write, world: &World) {
        let mut overwritten = Vec::new();
        for (target, theirs) in &mut self.foreign {
            match world.held(target) {
                Some(held) if held == theirs => {}
                // A batch of record sets that names only our own fencing token leaves what they changed.
                Some(held)
                    if *target == write.target
                        && held.snapshot == theirs.snapshot
                        && theirs.token == write.token_before
                        && held.token == write.token_after =>
                {
                    theirs.token.clone_from(&held.token);
                }
                _ => overwritten.push(target.clone()),
            }
        }
        for target in overwritten {
            self.foreign.remove(&target);
            self.violated(Invariant::NothingOverwritten, format!("{target} was overwritten"));
        }
    }

    /// The run is over, or nobody can do anything more about it.
    pub(crate) fn end(&mut self, plan: &WavePlan, state: &State, world: &World) {
        if world.served().dark > 0 && self.foreign.is_empty() {
            self.violated(Invariant::NeverDark, format!("{} requests led nowhere", world.served().dark));
        }
        if let Some(unverified) = self.unverified.take() {
            self.violated(Invariant::Verified, format!("{} was never observed", unverified.target));
        }
        let Phase::Finished(outcome) = state.phase else {
            self.violated(Invariant::Ends, format!("the run rests in {}", state.phase.name()));
            return;
        };
        for (step, reached) in plan.steps.iter().zip(&state.steps) {
            if step.targets().any(|target| self.foreign.contains_key(target)) {
                continue;
            }
            if let Some(target) = step.target(0).filter(|_| reached.released_to_others) {
                self.violated(Invariant::Ends, format!("{target} was left to others who had put it back"));
                continue;
            }
            let stage = if outcome == Outcome::Done { reached.stage } else { None };
            for place in 0..step.places() {
                self.end_of_place(step, place, stage, world);
            }
        }
        self.end_of_hand_overs(plan, world);
    }

    fn end_of_place(&mut self, step: &Step, place: usize, stage: Option<usize>, world: &World) {
        let (Some(target), Some(wanted)) = (step.target(place), step.standing(place, stage)) else { return };
        let held = world.held(target);
        let no_token = held.is_some_and(|held| held.token.is_none() || target.guarantee() == Guarantee::Checked);
        if held.is_none_or(|held| held.snapshot != *wanted) || !no_token {
            self.violated(Invariant::ExactEnd, format!("{target} does not stand as it should at the end"));
        }
    }

    fn end_of_hand_overs(&mut self, plan: &WavePlan, world: &World) {
        let hand_overs = plan.steps.iter().filter_map(|step| match step {
            Step::HandOver(hand_over) => Some(hand_over),
            Step::Shift(_) => None,
        });
        for (hand_over, seen) in hand_overs.zip(world.successions()) {
            if hand_over.switches.iter().any(|switch| self.meddled.contains(&switch.target)) {
                continue;
            }
            let workload = &hand_over.workload;
            if seen.both_ms > 0 {
                let text = format!("{workload} had two owners at work for {} ms", seen.both_ms);
                self.violated(Invariant::OneAtWork, text);
            }
            let is_edited = hand_over.switches.iter().any(|switch| self.edited.contains(&switch.target));
            if seen.longest_gap_ms > hand_over.longest_gap_ms && !is_edited {
                let text = format!("{workload} had no owner at work for {} ms", seen.longest_gap_ms);
                self.violated(Invariant::SomebodyAtWork, text);
            }
        }
    }

    pub(crate) fn violated(&mut self, rule: Invariant, text: String) {
        self.violations.push(Violation { rule, text });
    }
}

/// How often a probe must pass after it brought nothing, before a step goes on: a new side's bake begins anew, and the step's
/// own old side answers once more.
fn passes_after_unknown(plan: &WavePlan, step: &Step, probe: &Probe) -> u32 {
    let steps = plan.steps.iter().filter(|step| step.new_probes().contains(probe));
    let gates = steps.flat_map(|step| (0..step.stages()).filter_map(|stage| step.gate(stage)));
    gates.map(|gate| gate.rounds).min().unwrap_or(u32::from(step.old_probes().contains(probe)))
}

/// Whether a side was well at some moment of the last five seconds: a probe may just have missed its turn.
fn was_healthy(world: &World, side: usize) -> bool {
    let now = world.now();
    world.sides().get(side).is_none_or(|side| (0..=5).any(|s| side.is_healthy(now.saturating_sub(s * 1000))))
}
