//! The actions of a load balancer's rule or listener: shifted by weighted target groups.

use super::budget::{ApiBudget, Limit};
use super::kind::{Ask, Guarantee, Share, TargetKind, TargetLocation};
use super::shell::{if_ours, quoted};
use super::snapshot::{Snapshot, SnapshotError};
use super::target_group::{StateOfTarget, none_healthy};
use super::weighted::WeightedMembers;
use caravan_inventory::{AccountId, Observation, ObservationKind, Provider, Region, Scope};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// The actions of one load balancer rule, or the default actions of a listener.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct ListenerRuleTarget {
    /// The account of the load balancer.
    pub account: AccountId,
    /// Its region.
    pub region: Region,
    /// The ARN of the rule, or of the listener.
    pub arn: String,
}

/// Elastic Load Balancing states no figures; these are what discovery has seen it bear.
const LIMIT: Limit = Limit { burst: 40, per_second: 10, reserve: 10 };

/// Where an action's target groups stand (Elastic Load Balancing API, `ForwardActionConfig`).
pub(super) const GROUPS: WeightedMembers =
    WeightedMembers { at: "/ForwardConfig/TargetGroups", name: "TargetGroupArn", weight: "Weight" };

impl ListenerRuleTarget {
    /// Whether it is a listener: `…:listener/app/…`, where a rule is `…:listener-rule/app/…`.
    #[must_use]
    pub fn is_listener(&self) -> bool {
        self.arn.contains(":listener/")
    }

    /// The ARN of the listener that it is, or that the rule is of: a rule's is its listener's, with its own id behind it.
    #[must_use]
    pub fn listener(&self) -> String {
        match self.arn.rsplit_once('/') {
            Some((listener, _)) if !self.is_listener() => listener.replacen(":listener-rule/", ":listener/", 1),
            _ => self.arn.clone(),
        }
    }

    /// The snapshot in a rule (`Actions`) or a listener (`DefaultActions`) as the API gives it.
    ///
    /// # Errors
    /// When it has neither.
    pub fn snapshot(body: &Value) -> Result<Snapshot, SnapshotError> {
        let list = body.get("Actions").or_else(|| body.get("DefaultActions")).and_then(Value::as_array);
        let list = list.ok_or(SnapshotError { what: "rule", field: "Actions" })?;
        let mut actions: Vec<Value> = list.iter().map(without_empty).collect();
        for action in &mut actions {
            if let Some(Value::Array(groups)) = action.pointer_mut(GROUPS.at) {
                // Their order has no meaning, and the API promises none.
                groups.sort_by(|a, b| a[GROUPS.name].as_str().cmp(&b[GROUPS.name].as_str()));
            }
        }
        Ok(Snapshot::Actions(Value::Array(actions)))
    }

    /// The target groups that take on traffic by a change, or are attached by it: those whose part grows, where more than one
    /// stays. Whoever goes back to the only one that there was has nobody else to send traffic to, however it is.
    #[must_use]
    pub fn growing(before: &Snapshot, after: &Snapshot) -> Vec<String> {
        let parts = |snapshot: &Snapshot| {
            let Snapshot::Actions(actions) = snapshot else { return BTreeMap::new() };
            let several = GROUPS.shares(actions);
            let only = actions.as_array().into_iter().flatten().filter_map(|action| action[GROUPS.name].as_str());
            let only = only.map(|name| Share { name, weight: 1 });
            let shares: Vec<Share<'_>> = if several.is_empty() { only.collect() } else { several };
            let all: u64 = shares.iter().map(|share| share.weight).sum();
            shares.iter().map(|share| (share.name.to_owned(), (share.weight, all.max(1)))).collect::<BTreeMap<_, _>>()
        };
        let (before, after) = (parts(before), parts(after));
        if after.len() < 2 {
            return Vec::new();
        }
        let grows = |(name, (weight, all)): &(&String, &(u64, u64))| match before.get(*name) {
            None => true,
            Some((was, of)) => weight * of > was * all,
        };
        after.iter().filter(grows).map(|(name, _)| name.clone()).collect()
    }

