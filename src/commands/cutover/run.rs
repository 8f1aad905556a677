//! `caravan cutover run`.

use super::left::{Left, full, out_of_room, say_unwatched, unreadable};
use super::status::{self, Document, Told};
use super::supervise::{FolderDriver, Unrecorded, supervise};
use super::tell::{Notices, away};
use super::{exit_of, live, most_severe};
use crate::config::Config;
use crate::cutover_world::CutoverWorld;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::journal_db::Journal;
use crate::permit::WritePermit;
use crate::printer::Printer;
use crate::who::Who;
use crate::{journal_db, signals};
use caravan_cutover::operator::{Run, RunReadError, RunStatus, says_well, status, time_text};
use caravan_cutover::{Driven, Driver, DriverError, Lease, WaitPolicy};
use caravan_cutover_engine::{Moment, Phase};
use caravan_providers::CallError;
use clap::Args;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// Drives runs until each is over or waits for a person, all of them in this one process. Killed at any moment, the next
/// `run` goes on where it was: it first finds out what became of a write that was on its way. A signal makes it give its
/// leases up, so that the next one takes over at once.
///
/// With --all and --wait together it lives until a signal ends it: it takes up new runs as they are started, waits when the
/// journal or an account is away, and writes one line for each change. Who is told of what is `notifications` in caravan.yaml.
///
/// Ends with 0 when all is done, 4 when the credentials for a run's account are wrong or another account's and the run
/// was therefore left as it was, 20 when a run waits at a gate, 21 when one is halted, 22 when one was rolled back, 23
/// when a person must finish the rollback, 24 when another driver holds the lease, 25 when one ended elsewhere; of several,
/// with the most severe. When the disk of the journal is full, or fails, it ends with 21 if both sides passed when they were
/// last asked, else with 23.
#[derive(Args, Debug)]
pub(crate) struct RunArgs {
    /// The runs
    #[arg(value_name = "RUN", required_unless_present = "all")]
    runs: Vec<String>,
    /// Every run that is not over; with --wait also those that are started later
    #[arg(long, conflicts_with = "runs")]
    all: bool,
    /// Wait for people instead of leaving a run that waits for them
    #[arg(long)]
    wait: bool,
    /// How long a lease lasts; without it, what caravan.yaml says, or 15
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=3600))]
    lease: Option<u32>,
    #[command(flatten)]
    who: Who,
}

/// How long it waits before it opens a journal again that can't be used.
const AGAIN: Duration = Duration::from_secs(5);
/// How often it looks at a journal that can't be used before people are told.
const LOOKS_BEFORE_TOLD: u32 = 3;
/// The longest that its end waits until everybody was told.
const FINISHING_MS: u64 = 30_000;
/// The same after a signal: what gives it its end has no patience.
const FINISHING_ON_SIGNAL_MS: u64 = 2_000;

/// What came of one run.
enum Ended {
    /// It was driven.
    Driven(Left),
    /// It could not be driven on.
    Broken { name: String, error: DriverError, unwell: bool },
    /// It was left alone, since the credentials for one of its accounts are not that account's.
    Refused { name: String, status: RunStatus, denied: CallError },
}

pub(super) fn run(global: &Global, printer: &Printer, args: &RunArgs) -> Result<Exit, Failure> {
    drive(global, printer, args).map_err(Failure::of_driving)
}

