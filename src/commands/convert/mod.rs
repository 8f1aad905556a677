//! `caravan convert`: from the inventory to the trees that Git carries.

mod beneath;
mod changes;
mod commit;
mod finding;
mod format;
mod machines;
mod marks;
mod outcome;
mod places;
mod prove;
mod remains;
mod report;
mod selection;
mod shared;
mod stale;

use crate::config::Config;
use crate::decisions::{self, Decided};
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::{Global, OutputFormat};
use crate::lifting::{self, Estate};
use crate::permit::WritePermit;
use crate::printer::Printer;
use crate::progress::Progress;
use crate::shared::{AppNeeds, Shared};
use crate::tree::{self, Sink};
use crate::{clock, inventory_db, people};
use camino::{Utf8Path, Utf8PathBuf};
use caravan_convert::{App, Company, Converted, Demand, Names, Sources, Trace, convert_among, platform_tree};
use caravan_inventory::{Decisions, Unit, UnitState};
use caravan_inventory_store::Store;
use clap::Args;
use commit::CommitArgs;
use jiff::tz::TimeZone;
use marks::Marks;
use places::Places;
use prove::{ProveArgs, Prover};
use selection::SelectionArgs;

pub(crate) use outcome::Document;
pub(crate) use report::ConversionReport;
pub(crate) use selection::{Selection, in_tree, is_of};

/// Write plconfig, manifests and the account of every field as files for Git, or compare with what is there
///
/// deployment/teams/ holds a plconfig.yaml for each app and its manifests for each environment, and the fence of each team;
/// deployment/platform/ what all of them share, and infrastructure/ the Terraform of what workloads share; ledger/ one file
/// for each workload and each module of Terraform. What the settings below `platform:` do not tell is left out and named,
/// with what to write. What is not answered yet is converted with what its question assumes, and nothing that could become
/// a second active one is started before its answer.
///
/// A file that somebody changed is never overwritten: changes are brought together, and where that can't be done the file
/// stays and is named as a conflict.
///
/// `--check` is for pipelines. It is green, 0, when nothing differs and everything open is answered, or accepted in decisions.yaml
/// until a day that has not passed (`caravan decide --accept`). `--format github`, `sarif` and `junit` say what was found with file,
/// line and rule.
///
/// `--commit REPO --branch B` commits to a branch instead: what differs, and why, is its message. Nothing is committed where files of people
/// are in conflict; a branch that somebody else moved meanwhile stays as they left it; and nothing is pushed without `--push`.
///
/// `--prove` runs each Worker in miniflare beside what it became: workerd with the context of its image, or, where routes answer in
/// its place, a model of the gateway. Both are asked what the script's own text suggests, and must answer alike. Nothing leaves the
/// machine: one stand-in answers for everybody whom a script asks. Node, miniflare and workerd have to be there.
///
/// Of several outcomes the exit code is the most severe: 1 failed or in conflict; 10 `--prove` found a Worker that answers otherwise
/// than its original; 11 a field is unknown, a workload was refused and nobody accepted it, with `--check` a question is neither
/// answered nor accepted, or with `--prove` nothing could be shown of a Worker; 10 `--check` found differences; 0.
#[derive(Args, Debug)]
pub(crate) struct ConvertArgs {
    /// Where deployment/, infrastructure/ and ledger/ go; without it, beside caravan.yaml
    #[arg(long, value_name = "DIR")]
    out: Option<Utf8PathBuf>,
    /// Write nothing: compare, and end with 10 when something would change
    #[arg(long)]
    check: bool,
    /// Show what would change in each file, as a unified diff
    #[arg(long, requires = "check")]
    diff: bool,
    /// A folder that `discover --files` was given: what came from its files is named with file and line; may be repeated
    #[arg(long, value_name = "DIR", requires = "check")]
    sources: Vec<Utf8PathBuf>,
    #[command(flatten)]
    selection: SelectionArgs,
    #[command(flatten)]
    proof: ProveArgs,
    #[command(flatten)]
    commit: CommitArgs,
}

