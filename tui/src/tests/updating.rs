//! What a key does, and what it never does.

use super::{Hands, night};
use crate::effect::{Effect, Order, Question};
use crate::event::{Answer, Event};
use crate::model::Screen;
use crate::place::Access;
use crate::session::{Done, Trouble};
use crossterm::event::KeyCode;

fn operator() -> Hands {
    Hands::new(Access::Operator, (80, 24))
}

/// An interface that looks at a run.
fn at_run(view: crate::data::RunView) -> Hands {
    let mut hands = operator();
    hands.estate.start(night::RUN, "awaiting-approval");
    hands.to(Screen::Waves);
    hands.press("j");
    hands.press("r");
    hands.press("j");
    hands.code(KeyCode::Enter);
    assert_eq!(hands.model.screen, Screen::Cutover);
    assert!(hands.effects.contains(&Effect::Ask(Question::Run(night::RUN.to_owned()))));
    hands.event(Event::Answered(Box::new(Answer::Run(night::RUN.to_owned(), Ok(Box::new(view))))));
    hands.effects.clear();
    hands
}

#[test]
fn a_list_reads_the_rows_that_are_looked_at() {
    let mut hands = operator();
    let first = hands.estate.rows_read;
    assert!((19..=60).contains(&first), "{first} rows for a screen of 19");
    hands.press("2");
    hands.press(&"j".repeat(15));
    assert_eq!(hands.estate.rows_read, first, "what was read is looked at again");
    hands.press("G");
    assert_eq!(hands.model.inventory.list.marked, 67);
    assert!(hands.estate.rows_read - first <= 60);
    assert!(hands.text().contains("68 of 68"));
    hands.press("g");
    assert_eq!((hands.model.inventory.list.marked, hands.model.inventory.list.top), (0, 0));
}

#[test]
fn a_filter_speaks_the_language_of_the_command_line_and_says_what_is_wrong() {
    let mut hands = operator();
    hands.press("2/kind=lambda");
    hands.code(KeyCode::Enter);
    assert!(hands.text().contains("where kind=lambda"), "{}", hands.text());
    assert!(hands.model.inventory.list.total() > 0 && hands.model.inventory.list.total() < 68);
    hands.press("/ and colour=red");
    hands.code(KeyCode::Enter);
    assert!(hands.text().contains("there is no field"), "{}", hands.text());
    hands.code(KeyCode::Esc);
    assert!(hands.text().contains("where kind=lambda"), "what was there stays");
    hands.event(Event::Key(crossterm::event::KeyEvent::new(KeyCode::Char('/'), crossterm::event::KeyModifiers::NONE)));
    hands.event(Event::Key(crossterm::event::KeyEvent::new(
        KeyCode::Char('u'),
        crossterm::event::KeyModifiers::CONTROL,
    )));
    hands.code(KeyCode::Enter);
    assert_eq!(hands.model.inventory.list.total(), 68);
}

#[test]
fn an_answer_for_a_filter_that_holds_no_more_is_dropped() {
    let mut hands = operator();
    let late = crate::data::Window { total: 1, from: 0, rows: Vec::new() };
    hands.event(Event::Answered(Box::new(Answer::Window("kind=ecs".to_owned(), Ok(late)))));
    assert_eq!(hands.model.inventory.list.total(), 68);
}

#[test]
fn back_goes_one_level_and_ends_nothing() {
    let mut hands = operator();
    hands.code(KeyCode::Enter);
    assert_eq!(hands.model.screen, Screen::Waves, "the first thing that needs somebody is the wave");
    hands.code(KeyCode::Enter);
    assert!(hands.model.waves.plan.is_some());
    hands.code(KeyCode::Esc);
    assert!(hands.model.waves.plan.is_none() && hands.model.screen == Screen::Waves);
    hands.code(KeyCode::Esc);
    assert_eq!(hands.model.screen, Screen::Overview);
    hands.code(KeyCode::Esc);
    assert_eq!(hands.model.screen, Screen::Overview);
    assert!(!hands.effects.contains(&Effect::Quit));
    hands.press("q");
    assert!(hands.effects.contains(&Effect::Quit));
}

#[test]
fn a_pause_is_one_key_and_a_way_back_is_two() {
    let mut hands = at_run(night::baking());
    hands.press("p");
    assert_eq!(hands.orders(), [Order::Pause { run: night::RUN.to_owned() }]);
    hands.press("R");
    assert_eq!(hands.orders(), []);
    hands.press("y");
    assert_eq!(hands.orders(), [Order::Rollback { run: night::RUN.to_owned() }]);
}

#[test]
fn enter_confirms_nothing() {
    let mut hands = at_run(night::waiting());
    for key in ["A", "R", "u", "t"] {
        hands.press(key);
        hands.wait(1_000);
        (0..5).for_each(|_| hands.code(KeyCode::Enter));
        assert_eq!(hands.orders(), [], "{key}");
        hands.code(KeyCode::Esc);
    }
}

