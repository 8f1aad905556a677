//! A run while it is rehearsed: the world, the person and the driver, as time passes.

use crate::engine::{Engine, RUN};
use crate::lost::Lost;
use crate::watch::Watch;
use crate::{FaultPlan, Intention, Invariant, Made, Person, SimulatedRun};
use caravan_cutover_engine::{
    Analysis, Deferred, Direction, Event, Hold, Moment, Outcome, Phase, REVISION, Soak, State, Together, effects,
    is_watched, worst,
};
use caravan_providers::target::{Probe, Target};
use caravan_providers::{Verdict, Write};
use caravan_providers_simulated::{Held, World};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Effects after which a run counts as never ending.
const LONGEST: usize = 200_000;
/// Milliseconds for which a run that nobody will answer is watched once nothing changes any more.
const LEFT_ALONE_MS: u64 = 1_800_000;
/// Milliseconds that the clocks of drivers show when the rehearsal begins, where one of them is wrong: a day, so that a wrong
/// one shows a moment at all.
const CLOCKS_BEGIN_MS: u64 = 24 * 3_600_000;

/// A driver that falls asleep with a write in its hands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Sleeping {
    /// It is awake still.
    NotYet,
    /// It sleeps until a moment.
    Until(u64, Vec<Write>),
    /// It has made its write.
    Woken,
}

/// What a third party made of a target.
#[derive(Clone, Debug)]
pub(crate) struct Edit {
    /// What stood there before the first of their edits.
    pub(crate) before: Held,
    /// What they made of it.
    pub(crate) theirs: Held,
    /// When they take it back by themselves.
    pub(crate) until: Option<u64>,
}

/// A run while it is rehearsed.
pub(crate) struct Rehearsal<'a> {
    pub(crate) engine: Engine<'a>,
    pub(crate) world: World,
    pub(crate) state: State,
    pub(crate) journal: Vec<Event>,
    /// How many effects were carried out.
    pub(crate) effects: usize,
    /// Those effects, where they are asked for: each is a copy of what was wanted and of what stood there.
    pub(crate) notes: Option<Vec<Made>>,
    pub(crate) epoch: u64,
    pub(crate) person: Person,
    pub(crate) fault_plan: &'a FaultPlan,
    pub(crate) watch: Watch,
    pub(crate) turned_back: Option<u64>,
    /// What third parties changed and have not taken back.
    pub(crate) edited: BTreeMap<Target, Edit>,
    /// The driver that shall fall asleep.
    pub(crate) sleeping: Sleeping,
    /// The background analysis of the driver that is at work; none while nobody is.
    pub(crate) analysis: Option<Analysis>,
    /// The steps whose new side did not pass when it was last asked.
    pub(crate) unwell: BTreeSet<usize>,
    /// What it has watched of the soak and not journalled.
    pub(crate) soak: Soak,
    /// Whether the person was refused before the soak was over, by the driver that is at work.
    pub(crate) refused: bool,
    /// What it has found and the run has not taken in.
    pub(crate) found: VecDeque<Event>,
    /// The moments at which something about the world changes by itself, sorted.
    changes: Vec<u64>,
    /// Since when the run waits for the person.
    waits_since: Option<u64>,
    /// What the person has commanded and the journal has not taken yet. An outage of it, or a driver's death, loses it.
    pub(crate) commanded: Option<Event>,
}

impl<'a> Rehearsal<'a> {
    pub(crate) fn new(engine: Engine<'a>, world: World, intention: Intention, fault_plan: &'a FaultPlan) -> Self {
        let plan = engine.plan.plan();
        Self {
            watch: Watch::new(plan, &world),
            changes: changes(&world, fault_plan),
            engine,
            world,
            state: State::planned(RUN, plan),
            journal: Vec::new(),
            effects: 0,
            notes: None,
            epoch: 1,
            person: Person::new(intention, fault_plan.manner),
            fault_plan,
            turned_back: None,
            edited: BTreeMap::new(),
            sleeping: Sleeping::NotYet,
            analysis: Some(Analysis::default()),
            unwell: BTreeSet::new(),
            soak: Soak::default(),
            refused: false,
            found: VecDeque::new(),
            waits_since: None,
            commanded: None,
        }
    }

