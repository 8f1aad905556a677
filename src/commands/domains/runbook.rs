//! `caravan domains runbook`.

use super::known;
use crate::clock;
use crate::config::Config;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::files;
use crate::global::Global;
use crate::inventory_db;
use crate::permit::WritePermit;
use crate::printer::Printer;
use camino::Utf8PathBuf;
use caravan_inventory::Language;
use caravan_plans::domains::runbook::{Runbook, RunbookError, runbook};
use caravan_plans::domains::{FlagKind, flags};
use clap::Args;
use clap::builder::PossibleValuesParser;
use serde::Serialize;
use std::io::Write;

/// Write a customer's document: what to enter where, how to check it, when, the way back, whom to call
///
/// In Markdown on standard output; with --out also as a page that prints well. It is in the language that the list names for the
/// customer, else in English.
#[derive(Args, Debug)]
pub(crate) struct RunbookArgs {
    /// The hostname
    #[arg(value_name = "NAME")]
    name: String,
    /// The language, whatever the list says
    #[arg(long, value_parser = PossibleValuesParser::new(Language::ALL.map(Language::as_str)))]
    language: Option<String>,
    /// The page of HTML instead of Markdown
    #[arg(long, conflicts_with = "out")]
    html: bool,
    /// Write NAME.md and NAME.html into this folder, which is made if need be
    #[arg(long, value_name = "DIR")]
    out: Option<Utf8PathBuf>,
}

/// `caravan.domain-runbook/v1`.
#[derive(Serialize)]
struct Document {
    schema: &'static str,
    name: String,
    markdown: String,
    html: String,
    /// Where it was written to.
    files: Vec<String>,
}

/// Runs the command.
///
/// # Errors
/// When something is missing for the document: it says what, and where to say it.
pub(crate) fn run(global: &Global, printer: &Printer, args: &RunbookArgs) -> Result<Exit, Failure> {
    let store = inventory_db::open(&global.dir)?;
    let policy = Config::load(&global.dir)?.domains;
    let (domain, ours) = (known::one(&store, &args.name)?, known::ours(&store)?);
    let language = args.language.as_deref().and_then(Language::parse);
    let now = clock::now();
    let made = runbook(&domain, &ours, &policy, language, now).map_err(failure)?;
    let files = args.write(global, domain.name.as_str(), &made)?;
    if printer.is_json() {
        let Runbook { markdown, html } = made;
        let files = files.into_iter().map(Utf8PathBuf::into_string).collect();
        let name = domain.name.to_string();
        printer.json(&Document { schema: "caravan.domain-runbook/v1", name, markdown, html, files })?;
    } else if files.is_empty() {
        printer.text(|out| write!(out, "{}", if args.html { &made.html } else { &made.markdown }))?;
    } else {
        printer.text(|out| files.iter().try_for_each(|file| writeln!(out, "{file}")))?;
    }
    // What makes the document itself doubtful is said to whoever is about to send it.
    for flag in flags(&domain, &ours, &policy, now) {
        if matches!(flag.kind, FlagKind::Stale | FlagKind::AfterWindow | FlagKind::ServersDiffer) {
            printer.warning(&format!("{}: {}", flag.kind.as_str(), flag.text));
        }
    }
    Ok(Exit::Done)
}

impl RunbookArgs {
    fn write(&self, global: &Global, name: &str, made: &Runbook) -> Result<Vec<Utf8PathBuf>, Failure> {
        let Some(dir) = &self.out else { return Ok(Vec::new()) };
        let _permit = WritePermit::ask(global, "writing a document")?;
        create(dir).map_err(|error| files::failure(dir, error))?;
        // A `*` is no name for a file.
        let name = name.replace('*', "_wildcard");
        let mut written = Vec::new();
        for (extension, text) in [("md", &made.markdown), ("html", &made.html)] {
            let file = dir.join(format!("{name}.{extension}"));
            files::replace(&file, text.as_bytes())?;
            written.push(file);
        }
        Ok(written)
    }
}

#[expect(clippy::disallowed_methods, reason = "the folder that the user names")]
fn create(dir: &Utf8PathBuf) -> std::io::Result<()> {
    std::fs::create_dir_all(dir)
}

/// What is missing, and where to say it.
pub(super) fn failure(error: RunbookError) -> Failure {
    let (kind, hint) = match &error {
        RunbookError::NoClass { .. } => (FailureKind::NotReady, "look at it again: caravan domains inspect NAME"),
        RunbookError::NoMethod { .. } => {
            (FailureKind::NotReady, "what to say so that there is one: caravan domains plan -v")
        }
        RunbookError::NoCustomer { .. } => {
            (FailureKind::NotReady, "the columns of a list: caravan domains import --help")
        }
        RunbookError::NoWayBack { .. } => {
            (FailureKind::NotReady, "renew the certificate on the old edge first, or agree on another window")
        }
        RunbookError::Missing { .. } => (FailureKind::Configuration, "docs/domains.md has an example of `domains`"),
        RunbookError::Template(_) => (FailureKind::Work, "this is a defect of Caravan: please report it"),
    };
    Failure::caused(kind, error).hint(hint)
}
