//! One run through one outage, by a real driver with the machine's clock and the real adapters.

use super::judge::{self, Span};
use super::outage::{Outage, Way};
use super::scene::{Scene, Servers};
use crate::places::Adapters;
use crate::rollback::{seal, shift, started};
use caravan_cutover::{Command, Driver, Journal, SystemClock, WaitPolicy};
use caravan_cutover_engine::{Clock, JournalStore, Moment, Outcome, Phase, State, replay};
use caravan_plans::{Sealed, Shift, Step};
use std::sync::Mutex;
use std::time::Duration;

const RUN: &str = "run-1";
/// The seconds within which a rollback ends once the outage is over, and a run goes on that was told to.
const BOUND: f64 = 60.0;
/// The seconds that everything beside the outage may take before a run is given up.
const REST: u64 = 240;

/// What came of one outage.
pub(super) struct Row {
    pub(super) outage: Outage,
    /// Seconds after the outage until the run was back, or went on; negative while it lasted, none when neither came.
    pub(super) after: Option<f64>,
    /// Calls to the provider, of the whole run.
    pub(super) requests: usize,
    /// How it last waited for a person, if it did.
    pub(super) waited: Option<String>,
    /// What was not as it should be.
    pub(super) wrong: Vec<String>,
}

/// What was seen of a run so far.
#[derive(Clone, Default)]
struct Seen {
    phase: &'static str,
    waits: bool,
    begun: Option<Moment>,
    ended: Option<Moment>,
    shifted: Option<Moment>,
    waited: Option<String>,
    wanted_back: bool,
}

/// Takes a run through an outage, and judges it.
pub(super) async fn row(servers: &Servers, outage: Outage) -> Row {
    let (scene, adapters) = servers.scene(outage.server).await;
    let before = scene.everything().await;
    let mut shift = shift(&scene.case, &scene.old, &scene.new);
    shift.old.iter_mut().chain(&mut shift.new).for_each(|probe| probe.timeout_ms = 2000);
    let sealed = seal(vec![shift]);
    let folder = tempfile::tempdir().unwrap();
    let driver = driver(&sealed, adapters, folder.path()).await;
    let seen = Mutex::new(Seen::default());
    let watch = |state: &State| {
        let mut seen = seen.lock().unwrap();
        seen.phase = state.phase.name();
        seen.waits = state.waits_for_person() && !matches!(state.phase, Phase::Planned);
        if seen.begun.is_none() && outage.during.is(state) {
            scene.begin(&outage);
            seen.begun = Some(SystemClock.now());
        }
        if matches!(state.phase, Phase::Shifted) {
            seen.shifted.get_or_insert(SystemClock.now());
        } else if seen.waits {
            seen.waited = Some(match &state.phase {
                Phase::Held { reason, .. } => format!("held: {reason:?}"),
                Phase::Stuck { reason, .. } => format!("stuck: {reason}"),
                other => other.name().to_owned(),
            });
        }
    };
    let limit = Duration::from_secs(outage.seconds + REST);
    let driven = tokio::select! {
        driven = tokio::time::timeout(limit, driver.drive(RUN, &sealed, "test", watch)) => driven,
        () = people(&driver.journal, &scene, &outage, &seen) => unreachable!(),
    };
    let over = SystemClock.now();
    let seen = seen.lock().unwrap().clone();
    scene.end(&outage);
    let mut row =
        Row { outage, after: None, requests: scene.requests(), waited: seen.waited.clone(), wrong: Vec::new() };
    let Ok(driven) = driven else {
        row.wrong.push(format!("it did not end: it is {}, and waited in {:?}", seen.phase, seen.waited));
        return row;
    };
    let driven = driven.unwrap().state;
    if !matches!(driven.phase, Phase::Finished(Outcome::RolledBack)) {
        row.wrong.push(format!("it ended as {:?}", driven.phase));
    }
    let after = scene.everything().await;
    if after != before {
        row.wrong.push(format!("the server says\n{after}\nand said\n{before}"));
    }
    judge(&mut row, &driver, &sealed, &scene, (driven, seen, over)).await;
    scene.leave();
    row
}

