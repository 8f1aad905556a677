//! The actions of a load balancer rule: read, written, read again.
//!
//! Elastic Load Balancing has no conditional write: a foreign write in the gap between our read and our write is seen
//! only afterwards (K2, `checked`). Source: Elastic Load Balancing API, `ModifyRule`, `ModifyListener`.

use super::error::of_sdk;
use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, ForwardActionConfig, TargetGroupStickinessConfig, TargetGroupTuple,
};
use caravan_providers::target::Snapshot;
use caravan_providers::{CallError, Reply, Write};
use serde_json::{Value, json};

pub(super) async fn observe(client: &Client, arn: &str) -> Result<Reply, CallError> {
    let actions = actions(client, arn).await?;
    let actions = actions.iter().map(json_of).collect::<Result<Vec<_>, _>>()?;
    Ok(Reply::Observed { snapshot: Snapshot::Actions(Value::Array(actions)), token: None })
}

pub(super) async fn write(client: &Client, arn: &str, write: &Write) -> Result<Reply, CallError> {
    let Snapshot::Actions(after) = &write.after else {
        return Err(CallError::NotSent("not a change of a rule".to_owned()));
    };
    let wanted = after.as_array().into_iter().flatten().map(action_of).collect::<Result<Vec<_>, _>>()?;
    // A read that brought nothing leaves nothing in doubt: the write has not been sent.
    let unread = |error| match error {
        CallError::InDoubt(text) => CallError::NotSent(text),
        other => other,
    };
    match observe(client, arn).await.map_err(unread)? {
        Reply::Observed { snapshot, .. } if snapshot == write.before => {}
        _ => return Err(CallError::Conflict(format!("{arn} is not as the write believes"))),
    }
    let sent = if is_listener(arn) {
        let request = client.modify_listener().listener_arn(arn).set_default_actions(Some(wanted));
        request.send().await.map(drop).map_err(|error| of_sdk(&error))
    } else {
        let request = client.modify_rule().rule_arn(arn).set_actions(Some(wanted));
        request.send().await.map(drop).map_err(|error| of_sdk(&error))
    };
    sent.map(|()| Reply::Accepted { ticket: None })
}

async fn actions(client: &Client, arn: &str) -> Result<Vec<Action>, CallError> {
    let missing = || CallError::Missing(arn.to_owned());
    if is_listener(arn) {
        let answer = client.describe_listeners().listener_arns(arn).send().await.map_err(|error| of_sdk(&error))?;
        return Ok(answer.listeners().first().ok_or_else(missing)?.default_actions().to_vec());
    }
    let answer = client.describe_rules().rule_arns(arn).send().await.map_err(|error| of_sdk(&error))?;
    Ok(answer.rules().first().ok_or_else(missing)?.actions().to_vec())
}

/// `…:listener/app/…` is a listener, `…:listener-rule/app/…` a rule.
fn is_listener(arn: &str) -> bool {
    arn.contains(":listener/")
}

/// A forward as JSON. Other actions are refused: some of what they hold (a client secret) can't be read back.
fn json_of(action: &Action) -> Result<Value, CallError> {
    if action.r#type() != Some(&ActionTypeEnum::Forward) {
        let kind = action.r#type().map_or("none", ActionTypeEnum::as_str);
        return Err(CallError::Rejected(format!(
            "the rule has an action of type {kind}, which can't be put back exactly"
        )));
    }
    let mut json = json!({"Type": "forward"});
    if let Some(arn) = action.target_group_arn() {
        json["TargetGroupArn"] = arn.into();
    }
    if let Some(order) = action.order() {
        json["Order"] = order.into();
    }
    if let Some(config) = action.forward_config() {
        // Their order has no meaning, and the API promises none.
        let mut groups = config.target_groups().to_vec();
        groups.sort_by(|a, b| a.target_group_arn().cmp(&b.target_group_arn()));
        let groups = groups.iter().map(|group| {
            let mut tuple = json!({"TargetGroupArn": group.target_group_arn().unwrap_or_default()});
            if let Some(weight) = group.weight() {
                tuple["Weight"] = weight.into();
            }
            tuple
        });
        json["ForwardConfig"]["TargetGroups"] = groups.collect();
        if let Some(sticky) = config.target_group_stickiness_config() {
            let mut stickiness = json!({"Enabled": sticky.enabled().unwrap_or_default()});
            if let Some(seconds) = sticky.duration_seconds() {
                stickiness["DurationSeconds"] = seconds.into();
            }
            json["ForwardConfig"]["TargetGroupStickinessConfig"] = stickiness;
        }
    }
    Ok(json)
}

fn action_of(json: &Value) -> Result<Action, CallError> {
    let number = |value: &Value| value.as_i64().and_then(|number| i32::try_from(number).ok());
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let config = json.get("ForwardConfig").map(|config| {
        let groups = config["TargetGroups"].as_array().into_iter().flatten().map(|group| {
            TargetGroupTuple::builder()
                .set_target_group_arn(text(&group["TargetGroupArn"]))
                .set_weight(number(&group["Weight"]))
                .build()
        });
        let sticky = config.get("TargetGroupStickinessConfig").map(|sticky| {
            TargetGroupStickinessConfig::builder()
                .set_enabled(sticky["Enabled"].as_bool())
                .set_duration_seconds(number(&sticky["DurationSeconds"]))
                .build()
        });
        ForwardActionConfig::builder()
            .set_target_groups(Some(groups.collect()))
            .set_target_group_stickiness_config(sticky)
            .build()
    });
    if json["Type"] != "forward" {
        return Err(CallError::NotSent("only forwards are written".to_owned()));
    }
    Ok(Action::builder()
        .r#type(ActionTypeEnum::Forward)
        .set_target_group_arn(text(&json["TargetGroupArn"]))
        .set_order(number(&json["Order"]))
        .set_forward_config(config)
        .build())
}
