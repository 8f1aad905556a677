//! `caravan cutover audit`.

use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::printer::{Printer, printable};
use crate::{journal_db, signals};
use caravan_cutover::operator::{Run, time_text};
use caravan_cutover::{Audited, LeaseBreak, MeasuredSpan};
use caravan_cutover_engine::{Entry, Event, Moment};
use clap::Args;
use serde::Serialize;
use std::borrow::Cow;
use std::io::{self, Write};

/// Shows a run's journal, entry by entry, after verifying its hash chain: who commanded what, what was intended, what every
/// call brought. With `--format json` one JSON document a line, the first of which names the schema.
#[derive(Args, Debug)]
pub(crate) struct AuditArgs {
    /// The run
    #[arg(value_name = "RUN")]
    run: String,
}

/// The first line, `caravan.audit/v1`.
#[derive(Serialize)]
struct Head<'a> {
    schema: &'static str,
    run: &'a str,
    plan_hash: &'a str,
    code_version: &'a str,
    entries: usize,
    /// The chain's last hash; every entry before it is covered.
    chain: Option<String>,
    /// The leases that people broke, the oldest first.
    lease_breaks: Vec<Broken<'a>>,
    /// What carries the traffic has counted while each shift stood at one share, the oldest first.
    measured: &'a [MeasuredSpan],
}

/// A lease that a person broke.
#[derive(Serialize)]
struct Broken<'a> {
    driver: &'a str,
    epoch: u64,
    who: &'a str,
    at: String,
    reason: &'a str,
}

#[derive(Serialize)]
struct Line<'a> {
    sequence: u64,
    epoch: u64,
    at: Option<String>,
    who: Option<&'a str>,
    event: &'static str,
    detail: &'a Event,
    chain: String,
}

pub(super) fn run(global: &Global, printer: &Printer, args: &AuditArgs) -> Result<Exit, Failure> {
    let journal = journal_db::open_to_read(&global.dir)?;
    let (record, entries, breaks, measured) = signals::block_on(async {
        let run = Run::read(&journal, &args.run).await?;
        let breaks = journal.lease_breaks(&args.run).await?;
        let measured = journal.measured(&args.run).await?;
        Ok::<_, Failure>((run.record().clone(), journal.audit(&args.run).await?, breaks, measured))
    })??;
    let head = Head {
        schema: "caravan.audit/v1",
        run: &record.name,
        plan_hash: &record.hash,
        code_version: &record.code_version,
        entries: entries.len(),
        chain: entries.last().map(|last| last.chain.to_string()),
        lease_breaks: breaks.iter().map(broken).collect(),
        measured: &measured,
    };
    printer.text(|out| {
        if printer.is_json() {
            serde_json::to_writer(&mut *out, &head)?;
            writeln!(out)?;
            entries.iter().try_for_each(|audited| {
                serde_json::to_writer(&mut *out, &line(audited))?;
                writeln!(out)
            })
        } else {
            writeln!(out, "run {}, plan {}, {} entries, chain verified", head.run, head.plan_hash, head.entries)?;
            entries.iter().try_for_each(|audited| write(out, audited))?;
            head.lease_breaks.iter().try_for_each(|Broken { driver, epoch, who, at, reason }| {
                let line = format!("lease of driver {driver} (epoch {epoch}) broken at {at} by {who}: {reason}");
                writeln!(out, "{}", printable(&line))
            })?;
            head.measured.iter().try_for_each(|span| {
                let (from, until) = (time_text(span.from), time_text(span.until));
                let line = format!("step {}, {from} to {until}, by {}: {span}", span.step + 1, span.by);
                writeln!(out, "{}", printable(&line))
            })
        }
    })?;
    Ok(Exit::Done)
}

fn broken(broken: &LeaseBreak) -> Broken<'_> {
    let LeaseBreak { driver, epoch, who, at, reason } = broken;
    Broken { driver, epoch: *epoch, who, at: time_text(*at), reason }
}

