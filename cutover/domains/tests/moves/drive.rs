//! A driver that journals as the real one must, over the simulated world, and that may die at every point.

use crate::plans::{DAY, HOUR, MINUTE, SECOND, START};
use crate::rules::Rules;
use crate::world::World;
use caravan_cutover_domains::{Act, Event, Hold, MovePlan, Stage, State, Wanted, replay, transition, wanted};
use caravan_cutover_engine::Moment;
use fastrand::Rng;

/// What people do.
#[derive(Clone, Debug)]
pub(crate) struct People {
    /// They approve what waits, so long after it waits.
    pub(crate) approve: Option<u64>,
    /// They release what has soaked.
    pub(crate) release: bool,
    /// They turn back at this moment.
    pub(crate) back: Option<Moment>,
    /// They try again what holds, every so often.
    pub(crate) retry: Option<u64>,
}

impl People {
    pub(crate) fn willing() -> Self {
        Self { approve: Some(10 * MINUTE), release: true, back: None, retry: None }
    }
}

pub(crate) struct Rehearsal {
    pub(crate) plan: MovePlan,
    pub(crate) world: World,
    pub(crate) state: State,
    pub(crate) journal: Vec<Event>,
    pub(crate) people: People,
    pub(crate) rules: Rules,
    rng: Rng,
    /// Of a thousand steps, so many end with the driver's death.
    pub(crate) crashes: u32,
    epoch: u64,
    retried: Moment,
}

impl Rehearsal {
    pub(crate) fn new(plan: MovePlan, world: World, people: People, seed: u64) -> Self {
        let (state, rng) = (State::planned(&plan), Rng::with_seed(seed ^ 0x5eed));
        let mut rehearsal = Self {
            plan,
            world,
            state,
            journal: Vec::new(),
            people,
            rules: Rules::default(),
            rng,
            crashes: 0,
            epoch: 1,
            retried: START,
        };
        rehearsal.happens(Event::Started { who: "ann".to_owned(), epoch: 1, at: START });
        rehearsal
    }

    /// Runs until nothing more can happen, or the moment has come.
    pub(crate) fn run(&mut self, until: Moment) {
        for _ in 0..400_000 {
            if self.world.now >= until || matches!(self.state.stage, Stage::Over(_)) {
                return;
            }
            self.people_act();
            match wanted(&self.plan, &self.state, self.world.now) {
                Wanted::Nothing => return,
                Wanted::Answer => panic!("a driver waits for an answer that it has not asked for"),
                Wanted::Act(act) => self.act(&act),
                Wanted::Look(look) => self.look(&look),
                Wanted::Wait(moment) => {
                    let longest = self.world.now.plus_ms(HOUR);
                    self.pass(moment.min(longest).max(self.world.now.plus_ms(1)));
                }
                Wanted::Person => self.pass(self.world.now.plus_ms(5 * MINUTE)),
            }
        }
        panic!("no end: {:?}", self.state);
    }

    fn happens(&mut self, event: Event) {
        let state = transition(&self.plan, self.state.clone(), &event);
        self.state = state.unwrap_or_else(|illegal| panic!("{illegal}: {event:?} in {:?}", self.state));
        self.journal.push(event);
        self.rules.after(&self.plan, &self.state, &mut self.world);
    }

    fn pass(&mut self, until: Moment) {
        if let Some(dark) = self.world.pass(until) {
            let at = self.world.now.0 - START.0;
            let (stage, hold) = (self.state.stage, &self.state.hold);
            self.rules.broken(format!("dark at {at}, {stage:?}, {hold:?}, renewing {}: {dark}", self.state.renewing));
        }
    }

    fn act(&mut self, act: &Act) {
        self.happens(Event::Intended { act: act.clone(), at: self.world.now });
        if self.dies() {
            return self.take_over();
        }
        self.rules.before(&self.plan, act, &self.state, &self.world);
        let answer = self.world.act(act);
        let takes = self.rng.u64(1..2 * SECOND);
        self.pass(self.world.now.plus_ms(takes));
        if self.dies() {
            return self.take_over();
        }
        self.happens(Event::Answered { answer, at: self.world.now });
    }

    fn look(&mut self, look: &caravan_cutover_domains::Look) {
        let asked = self.world.now;
        let sight = self.world.look(look);
        let takes = self.rng.u64(1..SECOND);
        self.pass(asked.plus_ms(takes));
        if self.dies() {
            return self.take_over();
        }
        self.happens(Event::Saw { sight, asked, at: self.world.now });
    }

    fn dies(&mut self) -> bool {
        self.rng.u32(0..1_000) < self.crashes
    }

    /// The journal alone tells the next driver where the move is.
    fn take_over(&mut self) {
        let replayed = replay(&self.plan, &self.journal).unwrap();
        assert_eq!(replayed, self.state, "a replay gives what was lived");
        let away = if self.rng.u32(0..10) == 0 { self.rng.u64(1..6 * HOUR) } else { self.rng.u64(1..2 * MINUTE) };
        self.pass(self.world.now.plus_ms(away));
        self.epoch += 1;
        self.happens(Event::TakenOver { epoch: self.epoch, at: self.world.now });
    }

    fn people_act(&mut self) {
        let (now, state) = (self.world.now, &self.state);
        if self.people.back.is_some_and(|at| at <= now) && state.can_go_back() {
            self.people.back = None;
            if state.stage != Stage::Back {
                self.happens(Event::TurnedBack { who: "ann".to_owned(), at: now, despite_probes: None });
            }
            return;
        }
        if let Some(every) = self.people.retry
            && state.hold.is_some()
            && now >= self.retried.plus_ms(every)
        {
            self.retried = now;
            let is_conflict = matches!(state.hold, Some(Hold::Conflict { .. }));
            if !is_conflict || self.rng.bool() {
                return self.happens(Event::Retried { who: "ann".to_owned(), at: now });
            }
        }
        let state = &self.state;
        let approves = self.people.approve.is_some_and(|after| now >= state.since.plus_ms(after));
        if state.stage == Stage::Flip && !state.approved && approves {
            return self.happens(Event::Approved { who: "ann".to_owned(), at: now });
        }
        let may_release = state.hold.is_none() && !state.paused && state.intent.is_none();
        if state.stage == Stage::Release && self.people.release && may_release {
            for who in ["ann", "bob"] {
                self.happens(Event::ReleaseApproved { who: who.to_owned(), at: now });
            }
        }
    }

    /// The world is mended and everybody helps: it must come to an end.
    pub(crate) fn finish(&mut self) {
        self.world.mend();
        self.crashes = 0;
        self.people = People { retry: Some(30 * MINUTE), back: self.people.back, ..People::willing() };
        let until = self.world.now.plus_ms(60 * DAY);
        self.run(until);
    }
}
