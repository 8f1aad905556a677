//! Which kinds a cluster serves.

use std::collections::BTreeSet;

/// A kind as a manifest names it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ApiKind {
    /// `group/version`, as in `apiVersion`; the core group is `v1`.
    pub api_version: String,
    /// The kind: `HTTPRoute`.
    pub kind: String,
}

/// Whether a cluster serves a kind.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ServedKind {
    /// The kind.
    pub kind: ApiKind,
    /// Whether it is served at this very version.
    pub served: bool,
    /// The versions of its group that are served, best first; empty when the group is not there at all.
    pub versions: Vec<String>,
}

impl ApiKind {
    /// A kind.
    pub fn new(api_version: impl Into<String>, kind: impl Into<String>) -> Self {
        Self { api_version: api_version.into(), kind: kind.into() }
    }

    /// The group; empty for the core group.
    #[must_use]
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }
}

/// The distinct API versions of the kinds.
pub(crate) fn api_versions(kinds: &[ApiKind]) -> BTreeSet<&str> {
    kinds.iter().map(|kind| kind.api_version.as_str()).collect()
}
