//! `caravan domains message`.

use super::board::{Board, Standing};
use super::runbook::failure;
use super::{known, roles, sent};
use crate::clock;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::permit::WritePermit;
use crate::printer::{Printer, counted, printable};
use crate::table::Table;
use crate::who::Who;
use caravan_cutover::operator::time_text;
use caravan_cutover_domains::{DueMessage, SentMessage, whereabouts};
use caravan_inventory::{Domain, Language};
use caravan_plans::domains::runbook::{CustomerMessage, MessageInput, MessageKind, RunbookError, message};
use clap::Args;
use clap::builder::PossibleValuesParser;
use schemars::JsonSchema;
use serde::Serialize;
use std::io::Write;

/// Write what a customer has to be told, ready to send; without NAME, list what is due
///
/// Subject and text in the language that the list names for the customer, with what to enter as their DNS provider names its fields.
/// Caravan sends nothing: whoever does says so by --sent, which is kept in domain-messages.jsonl, and what was sent is due no more.
#[derive(Args, Debug)]
pub(crate) struct MessageArgs {
    /// The hostname
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// This message, whether or not it is due
    #[arg(long, requires = "name", value_parser = PossibleValuesParser::new(MessageKind::NAMES))]
    kind: Option<String>,
    /// The language, whatever the list says
    #[arg(long, requires = "name", value_parser = PossibleValuesParser::new(Language::ALL.map(Language::as_str)))]
    language: Option<String>,
    /// Record that it was sent
    #[arg(long, requires = "name")]
    sent: bool,
    #[command(flatten)]
    who: Who,
}

/// `caravan.due-messages/v1`.
#[derive(JsonSchema, Serialize)]
pub(crate) struct DueDocument {
    #[schemars(extend("const" = "caravan.due-messages/v1"))]
    schema: &'static str,
    due: Vec<DueRow>,
}

/// A message that is due.
#[derive(JsonSchema, Serialize)]
struct DueRow {
    name: String,
    customer: Option<String>,
    /// For which step: `prepare`, `instruct`, `remind`, …
    message: &'static str,
    /// Since when, UTC.
    since: String,
    /// To whom, as far as a list says.
    to: Option<String>,
}

/// `caravan.domain-message/v1`.
#[derive(JsonSchema, Serialize)]
pub(crate) struct MessageDocument {
    #[schemars(extend("const" = "caravan.domain-message/v1"))]
    schema: &'static str,
    name: String,
    /// For which step; none where nothing has to be said now.
    message: Option<&'static str>,
    /// Since when it is due and not sent, UTC; none where it is not.
    due_since: Option<String>,
    /// To whom, as far as a list says.
    to: Option<String>,
    language: Option<&'static str>,
    subject: Option<String>,
    text: Option<String>,
    /// What was sent so far, the oldest first.
    sent: Vec<SentRow>,
}

