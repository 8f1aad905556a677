//! The screen of readiness: what it asks for, and what its keys do.

use super::Hands;
use crate::data::{Progress, ReadinessPart, Sieve, Window};
use crate::effect::{Effect, Question};
use crate::event::{Answer, Event};
use crate::model::Screen;
use crate::place::Access;
use caravan_plans::readiness::{Severity, Verdict};
use crossterm::event::KeyCode;

fn looking() -> Hands {
    let mut hands = Hands::new(Access::ReadOnly, (80, 24));
    hands.to(Screen::Readiness);
    hands
}

#[test]
fn an_estate_is_assessed_part_by_part_as_long_as_somebody_looks() {
    let mut hands = looking();
    assert_eq!((hands.model.readiness.progress.assessed, hands.model.readiness.list.total()), (68, 68));
    let window = hands.model.readiness.list.window.value.as_ref().unwrap();
    assert!(window.rows.len() <= 60, "three pages at the most, and not {}", window.rows.len());
    // Whoever is elsewhere asks no further.
    let unfinished = ReadinessPart {
        window: Window { total: 68, from: 0, rows: Vec::new() },
        progress: Progress { assessed: 20, of: 68, verdicts: Vec::new() },
    };
    let late = |hands: &Hands| {
        let sieve = hands.model.readiness.sieve.clone();
        Event::Answered(Box::new(Answer::Readiness(sieve, Ok(unfinished.clone()))))
    };
    hands.to(Screen::Overview);
    hands.estate.assessed = 20;
    let event = late(&hands);
    hands.event(event);
    assert_eq!(hands.estate.assessed, 20);
    hands.to(Screen::Readiness);
    assert_eq!(hands.model.readiness.progress.assessed, 68);
}

#[test]
fn the_list_is_narrowed_by_severity_by_verdict_and_by_a_query() {
    let mut hands = looking();
    let total = |hands: &Hands| hands.model.readiness.list.total();
    hands.press("f");
    assert_eq!(hands.model.readiness.sieve.severity, Some(Severity::Blocker));
    let with_blockers = total(&hands);
    assert!(with_blockers > 0 && with_blockers < 68, "{with_blockers}");
    hands.press("f");
    assert_eq!(hands.model.readiness.sieve.severity, Some(Severity::Warning));
    assert!(total(&hands) > with_blockers);
    hands.press("f");
    assert_eq!((hands.model.readiness.sieve.severity, total(&hands)), (None, 68));
    hands.press("v");
    assert_eq!(hands.model.readiness.sieve.verdict, Some(Verdict::Move));
    let moving = total(&hands);
    hands.filter("kind=lambda");
    assert!(total(&hands) > 0 && total(&hands) < moving);
    assert!(hands.text().contains("where kind=lambda, to move"), "{}", hands.text());
    // What was asked before the filter comes late.
    let late = ReadinessPart { window: Window { total: 1, from: 0, rows: Vec::new() }, progress: Progress::default() };
    hands.event(Event::Answered(Box::new(Answer::Readiness(Sieve::default(), Ok(late)))));
    assert!(total(&hands) > 1);
    hands.press("/ and colour=red");
    hands.code(KeyCode::Enter);
    assert!(hands.text().contains("there is no field"), "{}", hands.text());
}

#[test]
fn a_workload_of_the_inventory_leads_to_what_keeps_it_and_back() {
    let mut hands = Hands::new(Access::ReadOnly, (80, 24));
    hands.press("2jjjc");
    assert_eq!(hands.model.screen, Screen::Readiness);
    let id = hands.model.inventory.list.marked_row().unwrap().id.clone();
    assert_eq!(hands.model.readiness.detail.as_ref().unwrap().id, id);
    assert!(hands.text().contains("✗ blocker") && hands.text().contains("for the team"), "{}", hands.text());
    hands.press("Y");
    let same = format!("caravan --dir caravan-demo assess {id}");
    assert!(hands.effects.contains(&Effect::Copy(same)), "{:?}", hands.effects);
    hands.code(KeyCode::Esc);
    assert_eq!(hands.model.readiness.list.total(), 1);
    hands.code(KeyCode::Esc);
    assert_eq!(hands.model.screen, Screen::Inventory);
    assert_eq!(hands.model.inventory.list.marked, 3);
}

/// Places of evidence are told as far as they can be read; that there are more is said, and all of a note can be paged.
#[test]
fn every_note_can_be_read_in_the_smallest_terminal() {
    let mut hands = looking();
    hands.code(KeyCode::Enter);
    assert!(hands.text().contains("more below (PageDown)"), "{}", hands.text());
    hands.press("G");
    let text = hands.text();
    assert!(text.contains("and 2 more places") && text.contains("→ caravan --dir caravan-demo decide"), "{text}");
}

#[test]
fn everything_is_read_anew_where_a_person_wants_it() {
    let mut hands = looking();
    hands.code(KeyCode::Enter);
    hands.estate.rows_read = 0;
    hands.estate.assessed = 0;
    hands.press("r");
    assert_eq!(hands.estate.assessed, 68);
    let asked = hands.effects.iter().any(|effect| matches!(effect, Effect::Ask(Question::Assessed(_))));
    assert!(!asked, "it was answered");
}
