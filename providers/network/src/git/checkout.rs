//! A part of a branch in a folder of its own.

use super::error::GitError;
use super::program::{Beside, Git, GitCall};
use camino::{Utf8Path, Utf8PathBuf};
use schemars::JsonSchema;
use serde::Serialize;

/// A part of a branch as it stood, its files in a folder of their own. Several repositories may share a folder, each with other parts.
/// Until [`Checkout::publish`] the repository has nothing of it but objects that nobody refers to.
#[derive(Debug)]
pub struct Checkout<'a, G: Git> {
    git: &'a G,
    /// The folder that was named.
    repository: Utf8PathBuf,
    /// Where the repository keeps what it has.
    git_dir: Utf8PathBuf,
    branch: String,
    /// Where the branch stands; none where it does not exist yet.
    stood: Option<String>,
    /// The commit that the files are of.
    base: String,
    files: Utf8PathBuf,
    index: Utf8PathBuf,
    parts: &'a [&'a str],
}

/// A commit that was made.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Commit {
    /// Its hash.
    pub hash: String,
    /// The commit before it.
    pub parent: String,
    /// The files that it changes, by path.
    pub files: Vec<FileChange>,
}

/// A file that a commit changes.
#[derive(Clone, Debug, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
pub struct FileChange {
    /// Its path in the repository.
    pub path: String,
    /// Whether there was none before.
    pub is_new: bool,
}

