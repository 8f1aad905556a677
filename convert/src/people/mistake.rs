//! What is wrong in `people.yaml`.

use std::fmt;

/// Something that is wrong, and what to do about it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mistake {
    /// Where: `teams.shop.members[1]`.
    pub field: String,
    /// What is wrong there.
    pub problem: String,
    /// What to do.
    pub remedy: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.field, self.problem, self.remedy)
    }
}

/// Mistakes in the making.
#[derive(Default)]
pub(super) struct Mistakes(pub(super) Vec<Mistake>);

impl Mistakes {
    pub(super) fn add(&mut self, field: impl Into<String>, problem: impl Into<String>, remedy: impl Into<String>) {
        self.0.push(Mistake { field: field.into(), problem: problem.into(), remedy: remedy.into() });
    }

    /// Notes it unless it is so.
    pub(super) fn want(&mut self, is_so: bool, field: &str, problem: impl Into<String>, remedy: impl Into<String>) {
        if !is_so {
            self.add(field, problem, remedy);
        }
    }
}
