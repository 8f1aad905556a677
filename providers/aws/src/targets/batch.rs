//! Several names of one hosted zone at once: one change batch, and one look at the zone.

use super::{AwsTargets, record_sets};
use caravan_providers::target::{RecordSetsTarget, Target};
use caravan_providers::{Call, CallError, Reply, Write};

impl AwsTargets {
    /// Makes the writes of names of one zone as one change batch.
    ///
    /// # Errors
    /// Those of a single write; [`CallError::Rejected`] for what shares no batch. Nothing was sent then.
    pub(super) async fn write_together(&self, writes: &[Write]) -> Result<Reply, CallError> {
        let named = writes.iter().map(|write| Some((records(&write.target)?, write))).collect::<Option<Vec<_>>>();
        let Some((named, first)) = named.as_ref().and_then(|named| Some((named, named.first()?.0))) else {
            return Err(shares_none());
        };
        if !named.iter().all(|(target, _)| is_beside(target, first)) {
            return Err(shares_none());
        }
        let visit = self.zone(first).await?;
        visit.ends(record_sets::write(&visit.session.route53, &first.zone, named).await).await
    }

    /// Answers several questions: names of one zone are observed together, and one change is asked for once.
    ///
    /// # Errors
    /// That of the call which would have answered all of them.
    pub(super) async fn observe_all(&self, calls: &[Call]) -> Result<Reply, CallError> {
        let targets = calls.iter().map(observed).collect::<Option<Vec<_>>>().unwrap_or_default();
        if let Some(first) = targets.first().filter(|first| targets.iter().all(|target| is_beside(target, first))) {
            let visit = self.zone(first).await?;
            let answers = record_sets::observe_all(&visit.session.route53, &first.zone, &targets).await;
            return visit.ends(answers.map(Reply::All)).await;
        }
        let mut answers: Vec<Result<Reply, CallError>> = Vec::new();
        for (place, call) in calls.iter().enumerate() {
            let same = calls[..place].iter().position(|before| is_same_change(before, call));
            answers.push(match same.and_then(|same| answers.get(same)) {
                Some(answer) => answer.clone(),
                None => self.ask(call).await,
            });
        }
        Ok(Reply::All(answers))
    }
}

fn records(target: &Target) -> Option<&RecordSetsTarget> {
    if let Target::Records(target) = target { Some(target) } else { None }
}

fn observed(call: &Call) -> Option<&RecordSetsTarget> {
    if let Call::Observe(target) = call { records(target) } else { None }
}

fn is_beside(one: &RecordSetsTarget, other: &RecordSetsTarget) -> bool {
    (&one.account, &one.zone) == (&other.account, &other.zone)
}

/// Whether two questions ask for one and the same change batch: Route 53 tells of a change by its id alone.
fn is_same_change(one: &Call, other: &Call) -> bool {
    match (one, other) {
        (Call::Status { write: one, ticket: id }, Call::Status { write: other, ticket }) => {
            let both = records(&one.target).zip(records(&other.target));
            id == ticket && both.is_some_and(|(one, other)| is_beside(one, other))
        }
        _ => false,
    }
}

fn shares_none() -> CallError {
    CallError::Rejected("these changes share no change batch".to_owned())
}
