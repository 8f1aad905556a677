//! One simulated run from start to end.

use crate::invariant::Watch;
use crate::person::REACTION_MS;
use crate::{FaultPlan, Intention, Invariant, Person, Violation};
use caravan_cutover_engine::seeded::{replay_with, transition_with};
use caravan_cutover_engine::{
    Deferred, Direction, Effect, Event, Hold, Moment, Outcome, Phase, SeededBug, State, Task, effects,
};
use caravan_plans::Sealed;
use caravan_providers::Call;
use caravan_providers::target::Target;
use caravan_providers_simulated::{CallFault, Held, ServedRequests, World};
use std::collections::{BTreeMap, BTreeSet};

/// Effects after which a run counts as never ending.
const LONGEST: usize = 20_000;

/// A moment at which the driver dies: before or after one of its effects, counted from 0.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Crash {
    /// The number of the effect, from 0.
    pub effect: usize,
    /// Before or after it.
    pub when: When,
}

/// Before an effect, or after it and before its event is taken in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "the words say it")]
pub enum When {
    Before,
    After,
}

/// One effect that was carried out.
#[derive(Clone, Debug)]
pub struct Made {
    /// For which task; none where the run was between two.
    pub task: Option<Task>,
    /// The effect.
    pub effect: Effect,
    /// How many calls had been made before it.
    pub calls_before: u64,
    /// How many events were in the journal before it.
    pub journalled_before: usize,
    /// What stood at the task's target.
    pub standing: Option<Held>,
}

/// How a run went.
#[derive(Clone, Debug)]
pub struct SimulatedRun {
    /// The state in which it ended.
    pub state: State,
    /// Its journal.
    pub journal: Vec<Event>,
    /// The effects that were carried out, in order; none where nobody asked for them.
    pub effects: Vec<Made>,
    /// What became of the traffic.
    pub served: ServedRequests,
    /// Virtual seconds from the command or the turn to go back until everything was back; none when it never went back.
    pub rollback_seconds: Option<u64>,
    /// Every invariant that did not hold.
    pub violations: Vec<Violation>,
}

/// Rehearses a plan in a world, until it is over or nobody can do anything more.
#[must_use]
pub fn rehearse(plan: &Sealed, world: World, intention: Intention, fault_plan: &FaultPlan) -> SimulatedRun {
    rehearse_with(plan, world, intention, fault_plan, SeededBug::None)
}

/// As [`rehearse`], without its effects: for runs of which only the end counts.
#[must_use]
pub(crate) fn rehearse_to_end(
    plan: &Sealed,
    world: World,
    intention: Intention,
    fault_plan: &FaultPlan,
) -> SimulatedRun {
    Rehearsal::new(plan, world, intention, fault_plan).run()
}

/// As [`rehearse`], by an engine with a seeded bug: only for tests of the invariants.
#[must_use]
pub fn rehearse_with(
    plan: &Sealed,
    world: World,
    intention: Intention,
    fault_plan: &FaultPlan,
    bug: SeededBug,
) -> SimulatedRun {
    let rehearsal = Rehearsal::new(plan, world, intention, fault_plan);
    Rehearsal { bug, notes: Some(Vec::new()), ..rehearsal }.run()
}

struct Rehearsal<'a> {
    plan: &'a Sealed,
    world: World,
    state: State,
    journal: Vec<Event>,
    /// How many effects were carried out.
    effects: usize,
    /// Those effects, where they are asked for: each is a copy of what was wanted and of what stood there.
    notes: Option<Vec<Made>>,
    epoch: u64,
    person: Person,
    fault_plan: &'a FaultPlan,
    bug: SeededBug,
    watch: Watch,
    turned_back: Option<u64>,
    /// What stood at a target before a third party changed it, and what they made of it.
    edited: BTreeMap<Target, (Held, Held)>,
}

impl<'a> Rehearsal<'a> {
    fn new(plan: &'a Sealed, world: World, intention: Intention, fault_plan: &'a FaultPlan) -> Self {
        Self {
            plan,
            world,
            state: State::planned("r1", plan.plan()),
            journal: Vec::new(),
            effects: 0,
            notes: None,
            epoch: 1,
            person: Person::new(intention),
            fault_plan,
            bug: SeededBug::None,
            watch: Watch::new(),
            turned_back: None,
            edited: BTreeMap::new(),
        }
    }

