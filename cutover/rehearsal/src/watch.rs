//! Watches a run from outside the engine, for whatever must always hold.

use crate::invariant::{Invariant, Violation};
use crate::lost::Lost;
use crate::users::{Stretch, Users};
use crate::way_back::WayBack;
use crate::{FaultPlan, Manner};
use caravan_cutover_engine::{Direction, Event, Phase, State};
use caravan_plans::{Step, WavePlan};
use caravan_providers::target::{Guarantee, Probe, Snapshot, Target};
use caravan_providers::{Call, CallError, Reply, Verdict, Write};
use caravan_providers_simulated::{Held, World};
use std::collections::{BTreeMap, BTreeSet};

/// Watches a run.
#[derive(Debug)]
pub(crate) struct Watch {
    foreign: BTreeMap<Target, Held>,
    /// Owners that a third party has stopped or started: who is at work is then theirs to answer for.
    meddled: BTreeSet<Target>,
    /// Targets that a third party has changed in any way: a run overwrites nothing (K2), and how long it then waits for
    /// them and for a person is not its own.
    edited: BTreeSet<Target>,
    /// Writes that nobody has observed the outcome of.
    unverified: Vec<Write>,
    /// Until when what was written to a target has not reached all users.
    spreading: BTreeMap<Target, u64>,
    /// Probes that brought nothing, and how often each has passed since.
    unknown: Vec<(Probe, u32)>,
    /// When something last went wrong that lasts for no time: a call, a driver.
    disturbed_at: u64,
    users: Vec<Users>,
    way_back: WayBack,
    /// Milliseconds since traffic last moved on to a new side in which everything stood there, was well, and was watched by a driver.
    soaked_ms: u64,
    /// The hand-overs in whose gap other trouble lasted, or a person who did not come within a minute was waited for: how long
    /// it lasts is not the run's own.
    troubled_gaps: BTreeSet<usize>,
    pub(crate) violations: Vec<Violation>,
}

