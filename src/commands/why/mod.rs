//! `caravan why`: from a line of the tree back to what a cloud or a file said.

mod answer;
mod decided;
mod evidence;
mod text;
mod traced;

use crate::commands::convert::in_tree;
use crate::config::Config;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::lifting::Estate;
use crate::printer::Printer;
use crate::{decisions, inventory_db};
use camino::{Utf8Path, Utf8PathBuf};
use caravan_convert::{App, Platform};
use caravan_inventory::Decisions;
use caravan_inventory_store::Store;
use caravan_tui::PreviewText;
use clap::Args;
use std::str::FromStr;
use traced::Traced;

pub(crate) use answer::Answer;
pub(crate) use traced::unrendered;

/// Say where a line of the tree comes from: the rule, the field of the source, the evidence and the decision behind it
///
/// Without LINE, of every line. It asks what is converted now; a line that somebody changed is said to be theirs, and one that would
/// not be written any more is said to be outdated.
#[derive(Args, Debug)]
pub(crate) struct WhyArgs {
    /// A file of the tree, and a line in it: deployment/teams/shop/apps/web/prod/manifests.yaml:12
    #[arg(value_name = "FILE[:LINE]")]
    place: Place,
    /// Where the tree stands; without it, beside caravan.yaml
    #[arg(long, value_name = "DIR")]
    out: Option<Utf8PathBuf>,
}

/// A file, and a line in it.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Place {
    file: Utf8PathBuf,
    line: Option<usize>,
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.rsplit_once(':') {
            Some((file, line)) if !file.is_empty() && line.chars().all(|c| c.is_ascii_digit()) => match line.parse() {
                Ok(0) | Err(_) => Err("lines are counted from 1".to_owned()),
                Ok(line) => Ok(Self { file: file.into(), line: Some(line) }),
            },
            _ => Ok(Self { file: text.into(), line: None }),
        }
    }
}

/// Runs the command.
///
/// # Errors
/// When the file is of no app of the inventory, has no such line, or the inventory can't be read.
pub(crate) fn run(global: &Global, printer: &Printer, args: &WhyArgs) -> Result<Exit, Failure> {
    let platform = Config::load(&global.dir)?.platform;
    let decided = decisions::load(&global.dir)?;
    let store = inventory_db::open(&global.dir)?;
    let out = args.out.as_deref().unwrap_or(&global.dir);
    let path = in_tree(&args.place.file, out).into_string();
    let traced = Traced::new(&store, &decided, &platform, out, &path)?;
    let mut answer = answer::answer(&store, &decided, &platform, &traced)?;
    if let Some(line) = args.place.line {
        let lines = answer.lines.len();
        answer.lines.retain(|one| one.line == line);
        if answer.lines.is_empty() {
            return Err(Failure::new(FailureKind::Usage, format!("{path} has {lines} lines, and no line {line}")));
        }
    }
    if printer.is_json() {
        printer.json(&answer)?;
    } else {
        printer.text(|out| text::write(out, &answer))?;
    }
    Ok(Exit::Done)
}

/// A file of an app, line by line, as `run` tells it.
///
/// # Errors
/// As [`run`].
pub(crate) fn of_file(
    store: &Store,
    decided: &Decisions,
    platform: &Platform,
    (estate, app): (&Estate, &App),
    out: &Utf8Path,
    path: &str,
) -> Result<PreviewText, Failure> {
    let lifted = estate.lift_members(store, app, decided)?;
    let traced = Traced::of(app.clone(), lifted, platform, out, path)?;
    let answer = answer::answer(store, decided, platform, &traced)?;
    let lines = answer.lines.iter().map(text::preview_line).collect();
    Ok(PreviewText { path: answer.file, there: answer.there, lines })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stands_behind_the_last_colon() {
        let place = |file: &str, line| Ok(Place { file: file.into(), line });
        assert_eq!("a/b.yaml:12".parse(), place("a/b.yaml", Some(12)));
        assert_eq!("a/b.yaml".parse(), place("a/b.yaml", None));
        assert_eq!("a:b/c.yaml".parse(), place("a:b/c.yaml", None));
        assert!("a/b.yaml:0".parse::<Place>().is_err());
    }
}
