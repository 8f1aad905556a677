//! What became of the fields of a listener's rules.

use super::actions::Action;
use super::conditions;
use super::model::{Placed, Share};
use super::questions;
use super::read::Read;
use crate::context::Context;
use crate::field::{Field, Object};
use crate::tracker::FieldTracker;
use std::collections::BTreeSet;

/// What became of a rule's fields.
pub(super) fn rule<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    read: &Read<'a>,
    share: Share,
    placed: &[Placed],
    at: usize,
) {
    let target = context.at("ingress/routes");
    let mine: Vec<&Placed> = placed.iter().filter(|placed| placed.rule == at).collect();
    let rendered = !mine.is_empty();
    let hosts: BTreeSet<&str> = mine.iter().flat_map(|placed| &placed.hosts).map(String::as_str).collect();
    let rule = read.step.rule;
    let open = questions::open_pattern(tracker, read);
    if let Some(rule) = rule {
        rule.drop_all(tracker, &["RuleArn", "ListenerArn", "Tags", "IsDefault"], "describe-only");
    }
    if !rendered {
        for field in ["Priority", "Conditions", "Transforms"].into_iter().filter_map(|name| rule?.field(name)) {
            field.dropped(tracker, "other-rule");
        }
        if let Some(rule) = rule {
            conditions::ask_hosts(tracker, rule, open.as_ref());
        }
        read.step.actions.iter().for_each(|action| action.drop_whole(tracker, "other-rule"));
        let own = placed.iter().flat_map(|placed| &placed.hosts);
        if share == Share::Other && own.into_iter().any(|host| read.conditions.takes_host(host)) {
            elsewhere(tracker, read);
        }
        return;
    }
    if let Some(rule) = rule {
        if let Some(field) = rule.field("Priority") {
            field.approximated(tracker, target.clone(), "the order in which the routes are tried");
        }
        if share == Share::Open || !matches!(read.action, Action::Forward(_)) {
            conditions::mark(tracker, rule, &read.unsaid, &target, &hosts, open.as_ref());
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
            } else if matches!(name, "Port" | "Protocol") && !names_port(&read.action) {
                Field(value).approximated(tracker, target.clone(), "a port that the scheme brings is not written");
            } else {
                Field(value).exact(tracker, target.clone());
            }
        }
    }
    if share == Share::Other {
        elsewhere(tracker, read);
    }
}

/// Says what a rule at a host of the app forwards to a group that the app does not serve: here it is not served, and
/// nobody else may have it either.
fn elsewhere<'a>(tracker: &mut FieldTracker<'a>, read: &Read<'a>) {
    let groups = questions::groups(read);
    if groups.is_empty() {
        return;
    }
    let what = questions::what(read);
    let note = format!("{what} forwards to {groups}: on the gateway only an app that serves that group has it");
    for action in read.step.actions.iter().filter(|action| action.peek("Type") == Some("forward")) {
        let lists = action.object("ForwardConfig").and_then(|config| config.field("TargetGroups"));
        for field in [action.field("TargetGroupArn"), lists].into_iter().flatten() {
            field.dropped_because(tracker, "other-rule", note.clone());
        }
    }
}

/// Whether a redirect's port is another than that of its scheme, and so is written.
fn names_port(action: &Action<'_>) -> bool {
    matches!(action, Action::Redirect(redirect) if redirect.port.is_some())
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
