//! Telling people: at least once, in order, through crashes and through receivers that are away.

use super::common::{http_route, records, rule};
use super::inbox::{Inbox, approved, courier, drive, round};
use super::stage::{Room, quick};
use crate::Command;
use crate::notice::NoticeKind;
use caravan_cutover_engine::{Clock, Phase};
use caravan_providers_simulated::{CallFault, Outage, Trouble};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

#[tokio::test]
async fn people_are_told_of_an_approval_that_waits_and_of_a_rollback_with_step_why_and_command() {
    for shift in [http_route(), rule()] {
        let (room, inbox) = (Room::new(vec![approved(shift)]).await, Inbox::default());
        let courier = courier(&room, &[("team", &inbox)]).await;
        assert!(matches!(drive(&room).await, Phase::AwaitingApproval { .. }));
        round(&room, &courier).await;
        round(&room, &courier).await;
        let told = inbox.with(|kept| kept.got.clone());
        assert_eq!(told.len(), 1, "{told:?}");
        let notice = &told[0];
        let step = notice.step.clone().unwrap();
        assert_eq!(
            (notice.kind, notice.run.as_str(), notice.state.as_str()),
            (NoticeKind::Approval, "r1", "awaiting-approval")
        );
        assert!(
            notice.next[0].starts_with(&format!("caravan cutover approve r1 --step {step} --entry ")),
            "{notice:?}"
        );
        let text = notice.text();
        for said in ["run: r1", &format!("step: {step}"), "why: ", "since: 19", "next:\n  caravan cutover approve r1"] {
            assert!(text.contains(said), "{text}");
        }
        // The new side fails under users: it goes back by itself.
        room.world.with(|world| world.turn_unhealthy(1, 0, u64::MAX));
        room.submit(Command::Rollback).await;
        assert!(matches!(drive(&room).await, Phase::Finished(_)));
        round(&room, &courier).await;
        let told = inbox.with(|kept| kept.got.clone());
        let kinds: Vec<NoticeKind> = told.iter().map(|notice| notice.kind).collect();
        assert_eq!(kinds, [NoticeKind::Approval, NoticeKind::Rollback, NoticeKind::Rollback]);
        assert!(told[1].why.contains("somebody wants it back"), "{:?}", told[1]);
        let again = ["caravan cutover start wave-1".to_owned()];
        assert_eq!((told[2].state.as_str(), told[2].next.as_slice()), ("rolled-back", &again[..]));
        assert_eq!(told.iter().map(|notice| &notice.id).collect::<BTreeSet<_>>().len(), 3);
    }
}

#[tokio::test]
async fn people_are_told_of_a_hold_and_of_a_rollback_that_gets_no_further() {
    let (room, inbox) = (Room::new(vec![quick(http_route())]).await, Inbox::default());
    let courier = courier(&room, &[("team", &inbox)]).await;
    room.world.with(|world| world.turn_unhealthy(1, 0, u64::MAX));
    assert!(matches!(drive(&room).await, Phase::Held { .. }));
    round(&room, &courier).await;
    let hold = inbox.with(|kept| kept.got.remove(0));
    assert_eq!(hold.kind, NoticeKind::Hold);
    assert!(hold.why.contains("the new side of ") && hold.next[0].contains("cutover retry r1"), "{hold:?}");
}

/// Users do not follow a write, or the API is away: the run waits by itself as long as it takes, and people know of it.
#[tokio::test]
async fn people_are_told_of_a_run_that_gets_no_further_on_its_way() {
    let (room, inbox) = (Room::new(vec![quick(records())]).await, Inbox::default());
    let courier = courier(&room, &[("team", &inbox)]).await;
    let mut begun = false;
    let driver = room.driver("d1");
    let driven = driver.drive("r1", &room.plan, "somebody", |state| {
        if !begun && matches!(state.phase, Phase::Settling { .. }) {
            begun = true;
            let (api, from) = (records().target.kind().budget(), room.world.now().0);
            room.world.with(|world| {
                world.trouble(Trouble { api, outage: Outage::Throttled, from, until: from + 300_000 });
            });
        }
    });
    driven.await.unwrap();
    for _ in 0..3 {
        round(&room, &courier).await;
    }
    let told = inbox.with(|kept| kept.got.clone());
    let hold: Vec<_> = told.iter().filter(|notice| notice.kind == NoticeKind::Hold).collect();
    assert!(
        matches!(hold.as_slice(), [hold] if hold.why.contains("9 times in a row since") && hold.why.contains("throttled")),
        "{told:?}"
    );
}

/// A provider refuses the way back for good: whoever is woken reads the very reason, and the script first of all.
#[tokio::test]
async fn a_way_back_that_is_stuck_names_the_reason_and_the_script() {
    let mut stuck = 0;
    for call in 0..8 {
        let (room, inbox) = (Room::new(vec![approved(http_route())]).await, Inbox::default());
        let courier = courier(&room, &[("team", &inbox)]).await;
        drive(&room).await;
        round(&room, &courier).await;
        room.submit(Command::Rollback).await;
        room.world.with(|world| world.plan_fault(world.calls() + call, CallFault::Denied));
        if !matches!(drive(&room).await, Phase::Stuck { .. }) {
            continue;
        }
        stuck += 1;
        inbox.with(|kept| kept.got.clear());
        room.world.with(|world| world.pass_until(world.now() + 1_000));
        round(&room, &courier).await;
        let told = inbox.with(|kept| kept.got.clone());
        let failure = told.iter().find(|notice| notice.kind == NoticeKind::Failure).unwrap();
        assert!(failure.why.contains("by the rehearsal's plan"), "{failure:?}");
        assert_eq!((failure.next[0].as_str(), failure.next[1].as_str()), ("sh r1.sh", "caravan cutover retry r1"));
    }
    assert!(stuck > 0, "no call that is refused stops the way back");
}

