//! Load balancers and their listeners: from where the component is reached.

use crate::context::Context;
use crate::field::{Field, Object, number};
use crate::plconfig::{Component, ComponentType, Ingress, Protocol, Seconds};
use crate::tracker::{Asked, FieldTracker};

/// Whether it speaks what the gateway does not.
pub(super) fn is_raw(component: &Component) -> bool {
    component.protocol == Some(Protocol::Tcp)
}

/// Whether it is public by what people say, where its load balancer is not among the sources.
pub(super) fn unseen_is_public(tracker: &mut FieldTracker<'_>, context: &Context<'_, '_>) -> bool {
    let unseen = context.around.load_balancers.is_empty() && (!context.runs || context.balanced);
    if !unseen {
        return false;
    }
    let id = tracker.question_id("exposure", "");
    let known = |group: &Object<'_>| !group.list("LoadBalancerArns").is_empty();
    let parked = context.around.listeners.is_empty() && context.around.target_groups.iter().any(known);
    let why = if parked {
        "No rule and no default action of a listener that was seen leads to its target group."
    } else {
        "Its load balancer is not among the sources."
    };
    let text = format!("{why} Is it reached from the internet, or only from inside?");
    matches!(tracker.ask(id, &text, &["public", "internal"], Some("internal")), Asked::Given("public"))
}

/// What no public load balancer was seen to send requests to is reached from inside only; and what has no routes gets
/// none by having other settings.
pub(super) fn exposure(context: &Context<'_, '_>, unseen_is_public: bool, component: &mut Component) {
    let public = |balancer: &Object<'_>| balancer.peek("Scheme").is_some_and(|scheme| scheme != "internal");
    let public = unseen_is_public || context.around.load_balancers.iter().any(public);
    if !public {
        component.ingress.get_or_insert_with(Ingress::default).internal = Some(true);
    } else if let Some(ingress) = component.ingress.as_mut().filter(|ingress| !has_routes(ingress)) {
        ingress.internal = Some(true);
    }
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
}

pub(super) fn load_balancer<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    balancer: Object<'a>,
    component: &mut Component,
) {
    if let Some(field) = balancer.field("Scheme") {
        match balancer.peek("Scheme") {
            // Of a balancer among several, whether its routes are.
            Some("internal") if is_internal(component) && is_routed(component) => {
                field.exact(tracker, context.at("ingress/internal"));
            }
            Some("internal") if is_internal(component) => {
                field.approximated(tracker, context.at("ingress/internal"), "it has no routes in any case");
            }
            Some("internal") if has_internal(component) => field.exact(tracker, context.at("ingress/routes")),
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
    for group in balancer.list("SecurityGroups") {
        let seen = group.as_str().is_some_and(|id| context.around.security_groups.contains_key(id));
        match seen {
            _ if tracker.has_mark(group) => {}
            true => Field(group).dropped(tracker, "platform-entry"),
            false => Field(group).dropped_because(tracker, "platform-entry", "whom it lets in was not seen"),
        }
    }
    for (name, value) in balancer.entries() {
        if !matches!(name, "Scheme" | "Attributes" | "SecurityGroups") && !crate::field::is_empty(value) {
            Field(value).dropped(tracker, "platform-entry");
        }
    }
}

fn is_internal(component: &Component) -> bool {
    component.ingress.as_ref().is_some_and(|ingress| ingress.internal == Some(true))
}

fn is_routed(component: &Component) -> bool {
    component.ingress.as_ref().is_some_and(has_routes)
}

fn has_routes(ingress: &Ingress) -> bool {
    !(ingress.routes.is_empty() && ingress.hosts.is_empty() && ingress.paths.is_empty())
}

fn has_internal(component: &Component) -> bool {
    let routes = component.ingress.iter().flat_map(|ingress| &ingress.routes);
    routes.into_iter().any(|route| route.internal == Some(true))
}
