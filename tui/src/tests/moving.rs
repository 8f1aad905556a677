//! Steps of waves and their way to another wave: what is asked first, and what is ordered.

use super::Hands;
use crate::data::Member;
use crate::effect::{Effect, Order, Question};
use crate::event::{Answer, Event};
use crate::model::Screen;
use crate::place::Access;
use caravan_inventory::WorkloadId;
use crossterm::event::KeyCode;

/// The steps of the demonstration's wave, as a session would tell them.
pub(super) fn members() -> Vec<Member> {
    let of = |what, name: &str, target: &str| Member {
        workload: WorkloadId::new(format!("ecs/417263850914/eu-central-1/tracking-eu/{name}")),
        what,
        target: target.to_owned(),
    };
    vec![
        of("shift", "track-web", "records track.tracklark.example. in zone Z1, account 417263850914"),
        of("shift", "日本語-é-service", "records shop.tracklark.example. in zone Z1, account 417263850914"),
        of("hand-over", "mailer", "service mailer in cluster tracking-eu"),
    ]
}

fn looking(access: Access) -> Hands {
    let mut hands = Hands::new(access, (80, 24));
    hands.to(Screen::Waves);
    hands.press("m");
    hands
}

#[test]
fn a_step_is_seen_before_it_moves_and_moves_by_the_name_of_a_wave() {
    let mut hands = Hands::new(Access::Operator, (80, 24));
    hands.to(Screen::Waves);
    hands.press("M");
    assert!(hands.model.overlay.is_none() && hands.text().contains("Steps of wave demo"), "{}", hands.text());
    hands.press("jM");
    assert!(hands.text().contains("to wave: _") && hands.text().contains("日本語-é-service"), "{}", hands.text());
    // Enter alone orders nothing.
    hands.code(KeyCode::Enter);
    hands.code(KeyCode::Enter);
    assert_eq!(hands.orders(), []);
    hands.press("later");
    hands.code(KeyCode::Enter);
    let order =
        Order::Move { from: "demo".to_owned(), to: "later".to_owned(), workload: members()[1].workload.clone() };
    assert_eq!(hands.orders(), std::slice::from_ref(&order));
    let args = order.args().join(" ");
    assert_eq!(args, format!("plan move demo later --workload {}", members()[1].workload));
    // What was moved is read anew once it was.
    let done = crate::session::Done { text: "moved".to_owned(), run: None };
    hands.estate.members.remove(1);
    hands.event(Event::Ordered(order, Ok(done)));
    assert_eq!(hands.model.waves.members.as_ref().unwrap().told.value.as_ref().unwrap().len(), 2);
    assert!(!hands.text().contains("日本語-é-service"), "{}", hands.text());
}

#[test]
fn a_wave_goes_into_another_and_what_was_done_is_taken_back_and_done_again() {
    let mut hands = looking(Access::Operator);
    hands.press("E");
    assert!(hands.text().contains("everything of wave demo"), "{}", hands.text());
    hands.press("next");
    hands.code(KeyCode::Esc);
    assert_eq!(hands.orders(), []);
    hands.press("Enext");
    hands.code(KeyCode::Enter);
    assert_eq!(hands.orders(), [Order::Merge { from: "demo".to_owned(), to: "next".to_owned() }]);
    hands.press("z");
    assert_eq!(hands.orders(), [Order::Undo]);
    hands.press("Z");
    assert_eq!(hands.orders(), [Order::Redo]);
}

#[test]
fn who_only_reads_sees_the_steps_and_moves_none() {
    let mut hands = looking(Access::ReadOnly);
    assert!(hands.text().contains("hand-over"), "{}", hands.text());
    for key in ["M", "E", "z", "Z"] {
        hands.press(key);
        hands.press("later");
        hands.code(KeyCode::Enter);
        hands.code(KeyCode::Esc);
        assert_eq!(hands.orders(), [], "{key}");
        hands.to(Screen::Waves);
        hands.press("m");
    }
}

#[test]
fn the_plan_and_the_steps_take_each_others_place_and_back_closes_either() {
    let mut hands = looking(Access::Operator);
    hands.code(KeyCode::Esc);
    assert!(hands.model.waves.members.is_none() && hands.model.screen == Screen::Waves);
    hands.code(KeyCode::Enter);
    assert!(hands.model.waves.plan.is_some());
    hands.press("m");
    assert!(hands.model.waves.plan.is_none() && hands.model.waves.members.is_some());
    let late = Event::Answered(Box::new(Answer::Members("other".to_owned(), Ok(Vec::new()))));
    hands.event(late);
    assert_eq!(hands.model.waves.members.as_ref().unwrap().told.value.as_ref().unwrap().len(), 3);
    assert!(!hands.effects.contains(&Effect::Ask(Question::Members("demo".to_owned()))), "it was answered");
}
