//! What must not start by itself (C6): starting a second consumer, poller or scheduler is a cutover of its own.

use super::kind::Plan;
use crate::account::{Account, Answer};
use crate::plconfig::{Component, ComponentType};
use serde_json::Value;

/// Words that tell of work that happens without being asked.
const WORDS: [&str; 10] = [
    "migrate",
    "beat",
    "scheduler",
    "cron",
    "celery",
    "sidekiq",
    "resque",
    "poller",
    "consumer",
    "worker",
];

pub(super) fn map<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    if let Some(why) = reason(plan, account.source.workload.name.as_str()) {
        ask(account, &why);
    }
    component.suspended = account.held();
}

/// Held until somebody says that it may run beside the old one.
fn ask(account: &mut Account<'_>, why: &str) {
    let id = account.question_id("start", "");
    let text =
        format!("{why}. May it run beside the old one (`with-traffic`), or only once that has stopped (`hand-over`)?");
    match account.ask(id, &text, &["with-traffic", "hand-over"], Some("hand-over")) {
        Answer::Given("with-traffic") => {}
        Answer::Given(_) => account.hold("it starts when the old one has stopped"),
        Answer::Open(_) => account.hold("it may work without being asked, and nobody said that two may run at once"),
    }
}

fn reason(plan: &Plan<'_, '_>, workload: &str) -> Option<String> {
    let facts = plan.facts;
    match plan.kind {
        ComponentType::Cron => return Some("It runs by the clock".to_owned()),
        ComponentType::Worker => return Some("It runs without being asked, perhaps from a queue".to_owned()),
        ComponentType::Job => return Some("It runs once, at each deployment".to_owned()),
        ComponentType::Web if facts.service.is_none() => {
            return Some("Nothing says that or how it runs today".to_owned());
        }
        ComponentType::Web => {}
    }
    let named = word_in(workload).map(|word| format!("Its name says `{word}`"));
    named.or_else(|| {
        plan.members.kept().find_map(|member| {
            let words = ["entryPoint", "command"]
                .into_iter()
                .flat_map(|name| member.definition.list(name));
            let told = words.filter_map(Value::as_str).find_map(word_in);
            let shown = crate::text::without_marks(member.name);
            told.map(|word| format!("The command of `{shown}` says `{word}`"))
                .or_else(|| word_in(member.name).map(|word| format!("The name of `{shown}` says `{word}`")))
        })
    })
}

/// The first of the words that stands in a text as a word of its own, or at the start of one: `migrate`, `db:migrate`,
/// `migrations`.
fn word_in(text: &str) -> Option<&'static str> {
    WORDS.into_iter().find(|word| {
        text.char_indices().any(|(at, _)| {
            let before = text[..at].chars().next_back();
            !before.is_some_and(|c| c.is_ascii_alphabetic())
                && text.as_bytes()[at..].len() >= word.len()
                && text.as_bytes()[at..at + word.len()].eq_ignore_ascii_case(word.as_bytes())
        })
    })
}
