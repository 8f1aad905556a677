//! What an API's model says about a kind of document.

use std::sync::LazyLock;

/// What stands at a place of a document.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Content {
    /// Names, ids, ARNs, enumerations: stays, but for tokens that are known by their look.
    Identity,
    /// The name of a secret elsewhere: stays when it is an ARN or made of words.
    Reference,
    /// The arguments of a program, or prose: word by word.
    Command,
    /// Any text: a free value.
    Free,
}

/// One row: the path of a field and what stands there.
///
/// A path goes from the thing itself (a wrapper such as `taskDefinition` is skipped before); `*` is any one field or
/// index, `**` at the end the whole subtree. The first row that fits wins; a place that no row names holds a free value.
pub type Row = (&'static str, Content);

/// What an API's model says about a kind of document.
#[derive(Debug)]
pub struct Model {
    rows: &'static [Row],
    names: &'static LazyLock<Names>,
}

impl Model {
    pub(super) const fn new(rows: &'static [Row], names: &'static LazyLock<Names>) -> Self {
        Self { rows, names }
    }

    /// The rows: what stands at which path.
    #[must_use]
    pub const fn rows(&self) -> &'static [Row] {
        self.rows
    }

    /// Whether the API has a field of this name anywhere. A field of no API is unknown (C1).
    #[must_use]
    pub fn knows(&self, name: &str) -> bool {
        self.names.0.binary_search(&name).is_ok()
    }
}

/// The names of an API's fields, sorted by byte.
#[derive(Debug)]
pub(super) struct Names(Vec<&'static str>);

impl Names {
    /// Those on the paths of the rows, and those that have no row.
    pub(super) fn of(documents: &[&[Row]], others: &[&'static str]) -> Self {
        let paths = documents.iter().copied().flatten().flat_map(|(path, _)| path.split('/'));
        let mut names: Vec<&'static str> = paths.filter(|step| is_name(step)).chain(others.iter().copied()).collect();
        names.sort_unstable();
        names.dedup();
        Self(names)
    }
}

/// No API names a field with a hyphen: such a step is a key of a map whose keys its owners choose.
fn is_name(step: &str) -> bool {
    !step.starts_with('*') && !step.contains('-')
}
