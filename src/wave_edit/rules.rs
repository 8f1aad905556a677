//! Whether the waves, as people have written them, keep what holds between workloads: nothing moves before what it needs, and what
//! moves together is in one wave.

use super::Edit;
use crate::config::Config;
use crate::error::Failure;
use crate::global::Global;
use crate::proposing::Estate;
use crate::{inventory_db, waves};
use caravan_inventory::WorkloadId;
use std::collections::{BTreeMap, BTreeSet};

/// What holds between workloads, and where they move.
#[derive(Default)]
struct Rules {
    /// Who needs whom.
    needs: BTreeSet<(WorkloadId, WorkloadId)>,
    /// Who moves together with whom.
    together: BTreeSet<(WorkloadId, WorkloadId)>,
    /// Of whom this is known: those that the proposal places.
    placed: BTreeSet<WorkloadId>,
    /// The waves in their order, as far as that is known.
    order: Vec<String>,
    /// The waves of each workload: of the files, or where none has it, of the proposal.
    waves: BTreeMap<WorkloadId, BTreeSet<String>>,
}

/// The rules that do not hold any more for what an edit has moved, in words. To be asked when it is written.
///
/// # Errors
/// Those of reading the inventory, caravan.yaml and the waves.
pub(crate) fn broken(global: &Global, edit: &Edit) -> Result<Vec<String>, Failure> {
    let store = inventory_db::open(&global.dir)?;
    let estate = Estate::read(global, &store, &Config::load(&global.dir)?)?;
    let proposal = estate.propose(global)?;
    let mut rules = Rules::default();
    for name in waves::written(&global.dir)? {
        let spec = waves::load(&global.dir, &name)?;
        let shifts = spec.shifts.iter().map(|shift| &shift.workload);
        for workload in shifts.chain(spec.hand_overs.iter().map(|hand_over| &hand_over.workload)) {
            rules.waves.entry(workload.clone()).or_default().insert(name.clone());
        }
    }
    for wave in &proposal.waves {
        rules.order.push(wave.name.clone());
        for placement in &wave.placements {
            let id = placement.workload;
            rules.placed.insert(id.clone());
            rules.waves.entry(id.clone()).or_insert_with(|| [wave.name.clone()].into());
            let needed = placement.needs.iter().map(|need| WorkloadId::new(need.edge.to.as_str()));
            rules.needs.extend(needed.map(|needed| (id.clone(), needed)));
            let others = placement.with.iter().filter(|other| id < **other);
            rules.together.extend(others.map(|other| (id.clone(), (*other).clone())));
        }
    }
    Ok(rules.broken(&edit.moved))
}

impl Rules {
    fn broken(&self, moved: &[WorkloadId]) -> Vec<String> {
        let is_moved = |(one, other): &&(WorkloadId, WorkloadId)| moved.contains(one) || moved.contains(other);
        let needs = self.needs.iter().filter(is_moved).filter_map(|(one, needed)| self.of_need(one, needed));
        let together = self.together.iter().filter(is_moved).filter_map(|(one, other)| {
            let (a, b) = (self.waves.get(one)?, self.waves.get(other)?);
            (a != b).then(|| format!("{one} and {other} move together, and are in {} and {}", said(a), said(b)))
        });
        let unplaced = moved.iter().filter(|id| !self.placed.contains(*id));
        let unknown = unplaced.map(|id| format!("what {id} needs is not known: it is in no proposal of waves"));
        needs.chain(together).chain(unknown).collect()
    }

