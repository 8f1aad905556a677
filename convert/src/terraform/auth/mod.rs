//! What apps that ask callers who they are need at whoever says it: a client and its secret, scopes, and the groups.
//!
//! What one team's apps use alone stands in that team's module, what several use in the platform's.

mod client;
mod groups;
mod scopes;
#[cfg(test)]
mod tests;

use super::SharedEstate;
use super::hcl::{Body, From, Item, Value};
use super::made::Made;
use super::module::{Module, Other};
use super::place::{ModuleName, Owner, Part, identifier};
use crate::auth_settings::Realm;
use crate::provenance::{Origin, Rule};
use crate::{AppAuth, LeftOut, Platform};
use caravan_inventory::TeamName;
use std::collections::{BTreeMap, BTreeSet};

const CLIENT: Rule = Rule { name: "auth-client", says: "the client of an app whose people log in" };
const SECRET: Rule =
    Rule { name: "auth-secret", says: "the client's secret: made while it is applied, and in no state" };
const SCOPE: Rule = Rule { name: "auth-scope", says: "what a token has to carry, and whom it is for" };
const GROUP: Rule = Rule { name: "auth-group", says: "a group that an app lets in" };

/// The file of what several apps use.
const SHARED: &str = "auth";

/// What is added to the modules.
pub(super) struct Work<'w, D> {
    pub(super) estate: &'w SharedEstate<'w>,
    pub(super) platform: &'w Platform,
    pub(super) modules: &'w mut BTreeMap<ModuleName, (Module, D)>,
    pub(super) left_out: &'w mut Vec<LeftOut>,
    pub(super) added: &'w mut u64,
}

impl<D: Default> Work<'_, D> {
    /// Adds everything.
    pub(super) fn add(mut self) {
        let scopes = self.named_scopes();
        for app in self.estate.auth {
            self.client(app, &scopes);
        }
        self.scopes(scopes);
        self.groups();
    }

    /// A module for what is new.
    fn module(&mut self, owner: Owner) -> &mut Module {
        &mut self.modules.entry(ModuleName { owner, part: Part::New }).or_default().0
    }

    /// Adds resources to a file of a module: what is shared where `app` is none.
    fn put(&mut self, owner: Owner, app: Option<&str>, made: Made) {
        *self.added += made.addresses.len() as u64;
        let module = self.module(owner);
        let body = match app {
            Some(app) => module.apps.entry(format!("{SHARED}-{app}")).or_default(),
            None => module.files.entry(SHARED).or_default(),
        };
        if !body.is_empty() && !made.body.is_empty() {
            body.push(Item::Blank);
        }
        body.extend(made.body);
        module.addresses.extend(made.addresses);
        module.others.extend(made.others);
    }

    fn leave(&mut self, id: String, reason: impl Into<String>) {
        self.left_out.push(LeftOut { id, reason: reason.into() });
    }

    /// The realm of an app; where there is none, its client, scopes and groups are left out.
    fn realm(&self, app: &AppAuth) -> Option<Realm> {
        self.platform.auth.realm(app.environment.as_str())
    }
}

impl Made {
    /// The first arguments of a resource in a realm.
    fn in_realm(&mut self, realm: &Realm, from: &From) -> Body {
        let keycloak = Other::Keycloak { url: realm.url.clone() };
        let provider = Item::argument("provider", Value::Expression(keycloak.reference()), from);
        self.others.insert(keycloak);
        vec![provider, Item::Blank, Item::argument("realm_id", Value::text(&realm.name), from)]
    }
}

fn from(rule: Rule) -> From {
    From { rule, origins: vec![Origin::Setting { name: "auth" }] }
}

/// Whose something is that these teams use.
fn owner(teams: &BTreeSet<TeamName>) -> Owner {
    let mut teams = teams.iter();
    match (teams.next(), teams.next()) {
        (Some(team), None) => Owner::of_team(team),
        _ => Owner::Platform,
    }
}

/// The name of something of a realm in its module.
fn label(realm: &Realm, name: &str) -> String {
    identifier(&format!("{}/{name}", realm.name))
}
