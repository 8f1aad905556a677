//! Drives one run: carries out the engine's effects, one at a time, and brings back what came of them.

use crate::background::{Background, Kept};
use crate::budget::Acquire;
use crate::driver_error::DriverError;
use crate::journal::{Command, QueuedCommand, RunEnd};
use crate::metering::Metering;
use crate::operator::status;
use crate::owners::against_finalising;
use crate::session::{Lease, Session};
use crate::store::RunStore;
use crate::untouched::found_otherwise;
use crate::wait::PersonWait;
use caravan_cutover_engine::{
    Clock, Effect, Entry, Event, JournalStoreError, Moment, Phase, REVISION, Soak, State, Together, effects, replay_on,
    transition,
};
use caravan_plans::Sealed;
use caravan_providers::{Call, CallError, Executor, Reply};
use std::pin::pin;
use std::time::Duration;

/// How often a driver reads the queued commands while it waits.
const CHECK_COMMANDS: Duration = Duration::from_millis(100);
/// How often a driver looks after the background analysis and its lease while a call lasts.
const LOOK_AROUND: Duration = Duration::from_secs(1);
/// The longest time for the last readings of a run's counters.
const LAST_READINGS_MS: u64 = 30_000;
/// A lease is renewed when this share of it has passed.
pub(crate) const RENEW_AT: u64 = 3;

/// What drives runs: where they are kept, what makes their calls, and the time.
#[derive(Debug)]
pub struct Driver<S, E, C> {
    /// Where runs and leases are kept.
    pub journal: S,
    /// What makes the calls.
    pub world: E,
    /// Where the time comes from.
    pub clock: C,
    /// This driver's name: unique for each process.
    pub name: String,
    /// Milliseconds that its lease lasts (15 s by default).
    pub lease_ms: u64,
    /// What it does about a run that waits for a person.
    pub wait_policy: WaitPolicy,
}

/// What a driver does about a run that waits for a person.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum WaitPolicy {
    /// Leaves it: somebody drives it again after the command.
    Leave,
    /// Waits for the command.
    Wait,
}

/// Where a driver left a run.
#[derive(Clone, Debug)]
pub struct Driven {
    /// The run's state.
    pub state: State,
    /// How many entries its journal has.
    pub entries: u64,
}

impl<S: RunStore, E: Executor, C: Clock> Driver<S, E, C> {
    /// Drives a run until it is over, is taken over, or waits for a person (see [`WaitPolicy`]). `who` starts it when
    /// nobody has; `watch` sees the state after each event.
    ///
    /// Cancel safety: dropping the future leaves the run as after a crash; whoever drives it next finds out what became
    /// of a write in flight.
    ///
    /// # Errors
    /// [`DriverError`].
    pub async fn drive(
        &self,
        run: &str,
        plan: &Sealed,
        who: &str,
        mut watch: impl FnMut(&State),
    ) -> Result<Driven, DriverError> {
        let engines = self.journal.engines(run).await?;
        if !engines.is_replayed() {
            return Err(DriverError::OtherEngine { run: run.to_owned(), engines });
        }
        let epoch = self.take_lease(run).await?;
        self.journal.note_engine(run).await?;
        let mut session = self.resume(run, plan, epoch).await?;
        if let Some(what) = self.not_of_here(&session).await? {
            self.journal.give_up(run, &self.name).await?;
            return Err(DriverError::NotOfHere { run: run.to_owned(), what });
        }
        self.begin(&mut session, who).await?;
        loop {
            watch(&session.state);
            self.renew(&mut session).await;
            match session.lease {
                Lease::Ours => {}
                Lease::Lapsed { epoch } => {
                    session = self.resume(run, plan, epoch).await?;
                    self.begin(&mut session, who).await?;
                }
                Lease::Gone => session.take_in(Event::Leased(false))?,
            }
            let effect = match self.next_effect(&mut session).await? {
                Some(effect) => effect,
                None if session.lease == Lease::Ours || session.state.phase == Phase::LeaseLost => break,
                None => continue,
            };
            // What a person commanded is being recorded, and nobody has seen it.
            if let Phase::Recording { .. } = session.state.phase {
                watch(&session.state);
            }
            let mut left_ms = None;
            for acquire in Acquire::of(&effect, &session.state) {
                left_ms = self.acquire(acquire).await?.err();
                if left_ms.is_some() {
                    break;
                }
            }
            if let Some(left_ms) = left_ms {
                self.wait(&mut session, self.clock.now().plus_ms(left_ms)).await;
                // A command may have come meanwhile: what comes next is asked anew.
                continue;
            }
            let event = self.carry_out(&mut session, effect).await?;
            // What comes back after the lease was lost is not this epoch's to take in, as after a crash.
            if session.lease == Lease::Ours {
                session.take_in(event)?;
            }
        }
        watch(&session.state);
        if let Some(end) = RunEnd::of(&session.state) {
            self.journal.keep_end(run, &end).await?;
        }
        if session.state.is_over() {
            self.count_the_rest(&mut session).await;
        }
        if !matches!(session.state.phase, Phase::LeaseLost) {
            self.journal.give_up(run, &self.name).await?;
        }
        Ok(Driven { state: session.state, entries: session.entries })
    }