/// A message that was sent.
#[derive(JsonSchema, Serialize)]
struct SentRow {
    /// When, UTC.
    at: String,
    who: String,
    message: &'static str,
    to: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// When something is missing for the message: it says what, and where to say it.
pub(crate) fn run(global: &Global, printer: &Printer, args: &MessageArgs) -> Result<Exit, Failure> {
    let mut board = Board::open(&global.dir)?;
    board.refresh()?;
    let Some(name) = &args.name else { return list(printer, &board) };
    let domain = known::one(board.store(), name)?;
    let Some(standing) = board.one(domain.name.as_str()) else {
        return Err(Failure::new(FailureKind::Work, format!("{} has just gone from the inventory", domain.name)));
    };
    let due = standing.unsent.map(|due| due.kind);
    let wanted = args.kind.as_deref().and_then(MessageKind::parse);
    // Which reminder it is, is told by what is due.
    let kind = wanted.map(|wanted| due.filter(|due| due.as_str() == wanted.as_str()).unwrap_or(wanted)).or(due);
    let Some(kind) = kind else { return nothing(printer, args, &domain, &standing) };
    let language = args.language.as_deref().and_then(Language::parse);
    let written = write(&board, &domain, &standing, kind, language).map_err(failure)?;
    if args.sent {
        return record(global, printer, args, &domain, &standing, kind, written);
    }
    let to = standing.known.contact.clone();
    if printer.is_json() {
        printer.json(&document(&domain, &standing, Some((kind, written))))?;
    } else {
        printer.text(|out| {
            writeln!(out, "To: {}", to.as_deref().map_or("?".into(), printable))?;
            writeln!(out, "Subject: {}\n\n{}", written.subject, written.text.trim_end())
        })?;
    }
    if standing.unsent.is_some_and(|due| due.kind == kind) {
        printer.hint(&format!("once you have sent it: caravan domains message {} --sent", domain.name));
    }
    Ok(Exit::Done)
}

/// Writes a message of a hostname as it stands.
///
/// # Errors
/// [`RunbookError`]: what is missing.
pub(super) fn write(
    board: &Board,
    domain: &Domain,
    standing: &Standing<'_>,
    kind: MessageKind,
    language: Option<Language>,
) -> Result<CustomerMessage, RunbookError> {
    let seen = standing.moving.and_then(|moving| whereabouts(&moving.plan, &moving.state));
    let input = MessageInput {
        domain,
        ours: board.ours(),
        policy: board.policy(),
        language,
        whereabouts: seen.as_ref(),
        now: clock::now(),
    };
    message(input, kind)
}

fn list(printer: &Printer, board: &Board) -> Result<Exit, Failure> {
    let row = |one: Standing<'_>| {
        let DueMessage { kind, since } = one.unsent?;
        Some(DueRow {
            name: one.known.name.clone(),
            customer: one.known.customer.clone(),
            message: kind.as_str(),
            since: time_text(since),
            to: one.known.contact.clone(),
        })
    };
    let due: Vec<DueRow> = board.all().filter_map(row).collect();
    let count = due.len() as u64;
    if printer.is_json() {
        printer.json(&DueDocument { schema: "caravan.due-messages/v1", due })?;
    } else if !due.is_empty() {
        let cells = |row: &DueRow| {
            let shown =
                |text: &Option<String>| text.as_deref().map_or("?".to_owned(), |text| printable(text).into_owned());
            [row.name.clone(), row.message.to_owned(), row.since.clone(), shown(&row.to), shown(&row.customer)]
        };
        printer.text(|out| {
            let mut table = Table::new(["HOSTNAME", "MESSAGE", "DUE SINCE", "TO", "CUSTOMER"]);
            let rows: Vec<[String; 5]> = due.iter().map(cells).collect();
            rows.iter().for_each(|cells| table.measure(&cells.each_ref().map(String::as_str)));
            table.write_headings(out)?;
            rows.iter().try_for_each(|cells| table.write(out, &cells.each_ref().map(String::as_str)))
        })?;
    }
    printer.note(&format!("{} due", counted(count, "message")));
    if count > 0 {
        printer.hint("to write one: caravan domains message NAME");
    }
    Ok(Exit::Done)
}

fn nothing(printer: &Printer, args: &MessageArgs, domain: &Domain, standing: &Standing<'_>) -> Result<Exit, Failure> {
    let text = format!("nothing has to be said to the customer of {} now", domain.name);
    if args.sent {
        return Err(Failure::new(FailureKind::Usage, text).hint("say which message was sent all the same: --kind KIND"));
    }
    if printer.is_json() {
        printer.json(&document(domain, standing, None))?;
    }
    printer.note(&text);
    Ok(Exit::Done)
}

fn document(
    domain: &Domain,
    standing: &Standing<'_>,
    written: Option<(MessageKind, CustomerMessage)>,
) -> MessageDocument {
    let (kind, written) = written.unzip();
    let (language, subject, text) = match written {
        Some(CustomerMessage { language, subject, text }) => (Some(language.as_str()), Some(subject), Some(text)),
        None => (None, None, None),
    };
    let due = standing.unsent.filter(|due| Some(due.kind) == kind);
    let row = |one: &SentMessage| SentRow {
        at: one.at.to_string(),
        who: one.who.clone(),
        message: one.message.as_str(),
        to: one.to.clone(),
    };
    MessageDocument {
        schema: "caravan.domain-message/v1",
        name: domain.name.to_string(),
        message: kind.map(MessageKind::as_str),
        due_since: due.map(|due| time_text(due.since)),
        to: standing.known.contact.clone(),
        language,
        subject,
        text,
        sent: standing.sent.iter().map(row).collect(),
    }
}

fn record(
    global: &Global,
    printer: &Printer,
    args: &MessageArgs,
    domain: &Domain,
    standing: &Standing<'_>,
    kind: MessageKind,
    written: CustomerMessage,
) -> Result<Exit, Failure> {
    let permit = WritePermit::ask(global, "recording what a customer was told")?;
    let who = args.who.name()?;
    roles::may_record(global, &who)?;
    let of_a_move = standing.moving.filter(|_| kind != MessageKind::Prepare);
    let message = SentMessage {
        at: clock::now(),
        who,
        name: domain.name.to_string(),
        message: kind,
        run: of_a_move.map(|moving| moving.plan.run.clone()),
        language: written.language,
        to: standing.known.contact.clone(),
        subject: written.subject,
    };
    sent::add(&global.dir, &message, &permit)?;
    if printer.is_json() {
        let mut document = document(domain, standing, None);
        document.message = Some(kind.as_str());
        document.sent.push(SentRow {
            at: message.at.to_string(),
            who: message.who,
            message: kind.as_str(),
            to: message.to,
        });
        printer.json(&document)?;
    } else {
        printer.note(&format!("recorded: {} was sent “{}” by {}", domain.name, kind.as_str(), message.who));
    }
    Ok(Exit::Done)
}
