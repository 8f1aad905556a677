//! Load balancers and their listeners: from where the component is reached.

use super::attributes;
use super::conditions::is_host;
use super::listeners::{is_public, ways};
use super::{firewall, ground, inbound, outer, questions, rules, scheme, shared_hosts};
use crate::context::Context;
use crate::field::{Field, Object};
use crate::plconfig::{Component, Ingress, Protocol};
use crate::tracker::{Asked, FieldTracker};
use std::collections::BTreeSet;

/// Whether it speaks what the gateway does not.
pub(super) fn is_raw(component: &Component) -> bool {
    component.protocol == Some(Protocol::Tcp)
}

/// What people say of a component whose load balancer was not found among the sources.
#[derive(Default)]
pub(super) struct Unseen {
    /// The names of those listeners that are reached from the internet.
    pub(super) public: BTreeSet<String>,
    /// By which hosts, where no rule that was seen says it.
    pub(super) hosts: BTreeSet<String>,
}

/// Asks from where it is reached, where its load balancer was not found among the sources. Rules that were seen say what an answer
/// opens; where none was, the answer names the hosts itself.
pub(super) fn unseen(tracker: &mut FieldTracker<'_>, context: &Context<'_, '_>) -> Unseen {
    const INTERNAL: &str = "internal";
    const HOSTS: &str = "public=HOSTS";
    let unseen = context.around.load_balancers.is_empty() && (!context.runs || context.balanced);
    if !unseen {
        return Unseen::default();
    }
    let id = tracker.question_id("exposure", "");
    let known = |group: &Object<'_>| !group.list("LoadBalancerArns").is_empty();
    let parked = context.around.listeners.is_empty() && context.around.target_groups.iter().any(known);
    let is_of_words =
        |rule: &Object<'_>| rule.peek("RuleArn").is_some_and(|arn| arn.contains(":listener-rule/app/elsewhere/"));
    let why = if parked {
        "No rule and no default action of a listener that was seen leads to its target group."
    } else if context.around.listener_rules.iter().any(is_of_words) {
        "Its template names the listener by a parameter, an import or another stack, which leads to none among the sources."
    } else {
        "No load balancer was found among the sources that sends to it."
    };
    let taken = ways(context).into_iter().map(|way| {
        let ground = ground::of_listener(context, &way);
        (rules::taken_here(context, &way), way.name, ground)
    });
    let taken: Vec<(Vec<String>, String, String)> = taken.filter(|(taken, ..)| !taken.is_empty()).collect();
    if !taken.is_empty() {
        let several = taken.len() > 1;
        // One of several listeners may be public, and another one not.
        let mut is_public = |(taken, name, ground): &(Vec<String>, String, String)| {
            let (id, of) = match several {
                true => (tracker.question_id("exposure", name), format!(" Of `{name}`:")),
                false => (id.clone(), String::new()),
            };
            let text = format!(
                "{why}{of} Is it reached from the internet (`public`, which opens {} to everybody), or only from inside?",
                taken.join(", ")
            );
            tracker.resting_on(ground.clone(), |tracker| {
                matches!(tracker.ask(id, &text, &["public", INTERNAL], Some(INTERNAL)), Asked::Given("public"))
            })
        };
        let public = taken.iter().map(&mut is_public).collect::<Vec<_>>().into_iter().zip(&taken);
        let public = public.filter(|(is_public, _)| *is_public).map(|(_, (_, name, _))| name.clone()).collect();
        return Unseen { public, hosts: BTreeSet::new() };
    }
    let text = format!(
        "{why} Is it reached only from inside (`{INTERNAL}`), or from the internet, and by which hosts (`{HOSTS}`, with commas \
         between them: every path of these is open to everybody then)?"
    );
    let hosts = |answer: &str| answer.strip_prefix("public=").map(questions::list).unwrap_or_default();
    let held = shared_hosts::held(tracker, &id, hosts);
    let usable = |answer: &str| {
        let hosts = hosts(answer);
        answer == INTERNAL || (held.is_none() && !hosts.is_empty() && hosts.iter().all(|host| is_host(host)))
    };
    let text = text + held.as_deref().unwrap_or_default();
    match tracker.ask_for(id, &text, &[INTERNAL, HOSTS], Some(INTERNAL), usable) {
        Asked::Given(answer) if answer != INTERNAL => Unseen { public: BTreeSet::new(), hosts: hosts(answer) },
        _ => Unseen::default(),
    }
}

impl Unseen {
    /// Whether anything of it is reached from the internet.
    pub(super) fn is_public(&self) -> bool {
        !self.public.is_empty() || !self.hosts.is_empty()
    }
}

