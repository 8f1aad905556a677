//! `caravan doctor`: what stands in the way, and what to do about it.

mod check;
mod cloud;
mod cluster;
mod files;
mod programs;

use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::printer::Printer;
use check::{Check, CheckState};
use clap::Args;
use serde::Serialize;
use std::io::{self, Write};

/// Check configuration, files, credentials, cluster and programs, and say what to do; changes nothing
///
/// Ends with 0 when nothing failed, 3 when a configuration file is wrong, 4 when credentials are, else 1.
#[derive(Args, Debug)]
pub(crate) struct DoctorArgs {
    /// Leave out what needs a network: credentials and the cluster
    #[arg(long)]
    offline: bool,
}

/// `caravan.doctor/v1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    checks: &'a [Check],
}

/// Runs the command.
///
/// # Errors
/// Only when the answer can't be written.
pub(crate) fn run(global: &Global, printer: &Printer, args: &DoctorArgs) -> Result<Exit, Failure> {
    let checks = checks(global, args)?;
    if printer.is_json() {
        printer.json(&Document { schema: "caravan.doctor/v1", checks: &checks })?;
    } else {
        printer.text(|out| checks.iter().try_for_each(|check| write_check(out, check)))?;
    }
    Ok(most_severe(&checks))
}

fn checks(global: &Global, args: &DoctorArgs) -> Result<Vec<Check>, Failure> {
    let (config, mut checks) = files::configuration(&global.dir);
    if !global.dir.is_dir() {
        return Ok(checks);
    }
    checks.extend(files::roots(&global.dir, config.as_ref()));
    checks.push(files::decisions(&global.dir));
    checks.push(files::inventory(&global.dir));
    checks.extend(programs::all());
    if !args.offline {
        checks.extend(cloud::accounts(config.as_ref())?);
        checks.extend(cluster::all()?);
    }
    Ok(checks)
}

fn write_check(out: &mut impl Write, check: &Check) -> io::Result<()> {
    writeln!(out, "{:<8} {}: {}", check.state.word(), check.name, check.text)?;
    match &check.remedy {
        Some(remedy) => writeln!(out, "         {remedy}"),
        None => Ok(()),
    }
}

/// The exit code: a wrong configuration before wrong credentials before anything else.
fn most_severe(checks: &[Check]) -> Exit {
    let failed: Vec<Exit> = checks.iter().filter(|c| c.state == CheckState::Failed).map(|c| c.exit).collect();
    [Exit::Configuration, Exit::Access, Exit::Failed]
        .into_iter()
        .find(|exit| failed.contains(exit))
        .unwrap_or(Exit::Done)
}
