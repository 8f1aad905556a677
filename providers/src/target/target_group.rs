//! The target groups through which a side gets its traffic, and what a load balancer says of their targets.

use super::listener_rule::{GROUPS, ListenerRuleTarget};
use super::snapshot::Snapshot;
use caravan_inventory::{AccountId, Region};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One target group of a load balancer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TargetGroup {
    /// The account of the load balancer.
    pub account: AccountId,
    /// Its region.
    pub region: Region,
    /// The group's ARN.
    pub arn: String,
}

/// The state of one target with its reason, empty where there is none (Elastic Load Balancing API, `TargetHealth`).
pub type StateOfTarget = (String, String);

impl TargetGroup {
    /// The groups of a rule that carry traffic in one snapshot and none in another: those that are one side alone.
    #[must_use]
    pub fn of_one_side(rule: &ListenerRuleTarget, of: &Snapshot, other: &Snapshot) -> Vec<Self> {
        let others = carrying(other);
        let own = carrying(of).into_iter().filter(|arn| !others.contains(arn));
        own.map(|arn| Self { account: rule.account.clone(), region: rule.region.clone(), arn }).collect()
    }

    /// Why users who are sent to this group get no answer, by the states of its targets; none where some may get one, or nobody
    /// can tell yet: a group that no listener uses is not checked (`unused`), and a new target is `initial`.
    #[must_use]
    pub fn carries_nothing(&self, targets: &[StateOfTarget]) -> Option<String> {
        let may_answer =
            |(state, _): &StateOfTarget| !matches!(state.as_str(), "unhealthy" | "draining" | "unhealthy.draining");
        if targets.iter().any(may_answer) { None } else { none_healthy(&self.arn, targets) }
    }
}

/// Why a target group can't be said to carry traffic, by the states of its targets; none when one of them is healthy by the load
/// balancer's own checks.
pub(super) fn none_healthy(group: &str, targets: &[StateOfTarget]) -> Option<String> {
    if targets.iter().any(|(state, _)| state == "healthy") {
        return None;
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (state, reason) in targets {
        let reason = if reason.is_empty() { String::new() } else { format!(" ({reason})") };
        *counts.entry(format!("{state}{reason}")).or_default() += 1;
    }
    let counts: Vec<String> = counts.iter().map(|(state, count)| format!("{count} {state}")).collect();
    let counts = if counts.is_empty() { "it has no target".to_owned() } else { counts.join(", ") };
    Some(format!("no target of {group} is healthy: {counts}"))
}

/// The ARNs of the groups that get a part of the traffic.
fn carrying(snapshot: &Snapshot) -> Vec<String> {
    let Snapshot::Actions(actions) = snapshot else { return Vec::new() };
    let several = GROUPS.shares(actions);
    if several.is_empty() {
        let only = actions.as_array().into_iter().flatten().filter_map(|action| action[GROUPS.name].as_str());
        return only.map(str::to_owned).collect();
    }
    several.into_iter().filter(|share| share.weight > 0).map(|share| share.name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn states(of: &[&str]) -> Vec<StateOfTarget> {
        of.iter().map(|state| ((*state).to_owned(), String::new())).collect()
    }

    #[test]
    fn a_group_of_which_no_target_can_answer_carries_nothing() {
        let (account, region) = (AccountId::new("1"), Region::new("eu-central-1"));
        let group = TargetGroup { account, region, arn: "arn:new".to_owned() };
        for bad in [&[][..], &["unhealthy"], &["draining"], &["unhealthy", "draining", "unhealthy.draining"]] {
            assert!(group.carries_nothing(&states(bad)).is_some(), "{bad:?}");
        }
        for fine in
            [&["healthy"][..], &["unhealthy", "healthy"], &["initial"], &["unused"], &["unavailable", "draining"]]
        {
            assert_eq!(group.carries_nothing(&states(fine)), None, "{fine:?}");
        }
        assert_eq!(group.carries_nothing(&[]).unwrap(), "no target of arn:new is healthy: it has no target");
    }

    #[test]
    fn a_side_is_carried_by_the_groups_that_the_other_does_not_use() {
        let rule = ListenerRuleTarget {
            account: AccountId::new("1"),
            region: Region::new("eu-central-1"),
            arn: "arn:rule".to_owned(),
        };
        let split = |old: u64, new: u64| {
            Snapshot::Actions(json!([{"Type": "forward", "ForwardConfig": {"TargetGroups": [
                {"TargetGroupArn": "arn:new", "Weight": new}, {"TargetGroupArn": "arn:old", "Weight": old}]}}]))
        };
        let only = Snapshot::Actions(json!([{"Type": "forward", "TargetGroupArn": "arn:old"}]));
        let arns = |of: &Snapshot, other: &Snapshot| {
            TargetGroup::of_one_side(&rule, of, other).into_iter().map(|group| group.arn).collect::<Vec<_>>()
        };
        assert_eq!(arns(&split(0, 100), &only), ["arn:new"]);
        assert_eq!(arns(&only, &split(0, 100)), ["arn:old"]);
        assert_eq!(arns(&split(50, 50), &only), ["arn:new"]);
        assert!(arns(&only, &split(50, 50)).is_empty());
        assert!(arns(&Snapshot::Records(Vec::new()), &only).is_empty());
    }
}
