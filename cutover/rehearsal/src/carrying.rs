//! The driver of a rehearsed run: it carries effects out, dies, sleeps, and is followed by another.

use crate::rehearsal::{Edit, Rehearsal, Sleeping, nowhere};
use crate::{Crash, Made, When};
use caravan_cutover_engine::{Analysis, Direction, Effect, Event, Phase, REVISION, Soak};
use caravan_providers::target::{Guarantee, Target};
use caravan_providers::{Call, Write};
use caravan_providers_simulated::{CallFault, Held};
use std::collections::BTreeMap;

/// Milliseconds until another driver takes over from one that is gone: its lease has to run out.
const TAKEOVER_MS: u64 = 15_000;

impl Rehearsal<'_> {
    /// Carries an effect out, unless the driver dies over it. A wait ends when the person answers.
    pub(crate) fn carry_out(&mut self, effect: Effect, answer_due: Option<u64>) {
        let number = self.effects;
        let crashes = |when| self.fault_plan.crashes.contains(&Crash { effect: number, when });
        self.note(&effect);
        self.wake_sleeper();
        if crashes(When::Before) {
            return self.next_driver();
        }
        let event = match effect {
            Effect::Append(_) if self.fault_plan.full_disk.contains(&number) => {
                Event::RecordFailed { reason: "no space left on device".to_owned() }
            }
            Effect::Append(_) if self.fault_plan.journal_outage(self.world.now()).is_some() => {
                Event::RecordFailed { reason: "the journal can't be reached".to_owned() }
            }
            Effect::Append(event) => {
                if self.commanded.take_if(|command| *command == event).is_some() {
                    self.watch.commanded();
                }
                self.journal.push(event);
                Event::Recorded
            }
            Effect::CheckLease => Event::Leased(!self.lease_is_lost(number)),
            Effect::Call(call) => match &*call {
                Call::Write(write) if self.falls_asleep(number, std::slice::from_ref(write)) => {
                    return self.sleep_over(vec![write.clone()]);
                }
                Call::WriteAll(writes) if self.falls_asleep(number, writes) => return self.sleep_over(writes.clone()),
                call => self.call(call, number),
            },
            Effect::WaitUntil(moment) => {
                let until = self.world_time(moment);
                self.pass_until(answer_due.map_or(until, |due| until.min(due)));
                if self.world.now() < until {
                    // The person's command comes first; the run goes on waiting unless it changes that.
                    return;
                }
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
        let (plan, task) = (self.engine.plan.plan(), self.state.phase.task());
        let phase = match &self.state.phase {
            Phase::Recording { then, .. } => &then.phase,
            phase => phase,
        };
        let tasks = match phase {
            Phase::Together(together) => together.writes().iter().map(|one| one.task).collect(),
            _ => Vec::from_iter(task),
        };
        let standing = tasks.into_iter().filter_map(|task| {
            let target = plan.steps.get(task.step())?.target(task.place(plan))?;
            Some((target.clone(), self.world.held(target)?.clone()))
        });
        notes.push(Made {
            task,
            effect: effect.clone(),
            at: self.world.now(),
            calls_before: self.world.calls(),
            journalled_before: self.journal.len(),
            standing: standing.collect(),
        });
    }

    fn call(&mut self, call: &Call, number: usize) -> Event {
        // The lease as it was when the engine checked it, one effect before: what happens in between is refused by the fencing token.
        let leased = !self.lease_is_lost(number.saturating_sub(1));
        let plan = self.engine.plan.plan();
        self.watch.before(call, &self.world, plan, &self.journal, leased);
        let fault = self.fault_plan.faults.get(&self.world.calls());
        if let Some(CallFault::Edited { target, snapshot, token }) = fault {
            let theirs = Held { snapshot: (**snapshot).clone(), token: token.clone() };
            if let Some(before) = self.world.held(target) {
                let before = self.edited.get(&**target).map_or(before, |edit| &edit.before).clone();
                let until = self.fault_plan.edits_last_ms.map(|lasts| self.world.now() + lasts);
                self.edited.insert((**target).clone(), Edit { before, theirs: theirs.clone(), until });
            }
            self.watch.edited(target, self.world.held(target), theirs);
        }
        let from = self.world.now();
        let reply = self.world.execute(call);
        self.watch.passed(from, plan, &self.state, &self.world, self.fault_plan);
        if fault.is_some() {
            self.watch.disturbed(self.world.now());
        }
        self.watch.after(call, &reply, &self.world);
        Event::Replied { reply, at: self.now() }
    }

    /// A person keeps everybody else's hands off.
    pub(crate) fn pause_controllers(&mut self) {
        for target in self.engine.plan.plan().targets() {
            self.world.set_controllers(target, Vec::new());
        }
    }

    /// Third parties put back what they changed, where it still stands as they left it: what is due at this moment of the world.
    pub(crate) fn take_edits_back(&mut self, is_due: impl Fn(&Edit, u64) -> bool) {
        let now = self.world.now();
        let (due, later) = std::mem::take(&mut self.edited).into_iter().partition(|(_, edit)| is_due(edit, now));
        self.edited = later;
        let due: BTreeMap<Target, Edit> = due;
        for (target, Edit { before, theirs, .. }) in due {
            // What was left to them is theirs from then on.
            if self.is_left(&target) {
                continue;
            }
            let Some(held) = self.world.held(&target).filter(|held| held.snapshot == theirs.snapshot) else { continue };
            let token = if held.token == theirs.token { before.token } else { held.token.clone() };
            self.world.edit(&target, before.snapshot, token);
            self.person.hears_news();
            self.watch.taken_back(&target);
        }
    }

    /// Whether a person has left a target to whoever changed it.
    fn is_left(&self, target: &Target) -> bool {
        let mut steps = self.engine.plan.plan().steps.iter().zip(&self.state.steps);
        steps.any(|(step, reached)| reached.released_to_others && step.targets().any(|other| other == target))
    }

    /// Whether another driver has taken the lease at or before this effect, and this is not that driver.
    fn lease_is_lost(&self, effect: usize) -> bool {
        self.fault_plan.lease_lost.is_some_and(|lost| effect >= lost) && self.epoch == 1
    }

    /// Whether the driver falls asleep over this write. Without a fencing token nothing tells a write that wakes up late
    /// from one in time: such a target is only as safe as the in-flight bound.
    fn falls_asleep(&self, number: usize, writes: &[Write]) -> bool {
        let is_told =
            writes.iter().all(|write| write.target.guarantee() == Guarantee::Atomic && write.token_before.is_some());
        let falls = self.fault_plan.sleeper.is_some_and(|sleeper| number >= sleeper.effect);
        falls && is_told && self.sleeping == Sleeping::NotYet
    }

    /// The driver sleeps with the write in its hands, and another drives meanwhile.
    fn sleep_over(&mut self, writes: Vec<Write>) {
        let sleeps_ms = self.fault_plan.sleeper.map_or(0, |sleeper| sleeper.sleeps_ms);
        self.sleeping = Sleeping::Until(self.world.now() + sleeps_ms, writes);
        self.next_driver();
    }

    /// The driver that fell asleep wakes and makes its write, once another has claimed the target: what gets there before
    /// is a write that comes late.
    pub(crate) fn wake_sleeper(&mut self) {
        let Sleeping::Until(at, writes) = &self.sleeping else { return };
        let is_claimed = |write: &Write| {
            self.world.held(&write.target).and_then(|held| held.token.as_ref()) != write.token_before.as_ref()
        };
        if *at <= self.world.now() && writes.iter().any(is_claimed) {
            let writes = writes.clone();
            self.world.land_late(self.world.now(), writes);
            self.sleeping = Sleeping::Woken;
        }
    }

    /// This driver is gone: another reads the journal, as soon as it can be reached, and goes on.
    pub(crate) fn next_driver(&mut self) {
        self.person.hears_news();
        self.analysis = None;
        self.soak = Soak::default();
        self.refused = false;
        self.unwell.clear();
        self.found.clear();
        while let Some(outage) = self.fault_plan.journal_outage(self.world.now()) {
            self.pass_until(outage.end);
        }
        self.pass_until(self.world.now() + TAKEOVER_MS);
        self.epoch += 1;
        self.analysis = Some(Analysis::default());
        self.watch.driven_anew();
        self.watch.disturbed(self.world.now());
        match self.engine.replay(&self.journal) {
            Ok(state) => self.state = state,
            Err(error) => return self.give_up(&format!("the journal can't be replayed: {error:?}")),
        }
        let at = self.now();
        match self.state.phase {
            Phase::Finished(_) => {}
            Phase::Planned => {
                self.take_in(Event::Started { who: "rehearsal".to_owned(), epoch: self.epoch, at, revision: REVISION })
            }
            _ => self.take_in(Event::TakenOver { epoch: self.epoch, at, revision: REVISION }),
        }
    }

    pub(crate) fn take_in(&mut self, event: Event) {
        let state = std::mem::replace(&mut self.state, nowhere());
        match self.engine.transition(state, event) {
            Ok(state) => {
                if state.direction == Direction::Back {
                    self.turned_back.get_or_insert(self.world.now());
                }
                self.state = state;
                self.fail_in_bake();
            }
            Err(error) => {
                // The state went into the transition: the journal still has all that was reached.
                if let Ok(state) = self.engine.replay(&self.journal) {
                    self.state = state;
                }
                self.give_up(&error.to_string());
            }
        }
    }
}