impl<'a, G: Git> Checkout<'a, G> {
    /// Puts into the folder `files` what a branch has at or below `parts`, paths from the repository's root. A branch that does not
    /// exist begins at the remote's one of that name (`origin`), else at HEAD. `index` is a file that does not exist yet.
    ///
    /// # Errors
    /// [`GitError`].
    pub fn open(
        git: &'a G,
        repository: &Utf8Path,
        branch: &str,
        parts: &'a [&'a str],
        files: &Utf8Path,
        index: &Utf8Path,
    ) -> Result<Self, GitError> {
        let call = |args: &[&str]| git.call(GitCall { folder: repository.as_str(), args, ..GitCall::default() });
        let one = |args: &[&str]| call(args).map(|said| said.trim().to_owned());
        let git_dir = one(&["rev-parse", "--absolute-git-dir"]).map_err(|error| match error {
            GitError::Refused { .. } => GitError::NotARepository(repository.to_owned()),
            other => other,
        })?;
        let reference = format!("refs/heads/{branch}");
        if branch.starts_with('-') || one(&["check-ref-format", &reference]).is_err() {
            return Err(GitError::BadBranch(branch.to_owned()));
        }
        let commit = |name: &str| one(&["rev-parse", "--verify", "--quiet", &format!("{name}^{{commit}}")]).ok();
        let stood = commit(&reference);
        let remote = format!("refs/remotes/origin/{branch}");
        let fetched = commit(&remote);
        if let (Some(_), Some(_)) = (&stood, &fetched)
            && call(&["merge-base", "--is-ancestor", &remote, &reference]).is_err()
        {
            return Err(GitError::Behind { branch: branch.to_owned(), remote: format!("origin/{branch}") });
        }
        let base = stood.clone().or(fetched).or_else(|| commit("HEAD"));
        let base = base.ok_or_else(|| GitError::NoCommit(repository.to_owned()))?;
        let (files, index, branch) = (files.to_owned(), index.to_owned(), branch.to_owned());
        let (repository, git_dir) = (repository.to_owned(), Utf8PathBuf::from(git_dir));
        let checkout = Self { git, repository, git_dir, branch, stood, base, files, index, parts };
        checkout.read()?;
        Ok(checkout)
    }

    /// Puts the files of the parts into the folder. All the others are in the index alone, and go along in a commit.
    fn read(&self) -> Result<(), GitError> {
        self.call(&["read-tree", &self.base], "")?;
        let all = self.call(&["ls-files", "-z"], "")?;
        let (mine, others): (Vec<&str>, Vec<&str>) = paths(&all).partition(|path| self.is_mine(path));
        // What is not there is not gone: nothing of it is taken for removed, and what it ignores is read from the index.
        self.call(&["update-index", "-z", "--skip-worktree", "--stdin"], &listed(&others))?;
        self.call(&["checkout-index", "-q", "-z", "--stdin"], &listed(&mine)).map(drop)
    }

    /// Commits what was written at the parts, on the commit that the folder is of; none where nothing is different. The repository's settings
    /// say who commits, and whether it is signed. The branch has not moved yet: [`Checkout::publish`] moves it.
    ///
    /// # Errors
    /// [`GitError::Ignored`], [`GitError::Refused`].
    pub fn commit(&self, message: impl FnOnce(&[FileChange]) -> String) -> Result<Option<Commit>, GitError> {
        let ignored = ["ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--"];
        let ignored = self.call(&[&ignored, self.parts].concat(), "")?;
        if !ignored.is_empty() {
            return Err(GitError::Ignored(paths(&ignored).take(3).map(str::to_owned).collect()));
        }
        let there: Vec<&str> = self.parts.iter().copied().filter(|part| self.files.join(part).exists()).collect();
        if !there.is_empty() {
            self.call(&[&["add", "--all", "--"], there.as_slice()].concat(), "")?;
        }
        let differs = ["diff-index", "--cached", "--name-status", "--no-renames", "-z", &self.base];
        let said = self.call(&differs, "")?;
        let mut said = paths(&said);
        let mut files = Vec::new();
        while let (Some(status), Some(path)) = (said.next(), said.next()) {
            files.push(FileChange { path: path.to_owned(), is_new: status == "A" });
        }
        if files.is_empty() {
            return Ok(None);
        }
        let tree = self.call(&["write-tree"], "")?.trim().to_owned();
        let mut commit = vec!["commit-tree", &tree, "-p", &self.base, "-F", "-"];
        // As `git commit` would, which is not used: it moves whatever branch is checked out.
        if self.call(&["config", "--type=bool", "commit.gpgsign"], "").is_ok_and(|said| said.trim() == "true") {
            commit.push("-S");
        }
        let hash = self.call(&commit, &message(&files))?.trim().to_owned();
        Ok(Some(Commit { hash, parent: self.base.clone(), files }))
    }

    /// Moves the branch to a commit that was made here, from where it stood when the files were read. Where somebody has it checked
    /// out, their files follow; what they have changed there and not committed stays, or keeps the branch where it is.
    ///
    /// # Errors
    /// [`GitError::Moved`]: the branch is where somebody else put it.
    pub fn publish(&self, commit: &Commit) -> Result<(), GitError> {
        let moved = |error| match error {
            GitError::Refused { said, .. } => GitError::Moved { branch: self.branch.clone(), said },
            other => other,
        };
        let reference = format!("refs/heads/{}", self.branch);
        let worktrees = self.in_repository(&["worktree", "list", "--porcelain"])?;
        if let Some(folder) = worktree_of(&worktrees, &reference) {
            let args = ["merge", "--quiet", "--ff-only", &commit.hash];
            return self.git.call(GitCall { folder, args: &args, ..GitCall::default() }).map(drop).map_err(moved);
        }
        // As many zeros as a hash has digits: there must be none.
        let none = "0".repeat(commit.hash.len());
        let stood = self.stood.as_deref().unwrap_or(&none);
        let update = ["update-ref", "-m", "caravan convert", &reference, &commit.hash, stood];
        self.in_repository(&update).map(drop).map_err(moved)
    }

    /// Pushes the branch to a remote, unless that one has commits which it has not.
    ///
    /// # Errors
    /// [`GitError::Refused`]: the commit is on the branch here, and not there.
    pub fn push(&self, remote: &str) -> Result<(), GitError> {
        let reference = format!("refs/heads/{}", self.branch);
        self.in_repository(&["push", "--quiet", "--", remote, &format!("{reference}:{reference}")]).map(drop)
    }

    fn is_mine(&self, path: &str) -> bool {
        let is_at = |part: &&str| path.strip_prefix(*part).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        self.parts.iter().any(is_at)
    }

    fn in_repository(&self, args: &[&str]) -> Result<String, GitError> {
        self.git.call(GitCall { folder: self.repository.as_str(), args, ..GitCall::default() })
    }

    /// A call about the files of the folder.
    fn call(&self, args: &[&str], input: &str) -> Result<String, GitError> {
        let beside = Beside { repository: &self.git_dir, files: &self.files, index: &self.index };
        self.git.call(GitCall { folder: self.files.as_str(), args, input, beside: Some(beside) })
    }
}

fn paths(said: &str) -> impl Iterator<Item = &str> {
    said.split('\0').filter(|path| !path.is_empty())
}

fn listed(paths: &[&str]) -> String {
    paths.iter().map(|path| format!("{path}\0")).collect()
}

/// The folder in which somebody has a branch checked out (`git worktree list --porcelain`).
fn worktree_of<'a>(list: &'a str, reference: &str) -> Option<&'a str> {
    let mut folder = None;
    for line in list.lines() {
        match line.split_once(' ') {
            Some(("worktree", path)) => folder = Some(path),
            Some(("branch", name)) if name == reference => return folder,
            _ => {}
        }
    }
    None
}
