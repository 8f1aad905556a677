//! Bookmarks: a letter for a place, and back to it.

use super::Hands;
use crate::model::Screen;
use crate::place::Access;
use crossterm::event::KeyCode;

#[test]
fn a_place_on_each_screen_is_found_again_as_it_was() {
    let mut hands = Hands::new(Access::ReadOnly, (80, 24));
    hands.press("2");
    hands.filter("kind=ecs");
    hands.press("jjj'a");
    let id = hands.model.inventory.list.marked_row().unwrap().id.clone();
    assert!(hands.text().contains("` and a lead back to Inventory where kind=ecs, line 4"), "{}", hands.text());
    hands.press("ej");
    hands.code(KeyCode::Enter);
    let focus = hands.model.graph.focus().unwrap().id.clone();
    hands.press("'b");
    hands.to(Screen::Readiness);
    hands.filter("kind=lambda");
    hands.press("f'c");
    hands.to(Screen::Inventory);
    hands.filter("kind=worker");
    hands.to(Screen::Overview);

    hands.press("`a");
    assert_eq!(hands.model.screen, Screen::Inventory);
    assert_eq!(hands.model.inventory.text, "kind=ecs");
    assert_eq!(hands.model.inventory.list.marked_row().unwrap().id, id);
    hands.code(KeyCode::Esc);
    assert_eq!(hands.model.screen, Screen::Overview, "Back leads to where one was");
    hands.press("`b");
    assert_eq!(hands.model.graph.focus().unwrap().id, focus);
    assert!(hands.model.graph.focus().unwrap().told.value.is_some(), "it is read anew");
    hands.press("`c");
    let sieve = &hands.model.readiness.sieve;
    assert_eq!((sieve.text.as_str(), sieve.severity.is_some()), ("kind=lambda", true));
}

#[test]
fn what_is_no_letter_keeps_nothing_and_what_was_not_kept_is_said() {
    let mut hands = Hands::new(Access::ReadOnly, (80, 24));
    hands.press("'");
    assert!(hands.text().contains("a letter keeps this place"), "{}", hands.text());
    hands.press("7");
    assert!(hands.model.marks.is_empty() && hands.model.overlay.is_some() && hands.model.screen == Screen::Overview);
    hands.code(KeyCode::Esc);
    assert!(hands.model.overlay.is_none());
    hands.press("`z");
    assert!(hands.text().contains("nothing is kept under z"), "{}", hands.text());
    // The list of what was kept stands where one of it is chosen.
    hands.press("'z`");
    assert!(hands.text().contains("z  Overview"), "{}", hands.text());
}
