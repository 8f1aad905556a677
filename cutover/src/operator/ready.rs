//! Readiness: what must hold before a run of a plan may begin.

use super::run::{Run, RunReadError};
use crate::journal::{Approval, JournalError};
use crate::store::RunStore;
use caravan_plans::{Drivers, Sealed, WavePlan};
use caravan_providers::target::{Guarantee, Target};

/// A plan of which a run may begin: only [`check_ready`] makes one.
#[derive(Clone, Debug)]
pub struct Ready {
    plan: Sealed,
    approvals: Vec<Approval>,
}

/// Why no run of a plan may begin.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// Nobody has approved it (P2): review and approve it.
    #[error("nobody has approved {hash} of wave {wave}")]
    Unapproved {
        /// The plan's wave.
        wave: String,
        /// The plan's hash.
        hash: String,
    },
    /// Several drivers might write to a target that has no conditional write (K8): allow one machine only in the plan,
    /// then seal and approve it again.
    #[error("{target} has no conditional write, so only one machine may drive the run, and the plan allows several")]
    SeveralDrivers {
        /// The target.
        target: Box<Target>,
    },
    /// Another run changes a target of the plan and is not over (K11): release it or take it back.
    #[error("run {run} changes {target} too, and is not over")]
    Busy {
        /// The other run.
        run: String,
        /// The target.
        target: Box<Target>,
    },
    /// Another run can't be read, so nobody can tell what it changes.
    #[error(transparent)]
    Read(#[from] RunReadError),
    /// The journal can't be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl Ready {
    /// The plan.
    #[must_use]
    pub const fn plan(&self) -> &Sealed {
        &self.plan
    }

    /// Who approved it, the first first; there is at least one.
    #[must_use]
    pub fn approvals(&self) -> &[Approval] {
        &self.approvals
    }
}

/// Checks whether a run of the plan may begin.
///
/// # Errors
/// [`NotReady`]: the first thing that is missing.
pub async fn check_ready(journal: &impl RunStore, plan: Sealed) -> Result<Ready, NotReady> {
    let approvals = journal.approvals(plan.hash().as_str()).await?;
    if approvals.is_empty() {
        return Err(NotReady::Unapproved { wave: plan.plan().wave.clone(), hash: plan.hash().to_string() });
    }
    check_drivers(plan.plan())?;
    check_targets(journal, plan.plan()).await?;
    Ok(Ready { plan, approvals })
}

fn check_drivers(plan: &WavePlan) -> Result<(), NotReady> {
    let checked = plan.targets().find(|target| target.guarantee() == Guarantee::Checked);
    match (checked, plan.drivers) {
        (Some(target), Drivers::Shared) => Err(NotReady::SeveralDrivers { target: Box::new(target.clone()) }),
        _ => Ok(()),
    }
}

async fn check_targets(journal: &impl RunStore, plan: &WavePlan) -> Result<(), NotReady> {
    for record in journal.runs().await? {
        let run = Run::of(journal, record).await?;
        if run.state().is_over() {
            continue;
        }
        let theirs: Vec<&Target> = run.plan().plan().targets().collect();
        if let Some(shared) = plan.targets().find(|target| theirs.contains(target)) {
            return Err(NotReady::Busy { run: run.name().to_owned(), target: Box::new(shared.clone()) });
        }
    }
    Ok(())
}
