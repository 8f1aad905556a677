//! A rule of EventBridge that fires by a schedule: an owner of work that is enabled or disabled.

use super::budget::{ApiBudget, Limit};
use super::firings::{Edge, Firings};
use super::kind::{Ask, Guarantee, Share, TargetKind, TargetLocation};
use super::shell::{if_ours, quoted};
use super::snapshot::{Snapshot, SnapshotError};
use caravan_inventory::{AccountId, Provider, Region, Scope};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt;

/// One rule of EventBridge.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct EventRuleTarget {
    /// The account of the rule.
    pub account: AccountId,
    /// Its region.
    pub region: Region,
    /// Its event bus; a rule with a schedule is always of `default`.
    pub bus: String,
    /// Its name.
    pub name: String,
}

/// EventBridge allows 50 `EnableRule` and `DisableRule` a second, and as many reads (EventBridge User Guide, "Quotas").
const LIMIT: Limit = Limit { burst: 10, per_second: 5, reserve: 3 };

impl EventRuleTarget {
    /// Around a firing no rule is switched off. Before: a firing in the gap would be nobody's; EventBridge is precise to the
    /// minute, and takes "a short period of time" to follow a change. After: a CronJob that resumes starts what it missed within
    /// `startingDeadlineSeconds`, of which conversion writes 300, so that it would repeat what the rule has just done.
    pub const EDGE: Edge = Edge { before: 180, after: 330 };

    /// The snapshot in what the API says of a rule (`DescribeRule`) and of its targets (`ListTargetsByRule`).
    ///
    /// # Errors
    /// When it has no state that says whether it is enabled.
    pub fn snapshot(rule: &Value, targets: &[Value]) -> Result<Snapshot, SnapshotError> {
        let active = match rule["State"].as_str() {
            Some("ENABLED") => true,
            Some("DISABLED") => false,
            _ => return Err(SnapshotError { what: "rule", field: "State" }),
        };
        let mut ids: Vec<&str> = targets.iter().filter_map(|target| target["Id"].as_str()).collect();
        ids.sort_unstable();
        let mut settings = json!({"Targets": ids});
        for field in ["ScheduleExpression", "EventPattern"] {
            if let Some(text) = rule[field].as_str().filter(|text| !text.is_empty()) {
                settings[field] = text.into();
            }
        }
        Ok(Snapshot::Activation { active, settings })
    }

    /// When a rule fires, by its snapshot; none for what can't be computed.
    #[must_use]
    pub fn firings(snapshot: &Snapshot) -> Option<Firings> {
        let Snapshot::Activation { settings, .. } = snapshot else { return None };
        Firings::of_event_bridge(settings["ScheduleExpression"].as_str()?)
    }

    fn command(&self, verb: &str) -> String {
        let (region, bus, name) = (&self.region, quoted(&self.bus), quoted(&self.name));
        format!("aws events {verb} --region {region} --event-bus-name {bus} --name {name}")
    }
}

impl fmt::Display for EventRuleTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { account, region, bus, name } = self;
        write!(f, "event rule {name} of bus {bus}, account {account}, region {region}")
    }
}

impl TargetKind for EventRuleTarget {
    fn short_name(&self) -> String {
        self.name.clone()
    }

    /// EventBridge has no conditional write.
    fn guarantee(&self) -> Guarantee {
        Guarantee::Checked
    }

    fn location(&self) -> TargetLocation {
        TargetLocation::Account(Scope::new(Provider::Aws, self.account.clone(), self.region.clone()))
    }

    fn budget(&self) -> ApiBudget {
        let (owner, region) = (self.account.to_string(), self.region.to_string());
        ApiBudget { api: "events", owner, region, limit: LIMIT }
    }

    fn requests(&self, ask: Ask) -> u64 {
        match ask {
            // The rule and its targets are read once more before it is written.
            Ask::Write => 3,
            Ask::Observe | Ask::Controllers => 2,
            Ask::Status | Ask::Activity => 1,
        }
    }

    fn withheld(&self, stands: &Snapshot, after: &Snapshot, at_ms: u64) -> Option<String> {
        super::firings::withheld(stands, after, at_ms, Self::EDGE, Self::firings)
    }

    fn longest_withheld_ms(&self) -> u64 {
        Self::EDGE.ms()
    }

    fn shares<'a>(&self, _snapshot: &'a Snapshot) -> Vec<Share<'a>> {
        Vec::new()
    }

    fn lines(&self, snapshot: &Snapshot) -> Vec<String> {
        let Snapshot::Activation { active, settings } = snapshot else { return Vec::new() };
        let state = if *active { "ENABLED" } else { "DISABLED" };
        vec![format!("State {state}"), format!("with {settings}")]
    }

    fn settled_when(&self) -> &'static str {
        "EventBridge shows the state; no rule is stopped around a firing"
    }

    fn by_hand(&self, snapshot: &Snapshot, _stands: &Snapshot) -> Option<String> {
        let Snapshot::Activation { active, .. } = snapshot else { return None };
        Some(self.command(if *active { "enable-rule" } else { "disable-rule" }))
    }

    fn manual_rollback(&self, original: &Snapshot, _stages: &[(u8, &Snapshot)]) -> Vec<String> {
        let Some(write) = self.by_hand(original, original) else { return Vec::new() };
        let (region, bus, name) = (&self.region, quoted(&self.bus), quoted(&self.name));
        let read = format!("aws events describe-rule --region {region} --event-bus-name {bus} --name {name}");
        let ours = ["ENABLED".to_owned(), "DISABLED".to_owned()];
        let mut lines = vec![format!("seen=$({read} --query State --output text)")];
        lines.extend(if_ours("seen", &ours, &write, &self.to_string()));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_read_with_its_schedule_and_its_targets_and_nothing_is_made_of_another_state() {
        let rule = json!({"Name": "close", "State": "ENABLED", "ScheduleExpression": "cron(15 2 ? * MON-FRI *)"});
        let targets = [json!({"Id": "b", "Arn": "x"}), json!({"Id": "a"})];
        let settings = json!({"ScheduleExpression": "cron(15 2 ? * MON-FRI *)", "Targets": ["a", "b"]});
        let read = EventRuleTarget::snapshot(&rule, &targets).unwrap();
        assert_eq!(read, Snapshot::Activation { active: true, settings });
        assert!(EventRuleTarget::firings(&read).is_some());
        for state in [json!("ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"), Value::Null] {
            let other = json!({"State": state});
            assert!(EventRuleTarget::snapshot(&other, &targets).is_err(), "{other}");
        }
    }
}
