//! Target groups: what the component speaks, and how it leaves traffic.

use super::attributes;
use super::differing::{self, Check};
use super::drain;
use super::raw;
use super::readiness;
use crate::context::Context;
use crate::field::{Field, Object, number};
use crate::plconfig::{Component, Ingress, Protocol, Seconds};
use crate::tracker::{Asked, FieldTracker};
use std::collections::BTreeMap;

/// Maps the group that sends to the port that serves; whether what comes by it may come in.
pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    group: Object<'a>,
    component: &mut Component,
) -> bool {
    described(tracker, group);
    protocol(tracker, context, group, component);
    let speaks = !is_http2_over_tls(group) || ask_to_speak(tracker, context, group);
    readiness::map(tracker, context, group, component);
    drain::map(tracker, context, group, component);
    for attribute in group.objects("Attributes") {
        self::attribute(tracker, context, (group, attribute), component);
    }
    attributes::drop_rest(tracker, group, "load-balancer-attribute");
    speaks
}

/// HTTP/2 or gRPC over TLS: the gateway speaks HTTP/1.1 with what it reaches over TLS.
fn is_http2_over_tls(group: Object<'_>) -> bool {
    group.peek("Protocol") == Some("HTTPS") && matches!(group.peek("ProtocolVersion"), Some("HTTP2" | "GRPC"))
}

/// A group beside the one that serves: another entry to the same port, or a port of its own. Whether what comes by it may
/// come in. Its check is that of the
/// container that serves the port, where it is one beside the main one; a container has one check, so that of a second
/// group is asked about.
pub(super) fn further<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    (first, group): (Option<Object<'a>>, Object<'a>),
    component: &mut Component,
) -> bool {
    let port = group.peek("TargetGroupArn").and_then(|arn| context.around.served.get(arn)).copied();
    let serves = |ports: &BTreeMap<String, String>| {
        port.is_some_and(|port| ports.values().any(|text| *text == port.to_string()))
    };
    described(tracker, group);
    let sidecar = component.sidecars.iter_mut().find(|(_, sidecar)| serves(&sidecar.ports));
    let check = match (sidecar, port) {
        (Some((name, sidecar)), Some(port)) if sidecar.health.as_ref().is_none_or(|health| health.ready.is_none()) => {
            readiness::beside(tracker, context, group, (name, port), sidecar);
            Check::Own
        }
        // The first of the groups that send to a container beside the main one says how that is asked.
        (Some((_, sidecar)), _) => sent_to(context, &sidecar.ports).map_or(Check::Nobodys, Check::Of),
        _ => first.map_or(Check::Nobodys, Check::Of),
    };
    differing::ask(tracker, context, (first, group), check, component);
    drain::longest(tracker, context, group, component);
    let speaks = speaks_the_same(tracker, context, group, component);
    attributes::drop_rest(tracker, group, "further-target-group");
    for (_, value) in group.entries().filter(|(_, value)| !crate::field::is_empty(value)) {
        if !tracker.is_marked(value) {
            Field(value).dropped(tracker, "further-target-group");
        }
    }
    speaks
}

/// The first group that sends to one of these ports.
fn sent_to<'a>(context: &Context<'_, 'a>, ports: &BTreeMap<String, String>) -> Option<Object<'a>> {
    let is_sent_to = |group: &Object<'a>| {
        let port = group.peek("TargetGroupArn").and_then(|arn| context.around.served.get(arn));
        port.is_some_and(|port| ports.values().any(|text| *text == port.to_string()))
    };
    context.around.target_groups.iter().copied().find(is_sent_to)
}

/// Whether the gateway can speak to the group's port as its balancer did: the port that serves has the component's
/// protocol, every other one HTTP/1.1. Where it can't, a person is asked.
fn speaks_the_same<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    group: Object<'a>,
    component: &Component,
) -> bool {
    let port = group.peek("TargetGroupArn").and_then(|arn| context.around.served.get(arn)).copied();
    let serves = port == component.port;
    let known = component.protocol.filter(|protocol| serves && *protocol != Protocol::Http);
    let spoken = match (group.peek("Protocol"), group.peek("ProtocolVersion")) {
        (Some("HTTPS"), _) => Some(Protocol::Https),
        (_, Some("HTTP2")) => Some(Protocol::Http2),
        (_, Some("GRPC")) => Some(Protocol::Grpc),
        (Some("TCP" | "TLS"), _) => Some(Protocol::Tcp),
        (None | Some("HTTP"), _) => None,
        (Some(_), _) => {
            let said = group.field("Protocol").into_iter();
            said.for_each(|field| {
                field.blocked(tracker, "a balancer sends it UDP or raw packets, which the gateway does not")
            });
            return false;
        }
    };
    (spoken == known && !is_http2_over_tls(group)) || ask_to_speak(tracker, context, group)
}

