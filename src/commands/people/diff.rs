//! `caravan people diff`: exactly what a change of people.yaml does where.

use crate::config::Config;
use crate::deployed::{self, DeployedApp};
use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::people;
use crate::printer::{Printer, printable};
use camino::{Utf8Path, Utf8PathBuf};
use caravan_convert::Company;
use caravan_convert::people::{Change, ChangeKind, Changes, FactKind, Leaving, System};
use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;
use std::io::{self, Write};

/// Show exactly what people.yaml changes where, beside what it said before
///
/// System by system it names each group, person, login, permission and right that is added, changed or taken away, and what stays
/// without anybody who keeps it. Of systems in which nothing changes it says why: clusters and Argo CD bind groups, so that nothing
/// changes there for a person. It names what somebody who leaves answered for.
///
/// It reads two states of the file, and asks no system.
#[derive(Args, Debug)]
pub(crate) struct DiffArgs {
    /// What to compare with: a file, or a revision of Git, whose people.yaml and caravan.yaml are taken
    #[arg(long, value_name = "REV|FILE", default_value = "HEAD")]
    from: String,
    /// Where deployment/ lies, for what somebody who leaves answered for; without it, beside caravan.yaml
    #[arg(long, value_name = "DIR")]
    out: Option<Utf8PathBuf>,
    /// End with 10 when there is any difference
    #[arg(long)]
    exit_code: bool,
}

/// `caravan.people-diff/v1`.
#[derive(JsonSchema, Serialize)]
pub(crate) struct Document {
    #[schemars(extend("const" = "caravan.people-diff/v1"))]
    schema: &'static str,
    /// What it was compared with.
    from: String,
    /// What changes, system by system.
    changes: Vec<Change>,
    /// The systems in which nothing changes, with why.
    unchanged: Vec<Unchanged>,
    /// Who leaves something that they answered for, or the file.
    leaving: Vec<LeavingRow>,
    /// Teams and roles without anybody now, or without an owner.
    orphaned: Vec<String>,
}

/// A system in which nothing changes.
#[derive(JsonSchema, Serialize)]
struct Unchanged {
    system: &'static str,
    why: &'static str,
}

/// Somebody who leaves, with what hangs on them.
#[derive(JsonSchema, Serialize)]
struct LeavingRow {
    #[serde(flatten)]
    leaving: Leaving,
    /// The apps of the teams that they owned.
    apps: Vec<String>,
    /// The apps whose `contact` names them.
    contact_of: Vec<String>,
}

/// Runs the command.
///
/// # Errors
/// When one of the states can't be read.
pub(super) fn run(global: &Global, printer: &Printer, args: &DiffArgs) -> Result<Exit, Failure> {
    let platform = Config::load(&global.dir)?.platform;
    let after = people::load(&global.dir, &platform)?;
    let before = people::earlier(&global.dir, &args.from, &platform)?;
    if before.company.is_none() {
        printer.note(&format!("{} is not there: whatever the file says is new", before.name));
    }
    let out = args.out.as_deref().unwrap_or(&global.dir);
    let document = document(before.name, before.company.as_ref(), after.as_ref(), out);
    let differs = !document.changes.is_empty();
    if printer.is_json() {
        printer.json(&document)?;
    } else {
        printer.text(|out| write(out, &document))?;
    }
    Ok(if args.exit_code && differs { Exit::Differences } else { Exit::Done })
}

fn document(from: String, before: Option<&Company>, after: Option<&Company>, out: &Utf8Path) -> Document {
    let Changes { changes, leaving, orphaned } = Changes::between(before, after);
    let apps = if leaving.is_empty() { Vec::new() } else { deployed::apps(out) };
    let leaving = leaving.into_iter().map(|one| row(one, before, &apps)).collect();
    let unchanged = unchanged(&changes, before, after);
    Document { schema: "caravan.people-diff/v1", from, changes, unchanged, leaving, orphaned }
}

