//! What calls draw on. Route 53: 10 requests a second, 50 at once, 15 of them for the way back; a look makes two.

use super::common::records;
use super::stage::{Room, quick};
use crate::Journal;
use crate::budget::Draw;
use caravan_cutover_engine::{Effect, Going, Moment, State};
use caravan_providers::Call;

/// What looking at the records takes, on a way.
fn look(room: &Room, going: Going) -> Draw {
    let plan = &room.plan;
    let effect = Effect::Call(Box::new(Call::Observe(plan.plan().shifts[0].target.clone())));
    let state = State { going, ..State::planned("r1", plan.plan()) };
    Draw::of(&effect, &state).unwrap()
}

async fn taken(journal: &Journal, draw: &Draw, now: Moment) -> u64 {
    let mut count = 0;
    while journal.draw(draw.clone(), now).await.unwrap().is_ok() {
        count += 1;
    }
    count
}

#[tokio::test]
async fn forward_leaves_the_reserve_and_back_may_take_it() {
    let room = Room::new(vec![quick(records())]).await;
    let (journal, now) = (room.journal(), Moment(1_000_000));
    let (forward, back) = (look(&room, Going::Forward), look(&room, Going::Back));
    let refused = journal.draw(forward.clone(), now).await.unwrap();
    assert_eq!(refused, Err(now.plus_ms(200)), "a new bucket begins with the reserve");
    assert_eq!(taken(&journal, &back, now).await, 7);
    let later = now.plus_ms(60_000);
    assert_eq!(taken(&journal, &forward, later).await, 17);
    assert_eq!(taken(&journal, &back, later).await, 8);
}

#[tokio::test]
async fn over_a_minute_no_more_goes_out_than_the_provider_allows() {
    let room = Room::new(vec![quick(records())]).await;
    let (journal, draw) = (room.journal(), look(&room, Going::Forward));
    let (mut now, mut looks) = (Moment(0), 0);
    while now < Moment(60_000) {
        match journal.draw(draw.clone(), now).await.unwrap() {
            Ok(()) => looks += 1,
            Err(until) => now = until,
        }
    }
    assert!((590..=600).contains(&(looks * 2)), "{looks} looks");
}

#[tokio::test]
async fn what_one_process_has_spent_another_has_not_even_after_a_restart() {
    let room = Room::new(vec![quick(records())]).await;
    let (draw, now) = (look(&room, Going::Back), Moment(1_000_000));
    assert_eq!(taken(&room.journal(), &draw, now).await, 7);
    assert_eq!(taken(&room.journal(), &draw, now.plus_ms(100)).await, 1);
}

#[tokio::test]
async fn a_clock_that_was_put_back_adds_nothing_and_blocks_nothing() {
    let room = Room::new(vec![quick(records())]).await;
    let (journal, draw) = (room.journal(), look(&room, Going::Back));
    assert_eq!(taken(&journal, &draw, Moment(1_000_000)).await, 7);
    assert_eq!(taken(&journal, &draw, Moment(5_000)).await, 0);
    assert_eq!(taken(&journal, &draw, Moment(5_400)).await, 2);
}
