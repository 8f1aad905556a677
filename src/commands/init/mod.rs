//! `caravan init`: the beginning.

mod aws;
pub(crate) mod ignored;
mod template;

use crate::config::Config;
use crate::error::Failure;
use crate::exit::Exit;
use crate::files;
use crate::global::{Global, quoted};
use crate::permit::WritePermit;
use crate::printer::Printer;
use camino::Utf8Path;
use clap::Args;
use serde::Serialize;
use std::io::Write as _;

/// Write a caravan.yaml with comments, and keep keys and databases out of Git
///
/// The region and the profile come from the environment, the account from AWS, where the environment has credentials. A file
/// that is there already stays as it is; a .gitignore gets the lines that it lacks.
#[derive(Args, Debug)]
pub(crate) struct InitArgs {
    /// Don't ask AWS whose the credentials are
    #[arg(long)]
    offline: bool,
}

/// `caravan.init/v1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    /// What was written, or got lines.
    written: &'a [String],
    /// What was there and stayed.
    kept: &'a [String],
    /// The account that is in the file; null where AWS was not asked, or could not tell.
    account: Option<&'a str>,
    /// The next command.
    next: &'a str,
}

/// Runs the command.
///
/// # Errors
/// When the folder or a file can't be written.
pub(crate) fn run(global: &Global, printer: &Printer, args: &InitArgs) -> Result<Exit, Failure> {
    let permit = WritePermit::ask(global, "writing caravan.yaml")?;
    let (mut written, mut kept) = (Vec::new(), Vec::new());
    make(&global.dir, &permit)?;
    let path = Config::path(&global.dir);
    let account = if path.exists() {
        kept.push(path.to_string());
        None
    } else {
        let found = aws::find(args.offline)?;
        files::replace(&path, template::text(&found).as_bytes())?;
        written.push(path.to_string());
        found.said.iter().for_each(|text| printer.note(text));
        found.account
    };
    let ignore = crate::paths::within(&global.dir, ignored::FILE);
    if ignored::complete(&ignore)? { &mut written } else { &mut kept }.push(ignore.to_string());
    let (next, lines) = next(&global.dir)?;
    if printer.is_json() {
        let account = account.as_deref();
        printer.json(&Document { schema: "caravan.init/v1", written: &written, kept: &kept, account, next: &next })?;
    } else {
        printer.text(|out| {
            written.iter().try_for_each(|file| writeln!(out, "wrote {file}"))?;
            kept.iter().try_for_each(|file| writeln!(out, "kept {file} as it is"))?;
            lines.iter().try_for_each(|line| writeln!(out, "{line}"))
        })?;
    }
    Ok(Exit::Done)
}

/// Makes the folder.
#[expect(clippy::disallowed_methods, reason = "the folder is what the command was asked to begin")]
fn make(dir: &Utf8Path, _permit: &WritePermit) -> Result<(), Failure> {
    std::fs::create_dir_all(dir).map_err(|error| files::failure(dir, error))
}

/// What comes next: the command as it can be pasted, and for people two lines, on each of which a command stands alone. With accounts, they
/// are read; without any, files.
fn next(dir: &Utf8Path) -> Result<(String, [String; 2]), Failure> {
    let at = if dir == "." { String::new() } else { format!(" --dir {}", quoted(dir.as_str())) };
    if Config::load(dir)?.accounts.is_empty() {
        let command = format!("caravan{at} discover --files PATH");
        let instead = format!("or, to read a cloud: name its accounts in {}", Config::path(dir));
        return Ok((command.clone(), [format!("next: {command}"), instead]));
    }
    let (first, second) = (format!("caravan{at} doctor"), format!("caravan{at} discover"));
    Ok((format!("{first} && {second}"), [format!("next: {first}"), format!("then: {second}")]))
}
