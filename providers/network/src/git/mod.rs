//! A commit on a branch of a repository, made beside whatever anybody works at there.
//!
//! Files of a branch are put into a folder of their own, written to, committed, and the branch moves on only from the very commit on which that
//! began: what somebody else committed meanwhile is never left behind. Nothing is forced, and nothing is pushed unasked.

mod checkout;
mod error;
mod program;
#[cfg(test)]
mod tests;

pub use checkout::{Checkout, Commit, FileChange};
pub use error::GitError;
pub use program::{Beside, Git, GitCall, GitProgram};
