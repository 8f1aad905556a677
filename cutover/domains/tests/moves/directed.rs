//! One thing goes wrong, and the move ends or waits as it must.

use crate::drive::{People, Rehearsal};
use crate::plans::{
    DAY, HOUR, MINUTE, NEW, OLD, START, THIRD, answers, customer, ours, ours_short, snapshot, windowed,
};
use crate::world::{World, Wrong};
use caravan_cutover_domains::{Act, Event, Hold, Lead, Message, MovePlan, Outcome, Stage, State, replay, transition};
use caravan_cutover_engine::Moment;

fn rehearsed(plan: MovePlan, wrong: Wrong, people: People) -> Rehearsal {
    let world = World::new(&plan, wrong, 7);
    let mut rehearsal = Rehearsal::new(plan, world, people, 7);
    rehearsal.run(START.plus_ms(40 * DAY));
    assert_eq!(rehearsal.rules.violations, Vec::<String>::new());
    assert_eq!(replay(&rehearsal.plan, &rehearsal.journal).unwrap(), rehearsal.state);
    rehearsal
}

fn follows() -> Wrong {
    Wrong { customer_follows: Some(2 * HOUR), ..Wrong::default() }
}

#[test]
fn a_name_of_ours_and_a_customers_are_done_by_one_order_each() {
    for plan in [ours(), ours_short(), windowed(), customer()] {
        let done = rehearsed(plan, follows(), People::willing());
        assert_eq!(done.state.stage, Stage::Over(Outcome::Done), "{:?}", done.state);
        assert_eq!((done.world.orders.len(), done.world.needless_orders), (1, 0));
        if let Lead::Ours(own) = &done.plan.lead {
            assert_eq!((&done.world.record, &done.world.token), (&own.settled, &None));
        }
    }
}

#[test]
fn a_window_is_kept() {
    let done = rehearsed(windowed(), Wrong::default(), People::willing());
    let window = done.plan.window.unwrap();
    let flipped = done.world.writes.iter().find(|(_, write)| write.after == snapshot(NEW, 60)).unwrap().0;
    assert!(window.from <= flipped && flipped < window.until);

    let late = People { approve: Some(3 * DAY), ..People::willing() };
    let late = rehearsed(windowed(), Wrong::default(), late);
    assert_eq!((late.state.stage, late.state.led), (Stage::Flip, false));
    let waits = late.state.waits_for(&late.plan, late.world.now).unwrap();
    assert!(waits.contains("its window is over"), "{waits}");
}

#[test]
fn a_wrong_caa_record_holds_before_any_order_and_a_right_one_lets_it_go_on() {
    let held = rehearsed(ours(), Wrong { caa_until: Moment(u64::MAX), ..Wrong::default() }, People::willing());
    assert!(matches!(&held.state.hold, Some(Hold::NotRoutable(why)) if why.contains("CAA")), "{:?}", held.state);
    assert_eq!(held.world.orders.len(), 0);

    let wrong = Wrong { caa_until: START.plus_ms(DAY), ..Wrong::default() };
    assert_eq!(rehearsed(ours(), wrong, People::willing()).state.stage, Stage::Over(Outcome::Done));
}

#[test]
fn a_challenge_that_nobody_sees_is_never_validated() {
    let held = rehearsed(ours(), Wrong { challenge_unseen: true, ..Wrong::default() }, People::willing());
    assert!(matches!(held.state.hold, Some(Hold::NotRoutable(_))), "{:?}", held.state);
    assert_eq!((held.world.orders.len(), held.world.failed.len()), (1, 0));
}

#[test]
fn validations_that_fail_hold_after_three_and_never_three_in_an_hour() {
    let wrong = Wrong { failing_validations: 9, ..Wrong::default() };
    let held = rehearsed(ours(), wrong.clone(), People::willing());
    assert!(matches!(held.state.hold, Some(Hold::NoCertificate(_))), "{:?}", held.state);
    assert_eq!(held.world.failed.len(), 3);
    // A person who tries again and again gets no more than two of them in an hour.
    let tried = rehearsed(ours(), wrong, People { retry: Some(MINUTE), ..People::willing() });
    assert_eq!(tried.state.stage, Stage::Over(Outcome::Done), "{:?}", tried.state);
    assert_eq!(tried.world.failed.len(), 9);
}

#[test]
fn failures_of_earlier_runs_count() {
    let failed_before = vec![START, START];
    let done = rehearsed(MovePlan { failed_before, ..ours() }, Wrong::default(), People::willing());
    let validated = done.journal.iter().find_map(|event| match event {
        Event::Intended { act: caravan_cutover_domains::Act::Validate { .. }, at } => Some(*at),
        _ => None,
    });
    assert!(validated.unwrap() >= START.plus_ms(HOUR));
}

