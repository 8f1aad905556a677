//! Target groups: when an instance can serve, and how it leaves traffic.

use super::kind::Plan;
use crate::account::{Account, Answer};
use crate::field::{Field, Object, number};
use crate::plconfig::{Component, ComponentType, Ingress, Probe, Protocol, Seconds};
use crate::text::Kind;

pub(super) fn map<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    references(account, plan);
    let mut first = true;
    for &group in &plan.facts.target_groups {
        let serves = first && plan.kind == ComponentType::Web;
        first = false;
        if serves {
            target_group(account, plan, group, component);
        } else {
            group.drop_whole(account, "further-target-group");
        }
    }
}

/// The service's own list: which container, which port, which group.
fn references<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>) {
    let balancers = plan.facts.service.into_iter().flat_map(|service| service.objects("loadBalancers"));
    for balancer in balancers {
        let known = balancer.peek("containerName").and_then(|name| plan.members.named(name));
        let (name, port) = (balancer.field("containerName"), balancer.field("containerPort"));
        match known {
            None => {
                for field in name.into_iter().chain(port) {
                    field.blocked(account, "its load balancer sends to a container that the task does not have");
                }
            }
            Some(member) if member.name == plan.members.main().name => {
                for field in name.into_iter().chain(port) {
                    if number(field.0).is_some_and(|port| Some(port) != plan.port.map(u64::from)) {
                        ask_about_second(account, field);
                    } else {
                        field.exact(account, plan.at("port"));
                    }
                }
            }
            Some(_) => {
                for field in name.into_iter().chain(port) {
                    ask_about_second(account, field);
                }
            }
        }
        balancer.drop_all(account, &["targetGroupArn", "loadBalancerName"], "resolved-reference");
        if let Some(field) = balancer.field("advancedConfiguration") {
            super::deployment::ask_for_rolling(account, field);
        }
    }
}

fn ask_about_second<'a>(account: &mut Account<'a>, field: Field<'a>) {
    let text = "More than one of its ports stands behind a load balancer. Is the first enough from outside?";
    super::service::ask_everything(account, field, "second-port", text, "first-only");
}

fn target_group<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, group: Object<'a>, component: &mut Component) {
    group.drop_all(
        account,
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
    group.drop_all(account, &["Port", "TargetType", "TargetControlPort"], "pod-targets");
    protocol(account, plan, group, component);
    ready(account, plan, group, component);
    for attribute in group.objects("Attributes") {
        self::attribute(account, plan, attribute, component);
    }
}

/// What it speaks. Raw TCP and UDP have no place behind the gateway.
fn protocol<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, group: Object<'a>, component: &mut Component) {
    let mut take = |account: &mut Account<'a>, field: Field<'a>, protocol| {
        component.protocol = Some(protocol);
        field.exact(account, plan.at("protocol"));
    };
    if let Some(field) = group.field("ProtocolVersion") {
        match group.peek("ProtocolVersion") {
            Some("HTTP2") => take(account, field, Protocol::Http2),
            Some("GRPC") => take(account, field, Protocol::Grpc),
            _ => field.dropped(account, "default"),
        }
    }
    let Some(field) = group.field("Protocol") else { return };
    match group.peek("Protocol") {
        Some("HTTP") => field.dropped(account, "default"),
        Some("HTTPS") => take(account, field, Protocol::Https),
        Some("TCP" | "TLS") => raw_tcp(account, plan, field, component),
        _ => field.blocked(account, "its load balancer sends it UDP or raw packets, which the gateway does not"),
    }
}

fn raw_tcp<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, field: Field<'a>, component: &mut Component) {
    let id = account.question_id("tcp", "");
    let text = "A network load balancer sends it raw TCP. Does it speak HTTP, or is it reached only from inside?";
    match account.ask(id, text, &["http", "internal"], Some("internal")) {
        Answer::Given("http") => field.approximated(account, plan.at("protocol"), "HTTP, by a person's answer"),
        answer => {
            component.protocol = Some(Protocol::Tcp);
            match answer {
                Answer::Given(_) => {
                    field.approximated(account, plan.at("protocol"), "only inside, by a person's answer")
                }
                Answer::Open(id) => field.asked(account, &id),
            }
        }
    }
}

