//! Who says who callers are: `platform.auth` in `caravan.yaml`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// The longest name of a claim that the gateway compares (Envoy Gateway 1.9, SecurityPolicy, `claims.name`).
const CLAIM: usize = 253;
/// What stands for the name of the environment.
const ENVIRONMENT: &str = "{environment}";
/// Scopes that a realm has anyway (Keycloak, "Client scopes"): nobody can make one a second time, and each says something of people or
/// of sessions and nothing of an app. Those of every client by default come first: every token has them.
pub(crate) const REALM_SCOPES: [&str; 13] = [
    "openid",
    "acr",
    "basic",
    "email",
    "profile",
    "roles",
    "service_account",
    "web-origins",
    "address",
    "phone",
    "offline_access",
    "microprofile-jwt",
    "organization",
];
/// As many of them every client has by default.
pub(crate) const DEFAULT_SCOPES: usize = 8;

/// Who says who callers are. Without an issuer no app can ask anybody, and one that does is refused.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthSettings {
    /// What kind of provider it is.
    pub provider: IdentityProvider,
    /// The issuer of tokens, as it stands in them; `{environment}` in it stands for the environment's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Where the issuer's public keys are (JWKS): a URL; `{environment}` as in `issuer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<String>,
    /// The claim of a token that lists its holder's groups.
    pub groups_claim: String,
    /// The alias of the identity provider in the Keycloak realm through which the people of Entra ID come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broker: Option<String>,
    /// The tenant of Entra ID in which the groups are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
}

/// Kinds of providers.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum IdentityProvider {
    /// A realm of Keycloak: its clients come as Terraform.
    #[default]
    Keycloak,
    /// Another one that speaks OpenID Connect: its clients are made by hand.
    Other,
}

/// Who says who callers are in one environment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Issuer {
    pub(crate) issuer: String,
    /// Where its public keys are.
    pub(crate) keys: String,
    /// Who has them.
    pub(crate) keys_at: Server,
    /// Of a realm of Keycloak, where people log in; of another provider only its discovery document knows.
    pub(crate) login: Option<Login>,
}

/// Where people log in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Login {
    pub(crate) authorization: String,
    pub(crate) token: String,
    pub(crate) end_session: String,
    /// Who has them.
    pub(crate) at: Server,
}

/// Who is asked, as the host and port of a URL.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Server {
    pub(crate) host: String,
    pub(crate) port: u16,
}

/// A realm of Keycloak.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Realm {
    /// Where Keycloak is: the URL without the realm.
    pub(crate) url: String,
    pub(crate) name: String,
}

impl Default for AuthSettings {
    fn default() -> Self {
        Self {
            provider: IdentityProvider::default(),
            issuer: None,
            keys: None,
            groups_claim: "groups".to_owned(),
            broker: None,
            tenant: None,
        }
    }
}

impl AuthSettings {
    /// Checks what the types can't hold.
    ///
    /// # Errors
    /// For a person: what is wrong with which key.
    pub fn check(&self) -> Result<(), String> {
        let wrong = |key: &str, problem: &str| Err(format!("platform.auth.{key}: {problem}"));
        if let Some(url) = self.issuer.as_deref().filter(|url| !is_safe(url)) {
            return wrong(
                "issuer",
                &format!("`{url}` is no https:// URL by a name: whoever is on the way could say who callers are"),
            );
        }
        if let Some(url) = self.issuer.as_deref().filter(|url| url.contains(['?', '#'])) {
            return wrong("issuer", &format!("`{url}` has a query or a fragment, which no issuer has"));
        }
        if let Some(url) = self.keys.as_deref().filter(|url| !is_safe(url)) {
            return wrong(
                "keys",
                &format!("`{url}` is no https:// URL by a name: whoever is on the way could sign tokens"),
            );
        }
        match (&self.issuer, self.provider) {
            (Some(issuer), IdentityProvider::Keycloak) if realm(issuer).is_none() => wrong(
                "issuer",
                &format!(
                    "`{issuer}` is no realm of Keycloak, such as https://id.example.com/realms/company; is it another `provider`?"
                ),
            ),
            (Some(_), IdentityProvider::Other) if self.keys.is_none() => wrong(
                "keys",
                "is missing: of a provider that is not Keycloak nobody knows where its keys are (`jwks_uri` of its discovery document)",
            ),
            (None, _) if self.keys.is_some() => wrong("issuer", "is missing beside `keys`"),
            _ if self.groups_claim.trim().is_empty() => wrong("groups_claim", "is empty"),
            _ if self.groups_claim.chars().count() > CLAIM => {
                wrong("groups_claim", "has more than 253 characters, which the gateway does not compare")
            }
            _ if self.groups_claim.contains("://") && self.groups_claim.contains('.') => wrong(
                "groups_claim",
                &format!(
                    "`{}` is read as a claim within claims, parted by its dots, so that nobody would be let in: have the provider write \
                     the groups into a claim without dots",
                    self.groups_claim
                ),
            ),
            _ => Ok(()),
        }
    }

