//! Load balancers with their listeners, rules and target groups.

use super::Emitter;
use super::handed;
use super::shape::{Fields, filled, typed};
use crate::files::template::branches;
use crate::files::template::document::Resource;
use crate::files::template::intrinsic::{Intrinsic, scalar};
use caravan_inventory::{MADE_UP_BALANCER, ObservationKind as Kind, Unresolved};
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
    let properties = with_keys(&resource.properties, "LoadBalancerAttributes");
    let mut fields = out.eval.properties(&properties, &["SecurityGroups/*"]);
    out.leave_out(&mut fields, &["Tags"]);
    attributes(&mut fields, "LoadBalancerAttributes");
    fields.insert("LoadBalancerName".to_owned(), out.eval.name_of(id, "Name").into());
    fields.remove("Name");
    // By this name record sets of the template lead to it.
    let own = out.eval.name_at(&json!({"Fn::GetAtt": [id, "DNSName"]}), 0);
    fields.extend(own.map(|own| ("DNSName".to_owned(), Value::String(own))));
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
    let with_names = with_balancers(out, &resource.properties, &["DefaultActions"]);
    let properties = by_element(&with_keys(&with_names, "ListenerAttributes"), &["DefaultActions"]);
    let mut fields = out.eval.properties(&properties, LINKS);
    out.leave_out(&mut fields, &["Tags"]);
    attributes(&mut fields, "ListenerAttributes");
    out.leave_open(&mut fields, "Port");
    handed::say(out, id, &mut fields);
    named(out, Kind::Listener, id, fields, "ListenerArn");
}

/// A rule of a listener.
pub(super) fn rule(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    const LINKS: &[&str] =
        &["Actions/*/TargetGroupArn", "Actions/*/ForwardConfig/TargetGroups/*/TargetGroupArn", "ListenerArn"];
    let lists = ["Actions", "Conditions"];
    let with_names = with_balancers(out, &resource.properties, &lists);
    let mut fields = out.eval.properties(&by_element(&with_names, &lists), LINKS);
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
    out.leave_open(&mut fields, "Priority");
    fields.insert("IsDefault".to_owned(), json!(false));
    named(out, Kind::ListenerRule, id, fields, "RuleArn");
}

/// A target group with its attributes.
pub(super) fn target_group(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let mut fields = out.eval.properties(&with_keys(&resource.properties, "TargetGroupAttributes"), &["Targets/*/Id"]);
    out.leave_out(&mut fields, &["Tags"]);
    // Which load balancer or function a group sends to is what DescribeTargetHealth answers; other targets come and go.
    if !matches!(fields.get("TargetType").and_then(Value::as_str), Some("alb" | "lambda")) {
        out.leave_out(&mut fields, &["Targets"]);
    }
    fields.insert("TargetGroupName".to_owned(), out.eval.name_of(id, "Name").into());
    fields.remove("Name");
    attributes(&mut fields, "TargetGroupAttributes");
    handed::say(out, id, &mut fields);
    named(out, Kind::TargetGroup, id, fields, "TargetGroupArn");
}

/// Attributes as the calls that describe them answer; one without a value is not said.
fn attributes(fields: &mut Fields, name: &str) {
    if let Some(mut attributes) = fields.remove(name) {
        if let Value::Array(list) = &mut attributes {
            list.retain(|one| !one.is_object() || Unresolved::of(one).is_some() || one.get("Value").is_some());
        }
        fields.insert("Attributes".to_owned(), attributes);
    }
}

/// The same properties, in these lists with the name that AWS makes for a load balancer of the template where that name stands.
fn with_balancers(out: &Emitter<'_>, properties: &Fields, lists: &[&str]) -> Fields {
    let mut properties = properties.clone();
    for list in lists {
        if let Some(value) = properties.get_mut(*list) {
            *value = with_balancer_names(out, value);
        }
    }
    properties
}

fn with_balancer_names(out: &Emitter<'_>, value: &Value) -> Value {
    if Intrinsic::of(value).is_some() {
        let name = out.eval.name_at(value, 0).filter(|name| name.ends_with(MADE_UP_BALANCER));
        return name.map_or_else(|| value.clone(), Value::from);
    }
    match value {
        Value::Array(items) => items.iter().map(|item| with_balancer_names(out, item)).collect(),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (name.clone(), with_balancer_names(out, value))).collect())
        }
        scalar => scalar.clone(),
    }
}

/// The same properties, these lists element by element where a condition chooses them whole: what they have in any case is known.
fn by_element(properties: &Fields, lists: &[&str]) -> Fields {
    let mut properties = properties.clone();
    for list in lists {
        if let Some(value) = properties.get_mut(*list)
            && let Some(divided) = branches::element_by_element(value)
        {
            *value = divided;
        }
    }
    properties
}

/// The same properties, each attribute that a condition decides with its key: of such a one only the value is open.
fn with_keys(properties: &Fields, name: &str) -> Fields {
    let mut properties = properties.clone();
    for one in properties.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(keyed) = keyed(one) {
            *one = keyed;
        }
    }
    properties
}

/// `!If [C, {Key: K, Value: A}, {Key: K, Value: B}]` as `{Key: K, Value: !If [C, A, B]}`; one branch may be no value.
fn keyed(one: &Value) -> Option<Value> {
    let Some(Intrinsic::Function("If", Value::Array(parts))) = Intrinsic::of(one) else { return None };
    let [condition, then, other] = parts.as_slice() else { return None };
    let keys: Vec<&str> = [then, other].into_iter().filter_map(|branch| branch.get("Key")?.as_str()).collect();
    let key = *keys.first()?;
    let value = |branch: &Value| match Intrinsic::of(branch) {
        Some(Intrinsic::Ref("AWS::NoValue")) => Some(branch.clone()),
        _ => branch.get("Value").filter(|_| branch.get("Key").and_then(Value::as_str) == Some(key)).cloned(),
    };
    let (then, other) = (value(then)?, value(other)?);
    Some(json!({"Key": key, "Value": {"Fn::If": [condition, then, other]}}))
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
    fn of_an_attribute_that_a_condition_decides_the_value_is_open() {
        let none = || json!({"Ref": "AWS::NoValue"});
        let pair = |key: &str, value: &str| json!({"Key": key, "Value": value});
        let choice = |then: Value, other: Value| json!({"Fn::If": ["C", then, other]});
        for (then, other, wanted) in [
            (pair("a", "1"), none(), Some(choice(json!("1"), none()))),
            (none(), pair("a", "1"), Some(choice(none(), json!("1")))),
            (pair("a", "1"), pair("a", "2"), Some(choice(json!("1"), json!("2")))),
            (pair("a", "1"), pair("b", "2"), None),
            (none(), none(), None),
            (json!({"Ref": "P"}), pair("a", "1"), None),
        ] {
            let wanted = wanted.map(|value| json!({"Key": "a", "Value": value}));
            assert_eq!(keyed(&choice(then.clone(), other.clone())), wanted, "{then} {other}");
        }
        assert_eq!(keyed(&pair("a", "1")), None);
        let mut fields =
            Fields::from_iter([("Of".to_owned(), json!([{"Key": "a"}, pair("b", "1"), {"$unresolved": "!Ref P"}]))]);
        attributes(&mut fields, "Of");
        assert_eq!(fields["Attributes"], json!([pair("b", "1"), {"$unresolved": "!Ref P"}]));
    }

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
