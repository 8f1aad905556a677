//! What a target is turned into once nothing strange is to stay: what stood there before in form, leading to the new side.
//!
//! It follows from the original and the last stage alone, so that plans that were sealed before have it too.

use crate::strategy::{alb, route, route53};
use crate::{Change, Shift, Step, WavePlan};
use caravan_providers::target::Snapshot;

/// Seconds of a soak when a wave says nothing: a day, so that each hour of it was seen once. Sealed plans rely on it.
pub(crate) const DEFAULT_SOAK: u32 = 24 * 3600;

/// Ninety days: longer than anybody keeps two sides.
pub(crate) const LONGEST_SOAK: u32 = 90 * 24 * 3600;

impl Shift {
    /// The state of the target once the run is finalised: of the original's form, leading to the new side alone. None when the
    /// last stage is not of a form that this version makes.
    #[must_use]
    pub fn finalised(&self) -> Option<Snapshot> {
        let last = self.stages.last().filter(|stage| stage.percent == 100)?;
        match (&self.original, &last.snapshot) {
            (Snapshot::Records(original), Snapshot::Records(last)) => {
                route53::finalised(original, last).map(Snapshot::Records)
            }
            (Snapshot::Actions(original), Snapshot::Actions(last)) => {
                alb::finalised(original, last).map(Snapshot::Actions)
            }
            (Snapshot::Rules(original), Snapshot::Rules(last)) => route::finalised(original, last).map(Snapshot::Rules),
            _ => None,
        }
    }
}

impl Step {
    /// The change that finalises a step whose stage this is; none where nothing strange stands: before the last stage, and in a
    /// hand-over, which leaves owners as they are meant to be.
    #[must_use]
    pub fn finalise(&self, stage: usize) -> Option<Change> {
        let Self::Shift(shift) = self else { return None };
        if stage + 1 != shift.stages.len() {
            return None;
        }
        let (before, after) = (shift.stages.get(stage)?.snapshot.clone(), shift.finalised()?);
        Some(Change { target: shift.target.clone(), before, after })
    }
}

impl WavePlan {
    pub(crate) const fn default_soak_ms() -> u64 {
        DEFAULT_SOAK as u64 * 1000
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
    pub(crate) const fn is_default_soak(soak_ms: &u64) -> bool {
        *soak_ms == Self::default_soak_ms()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategy::route53::NewRecords;
    use caravan_providers::target::{Alias, RecordSet};
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    const PERCENTS: [u8; 2] = [0, 100];

    fn last(stages: Vec<Snapshot>) -> Snapshot {
        stages.into_iter().last().unwrap()
    }

    fn set(kind: &str) -> RecordSet {
        RecordSet { name: "shop.example.com.".to_owned(), kind: kind.to_owned(), ..RecordSet::default() }
    }

    fn alias(name: &str, evaluate_health: bool) -> Alias {
        Alias { zone: "Z2".to_owned(), name: name.to_owned(), evaluate_health }
    }

    #[test]
    fn weighted_sets_become_simple_ones_of_the_new_side() {
        let values = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        let plain = |kind: &str, ttl: u32, all: &[&str]| RecordSet { ttl: Some(ttl), values: values(all), ..set(kind) };
        let led = |to: Alias| RecordSet { alias: Some(to), ..set("A") };
        let checked = RecordSet { health_check: Some("check-1".to_owned()), ..plain("A", 300, &["192.0.2.1"]) };
        for (original, new, becomes) in [
            (
                vec![led(alias("old.example.net.", true))],
                vec![("A", NewRecords::Alias(alias("new.example.net.", true)))],
                vec![led(alias("new.example.net.", true))],
            ),
            (
                vec![plain("CNAME", 300, &["old.example.net."])],
                vec![("CNAME", NewRecords::Values { ttl: 60, values: values(&["new.example.net."]) })],
                vec![plain("CNAME", 60, &["new.example.net."])],
            ),
            (
                vec![checked, plain("AAAA", 300, &["2001:db8::1"])],
                vec![
                    ("A", NewRecords::Values { ttl: 60, values: values(&["192.0.2.7", "192.0.2.8"]) }),
                    ("AAAA", NewRecords::Values { ttl: 60, values: values(&["2001:db8::7"]) }),
                ],
                vec![plain("A", 60, &["192.0.2.7", "192.0.2.8"]), plain("AAAA", 60, &["2001:db8::7"])],
            ),
        ] {
            let new: BTreeMap<String, NewRecords> =
                new.into_iter().map(|(kind, answer)| (kind.to_owned(), answer)).collect();
            let Snapshot::Records(last) = last(route53::stages(&original, &new, &PERCENTS).unwrap()) else { panic!() };
            assert_eq!(route53::finalised(&original, &last), Some(becomes));
        }
    }

    #[test]
    fn a_weighted_pair_that_is_not_ours_has_no_final_form() {
        let weighted = |identifier: &str, weight: u8| RecordSet {
            set_identifier: Some(identifier.to_owned()),
            weight: Some(weight),
            ..set("A")
        };
        assert_eq!(route53::finalised(&[set("A")], &[weighted("blue", 0), weighted("green", 100)]), None);
        assert_eq!(route53::finalised(&[set("A"), set("AAAA")], &[weighted(route53::NEW, 100)]), None);
    }

    #[test]
    fn a_rule_forwards_to_the_new_group_alone_in_the_form_it_had() {
        for original in [
            json!([{"Type": "forward", "TargetGroupArn": "arn:old"}]),
            json!([{"Type": "forward", "Order": 1, "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": "arn:old"}]}}]),
            json!([{
                "Type": "forward",
                "TargetGroupArn": "arn:old",
                "ForwardConfig": {
                    "TargetGroups": [{"TargetGroupArn": "arn:old", "Weight": 1}],
                    "TargetGroupStickinessConfig": {"Enabled": false},
                },
            }]),
        ] {
            let Snapshot::Actions(last) = last(alb::stages(&original, "arn:new", &PERCENTS).unwrap()) else { panic!() };
            let wanted: Value = serde_json::from_str(&original.to_string().replace("arn:old", "arn:new")).unwrap();
            assert_eq!(alb::finalised(&original, &last), Some(wanted));
        }
        assert_eq!(alb::finalised(&json!([{"Type": "forward", "TargetGroupArn": "arn:old"}]), &json!([])), None);
    }

    #[test]
    fn a_route_has_one_backend_and_no_weight_that_it_did_not_have() {
        let (old, new) = (
            json!({"group": "", "kind": "Service", "name": "old", "port": 80}),
            json!({"group": "", "kind": "Service", "name": "new", "port": 8080}),
        );
        let with = |backend: &Value, weight: Option<u8>| {
            let mut backend = backend.clone();
            if let Some(weight) = weight {
                backend["weight"] = weight.into();
            }
            backend
        };
        let other = json!({"matches": [{"path": {"value": "/other"}}], "backendRefs": [{"name": "other", "port": 1}]});
        for weight in [None, Some(1), Some(7)] {
            let rules = |backend: &Value| json!([other, {"filters": [], "backendRefs": [with(backend, weight)]}]);
            let Snapshot::Rules(last) = last(route::stages(&rules(&old), &old, &new, &PERCENTS).unwrap()) else {
                panic!()
            };
            assert_eq!(route::finalised(&rules(&old), &last), Some(rules(&new)));
        }
        assert_eq!(route::finalised(&json!([other]), &json!([])), None);
    }
}
