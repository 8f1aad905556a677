//! Work that was handed over, and that somebody else gives to its old owner as well: people are told while a driver lives.

use super::common::{hand_over, http_route, sealed_steps};
use super::inbox::{Inbox, courier, round};
use super::stage::{Room, quick};
use crate::WaitPolicy;
use crate::notice::NoticeKind;
use crate::operator::{FinaliseEvidence, Run, approve};
use caravan_cutover_engine::{Clock, Direction, Outcome, Phase};
use caravan_plans::{HandOver, Step};
use caravan_providers::target::{SimulatedWork, Snapshot};
use caravan_providers_simulated::{Outage, Trouble};

/// Soaks until nothing more is to be seen, and gives what the run's status says of it. `meddle` is done once it soaks.
async fn soaked(room: &Room, meddle: impl Fn()) -> Vec<String> {
    let mut driver = room.driver("d1");
    driver.wait_policy = WaitPolicy::Wait;
    let mut done = false;
    let driving = driver.drive("r1", &room.plan, "somebody", |state| {
        if matches!(state.phase, Phase::Shifted) && !std::mem::replace(&mut done, true) {
            meddle();
        }
    });
    let driven = tokio::time::timeout(std::time::Duration::from_millis(1500), driving).await;
    assert!(driven.is_err(), "it waits for its release: {driven:?}");
    let run = Run::read(&room.journal(), "r1").await.unwrap();
    let status = run.full_status(&room.journal(), room.world.now()).await.unwrap();
    status.watched.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn people_are_told_of_two_owners_at_work_and_of_none_that_the_run_has_left() {
    for work in [SimulatedWork::Consumer, SimulatedWork::Schedule] {
        let hand_over = HandOver { approval: false, ..hand_over(work, "orders") };
        let [old, new] = [0, 1].map(|at| hand_over.switches[at].clone());
        let room = Room::of(sealed_steps(vec![Step::HandOver(hand_over)])).await;
        let inbox = Inbox::default();
        let courier = courier(&room, &[("pager", &inbox)]).await;
        let told = async || {
            round(&room, &courier).await;
            round(&room, &courier).await;
            inbox.with(|kept| kept.got.iter().filter(|notice| notice.kind == NoticeKind::Hold).count())
        };
        let said = soaked(&room, || {}).await;
        assert_eq!((said.len(), told().await), (1, 0), "{said:?}");
        assert!(!said[0].contains("somebody else"), "{said:?}");

        let both = || room.world.with(|world| world.edit(&old.target, old.original.clone(), None));
        let said = soaked(&room, both).await;
        let text = format!("two owners are at work: {} beside {}", old.target, new.target);
        assert!(said[0].contains(&text), "{said:?}");
        assert_eq!(told().await, 1);
        let again =
            soaked(&room, || room.world.with(|world| world.edit(&old.target, old.snapshot.clone(), None))).await;
        assert!(!again[0].contains("two owners"), "{again:?}");

        // Whoever suspends the new owner leaves nobody at work.
        let Snapshot::Activation { settings, .. } = new.snapshot.clone() else { unreachable!() };
        let token = room.world.with(|world| world.held(&new.target).unwrap().token.clone());
        let suspended = Snapshot::Activation { active: false, settings };
        let said =
            soaked(&room, || room.world.with(|world| world.edit(&new.target, suspended.clone(), token.clone()))).await;
        assert!(said[0].contains("somebody else has changed"), "{said:?}");
        assert_eq!(told().await, 2);
    }
}

#[tokio::test]
async fn nothing_is_final_while_two_owners_are_at_work_or_nobody_can_tell() {
    for work in [SimulatedWork::Consumer, SimulatedWork::Schedule] {
        let hand_over = HandOver { approval: false, ..hand_over(work, "orders") };
        let old = hand_over.switches[0].clone();
        let room = Room::of(sealed_steps(vec![Step::Shift(quick(http_route())), Step::HandOver(hand_over)])).await;
        room.soak("d1").await;
        let approve = async |who: &str| {
            let (journal, now) = (room.journal(), room.world.now());
            let mut run = Run::read(&journal, "r1").await.unwrap();
            let shown = FinaliseEvidence::of(&run).unwrap().shown;
            approve(&journal, &mut run, shown, who, now).await.unwrap();
            let state = room.driver("d1").drive("r1", &room.plan, "somebody", |_| {}).await.unwrap().state;
            (state, journal.refusals("r1").await.unwrap().first().map(|refusal| refusal.why.clone()))
        };
        let token = room.world.with(|world| world.held(&old.target).unwrap().token.clone());
        let edit = |snapshot: &Snapshot| {
            room.world.with(|world| world.edit(&old.target, snapshot.clone(), token.clone()));
        };
        assert_eq!(approve("olivia").await.0.finalise_approved_by.len(), 1);
        // Somebody starts the old owner between the two approvals.
        edit(&old.original);
        let (state, why) = approve("oscar").await;
        assert_eq!((&state.phase, state.direction), (&Phase::Shifted, Direction::Forward));
        assert!(why.as_deref().unwrap_or_default().contains("two owners are at work"), "{why:?}");
        edit(&old.snapshot);
        let until = room.world.now().0 + 60_000;
        room.world.with(|world| {
            let (api, from) = (old.target.kind().budget(), world.now());
            world.trouble(Trouble { api, outage: Outage::Throttled, from, until });
        });
        let (state, why) = approve("oscar").await;
        assert_eq!((&state.phase, state.direction), (&Phase::Shifted, Direction::Forward));
        assert!(!why.as_deref().unwrap_or_default().contains("two owners"), "{why:?}");
        room.world.with(|world| world.pass_until(until));
        let (state, why) = approve("oscar").await;
        assert_eq!(state.phase, Phase::Finished(Outcome::Done), "{why:?}");
    }
}
