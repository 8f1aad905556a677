//! The operator's library at the boundary: the inventory that it asks for, and its errors as failures, with hints.

use crate::error::{Failure, FailureKind};
use crate::global::quoted;
use crate::suggest::nearest_id;
use crate::{inventory_db, waves};
use caravan_cutover::operator::{
    BLANK, ControllersError, DraftError, Inventory, InventoryPlanError, LivePlanError, NewestSealError, NotReady,
    RunReadError, SealingError, SubmitError,
};
use caravan_inventory::{Workload, WorkloadId};
use caravan_inventory_store::{Store, StoreError, WorkloadFilter};
use caravan_plans::{BuildError, ClosedWay, Estate, WavePlan};
use caravan_providers::CallError;

/// The inventory database, as the operator's library asks for it.
pub(crate) struct StoredInventory<'a>(pub(crate) &'a Store);

impl Inventory for StoredInventory<'_> {
    type Error = StoreError;

    fn workload(&self, id: &WorkloadId) -> Result<Option<Workload>, StoreError> {
        self.0.workload(id)
    }

    fn estate(&self) -> Result<Estate, StoreError> {
        waves::estate(self.0)
    }

    fn incomplete_lists(&self, plan: &WavePlan) -> Result<Vec<String>, StoreError> {
        waves::incomplete(self.0, plan)
    }
}

/// The same, with what keeps ways in closed on the gateway, as far as somebody asked.
pub(crate) struct AskedInventory<'a> {
    pub(crate) store: &'a Store,
    pub(crate) closed: Vec<ClosedWay>,
}

impl Inventory for AskedInventory<'_> {
    type Error = StoreError;

    fn workload(&self, id: &WorkloadId) -> Result<Option<Workload>, StoreError> {
        StoredInventory(self.store).workload(id)
    }

    fn estate(&self) -> Result<Estate, StoreError> {
        Ok(Estate { closed: self.closed.clone(), ..StoredInventory(self.store).estate()? })
    }

    fn incomplete_lists(&self, plan: &WavePlan) -> Result<Vec<String>, StoreError> {
        StoredInventory(self.store).incomplete_lists(plan)
    }
}

/// The failure of a draft; `store` tells which workload may have been meant.
pub(crate) fn draft_failure(store: &Store, error: DraftError<StoreError>) -> Failure {
    let id = match &error {
        DraftError::NoSuchWorkload { id } => id.clone(),
        DraftError::Inventory(_) => return Failure::caused(FailureKind::Work, error),
    };
    let mut known = Vec::new();
    let read = inventory_db::each_workload(store, &WorkloadFilter::default(), |workload| {
        known.push(workload.id);
        Ok(())
    });
    let failure = Failure::caused(FailureKind::Usage, error);
    match (read, nearest_id(id.as_str(), known.iter().map(WorkloadId::as_str))) {
        (Err(unreadable), _) => unreadable,
        (Ok(()), Some(meant)) => failure.hint(format!("did you mean `{meant}`?")),
        (Ok(()), None) => failure.hint("`caravan inventory list` lists them"),
    }
}

/// The failure to find a workload, with which one may have been meant.
pub(crate) fn no_such_workload(store: &Store, id: &WorkloadId) -> Failure {
    draft_failure(store, DraftError::NoSuchWorkload { id: id.clone() })
}

impl From<InventoryPlanError<StoreError>> for Failure {
    fn from(error: InventoryPlanError<StoreError>) -> Self {
        match error {
            InventoryPlanError::Build(unobserved @ BuildError::Unobserved { .. }) => {
                Self::from(unobserved).hint("run `caravan discover`, or add `--live` to observe the target now")
            }
            InventoryPlanError::Build(error) => error.into(),
            InventoryPlanError::Surroundings(error) => error.into(),
            unreadable @ InventoryPlanError::Unreadable { .. } => Self::caused(FailureKind::Work, unreadable),
            InventoryPlanError::Inventory(error) => error.into(),
        }
    }
}

