//! Load balancers and their listeners: from where the component is reached.

use crate::context::Context;
use crate::field::{Field, Object, number};
use crate::plconfig::{Component, ComponentType, Ingress, Protocol, Seconds};
use crate::tracker::{Asked, FieldTracker};

/// Whether it speaks what the gateway does not.
pub(super) fn is_raw(component: &Component) -> bool {
    component.protocol == Some(Protocol::Tcp)
}

/// Public only where a public load balancer was seen.
pub(super) fn exposure(tracker: &mut FieldTracker<'_>, context: &Context<'_, '_>, component: &mut Component) {
    if is_raw(component) {
        return;
    }
    let public = |balancer: &Object<'_>| balancer.peek("Scheme").is_some_and(|scheme| scheme != "internal");
    if context.around.load_balancers.iter().any(public) {
        return;
    }
    let unseen = context.around.load_balancers.is_empty() && (!context.runs || context.balanced);
    if unseen {
        let id = tracker.question_id("exposure", "");
        let text = "Its load balancer is not among the sources. Is it reached from the internet, or only from inside?";
        if let Asked::Given("public") = tracker.ask(id, text, &["public", "internal"], Some("internal")) {
            return;
        }
    }
    component.ingress.get_or_insert_with(Ingress::default).internal = Some(true);
}

pub(super) fn listener<'a>(tracker: &mut FieldTracker<'a>, listener: Object<'a>) {
    listener.drop_all(tracker, &["ListenerArn", "LoadBalancerArn", "Tags", "Attributes"], "describe-only");
    listener.drop_all(tracker, &["Port", "Protocol"], "platform-entry");
    listener.drop_all(tracker, &["Certificates", "SslPolicy", "AlpnPolicy"], "platform-tls");
    if let Some(mutual) = listener.object("MutualAuthentication") {
        match (mutual.peek("Mode"), mutual.field("Mode")) {
            (Some("off") | None, _) | (_, None) => mutual.drop_whole(tracker, "default"),
            (Some(_), Some(field)) => {
                mutual.drop_whole(tracker, "platform-tls");
                field.blocked(tracker, "its load balancer asks clients for certificates");
            }
        }
    }
    if let Some(field) = listener.field("DefaultActions") {
        field.dropped(tracker, "listener-default");
    }
}

pub(super) fn load_balancer<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    balancer: Object<'a>,
    component: &mut Component,
) {
    if let Some(field) = balancer.field("Scheme") {
        match balancer.peek("Scheme") {
            Some("internal") if context.kind == ComponentType::Web && !is_raw(component) => {
                field.exact(tracker, context.at("ingress/internal"))
            }
            _ => field.dropped(tracker, "platform-entry"),
        }
    }
    for attribute in balancer.objects("Attributes") {
        let (Some(key), Some(value)) = (attribute.field("Key"), attribute.field("Value")) else {
            continue;
        };
        key.dropped(tracker, "load-balancer-attribute");
        match (attribute.peek("Key"), number(value.0).and_then(|n| u32::try_from(n).ok())) {
            (Some("idle_timeout.timeout_seconds"), Some(seconds))
                if context.kind == ComponentType::Web && !is_raw(component) =>
            {
                component.ingress.get_or_insert_with(Ingress::default).timeout = Some(Seconds(seconds));
                value.approximated(tracker, context.at("ingress/timeout"), "of a whole request, not of silence in it");
            }
            _ => value.dropped(tracker, "load-balancer-attribute"),
        }
    }
    for (name, value) in balancer.entries() {
        if !matches!(name, "Scheme" | "Attributes") && !crate::field::is_empty(value) {
            Field(value).dropped(tracker, "platform-entry");
        }
    }
}
