//! What of a load balancer's rule is not its actions, and says all the same whose requests they are.
//!
//! Source: Elastic Load Balancing API, `Rule` (rules are asked in the order of their priorities, the default last), `RuleCondition`,
//! `Listener`.

use super::rule_conditions::{may_meet, plain_conditions, plain_values};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Which requests a rule or a listener's default actions take: where the listener hears them, what the rule asks of them, and which
/// rules are asked before it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFrame {
    /// `Port` and `Protocol` of the listener.
    pub listener: Value,
    /// Of a rule its `Priority`, as the API gives it; none for a listener's default actions, which are asked last.
    pub priority: Option<String>,
    /// Of a rule its `Conditions` and `Transforms`, without what is empty, and without their order.
    pub asks: Value,
    /// The conditions of each rule that is asked before it and may take a request of its own, by the rule's ARN.
    pub before: BTreeMap<String, Value>,
}

impl RuleFrame {
    /// The frame of the rule or listener of this ARN, by its listener and all of that one's rules as the API gives them; none where
    /// there is no such rule.
    #[must_use]
    pub fn of(arn: &str, listener: &Value, rules: &[Value]) -> Option<Self> {
        let hears = json!({"Port": listener["Port"], "Protocol": listener["Protocol"]});
        let is_listener = listener["ListenerArn"] == arn;
        let own = rules.iter().find(|rule| rule["RuleArn"] == arn);
        if own.is_none() && !is_listener {
            return None;
        }
        let priority = own.filter(|_| !is_listener).and_then(|own| own["Priority"].as_str());
        let conditions = own.filter(|_| !is_listener).map_or(Value::Null, |own| plain_conditions(&own["Conditions"]));
        let transforms = own.map_or(Value::Null, |own| plain_values(&own["Transforms"]));
        let place = place_of(priority);
        let asked_before =
            rules.iter().filter(|rule| rule["RuleArn"] != arn && place_of(rule["Priority"].as_str()) < place);
        let before = asked_before.filter_map(|rule| {
            let other = plain_conditions(&rule["Conditions"]);
            may_meet(&conditions, &other).then(|| Some((rule["RuleArn"].as_str()?.to_owned(), other)))?
        });
        let before = before.collect();
        let asks = match is_listener {
            true => Value::Null,
            false => json!({"Conditions": conditions, "Transforms": transforms}),
        };
        Some(Self { listener: hears, priority: priority.map(str::to_owned), asks, before })
    }

    /// What is otherwise now of whose requests the rule takes, each in a few words; empty when nothing is.
    #[must_use]
    pub fn differences(&self, now: &Self) -> Vec<String> {
        let mut found = Vec::new();
        if self.listener != now.listener {
            found.push(format!("the listener hears {}, and the plan was made for {}", now.listener, self.listener));
        }
        for field in ["Conditions", "Transforms"] {
            let (sealed, stands) = (&self.asks[field], &now.asks[field]);
            if sealed != stands {
                found.push(format!("the rule's {field} are {stands}, and the plan was made for {sealed}"));
            }
        }
        for (arn, conditions) in &now.before {
            match self.before.get(arn) {
                None => found.push(format!("rule {arn} is asked before it now, with the conditions {conditions}")),
                Some(sealed) if sealed != conditions => found.push(format!(
                    "rule {arn}, which is asked before it, has the conditions {conditions}, and the plan was made beside {sealed}"
                )),
                Some(_) => {}
            }
        }
        for arn in self.before.keys().filter(|arn| !now.before.contains_key(*arn)) {
            found.push(format!("rule {arn} takes nothing before it any more: what it took comes here"));
        }
        if let (Some(sealed), Some(stands)) = (&self.priority, &now.priority)
            && sealed != stands
        {
            found.push(format!("the rule's Priority is {stands}, and the plan was made for {sealed}"));
        }
        found
    }

