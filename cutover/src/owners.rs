//! Whether work that was handed over has one owner still: both are asked now and then, beside whatever the run is doing.
//!
//! It is for people alone. What follows from it they decide: a driver that stopped an owner by itself might leave none.

use crate::blind::Blind;
use crate::drift::look_every_ms;
use crate::watched::{Drift, Neither, WatchedRound};
use caravan_cutover_engine::{Deferred, Direction, Moment, Phase, State, entering};
use caravan_plans::{HandOver, Step, Turn, WavePlan};
use caravan_providers::target::{FencingToken, Snapshot, Target};
use caravan_providers::{Activity, Beside, Call, CallError, Observer, Reply, Verdict};
use futures_util::future::join_all;
use std::collections::BTreeMap;
use std::pin::Pin;

/// The first look after a hand-over, in milliseconds.
const FIRST_LOOK_MS: u64 = 5_000;
/// Sooner where there is something to tell: what is seen twice is told, since the first may have been a moment in between.
const LOOK_AGAIN_MS: u64 = 10_000;

/// What one owner has answered.
struct Owner {
    target: Target,
    turn: Turn,
    left: (Snapshot, Option<FencingToken>),
    seen: Result<Reply, CallError>,
    /// Of an old owner whether it is at work, whatever is set of it.
    activity: Option<Result<Reply, CallError>>,
    beside: Beside,
}

/// A look at one hand-over.
pub(crate) struct OwnersLook {
    step: usize,
    owners: Vec<Owner>,
}

/// When each hand-over is looked at, and what was seen there.
#[derive(Debug, Default)]
pub(crate) struct OwnersLooks {
    due: BTreeMap<usize, Moment>,
    /// What was seen that is otherwise than it should be, and when first.
    suspected: BTreeMap<usize, (String, Moment)>,
    last: BTreeMap<usize, WatchedRound>,
    /// The looks that brought nothing.
    blind: Blind,
}

/// Whether a step is a hand-over that is made, and that nothing takes back: its new owner is to be at work, and no other.
pub(crate) fn is_handed_over(plan: &WavePlan, state: &State, step: usize) -> bool {
    let (Some(Step::HandOver(hand_over)), Some(reached)) = (plan.steps.get(step), state.steps.get(step)) else {
        return false;
    };
    let goes_on = matches!(state.direction, Direction::Forward | Direction::Finalise);
    let is_driven = !matches!(
        state.phase,
        Phase::Planned | Phase::Finished(_) | Phase::JournalUnavailable { .. } | Phase::LeaseLost
    );
    let is_there = reached.stage.is_some_and(|stage| stage + 1 == hand_over.switches.len());
    let is_moving = entering(state, step).is_some() || reached.doubt.is_some() || reached.unproven.is_some();
    goes_on
        && is_driven
        && is_there
        && !is_moving
        && state.deferred != Deferred::Rollback
        && !reached.released_to_others
        && !reached.failed
        && reached.blocked.is_none()
}

