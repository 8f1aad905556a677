//! The rules of the listeners that lead to the component, with all that stands in front of them.

use super::actions::{self, Action, Forward};
use super::conditions::{self, Unsaid};
use super::listeners::{self, Entry, Step, Way, ways};
use super::model::{Ordered, Outcome, Placed, Rule, Share};
use super::questions;
use super::read::Read;
use super::written;
use crate::context::Context;
use crate::field::{Field, Object};
use crate::plconfig::Component;
use crate::tracker::FieldTracker;
use std::collections::BTreeSet;

/// Makes routes of the rules, and says what became of their fields.
/// A listener whose load balancer was not seen is public where a person says so; what leads to a group that is `shut`
/// stays closed.
pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    unseen_is_public: bool,
    shut: &BTreeSet<&str>,
    component: &mut Component,
) {
    let mut ways = ways(context);
    ways.iter_mut().for_each(|way| way.public = way.public.or(Some(unseen_is_public)));
    let usual = |way: &Way<'a>| way.entry == Entry::Usual && forwards_here(context, way);
    let usual = ways.iter().filter(|way| usual(way)).map(|way| (way.public, way.balancer)).collect::<Vec<_>>();
    let mut made = written::Made::default();
    for way in ways {
        let beside = usual.contains(&(way.public, way.balancer));
        listener(tracker, context, component, way, (beside, shut), &mut made);
    }
    for rule in listeners::defaults(context.around) {
        rule.drop_whole(tracker, "said-twice");
    }
    if let Some(ingress) = made.ingress(component.ingress.take()) {
        component.ingress = Some(ingress);
    }
}

fn forwards_here(context: &Context<'_, '_>, way: &Way<'_>) -> bool {
    way.rules.iter().any(|step| match actions::read(&step.actions) {
        Action::Forward(forward) => own_group(context, &forward).is_some(),
        _ => false,
    })
}

/// The component's group that the rule sends to, perhaps as one of several.
fn own_group<'a>(context: &Context<'_, 'a>, forward: &Forward<'a>) -> Option<&'a str> {
    let own = context.around.own_groups();
    let is_own = |group: &&(&'a str, u64)| own.is_empty() || own.contains(group.0);
    let first = forward.groups.iter().find(|(group, _)| *group == forward.first).filter(|group| is_own(group));
    first.or_else(|| forward.groups.iter().find(is_own)).map(|(group, _)| *group)
}

fn listener<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    component: &mut Component,
    way: Way<'a>,
    (beside, shut): (bool, &BTreeSet<&str>),
    made: &mut written::Made,
) {
    let read: Vec<Read<'a>> = way.rules.iter().map(|step| rule(context, step.clone())).collect();
    let here = read.iter().any(|rule| rule.group.is_some());
    let enters = !here || questions::entry(tracker, &way, beside);
    let mut hosts = way.hosts.clone();
    hosts.extend(read.iter().flat_map(|rule| &rule.conditions.hosts).filter(|host| conditions::is_host(host)).cloned());
    let anywhere = read.iter().any(|rule| rule.group.is_some() && rule.conditions.hosts.is_empty());
    if anywhere && hosts.is_empty() {
        hosts = questions::hosts(tracker, &way);
    }
    let rules: Vec<Rule> = read.iter().enumerate().map(model).collect();
    let ordered = Ordered::of(&rules, &hosts);
    // What nobody has answered is closed, and so is everything by a default action at hosts that nobody knows.
    let mut shares: Vec<Share> = Vec::with_capacity(read.len());
    for rule in &read {
        if rule.group.is_none() {
            shares.push(Share::Other);
            continue;
        }
        let unknown = rule.step.rule.is_none() && hosts.is_empty();
        let share = questions::own(tracker, context, rule, ordered.too_long);
        let is_shut = unknown || rule.group.is_some_and(|group| shut.contains(group));
        shares.push(if enters && !is_shut { share } else { Share::Shut });
    }
    let first = ordered.of_workload(|at| shares[at]);
    let in_front: BTreeSet<usize> = first.iter().map(|placed| placed.rule).collect();
    for at in in_front {
        let other = shares[at] == Share::Other;
        if other && !matches!(read[at].action, Action::Forward(_)) && !questions::in_front(tracker, &read[at]) {
            shares[at] = Share::Shut;
        }
    }
    let placed: Vec<Placed> = ordered.of_workload(|at| shares[at]);
    let internal = way.public != Some(true);
    made.add(context, component, &read, &ordered, &placed, internal);
    for (at, rule) in read.iter().enumerate() {
        mark(tracker, context, rule, shares[at], &placed, at);
    }
}

/// The conditions that the gateway takes nearly as the balancer does, and not in every case.
const APPROXIMATED: [&str; 2] = ["query-string", "http-header"];

