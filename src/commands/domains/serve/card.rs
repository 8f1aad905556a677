//! A hostname's own page.

use super::super::board::{Board, Standing};
use super::super::message;
use super::answers::{as_of, words};
use super::query::href;
use crate::clock;
use crate::error::Failure;
use crate::global::quoted;
use caravan_cutover::operator::time_text;
use caravan_cutover_domains::{DueMessage, SentMessage};
use caravan_inventory::{Domain, Hostname, Language};
use caravan_plans::domains::runbook::{MessageKind, RunbookError, runbook, written};
use caravan_plans::domains::status::{StatusDomain, StatusFact, StatusMessage, StatusSent};
use caravan_plans::domains::{Class, Classified, Flag, classify, flags};

/// The page of a hostname; none where it has just gone.
///
/// # Errors
/// Those of reading.
pub(super) fn card(board: &Board, standing: &Standing<'_>, options: &str) -> Result<Option<StatusDomain>, Failure> {
    let Some(domain) = read(board, standing)? else { return Ok(None) };
    let name = domain.name.as_str();
    let Classified { class, evidence } = classify(&domain, board.ours());
    let document = made(board, &domain);
    let (due, no_message) = match standing.unsent.map(|due| due_message(board, &domain, standing, due, options)) {
        None => (None, None),
        Some(Ok(message)) => (Some(message), None),
        Some(Err(why)) => (None, Some(why.to_string())),
    };
    let flag = |flag: Flag| fact(flag.kind.as_str(), flag.text);
    Ok(Some(StatusDomain {
        as_of: as_of(),
        json: href("/domain.json", name),
        name: name.to_owned(),
        written: written(name),
        whose: words(standing.next.whose).to_owned(),
        next: standing.next.text.clone(),
        facts: facts(&domain, standing),
        no_document: document.as_ref().err().map(ToString::to_string),
        document: document.is_ok().then(|| href("/document", name)),
        message: due,
        no_message,
        sent: standing.sent.iter().map(sent).collect(),
        flags: flags(&domain, board.ours(), board.policy(), clock::now()).into_iter().map(flag).collect(),
        evidence: class.err().into_iter().chain(evidence).collect(),
    }))
}

/// The customer's document as a page, or why there is none.
///
/// # Errors
/// Those of reading.
pub(super) fn document(board: &Board, standing: &Standing<'_>) -> Result<Result<String, String>, Failure> {
    let Some(domain) = read(board, standing)? else {
        return Ok(Err("it has just gone from the inventory".to_owned()));
    };
    Ok(made(board, &domain).map_err(|why| why.to_string()))
}

fn read(board: &Board, standing: &Standing<'_>) -> Result<Option<Domain>, Failure> {
    Ok(board.store().domain(&Hostname::new(&standing.known.name))?)
}

fn made(board: &Board, domain: &Domain) -> Result<String, RunbookError> {
    runbook(domain, board.ours(), board.policy(), None, clock::now()).map(|made| made.html)
}

fn due_message(
    board: &Board,
    domain: &Domain,
    standing: &Standing<'_>,
    due: DueMessage,
    options: &str,
) -> Result<StatusMessage, RunbookError> {
    let written = message::write(board, domain, standing, due.kind, None)?;
    Ok(StatusMessage {
        kind: due.kind.as_str().to_owned(),
        words: due.kind.words().to_owned(),
        since: time_text(due.since),
        language: written.language.as_str().to_owned(),
        to: standing.known.contact.clone(),
        subject: written.subject,
        text: written.text,
        record: format!("caravan {options}domains message {} --sent", quoted(domain.name.as_str())),
    })
}

fn facts(domain: &Domain, standing: &Standing<'_>) -> Vec<StatusFact> {
    let request = domain.request.clone().unwrap_or_default();
    let stage = standing.moving.map(|moving| moving.state.stage);
    let state =
        stage.map_or_else(|| standing.state().to_owned(), |stage| format!("{}: {}", stage.as_str(), stage.words()));
    let back = standing.moving.map(|moving| {
        let text =
            if moving.state.can_go_back() { "there is one, until its old side is released" } else { "there is none" };
        text.to_owned()
    });
    let held = standing.moving.and_then(|moving| moving.state.held.as_ref());
    let class = standing.known.class.and_then(|class| {
        let found = Class::ALL.into_iter().find(|one| one.as_str() == class)?;
        Some(format!("{class}: {}", found.meaning()))
    });
    let known = [
        ("customer", domain.customer.clone()),
        ("contact", request.contact),
        ("window", request.window),
        ("language", request.language.map(|language| Language::as_str(language).to_owned())),
        ("tier", request.tier.map(|tier| tier.to_string())),
        ("state", Some(state)),
        ("class", class),
        ("way back", back),
        ("new certificate", held.map(|held| format!("ends {}", time_text(held.ends)))),
        ("leads to", domain.target.clone()),
        ("looked up", domain.inspection.as_ref().map(|look| look.at.strftime("%Y-%m-%d %H:%M UTC").to_string())),
    ];
    known.into_iter().filter_map(|(name, text)| Some(fact(name, text?))).collect()
}

fn fact(name: &str, text: String) -> StatusFact {
    StatusFact { name: name.to_owned(), text }
}

fn sent(one: &SentMessage) -> StatusSent {
    StatusSent {
        at: one.at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        who: one.who.clone(),
        message: MessageKind::as_str(one.message).to_owned(),
        to: one.to.clone(),
    }
}
