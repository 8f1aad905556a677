//! `convert --commit`: the trees as a commit on a branch of the repositories that carry them.

use super::changes::{ChangedPlace, shortened};
use super::report::ConversionReport;
use crate::error::{Failure, FailureKind};
use crate::printer::Printer;
use camino::{Utf8Path, Utf8PathBuf};
use caravan_providers_network::git::{Checkout, Commit, FileChange, GitError, GitProgram};
use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt::Write as _;
use tempfile::TempDir;

/// What Argo CD's side carries: apps and what they stand on, contexts of images with the pipeline that builds them, and the account of
/// both.
const DEPLOYMENT: &[&str] = &[
    ".github/workflows/images-of-functions.yml",
    "deployment",
    "images",
    "ledger/ec2",
    "ledger/ecs",
    "ledger/lambda",
    "ledger/platform.json",
    "ledger/worker",
];

/// What Terraform's side carries.
const INFRASTRUCTURE: &[&str] = &["infrastructure", "ledger/terraform", "ledger/terraform.json"];

/// Both.
const BOTH: &[&str] =
    &[".github/workflows/images-of-functions.yml", "deployment", "images", "infrastructure", "ledger"];

/// Where commits go.
#[derive(Args, Debug, Default)]
#[command(next_help_heading = "Committing")]
pub(crate) struct CommitArgs {
    /// Commit to a branch of this repository, beside whatever anybody works at there, instead of writing into a folder
    #[arg(long, value_name = "REPO", requires = "branch", conflicts_with_all = ["out", "check"])]
    commit: Option<Utf8PathBuf>,
    /// Commit Terraform's side, infrastructure/ with its ledgers, to the branch of this other repository
    #[arg(long, value_name = "REPO", requires = "commit")]
    infrastructure: Option<Utf8PathBuf>,
    /// The branch; where there is none, it begins at origin's branch of that name, else at HEAD
    #[arg(long, value_name = "BRANCH", requires = "commit")]
    branch: Option<String>,
    /// Then push the branch to this remote, never by force; without it nothing is pushed
    #[arg(long, value_name = "REMOTE", requires = "commit")]
    push: Option<String>,
}

/// The branches that a conversion is committed to, each with its files in one folder.
pub(super) struct Committing<'a> {
    args: &'a CommitArgs,
    branch: &'a str,
    room: TempDir,
    checkouts: Vec<(&'a Utf8Path, Checkout<'static, GitProgram>)>,
}

/// A commit that was made, `commits[]` of `caravan.convert/v1`.
#[derive(Debug, JsonSchema, Serialize)]
pub(crate) struct CommitRow {
    /// The repository's folder, as it was given.
    #[schemars(with = "String")]
    repository: Utf8PathBuf,
    branch: String,
    #[serde(flatten)]
    commit: Commit,
    /// The remote that it was pushed to.
    pushed_to: Option<String>,
}

impl CommitArgs {
    /// Reads the branches into a folder; none where nothing is to be committed.
    ///
    /// # Errors
    /// When a repository or its branch can't be read.
    pub(super) fn open(&self) -> Result<Option<Committing<'_>>, Failure> {
        let (Some(repository), Some(branch)) = (&self.commit, &self.branch) else { return Ok(None) };
        let room =
            TempDir::with_prefix("caravan-commit-").map_err(|error| Failure::caused(FailureKind::Work, error))?;
        let place = folder(&room)?;
        std::fs::create_dir(place.join("files")).map_err(|error| Failure::caused(FailureKind::Work, error))?;
        let repositories = match &self.infrastructure {
            Some(infrastructure) => vec![(repository, DEPLOYMENT), (infrastructure, INFRASTRUCTURE)],
            None => vec![(repository, BOTH)],
        };
        let mut checkouts = Vec::new();
        for (at, (repository, parts)) in repositories.into_iter().enumerate() {
            let (files, index) = (place.join("files"), place.join(format!("index-{at}")));
            let opened = Checkout::open(&GitProgram, repository, branch, parts, &files, &index);
            checkouts.push((repository.as_path(), opened.map_err(|error| failure(repository, branch, error))?));
        }
        Ok(Some(Committing { args: self, branch, room, checkouts }))
    }
}

impl Committing<'_> {
    /// The folder into which it is converted.
    ///
    /// # Errors
    /// When its path is no UTF-8.
    pub(super) fn files(&self) -> Result<Utf8PathBuf, Failure> {
        Ok(folder(&self.room)?.join("files"))
    }

    /// Commits what was written, and moves the branches on. Where files of people are in conflict nothing is committed. Both commits are made
    /// before any branch moves.
    ///
    /// # Errors
    /// When Git does not take a commit, or somebody else moved a branch meanwhile.
    pub(super) fn finish(self, printer: &Printer, report: &ConversionReport) -> Result<Vec<CommitRow>, Failure> {
        if report.has_conflicts() {
            printer.warning("nothing was committed: files of people are in conflict");
            return Ok(Vec::new());
        }
        let mut made = Vec::new();
        for (repository, checkout) in &self.checkouts {
            let commit = checkout.commit(|files| message(files, report));
            match commit.map_err(|error| failure(repository, self.branch, error))? {
                Some(commit) => made.push((*repository, checkout, commit)),
                None => printer.note(&format!("{repository}: nothing is different on {}", self.branch)),
            }
        }
        let mut rows = Vec::new();
        for (repository, checkout, commit) in made {
            checkout
                .publish(&commit)
                .map_err(|error| failure(repository, self.branch, error).context(standing(&rows)))?;
            rows.push(CommitRow {
                repository: repository.to_owned(),
                branch: self.branch.to_owned(),
                commit,
                pushed_to: None,
            });
        }
        if let Some(remote) = &self.args.push {
            for (repository, checkout) in &self.checkouts {
                let Some(row) = rows.iter_mut().find(|row| row.repository == *repository) else { continue };
                checkout.push(remote).map_err(|error| {
                    failure(repository, self.branch, error).context("the branch has the commit and was not pushed")
                })?;
                row.pushed_to = Some(remote.clone());
            }
        }
        Ok(rows)
    }
}

