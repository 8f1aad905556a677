//! The preview: what it asks for, that an answer needs its word, and that what is late changes nothing.

use super::Hands;
use super::estate::Estate;
use super::screens::look_at_output;
use crate::data::{FileState, Preview, PreviewFile, PreviewLine, PreviewText};
use crate::effect::{Effect, Order};
use crate::event::{Answer, Event};
use crate::model::{Overlay, Pane, PreviewSide, Screen};
use crate::place::Access;
use crate::session::{Done, Trouble};
use caravan_inventory::{Question, QuestionId, WorkloadId};
use crossterm::event::KeyCode;

const QUESTION: &str = "exposure/ecs/shop/web";

impl Estate {
    pub(super) fn preview(&self, workload: &WorkloadId) -> Preview {
        let question = Question {
            id: QuestionId::new(QUESTION),
            workload: workload.clone(),
            text: "The balancer answers inside and outside: for whom is this path?".to_owned(),
            options: ["internal", "public"].map(str::to_owned).into(),
            assumed: Some("internal".to_owned()),
            rests_on: None,
        };
        let file = |path: &str, state, lines| PreviewFile { path: path.to_owned(), state, lines };
        let why = "somebody has changed the same lines".to_owned();
        Preview {
            workload: workload.clone(),
            app: "shop/web".to_owned(),
            refused: vec!["ecs/shop/old: its containers share the network of the machine".to_owned()],
            questions: if self.answered { Vec::new() } else { vec![question] },
            files: vec![
                file("deployment/teams/shop/apps/web/plconfig.yaml", FileState::Differs, 12),
                file("deployment/teams/shop/apps/web/prod/manifests.yaml", FileState::Missing, 240),
                file("deployment/teams/shop/apps/web/staging/manifests.yaml", FileState::Conflict(why), 240),
                file("ledger/ecs/shop/web.json", FileState::Same, 90),
            ],
        }
    }
}

/// A file of forty lines; the third one was changed by somebody.
pub(super) fn text(path: &str) -> PreviewText {
    let line = |at: usize| PreviewLine {
        text: format!("  field{at}: 名前 {at}"),
        is_generated: at != 3,
        why: match at {
            3 => vec!["← somebody changed it, and changes are kept".to_owned()],
            _ => vec![
                "← rule container: what the container was given it keeps".to_owned(),
                format!("  from ecs/shop/web /taskDefinition/containerDefinitions/0/field{at} = {at}, seen 2026-11-24"),
            ],
        },
    };
    PreviewText { path: path.to_owned(), there: true, lines: (1..=40).map(line).collect() }
}

fn looking(access: Access, size: (u16, u16)) -> Hands {
    let mut hands = Hands::new(access, size);
    look_at_output(&mut hands);
    hands
}

#[test]
fn a_marked_workload_leads_to_what_becomes_of_its_app_and_back() {
    let mut hands = looking(Access::ReadOnly, (80, 24));
    assert_eq!(hands.model.screen, Screen::Preview);
    let shown = hands.text();
    for word in
        ["shop/web", "1 question", "1 in conflict", "1 refused", "240 lines, somebody ha", "the network of the machine"]
    {
        assert!(shown.contains(word), "{word}:\n{shown}");
    }
    hands.press("Y");
    let same = "caravan --dir caravan-demo convert --check --diff --workload ";
    assert!(hands.effects.iter().any(|effect| matches!(effect, Effect::Copy(text) if text.starts_with(same))));
    // What is cut in its row is there whole where it is opened.
    hands.code(KeyCode::Enter);
    assert!(hands.text().contains("containers share the network of the machine"), "{}", hands.text());
    hands.code(KeyCode::Esc);
    hands.press("jjjj");
    hands.code(KeyCode::Enter);
    assert!(hands.text().contains("somebody has changed the same lines"), "{}", hands.text());
    hands.code(KeyCode::Esc);
    hands.code(KeyCode::Esc);
    assert_eq!(hands.model.screen, Screen::Inventory);
    hands.press("9");
    assert!(hands.text().contains("shop/web"), "it is remembered");
}

