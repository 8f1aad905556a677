//! `people.yaml`: who is in which team, kept in Git by the user.

use crate::config::{self, Config};
use crate::error::{Failure, FailureKind, read_text};
use crate::{paths, yaml};
use camino::{Utf8Path, Utf8PathBuf};
use caravan_convert::people::{Mistake, keys_without_value};
use caravan_convert::{Company, People, Platform};
use std::process::Command;

/// The name of the file.
pub(crate) const FILE: &str = "people.yaml";

/// Where the file lies.
pub(crate) fn path(dir: &Utf8Path) -> Utf8PathBuf {
    paths::within(dir, FILE)
}

/// Reads the file; none where there is none: nothing of people is written then.
///
/// # Errors
/// A configuration failure that names the file, and every mistake with its field.
pub(crate) fn load(dir: &Utf8Path, platform: &Platform) -> Result<Option<Company>, Failure> {
    let path = path(dir);
    if let Ok(false) = path.try_exists() {
        return Ok(None);
    }
    parse(&path, &read_text(&path, FailureKind::Configuration)?, platform).map(Some)
}

/// Reads the text of a file.
///
/// # Errors
/// As [`load`].
pub(crate) fn parse(path: &Utf8Path, text: &str, platform: &Platform) -> Result<Company, Failure> {
    let file: People = yaml::parse(path, text)?;
    let empty = keys_without_value(text);
    if !empty.is_empty() {
        return Err(failure(path, &empty));
    }
    Company::of(&file, platform).map_err(|mistakes| failure(path, &mistakes))
}

fn failure(path: &Utf8Path, mistakes: &[Mistake]) -> Failure {
    let list: Vec<String> = mistakes.iter().map(|mistake| format!("{path}: {mistake}")).collect();
    Failure::new(FailureKind::Configuration, list.join("\n"))
}

/// What another state of the file said: a file, or the one of a revision of Git.
pub(crate) struct Earlier {
    /// What it is called: `HEAD:people.yaml`.
    pub(crate) name: String,
    /// None where there was no such file in the revision.
    pub(crate) company: Option<Company>,
}

/// Reads an earlier state: a file of this name, else the file beside caravan.yaml as a revision has it, with the settings that it
/// has beside it.
///
/// # Errors
/// When there is neither, or what is there is wrong.
pub(crate) fn earlier(dir: &Utf8Path, from: &str, platform: &Platform) -> Result<Earlier, Failure> {
    let file = Utf8Path::new(from);
    if file.is_file() {
        let company = parse(file, &read_text(file, FailureKind::Work)?, platform)?;
        return Ok(Earlier { name: from.to_owned(), company: Some(company) });
    }
    let usage = |text: String| Failure::new(FailureKind::Usage, text);
    if from.starts_with('-')
        || git(dir, &["rev-parse", "--verify", "--quiet", &format!("{from}^{{commit}}")])?.is_none()
    {
        return Err(usage(format!("`{from}` is no file, and no revision of the repository that {dir} is in"))
            .hint("compare with a file (`--from FILE`), or with a commit, branch or tag (`--from HEAD~1`)"));
    }
    let name = format!("{from}:{FILE}");
    let platform = match of_revision(dir, from, config::FILE)? {
        Some(text) => Config::parse(Utf8Path::new(&format!("{from}:{}", config::FILE)), &text)?.platform,
        None => Platform::default(),
    };
    let text = of_revision(dir, from, FILE)?;
    let company = text.map(|text| parse(Utf8Path::new(&name), &text, &platform)).transpose()?;
    Ok(Earlier { name, company })
}

/// A file beside caravan.yaml as a revision has it.
fn of_revision(dir: &Utf8Path, revision: &str, file: &str) -> Result<Option<String>, Failure> {
    git(dir, &["show", &format!("{revision}:./{file}")])
}

/// What Git says; nothing where it can't say it.
fn git(dir: &Utf8Path, args: &[&str]) -> Result<Option<String>, Failure> {
    let output = Command::new("git").arg("-C").arg(dir).args(args).output();
    let output = output.map_err(|error| {
        Failure::caused(FailureKind::Work, error)
            .context("can't run git, which knows what the file said before")
            .hint("install it, or compare with a file: `--from FILE`")
    })?;
    if !output.status.success() {
        return Ok(None);
    }
    let text = String::from_utf8(output.stdout).map_err(|error| {
        Failure::caused(FailureKind::Work, error).context(format!("git {}: the file is not UTF-8", args.join(" ")))
    })?;
    Ok(Some(text))
}
