//! What keeps a driver from moving anybody on: the way back, and what moves nobody, is made all the same.

use caravan_plans::WavePlan;
use caravan_providers::target::{Snapshot, Target};
use caravan_providers::{CallError, Write};
use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

/// Refuses writes forward, once there is a reason.
#[derive(Debug, Default)]
pub(crate) struct ForwardGuard {
    why: OnceLock<String>,
    /// What stood at each target before, by the run that has it.
    originals: Mutex<BTreeMap<Target, BTreeMap<String, Snapshot>>>,
}

impl ForwardGuard {
    /// From now on nobody is moved on; the first reason is the one that is given.
    pub(crate) fn close(&self, why: String) {
        let _first = self.why.set(why);
    }

    /// Takes note of where the way back of a run leads.
    pub(crate) fn expect(&self, run: &str, plan: &WavePlan) {
        let mut originals = self.originals.lock().unwrap_or_else(PoisonError::into_inner);
        for step in &plan.steps {
            for (place, target) in step.targets().enumerate() {
                let Some(original) = step.original(place) else { continue };
                originals.entry(target.clone()).or_default().insert(run.to_owned(), original.clone());
            }
        }
    }

    /// The run is over.
    pub(crate) fn forget(&self, run: &str) {
        let mut originals = self.originals.lock().unwrap_or_else(PoisonError::into_inner);
        originals.values_mut().for_each(|runs| drop(runs.remove(run)));
    }

    /// Whether these writes may be made.
    ///
    /// # Errors
    /// [`CallError::Rejected`] with the reason, where one of them moves users on.
    pub(crate) fn admits(&self, writes: &[Write]) -> Result<(), CallError> {
        let Some(why) = self.why.get() else { return Ok(()) };
        let originals = self.originals.lock().unwrap_or_else(PoisonError::into_inner);
        let is_way_back = |write: &Write| {
            originals.get(&write.target).is_some_and(|runs| runs.values().any(|original| *original == write.after))
        };
        match writes.iter().all(|write| write.before == write.after || is_way_back(write)) {
            true => Ok(()),
            false => Err(CallError::Rejected(why.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_guard_lets_through_what_takes_users_back_and_nothing_that_moves_them_on() {
        let plan = caravan_plans::read_plan(include_str!("../tests/formats/v2/legacy-b63e0fe4.json")).unwrap();
        let shift = plan.shifts().next().unwrap().clone();
        let stage = |at: usize| shift.stages[at].snapshot.clone();
        let write = |before: &Snapshot, after: &Snapshot| Write {
            target: shift.target.clone(),
            before: before.clone(),
            after: after.clone(),
            token_before: None,
            token_after: None,
            in_flight: 1,
        };
        let last = shift.stages.len() - 1;
        let on = write(&stage(0), &stage(last));
        let back = write(&stage(last), &shift.original);
        let guard = ForwardGuard::default();
        guard.expect("r1", &plan);
        assert!(guard.admits(&[on.clone(), back.clone()]).is_ok(), "nothing keeps it");
        guard.close("nobody would be told".to_owned());
        assert!(matches!(guard.admits(&[back.clone(), on]), Err(CallError::Rejected(why)) if why.contains("told")));
        assert!(guard.admits(std::slice::from_ref(&back)).is_ok());
        assert!(guard.admits(&[write(&stage(last), &stage(last))]).is_ok(), "a token alone moves nobody");
        guard.forget("r1");
        assert!(guard.admits(&[back]).is_err());
    }
}
