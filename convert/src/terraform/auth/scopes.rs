//! The scopes of apps that take tokens: a caller whose client has one gets tokens for the app.

use super::{Made, SCOPE, Work, from, label, owner};
use crate::auth_settings::Realm;
use crate::terraform::hcl::{Item, Value};
use caravan_inventory::TeamName;
use std::collections::{BTreeMap, BTreeSet};

/// A scope, with whoever asks for it.
#[derive(Default)]
struct Scope {
    teams: BTreeSet<TeamName>,
    audiences: BTreeSet<String>,
}

impl<D: Default> Work<'_, D> {
    /// Every scope of every realm, once.
    pub(super) fn scopes(&mut self) {
        let mut scopes: BTreeMap<(Realm, String), Scope> = BTreeMap::new();
        for app in self.estate.auth {
            for (audience, named) in &app.audiences {
                let Some(realm) = self.realm(app) else {
                    let id = format!("{}/{}/{}: audience {audience}", app.team, app.app, app.environment);
                    let words: Vec<&str> = named.iter().map(String::as_str).collect();
                    let reason = format!(
                        "the provider is not Keycloak: let it give tokens for this audience{}",
                        if words.is_empty() { String::new() } else { format!(", with the scopes {}", words.join(" ")) }
                    );
                    self.leave(id, reason);
                    continue;
                };
                // Where no scope is asked for, one of the audience's name gives tokens for it.
                let named = if named.is_empty() { vec![audience] } else { named.iter().collect() };
                for name in named {
                    let scope = scopes.entry((realm.clone(), name.clone())).or_default();
                    scope.teams.insert(app.team.clone());
                    scope.audiences.insert(audience.clone());
                }
            }
        }
        for ((realm, name), scope) in scopes {
            let made = self.scope(&realm, &name, &scope);
            self.put(owner(&scope.teams), None, made);
        }
    }

    fn scope(&self, realm: &Realm, name: &str, scope: &Scope) -> Made {
        let from = from(SCOPE);
        let argument = |name: &'static str, value: Value| Item::argument(name, value, &from);
        let (mut made, label) = (Made::default(), label(realm, name));
        let id = || Value::Expression(format!("keycloak_openid_client_scope.{label}.id"));
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
