//! What stands between a test and its server, and how it is said.

use std::fs::OpenOptions;
use std::io::Write;

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServerFailure {
    /// This machine does not have it: the test is reported as not run.
    #[error("{server}: {why}")]
    Missing {
        /// The server.
        server: &'static str,
        /// What is missing and what to do.
        why: String,
    },
    /// It is there and does not work: the test fails.
    #[error("{server} does not work: {why}")]
    Broken {
        /// The server.
        server: &'static str,
        /// What happened, with the end of its log.
        why: String,
    },
}

impl ServerFailure {
    pub(crate) fn broken(server: &'static str, why: impl std::fmt::Display) -> Self {
        Self::Broken { server, why: why.to_string() }
    }
}

/// The server, or nothing after saying that the test was not run.
///
/// # Panics
///
/// When the server is there and does not work, and under `CI=true` also when it is missing.
#[expect(clippy::panic, reason = "a test whose server is broken fails; there is nothing it could do about it")]
pub(crate) fn demand<T, E: std::borrow::Borrow<ServerFailure>>(outcome: Result<T, E>) -> Option<T> {
    match outcome {
        Ok(server) => Some(server),
        Err(failure) => match failure.borrow() {
            ServerFailure::Missing { server, why } => {
                not_run(server, why);
                None
            }
            broken @ ServerFailure::Broken { .. } => panic!("{broken}"),
        },
    }
}

/// Says loudly that a test was not run for want of `what`: on standard output and in the report of `./check`.
///
/// # Panics
///
/// Under `CI=true`, where everything that is required must be there.
#[expect(clippy::disallowed_methods, reason = "CI=true is how a run says that nothing may be left out")]
#[expect(clippy::panic, reason = "this is how a test fails")]
pub fn not_run(what: &str, why: &str) {
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    say(&format!("NOT RUN: {test}: {what}: {why}"));
    if std::env::var("CI").is_ok_and(|value| value == "true") {
        panic!("{what} is required under CI=true: {why}");
    }
}

/// Says that a test was not run for want of something that no registry of packages brings: on standard output and in the
/// report of `./check`. That is no failure, under `CI=true` neither.
pub(crate) fn left_out(what: &str, why: &str) {
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    say(&format!("NOT RUN: {test}: {what}: {why}"));
}

/// Says what a test run ran against: `./check` prints it at its end.
pub(crate) fn ran_against(server: &str, version: &str) {
    say(&format!("RAN AGAINST: {server} {version}"));
}

/// Writes one line past the test harness, which keeps what a passing test prints, and to the report of `./check`.
#[expect(clippy::disallowed_methods, reason = "`./check` says by a variable where its report is")]
fn say(line: &str) {
    // A test that can't print has nowhere to complain.
    let _ = writeln!(std::io::stdout(), "{line}");
    if let Some(path) = std::env::var_os("CARAVAN_TEST_REPORT")
        && let Ok(mut report) = OpenOptions::new().append(true).create(true).open(path)
    {
        let _ = writeln!(report, "{line}");
    }
}
