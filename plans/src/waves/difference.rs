//! Two proposals of waves, compared by workload: who moves earlier, later, newly, or not any more, and why.

use caravan_inventory::WorkloadId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A proposal as `plan draft --format json` writes it (`caravan.proposal/v1`), as far as it is compared.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
pub struct ProposalRecord {
    /// The waves in their order.
    pub waves: Vec<WaveRecord>,
    /// Who is in none.
    pub left_out: Vec<LeftOutRecord>,
}

/// One wave of it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct WaveRecord {
    /// Its name.
    pub name: String,
    /// Who moves in it, in the order of their shifts.
    pub workloads: Vec<PlacementRecord>,
    /// What no shift of it moves.
    #[serde(default)]
    pub left_out: Vec<String>,
}

/// One workload in it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct PlacementRecord {
    /// The workload.
    pub id: WorkloadId,
    /// Why it is in this wave.
    #[serde(default)]
    pub why: Vec<String>,
}

/// One workload that is in no wave.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct LeftOutRecord {
    /// The workload.
    pub id: WorkloadId,
    /// Why.
    pub reason: String,
}

/// What changed for one workload.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ProposalChange {
    /// The workload.
    pub id: WorkloadId,
    /// Where it was.
    pub before: Place,
    /// Where it is.
    pub after: Place,
    /// What is said of it now and was not said before.
    pub why: Vec<String>,
    /// What was said before and is not any more.
    pub no_longer: Vec<String>,
}

/// Where a workload is in a proposal.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case", tag = "place")]
pub enum Place {
    /// In a wave.
    Wave {
        /// Its name.
        name: String,
    },
    /// In none, with a reason.
    LeftOut,
    /// Not in the inventory that the proposal was made of.
    Absent,
}

/// What no shift moves in one wave, where that changed.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct FrontChange {
    /// The wave.
    pub wave: String,
    /// What is left out now and was not before.
    pub left_out: Vec<String>,
    /// What was left out before and is not any more.
    pub no_longer: Vec<String>,
}

/// Everything that two proposals have different, by workload and by wave, each sorted by name.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct ProposalDifference {
    /// By workload.
    pub workloads: Vec<ProposalChange>,
    /// By wave, where both have one of that name.
    pub fronts: Vec<FrontChange>,
}

impl ProposalDifference {
    /// Whether nothing is different.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.workloads.is_empty() && self.fronts.is_empty()
    }
}

/// Compares two proposals. Total and deterministic.
#[must_use]
pub fn compare(before: &ProposalRecord, after: &ProposalRecord) -> ProposalDifference {
    let (old, new) = (places(before), places(after));
    let ids: BTreeSet<&WorkloadId> = old.keys().chain(new.keys()).copied().collect();
    let absent = (Place::Absent, Vec::new());
    let workloads = ids.into_iter().filter_map(|id| {
        let (was, is) = (old.get(id).unwrap_or(&absent), new.get(id).unwrap_or(&absent));
        let change = ProposalChange {
            id: id.clone(),
            before: was.0.clone(),
            after: is.0.clone(),
            why: lacking(&is.1, &was.1),
            no_longer: lacking(&was.1, &is.1),
        };
        (was != is).then_some(change)
    });
    let fronts = after.waves.iter().filter_map(|wave| {
        let was = before.waves.iter().find(|other| other.name == wave.name)?;
        let (now, then): (Vec<&str>, Vec<&str>) = (texts(&wave.left_out), texts(&was.left_out));
        let change =
            FrontChange { wave: wave.name.clone(), left_out: lacking(&now, &then), no_longer: lacking(&then, &now) };
        (!change.left_out.is_empty() || !change.no_longer.is_empty()).then_some(change)
    });
    let mut fronts: Vec<FrontChange> = fronts.collect();
    fronts.sort_by(|one, other| one.wave.cmp(&other.wave));
    ProposalDifference { workloads: workloads.collect(), fronts }
}

