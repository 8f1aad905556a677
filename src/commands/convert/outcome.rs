//! The outcome of a conversion as text and as JSON.

use super::changes::Change;
use super::commit::CommitRow;
use super::finding::Finding;
use super::machines::VerdictRow;
use super::prove::Told;
use super::report::{ConversionReport, closed_text};
use super::shared::SharedRow;
use crate::error::Failure;
use crate::printer::{Printer, printable};
use crate::tree::FileOutcome;
use camino::Utf8Path;
use caravan_convert::{Closed, Conflict, Refused};
use caravan_convert_lift::Counts;
use caravan_inventory::{Standing, refusal_id};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// More workloads than this that share a reason are counted instead of named.
const SHARED: usize = 5;

/// What keeps a check from being green, apart: `differs` alone ends it with 10, `conflicts` with 1, the others with 11.
#[derive(Clone, Copy, Debug, JsonSchema, Serialize)]
pub(crate) struct Open {
    /// Files of a human into which what is new could not be brought.
    pub(super) conflicts: u64,
    /// Fields that no API model has.
    pub(super) unaccounted: u64,
    /// Workloads that are not converted, which nobody accepted.
    pub(super) refused: u64,
    /// Apps that ask who callers are in an environment in which nobody says it: nobody comes in.
    pub(super) closed: u64,
    /// Questions that nobody answered or accepted; they end a check alone with 11.
    pub(super) unanswered: u64,
    /// With `--check`, files that are missing or differ.
    pub(super) differs: u64,
    /// Of the refused and unanswered, those that somebody accepted until a day that has passed.
    pub(super) expired: u64,
}

/// `caravan.convert/v1`.
#[derive(JsonSchema, Serialize)]
pub(crate) struct Document<'a> {
    #[schemars(extend("const" = "caravan.convert/v1"))]
    schema: &'static str,
    /// How many workloads were converted.
    workloads: u64,
    /// How many there are, those that were refused with them.
    workloads_found: u64,
    fields: Counts,
    files: u64,
    refused: Vec<RefusedRow<'a>>,
    conflicts: Vec<ConflictRow<'a>>,
    /// Apps that ask who callers are while nobody says it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    closed: Vec<ClosedRow<'a>>,
    questions: u64,
    open: Open,
    /// What is open and was accepted.
    accepted: Vec<AcceptedRow<'a>>,
    /// What is open and was accepted until a day that has passed.
    expired: Vec<AcceptedRow<'a>>,
    /// How many files were written: the others were there already.
    written: u64,
    /// With `--check`, the files that are missing or differ.
    differences: &'a [String],
    /// With `--check`, everything that keeps it from being green or is accepted, with its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<&'a [Finding]>,
    /// With `--diff`, what would change in each file.
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<ChangeRow<'a>>>,
    /// Folders of apps that no workload is lifted to any more.
    stale: &'a [String],
    /// Lists of the clouds that the inventory has not whole: what they name may be missing.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    unread: &'a [String],
    /// Files of what lies under the apps that are not made any more.
    platform_stale: &'a [String],
    /// Parts of the platform that are left out, since nobody has told what must stand there.
    left_out: Vec<UntoldRow<'a>>,
    /// Names at which a weighted pair of a cutover stands, until its run is finalised or taken back.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    remains: &'a [String],
    terraform: SharedRow<'a>,
    /// What is to become of machines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    verdicts: Vec<VerdictRow<'a>>,
    /// With `--prove`, whether Workers answer as their originals.
    #[serde(skip_serializing_if = "Option::is_none")]
    proof: Option<&'a Told>,
    /// With `--commit`, the commits that were made; a repository in which nothing is different has none.
    #[serde(skip_serializing_if = "<[CommitRow]>::is_empty")]
    commits: &'a [CommitRow],
}

#[derive(JsonSchema, Serialize)]
struct UntoldRow<'a> {
    what: &'a str,
    remedy: &'a str,
}

#[derive(JsonSchema, Serialize)]
struct RefusedRow<'a> {
    source: &'a str,
    reason: &'a str,
    /// By which it can be accepted.
    id: String,
    /// Whether it is accepted today.
    accepted: bool,
}

#[derive(JsonSchema, Serialize)]
struct ConflictRow<'a> {
    path: &'a str,
    reason: &'a str,
}

