//! A driver that lives for weeks.

use super::common::http_route;
use super::stage::{Room, Simulated, quick};
use crate::operator::{self, FinaliseEvidence, Run, RunState};
use crate::{Attendant, Command, Driver, Journal, JournalError, Supervisor, Telling, WaitPolicy};
use caravan_cutover_engine::{Clock, State};
use caravan_plans::Sealed;
use caravan_providers::CallError;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Keeps what it is told, and lets nobody in for a while.
#[derive(Default)]
struct Desk {
    told: Mutex<Vec<(Option<String>, Telling)>>,
    came_to: Mutex<Vec<String>>,
    refuses: AtomicU32,
    /// So many more tasks break off by a defect: as soon as they begin, or when their run first comes to a state.
    breaks: AtomicU32,
    breaks_when_driven: AtomicU32,
}

fn take_one(left: &AtomicU32) -> bool {
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
}

impl Attendant for Desk {
    async fn takes_up(&self, _: &Run) {}

    async fn admit(&self, _: &Run) -> Result<(), CallError> {
        assert!(!take_one(&self.breaks), "a defect in the task");
        if take_one(&self.refuses) {
            return Err(CallError::Denied("they are another account's".to_owned()));
        }
        Ok(())
    }

    fn came_to(&self, run: &str, _: &Sealed, state: &State) {
        assert!(!take_one(&self.breaks_when_driven), "a defect in the task");
        self.came_to.lock().unwrap().push(format!("{run} {}", state.phase.name()));
    }

    async fn tell(&self, run: Option<&str>, telling: &Telling) {
        self.told.lock().unwrap().push((run.map(str::to_owned), telling.clone()));
    }
}

type Supervised = Supervisor<Journal, Simulated, Simulated, Desk>;

fn supervisor(room: &Room, name: &str, journal: Journal) -> Supervised {
    let driver = Driver { wait_policy: WaitPolicy::Wait, ..room.driver_with(name, journal) };
    Supervisor { driver: Arc::new(driver), attendant: Arc::new(Desk::default()), who: "somebody".to_owned() }
}

