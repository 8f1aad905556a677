//! What people are told of: nothing is lost with a write of the journal, nothing is told twice, nothing old is told anew.

use super::common::{http_route, records, rule, sealed};
use super::inbox::{Inbox, approved, courier, courier_over, drive, round};
use super::stage::{Room, quick};
use crate::notice::NoticeKind;
use crate::operator::Run;
use crate::{Command, Journal, WaitPolicy};
use caravan_cutover_engine::{Clock, Phase};
use caravan_plans::{OnFailure, Sealed, WavePlan};
use caravan_providers_simulated::{Outage, Trouble};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const WEEK_MS: u64 = 7 * 24 * 3_600_000;

/// The journal takes nothing while the notices are made; the runs were never followed before, or were, or have ended since.
#[tokio::test]
async fn a_commit_of_the_journal_that_fails_loses_no_notice() {
    for (followed_before, commands) in [(false, 0), (true, 1), (false, 1)] {
        let (room, inbox) = (Room::new(vec![approved(http_route())]).await, Inbox::default());
        let away = Arc::new(AtomicBool::new(false));
        let is_away = Arc::clone(&away);
        let journal = Journal::open_with(&room.file(), |connection| {
            connection.commit_hook(Some(move || is_away.load(Ordering::SeqCst))).unwrap();
        });
        let courier = courier_over(&room, journal.unwrap(), &[("team", &inbox)]).await;
        assert!(matches!(drive(&room).await, Phase::AwaitingApproval { .. }));
        if followed_before {
            round(&room, &courier).await;
            assert_eq!(inbox.ids().len(), 1);
        }
        for _ in 0..commands {
            room.submit(Command::Rollback).await;
            drive(&room).await;
        }
        away.store(true, Ordering::SeqCst);
        for _ in 0..3 {
            room.world.with(|world| world.pass_until(world.now() + 1_000));
            assert!(courier.make_round(&|_, _| {}).await.is_err());
        }
        away.store(false, Ordering::SeqCst);
        round(&room, &courier).await;
        let kinds: Vec<NoticeKind> = inbox.with(|kept| kept.got.iter().map(|notice| notice.kind).collect());
        let expected = [NoticeKind::Approval, NoticeKind::Rollback, NoticeKind::Rollback];
        assert_eq!(kinds, expected[..=2 * commands], "followed before: {followed_before}");
    }
}

/// A shift whose new side fails is taken back alone; the others go on.
#[tokio::test]
async fn people_are_told_of_a_shift_that_is_taken_back_alone() {
    for (first, second) in [(http_route(), rule()), (rule(), records()), (records(), http_route())] {
        let plan = sealed(vec![quick(first), quick(second)]);
        let plan = Sealed::seal(WavePlan { on_failure: OnFailure::Shift, ..plan.plan().clone() }).unwrap();
        let (room, inbox) = (Room::of(plan).await, Inbox::default());
        let courier = courier(&room, &[("team", &inbox)]).await;
        let driver = crate::Driver { wait_policy: WaitPolicy::Wait, ..room.driver("d1") };
        let (mut fails, mut back) = (false, false);
        let driving = driver.drive("r1", &room.plan, "somebody", |state| {
            if matches!(state.phase, Phase::Shifted) && !fails {
                fails = true;
                room.world.with(|world| world.turn_unhealthy(1, world.now(), u64::MAX));
            }
            back |= state.steps[0].failed && state.steps[0].stage.is_none();
        });
        let driven = tokio::time::timeout(std::time::Duration::from_millis(1500), driving).await;
        assert!(driven.is_err(), "it waits for its release: {driven:?}");
        assert!(back, "the first shift was taken back alone");
        round(&room, &courier).await;
        let told: Vec<_> = inbox.with(|kept| kept.got.clone());
        let rollbacks: Vec<_> = told.iter().filter(|notice| notice.kind == NoticeKind::Rollback).collect();
        assert_eq!(rollbacks.len(), 2, "{told:?}");
        assert!(rollbacks[0].why.contains("the new side of "), "{:?}", rollbacks[0]);
        let workload = room.plan.plan().shifts().next().unwrap().workload.to_string();
        assert!(rollbacks[1].why.contains(&workload) && rollbacks[1].why.contains("is back"), "{:?}", rollbacks[1]);
    }
}

