//! `caravan demo`: the whole road on the embedded estate, by the very functions behind the commands.

mod place;
mod wave;

pub(crate) use place::is_demo;

use crate::assessing::count_verdicts;
use crate::commands::convert::{Conversion, ConversionReport, Selection, convert_all};
use crate::commands::{decide, inventory, tui};
use crate::config::Config;
use crate::error::Failure;
use crate::exit::Exit;
use crate::global::{Global, quoted};
use crate::permit::WritePermit;
use crate::printer::{Printer, output_failure, printable};
use crate::who::Who;
use crate::{decisions, env, inventory_db, paths, people};
use camino::{Utf8Path, Utf8PathBuf};
use caravan_inventory::{Coverage, Question, Workload, WorkloadKind};
use caravan_inventory_store::{Imported, Store, WorkloadFilter};
use caravan_plans::readiness::Verdict;
use clap::Args;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The estate: an inventory as `caravan inventory export` writes it.
const ESTATE: &[u8] = include_bytes!("../../../examples/estate/inventory.jsonl");

/// How many questions are shown; `caravan decide` shows them all.
const SHOWN: usize = 5;

/// Go the whole road on an embedded estate: no credentials, no network, nothing written but one folder
///
/// Imports the inventory of an invented company, shows what was found and how complete it is, converts what can be
/// converted, and says where everything lies and what to try next. Run again, it keeps what you changed in its folder.
/// It ends with 0 when the road was gone, also where a workload is refused: `caravan convert` would end with 11.
#[derive(Args, Debug)]
pub(crate) struct DemoArgs {
    /// The folder for it: new, empty, or of an earlier demo
    #[arg(long, value_name = "DIR", default_value = "caravan-demo")]
    out: Utf8PathBuf,
    /// Open the terminal interface on it, with a world in which its wave can be started, watched and taken back
    #[arg(long)]
    tui: bool,
    #[command(flatten)]
    who: Who,
}

impl DemoArgs {
    /// Whether the terminal interface is opened on it.
    pub(crate) const fn opens_tui(&self) -> bool {
        self.tui
    }
}

/// `caravan.demo/v1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    dir: &'a Utf8Path,
    imported: inventory::ImportedCounts,
    workloads: BTreeMap<&'static str, u64>,
    coverage: Coverage,
    /// How many workloads have each verdict.
    verdicts: BTreeMap<&'static str, u64>,
    convert: crate::commands::convert::Document<'a>,
    questions: &'a [Question],
    wave: &'a wave::Wave,
    next: Vec<String>,
}

/// What the road led past.
struct Walked<'a> {
    dir: &'a Utf8Path,
    imported: Imported,
    kinds: BTreeMap<&'static str, u64>,
    coverage: Coverage,
    verdicts: Vec<(Verdict, u64)>,
    report: ConversionReport,
    questions: Vec<Question>,
    wave: wave::Wave,
}

/// Runs the command.
///
/// # Errors
/// When the folder is somebody else's or can't be written to.
pub(crate) fn run(global: &Global, printer: &Printer, args: &DemoArgs) -> Result<Exit, Failure> {
    let permit = WritePermit::ask(global, "writing the folder of the demo")?;
    let walked = walk(&args.out, printer, &permit)?;
    if args.tui {
        let global = Global { dir: args.out.clone(), ..global.clone() };
        return tui::open(&global, printer, &args.who, false);
    }
    if printer.is_json() {
        printer.json(&walked.document())?;
    } else {
        // What is said for a folder of one's own holds for the demo's: its commands run as they are printed.
        let mut text = Vec::new();
        walked.write(&mut text, printer.is_verbose()).map_err(output_failure)?;
        let text = printer.commands().at(&args.out).text(&String::from_utf8_lossy(&text)).into_owned();
        printer.text(|out| out.write_all(text.as_bytes()))?;
        printer.hint(&format!("in the terminal interface: caravan --dir {} tui", quoted(args.out.as_str())));
    }
    Ok(Exit::Done)
}

/// The road, command by command.
fn walk<'a>(dir: &'a Utf8Path, printer: &Printer, permit: &WritePermit) -> Result<Walked<'a>, Failure> {
    place::furnish(dir, permit)?;
    let config = Config::load(dir)?;
    let decided = decisions::load_all(dir)?;
    let mut store = inventory_db::open_for_writing(dir, permit)?;
    let imported = inventory::import_and_link(&mut store, ESTATE, "the embedded estate", &config.ownership)?;
    let kinds = count_kinds(&store)?;
    let coverage = store.coverage()?;
    let verdicts = count_verdicts(&store, &decided.answers, &config.platform)?;
    let people = people::load(dir, &config.platform)?;
    let work = Conversion {
        store: &store,
        decided: &decided,
        config: &config,
        people: people.as_ref(),
        out: dir,
        permit: Some(permit),
        selection: Selection::default(),
        lines: false,
        sources: Vec::new(),
    };
    let report = convert_all(&work, printer)?;
    let questions = decide::open(&store, &decided.answers, &config)?;
    let wave = wave::walk(dir, &store, &config, printer, permit)?;
    Ok(Walked { dir, imported, kinds, coverage, verdicts, report, questions, wave })
}

