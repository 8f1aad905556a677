//! The report of a conversion.

use crate::error::Failure;
use crate::exit::Exit;
use crate::printer::{Printer, printable};
use crate::tree::FileOutcome;
use camino::Utf8Path;
use caravan_convert::{Conflict, Converted, LeftOut, Refused, SharedConverted, Unmanaged};
use caravan_convert_lift::Counts;
use caravan_inventory::QuestionId;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// More than this that share a reason are counted instead of named.
const SHARED: usize = 5;

/// What a conversion ends with.
pub(crate) struct ConversionReport {
    check: bool,
    workloads: u64,
    fields: Counts,
    tree: FileOutcome,
    refused: Vec<Refused>,
    conflicts: Vec<Conflict>,
    /// Many workloads may share one.
    questions: BTreeSet<QuestionId>,
    stale: Vec<String>,
    remains: Vec<String>,
    shared: Shared,
}

/// What became of what workloads share.
#[derive(Default)]
struct Shared {
    fields: Counts,
    adopted: u64,
    added: u64,
    left_out: Vec<LeftOut>,
    unmanaged: Vec<Unmanaged>,
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
    terraform: SharedRow<'a>,
}

/// What is shared, in Terraform.
#[derive(Serialize)]
struct SharedRow<'a> {
    /// How many resources of Terraform are taken over by an `import` block.
    adopted: u64,
    /// How many are added.
    added: u64,
    /// How the fields of what is shared ended.
    fields: Counts,
    /// What is not in Terraform.
    left_out: Vec<LeftOutRow<'a>>,
    /// Arguments that Terraform is told to leave as they are.
    unmanaged: Vec<UnmanagedRow<'a>>,
}

#[derive(Serialize)]
struct LeftOutRow<'a> {
    id: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct UnmanagedRow<'a> {
    argument: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct RefusedRow<'a> {
    source: &'a str,
    reason: &'a str,
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
            questions: BTreeSet::new(),
            stale: Vec::new(),
            remains: Vec::new(),
            shared: Shared::default(),
        }
    }

    /// Adds one app.
    pub(super) fn add(&mut self, converted: Converted) {
        self.workloads += converted.workloads;
        self.fields += converted.fields;
        self.refused.extend(converted.refused);
        self.conflicts.extend(converted.conflicts);
        self.questions.extend(converted.questions.into_iter().map(|question| question.id));
    }

    /// Adds what workloads share.
    pub(super) fn add_shared(&mut self, converted: SharedConverted) {
        let SharedConverted { fields, adopted, added, left_out, unmanaged, questions, conflicts, .. } = converted;
        self.shared = Shared { fields, adopted, added, left_out, unmanaged };
        self.questions.extend(questions.into_iter().map(|question| question.id));
        self.conflicts.extend(conflicts);
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
        } else if !self.refused.is_empty() || self.fields.unknown + self.shared.fields.unknown > 0 {
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
            questions: self.questions.len() as u64,
            written: self.tree.written,
            differences: &self.tree.differences,
            stale: &self.stale,
            remains: &self.remains,
            terraform: self.shared.row(),
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
        self.shared.write(stdout)?;
        writeln!(stdout, "questions  {} open", self.questions.len())?;
        section(stdout, "differences", differences.iter().cloned())?;
        section(stdout, "refused", self.refused_lines(verbose).into_iter())?;
        section(stdout, "not in Terraform", self.shared.left_out_lines(verbose).into_iter())?;
        section(stdout, "no longer lifted", self.stale.iter().cloned())?;
        section(stdout, "weighted by a cutover that is not finalised", self.remains.iter().cloned())?;
        section(stdout, "conflicts", self.conflicts.iter().map(|one| format!("{}: {}", one.path, one.reason)))
    }

    /// One line for each workload and reason; where many share a reason and nobody asked for more, one for all of them.
    fn refused_lines(&self, verbose: bool) -> Vec<String> {
        let lines = self.refused.iter().map(|one| (one.source.as_str(), one.reason.as_str()));
        by_reason(lines.collect(), "workloads", verbose)
    }

    fn advise(&self, printer: &Printer) {
        if !self.questions.is_empty() {
            printer.hint("`caravan decide` lists the open questions and takes the answers");
        }
        if self.fields.unknown + self.shared.fields.unknown > 0 {
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

impl Shared {
    fn row(&self) -> SharedRow<'_> {
        SharedRow {
            adopted: self.adopted,
            added: self.added,
            fields: self.fields,
            left_out: self.left_out.iter().map(|one| LeftOutRow { id: &one.id, reason: &one.reason }).collect(),
            unmanaged: self
                .unmanaged
                .iter()
                .map(|one| UnmanagedRow { argument: &one.argument, reason: &one.reason })
                .collect(),
        }
    }

    /// Nothing, where nothing is shared.
    fn write(&self, stdout: &mut impl Write) -> io::Result<()> {
        let Self { adopted, added, left_out, unmanaged, .. } = self;
        if *adopted + *added == 0 && left_out.is_empty() {
            return Ok(());
        }
        writeln!(
            stdout,
            "terraform  {adopted} taken over, {added} added, {} left out; {} arguments stay as they are",
            left_out.len(),
            unmanaged.len()
        )
    }

    fn left_out_lines(&self, verbose: bool) -> Vec<String> {
        let lines = self.left_out.iter().map(|one| (one.id.as_str(), one.reason.as_str()));
        by_reason(lines.collect(), "resources", verbose)
    }
}

/// One line for each thing and its reason; where many share a reason and nobody asked for more, one for all of them.
fn by_reason(all: Vec<(&str, &str)>, many: &str, verbose: bool) -> Vec<String> {
    let mut by_reason: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, reason) in &all {
        *by_reason.entry(reason).or_default() += 1;
    }
    let is_shared = |reason: &str| !verbose && by_reason.get(reason).is_some_and(|count| *count > SHARED);
    let apart = all.iter().filter(|(_, reason)| !is_shared(reason));
    let together = by_reason.iter().filter(|(reason, _)| is_shared(reason));
    apart
        .map(|(what, reason)| format!("{what}: {reason}"))
        .chain(together.map(|(reason, count)| format!("{count} {many}: {reason}")))
        .collect()
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
