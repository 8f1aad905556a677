//! What bears a soak out, and for how long two words to finalise hold.

use super::common::{http_route, sealed};
use super::stage::{Room, quick};
use crate::operator::{FinaliseEvidence, Run, approve};
use crate::{Command, WaitPolicy};
use caravan_cutover_engine::{Clock, Direction, Outcome, Phase, State};
use caravan_plans::{Sealed, Shift, WavePlan};
use caravan_providers::target::Target;
use caravan_providers_simulated::{Outage, Trouble};

/// Watches the soak for a moment of ours, which is long in the world; `meddle` is done once it soaks. Gives for how many milliseconds
/// of the world it lasted, and how many of them were journalled.
async fn soaked(room: &Room, meddle: impl Fn()) -> (u64, u64) {
    let mut driver = room.driver("d1");
    driver.wait_policy = WaitPolicy::Wait;
    let (mut began, mut last) = (None, State::planned("r1", room.plan.plan()));
    let driving = driver.drive("r1", &room.plan, "somebody", |state| {
        if matches!(state.phase, Phase::Shifted) && began.is_none() {
            began = Some(room.world.now().0);
            meddle();
        }
        last = state.clone();
    });
    let driven = tokio::time::timeout(std::time::Duration::from_millis(1500), driving).await;
    assert!(driven.is_err(), "it waits for its end: {driven:?}");
    (room.world.now().0 - began.unwrap(), last.soaked_ms)
}

fn slow(mut shift: Shift) -> Shift {
    shift.analysis.every_ms = 30 * 86_400_000;
    shift
}

#[tokio::test]
async fn a_side_that_is_not_asked_and_a_target_that_can_not_be_read_bear_no_soak_out() {
    let room = Room::new(vec![quick(http_route())]).await;
    let (lasted, counted) = soaked(&room, || {}).await;
    assert!(lasted > 120_000 && counted > 30_000, "what is well counts: {counted} of {lasted}");
    // Asked once a month: nobody knows of the time since.
    let room = Room::new(vec![slow(quick(http_route()))]).await;
    let (lasted, counted) = soaked(&room, || {}).await;
    assert!(lasted < 30 * 86_400_000 && counted == 0, "{counted} of {lasted}");
    let room = Room::new(vec![quick(http_route())]).await;
    let api = room.plan.plan().targets().next().unwrap().kind().budget();
    let away = || {
        room.world.with(|world| {
            let trouble = Trouble { api: api.clone(), outage: Outage::Throttled, from: world.now(), until: u64::MAX };
            world.trouble(trouble);
        });
    };
    let (lasted, counted) = soaked(&room, away).await;
    assert!(
        lasted > 60_000 && counted == 0,
        "its sides pass, and nobody sees what stands there: {counted} of {lasted}"
    );
}

/// Each is looked at in turn: where looks of the first were always due again before the last had its own, no soak of a wave ended.
#[tokio::test]
async fn the_soak_of_many_targets_ends_though_it_is_shorter_than_a_look_at_each_takes() {
    let shifts = (0..12).map(|nth| {
        let mut shift = quick(http_route());
        let Target::Route(route) = &mut shift.target else { panic!("it is a route") };
        route.name = format!("track-{nth}");
        shift
    });
    let plan = WavePlan { soak_ms: 5_000, ..sealed(shifts.collect()).plan().clone() };
    let room = Room::of(Sealed::seal(plan).unwrap()).await;
    let (lasted, counted) = soaked(&room, || {}).await;
    assert!(counted >= 5_000, "{counted} of {lasted}");
}

/// A third person's `retry` takes nothing for right that two have approved before the run had stopped.
#[tokio::test]
async fn two_approvals_hold_until_the_run_stops_and_status_says_why_they_are_void() {
    let room = Room::new(vec![quick(http_route())]).await;
    room.soak("d1").await;
    let finalise = async |who: &str| {
        let (journal, now) = (room.journal(), room.world.now());
        let mut run = Run::read(&journal, "r1").await.unwrap();
        let shown = FinaliseEvidence::of(&run).unwrap().shown;
        approve(&journal, &mut run, shown, who, now).await.unwrap();
    };
    let drive = async || room.driver("d1").drive("r1", &room.plan, "somebody", |_| {}).await.unwrap().state;
    finalise("olivia").await;
    drive().await;
    finalise("oscar").await;
    let api = room.plan.plan().targets().next().unwrap().kind().budget();
    let until = room.world.now().0 + 3_600_000;
    room.world.with(|world| {
        let from = world.now();
        world.trouble(Trouble { api, outage: Outage::Throttled, from, until });
    });
    let held = drive().await;
    assert!(matches!(held.phase, Phase::Held { .. }) && held.direction == Direction::Finalise, "{:?}", held.phase);
    room.world.with(|world| world.pass_until(until));
    room.submit(Command::Retry).await;
    let state = drive().await;
    assert_eq!((&state.phase, state.direction), (&Phase::Shifted, Direction::Forward));
    assert!(state.finalise_approved_by.is_empty());
    let status = Run::read(&room.journal(), "r1").await.unwrap().status();
    let why = status.since.unwrap().why.unwrap().text;
    assert!(why.contains("approvals to finalise are void") && why.contains("somebody lets it go on"), "{why}");
    // Both approve anew. It was not moved, and what it has soaked stands.
    assert!(state.soaked_ms >= room.plan.plan().soak_ms, "{}", state.soaked_ms);
    finalise("olivia").await;
    drive().await;
    finalise("oscar").await;
    assert_eq!(drive().await.phase, Phase::Finished(Outcome::Done));
}
