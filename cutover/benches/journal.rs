//! The journal on a real disk: durable transitions against appending bare, group commit, and recovery.
//!
//! Figures are for one machine at one moment; only their ratios travel. The folder is `CARAVAN_BENCH_DIR`, else the
//! target folder's: never a file system in memory.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark measures the time and prints its figures"
)]

#[expect(dead_code, reason = "shared with tests, which need other parts of it")]
#[path = "../rehearsal/tests/common/mod.rs"]
mod common;

use camino::Utf8PathBuf;
use caravan_cutover::{Journal, RunRecord};
use caravan_cutover_engine::{Entry, Event, JournalStore, Moment, replay};
use caravan_cutover_rehearsal::{FaultPlan, Intention, rehearse, world_of};
use caravan_plans::{Gate, Sealed};
use std::fs::File;
use std::io::Write as _;
use std::time::{Duration, Instant};

/// Durable transitions of one run in one measurement.
const TRANSITIONS: u64 = 4000;
/// Runs that share commits.
const SHARING: usize = 50;
/// Unfinished runs that are recovered.
const RUNS: usize = 1000;
/// Their events in all.
const EVENTS: usize = 1_000_000;

fn main() {
    let folder = std::env::var("CARAVAN_BENCH_DIR").unwrap_or_else(|_| env!("CARGO_TARGET_TMPDIR").to_owned());
    let folder = tempfile::tempdir_in(folder).unwrap();
    let folder = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let plan = common::sealed(vec![long_baking()]);
    let events = events_of(&plan);
    durable(&runtime, &folder, &plan, &events);
    shared(&runtime, &folder, &plan, &events);
    recovery(&runtime, &folder, &plan, &events);
}

/// A shift whose stages bake so long that one run has a thousand events.
fn long_baking() -> caravan_plans::Shift {
    let mut shift = common::http_route();
    for stage in &mut shift.stages {
        stage.gate = Gate { bake_ms: 0, every_ms: 1000, rounds: 260, unknown: 5 };
    }
    shift
}

/// The journal of an undisturbed run, as far as the recovery needs it: it is not over.
fn events_of(plan: &Sealed) -> Vec<Event> {
    let run = rehearse(plan, world_of(plan.plan(), 1), Intention::Through, &FaultPlan::default());
    assert_eq!(run.violations, []);
    let mut events = run.journal;
    assert!(events.len() > EVENTS / RUNS, "{}", events.len());
    events.truncate(EVENTS / RUNS);
    events
}

/// One transition to a commit, and in turns with it 4 KiB appended and flushed with fdatasync.
fn durable(runtime: &tokio::runtime::Runtime, folder: &Utf8PathBuf, plan: &Sealed, events: &[Event]) {
    let journal = Journal::open(&folder.join("durable.db")).unwrap();
    runtime.block_on(start(&journal, plan, "r1"));
    let mut bare = File::create(folder.join("bare")).unwrap();
    let (mut appending, mut journalling) = (Vec::new(), Vec::new());
    // In turns, so that whatever else the disk does meets both alike.
    for sequence in 1..=TRANSITIONS {
        let begin = Instant::now();
        bare.write_all(&[7; 4096]).unwrap();
        bare.sync_data().unwrap();
        appending.push(begin.elapsed());
        let event = events[sequence as usize % events.len()].clone();
        let begin = Instant::now();
        runtime.block_on(journal.append("r1", &Entry { sequence, epoch: 1, event }, None)).unwrap();
        journalling.push(begin.elapsed());
    }
    let (bare, durable) = (rate(&appending), rate(&journalling));
    println!(
        "one transition to a commit: {durable:.0}/s; 4 KiB with fdatasync: {bare:.0}/s; ratio {:.2}",
        durable / bare
    );
    let (bare, durable) = (median(&mut appending), median(&mut journalling));
    println!("  medians: {durable:?} and {bare:?}; ratio {:.2}", bare.as_secs_f64() / durable.as_secs_f64());
}

