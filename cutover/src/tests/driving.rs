//! Driving there and back, dying anywhere, being paused.

use super::common::{http_route, records, rule};
use super::stage::{Room, overtake, quick};
use crate::{Command, DriverError};
use caravan_cutover_engine::{
    Clock, Direction, Event, Hold, JournalStore, LeaseState, Moment, Outcome, Phase, State, Task, transition,
};
use caravan_plans::Gate;
use caravan_providers::Write;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

#[tokio::test]
async fn there_by_approval_and_back_by_command() {
    let room = Room::new(vec![records(), rule(), http_route()]).await;
    let mut approvals = 0;
    loop {
        let driven = room.driver("d1").drive("r1", &room.plan, "somebody", |_| {}).await.unwrap();
        match driven.state.phase {
            Phase::AwaitingApproval { .. } => room.submit(Command::Approve).await,
            Phase::Shifted => break,
            other => panic!("{other:?}"),
        }
        approvals += 1;
    }
    assert_eq!(approvals, 3);
    let last = room.plan.plan().steps[0].stages() - 1;
    assert!(room.world.stands(room.plan.plan(), true, |shift| &shift.stages[last].snapshot));
    room.submit(Command::Rollback).await;
    let driven = room.driver("d2").drive("r1", &room.plan, "somebody", |_| {}).await.unwrap();
    assert_eq!(driven.state.phase, Phase::Finished(Outcome::RolledBack));
    assert!(room.world.stands(room.plan.plan(), false, |shift| &shift.original));
    assert_eq!(room.journal().commands("r1").await.unwrap(), []);
}

#[tokio::test]
async fn pause_is_taken_in_between_two_steps_and_resume_goes_on() {
    let room = Room::new(vec![http_route()]).await;
    let driver = room.driver("d1");
    room.submit(Command::Pause).await;
    let driven = driver.drive("r1", &room.plan, "somebody", |_| {}).await.unwrap();
    assert_eq!(driven.state.phase, Phase::Paused);
    assert!(room.world.stands(room.plan.plan(), false, |shift| &shift.original));
    room.submit(Command::Resume).await;
    let driven = driver.drive("r1", &room.plan, "somebody", |_| {}).await.unwrap();
    assert!(matches!(driven.state.phase, Phase::AwaitingApproval { .. }), "{:?}", driven.state.phase);
}

#[tokio::test]
async fn a_command_that_makes_no_sense_is_refused_and_forgotten() {
    let room = Room::new(vec![quick(http_route())]).await;
    room.submit(Command::Adopt).await;
    let driven = room.driver("d1").drive("r1", &room.plan, "somebody", |_| {}).await.unwrap();
    assert_eq!(driven.state.phase, Phase::Shifted);
    assert_eq!(room.journal().commands("r1").await.unwrap(), []);
}

#[tokio::test]
async fn a_new_side_that_turns_unhealthy_gives_the_traffic_back() {
    let room = Room::new(vec![http_route()]).await;
    room.world.with(|world| world.turn_unhealthy(1, 60_000, u64::MAX));
    let driven = room.driver("d1").drive("r1", &room.plan, "somebody", |_| {}).await.unwrap();
    assert_eq!(driven.state.phase, Phase::Finished(Outcome::RolledBack));
    assert!(room.world.stands(room.plan.plan(), false, |shift| &shift.original));
}

/// A driver is dropped before and after every call and at every wait, one after the other: between two of these lie the
/// journal's entries. The next driver brings the run to its end.
#[test]
fn another_driver_finishes_what_a_driver_left_anywhere() {
    // A driver renews its lease by the runtime's clock while it makes a call.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let _inside = runtime.enter();
    for (what, shift, every) in
        [("route", quick(http_route()), 1), ("rule", quick(rule()), 1), ("records", quick(records()), 7)]
    {
        let (mut at, mut tried) = (1, 0);
        loop {
            let room = block_on(Room::new(vec![shift.clone()]));
            if let Some(state) = die_at(&room, at) {
                assert_eq!(state.phase, Phase::Shifted);
                break;
            }
            let driven = block_on(room.driver("d2").drive("r1", &room.plan, "somebody", |_| {})).unwrap();
            assert_eq!(driven.state.phase, Phase::Shifted, "{what}: died at pause {at}");
            let last = shift.stages.len() - 1;
            assert!(room.world.stands(room.plan.plan(), true, |shift| &shift.stages[last].snapshot), "{what}: {at}");
            (at, tried) = (at + every, tried + 1);
        }
        assert!(tried > 10, "{what}: only {tried} pauses");
    }
}

