//! The record of ours: brought to a value by one exact change, from what was seen there.

use super::{Ask, Wanted};
use crate::{Act, Lead, Look, MovePlan, OwnRecord, Stand, State};
use caravan_providers::Write;
use caravan_providers::target::FencingToken;

/// How far a record is from a value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Reach {
    /// It must be looked at.
    Look(Look),
    /// It must be changed.
    Write(Box<Write>),
    /// It stands there, and every name server answers it.
    There,
}

/// What is to be done so that the record stands as this. What was seen is one of the plan's own values: anything else is held as a
/// conflict when it is seen.
pub(crate) fn reach(plan: &MovePlan, own: &OwnRecord, state: &State, to: Stand) -> Reach {
    let Some((snapshot, token)) = &state.record.seen else { return Reach::Look(Look::Record) };
    let wanted = own.snapshot(to);
    let has_token = match token {
        Some(token) => to.has_token() && token.epoch == state.epoch,
        None => !to.has_token(),
    };
    if snapshot == wanted && has_token {
        return match &state.record.wrote {
            // What was put there by this run is asked for at every name server.
            Some(wrote) if !state.record.settled && wrote.after == *snapshot => {
                Reach::Look(Look::Settled(Box::new(Write { token_after: token.clone(), ..(**wrote).clone() })))
            }
            _ => Reach::There,
        };
    }
    let next = FencingToken { run: plan.run.clone(), epoch: state.epoch, sequence: state.sequence + 1 };
    Reach::Write(Box::new(Write {
        target: own.target.clone(),
        before: snapshot.clone(),
        after: wanted.clone(),
        token_before: token.clone(),
        token_after: to.has_token().then_some(next),
        in_flight: u32::try_from(plan.times.in_flight.div_ceil(1_000)).unwrap_or(u32::MAX),
    }))
}

impl Ask<'_> {
    /// Brings the record to a value. Whatever leads users to the new edge is guarded.
    pub(super) fn record(self, to: Stand) -> Wanted {
        let Lead::Ours(own) = &self.plan.lead else { return Wanted::Person };
        match reach(self.plan, own, self.state, to) {
            Reach::Look(look) => Wanted::Look(look),
            Reach::Write(write) if to == Stand::Moved && write.before != write.after => self.guarded(Act::Write(write)),
            Reach::Write(write) => self.act(Act::Write(write)),
            // What follows is the transition's.
            Reach::There => Wanted::Person,
        }
    }
}
