//! The loop that drives one move.

use super::error::MoveError;
use super::world::MoveWorld;
use crate::journal::Journal;
use caravan_cutover_domains::{Act, Event, Look, MovePlan, Stage, State, Wanted, replay, transition, wanted};
use caravan_cutover_engine::{Clock, LeaseClaim, LeaseMark, LeaseState, Moment};
use std::future::Future;
use std::pin::pin;

/// How often people's words are looked for while nothing else is to be done, in milliseconds.
const INBOX: u64 = 1_000;
/// A longer wait is left to whoever comes next, in milliseconds.
const PATIENCE: u64 = 2 * 3_600_000;

/// When a driver leaves a move that is not over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stays {
    /// As soon as it waits for a person, or a customer.
    UntilItWaits,
    /// Never.
    ToTheEnd,
}

/// Drives moves.
#[derive(Debug)]
pub struct MoveDriver<W, C> {
    /// Where everything is kept.
    pub journal: Journal,
    /// What is looked at and changed.
    pub world: W,
    /// The time.
    pub clock: C,
    /// Its name: unique for each process.
    pub name: String,
    /// Milliseconds that its lease lasts from one renewal to the next.
    pub lease_ms: u64,
    /// When it leaves.
    pub stays: Stays,
}

/// One move under this driver.
struct Drive<'a, W, C, F> {
    driver: &'a MoveDriver<W, C>,
    plan: MovePlan,
    state: State,
    sequence: u64,
    epoch: u64,
    /// When the lease was last renewed, by the clock that waits are measured by.
    renewed: Moment,
    told: F,
}

impl<W: MoveWorld, C: Clock> MoveDriver<W, C> {
    /// Drives a move until it is over, or waits for somebody ([`Stays`]); `told` is shown each state. A lease of another driver that
    /// gives no sign of life is waited out.
    ///
    /// # Errors
    /// [`MoveError`].
    pub async fn drive(&self, run: &str, who: &str, told: impl FnMut(&MovePlan, &State)) -> Result<State, MoveError> {
        let (record, _) = self.journal.read_move(run).await?;
        let epoch = self.take(&record.plan).await?;
        // What the driver before wrote at last is only known once it can write no more.
        let (record, events) = self.journal.read_move(run).await?;
        let state = replay(&record.plan, &events)?;
        let (sequence, renewed) = (events.len() as u64, self.clock.now());
        let mut drive = Drive { driver: self, plan: record.plan, state, sequence, epoch, renewed, told };
        let driven = drive.run(who).await;
        // It runs out by itself where the journal takes nothing any more.
        let _runs_out = self.journal.give_up_move(run, &self.name).await;
        driven.map(|()| drive.state)
    }

    /// The lease, once the driver that has it has given no sign of life for as long as it lasts.
    async fn take(&self, plan: &MovePlan) -> Result<u64, MoveError> {
        let (mut silent, mut since): (Option<LeaseMark>, Moment) = (None, self.clock.now());
        loop {
            let still = silent.filter(|mark| self.clock.now() >= since.plus_ms(mark.lasts_ms(self.lease_ms)));
            match self.claim(plan, None, still).await? {
                LeaseState::Held { epoch } => return Ok(epoch),
                LeaseState::Broken { .. } => return Err(MoveError::LeaseHeld { name: plan.name.clone() }),
                LeaseState::Other(mark) if silent == Some(mark) => {}
                // It lives.
                LeaseState::Other(_) if silent.is_some() => {
                    return Err(MoveError::LeaseHeld { name: plan.name.clone() });
                }
                LeaseState::Other(mark) => (silent, since) = (Some(mark), self.clock.now()),
            }
            self.clock.until(self.clock.now().plus_ms(INBOX / 2)).await;
        }
    }

    async fn claim(
        &self,
        plan: &MovePlan,
        keeps: Option<u64>,
        silent: Option<LeaseMark>,
    ) -> Result<LeaseState, MoveError> {
        let (now, lasts_ms) = (self.clock.time_of_day(), self.lease_ms);
        let claim = LeaseClaim { driver: &self.name, now, lasts_ms, keeps, silent };
        Ok(self.journal.claim_move(&plan.run, claim).await?)
    }
}

