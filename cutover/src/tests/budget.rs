//! What calls take from budgets. Route 53: 10 requests a second, 50 at once, 15 of them for the rollback; an observation makes two.

use super::common::records;
use super::stage::{Room, quick};
use crate::Journal;
use crate::budget::Acquire;
use caravan_cutover_engine::{Direction, Effect, Moment, State};
use caravan_providers::Call;

/// What observing the records takes, in a direction.
fn observation(room: &Room, direction: Direction) -> Acquire {
    let plan = &room.plan;
    let effect = Effect::Call(Box::new(Call::Observe(plan.plan().steps[0].target(0).unwrap().clone())));
    let state = State { direction, ..State::planned("r1", plan.plan()) };
    Acquire::of(&effect, &state).remove(0)
}

async fn taken(journal: &Journal, acquire: &Acquire, now: Moment) -> u64 {
    let mut count = 0;
    while journal.acquire(acquire.clone(), now).await.unwrap().is_ok() {
        count += 1;
    }
    count
}

#[tokio::test]
async fn forward_leaves_the_reserve_and_back_may_take_it() {
    let room = Room::new(vec![quick(records())]).await;
    let (journal, now) = (room.journal(), Moment(1_000_000));
    let (forward, back) = (observation(&room, Direction::Forward), observation(&room, Direction::Back));
    let refused = journal.acquire(forward.clone(), now).await.unwrap();
    assert_eq!(refused, Err(now.plus_ms(200)), "a new bucket begins with the reserve");
    assert_eq!(taken(&journal, &back, now).await, 7);
    let later = now.plus_ms(60_000);
    assert_eq!(taken(&journal, &forward, later).await, 17);
    assert_eq!(taken(&journal, &back, later).await, 8);
}

#[tokio::test]
async fn over_a_minute_no_more_goes_out_than_the_provider_allows() {
    let room = Room::new(vec![quick(records())]).await;
    let (journal, acquire) = (room.journal(), observation(&room, Direction::Forward));
    let (mut now, mut taken) = (Moment(0), 0);
    while now < Moment(60_000) {
        match journal.acquire(acquire.clone(), now).await.unwrap() {
            Ok(()) => taken += 1,
            Err(until) => now = until,
        }
    }
    assert!((590..=600).contains(&(taken * 2)), "{taken} observations");
}

#[tokio::test]
async fn what_one_process_has_spent_another_has_not_even_after_a_restart() {
    let room = Room::new(vec![quick(records())]).await;
    let (acquire, now) = (observation(&room, Direction::Back), Moment(1_000_000));
    assert_eq!(taken(&room.journal(), &acquire, now).await, 7);
    assert_eq!(taken(&room.journal(), &acquire, now.plus_ms(100)).await, 1);
}

#[tokio::test]
async fn a_clock_that_was_put_back_adds_nothing_and_blocks_nothing() {
    let room = Room::new(vec![quick(records())]).await;
    let (journal, acquire) = (room.journal(), observation(&room, Direction::Back));
    assert_eq!(taken(&journal, &acquire, Moment(1_000_000)).await, 7);
    assert_eq!(taken(&journal, &acquire, Moment(5_000)).await, 0);
    assert_eq!(taken(&journal, &acquire, Moment(5_400)).await, 2);
}

/// What several names take that are asked at once: of each as many requests as it may cost at the most, of one change one, and never
/// more than a bucket holds.
#[tokio::test]
async fn several_questions_at_once_are_booked_at_what_they_may_take() {
    use super::common::rule;
    use caravan_providers::target::{RecordSetsTarget, Target};
    use caravan_providers::{Call, Write};
    let named = |number: usize| {
        let Target::Records(target) = records().target else { unreachable!() };
        Target::Records(RecordSetsTarget { name: format!("name-{number}.example.com."), ..target })
    };
    let room = Room::new(vec![quick(records())]).await;
    let state = State { direction: Direction::Back, ..State::planned("r1", room.plan.plan()) };
    let booked = |calls: Vec<Call>| {
        let all = Acquire::of(&Effect::Call(Box::new(Call::All(calls))), &state);
        all.into_iter().map(|acquire| (acquire.budget.api, acquire.requests())).collect::<Vec<_>>()
    };
    let observe = |targets: Vec<Target>| targets.into_iter().map(Call::Observe).collect();
    for (names, requests) in [(1, 2), (2, 6), (10, 30), (40, 50)] {
        assert_eq!(booked(observe((0..names).map(named).collect())), [("route53", requests)], "{names} names");
    }
    let original = records().original;
    let status = |number: usize, ticket: &str| Call::Status {
        write: Box::new(Write {
            target: named(number),
            before: original.clone(),
            after: original.clone(),
            token_before: None,
            token_after: None,
            in_flight: 30,
        }),
        ticket: ticket.to_owned(),
    };
    assert_eq!(booked((0..10).map(|number| status(number, "C1")).collect()), [("route53", 1)], "one change");
    assert_eq!(booked(vec![status(0, "C1"), status(1, "C2"), status(2, "C1")]), [("route53", 2)], "two changes");
    // What a run that waits looks at may be of several APIs.
    let both = booked(observe(vec![named(0), rule().target, named(1)]));
    assert_eq!(both, [("route53", 6), ("elasticloadbalancing", 1)]);
}
