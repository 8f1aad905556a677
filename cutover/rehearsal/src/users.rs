//! What users bear: how long they stand on a side that is known to be bad, and what they lose there.

use crate::invariant::{Invariant, Violation};
use crate::lost::Lost;
use caravan_cutover_engine::{Direction, Phase, State, is_watched};
use caravan_plans::{Change, Shift, Stage, Step, WavePlan};
use caravan_providers::target::Probe;
use caravan_providers_simulated::World;

/// Requests a second for each target.
const REQUESTS_PER_SECOND: u64 = 100;

/// The users of one shift.
#[derive(Debug)]
pub(crate) struct Users {
    step: usize,
    /// The sides whose probes tell of the old one and of the new one: they may be several, on the same machines.
    old: Vec<usize>,
    new: Vec<usize>,
    bound_ms: u64,
    /// Since when they stand on a side that is known to be bad, without other trouble.
    since: Option<u64>,
    /// What the world had lost on the new side when it was last looked at.
    seen: u64,
    lost: Lost,
    /// How often other trouble came in between while they stood on a bad side.
    interrupted: u64,
    /// The largest share of the new side that the plan had for them while they lost requests.
    percent: u64,
    said: bool,
}

/// A stretch of time in which nothing about the world changed by itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch<'a> {
    pub(crate) from: u64,
    pub(crate) plan: &'a WavePlan,
    pub(crate) state: &'a State,
    pub(crate) world: &'a World,
    /// Whether the journal could not be reached.
    pub(crate) journal_is_out: bool,
    /// Whether a provider has refused something for good, and no person has said yet what is to become of it.
    pub(crate) is_refused: bool,
    /// Until when something else went wrong.
    pub(crate) disturbed_at: u64,
}

impl Users {
    /// The users of each shift of a plan.
    pub(crate) fn of(plan: &WavePlan, world: &World) -> Vec<Self> {
        let shifts = plan.steps.iter().enumerate().filter_map(|(at, step)| match step {
            Step::Shift(shift) => Some((at, shift)),
            Step::HandOver(_) => None,
        });
        let answering = |probes: &[Probe]| {
            let sides = world.sides().iter().enumerate();
            sides.filter(|(_, side)| side.probes.iter().any(|probe| probes.contains(probe))).map(|(at, _)| at).collect()
        };
        let users = |(step, shift): (usize, &Shift)| Self {
            step,
            old: answering(&shift.old),
            new: answering(&shift.new),
            bound_ms: plan.exposure_ms(shift),
            since: None,
            seen: 0,
            lost: Lost::default(),
            interrupted: 0,
            percent: 0,
            said: false,
        };
        shifts.map(users).collect()
    }

    /// Their step in the plan.
    pub(crate) const fn step(&self) -> usize {
        self.step
    }

    /// A stretch of time has passed. `is_foreign` tells whether a third party holds their target.
    pub(crate) fn passed(&mut self, stretch: &Stretch<'_>, is_foreign: bool) -> Option<Violation> {
        let Stretch { from, plan, state, world, .. } = *stretch;
        let Some(Step::Shift(shift)) = plan.steps.get(self.step) else { return None };
        let lost = world.lost_on(self.step * 2 + 1) - self.seen;
        self.seen += lost;
        let is_known_bad = self.is_known_bad(world, from);
        if lost == 0 && !is_known_bad {
            self.since = None;
            return None;
        }
        let is_on_new = on_new_side(world, shift, self.step);
        let is_troubled = is_foreign
            || stretch.journal_is_out
            || stretch.is_refused
            || world.outage(&shift.target, from).is_some()
            || state.direction == Direction::Release
            || is_final(plan, state, self.step)
            || stands_in_final_form(stretch, self.step)
            || state.steps.get(self.step).is_some_and(|step| step.released_to_others);
        match (is_on_new, is_troubled || (lost > 0 && !is_known_bad)) {
            (false, _) => self.lost.after_return += lost,
            (true, true) => self.lost.in_trouble += lost,
            (true, false) => {
                self.lost.by_new_side += lost;
                self.percent = self.percent.max(announced_share(world, shift));
            }
        }
        if !is_known_bad || !is_on_new {
            self.since = None;
            return None;
        }
        if is_troubled {
            self.interrupted += u64::from(self.since.take().is_some());
            return None;
        }
        let began = *self.since.get_or_insert(from);
        if stretch.disturbed_at > began {
            self.interrupted += 1;
            self.since = Some(stretch.disturbed_at);
        }
        self.judge(shift, state, world.now())
    }

