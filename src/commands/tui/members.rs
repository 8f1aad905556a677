//! The steps of a wave as people have written them.

use crate::error::Failure;
use crate::waves;
use camino::Utf8Path;
use caravan_tui::Member;

/// Reads them, in the order in which they are made.
///
/// # Errors
/// When there is no such file, or it can't be read.
pub(super) fn read(dir: &Utf8Path, wave: &str) -> Result<Vec<Member>, Failure> {
    let spec = waves::load(dir, wave)?;
    let shifts = spec.shifts.iter().map(|shift| Member {
        workload: shift.workload.clone(),
        what: "shift",
        target: shift.strategy.target().to_string(),
    });
    let hand_overs = spec.hand_overs.iter().map(|hand_over| {
        let targets: Vec<String> = hand_over.targets().map(|target| target.to_string()).collect();
        Member { workload: hand_over.workload.clone(), what: "hand-over", target: targets.join(", ") }
    });
    Ok(shifts.chain(hand_overs).collect())
}
