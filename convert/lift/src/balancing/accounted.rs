//! What became of the fields of a listener's rules.

use super::actions::Action;
use super::conditions;
use super::model::{Outcome, Placed, Share};
use super::questions;
use super::read::{Listener, Read};
use super::returning;
use crate::context::Context;
use crate::field::{Field, Object};
use crate::tracker::FieldTracker;
use serde_json::Value;
use std::collections::BTreeSet;

/// What became of a rule's fields.
pub(super) fn rule<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    listener: &Listener<'a>,
    placed: &[Placed],
    at: usize,
) {
    let (read, share) = (&listener.read[at], listener.shares[at]);
    let target = context.at("ingress/routes");
    let mine: Vec<&Placed> = placed.iter().filter(|placed| placed.rule == at).collect();
    let rendered = !mine.is_empty();
    let hosts: BTreeSet<&str> = mine.iter().flat_map(|placed| &placed.hosts).map(String::as_str).collect();
    let rule = read.step.rule;
    let open = questions::open_pattern(tracker, read);
    if read.group.is_some() && read.conditions.hosts.is_empty() {
        at_unknown_hosts(tracker, listener, read);
    }
    if let Some(rule) = rule {
        rule.drop_all(tracker, &["RuleArn", "ListenerArn", "Tags", "IsDefault"], "describe-only");
    }
    if !rendered {
        for field in ["Priority", "Conditions", "Transforms"].into_iter().filter_map(|name| rule?.field(name)) {
            field.dropped(tracker, "other-rule");
        }
        // While another one's place is open, each of them decides what stands in front of what.
        if let Some(field) = rule.and_then(|rule| rule.field("Priority")).filter(|_| !listener.way.is_ordered) {
            field.approximated(tracker, target.clone(), "the order in which the routes are tried");
        }
        if let Some(rule) = rule {
            conditions::ask_hosts(tracker, rule, open.as_ref());
        }
        read.step.actions.iter().for_each(|action| action.drop_whole(tracker, "other-rule"));
        let own = placed.iter().flat_map(|placed| &placed.hosts);
        if share == Share::Gone || returning::is_gone(tracker, read) {
            left_out(tracker, read);
        }
        if share == Share::Other && own.into_iter().any(|host| read.conditions.takes_host(host)) {
            elsewhere(tracker, read);
        }
        return;
    }
    if let Some(rule) = rule.filter(|_| read.group.is_none()) {
        // How another app's requests are rewritten is asked of that app.
        rule.drop_all(tracker, &["Transforms"], "other-rule");
    }
    let caught = Some(share).filter(|share| *share == Share::Open).and_then(|_| caught(listener, placed, at));
    if let Some(rule) = rule {
        if let Some(field) = rule.field("Priority") {
            field.approximated(tracker, target.clone(), "the order in which the routes are tried");
        }
        if let (Some(note), Some(field), true, None) =
            (&caught, rule.field("Conditions"), read.unsaid.is_empty(), &open)
        {
            field.approximated(tracker, target.clone(), note.clone());
        } else if share == Share::Open || !matches!(read.action, Action::Forward(_)) {
            conditions::mark(tracker, rule, &read.unsaid, &target, &hosts, open.as_ref());
        } else if let Some(field) = rule.field("Conditions") {
            field.approximated(tracker, target.clone(), "kept closed here: it leads elsewhere");
        }
    }
    // What would lead back to itself is closed.
    let (back, on): (Vec<&&Placed>, Vec<&&Placed>) =
        mine.iter().partition(|placed| !placed.guard && placed.outcome == Outcome::Closed);
    let is_shut = share == Share::Shut || on.is_empty();
    for action in &read.step.actions {
        match action.peek("Type") {
            Some("forward") => forward(tracker, *action, share, &target),
            _ => action.drop_whole(tracker, "other-rule"),
        }
        let answers = ["RedirectConfig", "FixedResponseConfig"].into_iter().filter_map(|name| action.object(name));
        let fields = answers.flat_map(|config| config.entries().map(move |(name, value)| (config, name, value)));
        for (config, name, value) in fields {
            let default =
                value.as_str().is_some_and(|text| text.is_empty() || text.starts_with("#{") || text == "/#{path}");
            if default || is_shut {
                Field(value).dropped(tracker, "default");
            } else if !back.is_empty() {
                let note = "at some of its hosts it would lead back to itself, and is closed";
                Field(value).approximated(tracker, target.clone(), note);
            } else if matches!(name, "Port" | "Protocol") && !names_port(&read.action) {
                Field(value).approximated(tracker, target.clone(), "a port that the scheme brings is not written");
            } else if let Some(note) = otherwise(config, name, value) {
                Field(value).approximated(tracker, target.clone(), note);
            } else {
                Field(value).exact(tracker, target.clone());
            }
        }
    }
    if share == Share::Other {
        elsewhere(tracker, read);
    }
    if let Some(note) = caught {
        for field in groups(read) {
            field.approximated(tracker, target.clone(), note.clone());
        }
    }
}

