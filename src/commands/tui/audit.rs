//! The journal of a run as the interface asks for it: a window of entries at a time, and with each question the chain of hashes is
//! verified a part further. The whole of a journal is never held.

use super::look::Look;
use crate::commands::cutover::{EntryTold, entry_lines};
use crate::error::{Failure, FailureKind};
use crate::journal_db::Journal;
use crate::{signals, waves};
use caravan_cutover::operator::time_text;
use caravan_cutover::{Audited, JournalError, LeaseBreak, SealRecord, Verified};
use caravan_cutover_engine::Moment;
use caravan_tui::{EntryRow, EntryText, JournalFacts, JournalPart, Window};

/// Entries that are verified with one question.
const EACH: usize = 500;

/// How far the chain of a run was verified, and what was found on the way.
#[derive(Default)]
pub(super) struct Chain {
    verified: Option<Verified>,
    /// The entries that people made.
    people: Vec<u64>,
    /// The first entry that does not fit.
    broken: Option<u64>,
    /// When and by whom its plan was sealed: that never changes.
    sealed: Option<Told>,
}

/// Something that was done, and when.
type Told = (Moment, String);

/// Entries from some place on, and the one that does not fit, where one does not.
struct Part {
    entries: Vec<Audited>,
    verified: Option<Verified>,
    broken: Option<u64>,
}

/// A window of the journal of a run, and what is known of the whole.
///
/// # Errors
/// When there is no such run, and those of reading.
pub(super) fn part(
    look: &mut Look,
    run: &str,
    people: bool,
    from: usize,
    limit: usize,
) -> Result<JournalPart, Failure> {
    let journal = journal(look)?;
    let entries = signals::block_on(journal.last_sequence(run))??;
    let chain = look.chains.entry(run.to_owned()).or_default();
    chain.verify_further(&journal, run, entries)?;
    let last = chain.broken.map_or(entries, |broken| broken - 1);
    let total = if people { chain.people.len() } else { usize::try_from(last).unwrap_or(usize::MAX) };
    let from = from.min(total);
    let limit = limit.min(total - from);
    let read = match people {
        true => {
            let mut each = Vec::new();
            for sequence in chain.people.iter().skip(from).take(limit) {
                each.extend(read_from(&journal, run, sequence - 1, 1)?.entries);
            }
            each
        }
        false => read_from(&journal, run, from as u64, limit)?.entries,
    };
    let facts = JournalFacts {
        entries,
        verified: chain.verified.map_or(0, |verified| verified.sequence),
        broken: chain.broken,
        beside: beside(&journal, run, &mut chain.sealed)?,
    };
    Ok(JournalPart { window: Window { total, from, rows: read.iter().map(row).collect() }, facts })
}

/// One entry whole.
///
/// # Errors
/// When there is no such entry, or it was changed, and those of reading.
pub(super) fn entry(look: &mut Look, run: &str, sequence: u64) -> Result<EntryText, Failure> {
    let journal = journal(look)?;
    let read = read_from(&journal, run, sequence.saturating_sub(1), 1)?;
    let audited = read.entries.first().ok_or_else(|| {
        Failure::new(FailureKind::Work, format!("run {run} has no entry {sequence} that fits its chain"))
    })?;
    let lines = entry_lines(audited).map_err(|error| Failure::caused(FailureKind::Work, error))?;
    Ok(EntryText { lines })
}

fn journal(look: &mut Look) -> Result<Journal, Failure> {
    look.journal()?.ok_or_else(|| Failure::new(FailureKind::Usage, "no wave was sealed yet, so there is no run"))
}

impl Chain {
    /// Verifies some entries more, up to the first that does not fit. What was changed behind that is not looked for.
    fn verify_further(&mut self, journal: &Journal, run: &str, entries: u64) -> Result<(), Failure> {
        let verified = self.verified.map_or(0, |verified| verified.sequence);
        if self.broken.is_some() || verified >= entries {
            return Ok(());
        }
        let part = read_after(journal, run, self.verified, EACH)?;
        let by_people = part.entries.iter().filter(|audited| EntryTold::of(&audited.entry).who.is_some());
        self.people.extend(by_people.map(|audited| audited.entry.sequence));
        (self.verified, self.broken) = (part.verified, part.broken);
        Ok(())
    }
}

/// Entries behind one of them, held against the chain as it is kept there; none where there is no such entry.
fn read_from(journal: &Journal, run: &str, after: u64, limit: usize) -> Result<Part, Failure> {
    let verified = signals::block_on(journal.chain_at(run, after))??;
    match verified {
        Some(verified) => read_after(journal, run, Some(verified), limit),
        None => Ok(Part { entries: Vec::new(), verified: None, broken: None }),
    }
}

/// Entries behind those that were verified, up to the first that does not fit.
fn read_after(journal: &Journal, run: &str, verified: Option<Verified>, limit: usize) -> Result<Part, Failure> {
    let before = verified.map_or(0, |verified| verified.sequence);
    let read = signals::block_on(journal.audit_after(run, verified, limit))?;
    let (read, broken) = match read {
        Err(JournalError::BrokenChain { sequence, .. }) => {
            let fitting = usize::try_from(sequence.saturating_sub(before + 1)).unwrap_or(usize::MAX);
            (signals::block_on(journal.audit_after(run, verified, fitting))?, Some(sequence))
        }
        read => (read, None),
    };
    let (entries, verified) = read?;
    Ok(Part { entries, verified: Some(verified), broken })
}

fn row(audited: &Audited) -> EntryRow {
    let EntryTold { at, who, event, detail } = EntryTold::of(&audited.entry);
    EntryRow {
        sequence: audited.entry.sequence,
        at: at.map(time_text).unwrap_or_default(),
        epoch: audited.entry.epoch,
        who: who.unwrap_or_default().to_owned(),
        event,
        detail,
    }
}

/// Who did what of a run outside of its entries, the oldest first.
fn beside(journal: &Journal, name: &str, sealed: &mut Option<Told>) -> Result<Vec<String>, Failure> {
    signals::block_on(async {
        let record = journal.run(name).await?;
        if sealed.is_none() {
            let seal = journal.seals().await?.into_iter().find(|seal| seal.hash == record.hash);
            *sealed = seal.map(|SealRecord { hash, wave, by, at, .. }| {
                (at, format!("plan {} of wave {wave} sealed by {by}", waves::short(&hash)))
            });
        }
        let mut told: Vec<Told> = sealed.iter().cloned().collect();
        told.extend(journal.approvals(&record.hash).await?.into_iter().map(|approval| {
            let reason = approval.reason.map(|reason| format!(": {reason}")).unwrap_or_default();
            (approval.at, format!("plan approved by {}{reason}", approval.who))
        }));
        told.push((record.created_at, format!("run created by Caravan {}", record.code_version)));
        told.extend(journal.lease_breaks(name).await?.into_iter().map(|broken| {
            let LeaseBreak { driver, epoch, who, at, reason } = broken;
            (at, format!("lease of driver {driver} (epoch {epoch}) broken by {who}: {reason}"))
        }));
        told.sort_by_key(|(at, _)| *at);
        Ok::<_, Failure>(told.into_iter().map(|(at, text)| format!("{} {text}", time_text(at))).collect())
    })?
}