    /// Who says who callers are in an environment; none where nobody is told, or by a URL that no gateway asks.
    pub(crate) fn issuer(&self, environment: &str) -> Option<Issuer> {
        let issuer = self.issuer.as_ref()?.replace(ENVIRONMENT, environment);
        // Keycloak, "Securing applications": the endpoints of a realm.
        let endpoint = |name: &str| format!("{issuer}/protocol/openid-connect/{name}");
        let keys = match (&self.keys, self.provider) {
            (Some(keys), _) => keys.replace(ENVIRONMENT, environment),
            (None, IdentityProvider::Keycloak) => endpoint("certs"),
            (None, IdentityProvider::Other) => return None,
        };
        let at = server(&issuer)?;
        let login = (self.provider == IdentityProvider::Keycloak).then(|| Login {
            authorization: endpoint("auth"),
            token: endpoint("token"),
            end_session: endpoint("logout"),
            at,
        });
        Some(Issuer { keys_at: server(&keys)?, keys, login, issuer })
    }

    /// The realm of Keycloak in an environment; none where it is another provider, or nobody is told.
    pub(crate) fn realm(&self, environment: &str) -> Option<Realm> {
        let issuer = self.issuer.as_ref().filter(|_| self.provider == IdentityProvider::Keycloak)?;
        realm(&issuer.replace(ENVIRONMENT, environment))
    }
}

/// The realm that an issuer of Keycloak is: `<url>/realms/<name>`.
fn realm(issuer: &str) -> Option<Realm> {
    let (url, name) = issuer.rsplit_once("/realms/")?;
    let legal = !name.is_empty() && !name.contains('/');
    legal.then(|| Realm { url: url.to_owned(), name: name.to_owned() })
}

/// Whether nobody on the way can change what is read there, in any environment.
fn is_safe(url: &str) -> bool {
    server(&url.replace(ENVIRONMENT, "environment")).is_some()
}