/// Holds what happened, and when, against what must be.
async fn judge(
    row: &mut Row,
    driver: &Driver<Journal, Adapters, SystemClock>,
    sealed: &Sealed,
    scene: &Scene<'_>,
    (driven, seen, over): (State, Seen, Moment),
) {
    let entries = driver.journal.load(RUN).await.unwrap();
    let replayed = replay(RUN, sealed, entries.iter().map(|entry| &entry.event)).unwrap();
    if replayed != driven {
        row.wrong.push(format!("its journal replays to {replayed:?}, and it ended as {driven:?}"));
    }
    let Some(begin) = seen.begun else {
        row.wrong.push("the outage never began".to_owned());
        return;
    };
    let (shift, planned_end) = (shift_of(sealed), begin.plus_ms(row.outage.seconds * 1000));
    let end = seen.ended.unwrap_or(planned_end);
    row.wrong.extend(judge::promotions(&entries, shift, Span { begin, end }));
    let went_on = row.outage.way == Way::On && !row.outage.during.is_back();
    let on = judge::goes_on(&entries, &scene.case, end).or(seen.shifted.filter(|_| went_on));
    let after = if went_on && seen.shifted.is_some() { on } else { Some(over) };
    row.after = after.map(|moment| (moment.0 as f64 - end.0 as f64) / 1000.0);
    if seen.shifted.is_some_and(|shifted| begin < shifted && shifted < end) {
        row.wrong.push("everything was on the new side before the outage was over".to_owned());
    }
    if row.after.is_none_or(|after| after > BOUND) {
        row.wrong.push(format!("more than {BOUND} s after the outage"));
    }
    if went_on && seen.shifted.is_none() && !row.outage.may_end_the_way_there() {
        row.wrong.push("it went back, though no side was bad".to_owned());
    }
    let bound = judge::bound_ms(shift, &row.outage);
    if row.outage.is_bad_for_users() && end.0 - begin.0 > bound {
        let left = judge::back(&entries, &shift.original).map(|back| back.0.saturating_sub(begin.0));
        if left.is_none_or(|left| left > bound) {
            row.wrong.push(format!("users stood on a bad side for {left:?} ms, more than {bound} ms"));
        }
    }
}

/// What people do: the outage ends, and they say what they want.
async fn people(journal: &Journal, scene: &Scene<'_>, outage: &Outage, watched: &Mutex<Seen>) {
    let mut retried = None;
    loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let (now, mut seen) = (SystemClock.now(), watched.lock().unwrap().clone());
        if seen.ended.is_none() && seen.begun.is_some_and(|begun| now >= begun.plus_ms(outage.seconds * 1000)) {
            scene.end(outage);
            seen.ended = Some(SystemClock.now());
            watched.lock().unwrap().ended = seen.ended;
        }
        let is_long_enough = seen.begun.is_some_and(|begun| now >= begun.plus_ms(1000));
        let wants_back = seen.shifted.is_some() || (outage.way == Way::Back && is_long_enough);
        if wants_back && !seen.wanted_back {
            watched.lock().unwrap().wanted_back = true;
            submit(journal, Command::Rollback).await;
        }
        let is_calm = seen.begun.is_none() || seen.ended.is_some();
        let is_due = retried.is_none_or(|last: Moment| now >= last.plus_ms(1000));
        if seen.waits && !wants_back && is_calm && is_due {
            retried = Some(now);
            submit(journal, Command::Retry).await;
        }
    }
}

async fn submit(journal: &Journal, command: Command) {
    journal.submit(RUN, &command.by("test", SystemClock.now())).await.unwrap();
}

fn shift_of(sealed: &Sealed) -> &Shift {
    match &sealed.plan().steps[0] {
        Step::Shift(shift) => shift,
        Step::HandOver(_) => unreachable!(),
    }
}

async fn driver(sealed: &Sealed, world: Adapters, folder: &std::path::Path) -> Driver<Journal, Adapters, SystemClock> {
    Driver {
        journal: started(folder, sealed, RUN).await,
        world,
        clock: SystemClock,
        name: "driver-1".to_owned(),
        lease_ms: 15_000,
        wait_policy: WaitPolicy::Wait,
    }
}
