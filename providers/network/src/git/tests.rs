//! Against the real `git`.
#![expect(clippy::disallowed_methods, reason = "these tests make repositories on the disk")]

use super::{Checkout, FileChange, Git, GitCall, GitError, GitProgram};
use camino::{Utf8Path, Utf8PathBuf};
use std::fs;

/// A repository with one commit on `main`.
struct Repository {
    _room: tempfile::TempDir,
    root: Utf8PathBuf,
    folder: Utf8PathBuf,
}

impl Repository {
    fn new() -> Self {
        let room = tempfile::tempdir().unwrap();
        let place = Utf8PathBuf::from_path_buf(room.path().to_owned()).unwrap();
        let this = Self { root: place.join("repository"), folder: place.join("beside"), _room: room };
        fs::create_dir(&this.root).unwrap();
        this.git(&["init", "--quiet", "--initial-branch=main"]);
        this.git(&["config", "user.name", "Olivia"]);
        this.git(&["config", "user.email", "olivia@example.com"]);
        this.write("deployment/a.yaml", "a: 1\n");
        this.write("README", "ours\n");
        this.git(&["add", "."]);
        this.git(&["commit", "--quiet", "-m", "begin"]);
        this
    }

    fn git(&self, args: &[&str]) -> String {
        git(&self.root, args)
    }

    fn write(&self, path: &str, text: &str) {
        put(&self.root, path, text);
    }

    /// Somebody else commits this.
    fn theirs(&self, path: &str) {
        self.write(path, "theirs: 1\n");
        self.git(&["add", "."]);
        self.git(&["commit", "--quiet", "-m", "theirs"]);
    }

    /// Writes into the folder beside it.
    fn put(&self, path: &str, text: &str) {
        put(&self.folder.join("files"), path, text);
    }

    /// The branch anew, in a folder that is empty.
    fn open(&self, branch: &str) -> Result<Checkout<'static, GitProgram>, GitError> {
        open(&self.root, branch, &self.folder)
    }
}

fn git(folder: &Utf8Path, args: &[&str]) -> String {
    let call = GitCall { folder: folder.as_str(), args, ..GitCall::default() };
    GitProgram.call(call).unwrap().trim().to_owned()
}

fn open(root: &Utf8Path, branch: &str, folder: &Utf8Path) -> Result<Checkout<'static, GitProgram>, GitError> {
    let (files, index) = (folder.join("files"), folder.join("index"));
    let _gone = fs::remove_dir_all(folder);
    fs::create_dir_all(&files).unwrap();
    Checkout::open(&GitProgram, root, branch, &["deployment", "ledger"], &files, &index)
}

