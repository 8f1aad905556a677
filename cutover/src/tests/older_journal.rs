//! A journal that is older than what was written: the copy of a disk, or of a virtual machine, that was put back.

use super::common::{http_route, records, rule};
use super::stage::{Room, quick};
use crate::Command;
use crate::operator::{Run, RunState};
use caravan_cutover_engine::{Hold, Outcome, Phase, State};
use caravan_providers_simulated::Held;

async fn drive(room: &Room, driver: &str) -> State {
    room.driver(driver).drive("r1", &room.plan, "somebody", |_| {}).await.unwrap().state
}

/// A run that has come to the new side, and its journal as it was after so many of its states.
async fn put_back(after: usize) -> Room {
    let room = Room::new([records(), rule(), http_route()].map(quick).into()).await;
    let older = room.file().with_extension("older");
    let mut states = 0;
    let driver = room.driver("d1");
    let driven = driver.drive("r1", &room.plan, "somebody", |_| {
        if states == after {
            // As a disk is copied, and without the mark that `cutover start` leaves in its copies.
            rusqlite::Connection::open(room.file()).unwrap().execute("VACUUM INTO ?1", [older.as_str()]).unwrap();
        }
        states += 1;
    });
    assert_eq!(driven.await.unwrap().state.phase, Phase::Shifted);
    for beside in ["", "-wal", "-shm"] {
        let _none = std::fs::remove_file(format!("{}{beside}", room.file()));
    }
    std::fs::rename(&older, room.file()).unwrap();
    room
}

fn held(room: &Room) -> Vec<Held> {
    let targets = room.plan.plan().targets();
    room.world.with(|world| targets.map(|target| world.held(target).unwrap().clone()).collect())
}

#[tokio::test]
async fn a_run_goes_neither_on_nor_back_by_an_older_journal_without_seeing_every_target() {
    let mut said = 0;
    for after in [0, 3, 12, 25, 40, 60, 90] {
        let room = put_back(after).await;
        let stood = held(&room);
        let state = drive(&room, "d2").await;
        let phase = &state.phase;
        assert!(matches!(phase, Phase::Held { .. } | Phase::Conflict { .. }), "{after}: {phase:?}");
        let is_said = matches!(phase, Phase::Held { reason: Hold::OlderJournal { .. }, .. });
        said += usize::from(is_said);
        let moved = held(&room).iter().zip(&stood).any(|(now, before)| now.snapshot != before.snapshot);
        assert!(!moved, "{after}: something was moved by an older journal");
        let status = Run::read(&room.journal(), "r1").await.unwrap().status();
        assert_eq!(status.older_journal.is_some(), is_said);
        let waits = status.waiting_for.unwrap().to_string();
        assert!(!is_said || waits.contains("older than what was written") && waits.contains("roll back"), "{waits}");
        room.submit(Command::Rollback).await;
        let state = drive(&room, "d3").await;
        let is_back = room.world.stands(room.plan.plan(), false, |shift| &shift.original);
        assert_eq!(state.phase == Phase::Finished(Outcome::RolledBack), is_back, "{after}: {:?}", state.phase);
        let run = Run::read(&room.journal(), "r1").await.unwrap();
        assert_eq!(run.status().state == RunState::RolledBack, is_back);
        // Of a target without a fencing token that has moved on since, nobody can tell who moved it: a person decides.
        assert!(
            is_back || matches!(state.phase, Phase::Conflict { task, .. } if task.step() == 1),
            "{:?}",
            state.phase
        );
    }
    assert!(said >= 5, "{said}");
}

#[tokio::test]
async fn a_rollback_is_all_that_is_asked_of_an_older_journal_and_it_sees_every_target() {
    for after in [0, 3, 12] {
        let room = put_back(after).await;
        room.submit(Command::Rollback).await;
        let state = drive(&room, "d2").await;
        assert_eq!(state.phase, Phase::Finished(Outcome::RolledBack), "{after}");
        assert!(room.world.stands(room.plan.plan(), false, |shift| &shift.original), "{after}");
        assert!(state.older_journal.is_some(), "{after}: it does not say that its journal is older");
    }
}