/// Somebody puts a target back by hand while the run soaks: nobody probes that, so the target itself is read. What the run does
/// about it is its own matter; people are told, once, and it is over when it stands again as it was left.
#[tokio::test]
async fn people_are_told_of_what_somebody_changes_while_a_run_soaks() {
    for shift in [http_route(), rule(), records()] {
        let (room, inbox) = (Room::new(vec![quick(shift)]).await, Inbox::default());
        let courier = courier(&room, &[("pager", &inbox)]).await;
        let target = room.plan.plan().shifts().next().unwrap().target.clone();
        let original = room.plan.plan().shifts().next().unwrap().original.clone();
        let left = std::cell::RefCell::new(None);
        let soak = async || {
            let mut driver = room.driver("d1");
            driver.wait_policy = WaitPolicy::Wait;
            let driving = driver.drive("r1", &room.plan, "somebody", |state| {
                if matches!(state.phase, Phase::Shifted) && left.borrow().is_none() {
                    room.world.with(|world| {
                        *left.borrow_mut() = world.held(&target).cloned();
                        world.edit(&target, original.clone(), None);
                    });
                }
            });
            let driven = tokio::time::timeout(std::time::Duration::from_millis(1500), driving).await;
            assert!(driven.is_err(), "it waits for its release: {driven:?}");
            room.journal().watched("r1").await.unwrap().remove(0).drift
        };
        let drift = soak().await.expect("somebody has changed it");
        assert_ne!(drift.left, drift.seen);
        let status = Run::read(&room.journal(), "r1").await.unwrap();
        let status = status.full_status(&room.journal(), room.world.now()).await.unwrap();
        assert!(status.at_risk[0].changed_by_others, "nobody knows how large the share is");
        assert!(status.steps.iter().all(|step| step.actual.is_none()), "{:?}", status.steps);
        round(&room, &courier).await;
        round(&room, &courier).await;
        let told: Vec<_> = inbox.with(|kept| kept.got.clone());
        let told: Vec<_> = told.iter().filter(|notice| notice.kind == NoticeKind::Hold).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].why.contains(&drift.seen) && told[0].why.contains("somebody else has changed"), "{told:?}");
        let held = left.borrow().clone().expect("it soaked");
        room.world.with(|world| world.edit(&target, held.snapshot, held.token));
        assert_eq!(soak().await, None);
    }
}

/// Whatever a driver may not ask while users are on a new side, people are told of it: credentials that have expired, an API that is away.
/// What takes users back is named first.
#[tokio::test]
async fn people_are_told_of_a_target_that_nobody_sees_while_users_are_on_its_new_side() {
    for shift in [http_route(), rule(), records()] {
        let (room, inbox) = (Room::new(vec![quick(shift)]).await, Inbox::default());
        let courier = courier(&room, &[("pager", &inbox)]).await;
        let api = room.plan.plan().targets().next().unwrap().kind().budget();
        let driver = crate::Driver { wait_policy: WaitPolicy::Wait, ..room.driver("d1") };
        let mut is_away = false;
        let driving = driver.drive("r1", &room.plan, "somebody", |state| {
            if matches!(state.phase, Phase::Shifted) && !is_away {
                is_away = true;
                room.world.with(|world| {
                    let from = world.now();
                    world.trouble(Trouble { api: api.clone(), outage: Outage::Throttled, from, until: u64::MAX });
                });
            }
        });
        let driven = tokio::time::timeout(std::time::Duration::from_millis(2500), driving).await;
        assert!(driven.is_err(), "it waits for its release: {driven:?}");
        let run = Run::read(&room.journal(), "r1").await.unwrap();
        let status = run.full_status(&room.journal(), room.world.now()).await.unwrap();
        let watched = &status.watched[0];
        assert!(watched.needs_person && watched.new_side.passed, "{watched:?}");
        assert!(watched.to_string().contains("nobody sees what stands at its target"), "{watched}");
        round(&room, &courier).await;
        round(&room, &courier).await;
        let told: Vec<_> = inbox.with(|kept| kept.got.clone());
        let told: Vec<_> = told.iter().filter(|notice| notice.kind == NoticeKind::Hold).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].why.contains("throttled") && told[0].next[0].contains("cutover rollback r1"), "{told:?}");
    }
}

