//! What a target group says otherwise than the one that serves, of a container that has one of each.

use crate::context::Context;
use crate::field::{Field, Object, number};
use crate::plconfig::{Component, Ingress, Seconds};
use crate::tracker::{Asked, FieldTracker};
use std::collections::BTreeMap;

/// What decides for callers, with what it is where nobody chose (ELBv2 API reference, TargetGroupAttribute).
const ATTRIBUTES: [(&str, &str); 3] = [
    ("stickiness.enabled", "false"),
    ("stickiness.type", "lb_cookie"),
    ("stickiness.lb_cookie.duration_seconds", "86400"),
];

/// How often a group checks, and when it believes it.
const COUNTS: [&str; 4] =
    ["HealthCheckIntervalSeconds", "HealthCheckTimeoutSeconds", "HealthyThresholdCount", "UnhealthyThresholdCount"];

/// The answer that keeps every caller with its instance.
const STICKY: &str = "sticky-for-all";

/// Whose check is asked of the container that a group sends to.
#[derive(Clone, Copy)]
pub(super) enum Check<'a> {
    /// The group's own.
    Own,
    /// That of another group, which sends to the same container.
    Of(Object<'a>),
    /// Nobody's.
    Nobodys,
}

/// Asks whether the check that its container has, and the attributes of the group that serves, are enough, where those of this one
/// differ: a check of another port is another one, though it has the same path.
pub(super) fn ask<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    (first, group): (Option<Object<'a>>, Object<'a>),
    check: Check<'a>,
    component: &mut Component,
) {
    let has_probe = matches!(check, Check::Own);
    let checked_by = if let Check::Of(other) = check { Some(other) } else { None };
    for name in COUNTS.into_iter().filter(|_| !has_probe) {
        let same = checked_by.is_some_and(|other| other.raw(name).map(|f| f.0) == group.raw(name).map(|f| f.0));
        if let Some(field) = group.field(name).filter(|_| !same) {
            let note = "an instance is checked in one way, as the group that serves says";
            field.dropped_because(tracker, "further-target-group", note);
        }
    }
    let mut differing: Vec<Field<'a>> = Vec::new();
    let checks = ["HealthCheckProtocol", "HealthCheckPath", "HealthCheckPort", "Matcher"];
    let same_port = checked_by.is_none_or(|other| port_of(context, other) == port_of(context, group));
    // Where it does not say its port, its path is what is asked there.
    let of_port = checks[..3].iter().rev().copied().find(|name| group.field(name).is_some());
    for name in checks.into_iter().filter(|_| !has_probe) {
        let alike = checked_by.is_some_and(|other| other.raw(name).map(|f| f.0) == group.raw(name).map(|f| f.0));
        let alike = if name == "HealthCheckPort" && checked_by.is_some() { same_port } else { alike };
        let Some(field) = group.field(name) else { continue };
        if alike && (same_port || of_port != Some(name)) {
            field.dropped(tracker, "further-target-group");
        } else {
            differing.push(field);
        }
    }
    let has_check = !differing.is_empty() || !(has_probe || same_port);
    let served = first.map(attributes).unwrap_or_default();
    let own = attributes(group);
    let mut shown = Vec::new();
    for (name, usual) in ATTRIBUTES {
        let value =
            |of: &BTreeMap<&'a str, Field<'a>>| of.get(name).and_then(|field| field.0.as_str()).unwrap_or(usual);
        // How it is sticky matters where it is.
        let matters = !name.starts_with("stickiness.") || name.ends_with("enabled") || is_sticky(&own);
        if matters && value(&own) != value(&served) {
            shown.push(format!("`{name}={}`", crate::marks::without_marks(value(&own))));
            differing.extend(own.get(name).copied());
        }
    }
    if !has_check && shown.is_empty() {
        return;
    }
    let what = match (has_check, shown.is_empty()) {
        (true, true) => format!("a check of its own ({})", checked(context, group)),
        (true, false) => format!("a check of its own ({}) and {}", checked(context, group), shown.join(", ")),
        _ => shown.join(", "),
    };
    let name = group.peek("TargetGroupName");
    let other = checked_by.filter(|_| has_check);
    let enough = other.map(|other| format!(" ({})", checked(context, other))).unwrap_or_default();
    let whose = match other.filter(|other| !is_same(first, *other)).and_then(|other| other.peek("TargetGroupName")) {
        Some(other) => format!("the group {other}, which sends to the same container,"),
        None => "the group that serves".to_owned(),
    };
    let text = format!(
        "The target group {} has {what}, and an instance has one. Is that of {whose} enough{enough}?",
        name.unwrap_or("beside the one that serves")
    );
    let id = tracker.question_id("further-check", name.unwrap_or(""));
    let by_cookie =
        is_sticky(&own) && own.get("stickiness.type").is_none_or(|kind| kind.0.as_str() == Some("lb_cookie"));
    let asked = if by_cookie && !is_sticky(&served) {
        let text = format!("{text} Or do all callers stay with their instance from now on (`{STICKY}`)?");
        tracker.ask(id, &text, &["enough", STICKY], Some("enough"))
    } else {
        tracker.ask(id, &text, &["enough"], Some("enough"))
    };
    if matches!(asked, Asked::Given(STICKY)) {
        let length = own.get("stickiness.lb_cookie.duration_seconds").and_then(|field| number(field.0));
        let length = length.and_then(|length| u32::try_from(length).ok()).unwrap_or(86_400);
        component.ingress.get_or_insert_with(Ingress::default).sticky = Some(Seconds(length));
    }
    for field in differing {
        match &asked {
            Asked::Given(STICKY) => {
                field.approximated(tracker, context.at("ingress/sticky"), "for all callers, by a person's answer");
            }
            Asked::Given(_) => field.dropped(tracker, "dropped-by-answer"),
            Asked::Open(id) => field.asked(tracker, id),
        }
    }
}