    /// Why a target group can't be said to carry traffic, by the states of its targets with their reasons; none when one of
    /// them is healthy by the load balancer's own checks (Elastic Load Balancing API, `TargetHealth`).
    #[must_use]
    pub fn unhealthy(group: &str, targets: &[StateOfTarget]) -> Option<String> {
        none_healthy(group, targets)
    }

    /// What in a list of actions can't be put back exactly, for a person. An action that is no forward: what some of the
    /// others hold (the secret of an identity provider) can't be read back. A field of a forward that Caravan does not
    /// know: it would not be written.
    #[must_use]
    pub fn irreversible(actions: &Value) -> Option<String> {
        let actions = actions.as_array()?;
        if let Some(other) = actions.iter().find(|action| action["Type"] != "forward") {
            let kind = other["Type"].as_str().unwrap_or("none");
            return Some(format!("the rule has an action of type {kind}, which can't be put back exactly"));
        }
        let field = actions.iter().find_map(unknown_field)?;
        Some(format!("the rule's forward has the field {field}, which can't be put back exactly"))
    }
}

/// The fields of a forward (Elastic Load Balancing API, `Action`, `ForwardActionConfig`, `TargetGroupTuple`,
/// `TargetGroupStickinessConfig`).
const FORWARD: [&str; 9] = [
    "Type",
    "Order",
    "TargetGroupArn",
    "ForwardConfig",
    "TargetGroups",
    "Weight",
    "TargetGroupStickinessConfig",
    "Enabled",
    "DurationSeconds",
];

/// The first field, however deep, that is none of a forward.
fn unknown_field(value: &Value) -> Option<&str> {
    match value {
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            if FORWARD.contains(&name.as_str()) { unknown_field(value) } else { Some(name.as_str()) }
        }),
        Value::Array(items) => items.iter().find_map(unknown_field),
        _ => None,
    }
}

/// An action without its empty fields, which the API leaves out or not as it likes.
fn without_empty(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(_, value)| !is_empty(value));
            Value::Object(kept.map(|(name, value)| (name.clone(), without_empty(value))).collect())
        }
        Value::Array(items) => items.iter().map(without_empty).collect(),
        other => other.clone(),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

impl fmt::Display for ListenerRuleTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { account, region, arn } = self;
        write!(f, "rule {arn}, account {account}, region {region}")
    }
}

impl TargetKind for ListenerRuleTarget {
    fn short_name(&self) -> String {
        self.arn.rsplit('/').next().unwrap_or(&self.arn).to_owned()
    }

    /// Elastic Load Balancing has no conditional write.
    fn guarantee(&self) -> Guarantee {
        Guarantee::Checked
    }

    fn location(&self) -> TargetLocation {
        TargetLocation::Account(Scope::new(Provider::Aws, self.account.clone(), self.region.clone()))
    }

    fn budget(&self) -> ApiBudget {
        let (owner, region) = (self.account.to_string(), self.region.to_string());
        ApiBudget { api: "elasticloadbalancing", owner, region, limit: LIMIT }
    }

    fn requests(&self, ask: Ask) -> u64 {
        match ask {
            // It is read once more before it is written. What is read besides before users are moved on is taken from what is left over, as
            // looks are: the way back needs none of it.
            Ask::Write => 2,
            // The rule, and the health of each of two target groups at most.
            Ask::Status => 3,
            Ask::Observe | Ask::Controllers | Ask::Activity => 1,
        }
    }

    fn observed_in(&self, observed: &mut dyn Iterator<Item = &Observation>) -> Result<Option<Snapshot>, SnapshotError> {
        let kind = if self.is_listener() { ObservationKind::Listener } else { ObservationKind::ListenerRule };
        let mut own = observed.filter(|seen| seen.kind == kind && seen.name == self.arn);
        own.next().map(|seen| Self::snapshot(&seen.body)).transpose()
    }