impl CommitRow {
    /// In a line.
    pub(super) fn line(&self) -> String {
        let Self { repository, branch, commit, pushed_to } = self;
        let pushed = pushed_to.as_ref().map(|remote| format!(", pushed to {remote}")).unwrap_or_default();
        let hash = commit.hash.get(..10).unwrap_or(&commit.hash);
        format!("{hash} on {branch} of {repository}: {} files{pushed}", commit.files.len())
    }
}

/// What stands already when a second branch can't be moved.
fn standing(rows: &[CommitRow]) -> String {
    match rows.iter().map(CommitRow::line).collect::<Vec<_>>().join("; ") {
        none if none.is_empty() => "nothing was committed".to_owned(),
        some => format!("committed so far: {some}"),
    }
}

fn folder(room: &TempDir) -> Result<Utf8PathBuf, Failure> {
    Utf8PathBuf::from_path_buf(room.path().to_owned())
        .map_err(|path| Failure::new(FailureKind::Work, format!("{} is no UTF-8", path.display())))
}

fn failure(repository: &Utf8Path, branch: &str, error: GitError) -> Failure {
    let at = crate::global::quoted(repository.as_str());
    let (kind, hint) = match &error {
        GitError::NoProgram(_) => (FailureKind::Work, "install Git".to_owned()),
        GitError::NotARepository(_) => (FailureKind::Usage, format!("make it one: git -C {at} init")),
        GitError::BadBranch(_) => (FailureKind::Usage, "give `--branch` another name".to_owned()),
        GitError::NoCommit(_) => {
            (FailureKind::Usage, format!("make a first one: git -C {at} commit --allow-empty -m Begin"))
        }
        GitError::Behind { remote, .. } => (
            FailureKind::Work,
            format!(
                "bring them in: git -C {at} fetch . {}",
                crate::global::quoted(&format!("refs/remotes/{remote}:refs/heads/{branch}"))
            ),
        ),
        GitError::Moved { .. } => (FailureKind::Work, "convert again: it begins from what is there now".to_owned()),
        GitError::Ignored(_) => {
            (FailureKind::Work, format!("take what ignores them out of {at}/.gitignore: Git is the truth"))
        }
        GitError::Refused { .. } => (FailureKind::Work, "do what Git asks for, and convert again".to_owned()),
    };
    Failure::caused(kind, error).hint(hint)
}

/// More files than this are counted: whoever reads a message wants to know what it is about.
const FILES: usize = 200;
/// More places of a file than this are counted, too.
const PLACES: usize = 6;

/// What changed, and why.
fn message(files: &[FileChange], report: &ConversionReport) -> String {
    let new = files.iter().filter(|file| file.is_new).count();
    let mut text = format!("Convert workloads: {new} files new, {} changed\n", files.len() - new);
    let mut say = |line: String| {
        // Memory takes whatever is written to it.
        let _written = writeln!(text, "{line}");
    };
    say(String::new());
    for file in files.iter().take(FILES) {
        say(format!("{} {}", if file.is_new { "new    " } else { "changed" }, file.path));
        let change = report.changes().iter().find(|change| change.path == file.path && !change.missing);
        let places = change.map(|change| change.places.as_slice()).unwrap_or_default();
        // A ledger follows what it accounts for.
        if file.path.starts_with("ledger/") {
            continue;
        }
        places.iter().take(PLACES).for_each(|place| say(format!("  {}", place_text(place))));
        if places.len() > PLACES {
            say(format!("  and {} places more", places.len() - PLACES));
        }
    }
    if files.len() > FILES {
        say(format!("and {} files more", files.len() - FILES));
    }
    let open = report.open();
    say(format!(
        "\n{} of {} workloads converted; open: {} questions, {} workloads refused, {} fields unaccounted for.",
        report.converted(),
        report.found,
        open.unanswered,
        open.refused,
        open.unaccounted
    ));
    text
}

/// What a place was and is, by which rule, and from which field of which source.
fn place_text(place: &ChangedPlace) -> String {
    let line = |line: &Option<String>| line.as_deref().map(|text| format!("`{}`", shortened(text)));
    let mut text = match (line(&place.before), line(&place.after)) {
        (Some(before), Some(after)) => format!("{before} is {after}"),
        (Some(before), None) => format!("{before} is gone"),
        (None, Some(after)) => format!("{after} is new"),
        (None, None) => "differs".to_owned(),
    };
    if let Some((_, says)) = place.rule {
        text.push_str(&format!(": {says}"));
    }
    if let Some(source) = &place.source {
        text.push_str(&format!(" (from {} of {})", source.pointer, source.document));
    }
    text
}