fn ready<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, group: Object<'a>, component: &mut Component) {
    if group.field("HealthCheckProtocol").is_none() && group.field("HealthCheckPath").is_none() {
        return;
    }
    let target = |name: &str| plan.at(&format!("health/ready/{name}"));
    let mut probe = Probe::default();
    let over_http = accepts(account, plan, group);
    check_protocol(account, plan, group, &mut probe);
    if let Some(field) = group.field("HealthCheckPath") {
        if over_http {
            probe.path = account.text(field.0, Kind::Free).map(Into::into);
            field.exact(account, target("path"));
        } else {
            field.dropped_because(
                account,
                "probe-codes",
                "the codes it wants are no success on Kubernetes: TCP is checked",
            );
        }
    }
    if let Some(field) = group.field("HealthCheckPort") {
        match number(field.0).and_then(|port| u16::try_from(port).ok()) {
            Some(port) => {
                probe.port = Some(port);
                field.exact(account, target("port"));
            }
            None => field.dropped(account, "default"),
        }
    }
    let whole = |account: &mut Account<'a>, name: &str, to: &str| {
        let field = group.field(name)?;
        let value = number(field.0).and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0)?;
        field.exact(account, target(to));
        Some(value)
    };
    probe.interval = whole(account, "HealthCheckIntervalSeconds", "interval").map(Seconds);
    probe.timeout = whole(account, "HealthCheckTimeoutSeconds", "timeout").map(Seconds);
    probe.failures = whole(account, "UnhealthyThresholdCount", "failures");
    probe.successes = whole(account, "HealthyThresholdCount", "successes");
    component.health.get_or_insert_default().ready = Some(probe);
}

fn check_protocol<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, group: Object<'a>, probe: &mut Probe) {
    let Some(field) = group.field("HealthCheckProtocol") else {
        return;
    };
    if group.peek("HealthCheckProtocol") == Some("HTTPS") {
        probe.tls = Some(true);
        field.exact(account, plan.at("health/ready/tls"));
    } else {
        // Without a path it is a TCP check, with one an HTTP check.
        field.dropped(account, "default");
    }
}

/// Kubernetes takes 200 to 399 for success. Whether that fits the codes that the check wants.
fn accepts<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, group: Object<'a>) -> bool {
    let Some(matcher) = group.object("Matcher") else {
        return true;
    };
    let mut fits = true;
    if let Some(field) = matcher.field("GrpcCode") {
        field.dropped_because(account, "probe-codes", "a gRPC service is checked over TCP");
        fits = false;
    }
    let Some(field) = matcher.field("HttpCode") else {
        return fits;
    };
    let codes = matcher.peek("HttpCode").unwrap_or("");
    let inside = |code: &str| code.trim().parse::<u16>().is_ok_and(|code| (200..400).contains(&code));
    let fits = codes.split(',').all(|part| part.split('-').all(inside));
    let target = plan.at("health/ready");
    match codes {
        "200-399" => field.dropped(account, "default"),
        _ if fits => field.approximated(account, target, "any answer from 200 to 399 is a success"),
        _ => field.approximated(account, target, "answers outside 200 to 399 are wanted: TCP is checked instead"),
    }
    fits
}

fn attribute<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, attribute: Object<'a>, component: &mut Component) {
    let (Some(key), Some(value)) = (attribute.field("Key"), attribute.raw("Value")) else {
        return;
    };
    let seconds = number(value.0).and_then(|n| u32::try_from(n).ok());
    let text = value.0.as_str().unwrap_or("");
    match (attribute.peek("Key").unwrap_or(""), seconds, text) {
        ("deregistration_delay.timeout_seconds", Some(seconds), _) => {
            key.dropped(account, "load-balancer-attribute");
            component.drain = Some(Seconds(seconds));
            let stop = component.stop.map_or(30, |stop| stop.0);
            component.stop = Some(Seconds(stop.saturating_add(seconds)));
            value.exact(account, plan.at("drain"));
        }
        ("stickiness.enabled", _, "true") if is_sticky(plan) => stickiness(account, plan, [key, value], component),
        ("stickiness.lb_cookie.duration_seconds", Some(seconds), _) if is_sticky(plan) => {
            key.dropped(account, "load-balancer-attribute");
            component.ingress.get_or_insert_with(Ingress::default).sticky = Some(Seconds(seconds));
            value.exact(account, plan.at("ingress/sticky"));
        }
        ("slow_start.duration_seconds", Some(1..), _) => {
            for field in [key, value] {
                field.dropped_because(
                    account,
                    "load-balancer-attribute",
                    "new instances get their whole share at once",
                );
            }
        }
        ("stickiness.type", _, "app_cookie") if is_sticky(plan) => {
            for field in [key, value] {
                let text = "Clients are kept by the app's own cookie. Is a cookie of the gateway's as good?";
                super::service::ask_everything(account, field, "stickiness", text, "gateway-cookie");
            }
        }
        _ => {
            for field in [key, value] {
                field.dropped(account, "load-balancer-attribute");
            }
        }
    }
}

fn stickiness<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, fields: [Field<'a>; 2], component: &mut Component) {
    let ingress = component.ingress.get_or_insert_with(Ingress::default);
    ingress.sticky.get_or_insert(Seconds(86_400));
    for field in fields {
        field.approximated(account, plan.at("ingress/sticky"), "clients lose their instance once, when they are moved");
    }
}

fn is_sticky(plan: &Plan<'_, '_>) -> bool {
    plan.facts.target_groups.iter().take(1).any(|group| {
        let http = matches!(group.peek("Protocol"), None | Some("HTTP" | "HTTPS"));
        http && group
            .objects("Attributes")
            .any(|a| a.peek("Key") == Some("stickiness.enabled") && a.peek("Value") == Some("true"))
    })
}