fn count_kinds(store: &Store) -> Result<BTreeMap<&'static str, u64>, Failure> {
    let mut kinds: BTreeMap<&'static str, u64> = WorkloadKind::ALL.iter().map(|kind| (kind.as_str(), 0)).collect();
    inventory_db::each_workload(store, &WorkloadFilter::default(), |workload: Workload| {
        *kinds.entry(workload.kind.as_str()).or_default() += 1;
        Ok(())
    })?;
    Ok(kinds)
}

impl Walked<'_> {
    fn document(&self) -> Document<'_> {
        Document {
            schema: "caravan.demo/v1",
            dir: self.dir,
            imported: self.imported.into(),
            workloads: self.kinds.clone(),
            coverage: self.coverage,
            verdicts: self.verdicts.iter().map(|(verdict, count)| (verdict.as_str(), *count)).collect(),
            convert: self.report.document(false),
            questions: &self.questions,
            wave: &self.wave,
            next: self.next(),
        }
    }

    fn write(&self, out: &mut impl Write, verbose: bool) -> io::Result<()> {
        self.write_inventory(out)?;
        writeln!(out, "\n2. Conversion (caravan convert)")?;
        self.report.write(out, self.dir, verbose)?;
        self.write_questions(out)?;
        self.wave.write(out)?;
        self.write_places(out)?;
        writeln!(out, "\nTry next")?;
        self.next().iter().try_for_each(|command| writeln!(out, "  {command}"))
    }

    fn write_inventory(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "1. Inventory (caravan inventory import, list, coverage)")?;
        writeln!(out, "{}", inventory::import_summary(self.imported))?;
        let kinds: Vec<String> = self.kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        writeln!(out, "workloads: {}", kinds.join(", "))?;
        writeln!(out, "{}", inventory::coverage_summary(&self.coverage))?;
        let verdicts: Vec<String> =
            self.verdicts.iter().map(|(verdict, count)| format!("{count} {}", verdict.as_str())).collect();
        writeln!(out, "verdicts (caravan assess): {}", verdicts.join(", "))
    }

    fn write_questions(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "\n3. Questions that only a person can answer (caravan decide)")?;
        for question in self.questions.iter().take(SHOWN) {
            writeln!(out, "  {}\n    {}", printable(question.id.as_str()), printable(&question.text))?;
        }
        match self.questions.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => writeln!(out, "  … and {more} more"),
        }
    }

    fn write_places(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "\nWhere everything lies")?;
        let places = [
            (crate::config::FILE, "accounts, platform, ownership rules: yours to change"),
            (paths::DECISIONS, "the answers"),
            (paths::INVENTORY, "what was found"),
            ("deployment/", "apps with their manifests for each environment, and what they stand on"),
            ("images/", "of what the images of functions are built"),
            ("infrastructure/", "Terraform for what workloads share"),
            ("ledger/", "what became of every field of every source"),
            ("plans/", "the wave as people write it, and as it was sealed"),
            (paths::JOURNAL, "sealed plans, approvals, runs"),
        ];
        places.iter().try_for_each(|(name, what)| writeln!(out, "  {:<32} {what}", self.dir.join(name)))
    }

    fn next(&self) -> Vec<String> {
        let at = format!("caravan --dir {}", quoted(self.dir.as_str()));
        // A shell that does not know the program learns where it is.
        let mut next: Vec<String> = on_path().into_iter().collect();
        next.extend([format!("{at} inventory list"), format!("{at} inventory coverage --incomplete")]);
        // One with an answer that is there to be given.
        let answered = |question: &&Question| !question.options.is_empty();
        if let Some((question, answer)) =
            self.questions.iter().find(answered).and_then(|q| Some((q, q.options.first()?)))
        {
            next.push(format!("{at} inventory show {}", quoted(question.workload.as_str())));
            next.push(format!("{at} decide {}", quoted(&format!("{}={answer}", question.id))));
        }
        next.push(format!("{at} assess"));
        next.push(format!("{at} plan draft --dry-run"));
        next.push(format!("{at} domains plan"));
        next.push(format!("{at} convert --check"));
        next.push(format!("{at} plan show {}", wave::NAME));
        next.push(format!("{at} rehearse {}", wave::NAME));
        next
    }
}

/// The command that lets the shell find this program; none where it finds it already.
fn on_path() -> Option<String> {
    let program = std::env::current_exe().ok()?;
    let folder = program.parent()?;
    let path = env::get(env::PATH).unwrap_or_default();
    let found = std::env::split_paths(&path).any(|known| known == folder);
    (!found).then(|| format!("export PATH={}:\"$PATH\"", quoted(&folder.to_string_lossy())))
}
