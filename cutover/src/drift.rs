//! Whether targets still stand as the run left them, while users are on their new side: read now and then, beside whatever the
//! run is doing.
//!
//! It is for people alone. What follows from it the engine decides, whenever it looks before a write or at the end.

use crate::blind::{Blind, Unseen};
use crate::watched::Drift;
use caravan_cutover_engine::{Blocked, Moment, Phase, State, entering, is_watched};
use caravan_plans::WavePlan;
use caravan_providers::target::{FencingToken, Snapshot, Target};
use caravan_providers::{Call, CallError, Observer, Reply};
use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;

/// A shift is looked at for the first time after so many milliseconds.
const FIRST_LOOK_MS: u64 = 5_000;
/// A shift is looked at again after so many milliseconds.
const LOOK_EVERY_MS: u64 = 60_000;
/// While it soaks, after a tenth of the soak, and no sooner than this: what the soak counts is what was looked at.
const SOAK_LOOK_MS: u64 = 1_000;
/// Sooner where something else was seen: only what is seen twice is told, since the first may have been a write on its way.
const LOOK_AGAIN_MS: u64 = 10_000;
/// Between the looks of any two shifts: what the provider allows is the driver's, who writes by it.
const BETWEEN_LOOKS_MS: u64 = 1_000;

/// What the run has left at a target.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Left {
    target: Target,
    snapshot: Snapshot,
    token: Option<FencingToken>,
}

/// A look at one shift's target.
pub(crate) struct Look {
    step: usize,
    left: Left,
    seen: Result<Reply, CallError>,
    /// What is otherwise beside it, or why that could not be asked.
    otherwise: Result<Vec<String>, CallError>,
}

/// When each shift is looked at, and what was seen there that the run has not left.
#[derive(Debug, Default)]
pub(crate) struct Looks {
    due: BTreeMap<usize, Moment>,
    /// The shifts whose look is under way.
    looked_at: BTreeSet<usize>,
    /// No look at all begins before.
    next: Moment,
    /// What a look has seen that is otherwise, with what was expected, and when.
    suspected: BTreeMap<usize, (Left, Seen, Moment)>,
    /// When each was last seen to stand as the run left it; none since an answer that said otherwise, or none at all.
    as_left: BTreeMap<usize, Moment>,
    /// The looks that brought nothing.
    blind: Blind,
}

/// What stood there, and what is otherwise beside it; no snapshot of what is gone.
type Seen = (Option<Snapshot>, Option<FencingToken>, Vec<String>);

/// How often targets and owners are looked at, in milliseconds.
pub(crate) fn look_every_ms(plan: &WavePlan, state: &State) -> u64 {
    match state.phase {
        Phase::Shifted => (plan.soak_ms / 10).clamp(SOAK_LOOK_MS, LOOK_EVERY_MS),
        _ => LOOK_EVERY_MS,
    }
}

impl Looks {
    /// The look that has been due for longest; none where none is. Shifts that no users are on are forgotten.
    pub(crate) fn begin<'a>(
        &mut self,
        world: &'a impl Observer,
        plan: &WavePlan,
        state: &State,
        now: Moment,
    ) -> Option<Pin<Box<dyn Future<Output = Look> + Send + 'a>>> {
        self.due.retain(|step, _| is_watched(plan, state, *step));
        self.suspected.retain(|step, _| is_watched(plan, state, *step));
        self.as_left.retain(|step, _| is_watched(plan, state, *step));
        self.blind.keep(|step| is_watched(plan, state, step));
        let every_ms = look_every_ms(plan, state);
        for step in (0..plan.steps.len()).filter(|step| is_watched(plan, state, *step)) {
            let due = self.due.entry(step).or_insert(now.plus_ms(FIRST_LOOK_MS));
            *due = (*due).min(now.plus_ms(every_ms));
        }
        // A clock that was put back makes nobody wait for it.
        self.next = self.next.min(now.plus_ms(BETWEEN_LOOKS_MS));
        if self.next > now {
            return None;
        }
        // Were it always the first of the plan, a soak of few minutes or a wave of many shifts would never see its last.
        let waits = self.due.iter_mut().filter(|(step, due)| **due <= now && !self.looked_at.contains(step));
        let (step, due) = waits.min_by_key(|(_, due)| **due)?;
        let step = *step;
        *due = now.plus_ms(every_ms);
        let left = left(plan, state, step)?;
        self.next = now.plus_ms(BETWEEN_LOOKS_MS);
        self.looked_at.insert(step);
        Some(Box::pin(async move {
            let seen = world.observe(&Call::Observe(left.target.clone())).await;
            let otherwise = world.beside(&left.target).await.map(|beside| beside.otherwise);
            Look { step, left, seen, otherwise }
        }))
    }

    /// Takes a look in: the step, and what is told of it from now on. None where nothing new is known: an answer that did not come
    /// tells nothing, and what is seen for the first time is looked at again.
    pub(crate) fn take_in(&mut self, look: Look, at: Moment) -> Option<(usize, Option<Drift>)> {
        let Look { step, left, seen, otherwise } = look;
        self.looked_at.remove(&step);
        let (snapshot, token, otherwise) = match (seen, otherwise) {
            (Ok(Reply::Observed { snapshot, token }), Ok(otherwise)) => (Some(snapshot), token, otherwise),
            // What has taken its place says more than that it is gone.
            (Err(CallError::Missing(text)), otherwise) => {
                let gone = format!("it is gone: {text}");
                (None, None, [vec![gone], otherwise.unwrap_or_default()].concat())
            }
            // Whoever can't see whose requests it takes has not seen that it stands as it was left.
            (Ok(Reply::Observed { .. }), Err(error)) | (Err(error), _) => {
                self.as_left.remove(&step);
                self.blind.missed(step, &error, at);
                if self.blind.told(step).is_none() {
                    self.due.insert(step, at.plus_ms(LOOK_AGAIN_MS));
                }
                return None;
            }
            (Ok(_), _) => return None,
        };
        self.blind.seen(step);
        let is_as_left = snapshot.as_ref() == Some(&left.snapshot) && token == left.token;
        if is_as_left && otherwise.is_empty() {
            self.suspected.remove(&step);
            self.as_left.insert(step, at);
            return Some((step, None));
        }
        self.as_left.remove(&step);
        let seen = (snapshot, token, otherwise);
        let same = |(expected, _, _): &&(Left, Seen, Moment)| *expected == left;
        let Some(since) = self.suspected.get(&step).filter(same).map(|(_, _, since)| *since) else {
            self.due.insert(step, at.plus_ms(LOOK_AGAIN_MS));
            self.suspected.insert(step, (left, seen, at));
            return None;
        };
        let lines = |snapshot: &Snapshot| left.target.kind().lines(snapshot).join("; ");
        let stands = [seen.0.iter().map(lines).collect(), seen.2.clone()].concat();
        let drift = Drift { since, left: lines(&left.snapshot), seen: stands.join("; "), beside: is_as_left };
        self.suspected.insert(step, (left, seen, since));
        Some((step, Some(drift)))
    }
}