/// What leads here whatever the host is asked about as long as nobody knows a host of its listener: its paths alone stand at the app's own
/// name until then.
fn at_unknown_hosts<'a>(tracker: &mut FieldTracker<'a>, listener: &Listener<'a>, read: &Read<'a>) {
    let Some(id) = questions::open_hosts(tracker, &listener.way) else { return };
    if let Some(conditions) = read.step.rule.and_then(|rule| rule.field("Conditions")) {
        conditions.asked(tracker, &id);
    }
    groups(read).into_iter().for_each(|field| field.asked(tracker, &id));
}

/// What Envoy does otherwise to an answer of its own (`docs/decisions/0140`).
fn otherwise(config: Object<'_>, name: &str, value: &Value) -> Option<&'static str> {
    let status = value.as_str().unwrap_or_default();
    match name {
        "StatusCode" if status == "201" || status.starts_with('3') => {
            Some("the gateway adds a `Location` with the address that was asked for")
        }
        "ContentType" if config.peek("MessageBody").is_none_or(str::is_empty) => {
            Some("the gateway gives an answer without a body no type")
        }
        _ => None,
    }
}

/// What catches every request of a rule that comes here, where that is something that can't be said and so stays closed.
fn caught(listener: &Listener<'_>, placed: &[Placed], at: usize) -> Option<String> {
    let shut =
        |other: usize| placed.iter().filter(move |placed| placed.rule == other && placed.outcome == Outcome::Closed);
    let catches = |one: &Placed, own: &Placed| {
        one.rule < own.rule
            && !one.guard
            && own.hosts.is_subset(&one.hosts)
            && listener.read[one.rule].conditions.takes_all_of(&listener.read[own.rule].conditions)
    };
    let catcher = |own: &Placed| (0..own.rule).find(|other| shut(*other).any(|one| catches(one, own)));
    let is_open = |placed: &&Placed| !placed.guard && listener.shares[placed.rule] == Share::Open;
    let mine: Vec<usize> =
        placed.iter().filter(is_open).filter(|placed| placed.rule == at).map(catcher).collect::<Option<_>>()?;
    let first = &listener.read[*mine.first()?];
    let all = placed.iter().filter(is_open).all(|own| catcher(own).is_some());
    let rest = if all { ", and nothing of this listener reaches the app" } else { "" };
    Some(format!("all of it is caught by what stays closed before it: {}{rest}", questions::what(first)))
}

/// Says of a rule that a person left out, what that means.
fn left_out<'a>(tracker: &mut FieldTracker<'a>, read: &Read<'a>) {
    let note = format!("{} is left out by a person's answer: what it caught gets through", questions::what(read));
    for (_, value) in read.step.actions.iter().flat_map(|action| action.entries()) {
        Field(value).dropped_because(tracker, "condition-by-answer", note.clone());
    }
}

/// Says what a rule at a host of the app forwards to a group that the app does not serve: here it is not served, and
/// nobody else may have it either.
fn elsewhere<'a>(tracker: &mut FieldTracker<'a>, read: &Read<'a>) {
    let named = questions::groups(read);
    if named.is_empty() {
        return;
    }
    let what = questions::what(read);
    let note = format!("{what} forwards to {named}: on the gateway only an app that serves that group has it");
    for field in groups(read) {
        field.dropped_because(tracker, "other-rule", note.clone());
    }
}

/// The fields that name the groups that a rule forwards to.
fn groups<'a>(read: &Read<'a>) -> Vec<Field<'a>> {
    let forwards = read.step.actions.iter().filter(|action| action.peek("Type") == Some("forward"));
    let fields = forwards.flat_map(|action| {
        let lists = action.object("ForwardConfig").and_then(|config| config.field("TargetGroups"));
        [action.field("TargetGroupArn"), lists]
    });
    fields.flatten().collect()
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
