//! Following a run: what has come since is read, and nothing else.

use super::common::{http_route, sealed};
use super::stage::{Room, quick};
use crate::operator::{Run, RunReadError};
use crate::{Journal, JournalError};
use caravan_cutover_engine::{Entry, Event, JournalStore, Moment};
use caravan_cutover_rehearsal::{FaultPlan, Intention, rehearse, world_of};
use caravan_plans::Gate;
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A room with a run whose first stage bakes on and on, and the first so many events of that run.
async fn baking(events: usize) -> (Room, Vec<Event>) {
    let mut shift = quick(http_route());
    shift.stages[0].gate = Gate { bake_ms: 0, every_ms: 1000, rounds: 1000, unknown: 5 };
    let plan = sealed(vec![shift.clone()]);
    let lived = rehearse(&plan, world_of(plan.plan(), 1), Intention::Through, &FaultPlan::default());
    let mut journal: Vec<Event> = lived.journal.into_iter().take(events.min(100)).collect();
    while let Some(Event::Replied { reply, at }) = journal.last()
        && journal.len() < events
    {
        journal.push(Event::Replied { reply: reply.clone(), at: at.plus_ms(1000) });
    }
    assert_eq!(journal.len(), events);
    shift.stages[0].gate.rounds = 1_000_000;
    let room = Room::new(vec![shift]).await;
    room.journal().lease("r1", "d1", Moment(0), 1000).await.unwrap();
    (room, journal)
}

async fn append(journal: &Journal, from: u64, events: &[Event]) {
    for (sequence, event) in (from..).zip(events.iter().cloned()) {
        journal.append("r1", &Entry { sequence, epoch: 1, event }, None).await.unwrap();
    }
}

/// What a connection does: the entries that its statements gave, and the instructions that SQLite carried out.
#[derive(Clone, Default)]
struct Counted {
    entries: Arc<AtomicU64>,
    instructions: Arc<AtomicU64>,
}

impl Counted {
    /// A connection to the room's journal that counts.
    fn open(&self, room: &Room) -> Journal {
        let Self { entries, instructions } = self.clone();
        Journal::open_with(&room.file(), move |connection| {
            let row = move |event: TraceEvent<'_>| {
                if let TraceEvent::Row(statement) = event
                    && statement.sql().contains("FROM event")
                {
                    entries.fetch_add(1, Ordering::Relaxed);
                }
            };
            connection.trace_v2(TraceEventCodes::SQLITE_TRACE_ROW, Some(row)).unwrap();
            let instruction = move || {
                instructions.fetch_add(1, Ordering::Relaxed);
                false
            };
            connection.progress_handler(1, Some(instruction)).unwrap();
        })
        .unwrap()
    }

    /// What has been counted since the last time.
    fn take(&self) -> (u64, u64) {
        (self.entries.swap(0, Ordering::Relaxed), self.instructions.swap(0, Ordering::Relaxed))
    }
}

#[tokio::test]
async fn a_run_of_ten_thousand_entries_is_followed_by_reading_only_what_is_new() {
    let mut without_news = Vec::new();
    for before in [50, 10_000] {
        let (room, events) = baking(before + 8).await;
        let driver = room.journal();
        append(&driver, 1, &events[..before]).await;
        let counted = Counted::default();
        let journal = counted.open(&room);
        let mut run = Run::read(&journal, "r1").await.unwrap();
        assert_eq!(counted.take().0, before as u64);
        // Twice: the statements of a connection are prepared at its first use.
        for _ in 0..2 {
            counted.take();
            assert_eq!(run.advance(&journal).await.unwrap(), []);
        }
        let (entries, instructions) = counted.take();
        assert_eq!(entries, 0);
        without_news.push(instructions);
        for (at, news) in [(before, 1), (before + 1, 7)] {
            append(&driver, at as u64 + 1, &events[at..at + news]).await;
            let read = run.advance(&journal).await.unwrap();
            assert_eq!(
                read.iter().map(|entry| &entry.event).collect::<Vec<_>>(),
                events[at..at + news].iter().collect::<Vec<_>>()
            );
            assert_eq!(counted.take().0, news as u64);
        }
        assert_eq!(run.state(), Run::read(&journal, "r1").await.unwrap().state());
    }
    assert_eq!(without_news[0], without_news[1], "instructions for a read without news at a short and a long run");
}