fn drive(global: &Global, printer: &Printer, args: &RunArgs) -> Result<Exit, Failure> {
    let permit = WritePermit::ask(global, "driving a run")?;
    let config = Config::load(&global.dir).map_err(|failure| failure.by_hand(&global.dir))?;
    let (world, unread) = signals::block_on(CutoverWorld::to_drive(&global.dir, &config))??;
    if matches!(world, CutoverWorld::Demo(_)) {
        printer.note("this is a demonstration: nothing real is asked or changed");
    }
    let clock = world.clock();
    let who = args.who.name()?;
    let (name, unrecorded) = (driver_name(&who), Unrecorded { away: away(global, &config), global: global.clone() });
    // Whoever lives for weeks may begin before the first wave is sealed.
    let journal = match args.all && args.wait {
        true => signals::block_on(opened_at_last(global, printer, &permit, &unrecorded, &name))??,
        false => journal_db::open(&global.dir, &permit)?,
    };
    let driver = Arc::new(Driver {
        journal: journal.clone(),
        world,
        clock,
        name,
        lease_ms: u64::from(args.lease.unwrap_or(config.lease)) * 1000,
        wait_policy: if args.wait { WaitPolicy::Wait } else { WaitPolicy::Leave },
    });
    let quiet = printer.is_quiet();
    let left = signals::block_on(async {
        // A name that is mistyped drives none of them.
        for (_, run) in chosen(&journal, args).await? {
            if let Err(error @ RunReadError::NoSuchRun { .. }) = run {
                return Err(error.into());
            }
        }
        let goes_back = goes_back(&journal, args).await?;
        match unread {
            Some(failure) if !goes_back => return Err(failure),
            Some(Failure { error, .. }) => printer.warning(&format!(
                "{error:#}; what such a root has to vouch for can't be judged, and nothing goes on by it"
            )),
            None => {}
        }
        let notices = Notices::new(global, &config, &journal, printer, goes_back).await?;
        notices.untold().into_iter().for_each(|why| driver.world.move_nobody_on(why));
        if args.all && args.wait {
            let ended = supervise(driver, notices.clone(), unrecorded, &who, quiet).await;
            // What ends it leaves its users as any command does, whether or not the leases could be given up.
            say_unwatched(global, printer, &journal, left_over(&journal, args).await, &notices).await;
            tokio::select! {
                () = notices.carry() => {}
                () = notices.finish(printer, FINISHING_ON_SIGNAL_MS) => {}
            }
            return ended.map(|()| Vec::new());
        }
        let name = driver.name.clone();
        let mut carrying = pin!(notices.carry());
        let mut finishing_ms = FINISHING_MS;
        let left = tokio::select! {
            left = drive_all(printer, &journal, driver, args, &who, &notices) => left,
            () = &mut carrying => Ok(Vec::new()),
            () = signals::told_to_end() => {
                finishing_ms = FINISHING_ON_SIGNAL_MS;
                Ok(Vec::new())
            }
        };
        // What a signal cut short holds its leases still; where the journal takes nothing any more, they run out.
        let _runs_out = journal.give_up_all(&name).await;
        say_unwatched(global, printer, &journal, left_over(&journal, args).await, &notices).await;
        // What is on its way is not cut off: it would be nobody's to send for a minute.
        tokio::select! {
            () = notices.finish(printer, finishing_ms) => {}
            () = &mut carrying => {}
            () = signals::told_to_end() => notices.finish(printer, 0).await,
        }
        left
    })??;
    let statuses: Vec<RunStatus> = left.iter().filter_map(|left| left.status.clone()).collect();
    if printer.is_json() {
        let mut runs = signals::block_on(told(global, &journal, statuses))?;
        match runs.pop_if(|_| args.runs.len() == 1) {
            Some(only) => printer.json(&only)?,
            None => printer.json(&Document::of(runs))?,
        }
    } else {
        printer.text(|out| statuses.iter().try_for_each(|status| live::write(out, status, &[])))?;
    }
    Ok(most_severe(left.iter().map(|left| left.exit)))
}

/// Runs as `status` tells them once they are left; one that can't be read any more as the driver knew it.
async fn told(global: &Global, journal: &Journal, left: Vec<RunStatus>) -> Vec<Told> {
    let mut runs = Vec::new();
    for status in left {
        let read = async { status::told(global, journal, &Run::read(journal, &status.run).await?).await };
        runs.push(read.await.unwrap_or_else(|_| Told { status, next: Vec::new() }));
    }
    runs
}

async fn drive_all(
    printer: &Printer,
    journal: &Journal,
    driver: Arc<FolderDriver>,
    args: &RunArgs,
    who: &str,
    notices: &Notices,
) -> Result<Vec<Left>, Failure> {
    let (mut tasks, mut names, mut left) = (JoinSet::new(), BTreeMap::new(), Vec::new());
    for (name, run) in chosen(journal, args).await? {
        if let Err(error) = &run
            && error.needs_person()
        {
            notices.not_driven(&name, &error.to_string()).await;
        }
        let run = match run {
            Ok(run) if args.all && run.state().is_over() => continue,
            Ok(run) => run.needs_proof(journal).await.map(|needs_proof| (run, needs_proof)).map_err(Failure::from),
            Err(error) => Err(error.into()),
        };
        let (run, needs_proof) = match run {
            Ok(run) => run,
            Err(failure) => {
                left.push(unreadable(printer, &name, failure));
                continue;
            }
        };
        if let Some(line) = leased(journal, &run, driver.lease_ms).await?.filter(|_| !printer.is_quiet()) {
            live::say(&line);
        }
        let (driver, who, quiet) = (Arc::clone(&driver), who.to_owned(), printer.is_quiet());
        let task_name = name.clone();
        let task = tasks.spawn(async move {
            let plan = run.plan();
            driver.world.expect(&name, plan.plan()).await;
            if needs_proof && let Err(denied) = driver.world.prove(plan.plan()).await {
                return Ended::Refused { status: run.status(), name, denied };
            }
            // Before the sides were asked nobody knows how users on a new side are.
            let (mut said, mut unwell) = (live::Changes::new(&name), !run.status().at_risk.is_empty());
            let driven = driver
                .drive(&name, plan, &who, |state| {
                    if let Phase::Recording { event, .. } = &state.phase {
                        unwell = says_well(event).map_or(unwell, |well| !well);
                    }
                    said.lines(plan, state, None).iter().filter(|_| !quiet).for_each(|line| live::say(line));
                })
                .await;
            match driven {
                Ok(Driven { state, .. }) => {
                    let status = status(&name, plan, &state);
                    Ended::Driven(Left { exit: exit_of(&state), status: Some(status), unwell })
                }
                Err(error) => Ended::Broken { name, error, unwell },
            }
        });
        names.insert(task.id(), task_name);
    }
    while let Some(ended) = tasks.join_next_with_id().await {
        let ended = match ended {
            Ok((_, ended)) => ended,
            Err(error) => {
                let name = names.remove(&error.id()).unwrap_or_default();
                let failure =
                    Failure::caused(FailureKind::Work, error).hint("this is a defect of Caravan: please report it");
                notices.not_driven(&name, "its task broke off by a defect of Caravan, please report it").await;
                left.push(unreadable(printer, &name, failure));
                continue;
            }
        };
        left.push(match ended {
            Ended::Driven(left) => full(journal, left).await,
            Ended::Broken { name, error, unwell } if error.is_of_disk() => {
                let left = unreadable(printer, &name, error.into());
                Left { exit: out_of_room(journal, &name, unwell).await, ..left }
            }
            Ended::Broken {
                name,
                error: error @ (DriverError::LeaseHeld { .. } | DriverError::LeaseBroken { .. }),
                ..
            } => Left { exit: Exit::LeaseHeld, ..unreadable(printer, &name, error.into()) },
            Ended::Broken { name, error, .. } => {
                if error.needs_person() {
                    notices.not_driven(&name, &error.to_string()).await;
                }
                unreadable(printer, &name, error.into())
            }
            Ended::Refused { name, status, denied } => {
                notices.not_driven(&name, &denied.to_string()).await;
                let failure = Failure::from(denied).hint("nothing was sent there, and the run is as it was");
                unreadable(printer, &name, failure);
                Left { exit: Exit::Access, status: Some(status), unwell: false }
            }
        });
    }
    left.sort_by(|a, b| a.status.as_ref().map(|s| &s.run).cmp(&b.status.as_ref().map(|s| &s.run)));
    Ok(left)
}