/// What is converted, and how.
pub(crate) struct Conversion<'a> {
    pub(crate) store: &'a Store,
    pub(crate) decided: &'a Decided,
    /// The settings.
    pub(crate) config: &'a Config,
    /// Who is in which team, where `people.yaml` says it.
    pub(crate) people: Option<&'a Company>,
    /// Where the tree stands.
    pub(crate) out: &'a Utf8Path,
    /// Without it, files are compared.
    pub(crate) permit: Option<&'a WritePermit>,
    /// Which apps it is about.
    pub(crate) selection: Selection,
    /// Whether it is asked what differs in each file, line by line.
    pub(crate) lines: bool,
    /// Where the files lie that sources came from.
    pub(crate) sources: Vec<&'a Utf8Path>,
}

/// Runs the command.
///
/// # Errors
/// When the inventory can't be read or the trees can't be written.
pub(crate) fn run(global: &Global, printer: &Printer, args: &ConvertArgs) -> Result<Exit, Failure> {
    if printer.is_of_checks() && !args.check {
        return Err(Failure::new(FailureKind::Usage, "this format says what a check has found")
            .hint("add `--check`, or use `--format json`"));
    }
    let config = Config::load(&global.dir)?;
    let people = people::load(&global.dir, &config.platform)?;
    let decided = decisions::load_all(&global.dir)?;
    let permit =
        if args.check { None } else { Some(WritePermit::ask(global, "writing the trees; `--check` compares")?) };
    let store = inventory_db::open(&global.dir)?;
    let committing = args.commit.open()?;
    let beside = committing.as_ref().map(|committing| committing.files()).transpose()?;
    let out = beside.as_deref().or(args.out.as_deref()).unwrap_or(&global.dir);
    let prover = Prover::of(&args.proof)?;
    let mut report = convert_and_prove(
        &Conversion {
            store: &store,
            decided: &decided,
            config: &config,
            people: people.as_ref(),
            out,
            permit: permit.as_ref(),
            selection: Selection::of(&args.selection, &global.dir, out)?,
            lines: committing.is_some() || args.check && (args.diff || !matches!(printer.format, OutputFormat::Human)),
            sources: args.sources.iter().map(Utf8PathBuf::as_path).chain([global.dir.as_path()]).collect(),
        },
        printer,
        prover,
    )?;
    if let Some(committing) = committing {
        report.commits = committing.finish(printer, &report)?;
    }
    match printer.format {
        OutputFormat::Human => report.tell(printer, out, args.diff)?,
        OutputFormat::Json => printer.json(&report.document(args.diff))?,
        OutputFormat::Github | OutputFormat::Sarif | OutputFormat::Junit => format::write(printer, &report)?,
    }
    Ok(report.exit())
}

/// Converts every app that is selected, and writes each as soon as it is converted; without a permit, compares. The others are
/// converted too and left alone: the names that they take in the cluster are taken.
///
/// # Errors
/// When nothing is selected, the inventory can't be read or the trees can't be written.
pub(crate) fn convert_all(work: &Conversion<'_>, printer: &Printer) -> Result<ConversionReport, Failure> {
    convert_and_prove(work, printer, None)
}