#[tokio::test]
async fn a_crash_or_an_outage_of_the_receiver_loses_no_notice() {
    let (room, inbox, other) = (Room::new(vec![approved(http_route())]).await, Inbox::default(), Inbox::default());
    // Known, and then the process is gone before it has seen an entry.
    drop(courier(&room, &[("team", &inbox), ("other", &other)]).await);
    drive(&room).await;
    let second = courier(&room, &[("team", &inbox), ("other", &other)]).await;
    inbox.with(|kept| kept.refuses = 4);
    round(&room, &second).await;
    assert_eq!((inbox.ids().len(), other.ids().len()), (0, 1), "one that is away keeps nobody else waiting");
    // Gone between the sending and the noting of it: it is sent again under the same id.
    inbox.with(|kept| (kept.refuses, kept.falls_silent) = (0, true));
    room.world.with(|world| world.pass_until(world.now() + 5_000));
    let cut = tokio::time::timeout(Duration::from_millis(300), second.make_round(&|_, _| {})).await;
    assert!(cut.is_err() && inbox.ids().len() == 1);
    drop(second);
    let third = courier(&room, &[("team", &inbox), ("other", &other)]).await;
    round(&room, &third).await;
    assert_eq!(inbox.ids().len(), 1, "it may still be on its way");
    room.world.with(|world| world.pass_until(world.now() + 61_000));
    round(&room, &third).await;
    let ids = inbox.ids();
    assert_eq!(ids.len(), 2);
    assert_eq!((ids[0].as_str(), other.ids().as_slice()), (ids[1].as_str(), &ids[..1]));
    // What is kept of it goes after a week, and what was told is not told again.
    room.world.with(|world| world.pass_until(world.now() + 8 * 24 * 3_600_000));
    round(&room, &third).await;
    round(&room, &third).await;
    assert_eq!(inbox.ids().len(), 2);
    let raw = rusqlite::Connection::open(room.file()).unwrap();
    assert_eq!(raw.query_row("SELECT count(*) FROM notice", [], |row| row.get::<_, u32>(0)).unwrap(), 0);
}

#[tokio::test]
async fn a_receiver_that_is_away_is_tried_ever_more_rarely_and_gets_everything_in_order() {
    let (room, inbox) = (Room::new(vec![approved(http_route())]).await, Inbox::default());
    let courier = courier(&room, &[("team", &inbox)]).await;
    drive(&room).await;
    room.submit(Command::Rollback).await;
    drive(&room).await;
    inbox.with(|kept| kept.refuses = 7);
    let (began, said) = (room.world.now().0, Mutex::new(Vec::new()));
    while inbox.ids().len() < 3 {
        room.world.with(|world| world.pass_until(world.now() + 1_000));
        courier.make_round(&|_, taken| said.lock().unwrap().push(taken.map_err(str::to_owned))).await.unwrap();
    }
    let took = room.world.now().0 - began;
    // 1, 2, 4, 8, 16, 32 and 64 s.
    assert!((127_000..140_000).contains(&took), "{took}");
    assert_eq!(*said.lock().unwrap(), [Err("it answered 503".to_owned()), Ok(())]);
    let ids = inbox.ids();
    let entries: Vec<u64> = ids.iter().map(|id| id.split('/').nth(1).unwrap().parse().unwrap()).collect();
    assert!(entries.is_sorted() && entries.len() == 3, "{ids:?}");
    assert_eq!(room.journal().waiting_notices().await.unwrap(), []);
}

#[tokio::test]
async fn who_is_new_is_told_of_what_stands_and_of_what_comes_from_then_on() {
    let (room, early, late) = (Room::new(vec![approved(http_route())]).await, Inbox::default(), Inbox::default());
    let first = courier(&room, &[("early", &early)]).await;
    drive(&room).await;
    round(&room, &first).await;
    let both = courier(&room, &[("early", &early), ("late", &late)]).await;
    room.submit(Command::Rollback).await;
    drive(&room).await;
    round(&room, &both).await;
    assert_eq!((early.ids().len(), late.ids().len()), (3, 3));
    both.not_driven("r1", "the credentials are another account's").await.unwrap();
    both.not_driven("r1", "the credentials are another account's").await.unwrap();
    round(&room, &both).await;
    let last = late.with(|kept| kept.got.last().cloned().unwrap());
    assert_eq!((late.ids().len(), last.kind), (4, NoticeKind::Failure));
    assert!(last.next[0].contains("cutover status r1"), "{last:?}");
}

/// A process that was started before a receiver was named sees entries, too.
#[tokio::test]
async fn what_another_process_has_seen_is_not_seen_for_receivers_that_it_does_not_know() {
    let (room, early, late) = (Room::new(vec![approved(http_route())]).await, Inbox::default(), Inbox::default());
    let old = courier(&room, &[("early", &early)]).await;
    let new = courier(&room, &[("early", &early), ("late", &late)]).await;
    drive(&room).await;
    round(&room, &old).await;
    round(&room, &new).await;
    assert_eq!((early.ids().len(), late.ids().len()), (1, 1));
}
