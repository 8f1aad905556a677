//! Attributes of balancers, listeners and target groups that have no twin: AWS' own defaults are dropped, what else is chosen
//! is said, and what changes requests on their way is asked about.

use super::listeners::ways;
use crate::context::Context;
use crate::field::{Field, Object};
use crate::tracker::{Asked, FieldTracker};
use serde_json::Value;

/// What attributes are where nobody chose (Elastic Load Balancing API reference: LoadBalancerAttribute, ListenerAttribute,
/// TargetGroupAttribute).
const USUAL: &[(&str, &[&str])] = &[
    ("access_logs.s3.enabled", &["false"]),
    ("client_keep_alive.seconds", &["3600"]),
    ("connection_logs.s3.enabled", &["false"]),
    ("deletion_protection.enabled", &["false"]),
    ("deregistration_delay.connection_termination.enabled", &["false"]),
    ("dns_record.client_routing_policy", &["any_availability_zone"]),
    ("health_check_logs.s3.enabled", &["false"]),
    ("idle_timeout.timeout_seconds", &["60"]),
    ("ipv6.deny_all_igw_traffic", &["false"]),
    ("lambda.multi_value_headers.enabled", &["false"]),
    ("load_balancing.algorithm.anomaly_mitigation", &["off"]),
    ("load_balancing.algorithm.type", &["round_robin"]),
    ("load_balancing.cross_zone.enabled", &["true", "false", "use_load_balancer_configuration"]),
    ("preserve_client_ip.enabled", &["false"]),
    ("proxy_protocol_v2.enabled", &["false"]),
    ("routing.http.desync_mitigation_mode", &["defensive"]),
    ("routing.http.drop_invalid_header_fields.enabled", &["false"]),
    ("routing.http.preserve_host_header.enabled", &["false"]),
    ("routing.http.response.server.enabled", &["true"]),
    ("routing.http.x_amzn_tls_version_and_cipher_suite.enabled", &["false"]),
    ("routing.http.xff_client_port.enabled", &["false"]),
    ("routing.http.xff_header_processing.mode", &["append"]),
    ("routing.http2.enabled", &["true"]),
    ("secondary_ips.auto_assigned.per_subnet", &["0"]),
    ("slow_start.duration_seconds", &["0"]),
    ("stickiness.enabled", &["false"]),
    ("target_failover.on_deregistration", &["no_rebalance"]),
    ("target_failover.on_unhealthy", &["no_rebalance"]),
    ("target_group_health.dns_failover.minimum_healthy_targets.count", &["1"]),
    ("target_group_health.dns_failover.minimum_healthy_targets.percentage", &["off"]),
    ("target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", &["1"]),
    ("target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage", &["off"]),
    ("target_health_state.unhealthy.connection_termination.enabled", &["true"]),
    ("target_health_state.unhealthy.draining_interval_seconds", &["0"]),
    ("tcp.idle_timeout.seconds", &["350"]),
    ("waf.fail_open.enabled", &["false"]),
    ("zonal_shift.config.enabled", &["false"]),
];

/// Attributes that only say more of another one.
const DETAILS: [&str; 5] =
    [".s3.bucket", ".s3.prefix", "stickiness.type", "stickiness.lb_cookie.", "stickiness.app_cookie."];

/// What the gateway does instead, of attributes that somebody chose.
const INSTEAD: &[(&str, &str)] = &[
    ("client_keep_alive.seconds", "how long a caller stays connected is the platform's"),
    ("load_balancing.algorithm.", "the gateway sends a request where the fewest are on their way"),
    ("preserve_client_ip.enabled", "the app sees the gateway's address; the caller's is in `X-Forwarded-For`"),
    (
        "routing.http.drop_invalid_header_fields.enabled",
        "the gateway refuses a request with `_` in the name of a header, where the balancer left that header out",
    ),
    ("routing.http.preserve_host_header.enabled", "the gateway sends `Host` on as it came"),
    ("slow_start.duration_seconds", "new instances get their whole share at once"),
    (".s3.enabled", "logs of the gateway are the platform's"),
    ("routing.http.request.", "asked about, or a header that nothing adds"),
];

const CHOSEN: &str = "not AWS's own value, and the gateway has no twin";

/// Drops what the attributes of a balancer, a listener or a target group say that no rule spoke for.
pub(super) fn drop_rest<'a>(tracker: &mut FieldTracker<'a>, of: Object<'a>, rule: &'static str) {
    for attribute in of.objects("Attributes") {
        let (Some(field), Some(value)) = (attribute.field("Key"), attribute.field("Value")) else { continue };
        if !tracker.has_mark(field.0) {
            field.dropped(tracker, rule);
        }
        if tracker.has_mark(value.0) {
            continue;
        }
        let key = attribute.peek("Key").unwrap_or("");
        if is_usual(key, &text(value.0)) {
            value.dropped(tracker, rule);
        } else {
            let instead = INSTEAD.iter().find(|(part, _)| key.contains(part)).map(|(_, instead)| *instead);
            value.dropped_because(tracker, rule, instead.unwrap_or(CHOSEN));
        }
    }
}