    /// Reads the journal to where the run stands.
    async fn resume<'a>(&'a self, run: &'a str, plan: &'a Sealed, epoch: u64) -> Result<Session<'a>, DriverError> {
        let entries = self.journal.load(run).await?;
        let (mut state, mut wait) = (State::planned(run, plan.plan()), None);
        for (before, entry) in entries.iter().enumerate() {
            state = replay_on(plan, state, before, [&entry.event])
                .map_err(|source| DriverError::Replay { run: run.to_owned(), source })?;
            wait = PersonWait::after(wait, plan.plan(), &state, entry.sequence);
        }
        let metering = Metering::after(self.journal.counter_marks(run).await?);
        let leased_at = self.clock.now();
        Ok(Session {
            run,
            plan,
            state,
            epoch,
            entries: entries.len() as u64,
            leased_at,
            lease: Lease::Ours,
            taken: None,
            wait,
            leaves_at: None,
            looked_for: None,
            background: Background::default(),
            metering,
            soak: Soak::default(),
            well_upto: None,
            unwell_at: leased_at,
        })
    }

    /// What speaks against taking back a run that this journal has never driven: it has nothing to put back, and what stands otherwise at a
    /// target that tells of nobody is the work of a run of another journal, or was written since this one was copied.
    async fn not_of_here(&self, session: &Session<'_>) -> Result<Option<String>, DriverError> {
        if session.state.phase != Phase::Planned {
            return Ok(None);
        }
        let commands = self.journal.commands(session.run).await?;
        match commands.iter().any(|queued| queued.request.command == Command::Rollback) {
            true => Ok(found_otherwise(&self.world, session.run, session.plan.plan()).await),
            false => Ok(None),
        }
    }

    /// Begins the rounds of the background analysis that are due.
    fn watch_sides<'a>(&'a self, session: &mut Session<'a>) {
        let (plan, now) = (session.plan.plan(), self.clock.now());
        session.background.begin_rounds(&self.world, plan, &session.state, now);
        session.metering.begin_readings(&self.world, plan, &session.state, now);
    }

    /// Does some work while the answers of the background analysis are taken in.
    async fn beside<'a, T>(&'a self, session: &mut Session<'a>, work: impl Future<Output = T>) -> T {
        let Session { background, metering, plan, run, epoch, .. } = session;
        let (plan, run, epoch, now) = (plan.plan(), *run, *epoch, || self.clock.now());
        let kept = Kept { journal: &self.journal, run, epoch };
        let mut watched = pin!(background.beside(kept, plan, now, work));
        loop {
            tokio::select! {
                biased;
                done = &mut watched => return done,
                () = metering.go_on(&self.journal, run, epoch, plan, now) => {}
            }
        }
    }

    /// Counts once more what has been counted so far, after the run's end: when every request that was under way is over.
    async fn count_the_rest<'a>(&'a self, session: &mut Session<'a>) {
        let Some(wait_ms) = session.metering.answers_within_ms() else { return };
        let due = self.clock.now().plus_ms(wait_ms);
        // What a reading takes at the most, and what keeping it takes.
        let end = due.plus_ms(LAST_READINGS_MS);
        let mut is_begun = false;
        while self.clock.now() < end && session.lease == Lease::Ours && (!is_begun || session.metering.is_under_way()) {
            if !is_begun && self.clock.now() >= due {
                is_begun = true;
                let (plan, now) = (session.plan.plan(), self.clock.now());
                session.metering.begin_last_readings(&self.world, plan, &session.state, now);
            }
            let step = self.clock.now().plus_ms(CHECK_COMMANDS.as_millis() as u64);
            self.beside(session, self.clock.until(step)).await;
            self.renew(session).await;
        }
    }

    async fn begin(&self, session: &mut Session<'_>, who: &str) -> Result<(), DriverError> {
        let (epoch, at) = (session.epoch, self.clock.now());
        let event = match session.state.phase {
            Phase::Finished(_) => return Ok(()),
            Phase::Planned => Event::Started { who: who.to_owned(), epoch, at, revision: REVISION },
            _ => Event::TakenOver { epoch, at, revision: REVISION },
        };
        session.take_in(event)
    }

    /// The next effect; commands come first wherever the engine can take them in. None when there is nothing more to do.
    async fn next_effect<'a>(&'a self, session: &mut Session<'a>) -> Result<Option<Effect>, DriverError> {
        loop {
            // Between the check of the lease and the write nothing may come.
            if !matches!(
                session.state.phase,
                Phase::Recording { .. }
                    | Phase::Applying { .. }
                    | Phase::Together(Together::Applying { .. })
                    | Phase::LeaseLost
                    | Phase::JournalUnavailable { .. }
            ) {
                let found = session.background.take_finding(session.plan.plan(), &session.state);
                match found.or_else(|| session.soaked(self.clock.now())) {
                    Some(found) => session.take_in(found)?,
                    None => self.take_command(session).await?,
                }
            }
            let waits = session.state.waits_for_person();
            match effects(session.plan, &session.state) {
                // It looks again by itself later; whoever leaves it to a person has looked once.
                Some(Effect::WaitUntil(_)) if waits && self.wait_policy == WaitPolicy::Leave => return Ok(None),
                Some(effect) => {
                    session.leaves_at = None;
                    return Ok(Some(effect));
                }
                None if waits && (self.wait_policy == WaitPolicy::Wait || self.asks_first(session)) => {
                    self.watch_sides(session);
                    let soon = self.clock.now().plus_ms(CHECK_COMMANDS.as_millis() as u64);
                    self.beside(session, self.clock.until(soon)).await;
                    self.renew(session).await;
                    if session.lease != Lease::Ours {
                        return Ok(None);
                    }
                }
                None => return Ok(None),
            }
        }
    }

    /// Whether a run that waits for a person is not left yet: the sides that users are on are asked once, and where one does not
    /// pass, for as long as it takes to tell whether it has failed.
    fn asks_first(&self, session: &mut Session<'_>) -> bool {
        let (plan, now) = (session.plan.plan(), self.clock.now());
        if session.background.is_well(plan, &session.state) {
            return false;
        }
        let verdict_ms = plan.shifts().map(|shift| {
            let timeouts = shift.new.iter().chain(&shift.old).map(|probe| u64::from(probe.timeout_ms)).sum::<u64>();
            let rounds = u64::from(shift.analysis.failures) + u64::from(shift.analysis.unknown);
            rounds * (shift.analysis.every_ms + timeouts)
        });
        let verdict_ms = verdict_ms.max().unwrap_or(0);
        now < *session.leaves_at.get_or_insert(now.plus_ms(verdict_ms))
    }

    /// Takes in the oldest command that the run allows; what it does not allow is refused.
    async fn take_command<'a>(&'a self, session: &mut Session<'a>) -> Result<(), DriverError> {
        for QueuedCommand { id, request } in self.journal.commands(session.run).await? {
            let is_of = |wait: &PersonWait| request.shown.is_some_and(|shown| wait.is_of(shown));
            // A release that an older program left says nothing of what was shown.
            let is_bound =
                request.command.is_bound() && (request.command != Command::Release || request.shown.is_some());
            if is_bound && !session.wait.as_ref().is_some_and(is_of) {
                let shown = request.shown;
                let step = shown.and_then(|shown| session.plan.plan().step_name(shown.step, shown.stage));
                let of = step.map(|step| format!(" of `{step}`")).unwrap_or_default();
                let waits = status(session.run, session.plan, &session.state).waiting_for;
                let waits = waits.map(|waits| format!("; it waits for {waits}")).unwrap_or_default();
                let why = format!(
                    "it was given{of} at entry {}, and the run has gone on since: it is {} at entry {}{waits}",
                    shown.map_or(0, |shown| shown.entry),
                    session.state.phase.name(),
                    session.entries
                );
                self.journal.refuse(id, session.epoch, &why).await?;
                continue;
            }
            // Whoever takes for right what somebody made of a target means what they were shown: it is looked at first.
            let takes_for_right = matches!(request.command, Command::Adopt | Command::Release);
            if takes_for_right
                && matches!(session.state.phase, Phase::Conflict { .. })
                && session.looked_for.replace(id) != Some(id)
            {
                let look = Event::Woke { at: self.clock.now() };
                if let Ok(looks) = transition(session.plan, session.state.clone(), look) {
                    session.state = looks;
                }
                return Ok(());
            }
            match transition(session.plan, session.state.clone(), request.event()) {
                Ok(state) => {
                    if request.command == Command::Finalise
                        && let Some(why) = self.against_finalising(session).await
                    {
                        let why = format!("nothing is final while that stands: {why}");
                        self.journal.refuse(id, session.epoch, &why).await?;
                        continue;
                    }
                    session.state = state;
                    session.taken = Some(id);
                    return Ok(());
                }
                Err(error) => self.journal.refuse(id, session.epoch, &error.to_string()).await?,
            }
        }
        Ok(())
    }

    /// Who works is asked right before a person's word to finalise is taken: of shifts, each final write is guarded by itself.
    async fn against_finalising<'a>(&'a self, session: &mut Session<'a>) -> Option<String> {
        let (plan, state) = (session.plan.plan(), session.state.clone());
        self.beside(session, against_finalising(&self.world, plan, &state)).await
    }

    async fn carry_out<'a>(&'a self, session: &mut Session<'a>, effect: Effect) -> Result<Event, DriverError> {
        Ok(match effect {
            Effect::Append(event) => self.append(session, event).await,
            Effect::CheckLease => return self.check_lease(session).await,
            Effect::Call(call) => {
                let reply = self.call(session, &call).await;
                Event::Replied { reply, at: self.clock.now() }
            }
            Effect::WaitUntil(moment) => {
                self.wait(session, moment).await;
                Event::Woke { at: self.clock.now() }
            }
        })
    }

    async fn append(&self, session: &mut Session<'_>, event: Event) -> Event {
        let entry = Entry { sequence: session.entries + 1, epoch: session.epoch, event };
        match self.journal.append(session.run, &entry, session.taken.take()).await {
            Ok(()) => {
                session.entries += 1;
                Event::Recorded
            }
            Err(JournalStoreError::LeaseLost { .. }) => Event::Leased(false),
            Err(error) => Event::RecordFailed { reason: error.to_string() },
        }
    }

    /// Makes a call; while it lasts, the lease is renewed and both sides are watched.
    async fn call<'a>(&'a self, session: &mut Session<'a>, call: &Call) -> Result<Reply, CallError> {
        let mut answer = pin!(async {
            match call {
                Call::Write(write) => self.world.write(write).await,
                Call::WriteAll(writes) => self.world.write_all(writes).await,
                other => self.world.observe(other).await,
            }
        });
        let look_around = LOOK_AROUND.min(Duration::from_millis(self.lease_ms / RENEW_AT));
        loop {
            self.watch_sides(session);
            match self.beside(session, tokio::time::timeout(look_around, &mut answer)).await {
                Ok(reply) => return reply,
                Err(_) => self.renew(session).await,
            }
        }
    }

    /// Waits until the moment, in steps short enough to renew the lease and to notice a command or a side that has failed.
    async fn wait<'a>(&'a self, session: &mut Session<'a>, moment: Moment) {
        while self.clock.now() < moment {
            let step = self.clock.now().plus_ms(CHECK_COMMANDS.as_millis() as u64);
            self.watch_sides(session);
            self.beside(session, self.clock.until(step.min(moment))).await;
            self.renew(session).await;
            let commanded = self.journal.commands(session.run).await.is_ok_and(|commands| !commands.is_empty());
            if commanded || session.background.has_found() || session.lease != Lease::Ours {
                return;
            }
        }
    }
}