    /// Keeps every effect that is carried out.
    pub(crate) fn noting(mut self) -> Self {
        self.notes = Some(Vec::new());
        self
    }

    /// Plays the run until it is over, or nobody can do anything more.
    pub(crate) fn run(mut self) -> SimulatedRun {
        for (call, fault) in &self.fault_plan.faults {
            self.world.plan_fault(*call, fault.clone());
        }
        let start =
            Event::Started { who: "rehearsal".to_owned(), epoch: self.epoch, at: self.now(), revision: REVISION };
        self.take_in(start);
        self.play();
        self.close()
    }

    fn play(&mut self) {
        while self.effects < LONGEST && !self.state.is_over() {
            self.take_edits_back(|edit, now| edit.until.is_some_and(|until| until <= now));
            let (now, journalled) = (self.now(), self.journal.len());
            let recording = matches!(self.state.phase, Phase::Recording { .. });
            if let Some(event) = self.person.interrupts(&self.state, journalled, now).filter(|_| !recording) {
                self.by_person(event);
                continue;
            }
            if let Some(event) = self.finding() {
                self.take_in(event);
                continue;
            }
            let now = self.now();
            if let Some(event) = self.soak.event(self.engine.plan.plan(), &self.state, now) {
                self.take_in(event);
                continue;
            }
            let due = self.answer_due();
            if due.is_some_and(|due| due <= self.world.now()) {
                if !self.answer() {
                    return;
                }
                continue;
            }
            match effects(self.engine.plan, &self.state) {
                Some(effect) => self.carry_out(effect, due),
                None if matches!(self.state.phase, Phase::LeaseLost | Phase::JournalUnavailable { .. }) => {
                    self.next_driver();
                }
                None => match due {
                    Some(due) => self.wait_for_person(due),
                    None => self.pass_until(self.left_alone_at()),
                },
            }
            if self.found.is_empty()
                && !matches!(self.state.phase, Phase::Recording { .. })
                && self.answer_due().is_none()
                && self.waits_since.is_some()
                && self.world.now() >= self.left_alone_at()
            {
                return;
            }
        }
    }

    /// When the person answers what waits for them; none when nothing does, or they never answer.
    fn answer_due(&mut self) -> Option<u64> {
        if self.state.waits_for_person() {
            let since = *self.waits_since.get_or_insert(self.world.now());
            let soaked = self.soaked_at().unwrap_or_default();
            return self.person.reaction_ms().map(|reaction| soaked.max(since + reaction));
        }
        if !matches!(self.state.phase, Phase::Recording { .. }) {
            self.waits_since = None;
        }
        None
    }

    /// The moment of the world at which the soak is over that the person waits for, when nothing comes in between. They wait for none
    /// that will never go on.
    fn soaked_at(&self) -> Option<u64> {
        let waits = self.person.finalises() && self.state.phase == Phase::Shifted;
        let since = self.state.soaks_since.filter(|_| waits)?;
        // They try it once when the time of day says so; where it was not watched for as long, they are refused and wait on.
        if !self.refused {
            return Some(self.world_time(since.plus_ms(self.engine.plan.plan().soak_ms)));
        }
        let (now, left_ms) = (self.world.now(), self.soak.left_ms(self.engine.plan.plan(), &self.state)?);
        let goes_on = self.unwell.is_empty() || now < self.left_alone_at();
        goes_on.then_some(now + left_ms)
    }

    /// Whether the run soaks, and every side passed when it was last asked.
    fn soaks_well(&self) -> bool {
        let soaks = self.state.phase == Phase::Shifted && self.state.direction == Direction::Forward;
        soaks && self.analysis.is_some() && self.unwell.is_empty()
    }

    /// So much of a soak has been watched.
    fn soaked(&mut self, from: u64) {
        if self.soaks_well() {
            self.soak.watched(self.world.now() - from);
            self.watch.soaked(self.world.now() - from);
        }
    }

    /// Time passes until the person answers. A soak may last for days: once nothing about the world will change any more, and
    /// the background analysis has had its time, its rounds find what they found before and are left out.
    fn wait_for_person(&mut self, due: u64) {
        let quiet = if self.soaked_at().is_some() { self.left_alone_at() } else { due };
        let noted = self.soak.due_in_ms(self.engine.plan.plan(), &self.state).unwrap_or(u64::MAX);
        self.pass_until(due.min(quiet).min(self.world.now().saturating_add(noted)));
        let from = self.world.now();
        if self.found.is_empty() && (quiet..due).contains(&from) {
            self.world.pass_until(due);
            self.soaked(from);
            self.watch.passed(from, self.engine.plan.plan(), &self.state, &self.world, self.fault_plan);
        }
    }