#[test]
fn certificates_that_end_soon_lead_nobody_there() {
    let wrong = Wrong { certificates_last: Some(DAY), ..Wrong::default() };
    let held = rehearsed(ours(), wrong, People::willing());
    assert!(matches!(held.state.hold, Some(Hold::CertificateEnds(_))), "{:?}", held.state);
    assert!(!held.state.led);

    let wrong = Wrong { old_ends: Some(START.plus_ms(DAY)), ..Wrong::default() };
    let world = World::new(&ours(), wrong, 7);
    let mut held = Rehearsal::new(ours(), world, People::willing(), 7);
    held.run(START.plus_ms(DAY - HOUR));
    assert!(matches!(&held.state.hold, Some(Hold::CertificateEnds(why)) if why.contains("old edge")));
    assert!(!held.state.led);
    // Renewed at the old edge, and tried again, it goes on.
    held.world.wrong.old_ends = None;
    held.people.retry = Some(HOUR);
    held.run(START.plus_ms(10 * DAY));
    assert_eq!((held.state.stage, held.rules.violations.len()), (Stage::Over(Outcome::Done), 0));
}

#[test]
fn an_edge_that_does_not_serve_the_name_holds() {
    let held = rehearsed(ours(), Wrong { never_served: true, ..Wrong::default() }, People::willing());
    assert!(matches!(&held.state.hold, Some(Hold::EdgeLate(why)) if why.contains("Programmed")));
}

#[test]
fn a_stranger_s_record_is_held_and_never_overwritten_and_can_be_left_to_them() {
    // Before the first change, while it is remembered for a shorter time, and on the soak.
    for after in [HOUR / 2, 2 * HOUR, 3 * HOUR, 7 * HOUR] {
        let wrong = Wrong { edits: vec![(START.plus_ms(after), snapshot(THIRD, 300))], ..Wrong::default() };
        let mut held = rehearsed(ours(), wrong, People::willing());
        let Some(Hold::Conflict { live, .. }) = &held.state.hold else { panic!("{:?}", held.state) };
        assert_eq!(**live, snapshot(THIRD, 300));
        assert_eq!(held.world.record, snapshot(THIRD, 300));
        let at = held.world.now;
        let state = held.state.clone();
        let adopted = Event::Adopted { who: "ann".to_owned(), at };
        let state = caravan_cutover_domains::transition(&held.plan, state, &adopted).unwrap();
        assert_eq!(state.stage, Stage::Over(Outcome::Elsewhere));
        // Nor is it overwritten on the way back.
        held.people.back = Some(at);
        held.run(at.plus_ms(DAY));
        assert_eq!(held.world.record, snapshot(THIRD, 300));
    }
}

#[test]
fn a_customer_is_reminded_three_times_and_parked_and_seen_when_they_come_after_all() {
    let mut parked = rehearsed(customer(), Wrong::default(), People::willing());
    assert_eq!(parked.state.hold, Some(Hold::Parked));
    let told: Vec<Message> = parked.world.told.iter().map(|(_, message)| *message).collect();
    assert_eq!(told, [Message::Instruct, Message::Remind(1), Message::Remind(2), Message::Remind(3)]);
    let since = |nth: usize| parked.world.told[nth].0.0 - parked.world.told[0].0.0;
    for (nth, days) in [(1, 1), (2, 3), (3, 7)] {
        assert!((days * DAY..days * DAY + HOUR).contains(&since(nth)), "{nth}");
    }
    let now = parked.world.now;
    parked.world.wrong.edits = vec![(now.plus_ms(HOUR), snapshot(NEW, 3_600))];
    parked.run(now.plus_ms(5 * DAY));
    assert_eq!(parked.state.stage, Stage::Over(Outcome::Done));
    assert_eq!(parked.rules.violations, Vec::<String>::new());
}

#[test]
fn a_customer_s_third_value_is_said_once_and_ends_by_sight() {
    let edits = vec![(START.plus_ms(3 * HOUR), snapshot(THIRD, 300))];
    let mut held = rehearsed(customer(), Wrong { edits, ..Wrong::default() }, People::willing());
    assert_eq!(held.state.hold, Some(Hold::ThirdValue(answers(THIRD))));
    assert_eq!(held.world.told.iter().filter(|(_, message)| *message == Message::ThirdValue).count(), 1);
    let now = held.world.now;
    held.world.wrong.edits = vec![(now.plus_ms(HOUR), snapshot(NEW, 3_600))];
    held.run(now.plus_ms(5 * DAY));
    assert_eq!(held.state.stage, Stage::Over(Outcome::Done), "{:?}", held.state);
}