fn texts(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

/// What the first list has and the second lacks.
fn lacking(of: &[&str], others: &[&str]) -> Vec<String> {
    of.iter().filter(|text| !others.contains(text)).map(|text| (*text).to_owned()).collect()
}

/// Where each workload is, and what is said of it.
fn places(of: &ProposalRecord) -> BTreeMap<&WorkloadId, (Place, Vec<&str>)> {
    let mut found = BTreeMap::new();
    for left in &of.left_out {
        found.insert(&left.id, (Place::LeftOut, vec![left.reason.as_str()]));
    }
    for wave in &of.waves {
        for placement in &wave.workloads {
            found.insert(&placement.id, (Place::Wave { name: wave.name.clone() }, texts(&placement.why)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn proposal(waves: &[(&str, &[(&str, &str)])], left_out: &[(&str, &str)]) -> ProposalRecord {
        let waves: Vec<_> = waves
            .iter()
            .map(|(name, members)| {
                let members: Vec<_> =
                    members.iter().map(|(id, why)| json!({"id": id, "why": [why], "team": "shop"})).collect();
                json!({"name": name, "workloads": members, "left_out": [format!("the name of {name}")], "shifts": 1})
            })
            .collect();
        let left_out: Vec<_> = left_out.iter().map(|(id, reason)| json!({"id": id, "reason": reason})).collect();
        let document = json!({"schema": "caravan.proposal/v1", "waves": waves, "left_out": left_out, "unresolved": []});
        serde_json::from_value(document).unwrap()
    }

    fn wave(name: &str) -> Place {
        Place::Wave { name: name.to_owned() }
    }

    #[test]
    fn the_same_proposal_has_no_difference() {
        let one = proposal(&[("production-01", &[("a", "low"), ("b", "low")])], &[("c", "keep: it prints")]);
        assert!(compare(&one, &one.clone()).is_empty());
        assert!(compare(&ProposalRecord::default(), &ProposalRecord::default()).is_empty());
    }

    #[test]
    fn each_way_from_one_place_to_another_is_told_with_what_is_said_now() {
        let before = proposal(
            &[("production-01", &[("a", "low"), ("stays", "low")]), ("production-02", &[("goes", "needs a")])],
            &[("held", "held by waves.hold: freeze")],
        );
        let after = proposal(
            &[("production-01", &[("stays", "medium")]), ("production-02", &[("a", "needs held"), ("held", "low")])],
            &[("comes", "undecided: nobody owns it")],
        );
        let found = compare(&before, &after);
        let ways: Vec<_> =
            found.workloads.iter().map(|one| (one.id.as_str(), one.before.clone(), one.after.clone())).collect();
        assert_eq!(
            ways,
            [
                ("a", wave("production-01"), wave("production-02")),
                ("comes", Place::Absent, Place::LeftOut),
                ("goes", wave("production-02"), Place::Absent),
                ("held", Place::LeftOut, wave("production-02")),
                ("stays", wave("production-01"), wave("production-01")),
            ]
        );
        let of = |at: usize| (found.workloads[at].why.clone(), found.workloads[at].no_longer.clone());
        assert_eq!(of(0), (vec!["needs held".to_owned()], vec!["low".to_owned()]));
        assert_eq!(of(2), (Vec::new(), vec!["needs a".to_owned()]));
        assert_eq!(of(4), (vec!["medium".to_owned()], vec!["low".to_owned()]));
        assert!(found.fronts.is_empty());
    }

    #[test]
    fn what_no_shift_of_a_wave_moves_is_compared_by_wave() {
        let before = proposal(&[("production-01", &[("a", "low")])], &[]);
        let mut after = before.clone();
        after.waves[0].left_out = vec!["a latency record".to_owned()];
        let change = FrontChange {
            wave: "production-01".to_owned(),
            left_out: vec!["a latency record".to_owned()],
            no_longer: vec!["the name of production-01".to_owned()],
        };
        assert_eq!(compare(&before, &after), ProposalDifference { workloads: Vec::new(), fronts: vec![change] });
    }
}
