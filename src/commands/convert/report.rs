//! The report of a conversion.

use crate::error::Failure;
use crate::exit::Exit;
use crate::printer::{Printer, printable};
use crate::tree::FileOutcome;
use camino::Utf8Path;
use caravan_convert::{Conflict, Converted, Refused};
use caravan_convert_lift::{Counts, Evidence, HostVerdict, Verdict};
use caravan_inventory::{QuestionId, WorkloadId};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// More workloads than this that share a reason are counted instead of named.
const SHARED: usize = 5;

/// What a conversion ends with.
pub(crate) struct ConversionReport {
    check: bool,
    workloads: u64,
    fields: Counts,
    tree: FileOutcome,
    refused: Vec<Refused>,
    conflicts: Vec<Conflict>,
    hosts: BTreeMap<WorkloadId, HostVerdict>,
    /// Many workloads may share one.
    questions: BTreeSet<QuestionId>,
    stale: Vec<String>,
    remains: Vec<String>,
}

/// `caravan.convert/v1`.
#[derive(Serialize)]
pub(crate) struct Document<'a> {
    schema: &'static str,
    workloads: u64,
    fields: Counts,
    files: u64,
    refused: Vec<RefusedRow<'a>>,
    conflicts: Vec<ConflictRow<'a>>,
    /// What is to become of machines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    verdicts: Vec<VerdictRow<'a>>,
    questions: u64,
    /// How many files were written: the others were there already.
    written: u64,
    /// With `--check`, the files that are missing or differ.
    differences: &'a [String],
    /// Folders of apps that no workload is lifted to any more.
    stale: &'a [String],
    /// Names at which a weighted pair of a cutover stands, until its run is finalised or taken back.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    remains: &'a [String],
}

#[derive(Serialize)]
struct RefusedRow<'a> {
    source: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct VerdictRow<'a> {
    source: &'a str,
    verdict: Verdict,
    evidence: &'a [Evidence],
}

#[derive(Serialize)]
struct ConflictRow<'a> {
    path: &'a str,
    reason: &'a str,
}

impl<'a> RefusedRow<'a> {
    fn of(refused: &'a Refused) -> Self {
        Self { source: refused.source.as_str(), reason: &refused.reason }
    }
}

impl<'a> VerdictRow<'a> {
    fn of((source, host): (&'a WorkloadId, &'a HostVerdict)) -> Self {
        Self { source: source.as_str(), verdict: host.verdict, evidence: &host.evidence }
    }
}

impl<'a> ConflictRow<'a> {
    fn of(conflict: &'a Conflict) -> Self {
        Self { path: &conflict.path, reason: &conflict.reason }
    }
}

impl ConversionReport {
    /// Nothing yet.
    pub(crate) fn new(check: bool) -> Self {
        Self {
            check,
            workloads: 0,
            fields: Counts::default(),
            tree: FileOutcome::default(),
            refused: Vec::new(),
            conflicts: Vec::new(),
            hosts: BTreeMap::new(),
            questions: BTreeSet::new(),
            stale: Vec::new(),
            remains: Vec::new(),
        }
    }

    /// Adds one app.
    pub(super) fn add(&mut self, converted: Converted) {
        self.workloads += converted.workloads;
        self.fields += converted.fields;
        self.refused.extend(converted.refused);
        self.conflicts.extend(converted.conflicts);
        self.hosts.extend(converted.hosts);
        self.questions.extend(converted.questions.into_iter().map(|question| question.id));
    }

    /// Takes what became of the files, and sorts what came app by app.
    pub(super) fn finish(&mut self, tree: FileOutcome, stale: Vec<String>, remains: Vec<String>) {
        self.tree = tree;
        self.stale = stale;
        self.remains = remains;
        self.refused.sort_by(|one, other| one.source.cmp(&other.source));
        self.conflicts.sort_by(|one, other| one.path.cmp(&other.path));
    }

    /// The most severe outcome.
    pub(crate) fn exit(&self) -> Exit {
        if !self.conflicts.is_empty() {
            Exit::Failed
        } else if !self.refused.is_empty() || self.fields.unknown > 0 {
            Exit::NotReady
        } else if self.check && !self.tree.differences.is_empty() {
            Exit::Differences
        } else {
            Exit::Done
        }
    }

    /// Says it.
    ///
    /// # Errors
    /// When standard output takes no more.
    pub(crate) fn tell(&self, printer: &Printer, out: &Utf8Path) -> Result<(), Failure> {
        if printer.is_json() {
            return printer.json(&self.document());
        }
        printer.text(|stdout| self.write(stdout, out, printer.is_verbose()))?;
        self.advise(printer);
        Ok(())
    }

