//! `caravan new app`: the first plconfig of an app, checked and rendered at once.

use super::answers::{Answers, AppKind, AuthKind, Used, parse_use};
use super::fences;
use super::questions::{Asker, Known};
use crate::config::Config;
use crate::deployed::{self, DeployedApp};
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::permit::WritePermit;
use crate::printer::Printer;
use crate::{paths, people};
use camino::Utf8PathBuf;
use caravan_convert::{Platform, file_closed, render_file};
use caravan_convert_lift::plconfig::PlConfig;
use caravan_inventory::{EnvironmentName, TeamName};
use caravan_providers_network::write_tree;
use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, IsTerminal as _, Write as _};

/// Write the first plconfig.yaml of an app, by a few questions, and its manifests
///
/// Nothing is reached from outside that nobody says so of: a web app has its Service, and with `--outside`, `--host` or `--auth` an address.
///
/// In a terminal it asks for what no option says, shows the file, and writes it once you type yes. With `--yes`, with
/// `--format json`, or without a terminal it asks nothing: what has a default gets it, and what has none must be said.
///
/// The file is read, checked and rendered before anything is written, as `render` does it, and it goes to
/// deployment/teams/TEAM/apps/NAME/ with the manifests of each environment beside it. An app that is there already is never
/// overwritten (2). What the platform's fences would refuse is refused here (11): an image of another registry than those of
/// `platform.registries`, a name that another app has, a team that people.yaml does not know.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct AppArgs {
    /// The name of the app
    #[arg(value_name = "NAME")]
    pub(super) name: Option<String>,
    /// Whose it is
    #[arg(long, value_name = "TEAM")]
    pub(super) team: Option<String>,
    /// How it runs; without it, web
    #[arg(long, value_name = "KIND")]
    pub(super) kind: Option<AppKind>,
    /// Its image, with a tag
    #[arg(long, value_name = "IMAGE")]
    pub(super) image: Option<String>,
    /// Of web: the port that serves; without it, 8080
    #[arg(long, value_name = "PORT")]
    pub(super) port: Option<u16>,
    /// Of cron: when it runs, in five fields
    #[arg(long, value_name = "SCHEDULE")]
    pub(super) schedule: Option<String>,
    /// Of cron: the time zone of the schedule; without it, UTC
    #[arg(long, value_name = "ZONE")]
    pub(super) timezone: Option<String>,
    /// Of web: reached from outside, at the platform's own address for it. Without it, `--host` and `--auth`, only from inside the
    /// cluster
    #[arg(long)]
    pub(super) outside: bool,
    /// Of web: a host of your own beside the platform's; may be repeated
    #[arg(long = "host", value_name = "HOST")]
    pub(super) hosts: Vec<String>,
    /// Of web: how callers from outside prove who they are; without it, everybody comes in
    #[arg(long, value_name = "MODE")]
    pub(super) auth: Option<AuthKind>,
    /// A group that is let in; may be repeated
    #[arg(long = "group", value_name = "GROUP")]
    pub(super) groups: Vec<String>,
    /// A scope that a token must have; may be repeated
    #[arg(long = "scope", value_name = "SCOPE")]
    pub(super) scopes: Vec<String>,
    /// Whom tokens must be meant for
    #[arg(long, value_name = "AUDIENCE")]
    pub(super) audience: Option<String>,
    /// Something shared that it uses; may be repeated
    #[arg(long, value_name = "ALIAS=TYPE:NAME", value_parser = parse_use)]
    pub(super) uses: Vec<Used>,
    /// An environment; may be repeated. Without it, those that other apps have, or production
    #[arg(long = "env", value_name = "ENVIRONMENT")]
    pub(super) environments: Vec<String>,
    /// Ask nothing, and write
    #[arg(long)]
    pub(super) yes: bool,
    /// Where deployment/ lies; without it, beside caravan.yaml
    #[arg(long, value_name = "DIR")]
    out: Option<Utf8PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  caravan new app
  caravan new app desk --team shop --image r.example.com/shop/desk:1.0 --yes
  caravan new app desk --team shop --image r.example.com/shop/desk:1.0 --auth login --yes
  caravan new app mail --team shop --image r.example.com/mail:1 --kind cron --schedule '0 5 * * *'";

/// `caravan.new-app/v1`.
#[derive(JsonSchema, Serialize)]
pub(crate) struct Document {
    #[schemars(extend("const" = "caravan.new-app/v1"))]
    schema: &'static str,
    team: String,
    app: String,
    environments: Vec<String>,
    /// The files that were written, below the folder of the tree.
    written: Vec<String>,
    /// What is as it was said, and may not be what is meant.
    warnings: Vec<String>,
    /// The next command.
    next: String,
}