fn is_usual(key: &str, value: &str) -> bool {
    let usual = USUAL.iter().find(|(known, _)| *known == key);
    value.is_empty()
        || usual.is_some_and(|(_, values)| values.contains(&value))
        || DETAILS.iter().any(|detail| key.contains(detail))
        || header(key).is_some_and(|name| name.eq_ignore_ascii_case(value))
}

/// The header that an attribute of a listener gives another name: `X-Amzn-Tls-Version`.
fn header(key: &str) -> Option<String> {
    let name = key.strip_prefix("routing.http.request.")?.strip_suffix(".header_name")?;
    Some(super::answers::titled(name))
}

/// A value as text, of templates too: they leave out quotes.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Asks about what a balancer, its listeners and a group of raw TCP change in requests, and the gateway does not: once for each.
pub(super) fn ask<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>) {
    let around = context.around;
    for balancer in &around.load_balancers {
        changes(tracker, *balancer, balancer.peek("LoadBalancerName").unwrap_or("its balancer"));
    }
    for way in ways(context) {
        let name = if way.name.is_empty() { "its listener" } else { &way.name };
        way.listener.into_iter().for_each(|listener| changes(tracker, listener, name));
    }
    for group in &around.target_groups {
        changes(tracker, *group, group.peek("TargetGroupName").unwrap_or("its target group"));
    }
}

/// Whether discovery was refused the attributes of a balancer, a listener or a target group. Where nobody asked for them, there is no
/// such field.
pub(super) fn are_unread(of: Object<'_>) -> bool {
    of.raw(ATTRIBUTES).is_some_and(|attributes| attributes.0.is_null())
}

const ATTRIBUTES: &str = "Attributes";

/// Asks whether attributes that could not be read are AWS's own.
fn unread<'a>(tracker: &mut FieldTracker<'a>, of: Object<'a>, name: &str) {
    let Some(field) = of.raw(ATTRIBUTES) else { return };
    let text = format!(
        "The attributes of `{name}` could not be read: whether it keeps users on one instance, how long open requests have at the end, \
         how long it may be silent, and which headers it adds or takes away. Are they AWS's own (`defaults`)? Until somebody says it, or \
         the account is scanned with the right to read them, it is converted as if they were."
    );
    let id = tracker.question_id("unread-attributes", name);
    match tracker.ask(id, &text, &["defaults"], Some("defaults")) {
        Asked::Given(_) => field.dropped(tracker, "dropped-by-answer"),
        Asked::Open(id) => field.asked(tracker, &id),
    }
}

fn changes<'a>(tracker: &mut FieldTracker<'a>, of: Object<'a>, name: &str) {
    if are_unread(of) {
        return unread(tracker, of, name);
    }
    let mut fields: Vec<Field<'a>> = Vec::new();
    let mut said: Vec<String> = Vec::new();
    for attribute in of.objects("Attributes") {
        let (Some(key), Some(value)) = (attribute.peek("Key"), attribute.field("Value")) else { continue };
        if let Some(change) = change(key, &text(value.0)) {
            said.push(change);
            fields.push(value);
        }
    }
    if said.is_empty() {
        return;
    }
    let text = format!(
        "`{name}` {}; the gateway does not, and adds the caller's address to `X-Forwarded-For`. Does the app take requests as \
         the gateway sends them?",
        said.join(", and ")
    );
    let id = tracker.question_id("request-changes", name);
    let answer = tracker.ask(id, &text, &["as-the-gateway"], Some("as-the-gateway"));
    for field in fields {
        match &answer {
            Asked::Given(_) => field.dropped(tracker, "dropped-by-answer"),
            Asked::Open(id) => field.asked(tracker, id),
        }
    }
}

/// What a chosen attribute changes in requests, for people.
fn change(key: &str, value: &str) -> Option<String> {
    if is_usual(key, value) {
        return None;
    }
    let said = |text: &str| Some(text.to_owned());
    match (key, value) {
        ("routing.http.xff_header_processing.mode", "remove") => said("takes `X-Forwarded-For` out of requests"),
        ("routing.http.xff_header_processing.mode", _) => said("leaves `X-Forwarded-For` as the caller sent it"),
        ("routing.http.xff_client_port.enabled", _) => said("adds the caller's port to `X-Forwarded-For`"),
        ("routing.http.x_amzn_tls_version_and_cipher_suite.enabled", _) => {
            said("adds `X-Amzn-Tls-Version` and `X-Amzn-Tls-Cipher-Suite`")
        }
        ("proxy_protocol_v2.enabled", _) => said("begins its connections with the PROXY protocol"),
        _ => header(key).map(|header| format!("calls `{header}` `{}`", crate::marks::without_marks(value))),
    }
}
