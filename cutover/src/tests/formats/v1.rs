//! Format 1: one strategy, no budgets.

use crate::Command;
use crate::tests::common::http_route;
use crate::tests::stage::{Room, Simulated, quick};
use caravan_cutover_engine::{Clock, Outcome, Phase, replay};

/// A run that went there and back, and one that somebody wants paused before it has begun.
const V1: &str = include_str!("../../../../tests/formats/v1/journal.sql");

#[tokio::test]
async fn a_journal_of_v1_is_verified_replayed_and_driven_on() {
    let mut room = Room::unstarted(vec![quick(http_route())]);
    rusqlite::Connection::open(room.file()).unwrap().execute_batch(V1).unwrap();
    let journal = room.journal();
    let hash = journal.run("r1").await.unwrap().hash;
    let plan = journal.plan(&hash).await.unwrap();
    room.world = Simulated::of(&plan);
    assert_eq!(journal.approvals(&hash).await.unwrap()[0].who, "olivia");

    let entries = journal.entries("r1").await.unwrap();
    assert_eq!(journal.audit("r1").await.unwrap().len(), entries.len());
    let state = replay("r1", &plan, entries.iter().map(|entry| &entry.event)).unwrap();
    assert_eq!(state.phase, Phase::Finished(Outcome::RolledBack));

    assert_eq!(journal.commands("r2").await.unwrap()[0].request.command, Command::Pause);
    let driven = room.driver("d1").drive("r2", &plan, "somebody", |_| {}).await.unwrap();
    assert_eq!(driven.state.phase, Phase::Paused);
    journal.submit("r2", &Command::Resume.by("somebody", room.world.now())).await.unwrap();
    let driven = room.driver("d1").drive("r2", &plan, "somebody", |_| {}).await.unwrap();
    assert_eq!(driven.state.phase, Phase::Shifted);
}