/// Runs the command.
///
/// # Errors
/// When something is missing, wrong, there already or refused, and when the disk takes no more.
pub(super) fn run(global: &Global, printer: &Printer, args: &AppArgs) -> Result<Exit, Failure> {
    let permit = WritePermit::ask(global, "writing plconfig.yaml")?;
    let platform = Config::load(&global.dir)?.platform;
    let people = people::load(&global.dir, &platform)?;
    let out = args.out.as_deref().unwrap_or(&global.dir);
    let others = deployed::apps(out);
    let asker =
        Asker { asks: !args.yes && !printer.is_json() && io::stdin().is_terminal() && io::stderr().is_terminal() };
    let answers = asker.answers(args, &known(&others, deployed::teams(out), people.as_ref()))?;
    names(&answers)?;
    let folder = format!("deployment/teams/{}/apps/{}", answers.team, answers.app);
    let path = format!("{folder}/plconfig.yaml");
    let at = paths::within(out, &folder);
    // Also of a link that leads nowhere, and of what can't be looked at: only what is surely not there is made.
    if at.as_std_path().symlink_metadata().map_or_else(|error| error.kind() != io::ErrorKind::NotFound, |_| true) {
        return Err(Failure::new(FailureKind::Usage, format!("{at} is there already: it stays as it is"))
            .hint("take another name, or change the plconfig.yaml there"));
    }
    let text = answers.plconfig().map_err(|error| Failure::new(FailureKind::Work, error))?;
    let manifests = rendered(&text, &platform)?;
    let refused = fences::refusals(&text, &answers.team, &answers.app, &platform, people.as_ref(), &others);
    let refused = refused.map_err(|error| Failure::new(FailureKind::Usage, error))?;
    if let [first, rest @ ..] = refused.as_slice() {
        let failure = Failure::new(FailureKind::NotReady, format!("the platform would refuse it: {first}"));
        return Err(rest.iter().fold(failure, |failure, one| failure.hint(format!("and: {one}"))));
    }
    if !asker.confirms(&text, &path)? {
        return Err(Failure::new(FailureKind::Usage, "that was not yes: nothing was written"));
    }
    let files: BTreeMap<String, String> = manifests
        .into_iter()
        .map(|(environment, manifests)| (format!("{folder}/{environment}/manifests.yaml"), manifests))
        .chain([(path.clone(), text.clone())])
        .collect();
    let document = Document {
        schema: "caravan.new-app/v1",
        team: answers.team,
        app: answers.app,
        environments: answers.environments,
        written: files.keys().cloned().collect(),
        warnings: warnings(&text, &platform, people.as_ref())?,
        next: format!("caravan {}convert", global.repeated()),
    };
    write(out, &files, &permit)?;
    document.warnings.iter().for_each(|warning| printer.warning(warning));
    if printer.is_json() {
        printer.json(&document)?;
    } else {
        printer.text(|out| document.written.iter().try_for_each(|file| writeln!(out, "wrote {file}")))?;
        printer.hint(&format!("the fence of the team follows by: {}", document.next));
    }
    Ok(Exit::Done)
}

/// Names become paths: nothing else is looked at before they are known to be plain.
fn names(answers: &Answers) -> Result<(), Failure> {
    let wrong =
        |what: &str, error: &dyn std::fmt::Display| Failure::new(FailureKind::Usage, format!("{what}: {error}"));
    TeamName::parse(&answers.team).map_err(|error| wrong("team", &error))?;
    TeamName::parse(&answers.app).map_err(|error| wrong("app", &error))?;
    let mut environments = answers.environments.iter();
    environments
        .try_for_each(|name| EnvironmentName::parse(name).map(|_| ()))
        .map_err(|error| wrong("environment", &error))
}

/// The manifests of each environment, by the code of `caravan render`.
fn rendered(text: &str, platform: &Platform) -> Result<Vec<(String, String)>, Failure> {
    let wrong = |error: &dyn std::fmt::Display| {
        Failure::new(FailureKind::Usage, format!("that is no plconfig: {error}"))
            .hint("docs/plconfig.md says what each key takes")
    };
    let config = PlConfig::read(text).map_err(|error| wrong(&error))?;
    let environments = config.environments.keys();
    environments
        .map(|environment| {
            let manifests = render_file(text, environment, platform).map_err(|error| wrong(&error))?;
            Ok((environment.clone(), manifests))
        })
        .collect()
}

/// What is as it was said, and may not be what is meant.
fn warnings(
    text: &str,
    platform: &Platform,
    people: Option<&caravan_convert::Company>,
) -> Result<Vec<String>, Failure> {
    let closed = file_closed(text, platform).map_err(|error| Failure::new(FailureKind::Work, error.to_string()))?;
    let mut said: Vec<String> = closed
        .into_iter()
        .map(|(environment, _)| {
            format!(
                "in {environment} nobody comes in: it asks who callers are, and `platform.auth.issuer` in caravan.yaml does not say who says it"
            )
        })
        .collect();
    let config = PlConfig::read(text).map_err(|error| Failure::new(FailureKind::Work, error.to_string()))?;
    let app = DeployedApp { team: config.team.clone(), app: config.app.clone(), text: text.to_owned(), config };
    if let Some(people) = people {
        let unknown = app.groups().into_iter().filter(|group| !people.has_group(group));
        said.extend(unknown.map(|group| format!("people.yaml has no group {group}: who is in it is said elsewhere")));
    }
    Ok(said)
}

/// What is proposed.
fn known(others: &[DeployedApp], teams: BTreeSet<String>, people: Option<&caravan_convert::Company>) -> Known {
    let of_file = people.into_iter().flat_map(|people| people.teams().map(ToString::to_string).collect::<Vec<_>>());
    let teams: BTreeSet<String> = match people {
        Some(_) => of_file.collect(),
        None => teams,
    };
    let environments: BTreeSet<String> =
        others.iter().flat_map(|app| app.config.environments.keys().cloned()).collect();
    Known { teams: teams.into_iter().collect(), environments: environments.into_iter().collect() }
}

fn write(out: &camino::Utf8Path, files: &BTreeMap<String, String>, _permit: &WritePermit) -> Result<(), Failure> {
    write_tree(out, files.iter())?;
    Ok(())
}
