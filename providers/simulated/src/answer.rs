//! What the world answers to a call: as the provider would, or as a fault or an outage makes of it.

use crate::{CallFault, Outage, World};
use caravan_providers::target::{Probe, Target};
use caravan_providers::{Call, CallError, Reply, Verdict, Write};

/// Milliseconds after which a caller waits no longer for an answer.
const GIVES_UP_MS: u64 = 10_000;

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
            Outage::Busy if matches!(call, Call::Write(_)) => Err(CallError::Throttled(text())),
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
                if let Call::Write(write) = call {
                    self.land_late(self.now + ms, write.clone());
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
                if self.sides.iter().any(|side| side.is_hanging(self.now) && side.probes.contains(probe)) {
                    self.pass_until(self.now + u64::from(probe.timeout_ms));
                }
                Ok(Reply::Probed(verdict))
            }
        }
    }

    pub(crate) fn apply(&mut self, write: &Write) -> Result<Reply, CallError> {
        let snapshot = crate::write::apply(&mut self.targets, write)?.clone();
        self.activate(&write.target);
        let Some(propagation) = self.propagation_ms(&write.target) else {
            self.lead(&write.target, &snapshot);
            return Ok(Reply::Accepted { ticket: None });
        };
        // Until it has reached everywhere, those who ask are told what stood there before.
        self.spreading.push_back((self.now + propagation, write.target.clone(), snapshot));
        let ticket = format!("C{}", self.settling.len() + 1);
        self.settling.insert(ticket.clone(), self.now + propagation);
        Ok(Reply::Accepted { ticket: Some(ticket) })
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
