//! The world: targets, sides, traffic and the time.

use crate::kind::simulation;
use crate::owner::WorkOwner;
use crate::traffic::Traffic;
use crate::{CallFault, Lie, ServedRequests, Side, Succession, Trouble, spells};
use caravan_providers::target::{Controller, FencingToken, Snapshot, Target};
use caravan_providers::{Activity, Write};
use std::collections::{BTreeMap, VecDeque};

/// A world in virtual time. Deterministic: the same seed and the same calls give the same answers.
#[derive(Clone, Debug)]
pub struct World {
    pub(crate) now: u64,
    pub(crate) targets: BTreeMap<Target, Held>,
    pub(crate) controllers: BTreeMap<Target, Vec<Controller>>,
    pub(crate) sides: Vec<Side>,
    pub(crate) traffic: Traffic,
    pub(crate) owners: BTreeMap<Target, WorkOwner>,
    pub(crate) successions: Vec<Succession>,
    pub(crate) faults: BTreeMap<u64, CallFault>,
    pub(crate) calls: u64,
    pub(crate) late: VecDeque<(u64, Vec<Write>)>,
    pub(crate) troubles: Vec<Trouble>,
    /// Milliseconds that a write takes to reach everywhere, where it takes any; none is what is usual for its kind.
    pub(crate) propagation: Option<u64>,
    /// What reaches everywhere at a moment, in their order.
    pub(crate) spreading: VecDeque<(u64, Target, Snapshot)>,
    pub(crate) settling: BTreeMap<String, u64>,
}

/// What stands at one target.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Held {
    /// Its snapshot.
    pub snapshot: Snapshot,
    /// The fencing token beside it.
    pub token: Option<FencingToken>,
}

impl World {
    /// A world at moment 0 with these targets and sides, and so many resolvers between users and names.
    #[must_use]
    pub fn new(seed: u64, targets: BTreeMap<Target, Held>, sides: Vec<Side>, resolvers: usize) -> Self {
        let owners = targets.iter().filter_map(|(target, held)| match held.snapshot {
            Snapshot::Activation { active, .. } => Some((target.clone(), WorkOwner::settled(active))),
            _ => None,
        });
        let mut world = Self {
            owners: owners.collect(),
            successions: Vec::new(),
            now: 0,
            targets: BTreeMap::new(),
            controllers: BTreeMap::new(),
            sides,
            traffic: Traffic::new(seed, resolvers),
            faults: BTreeMap::new(),
            calls: 0,
            late: VecDeque::new(),
            troubles: Vec::new(),
            propagation: None,
            spreading: VecDeque::new(),
            settling: BTreeMap::new(),
        };
        for (target, held) in &targets {
            world.lead(target, &held.snapshot);
        }
        Self { targets, ..world }
    }

    /// Lets something go wrong with the call of that number, counted from 0.
    pub fn plan_fault(&mut self, call: u64, fault: CallFault) {
        self.faults.insert(call, fault);
    }

    /// How many calls were made.
    #[must_use]
    pub const fn calls(&self) -> u64 {
        self.calls
    }

    /// The time in milliseconds.
    #[must_use]
    pub const fn now(&self) -> u64 {
        self.now
    }

    /// What stands at a target.
    #[must_use]
    pub fn held(&self, target: &Target) -> Option<&Held> {
        self.targets.get(target)
    }

    /// What became of the traffic so far.
    #[must_use]
    pub const fn served(&self) -> ServedRequests {
        self.traffic.served()
    }

    /// The sides.
    #[must_use]
    pub fn sides(&self) -> &[Side] {
        &self.sides
    }

    /// Requests that a side did not answer well so far.
    #[must_use]
    pub fn lost_on(&self, side: usize) -> u64 {
        self.traffic.lost_on(side)
    }

    /// A side is unhealthy from one moment until another, too.
    pub fn turn_unhealthy(&mut self, side: usize, begin: u64, end: u64) {
        if let Some(side) = self.sides.get_mut(side) {
            spells::add(&mut side.turns, begin, end);
        }
    }

    /// Probes of a side bring no answer from one moment until another.
    pub fn silence(&mut self, side: usize, begin: u64, end: u64) {
        if let Some(side) = self.sides.get_mut(side) {
            spells::add(&mut side.silences, begin, end);
        }
    }

    /// A side takes requests and answers none from one moment until another.
    pub fn hang(&mut self, side: usize, begin: u64, end: u64) {
        self.turn_unhealthy(side, begin, end);
        if let Some(side) = self.sides.get_mut(side) {
            spells::add(&mut side.hangs, begin, end);
        }
    }

    /// Probes of a side say something for a while, whatever is so.
    pub fn lie(&mut self, side: usize, lie: Lie) {
        if let Some(side) = self.sides.get_mut(side) {
            side.lies.push(lie);
        }
    }

    /// Every call to an API goes wrong for a while. Of several the first that lasts counts.
    pub fn trouble(&mut self, trouble: Trouble) {
        self.troubles.push(trouble);
    }

