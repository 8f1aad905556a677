//! The world: targets, sides, traffic and the time.

use crate::kind::simulation;
use crate::owner::WorkOwner;
use crate::traffic::Traffic;
use crate::{CallFault, ServedRequests, Side, Succession};
use caravan_providers::target::{Controller, FencingToken, Probe, Snapshot, Target};
use caravan_providers::{Activity, Call, CallError, Reply, Verdict, Write};
use std::collections::{BTreeMap, VecDeque};

/// A world in virtual time. Deterministic: the same seed and the same calls give the same answers.
#[derive(Clone, Debug)]
pub struct World {
    now: u64,
    targets: BTreeMap<Target, Held>,
    controllers: BTreeMap<Target, Vec<Controller>>,
    sides: Vec<Side>,
    traffic: Traffic,
    owners: BTreeMap<Target, WorkOwner>,
    successions: Vec<Succession>,
    faults: BTreeMap<u64, CallFault>,
    calls: u64,
    late: VecDeque<(u64, Write)>,
    settling: BTreeMap<String, u64>,
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

    /// A side is unhealthy from one moment until another.
    pub fn turn_unhealthy(&mut self, side: usize, begin: u64, end: u64) {
        if let Some(side) = self.sides.get_mut(side) {
            side.turns = vec![begin, end];
        }
    }

    /// Probes of a side bring no answer from one moment until another.
    pub fn silence(&mut self, side: usize, begin: u64, end: u64) {
        if let Some(side) = self.sides.get_mut(side) {
            side.silences = vec![begin, end];
        }
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
        self.lead(target, &snapshot);
        self.targets.insert(target.clone(), Held { snapshot, token });
        self.activate(target);
    }

    /// What stands at a target from now on leads its traffic. An owner takes its work itself: nobody sends it any.
    fn lead(&mut self, target: &Target, snapshot: &Snapshot) {
        if !self.owners.contains_key(target) {
            self.traffic.lead(target, snapshot, &self.sides);
        }
    }

    /// Lets time pass until a moment: traffic flows, late writes land.
    pub fn pass_until(&mut self, moment: u64) {
        while let Some(landing) = self.late.front().map(|(at, _)| *at).filter(|at| *at <= moment) {
            self.work_and_flow_until(landing);
            if let Some((_, write)) = self.late.pop_front() {
                // Too late to be told: whether it fits or not, nobody hears of it.
                let _ = self.apply(&write);
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
    fn activate(&mut self, target: &Target) {
        let active = match self.targets.get(target).map(|held| &held.snapshot) {
            Some(Snapshot::Activation { active, .. }) => *active,
            _ => return,
        };
        if let (Some(owner), Some(delays)) = (self.owners.get_mut(target), simulation(target).delays_ms()) {
            owner.set(active, self.now, delays);
        }
    }

    /// Makes a call. A call takes 50 ms.
    ///
    /// # Errors
    /// What the provider, or a planned fault, makes of it.
    pub fn execute(&mut self, call: &Call) -> Result<Reply, CallError> {
        self.pass_until(self.now + 50);
        let fault = self.faults.remove(&self.calls);
        self.calls += 1;
        match fault {
            None => self.answer(call),
            Some(fault) => self.answer_with(call, fault),
        }
    }

    fn answer_with(&mut self, call: &Call, fault: CallFault) -> Result<Reply, CallError> {
        let text = || "by the rehearsal's plan".to_owned();
        match fault {
            CallFault::NotSent => Err(CallError::NotSent(text())),
            CallFault::Throttled => Err(CallError::Throttled(text())),
            CallFault::Denied => Err(CallError::Denied(text())),
            CallFault::Rejected => Err(CallError::Rejected(text())),
            CallFault::LostBefore => Err(CallError::InDoubt(text())),
            CallFault::LostAfter => {
                let _ = self.answer(call);
                Err(CallError::InDoubt(text()))
            }
            CallFault::Late { ms } => {
                if let Call::Write(write) = call {
                    let at = self.now + ms;
                    let place = self.late.partition_point(|(other, _)| *other <= at);
                    self.late.insert(place, (at, write.clone()));
                }
                Err(CallError::InDoubt(text()))
            }
            CallFault::Twice => {
                let first = self.answer(call);
                let _ = self.answer(call);
                first
            }
            CallFault::Edited { target, snapshot, token } => {
                self.edit(&target, *snapshot, token);
                self.answer(call)
            }
        }
    }

    fn answer(&mut self, call: &Call) -> Result<Reply, CallError> {
        match call {
            Call::Observe(target) => match self.targets.get(target) {
                Some(held) => Ok(Reply::Observed { snapshot: held.snapshot.clone(), token: held.token.clone() }),
                None => Err(CallError::Missing(target.to_string())),
            },
            Call::Controllers(target) => Ok(Reply::Controllers(self.controllers(target).to_vec())),
            Call::Write(write) => self.apply(write),
            Call::Status { ticket, .. } => match self.settling.get(ticket) {
                Some(until) if *until > self.now => Ok(Reply::Pending),
                Some(_) => Ok(Reply::Settled),
                None => Err(CallError::Missing(ticket.clone())),
            },
            Call::Activity(target) => match self.owners.get(target) {
                Some(owner) => Ok(Reply::Activity(owner.activity(self.now))),
                None => Err(CallError::Missing(target.to_string())),
            },
            Call::Probe(probe) => Ok(Reply::Probed(self.probe(probe))),
        }
    }

    fn apply(&mut self, write: &Write) -> Result<Reply, CallError> {
        let snapshot = crate::write::apply(&mut self.targets, write)?.clone();
        self.lead(&write.target, &snapshot);
        self.activate(&write.target);
        let Some(propagation) = simulation(&write.target).propagation_ms() else {
            return Ok(Reply::Accepted { ticket: None });
        };
        let ticket = format!("C{}", self.settling.len() + 1);
        self.settling.insert(ticket.clone(), self.now + propagation);
        Ok(Reply::Accepted { ticket: Some(ticket) })
    }

    /// Where several sides answer a probe, it tells of the worst of them.
    fn probe(&self, probe: &Probe) -> Verdict {
        let mut asked = self.sides.iter().filter(|side| side.probes.contains(probe)).peekable();
        if asked.peek().is_none() {
            return Verdict::Inconclusive { reason: format!("nobody listens at {}", probe.address) };
        }
        let (silent, well) = asked.fold((false, true), |(silent, well), side| {
            (silent || side.is_silent(self.now), well && side.is_healthy(self.now))
        });
        match (silent, well) {
            (true, _) => Verdict::Inconclusive { reason: "no answer in time".to_owned() },
            (false, true) => Verdict::Pass,
            (false, false) => Verdict::Fail { reason: "answered 500".to_owned() },
        }
    }
}
