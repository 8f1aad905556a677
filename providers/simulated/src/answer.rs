//! What the world answers to a call: as the provider would, or as a fault or an outage makes of it.

use crate::{CallFault, Outage, World};
use caravan_providers::target::{Guarantee, Probe, Target};
use caravan_providers::{Call, CallError, Reply, Verdict, Write};

/// Milliseconds after which a caller waits no longer for an answer.
const GIVES_UP_MS: u64 = 10_000;

/// Whether whoever finds a write that landed late can tell that it did: by the token that it names, on top of which alone it lands. Any
/// other target is only as safe as the bound of what may be in flight.
fn is_told_late(write: &Write) -> bool {
    write.target.guarantee() == Guarantee::Atomic && write.token_before.is_some()
}

impl World {
    /// Makes a call. A call takes 50 ms.
    ///
    /// # Errors
    /// What the provider, or a planned fault, makes of it.
    pub fn execute(&mut self, call: &Call) -> Result<Reply, CallError> {
        self.pass_until(self.now + 50);
        let fault = self.faults.remove(&self.calls);
        self.calls += 1;
        match (fault, self.outage_of(call)) {
            (Some(fault), _) => self.answer_with(call, fault),
            (None, Some(outage)) => self.answer_in(call, outage),
            (None, None) => self.answer(call),
        }
    }

    /// The outage of the API that a call goes to. A probe goes to a side, not to a provider.
    fn outage_of(&self, call: &Call) -> Option<Outage> {
        let target = call.target().filter(|_| !self.troubles.is_empty())?;
        self.outage(target, self.now)
    }

    /// How the provider of a target fails at a moment; none when it answers.
    #[must_use]
    pub fn outage(&self, target: &Target, at: u64) -> Option<Outage> {
        let mut lasting = self.troubles.iter().filter(|trouble| trouble.lasts(at)).peekable();
        lasting.peek()?;
        let api = target.kind().budget();
        lasting.find(|trouble| trouble.api == api).map(|trouble| trouble.outage)
    }

    fn answer_in(&mut self, call: &Call, outage: Outage) -> Result<Reply, CallError> {
        let text = || "by the rehearsal's plan".to_owned();
        match outage {
            Outage::Unreachable => Err(CallError::NotSent(text())),
            Outage::Throttled => Err(CallError::Throttled(text())),
            Outage::Busy if matches!(call, Call::Write(_) | Call::WriteAll(_)) => Err(CallError::Throttled(text())),
            Outage::Busy => self.answer(call),
            Outage::Silent => {
                self.pass_until(self.now + GIVES_UP_MS);
                Err(CallError::InDoubt(text()))
            }
            Outage::Deaf => {
                let _ = self.answer(call);
                self.pass_until(self.now + GIVES_UP_MS);
                Err(CallError::InDoubt(text()))
            }
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
                let writes = match call {
                    Call::Write(write) => vec![write.clone()],
                    Call::WriteAll(writes) => writes.clone(),
                    _ => Vec::new(),
                };
                let longest = writes
                    .iter()
                    .filter(|write| !is_told_late(write))
                    .map(|write| u64::from(write.in_flight) * 1000 - 100);
                let ms = longest.min().map_or(ms, |longest| ms.min(longest));
                if !writes.is_empty() {
                    self.land_late(self.now + ms, writes);
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
            Call::Write(write) => self.apply(std::slice::from_ref(write)),
            Call::WriteAll(writes) => self.apply(writes),
            Call::All(calls) => self.answer_all(calls),
            // Without a ticket the target itself tells.
            Call::Status { write, ticket } if ticket.is_empty() => {
                let spreads = self.spreading.iter().any(|(_, target, _)| *target == write.target);
                Ok(if spreads { Reply::Pending } else { Reply::Settled })
            }
            Call::Status { ticket, .. } => match self.settling.get(ticket) {
                Some(until) if *until > self.now => Ok(Reply::Pending),
                Some(_) => Ok(Reply::Settled),
                None => Err(CallError::Missing(ticket.clone())),
            },
            Call::Activity(target) => match self.owners.get(target) {
                Some(owner) => Ok(Reply::Activity(owner.activity(self.now))),
                None => Err(CallError::Missing(target.to_string())),
            },
            Call::Probe(probe) => {
                let verdict = self.verdict(probe, self.now);
                let hangs = self.hangs_for_ms(probe);
                self.pass_until(self.now + hangs);
                Ok(Reply::Probed(verdict))
            }
        }
    }

    /// Several questions at once: each is answered by the world as it is now, and the slowest side is waited for.
    fn answer_all(&mut self, calls: &[Call]) -> Result<Reply, CallError> {
        let probes = calls.iter().filter_map(|call| if let Call::Probe(probe) = call { Some(probe) } else { None });
        let hangs = probes.map(|probe| self.hangs_for_ms(probe)).max().unwrap_or(0);
        let answers = calls.iter().map(|call| match call {
            Call::Probe(probe) => Ok(Reply::Probed(self.verdict(probe, self.now))),
            Call::Write(_) | Call::WriteAll(_) => Err(CallError::NotSent("a write is no question".to_owned())),
            other => self.answer(other),
        });
        let answers = answers.collect();
        self.pass_until(self.now + hangs);
        Ok(Reply::All(answers))
    }

    /// Milliseconds for which a probe waits for a side that hangs.
    fn hangs_for_ms(&self, probe: &Probe) -> u64 {
        let hangs = self.sides.iter().any(|side| side.is_hanging(self.now) && side.probes.contains(probe));
        if hangs { u64::from(probe.timeout_ms) } else { 0 }
    }

    /// Makes writes as one: all of them, or none.
    pub(crate) fn apply(&mut self, writes: &[Write]) -> Result<Reply, CallError> {
        crate::write::apply_all(&mut self.targets, writes, self.now)?;
        let mut latest = None;
        for write in writes {
            self.activate(&write.target);
            let Some(snapshot) = self.targets.get(&write.target).map(|held| held.snapshot.clone()) else { continue };
            match self.propagation_ms(&write.target) {
                // Until it has reached everywhere, those who ask are told what stood there before.
                Some(propagation) => {
                    self.spreading.push_back((self.now + propagation, write.target.clone(), snapshot));
                    latest = latest.max(Some(self.now + propagation));
                }
                None => self.lead(&write.target, &snapshot),
            }
        }
        let ticket = latest.map(|until| {
            let ticket = format!("C{}", self.settling.len() + 1);
            self.settling.insert(ticket.clone(), until);
            ticket
        });
        Ok(Reply::Accepted { ticket })
    }

    /// What a probe says at a moment. Where several sides answer it, it tells of the worst of them.
    #[must_use]
    pub fn verdict(&self, probe: &Probe, at: u64) -> Verdict {
        let asked = self.sides.iter().filter(|side| side.probes.contains(probe)).map(|side| side.says(at));
        let worst = asked.reduce(|worst, next| match (&worst, &next) {
            (Verdict::Inconclusive { .. }, _) | (Verdict::Fail { .. }, Verdict::Pass | Verdict::Fail { .. }) => worst,
            _ => next,
        });
        worst.unwrap_or_else(|| Verdict::Inconclusive { reason: format!("nobody listens at {}", probe.address) })
    }
}
