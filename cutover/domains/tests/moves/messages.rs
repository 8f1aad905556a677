//! What a customer has to be told, at every entry of moves that go wrong.

use crate::drive::{People, Rehearsal};
use crate::plans::{DAY, HOUR, NEW, START, THIRD, customer, ours, snapshot};
use crate::world::{World, Wrong};
use caravan_cutover_domains::{
    DueMessage, Hold, MovePlan, SentMessage, Situation, Stage, State, Whose, next_step, transition, whereabouts,
    word_before, word_of,
};
use caravan_cutover_engine::Moment;
use caravan_inventory::Language;
use caravan_plans::domains::runbook::MessageKind;
use jiff::Timestamp;

fn rehearsed(plan: MovePlan, wrong: Wrong) -> Rehearsal {
    let world = World::new(&plan, wrong, 7);
    let mut rehearsal = Rehearsal::new(plan, world, People::willing(), 7);
    rehearsal.run(START.plus_ms(40 * DAY));
    rehearsal
}

/// What was due after each entry, without what was due before it already.
fn words(rehearsal: &Rehearsal) -> Vec<DueMessage> {
    let mut words: Vec<DueMessage> = Vec::new();
    let mut state = State::planned(&rehearsal.plan);
    for (at, event) in rehearsal.journal.iter().enumerate() {
        state = transition(&rehearsal.plan, state, event).unwrap();
        if let Some(word) = word_of(&rehearsal.plan, &state, &rehearsal.journal[..=at])
            && words.last() != Some(&word)
        {
            words.push(word);
        }
        let led = !matches!(state.stage, Stage::Over(_)) && state.instructed.is_none();
        assert!(!led || word_of(&rehearsal.plan, &state, &rehearsal.journal[..=at]).is_none(), "{state:?}");
    }
    words
}

fn kinds(rehearsal: &Rehearsal) -> Vec<MessageKind> {
    words(rehearsal).into_iter().map(|word| word.kind).collect()
}

fn sent(kind: MessageKind, at: Moment) -> SentMessage {
    SentMessage {
        at: Timestamp::from_millisecond(i64::try_from(at.0).unwrap()).unwrap(),
        who: "eva".to_owned(),
        name: "shop.example.com".to_owned(),
        message: kind,
        run: None,
        language: Language::En,
        to: None,
        subject: String::new(),
    }
}

#[test]
fn one_word_is_due_at_a_time_and_what_holds_no_more_is_not() {
    use MessageKind::{Instruct, Moved, Regressed, Remind, ThirdValue};
    let follows = Wrong { customer_follows: Some(2 * HOUR), ..Wrong::default() };
    assert_eq!(kinds(&rehearsed(customer(), follows.clone())), [Instruct, Moved]);
    // Of a name that we lead ourselves the customer hears when it is over.
    assert_eq!(kinds(&rehearsed(ours(), Wrong::default())), [Moved]);
    let parked = rehearsed(customer(), Wrong::default());
    assert_eq!(parked.state.hold, Some(Hold::Parked));
    assert_eq!(kinds(&parked), [Instruct, Remind(1), Remind(2), Remind(3)]);

    let edits = vec![(START.plus_ms(3 * HOUR), snapshot(THIRD, 300))];
    let third = rehearsed(customer(), Wrong { edits, ..Wrong::default() });
    assert_eq!(kinds(&third), [Instruct, ThirdValue]);
    assert_eq!(whereabouts(&third.plan, &third.state).unwrap().live, [THIRD]);

    let edits = vec![(START.plus_ms(9 * HOUR), snapshot(crate::plans::OLD, 3_600))];
    let regressed = rehearsed(customer(), Wrong { edits, ..follows });
    let said = kinds(&regressed);
    assert!(said.contains(&Regressed) && said.last() == Some(&Moved), "{said:?}");
}