#[test]
fn a_customer_who_goes_back_is_seen_and_told_and_the_soak_begins_anew() {
    let wrong = Wrong { edits: vec![(START.plus_ms(9 * HOUR), snapshot(OLD, 3_600))], ..follows() };
    let done = rehearsed(customer(), wrong, People::willing());
    assert!(done.world.told.iter().any(|(_, message)| *message == Message::Regressed), "{:?}", done.world.told);
    assert_eq!(done.state.stage, Stage::Over(Outcome::Done));
}

#[test]
fn a_new_edge_that_fails_is_left_by_our_record_and_by_the_customer_s_word() {
    let fails = (START.plus_ms(6 * HOUR), Moment(u64::MAX));
    let back = rehearsed(ours(), Wrong { new_fails: Some(fails), ..Wrong::default() }, People::willing());
    assert_eq!(back.state.stage, Stage::Over(Outcome::Back), "{:?}", back.state);
    assert_eq!((back.world.record, back.world.token, back.world.provisioned), (snapshot(OLD, 3_600), None, None));

    let wrong = Wrong { new_fails: Some((START.plus_ms(8 * HOUR), Moment(u64::MAX))), ..follows() };
    let told = rehearsed(customer(), wrong, People::willing());
    assert!(told.world.told.iter().any(|(_, message)| *message == Message::PutBack), "{:?}", told.state);
}

#[test]
fn nobody_goes_back_to_an_old_edge_that_does_not_answer_unless_a_person_says_so() {
    let wrong = Wrong { old_fails: Some((START.plus_ms(6 * HOUR), Moment(u64::MAX))), ..Wrong::default() };
    let people = People { back: Some(START.plus_ms(7 * HOUR)), ..People::willing() };
    let mut held = rehearsed(ours(), wrong, people);
    assert!(matches!(held.state.hold, Some(Hold::OldSide(_))), "{:?}", held.state);
    assert_eq!(held.world.record, snapshot(NEW, 60));
    let at = held.world.now;
    let forced =
        Event::TurnedBack { who: "ann".to_owned(), at, despite_probes: Some("the new one loses orders".to_owned()) };
    held.state = caravan_cutover_domains::transition(&held.plan, held.state.clone(), &forced).unwrap();
    held.journal.push(forced);
    held.run(at.plus_ms(DAY));
    assert_eq!((held.state.stage, &held.world.record), (Stage::Over(Outcome::Back), &snapshot(OLD, 3_600)));
}

#[test]
fn an_order_whose_answer_was_lost_is_a_persons_to_place_again_where_the_authority_makes_a_second() {
    let mut plan = ours();
    plan.authority.gives_open_orders_again = false;
    // Every answer is lost until a person comes.
    let world = World::new(&plan, Wrong::default(), 7);
    let mut held = Rehearsal::new(plan, world, People::willing(), 7);
    while held.state.stage != Stage::Certificate || !held.state.reserved {
        held.run(held.world.now.plus_ms(1));
    }
    held.world.wrong.lost = 100;
    held.run(held.world.now.plus_ms(HOUR));
    assert_eq!(held.state.hold, Some(Hold::OrderInDoubt));
    assert!(held.world.orders.len() <= 1);
}

#[test]
fn two_different_people_release_and_nobody_goes_back_afterwards() {
    let people = People { release: false, ..People::willing() };
    let soaked = rehearsed(ours(), Wrong::default(), people);
    assert_eq!(soaked.state.stage, Stage::Release);
    let at = soaked.world.now;
    let approve = |who: &str| Event::ReleaseApproved { who: who.to_owned(), at };
    let step = |state, event: &Event| caravan_cutover_domains::transition(&soaked.plan, state, event);
    let once = step(soaked.state.clone(), &approve("ann")).unwrap();
    assert!(step(once.clone(), &approve("ann")).unwrap_err().to_string().contains("second person"));
    assert!(step(once.clone(), &Event::TurnedBack { who: "ann".to_owned(), at, despite_probes: None }).is_ok());
    let twice = step(once, &approve("bob")).unwrap();
    let back = Event::TurnedBack { who: "ann".to_owned(), at, despite_probes: None };
    assert!(step(twice, &back).unwrap_err().to_string().contains("no way back"));
}