/// Supervises until a run is in a state.
async fn until(supervised: &Supervised, room: &Room, run: &str, state: RunState) {
    let journal = room.journal();
    let reached = async {
        while Run::read(&journal, run).await.unwrap().status().state != state {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let both = async {
        tokio::select! {
            _replaced = supervised.supervise() => {}
            () = reached => {}
        }
    };
    tokio::time::timeout(Duration::from_secs(60), both).await.expect("it never came there");
}

#[tokio::test]
async fn runs_that_are_started_later_are_taken_up_and_a_restart_takes_over_at_once() {
    let room = Room::new(vec![quick(http_route())]).await;
    let first = supervisor(&room, "d1", room.journal());
    until(&first, &room, "r1", RunState::Shifted).await;
    room.submit(Command::Rollback).await;
    until(&first, &room, "r1", RunState::RolledBack).await;
    room.start("r2").await;
    until(&first, &room, "r2", RunState::Shifted).await;
    let lease = room.journal().driver_of("r2").await.unwrap().unwrap();
    assert!(lease.holds(room.world.now()), "{lease:?}");
    first.leave().await.unwrap();
    // Another one does not wait for the lease to run out.
    let second = supervisor(&room, "d2", room.journal());
    let began = room.world.now().0;
    let request = Command::Rollback.by("somebody", room.world.now());
    room.journal().submit("r2", &request).await.unwrap();
    until(&second, &room, "r2", RunState::RolledBack).await;
    let lease = room.journal().driver_of("r2").await.unwrap().unwrap();
    assert_eq!(lease.driver, "d2");
    let took_over = second.attendant.came_to.lock().unwrap().first().cloned();
    assert!(took_over.is_some_and(|first| first.starts_with("r2 ")));
    assert!(room.world.now().0 - began < 600_000);
    assert_eq!(second.attendant.told.lock().unwrap().as_slice(), []);
    // What is over is not driven again.
    let states = second.attendant.came_to.lock().unwrap().len();
    let _still = tokio::time::timeout(Duration::from_millis(200), second.supervise()).await;
    assert_eq!(second.attendant.came_to.lock().unwrap().len(), states);
}

#[tokio::test]
async fn a_journal_that_is_away_is_waited_for() {
    let room = Room::new(vec![quick(http_route())]).await;
    let away = Arc::new(AtomicBool::new(true));
    let is_away = Arc::clone(&away);
    let journal = Journal::open_with(&room.file(), |connection| {
        connection.commit_hook(Some(move || is_away.load(Ordering::SeqCst))).unwrap();
    })
    .unwrap();
    let supervised = supervisor(&room, "d1", journal);
    let _cut = tokio::time::timeout(Duration::from_millis(300), supervised.supervise()).await;
    let told = supervised.attendant.told.lock().unwrap().clone();
    let are = matches!(told.as_slice(), [(Some(one), Telling::Waits(_)), (Some(other), Telling::Unrecorded(_))]
        if one == "r1" && other == "r1");
    assert!(are, "each said once, the second after a while: {told:?}");
    away.store(false, Ordering::SeqCst);
    until(&supervised, &room, "r1", RunState::Shifted).await;
}

/// Whoever puts another file in the journal's place has another driver take over: nothing is written any more by the one that holds the
/// old file, and whatever starts it anew opens the new one.
#[tokio::test]
async fn a_journal_that_was_replaced_ends_its_driver() {
    let room = Room::new(vec![quick(http_route())]).await;
    let supervised = supervisor(&room, "d1", room.journal());
    until(&supervised, &room, "r1", RunState::Shifted).await;
    supervised.leave().await.unwrap();
    let (file, kept) = (room.file(), room.file().with_extension("kept"));
    std::fs::rename(&file, &kept).unwrap();
    let _cut = tokio::time::timeout(Duration::from_millis(200), supervised.supervise()).await;
    supervised.leave().await.expect("what was only moved away may come back");
    std::fs::copy(&kept, &file).unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(10), supervised.supervise()).await.expect("it goes on");
    assert!(matches!(ended, JournalError::Replaced { .. }), "{ended}");
    assert!(matches!(supervised.leave().await, Err(JournalError::Replaced { .. })));
    assert!(supervised.driver.journal.is_outdated());
}

#[tokio::test]
async fn an_account_that_is_closed_is_said_once_and_tried_again() {
    let room = Room::new(vec![quick(http_route())]).await;
    let supervised = supervisor(&room, "d1", room.journal());
    supervised.attendant.refuses.store(3, Ordering::SeqCst);
    until(&supervised, &room, "r1", RunState::Shifted).await;
    let told = supervised.attendant.told.lock().unwrap().clone();
    let is_denied = |why: &str| why.contains("another account's");
    assert!(
        matches!(told.as_slice(), [(Some(run), Telling::NeedsPerson(why))] if run == "r1" && is_denied(why)),
        "{told:?}"
    );
    // One attempt at once, then a minute apart.
    assert!(room.world.now().0 > 180_000);
}

#[tokio::test]
async fn a_run_whose_lease_was_broken_is_left_to_others_and_the_rest_goes_on() {
    let room = Room::new(vec![quick(http_route())]).await;
    let first = supervisor(&room, "d1", room.journal());
    until(&first, &room, "r1", RunState::Shifted).await;
    room.journal().break_lease("r1", "olivia", room.world.now(), "it hangs").await.unwrap();
    let _cut = tokio::time::timeout(Duration::from_millis(300), first.supervise()).await;
    let told = first.attendant.told.lock().unwrap().clone();
    assert!(
        told.iter()
            .any(|(_, telling)| matches!(telling, Telling::NeedsPerson(why) if why.contains("olivia has broken"))),
        "{told:?}"
    );
    let second = supervisor(&room, "d2", room.journal());
    room.submit(Command::Rollback).await;
    until(&second, &room, "r1", RunState::RolledBack).await;
}

/// The soak may last for days: drivers come and go in it, and whoever drives takes both approvals in.
#[tokio::test]
async fn a_run_is_finalised_by_whoever_drives_it_when_its_soak_is_over() {
    let room = Room::new(vec![quick(http_route())]).await;
    let first = supervisor(&room, "d1", room.journal());
    until(&first, &room, "r1", RunState::Shifted).await;
    first.leave().await.unwrap();
    room.soak("d1").await;
    let approve = async |who: &str| {
        let mut run = Run::read(&room.journal(), "r1").await.unwrap();
        let shown = FinaliseEvidence::of(&run).unwrap();
        operator::approve(&room.journal(), &mut run, shown.shown, who, room.world.now()).await.unwrap();
    };
    approve("olivia").await;
    approve("oscar").await;
    let second = supervisor(&room, "d2", room.journal());
    until(&second, &room, "r1", RunState::Done).await;
    let run = Run::read(&room.journal(), "r1").await.unwrap();
    assert!(run.state().steps[0].finalised && run.status().remains.is_empty());
}

/// A defect in one run's task: the run is driven on a little later, a person is told, and other runs are driven as before.
#[tokio::test]
async fn a_task_that_breaks_off_is_begun_again_and_said() {
    for (breaks, when_driven) in [(1, 0), (0, 1), (3, 2)] {
        let room = Room::new(vec![quick(http_route())]).await;
        let supervised = supervisor(&room, "d1", room.journal());
        supervised.attendant.breaks.store(breaks, Ordering::SeqCst);
        supervised.attendant.breaks_when_driven.store(when_driven, Ordering::SeqCst);
        until(&supervised, &room, "r1", RunState::Shifted).await;
        let request = Command::Rollback.by("somebody", room.world.now());
        room.journal().submit("r1", &request).await.unwrap();
        until(&supervised, &room, "r1", RunState::RolledBack).await;
        room.start("r2").await;
        until(&supervised, &room, "r2", RunState::Shifted).await;
        let told = supervised.attendant.told.lock().unwrap().clone();
        let is_of_it =
            |telling: &Telling| matches!(telling, Telling::NeedsPerson(why) if why.contains("a defect in the task"));
        assert!(told.iter().any(|(run, telling)| run.is_some() && is_of_it(telling)), "{told:?}");
    }
}

/// The log and its index are as much the journal as its file: who takes them away, or puts others there, has others read what nobody writes.
#[tokio::test]
async fn a_journal_whose_log_was_taken_away_or_replaced_ends_its_driver() {
    for end in ["-wal", "-shm"] {
        for is_replaced in [false, true] {
            let room = Room::new(vec![quick(http_route())]).await;
            let supervised = supervisor(&room, "d1", room.journal());
            until(&supervised, &room, "r1", RunState::Shifted).await;
            let beside = format!("{}{end}", room.file());
            let kept = format!("{beside}.kept");
            std::fs::rename(&beside, &kept).unwrap();
            if is_replaced {
                std::fs::copy(&kept, &beside).unwrap();
            }
            let ended = tokio::time::timeout(Duration::from_secs(10), supervised.supervise()).await.expect(end);
            assert!(matches!(ended, JournalError::Replaced { .. }), "{end}: {ended}");
            assert!(matches!(supervised.leave().await, Err(JournalError::Replaced { .. })), "{end}");
            // What is put back is the journal again.
            std::fs::rename(&kept, &beside).unwrap();
            supervised.leave().await.unwrap();
        }
    }
}
