//! What linking concludes, replaced in one transaction.

use crate::finish::finish;
use crate::scan::ScanOutcome;
use crate::{Store, StoreError, domain, sql, write};
use caravan_inventory::{Domain, Edge, Question, ScanId, Workload, WorkloadKind};
use jiff::Timestamp;
use rusqlite::{Transaction, TransactionBehavior};

/// What a linking replaces; everything else stays as it was.
#[derive(Clone, Copy, Debug)]
pub struct LinkScope<'a> {
    /// The kinds of workloads that it builds: workloads of these kinds are dropped, with their parts and questions.
    pub kinds: &'a [WorkloadKind],
    /// Whether it builds domains: those that were observed are dropped. What was imported without an observation, or
    /// has a customer, stays.
    pub domains: bool,
}

/// A linking under way. Edges are dropped with the workloads, but for those that leave a workload that stays.
/// Nothing is changed for anyone until [`Links::commit`]; dropping it changes nothing at all.
#[derive(Debug)]
pub struct Links<'s> {
    store: &'s Store,
    transaction: Transaction<'s>,
}

impl Store {
    /// Begins to replace what linking concluded. All observations are there to be read meanwhile, by [`Links::store`].
    ///
    /// # Errors
    /// Those of writing.
    pub fn replace_links(&mut self, scope: LinkScope<'_>) -> Result<Links<'_>, StoreError> {
        let store: &Self = self;
        let transaction = store.run(|connection| {
            let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
            clear(&transaction, scope)?;
            Ok(transaction)
        });
        transaction.map(|transaction| Links { store, transaction })
    }
}

impl<'s> Links<'s> {
    /// The inventory as this transaction sees it.
    #[must_use]
    pub const fn store(&self) -> &'s Store {
        self.store
    }

    /// Ends a scan, as [`Store::finish_scan`] does, together with the linking. To be called first: what is gone must not
    /// be linked.
    ///
    /// # Errors
    /// As [`Store::finish_scan`].
    pub fn finish_scan(&self, scan: &ScanId, ended: Timestamp) -> Result<ScanOutcome, StoreError> {
        self.store.expect_running(scan)?;
        self.store.run(|connection| finish(connection, scan, ended))
    }

    /// Records a workload, over the one of the same id.
    ///
    /// # Errors
    /// [`StoreError::Dangling`] when a part was never observed, and those of writing.
    pub fn workload(&self, workload: &Workload) -> Result<(), StoreError> {
        self.store.run(|connection| write::workload(connection, workload))
    }

    /// Records an edge, over the one with the same ends, kind and evidence.
    ///
    /// # Errors
    /// [`StoreError::Dangling`] when its evidence was never observed, and those of writing.
    pub fn edge(&self, edge: &Edge) -> Result<(), StoreError> {
        self.store.run(|connection| write::edge(connection, edge))
    }

    /// Records a domain, over the one of the same name, whose customer stays when this names none.
    ///
    /// # Errors
    /// [`StoreError::Dangling`] when its observation is unknown, and those of writing.
    pub fn domain(&self, domain: &Domain) -> Result<(), StoreError> {
        self.store.run(|connection| domain::write(connection, domain))
    }

    /// Records a question, over the one of the same id. Its workload must have been recorded.
    ///
    /// # Errors
    /// [`StoreError::Dangling`] when its workload is unknown, and those of writing.
    pub fn question(&self, question: &Question) -> Result<(), StoreError> {
        self.store.run(|connection| write::question(connection, question))
    }

    /// Makes it the truth, all at once.
    ///
    /// # Errors
    /// Those of writing; then nothing was changed.
    pub fn commit(self) -> Result<(), StoreError> {
        let Self { store, transaction } = self;
        transaction.commit().map_err(|source| StoreError::of(&store.file, source))
    }
}

fn clear(transaction: &Transaction<'_>, scope: LinkScope<'_>) -> rusqlite::Result<()> {
    for kind in scope.kinds {
        write::execute(transaction, sql::DROP_WORKLOADS, &[&kind.as_str()])?;
    }
    write::execute(transaction, sql::DROP_EDGES, &[])?;
    if scope.domains {
        domain::clear(transaction)?;
    }
    Ok(())
}
