//! The scopes of apps: a caller whose client has one of an app that takes tokens gets tokens for it; a login asks for those that it names.

use super::{SCOPE, Work, from, label, owner};
use crate::AppAuth;
use crate::auth_settings::{REALM_SCOPES, Realm};
use crate::terraform::hcl::{Item, Value};
use crate::terraform::made::Made;
use crate::terraform::place::Owner;
use caravan_inventory::TeamName;
use std::collections::{BTreeMap, BTreeSet};

/// A scope, with whoever asks for it.
#[derive(Default)]
struct Scope {
    teams: BTreeSet<TeamName>,
    audiences: BTreeSet<String>,
}

/// All that are made.
pub(super) struct Scopes(BTreeMap<(Realm, String), Scope>);

impl Scopes {
    /// In whose module a scope stands; none where the realm has it anyway.
    pub(super) fn owner(&self, realm: &Realm, name: &str) -> Option<Owner> {
        self.0.get(&(realm.clone(), name.to_owned())).map(|scope| owner(&scope.teams))
    }
}

/// A field of a scope in its own module.
pub(super) fn reference(realm: &Realm, name: &str, field: &str) -> String {
    format!("keycloak_openid_client_scope.{}.{field}", label(realm, name))
}

impl<D: Default> Work<'_, D> {
    /// Every scope of every realm that apps name, once.
    pub(super) fn named_scopes(&mut self) -> Scopes {
        let mut scopes: BTreeMap<(Realm, String), Scope> = BTreeMap::new();
        for app in self.estate.auth {
            let Some(realm) = self.realm(app) else {
                self.leave_audiences(app);
                continue;
            };
            let mut name = |name: &String, audience: Option<&String>| {
                // What a realm has anyway nobody makes.
                if !REALM_SCOPES.contains(&name.as_str()) {
                    let scope = scopes.entry((realm.clone(), name.clone())).or_default();
                    scope.teams.insert(app.team.clone());
                    scope.audiences.extend(audience.cloned());
                }
            };
            app.scopes.iter().for_each(|asked| name(asked, None));
            for (audience, named) in &app.audiences {
                // Where no scope is asked for, one of the audience's name gives tokens for it.
                let named = if named.is_empty() { vec![audience] } else { named.iter().collect() };
                named.into_iter().for_each(|named| name(named, Some(audience)));
            }
        }
        Scopes(scopes)
    }

    fn leave_audiences(&mut self, app: &AppAuth) {
        for (audience, named) in &app.audiences {
            let id = format!("{}/{}/{}: audience {audience}", app.team, app.app, app.environment);
            let words: Vec<&str> = named.iter().map(String::as_str).collect();
            let reason = format!(
                "the provider is not Keycloak: let it give tokens for this audience{}",
                if words.is_empty() { String::new() } else { format!(", with the scopes {}", words.join(" ")) }
            );
            self.leave(id, reason);
        }
    }

    /// Makes them.
    pub(super) fn scopes(&mut self, scopes: Scopes) {
        for ((realm, name), scope) in scopes.0 {
            let made = self.scope(&realm, &name, &scope);
            self.put(owner(&scope.teams), None, made);
        }
    }

    fn scope(&self, realm: &Realm, name: &str, scope: &Scope) -> Made {
        let from = from(SCOPE);
        let argument = |name: &'static str, value: Value| Item::argument(name, value, &from);
        let (mut made, label) = (Made::default(), label(realm, name));
        let id = || Value::Expression(reference(realm, name, "id"));
        let mut arguments = made.in_realm(realm, &from);
        arguments.extend([argument("name", Value::text(name)), argument("include_in_token_scope", Value::Bool(true))]);
        made.resource("keycloak_openid_client_scope", &label, &from, arguments);
        for audience in &scope.audiences {
            let mut mapper = made.in_realm(realm, &from);
            mapper.extend([
                argument("client_scope_id", id()),
                argument("name", Value::text(format!("audience {audience}"))),
                argument("included_custom_audience", Value::text(audience)),
            ]);
            let label = super::label(realm, &format!("{name}/{audience}"));
            made.resource("keycloak_openid_audience_protocol_mapper", &label, &from, mapper);
        }
        let mut groups = made.in_realm(realm, &from);
        groups.extend([
            argument("client_scope_id", id()),
            argument("name", Value::text("groups")),
            argument("claim_name", Value::text(&self.platform.auth.groups_claim)),
            argument("full_path", Value::Bool(false)),
        ]);
        made.resource("keycloak_openid_group_membership_protocol_mapper", &label, &from, groups);
        made
    }
}