impl<W: MoveWorld, C: Clock, F: FnMut(&MovePlan, &State)> Drive<'_, W, C, F> {
    async fn run(&mut self, who: &str) -> Result<(), MoveError> {
        let (epoch, at) = (self.epoch, self.now());
        match self.state.stage {
            Stage::Over(_) => return Ok(()),
            Stage::Planned => self.happens(Event::Started { who: who.to_owned(), epoch, at }, None).await?,
            _ => self.happens(Event::TakenOver { epoch, at }, None).await?,
        }
        loop {
            self.take_in().await?;
            match wanted(&self.plan, &self.state, self.now()) {
                Wanted::Nothing => return Ok(()),
                Wanted::Act(act) => self.act(&act).await?,
                Wanted::Look(look) => self.look(&look).await?,
                Wanted::Wait(until) if self.leaves() => {
                    // What is over in a moment is worth waiting for.
                    if until > self.now().plus_ms(PATIENCE) || self.waits_for_somebody() {
                        return Ok(());
                    }
                    self.wait(until).await?;
                }
                Wanted::Person | Wanted::Answer if self.leaves() => return Ok(()),
                Wanted::Wait(until) => self.wait(until).await?,
                Wanted::Person | Wanted::Answer => self.wait(self.now().plus_ms(INBOX)).await?,
            }
        }
    }

    fn now(&self) -> Moment {
        self.driver.clock.now()
    }

    fn leaves(&self) -> bool {
        self.driver.stays == Stays::UntilItWaits
    }

    fn waits_for_somebody(&self) -> bool {
        let now = self.now();
        // A limit passes by itself.
        !self.state.is_limited(now) && self.state.waits_for(&self.plan, now).is_some()
    }

    /// Journals an event, and lets what follows from it follow.
    async fn happens(&mut self, event: Event, fulfils: Option<i64>) -> Result<(), MoveError> {
        let defect = |source| MoveError::Defect { name: self.plan.name.clone(), source };
        let state = transition(&self.plan, self.state.clone(), &event).map_err(defect)?;
        let ends = matches!(state.stage, Stage::Over(_));
        let place = (self.sequence + 1, self.epoch);
        self.driver.journal.append_move(&self.plan.run, place, &event, fulfils, ends).await?;
        (self.sequence, self.state) = (place.0, state);
        (self.told)(&self.plan, &self.state);
        Ok(())
    }

    /// What people want: taken in, or refused with the reason.
    async fn take_in(&mut self) -> Result<(), MoveError> {
        for command in self.driver.journal.move_commands(&self.plan.run).await? {
            match transition(&self.plan, self.state.clone(), &command.event) {
                Ok(_) => self.happens(command.event, Some(command.id)).await?,
                Err(why) => self.driver.journal.refuse_move_command(command.id, &why.to_string()).await?,
            }
        }
        Ok(())
    }

    /// Intent, lease, change, answer (K1, K8).
    async fn act(&mut self, act: &Act) -> Result<(), MoveError> {
        self.happens(Event::Intended { act: act.clone(), at: self.now() }, None).await?;
        // Without the lease it is not made; whoever comes next takes it for in doubt.
        self.renew().await?;
        let (driver, plan) = (self.driver, self.plan.clone());
        let answer = self.leased(driver.world.act(&plan, act)).await?;
        self.happens(Event::Answered { answer, at: self.now() }, None).await
    }

    async fn look(&mut self, look: &Look) -> Result<(), MoveError> {
        let asked = self.now();
        let (driver, plan) = (self.driver, self.plan.clone());
        let sight = self.leased(driver.world.look(&plan, look)).await?;
        self.happens(Event::Saw { sight, asked, at: self.now() }, None).await
    }

    /// Waits, and looks for people's words and renews the lease meanwhile. One that comes ends the wait.
    async fn wait(&mut self, until: Moment) -> Result<(), MoveError> {
        while self.now() < until {
            let next = until.min(self.now().plus_ms(INBOX));
            self.driver.clock.until(next).await;
            self.renew_in_time().await?;
            if !self.driver.journal.move_commands(&self.plan.run).await?.is_empty() {
                break;
            }
        }
        Ok(())
    }

    /// Does something, and keeps the lease meanwhile.
    async fn leased<T>(&mut self, work: impl Future<Output = T>) -> Result<T, MoveError> {
        let mut work = pin!(work);
        loop {
            let next = self.renewed.plus_ms(self.driver.lease_ms / 3);
            tokio::select! {
                biased;
                done = &mut work => return Ok(done),
                () = self.driver.clock.until(next) => self.renew().await?,
            }
        }
    }

    async fn renew_in_time(&mut self) -> Result<(), MoveError> {
        if self.now() >= self.renewed.plus_ms(self.driver.lease_ms / 3) { self.renew().await } else { Ok(()) }
    }

    async fn renew(&mut self) -> Result<(), MoveError> {
        // Whether it has stood still for too long is told by a clock that nobody sets.
        let in_time = self.now() < self.renewed.plus_ms(self.driver.lease_ms);
        let asked = self.now();
        match self.driver.claim(&self.plan, in_time.then_some(self.epoch), None).await? {
            LeaseState::Held { epoch } if epoch == self.epoch => {
                self.renewed = asked;
                Ok(())
            }
            _ => Err(MoveError::LeaseHeld { name: self.plan.name.clone() }),
        }
    }
}
