//! The journal: nothing is changed, nothing is forgotten, commits are shared.
#![expect(clippy::disallowed_methods, reason = "a test looks at the very bytes of a journal")]

use super::common::http_route;
use super::stage::{Room, quick};
use crate::{Approval, Command, Journal, JournalError, RunRecord};
use caravan_cutover_engine::{Entry, Event, JournalStore, LeaseState, Moment};
use caravan_plans::{Sealed, WavePlan};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

fn entry(sequence: u64, epoch: u64) -> Entry {
    let event = Event::Paused { who: "somebody".to_owned(), at: Moment(sequence) };
    Entry { sequence, epoch, event }
}

async fn with_entries(count: u64) -> Room {
    let room = Room::new(vec![quick(http_route())]).await;
    let journal = room.journal();
    assert_eq!(journal.lease("r1", "d1", Moment(0), 1000).await.unwrap(), LeaseState::Held { epoch: 1 });
    for sequence in 1..=count {
        journal.append("r1", &entry(sequence, 1), None).await.unwrap();
    }
    room
}

#[tokio::test]
async fn entries_come_back_as_they_went_in() {
    let room = with_entries(5).await;
    let entries = room.journal().entries("r1").await.unwrap();
    assert_eq!(entries, (1..=5).map(|sequence| entry(sequence, 1)).collect::<Vec<_>>());
    let audited = room.journal().audit("r1").await.unwrap();
    assert_eq!(audited.len(), 5);
    assert!(audited.windows(2).all(|pair| pair[0].chain != pair[1].chain));
}

#[tokio::test]
async fn the_wrong_epoch_and_the_wrong_sequence_are_fenced_off() {
    let room = with_entries(2).await;
    let journal = room.journal();
    for wrong in [entry(3, 2), entry(2, 1), entry(4, 1)] {
        let error = journal.append_entry("r1", &wrong, None).await.unwrap_err();
        assert!(matches!(error, JournalError::LeaseLost { .. }), "{wrong:?}: {error}");
    }
    assert_eq!(journal.entries("r1").await.unwrap().len(), 2);
}

#[tokio::test]
async fn events_are_neither_changed_nor_taken_away() {
    let room = with_entries(3).await;
    let raw = rusqlite::Connection::open(room.file()).unwrap();
    for sql in ["UPDATE event SET payload = '{}' WHERE sequence = 2", "DELETE FROM event WHERE sequence = 3"] {
        let error = raw.execute(sql, []).unwrap_err().to_string();
        assert!(error.contains("append-only"), "{error}");
    }
}

#[tokio::test]
async fn a_changed_entry_is_found_by_the_chain() {
    for sql in [
        "UPDATE event SET payload = replace(payload, 'somebody', 'nobody') WHERE sequence = 2",
        "UPDATE event SET chain = zeroblob(32) WHERE sequence = 2",
        "DELETE FROM event WHERE sequence = 2",
    ] {
        let room = with_entries(3).await;
        let raw = rusqlite::Connection::open(room.file()).unwrap();
        raw.execute_batch("DROP TRIGGER event_is_never_changed; DROP TRIGGER event_is_never_taken_away").unwrap();
        raw.execute(sql, []).unwrap();
        let error = room.journal().entries("r1").await.unwrap_err();
        assert!(matches!(error, JournalError::BrokenChain { sequence: 2 | 3, .. }), "{sql}: {error}");
    }
}

#[tokio::test]
async fn a_newer_journal_is_refused_without_a_byte_changed() {
    let room = with_entries(3).await;
    let raw = rusqlite::Connection::open(room.file()).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    drop(raw);
    // The last connection to close leaves one file: a handle's thread closes its own a moment after the handle is gone.
    let log = room.file().with_extension("db-wal");
    for _ in 0..100 {
        if !log.exists() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let before = std::fs::read(room.file()).unwrap();
    let error = Journal::open(&room.file()).unwrap_err();
    assert!(matches!(error, JournalError::Newer { found: 99, .. }), "{error}");
    assert_eq!(std::fs::read(room.file()).unwrap(), before);
}

#[tokio::test]
async fn another_file_is_no_journal() {
    let room = Room::new(vec![quick(http_route())]).await;
    let other = room.file().with_file_name("other.db");
    rusqlite::Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    std::fs::write(room.file().with_file_name("text.db"), "not a database, but long enough to be looked at").unwrap();
    for name in ["other.db", "text.db"] {
        let error = Journal::open(&room.file().with_file_name(name)).unwrap_err();
        assert!(matches!(error, JournalError::NotAJournal { .. }), "{name}: {error}");
    }
}

#[tokio::test]
async fn runs_of_one_process_share_their_commits() {
    let room = Room::new(vec![quick(http_route())]).await;
    let commits = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&commits);
    let journal = Journal::open_with(&room.file(), move |connection| {
        let hook = move || {
            counted.fetch_add(1, Ordering::Relaxed);
            false
        };
        connection.commit_hook(Some(hook)).unwrap();
    })
    .unwrap();
    let names: Vec<String> = (0..50).map(|number| format!("shared-{number}")).collect();
    for name in &names {
        let hash = room.plan.hash().to_string();
        let record = RunRecord { name: name.clone(), hash, code_version: "0.1.0".to_owned(), created_at: Moment(0) };
        journal.create_run(&record).await.unwrap();
        journal.lease(name, "d1", Moment(0), 1000).await.unwrap();
    }
    let before = commits.load(Ordering::Relaxed);
    let mut appending = tokio::task::JoinSet::new();
    for name in names {
        let journal = journal.clone();
        appending.spawn(async move {
            for sequence in 1..=20 {
                journal.append(&name, &entry(sequence, 1), None).await.unwrap();
            }
        });
    }
    appending.join_all().await;
    let commits = commits.load(Ordering::Relaxed) - before;
    assert!(commits < 1000 / 4, "{commits} commits for 1,000 entries of 50 runs");
}