/// The journal, once it can be used: whoever lives for weeks waits for it. A signal ends the waiting.
async fn opened_at_last(
    global: &Global,
    printer: &Printer,
    permit: &WritePermit,
    unrecorded: &Unrecorded,
    driver: &str,
) -> Result<Journal, Failure> {
    let (mut is_said, mut looks) = (printer.is_quiet(), 0_u32);
    loop {
        let error = match journal_db::open_for_writing(&global.dir, permit) {
            Ok(journal) => {
                unrecorded.ends();
                return Ok(journal);
            }
            Err(error) if error.may_pass() => error,
            Err(error) => return Err(error.into()),
        };
        if !std::mem::replace(&mut is_said, true) {
            let at = time_text(journal_db::now());
            live::say(&format!("{at} no run is driven for now: {error}; it goes on once the journal can be used"));
        }
        looks += 1;
        if looks == LOOKS_BEFORE_TOLD {
            unrecorded.begins(driver, &error.to_string(), std::iter::empty());
        }
        tokio::select! {
            () = tokio::time::sleep(AGAIN) => {}
            () = signals::told_to_end() => return Err(error.into()),
        }
    }
}

/// What to say of a run that another driver has not given up: it is taken over once that one has given no sign of life for as long
/// as its lease lasts.
async fn leased(journal: &Journal, run: &Run, lease_ms: u64) -> Result<Option<String>, Failure> {
    let held = journal.driver_of(run.name()).await?.filter(|lease| lease.until > Moment(0));
    Ok(held.map(|Lease { driver, until, renewed }| {
        let lasts_ms = renewed.map_or(lease_ms, |renewed| until.0.saturating_sub(renewed.0));
        let wait = lasts_ms.max(lease_ms).div_ceil(1000);
        let (at, run) = (time_text(journal_db::now()), run.name());
        format!("{at} {run} driver {driver} has the lease; waiting up to {wait} s for a sign of life of it")
    }))
}

/// The runs that a command leaves. What can't be read was said by whoever wanted to drive it.
async fn left_over(journal: &Journal, args: &RunArgs) -> Vec<Run> {
    chosen(journal, args).await.unwrap_or_default().into_iter().filter_map(|(_, run)| run.ok()).collect()
}

async fn chosen(journal: &Journal, args: &RunArgs) -> Result<Vec<(String, Result<Run, RunReadError>)>, Failure> {
    let mut chosen = Vec::new();
    if args.all {
        for record in journal.runs().await? {
            chosen.push((record.name.clone(), Run::of(journal, record).await));
        }
    }
    // Named twice it is driven once: two drivers of one name would take each other's lease for their own.
    for name in args.runs.iter().collect::<BTreeSet<_>>() {
        chosen.push((name.clone(), Run::read(journal, name).await));
    }
    Ok(chosen)
}

/// Whether any of the runs goes back, is wanted back, or has users on a new side who are to be watched.
async fn goes_back(journal: &Journal, args: &RunArgs) -> Result<bool, Failure> {
    for (_, run) in chosen(journal, args).await? {
        // What can't be read is said by whoever wants to drive it.
        let Ok(run) = run else { continue };
        if !run.state().is_over() && !run.needs_proof(journal).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Unique for each process: two drivers of one name would take each other's lease for their own.
fn driver_name(who: &str) -> String {
    format!("{who}-{}-{:016x}", std::process::id(), RandomState::new().build_hasher().finish())
}
