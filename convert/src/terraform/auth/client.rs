//! The client of an app at Keycloak, and its secret.
//!
//! The secret is made by Terraform while it is applied, and written to Secrets Manager alone; what Keycloak gets is read from
//! there again, so that both hold the same one whichever write failed. Both arguments are write-only: neither a plan nor a
//! state holds the secret. Source: Terraform 1.11, "Use write-only arguments"; providers `hashicorp/aws` 6 and
//! `keycloak/keycloak` 5.

use super::scopes::{self, Scopes};
use super::{CLIENT, SECRET, Work, from};
use crate::AppAuth;
use crate::auth_settings::{DEFAULT_SCOPES, REALM_SCOPES, Realm};
use crate::terraform::hcl::{Body, Item, Value};
use crate::terraform::made::Made;
use crate::terraform::module::Other;
use crate::terraform::place::{Location, Owner, identifier};
use caravan_inventory::Region;

/// Which secret it is: another number makes a new one.
const VERSION: &str = "1";

impl<D: Default> Work<'_, D> {
    /// The client of an app whose people log in.
    pub(super) fn client(&mut self, app: &AppAuth, scopes: &Scopes) {
        let Some(secret) = &app.secret else { return };
        let id = format!("{}/{}/{}: client {}", app.team, app.app, app.environment, app.client);
        let Some(realm) = self.realm(app) else {
            let hosts: Vec<String> = app.redirects.iter().map(|(host, path)| format!("https://{host}{path}")).collect();
            let scopes: Vec<&str> = app.scopes.iter().map(String::as_str).collect();
            let asks = if scopes.is_empty() {
                String::new()
            } else {
                format!("; it asks for the scopes {}", scopes.join(" "))
            };
            let reason = format!(
                "the provider is not Keycloak: make it by hand, with its secret at {secret} in Secrets Manager and the redirects {}{asks}",
                hosts.join(", ")
            );
            return self.leave(id, reason);
        };
        let location = match self.location(app) {
            Ok(location) => location,
            Err(reason) => return self.leave(id, reason),
        };
        let mut made = Made::default();
        let label = identifier(&format!("{}/{}", app.app, app.environment));
        keep_secret(&mut made, &label, secret, &location);
        let owner = Owner::of_team(&app.team);
        // Whose scope stands in the same module is named by it, so that Terraform makes it first.
        let named =
            app.scopes.iter().filter(|scope| !REALM_SCOPES[..DEFAULT_SCOPES].contains(&scope.as_str())).map(|scope| {
                let here = scopes.owner(&realm, scope) == Some(owner.clone());
                if here { Value::Expression(scopes::reference(&realm, scope, "name")) } else { Value::text(scope) }
            });
        self::client(&mut made, &label, app, &realm, named.collect());
        self.module(owner.clone()).locations.insert(location);
        self.put(owner, Some(&app.app), made);
    }

    /// Where the secret lies, which the cluster's stores read.
    fn location(&self, app: &AppAuth) -> Result<Location, String> {
        let account = self.platform.account.as_ref().or_else(|| self.estate.accounts.get(&app.environment));
        let account = account.ok_or(
            "`platform.account` in caravan.yaml does not say in which AWS account its secret is, and no workload tells it",
        )?;
        let region =
            self.platform.region.said().ok_or("`platform.region` in caravan.yaml does not say where the cluster is")?;
        Ok(Location { account: account.clone(), region: Region::new(region) })
    }
}

fn keep_secret(made: &mut Made, label: &str, secret: &str, location: &Location) {
    let from = from(SECRET);
    let argument = |name: &'static str, value: Value| Item::argument(name, value, &from);
    let number = |text: &str| Value::Number(text.to_owned());
    let here = || [argument("provider", Value::Expression(format!("aws.{}", location.alias()))), Item::Blank];
    let with = |arguments: Vec<Item>| here().into_iter().chain(arguments).collect::<Body>();
    made.others.insert(Other::Random);
    let random = vec![argument("length", number("64")), argument("special", Value::Bool(false))];
    made.ephemeral("random_password", label, &from, random);
    let named = with(vec![
        argument("name", Value::text(secret)),
        argument("description", Value::text("The secret of an app's client; Terraform made it and keeps no copy.")),
    ]);
    made.resource("aws_secretsmanager_secret", label, &from, named);
    let version = with(vec![
        argument("secret_id", Value::Expression(format!("aws_secretsmanager_secret.{label}.id"))),
        argument("secret_string_wo", Value::Expression(format!("ephemeral.random_password.{label}.result"))),
        argument("secret_string_wo_version", number(VERSION)),
    ]);
    made.resource("aws_secretsmanager_secret_version", label, &from, version);
    let read = with(vec![argument(
        "secret_id",
        Value::Expression(format!("aws_secretsmanager_secret_version.{label}.secret_id")),
    )]);
    made.ephemeral("aws_secretsmanager_secret_version", label, &from, read);
}

fn client(made: &mut Made, label: &str, app: &AppAuth, realm: &Realm, optional_scopes: Vec<Value>) {
    let from = from(CLIENT);
    let argument = |name: &'static str, value: Value| Item::argument(name, value, &from);
    let list = |texts: Vec<String>| Value::List(texts.into_iter().map(Value::text).collect());
    let own = |what: &str| Value::Expression(format!("keycloak_openid_client.{label}.{what}"));
    let version = format!("aws_secretsmanager_secret_version.{label}.secret_string_wo_version");
    let mut hosts: Vec<&String> = app.redirects.iter().map(|(host, _)| host).collect();
    hosts.dedup();
    let mut arguments = made.in_realm(realm, &from);
    arguments.extend([
        argument("client_id", Value::text(&app.client)),
        argument("access_type", Value::text("CONFIDENTIAL")),
        argument("standard_flow_enabled", Value::Bool(true)),
        argument("pkce_code_challenge_method", Value::text("S256")),
        argument(
            "valid_redirect_uris",
            list(app.redirects.iter().map(|(host, path)| format!("https://{host}{path}")).collect()),
        ),
        argument(
            "valid_post_logout_redirect_uris",
            list(hosts.into_iter().map(|host| format!("https://{host}/")).collect()),
        ),
        argument(
            "client_secret_wo",
            Value::Expression(format!("ephemeral.aws_secretsmanager_secret_version.{label}.secret_string")),
        ),
        argument("client_secret_wo_version", Value::Expression(version)),
    ]);
    made.resource("keycloak_openid_client", label, &from, arguments);
    let mut audience = made.in_realm(realm, &from);
    audience.extend([
        argument("client_id", own("id")),
        argument("name", Value::text("audience")),
        argument("included_client_audience", own("client_id")),
    ]);
    made.resource("keycloak_openid_audience_protocol_mapper", label, &from, audience);
    let mut groups = made.in_realm(realm, &from);
    groups.extend([
        argument("client_id", own("id")),
        argument("name", Value::text("groups")),
        argument("claim_name", Value::text(&app.groups_claim)),
        argument("full_path", Value::Bool(false)),
    ]);
    made.resource("keycloak_openid_group_membership_protocol_mapper", label, &from, groups);
    if !optional_scopes.is_empty() {
        let mut optional = made.in_realm(realm, &from);
        optional.extend([argument("client_id", own("id")), argument("optional_scopes", Value::List(optional_scopes))]);
        made.resource("keycloak_openid_client_optional_scopes", label, &from, optional);
    }
}
