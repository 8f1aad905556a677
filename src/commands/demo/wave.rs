//! A wave of the estate: drafted, sealed, rehearsed once into a failure and once to its end.

use crate::commands::plan::seal_wave;
use crate::commands::rehearse::{self, rehearse_plan};
use crate::config::Config;
use crate::error::Failure;
use crate::operator::{StoredInventory, draft_failure};
use crate::permit::WritePermit;
use crate::printer::{Printer, counted};
use crate::{inventory_db, journal_db, waves};
use camino::Utf8Path;
use caravan_cutover::operator::{draft_wave, plan_from_inventory};
use caravan_cutover_rehearsal::{Intention, Profile, RehearsalReport};
use caravan_inventory_store::{Store, WorkloadFilter};
use caravan_plans::{FILL_IN, NewSide, WaveSpec};
use caravan_providers::target::Alias;
use serde::Serialize;
use std::io::{self, Write};

/// The wave's name.
pub(super) const NAME: &str = "demo";

/// Shifts that the wave takes of what can be shifted: enough to see how it goes.
const SHIFTS: usize = 3;

/// The seed of both rehearsals: one in which the new side fails while it takes traffic.
const SEED: u64 = 1;

/// What became of the wave.
#[derive(Serialize)]
pub(super) struct Wave {
    hash: String,
    file: String,
    shifts: usize,
    /// The new side fails at a moment of its own: the gate gives the traffic back.
    failing: RehearsalReport,
    /// Nothing goes wrong.
    succeeding: RehearsalReport,
}

/// Drafts, seals and rehearses.
///
/// # Errors
/// When inventory or journal can't be used, or the disk does not take the files.
pub(super) fn walk(
    dir: &Utf8Path,
    store: &Store,
    config: &Config,
    printer: &Printer,
    permit: &WritePermit,
) -> Result<Wave, Failure> {
    let spec = match waves::spec_path(dir, NAME).exists() {
        true => waves::load(dir, NAME)?,
        false => {
            let spec = drafted(store)?;
            waves::save(dir, &spec, &[], permit)?;
            spec
        }
    };
    let plan = plan_from_inventory(&StoredInventory(store), &spec, config.drivers)?;
    let journal = journal_db::open_for_writing(dir, permit)?;
    let sealed = seal_wave(dir, &journal, plan, "caravan demo", permit)?.sealed;
    let rehearsed = |profile| rehearse_plan(printer, &sealed, 1, SEED, profile, Intention::Through);
    Ok(Wave {
        hash: sealed.hash().to_string(),
        file: waves::sealed_path(dir, &sealed).to_string(),
        shifts: sealed.plan().steps.len(),
        failing: rehearsed(Profile::Unhealthy),
        succeeding: rehearsed(Profile::None),
    })
}

/// The first shifts of the estate that need nothing more than the address of the new side.
fn drafted(store: &Store) -> Result<WaveSpec, Failure> {
    let mut ids = Vec::new();
    inventory_db::each_workload(store, &WorkloadFilter::default(), |workload| {
        ids.push(workload.id);
        Ok(())
    })?;
    let gateway = Alias {
        zone: "Z215JYRZR1TBD5".to_owned(),
        name: "gateway-4b1c90.elb.eu-central-1.amazonaws.com.".to_owned(),
        evaluate_health: false,
    };
    let new = NewSide { alias: Some(gateway), address: None };
    let drafted = draft_wave(&StoredInventory(store), NAME, &ids, &new).map_err(|error| draft_failure(store, error))?;
    let mut spec = drafted.spec;
    spec.shifts.retain(|shift| serde_json::to_string(shift).is_ok_and(|text| !text.contains(FILL_IN)));
    let mut targets = std::collections::BTreeSet::new();
    spec.shifts.retain(|shift| targets.insert(shift.strategy.target()));
    spec.shifts.truncate(SHIFTS);
    // Where the new owners of work are, only a cluster tells: the simulated world has none.
    spec.hand_overs.clear();
    Ok(spec)
}

impl Wave {
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "\n4. A wave (caravan plan draft, seal; caravan rehearse)")?;
        writeln!(out, "{} sealed in {}", counted(self.shifts, "shift"), self.file)?;
        writeln!(out, "rehearsed while the new side fails:")?;
        rehearse::write(out, NAME, &self.failing)?;
        writeln!(out, "\n5. The whole cutover, in a simulated world")?;
        rehearse::write(out, NAME, &self.succeeding)
    }
}