    /// What to say of a rule that is gone: which one was made anew with its conditions, if any was.
    #[must_use]
    pub fn gone(&self, rules: &[Value]) -> String {
        let is_alike = |rule: &&Value| {
            rule["IsDefault"] != true && plain_conditions(&rule["Conditions"]) == self.asks["Conditions"]
        };
        let anew = rules.iter().find(is_alike).and_then(|rule| rule["RuleArn"].as_str());
        match anew {
            Some(arn) => {
                format!("the rule was made anew as {arn}: that one is not what was sealed, and no run changes it")
            }
            None => "the rule is gone, and no other has its conditions".to_owned(),
        }
    }
}

/// The place in which a rule is asked; the default comes last, and so does what has no number.
fn place_of(priority: Option<&str>) -> u32 {
    priority.and_then(|number| number.parse().ok()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(arn: &str, priority: &str, host: &str) -> Value {
        let conditions = json!([{"Field": "host-header", "HostHeaderConfig": {"Values": [host]}}]);
        json!({"RuleArn": arn, "Priority": priority, "Conditions": conditions, "IsDefault": false})
    }

    fn listener() -> Value {
        json!({"ListenerArn": "listener", "Port": 443, "Protocol": "HTTPS"})
    }

    fn frame(arn: &str, rules: &[Value]) -> RuleFrame {
        RuleFrame::of(arn, &listener(), rules).unwrap()
    }

    #[test]
    fn whatever_moves_requests_to_or_from_a_rule_is_told_and_nothing_else_is() {
        let own = rule("own", "10", "a.example.com");
        let sealed = frame("own", &[own.clone(), rule("other", "20", "*.example.com")]);
        let told = |rules: &[Value]| sealed.differences(&frame("own", rules));
        // What is asked after it, or asks for other names, takes nothing.
        assert!(
            told(&[own.clone(), rule("new", "5", "b.example.com"), rule("other", "11", "a.example.com")]).is_empty()
        );
        let cases = [
            (vec![rule("own", "10", "b.example.com")], "the rule's Conditions"),
            (
                vec![rule("own", "30", "a.example.com"), rule("other", "20", "*.example.com")],
                "rule other is asked before",
            ),
            (vec![rule("own", "30", "a.example.com")], "the rule's Priority is 30"),
            (vec![own.clone(), rule("new", "5", "A.example.com")], "rule new is asked before"),
            (vec![own.clone(), rule("new", "5", "*")], "rule new is asked before"),
        ];
        for (rules, text) in cases {
            let found = told(&rules);
            assert!(found.iter().any(|line| line.contains(text)), "{text}: {found:?}");
        }
        let port = RuleFrame::of("own", &json!({"Port": 8443, "Protocol": "HTTPS"}), &[own]).unwrap();
        assert!(sealed.differences(&port)[0].contains("8443"));
    }

    #[test]
    fn a_rule_that_was_asked_before_and_is_not_any_more_is_told() {
        let (own, first) = (rule("own", "10", "a.example.com"), rule("first", "5", "a.example.com"));
        let sealed = frame("own", &[own.clone(), first]);
        assert!(
            sealed.differences(&frame("own", std::slice::from_ref(&own)))[0]
                .contains("rule first takes nothing before it")
        );
        let wider = frame("own", &[own, rule("first", "5", "*.example.com")]);
        assert!(sealed.differences(&wider)[0].contains("the plan was made beside"));
    }

    #[test]
    fn every_rule_takes_requests_of_a_listeners_default_actions() {
        let default = json!({"RuleArn": "default", "Priority": "default", "IsDefault": true});
        let sealed = frame("listener", std::slice::from_ref(&default));
        let found = sealed.differences(&frame("listener", &[default, rule("new", "5", "a.example.com")]));
        assert!(found[0].contains("rule new is asked before"), "{found:?}");
    }

    #[test]
    fn a_rule_that_was_made_anew_is_named() {
        let sealed = frame("own", &[rule("own", "10", "a.example.com")]);
        assert!(RuleFrame::of("own", &listener(), &[]).is_none());
        assert!(sealed.gone(&[rule("anew", "10", "a.example.com")]).contains("made anew as anew"));
        assert!(sealed.gone(&[rule("other", "10", "b.example.com")]).contains("no other has its conditions"));
    }
}