impl Looks {
    /// When a shift's target was last seen to stand as the run left it; none where the last look did not show that.
    pub(crate) fn as_left(&self, step: usize) -> Option<Moment> {
        self.as_left.get(&step).copied()
    }

    /// Why the last look at a shift's target brought nothing; none where it brought something.
    pub(crate) fn unseen(&self, step: usize) -> Option<&str> {
        self.blind.why(step)
    }

    /// Since when nobody sees what stands there, once people are told.
    pub(crate) fn told_unseen(&self, step: usize) -> Option<Unseen> {
        self.blind.told(step)
    }
}

/// What the run has left at a shift's target; none where something of its own is on its way there, or a conflict is known already.
fn left(plan: &WavePlan, state: &State, step: usize) -> Option<Left> {
    let (planned, reached) = (plan.steps.get(step)?, state.steps.get(step)?);
    let is_known = matches!(state.phase, Phase::Conflict { task, .. } if task.step() == step)
        || reached.blocked == Some(Blocked::Foreign);
    let is_moving = entering(state, step).is_some() || reached.doubt.is_some() || state.phase.in_flight().is_some();
    if is_known || is_moving {
        return None;
    }
    Some(Left {
        target: planned.target(0)?.clone(),
        snapshot: planned.standing(0, reached.stage)?.clone(),
        token: reached.targets.first()?.token.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use caravan_providers::target::HttpRouteTarget;

    fn look(seen: Result<Reply, CallError>) -> Look {
        let target = HttpRouteTarget { cluster: "prod".into(), namespace: "shop".into(), name: "track".into() };
        let left =
            Left { target: Target::Route(target), snapshot: Snapshot::Rules(serde_json::json!([])), token: None };
        Look { step: 0, left, seen, otherwise: Ok(Vec::new()) }
    }

    fn as_left() -> Result<Reply, CallError> {
        Ok(Reply::Observed { snapshot: Snapshot::Rules(serde_json::json!([])), token: None })
    }

    #[test]
    fn what_is_otherwise_beside_a_target_or_can_not_be_asked_is_not_as_it_was_left() {
        let mut looks = Looks::default();
        assert_eq!(looks.take_in(look(as_left()), Moment(1)), Some((0, None)));
        let otherwise = || Look { otherwise: Ok(vec!["its Conditions are others".to_owned()]), ..look(as_left()) };
        assert_eq!(looks.take_in(otherwise(), Moment(2)), None);
        assert_eq!(looks.as_left(0), None);
        let Some((0, Some(drift))) = looks.take_in(otherwise(), Moment(3)) else { panic!("it is told") };
        assert!(drift.beside && drift.seen.contains("its Conditions are others"), "{drift:?}");
        assert_eq!(looks.take_in(look(as_left()), Moment(4)), Some((0, None)));
        let unasked = Look { otherwise: Err(CallError::Denied("no".to_owned())), ..look(as_left()) };
        assert_eq!(looks.take_in(unasked, Moment(5)), None);
        assert_eq!((looks.as_left(0), looks.unseen(0)), (None, Some("denied: no")));
    }

    #[test]
    fn what_is_gone_is_told_once_it_was_seen_twice_and_what_can_not_be_read_is_not_as_it_was_left() {
        let mut looks = Looks::default();
        let gone = || Err(CallError::Missing("no such route".to_owned()));
        assert_eq!(looks.take_in(look(as_left()), Moment(1)), Some((0, None)));
        assert_eq!(looks.as_left(0), Some(Moment(1)));
        assert_eq!(looks.take_in(look(gone()), Moment(2)), None);
        assert_eq!(looks.as_left(0), None);
        let Some((0, Some(drift))) = looks.take_in(look(gone()), Moment(3)) else { panic!("it is told") };
        assert!(drift.seen.contains("it is gone: no such route") && drift.since == Moment(2), "{drift:?}");
        assert_eq!(looks.take_in(look(as_left()), Moment(4)), Some((0, None)));
        assert_eq!(looks.take_in(look(Err(CallError::Denied("no".to_owned()))), Moment(5)), None);
        assert_eq!((looks.as_left(0), looks.unseen(0)), (None, Some("denied: no")));
    }
}
