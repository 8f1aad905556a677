//! Weighted target groups of one rule of an application load balancer.
//!
//! Source: Elastic Load Balancing API, `Action`, `ForwardActionConfig`, `TargetGroupTuple` (weights 0 to 999, at most
//! five groups).

use super::split::{Split, StrategyError, check_shares};
use crate::blank::is_blank;
use caravan_inventory::{AccountId, Region};
use caravan_providers::target::{ListenerRuleTarget, Snapshot, Target};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Weighted target groups.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
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
        if let Some(unsticky) = without_stickiness(actions) {
            let what = format!("{} keeps users on a target group (TargetGroupStickinessConfig)", self.rule);
            let command = self.target().kind().by_hand(&Snapshot::Actions(unsticky), original).unwrap_or_default();
            return Err(StrategyError::Sticky { what, command });
        }
        stages(actions, &self.new, percents)
    }
}

/// The snapshots of a shift of a rule's forward action from its one target group to `new` (an ARN), one for each share.
///
/// # Errors
/// When the rule has another action than one forward to exactly one target group: what some of the others hold (the
/// secret of an identity provider) can't be read back, so they could not be put back. When that group is `new`.
pub fn stages(actions: &Value, new: &str, percents: &[u8]) -> Result<Vec<Snapshot>, StrategyError> {
    check_shares(percents)?;
    let (forward, old) = only_group(actions)?;
    if old == new {
        return Err(StrategyError::SameSide(format!("the rule forwards to {new} already")));
    }
    Ok(percents
        .iter()
        .map(|percent| {
            let mut split = actions.clone();
            split[forward] = weighted(&actions[forward], &old, new, *percent);
            Snapshot::Actions(split)
        })
        .collect())
}

/// The actions with the stickiness of their forwards switched off; none when none of them is sticky.
fn without_stickiness(actions: &Value) -> Option<Value> {
    let mut off = actions.clone();
    let mut is_sticky = false;
    for action in off.as_array_mut().into_iter().flatten() {
        if let Some(config) = action.pointer_mut("/ForwardConfig/TargetGroupStickinessConfig")
            && config["Enabled"] == true
        {
            (is_sticky, *config) = (true, json!({"Enabled": false}));
        }
    }
    is_sticky.then_some(off)
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
        Some([only]) if only["Weight"] == 0 => {
            return Err(refuse(
                "the rule forwards to one target group with weight 0: somebody has taken it out of service; give it a weight first",
            ));
        }
        Some([only]) => only["TargetGroupArn"].as_str(),
        None => list[forward]["TargetGroupArn"].as_str(),
        Some(several) => return Err(refuse(&divided(several))),
    };
    Ok((forward, arn.ok_or_else(|| refuse("the rule's target group has no ARN"))?.to_owned()))
}

/// Why a rule with several target groups is not moved: what is true of it.
fn divided(groups: &[Value]) -> String {
    let arn = |group: &Value| group["TargetGroupArn"].as_str().unwrap_or_default().to_owned();
    let (idle, taking): (Vec<&Value>, Vec<&Value>) = groups.iter().partition(|group| group["Weight"] == 0);
    match (taking.as_slice(), idle.as_slice()) {
        ([only], [_, ..]) => {
            let idle: Vec<String> = idle.into_iter().map(arn).collect();
            format!(
                "the rule forwards everything to {}, and keeps {} at weight 0, as blue/green deployments do (CodeDeploy, ECS): they write to this rule by themselves. End them, and take what has weight 0 out of the rule first",
                arn(only),
                idle.join(", ")
            )
        }
        ([], _) => "the rule forwards to several target groups, all with weight 0: nobody is served".to_owned(),
        (several, _) => {
            let shares: Vec<String> =
                several.iter().map(|group| format!("{} {}", arn(group), group["Weight"])).collect();
            format!("the rule already divides its traffic among several target groups ({})", shares.join(", "))
        }
    }
}

