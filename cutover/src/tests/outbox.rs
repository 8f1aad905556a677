//! The outbox: each notice is in one courier's hands, and one that can't be read keeps no other waiting.

use super::common::http_route;
use super::inbox::{Inbox, approved, courier, drive, round};
use super::stage::Room;
use crate::Command;
use caravan_cutover_engine::{Clock, Moment};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A room with an outbox that holds three notices for `team`, none of them tried yet.
async fn with_three(inbox: &Inbox) -> Room {
    let room = Room::new(vec![approved(http_route())]).await;
    inbox.with(|kept| kept.refuses = 1);
    let courier = courier(&room, &[("team", inbox)]).await;
    drive(&room).await;
    room.submit(Command::Rollback).await;
    drive(&room).await;
    round(&room, &courier).await;
    room.world.with(|world| world.pass_until(world.now() + 10_000));
    room
}

#[tokio::test]
async fn of_two_couriers_one_alone_gets_a_notice() {
    let inbox = Inbox::default();
    let room = with_three(&inbox).await;
    let (first, second) = (room.journal(), room.journal());
    let none = std::collections::BTreeSet::new();
    for round in 0..40 {
        let now = Moment(room.world.now().0 + round * 120_000);
        let (one, two) =
            tokio::join!(first.next_notice("team", now, 60_000, &none), second.next_notice("team", now, 60_000, &none));
        let got = [one.unwrap(), two.unwrap()];
        assert_eq!(got.iter().flatten().count(), 1, "{got:?}");
    }
}

#[tokio::test]
async fn a_notice_that_cannot_be_read_is_said_once_and_keeps_no_other_waiting() {
    for body in ["{", r#"{"schema":"caravan.notice/v9","kind":"reminder"}"#, "null"] {
        let inbox = Inbox::default();
        let room = with_three(&inbox).await;
        let raw = rusqlite::Connection::open(room.file()).unwrap();
        raw.execute("UPDATE notice SET body = ?1 WHERE number = (SELECT min(number) FROM notice)", [body]).unwrap();
        let courier = courier(&room, &[("team", &inbox)]).await;
        let said = Mutex::new(Vec::new());
        for _ in 0..3 {
            room.world.with(|world| world.pass_until(world.now() + 1_000));
            let tell = |_: &str, taken: Result<(), &str>| said.lock().unwrap().push(taken.map_err(str::to_owned));
            courier.make_round(&tell).await.unwrap();
        }
        assert_eq!(inbox.ids().len(), 2, "{body}");
        let said = said.into_inner().unwrap();
        assert!(matches!(said.as_slice(), [Err(why)] if why.contains("can't be read")), "{said:?}");
        let waiting = room.journal().waiting_notices().await.unwrap();
        assert_eq!((waiting.len(), waiting[0].count), (1, 1), "it stays, and is counted");
        assert!(waiting[0].refused.as_ref().is_some_and(|why| why.contains("can't be read")), "{waiting:?}");
    }
}

/// A receiver that answers 400 to one notice gets the ones behind it at once, in order, and that one again when it is due.
#[tokio::test]
async fn a_notice_that_its_receiver_rejects_keeps_no_other_waiting() {
    let inbox = Inbox::default();
    let room = with_three(&inbox).await;
    let all = room.journal().waiting_notices().await.unwrap();
    assert_eq!(all[0].count, 3);
    let raw = rusqlite::Connection::open(room.file()).unwrap();
    let mut statement = raw.prepare("SELECT id FROM notice ORDER BY number").unwrap();
    let ids: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    inbox.with(|kept| kept.rejects = Some(ids[0].clone()));
    let courier = courier(&room, &[("team", &inbox)]).await;
    for _ in 0..30 {
        round(&room, &courier).await;
    }
    assert_eq!(inbox.ids(), ids[1..], "each once");
    let waiting = room.journal().waiting_notices().await.unwrap();
    assert_eq!((waiting[0].count, waiting[0].refused.as_deref()), (1, Some("it answered 400")));
    inbox.with(|kept| kept.rejects = None);
    room.world.with(|world| world.pass_until(world.now() + 300_000));
    round(&room, &courier).await;
    assert_eq!(inbox.ids().last(), Some(&ids[0]));
}

/// A defect in one receiver's sender: it is said, the notice comes a little later, and the other receiver never waits.
#[tokio::test]
async fn a_sender_that_breaks_off_is_begun_again_and_said() {
    for breaks in [1, 2, 3] {
        let (room, inbox, other) = (Room::new(vec![approved(http_route())]).await, Inbox::default(), Inbox::default());
        let courier = Arc::new(courier(&room, &[("team", &inbox), ("other", &other)]).await);
        drive(&room).await;
        inbox.with(|kept| kept.breaks = breaks);
        let said = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&said);
        let carrying = Arc::clone(&courier).carry(move |receiver, taken| {
            kept.lock().unwrap().push((receiver.to_owned(), taken.map_err(str::to_owned)));
        });
        let all_told = async {
            while inbox.ids().is_empty() || other.ids().is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let both = async {
            tokio::select! {
                () = carrying => {}
                () = all_told => {}
            }
        };
        tokio::time::timeout(Duration::from_secs(60), both).await.expect("it never came");
        let said = said.lock().unwrap().clone();
        assert_eq!(said.len(), breaks as usize, "{said:?}");
        let is_of_it = |(receiver, taken): &(String, Result<(), String>)| {
            receiver == "team" && taken.as_ref().is_err_and(|why| why.contains("a defect in the sender"))
        };
        assert!(said.iter().all(is_of_it), "{said:?}");
    }
}

/// Whoever ends waits for what backs off, within a bound, and knows what is left for the next.
#[tokio::test]
async fn whoever_ends_waits_for_what_backs_off_and_no_longer_than_the_bound() {
    for (refuses, left) in [(0, 0), (3, 0), (u32::MAX, 3)] {
        let inbox = Inbox::default();
        let room = Room::new(vec![approved(http_route())]).await;
        let courier = Arc::new(courier(&room, &[("team", &inbox)]).await);
        drive(&room).await;
        room.submit(Command::Rollback).await;
        drive(&room).await;
        inbox.with(|kept| kept.refuses = refuses);
        let began = room.world.now().0;
        // In virtual time whoever waits first says how far the clock goes: the bound, and not what backs off beyond it.
        let waiting = tokio::select! {
            biased;
            waiting = courier.until_delivered(30_000) => waiting.unwrap(),
            () = Arc::clone(&courier).carry(|_, _| {}) => unreachable!(),
        };
        let took = room.world.now().0 - began;
        assert_eq!(waiting.iter().map(|waiting| waiting.count).sum::<u64>(), left, "{waiting:?}");
        assert_eq!(inbox.ids().len() as u64, 3 - left);
        assert!(took < 45_000 && (left == 0 || took >= 30_000), "{took}");
        assert!(waiting.iter().all(|waiting| waiting.refused.as_deref() == Some("it answered 503")), "{waiting:?}");
    }
}
