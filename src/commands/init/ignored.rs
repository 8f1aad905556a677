//! What must not come into Git.

use crate::error::{Failure, FailureKind, read_text};
use crate::{files, paths};
use camino::Utf8Path;

/// The file that says so.
pub(crate) const FILE: &str = ".gitignore";

/// The lines, with why. The databases have files beside them while they are open.
fn lines() -> [String; 5] {
    [
        format!("/{}", paths::KEY),
        format!("/{}*", paths::INVENTORY),
        format!("/{}*", paths::JOURNAL),
        format!("/{}/", paths::BACKUPS),
        format!("/{}/", paths::DRIVERS),
    ]
}

/// Adds the lines that a file lacks; whether any was lacking.
///
/// # Errors
/// When it can't be read or written.
pub(crate) fn complete(path: &Utf8Path) -> Result<bool, Failure> {
    let before = if path.exists() { read_text(path, FailureKind::Work)? } else { String::new() };
    let is_there =
        |line: &String| before.lines().any(|one| one.trim() == line || one.trim() == line.trim_start_matches('/'));
    let lacking: Vec<String> = lines().into_iter().filter(|line| !is_there(line)).collect();
    if lacking.is_empty() {
        return Ok(false);
    }
    let mut text = before;
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str("# Caravan: the key of the fingerprints, and databases that are made anew or kept elsewhere.\n");
    lacking.iter().for_each(|line| text.extend([line, "\n"]));
    files::replace(path, text.as_bytes())?;
    Ok(true)
}
