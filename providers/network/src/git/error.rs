//! What can go wrong with a repository.

use camino::Utf8PathBuf;

/// Why a commit was not made. Unless it says otherwise, the repository is as it was.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no `git` on the PATH, or it can't be started.
    #[error("`git` can't be started: {0}")]
    NoProgram(#[source] std::io::Error),
    /// The folder belongs to no repository.
    #[error("{0} is no Git repository")]
    NotARepository(Utf8PathBuf),
    /// No branch can have that name (`git check-ref-format`).
    #[error("`{0}` can't be the name of a branch")]
    BadBranch(String),
    /// There is nothing that a branch could begin from.
    #[error("{0} has no commit yet")]
    NoCommit(Utf8PathBuf),
    /// The remote's branch, as it was last fetched, has commits that the local one has not.
    #[error("{remote} has commits that the local branch {branch} has not")]
    Behind {
        /// The branch.
        branch: String,
        /// The remote's: `origin/main`.
        remote: String,
    },
    /// The branch is not where it was when the work began: somebody else committed.
    #[error("somebody else moved the branch {branch} meanwhile: {said}")]
    Moved {
        /// The branch.
        branch: String,
        /// Git's own words.
        said: String,
    },
    /// Files that are to be committed are ignored there.
    #[error("the repository ignores {}", .0.join(", "))]
    Ignored(Vec<String>),
    /// Git did not do what it was asked.
    #[error("git {command}: {said}")]
    Refused {
        /// What it was asked: `commit`.
        command: String,
        /// Its own words, without what stands before the host of an address.
        said: String,
    },
}