/// Once for each time that it can't be driven, by whatever process; the reason is the same each time.
#[tokio::test]
async fn a_run_that_again_cannot_be_driven_is_told_of_again() {
    let why = "the credentials are another account's";
    for times in 1..4 {
        let (room, inbox) = (Room::new(vec![approved(http_route())]).await, Inbox::default());
        for time in 1..=times {
            for _process in 0..2 {
                let courier = courier(&room, &[("pager", &inbox)]).await;
                courier.not_driven("r1", why).await.unwrap();
                courier.not_driven("r1", why).await.unwrap();
                round(&room, &courier).await;
            }
            let failures = inbox.with(|kept| kept.got.iter().filter(|got| got.kind == NoticeKind::Failure).count());
            assert_eq!(failures, time);
            // The credentials were put right: it is driven on, and then they run out again.
            drive(&room).await;
        }
    }
}

/// Users are on a new side, and its driver has ended: told once, and again when that happens again.
#[tokio::test]
async fn people_are_told_of_users_whom_nobody_watches() {
    for times in 1..4 {
        let (room, inbox) = (Room::new(vec![approved(http_route())]).await, Inbox::default());
        let courier = courier(&room, &[("pager", &inbox)]).await;
        for time in 1..=times {
            drive(&room).await;
            let run = Run::read(&room.journal(), "r1").await.unwrap();
            courier.unwatched(&run).await.unwrap();
            courier.unwatched(&run).await.unwrap();
            round(&room, &courier).await;
            let holds = inbox.with(|kept| kept.got.clone());
            let holds: Vec<_> = holds.iter().filter(|notice| notice.kind == NoticeKind::Hold).collect();
            assert_eq!(holds.len(), time);
            let last = holds[time - 1];
            assert!(last.why.contains("nobody watches them"), "{last:?}");
            assert!(
                last.next[0].contains("cutover rollback r1") && last.next[1].contains("cutover run r1"),
                "{last:?}"
            );
        }
    }
}

/// Who is new is told of what waits for people at that moment, and of nothing before it, whether the others were told of that
/// already or not.
#[tokio::test]
async fn who_is_new_gets_what_stands_and_nothing_that_is_old() {
    for others_were_told in [true, false] {
        let (room, old, new) = (Room::new(vec![approved(http_route())]).await, Inbox::default(), Inbox::default());
        let first = courier(&room, &[("old", &old)]).await;
        drive(&room).await;
        room.submit(Command::Rollback).await;
        drive(&room).await;
        room.start("r2").await;
        let drive_second = async || room.driver("d1").drive("r2", &room.plan, "somebody", |_| {}).await.unwrap();
        drive_second().await;
        if others_were_told {
            round(&room, &first).await;
        }
        let both = courier(&room, &[("old", &old), ("new", &new)]).await;
        round(&room, &both).await;
        round(&room, &both).await;
        assert_eq!(old.ids().len(), 4);
        assert_eq!(new.ids(), old.ids()[3..], "others were told before: {others_were_told}");
        assert!(new.ids()[0].starts_with("r2/"));
        // What comes from then on comes once.
        room.journal().submit("r2", &Command::Rollback.by("somebody", room.world.now())).await.unwrap();
        drive_second().await;
        round(&room, &both).await;
        assert_eq!(new.ids(), old.ids()[3..]);
        assert_eq!(new.ids().len(), 3);
    }
}

/// A receiver whose notices nobody made for long: what is over by now is not told, what stands is.
#[tokio::test]
async fn who_was_left_out_for_months_is_not_told_of_months() {
    for is_over in [true, false] {
        let (room, kept, away) = (Room::new(vec![approved(http_route())]).await, Inbox::default(), Inbox::default());
        drop(courier(&room, &[("kept", &kept), ("away", &away)]).await);
        let without = courier(&room, &[("kept", &kept)]).await;
        drive(&room).await;
        round(&room, &without).await;
        if is_over {
            room.submit(Command::Rollback).await;
            drive(&room).await;
            round(&room, &without).await;
        }
        room.world.with(|world| world.pass_until(world.now() + 9 * WEEK_MS));
        round(&room, &without).await;
        let told = kept.ids();
        let again = courier(&room, &[("kept", &kept), ("away", &away)]).await;
        round(&room, &again).await;
        round(&room, &again).await;
        assert_eq!(kept.ids(), told, "what was told and forgotten is not told again");
        assert_eq!(away.ids().len(), usize::from(!is_over), "{:?}", away.ids());
    }
}