    fn shares<'a>(&self, snapshot: &'a Snapshot) -> Vec<Share<'a>> {
        let Snapshot::Actions(actions) = snapshot else { return Vec::new() };
        let only = actions.as_array().into_iter().flatten().filter_map(|action| action[GROUPS.name].as_str());
        GROUPS.shares(actions).into_iter().chain(only.map(|name| Share { name, weight: 1 })).collect()
    }

    fn lines(&self, snapshot: &Snapshot) -> Vec<String> {
        if let Snapshot::Actions(actions) = snapshot { GROUPS.lines(actions) } else { Vec::new() }
    }

    fn settled_when(&self) -> &'static str {
        "every target group that takes on traffic has a healthy target"
    }

    fn by_hand(&self, snapshot: &Snapshot, _stands: &Snapshot) -> Option<String> {
        let Snapshot::Actions(actions) = snapshot else { return None };
        let (command, id, field) = match self.is_listener() {
            true => ("modify-listener", "--listener-arn", "--default-actions"),
            false => ("modify-rule", "--rule-arn", "--actions"),
        };
        let (region, arn, actions) = (&self.region, quoted(&self.arn), quoted(&writable(actions).to_string()));
        Some(format!("aws elbv2 {command} --region {region} {id} {arn} {field} {actions}"))
    }

    fn manual_rollback(&self, original: &Snapshot, stages: &[(u8, &Snapshot)]) -> Vec<String> {
        let Some(write) = self.by_hand(original, original) else { return Vec::new() };
        let (read, list) = match self.is_listener() {
            true => ("describe-listeners --listener-arns", "Listeners[0].DefaultActions"),
            false => ("describe-rules --rule-arns", "Rules[0].Actions"),
        };
        let all = std::iter::once(original).chain(stages.iter().map(|(_, stage)| *stage));
        let of =
            |snapshot: &Snapshot| if let Snapshot::Actions(actions) = snapshot { Some(rows(actions)) } else { None };
        let ours: Vec<String> = all.filter_map(of).collect();
        let (region, arn, query) = (&self.region, quoted(&self.arn), quoted(&rows_of(list)));
        let mut lines = vec![
            format!("seen=$(aws elbv2 {read} {arn} --region {region} --output text --query {query})"),
            "seen=$(printf '%s\\n' \"$seen\" | LC_ALL=C sort)".to_owned(),
        ];
        lines.extend(if_ours("seen", &ours, &write, &self.to_string()));
        lines
    }
}

/// Where actions send traffic, as a query of the AWS command line that gives a row for each action and each target group: a rule with
/// anything but forwards, or with fields that Caravan does not know, is never moved.
fn rows_of(list: &str) -> String {
    format!(
        "[{list}[].[Type], {list}[].ForwardConfig.TargetGroups[].[TargetGroupArn, Weight], \
         {list}[?TargetGroupArn && !(ForwardConfig.TargetGroups)].[TargetGroupArn], \
         {list}[?ForwardConfig.TargetGroupStickinessConfig.Enabled].['sticky']][]"
    )
}

/// The rows of [`rows_of`] of a snapshot, sorted.
fn rows(actions: &Value) -> String {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => "None".to_owned(),
        other => other.to_string(),
    };
    let mut rows = Vec::new();
    for action in actions.as_array().into_iter().flatten() {
        rows.push(text(&action["Type"]));
        let groups = action["ForwardConfig"]["TargetGroups"].as_array().filter(|groups| !groups.is_empty());
        match groups {
            Some(groups) => {
                rows.extend(
                    groups.iter().map(|one| format!("{}\t{}", text(&one["TargetGroupArn"]), text(&one["Weight"]))),
                );
            }
            None => rows.extend(action["TargetGroupArn"].as_str().map(str::to_owned)),
        }
        if action["ForwardConfig"]["TargetGroupStickinessConfig"]["Enabled"] == true {
            rows.push("sticky".to_owned());
        }
    }
    rows.sort();
    rows.join("\n")
}