fn line(audited: &Audited) -> Line<'_> {
    let (who, at) = who_and_when(&audited.entry.event);
    Line {
        sequence: audited.entry.sequence,
        epoch: audited.entry.epoch,
        at: at.map(time_text),
        who,
        event: audited.entry.event.name(),
        detail: &audited.entry.event,
        chain: audited.chain.to_string(),
    }
}

fn write(out: &mut impl Write, audited: &Audited) -> io::Result<()> {
    writeln!(out, "{}", printable(&entry_text(&audited.entry)))
}

/// An entry in one line: its number, when, in which epoch, what, and by whom.
pub(crate) fn entry_text(entry: &Entry) -> String {
    let EntryTold { at, who, event, detail } = EntryTold::of(entry);
    let at = at.map_or_else(|| " ".repeat(20), time_text);
    let by = who.map(|who| format!(" by {who}")).unwrap_or_default();
    format!("{:>5} {at} epoch {} {event}{by}{detail}", entry.sequence, entry.epoch)
}

/// An entry as people are told of it.
pub(crate) struct EntryTold<'a> {
    /// When; none where the entry does not say.
    pub(crate) at: Option<Moment>,
    /// The person who did it, where one did.
    pub(crate) who: Option<&'a str>,
    /// What happened, in a word.
    pub(crate) event: &'static str,
    /// What is said of it, from the sign on that divides it from the word; empty where nothing is.
    pub(crate) detail: String,
}

impl<'a> EntryTold<'a> {
    /// What is told of an entry.
    pub(crate) fn of(entry: &'a Entry) -> Self {
        let event = &entry.event;
        let (who, at) = who_and_when(event);
        Self { at, who, event: event.name(), detail: detail(event) }
    }
}

fn detail(event: &Event) -> String {
    match event {
        Event::Intended { write } => {
            let wanted = write.target.kind().lines(&write.after).join(", ");
            format!(": {}, to {}", write.target, cut(&wanted))
        }
        Event::IntendedAll { writes } => {
            let names: Vec<String> = writes.iter().map(|write| write.target.short_name()).collect();
            format!(": {} targets as one: {}", names.len(), names.join(", "))
        }
        Event::Replied { reply: Err(error), .. } => format!(": {error}"),
        Event::Replied { reply: Ok(reply), .. } => {
            format!(": {}", cut(&serde_json::to_string(reply).unwrap_or_default()))
        }
        Event::Soaked { watched_ms, .. } => format!(": watched for another {} s", watched_ms / 1000),
        Event::AnalysisFailed { step, reason, .. } => format!(": step {}: {reason}", step + 1),
        Event::Aborted { despite_probes: Some(reason), .. } => format!(", also where the old side fails: {reason}"),
        _ => String::new(),
    }
}

/// An entry whole, as a line of `--format json` has it, in lines for people.
///
/// # Errors
/// When it can't be written as JSON.
pub(crate) fn entry_lines(audited: &Audited) -> Result<Vec<String>, serde_json::Error> {
    Ok(serde_json::to_string_pretty(&line(audited))?.lines().map(str::to_owned).collect())
}

/// An entry is one line: the rest of what is long is in the JSON, and that there is a rest is said.
fn cut(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(DETAIL) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

/// The longest detail of an entry, in characters.
const DETAIL: usize = 100;

/// Who did it, where a person did, and when.
fn who_and_when(event: &Event) -> (Option<&str>, Option<Moment>) {
    match event {
        Event::Started { who, at, .. }
        | Event::Approved { who, at, .. }
        | Event::Paused { who, at }
        | Event::Resumed { who, at }
        | Event::Aborted { who, at, .. }
        | Event::Adopted { who, at, .. }
        | Event::Retried { who, at }
        | Event::Released { who, at, .. }
        | Event::FinaliseApproved { who, at, .. } => (Some(who), Some(*at)),
        other => (None, other.moment()),
    }
}
