//! `caravan people check`: whether people.yaml can stand, and what it leaves open.

use crate::config::Config;
use crate::deployed;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::people;
use crate::printer::{Printer, counted, printable};
use camino::{Utf8Path, Utf8PathBuf};
use caravan_convert::Company;
use caravan_convert::people::{GroupRow, System};
use caravan_inventory::TeamName;
use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;
use std::io::Write as _;

/// Check people.yaml: every mistake at once, and what it leaves open
///
/// It names the groups that it makes, who is in them, and in which systems. It warns of people who are in no group, of members whom a
/// system can't know, of teams that nobody answers for, and of teams and groups that the deployment tree has and the file has not.
/// Mistakes end the command with 3, warnings with 0.
#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// Where deployment/ lies; without it, beside caravan.yaml
    #[arg(long, value_name = "DIR")]
    out: Option<Utf8PathBuf>,
}

/// `caravan.people-check/v1`.
#[derive(JsonSchema, Serialize)]
pub(crate) struct Document {
    #[schemars(extend("const" = "caravan.people-check/v1"))]
    schema: &'static str,
    /// The systems that the file keeps.
    systems: Vec<System>,
    /// The groups that it makes, by name.
    groups: Vec<GroupRow>,
    /// What it leaves open, for a person.
    warnings: Vec<String>,
}

/// Runs the command.
///
/// # Errors
/// When the file is not there, or wrong.
pub(super) fn run(global: &Global, printer: &Printer, args: &CheckArgs) -> Result<Exit, Failure> {
    let platform = Config::load(&global.dir)?.platform;
    let path = people::path(&global.dir);
    let Some(company) = people::load(&global.dir, &platform)? else {
        return Err(Failure::new(FailureKind::Configuration, format!("there is no {path}"))
            .hint("docs/people.md shows the smallest one; without it nothing of people is written"));
    };
    let document = Document {
        schema: "caravan.people-check/v1",
        systems: System::ALL.into_iter().filter(|system| company.keeps(*system)).collect(),
        groups: company.rows(),
        warnings: warnings(&company, args.out.as_deref().unwrap_or(&global.dir)),
    };
    if printer.is_json() {
        printer.json(&document)?;
        return Ok(Exit::Done);
    }
    printer.text(|out| {
        for group in &document.groups {
            let systems: Vec<&str> = group.systems.iter().map(|system| system.name()).collect();
            let line = format!(
                "{} ({}): {} in {}",
                group.name,
                group.of,
                counted(group.people(), "person"),
                systems.join(", ")
            );
            writeln!(out, "{}", printable(&line))?;
        }
        Ok(())
    })?;
    document.warnings.iter().for_each(|warning| printer.warning(warning));
    Ok(Exit::Done)
}

fn warnings(company: &Company, out: &Utf8Path) -> Vec<String> {
    let mut said: Vec<String> = company.gaps().into_iter().map(|gap| gap.reason).collect();
    said.extend(company.idle().map(|person| format!("people.{person}: is in no team and in no role")));
    said.extend(company.unowned().map(|field| format!("{field}: nobody answers for it: write `owners`")));
    for team in deployed::teams(out) {
        if !TeamName::parse(&team).is_ok_and(|team| company.has_team(&team)) {
            said.push(format!("deployment/teams/{team}: the team is not in the file: nobody sees its namespace, nor its apps in Argo CD"));
        }
    }
    if company.keeps(System::Entra) {
        for app in deployed::apps(out) {
            for group in app.groups().iter().filter(|group| !company.has_group(group)) {
                said.push(format!(
                    "{} lets in the group {group}, which is not in the file: who is in it is said elsewhere; a role with `group: {group}` takes it in",
                    app.name()
                ));
            }
        }
    }
    said
}
