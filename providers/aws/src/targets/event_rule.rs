//! Rules of EventBridge: read, switched, read again.
//!
//! EventBridge has no conditional write: a foreign write in the gap between our read and our write is seen only afterwards (K2,
//! `checked`). Source: EventBridge API Reference, `DescribeRule`, `EnableRule`, `DisableRule`, `ListTargetsByRule`.

use super::answer::{as_believed, unreadable};
use super::controllers;
use super::error::of_fault;
use crate::calls::command;
use crate::clock;
use crate::service::Service;
use crate::session::RegionClients;
use caravan_providers::target::{Controller, EventRuleTarget, Snapshot, TargetKind};
use caravan_providers::{Activity, CallError, Reply, Write};
use serde_json::{Value, json};

pub(super) async fn observe(session: &RegionClients, target: &EventRuleTarget) -> Result<Reply, CallError> {
    let rule = described(session, target).await?;
    if let Some(service) = rule["ManagedBy"].as_str() {
        return Err(CallError::Rejected(format!("the rule is managed by {service}, and can't be handed over")));
    }
    let mut targets = Vec::new();
    let mut token = Value::Null;
    loop {
        let mut input = json!({"Rule": target.name, "EventBusName": target.bus});
        if !token.is_null() {
            input["NextToken"] = token;
        }
        let mut page = sent(session, "ListTargetsByRule", &input).await?;
        if let Value::Array(all) = page["Targets"].take() {
            targets.extend(all);
        }
        token = page["NextToken"].take();
        if token.is_null() {
            break;
        }
    }
    let snapshot = EventRuleTarget::snapshot(&rule, &targets).map_err(unreadable)?;
    Ok(Reply::Observed { snapshot, token: None })
}

pub(super) async fn write(
    session: &RegionClients,
    target: &EventRuleTarget,
    write: &Write,
) -> Result<Reply, CallError> {
    let Snapshot::Activation { active, .. } = &write.after else {
        return Err(CallError::NotSent("not a change of a rule of EventBridge".to_owned()));
    };
    as_believed(write, observe(session, target).await)?;
    if let Some(why) = target.withheld(&write.before, &write.after, clock::now_ms()) {
        return Err(CallError::NotSent(format!("{target}: {why}")));
    }
    let verb = if *active { "EnableRule" } else { "DisableRule" };
    sent(session, verb, &named(target)).await?;
    Ok(Reply::Accepted { ticket: None })
}

/// A rule that is disabled sets nothing off; what it has set off before is not its own any more.
pub(super) async fn activity(session: &RegionClients, target: &EventRuleTarget) -> Result<Reply, CallError> {
    let rule = described(session, target).await?;
    Ok(Reply::Activity(if rule["State"] == "DISABLED" { Activity::Idle } else { Activity::Working }))
}

/// CloudFormation puts the state back at the next update of its stack; of other tools the API shows nothing.
pub(super) async fn controllers(session: &RegionClients, target: &EventRuleTarget) -> Result<Reply, CallError> {
    let rule = described(session, target).await?;
    let mut found = Vec::new();
    if let Some(service) = rule["ManagedBy"].as_str() {
        found.push(Controller::new("aws", format!("managed by {service}")));
    }
    let tags = sent(session, "ListTagsForResource", &json!({"ResourceARN": rule["Arn"]})).await?;
    let tags = tags["Tags"].as_array().into_iter().flatten();
    found.extend(tags.filter_map(|tag| controllers::of_tag(tag["Key"].as_str()?, tag["Value"].as_str())));
    Ok(Reply::Controllers(found))
}

async fn described(session: &RegionClients, target: &EventRuleTarget) -> Result<Value, CallError> {
    sent(session, "DescribeRule", &named(target)).await
}

fn named(target: &EventRuleTarget) -> Value {
    json!({"Name": target.name, "EventBusName": target.bus})
}

async fn sent(session: &RegionClients, action: &str, input: &Value) -> Result<Value, CallError> {
    let answer = command(session, Service::Events, &format!("AWSEvents.{action}"), input).await;
    answer.map_err(|fault| of_fault(&fault))
}