/// Asks whether the group's port understands what the gateway speaks as well; closed until somebody answered.
fn ask_to_speak<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>, group: Object<'a>) -> bool {
    let port = group.peek("TargetGroupArn").and_then(|arn| context.around.served.get(arn)).copied();
    let name = group.peek("TargetGroupName").unwrap_or("");
    let version = group.peek("ProtocolVersion").filter(|version| *version != "HTTP1");
    let protocol = version.or(group.peek("Protocol")).unwrap_or("HTTP");
    let protocol = if is_http2_over_tls(group) { format!("{protocol} over TLS") } else { protocol.to_owned() };
    let port = port.map_or_else(|| "its port".to_owned(), |port| format!("port {port}"));
    let text = format!(
        "The target group `{name}` speaks {protocol} with {port}, and the gateway does not there. Does {port} understand what \
         the gateway speaks as well (`as-the-gateway`), or does nothing come by this group?"
    );
    let id = tracker.question_id("further-protocol", name);
    let answer = tracker.ask(id, &text, &["leave-out", "as-the-gateway"], Some("leave-out"));
    for field in ["Protocol", "ProtocolVersion"].into_iter().filter_map(|name| group.field(name)) {
        match &answer {
            Asked::Given(_) => field.dropped(tracker, "dropped-by-answer"),
            Asked::Open(id) => field.asked(tracker, id),
        }
    }
    matches!(answer, Asked::Given("as-the-gateway"))
}

fn described<'a>(tracker: &mut FieldTracker<'a>, group: Object<'a>) {
    group.drop_all(
        tracker,
        &[
            "TargetGroupArn",
            "TargetGroupName",
            "LoadBalancerArns",
            "VpcId",
            "IpAddressType",
            "Tags",
            "HealthCheckEnabled",
        ],
        "describe-only",
    );
    group.drop_all(tracker, &["Port", "TargetType", "TargetControlPort", "Targets"], "pod-targets");
}

/// What it speaks. Raw TCP and UDP have no place behind the gateway.
fn protocol<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    group: Object<'a>,
    component: &mut Component,
) {
    let mut take = |tracker: &mut FieldTracker<'a>, field: Field<'a>, protocol| {
        component.protocol = Some(protocol);
        field.exact(tracker, context.at("protocol"));
    };
    if let Some(field) = group.field("ProtocolVersion") {
        match group.peek("ProtocolVersion") {
            Some("HTTP2") => take(tracker, field, Protocol::Http2),
            Some("GRPC") => take(tracker, field, Protocol::Grpc),
            _ => field.dropped(tracker, "default"),
        }
    }
    let Some(field) = group.field("Protocol") else { return };
    match group.peek("Protocol") {
        Some("HTTP") => match readiness::unsaid(group) {
            Some(note) => field.approximated(tracker, context.at("health/ready"), note),
            None => field.dropped(tracker, "default"),
        },
        Some("HTTPS") => take(tracker, field, Protocol::Https),
        Some("TCP" | "TLS") => raw::map(tracker, context, group, field, component),
        _ => field.blocked(tracker, "its load balancer sends it UDP or raw packets, which the gateway does not"),
    }
}

fn attribute<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    (group, attribute): (Object<'a>, Object<'a>),
    component: &mut Component,
) {
    let (Some(key), Some(value)) = (attribute.field("Key"), attribute.raw("Value")) else {
        return;
    };
    let seconds = number(value.0).and_then(|n| u32::try_from(n).ok());
    let text = value.0.as_str().unwrap_or("");
    match (attribute.peek("Key").unwrap_or(""), seconds, text) {
        ("stickiness.enabled", _, "true") if is_sticky(group) => stickiness(tracker, context, [key, value], component),
        ("stickiness.lb_cookie.duration_seconds", Some(seconds), _) if is_sticky(group) => {
            key.dropped(tracker, "load-balancer-attribute");
            component.ingress.get_or_insert_with(Ingress::default).sticky = Some(Seconds(seconds));
            value.exact(tracker, context.at("ingress/sticky"));
        }
        ("stickiness.type", _, "app_cookie") if is_sticky(group) => {
            for field in [key, value] {
                let text = "Clients are kept by the app's own cookie. Is a cookie of the gateway's as good?";
                field.ask_to_drop(tracker, "stickiness", text, "gateway-cookie");
            }
        }
        _ => {}
    }
}

fn stickiness<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    fields: [Field<'a>; 2],
    component: &mut Component,
) {
    let ingress = component.ingress.get_or_insert_with(Ingress::default);
    ingress.sticky.get_or_insert(Seconds(86_400));
    for field in fields {
        field.approximated(
            tracker,
            context.at("ingress/sticky"),
            "clients lose their instance once, when they are moved",
        );
    }
}

fn is_sticky(group: Object<'_>) -> bool {
    let http = matches!(group.peek("Protocol"), None | Some("HTTP" | "HTTPS"));
    http && group
        .objects("Attributes")
        .any(|a| a.peek("Key") == Some("stickiness.enabled") && a.peek("Value") == Some("true"))
}
