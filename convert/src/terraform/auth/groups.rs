//! The groups that apps let in: in Entra ID, where people are, and in the realm, which puts them into tokens by name.
//!
//! Source: Keycloak, "Advanced Claim to Group" (`oidc-advanced-group-idp-mapper`): whoever comes by a broker with a claim of
//! this value is in this group, and with `syncMode` `FORCE` is so at each login anew.

use super::{GROUP, Work, from, label, owner};
use crate::auth_settings::Realm;
use crate::terraform::hcl::{Item, Value};
use crate::terraform::made::Made;
use crate::terraform::module::Other;
use crate::terraform::place::identifier;
use caravan_inventory::TeamName;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// The claim in which Entra ID lists the groups of people, by their object ids (Microsoft identity platform, "Configure group
/// claims").
const ENTRA_CLAIM: &str = "groups";

impl<D: Default> Work<'_, D> {
    /// Every group, once.
    pub(super) fn groups(&mut self) {
        let mut groups: BTreeMap<String, (BTreeSet<TeamName>, BTreeSet<Realm>)> = BTreeMap::new();
        for app in self.estate.auth {
            let realm = self.realm(app);
            for group in &app.groups {
                let (teams, realms) = groups.entry(group.clone()).or_default();
                teams.insert(app.team.clone());
                realms.extend(realm.clone());
            }
        }
        for (name, (teams, realms)) in groups {
            let made = self.group(&name, &realms);
            self.put(owner(&teams), None, made);
        }
    }

    fn group(&mut self, name: &str, realms: &BTreeSet<Realm>) -> Made {
        let from = from(GROUP);
        let argument = |name: &'static str, value: Value| Item::argument(name, value, &from);
        let mut made = Made::default();
        let settings = &self.platform.auth;
        let of_entra = identifier(name);
        let kept = self.estate.people.is_some_and(|people| people.entra_group(name).is_some());
        let found = if kept { "data.azuread_group" } else { "azuread_group" };
        match &settings.tenant {
            Some(tenant) if kept => {
                made.others.insert(Other::AzureAd { tenant: tenant.clone() });
                // `people.yaml` makes and fills it: here it is only looked up, so that nothing is made twice.
                let arguments =
                    vec![argument("display_name", Value::text(name)), argument("security_enabled", Value::Bool(true))];
                made.data("azuread_group", &of_entra, &from, arguments);
            }
            Some(tenant) => {
                made.others.insert(Other::AzureAd { tenant: tenant.clone() });
                let arguments = vec![
                    argument("display_name", Value::text(name)),
                    argument("security_enabled", Value::Bool(true)),
                    // A second group of the name would be another one: nobody is in it.
                    argument("prevent_duplicate_names", Value::Bool(true)),
                ];
                made.resource("azuread_group", &of_entra, &from, arguments);
            }
            None => self.leave(
                format!("group {name} in Entra ID"),
                "`platform.auth.tenant` in caravan.yaml does not say in which tenant it is",
            ),
        }
        for realm in realms {
            let label = label(realm, name);
            let mut arguments = made.in_realm(realm, &from);
            arguments.push(argument("name", Value::text(name)));
            made.resource("keycloak_group", &label, &from, arguments);
            let (Some(_), Some(broker)) = (&self.platform.auth.tenant, &self.platform.auth.broker) else {
                let reason = "`platform.auth.tenant` and `platform.auth.broker` in caravan.yaml do not say by which broker people \
                              of Entra ID come: nobody is in the group until somebody is put there by hand";
                self.leave(format!("members of the group {name} in the realm {}", realm.name), reason);
                continue;
            };
            let claims = vec![Value::Object(vec![
                ("key".to_owned(), Value::text(ENTRA_CLAIM)),
                ("value".to_owned(), Value::Expression(format!("{found}.{of_entra}.object_id"))),
            ])];
            let config = Value::Object(vec![
                ("syncMode".to_owned(), Value::text("FORCE")),
                ("claims".to_owned(), Value::Json(Box::new(Value::List(claims)))),
                ("are.claim.values.regex".to_owned(), Value::of_json(&json!("false"))),
                // A slash in a name is no step of a path (Keycloak, "Group path").
                ("group".to_owned(), Value::text(format!("/{}", name.replace('/', "~/")))),
            ]);
            let mut mapper = made.in_realm(realm, &from);
            // This one resource names its realm in another argument.
            mapper.pop();
            mapper.extend([
                argument("realm", Value::text(&realm.name)),
                argument("name", Value::text(name)),
                argument("identity_provider_alias", Value::text(broker)),
                argument("identity_provider_mapper", Value::text("oidc-advanced-group-idp-mapper")),
                argument("extra_config", config),
                argument("depends_on", Value::List(vec![Value::Expression(format!("keycloak_group.{label}"))])),
            ]);
            made.resource("keycloak_custom_identity_provider_mapper", &label, &from, mapper);
        }
        made
    }
}
