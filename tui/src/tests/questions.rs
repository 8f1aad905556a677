//! What is known before a word is given, and what the word then does.

use super::screens::show;
use super::{Hands, night};
use crate::effect::Order;
use crate::event::Event;
use crate::place::Access;
use crate::session::{Done, Trouble};
use crossterm::event::KeyCode;

const SMALL: (u16, u16) = (80, 24);

/// Both sides are seen in the smallest terminal, however long the change is; what is cut is said, and can be read.
#[test]
fn what_both_sides_said_is_seen_before_a_long_change_which_can_be_paged() {
    let mut view = night::waiting();
    let evidence = view.evidence.as_mut().unwrap();
    evidence.lines = ["the old side: answers well", "the new side: answers well"].map(str::to_owned).to_vec();
    evidence.lines.extend((0..40).map(|line| format!("  + weight {line}")));
    let mut hands = Hands::new(Access::Operator, SMALL);
    show(&mut hands, view);
    hands.press("A");
    let text = hands.text();
    assert!(text.contains("the old side: answers well") && text.contains("the new side: answers well"), "{text}");
    assert!(text.contains("more below") && !text.contains("weight 39"), "{text}");
    hands.code(KeyCode::End);
    let text = hands.text();
    assert!(text.contains("weight 39") && !text.contains("more below"), "{text}");
    hands.code(KeyCode::Home);
    assert!(hands.text().contains("the old side: answers well"));
    hands.code(KeyCode::PageDown);
    assert!(!hands.text().contains("the old side: answers well"));
}

/// Whoever wants a run back that nobody drives wants somebody who takes it back: but not before the order was left, since without
/// it the driver would go on.
#[test]
fn the_way_back_of_a_run_that_nobody_drives_starts_a_driver_once_the_order_was_left() {
    for was_left in [true, false] {
        let mut view = night::baking();
        view.status.driver.as_mut().unwrap().drives = false;
        let mut hands = Hands::new(Access::Operator, SMALL);
        show(&mut hands, view);
        hands.orders();
        hands.press("R");
        hands.wait(500);
        hands.press("y");
        let back = Order::Rollback { run: night::RUN.to_owned() };
        assert_eq!(hands.orders(), std::slice::from_ref(&back));
        let done = match was_left {
            true => Ok(Done { text: "left".to_owned(), run: None }),
            false => Err(Trouble { text: "the journal is full".to_owned(), hints: Vec::new() }),
        };
        hands.event(Event::Ordered(back, done));
        let driven = if was_left { vec![Order::Drive { run: night::RUN.to_owned() }] } else { Vec::new() };
        assert_eq!(hands.orders(), driven);
    }
}

/// Nothing of a run that is over can be ordered, and none of its stages is still to come.
#[test]
fn a_run_that_was_taken_back_says_so_and_takes_no_order() {
    let mut view = night::going_back();
    view.status.state = caravan_cutover::operator::RunState::RolledBack;
    let mut hands = Hands::new(Access::Operator, SMALL);
    show(&mut hands, view);
    assert!(!hands.text().contains("pending"), "{}", hands.text());
    hands.orders();
    for key in ["A", "p", "R", "u", "t", "D"] {
        hands.press(key);
        hands.wait(500);
        hands.press("y");
        hands.code(KeyCode::Esc);
        assert_eq!(hands.orders(), [], "{key}");
    }
}
