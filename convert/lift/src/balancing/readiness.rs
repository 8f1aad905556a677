//! When an instance can serve: the health check of a target group.

use crate::context::Context;
use crate::field::{Object, number};
use crate::plconfig::{Component, Container, HealthProbe, Seconds};
use crate::text::Kind;
use crate::tracker::FieldTracker;
use serde_json::Value;

/// Maps the health check of the group to the component's.
pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    group: Object<'a>,
    component: &mut Component,
) {
    if is_said(group) {
        component.health.get_or_insert_default().ready = Some(probe(tracker, context, group, "health/ready"));
    }
}

/// Maps the health check of a group that sends to a container beside the main one: its port is that of the group.
pub(super) fn beside<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    group: Object<'a>,
    (name, port): (&str, u16),
    sidecar: &mut Container,
) {
    if is_said(group) {
        let mut probe = probe(tracker, context, group, &format!("sidecars/{name}/health/ready"));
        probe.port.get_or_insert(port);
        sidecar.health.get_or_insert_default().ready = Some(probe);
    }
}

fn is_said(group: Object<'_>) -> bool {
    group.field("HealthCheckProtocol").is_some() || group.field("HealthCheckPath").is_some() || is_usual(group)
}

/// What a check asks for where a template leaves it out (AWS CloudFormation, AWS::ElasticLoadBalancingV2::TargetGroup): a scan always tells.
const USUAL: &str = "`GET /` every 30 s, within 5 s, out of traffic after 2 failures";

/// Whether a group is checked over HTTP and its template does not say how.
fn is_usual(group: Object<'_>) -> bool {
    let is_off = matches!(group.field("HealthCheckEnabled").map(|field| field.0), Some(Value::Bool(false)));
    let is_plain = !matches!(group.peek("ProtocolVersion"), Some("HTTP2" | "GRPC"));
    group.peek("Protocol") == Some("HTTP")
        && is_plain
        && !is_off
        && !["HealthCheckProtocol", "HealthCheckPath"].iter().any(|name| group.field(name).is_some())
}

/// What holds of a group of HTTP though its template does not say it, for people: its check.
pub(super) fn unsaid(group: Object<'_>) -> Option<String> {
    is_usual(group).then(|| format!("its template says no path for its check, so AWS's own holds: {USUAL}"))
}

fn probe<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>, group: Object<'a>, place: &str) -> HealthProbe {
    let target = |name: &str| context.at(&format!("{place}/{name}"));
    let mut probe = HealthProbe::default();
    let version = |name: &str| group.peek("ProtocolVersion").is_some_and(|version| version.eq_ignore_ascii_case(name));
    let (is_grpc, is_http2) = (version("GRPC"), version("HTTP2"));
    let over_http = accepts(tracker, group, context.at(place), is_http2) && !is_grpc && !is_http2;
    check_protocol(tracker, group, target("tls"), &mut probe);
    if let Some(field) = group.field("HealthCheckPath") {
        if over_http {
            probe.path = tracker.text(field.0, Kind::Free).map(Into::into);
            field.exact(tracker, target("path"));
        } else if is_http2 {
            let note = format!("asked for over HTTP/2, and the kubelet speaks HTTP/1.1: {TCP_ALONE}");
            field.approximated(tracker, context.at(place), note);
        } else {
            let note = if is_grpc {
                "a method of gRPC, which no probe over HTTP calls: TCP is checked"
            } else {
                "the codes it wants are no success on Kubernetes: TCP is checked"
            };
            field.dropped_because(tracker, "probe-codes", note);
        }
    }
    if is_usual(group) && over_http {
        probe.path = Some("/".to_owned());
    }
    if let Some(field) = group.field("HealthCheckPort") {
        match number(field.0).and_then(|port| u16::try_from(port).ok()) {
            Some(port) => {
                probe.port = Some(port);
                field.exact(tracker, target("port"));
            }
            None => field.dropped(tracker, "default"),
        }
    }
    let whole = |tracker: &mut FieldTracker<'a>, name: &str, to: &str| {
        let field = group.field(name)?;
        let value = number(field.0).and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0)?;
        field.exact(tracker, target(to));
        Some(value)
    };
    probe.interval = whole(tracker, "HealthCheckIntervalSeconds", "interval").map(Seconds);
    probe.timeout = whole(tracker, "HealthCheckTimeoutSeconds", "timeout").map(Seconds);
    probe.failures = whole(tracker, "UnhealthyThresholdCount", "failures");
    if is_usual(group) {
        probe.interval.get_or_insert(Seconds(30));
        probe.timeout.get_or_insert(Seconds(5));
        probe.failures.get_or_insert(2);
    }
    if let (Some(field), Some(_)) = (group.field("UnhealthyThresholdCount"), probe.failures) {
        let note = "takes it out of traffic; what stays unhealthy was replaced as well, and is not here";
        field.approximated(tracker, target("failures"), note);
    }
    if let Some(field) = group.field("HealthyThresholdCount") {
        let note = "asked for only after a failure: a new target needs one success, and so does every instance here";
        field.dropped_because(tracker, "healthy-threshold", note);
    }
    probe
}

fn check_protocol<'a>(tracker: &mut FieldTracker<'a>, group: Object<'a>, target: String, probe: &mut HealthProbe) {
    let Some(field) = group.field("HealthCheckProtocol") else {
        return;
    };
    if group.peek("HealthCheckProtocol") == Some("HTTPS") {
        probe.tls = Some(true);
        field.exact(tracker, target);
    } else {
        // Without a path it is a TCP check, with one an HTTP check.
        field.dropped(tracker, "default");
    }
}

/// What a check comes to whose answer can't be asked for.
const TCP_ALONE: &str = "TCP is checked, which says that the port is open and not that the app is well";

/// Kubernetes takes 200 to 399 for success. Whether that fits the codes that the check wants.
fn accepts<'a>(tracker: &mut FieldTracker<'a>, group: Object<'a>, target: String, is_http2: bool) -> bool {
    let Some(matcher) = group.object("Matcher") else {
        return true;
    };
    let mut fits = true;
    if let Some(field) = matcher.field("GrpcCode") {
        field.dropped_because(tracker, "probe-codes", "a gRPC service is checked over TCP");
        fits = false;
    }
    let Some(field) = matcher.field("HttpCode") else {
        return fits;
    };
    if is_http2 {
        field.approximated(tracker, target, format!("no code is asked for: {TCP_ALONE}"));
        return false;
    }
    let codes = matcher.peek("HttpCode").unwrap_or("");
    let inside = |code: &str| code.trim().parse::<u16>().is_ok_and(|code| (200..400).contains(&code));
    let fits = codes.split(',').all(|part| part.split('-').all(inside));
    match codes {
        "200-399" => field.dropped(tracker, "default"),
        _ if fits => field.approximated(tracker, target, "any answer from 200 to 399 is a success"),
        _ => field.approximated(tracker, target, "answers outside 200 to 399 are wanted: TCP is checked instead"),
    }
    fits
}
