//! What must not start by itself (C6): starting a second consumer, poller or scheduler is a cutover of its own.

use crate::context::Context;
use crate::plconfig::{Component, ComponentType};
use crate::tracker::{Asked, FieldTracker};

/// Words that tell of work that happens without being asked.
const WORDS: [&str; 11] = [
    "migrate",
    "beat",
    "scheduler",
    "cron",
    "celery",
    "sidekiq",
    "resque",
    "horizon",
    "queue:work",
    "poller",
    "consumer",
];

/// Programs that let callers in by a connection of their own making: one more of them takes requests at once, past every route.
const TUNNELS: [&str; 4] = ["cloudflared", "tailscale", "ngrok", "frpc"];

/// A program that the source runs, as far as its words tell what it does.
pub(crate) struct Program<'p> {
    /// Its name in the source.
    pub(crate) name: &'p str,
    /// Its entry point and arguments.
    pub(crate) words: Vec<&'p str>,
    /// Its environment: names and values.
    pub(crate) variables: Vec<(&'p str, &'p str)>,
    /// Its image, where it has one.
    pub(crate) image: Option<&'p str>,
}

/// Keeps the component from starting, and its hosts from moving, until a person or the hand-over says otherwise.
pub(crate) fn map(
    tracker: &mut FieldTracker<'_>,
    context: &Context<'_, '_>,
    programs: &[Program<'_>],
    component: &mut Component,
) {
    if let Some(why) = reason(context, tracker.source.workload.name.as_str(), programs) {
        ask(tracker, &why);
    }
    held(tracker, component);
}

/// As [`map`], for a reason that the source alone knows; nothing where the component is kept already.
pub(crate) fn known(tracker: &mut FieldTracker<'_>, why: &str, component: &mut Component) {
    if component.suspended.is_none() {
        ask(tracker, why);
        held(tracker, component);
    }
}

/// Keeps what answers only when it is asked from starting while something else holds it, and its hosts from moving.
pub(crate) fn held(tracker: &FieldTracker<'_>, component: &mut Component) {
    component.suspended = tracker.held();
    hold_hosts(component);
}

/// A certificate that is ordered before its host's DNS points here fails, and a DNS record that is made with the first
/// deployment is the cutover: what the load balancer's hosts need waits for their hand-over.
fn hold_hosts(component: &mut Component) {
    let Some(ingress) = component.ingress.as_mut() else { return };
    if !ingress.vanity_hosts(false).is_empty() {
        ingress.suspended = Some("the DNS of its hosts points at the old side".to_owned());
    }
}

/// Held until somebody says that it may run beside the old one.
fn ask(tracker: &mut FieldTracker<'_>, why: &str) {
    let id = tracker.question_id("start", "");
    let text =
        format!("{why}. May it run beside the old one (`with-traffic`), or only once that has stopped (`hand-over`)?");
    match tracker.ask(id, &text, &["with-traffic", "hand-over"], Some("hand-over")) {
        Asked::Given("with-traffic") => {}
        Asked::Given(_) => tracker.hold("it starts when the old one has stopped"),
        Asked::Open(_) => tracker.hold("it may work without being asked, and nobody said that two may run at once"),
    }
}

fn reason(context: &Context<'_, '_>, workload: &str, programs: &[Program<'_>]) -> Option<String> {
    match context.kind {
        ComponentType::Cron => return Some("It runs by the clock".to_owned()),
        ComponentType::Worker => return Some("It runs without being asked, perhaps from a queue".to_owned()),
        ComponentType::Job => return Some("It runs once, at each deployment".to_owned()),
        ComponentType::Web if !context.runs => return Some("Nothing says that or how it runs today".to_owned()),
        ComponentType::Web | ComponentType::Routes => {}
    }
    let in_name = word_in(workload).map(|word| format!("Its name says `{word}`"));
    in_name
        .or_else(|| programs.iter().find_map(says_so))
        .or_else(|| programs.iter().find_map(opens_tunnel))
        .or_else(|| programs.iter().find_map(names_queue))
}

/// A program that makes a tunnel, by its image, its name or its words: `cloudflare/cloudflared:2024`, `/usr/local/bin/tailscaled`.
fn opens_tunnel(program: &Program<'_>) -> Option<String> {
    let told = program.image.into_iter().chain([program.name]).chain(program.words.iter().copied());
    let is_one = |text: &str| {
        let mut parts = text.split(|c: char| !c.is_ascii_alphanumeric());
        parts.any(|part| TUNNELS.iter().any(|tunnel| part.eq_ignore_ascii_case(tunnel) || part == "tailscaled"))
    };
    told.into_iter().any(is_one).then(|| {
        let shown = crate::marks::without_marks(program.name);
        format!("`{shown}` lets callers in by a tunnel of its own, past every route, as soon as it runs")
    })
}

/// A web service that knows a queue may only send to it, or may be a second consumer: its variables can't tell.
fn names_queue(program: &Program<'_>) -> Option<String> {
    let (name, _) = program.variables.iter().find(|(name, value)| is_queue(name, value))?;
    let name = crate::marks::without_marks(name);
    Some(format!("`{name}` names a queue, and nothing tells whether it only sends to it"))
}

fn says_so(program: &Program<'_>) -> Option<String> {
    let told = program.words.iter().find_map(|text| word_in(text));
    let shown = crate::marks::without_marks(program.name);
    told.map(|word| format!("The command of `{shown}` says `{word}`"))
        .or_else(|| word_in(program.name).map(|word| format!("The name of `{shown}` says `{word}`")))
}

/// A variable that names a queue: `SQS_QUEUE_URL`, or a queue's URL.
fn is_queue(name: &str, value: &str) -> bool {
    name.to_ascii_uppercase().contains("QUEUE") || value.starts_with("https://sqs.") || value.starts_with("amqp")
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

#[cfg(test)]
mod tests;