impl OwnersLooks {
    /// The looks that are due. Hand-overs that are none any more are forgotten.
    pub(crate) fn begin<'a>(
        &mut self,
        world: &'a impl Observer,
        plan: &WavePlan,
        state: &State,
        now: Moment,
    ) -> Option<Pin<Box<dyn Future<Output = OwnersLook> + Send + 'a>>> {
        self.due.retain(|step, _| is_handed_over(plan, state, *step));
        self.suspected.retain(|step, _| is_handed_over(plan, state, *step));
        self.last.retain(|step, _| is_handed_over(plan, state, *step));
        self.blind.keep(|step| is_handed_over(plan, state, step));
        let every_ms = look_every_ms(plan, state);
        for step in (0..plan.steps.len()).filter(|step| is_handed_over(plan, state, *step)) {
            let due = self.due.entry(step).or_insert(now.plus_ms(FIRST_LOOK_MS));
            // A clock that was put back makes nobody wait for it.
            *due = (*due).min(now.plus_ms(every_ms));
        }
        let (step, due) = self.due.iter_mut().filter(|(_, due)| **due <= now).min_by_key(|(_, due)| **due)?;
        *due = now.plus_ms(every_ms);
        let (step, asked) = (*step, asked(plan, state, *step)?);
        Some(Box::pin(async move {
            let owners = asked.into_iter().map(|(target, turn, left)| ask(world, target, turn, left));
            OwnersLook { step, owners: join_all(owners).await }
        }))
    }

    /// When the new owner was last seen alone at work; none where the last look did not show that.
    pub(crate) fn alone_at(&self, step: usize) -> Option<Moment> {
        let is_alone = |last: &&WatchedRound| last.drift.is_none() && last.new == Verdict::Pass;
        self.last.get(&step).filter(is_alone).filter(|_| !self.suspected.contains_key(&step)).map(|last| last.at)
    }

    /// Takes a look in: the round that is kept of it.
    pub(crate) fn take_in(&mut self, look: OwnersLook, at: Moment) -> WatchedRound {
        let OwnersLook { step, owners } = look;
        let drift = self.drift(step, &owners, at);
        let new = verdict(&owners);
        if new != Verdict::Pass || self.suspected.contains_key(&step) {
            self.due.insert(step, at.plus_ms(LOOK_AGAIN_MS));
        }
        let known: Vec<String> = owners.iter().filter_map(|owner| owner.beside.known.clone()).collect();
        let known = match (known.is_empty(), &new) {
            (true, Verdict::Pass) => Some("stands as it was started".to_owned()),
            (true, _) => None,
            (false, _) => Some(known.join("; ")),
        };
        let last = self.last.get(&step);
        let neither = matches!(new, Verdict::Fail { .. }).then(|| {
            let before = last.and_then(|last| last.neither);
            before.map_or(Neither { since: at, rounds: 1 }, |before| Neither { rounds: before.rounds + 1, ..before })
        });
        let missed = owners.iter().find_map(|owner| owner.seen.as_ref().err());
        // What is gone was seen to be gone.
        match missed.filter(|error| !matches!(error, CallError::Missing(_))) {
            Some(error) => self.blind.missed(step, error, at),
            None => self.blind.seen(step),
        }
        let unseen = self.blind.told(step);
        let round = WatchedRound { step, at, new, old: None, neither, drift, known, unseen };
        self.last.insert(step, round.clone());
        round
    }

    /// What is otherwise than that the new owner alone is at work, once it was seen twice.
    fn drift(&mut self, step: usize, owners: &[Owner], at: Moment) -> Option<Drift> {
        let Some(seen) = otherwise(owners) else {
            // An answer that did not come tells nothing.
            if owners.iter().all(|owner| matches!(owner.seen, Ok(Reply::Observed { .. }))) {
                self.suspected.remove(&step);
            }
            return self.last.get(&step)?.drift.clone().filter(|_| self.suspected.contains_key(&step));
        };
        let since = match self.suspected.get(&step) {
            Some((_, since)) => *since,
            None => {
                self.suspected.insert(step, (seen, at));
                return None;
            }
        };
        self.suspected.insert(step, (seen.clone(), since));
        let left = format!("{} alone at work", names(owners, Turn::On));
        Some(Drift { since, left, seen, beside: false })
    }
}

/// The owners of a hand-over, with how the run left them; none where something of its own is on its way.
type Asked = Vec<(Target, Turn, (Snapshot, Option<FencingToken>))>;

fn asked(plan: &WavePlan, state: &State, step: usize) -> Option<Asked> {
    let (planned, reached) = (plan.steps.get(step)?, state.steps.get(step)?);
    let Step::HandOver(HandOver { switches, .. }) = planned else { return None };
    if state.phase.in_flight().is_some() {
        return None;
    }
    let of = |(place, switch): (usize, &caravan_plans::Switch)| {
        let snapshot = planned.standing(place, reached.stage)?.clone();
        Some((switch.target.clone(), switch.turn, (snapshot, reached.targets.get(place)?.token.clone())))
    };
    switches.iter().enumerate().map(of).collect()
}

