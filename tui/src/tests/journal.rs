//! The journal of the demonstration's run, as a session would tell it; and what the keys of its screen do.

use super::estate::Estate;
use super::{Hands, night};
use crate::data::{EntryRow, EntryText, JournalFacts, JournalPart, Window};
use crate::effect::Effect;
use crate::event::{Answer, Event};
use crate::model::Screen;
use crate::place::Access;
use crossterm::event::KeyCode;

/// Entries that are verified with one question.
const EACH: u64 = 100;

impl Estate {
    pub(super) fn journal(&mut self, people: bool, from: usize, limit: usize) -> JournalPart {
        self.verified = (self.verified + EACH).min(self.entries);
        let all = (1..=self.entries).map(entry).filter(|row| !people || !row.who.is_empty());
        let told: Vec<EntryRow> = all.filter(|row| !people || row.sequence <= self.verified).collect();
        let rows: Vec<EntryRow> = told.iter().skip(from).take(limit).cloned().collect();
        self.rows_read += rows.len();
        let beside = [
            "2026-11-28T21:29:50Z plan 8f14e45f of wave demo sealed by caravan demo",
            "2026-11-28T21:30:10Z plan approved by olivia",
            "2026-11-28T21:30:20Z run created by Caravan 0.1.0",
            "2026-11-28T21:40:00Z lease of driver host-1 (epoch 1) broken by olivia: its laptop is closed",
        ];
        let facts = JournalFacts {
            entries: self.entries,
            verified: self.verified,
            broken: self.broken,
            beside: beside.map(str::to_owned).to_vec(),
        };
        JournalPart { window: Window { total: told.len(), from, rows }, facts }
    }
}

fn entry(sequence: u64) -> EntryRow {
    let (who, event, detail) = match sequence % 5 {
        1 if sequence == 1 => ("olivia", "start", ""),
        2 => ("", "intend", ": records track-web.tracklark.example., to A gateway.example. weight 10"),
        3 => ("", "reply", ": {\"changed\":{\"id\":\"C0FFEE\"}}"),
        4 if sequence == 4 => ("olivia-日本", "approve", ""),
        _ => ("", "woke", ""),
    };
    EntryRow {
        sequence,
        at: if event == "woke" { String::new() } else { "2026-11-28T21:31:07Z".to_owned() },
        epoch: 1,
        who: who.to_owned(),
        event,
        detail: detail.to_owned(),
    }
}

pub(super) fn whole(sequence: u64) -> EntryText {
    let text = format!(
        "{{\n  \"sequence\": {sequence},\n  \"epoch\": 1,\n  \"at\": \"2026-11-28T21:31:07Z\",\n  \"who\": \"olivia\",\n  \
         \"event\": \"approve\",\n  \"detail\": {{\n    \"Approved\": {{\n      \"who\": \"olivia\"\n    }}\n  }},\n  \
         \"chain\": \"c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00\"\n}}"
    );
    EntryText { lines: text.lines().map(str::to_owned).collect() }
}

/// An interface that looks at the run's journal.
fn looking(entries: u64) -> Hands {
    let mut hands = Hands::new(Access::ReadOnly, (80, 24));
    hands.estate.start(night::RUN, "baking");
    hands.estate.entries = entries;
    hands.estate.rows_read = 0;
    hands.press("r");
    hands.to(Screen::Audit);
    hands.code(KeyCode::Enter);
    hands
}

#[test]
fn a_long_journal_is_read_where_it_is_looked_at_and_verified_part_by_part() {
    let mut hands = looking(5_000);
    let text = hands.text();
    assert!(text.contains("✓ chain verified, all 5000 entries") && text.contains("5000 of 5000"), "{text}");
    let window = hands.model.audit.list.window.value.as_ref().unwrap();
    assert!(window.rows.len() <= 60, "three pages at the most, and not {}", window.rows.len());
    hands.press("g");
    assert!(hands.text().contains("1 of 5000") && hands.text().contains("start"), "{}", hands.text());
    assert!(hands.model.audit.list.window.value.as_ref().unwrap().rows.len() <= 60);
}

#[test]
fn the_newest_entry_is_followed_until_somebody_goes_up() {
    let mut hands = looking(40);
    hands.estate.entries = 45;
    hands.wait(3_500);
    assert!(hands.text().contains("45 of 45"), "{}", hands.text());
    hands.press("k");
    hands.estate.entries = 50;
    hands.wait(3_500);
    assert!(hands.text().contains("44 of 50"), "{}", hands.text());
    hands.press("G");
    hands.estate.entries = 55;
    hands.wait(3_500);
    assert!(hands.text().contains("55 of 55"), "{}", hands.text());
}

#[test]
fn what_people_did_stands_alone_where_that_is_wanted() {
    let mut hands = looking(500);
    hands.press("f");
    let text = hands.text();
    assert!(text.contains("what people did") && text.contains("2 of 2") && text.contains("approve"), "{text}");
    hands.code(KeyCode::Enter);
    assert!(hands.text().contains("\"sequence\": 4"), "{}", hands.text());
    hands.code(KeyCode::Esc);
    hands.press("f");
    assert!(hands.text().contains("500 of 500"), "{}", hands.text());
}

#[test]
fn a_changed_journal_is_said_above_all() {
    let mut hands = looking(500);
    hands.estate.broken = Some(77);
    hands.press("r");
    assert!(hands.text().contains("✗ the chain is broken at entry 77 of 500"), "{}", hands.text());
}

#[test]
fn a_run_leads_to_its_journal_and_back() {
    let mut hands = Hands::new(Access::Operator, (80, 24));
    hands.estate.start(night::RUN, "baking");
    hands.estate.entries = 40;
    hands.press("r");
    hands.to(Screen::Waves);
    hands.press("H");
    assert_eq!(hands.model.screen, Screen::Waves, "a wave has no journal");
    hands.press("jH");
    assert_eq!((hands.model.screen, hands.model.audit.run.as_deref()), (Screen::Audit, Some(night::RUN)));
    hands.press("Y");
    let same = format!("caravan --dir caravan-demo cutover audit {}", night::RUN);
    assert!(hands.effects.contains(&Effect::Copy(same)), "{:?}", hands.effects);
    hands.code(KeyCode::Esc);
    assert_eq!(hands.model.screen, Screen::Waves);
    // What comes late for another run changes nothing.
    hands.press("H");
    let late = hands.estate.journal(false, 0, 60);
    hands.event(Event::Answered(Box::new(Answer::Journal("other".to_owned(), false, Ok(late)))));
    assert_eq!(hands.model.audit.list.total(), 40);
}
