//! What its script finds in its environment: variables and secrets.

use super::Plan;
use crate::field::{Field, Object};
use crate::moved_secret::{Beside, ask_for_place, team};
use crate::plconfig::{PlConfig, SecretRef, WorkerBinding};
use crate::text::Kind;
use crate::tracker::{Asked, FieldTracker, push_step};
use caravan_inventory::Redacted;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A Worker whose environment is made, and where what is in it comes from.
pub(super) struct Environment<'e, 'a> {
    pub(super) config: Object<'a>,
    /// What its script reads of its environment.
    pub(super) reads: &'e BTreeSet<String>,
    /// Variables that stand for secrets of its script, with where these stood.
    pub(super) secrets: Vec<(&'e str, &'e str)>,
    /// Its name, where it runs beside the app's own.
    pub(super) beside: Option<Beside<'e>>,
    pub(super) app: &'e mut PlConfig,
    pub(super) bindings: &'e mut BTreeMap<String, WorkerBinding>,
}

/// Variables of the configuration, secrets that Cloudflare keeps, and secrets that stood in the script.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &mut Plan<'a>, mut own: Environment<'_, 'a>) {
    for (name, value) in own.config.object("vars").into_iter().flat_map(Object::entries) {
        own.variable(tracker, name, value);
    }
    let required = own.config.object("secrets").map(|secrets| secrets.list("required")).unwrap_or_default();
    for value in required {
        if let Some(name) = value.as_str() {
            Field(value).exact(tracker, "/secrets");
            own.kept(tracker, plan, name, false);
        }
    }
    for name in own.reads.iter().filter(|_| !tracker.is_refused()).collect::<Vec<_>>() {
        // `env.ASSETS.fetch` and the like are bindings, and refused where the configuration has them.
        if !own.bindings.contains_key(name) {
            own.kept(tracker, plan, name, true);
        }
    }
    for (name, place) in std::mem::take(&mut own.secrets) {
        let place_of_secret = team(tracker, None, name).to_string();
        let id = tracker.question_id("secret", name);
        let text = format!(
            "A secret stands in the clear in the script, at {place}. Put it into the team's secret store as `{place_of_secret}`, and answer \
             with that or with where else it lies: the script reads it as `{name}` from now on."
        );
        let reference = match tracker.ask_for(id, &text, &[], Some(&place_of_secret), is_reference) {
            Asked::Given(answer) => answer.to_owned(),
            Asked::Open(_) => place_of_secret,
        };
        own.app.secrets.insert(name.to_owned(), reference);
        own.bind(name, name.to_owned());
    }
}

fn is_reference(answer: &str) -> bool {
    !answer.contains(char::is_whitespace) && answer.parse::<SecretRef>().is_ok()
}

impl<'a> Environment<'_, 'a> {
    fn bind(&mut self, name: &str, variable: String) {
        let binding = WorkerBinding { variable: Some(variable), ..WorkerBinding::default() };
        self.bindings.insert(name.to_owned(), binding);
    }

    /// The variable of the container: two Workers of one may each have one of the same name.
    fn named(&self, name: &str) -> String {
        let Some(beside) = self.beside else { return name.to_owned() };
        let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
        let mut named = format!("CALLED_{}_{name}", beside.key.chars().map(letter).collect::<String>());
        while self.app.env.contains_key(&named) || self.app.secrets.contains_key(&named) {
            named.push('_');
        }
        named
    }

    fn variable(&mut self, tracker: &mut FieldTracker<'a>, name: &'a str, value: &'a Value) {
        let field = Field(value);
        if !crate::text::is_variable(name) {
            return field.blocked(tracker, "one of its variables has a name that a container can't have");
        }
        let named = self.named(name);
        match value {
            Value::String(text) if Redacted::is_in(text) => {
                let place = ask_for_place(tracker, self.beside, name);
                match &place.open {
                    Some(id) => field.asked(tracker, id),
                    None => field.approximated(tracker, "/secrets", "it lies in a secret store, by a person's answer"),
                }
                self.app.secrets.insert(named.clone(), place.reference);
                self.bind(name, named);
            }
            Value::String(_) => {
                let mut target = "/env".to_owned();
                push_step(&mut target, &named);
                field.exact(tracker, target);
                let text = tracker.text(value, Kind::Free).map(Into::into).unwrap_or_default();
                self.app.env.insert(named.clone(), text);
                self.bind(name, named);
            }
            other => {
                let json = other.to_string();
                if Redacted::is_in(&json) {
                    return field.blocked(
                        tracker,
                        format!(
                            "a secret stands in the variable `{name}`, which is no text: make it a secret of its own"
                        ),
                    );
                }
                let mut target = "/worker/bindings".to_owned();
                push_step(&mut target, name);
                field.approximated(tracker, target, "the same value, its fields in the order of their names");
                self.bindings.insert(name.to_owned(), WorkerBinding { json: Some(json), ..WorkerBinding::default() });
            }
        }
    }

    /// A secret that only Cloudflare has, and never tells. `read` says whether the script alone tells of it: it may be nothing.
    fn kept(&mut self, tracker: &mut FieldTracker<'a>, plan: &mut Plan<'a>, name: &str, read: bool) {
        if !crate::text::is_variable(name) {
            return tracker.refuse("its script reads something whose name a container can't have");
        }
        let named = self.named(name);
        let own = team(tracker, self.beside, name).to_string();
        let detail = self.beside.map_or_else(|| name.to_owned(), |beside| format!("{}/{name}", beside.name));
        let id = tracker.question_id("binding", &detail);
        let whose =
            self.beside.map_or_else(|| "the Worker".to_owned(), |beside| format!("the Worker `{}`", beside.name));
        let told = if read {
            "The script reads it, and the configuration does not have it"
        } else {
            "The configuration wants it"
        };
        let text = format!(
            "`{name}` is a secret of {whose}, it seems. {told}, and Cloudflare tells nobody its value. Put it into the team's secret \
             store as `{own}`, and answer with that, with where else it lies, or with `none`: the Worker has nothing of this name."
        );
        match tracker.ask_for(id, &text, &[], Some(&own), |answer| answer == "none" || is_reference(answer)) {
            Asked::Given("none") => {}
            Asked::Given(answer) => {
                self.app.secrets.insert(named.clone(), answer.to_owned());
                self.bind(name, named);
            }
            Asked::Open(id) => {
                self.app.secrets.insert(named.clone(), own);
                self.bind(name, named);
                plan.close(tracker, id, "nobody said where a secret of it lies");
            }
        }
    }
}