    /// As JSON.
    pub(crate) fn document(&self) -> Document<'_> {
        Document {
            schema: "caravan.convert/v1",
            workloads: self.workloads,
            fields: self.fields,
            files: self.tree.files,
            refused: self.refused.iter().map(RefusedRow::of).collect(),
            conflicts: self.conflicts.iter().map(ConflictRow::of).collect(),
            verdicts: self.hosts.iter().map(VerdictRow::of).collect(),
            questions: self.questions.len() as u64,
            written: self.tree.written,
            differences: &self.tree.differences,
            stale: &self.stale,
            remains: &self.remains,
        }
    }

    /// As text.
    ///
    /// # Errors
    /// When it is not taken.
    pub(crate) fn write(&self, stdout: &mut impl Write, out: &Utf8Path, verbose: bool) -> io::Result<()> {
        let refused: BTreeSet<_> = self.refused.iter().map(|one| &one.source).collect();
        let converted = self.workloads.saturating_sub(refused.len() as u64);
        writeln!(stdout, "workloads  {} of {} converted", converted, self.workloads)?;
        let Counts { exact, approximated, dropped, question, blocker, unknown } = self.fields;
        writeln!(
            stdout,
            "fields     {exact} exact, {approximated} approximated, {dropped} dropped by rule, {question} asked about, \
             {blocker} blockers, {unknown} unknown"
        )?;
        let FileOutcome { files, written, differences } = &self.tree;
        if self.check {
            writeln!(stdout, "files      {files}, {} differ from {out}", differences.len())?;
        } else {
            writeln!(
                stdout,
                "files      {files} in {out}, {written} written, {} as they were",
                files.saturating_sub(*written)
            )?;
        }
        writeln!(stdout, "questions  {} open", self.questions.len())?;
        section(stdout, "differences", differences.iter().cloned())?;
        section(stdout, "refused", self.refused_lines(verbose).into_iter())?;
        section(stdout, "machines", self.machine_lines().into_iter())?;
        section(stdout, "no longer lifted", self.stale.iter().cloned())?;
        section(stdout, "weighted by a cutover that is not finalised", self.remains.iter().cloned())?;
        section(stdout, "conflicts", self.conflicts.iter().map(|one| format!("{}: {}", one.path, one.reason)))
    }

    /// One line for each workload and reason; where many share a reason and nobody asked for more, one for all of them.
    fn refused_lines(&self, verbose: bool) -> Vec<String> {
        let mut by_reason: BTreeMap<&str, Vec<&Refused>> = BTreeMap::new();
        for one in &self.refused {
            by_reason.entry(&one.reason).or_default().push(one);
        }
        let is_shared = |reason: &str| !verbose && by_reason.get(reason).is_some_and(|all| all.len() > SHARED);
        let apart = self.refused.iter().filter(|one| !is_shared(&one.reason));
        let together = by_reason.iter().filter(|(reason, _)| is_shared(reason));
        apart
            .map(|one| format!("{}: {}", one.source, one.reason))
            .chain(together.map(|(reason, all)| format!("{} workloads: {reason}", all.len())))
            .collect()
    }

    /// How many machines have each verdict.
    fn machine_lines(&self) -> Vec<String> {
        let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
        self.hosts.values().for_each(|host| *counts.entry(host.verdict).or_default() += 1);
        counts.into_iter().map(|(verdict, count)| format!("{}: {count}", verdict.word())).collect()
    }

    fn advise(&self, printer: &Printer) {
        if !self.questions.is_empty() {
            printer.hint("`caravan decide` lists the open questions and takes the answers");
        }
        if self.fields.unknown > 0 {
            printer.warning("fields that no API model has: look for `unknown` in the ledger");
        }
        if !self.stale.is_empty() {
            printer.warning(
                "what is no longer lifted was left as it is; applied, it would run beside its successor: remove it",
            );
        }
        if !self.remains.is_empty() {
            printer.hint(
                "`caravan cutover status` says which run they are of, and what turns them into what stood there before",
            );
        }
        if !self.conflicts.is_empty() {
            printer
                .warning("files in conflict were left as they are; bring both versions together, then convert again");
        }
    }
}

fn section(out: &mut impl Write, title: &str, lines: impl ExactSizeIterator<Item = String>) -> io::Result<()> {
    if lines.len() == 0 {
        return Ok(());
    }
    writeln!(out, "\n{title}")?;
    for line in lines {
        writeln!(out, "  {}", printable(&line))?;
    }
    Ok(())
}