/// Drives until the world has seen so many pauses, then drops the driver. The state, if it came to its end before.
fn die_at(room: &Room, pauses: usize) -> Option<State> {
    let driver = room.driver("d1");
    let mut driving = pin!(driver.drive("r1", &room.plan, "somebody", |_| {}));
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    while room.world.pauses() < pauses {
        match driving.as_mut().poll(&mut context) {
            Poll::Ready(driven) => return Some(driven.unwrap().state),
            Poll::Pending => std::thread::park_timeout(std::time::Duration::from_millis(200)),
        }
    }
    None
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[tokio::test]
async fn a_lease_that_another_driver_has_is_taken_once_it_has_stood_still() {
    let room = Room::new(vec![quick(http_route())]).await;
    let held = room.journal().lease("r1", "other", room.world.now(), 60_000).await.unwrap();
    assert_eq!(held, LeaseState::Held { epoch: 1 });
    // A dead driver gives no sign of life: when its lease has stood still for as long as it lasts, the run goes on under the next
    // epoch. That it ran out long ago tells nothing: another process may have a clock that is behind.
    room.world.with(|world| world.pass_until(200_000));
    let (began, mut first) = (room.world.now().0, None);
    let driven = room
        .driver("d1")
        .drive("r1", &room.plan, "somebody", |_| {
            first.get_or_insert(room.world.now().0);
        })
        .await
        .unwrap();
    assert_eq!((driven.state.phase, driven.state.epoch), (Phase::Shifted, 2));
    let waited = first.unwrap() - began;
    assert!((60_000..61_000).contains(&waited), "{waited} ms");
}

#[tokio::test]
async fn a_driver_that_was_overtaken_does_nothing_more() {
    let room = Room::new(vec![quick(http_route())]).await;
    let journal = room.journal();
    let driver = room.driver("d1");
    let mut overtaken = false;
    let driven = driver
        .drive("r1", &room.plan, "somebody", |state| {
            // As if this process had slept while its lease ran out.
            if !overtaken && matches!(state.phase, Phase::Guarding { .. }) {
                overtaken = true;
                let after = Moment(room.world.now().0 + 20_000);
                let taking = overtake(&journal, "other", after, 600_000);
                std::thread::scope(|scope| assert_eq!(scope.spawn(|| block_on(taking)).join().unwrap(), 2));
            }
        })
        .await
        .unwrap();
    assert_eq!(driven.state.phase, Phase::LeaseLost);
    assert!(room.world.stands(room.plan.plan(), false, |shift| &shift.original), "nothing was written");
}

#[tokio::test]
async fn a_driver_that_stood_still_for_longer_than_its_lease_goes_on_when_nobody_took_it() {
    let still = |phase: &Phase| {
        matches!(
            phase,
            Phase::Guarding { .. } | Phase::CheckingLease { .. } | Phase::Verifying { .. } | Phase::Baking { .. }
        )
    };
    for shift in [http_route(), rule(), records()] {
        let room = Room::new(vec![quick(shift)]).await;
        let (mut slept, mut last) = (0, None);
        let driven = room
            .driver("d1")
            .drive("r1", &room.plan, "somebody", |state| {
                if still(&state.phase) && last.replace(state.phase.name()) != Some(state.phase.name()) && slept < 6 {
                    slept += 1;
                    room.world.with(|world| world.pass_until(world.now() + 20_000));
                }
            })
            .await
            .unwrap();
        assert_eq!((driven.state.phase, driven.state.epoch), (Phase::Shifted, 1 + slept));
        assert!(slept > 2);
    }
}

#[tokio::test]
async fn a_rollback_does_not_wait_until_a_change_is_everywhere() {
    let room = Room::new(vec![quick(records())]).await;
    let journal = room.journal();
    let (mut settling_since, mut verifying_at) = (None, None);
    let driven = room
        .driver("d1")
        .drive("r1", &room.plan, "somebody", |state| match state.phase {
            Phase::Settling { .. } if settling_since.is_none() => {
                settling_since = Some(room.world.now().0);
                let request = Command::Rollback.by("somebody", room.world.now());
                let command = journal.submit("r1", &request);
                std::thread::scope(|scope| scope.spawn(|| block_on(command)).join().unwrap().unwrap());
            }
            Phase::Verifying { .. } if verifying_at.is_none() => verifying_at = Some(room.world.now().0),
            _ => {}
        })
        .await
        .unwrap();
    assert_eq!(driven.state.phase, Phase::Finished(Outcome::RolledBack));
    // The simulated change takes 10 s to be everywhere, and is asked for every 2 s.
    let waited = verifying_at.unwrap() - settling_since.unwrap();
    assert!(waited < 4_000, "{waited} ms");
}

#[tokio::test]
async fn what_was_taken_back_by_hand_needs_no_undo() {
    for shift in [http_route(), rule(), records()] {
        let room = Room::new(vec![quick(shift)]).await;
        let driver = room.driver("d1");
        driver.drive("r1", &room.plan, "somebody", |_| {}).await.unwrap();
        let first = room.plan.plan().shifts().next().unwrap();
        room.world.with(|world| world.edit(&first.target, first.original.clone(), None));
        room.submit(Command::Rollback).await;
        let driven = driver.drive("r1", &room.plan, "somebody", |_| {}).await.unwrap();
        assert_eq!(driven.state.phase, Phase::Finished(Outcome::RolledBack));
        assert!(room.world.stands(room.plan.plan(), false, |shift| &shift.original));
    }
}

/// An account that has closed itself keeps nobody from taking the rest back.
#[test]
fn a_target_that_cannot_be_looked_at_is_left_and_the_others_are_taken_back() {
    let plan = super::common::sealed(vec![quick(http_route()), quick(rule())]);
    let after = |state: State, command: Command| {
        let recording = transition(&plan, state, command.by("somebody", Moment(1)).event())?;
        transition(&plan, recording, Event::Recorded)
    };
    let mut state = State { direction: Direction::Back, ..State::planned("r1", plan.plan()) };
    for shift in &mut state.steps {
        shift.stage = Some(0);
    }
    state.phase = Phase::Held { reason: Hold::Inconclusive("denied".to_owned()), pending: None };
    let state = after(state, Command::Adopt).unwrap();
    assert_eq!(state.steps.iter().map(|shift| shift.released_to_others).collect::<Vec<_>>(), [false, true]);
    after(state.clone(), Command::Adopt).unwrap_err();
    let state = after(state, Command::Resume).unwrap();
    assert!(
        matches!(state.phase, Phase::Observing { task: Task::Undo { step: 0, place: 0 }, .. }),
        "{:?}",
        state.phase
    );
}

/// `release` promises that what stands stays, and `resume` that it goes on: an older command does not come back.
#[test]
fn a_later_command_ends_an_older_one() {
    use caravan_cutover_engine::Deferred;
    let plan = super::common::sealed(vec![quick(http_route())]);
    let held = Phase::Held { reason: Hold::Inconclusive("no answer".to_owned()), pending: None };
    for (older, phase, command) in [
        (Deferred::Rollback, held.clone(), Command::Release),
        (Deferred::Pause, held, Command::Retry),
        (Deferred::Pause, Phase::Paused, Command::Resume),
    ] {
        let state = State { phase, deferred: older, ..State::planned("r1", plan.plan()) };
        let recording = transition(&plan, state, command.by("somebody", Moment(1)).event()).unwrap();
        let state = transition(&plan, recording, Event::Recorded).unwrap();
        assert_eq!((state.deferred, state.direction == Direction::Back), (Deferred::None, false), "{command:?}");
    }
}

#[tokio::test]
async fn an_overtaken_driver_leaves_commands_to_the_one_that_drives() {
    let room = Room::new(vec![quick(http_route())]).await;
    let journal = room.journal();
    journal.lease("r1", "d1", Moment(0), 1_000).await.unwrap();
    assert_eq!(overtake(&journal, "d2", Moment(2_000), 1_000).await, 2);
    room.submit(Command::Release).await;
    let queued = journal.commands("r1").await.unwrap();
    journal.refuse(queued[0].id, 1, "no").await.unwrap();
    assert_eq!(journal.commands("r1").await.unwrap(), queued);
    journal.refuse(queued[0].id, 2, "no").await.unwrap();
    assert_eq!(journal.commands("r1").await.unwrap(), []);
}

/// An old driver's write that gets there before its successor has claimed the target is the run's own.
#[tokio::test]
async fn a_late_write_of_an_earlier_driver_of_this_run_is_its_own_and_no_conflict() {
    for shift in [http_route(), records()] {
        for back in [false, true] {
            let mut shift = shift.clone();
            shift.stages.iter_mut().for_each(|stage| {
                stage.gate = Gate { bake_ms: 0, every_ms: 100, rounds: 1, unknown: 5 };
                stage.approval = false;
            });
            let room = Room::new(vec![shift]).await;
            let late = fallen_asleep_over_stage(&room, 2).await;
            if back {
                room.submit(Command::Rollback).await;
            }
            let mut landed = false;
            let driven = room
                .driver("d2")
                .drive("r1", &room.plan, "somebody", |state| {
                    // Its successor has looked, and is about to write.
                    if !landed && matches!(state.phase, Phase::CheckingLease { .. }) {
                        landed = true;
                        room.world.with(|world| {
                            let now = world.now();
                            world.land_late(now, vec![late.clone()]);
                            world.pass_until(now);
                        });
                    }
                })
                .await
                .unwrap();
            assert!(landed);
            if back {
                assert_eq!(driven.state.phase, Phase::Finished(Outcome::RolledBack));
                assert!(room.world.stands(room.plan.plan(), false, |shift| &shift.original));
            } else {
                assert_eq!(driven.state.phase, Phase::Shifted);
                let last = room.plan.plan().steps[0].stages() - 1;
                assert!(room.world.stands(room.plan.plan(), true, |shift| &shift.stages[last].snapshot));
            }
        }
    }
}

/// The write of a stage that a driver has in its hands when its lease is taken away.
async fn fallen_asleep_over_stage(room: &Room, stage: usize) -> Write {
    let (journal, mut write) = (room.journal(), None);
    let driven = room
        .driver("d1")
        .drive("r1", &room.plan, "somebody", |state| {
            let Phase::CheckingLease { task: Task::Enter { stage: entered, .. }, write: intended, .. } = &state.phase
            else {
                return;
            };
            if *entered == stage && write.is_none() {
                write = Some((**intended).clone());
                let breaking = journal.break_lease("r1", "olivia", room.world.now(), "it sleeps");
                std::thread::scope(|scope| scope.spawn(|| block_on(breaking)).join().unwrap()).unwrap();
            }
        })
        .await
        .unwrap();
    assert_eq!(driven.state.phase, Phase::LeaseLost);
    write.unwrap()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

#[tokio::test]
async fn a_full_disk_ends_every_effect_and_room_brings_them_back() {
    let room = Room::new(vec![http_route(), rule()]).await;
    let full = crate::Journal::open_with(&room.file(), |connection| {
        let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        let limit: i64 = connection.pragma_update_and_check(None, "max_page_count", pages, |row| row.get(0)).unwrap();
        assert_eq!(limit, pages);
    })
    .unwrap();
    let driven = room.driver_with("d1", full.clone()).drive("r1", &room.plan, "somebody", |_| {}).await;
    let calls = room.world.with(|world| world.calls());
    let phase = driven.map(|driven| driven.state.phase);
    assert!(
        matches!(phase, Ok(Phase::JournalUnavailable { .. }) | Err(DriverError::Store(_) | DriverError::Journal(_))),
        "{phase:?}"
    );
    // No entry, no effect: as many calls were made as the journal knows of, and one whose answer was not taken in.
    let entries = room.journal().entries("r1").await.unwrap();
    assert!(!entries.is_empty() && calls <= entries.len() as u64 + 1, "{calls} calls, {} entries", entries.len());
    drop(full);
    room.world.with(|world| world.pass_until(world.now() + 16_000));
    let driven = room.driver("d2").drive("r1", &room.plan, "somebody", |_| {}).await.unwrap();
    assert!(matches!(driven.state.phase, Phase::AwaitingApproval { .. }), "{:?}", driven.state.phase);
}
