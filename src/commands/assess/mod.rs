//! `caravan assess`: what should become of each workload, and what keeps it from moving.

mod details;
pub(crate) mod size;
mod table;

use crate::assessing::Assessor;
use crate::config::Config;
use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::inventory_db::{self, each_workload};
use crate::operator::no_such_workload;
use crate::printer::Printer;
use crate::{commands::inventory, decisions};
use caravan_inventory::{Coverage, Workload, WorkloadId};
use caravan_inventory_store::{Store, WorkloadFilter};
use caravan_plans::readiness::{Assessment, How, Note, UNKNOWN, Unknown, Verdict};
use caravan_plans::sizing::Sizing;
use clap::Args;
use serde::ser::{Error, SerializeSeq};
use serde::{Serialize, Serializer};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// Say what should become of each workload: move, retire, keep, replace, or undecided; and what keeps it from moving
///
/// Lifts every workload as `caravan convert` would, and holds it against every check of docs/readiness.md. Nothing is
/// written. Given ids, it shows everything that was found about them, with its evidence and what to do, and how large their
/// pods should be by what CloudWatch counted. Ends with 0 when
/// each of them has a verdict, with 11 when one is undecided, with 2 for an id that the inventory does not hold.
#[derive(Args, Debug)]
pub(crate) struct AssessArgs {
    /// Workloads, as `caravan inventory list` names them; without one all of them
    #[arg(value_name = "ID")]
    ids: Vec<String>,
}

/// `caravan.readiness/v1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    workloads: Rows<'a>,
    /// What no check can answer of any workload, and why.
    unknown: &'static [Unknown],
    coverage: Coverage,
}

/// The workloads, assessed while they are written.
struct Rows<'a> {
    assessor: &'a Assessor<'a>,
    ids: &'a [WorkloadId],
    counts: &'a Counts,
    /// What kept one from being assessed; serde has no place for it.
    failure: RefCell<Option<Failure>>,
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'a WorkloadId,
    name: &'a str,
    team: &'a str,
    environment: &'a str,
    verdict: Verdict,
    how: Option<How>,
    reasons: &'a [String],
    notes: &'a [Note],
    size: &'a Sizing,
}

/// How many ended how.
#[derive(Default)]
struct Counts(BTreeMap<Verdict, Cell<usize>>);

/// Runs the command.
///
/// # Errors
/// When the inventory can't be read, or does not hold a workload that was asked for.
pub(crate) fn run(global: &Global, printer: &Printer, args: &AssessArgs) -> Result<Exit, Failure> {
    let platform = Config::load(&global.dir)?.platform;
    let decisions = decisions::load(&global.dir)?;
    let store = inventory_db::open(&global.dir)?;
    let ids = asked_for(&store, args)?;
    let assessor = Assessor::read(&store, &decisions, &platform)?;
    let counts = Counts::new();
    if printer.is_json() {
        let rows = Rows { assessor: &assessor, ids: &ids, counts: &counts, failure: RefCell::new(None) };
        let coverage = store.coverage()?;
        let document = Document { schema: "caravan.readiness/v1", workloads: rows, unknown: UNKNOWN, coverage };
        let written = printer.json(&document);
        document.workloads.failure.take().map_or(written, Err)?;
    } else if args.ids.is_empty() {
        table::write(printer, &assessor, &ids, &counts)?;
        printer.note(&counts.summary());
        printer.note("B are blockers, W warnings; `caravan assess ID` shows all of one workload");
    } else {
        details::write(printer, &assessor, &ids, &counts)?;
    }
    if !printer.is_json() {
        let unknown: Vec<&str> = UNKNOWN.iter().map(|unknown| unknown.what).collect();
        printer.note(&format!("not known of any workload: {}", unknown.join("; ")));
        inventory::note_coverage(printer, store.coverage()?);
    }
    Ok(if counts.of(Verdict::Undecided) > 0 { Exit::NotReady } else { Exit::Done })
}

/// The workloads that are asked for, each once, sorted by id.
fn asked_for(store: &Store, args: &AssessArgs) -> Result<Vec<WorkloadId>, Failure> {
    let mut ids: Vec<WorkloadId> = Vec::new();
    if args.ids.is_empty() {
        each_workload(store, &WorkloadFilter::default(), |workload| {
            ids.push(workload.id);
            Ok(())
        })?;
        return Ok(ids);
    }
    for id in args.ids.iter().map(WorkloadId::new) {
        if store.workload(&id)?.is_none() {
            return Err(no_such_workload(store, &id));
        }
        ids.push(id);
    }
    ids.sort();
    ids.dedup();
    Ok(ids)
}

/// Assesses one after the other.
fn each(
    assessor: &Assessor<'_>,
    ids: &[WorkloadId],
    counts: &Counts,
    mut visit: impl FnMut(&Workload, &Assessment) -> Result<(), Failure>,
) -> Result<(), Failure> {
    for id in ids {
        let (workload, assessment) = assessor.assess(id)?.ok_or_else(|| crate::lifting::gone(id))?;
        counts.add(assessment.verdict);
        visit(&workload, &assessment)?;
    }
    Ok(())
}

impl Counts {
    fn new() -> Self {
        Self(Verdict::ALL.iter().map(|verdict| (*verdict, Cell::new(0))).collect())
    }

    fn add(&self, verdict: Verdict) {
        if let Some(count) = self.0.get(&verdict) {
            count.set(count.get() + 1);
        }
    }

    fn of(&self, verdict: Verdict) -> usize {
        self.0.get(&verdict).map_or(0, Cell::get)
    }

    /// `68 workloads: 31 move, 1 retire, …`.
    fn summary(&self) -> String {
        let each: Vec<String> =
            Verdict::ALL.iter().map(|verdict| format!("{} {}", self.of(*verdict), verdict.as_str())).collect();
        let all: usize = self.0.values().map(Cell::get).sum();
        format!("{all} workloads: {}", each.join(", "))
    }
}

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.ids.len()))?;
        let mut outcome = Ok(());
        let read = each(self.assessor, self.ids, self.counts, |workload, assessment| {
            if outcome.is_ok() {
                outcome = list.serialize_element(&Row::of(workload, assessment));
            }
            Ok(())
        });
        outcome?;
        if let Err(failure) = read {
            self.failure.replace(Some(failure));
            return Err(S::Error::custom("the inventory can't be read"));
        }
        list.end()
    }
}

impl<'a> Row<'a> {
    fn of(workload: &'a Workload, assessment: &'a Assessment) -> Self {
        Self {
            id: &workload.id,
            name: &workload.name,
            team: workload.team.as_str(),
            environment: workload.environment.as_str(),
            verdict: assessment.verdict,
            how: assessment.how,
            reasons: &assessment.reasons,
            notes: &assessment.notes,
            size: &assessment.size,
        }
    }
}
