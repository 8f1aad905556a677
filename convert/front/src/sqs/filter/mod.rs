//! Lambda's filter rules: patterns over records, and whether a record matches one.

mod matching;
mod pattern;

pub(super) use matching::matches_any;
pub(crate) use pattern::Pattern;

#[cfg(test)]
mod tests;