    fn run(mut self) -> SimulatedRun {
        self.prepare();
        self.play();
        self.close()
    }

    fn prepare(&mut self) {
        for (call, fault) in &self.fault_plan.faults {
            self.world.plan_fault(*call, fault.clone());
        }
        let start = Event::Started { who: "rehearsal".to_owned(), epoch: self.epoch, at: self.now() };
        self.take_in(start);
    }

    fn play(&mut self) {
        while self.effects < LONGEST && !self.state.is_over() {
            let (now, journalled) = (self.now(), self.journal.len());
            let recording = matches!(self.state.phase, Phase::Recording { .. });
            if let Some(event) = self.person.interrupts(&self.state, journalled, now).filter(|_| !recording) {
                self.by_person(event);
                continue;
            }
            match effects(self.plan, &self.state) {
                Some(effect) => self.carry_out(effect),
                None if matches!(self.state.phase, Phase::LeaseLost | Phase::JournalUnavailable { .. }) => {
                    self.next_driver()
                }
                None => {
                    self.world.pass_until(self.world.now() + REACTION_MS);
                    if self.fault_plan.edits_taken_back && matches!(self.state.phase, Phase::Conflict { .. }) {
                        self.take_edits_back();
                    }
                    if matches!(self.state.phase, Phase::Held { reason: Hold::ControllersActive(_), .. }) {
                        self.pause_controllers();
                    }
                    let now = self.now();
                    match self.person.answers(&self.state, now) {
                        Some(event) => self.by_person(event),
                        None => return,
                    }
                }
            }
        }
    }

    fn by_person(&mut self, event: Event) {
        self.watch.judged_by_person();
        if matches!(event, Event::Aborted { .. }) {
            self.turned_back.get_or_insert(self.world.now());
        }
        self.take_in(event);
    }

    fn carry_out(&mut self, effect: Effect) {
        let number = self.effects;
        let crashes = |when| self.fault_plan.crashes.contains(&Crash { effect: number, when });
        self.note(&effect);
        if crashes(When::Before) {
            return self.next_driver();
        }
        let event = match effect {
            Effect::Append(_) if self.fault_plan.full_disk.contains(&number) => {
                Event::RecordFailed { reason: "no space left on device".to_owned() }
            }
            Effect::Append(event) => {
                self.journal.push(event);
                Event::Recorded
            }
            Effect::CheckLease => Event::Leased(!self.lease_is_lost(number)),
            Effect::Call(call) => self.call(&call, number),
            Effect::WaitUntil(moment) => {
                self.world.pass_until(moment.0);
                Event::Woke { at: self.now() }
            }
        };
        if crashes(When::After) {
            return self.next_driver();
        }
        self.take_in(event);
    }

    fn note(&mut self, effect: &Effect) {
        self.effects += 1;
        let Some(notes) = &mut self.notes else { return };
        let task = self.state.phase.task();
        let target = task.and_then(|task| {
            let plan = self.plan.plan();
            plan.steps.get(task.step())?.target(task.place(plan))
        });
        notes.push(Made {
            task,
            effect: effect.clone(),
            calls_before: self.world.calls(),
            journalled_before: self.journal.len(),
            standing: target.and_then(|target| self.world.held(target)).cloned(),
        });
    }

    fn call(&mut self, call: &Call, number: usize) -> Event {
        // The lease as it was when the engine checked it, one effect before: what happens in between is refused by the fencing token.
        let leased = !self.lease_is_lost(number.saturating_sub(1));
        self.watch.before(call, &self.world, self.plan.plan(), &self.journal, leased);
        if let Some(CallFault::Edited { target, snapshot, token }) = self.fault_plan.faults.get(&self.world.calls()) {
            let theirs = Held { snapshot: (**snapshot).clone(), token: token.clone() };
            if let Some(before) = self.world.held(target) {
                let before = self.edited.get(&**target).map_or(before, |(first, _)| first).clone();
                self.edited.insert((**target).clone(), (before, theirs.clone()));
            }
            self.watch.edited(target, self.world.held(target), theirs);
        }
        let reply = self.world.execute(call);
        self.watch.after(call, &reply, &self.world);
        Event::Replied { reply, at: self.now() }
    }

