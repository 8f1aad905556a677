//! What differs in a file, line by line, and where the new lines come from.

use super::finding::SourceField;
use crate::error::Failure;
use crate::origins;
use crate::printer::printable;
use camino::Utf8Path;
use caravan_convert::{Existing, File, Sources, Tree};
use caravan_providers_network::{Difference, compare_tree};
use diffy::{DiffOptions, Line};

/// A file that is not what would be written.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// Its path in the tree.
    pub(super) path: String,
    /// Whether there is no such file.
    pub(super) missing: bool,
    /// Each run of lines that differs.
    pub(super) places: Vec<ChangedPlace>,
    /// All of it as a unified diff, from what is there to what would be written.
    pub(super) diff: String,
}

/// Lines that stand together and differ.
#[derive(Clone, Debug, Default)]
pub(super) struct ChangedPlace {
    /// The first of them in the file that is there; of lines that are only added, the one before which they belong.
    pub(super) line: u32,
    /// The first line that goes away, and the first that comes.
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    /// The rule that writes the new line, and what it says; none where nothing is written there any more.
    pub(super) rule: Option<(&'static str, &'static str)>,
    /// The field of a source that the new line comes from.
    pub(super) source: Option<SourceField>,
}

/// What of an app's files differs from the disk; `files` say where their lines come from.
///
/// # Errors
/// When a file can't be read.
pub(super) fn of_app(
    out: &Utf8Path,
    existing: &dyn Existing,
    files: &Tree,
    sources: &Sources<'_>,
) -> Result<Vec<Change>, Failure> {
    let differing = compare_tree(out, files.iter())?;
    let change = |difference: &Difference| {
        let path = difference.path();
        let file = files.file(path)?;
        let there = existing.read(path).ok().flatten();
        Some(of_file(path, there.as_deref(), file, sources))
    };
    Ok(differing.iter().filter_map(change).collect())
}

fn of_file(path: &str, there: Option<&str>, file: &File, sources: &Sources<'_>) -> Change {
    let wanted = String::from_utf8_lossy(&file.bytes);
    let before = there.unwrap_or_default();
    let mut options = DiffOptions::new();
    let original = if there.is_some() { format!("a/{path}") } else { "/dev/null".to_owned() };
    options.set_original_filename(original).set_modified_filename(format!("b/{path}"));
    let diff = options.create_patch(before, &wanted).to_string();
    let places = match there {
        // One place for the whole file: it is missing, whatever stands in it.
        None => vec![ChangedPlace { line: 1, ..ChangedPlace::default() }],
        Some(_) => places(before, &wanted, path, file, sources),
    };
    Change { path: path.to_owned(), missing: there.is_none(), places, diff }
}

fn places(before: &str, wanted: &str, path: &str, file: &File, sources: &Sources<'_>) -> Vec<ChangedPlace> {
    let last = u32::try_from(before.lines().count()).unwrap_or(u32::MAX).max(1);
    let patch = DiffOptions::new().set_context_len(0).create_patch(before, wanted);
    let mut places = Vec::new();
    for hunk in patch.hunks() {
        let text = |wanted: fn(&Line<'_, str>) -> Option<String>| hunk.lines().iter().find_map(wanted);
        let before = text(|line| match line {
            Line::Delete(text) => Some(text.trim().to_owned()),
            _ => None,
        });
        let after = text(|line| match line {
            Line::Insert(text) => Some(text.trim().to_owned()),
            _ => None,
        });
        // An empty range of a unified diff names the line before it.
        let old = hunk.old_range();
        let line = if old.is_empty() { old.start() + 1 } else { old.start() };
        let line = u32::try_from(line).unwrap_or(u32::MAX).clamp(1, last);
        let new = u32::try_from(hunk.new_range().start()).unwrap_or(u32::MAX);
        let span = after.as_ref().and_then(|_| file.provenance.line(new));
        let source = span.and_then(|span| origins::first_source(path, span, sources));
        let source = source.map(|(document, pointer)| SourceField { document, pointer, file: None, line: None });
        let rule = span.map(|span| (span.rule.name, span.rule.says));
        places.push(ChangedPlace { line, before, after, rule, source });
    }
    places
}

impl Change {
    /// The diff as it may stand in a terminal and be applied: control characters other than tabs are replaced.
    pub(super) fn shown(&self) -> String {
        self.diff.split('\t').map(printable).collect::<Vec<_>>().join("\t")
    }
}

impl ChangedPlace {
    /// What differs, for a person.
    pub(super) fn text(&self, missing: bool) -> String {
        let text = match (&self.before, &self.after) {
            _ if missing => "the file is missing".to_owned(),
            (Some(before), Some(after)) => format!("is `{}`, would be `{}`", shortened(before), shortened(after)),
            (Some(before), None) => format!("`{}` would go", shortened(before)),
            (None, Some(after)) => format!("`{}` would come here", shortened(after)),
            (None, None) => "differs".to_owned(),
        };
        match self.rule {
            Some((_, says)) => format!("{text}: {says}"),
            None => text,
        }
    }
}

/// Lines of ledgers are long.
pub(super) fn shortened(text: &str) -> String {
    const SHOWN: usize = 120;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