#[test]
fn a_failing_new_edge_asks_for_the_way_back() {
    let fails = Some((START.plus_ms(8 * HOUR), Moment(u64::MAX)));
    let told = rehearsed(customer(), Wrong { new_fails: fails, customer_follows: Some(2 * HOUR), ..Wrong::default() });
    assert!(kinds(&told).contains(&MessageKind::PutBack), "{:?}", told.state);
    assert_eq!(whereabouts(&told.plan, &told.state).unwrap().new, [NEW]);
}

#[test]
fn on_the_way_back_from_a_third_place_the_customer_is_told_the_old_one() {
    let edits = vec![(START.plus_ms(3 * HOUR), snapshot(THIRD, 300))];
    let world = World::new(&customer(), Wrong { edits, ..Wrong::default() }, 7);
    let people = People { back: Some(START.plus_ms(5 * HOUR)), ..People::willing() };
    let mut back = Rehearsal::new(customer(), world, people, 7);
    back.run(START.plus_ms(2 * DAY));
    assert_eq!((back.state.stage, kinds(&back).last()), (Stage::Back, Some(&MessageKind::PutBack)), "{:?}", back.state);
    assert!(matches!(back.state.hold, Some(Hold::ThirdValue(_))), "{:?}", back.state);
}

#[test]
fn what_was_sent_since_it_was_due_is_due_no_more() {
    let parked = rehearsed(customer(), Wrong::default());
    let words = words(&parked);
    for word in &words {
        assert!(!word.is_sent(&[]));
        assert!(!word.is_sent(&[sent(word.kind, Moment(word.since.0 - 1))]), "an older one was another one");
        assert!(word.is_sent(&[sent(word.kind, word.since)]));
        let others = words.iter().filter(|other| other.kind != word.kind);
        assert!(others.clone().count() == 3 && !others.into_iter().any(|one| one.is_sent(&[sent(word.kind, START)])));
    }
}

#[test]
fn what_is_to_be_entered_before_is_said_again_after_a_week_until_it_is_there() {
    let (known, now) = (START, START.plus_ms(10 * DAY));
    assert_eq!(word_before(known, 2, &[], now).unwrap().since, known);
    assert_eq!(word_before(now.plus_ms(1), 2, &[], now), None);
    let said = sent(MessageKind::Prepare, START.plus_ms(DAY));
    assert_eq!(word_before(known, 2, &[&said], START.plus_ms(7 * DAY)), None);
    let again = word_before(known, 2, &[&said], START.plus_ms(8 * DAY)).unwrap();
    assert!(again.since == START.plus_ms(8 * DAY) && !again.is_sent([&said]));
    assert_eq!(word_before(known, 0, &[&said], now), None, "nothing is open any more");
}

#[test]
fn the_next_step_is_somebody_s() {
    let of = |situation| next_step(situation, START).whose;
    let known = Situation { looked_up: true, has_customer: true, ..Situation::default() };
    assert_eq!(of(Situation::default()), Whose::Mover);
    assert_eq!(of(Situation { no_class: Some("SERVFAIL"), ..known }), Whose::Mover);
    assert_eq!(of(Situation { has_customer: false, ..known }), Whose::Colleague);
    assert_eq!(of(Situation { open: 2, ..known }), Whose::Customer);
    assert_eq!(of(known), Whose::Colleague);
    assert_eq!(of(Situation { window: Some("2027-01-16"), ..known }), Whose::Mover);
    assert_eq!(of(Situation { unsent: Some(MessageKind::Prepare), open: 2, ..known }), Whose::Colleague);
    let parked = rehearsed(customer(), Wrong::default());
    let moving = Situation { moving: Some((&parked.plan, &parked.state)), ..known };
    assert_eq!(of(moving), Whose::Customer);
    let done = rehearsed(ours(), Wrong::default());
    assert_eq!(of(Situation { moving: Some((&done.plan, &done.state)), ..known }), Whose::Nobody);
}