#[derive(JsonSchema, Serialize)]
struct ClosedRow<'a> {
    /// The plconfig.
    path: &'a str,
    environment: &'a str,
    /// Its components that let nobody in where they ask.
    components: &'a [String],
    reason: String,
}

/// One acceptance.
#[derive(JsonSchema, Serialize)]
pub(super) struct AcceptedRow<'a> {
    pub(super) id: &'a str,
    #[schemars(with = "String")]
    pub(super) until: Date,
    pub(super) reason: &'a str,
}

#[derive(JsonSchema, Serialize)]
struct ChangeRow<'a> {
    path: &'a str,
    missing: bool,
    diff: &'a str,
}

impl<'a> RefusedRow<'a> {
    fn of((refused, standing): &'a (Refused, Standing)) -> Self {
        let Refused { source, reason } = refused;
        Self { source: source.as_str(), reason, id: refusal_id(source).to_string(), accepted: standing.is_accepted() }
    }
}

impl<'a> ConflictRow<'a> {
    fn of(conflict: &'a Conflict) -> Self {
        Self { path: &conflict.path, reason: &conflict.reason }
    }
}

impl<'a> ClosedRow<'a> {
    fn of(closed: &'a Closed) -> Self {
        let Closed { path, environment, components } = closed;
        Self { path, environment: environment.as_str(), components, reason: closed_text(closed) }
    }
}

impl<'a> ChangeRow<'a> {
    fn of(change: &'a Change) -> Self {
        Self { path: &change.path, missing: change.missing, diff: &change.diff }
    }
}

impl ConversionReport {
    /// Says it, for people.
    ///
    /// # Errors
    /// When standard output takes no more.
    pub(super) fn tell(&self, printer: &Printer, out: &Utf8Path, diff: bool) -> Result<(), Failure> {
        printer.text(|stdout| {
            self.write(stdout, out, printer.is_verbose())?;
            if diff {
                self.changes().iter().try_for_each(|change| write!(stdout, "\n{}", change.shown()))?;
            }
            Ok(())
        })?;
        self.advise(printer);
        Ok(())
    }