/// Many runs of one process at once.
fn shared(runtime: &tokio::runtime::Runtime, folder: &Utf8PathBuf, plan: &Sealed, events: &[Event]) {
    let journal = Journal::open(&folder.join("shared.db")).unwrap();
    let each = TRANSITIONS / 40;
    let elapsed = runtime.block_on(async {
        for run in 0..SHARING {
            start(&journal, plan, &format!("r{run}")).await;
        }
        let begin = Instant::now();
        let mut appending = tokio::task::JoinSet::new();
        for run in 0..SHARING {
            let (journal, events) = (journal.clone(), events.to_vec());
            appending.spawn(async move {
                for (sequence, event) in (1..=each).zip(events.into_iter().cycle()) {
                    journal.append(&format!("r{run}"), &Entry { sequence, epoch: 1, event }, None).await.unwrap();
                }
            });
        }
        appending.join_all().await;
        begin.elapsed()
    });
    let rate = (each * SHARING as u64) as f64 / elapsed.as_secs_f64();
    println!("{SHARING} runs that share commits: {rate:.0} durable transitions/s");
}

/// A process begins after a crash: every run is read, its chain verified, and replayed.
fn recovery(runtime: &tokio::runtime::Runtime, folder: &Utf8PathBuf, plan: &Sealed, events: &[Event]) {
    let file = folder.join("recovery.db");
    runtime.block_on(fill(&Journal::open(&file).unwrap(), plan, events));
    let size = file.metadata().unwrap().len() >> 20;
    for _ in 0..3 {
        let begin = Instant::now();
        let replayed = runtime.block_on(recover(&Journal::open(&file).unwrap(), plan));
        let elapsed = begin.elapsed();
        assert_eq!(replayed, RUNS * events.len());
        println!(
            "{RUNS} runs with {replayed} events ({size} MiB) recovered, chains verified: {elapsed:.2?}, {:.0} events/s",
            replayed as f64 / elapsed.as_secs_f64()
        );
    }
    let begin = Instant::now();
    for _ in 0..100 {
        replay("r1", plan, events).unwrap();
    }
    println!("  of that, replay alone: {:.2} µs an event", begin.elapsed().as_secs_f64() * 1e4 / events.len() as f64);
}

async fn fill(journal: &Journal, plan: &Sealed, events: &[Event]) {
    for run in 0..RUNS {
        start(journal, plan, &format!("r{run}")).await;
    }
    let mut filling = tokio::task::JoinSet::new();
    for run in 0..RUNS {
        let (journal, events) = (journal.clone(), named(events, run));
        filling.spawn(async move {
            let name = format!("r{run}");
            for (sequence, event) in (1..).zip(events) {
                journal.append(&name, &Entry { sequence, epoch: 1, event }, None).await.unwrap();
            }
        });
    }
    filling.join_all().await;
}

/// The events as a run of another name would have them: its fencing tokens carry its name.
fn named(events: &[Event], run: usize) -> Vec<Event> {
    let text = serde_json::to_string(events).unwrap();
    serde_json::from_str(&text.replace("\"r1/", &format!("\"r{run}/"))).unwrap()
}

async fn recover(journal: &Journal, plan: &Sealed) -> usize {
    let runs = journal.runs().await.unwrap();
    let mut recovering = tokio::task::JoinSet::new();
    for run in runs {
        let (journal, plan) = (journal.clone(), plan.clone());
        recovering.spawn(async move {
            let entries = journal.load(&run.name).await.unwrap();
            let state = replay(&run.name, &plan, entries.iter().map(|entry| &entry.event));
            assert!(!state.unwrap().is_over());
            entries.len()
        });
    }
    recovering.join_all().await.into_iter().sum()
}

async fn start(journal: &Journal, plan: &Sealed, run: &str) {
    journal.keep_seal(plan, "bench", Moment(0)).await.unwrap();
    let record = RunRecord {
        name: run.to_owned(),
        hash: plan.hash().to_string(),
        code_version: "0.1.0".to_owned(),
        created_at: Moment(0),
    };
    journal.create_run(&record).await.unwrap();
    journal.lease(run, "d1", Moment(0), 1000).await.unwrap();
}

fn rate(times: &[Duration]) -> f64 {
    times.len() as f64 / times.iter().sum::<Duration>().as_secs_f64()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