    /// The moment at which nothing will change any more of a run that waits for somebody who never answers.
    fn left_alone_at(&self) -> u64 {
        let last = self.changes.iter().rev().find(|at| **at < u64::MAX).copied();
        let last = last.into_iter().chain(self.edited.values().filter_map(|edit| edit.until)).max().unwrap_or(0);
        last.max(self.waits_since.unwrap_or(0)) + LEFT_ALONE_MS
    }

    /// The person looks at what waits for them. Gives whether they do anything about it.
    fn answer(&mut self) -> bool {
        self.waits_since = None;
        if self.fault_plan.edits_taken_back && matches!(self.state.phase, Phase::Conflict { .. }) {
            self.take_edits_back(|_, _| true);
        }
        if matches!(self.state.phase, Phase::Held { reason: Hold::ControllersActive(_), .. }) {
            self.pause_controllers();
        }
        let now = self.now();
        let allowed = |event: &Event| self.engine.transition(self.state.clone(), event.clone()).is_ok();
        let careless = self.person.careless(now).filter(allowed);
        let Some(mut event) = careless.or_else(|| self.person.answers(&self.state, now)) else { return false };
        // Where every shift was taken back alone, or left to others, nothing is there to be finalised.
        let allowed = |event: &Event| self.engine.transition(self.state.clone(), event.clone()).is_ok();
        if let Event::FinaliseApproved { who, at, .. } = &event
            && !allowed(&event)
        {
            self.refused = true;
            if self.soaked_at().is_some_and(|over| over > self.world.now()) {
                return true;
            }
            event = Event::Released { who: who.clone(), at: *at, reason: None };
        }
        self.by_person(event);
        true
    }

    fn by_person(&mut self, event: Event) {
        self.commanded = Some(event.clone());
        self.person.commanded(&event);
        if matches!(event, Event::Aborted { .. }) {
            self.turned_back.get_or_insert(self.world.now());
        }
        self.take_in(event);
    }

    /// Lets time pass until a moment, or until the background analysis has found something, in stretches in which the world
    /// is as it is.
    pub(crate) fn pass_until(&mut self, moment: u64) {
        while self.world.now() < moment && self.found.is_empty() {
            self.watch_sides();
            let from = self.world.now();
            let change = self.changes.get(self.changes.partition_point(|at| *at <= from)).copied();
            let round = self.analysis.as_ref().and_then(Analysis::next_round).map(|at| at.0.max(from + 1));
            let edit = self.edited.values().filter_map(|edit| edit.until).min().map(|at| at.max(from + 1));
            self.world.pass_until([change, round, edit].into_iter().flatten().fold(moment, u64::min));
            self.soaked(from);
            self.watch.passed(from, self.engine.plan.plan(), &self.state, &self.world, self.fault_plan);
            self.take_edits_back(|edit, now| edit.until.is_some_and(|until| until <= now));
        }
    }

    /// The background analysis asks what is due. Its answers come at once, and its clock is the world's: what it costs in time
    /// is small beside its intervals.
    fn watch_sides(&mut self) {
        let (plan, now) = (self.engine.plan.plan(), self.world.now());
        let Some(analysis) = &mut self.analysis else { return };
        if !self.engine.watches {
            return;
        }
        for step in analysis.begin_rounds(plan, &self.state, Moment(now)) {
            let said = |probes: &[Probe]| worst(probes.iter().map(|probe| self.world.verdict(probe, now)));
            let new = said(plan.steps[step].new_probes());
            if new == Verdict::Pass {
                self.unwell.remove(&step)
            } else {
                self.unwell.insert(step)
            };
            if !self.engine.counts_unknown && matches!(new, Verdict::Inconclusive { .. }) {
                continue;
            }
            let old = (new != Verdict::Pass).then(|| said(plan.steps[step].old_probes()));
            self.found.extend(analysis.judge(plan, step, new, old.as_ref(), Moment(now)));
        }
    }

