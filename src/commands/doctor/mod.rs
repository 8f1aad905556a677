//! `caravan doctor`: what stands in the way, and what to do about it.

mod check;
mod cloud;
mod cluster;
mod files;
mod policy;
mod programs;

use crate::config::Config;
use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::printer::{Printer, printable};
use caravan_discover::Source;
use check::{Check, CheckState};
use clap::Args;
use clap::builder::PossibleValuesParser;
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
    /// Print instead the rights that `caravan discover` needs: the IAM policy and the permissions of a Cloudflare token
    #[arg(long)]
    policy: bool,
    /// Of these sources alone; may be repeated
    #[arg(long, value_name = "SOURCE", requires = "policy", value_parser = PossibleValuesParser::new(Source::ALL.iter().map(|source| source.as_str())))]
    only: Vec<String>,
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
/// When the answer can't be written; with `--policy` also when the configuration can't be read.
pub(crate) fn run(global: &Global, printer: &Printer, args: &DoctorArgs) -> Result<Exit, Failure> {
    if args.policy {
        let only: Vec<Source> = args.only.iter().filter_map(|name| Source::parse(name)).collect();
        policy::print(printer, &Config::load(&global.dir)?.accounts, &only)?;
        return Ok(Exit::Done);
    }
    let checks = checks(global, args)?;
    if printer.is_json() {
        printer.json(&Document { schema: "caravan.doctor/v1", checks: &checks })?;
    } else {
        printer.text(|out| checks.iter().try_for_each(|check| write_check(out, printer, check)))?;
    }
    Ok(most_severe(&checks))
}

fn checks(global: &Global, args: &DoctorArgs) -> Result<Vec<Check>, Failure> {
    let (config, mut checks) = files::configuration(&global.dir);
    if !global.dir.is_dir() {
        return Ok(checks);
    }
    checks.extend(files::people(&global.dir, config.as_ref()));
    checks.extend(files::roots(&global.dir, config.as_ref()));
    checks.extend(files::receivers(&global.dir, config.as_ref())?);
    checks.push(files::decisions(&global.dir));
    checks.push(files::inventory(&global.dir));
    checks.push(files::journal(&global.dir)?);
    checks.extend(programs::all());
    if !args.offline {
        checks.extend(cloud::accounts(config.as_ref())?);
        checks.extend(cluster::all()?);
    }
    Ok(checks)
}

fn write_check(out: &mut impl Write, printer: &Printer, check: &Check) -> io::Result<()> {
    writeln!(out, "{:<8} {}: {}", check.state.word(), printable(&check.name), printable(&check.text))?;
    match &check.remedy {
        Some(remedy) => writeln!(out, "         {}", printer.runnable(remedy)),
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