impl From<LivePlanError> for Failure {
    fn from(error: LivePlanError) -> Self {
        let text = error.to_string();
        match error {
            LivePlanError::Build(error) => error.into(),
            taken @ LivePlanError::Taken { .. } => Self::caused(FailureKind::Work, taken)
                .hint("bring that run to its end first: `caravan cutover status` says how"),
            one @ LivePlanError::OneCluster { .. } => {
                Self::caused(FailureKind::Usage, one).hint("name the cluster by one of them throughout the wave")
            }
            LivePlanError::Unobservable { source, .. } => unanswered(text, source),
        }
    }
}

impl From<ControllersError> for Failure {
    fn from(error: ControllersError) -> Self {
        unanswered(error.to_string(), error.source)
    }
}

/// A question to a provider that brought no answer.
fn unanswered(text: String, source: Option<CallError>) -> Failure {
    match source {
        Some(source) => Failure::from(source).context(text),
        None => Failure::new(FailureKind::Work, text),
    }
}

impl From<SealingError> for Failure {
    fn from(error: SealingError) -> Self {
        match error {
            SealingError::Journal(error) => error.into(),
            SealingError::Seal(error) => error.into(),
        }
    }
}

impl From<NewestSealError> for Failure {
    fn from(error: NewestSealError) -> Self {
        let hint = match error {
            NewestSealError::NeverSealed { ref wave } => {
                format!("`caravan plan seal {wave}` seals plans/wave-{wave}.yaml")
            }
            NewestSealError::OtherSeal { ref wave, .. } => format!("look at it with `caravan plan show {wave}`"),
            NewestSealError::Journal(error) => return error.into(),
        };
        Self::caused(FailureKind::Usage, error).hint(hint)
    }
}

impl From<RunReadError> for Failure {
    fn from(error: RunReadError) -> Self {
        match error {
            RunReadError::NoSuchRun { ref name, ref known } => {
                let hint = match nearest_id(name, known.iter().map(String::as_str)) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "`caravan cutover status` lists the runs".to_owned(),
                };
                Self::caused(FailureKind::Usage, error).hint(hint)
            }
            RunReadError::Journal(error) => error.into(),
            other @ (RunReadError::Replay { .. } | RunReadError::OtherEngine { .. }) => {
                Self::caused(FailureKind::Work, other)
            }
        }
    }
}

impl From<NotReady> for Failure {
    fn from(error: NotReady) -> Self {
        let hint = match error {
            NotReady::Unapproved { ref wave, ref hash } => {
                format!("review it, then: caravan plan approve {wave} --hash {hash}")
            }
            NotReady::SeveralDrivers { .. } => {
                "write `drivers: one-machine` into caravan.yaml, then seal and approve the wave again".to_owned()
            }
            NotReady::Busy { ref run, .. } => {
                format!("bring it to its end first; what helps: caravan cutover status {run}")
            }
            NotReady::Read(error) => return error.into(),
            NotReady::Journal(error) => return error.into(),
        };
        Self::caused(FailureKind::Usage, error).hint(hint)
    }
}

impl From<SubmitError> for Failure {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Unexpected { ref run, waiting_for: Some(ref waiting), .. } => {
                let hints = [format!("it waits for {waiting}"), format!("what helps: caravan cutover status {run}")];
                hints.into_iter().fold(Self::caused(FailureKind::Usage, error), Self::hint)
            }
            SubmitError::Outdated { ref run, .. } => {
                let hint = format!("look at it: caravan cutover status {run}");
                Self::caused(FailureKind::Usage, error).hint(hint)
            }
            SubmitError::NoReason { .. } => {
                Self::caused(FailureKind::Usage, error).hint(format!("add `--reason '{BLANK}'`"))
            }
            SubmitError::Soaks { ref run, .. } => {
                let hint = format!("it passes only while a driver watches: caravan cutover run {} --wait", quoted(run));
                Self::caused(FailureKind::NotReady, error).hint(hint)
            }
            SubmitError::SamePerson { ref run, .. } => {
                let hint = format!("another person runs what `caravan cutover status {}` prints", quoted(run));
                Self::caused(FailureKind::NotReady, error).hint(hint)
            }
            SubmitError::Given { ref run, .. } => {
                let hint = format!("`caravan cutover run {}` drives it", quoted(run));
                Self::caused(FailureKind::NotReady, error).hint(hint)
            }
            SubmitError::Read(error) => error.into(),
            SubmitError::Journal(error) => error.into(),
            refused => Self::caused(FailureKind::Usage, refused),
        }
    }
}