/// The original actions with the new side's group, the one with a weight in the last stage, in the place of the old one. None
/// where they are not those of a shift.
pub(crate) fn finalised(original: &Value, last: &Value) -> Option<Value> {
    let (forward, old) = only_group(original).ok()?;
    let groups = last.get(forward)?["ForwardConfig"]["TargetGroups"].as_array()?;
    let mut weighted = groups.iter().filter(|group| group["Weight"].as_u64() != Some(0));
    let new = weighted.next()?["TargetGroupArn"].as_str().filter(|new| *new != old && weighted.next().is_none())?;
    let mut actions = original.clone();
    let action = &mut actions[forward];
    if action["TargetGroupArn"].is_string() {
        action["TargetGroupArn"] = new.into();
    }
    if let Some(group) = action.pointer_mut("/ForwardConfig/TargetGroups/0/TargetGroupArn") {
        *group = new.into();
    }
    Some(actions)
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

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/old/1";
    const RULE: &str = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener-rule/app/shop/1/2/3";

    fn spec(rule: &str, new: &str) -> AlbSpec {
        AlbSpec {
            account: AccountId::new("123456789012"),
            region: Region::new("eu-central-1"),
            rule: rule.to_owned(),
            new: new.to_owned(),
        }
    }

    fn forward(sticky: Option<Value>) -> Snapshot {
        let mut config = json!({"TargetGroups": [{"TargetGroupArn": OLD, "Weight": 1}]});
        if let Some(sticky) = sticky {
            config["TargetGroupStickinessConfig"] = sticky;
        }
        Snapshot::Actions(json!([{"Type": "forward", "ForwardConfig": config}]))
    }

    #[test]
    fn a_rule_with_several_target_groups_is_refused_for_what_is_true_of_it() {
        let of = |weights: &[(&str, u64)]| {
            let groups = weights.iter().map(|(arn, weight)| json!({"TargetGroupArn": arn, "Weight": weight}));
            let groups: Vec<Value> = groups.collect();
            let actions = json!([{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}]);
            stages(&actions, "arn:new", &[0, 100]).unwrap_err().to_string()
        };
        let kept = of(&[("arn:blue", 100), ("arn:green", 0)]);
        assert!(kept.contains("everything to arn:blue, and keeps arn:green at weight 0"), "{kept}");
        assert!(kept.contains("CodeDeploy"), "{kept}");
        let divided = of(&[("arn:blue", 70), ("arn:green", 30)]);
        assert!(
            divided.contains("divides its traffic among several target groups (arn:blue 70, arn:green 30)"),
            "{divided}"
        );
        assert!(of(&[("arn:blue", 0), ("arn:green", 0)]).contains("nobody is served"));
    }

    #[test]
    fn a_rule_that_keeps_users_on_a_target_group_is_refused_with_the_command_that_ends_it() {
        let sticky = forward(Some(json!({"Enabled": true, "DurationSeconds": 3600})));
        for (rule, command) in [(RULE, "modify-rule"), ("arn:aws:x:listener/app/shop/1/2", "modify-listener")] {
            let Err(StrategyError::Sticky { what, command: said }) = spec(rule, "arn:new").stages(&sticky, &[0, 100])
            else {
                panic!("{rule} is split")
            };
            assert!(what.starts_with(rule), "{what}");
            assert!(said.starts_with(&format!("aws elbv2 {command} --region eu-central-1")), "{said}");
            assert!(said.contains(r#""Enabled":false"#) && said.contains(OLD) && !said.contains("3600"), "{said}");
        }
        for harmless in [None, Some(json!({"Enabled": false}))] {
            assert_eq!(spec(RULE, "arn:new").stages(&forward(harmless), &[0, 100]).unwrap().len(), 2);
        }
    }

    /// Its form put to the new side would be an outage that nobody can take back.
    #[test]
    fn a_group_that_was_taken_out_of_service_is_not_moved() {
        let out =
            json!([{"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": OLD, "Weight": 0}]}}]);
        let error = spec(RULE, "arn:new").stages(&Snapshot::Actions(out), &[0, 100]).unwrap_err().to_string();
        assert!(error.contains("weight 0"), "{error}");
    }

    #[test]
    fn a_rule_that_forwards_to_the_new_side_already_is_refused() {
        let alone = Snapshot::Actions(json!([{"Type": "forward", "TargetGroupArn": OLD}]));
        for original in [forward(None), forward(Some(json!({"Enabled": false}))), alone] {
            let error = spec(RULE, OLD).stages(&original, &[0, 100]).unwrap_err();
            assert!(matches!(error, StrategyError::SameSide(_)), "{error}");
        }
    }
}
