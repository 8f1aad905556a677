//! SecurityPolicies: what the gateway asks of callers of a component.

use super::{callback, client, secret_name, servers};
use crate::auth_settings::{IdentityProvider, Issuer, REALM_SCOPES};
use crate::render::RenderError;
use crate::render::app::{Part, annotate};
use crate::render::custom::{
    Authorization, AuthorizationRule, CookieConfig, Custom, HttpRouteSpec, Jwt, JwtClaim, JwtPrincipal, JwtProvider,
    Oidc, OidcProvider, Principal, RemoteKeys, SecretName, SecurityPolicySpec, TargetRef,
};
use crate::render::routes::GROUP;
use caravan_convert_lift::plconfig::{Auth, AuthMode, Ingress};

/// The provider's name in the policy.
const PROVIDER: &str = "platform";
/// Before the routes, which are in the wave 0.
pub(super) const WAVE: &str = "-1";

/// Refuses a component that asks callers for what keeps nobody out.
pub(in crate::render) fn check(part: &Part<'_>) -> Result<(), RenderError> {
    let auth = part.component.ingress.as_ref().and_then(|ingress| ingress.auth.as_ref());
    let Some(auth) = auth.filter(|auth| auth.mode != AuthMode::Login) else { return Ok(()) };
    let of_the_realm = |scope: &&String| is_keycloak(part) && REALM_SCOPES.contains(&scope.as_str());
    match auth.scopes.iter().find(of_the_realm) {
        None => Ok(()),
        Some(scope) => {
            let problem = format!(
                "`{scope}` is a scope of every realm, and every token has it or can have it: it says nothing of this app; name one of \
                 its own, such as `{}:read`",
                part.app.config.app
            );
            Err(part.error("ingress.auth.scopes", problem))
        }
    }
}

fn is_keycloak(part: &Part<'_>) -> bool {
    part.app.platform.auth.provider == IdentityProvider::Keycloak
}

fn issuer(part: &Part<'_>) -> Option<Issuer> {
    part.app.platform.auth.issuer(part.app.environment)
}

/// The policy of those routes of a component on which callers are asked; none where it has none.
///
/// Where nobody says who callers are it lets nobody in: what a refusal would leave in Git may be open.
///
/// # Errors
/// As [`check`].
pub(in crate::render) fn policy(
    part: &Part<'_>,
    ingress: &Ingress,
    guarded: &[Custom<HttpRouteSpec>],
) -> Result<Option<Custom<SecurityPolicySpec>>, RenderError> {
    let Some(auth) = &ingress.auth else { return Ok(None) };
    check(part)?;
    if guarded.is_empty() {
        return Ok(None);
    }
    let target = |route: &Custom<HttpRouteSpec>| TargetRef {
        group: GROUP,
        kind: "HTTPRoute",
        name: route.metadata.name.clone().unwrap_or_default(),
    };
    let target_refs = guarded.iter().map(target).collect();
    let spec = match issuer(part) {
        Some(issuer) => asking(part, auth, issuer, target_refs),
        None => SecurityPolicySpec { target_refs, oidc: None, jwt: None, authorization: Some(only(Vec::new())) },
    };
    let mut metadata = part.metadata(&part.object);
    annotate(&mut metadata, "argocd.argoproj.io/sync-wave", WAVE);
    Ok(Some(Custom::security_policy(metadata, spec)))
}

/// What is asked of callers.
fn asking(part: &Part<'_>, auth: &Auth, issuer: Issuer, target_refs: Vec<TargetRef>) -> SecurityPolicySpec {
    let provider = JwtProvider {
        name: PROVIDER,
        issuer: issuer.issuer.clone(),
        audiences: vec![audience(part, auth)],
        remote_jwks: RemoteKeys { uri: issuer.keys.clone(), backend_refs: servers::keys(part.app) },
    };
    SecurityPolicySpec {
        target_refs,
        oidc: (auth.mode == AuthMode::Login).then(|| login(part, auth, issuer)),
        jwt: Some(Jwt { providers: vec![provider] }),
        authorization: authorization(part, auth),
    }
}

/// Whom tokens must be for.
fn audience(part: &Part<'_>, auth: &Auth) -> String {
    auth.audience.clone().unwrap_or_else(|| client(part.app))
}

/// The login. The gateway hands the access token on to the token's check behind it, in place of whatever the caller sent as
/// `Authorization`; the component gets it there too.
fn login(part: &Part<'_>, auth: &Auth, issuer: Issuer) -> Oidc {
    let [callback, logout] = callback(part);
    let backend_refs = servers::login(part.app, &issuer);
    let known = issuer.login;
    Oidc {
        provider: OidcProvider {
            issuer: issuer.issuer,
            authorization_endpoint: known.as_ref().map(|known| known.authorization.clone()),
            token_endpoint: known.as_ref().map(|known| known.token.clone()),
            end_session_endpoint: known.map(|known| known.end_session),
            backend_refs,
        },
        client_id: client(part.app),
        client_secret: SecretName { name: secret_name(part.app) },
        // Every host has its own: one policy serves them all.
        redirect_url: format!("%REQ(x-forwarded-proto)%://%REQ(:authority)%{callback}"),
        logout_path: logout,
        scopes: std::iter::once("openid".to_owned())
            .chain(auth.scopes.iter().filter(|scope| *scope != "openid").cloned())
            .collect(),
        forward_access_token: true,
        // A form of another site sends no session along.
        cookie_config: CookieConfig { same_site: "Lax" },
    }
}

/// Who is let in of those whose token is good; none where all of them are.
fn authorization(part: &Part<'_>, auth: &Auth) -> Option<Authorization> {
    if auth.groups.is_empty() && auth.scopes.is_empty() {
        return None;
    }
    let name = part.app.platform.auth.groups_claim.clone();
    let groups =
        (!auth.groups.is_empty()).then(|| JwtClaim { name, value_type: "StringArray", values: auth.groups.clone() });
    let jwt = JwtPrincipal { provider: PROVIDER, scopes: auth.scopes.clone(), claims: groups.into_iter().collect() };
    let rule = AuthorizationRule { name: "allowed", action: "Allow", principal: Principal { jwt } };
    Some(only(vec![rule]))
}

/// Nobody but whom these rules let in.
fn only(rules: Vec<AuthorizationRule>) -> Authorization {
    Authorization { default_action: "Deny", rules }
}