/// Opens the hosts that people named, where no rule says any: and no other, as no balancer had the platform's own.
pub(super) fn open(unseen: &Unseen, component: &mut Component) {
    if unseen.hosts.is_empty() {
        return;
    }
    let ingress = component.ingress.get_or_insert_with(Ingress::default);
    ingress.hosts = unseen.hosts.iter().cloned().collect();
    ingress.own_host = Some(false);
    ingress.internal = None;
}

/// What no public load balancer was seen to send requests to is reached from inside only; and what has no routes gets
/// none by having other settings.
pub(super) fn exposure(
    tracker: &FieldTracker<'_>,
    context: &Context<'_, '_>,
    unseen_is_public: bool,
    component: &mut Component,
) {
    let around = context.around;
    let public =
        |balancer: &&Object<'_>| is_public(**balancer).unwrap_or_else(|| scheme::is_said_public(tracker, **balancer));
    // One that only stands in front of another one sends nothing here by itself.
    let own = |balancer: &&Object<'_>| {
        let arn = balancer.peek("LoadBalancerArn");
        let mut listeners =
            around.listeners.iter().filter(|one| arn.is_some() && one.peek("LoadBalancerArn") == arn).peekable();
        listeners.peek().is_none() || listeners.any(|listener| !outer::leads_to_balancers(around, *listener))
    };
    // What is on both Gateways, by a person's answer.
    let on_public =
        |ingress: &Ingress| ingress.internal.is_none() && ingress.routes.iter().any(|one| one.internal.is_none());
    let has_public = component.ingress.as_ref().is_some_and(on_public);
    let public = unseen_is_public || around.load_balancers.iter().filter(own).any(|one| public(&one)) || has_public;
    if !public {
        component.ingress.get_or_insert_with(Ingress::default).internal = Some(true);
    } else if let Some(ingress) = component.ingress.as_mut().filter(|ingress| !has_routes(ingress)) {
        ingress.internal = Some(true);
    }
}

pub(super) fn listener<'a>(tracker: &mut FieldTracker<'a>, listener: Object<'a>) {
    listener.drop_all(tracker, &["ListenerArn", "LoadBalancerArn", "Tags"], "describe-only");
    attributes::drop_rest(tracker, listener, "load-balancer-attribute");
    listener.drop_all(tracker, &["Port", "Protocol"], "platform-entry");
    for stack in listener.list("UnreadRules").iter().filter(|stack| !tracker.has_mark(stack)).collect::<Vec<_>>() {
        Field(stack).dropped(tracker, "platform-entry");
    }
    listener.drop_all(tracker, &["Certificates", "SslPolicy", "AlpnPolicy"], "platform-tls");
    if let Some(mutual) = listener.object("MutualAuthentication") {
        let asks = mutual.peek("Mode").is_some_and(|mode| mode != "off");
        for (_, value) in mutual.entries() {
            if !crate::field::is_empty(value) && !tracker.is_marked(value) {
                Field(value).dropped(tracker, if asks { "platform-tls" } else { "default" });
            }
        }
    }
}

pub(super) fn load_balancer<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    balancer: Object<'a>,
    component: &Component,
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
    attributes::drop_rest(tracker, balancer, "load-balancer-attribute");
    if let Some(arn) = balancer.field("LoadBalancerArn") {
        let unseen =
            balancer.list("Attributes").is_empty().then_some("none of its attributes were seen: AWS's own hold");
        // Only an application load balancer can have one (AWS WAF API, AssociateWebACL).
        let may_have_one = balancer.peek("Type") == Some("application") && !firewall::is_known(balancer);
        let guard = may_have_one.then_some(
            "whether a web ACL of AWS WAF keeps requests from it was not read, and the gateway has none: `aws wafv2 \
             get-web-acl-for-resource --resource-arn` with this ARN tells",
        );
        let open = inbound::lets_everybody_in(balancer)
            .then_some("it has no security groups, and a Network Load Balancer without any lets everybody in");
        let notes: Vec<&str> = [unseen, guard, open].into_iter().flatten().collect();
        if !notes.is_empty() {
            arn.dropped_because(tracker, "platform-entry", notes.join("; "));
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
        let is_said = matches!(name, "Scheme" | "Attributes" | "SecurityGroups") || tracker.has_mark(value);
        if !is_said && !crate::field::is_empty(value) {
            Field(value).dropped(tracker, "platform-entry");
        }
    }
    let in_zones = balancer.objects("AvailabilityZones").filter_map(|zone| zone.field("SubnetId"));
    let in_mappings = balancer.objects("SubnetMappings").filter_map(|mapping| mapping.field("SubnetId"));
    for subnet in balancer.list("Subnets").iter().map(Field).chain(in_zones).chain(in_mappings) {
        // Network ACLs are no calls of discovery.
        let note = "its network ACL is not read: whom that keeps out, the gateway lets in";
        subnet.dropped_because(tracker, "platform-entry", note);
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