    /// What the background analysis has found, once the run can take it in.
    fn finding(&mut self) -> Option<Event> {
        let is_busy = matches!(
            self.state.phase,
            Phase::Recording { .. }
                | Phase::Applying { .. }
                | Phase::Together(Together::Applying { .. })
                | Phase::LeaseLost
                | Phase::JournalUnavailable { .. }
        );
        if is_busy {
            return None;
        }
        let plan = self.engine.plan.plan();
        let still =
            |event: &Event| matches!(event, Event::AnalysisFailed { step, .. } if is_watched(plan, &self.state, *step));
        let event = std::iter::from_fn(|| self.found.pop_front()).find(still)?;
        let Event::AnalysisFailed { step, reason, .. } = event else { return None };
        Some(Event::AnalysisFailed { step, reason, at: self.now() })
    }

    /// The new side fails in the stage that the fault names, and stays so.
    pub(crate) fn fail_in_bake(&mut self) {
        let Some((step, stage)) = self.fault_plan.fails_in else { return };
        let bakes = matches!(&self.state.phase, Phase::Baking { task, .. } if task.step() == step);
        let new = step * 2 + 1;
        if bakes && self.state.steps[step].stage == Some(stage) && self.world.sides()[new].is_healthy(self.world.now())
        {
            self.world.turn_unhealthy(new, self.world.now(), u64::MAX);
            self.changes = changes(&self.world, self.fault_plan);
        }
    }

    pub(crate) fn give_up(&mut self, text: &str) {
        self.watch.violated(Invariant::Ends, text.to_owned());
        self.state.phase = Phase::Finished(Outcome::RolledBack);
    }

    fn close(mut self) -> SimulatedRun {
        let over_at = self.world.now();
        self.watch.end(self.engine.plan.plan(), &self.state, &self.world, self.fault_plan.manner);
        let back = matches!(self.state.phase, Phase::Finished(Outcome::RolledBack));
        let rollback_seconds = self.turned_back.filter(|_| back).map(|since| over_at.saturating_sub(since) / 1000);
        let lost: Lost = self.watch.lost(&self.world);
        SimulatedRun {
            state: self.state,
            journal: self.journal,
            effects: self.notes.unwrap_or_default(),
            served: self.world.served(),
            lost,
            rollback_seconds,
            violations: self.watch.violations,
        }
    }

    /// The time by the clock of the driver.
    pub(crate) fn now(&self) -> Moment {
        Moment(self.world.now().saturating_add_signed(self.clock_ahead()))
    }

    /// The moment in the world at which the driver's clock shows this one.
    pub(crate) fn world_time(&self, moment: Moment) -> u64 {
        moment.0.saturating_add_signed(-self.clock_ahead())
    }

    /// By how many milliseconds the clock of the driver is ahead of the world's.
    fn clock_ahead(&self) -> i64 {
        let clocks = &self.fault_plan.clocks;
        if clocks.is_empty() {
            return 0;
        }
        let driver = usize::try_from(self.epoch.saturating_sub(1)).unwrap_or(usize::MAX);
        CLOCKS_BEGIN_MS as i64 + clocks.get(driver).copied().unwrap_or(0)
    }
}

fn changes(world: &World, fault_plan: &FaultPlan) -> Vec<u64> {
    let outages = fault_plan.journal_outages.iter().flat_map(|outage| [outage.start, outage.end]);
    let mut all: Vec<u64> = world.changes().into_iter().chain(outages).collect();
    all.sort_unstable();
    all
}

/// The state of a run that is in the hands of the transition function. It allocates nothing.
pub(crate) const fn nowhere() -> State {
    State {
        run: String::new(),
        epoch: 0,
        revision: 0,
        sequence: 0,
        direction: Direction::Forward,
        deferred: Deferred::None,
        steps: Vec::new(),
        approved: BTreeSet::new(),
        cut_short: false,
        soaks_since: None,
        soaked_ms: 0,
        finalise_approved_by: BTreeSet::new(),
        despite_probes: false,
        trouble: None,
        unsettled: Vec::new(),
        sent: Vec::new(),
        largest_batch: None,
        next_look: None,
        refusals: 0,
        older_journal: None,
        as_of: Moment(0),
        phase: Phase::Planned,
    }
}