#[test]
fn an_approval_in_production_shows_its_evidence_and_wants_the_name_of_the_wave() {
    let mut hands = at_run(night::waiting());
    hands.press("A");
    assert!(hands.text().contains("the stage before has baked"), "{}", hands.text());
    // What was typed ahead counts for nothing.
    hands.press("demo");
    hands.code(KeyCode::Enter);
    assert_eq!(hands.orders(), []);
    hands.wait(500);
    hands.press("demi");
    hands.code(KeyCode::Enter);
    assert_eq!(hands.orders(), []);
    hands.event(Event::Paste("demo".to_owned()));
    hands.code(KeyCode::Enter);
    assert_eq!(hands.orders(), [], "a paste is no word");
    hands.press("demo");
    hands.code(KeyCode::Enter);
    let orders = hands.orders();
    assert!(matches!(orders.as_slice(), [Order::Approve { shown, .. }] if shown.entry == 42), "{orders:?}");
}

#[test]
fn an_approval_outside_of_production_wants_a_y_and_the_evidence_all_the_same() {
    let mut hands = at_run(crate::data::RunView { is_production: false, ..night::waiting() });
    hands.press("A");
    assert!(hands.text().contains("the stage before has baked"), "{}", hands.text());
    hands.press("y");
    assert_eq!(hands.orders(), [], "typed ahead");
    hands.wait(500);
    hands.press("y");
    assert_eq!(hands.orders().len(), 1);
}

#[test]
fn nothing_is_approved_where_nothing_waits() {
    let mut hands = at_run(night::baking());
    hands.press("A");
    assert!(hands.model.overlay.is_none() && hands.text().contains("nothing waits for approval"), "{}", hands.text());
}

#[test]
fn a_plan_is_approved_after_it_was_shown_and_a_run_starts_after_that() {
    let mut hands = operator();
    hands.to(Screen::Waves);
    hands.press("S");
    assert!(hands.model.overlay.is_none() && hands.text().contains("nobody has approved"), "{}", hands.text());
    hands.press("V");
    assert!(hands.model.overlay.is_none() && hands.model.waves.plan.is_some(), "the plan comes first");
    hands.press("V");
    hands.wait(500);
    hands.press("demo");
    hands.code(KeyCode::Enter);
    let (wave, hash) = ("demo".to_owned(), super::estate::HASH.to_owned());
    assert_eq!(hands.orders(), [Order::ApprovePlan { wave: wave.clone(), hash: hash.clone() }]);
    hands.estate.wave.approvals.push("olivia".to_owned());
    let order = Order::ApprovePlan { wave: wave.clone(), hash: hash.clone() };
    hands.event(Event::Ordered(order, Ok(Done { text: "approved".to_owned(), run: None })));
    hands.press("S");
    hands.wait(500);
    hands.press("demo");
    hands.code(KeyCode::Enter);
    let start = Order::Start { wave, hash };
    assert_eq!(hands.orders(), std::slice::from_ref(&start));
    hands.estate.start(night::RUN, "observing");
    hands.event(Event::Ordered(start, Ok(Done { text: "started".to_owned(), run: Some(night::RUN.to_owned()) })));
    assert_eq!((hands.model.screen, hands.model.cutover.run.as_deref()), (Screen::Cutover, Some(night::RUN)));
}

#[test]
fn who_only_reads_gives_no_order_by_any_key() {
    let mut hands = Hands::new(Access::ReadOnly, (80, 24));
    hands.estate.start(night::RUN, "baking");
    hands.press("r");
    hands.to(Screen::Cutover);
    hands.event(Event::Answered(Box::new(Answer::Run(night::RUN.to_owned(), Ok(Box::new(night::waiting()))))));
    for screen in Screen::ALL {
        for key in (33_u8..127).map(char::from).filter(|key| !"/:q".contains(*key)) {
            hands.to(*screen);
            hands.code(KeyCode::Char(key));
            hands.wait(500);
            hands.press("ydemo");
            hands.code(KeyCode::Enter);
            hands.code(KeyCode::Esc);
            hands.code(KeyCode::Esc);
        }
    }
    assert_eq!(hands.orders(), []);
}

#[test]
fn what_went_wrong_is_said_and_kept() {
    let mut hands = at_run(night::baking());
    hands.press("p");
    let trouble = Trouble { text: "the journal is locked".to_owned(), hints: vec!["look who has it".to_owned()] };
    hands.event(Event::Ordered(Order::Pause { run: night::RUN.to_owned() }, Err(trouble)));
    assert!(hands.text().contains("pause: not done: the journal is locked"), "{}", hands.text());
    hands.wait(10_000);
    assert!(!hands.text().contains("not done"));
    hands.press("@");
    let shown = hands.text();
    assert!(
        shown.contains("the journal is locked") && shown.contains("$ caravan --dir caravan-demo cutover pause"),
        "{shown}"
    );
}

#[test]
fn the_command_line_that_does_the_same_is_copied() {
    let mut hands = operator();
    hands.press("2/team=billing or text~\"it's\"");
    hands.code(KeyCode::Enter);
    hands.press("Y");
    let copied = hands
        .effects
        .iter()
        .find_map(|effect| if let Effect::Copy(text) = effect { Some(text.as_str()) } else { None });
    let same = r#"caravan --dir caravan-demo inventory list --where 'team=billing or text~"it'\''s"'"#;
    assert_eq!(copied, Some(same));
}