    /// A person keeps everybody else's hands off.
    fn pause_controllers(&mut self) {
        for target in self.plan.plan().targets() {
            self.world.set_controllers(target, Vec::new());
        }
    }

    /// Third parties put back what they changed, where it still stands as they left it.
    fn take_edits_back(&mut self) {
        for (target, (before, theirs)) in std::mem::take(&mut self.edited) {
            let Some(held) = self.world.held(&target).filter(|held| held.snapshot == theirs.snapshot) else { continue };
            let token = if held.token == theirs.token { before.token } else { held.token.clone() };
            self.world.edit(&target, before.snapshot, token);
            self.person.hears_news();
            self.watch.taken_back(&target);
        }
    }

    /// Whether another driver has taken the lease at or before this effect, and this is not that driver.
    fn lease_is_lost(&self, effect: usize) -> bool {
        self.fault_plan.lease_lost.is_some_and(|lost| effect >= lost) && self.epoch == 1
    }

    /// This driver is gone: another reads the journal and goes on.
    fn next_driver(&mut self) {
        self.epoch += 1;
        self.person.hears_news();
        self.watch.judged_by_person();
        self.world.pass_until(self.world.now() + 15_000);
        match replay_with("r1", self.plan, &self.journal, self.bug) {
            Ok(state) => self.state = state,
            Err(error) => return self.give_up(&format!("the journal can't be replayed: {error:?}")),
        }
        let at = self.now();
        match self.state.phase {
            Phase::Finished(_) => {}
            Phase::Planned => self.take_in(Event::Started { who: "rehearsal".to_owned(), epoch: self.epoch, at }),
            _ => self.take_in(Event::TakenOver { epoch: self.epoch, at }),
        }
    }

    fn take_in(&mut self, event: Event) {
        let state = std::mem::replace(&mut self.state, nowhere());
        match transition_with(self.plan, state, event, self.bug) {
            Ok(state) => {
                if state.direction == Direction::Back {
                    self.turned_back.get_or_insert(self.world.now());
                }
                self.state = state;
                self.fail_in_bake();
            }
            Err(error) => {
                // The state went into the transition: the journal still has all that was reached.
                if let Ok(state) = replay_with("r1", self.plan, &self.journal, self.bug) {
                    self.state = state;
                }
                self.give_up(&error.to_string());
            }
        }
    }

    /// The new side fails in the stage that the fault names, and stays so.
    fn fail_in_bake(&mut self) {
        let Some((step, stage)) = self.fault_plan.fails_in else { return };
        let bakes = matches!(&self.state.phase, Phase::Baking { task, .. } if task.step() == step);
        let new = step * 2 + 1;
        if bakes && self.state.steps[step].stage == Some(stage) && self.world.sides()[new].is_healthy(self.world.now())
        {
            self.world.turn_unhealthy(new, self.world.now(), u64::MAX);
        }
    }

    fn give_up(&mut self, text: &str) {
        self.watch.violated(Invariant::Ends, text.to_owned());
        self.state.phase = Phase::Finished(Outcome::RolledBack);
    }

    fn close(mut self) -> SimulatedRun {
        self.watch.end(self.plan.plan(), &self.state, &self.world);
        let back = matches!(self.state.phase, Phase::Finished(Outcome::RolledBack));
        let rollback_seconds =
            self.turned_back.filter(|_| back).map(|since| (self.world.now().saturating_sub(since)) / 1000);
        SimulatedRun {
            state: self.state,
            journal: self.journal,
            effects: self.notes.unwrap_or_default(),
            served: self.world.served(),
            rollback_seconds,
            violations: self.watch.violations,
        }
    }

    const fn now(&self) -> Moment {
        Moment(self.world.now())
    }
}

/// The state of a run that is in the hands of the transition function. It allocates nothing.
const fn nowhere() -> State {
    State {
        run: String::new(),
        epoch: 0,
        sequence: 0,
        direction: Direction::Forward,
        deferred: Deferred::None,
        steps: Vec::new(),
        approved: BTreeSet::new(),
        trouble: None,
        phase: Phase::Planned,
    }
}