    /// What they lost so far.
    pub(crate) fn lost(&self) -> Lost {
        let announced = if self.lost.by_new_side == 0 { 0 } else { self.announced() };
        Lost { announced, ..self.lost }
    }

    /// The most that the plan lets them lose: the share that it sends to the new side, for as long as it may take to take
    /// them back and the second that has begun, once and again for each time that other trouble came in between.
    fn announced(&self) -> u64 {
        REQUESTS_PER_SECOND * self.percent * (self.bound_ms + 1000) * (1 + self.interrupted) / 100_000
    }

    fn judge(&mut self, shift: &Shift, state: &State, now: u64) -> Option<Violation> {
        let stood = now.saturating_sub(self.since?);
        let (lost, announced) = (self.lost.by_new_side, self.announced());
        let target = &shift.target;
        let (rule, text) = if stood > self.bound_ms {
            let (seconds, phase) = (stood / 1000, state.phase.name());
            let text = format!("users of {target} stand on a bad side for {seconds} s, and the run is {phase}");
            let is_held = matches!(state.phase, Phase::Held { .. });
            (if is_held { Invariant::NoHoldOnBadSide } else { Invariant::BadSideLeft }, text)
        } else if lost > announced {
            (Invariant::LossAnnounced, format!("{target} lost {lost} requests, announced are {announced}"))
        } else {
            return None;
        };
        if self.said {
            return None;
        }
        self.said = true;
        Some(Violation { rule, text })
    }

    /// Whether the probes of the new side tell that it is bad, and those of the old one that it is well.
    fn is_known_bad(&self, world: &World, at: u64) -> bool {
        let pass =
            |sides: &[usize]| sides.iter().all(|side| world.sides().get(*side).is_none_or(|side| side.passes(at)));
        !pass(&self.new) && pass(&self.old)
    }
}

/// Whether there is no way back any more for a step's users, or may be none.
fn is_final(plan: &WavePlan, state: &State, step: usize) -> bool {
    let is_finalised = state.steps.get(step).is_some_and(|reached| reached.finalised);
    is_finalised || (state.direction == Direction::Finalise && state.is_one_way() && !is_watched(plan, state, step))
}

/// Whether a final write has taken effect, though nobody has heard of it yet: from then on there is no way back, as the plan says.
fn stands_in_final_form(stretch: &Stretch<'_>, step: usize) -> bool {
    let Stretch { plan, state, world, .. } = *stretch;
    let (Some(planned), Some(reached)) = (plan.steps.get(step), state.steps.get(step)) else { return false };
    let made = || planned.finalise(reached.stage?);
    let stands = |change: Change| world.held(&change.target).is_some_and(|held| held.snapshot == change.after);
    state.direction == Direction::Finalise && made().is_some_and(stands)
}

/// Whether a snapshot that stands at a shift's target sends anything to its new side.
fn on_new_side(world: &World, shift: &Shift, step: usize) -> bool {
    let (Some(held), Some(new)) = (world.held(&shift.target), world.sides().get(step * 2 + 1)) else { return false };
    let shares = shift.target.kind().shares(&held.snapshot);
    shares.iter().any(|share| share.weight > 0 && new.names.iter().any(|name| name == share.name))
}

/// The share of users in percent that the plan announces to be at risk while this stands at a shift's target: 0 where it is no
/// stage's.
fn announced_share(world: &World, shift: &Shift) -> u64 {
    let held = world.held(&shift.target);
    let stands = |stage: &&Stage| held.is_some_and(|held| held.snapshot == stage.snapshot);
    shift.stages.iter().find(stands).map_or(0, |stage| u64::from(shift.percent_at_risk(stage)))
}
