//! What must hold before a run of a plan may begin.

use crate::error::{Failure, Kind};
use crate::journal_db;
use caravan_cutover::{Approval, Journal};
use caravan_plans::{Drivers, Sealed, WavePlan};
use caravan_providers::target::{Guarantee, Target};

/// Whether a plan may be run, and by whose approval.
///
/// # Errors
/// A usage failure that says what is missing: an approval (P2), leave for checked targets (K8), or the end of another run
/// that changes the same targets (K11).
pub(super) async fn check(journal: &Journal, plan: &Sealed) -> Result<Vec<Approval>, Failure> {
    let approvals = journal.approvals(plan.hash().as_str()).await?;
    if approvals.is_empty() {
        let (wave, hash) = (&plan.plan().wave, plan.hash());
        return Err(Failure::new(Kind::Usage, format!("nobody has approved {hash} of wave {wave}"))
            .hint(format!("review it, then: caravan plan approve {wave} --hash {hash}")));
    }
    check_drivers(plan.plan())?;
    check_targets(journal, plan.plan()).await?;
    Ok(approvals)
}

fn check_drivers(plan: &WavePlan) -> Result<(), Failure> {
    let checked = plan.shifts.iter().find(|shift| shift.target.guarantee() == Guarantee::Checked);
    match (checked, plan.drivers) {
        (Some(shift), Drivers::Shared) => {
            let text = format!(
                "{} has no conditional write, so only one machine may drive the run, and the plan allows several",
                shift.target
            );
            Err(Failure::new(Kind::Usage, text)
                .hint("write `drivers: one-machine` into caravan.yaml, then seal and approve the wave again"))
        }
        _ => Ok(()),
    }
}

async fn check_targets(journal: &Journal, plan: &WavePlan) -> Result<(), Failure> {
    for record in journal.runs().await? {
        let run = journal_db::of_record(journal, &record).await?;
        if run.state.is_over() {
            continue;
        }
        let theirs: Vec<&Target> = run.plan.plan().shifts.iter().map(|shift| &shift.target).collect();
        if let Some(shared) = plan.shifts.iter().find(|shift| theirs.contains(&&shift.target)) {
            return Err(Failure::new(
                Kind::Usage,
                format!("run {} changes {} too, and is not over", record.name, shared.target),
            )
            .hint(format!("release it or take it back first: caravan cutover rollback {}", record.name)));
        }
    }
    Ok(())
}
