//! Time: clocks that jump by hours, machines that sleep, leases of drivers that are gone, a journal that is away.

use super::common::{http_route, records};
use super::stage::{Room, Simulated, quick};
use crate::{Command, Driver, DriverError, Journal, SystemClock, WaitPolicy};
use caravan_cutover_engine::{
    Clock, Entry, Event, JournalStore, JournalStoreError, LeaseClaim, LeaseState, Moment, Phase,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

const HOURS: i64 = 3 * 3_600_000;
/// The world's clock begins here: a day after 1970, so that a time of day that is put back is none before it.
const BEGAN: u64 = 24 * 3_600_000;

/// The world's time, and a time of day that somebody sets.
#[derive(Clone)]
struct Settable {
    world: Simulated,
    set_by: Arc<AtomicI64>,
    /// Done at each wait.
    at_wait: Option<Arc<dyn Fn() + Send + Sync>>,
}

impl Settable {
    fn of(room: &Room) -> Self {
        room.world.with(|world| world.pass_until(BEGAN));
        Self { world: room.world.clone(), set_by: Arc::default(), at_wait: None }
    }

    fn set(&self, by: i64) {
        self.set_by.store(by, Ordering::SeqCst);
    }
}

impl Clock for Settable {
    fn now(&self) -> Moment {
        self.world.now()
    }

    fn time_of_day(&self) -> Moment {
        Moment(self.now().0.saturating_add_signed(self.set_by.load(Ordering::SeqCst)))
    }

    async fn until(&self, moment: Moment) {
        if let Some(at_wait) = &self.at_wait {
            at_wait();
        }
        self.world.until(moment).await;
    }
}

fn driver(room: &Room, name: &str, clock: &Settable, journal: Journal) -> Driver<Journal, Simulated, Settable> {
    let (world, clock) = (room.world.clone(), clock.clone());
    Driver { journal, world, clock, name: name.to_owned(), lease_ms: 15_000, wait_policy: WaitPolicy::Leave }
}

#[tokio::test]
async fn a_time_of_day_that_jumps_by_hours_neither_stalls_nor_skips_a_wait() {
    for shift in [http_route(), records()] {
        let mut took = Vec::new();
        for jumps in [&[][..], &[HOURS], &[-HOURS], &[HOURS, -HOURS, 0]] {
            let room = Room::new(vec![shift.clone()]).await;
            let clock = Settable::of(&room);
            let (mut seen, mut left) = (0, jumps.to_vec());
            let driven = driver(&room, "d1", &clock, room.journal())
                .drive("r1", &room.plan, "somebody", |state| {
                    seen += usize::from(state.phase.waits_for_time());
                    // In the midst of waits: of bakes, of changes on their way, of budgets.
                    if seen > 0 && seen % 5 == 0 && !left.is_empty() {
                        clock.set(left.remove(0));
                    }
                })
                .await
                .unwrap();
            assert!(matches!(driven.state.phase, Phase::AwaitingApproval { .. }), "{jumps:?}: {:?}", driven.state);
            assert_eq!((left.len(), driven.state.epoch), (0, 1), "{jumps:?}");
            took.push((room.world.now().0 - BEGAN, driven.entries));
        }
        assert!(took.iter().all(|each| *each == took[0]), "{took:?}");
    }
}

#[tokio::test]
async fn a_machine_that_sleeps_for_hours_wakes_under_a_new_epoch_and_bakes_anew() {
    let room = Room::new(vec![http_route()]).await;
    let clock = Settable::of(&room);
    let mut slept = None;
    let driven = driver(&room, "d1", &clock, room.journal())
        .drive("r1", &room.plan, "somebody", |state| {
            if slept.is_none() && matches!(state.phase, Phase::Baking { rounds: 1.., .. }) {
                room.world.with(|world| world.pass_until(world.now() + HOURS as u64));
                slept = Some(room.world.now().0);
            }
        })
        .await
        .unwrap();
    assert_eq!(driven.state.epoch, 2);
    let baked_for = room.world.now().0 - slept.unwrap();
    let gate = room.plan.plan().shifts().next().unwrap().stages[0].gate;
    assert!(baked_for >= gate.bake_ms, "the hours of sleep counted as baked: {baked_for} ms");
}

/// Hours pass in which nobody drives, by whatever clock; in which the machine sleeps; and in which no side passes.
#[tokio::test]
async fn hours_in_which_nobody_watched_with_evidence_are_no_soak() {
    let room = Room::new(vec![quick(http_route())]).await;
    let clock = Settable::of(&room);
    let (hours, minutes) = (HOURS as u64, 600_000);
    let first = driver(&room, "d1", &clock, room.journal());
    assert_eq!(first.drive("r1", &room.plan, "somebody", |_| {}).await.unwrap().state.phase, Phase::Shifted);
    clock.set(48 * HOURS);
    room.world.with(|world| world.pass_until(world.now() + hours));
    let (began, soak_ms) = (room.world.now().0, room.plan.plan().soak_ms);
    let (mut seen, mut lost) = (0, 0);
    room.soak_by(driver(&room, "d2", &clock, room.journal()), |state| {
        seen += u32::from(state.phase == Phase::Shifted);
        if seen == 2 && lost == 0 {
            lost += hours + minutes;
            room.world.with(|world| {
                let now = world.now();
                world.pass_until(now + hours);
                (0..2).for_each(|side| world.turn_unhealthy(side, now + hours, now + hours + minutes));
            });
        }
    })
    .await;
    let took = room.world.now().0 - began;
    assert_eq!(lost, hours + minutes);
    assert!((soak_ms + lost..soak_ms + lost + 120_000).contains(&took), "{took} ms");
}

/// Somebody puts a route back by hand in the soak, and ten minutes later as the run had left it: its users were not on the new side.
#[tokio::test]
async fn time_in_which_somebody_else_has_changed_a_target_is_no_soak() {
    let room = Room::new(vec![quick(http_route())]).await;
    assert_eq!(
        room.driver("d1").drive("r1", &room.plan, "somebody", |_| {}).await.unwrap().state.phase,
        Phase::Shifted
    );
    let shift = room.plan.plan().shifts().next().unwrap().clone();
    let (began, soak_ms) = (room.world.now().0, room.plan.plan().soak_ms);
    let (world, left) = (room.world.clone(), std::sync::Mutex::new(Vec::new()));
    let meddle = move || {
        world.with(|world| {
            let (passed, mut left) = (world.now() - began, left.lock().unwrap());
            match left.len() {
                0 if passed >= 60_000 => {
                    left.push(world.held(&shift.target).cloned().unwrap());
                    world.edit(&shift.target, shift.original.clone(), None);
                }
                1 if passed >= 660_000 => {
                    let held = left[0].clone();
                    world.edit(&shift.target, held.snapshot.clone(), held.token.clone());
                    left.push(held);
                }
                _ => {}
            }
        });
    };
    let clock = Settable { world: room.world.clone(), set_by: Arc::default(), at_wait: Some(Arc::new(meddle)) };
    room.soak_by(driver(&room, "d2", &clock, room.journal()), |_| {}).await;
    let took = room.world.now().0 - began;
    // It is noticed after a look in each minute, and one more.
    assert!((soak_ms + 500_000..soak_ms + 700_000).contains(&took), "{took} ms");
}

#[tokio::test]
async fn a_driver_killed_with_its_clock_off_locks_nobody_out() {
    // Its lease was as long as the next driver's, or longer.
    for (hours_ahead, lasts) in [
        (HOURS, 15_000),
        (HOURS * 8, 15_000),
        (HOURS * 1000, 15_000),
        (HOURS, 60_000),
        (HOURS * 8, 20_001),
        (-HOURS, 15_000),
        (-HOURS, 60_000),
    ] {
        let room = Room::new(vec![quick(http_route())]).await;
        let clock = Settable::of(&room);
        let ahead = Moment(BEGAN.saturating_add_signed(hours_ahead));
        room.journal().lease("r1", "dead", ahead, lasts).await.unwrap();
        let began = room.world.now().0;
        let mut first = None;
        let driven = driver(&room, "d2", &clock, room.journal())
            .drive("r1", &room.plan, "somebody", |_| {
                first.get_or_insert(room.world.now().0);
            })
            .await
            .unwrap();
        assert_eq!((driven.state.phase, driven.state.epoch), (Phase::Shifted, 2));
        assert_eq!(first.unwrap() - began, lasts, "watched for as long as it lasts");
    }
}

#[tokio::test]
async fn a_living_driver_keeps_its_lease_whatever_its_clock_says() {
    // By how much its own clock is off, and by how much that of the driver which looks.
    for (ahead, own) in [(HOURS, 0), (0, 0), (-HOURS, 0), (0, HOURS), (0, -HOURS), (-HOURS, HOURS), (HOURS, -HOURS)] {
        let (name, room) = ("living", Room::new(vec![quick(http_route())]).await);
        let mut clock = Settable::of(&room);
        clock.set(own);
        let journal = room.journal();
        let renewed = Moment(BEGAN.saturating_add_signed(ahead));
        journal.lease("r1", name, renewed, 15_000).await.unwrap();
        // It gives a sign of life at each look of the other one.
        let (living, world) = (room.journal(), room.world.clone());
        clock.at_wait = Some(Arc::new(move || {
            let now = Moment(world.now().0.saturating_add_signed(ahead));
            let living = living.clone();
            std::thread::spawn(move || block_on(async { living.lease("r1", name, now, 15_000).await.unwrap() }))
                .join()
                .unwrap();
        }));
        let error = driver(&room, "d2", &clock, room.journal()).drive("r1", &room.plan, "somebody", |_| {}).await;
        let Err(DriverError::LeaseHeld { left_ms, .. }) = error else { panic!("{error:?}") };
        assert!(left_ms <= 15_000, "{left_ms}");
        // It gives the run up: whoever comes next has it at once, whatever the clocks say.
        journal.give_up("r1", name).await.unwrap();
        clock.at_wait = None;
        let (began, mut first) = (room.world.now().0, None);
        let driven = driver(&room, "d2", &clock, room.journal())
            .drive("r1", &room.plan, "somebody", |_| {
                first.get_or_insert(room.world.now().0);
            })
            .await
            .unwrap();
        assert_eq!((driven.state.phase, first.unwrap() - began), (Phase::Shifted, 0));
    }
}

/// A journal whose lease can't be renewed the next so many times that somebody makes sure of it before a write.
fn away(room: &Room, times: &Arc<AtomicU32>) -> Journal {
    let (touched, left) = (Arc::new(AtomicU32::new(0)), Arc::clone(times));
    Journal::open_with(&room.file(), |connection| {
        let touches = Arc::clone(&touched);
        let update = move |_, _: &str, table: &str, _| {
            if table == "lease" {
                touches.store(1, Ordering::SeqCst);
            }
        };
        connection.update_hook(Some(update)).unwrap();
        let commit = move || {
            touched.swap(0, Ordering::SeqCst) == 1
                && left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
        };
        connection.commit_hook(Some(commit)).unwrap();
    })
    .unwrap()
}

#[tokio::test]
async fn a_journal_that_is_away_while_the_lease_is_checked_loses_no_lease() {
    for (times, is_back) in [(1, true), (20, true), (1000, false)] {
        let room = Room::new(vec![quick(http_route())]).await;
        let (clock, left) = (Settable::of(&room), Arc::new(AtomicU32::new(0)));
        let mut began = false;
        let driven = driver(&room, "d1", &clock, away(&room, &left))
            .drive("r1", &room.plan, "somebody", |state| {
                if !began && matches!(state.phase, Phase::CheckingLease { .. }) {
                    began = true;
                    left.store(times, Ordering::SeqCst);
                }
            })
            .await;
        match driven {
            Ok(driven) => assert_eq!((driven.state.phase, driven.state.epoch, is_back), (Phase::Shifted, 1, true)),
            Err(error) => {
                let is_store = matches!(error, DriverError::Store(JournalStoreError::Unavailable { .. }));
                assert!(is_store && !is_back, "{error:?}");
                assert!(room.world.stands(room.plan.plan(), false, |shift| &shift.original), "something was written");
            }
        }
        // It goes on once the journal is back.
        left.store(0, Ordering::SeqCst);
        let driven = driver(&room, "d1", &clock, room.journal()).drive("r1", &room.plan, "somebody", |_| {}).await;
        assert_eq!(driven.unwrap().state.phase, Phase::Shifted);
    }
}

#[tokio::test]
async fn a_lease_that_a_person_breaks_is_free_at_once_and_its_driver_is_kept_out() {
    let room = Room::new(vec![quick(http_route())]).await;
    let (journal, clock) = (room.journal(), Settable::of(&room));
    let error = journal.break_lease("r1", "olivia", Moment(1), "nobody has it").await.unwrap_err();
    assert!(matches!(error, crate::JournalError::NotLeased { .. }), "{error}");
    let old = driver(&room, "old", &clock, room.journal());
    let mut taken = None;
    let driven = old
        .drive("r1", &room.plan, "somebody", |state| {
            if taken.is_none() && matches!(state.phase, Phase::CheckingLease { .. }) {
                taken = Some(room.world.now());
                let breaking = journal.break_lease("r1", "olivia", room.world.now(), "it hangs");
                let broken = std::thread::scope(|scope| scope.spawn(|| block_on(breaking)).join().unwrap()).unwrap();
                assert_eq!((broken.driver.as_str(), broken.epoch), ("old", 1));
            }
        })
        .await
        .unwrap();
    assert_eq!(driven.state.phase, Phase::LeaseLost);
    assert!(room.world.stands(room.plan.plan(), false, |shift| &shift.original), "the old driver wrote");
    // What it still has in its hands is refused, and it never gets the run again; another one has it at once.
    let late = Entry { sequence: driven.entries + 1, epoch: 1, event: Event::Withdrawn };
    assert!(matches!(journal.append("r1", &late, None).await, Err(JournalStoreError::LeaseLost { .. })));
    let again = old.drive("r1", &room.plan, "somebody", |_| {}).await;
    assert!(matches!(&again, Err(DriverError::LeaseBroken { who, .. }) if who == "olivia"), "{again:?}");
    let driven = driver(&room, "new", &clock, room.journal()).drive("r1", &room.plan, "somebody", |_| {}).await;
    assert_eq!(driven.unwrap().state.phase, Phase::Shifted);
    let breaks = journal.lease_breaks("r1").await.unwrap();
    assert_eq!((breaks.len(), breaks[0].who.as_str(), breaks[0].reason.as_str()), (1, "olivia", "it hangs"));
    let raw = rusqlite::Connection::open(room.file()).unwrap();
    raw.execute("UPDATE lease_break SET who = 'nobody'", []).unwrap_err();
}

/// Who was overtaken and comes back late gets its lease by no clock.
#[tokio::test]
async fn a_lease_is_kept_by_the_steady_clock_and_renewed_by_no_one_else() {
    let room = Room::new(vec![quick(http_route())]).await;
    let journal = room.journal();
    let claim = |driver, now, keeps| LeaseClaim { driver, now: Moment(now), lasts_ms: 1_000, keeps, silent: None };
    let held = |epoch| LeaseState::Held { epoch };
    assert_eq!(journal.claim("r1", claim("d1", 0, None)).await.unwrap(), held(1));
    // The time of day has jumped ahead: it stood still for no longer than its lease.
    assert_eq!(journal.claim("r1", claim("d1", 9_000_000, Some(1))).await.unwrap(), held(1));
    // It did stand still: whoever may have been in between is fenced off.
    assert_eq!(journal.claim("r1", claim("d1", 18_000_000, None)).await.unwrap(), held(2));
    let LeaseState::Other(mark) = journal.claim("r1", claim("d2", 0, None)).await.unwrap() else { panic!() };
    let take = LeaseClaim { silent: Some(mark), ..claim("d2", 0, None) };
    // It is not silent any more.
    journal.claim("r1", claim("d1", 18_000_300, Some(2))).await.unwrap();
    assert!(matches!(journal.claim("r1", take).await.unwrap(), LeaseState::Other(_)));
}

#[tokio::test]
async fn the_clock_of_the_machine_waits_as_long_as_it_says() {
    let began = SystemClock.now();
    let apart = SystemClock.time_of_day().0.abs_diff(began.0);
    assert!(apart < 1000, "{apart} ms");
    SystemClock.until(began.plus_ms(700)).await;
    let took = SystemClock.now().0 - began.0;
    assert!((700..10_000).contains(&took), "{took} ms");
    SystemClock.until(Moment(0)).await;
}

#[tokio::test]
async fn a_run_of_another_engine_is_finished_by_that_one_and_what_is_over_opens_all_the_same() {
    let room = Room::new(vec![http_route()]).await;
    room.driver("d1").drive("r1", &room.plan, "somebody", |_| {}).await.unwrap();
    let journal = room.journal();
    let engines = journal.engines("r1").await.unwrap();
    assert_eq!((engines.oldest, engines.newest), (caravan_cutover_engine::REVISION, caravan_cutover_engine::REVISION));
    assert_eq!(engines.version.as_deref(), Some(env!("CARGO_PKG_VERSION")));
    by_later_engine(&room);
    let error = room.driver("d2").drive("r1", &room.plan, "somebody", |_| {}).await.unwrap_err();
    assert!(matches!(error, DriverError::OtherEngine { .. }) && error.to_string().contains("caravan 9.9.9"), "{error}");
    let error = crate::operator::Run::read(&journal, "r1").await.unwrap_err();
    assert!(error.to_string().contains("caravan 9.9.9 (engine 999)"), "{error}");

    let over = Room::new(vec![http_route()]).await;
    over.driver("d1").drive("r1", &over.plan, "somebody", |_| {}).await.unwrap();
    over.submit(Command::Rollback).await;
    over.driver("d1").drive("r1", &over.plan, "somebody", |_| {}).await.unwrap();
    let before = crate::operator::Run::read(&over.journal(), "r1").await.unwrap().status();
    by_later_engine(&over);
    let after = crate::operator::Run::read(&over.journal(), "r1").await.unwrap().status();
    assert_eq!(serde_json::to_value(&after.steps).unwrap(), serde_json::to_value(&before.steps).unwrap());
    assert_eq!((after.state, after.direction), (before.state, before.direction));
}

/// As if an engine of a later revision had written the entries.
fn by_later_engine(room: &Room) {
    let raw = rusqlite::Connection::open(room.file()).unwrap();
    let later = "INSERT INTO run_engine (run, revision, version) SELECT id, 999, '9.9.9' FROM run";
    assert_eq!(raw.execute(later, []).unwrap(), 1);
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}