#[test]
fn what_would_dangle_keeps_the_old_side_until_it_is_gone_or_a_person_leaves_it_so() {
    let is_dangling =
        |rehearsal: &Rehearsal| matches!(&rehearsal.state.hold, Some(Hold::Dangling(found)) if found.len() == 1);
    for plan in [ours(), customer()] {
        let wrong = Wrong { dangles: Some((START, START.plus_ms(5 * DAY))), ..follows() };
        let done = rehearsed(plan.clone(), wrong, People::willing());
        assert_eq!(done.state.stage, Stage::Over(Outcome::Done));
        assert!(done.world.now >= START.plus_ms(5 * DAY), "it was done while something dangled");

        let mut held =
            rehearsed(plan.clone(), Wrong { dangles: Some((START, Moment(u64::MAX))), ..follows() }, People::willing());
        assert!(is_dangling(&held) && held.state.stage == Stage::Renewal, "{:?}", held.state);
        assert!(held.state.can_go_back());
        let at = held.world.now;
        let adopted = Event::Adopted { who: "ann".to_owned(), at };
        held.state = caravan_cutover_domains::transition(&held.plan, held.state.clone(), &adopted).unwrap();
        held.journal.push(adopted);
        held.run(at.plus_ms(5 * DAY));
        assert_eq!((held.state.stage, held.state.left_dangling.len()), (Stage::Over(Outcome::Done), 1));
        assert_eq!(held.rules.violations, Vec::<String>::new());

        // What dangles only once the old side is released is seen as well.
        let first = rehearsed(plan.clone(), follows(), People::willing());
        let released =
            first.journal.iter().rev().find(|event| matches!(event, Event::ReleaseApproved { .. })).unwrap().at();
        let wrong = Wrong { dangles: Some((released, released.plus_ms(3 * DAY))), ..follows() };
        let late = rehearsed(plan.clone(), wrong, People::willing());
        assert_eq!(late.state.stage, Stage::Over(Outcome::Done));
        let end = late.journal.last().unwrap().at();
        assert!(end >= released.plus_ms(3 * DAY), "{end:?}");

        // A plan of before is driven as it was.
        let before = MovePlan { own_zones: None, ..plan };
        let done =
            rehearsed(before, Wrong { dangles: Some((START, Moment(u64::MAX))), ..follows() }, People::willing());
        assert_eq!(done.state.stage, Stage::Over(Outcome::Done));
    }
}

#[test]
fn an_order_waits_for_the_limits_of_the_authority_and_says_until_when() {
    let until = START.plus_ms(2 * DAY);
    let done = rehearsed(ours(), Wrong { limited_until: until, ..Wrong::default() }, People::willing());
    assert_eq!(done.state.stage, Stage::Over(Outcome::Done));
    let placed = |event: &&Event| matches!(event, Event::Intended { act: Act::Order, .. });
    assert!(done.journal.iter().find(placed).unwrap().at() >= until);
    let asked = |event: &&Event| matches!(event, Event::Intended { act: Act::Reserve, .. });
    assert_eq!((done.journal.iter().filter(asked).count(), done.world.orders.len()), (2, 1));

    let world = World::new(&ours(), Wrong { limited_until: until, ..Wrong::default() }, 7);
    let mut limited = Rehearsal::new(ours(), world, People::willing(), 7);
    limited.run(START.plus_ms(DAY));
    let waits = limited.state.waits_for(&limited.plan, limited.world.now).unwrap();
    assert!(
        limited.state.is_limited(limited.world.now)
            && waits.starts_with("a limit of the certificate authority, until "),
        "{waits}"
    );
}

/// A driver whose clock was ten hours ahead dies over a change whose answer was lost, or in a pause: whoever takes over waits for as long as
/// that one would have, and no ten hours longer.
#[test]
fn the_clock_of_a_driver_that_was_ahead_keeps_its_successor_no_longer_than_it_would_have_waited_itself() {
    for ahead in [0, 10 * HOUR, 40 * DAY] {
        for plan in [ours(), customer()] {
            let at = START.plus_ms(ahead);
            let state = State {
                stage: Stage::Converging,
                since: at,
                as_of: at,
                epoch: 1,
                not_before: at.plus_ms(5 * MINUTE),
                doubt_until: at.plus_ms(2 * MINUTE),
                next_order: at.plus_ms(10 * MINUTE),
                ..State::planned(&plan)
            };
            let taken_over = Event::TakenOver { epoch: 2, at: START.plus_ms(1) };
            let next = transition(&plan, state, &taken_over).unwrap();
            assert!(next.since <= START.plus_ms(1), "{ahead}");
            let left = |until: Moment| until.0.saturating_sub(START.0);
            assert!((2 * MINUTE..=2 * MINUTE + 1).contains(&left(next.doubt_until)), "{ahead}: {:?}", next.doubt_until);
            assert!((5 * MINUTE..=5 * MINUTE + 1).contains(&left(next.not_before)), "{ahead}: {:?}", next.not_before);
            assert!((10 * MINUTE..=10 * MINUTE + 1).contains(&left(next.next_order)), "{ahead}: {:?}", next.next_order);
        }
    }
}
