//! The program `git`.

use super::error::GitError;
use camino::Utf8Path;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// What makes calls of Git.
pub trait Git {
    /// Makes a call, and gives what Git says.
    ///
    /// # Errors
    /// [`GitError::NoProgram`], and [`GitError::Refused`] when it ends otherwise than with 0.
    fn call(&self, call: GitCall<'_>) -> Result<String, GitError>;
}

/// A call of Git.
#[derive(Clone, Copy, Debug, Default)]
pub struct GitCall<'a> {
    /// Where it is made.
    pub folder: &'a str,
    /// The command and what it is given: `["rev-parse", "HEAD"]`.
    pub args: &'a [&'a str],
    /// What it reads.
    pub input: &'a str,
    /// The files that it is about and the index of them, in the place of the repository's own.
    pub beside: Option<Beside<'a>>,
}

/// Files beside a repository.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// The repository: what `git rev-parse --absolute-git-dir` says.
    pub repository: &'a Utf8Path,
    /// The folder of the files.
    pub files: &'a Utf8Path,
    /// The index.
    pub index: &'a Utf8Path,
}

/// The one on the PATH. It asks nothing of anybody: who is wanted at a terminal is refused.
#[derive(Clone, Copy, Debug, Default)]
pub struct GitProgram;

/// Where a hook of another repository runs this program, these name that one.
const ELSEWHERE: [&str; 8] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_WORK_TREE",
];

impl Git for GitProgram {
    fn call(&self, call: GitCall<'_>) -> Result<String, GitError> {
        let GitCall { folder, args, input, beside } = call;
        let mut command = Command::new("git");
        for name in ELSEWHERE {
            command.env_remove(name);
        }
        command.args(["-C", folder]).env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C");
        if let Some(Beside { repository, files, index }) = beside {
            command.args(["--git-dir", repository.as_str(), "--work-tree", files.as_str()]);
            command.env("GIT_INDEX_FILE", index);
        }
        command.args(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(GitError::NoProgram)?;
        let mut stdin = child.stdin.take();
        // It reads all of it before it says anything.
        let written = stdin.as_mut().map_or(Ok(()), |stdin| stdin.write_all(input.as_bytes()));
        drop(stdin);
        let output = child.wait_with_output().map_err(GitError::NoProgram)?;
        if output.status.success() && written.is_ok() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let words = [output.stderr, output.stdout].concat();
        let said = without_credentials(String::from_utf8_lossy(&words).trim());
        Err(GitError::Refused { command: args.first().copied().unwrap_or_default().to_owned(), said })
    }
}

/// What Git says, on one line, without what stands in an address before its host: a token may.
fn without_credentials(said: &str) -> String {
    let word = |word: &str| match word.split_once("://") {
        Some((scheme, rest)) => {
            let end = rest.find('/').unwrap_or(rest.len());
            let host = rest[..end].rsplit_once('@').map_or(&rest[..end], |(_, host)| host);
            format!("{scheme}://{host}{}", &rest[end..])
        }
        None => word.to_owned(),
    };
    said.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::without_credentials;

    #[test]
    fn an_address_is_said_without_what_stands_before_its_host() {
        for (said, told) in [
            ("fatal: 'https://x:ghp_1@git.test/a.git' is away", "fatal: 'https://git.test/a.git' is away"),
            ("ssh://git@git.test:22/a\n no", "ssh://git.test:22/a no"),
            ("see https://git.test/a@b", "see https://git.test/a@b"),
            ("a@b.test is no address", "a@b.test is no address"),
        ] {
            assert_eq!(without_credentials(said), told);
        }
    }
}
