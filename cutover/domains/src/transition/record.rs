//! The record of ours, as it was seen.

use super::Step;
use crate::{Hold, Lead, Stage, Stand};
use caravan_providers::target::{FencingToken, Snapshot};

impl Step<'_> {
    /// What is one of the plan's own values, with the token that belongs to it, is gone on from; anything else is somebody else's.
    pub(super) fn record(&mut self, snapshot: &Snapshot, token: Option<&FencingToken>) {
        match self.own_stand(snapshot, token) {
            Some(stand) => {
                if stand.has_token() {
                    self.state.record.confirmed = Some(stand);
                }
                self.state.record.seen = Some((snapshot.clone(), token.cloned()));
            }
            None => {
                self.state.watch.evidence = None;
                self.state.hold = Some(Hold::Conflict {
                    planned: Box::new(self.planned().unwrap_or_else(|| snapshot.clone())),
                    live: Box::new(snapshot.clone()),
                    token: token.cloned(),
                });
                // Users are watched all the same.
                self.state.watch.leads = Some(false);
                if !self.state.is_watched() {
                    self.wait(self.plan.times.look);
                }
            }
        }
    }

    fn own_stand(&self, snapshot: &Snapshot, token: Option<&FencingToken>) -> Option<Stand> {
        let Lead::Ours(own) = &self.plan.lead else { return None };
        let state = &self.state;
        match token {
            Some(token) => {
                let is_ours = token.run == self.plan.run && token.epoch <= state.epoch && state.record.wrote.is_some();
                let stands = [Stand::Lowered, Stand::Moved].into_iter();
                let mut stands = stands.filter(|stand| *stand == Stand::Moved || own.lowered.is_some());
                stands.find(|stand| is_ours && own.snapshot(*stand) == snapshot)
            }
            // Without a token it is as it was, or as the last change of either way leaves it.
            None if state.stage == Stage::Releasing && own.settled == *snapshot && state.record.wrote.is_some() => {
                Some(Stand::Settled)
            }
            None => {
                let may_be_original = state.record.confirmed.is_none() || state.stage == Stage::Back;
                (may_be_original && own.original == *snapshot).then_some(Stand::Original)
            }
        }
    }

    /// What this move believed to stand there.
    fn planned(&self) -> Option<Snapshot> {
        let Lead::Ours(own) = &self.plan.lead else { return None };
        Some(own.snapshot(self.state.record.confirmed.unwrap_or(Stand::Original)).clone())
    }
}