async fn ask(world: &impl Observer, target: Target, turn: Turn, left: (Snapshot, Option<FencingToken>)) -> Owner {
    let seen = world.observe(&Call::Observe(target.clone())).await;
    let (activity, beside) = match turn {
        Turn::Off => (Some(world.observe(&Call::Activity(target.clone())).await), Beside::default()),
        // What is not known of it is said by nobody.
        Turn::On => (None, world.beside(&target).await.unwrap_or_default()),
    };
    Owner { target, turn, left, seen, activity, beside }
}

/// What speaks against finalising a run: of any hand-over that is made, other owners at work than the new one, a new one that does not
/// work as it should, or what could not be asked. None where every new owner was just seen alone at work.
pub(crate) async fn against_finalising(world: &impl Observer, plan: &WavePlan, state: &State) -> Option<String> {
    let made = (0..plan.steps.len()).filter(|step| is_handed_over(plan, state, *step));
    let made = made.filter_map(|step| asked(plan, state, step)).map(|asked| async {
        let owners = asked.into_iter().map(|(target, turn, left)| ask(world, target, turn, left));
        let owners = join_all(owners).await;
        otherwise(&owners).or_else(|| match verdict(&owners) {
            Verdict::Pass => None,
            Verdict::Fail { reason } | Verdict::Inconclusive { reason } => Some(reason),
        })
    });
    join_all(made).await.into_iter().flatten().next()
}

/// How the new owner works: what speaks against it fails it, and what nobody could ask says nothing.
fn verdict(owners: &[Owner]) -> Verdict {
    if let Some(reason) = owners.iter().find_map(|owner| owner.beside.against.clone()) {
        return Verdict::Fail { reason };
    }
    let unseen = owners.iter().find_map(|owner| match &owner.seen {
        Err(error) => Some(Verdict::Inconclusive { reason: format!("{}: {error}", owner.target) }),
        Ok(_) => None,
    });
    unseen.unwrap_or(Verdict::Pass)
}

/// What is otherwise than the run left it; none where nothing is, as far as it was seen.
fn otherwise(owners: &[Owner]) -> Option<String> {
    let is_active = |owner: &&Owner| {
        let is_set =
            matches!(&owner.seen, Ok(Reply::Observed { snapshot: Snapshot::Activation { active: true, .. }, .. }));
        is_set || matches!(owner.activity, Some(Ok(Reply::Activity(Activity::Working))))
    };
    let (old, new): (Vec<&Owner>, Vec<&Owner>) =
        owners.iter().filter(is_active).partition(|owner| owner.turn == Turn::Off);
    let listed =
        |owners: &[&Owner]| owners.iter().map(|owner| owner.target.to_string()).collect::<Vec<_>>().join(" and ");
    match (old.is_empty(), new.is_empty()) {
        (false, false) => return Some(format!("two owners are at work: {} beside {}", listed(&old), listed(&new))),
        (false, true) => {
            return Some(format!("{} is at work again, and {} is not", listed(&old), names(owners, Turn::On)));
        }
        _ => {}
    }
    let gone = owners.iter().filter(|owner| owner.turn == Turn::On);
    let gone = gone.filter_map(|owner| match &owner.seen {
        Err(CallError::Missing(text)) => Some(format!("nobody is at work: {} is gone: {text}", owner.target)),
        _ => None,
    });
    if let Some(gone) = gone.into_iter().next() {
        return Some(gone);
    }
    let changed: Vec<String> = owners
        .iter()
        .filter_map(|owner| match &owner.seen {
            Ok(Reply::Observed { snapshot, token }) if (snapshot, token) != (&owner.left.0, &owner.left.1) => {
                Some(format!("{}: {}", owner.target, owner.target.kind().lines(snapshot).join("; ")))
            }
            _ => None,
        })
        .collect();
    (!changed.is_empty()).then(|| changed.join("; "))
}

fn names(owners: &[Owner], turn: Turn) -> String {
    let all = owners.iter().filter(|owner| owner.turn == turn);
    all.map(|owner| owner.target.to_string()).collect::<Vec<_>>().join(" and ")
}
