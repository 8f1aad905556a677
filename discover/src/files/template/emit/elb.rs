//! Load balancers with their listeners, rules and target groups.

use super::Emitter;
use super::shape::{Fields, filled, typed};
use crate::files::template::document::Resource;
use crate::files::template::intrinsic::scalar;
use caravan_inventory::{ObservationKind as Kind, Unresolved};
use serde_json::{Value, json};

const NUMBERS: &[&str] = &[
    "DurationSeconds",
    "HealthCheckIntervalSeconds",
    "HealthCheckTimeoutSeconds",
    "HealthyThresholdCount",
    "Order",
    "Port",
    "SessionTimeout",
    "UnhealthyThresholdCount",
    "Weight",
];
const BOOLEANS: &[&str] = &["Enabled", "HealthCheckEnabled"];

/// A load balancer.
pub(super) fn load_balancer(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let mut fields = out.eval.properties(&resource.properties, &[]);
    out.leave_out(&mut fields, &["Tags"]);
    attributes(&mut fields, "LoadBalancerAttributes");
    fields.insert("LoadBalancerName".to_owned(), out.eval.name_of(id, "Name").into());
    fields.remove("Name");
    filled(&mut fields, &[("Type", json!("application")), ("Scheme", json!("internet-facing"))]);
    named(out, Kind::LoadBalancer, id, fields, "LoadBalancerArn");
}

/// A listener.
pub(super) fn listener(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    const LINKS: &[&str] = &[
        "LoadBalancerArn",
        "DefaultActions/*/TargetGroupArn",
        "DefaultActions/*/ForwardConfig/TargetGroups/*/TargetGroupArn",
    ];
    let mut fields = out.eval.properties(&resource.properties, LINKS);
    out.leave_out(&mut fields, &["Tags"]);
    attributes(&mut fields, "ListenerAttributes");
    named(out, Kind::Listener, id, fields, "ListenerArn");
}

/// A rule of a listener.
pub(super) fn rule(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    const LINKS: &[&str] =
        &["Actions/*/TargetGroupArn", "Actions/*/ForwardConfig/TargetGroups/*/TargetGroupArn", "ListenerArn"];
    let mut fields = out.eval.properties(&resource.properties, LINKS);
    out.leave_out(&mut fields, &["Tags"]);
    // The answer says it by its own ARN alone; a listener of another template has none that links it.
    fields.remove("ListenerArn");
    if let Some(priority) = fields.get_mut("Priority") {
        let at = if Unresolved::of(priority).is_some() { priority.get_mut("default") } else { Some(priority) };
        if let Some(at) = at
            && let Some(text) = scalar(at)
        {
            *at = Value::String(text);
        }
    }
    fields.insert("IsDefault".to_owned(), json!(false));
    named(out, Kind::ListenerRule, id, fields, "RuleArn");
}

/// A target group with its attributes.
pub(super) fn target_group(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let mut fields = out.eval.properties(&resource.properties, &["Targets/*/Id"]);
    out.leave_out(&mut fields, &["Tags"]);
    // Which load balancer a group sends to is what DescribeTargetHealth answers; other targets come and go.
    if fields.get("TargetType").and_then(Value::as_str) != Some("alb") {
        out.leave_out(&mut fields, &["Targets"]);
    }
    fields.insert("TargetGroupName".to_owned(), out.eval.name_of(id, "Name").into());
    fields.remove("Name");
    attributes(&mut fields, "TargetGroupAttributes");
    named(out, Kind::TargetGroup, id, fields, "TargetGroupArn");
}

/// Attributes as the calls that describe them answer.
fn attributes(fields: &mut Fields, name: &str) {
    if let Some(attributes) = fields.remove(name) {
        fields.insert("Attributes".to_owned(), attributes);
    }
}

/// Fields that the API answers as texts, and templates write as numbers and booleans too.
const TEXTS: &[&str] = &["GrpcCode", "HealthCheckPort", "HttpCode", "Key", "StatusCode", "Value", "Values"];

/// Makes texts of them, wherever they stand; a redirect's port is one too, as it may be that of the request.
fn texts(value: &mut Value, redirects: bool) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| texts(item, redirects)),
        Value::Object(fields) => {
            for (field, value) in fields.iter_mut() {
                if TEXTS.contains(&field.as_str()) || (redirects && field == "Port") {
                    to_text(value);
                }
                texts(value, field == "RedirectConfig");
            }
        }
        _ => {}
    }
}

fn to_text(value: &mut Value) {
    let at = if Unresolved::of(value).is_some() { value.get_mut("default") } else { Some(value) };
    match at {
        Some(Value::Array(items)) => items.iter_mut().for_each(to_text),
        Some(at) => {
            if let Some(text) = scalar(at) {
                *at = Value::String(text);
            }
        }
        None => {}
    }
}

/// Adds a thing under its ARN, or under its id where what it stands below is not in the template.
fn named(out: &mut Emitter<'_>, kind: Kind, id: &str, mut fields: Fields, field: &str) {
    let arn = out.eval.name_at(&json!({"Ref": id}), 0);
    fields.extend(arn.clone().map(|arn| (field.to_owned(), Value::String(arn))));
    let mut body = Value::Object(fields);
    typed(&mut body, NUMBERS, BOOLEANS);
    texts(&mut body, false);
    out.add(kind, arn.as_deref().unwrap_or(id), body);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_api_answers_as_a_text_is_one() {
        let mut body = json!({
            "Port": "443",
            "Attributes": [{"Key": "stickiness.enabled", "Value": true}, {"Key": "deregistration_delay.timeout_seconds", "Value": 30}],
            "Matcher": {"HttpCode": 200},
            "HealthCheckPort": 8080,
            "Conditions": [{"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "beta", "Value": 1}]}},
                {"Field": "path-pattern", "Values": [7, "/a"]}],
            "Actions": [{"Type": "redirect", "RedirectConfig": {"Port": "8443", "StatusCode": "HTTP_301"}},
                {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": 403}}],
            "Open": [{"Value": {"$unresolved": "!Ref Sticky", "default": false}}],
        });
        typed(&mut body, NUMBERS, BOOLEANS);
        texts(&mut body, false);
        let wanted = json!({
            "Port": 443,
            "Attributes": [{"Key": "stickiness.enabled", "Value": "true"}, {"Key": "deregistration_delay.timeout_seconds", "Value": "30"}],
            "Matcher": {"HttpCode": "200"},
            "HealthCheckPort": "8080",
            "Conditions": [{"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "beta", "Value": "1"}]}},
                {"Field": "path-pattern", "Values": ["7", "/a"]}],
            "Actions": [{"Type": "redirect", "RedirectConfig": {"Port": "8443", "StatusCode": "HTTP_301"}},
                {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "403"}}],
            "Open": [{"Value": {"$unresolved": "!Ref Sticky", "default": "false"}}],
        });
        assert_eq!(body, wanted);
    }
}
