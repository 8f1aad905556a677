//! `caravan cutover run --all --wait`: a driver that lives for weeks.

use super::live::{self, Changes};
use super::tell::{Notices, pasted_elsewhere};
use crate::cutover_world::{CutoverClock, CutoverWorld};
use crate::error::Failure;
use crate::global::Global;
use crate::journal_db::{self, Journal};
use crate::signals;
use caravan_cutover::notice::Away;
use caravan_cutover::operator::{Advice, Program, Run, time_text};
use caravan_cutover::{Attendant, Driver, Supervisor, Telling};
use caravan_cutover_engine::State;
use caravan_plans::Sealed;
use caravan_providers::CallError;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What drives the runs of a folder.
pub(super) type FolderDriver = Driver<Journal, CutoverWorld, CutoverClock>;

/// Tells people while the journal is away.
#[derive(Clone)]
pub(super) struct Unrecorded {
    pub(super) away: Arc<Away>,
    pub(super) global: Global,
}

impl Unrecorded {
    /// The journal is away; the runs are those that were not over when it was last read.
    pub(super) fn begins<'a>(&self, driver: &str, why: &str, runs: impl Iterator<Item = &'a String>) {
        let doctor =
            Advice { program: Program::Caravan, args: vec!["doctor".to_owned()], does: "looks at the journal" };
        let by_hand = |run: &String| Advice {
            program: Program::ManualRollback,
            args: vec![run.clone()],
            does: "puts everything back as it was, by hand",
        };
        let next = std::iter::once(doctor).chain(runs.map(by_hand));
        let next = next.map(|advice| pasted_elsewhere(&self.global, &advice)).collect();
        self.away.begins(driver, why, journal_db::now(), next);
    }

    /// The journal is back.
    pub(super) fn ends(&self) {
        self.away.ends();
    }
}

/// Says what changes, one line each, and tells people of runs that can't be driven.
struct Desk {
    driver: Arc<FolderDriver>,
    notices: Notices,
    unrecorded: Unrecorded,
    quiet: bool,
    /// What was said last of each run; none of one whose end was said.
    said: Mutex<BTreeMap<String, Option<Changes>>>,
}

/// Drives every run that is not over until a signal comes, and then gives the leases up.
///
/// # Errors
/// When the leases can't be given up: they run out by themselves.
pub(super) async fn supervise(
    driver: Arc<FolderDriver>,
    notices: Notices,
    unrecorded: Unrecorded,
    who: &str,
    quiet: bool,
) -> Result<(), Failure> {
    let desk =
        Desk { driver: Arc::clone(&driver), notices: notices.clone(), unrecorded, quiet, said: Mutex::default() };
    desk.say(
        None,
        &format!("driver {} looks after every run, with a lease of {} s", driver.name, driver.lease_ms / 1000),
    );
    let supervisor = Supervisor { driver, attendant: Arc::new(desk), who: who.to_owned() };
    tokio::select! {
        // Whatever starts it anew opens the journal that is there.
        error = supervisor.supervise() => return Err(error.into()),
        () = notices.carry() => {}
        () = signals::told_to_end() => {}
    }
    Ok(supervisor.leave().await?)
}

impl Desk {
    fn say(&self, run: Option<&str>, text: &str) {
        if !self.quiet {
            let at = time_text(journal_db::now());
            live::say(&format!("{at} {}{text}", run.map(|run| format!("{run} ")).unwrap_or_default()));
        }
    }
}

impl Attendant for Desk {
    async fn takes_up(&self, run: &Run) {
        self.driver.world.expect(run.name(), run.plan().plan()).await;
    }

    async fn admit(&self, run: &Run) -> Result<(), CallError> {
        self.driver.world.prove(run.plan().plan()).await
    }

    fn came_to(&self, run: &str, plan: &Sealed, state: &State) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let said = said.entry(run.to_owned()).or_insert_with(|| Some(Changes::new(run)));
        // A driver shows the state at the end once more.
        let Some(changes) = said else { return };
        let lines = changes.lines(plan, state, None);
        if state.is_over() {
            *said = None;
            self.driver.world.forget(run);
        }
        lines.iter().filter(|_| !self.quiet).for_each(|line| live::say(line));
    }

    async fn tell(&self, run: Option<&str>, telling: &Telling) {
        match (telling, run) {
            (Telling::Waits(why), Some(run)) => self.say(Some(run), &format!("is not driven for now: {why}")),
            (Telling::Waits(why), None) => {
                self.say(None, &format!("no run is driven for now: {why}"));
                let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
                let unfinished = said.iter().filter(|(_, changes)| changes.is_some()).map(|(run, _)| run);
                self.unrecorded.begins(&self.driver.name, why, unfinished);
            }
            (Telling::Unrecorded(why), run) => {
                self.say(run, &format!("is not driven: its journal takes no entry: {why}"));
                let run = run.map(str::to_owned);
                self.unrecorded.begins(&self.driver.name, why, run.iter());
            }
            (Telling::GoesOn, run) => {
                self.say(run, "it goes on");
                if run.is_none() {
                    self.unrecorded.ends();
                }
            }
            (Telling::NeedsPerson(why), run) => {
                self.say(run, &format!("is not driven, a person is needed: {why}"));
                if let Some(run) = run {
                    self.notices.not_driven(run, why).await;
                }
            }
        }
    }
}