/// What ModifyRule takes back: of a forward, its `ForwardConfig` alone when there is one.
fn writable(actions: &Value) -> Value {
    let mut actions = actions.clone();
    for action in actions.as_array_mut().into_iter().flatten() {
        if action.get("ForwardConfig").is_some()
            && let Some(fields) = action.as_object_mut()
        {
            fields.remove("TargetGroupArn");
        }
    }
    actions
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn empty_fields_of_actions_are_left_out() {
        let rule =
            json!({"Actions": [{"Type": "forward", "TargetGroupArn": "arn:a", "AuthenticateCognitoConfig": {}}]});
        let plain = Snapshot::Actions(json!([{"Type": "forward", "TargetGroupArn": "arn:a"}]));
        assert_eq!(ListenerRuleTarget::snapshot(&rule).unwrap(), plain);
    }

    #[test]
    fn what_would_not_be_written_back_is_irreversible() {
        let group = json!({"TargetGroupArn": "arn:a", "Weight": 1});
        let mut forward = json!([{"Type": "forward", "Order": 1, "ForwardConfig": {"TargetGroups": [group]}}]);
        assert_eq!(ListenerRuleTarget::irreversible(&forward), None);
        forward[0]["ForwardConfig"]["FieldOfTomorrow"] = true.into();
        assert!(ListenerRuleTarget::irreversible(&forward).unwrap().contains("FieldOfTomorrow"));
        forward[0]["Type"] = "authenticate-oidc".into();
        assert!(ListenerRuleTarget::irreversible(&forward).unwrap().contains("authenticate-oidc"));
    }

    #[test]
    fn the_order_of_target_groups_has_no_meaning() {
        let rule = |groups: [&str; 2]| {
            let groups = groups.map(|arn| json!({"TargetGroupArn": arn, "Weight": 1}));
            json!({"DefaultActions": [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}]})
        };
        let [one, other] = [["a", "b"], ["b", "a"]].map(|groups| ListenerRuleTarget::snapshot(&rule(groups)).unwrap());
        assert_eq!(one, other);
    }

    #[test]
    fn the_target_groups_that_take_on_traffic_are_those_whose_part_grows() {
        let split = |old: u64, new: u64| {
            let group = |arn: &str, weight: u64| json!({"TargetGroupArn": arn, "Weight": weight});
            let groups = [group("old", old), group("new", new)];
            Snapshot::Actions(json!([{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}]))
        };
        let short = Snapshot::Actions(json!([{"Type": "forward", "TargetGroupArn": "old"}]));
        let only = [json!({"TargetGroupArn": "old", "Weight": 1})];
        let long = json!([{"Type": "forward", "TargetGroupArn": "old", "ForwardConfig": {"TargetGroups": only}}]);
        let long = Snapshot::Actions(long);
        for original in [&short, &long] {
            assert_eq!(ListenerRuleTarget::growing(original, &split(100, 0)), ["new"]);
            assert!(ListenerRuleTarget::growing(&split(50, 50), original).is_empty());
        }
        assert_eq!(ListenerRuleTarget::growing(&split(90, 10), &split(50, 50)), ["new"]);
        assert_eq!(ListenerRuleTarget::growing(&split(50, 50), &split(90, 10)), ["old"]);
        assert!(ListenerRuleTarget::growing(&split(50, 50), &split(50, 50)).is_empty());
    }

    #[test]
    fn a_target_group_without_a_healthy_target_says_how_its_targets_are() {
        let states = |states: &[(&str, &str)]| {
            let states: Vec<_> = states.iter().map(|(state, reason)| (state.to_string(), reason.to_string())).collect();
            ListenerRuleTarget::unhealthy("arn:new", &states)
        };
        assert_eq!(states(&[("healthy", ""), ("unhealthy", "Target.Timeout")]), None);
        for (targets, why) in [
            (&[][..], "it has no target"),
            (&[("initial", "Elb.RegistrationInProgress")], "1 initial (Elb.RegistrationInProgress)"),
            (
                &[("unhealthy", "Target.Timeout"), ("unhealthy", "Target.Timeout"), ("draining", "")],
                "1 draining, 2 unhealthy (Target.Timeout)",
            ),
            (&[("unavailable", "Target.HealthCheckDisabled")], "1 unavailable (Target.HealthCheckDisabled)"),
        ] {
            assert_eq!(states(targets).unwrap(), format!("no target of arn:new is healthy: {why}"));
        }
    }
}