/// The same, and holds each Worker to its original where there is somebody who does.
fn convert_and_prove(
    work: &Conversion<'_>,
    printer: &Printer,
    mut prover: Option<Prover>,
) -> Result<ConversionReport, Failure> {
    let Conversion { store, decided, config, people, out, permit, selection, .. } = work;
    let platform = &config.platform;
    let progress = Progress::new(printer);
    let estate = Estate::read(store, &decided.answers, platform)?;
    let apps = &estate.apps;
    selection.check(apps)?;
    let existing = tree::existing(out);
    let mut sink = Sink::new(out, *permit);
    let today = clock::now().to_zoned(TimeZone::UTC).date();
    let everything = selection.is_everything();
    let mut report = ConversionReport::new(permit.is_none(), everything, decided.accepted.clone(), today);
    let mut names = Names::default();
    let mut demand = Demand::default();
    let mut needed = AppNeeds { accounts: estate.accounts(), ..AppNeeds::default() };
    for (at, app) in apps.iter().enumerate() {
        progress.now(format!("{at}/{} apps; {}/{}", apps.len(), app.team, app.name));
        let lifted = estate.lift_members(store, app, &decided.answers)?;
        let marks = Marks::of(app, &lifted);
        let mut converted = convert_among(&mut names, app, lifted, platform, &existing, Trace::Off);
        for (environment, needs) in std::mem::take(&mut converted.needs) {
            demand.add(&app.team, &app.name, &environment, &needs);
        }
        if !selection.holds(app) {
            continue;
        }
        add_linked_questions(store, &mut converted, app, &decided.answers)?;
        if let Some(prover) = &mut prover {
            prover.prove(store, app, &converted, &existing)?;
        }
        let files = std::mem::take(&mut converted.files);
        if work.lines && sink.differs(&files)? {
            report.differ(changes(work, &estate, &mut names, app)?, app.members.first().map(|one| &one.workload));
        }
        sink.take(files)?;
        needed.roles.append(&mut converted.roles);
        needed.auth.append(&mut converted.auth);
        report.add(converted, &marks);
    }
    report.unread = unread(store)?;
    report.stale = if everything { stale::folders(out, apps) } else { Vec::new() };
    // What lies under all apps is made where all of them are looked at.
    if everything && (report.has_conflicts() || report.may_miss_apps()) {
        report.leave_platform();
    } else if everything {
        let mut strangers = beneath::add_written_by_hand(&mut demand, out, apps, platform);
        let mut made = platform_tree(&demand, platform, *people, &needed.accounts, &existing, Trace::Off);
        made.open.append(&mut strangers);
        sink.take(std::mem::take(&mut made.files))?;
        report.add_platform(made);
    }
    if everything {
        progress.now("what is shared".to_owned());
        needed.auth.extend(beneath::auth_written_by_hand(out, apps, platform));
        report.close(beneath::closed_written_by_hand(out, apps, platform));
        let shared = Shared::read(store, &config.ownership, &estate)?;
        let mut shared = shared.convert(&needed, *people, config, &decided.answers, &existing);
        sink.take(std::mem::take(&mut shared.files))?;
        report.add_shared(shared);
    }
    let mut places = Places::new(store, out, work.sources.clone());
    report.proof = prover.map(Prover::finish);
    report.finish(sink.finish()?, remains::names(store)?, &mut places);
    Ok(report)
}

/// The lists of clouds that the inventory has not whole, with why: what they name may be missing. Of files that is said where they are
/// read.
fn unread(store: &Store) -> Result<Vec<String>, Failure> {
    let is_cut =
        |unit: &Unit| unit.account.is_some() && !matches!(unit.state, UnitState::Complete | UnitState::Skipped);
    let units = store.latest_units()?.into_iter().filter(is_cut);
    Ok(units
        .map(|unit| {
            let place = [unit.account.map(|one| one.to_string()), unit.region.map(|one| one.to_string())];
            let place = place.into_iter().flatten().collect::<Vec<_>>().join("/");
            format!("{} in {place}: {}", unit.api, unit.state.as_str())
        })
        .collect())
}

/// What differs in the files of an app, and where the new lines come from.
fn changes(
    work: &Conversion<'_>,
    estate: &Estate,
    names: &mut Names,
    app: &App,
) -> Result<Vec<changes::Change>, Failure> {
    let existing = tree::existing(work.out);
    let lifted = estate.lift_members(work.store, app, &work.decided.answers)?;
    let ledgers: Vec<_> = lifted.iter().map(|one| one.ledger.clone()).collect();
    let traced = convert_among(names, app, lifted, &work.config.platform, &existing, Trace::Lines);
    let sources = Sources::new(app.members.iter().map(|member| &member.environment).zip(&ledgers));
    changes::of_app(work.out, &existing, &traced.files, &sources)
}

/// Whom a workload belongs to was asked when it was linked.
fn add_linked_questions(
    store: &Store,
    converted: &mut Converted,
    app: &App,
    decisions: &Decisions,
) -> Result<(), Failure> {
    for member in &app.members {
        let lifted = Vec::new();
        converted.questions.extend(lifting::questions_with(store, &member.workload, decisions, lifted)?);
    }
    Ok(())
}
