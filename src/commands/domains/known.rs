//! What the inventory knows of domains, and of what is ours.

use crate::error::{Failure, FailureKind};
use crate::suggest::did_you_mean;
use caravan_inventory::{Domain, Hostname};
use caravan_inventory_store::{Store, StoreError};
use caravan_plans::domains::Ours;
use caravan_plans::domains::list::host;

/// How many are read at once.
const PAGE: usize = 1_000;

/// Every domain, sorted by name.
///
/// # Errors
/// Those of reading.
pub(super) fn all(store: &Store) -> Result<Vec<Domain>, Failure> {
    let mut domains: Vec<Domain> = Vec::new();
    each(store, |domain| domains.push(domain))?;
    Ok(domains)
}

/// Gives every domain, sorted by name, of which a page is held at a time.
///
/// # Errors
/// Those of reading.
pub(in crate::commands) fn each(store: &Store, mut take: impl FnMut(Domain)) -> Result<(), Failure> {
    let mut after: Option<Hostname> = None;
    loop {
        let page = store.domains(after.as_ref(), PAGE)?;
        let is_last = page.len() < PAGE;
        after = page.last().map(|domain| domain.name.clone());
        page.into_iter().for_each(&mut take);
        if is_last {
            return Ok(());
        }
    }
}

/// What is ours.
///
/// # Errors
/// Those of reading.
pub(in crate::commands) fn ours(store: &Store) -> Result<Ours, Failure> {
    let mut ours = Ours::default();
    for kind in Ours::KINDS {
        store.observations_by_kind::<StoreError>(kind, None, None, |seen| {
            ours.add(&seen);
            Ok(())
        })?;
    }
    Ok(ours)
}

/// A hostname as somebody typed it.
///
/// # Errors
/// A usage failure that says what to type.
pub(super) fn name(text: &str) -> Result<Hostname, Failure> {
    host(text).map_err(|problem| Failure::new(FailureKind::Usage, format!("`{text}` {problem}")).hint(problem.remedy()))
}

/// The domain of a name.
///
/// # Errors
/// A usage failure that says which was probably meant.
pub(super) fn one(store: &Store, text: &str) -> Result<Domain, Failure> {
    let name = name(text)?;
    if let Some(domain) = store.domain(&name)? {
        return Ok(domain);
    }
    let failure = Failure::new(FailureKind::Usage, format!("the inventory holds no domain `{name}`"));
    let known = all(store)?;
    Err(match did_you_mean(name.as_str(), known.iter().map(|domain| domain.name.as_str())) {
        Some(meant) => failure.hint(format!("did you mean `{meant}`?")),
        None => failure.hint("`caravan domains list` shows them all; `caravan domains import FILE` takes more in"),
    })
}
