//! What must not start by itself (C6): starting a second consumer, poller or scheduler is a cutover of its own.

use super::kind::Plan;
use super::members::Member;
use crate::account::{Account, Answer};
use crate::field::Object;
use crate::plconfig::{Component, ComponentType};
use serde_json::Value;

/// Words that tell of work that happens without being asked.
const WORDS: [&str; 9] = ["migrate", "beat", "scheduler", "cron", "celery", "sidekiq", "resque", "poller", "consumer"];

pub(super) fn map<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    if let Some(why) = reason(plan, account.source.workload.name.as_str()) {
        ask(account, &why);
    }
    component.suspended = account.held();
    hold_hosts(component);
}

/// A certificate that is ordered before its host's DNS points here fails, and a DNS record that is made with the first
/// deployment is the cutover: what the load balancer's hosts need waits for their hand-over.
fn hold_hosts(component: &mut Component) {
    let Some(ingress) = component.ingress.as_mut().filter(|ingress| ingress.internal != Some(true)) else {
        return;
    };
    if !ingress.hosts.is_empty() || ingress.routes.iter().any(|route| !route.hosts.is_empty()) {
        ingress.suspended = Some("the DNS of its hosts points at the old side".to_owned());
    }
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
    let in_name = word_in(workload).map(|word| format!("Its name says `{word}`"));
    in_name.or_else(|| plan.members.kept().find_map(in_container)).or_else(|| plan.members.kept().find_map(names_queue))
}

/// A web service that knows a queue may only send to it, or may be a second consumer: its variables can't tell.
fn names_queue(member: &Member<'_>) -> Option<String> {
    let variable = member.definition.objects("environment").find(|variable| is_queue(*variable))?;
    let name = crate::marks::without_marks(variable.peek("name").unwrap_or_default());
    Some(format!("`{name}` names a queue, and nothing tells whether it only sends to it"))
}

fn in_container(member: &Member<'_>) -> Option<String> {
    let texts = ["entryPoint", "command"].into_iter().flat_map(|name| member.definition.list(name));
    let told = texts.filter_map(Value::as_str).find_map(word_in);
    let shown = crate::marks::without_marks(member.name);
    told.map(|word| format!("The command of `{shown}` says `{word}`"))
        .or_else(|| word_in(member.name).map(|word| format!("The name of `{shown}` says `{word}`")))
}

/// A variable that names a queue: `SQS_QUEUE_URL`, or a queue's URL.
fn is_queue(variable: Object<'_>) -> bool {
    variable.peek("name").is_some_and(|name| name.to_ascii_uppercase().contains("QUEUE"))
        || variable.peek("value").is_some_and(|value| value.starts_with("https://sqs.") || value.starts_with("amqp"))
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