#[test]
fn a_file_is_read_line_by_line_with_what_is_behind_each() {
    let mut hands = looking(Access::ReadOnly, (80, 24));
    hands.press("jj");
    hands.code(KeyCode::Enter);
    assert!(hands.text().contains("/field1 = 1"), "{}", hands.text());
    hands.press("jj");
    assert!(
        hands.text().contains("somebody changed it") && hands.text().contains("is not as it would be"),
        "{}",
        hands.text()
    );
    hands.press("GY");
    assert!(hands.text().contains("/field40 = 40") && hands.text().contains("名前 40"), "{}", hands.text());
    let same = "caravan --dir caravan-demo why deployment/teams/shop/apps/web/plconfig.yaml:40";
    assert!(hands.effects.contains(&Effect::Copy(same.to_owned())), "{:?}", hands.effects);
    let late = PreviewText { path: "other".to_owned(), there: false, lines: Vec::new() };
    let workload = hands.model.preview.workload.clone().unwrap();
    hands.event(Event::Answered(Box::new(Answer::PreviewFile(workload, "other".to_owned(), Ok(Box::new(late))))));
    assert!(hands.text().contains("/field40"), "what is late changes nothing");
    hands.code(KeyCode::Esc);
    assert!(hands.model.preview.side.is_none());
}

#[test]
fn an_answer_is_shown_once_more_and_wants_its_word() {
    let mut hands = looking(Access::Operator, (80, 24));
    hands.press("ja");
    hands.code(KeyCode::Enter);
    assert!(matches!(hands.model.overlay, Some(Overlay::Answer { .. })), "nothing is no answer");
    for option in ["internal", "public", "internal"] {
        hands.code(KeyCode::Down);
        assert!(hands.text().contains(&format!("answer: {option}_")), "{}", hands.text());
    }
    hands.code(KeyCode::Up);
    hands.code(KeyCode::Enter);
    let shown = hands.text();
    assert!(shown.contains("- internal (assumed until now)") && shown.contains("+ public"), "{shown}");
    hands.code(KeyCode::Enter);
    hands.press("y");
    assert!(hands.orders().is_empty(), "neither Enter nor what was typed ahead gives it");
    hands.wait(500);
    hands.press("y");
    let order = Order::Answer { question: QuestionId::new(QUESTION), answer: "public".to_owned() };
    assert_eq!(hands.orders(), std::slice::from_ref(&order));
    assert_eq!(order.args(), ["decide", "exposure/ecs/shop/web=public"]);
    hands.estate.answered = true;
    hands.event(Event::Ordered(order, Ok(Done { text: "1 answer is in decisions.yaml".to_owned(), run: None })));
    assert!(!hands.text().contains("exposure/"), "it is open no more:\n{}", hands.text());
}

#[test]
fn a_question_that_is_answered_meanwhile_is_not_shown_on() {
    let mut hands = looking(Access::Operator, (200, 60));
    hands.press("j");
    hands.code(KeyCode::Enter);
    assert!(matches!(hands.model.preview.side, Some(PreviewSide::Question { .. })));
    assert!(hands.text().contains("until then"), "{}", hands.text());
    hands.estate.answered = true;
    hands.press("r");
    assert!(hands.model.preview.side.is_none() && hands.model.preview.pane == Pane::List);
}

#[test]
fn who_only_reads_answers_nothing_and_what_is_no_question_has_no_answer() {
    let mut hands = looking(Access::ReadOnly, (80, 24));
    hands.press("ja");
    assert!(hands.model.overlay.is_none() && hands.text().contains("read-only"), "{}", hands.text());
    let mut hands = looking(Access::Operator, (80, 24));
    hands.press("Ga");
    assert!(hands.model.overlay.is_none() && hands.text().contains("no question is marked"), "{}", hands.text());
}

#[test]
fn without_a_workload_it_says_how_to_choose_one_and_what_can_not_be_read_is_said() {
    let mut hands = Hands::new(Access::ReadOnly, (80, 24));
    hands.to(Screen::Preview);
    assert!(hands.text().contains("no workload was chosen"), "{}", hands.text());
    let mut hands = looking(Access::ReadOnly, (80, 24));
    let workload = hands.model.preview.workload.clone().unwrap();
    let trouble = Trouble { text: "the inventory is locked".to_owned(), hints: Vec::new() };
    hands.event(Event::Answered(Box::new(Answer::Preview(workload, Err(trouble)))));
    assert!(hands.text().contains("the inventory is locked") && hands.text().contains("shop/web"), "{}", hands.text());
}

#[test]
fn in_a_wide_terminal_the_file_follows_the_list() {
    let mut hands = looking(Access::ReadOnly, (200, 60));
    hands.press("jj");
    hands.code(KeyCode::Enter);
    hands.code(KeyCode::Tab);
    hands.press("j");
    let is_next = matches!(&hands.model.preview.side, Some(PreviewSide::File { path, told, .. })
        if path.ends_with("prod/manifests.yaml") && told.value.is_some());
    assert!(is_next, "{:?}", hands.model.preview.side);
}
