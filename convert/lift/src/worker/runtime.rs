//! What its script finds in its environment: variables and secrets.

use super::Plan;
use super::secrets::Names;
use super::uses::Uses;
use crate::field::{Field, Object};
use crate::moved_secret::{ask_for_place, team};
use crate::plconfig::{PlConfig, SecretRef, Worker, WorkerBinding};
use crate::text::Kind;
use crate::tracker::{Asked, FieldTracker, push_step};
use caravan_inventory::Redacted;
use serde_json::Value;

/// Variables of the configuration, secrets that Cloudflare keeps, and secrets that stood in the script.
pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &mut Plan<'a>,
    uses: &Uses,
    names: &Names,
    app: &mut PlConfig,
    worker: &mut Worker,
) {
    for (name, value) in plan.config.object("vars").into_iter().flat_map(Object::entries) {
        variable(tracker, name, value, app, worker);
    }
    let required = plan.config.object("secrets").map(|secrets| secrets.list("required")).unwrap_or_default();
    for value in required {
        if let Some(name) = value.as_str() {
            Field(value).exact(tracker, "/secrets");
            kept(tracker, plan, name, app, worker, false);
        }
    }
    for name in uses.names.iter().filter(|_| !tracker.is_refused()).collect::<Vec<_>>() {
        // `env.ASSETS.fetch` and the like are bindings, and refused where the configuration has them.
        if !worker.bindings.contains_key(name) {
            kept(tracker, plan, name, app, worker, true);
        }
    }
    for (name, place) in names.all() {
        let own = team(tracker, None, name).to_string();
        let id = tracker.question_id("secret", name);
        let text = format!(
            "A secret stands in the clear in the script, at {place}. Put it into the team's secret store as `{own}`, and answer with \
             that or with where else it lies: the script reads it as `{name}` from now on."
        );
        let reference = match tracker.ask_for(id, &text, &[], Some(&own), is_reference) {
            Asked::Given(answer) => answer.to_owned(),
            Asked::Open(_) => own,
        };
        app.secrets.insert(name.to_owned(), reference);
        bind(worker, name, name);
    }
}

fn is_reference(answer: &str) -> bool {
    !answer.contains(char::is_whitespace) && answer.parse::<SecretRef>().is_ok()
}

fn bind(worker: &mut Worker, name: &str, variable: &str) {
    let binding = WorkerBinding { variable: Some(variable.to_owned()), json: None };
    worker.bindings.insert(name.to_owned(), binding);
}

fn variable<'a>(
    tracker: &mut FieldTracker<'a>,
    name: &'a str,
    value: &'a Value,
    app: &mut PlConfig,
    worker: &mut Worker,
) {
    let field = Field(value);
    if !crate::text::is_variable(name) {
        return field.blocked(tracker, "one of its variables has a name that a container can't have");
    }
    match value {
        Value::String(text) if Redacted::is_in(text) => {
            let place = ask_for_place(tracker, None, name);
            match &place.open {
                Some(id) => field.asked(tracker, id),
                None => field.approximated(tracker, "/secrets", "it lies in a secret store, by a person's answer"),
            }
            app.secrets.insert(name.to_owned(), place.reference);
            bind(worker, name, name);
        }
        Value::String(_) => {
            let mut target = "/env".to_owned();
            push_step(&mut target, name);
            field.exact(tracker, target);
            let text = tracker.text(value, Kind::Free).map(Into::into).unwrap_or_default();
            app.env.insert(name.to_owned(), text);
            bind(worker, name, name);
        }
        other => {
            let json = other.to_string();
            if Redacted::is_in(&json) {
                return field.blocked(
                    tracker,
                    format!("a secret stands in the variable `{name}`, which is no text: make it a secret of its own"),
                );
            }
            let mut target = "/worker/bindings".to_owned();
            push_step(&mut target, name);
            field.approximated(tracker, target, "the same value, its fields in the order of their names");
            worker.bindings.insert(name.to_owned(), WorkerBinding { variable: None, json: Some(json) });
        }
    }
}

/// A secret that only Cloudflare has, and never tells. `read` says whether the script alone tells of it: it may be nothing.
fn kept<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &mut Plan<'a>,
    name: &str,
    app: &mut PlConfig,
    worker: &mut Worker,
    read: bool,
) {
    if !crate::text::is_variable(name) {
        return tracker.refuse("its script reads something whose name a container can't have");
    }
    let own = team(tracker, None, name).to_string();
    let id = tracker.question_id("binding", name);
    let told =
        if read { "The script reads it, and the configuration does not have it" } else { "The configuration wants it" };
    let text = format!(
        "`{name}` is a secret of the Worker, it seems. {told}, and Cloudflare tells nobody its value. Put it into the team's secret \
         store as `{own}`, and answer with that, with where else it lies, or with `none`: the Worker has nothing of this name."
    );
    match tracker.ask_for(id, &text, &[], Some(&own), |answer| answer == "none" || is_reference(answer)) {
        Asked::Given("none") => {}
        Asked::Given(answer) => {
            app.secrets.insert(name.to_owned(), answer.to_owned());
            bind(worker, name, name);
        }
        Asked::Open(id) => {
            app.secrets.insert(name.to_owned(), own);
            bind(worker, name, name);
            plan.close(tracker, id, "nobody said where a secret of it lies");
        }
    }
}