#[tokio::test]
async fn whoever_follows_stands_where_whoever_reads_anew_does() {
    let (room, events) = baking(40).await;
    let journal = room.journal();
    let mut run = Run::read(&journal, "r1").await.unwrap();
    for (at, event) in events.iter().enumerate() {
        append(&journal, at as u64 + 1, std::slice::from_ref(event)).await;
        run.advance(&journal).await.unwrap();
        let anew = Run::read(&journal, "r1").await.unwrap();
        assert_eq!((run.state(), run.sequence()), (anew.state(), anew.sequence()));
    }
}

#[tokio::test]
async fn whoever_follows_takes_no_lock() {
    let (room, events) = baking(40).await;
    let journal = room.journal();
    append(&journal, 1, &events[..4]).await;
    let mut run = Run::read(&journal, "r1").await.unwrap();
    append(&journal, 5, &events[4..6]).await;
    let mut writer = rusqlite::Connection::open(room.file()).unwrap();
    let writing = writer.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
    assert_eq!(run.advance(&journal).await.unwrap().len(), 2);
    assert_eq!(run.full_status(&journal, Moment(9)).await.unwrap().queued, []);
    writing.rollback().unwrap();
}

#[tokio::test]
async fn an_entry_that_does_not_continue_the_verified_chain_is_not_taken_in() {
    let (room, events) = baking(40).await;
    let journal = room.journal();
    append(&journal, 1, &events[..4]).await;
    let mut run = Run::read(&journal, "r1").await.unwrap();
    let before = run.clone();
    append(&journal, 5, &events[4..6]).await;
    let raw = rusqlite::Connection::open(room.file()).unwrap();
    raw.execute_batch("DROP TRIGGER event_is_never_changed; UPDATE event SET chain = zeroblob(32) WHERE sequence = 6")
        .unwrap();
    let error = run.advance(&journal).await.unwrap_err();
    assert!(matches!(error, RunReadError::Journal(JournalError::BrokenChain { sequence: 6, .. })), "{error}");
    assert_eq!((run.state(), run.sequence()), (before.state(), before.sequence()));
}

#[tokio::test]
async fn a_part_of_a_long_journal_is_audited_by_reading_that_part_alone() {
    let (room, events) = baking(5_000).await;
    append(&room.journal(), 1, &events).await;
    let counted = Counted::default();
    let journal = counted.open(&room);
    let whole = journal.audit("r1").await.unwrap();
    counted.take();
    let before = journal.chain_at("r1", 4_000).await.unwrap().unwrap();
    assert_eq!(before.chain, whole[3_999].chain);
    let (part, verified) = journal.audit_after("r1", Some(before), 20).await.unwrap();
    assert_eq!(counted.take().0, 21, "the hash before it, and its entries");
    let told =
        |all: &[crate::Audited]| -> Vec<_> { all.iter().map(|one| (one.entry.clone(), one.chain)).collect::<Vec<_>>() };
    assert_eq!(told(&part), told(&whole[4_000..4_020]));
    assert_eq!((verified.sequence, verified.chain), (4_020, whole[4_019].chain));
    // From the beginning, part by part, it comes to where it comes as a whole.
    let mut verified = journal.chain_at("r1", 0).await.unwrap();
    let mut parts = Vec::new();
    while parts.len() < whole.len() {
        let (part, further) = journal.audit_after("r1", verified, 700).await.unwrap();
        assert!(!part.is_empty() && part.len() <= 700);
        parts.extend(part);
        verified = Some(further);
    }
    assert_eq!(told(&parts), told(&whole));
    let (none, same) = journal.audit_after("r1", verified, 700).await.unwrap();
    assert!(none.is_empty() && Some(same) == verified);
    assert_eq!(journal.chain_at("r1", 5_001).await.unwrap(), None);
}

#[tokio::test]
async fn a_part_in_which_an_entry_was_changed_does_not_fit() {
    let (room, events) = baking(40).await;
    let journal = room.journal();
    append(&journal, 1, &events).await;
    let raw = rusqlite::Connection::open(room.file()).unwrap();
    raw.execute_batch(
        "DROP TRIGGER event_is_never_changed; UPDATE event SET epoch = 1, payload = payload || ' ' WHERE sequence = 30",
    )
    .unwrap();
    let of_part = async |after: u64, limit| {
        let verified = journal.chain_at("r1", after).await.unwrap();
        journal.audit_after("r1", verified, limit).await.map(|(part, _)| part.len())
    };
    assert_eq!(of_part(0, 29).await.unwrap(), 29);
    assert!(matches!(of_part(20, 20).await, Err(JournalError::BrokenChain { sequence: 30, .. })));
    assert!(matches!(of_part(29, 1).await, Err(JournalError::BrokenChain { sequence: 30, .. })));
}
