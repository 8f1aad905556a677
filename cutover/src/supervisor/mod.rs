//! A driver that lives for weeks: it drives every run that is not over, takes up new ones as they are started, and goes on
//! when the journal, an account or a lease is back.

mod attempt;
mod attendant;
mod known;

pub use attendant::{Attendant, Telling};

use crate::driver::Driver;
use crate::journal::JournalError;
use crate::store::RunStore;
use attempt::{Attempt, Came, drive};
use caravan_cutover_engine::{Clock, Moment};
use caravan_providers::Executor;
use known::{Known, Reach, Standing};
use std::sync::Arc;
use tokio::task::JoinSet;

/// How often it looks for runs that were started.
const LOOK_EVERY_MS: u64 = 1_000;
/// The longest that this grows to.
const LONGEST_AGAIN_MS: u64 = 30_000;
/// Milliseconds until a run is tried again of which the journal took no entry; doubled up to eight times as much.
const UNRECORDED_AGAIN_MS: u64 = 1_000;
/// So often in a row the journal takes no entry of a run until people are told.
const UNRECORDED_AFTER: u32 = 3;

/// Drives every run that is not over.
pub struct Supervisor<S, E, C, A> {
    /// What drives them.
    pub driver: Arc<Driver<S, E, C>>,
    /// Whom it asks and tells.
    pub attendant: Arc<A>,
    /// Who starts a run that nobody has started.
    pub who: String,
}

impl<S, E, C, A> Supervisor<S, E, C, A>
where
    S: RunStore + Clone + 'static,
    E: Executor + 'static,
    C: Clock + 'static,
    A: Attendant,
{
    /// Drives for as long as its journal is the one that it was given; gives the error that says it is not.
    ///
    /// Cancel safety: dropping the future ends every task as a crash would; [`Supervisor::leave`] then gives the leases up.
    pub async fn supervise(&self) -> JournalError {
        let (mut known, mut tasks, mut reach) = (Known::default(), JoinSet::new(), Reach::default());
        loop {
            match self.driver.journal.runs().await {
                Ok(records) => {
                    if let Some(telling) = reach.looked(None) {
                        self.attendant.tell(None, &telling).await;
                    }
                    known.forget_all_but(&records);
                    for record in records {
                        if known.is_due(&record.name, self.driver.clock.now()) {
                            known.standing.insert(record.name.clone(), Standing::Driven);
                            let (driver, attendant) = (Arc::clone(&self.driver), Arc::clone(&self.attendant));
                            let (run, began) = (record.name.clone(), self.driver.clock.now());
                            let task = tasks.spawn(drive(driver, attendant, self.who.clone(), record));
                            known.tasks.insert(task.id(), (run, began));
                        }
                    }
                }
                Err(error @ JournalError::Replaced { .. }) => return error,
                Err(error) => {
                    if let Some(telling) = reach.looked(Some(error.to_string())) {
                        self.attendant.tell(None, &telling).await;
                    }
                }
            }
            let next = self.driver.clock.now().plus_ms(LOOK_EVERY_MS);
            tokio::select! {
                Some(ended) = tasks.join_next_with_id(), if !tasks.is_empty() => {
                    let attempt = match ended {
                        Ok((id, attempt)) => known.tasks.remove(&id).map(|(_, began)| (attempt, began)),
                        Err(error) => known.tasks.remove(&error.id()).map(|(run, began)| {
                            (Attempt::broken_off(run, error), began)
                        }),
                    };
                    if let Some((attempt, began)) = attempt {
                        self.settle(&mut known, attempt, began).await;
                    }
                }
                () = self.driver.clock.until(next) => {}
            }
        }
    }

    /// Gives up every lease of this process, so that the next one takes over at once.
    ///
    /// # Errors
    /// Those of the journal; the leases then run out by themselves.
    pub async fn leave(&self) -> Result<(), JournalError> {
        self.driver.journal.give_up_all(&self.driver.name).await
    }

    /// Takes in what came of an attempt that began at a moment.
    async fn settle(&self, known: &mut Known, Attempt { run, came, progressed }: Attempt, began: Moment) {
        // Longer than it waits for another driver's lease: it was driven, and what was said before has no part in what is now.
        let longest_waiting = LONGEST_AGAIN_MS.saturating_add(self.driver.lease_ms.saturating_mul(2));
        let went_well = self.driver.clock.now() >= began.plus_ms(longest_waiting);
        if progressed || went_well {
            known.said.remove(&run);
        }
        let times = known.said.get(&run).map_or(0, |(_, times)| *times);
        let (standing, telling) = match came {
            Came::Over => {
                known.standing.remove(&run);
                known.said.remove(&run);
                known.over.insert(run);
                return;
            }
            Came::Unrecorded(why) => {
                // What passes by itself nobody has to hear of.
                let telling = if times + 1 < UNRECORDED_AFTER { Telling::Waits(why) } else { Telling::Unrecorded(why) };
                (Standing::Later(self.driver.clock.now().plus_ms(UNRECORDED_AGAIN_MS << times.min(3))), telling)
            }
            Came::Again(telling, after_ms) => {
                let wait = (after_ms << times.min(5)).min(LONGEST_AGAIN_MS.max(after_ms));
                (Standing::Later(self.driver.clock.now().plus_ms(wait)), telling)
            }
            Came::Left(telling) => (Standing::Left, telling),
        };
        known.standing.insert(run.clone(), standing);
        let said = known.said.get(&run);
        let times = said.map_or(0, |(_, times)| times.saturating_add(1));
        if said.is_none_or(|(said, _)| *said != telling) {
            self.attendant.tell(Some(&run), &telling).await;
        }
        known.said.insert(run, (telling, times));
    }
}