/// What a group's check asks, for people: `GET /up on port 8080, healthy at 200`. What it does not say is as the API has it
/// where nobody chose (ELBv2 API reference, CreateTargetGroup).
fn checked(context: &Context<'_, '_>, group: Object<'_>) -> String {
    let port = port_of(context, group).map_or_else(|| "its own port".to_owned(), |port| format!("port {port}"));
    let protocol = group.peek("HealthCheckProtocol").or(group.peek("Protocol")).unwrap_or("HTTP");
    let path = group.peek("HealthCheckPath");
    let asks = match (protocol, path) {
        ("TCP" | "TLS", None) => format!("a connection to {port}"),
        ("HTTPS", path) => format!("GET {} by TLS on {port}", path.unwrap_or("/")),
        (_, path) => format!("GET {} on {port}", path.unwrap_or("/")),
    };
    let matcher = group.object("Matcher");
    let codes = matcher.and_then(|matcher| matcher.peek("HttpCode").or(matcher.peek("GrpcCode")));
    let codes = codes.map(|codes| format!(", healthy at {codes}")).unwrap_or_default();
    crate::marks::without_marks(&format!("{asks}{codes}"))
}

/// The port that a group's check asks, as text: the one that it says, or the one that the group sends to.
fn port_of(context: &Context<'_, '_>, group: Object<'_>) -> Option<String> {
    let served = group.peek("TargetGroupArn").and_then(|arn| context.around.served.get(arn)).map(u16::to_string);
    let said = group.field("HealthCheckPort").map(|field| match field.0.as_str() {
        Some(text) => text.to_owned(),
        None => field.0.to_string(),
    });
    said.filter(|port| port != "traffic-port").or(served)
}

fn is_same(first: Option<Object<'_>>, other: Object<'_>) -> bool {
    first.is_some_and(|first| std::ptr::eq(first.map(), other.map()))
}

/// The values of a group's attributes.
fn attributes<'a>(group: Object<'a>) -> BTreeMap<&'a str, Field<'a>> {
    let attributes = group.objects("Attributes");
    attributes.filter_map(|attribute| Some((attribute.peek("Key")?, attribute.raw("Value")?))).collect()
}

fn is_sticky(attributes: &BTreeMap<&str, Field<'_>>) -> bool {
    attributes.get("stickiness.enabled").is_some_and(|field| field.0.as_str() == Some("true"))
}
