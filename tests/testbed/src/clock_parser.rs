//! The parser of CronJobs and of KEDA (robfig/cron), asked about clocks.

use crate::place::part;
use crate::server_failure::{ServerFailure, demand, ran_against};
use std::io::Write;
use std::process::{Command, Stdio};

/// What the parser makes of a clock.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Clock {
    /// It refuses it; why.
    Refused(String),
    /// The minutes since the beginning of 2027, in UTC, at which it fires.
    Fires(Vec<u32>),
}

/// Asks the parser what each clock means within the first days of 2027; none, after saying that the test was not run, where
/// the parser is missing.
///
/// # Panics
///
/// When the parser is there and does not work, and under `CI=true` also when it is missing.
#[must_use]
pub fn clocks(texts: &[String], days: u32) -> Option<Vec<Clock>> {
    demand(ask(texts, days))
}

fn ask(texts: &[String], days: u32) -> Result<Vec<Clock>, ServerFailure> {
    const NAME: &str = "robfig/cron";
    let broken = |why: &dyn std::fmt::Display| ServerFailure::broken(NAME, why);
    let program = part(NAME, "cron/cron")?;
    let mut child = Command::new(program)
        .arg(days.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| broken(&error))?;
    let input = child.stdin.take();
    let lines = texts.iter().map(|text| text.replace('\n', " ") + "\n").collect::<String>();
    // The parser answers while it reads: who writes must not wait for it.
    let writer = std::thread::spawn(move || input.map(|mut input| input.write_all(lines.as_bytes())));
    let output = child.wait_with_output().map_err(|error| broken(&error))?;
    drop(writer.join());
    let answers = String::from_utf8_lossy(&output.stdout);
    let read: Option<Vec<Clock>> = answers.lines().map(read).collect();
    match read.filter(|clocks| clocks.len() == texts.len() && output.status.success()) {
        Some(clocks) => {
            ran_against(NAME, "v3.0.1");
            Ok(clocks)
        }
        None => Err(broken(&format!("{} answers to {} clocks", answers.lines().count(), texts.len()))),
    }
}

fn read(line: &str) -> Option<Clock> {
    if let Some(why) = line.strip_prefix("refused ") {
        return Some(Clock::Refused(why.to_owned()));
    }
    let fires = line.strip_prefix("fires")?.split_whitespace().map(|minute| minute.parse().ok());
    fires.collect::<Option<Vec<u32>>>().map(Clock::Fires)
}