fn put(root: &Utf8Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn message(files: &[FileChange]) -> String {
    format!("Convert\n\n{} files\n", files.len())
}

#[test]
fn a_commit_goes_to_a_branch_that_nobody_has_checked_out() {
    let repository = Repository::new();
    let checkout = repository.open("caravan").unwrap();
    let files = repository.folder.join("files");
    assert_eq!(fs::read_to_string(files.join("deployment/a.yaml")).unwrap(), "a: 1\n");
    assert!(!files.join("README").exists(), "what it is not about is not copied");
    repository.put("deployment/a.yaml", "a: 2\n");
    repository.put("ledger/b.json", "{}\n");
    repository.put("other/c", "of nobody's\n");
    let commit = checkout.commit(message).unwrap().unwrap();
    let changes: Vec<_> = commit.files.iter().map(|file| (file.path.as_str(), file.is_new)).collect();
    assert_eq!(changes, [("deployment/a.yaml", false), ("ledger/b.json", true)]);
    checkout.publish(&commit).unwrap();
    assert_eq!(repository.git(&["rev-parse", "caravan"]), commit.hash);
    assert_eq!(repository.git(&["show", "caravan:README"]), "ours", "all the others are in it as they were");
    assert_eq!(repository.git(&["log", "-1", "--format=%an: %s", "caravan"]), "Olivia: Convert");
    assert_eq!(repository.git(&["status", "--porcelain"]), "", "whoever works there sees nothing of it");
    assert_eq!(repository.git(&["fsck"]), "");
    // Once more there is nothing to commit.
    assert_eq!(repository.open("caravan").unwrap().commit(message).unwrap(), None);
}

#[test]
fn what_somebody_else_commits_meanwhile_is_never_left_behind() {
    for branch in ["main", "caravan", "new"] {
        let repository = Repository::new();
        if branch == "caravan" {
            repository.git(&["branch", branch]);
        }
        let checkout = repository.open(branch).unwrap();
        repository.put("deployment/a.yaml", "a: 2\n");
        let commit = checkout.commit(message).unwrap().unwrap();
        if branch != "main" {
            repository.git(&["checkout", "--quiet", "-B", branch]);
        }
        repository.theirs("deployment/theirs.yaml");
        let theirs = repository.git(&["rev-parse", branch]);
        for is_checked_out in [true, false] {
            if !is_checked_out {
                repository.git(&["checkout", "--quiet", "--detach"]);
            }
            let refused = checkout.publish(&commit).unwrap_err();
            assert!(matches!(&refused, GitError::Moved { .. }), "{branch}: {refused}");
            assert_eq!(repository.git(&["rev-parse", branch]), theirs);
        }
    }
}

#[test]
fn a_branch_that_somebody_works_at_moves_on_with_their_files() {
    let repository = Repository::new();
    repository.write("README", "not committed yet\n");
    let checkout = repository.open("main").unwrap();
    repository.put("deployment/a.yaml", "a: 2\n");
    let commit = checkout.commit(message).unwrap().unwrap();
    checkout.publish(&commit).unwrap();
    assert_eq!(fs::read_to_string(repository.root.join("deployment/a.yaml")).unwrap(), "a: 2\n");
    assert_eq!(fs::read_to_string(repository.root.join("README")).unwrap(), "not committed yet\n");
    // What they have changed there and not committed keeps the branch where it is.
    repository.write("deployment/a.yaml", "a: theirs\n");
    let checkout = repository.open("main").unwrap();
    repository.put("deployment/a.yaml", "a: 3\n");
    let next = checkout.commit(message).unwrap().unwrap();
    assert!(matches!(checkout.publish(&next), Err(GitError::Moved { .. })));
    assert_eq!(repository.git(&["rev-parse", "main"]), commit.hash);
    assert_eq!(fs::read_to_string(repository.root.join("deployment/a.yaml")).unwrap(), "a: theirs\n");
}

#[test]
fn a_new_branch_begins_at_the_remote_s_and_is_pushed_when_told() {
    let (remote, mine) = (Repository::new(), Repository::new());
    remote.git(&["checkout", "--quiet", "-b", "caravan"]);
    remote.theirs("deployment/theirs.yaml");
    remote.git(&["checkout", "--quiet", "main"]);
    let root = mine.root.with_file_name("clone");
    git(&remote.root, &["clone", "--quiet", ".", root.as_str()]);
    git(&root, &["config", "user.name", "Olivia"]);
    git(&root, &["config", "user.email", "olivia@example.com"]);
    let checkout = open(&root, "caravan", &mine.folder).unwrap();
    assert!(mine.folder.join("files/deployment/theirs.yaml").exists());
    mine.put("deployment/a.yaml", "a: 2\n");
    let commit = checkout.commit(message).unwrap().unwrap();
    checkout.publish(&commit).unwrap();
    assert_ne!(remote.git(&["rev-parse", "caravan"]), commit.hash, "nothing is pushed unasked");
    checkout.push("origin").unwrap();
    assert_eq!(remote.git(&["rev-parse", "caravan"]), commit.hash);
    // Somebody else goes on there.
    remote.git(&["checkout", "--quiet", "caravan"]);
    remote.theirs("deployment/more.yaml");
    let checkout = open(&root, "caravan", &mine.folder).unwrap();
    mine.put("deployment/a.yaml", "a: 3\n");
    let next = checkout.commit(message).unwrap().unwrap();
    checkout.publish(&next).unwrap();
    assert!(matches!(checkout.push("origin"), Err(GitError::Refused { .. })), "never by force");
    git(&root, &["fetch", "--quiet"]);
    assert!(matches!(open(&root, "caravan", &mine.folder), Err(GitError::Behind { .. })));
}

#[test]
fn what_can_t_be_committed_says_why_and_leaves_everything_as_it_was() {
    let repository = Repository::new();
    for branch in ["-f", "a..b", ""] {
        let refused = repository.open(branch).unwrap_err();
        assert!(matches!(refused, GitError::BadBranch(_)), "{branch}: {refused}");
    }
    repository.theirs("other");
    repository.write(".gitignore", "ledger/\n");
    repository.git(&["add", "."]);
    repository.git(&["commit", "--quiet", "-m", "ignore"]);
    let checkout = repository.open("caravan").unwrap();
    repository.put("ledger/b.json", "{}\n");
    assert!(matches!(checkout.commit(message), Err(GitError::Ignored(paths)) if paths == ["ledger/b.json"]));
    let checkout = repository.open("caravan").unwrap();
    repository.put("deployment/a.yaml", "a: 2\n");
    repository.git(&["config", "user.email", ""]);
    repository.git(&["config", "user.name", ""]);
    let refused = checkout.commit(message).unwrap_err();
    assert!(matches!(&refused, GitError::Refused { command, .. } if command == "commit-tree"), "{refused}");
    assert_eq!(repository.git(&["for-each-ref", "--format=%(refname)"]), "refs/heads/main");
    let nowhere = tempfile::tempdir().unwrap();
    let nowhere = Utf8Path::from_path(nowhere.path()).unwrap();
    let refused = open(nowhere, "main", &repository.folder).unwrap_err();
    assert!(matches!(refused, GitError::NotARepository(_)), "{refused}");
    git(nowhere, &["init", "--quiet"]);
    let refused = open(nowhere, "main", &repository.folder).unwrap_err();
    assert!(matches!(refused, GitError::NoCommit(_)), "{refused}");
}