    /// As JSON; `diff` says whether what would change in each file belongs to it.
    pub(crate) fn document(&self, diff: bool) -> Document<'_> {
        Document {
            schema: "caravan.convert/v1",
            workloads: self.converted(),
            workloads_found: self.found,
            fields: self.fields,
            files: self.tree.files,
            refused: self.refused.iter().map(RefusedRow::of).collect(),
            conflicts: self.conflicts.iter().map(ConflictRow::of).collect(),
            closed: self.closed.iter().map(ClosedRow::of).collect(),
            questions: self.questions.len() as u64,
            open: self.open(),
            accepted: self.acceptances(Standing::is_accepted),
            expired: self.acceptances(|standing| matches!(standing, Standing::Expired(_))),
            written: self.tree.written,
            differences: &self.tree.differences,
            findings: self.check.then(|| self.findings()),
            changes: diff.then(|| self.changes().iter().map(ChangeRow::of).collect()),
            stale: &self.stale,
            unread: &self.unread,
            platform_stale: &self.platform_stale,
            left_out: self.untold.iter().map(|one| UntoldRow { what: &one.what, remedy: &one.remedy }).collect(),
            remains: &self.remains,
            terraform: self.shared.row(),
            verdicts: self.hosts.iter().map(VerdictRow::of).collect(),
            proof: self.proof.as_ref(),
            commits: &self.commits,
        }
    }

    /// The outcome in one line.
    pub(super) fn outcome_line(&self) -> String {
        let Open { conflicts, unaccounted, refused, closed, unanswered, differs, expired } = self.open();
        let accepted = self.acceptances(Standing::is_accepted).len();
        format!(
            "{} of {} workloads converted; {differs} files differ, {unaccounted} fields unaccounted for, {unanswered} \
             questions unanswered, {refused} workloads refused, {closed} apps closed, {conflicts} conflicts; {accepted} accepted, {expired} expired",
            self.converted(),
            self.found
        )
    }

    /// As text.
    ///
    /// # Errors
    /// When it is not taken.
    pub(crate) fn write(&self, stdout: &mut impl Write, out: &Utf8Path, verbose: bool) -> io::Result<()> {
        writeln!(stdout, "workloads  {} of {} converted", self.converted(), self.found)?;
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
        if let Some(proof) = &self.proof {
            proof.write(stdout)?;
        }
        let accepted = self.acceptances(Standing::is_accepted);
        if !accepted.is_empty() {
            writeln!(stdout, "accepted   {} of what is open", accepted.len())?;
        }
        section(stdout, "committed", self.commits.iter().map(CommitRow::line))?;
        section(stdout, "differences", differences.iter().cloned())?;
        section(stdout, "refused", self.refused_lines(verbose).into_iter())?;
        section(stdout, "machines", self.machine_lines().into_iter())?;
        section(stdout, "not in Terraform", self.shared.left_out_lines(verbose).into_iter())?;
        let expired = self.acceptances(|standing| matches!(standing, Standing::Expired(_)));
        let line = |one: &AcceptedRow<'_>| format!("{}: until {}: {}", one.id, one.until, one.reason);
        section(stdout, "accepted until a day that has passed", expired.iter().map(line))?;
        section(stdout, "no longer lifted", self.stale.iter().cloned())?;
        section(stdout, "of the platform, no longer made", self.platform_stale.iter().cloned())?;
        let untold: Vec<String> = self.untold.iter().map(|one| format!("{}: {}", one.what, one.remedy)).collect();
        section(stdout, "left out of the platform until it is told", untold.into_iter())?;
        section(stdout, "weighted by a cutover that is not finalised", self.remains.iter().cloned())?;
        let closed: Vec<String> = self.closed.iter().map(|one| format!("{}: {}", one.path, closed_text(one))).collect();
        section(stdout, "closed until it is told", closed.into_iter())?;
        section(stdout, "conflicts", self.conflicts.iter().map(|one| format!("{}: {}", one.path, one.reason)))
    }

    /// One line for each workload and reason; where many share a reason and nobody asked for more, one for all of them.
    fn refused_lines(&self, verbose: bool) -> Vec<String> {
        let mut by_reason: BTreeMap<(&str, bool), Vec<&Refused>> = BTreeMap::new();
        for (one, standing) in &self.refused {
            by_reason.entry((&one.reason, standing.is_accepted())).or_default().push(one);
        }
        let note = |accepted: bool| if accepted { " (accepted)" } else { "" };
        let is_shared = |all: &Vec<&Refused>| !verbose && all.len() > SHARED;
        let apart = by_reason.iter().filter(|(_, all)| !is_shared(all));
        let mut lines: Vec<String> = apart
            .flat_map(|((reason, accepted), all)| {
                all.iter().map(move |one| format!("{}: {reason}{}", one.source, note(*accepted)))
            })
            .collect();
        lines.sort();
        let together = by_reason.iter().filter(|(_, all)| is_shared(all));
        lines.extend(
            together.map(|((reason, accepted), all)| format!("{} workloads: {reason}{}", all.len(), note(*accepted))),
        );
        lines
    }

    fn advise(&self, printer: &Printer) {
        let open = self.open();
        if open.unanswered > 0 {
            printer.hint("`caravan decide` lists the open questions and takes the answers");
        }
        if self.check && open.unanswered + open.refused > 0 {
            printer.hint(
                "what may stay as it is for a time: caravan decide --accept ID --until DATE --reason TEXT; `*` in ID is any text",
            );
        }
        if open.unaccounted > 0 {
            printer.warning("fields that no API model has: look for `unknown` in the ledger");
        }
        for stray in self.strays() {
            printer.warning(&format!("decisions.yaml accepts {stray}, which is not open: remove it"));
        }
        if !self.unread.is_empty() {
            const SHOWN: usize = 3;
            let more = self.unread.len().saturating_sub(SHOWN);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let shown = self.unread.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("; ");
            printer.warning(&format!("not read whole, so what is named there may be missing: {shown}{more}"));
            printer.hint("`caravan inventory coverage --incomplete` has all of them, with the reasons");
        }
        if self.may_miss_apps() {
            printer.warning(
                "apps of the tree are not in the inventory, and may be there all the same: nothing below deployment/platform and of the \
                 jails was changed; scan again before anything is removed",
            );
        } else if !self.stale.is_empty() {
            printer.warning(
                "what is no longer lifted was left as it is; applied, it would run beside its successor: remove it",
            );
        }
        if !self.platform_stale.is_empty() {
            printer.warning("files of the platform that are no longer made were left as they are: remove them");
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
