//! What a request is asked: one condition of a route.

/// A condition that a request fulfils or not.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Atom {
    Host(String),
    Path(Test),
    Method(String),
    /// A header, by its name in lower case.
    Header(String, Test),
}

/// How a text is compared.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(in crate::worker) enum Test {
    Is(String),
    Begins(String),
    Ends(String),
    Contains(String),
    /// It is there, and not empty.
    Present,
}

impl Test {
    /// Whether a text fulfils it.
    pub(in crate::worker) fn holds(&self, text: &str) -> bool {
        match self {
            Self::Is(wanted) => text == wanted,
            Self::Begins(wanted) => text.starts_with(wanted),
            Self::Ends(wanted) => text.ends_with(wanted),
            Self::Contains(wanted) => text.contains(wanted),
            Self::Present => !text.is_empty(),
        }
    }

    /// Whether a text may fulfil both. When in doubt it may.
    pub(in crate::worker) fn meets(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Is(text), other) | (other, Self::Is(text)) => other.holds(text),
            (Self::Begins(one), Self::Begins(other)) => {
                one.starts_with(other.as_str()) || other.starts_with(one.as_str())
            }
            (Self::Ends(one), Self::Ends(other)) => one.ends_with(other.as_str()) || other.ends_with(one.as_str()),
            _ => true,
        }
    }

    /// What is known of another test of a text that fulfils this one; none where it depends on the text.
    pub(super) fn decides(&self, other: &Self) -> Option<bool> {
        if let Self::Is(text) = self {
            return Some(other.holds(text));
        }
        if self == other || matches!((self, other), (Self::Begins(a), Self::Begins(b)) if a.starts_with(b.as_str())) {
            return Some(true);
        }
        if !self.meets(other) {
            return Some(false);
        }
        // What begins, ends with or contains something is not empty.
        (*other == Self::Present).then_some(true)
    }
}

impl Atom {
    /// What is known of another condition of a request that fulfils this one.
    pub(super) fn decides(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::Host(one), Self::Host(other)) => Some(one == other),
            (Self::Method(one), Self::Method(other)) => Some(one == other),
            (Self::Path(one), Self::Path(other)) => one.decides(other),
            (Self::Header(name, one), Self::Header(other_name, other)) if name == other_name => one.decides(other),
            _ => None,
        }
    }
}
