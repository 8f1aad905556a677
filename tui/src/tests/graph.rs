//! The screen of the graph: what it asks for, and what its keys do.

use super::Hands;
use crate::effect::{Effect, Question};
use crate::event::{Answer, Event};
use crate::model::Screen;
use crate::place::Access;
use crate::session::Trouble;
use crossterm::event::KeyCode;

fn looking() -> Hands {
    let mut hands = Hands::new(Access::ReadOnly, (80, 24));
    hands.to(Screen::Graph);
    hands
}

#[test]
fn hostnames_are_read_as_they_are_looked_at() {
    let mut hands = Hands::new(Access::ReadOnly, (80, 24));
    hands.estate.rows_read = 0;
    hands.to(Screen::Graph);
    assert!(hands.text().contains("1 of 90") && hands.text().contains("shop-00.tracklark.example"), "{}", hands.text());
    assert!((19..=60).contains(&hands.estate.rows_read), "{}", hands.estate.rows_read);
    hands.press("G");
    assert!(hands.text().contains("90 of 90") && hands.text().contains("shop-89"), "{}", hands.text());
    assert!(hands.estate.rows_read <= 120);
    hands.press("/SHOP-1");
    hands.code(KeyCode::Enter);
    assert_eq!(hands.model.graph.doors.total(), 10);
}

#[test]
fn from_a_hostname_to_what_stands_behind_it_and_back_one_level_at_a_time() {
    let mut hands = looking();
    hands.press("jj");
    hands.code(KeyCode::Enter);
    let text = hands.text();
    assert!(text.contains("shop-02.tracklark.example") && text.contains("target group"), "{text}");
    // What is marked is told whole, with the field that shows it.
    hands.press("j");
    assert!(hands.text().contains("shown by   load-balancer/aws"), "{}", hands.text());
    hands.code(KeyCode::Enter);
    assert_eq!(hands.model.graph.path.len(), 2);
    assert!(hands.text().contains("◀ shop-02"), "{}", hands.text());
    hands.press("Y");
    let same = "caravan --dir caravan-demo inventory graph load-balancer/aws/417263850914/eu-central-1/track-web";
    assert!(hands.effects.contains(&Effect::Copy(same.to_owned())), "{:?}", hands.effects);
    hands.code(KeyCode::Esc);
    assert_eq!(hands.model.graph.focus().unwrap().id, "shop-02.tracklark.example");
    assert_eq!(hands.model.graph.focus().unwrap().marked, 1, "where one was");
    hands.code(KeyCode::Esc);
    assert!(hands.model.graph.focus().is_none() && hands.model.screen == Screen::Graph);
    assert_eq!(hands.model.graph.doors.marked, 2);
    hands.code(KeyCode::Esc);
    assert_eq!(hands.model.screen, Screen::Graph);
}

/// What leads nowhere opens nothing, and what is looked at does not lead to itself.
#[test]
fn a_line_that_leads_nowhere_opens_nothing() {
    let mut hands = looking();
    hands.code(KeyCode::Enter);
    hands.press("g");
    assert_eq!(hands.model.graph.focus().unwrap().marked_line().unwrap().leads, None);
    hands.code(KeyCode::Enter);
    assert_eq!(hands.model.graph.path.len(), 1);
}

#[test]
fn a_workload_leads_to_its_graph_its_graph_to_its_notes_and_both_back() {
    let mut hands = Hands::new(Access::ReadOnly, (80, 24));
    hands.press("2");
    hands.filter("kind=ecs");
    hands.press("je");
    let id = hands.model.inventory.list.marked_row().unwrap().id.clone();
    assert_eq!((hands.model.screen, hands.model.graph.focus().unwrap().id.as_str()), (Screen::Graph, id.as_str()));
    hands.press("c");
    assert_eq!((hands.model.screen, &hands.model.readiness.detail.as_ref().unwrap().id), (Screen::Readiness, &id));
    hands.press("e");
    assert_eq!(hands.model.graph.focus().unwrap().id, id.as_str());
    for screen in [Screen::Readiness, Screen::Readiness, Screen::Graph] {
        hands.code(KeyCode::Esc);
        assert_eq!(hands.model.screen, screen);
    }
}

#[test]
fn an_id_is_looked_at_and_what_nobody_knows_is_said() {
    let mut hands = looking();
    hands.press("/sqs-queue/aws/1/eu-central-1/none");
    hands.code(KeyCode::Enter);
    let id = "sqs-queue/aws/1/eu-central-1/none".to_owned();
    assert_eq!(hands.model.graph.focus().unwrap().id, id);
    let trouble = Trouble { text: "nothing is known of it".to_owned(), hints: vec!["look elsewhere".to_owned()] };
    hands.model.graph.path.last_mut().unwrap().told.value = None;
    hands.event(Event::Answered(Box::new(Answer::Graph(id.clone(), Err(trouble)))));
    let text = hands.text();
    assert!(text.contains("nothing is known of it") && text.contains("look elsewhere"), "{text}");
    // What came for something else changes nothing of it.
    let other = hands.estate.graph("host:x");
    hands.event(Event::Answered(Box::new(Answer::Graph("host:x".to_owned(), Ok(Box::new(other))))));
    assert!(hands.model.graph.focus().unwrap().told.value.is_none());
    hands.press("r");
    assert!(!hands.effects.contains(&Effect::Ask(Question::Graph(id))), "it was answered");
}
