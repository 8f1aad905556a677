//! The background analysis of a real driver over the simulated world: users leave a side that fails while a person is waited
//! for, or while a call lasts.

use super::common::{http_route, records, rule};
use super::stage::{Room, quick};
use crate::WaitPolicy;
use caravan_cutover_engine::{Clock, Event, Outcome, Phase};

/// Drives a run that waits for people, of whom none comes; the new side of its first shift fails or hangs once it first rests
/// in a phase.
async fn driven_alone(room: &Room, hangs: bool, rests: fn(&Phase) -> bool) -> Phase {
    let mut driver = room.driver("d1");
    driver.wait_policy = WaitPolicy::Wait;
    let mut turned = false;
    let driving = driver.drive("r1", &room.plan, "somebody", |state| {
        if rests(&state.phase) && !turned {
            turned = true;
            room.world.with(|world| {
                let now = world.now();
                if hangs { world.hang(1, now, u64::MAX) } else { world.turn_unhealthy(1, now, u64::MAX) }
            });
        }
    });
    let driven = tokio::time::timeout(std::time::Duration::from_secs(60), driving).await;
    driven.expect("it waits for somebody for ever").unwrap().state.phase
}

async fn says_that_the_analysis_failed(room: &Room) {
    let entries = room.journal().audit("r1").await.unwrap();
    let found = entries.iter().filter(|audited| matches!(audited.entry.event, Event::AnalysisFailed { step: 0, .. }));
    assert_eq!(found.count(), 1);
    assert!(room.world.stands(room.plan.plan(), false, |shift| &shift.original));
}

#[tokio::test]
async fn a_new_side_that_fails_or_hangs_while_its_release_is_waited_for_is_left() {
    for shift in [http_route(), rule(), records()] {
        for hangs in [false, true] {
            let room = Room::new(vec![quick(shift.clone())]).await;
            let began = room.world.now().0;
            let phase = driven_alone(&room, hangs, |phase| *phase == Phase::Shifted).await;
            assert_eq!(phase, Phase::Finished(Outcome::RolledBack));
            says_that_the_analysis_failed(&room).await;
            let took = room.world.now().0 - began;
            assert!(took < 240_000, "{took} ms");
        }
    }
}

#[tokio::test]
async fn a_new_side_that_fails_while_an_approval_is_waited_for_is_left() {
    let mut shift = quick(http_route());
    // Its last two stages are half and all of the users.
    shift.stages = {
        let whole = http_route();
        let gate = shift.stages[0].gate;
        whole.stages.into_iter().map(|stage| caravan_plans::Stage { gate, ..stage }).collect()
    };
    let room = Room::new(vec![shift]).await;
    let phase = driven_alone(&room, false, |phase| matches!(phase, Phase::AwaitingApproval { .. })).await;
    assert_eq!(phase, Phase::Finished(Outcome::RolledBack));
    says_that_the_analysis_failed(&room).await;
}

/// Whoever leaves a run that waits for a person has asked the sides that users are on, and takes them back where one has failed.
#[tokio::test]
async fn a_driver_that_leaves_asks_the_sides_first() {
    for shift in [http_route(), rule(), records()] {
        for hangs in [false, true] {
            let room = Room::new(vec![quick(shift.clone())]).await;
            let drive = || async {
                let driven = room.driver("d1").drive("r1", &room.plan, "somebody", |_| {}).await;
                driven.unwrap().state.phase
            };
            let began = room.world.now().0;
            assert_eq!(drive().await, Phase::Shifted);
            let took = room.world.now().0 - began;
            room.world.with(|world| {
                let now = world.now();
                if hangs { world.hang(1, now, u64::MAX) } else { world.turn_unhealthy(1, now, u64::MAX) }
            });
            assert_eq!(drive().await, Phase::Finished(Outcome::RolledBack), "{took} ms");
            says_that_the_analysis_failed(&room).await;
        }
    }
}

/// Where neither side passes nobody is better off elsewhere: it is left after a while.
#[tokio::test]
async fn a_driver_that_can_not_tell_leaves_after_a_while() {
    let room = Room::new(vec![quick(http_route())]).await;
    assert_eq!(
        room.driver("d1").drive("r1", &room.plan, "somebody", |_| {}).await.unwrap().state.phase,
        Phase::Shifted
    );
    room.world.with(|world| {
        let now = world.now();
        (0..2).for_each(|side| world.turn_unhealthy(side, now, u64::MAX));
    });
    let began = room.world.now().0;
    assert_eq!(
        room.driver("d1").drive("r1", &room.plan, "somebody", |_| {}).await.unwrap().state.phase,
        Phase::Shifted
    );
    let took = room.world.now().0 - began;
    assert!((10_000..180_000).contains(&took), "{took} ms");
}
