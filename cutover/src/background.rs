//! The background analysis of a run while a driver drives it: it asks both sides of every shift that users are on, beside
//! whatever the driver is doing.

use crate::drift::{Look, Looks};
use crate::owners::{OwnersLook, OwnersLooks, is_handed_over};
use crate::store::RunStore;
use crate::watched::{Rounds, WatchedRound};
use caravan_cutover_engine::{Analysis, Event, Moment, State, is_watched, worst};
use caravan_plans::{Step, WavePlan};
use caravan_providers::target::Probe;
use caravan_providers::{Call, Observer, Reply, Verdict};
use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;
use std::collections::{BTreeMap, VecDeque};
use std::pin::{Pin, pin};
use tokio::sync::Mutex;

/// What is being asked, what was found, and what has not been taken in yet.
#[derive(Default)]
pub(crate) struct Background<'a> {
    analysis: Analysis,
    /// In a lock that nobody ever waits for: whoever holds a session may be moved between threads.
    asking: Mutex<FuturesUnordered<Pin<Box<dyn Future<Output = Round> + Send + 'a>>>>,
    /// The steps whose round is not over.
    asked: Vec<usize>,
    found: VecDeque<Event>,
    /// Of each step that was asked whether its new side passed when it was last asked.
    passed: BTreeMap<usize, bool>,
    /// Of each step whose new side passed when it was last asked, when it said so.
    passed_at: BTreeMap<usize, Moment>,
    rounds: Rounds,
    looks: Looks,
    looking: Mutex<FuturesUnordered<Pin<Box<dyn Future<Output = Look> + Send + 'a>>>>,
    owners: OwnersLooks,
    looking_at_owners: Mutex<FuturesUnordered<Pin<Box<dyn Future<Output = OwnersLook> + Send + 'a>>>>,
    /// What is kept for people.
    keeping: Mutex<FuturesUnordered<Pin<Box<dyn Future<Output = ()> + Send + 'a>>>>,
}

/// Whose rounds are kept, and where.
pub(crate) struct Kept<'a, S> {
    pub(crate) journal: &'a S,
    pub(crate) run: &'a str,
    pub(crate) epoch: u64,
}

/// One round of one step.
struct Round {
    step: usize,
    new: Verdict,
    /// What the old side said, where the new one did not pass.
    old: Option<Verdict>,
}

impl<'a> Background<'a> {
    /// Begins the rounds and the look that are due. Their answers are taken in by [`Background::beside`].
    pub(crate) fn begin_rounds(&mut self, world: &'a impl Observer, plan: &'a WavePlan, state: &State, now: Moment) {
        for step in self.analysis.begin_rounds(plan, state, now) {
            if !self.asked.contains(&step) {
                self.asked.push(step);
                self.asking.get_mut().push(Box::pin(ask(world, &plan.steps[step], step)));
            }
        }
        // One of each shift at a time: a look that hangs holds up no other thing.
        self.looking.get_mut().extend(self.looks.begin(world, plan, state, now));
        if self.looking_at_owners.get_mut().is_empty() {
            self.looking_at_owners.get_mut().extend(self.owners.begin(world, plan, state, now));
        }
    }

    /// Does some work to its end, and takes in what sides answer meanwhile. `now` gives the time.
    pub(crate) async fn beside<T, S: RunStore>(
        &mut self,
        kept: Kept<'a, S>,
        plan: &WavePlan,
        now: impl Fn() -> Moment,
        work: impl Future<Output = T>,
    ) -> T {
        let mut work = pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                Some(Round { step, new, old }) = self.asking.get_mut().next() => {
                    self.asked.retain(|asked| *asked != step);
                    self.passed.insert(step, new == Verdict::Pass);
                    match new {
                        Verdict::Pass => drop(self.passed_at.insert(step, now())),
                        Verdict::Fail { .. } | Verdict::Inconclusive { .. } => drop(self.passed_at.remove(&step)),
                    }
                    let unseen = self.looks.unseen(step).map(|why| format!("what stands at its target is not known: {why}"));
                    let told = self.looks.told_unseen(step);
                    if let Some(round) = self.rounds.take_in(step, new.clone(), old.clone(), unseen, told, now()) {
                        self.keeping.get_mut().push(Box::pin(keep(kept.journal, kept.run, kept.epoch, round)));
                    }
                    self.found.extend(self.analysis.judge(plan, step, new, old.as_ref(), now()));
                }
                Some(look) = self.looking.get_mut().next() => {
                    if let Some((step, drift)) = self.looks.take_in(look, now()) {
                        self.rounds.drifts(step, drift);
                    }
                }
                Some(look) = self.looking_at_owners.get_mut().next() => {
                    let round = self.owners.take_in(look, now());
                    self.keeping.get_mut().push(Box::pin(keep(kept.journal, kept.run, kept.epoch, round)));
                }
                Some(()) = self.keeping.get_mut().next() => {}
            }
        }
    }

    /// Whether every side that users are on has passed when it was last asked.
    pub(crate) fn is_well(&self, plan: &WavePlan, state: &State) -> bool {
        let mut watched = (0..plan.steps.len()).filter(|step| is_watched(plan, state, *step));
        watched.all(|step| self.passed.get(&step) == Some(&true))
    }

    /// Up to which moment what was seen bears a soak out: every side that users are on has passed, each target was seen to stand as the run
    /// left it, and work that was handed over to be at work there alone. None where the last answer of any says otherwise, or brought
    /// nothing; time after the oldest of these answers is not known yet.
    pub(crate) fn borne_out(&self, plan: &WavePlan, state: &State, now: Moment) -> Option<Moment> {
        let mut upto = now;
        for step in 0..plan.steps.len() {
            if is_watched(plan, state, step) {
                let seen = if self.rounds.is_changed(step) { None } else { self.looks.as_left(step) };
                upto = upto.min(*self.passed_at.get(&step)?).min(seen?);
            }
            if is_handed_over(plan, state, step) {
                upto = upto.min(self.owners.alone_at(step)?);
            }
        }
        Some(upto)
    }

    /// Whether a side was found to have failed, and the run has not taken that in.
    pub(crate) fn has_found(&self) -> bool {
        !self.found.is_empty()
    }

    /// The next finding that still is one; what was found of a side that users have left is forgotten.
    pub(crate) fn take_finding(&mut self, plan: &WavePlan, state: &State) -> Option<Event> {
        let still =
            |event: &Event| matches!(event, Event::AnalysisFailed { step, .. } if is_watched(plan, state, *step));
        std::iter::from_fn(|| self.found.pop_front()).find(still)
    }
}

/// A journal that can't be written to loses evidence and nothing else: the next round brings what this one did.
async fn keep(journal: &impl RunStore, run: &str, epoch: u64, round: WatchedRound) {
    let _lost = journal.keep_watched(run, epoch, &round).await;
}

/// Asks the new side, and the old one where the new one does not pass.
async fn ask(world: &impl Observer, planned: &Step, step: usize) -> Round {
    let new = ask_all(world, planned.new_probes()).await;
    let old = if new == Verdict::Pass { None } else { Some(ask_all(world, planned.old_probes()).await) };
    Round { step, new, old }
}

async fn ask_all(world: &impl Observer, probes: &[Probe]) -> Verdict {
    let asked = probes.iter().map(|probe| async {
        match world.observe(&Call::Probe(probe.clone())).await {
            Ok(Reply::Probed(verdict)) => verdict,
            Ok(_) => Verdict::Inconclusive { reason: "the answer was of another kind than the question".to_owned() },
            Err(error) => Verdict::Inconclusive { reason: error.to_string() },
        }
    });
    worst(join_all(asked).await)
}
