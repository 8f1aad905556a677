//! The report of a scan.

use crate::commands::inventory::{Unlinked, coverage_summary, unlinked, warn_of_unlinked};
use crate::error::Failure;
use crate::exit::Exit;
use crate::printer::Printer;
use caravan_discover::RefusedAccount;
use caravan_inventory::{AccountId, Coverage, Provider, ProviderAccount, ScanId, Scope, Unit, UnitId, UnitState};
use caravan_inventory_store::Store;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;

/// More lists than this that share a state and a reason are counted instead of named.
const SHARED: usize = 3;

/// What a scan found.
pub(crate) struct Found {
    /// The scan.
    pub(crate) scan: ScanId,
    /// The states of its units.
    pub(crate) coverage: Coverage,
    /// How many observations a complete list no longer has.
    pub(crate) gone: u64,
    /// What could not be read.
    pub(crate) failures: Vec<Failed>,
    /// Accounts whose credentials are missing, wrong, or another account's.
    pub(crate) refused: Vec<Refused>,
}

/// A unit that is not complete.
#[derive(Serialize)]
pub(crate) struct Failed {
    unit: UnitId,
    state: UnitState,
    reason: String,
    #[serde(skip)]
    scope: Option<Scope>,
}

/// An account that was not read.
#[derive(Serialize)]
pub(crate) struct Refused {
    provider: Provider,
    account: AccountId,
    reason: String,
}

/// `caravan.scan/v1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    scan: &'a ScanId,
    coverage: Coverage,
    /// In the inventory now.
    observations: u64,
    /// In the inventory now.
    workloads: u64,
    gone: u64,
    /// Autoscaling that names no service that was seen.
    unlinked: &'a [Unlinked],
    failures: &'a [Failed],
    refused: &'a [Refused],
}

/// Says what was found, and decides the exit code.
///
/// # Errors
/// When the inventory can't be read or standard output takes no more.
pub(super) fn tell(store: &Store, found: &Found, printer: &Printer) -> Result<Exit, Failure> {
    let (observations, workloads) = (store.observation_count()?, store.workload_count()?);
    let unlinked = unlinked(store)?;
    if printer.is_json() {
        printer.json(&Document {
            schema: "caravan.scan/v1",
            scan: &found.scan,
            coverage: found.coverage,
            observations,
            workloads,
            gone: found.gone,
            unlinked: &unlinked,
            failures: &found.failures,
            refused: &found.refused,
        })?;
    } else {
        printer.text(|out| {
            writeln!(out, "{}", coverage_summary(&found.coverage))?;
            writeln!(out, "inventory: {workloads} workloads, {observations} observations")
        })?;
    }
    warn_of_unlinked(printer, &unlinked);
    warn(found, printer);
    Ok(found.exit())
}

/// Which and why, on standard error whatever the format: a log shows it, too.
fn warn(found: &Found, printer: &Printer) {
    for refused in &found.refused {
        printer.warning(&format!("{} was not read: {}", refused.provider_account(), refused.reason));
    }
    let is_refused = |scope: &Scope| found.refused.iter().any(|refused| refused.provider_account().holds(scope));
    let others = found.failures.iter().filter(|failed| !failed.scope.as_ref().is_some_and(is_refused));
    for line in lines(others, printer.is_verbose()) {
        printer.warning(&line);
    }
    if !found.refused.is_empty() {
        printer.hint("`caravan doctor` checks the credentials of every account");
    } else if found.coverage.is_partial() {
        printer.hint("what is missing is recorded: `caravan inventory coverage --incomplete` names it");
    } else if found.coverage.skipped > 0 {
        printer.hint(
            "what was skipped is recorded too: `caravan inventory coverage --incomplete` names it with its reason",
        );
    }
}

/// One line for each unit; where many share a state and a reason and nobody asked for more, one for all of them.
fn lines<'a>(failures: impl Iterator<Item = &'a Failed>, verbose: bool) -> Vec<String> {
    let mut alike: BTreeMap<(UnitState, &str), Vec<&UnitId>> = BTreeMap::new();
    for Failed { unit, state, reason, .. } in failures {
        alike.entry((*state, reason)).or_default().push(unit);
    }
    let said = alike.iter().flat_map(|((state, reason), units)| match units.as_slice() {
        [first, .., last] if units.len() > SHARED && !verbose => {
            vec![format!("{} lists are {}, {first} to {last}: {reason}", units.len(), state.as_str())]
        }
        _ => units.iter().map(|unit| format!("{unit} is {}: {reason}", state.as_str())).collect(),
    });
    said.collect()
}

impl Found {
    fn exit(&self) -> Exit {
        if !self.refused.is_empty() {
            Exit::Access
        } else if self.coverage.is_partial() {
            Exit::Partial
        } else {
            Exit::Done
        }
    }
}

impl Failed {
    /// The unit, if it is not complete although it was asked for.
    pub(super) fn of(unit: Unit) -> Option<Self> {
        let missing = !matches!(unit.state, UnitState::Complete | UnitState::Skipped);
        let scope = unit.scope();
        missing.then(|| Self { unit: unit.id, state: unit.state, reason: unit.reason.unwrap_or_default(), scope })
    }
}

impl From<RefusedAccount> for Refused {
    fn from(refused: RefusedAccount) -> Self {
        let RefusedAccount { account: ProviderAccount { provider, account }, reason } = refused;
        Self { provider, account, reason }
    }
}

impl Refused {
    fn provider_account(&self) -> ProviderAccount {
        ProviderAccount::new(self.provider, self.account.clone())
    }
}
