//! Weighted target groups of one rule of an application load balancer.
//!
//! Source: Elastic Load Balancing API, `Action`, `ForwardActionConfig`, `TargetGroupTuple` (weights 0 to 999, at most
//! five groups).

use super::split::{Split, StrategyError, check_shares};
use crate::blank::is_blank;
use caravan_inventory::{AccountId, Region};
use caravan_providers::target::{ListenerRuleTarget, Snapshot, Target};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Weighted target groups.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AlbSpec {
    /// The account of the load balancer.
    pub account: AccountId,
    /// Its region.
    pub region: Region,
    /// The ARN of the rule, or of the listener for its default action.
    pub rule: String,
    /// The ARN of the new side's target group.
    pub new: String,
}

impl Split for AlbSpec {
    fn target(&self) -> Target {
        Target::ListenerRule(ListenerRuleTarget {
            account: self.account.clone(),
            region: self.region.clone(),
            arn: self.rule.clone(),
        })
    }

    fn is_blank(&self) -> bool {
        is_blank(&self.new)
    }

    fn stages(&self, original: &Snapshot, percents: &[u8]) -> Result<Vec<Snapshot>, StrategyError> {
        let Snapshot::Actions(actions) = original else { return Err(StrategyError::of_another_kind()) };
        stages(actions, &self.new, percents)
    }
}

/// The snapshots of a shift of a rule's forward action from its one target group to `new` (an ARN), one for each share.
/// Its stickiness stays as it is.
///
/// # Errors
/// When the rule has another action than one forward to exactly one target group: what some of the others hold (the
/// secret of an identity provider) can't be read back, so they could not be put back.
pub fn stages(actions: &Value, new: &str, percents: &[u8]) -> Result<Vec<Snapshot>, StrategyError> {
    check_shares(percents)?;
    let (forward, old) = only_group(actions)?;
    Ok(percents
        .iter()
        .map(|percent| {
            let mut split = actions.clone();
            split[forward] = weighted(&actions[forward], &old, new, *percent);
            Snapshot::Actions(split)
        })
        .collect())
}

/// The place of the forward action, and the ARN of its only target group.
fn only_group(actions: &Value) -> Result<(usize, String), StrategyError> {
    let refuse = |text: &str| StrategyError::Unsplittable(text.to_owned());
    let list = actions.as_array().ok_or_else(|| refuse("the rule's actions are no list"))?;
    if let Some(why) = ListenerRuleTarget::irreversible(actions) {
        return Err(refuse(&why));
    }
    let forward = list
        .iter()
        .position(|action| action["Type"] == "forward")
        .ok_or_else(|| refuse("the rule forwards to no target group"))?;
    let groups = &list[forward]["ForwardConfig"]["TargetGroups"];
    let arn = match groups.as_array().map(Vec::as_slice) {
        Some([only]) => only["TargetGroupArn"].as_str(),
        None => list[forward]["TargetGroupArn"].as_str(),
        Some(_) => return Err(refuse("the rule already forwards to several target groups")),
    };
    Ok((forward, arn.ok_or_else(|| refuse("the rule's target group has no ARN"))?.to_owned()))
}

fn weighted(action: &Value, old: &str, new: &str, percent: u8) -> Value {
    let mut split = action.clone();
    if let Some(fields) = split.as_object_mut() {
        fields.remove("TargetGroupArn");
    }
    // Their order has no meaning; by ARN they are read back, too.
    let mut groups = [(old, 100 - percent), (new, percent)];
    groups.sort_unstable();
    let tuple = |(arn, weight)| json!({"TargetGroupArn": arn, "Weight": weight});
    split["ForwardConfig"]["TargetGroups"] = groups.into_iter().map(tuple).collect();
    // Said outright, as the API says it back.
    let config = &mut split["ForwardConfig"];
    if config["TargetGroupStickinessConfig"].is_null() {
        config["TargetGroupStickinessConfig"] = json!({"Enabled": false});
    }
    split
}