fn rule<'a>(context: &Context<'_, 'a>, step: Step<'a>) -> Read<'a> {
    let (mut conditions, mut unsaid) = step.rule.map(conditions::read).unwrap_or_default();
    let action = actions::read(&step.actions);
    if let (Action::Respond(_), Some(rule)) = (&action, step.rule) {
        // What a block lets through, because a parameter is written in other letters or a header comes twice, would be
        // open: the gateway takes such requests for others.
        for kind in APPROXIMATED {
            if unsaid.iter().any(|unsaid| unsaid.kind == kind) {
                continue;
            }
            let named = |condition: &Object<'a>| condition.peek("Field") == Some(kind);
            let condition = rule.objects("Conditions").find(named);
            unsaid.extend(condition.map(|condition| {
                let values = conditions::values_of(condition);
                Unsaid { condition, kind, values, is_secret: false }
            }));
        }
        if !unsaid.is_empty() {
            conditions.queries.clear();
            conditions.headers.clear();
        }
    }
    let group = match &action {
        Action::Forward(forward) => own_group(context, forward),
        _ => None,
    };
    Read { step, conditions, unsaid, action, group }
}

/// The rule in the model; whether a person lets it in or not is no matter of its order.
fn model((at, read): (usize, &Read<'_>)) -> Rule {
    let outcome = match &read.action {
        Action::Forward(forward) => Outcome::Group(forward.first.to_owned()),
        Action::Respond(_) | Action::Redirect(_) => Outcome::Answer(at),
        Action::Unsaid(_) => Outcome::Closed,
    };
    let leads_to = match &read.action {
        Action::Redirect(redirect) => redirect.host.as_ref().map(|host| host.to_ascii_lowercase()),
        _ => None,
    };
    Rule { conditions: read.conditions.clone(), said: read.unsaid.is_empty(), outcome, leads_to }
}

/// What became of a rule's fields.
fn mark<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    read: &Read<'a>,
    share: Share,
    placed: &[Placed],
    at: usize,
) {
    let target = context.at("ingress/routes");
    let rendered = placed.iter().any(|placed| placed.rule == at);
    let rule = read.step.rule;
    if let Some(rule) = rule {
        rule.drop_all(tracker, &["RuleArn", "ListenerArn", "Tags", "IsDefault"], "describe-only");
    }
    if !rendered {
        for field in ["Priority", "Conditions", "Transforms"].into_iter().filter_map(|name| rule?.field(name)) {
            field.dropped(tracker, "other-rule");
        }
        read.step.actions.iter().for_each(|action| action.drop_whole(tracker, "other-rule"));
        return;
    }
    if let Some(rule) = rule {
        if let Some(field) = rule.field("Priority") {
            field.approximated(tracker, target.clone(), "the order in which the routes are tried");
        }
        if share == Share::Open || !matches!(read.action, Action::Forward(_)) {
            conditions::mark(tracker, rule, &read.unsaid, &target);
        } else if let Some(field) = rule.field("Conditions") {
            field.approximated(tracker, target.clone(), "kept closed here: it leads elsewhere");
        }
    }
    for action in &read.step.actions {
        match action.peek("Type") {
            Some("forward") => forward(tracker, *action, share, &target),
            _ => action.drop_whole(tracker, "other-rule"),
        }
        let answers = ["RedirectConfig", "FixedResponseConfig"].into_iter().filter_map(|name| action.object(name));
        for (name, value) in answers.flat_map(|config| config.entries()) {
            let default =
                value.as_str().is_some_and(|text| text.is_empty() || text.starts_with("#{") || text == "/#{path}");
            if default || share == Share::Shut {
                Field(value).dropped(tracker, "default");
            } else if matches!(name, "Port" | "Protocol") {
                Field(value).approximated(tracker, target.clone(), "a port that the scheme brings is not written");
            } else {
                Field(value).exact(tracker, target.clone());
            }
        }
    }
}

fn forward<'a>(tracker: &mut FieldTracker<'a>, action: Object<'a>, share: Share, target: &str) {
    let rule = if share == Share::Other { "other-rule" } else { "resolved-reference" };
    action.drop_all(tracker, &["Type", "Order", "TargetGroupArn"], rule);
    let Some(config) = action.object("ForwardConfig") else { return };
    if let Some(field) = config.field("TargetGroups") {
        let several = config.list("TargetGroups").len() > 1;
        match share {
            Share::Open if several => {
                field.approximated(tracker, target.to_owned(), "everything comes to the group that had the most");
            }
            _ => field.dropped(tracker, rule),
        }
    }
    if let Some(field) = config.field("TargetGroupStickinessConfig") {
        field.dropped(tracker, "load-balancer-attribute");
    }
}