    /// The troubles that last for a while, whether over or still to come.
    #[must_use]
    pub fn troubles(&self) -> &[Trouble] {
        &self.troubles
    }

    /// Writes that take a while to reach everywhere take so many milliseconds.
    pub const fn set_propagation(&mut self, ms: u64) {
        self.propagation = Some(ms);
    }

    /// Milliseconds that an accepted write takes to reach everywhere; none when it is there at once.
    #[must_use]
    pub fn propagation_ms(&self, target: &Target) -> Option<u64> {
        simulation(target).propagation_ms().map(|usual| self.propagation.unwrap_or(usual))
    }

    /// A resolver between users and names keeps every answer for so many milliseconds at the least, whatever the name says.
    pub fn hold_answers(&mut self, resolver: usize, ms: u64) {
        self.traffic.hold_answers(resolver, ms);
    }

    /// The moments at which a side or an API changes how it is, sorted.
    #[must_use]
    pub fn changes(&self) -> Vec<u64> {
        let troubles = self.troubles.iter().flat_map(|trouble| [trouble.from, trouble.until]);
        let mut all: Vec<u64> = self.sides.iter().flat_map(Side::changes).chain(troubles).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// These write to a target by themselves from now on; none of them shows itself otherwise.
    pub fn set_controllers(&mut self, target: &Target, controllers: Vec<Controller>) {
        self.controllers.insert(target.clone(), controllers);
    }

    /// Who writes to a target by themselves.
    #[must_use]
    pub fn controllers(&self, target: &Target) -> &[Controller] {
        self.controllers.get(target).map_or(&[], Vec::as_slice)
    }

    /// Watches that of these two sides exactly one is at work.
    pub fn watch(&mut self, succession: Succession) {
        self.successions.push(succession);
    }

    /// What was seen of the sides that are watched.
    #[must_use]
    pub fn successions(&self) -> &[Succession] {
        &self.successions
    }

    /// A third party changes a target.
    pub fn edit(&mut self, target: &Target, snapshot: Snapshot, token: Option<FencingToken>) {
        self.spreading.retain(|(_, other, _)| other != target);
        self.lead(target, &snapshot);
        self.targets.insert(target.clone(), Held { snapshot, token });
        self.activate(target);
    }

    /// What stands at a target from now on leads its traffic. An owner takes its work itself: nobody sends it any.
    pub(crate) fn lead(&mut self, target: &Target, snapshot: &Snapshot) {
        if !self.owners.contains_key(target) {
            self.traffic.lead(target, snapshot, &self.sides);
        }
    }

    /// A write, or several as one, lands at a moment, and nobody hears of it: its sender has given up, or was asleep.
    pub fn land_late(&mut self, at: u64, writes: Vec<Write>) {
        let place = self.late.partition_point(|(other, _)| *other <= at);
        self.late.insert(place, (at, writes));
    }

    /// Lets time pass until a moment: traffic flows, late writes land, accepted ones reach everywhere.
    pub fn pass_until(&mut self, moment: u64) {
        loop {
            let (late, spread) = (self.late.front().map(|(at, _)| *at), self.spreading.front().map(|(at, ..)| *at));
            let Some(next) = late.into_iter().chain(spread).min().filter(|at| *at <= moment) else { break };
            self.work_and_flow_until(next);
            if spread == Some(next) {
                if let Some((_, target, snapshot)) = self.spreading.pop_front() {
                    self.lead(&target, &snapshot);
                }
            } else if let Some((_, writes)) = self.late.pop_front() {
                // Too late to be told: whether it fits or not, nobody hears of it.
                let _ = self.apply(&writes);
            }
        }
        self.work_and_flow_until(moment);
    }

    /// Lets owners work and traffic flow; who is at work changes only where an owner's change takes effect.
    fn work_and_flow_until(&mut self, moment: u64) {
        if !self.successions.is_empty() {
            let mut now = self.now;
            while now < moment {
                let next = self.owners.values().filter_map(|owner| owner.changes_after(now)).min();
                let until = next.unwrap_or(moment).min(moment);
                let owners = &self.owners;
                let works = |targets: &[Target]| {
                    let mut owners = targets.iter().filter_map(|target| owners.get(target));
                    owners.any(|owner| owner.activity(now) == Activity::Working)
                };
                for succession in &mut self.successions {
                    let (old, new) = (works(&succession.old), works(&succession.new));
                    succession.pass(until - now, old, new);
                }
                now = until;
            }
        }
        if self.now < moment {
            self.traffic.flow(self.now, moment, &self.sides);
            self.now = moment;
        }
    }

    /// What stands at a target now takes effect on the owner that it is.
    pub(crate) fn activate(&mut self, target: &Target) {
        let active = match self.targets.get(target).map(|held| &held.snapshot) {
            Some(Snapshot::Activation { active, .. }) => *active,
            _ => return,
        };
        if let (Some(owner), Some(delays)) = (self.owners.get_mut(target), simulation(target).delays_ms()) {
            owner.set(active, self.now, delays);
        }
    }
}