    /// What needs moves with its first step not before the last one of what it needs.
    fn of_need(&self, one: &WorkloadId, needed: &WorkloadId) -> Option<String> {
        let (its, theirs) = (self.waves.get(one)?, self.waves.get(needed)?);
        if its == theirs {
            return None;
        }
        let place = |name: &&String| self.order.iter().position(|other| other == *name);
        let first = its.iter().filter(|name| place(name).is_some()).min_by_key(place);
        let last = theirs.iter().filter(|name| place(name).is_some()).max_by_key(place);
        if let (Some(first), Some(last)) = (first, last)
            && place(&first) < place(&last)
        {
            return Some(format!("{one} needs {needed}, which moves in {last}, after {first}"));
        }
        let is_known = its.iter().chain(theirs).all(|name| place(&name).is_some());
        (!is_known).then(|| {
            let (its, theirs) = (said(its), said(theirs));
            format!("{one} needs {needed}: whether {theirs} comes before {its} is not known, as no proposal has both")
        })
    }
}

fn said(waves: &BTreeSet<String>) -> String {
    waves.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(waves: &[(&str, &str)]) -> Rules {
        let pair = |(one, other)| (WorkloadId::new(one), WorkloadId::new(other));
        let mut of: BTreeMap<WorkloadId, BTreeSet<String>> = BTreeMap::new();
        for (workload, wave) in waves {
            of.entry(WorkloadId::new(*workload)).or_default().insert((*wave).to_owned());
        }
        Rules {
            needs: [("web", "api"), ("web", "eta"), ("api", "queue")].map(pair).into(),
            together: [("api", "cron")].map(pair).into(),
            placed: HELD.map(|(id, _)| WorkloadId::new(id)).into(),
            order: ["p-01", "p-02", "p-03"].map(str::to_owned).into(),
            waves: of,
        }
    }

    fn broken(waves: &[(&str, &str)], moved: &[&str]) -> Vec<String> {
        let moved: Vec<WorkloadId> = moved.iter().copied().map(WorkloadId::new).collect();
        rules(waves).broken(&moved)
    }

    const HELD: [(&str, &str); 5] =
        [("queue", "p-01"), ("eta", "p-02"), ("api", "p-02"), ("cron", "p-02"), ("web", "p-03")];

    fn with(workload: &str, wave: &'static str) -> Vec<(&'static str, &'static str)> {
        HELD.into_iter().map(|(id, at)| (id, if id == workload { wave } else { at })).collect()
    }

    #[test]
    fn of_what_no_proposal_places_nothing_is_known() {
        let alone = [HELD.as_slice(), &[("new", "p-01")]].concat();
        assert_eq!(broken(&alone, &["new"]), ["what new needs is not known: it is in no proposal of waves"]);
    }

    #[test]
    fn nothing_moves_before_what_it_needs_and_what_is_needed_not_behind() {
        assert_eq!(broken(&HELD, &["web", "api", "queue"]), Vec::<String>::new());
        assert_eq!(
            broken(&with("web", "p-01"), &["web"]),
            ["web needs api, which moves in p-02, after p-01", "web needs eta, which moves in p-02, after p-01"]
        );
        assert_eq!(broken(&with("queue", "p-03"), &["queue"]), ["api needs queue, which moves in p-03, after p-02"]);
        // In one wave it is in order, and what others have broken is not told of this.
        assert_eq!(broken(&with("web", "p-02"), &["web"]), Vec::<String>::new());
        assert_eq!(broken(&with("web", "p-01"), &["queue"]), Vec::<String>::new());
    }

    #[test]
    fn what_moves_together_stays_in_one_wave_and_an_order_that_is_not_known_is_said() {
        assert_eq!(broken(&with("cron", "p-03"), &["cron"]), ["api and cron move together, and are in p-02 and p-03"]);
        assert_eq!(
            broken(&with("queue", "later"), &["queue"]),
            ["api needs queue: whether later comes before p-02 is not known, as no proposal has both"]
        );
        let mut twice = HELD.to_vec();
        twice.push(("queue", "p-03"));
        assert_eq!(broken(&twice, &["queue"]), ["api needs queue, which moves in p-03, after p-02"]);
        // What is known to be wrong is said, whatever else is not known.
        twice.push(("api", "later"));
        assert_eq!(broken(&twice, &["queue"])[0], "api needs queue, which moves in p-03, after p-02");
    }
}