impl Watch {
    pub(crate) fn new(plan: &WavePlan, world: &World) -> Self {
        Self {
            foreign: BTreeMap::new(),
            meddled: BTreeSet::new(),
            edited: BTreeSet::new(),
            unverified: Vec::new(),
            spreading: BTreeMap::new(),
            unknown: Vec::new(),
            disturbed_at: 0,
            users: Users::of(plan, world),
            way_back: WayBack::of(plan, world),
            soaked_ms: 0,
            troubled_gaps: BTreeSet::new(),
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

    /// A new driver takes observations of its own: what was unknown before is its predecessor's.
    pub(crate) fn driven_anew(&mut self) {
        self.unknown.clear();
    }

    /// The journal has taken what a person has commanded: what they had to decide is decided.
    pub(crate) fn commanded(&mut self) {
        self.unknown.clear();
        self.way_back.refused.clear();
    }

    /// Something went wrong that lasts for no time: a call, or a driver.
    pub(crate) fn disturbed(&mut self, now: u64) {
        self.disturbed_at = now;
    }

    /// A driver has watched everything on the new side for a while, and every side passed.
    pub(crate) const fn soaked(&mut self, ms: u64) {
        self.soaked_ms += ms;
    }

    /// Time has passed since a moment, in which nothing about the world changed by itself.
    pub(crate) fn passed(&mut self, from: u64, plan: &WavePlan, state: &State, world: &World, fault_plan: &FaultPlan) {
        let journal_is_out = fault_plan.journal_outage(from).is_some();
        let disturbed_at = self.disturbed_at;
        let stretch = Stretch { from, plan, state, world, journal_is_out, is_refused: false, disturbed_at };
        for users in &mut self.users {
            let target = plan.steps.get(users.step()).and_then(|step| step.target(0));
            let is_foreign = target.is_some_and(|target| self.foreign.contains_key(target));
            let is_refused = target.is_some_and(|target| self.way_back.refused.contains(target));
            self.violations.extend(users.passed(&Stretch { is_refused, ..stretch }, is_foreign));
        }
        self.violations.extend(self.way_back.passed(&stretch, |target| self.foreign.contains_key(target)));
        if world.successions().iter().any(|succession| succession.is_gap()) {
            self.look_into_gaps(&stretch, fault_plan.manner);
        }
    }

    /// Whose gap lasts while there is other trouble, or a person is waited for who does not come within a minute.
    fn look_into_gaps(&mut self, stretch: &Stretch<'_>, manner: Manner) {
        let Stretch { from, plan, state, world, .. } = *stretch;
        let is_troubled = stretch.journal_is_out
            || (state.waits_for_person() && manner != Manner::Prompt)
            || plan.targets().any(|target| world.outage(target, from).is_some());
        if is_troubled {
            let gaps = world.successions().iter().enumerate().filter(|(_, succession)| succession.is_gap());
            self.troubled_gaps.extend(gaps.map(|(at, _)| at));
        }
    }

    /// The requests that were lost so far, by why.
    pub(crate) fn lost(&self, world: &World) -> Lost {
        let mut lost = Lost { nowhere: world.served().dark, ..Lost::default() };
        self.users.iter().for_each(|users| lost.add(&users.lost()));
        lost.by_old_side = world.served().unhealthy - (lost.by_new_side + lost.in_trouble + lost.after_return);
        lost
    }

    /// A call is about to be made.
    pub(crate) fn before(&mut self, call: &Call, world: &World, plan: &WavePlan, journal: &[Event], leased: bool) {
        let writes = match call {
            Call::Write(write) => std::slice::from_ref(write),
            Call::WriteAll(writes) => writes.as_slice(),
            _ => return,
        };
        let intended = journal.iter().rev().find_map(|event| match event {
            Event::Intended { write } => Some(std::slice::from_ref(&**write)),
            Event::IntendedAll { writes } => Some(writes.as_slice()),
            _ => None,
        });
        let is_intended = intended.is_some_and(|intended| intended == writes);
        for write in writes {
            self.before_write(write, is_intended, world, plan, journal, leased);
        }
        self.unknown.clear();
    }

    fn before_write(
        &mut self,
        write: &Write,
        is_intended: bool,
        world: &World,
        plan: &WavePlan,
        journal: &[Event],
        leased: bool,
    ) {
        if !is_intended {
            self.violated(Invariant::IntentFirst, format!("{} is written without an intent", write.target));
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
        // On the way back no shift waits for another whose outcome is not known.
        let (blocking, others) = std::mem::take(&mut self.unverified)
            .into_iter()
            .partition(|unverified| !(is_back && has_traffic) || unverified.target == write.target);
        self.unverified = others;
        self.unverified(blocking);
        if is_back && has_traffic && !was_healthy(world, at * 2) {
            self.violated(
                Invariant::HealthyRollback,
                format!("{} goes back to a side that is unhealthy", write.target),
            );
        }
        let is_forward = !is_back && write.before != write.after;
        let is_final = matches!(step, Step::Shift(shift) if shift.finalised().as_ref() == Some(&write.after));
        if is_final {
            self.look_for_soak(write, plan, journal);
        } else if is_forward {
            self.soaked_ms = 0;
        }
        if is_forward && self.spreading.get(&write.target).is_some_and(|until| *until > world.now()) {
            let text = format!("{} goes on before its last change has reached users", write.target);
            self.violated(Invariant::ReachesUsers, text);
        }
        if is_forward && wants_word(step, write) && !has_word(journal) {
            let text = format!("{} goes on by a word that was given before the run had stopped", write.target);
            self.violated(Invariant::WordOfThisWait, text);
        }
        let unknown = self.unknown.iter().any(|(probe, passes)| *passes < passes_after_unknown(plan, step, probe));
        if is_forward && unknown {
            self.violated(Invariant::UnknownHolds, format!("{} goes on though a probe was inconclusive", write.target));
        }
    }

    /// What is old is about to be taken away: the soak is over, and two persons have approved it since traffic last moved on.
    fn look_for_soak(&mut self, write: &Write, plan: &WavePlan, journal: &[Event]) {
        if self.soaked_ms < plan.soak_ms {
            let text = format!("{} is finalised after a soak of {} s", write.target, self.soaked_ms / 1000);
            self.violated(Invariant::OldStays, text);
        }
        let moves_on = |event: &Event| match event {
            Event::Intended { write } => plan.shifts().any(|shift| {
                let is_forward = write.after != shift.original && Some(&write.after) != shift.finalised().as_ref();
                write.target == shift.target && write.before != write.after && is_forward
            }),
            _ => false,
        };
        let since = || journal.iter().rev().take_while(|event| !moves_on(event));
        let persons = |events: &mut dyn Iterator<Item = &Event>| {
            let of = |event: &Event| match event {
                Event::FinaliseApproved { who, .. } => Some(who.clone()),
                _ => None,
            };
            events.filter_map(of).collect::<BTreeSet<String>>().len()
        };
        if persons(&mut since()) < 2 {
            let text = format!("{} is finalised by the word of {} persons", write.target, persons(&mut since()));
            self.violated(Invariant::OldStays, text);
            return;
        }
        let is_final = |event: &Event| match event {
            Event::Intended { write } => plan
                .shifts()
                .any(|shift| write.target == shift.target && Some(&write.after) == shift.finalised().as_ref()),
            _ => false,
        };
        let goes_on = |event: &Event| matches!(event, Event::Resumed { .. } | Event::Retried { .. });
        let before = journal.iter().take_while(|event| !is_final(event)).count();
        let mut in_this_wait = journal[..before].iter().rev().take_while(|event| !moves_on(event) && !goes_on(event));
        if persons(&mut in_this_wait) < 2 {
            let text = format!("{} is finalised by words that were given before the run had stopped", write.target);
            self.violated(Invariant::WordOfThisWait, text);
        }
    }

    /// A call was made.
    pub(crate) fn after(&mut self, call: &Call, reply: &Result<Reply, CallError>, world: &World) {
        if let Err(CallError::Denied(_) | CallError::Rejected(_) | CallError::Missing(_)) = reply {
            self.way_back.refused.extend(targets(call).into_iter().cloned());
        }
        match (call, reply) {
            (Call::Write(write), _) => self.after_writes(std::slice::from_ref(write), reply, world),
            (Call::WriteAll(writes), _) => self.after_writes(writes, reply, world),
            (Call::All(calls), Ok(Reply::All(answers))) => {
                for (call, answer) in calls.iter().zip(answers) {
                    self.after(call, answer, world);
                }
            }
            (Call::All(calls), Err(_)) => {
                for call in calls {
                    self.after(call, reply, world);
                }
            }
            (Call::Observe(target), _) => self.unverified.retain(|write| write.target != *target),
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

    fn after_writes(&mut self, writes: &[Write], reply: &Result<Reply, CallError>, world: &World) {
        if matches!(reply, Ok(_) | Err(CallError::InDoubt(_))) {
            self.unverified.extend(writes.iter().cloned());
        }
        // A fencing token alone is no change to anybody who asks.
        let has_moved = |write: &&Write| {
            write.before != write.after && world.held(&write.target).is_some_and(|held| held.snapshot == write.after)
        };
        for write in writes.iter().filter(has_moved) {
            let until = world.now() + world.propagation_ms(&write.target).unwrap_or(0);
            self.spreading.insert(write.target.clone(), until);
        }
        self.look_for_overwritten(writes, world);
    }

    fn unverified(&mut self, writes: Vec<Write>) {
        for write in writes {
            self.violated(Invariant::Verified, format!("{} was never observed", write.target));
        }
    }

    fn look_for_overwritten(&mut self, writes: &[Write], world: &World) {
        let mut overwritten = Vec::new();
        for (target, theirs) in &mut self.foreign {
            match world.held(target) {
                Some(held) if held == theirs => {}
                // A batch of record sets that names only our own fencing token leaves what they changed.
                Some(held)
                    if held.snapshot == theirs.snapshot
                        && writes.iter().any(|write| {
                            *target == write.target
                                && theirs.token == write.token_before
                                && held.token == write.token_after
                        }) =>
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
    pub(crate) fn end(&mut self, plan: &WavePlan, state: &State, world: &World, manner: Manner) {
        if world.served().dark > 0 && self.foreign.is_empty() {
            self.violated(Invariant::NeverDark, format!("{} requests led nowhere", world.served().dark));
        }
        let unverified = std::mem::take(&mut self.unverified);
        self.unverified(unverified);
        let Phase::Finished(_) = state.phase else {
            if manner == Manner::Silent && state.waits_for_person() {
                return;
            }
            self.violated(Invariant::Ends, format!("the run rests in {}", state.phase.name()));
            return;
        };
        // A careless person leaves to others what nobody else has touched.
        let may_be_left = matches!(manner, Manner::Careless { .. });
        for (step, reached) in plan.steps.iter().zip(&state.steps) {
            if (may_be_left && reached.released_to_others)
                || step.targets().any(|target| self.foreign.contains_key(target))
            {
                continue;
            }
            if let Some(target) = step.target(0).filter(|_| reached.released_to_others) {
                self.violated(Invariant::Ends, format!("{target} was left to others who had put it back"));
                continue;
            }
            let ends_there = matches!(state.direction, Direction::Release | Direction::Finalise);
            let stage = reached.stage.filter(|_| ends_there);
            if let Some(change) = stage.filter(|_| reached.finalised).and_then(|stage| step.finalise(stage)) {
                self.end_of_target(&change.target, &change.after, world);
                continue;
            }
            for place in 0..step.places() {
                self.end_of_place(step, place, stage, world);
            }
        }
        self.end_of_hand_overs(plan, world);
    }

    fn end_of_place(&mut self, step: &Step, place: usize, stage: Option<usize>, world: &World) {
        if let (Some(target), Some(wanted)) = (step.target(place), step.standing(place, stage)) {
            self.end_of_target(target, wanted, world);
        }
    }

    fn end_of_target(&mut self, target: &Target, wanted: &Snapshot, world: &World) {
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
        for (at, (hand_over, seen)) in hand_overs.zip(world.successions()).enumerate() {
            if hand_over.switches.iter().any(|switch| self.meddled.contains(&switch.target)) {
                continue;
            }
            let workload = &hand_over.workload;
            if seen.both_ms > 0 {
                let text = format!("{workload} had two owners at work for {} ms", seen.both_ms);
                self.violated(Invariant::OneAtWork, text);
            }
            let is_edited = hand_over.switches.iter().any(|switch| self.edited.contains(&switch.target));
            if seen.longest_gap_ms > hand_over.longest_gap_ms && !is_edited && !self.troubled_gaps.contains(&at) {
                let text = format!("{workload} had no owner at work for {} ms", seen.longest_gap_ms);
                self.violated(Invariant::SomebodyAtWork, text);
            }
        }
    }

    pub(crate) fn violated(&mut self, rule: Invariant, text: String) {
        self.violations.push(Violation { rule, text });
    }
}

/// Whether a write enters a stage that wants a person's word, from what the run itself left.
fn wants_word(step: &Step, write: &Write) -> bool {
    let stands = |stage| (0..step.places()).any(|place| step.standing(place, stage) == Some(&write.before));
    let is_own = stands(None) || (0..step.stages()).any(|stage| stands(Some(stage)));
    is_own
        && (0..step.stages()).filter(|stage| step.wants_approval(*stage)).any(|stage| {
            let place = step.place_of(stage);
            step.target(place) == Some(&write.target) && step.standing(place, Some(stage)) == Some(&write.after)
        })
}

/// Whether the last that a person said to go on was an approval, and no more than to go on after the run had stopped.
fn has_word(journal: &[Event]) -> bool {
    let says = |event: &&Event| matches!(event, Event::Approved { .. } | Event::Retried { .. } | Event::Resumed { .. });
    matches!(journal.iter().rev().find(says), Some(Event::Approved { .. }))
}

/// How often a probe must pass after it brought nothing, before a step goes on: a new side's bake begins anew, and the step's
/// own old side answers once more.
fn passes_after_unknown(plan: &WavePlan, step: &Step, probe: &Probe) -> u32 {
    let steps = plan.steps.iter().filter(|step| step.new_probes().contains(probe));
    let gates = steps.flat_map(|step| (0..step.stages()).filter_map(|stage| step.gate(stage)));
    gates.map(|gate| gate.rounds).min().unwrap_or(u32::from(step.old_probes().contains(probe)))
}

/// Whether a side said that it is well at some moment of the last five seconds: a probe may just have missed its turn.
fn was_healthy(world: &World, side: usize) -> bool {
    let now = world.now();
    world.sides().get(side).is_none_or(|side| (0..=5).any(|s| side.passes(now.saturating_sub(s * 1000))))
}

/// Whatever a call is about.
fn targets(call: &Call) -> Vec<&Target> {
    match call {
        Call::All(calls) => calls.iter().flat_map(targets).collect(),
        Call::WriteAll(writes) => writes.iter().map(|write| &write.target).collect(),
        other => other.target().into_iter().collect(),
    }
}