/// What hangs on somebody who leaves.
fn row(leaving: Leaving, before: Option<&Company>, apps: &[DeployedApp]) -> LeavingRow {
    let owned = apps.iter().filter(|app| leaving.owned.contains(&format!("teams.{}", app.team)));
    let known = before.map(|company| company.known_as(&leaving.person)).unwrap_or_default();
    let asked = apps.iter().filter(|app| {
        let contact = app.config.contact.as_deref().unwrap_or_default().to_lowercase();
        leaving.gone && known.iter().any(|name| contact.contains(name))
    });
    LeavingRow {
        apps: owned.map(DeployedApp::name).collect(),
        contact_of: asked.map(DeployedApp::name).collect(),
        leaving,
    }
}

fn unchanged(changes: &[Change], before: Option<&Company>, after: Option<&Company>) -> Vec<Unchanged> {
    let kept = |system| [before, after].into_iter().flatten().any(|company| company.keeps(system));
    let by_scim = after.or(before).is_some_and(Company::is_filled_by_scim);
    let mut all: Vec<Unchanged> = System::ALL
        .into_iter()
        .filter(|system| changes.iter().all(|change| change.system != *system))
        .map(|system| Unchanged {
            system: system.name(),
            why: match system {
                System::Kubernetes | System::Argocd => {
                    "it binds groups, and no person: whoever is in a group has its rights"
                }
                _ if !kept(system) => "the file does not keep it",
                System::Aws if by_scim => "Entra ID brings groups and members by SCIM: they follow there",
                _ => "nothing of it changes",
            },
        })
        .collect();
    all.push(Unchanged { system: "Keycloak", why: "it takes groups over from Entra ID at each login" });
    all
}

fn write(out: &mut impl Write, document: &Document) -> io::Result<()> {
    for system in System::ALL {
        let of_system: Vec<&Change> = document.changes.iter().filter(|change| change.system == system).collect();
        if !of_system.is_empty() {
            writeln!(out, "{}", system.name())?;
        }
        for change in of_system {
            writeln!(out, "  {}", printable(&line(change)))?;
        }
    }
    if document.changes.is_empty() {
        writeln!(out, "nothing changes")?;
    }
    for one in &document.unchanged {
        writeln!(out, "unchanged: {}: {}", one.system, one.why)?;
    }
    for LeavingRow { leaving, apps, contact_of } in &document.leaving {
        let name = &leaving.person;
        let mut said = if leaving.gone { format!("{name} leaves") } else { format!("{name} stays") };
        if !leaving.owned.is_empty() {
            said.push_str(&format!(", and answered for {}", leaving.owned.join(", ")));
        }
        if !apps.is_empty() {
            said.push_str(&format!(" with the apps {}", apps.join(", ")));
        }
        if !contact_of.is_empty() {
            said.push_str(&format!("; is the contact of {}", contact_of.join(", ")));
        }
        writeln!(out, "{}", printable(&said))?;
    }
    document.orphaned.iter().try_for_each(|one| writeln!(out, "{}", printable(one)))
}

/// One change on a line.
fn line(change: &Change) -> String {
    let sign = match change.change {
        ChangeKind::Added => "+",
        ChangeKind::Removed => "-",
        ChangeKind::Changed => "~",
        ChangeKind::Forgotten => "?",
    };
    let group = change.group.as_deref().unwrap_or_default();
    let of = change.of.as_deref().unwrap_or_default();
    let what = match change.kind {
        FactKind::Group => format!("group {group}"),
        FactKind::Member => format!("{} in {group}", change.person.as_deref().unwrap_or_default()),
        FactKind::Application => format!("application {of}"),
        FactKind::Login => format!("{group} logs in to {of}"),
        FactKind::Permission => format!("{group} has {of}"),
        FactKind::Rights => format!("{group} has the rights of {of}"),
    };
    let how = match (&change.from, &change.to) {
        (Some(from), Some(to)) => format!(" ({from} → {to})"),
        (Some(how), None) | (None, Some(how)) => format!(" ({how})"),
        (None, None) => String::new(),
    };
    let stays = if change.change == ChangeKind::Forgotten { ": stays as it is, and nobody keeps it" } else { "" };
    format!("{sign} {what}{how}{stays}")
}
