//! Format 2, with seals `caravan.wave/v1`: runs that were left at every kind of moment.

use super::facts::{RunFacts, View, standing};
use crate::operator::{Run, shown};
use crate::tests::common::rule;
use crate::tests::stage::{Room, Simulated, quick};
use crate::{Audited, Command, Journal, Request};
use caravan_cutover_engine::{Clock, Event, replay};
use caravan_plans::Sealed;

/// Five seals of four waves, all approved, with a run for each way in which a driver can leave one.
pub(super) const JOURNAL: &str = include_str!("../../../../tests/formats/v2/journal.sql");
/// What the version that wrote it printed of each run.
const RUNS: &str = include_str!("../../../../tests/formats/v2/runs.json");
/// Milliseconds that passed until the runs were driven on: every lease and every API budget is as new then.
const LATER_MS: u64 = 20_000_000;

pub(super) fn room() -> Room {
    let room = Room::unstarted(vec![quick(rule())]);
    rusqlite::Connection::open(room.file()).unwrap().execute_batch(JOURNAL).unwrap();
    room
}

fn runs() -> Vec<RunFacts> {
    serde_json::from_str(RUNS).unwrap()
}

#[tokio::test]
async fn a_journal_of_v2_is_migrated_and_every_chain_and_seal_holds() {
    let room = room();
    let journal = room.journal();
    let raw = rusqlite::Connection::open(room.file()).unwrap();
    assert_eq!(raw.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)).unwrap(), 9);

    let seals = journal.seals().await.unwrap();
    let waves: Vec<&str> = seals.iter().map(|seal| seal.wave.as_str()).collect();
    assert_eq!(waves, ["wave-1", "wave-1", "wave-2", "wave-3", "wave-4"]);
    for seal in &seals {
        let plan = journal.plan(&seal.hash).await.unwrap();
        assert_eq!((plan.canonical(), plan.hash().as_str()), (seal.canonical.as_str(), seal.hash.as_str()));
        assert!(plan.canonical().contains(r#""schema":"caravan.wave/v1""#));
        assert_eq!(journal.approvals(&seal.hash).await.unwrap()[0].who, "olivia");
    }
    let newest = journal.plan(&seals[1].hash).await.unwrap();
    let shifts: Vec<_> = newest.plan().shifts().collect();
    assert_eq!(newest.plan().parent.as_ref().map(|parent| parent.as_str()), Some(seals[0].hash.as_str()));
    assert_eq!((shifts.len(), shifts[2].paused_controllers.as_slice()), (3, &["argo-cd".to_owned()][..]));
    assert_eq!(shifts[0].manual_rollback, ["kubectl apply -f original.yaml"]);

    let listed = journal.runs().await.unwrap();
    assert_eq!(listed.len(), runs().len());
    for facts in runs() {
        assert_eq!(journal.audit(&facts.run).await.unwrap().len() as u64, facts.entries, "{}", facts.run);
    }
}

#[tokio::test]
async fn a_changed_entry_of_v2_breaks_its_chain() {
    let room = Room::unstarted(vec![quick(rule())]);
    let changed = JOURNAL.replacen(r#"{"started":{"who":"olivia""#, r#"{"started":{"who":"olivier""#, 1);
    assert_ne!(changed, JOURNAL);
    rusqlite::Connection::open(room.file()).unwrap().execute_batch(&changed).unwrap();
    let error = room.journal().audit("done").await.unwrap_err();
    assert!(matches!(error, crate::JournalError::BrokenChain { sequence: 1, .. }), "{error}");
}

#[tokio::test]
async fn every_run_of_v2_is_replayed_to_where_it_was() {
    let room = room();
    let journal = room.journal();
    for facts in runs() {
        let plan = journal.plan(&facts.plan).await.unwrap();
        let entries = journal.entries(&facts.run).await.unwrap();
        let state = replay(&facts.run, &plan, entries.iter().map(|entry| &entry.event)).unwrap();
        assert_eq!(View::of(&state), facts.replayed, "{}", facts.run);
        assert_eq!(waiting(&journal, &facts.run).await, facts.waiting, "{}", facts.run);
    }
}

/// The runs that this version, too, takes back after another driver: there the version of then claimed tokens first.
const CLAIMED: [&str; 4] = ["awaiting", "stuck", "landed", "owned"];
/// The runs that were left with a write in doubt which had taken effect.
const ASKED: [&str; 4] = ["in-doubt", "landed", "settling", "taken-over"];

/// The runs that another driver goes on with before anything was written.
const SEEN: [&str; 2] = ["planned", "not-landed"];
/// The runs whose write had not landed: their target is seen first, and observed once more before it is made again.
const MADE_AGAIN: [&str; 1] = ["not-landed"];
/// The runs in which what somebody made of a target is left to them.
const LEFT: [&str; 1] = ["conflict"];

/// The runs that stopped between an approval and its write: this version asks for it anew, and has other epochs from then on.
const ASKED_ANEW: [&str; 1] = ["inconclusive"];
/// The runs whose new side fails with nobody on it: this version holds them, until a person takes them back.
const HELD: [&str; 1] = ["baking"];

#[tokio::test]
async fn every_run_of_v2_is_driven_on_to_the_same_end() {
    let (mut room, mut claimed) = (room(), Vec::new());
    for facts in runs() {
        let plan = room.journal().plan(&facts.plan).await.unwrap();
        room.world = world(&plan, &facts);
        let began = room.world.now().0;
        let mut states = vec![drive(&room, &facts.run, &plan).await];
        for word in &facts.then {
            let command = Command::ALL.into_iter().find(|command| command.as_str() == word).unwrap();
            // This version takes an approval in, and what takes what stands for right, only with what its giver was shown.
            let shown = shown(&Run::read(&room.journal(), &facts.run).await.unwrap());
            let request = Request { shown, ..command.by("olivia", room.world.now()) };
            room.journal().submit(&facts.run, &request).await.unwrap();
            let mut state = drive(&room, &facts.run, &plan).await;
            if ASKED_ANEW.contains(&facts.run.as_str()) && state.phase == "awaiting-approval" {
                let shown = self::shown(&Run::read(&room.journal(), &facts.run).await.unwrap());
                let request = Request { shown, ..Command::Approve.by("olivia", room.world.now()) };
                room.journal().submit(&facts.run, &request).await.unwrap();
                state = drive(&room, &facts.run, &plan).await;
            }
            states.push(state);
        }
        if HELD.contains(&facts.run.as_str()) {
            assert_eq!(states[0].phase, "held", "{}", facts.run);
            let request = Command::Rollback.by("olivia", room.world.now());
            room.journal().submit(&facts.run, &request).await.unwrap();
            states.push(drive(&room, &facts.run, &plan).await);
        }
        if ASKED_ANEW.iter().chain(&HELD).any(|run| *run == facts.run) {
            let end = |views: &[View]| {
                let last = views.last().unwrap();
                let stages: Vec<_> = last.shifts.iter().map(|shift| shift.stage).collect();
                (last.phase.clone(), last.detail.clone(), last.approved.clone(), stages)
            };
            assert_eq!(end(&states), end(&facts.driven), "{}", facts.run);
            assert_eq!(room.world.with(|world| standing(world, &plan)), facts.held_then, "{}", facts.run);
            continue;
        }
        // This version claims nothing on the way back, and waits for all that is put back together: fewer writes, fewer entries.
        let unclaimed = states.last().map_or(0, |last| facts.driven.last().map_or(0, |then| last.fewer_writes(then)));
        let driven: Vec<View> = facts.driven.iter().map(|then| then.with_fewer_writes(unclaimed)).collect();
        assert_eq!(states, driven, "{}", facts.run);
        assert_eq!(room.world.with(|world| standing(world, &plan)), facts.held_then, "{}", facts.run);
        let audited = room.journal().audit(&facts.run).await.unwrap();
        // That it waits for what may still land is noted from time to time.
        let is_note = |one: &&Audited| matches!(one.entry.event, Event::Waited { .. });
        let entries = (audited.len() - audited.iter().filter(is_note).count()) as u64;
        // This version asks of a write that it finds standing whether it has reached users, and looks once more.
        let asked = if ASKED.contains(&facts.run.as_str()) { 2 } else { 0 };
        // And it looks once more at each target without a fencing token before a run ends on the new side.
        let looks = states.last().filter(|_| !facts.replayed.is_over()).map_or(0, |last| last.looks_at_its_end(&plan));
        // And after another driver it looks at a target to which no write is known, and at one in conflict before it leaves that.
        let is_of = |runs: &[&str]| u64::from(runs.contains(&facts.run.as_str()));
        let seen = is_of(&SEEN) + is_of(&MADE_AGAIN) + is_of(&LEFT);
        let more = asked + looks + seen;
        if unclaimed > 0 {
            claimed.push(facts.run.clone());
            assert!(entries < facts.entries_then, "{}", facts.run);
            continue;
        }
        assert_eq!(entries, facts.entries_then + more, "{}", facts.run);
        // The background analysis, which that version did not have, asks while something else is waited for; in this world
        // each of its questions takes a moment.
        let (took, least) = (room.world.now().0 - began, facts.took_ms + 50 * more);
        // A write that was accepted is in doubt no longer, and nobody waits until it could not land any more.
        let least = if ["settling", "verifying"].contains(&facts.run.as_str()) { 0..=least } else { least..=least };
        // Before it leaves a run that waits, it asks the sides that users are on; and it watches a dead driver's lease once.
        let more_ms = 150 * states.len() as u64 + 15_000;
        let at_most = least.end() * 11 / 10 + 500 + more_ms;
        assert!((*least.start()..=at_most).contains(&took), "{}: {took} ms", facts.run);
        assert!(waiting(&room.journal(), &facts.run).await.is_empty());
    }
    assert_eq!(claimed, CLAIMED);
}

async fn waiting(journal: &Journal, run: &str) -> Vec<String> {
    let commands = journal.commands(run).await.unwrap();
    commands.iter().map(|queued| queued.request.command.as_str().to_owned()).collect()
}

async fn drive(room: &Room, run: &str, plan: &Sealed) -> View {
    View::of(&room.driver("d9").drive(run, plan, "olivia", |_| {}).await.unwrap().state)
}

/// The world as the run's last driver left it, some hours later.
fn world(plan: &Sealed, facts: &RunFacts) -> Simulated {
    let simulated = Simulated::of(plan);
    simulated.with(|world| {
        for (target, held) in plan.plan().targets().zip(&facts.held) {
            world.edit(target, held.snapshot.clone(), held.token.clone());
        }
        let now = facts.now + LATER_MS;
        world.pass_until(now);
        if facts.unwell {
            world.turn_unhealthy(1, now, u64::MAX);
        }
    });
    simulated
}
