//! The actions of a load balancer rule: read, written, read again.
//!
//! Elastic Load Balancing has no conditional write: a foreign write in the gap between our read and our write is seen
//! only afterwards (K2, `checked`). Source: Elastic Load Balancing API, `ModifyRule`, `ModifyListener`.

use super::answer::{self, as_believed, unreadable};
use super::error::of_sdk;
use crate::xml::ELASTIC_LOAD_BALANCING;
use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, ForwardActionConfig, TargetGroupStickinessConfig, TargetGroupTuple, TargetHealth,
};
use caravan_providers::target::{ListenerRuleTarget, Snapshot, StateOfTarget};
use caravan_providers::{CallError, Reply, Write};
use serde_json::Value;

/// What a write of a rule is asked for with.
const HEALTH: &str = "target-health";

pub(super) async fn observe(client: &Client, target: &ListenerRuleTarget) -> Result<Reply, CallError> {
    let snapshot = ListenerRuleTarget::snapshot(&described(client, target).await?).map_err(unreadable)?;
    if let Snapshot::Actions(actions) = &snapshot
        && let Some(why) = ListenerRuleTarget::irreversible(actions)
    {
        return Err(CallError::Rejected(why));
    }
    Ok(Reply::Observed { snapshot, token: None })
}

pub(super) async fn write(client: &Client, target: &ListenerRuleTarget, write: &Write) -> Result<Reply, CallError> {
    let Snapshot::Actions(after) = &write.after else {
        return Err(CallError::NotSent("not a change of a rule".to_owned()));
    };
    let wanted = after.as_array().into_iter().flatten().map(action_of).collect::<Result<Vec<_>, _>>()?;
    as_believed(write, observe(client, target).await)?;
    let sent = if target.is_listener() {
        let request = client.modify_listener().listener_arn(&target.arn).set_default_actions(Some(wanted));
        request.send().await.map(drop).map_err(|error| of_sdk(&error))
    } else {
        let request = client.modify_rule().rule_arn(&target.arn).set_actions(Some(wanted));
        request.send().await.map(drop).map_err(|error| of_sdk(&error))
    };
    // It is asked for by its target groups, which carry the traffic; there is nothing else to ask with.
    sent.map(|()| Reply::Accepted { ticket: Some(HEALTH.to_owned()) })
}

/// Whether users are sent where a write says: every target group that takes on traffic has a target that the load balancer
/// finds healthy. The weights are read back by the observation that follows; where the rule already shows that something else
/// stands there, it is not waited for.
pub(super) async fn status(client: &Client, target: &ListenerRuleTarget, write: &Write) -> Result<Reply, CallError> {
    match observe(client, target).await? {
        Reply::Observed { snapshot, .. } if snapshot == write.after => {}
        // Reads may lag behind writes; or somebody has put it back. It is said, and asked again.
        Reply::Observed { snapshot, .. } if snapshot == write.before => {
            let reason = format!("{} still shows what stood there before the write", target.arn);
            return Ok(Reply::Unsettled { reason });
        }
        _ => return Ok(Reply::Settled),
    }
    for group in ListenerRuleTarget::growing(&write.before, &write.after) {
        let states = target_states(client, &group).await?;
        if let Some(reason) = ListenerRuleTarget::unhealthy(&group, &states) {
            return Ok(Reply::Unsettled { reason });
        }
    }
    Ok(Reply::Settled)
}

/// What the load balancer says of each target of a group.
pub(super) async fn target_states(client: &Client, group: &str) -> Result<Vec<StateOfTarget>, CallError> {
    let answer = client.describe_target_health().target_group_arn(group).send().await;
    let answer = answer.map_err(|error| of_sdk(&error))?;
    let health = answer.target_health_descriptions().iter().filter_map(|described| described.target_health());
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let state_of = |health: &TargetHealth| {
        (text(health.state().map(|state| state.as_str())), text(health.reason().map(|reason| reason.as_str())))
    };
    Ok(health.map(state_of).collect())
}

/// The rule or listener as the API describes it.
async fn described(client: &Client, target: &ListenerRuleTarget) -> Result<Value, CallError> {
    let capture = answer::capture();
    let list = if target.is_listener() {
        let request = client.describe_listeners().listener_arns(&target.arn);
        request.customize().interceptor(capture.clone()).send().await.map_err(|error| of_sdk(&error))?;
        "Listeners"
    } else {
        let request = client.describe_rules().rule_arns(&target.arn);
        request.customize().interceptor(capture.clone()).send().await.map_err(|error| of_sdk(&error))?;
        "Rules"
    };
    let first = answer::list(&capture, &ELASTIC_LOAD_BALANCING, list)?.into_iter().next();
    first.ok_or_else(|| CallError::Missing(target.arn.clone()))
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
