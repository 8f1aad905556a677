//! What rules and listeners say of hosts and target groups, as the API gives them.

use caravan_inventory::Observation;
use serde_json::Value;
use std::collections::BTreeSet;

/// The target groups that a rule or listener forwards to.
pub(crate) fn groups(body: &Value) -> Vec<String> {
    let actions = body.get("Actions").or_else(|| body.get("DefaultActions"));
    let mut found = BTreeSet::new();
    for action in actions.and_then(Value::as_array).into_iter().flatten() {
        let several = action["ForwardConfig"]["TargetGroups"].as_array();
        let several = several.into_iter().flatten().filter_map(|group| group["TargetGroupArn"].as_str());
        found.extend(several.chain(action["TargetGroupArn"].as_str()).map(str::to_owned));
    }
    found.into_iter().collect()
}

/// The ARN of a rule's listener: that of the rule without its last part.
pub(crate) fn listener_of(rule: &str) -> Option<String> {
    let (listener, _) = rule.rsplit_once('/')?;
    Some(listener.replacen(":listener-rule/", ":listener/", 1))
}

/// The exact names that a rule takes.
pub(crate) fn hosts(rule: &Observation) -> Vec<String> {
    let conditions = rule.body["Conditions"].as_array().into_iter().flatten();
    conditions
        .filter(|condition| condition["Field"] == "host-header")
        .filter_map(|condition| condition["HostHeaderConfig"]["Values"].as_array())
        .flatten()
        .filter_map(Value::as_str)
        .filter(|host| !host.contains(['*', '?']))
        .map(str::to_ascii_lowercase)
        .collect()
}