/// Who is asked at a URL: over TLS, so that nobody on the way can change what is read, and by a name: Envoy Gateway asks no provider
/// by its address (1.9, `validateTokenEndpoint`), and lets nobody in where it is told one.
fn server(url: &str) -> Option<Server> {
    let rest = url.strip_prefix("https://").filter(|_| url.bytes().all(|byte| byte.is_ascii_graphic()))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = match authority.split_once(':') {
        None => (authority, 443),
        Some((host, port)) => (host, port.parse().ok().filter(|port| *port > 0)?),
    };
    let is_label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_name = host.parse::<IpAddr>().is_err() && host.split('.').all(is_label);
    is_name.then(|| Server { host: host.to_ascii_lowercase(), port })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> AuthSettings {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_realm_says_where_its_keys_are() {
        let auth = settings(r#"{"issuer": "https://id.example.com/auth/realms/{environment}"}"#);
        assert_eq!(auth.check(), Ok(()));
        let prod = auth.issuer("prod").unwrap();
        assert_eq!(prod.issuer, "https://id.example.com/auth/realms/prod");
        assert_eq!(prod.keys, "https://id.example.com/auth/realms/prod/protocol/openid-connect/certs");
        assert_eq!(prod.keys_at, Server { host: "id.example.com".to_owned(), port: 443 });
        let login = prod.login.unwrap();
        assert_eq!(login.token, "https://id.example.com/auth/realms/prod/protocol/openid-connect/token");
        assert_eq!(login.at, prod.keys_at);
        let realm = auth.realm("prod").unwrap();
        assert_eq!((realm.url.as_str(), realm.name.as_str()), ("https://id.example.com/auth", "prod"));
        let other =
            settings(r#"{"provider": "other", "issuer": "https://a.example", "keys": "https://a.example/keys"}"#);
        assert_eq!((other.check(), other.realm("prod")), (Ok(()), None));
        let other = other.issuer("prod").unwrap();
        assert_eq!((other.keys.as_str(), other.login), ("https://a.example/keys", None));
        let apart =
            settings(r#"{"issuer": "https://id-{environment}.example:8443/realms/a", "keys": "https://K.example/a"}"#);
        assert_eq!(apart.check(), Ok(()));
        let apart = apart.issuer("prod").unwrap();
        assert_eq!(apart.login.unwrap().at, Server { host: "id-prod.example".to_owned(), port: 8443 });
        assert_eq!(apart.keys_at, Server { host: "k.example".to_owned(), port: 443 });
        assert_eq!(AuthSettings::default().issuer("prod"), None);
    }

    #[test]
    fn settings_by_which_others_could_say_who_comes_are_errors() {
        for (text, wanted) in [
            (r#"{"issuer": "http://id.example.com/realms/a"}"#, "platform.auth.issuer: "),
            (
                r#"{"issuer": "http://localhost:8080/realms/a"}"#,
                "platform.auth.issuer: `http://localhost:8080/realms/a` is no https:// URL by a name",
            ),
            (r#"{"issuer": "https://a/realms/b", "keys": "http://localhost/k"}"#, "platform.auth.keys: "),
            (r#"{"issuer": "http://localhost.example.com/realms/a"}"#, "platform.auth.issuer: "),
            (r#"{"issuer": "https://id@example.com/realms/a"}"#, "platform.auth.issuer: "),
            (r#"{"issuer": "https://10.0.0.7:8443/realms/a"}"#, "platform.auth.issuer: "),
            (r#"{"issuer": "https://[::1]/realms/a"}"#, "platform.auth.issuer: "),
            (r#"{"issuer": "https://id.example.com:x/realms/a"}"#, "platform.auth.issuer: "),
            (r#"{"issuer": "https://id_1.example.com/realms/a"}"#, "platform.auth.issuer: "),
            (r#"{"issuer": "https://id.example.com/realms/a?b"}"#, "platform.auth.issuer: "),
            (r#"{"issuer": "https://id.example.com"}"#, "platform.auth.issuer: `https://id.example.com` is no realm"),
            (r#"{"issuer": "https://id.example.com/realms/a/"}"#, "platform.auth.issuer: "),
            (r#"{"provider": "other", "issuer": "https://a.example"}"#, "platform.auth.keys: is missing"),
            (r#"{"issuer": "https://a/realms/b", "keys": "http://a/k"}"#, "platform.auth.keys: `http://a/k`"),
            (r#"{"keys": "https://a/k"}"#, "platform.auth.issuer: is missing"),
            (r#"{"issuer": "https://a/realms/b", "groups_claim": " "}"#, "platform.auth.groups_claim: is empty"),
            (
                r#"{"issuer": "https://a/realms/b", "groups_claim": "https://x.example/groups"}"#,
                "platform.auth.groups_claim: `https://x.example/groups` is read as a claim within claims",
            ),
        ] {
            let said = settings(text).check().unwrap_err();
            assert!(said.starts_with(wanted), "{text}: {said}");
        }
        assert_eq!(settings(r#"{"issuer": "https://localhost:8443/realms/a"}"#).check(), Ok(()));
        let claim = |claim: &str| AuthSettings { groups_claim: claim.to_owned(), ..AuthSettings::default() }.check();
        assert_eq!((claim("realm_access.roles"), claim(&"g".repeat(253))), (Ok(()), Ok(())));
        assert!(claim(&"g".repeat(254)).unwrap_err().contains("253"));
    }
}