#[tokio::test]
async fn a_command_is_gone_with_the_entry_that_takes_it_in_and_not_without() {
    let room = with_entries(1).await;
    let journal = room.journal();
    journal.submit("r1", &Command::Pause.by("somebody", Moment(5))).await.unwrap();
    let queued = journal.commands("r1").await.unwrap();
    // An entry that is fenced off takes no command in.
    journal.append_entry("r1", &entry(2, 9), Some(queued[0].id)).await.unwrap_err();
    assert_eq!(journal.commands("r1").await.unwrap(), queued);
    journal.append_entry("r1", &entry(2, 1), Some(queued[0].id)).await.unwrap();
    assert_eq!(journal.commands("r1").await.unwrap(), []);
}

#[tokio::test]
async fn a_wave_is_sealed_on_its_newest_seal_only() {
    let room = Room::new(vec![quick(http_route())]).await;
    let journal = room.journal();
    let current = journal.current_seal("wave-1").await.unwrap();
    assert_eq!(current.as_deref(), Some(room.plan.hash().as_str()));
    let orphan =
        Sealed::seal(WavePlan { drivers: caravan_plans::Drivers::Shared, ..room.plan.plan().clone() }).unwrap();
    let error = journal.keep_seal(&orphan, "tests", Moment(1)).await.unwrap_err();
    assert!(matches!(error, JournalError::StaleParent { .. }), "{error}");
    let parent = Some(room.plan.hash().clone());
    let child = Sealed::seal(WavePlan { parent, ..orphan.plan().clone() }).unwrap();
    journal.keep_seal(&child, "tests", Moment(2)).await.unwrap();
    assert_eq!(journal.current_seal("wave-1").await.unwrap().as_deref(), Some(child.hash().as_str()));
    assert_eq!(journal.plan(child.hash().as_str()).await.unwrap(), child);
}

#[tokio::test]
async fn an_approval_holds_for_one_hash() {
    let room = Room::new(vec![quick(http_route())]).await;
    let journal = room.journal();
    let approval = Approval { who: "somebody".to_owned(), at: Moment(3), reason: Some("reviewed".to_owned()) };
    let hash = room.plan.hash().as_str();
    journal.approve(hash, &approval).await.unwrap();
    assert_eq!(journal.approvals(hash).await.unwrap(), std::slice::from_ref(&approval));
    let other = "0".repeat(64);
    assert!(matches!(journal.approve(&other, &approval).await, Err(JournalError::NoSuchPlan { .. })));
}

#[tokio::test]
async fn a_backup_is_a_journal_that_can_be_read_and_nothing_else() {
    let room = with_entries(3).await;
    let copy = room.file().with_file_name("copy.db");
    room.journal().back_up(&copy).unwrap();
    assert_eq!(Journal::open_to_read(&copy).unwrap().entries("r1").await.unwrap().len(), 3);
    for opened in [Journal::open(&copy), Journal::open_existing(&copy)] {
        assert!(matches!(opened.err().unwrap(), JournalError::Copy { file } if file == copy));
    }
    let beside: Vec<_> =
        std::fs::read_dir(copy.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!beside.iter().any(|name| name.to_string_lossy().starts_with("copy.db-")), "{beside:?}");
}

#[tokio::test]
async fn every_statement_fits_the_schema() {
    let room = Room::new(vec![quick(http_route())]).await;
    let raw = rusqlite::Connection::open(room.file()).unwrap();
    for sql in crate::journal::statements() {
        raw.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}
