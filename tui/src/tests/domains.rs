//! The screen of domains: what it asks for, and what its keys do.

use super::Hands;
use super::estate::Estate;
use crate::data::{DomainRow, DomainText, Fact, Section, Window};
use crate::effect::{Effect, Question};
use crate::event::{Answer, Event};
use crate::model::{Pane, Screen};
use crate::place::Access;
use crate::session::Trouble;
use caravan_inventory::{Domain, Hostname};
use caravan_plans::domains::{Class, FlagKind};
use crossterm::event::KeyCode;

/// Of the demonstration's hostnames each has the next class, and every fifth none.
const CLASSES: [Option<Class>; 5] = [Some(Class::A), Some(Class::B), Some(Class::C), Some(Class::D), None];

impl Estate {
    pub(super) fn domains(&mut self, part: &str, from: usize, limit: usize) -> Window<DomainRow> {
        let has = |domain: &Domain| {
            domain.name.as_str().contains(part) || domain.customer.iter().any(|one| one.contains(part))
        };
        let fits: Vec<Domain> = self.store.domains(None, 1_000).unwrap().into_iter().filter(has).collect();
        let rows = fits.iter().enumerate().skip(from).take(limit).map(|(at, domain)| DomainRow {
            hostname: domain.name.to_string(),
            class: CLASSES[at % CLASSES.len()],
            state: if at % CLASSES.len() == 4 { "unclear" } else { "classified" },
            customer: domain.customer.clone().unwrap_or_default(),
            flags: if at % 3 == 0 { vec![FlagKind::Wildcard, FlagKind::Stale] } else { Vec::new() },
        });
        let rows: Vec<DomainRow> = rows.collect();
        self.rows_read += rows.len();
        Window { total: fits.len(), from, rows }
    }

    pub(super) fn domain(&self, hostname: &str) -> DomainText {
        let domain = self.store.domain(&Hostname::new(hostname)).unwrap().unwrap();
        let fact = |text: String| Fact { text, evidence: String::new() };
        let said = vec![
            fact("class        A: nobody outside has to change anything".to_owned()),
            fact(format!("leads to     {}", domain.target.unwrap_or_default())),
        ];
        let next = vec![fact(format!("caravan --dir caravan-demo domains runbook {hostname}"))];
        let section = |title: &str, facts| Section { title: title.to_owned(), facts };
        DomainText { hostname: hostname.to_owned(), sections: vec![section(hostname, said), section("next", next)] }
    }
}

fn looking(size: (u16, u16)) -> Hands {
    let mut hands = Hands::new(Access::ReadOnly, size);
    hands.to(Screen::Domains);
    hands
}

fn marked(hands: &Hands) -> String {
    hands.model.domains.list.marked_row().unwrap().hostname.clone()
}

#[test]
fn hostnames_of_customers_are_read_as_they_are_looked_at() {
    let mut hands = Hands::new(Access::ReadOnly, (80, 15));
    hands.estate.rows_read = 0;
    hands.to(Screen::Domains);
    let total = hands.model.domains.list.total();
    assert!(total > 35 && hands.text().contains(&format!("1 of {total}")), "{}", hands.text());
    assert!((10..=30).contains(&hands.estate.rows_read), "{}", hands.estate.rows_read);
    let first = marked(&hands);
    hands.press("G");
    assert!(hands.text().contains(&format!("{total} of {total}")) && marked(&hands) > first, "{}", hands.text());
}

#[test]
fn a_part_of_a_hostname_or_of_a_customer_leaves_those_that_have_it() {
    let mut hands = looking((80, 24));
    let (all, name) = (hands.model.domains.list.total(), marked(&hands));
    hands.press(&format!("/{}", name.to_uppercase()));
    assert!(hands.text().contains("or of a customer's name"), "{}", hands.text());
    hands.code(KeyCode::Enter);
    assert!((1..all).contains(&hands.model.domains.list.total()), "{}", hands.text());
    assert!(hands.text().contains(&format!("hostnames and customers with {name}")), "{}", hands.text());
    hands.press("/no such");
    hands.code(KeyCode::Enter);
    assert!(hands.text().contains("nothing has that"), "{}", hands.text());
    hands.press("/");
    hands.code(KeyCode::Enter);
    assert_eq!(hands.model.domains.list.total(), all);
}

#[test]
fn enter_shows_all_of_a_hostname_and_esc_leads_back() {
    let mut hands = looking((80, 24));
    hands.press("jj");
    hands.code(KeyCode::Enter);
    let name = marked(&hands);
    assert!(hands.text().contains("caravan --dir caravan-demo domains runbook"), "{}", hands.text());
    hands.press("Y");
    let same = "caravan --dir caravan-demo domains list -v";
    assert!(hands.effects.contains(&Effect::Copy(same.to_owned())), "{:?}", hands.effects);
    hands.code(KeyCode::Esc);
    assert_eq!((hands.model.screen, marked(&hands)), (Screen::Domains, name.clone()));
    assert!(hands.model.domains.detail.is_none());
    hands.press("y");
    assert!(hands.effects.contains(&Effect::Copy(name)), "{:?}", hands.effects);
}

/// Beside a list the detail follows what is marked.
#[test]
fn in_a_wide_terminal_the_detail_follows_the_list() {
    let mut hands = looking((200, 60));
    hands.code(KeyCode::Enter);
    hands.code(KeyCode::Tab);
    assert_eq!(hands.model.domains.pane, Pane::List);
    hands.press("j");
    assert_eq!(hands.model.domains.detail.as_ref().unwrap().hostname, marked(&hands));
    assert!(hands.model.domains.detail.as_ref().unwrap().told.value.is_some());
}

#[test]
fn a_hostname_leads_to_the_ways_in_and_back() {
    let mut hands = looking((80, 24));
    let name = marked(&hands);
    hands.press("e");
    assert_eq!((hands.model.screen, hands.model.graph.focus().unwrap().id.as_str()), (Screen::Graph, name.as_str()));
    hands.code(KeyCode::Esc);
    assert_eq!(hands.model.screen, Screen::Domains);
}

#[test]
fn what_can_not_be_read_is_said_and_asked_again_and_what_is_late_changes_nothing() {
    let mut hands = looking((80, 24));
    let total = hands.model.domains.list.total();
    let late = Window { total: 0, from: 0, rows: Vec::new() };
    hands.event(Event::Answered(Box::new(Answer::Domains("other".to_owned(), Ok(late)))));
    assert_eq!(hands.model.domains.list.total(), total);
    let trouble = Trouble { text: "the inventory is locked".to_owned(), hints: vec!["try again".to_owned()] };
    hands.event(Event::Answered(Box::new(Answer::Domains(String::new(), Err(trouble)))));
    assert!(hands.text().contains("the inventory is locked; try again"), "{}", hands.text());
    let effects = hands.effects.len();
    hands.press("r");
    assert!(hands.effects[effects..].iter().all(|effect| !matches!(effect, Effect::Ask(Question::Domains { .. }))));
    assert!(hands.model.domains.list.window.trouble.is_none(), "it was asked again, and answered");
}
