//! The rows of what the gateway asks of callers.

use crate::render::trace::field::Field::{self, App, Component, Environment, Setting};
use crate::render::trace::row::From::{All, Rule};
use crate::render::trace::row::{Row, row};

const ISSUER: &str = "who says who callers are";
const BY_NAME: &str = "the provider has to answer by its own name";
const PROVIDER: &[Field] =
    &[App("app"), Setting("auth/keys"), Setting("auth/issuer"), Setting("auth/provider"), Environment];

/// Of the Backend by which the gateway asks the provider.
pub(super) const PROVIDER_BACKEND: &[Row] = &[
    row("", "provider-by-name", BY_NAME, All(PROVIDER)),
    row("/metadata/annotations/argocd.argoproj.io~1sync-wave", "auth-first", "it is there before it is asked", Rule),
];

pub(super) const SECURITY_POLICY: &[Row] = &[
    row("", "auth", "who may come in", All(&[Component("ingress/auth"), Component("ingress"), Setting("auth")])),
    row(
        "/metadata/annotations/argocd.argoproj.io~1sync-wave",
        "auth-first",
        "callers are asked before there is a route",
        Rule,
    ),
    row(
        "/spec/targetRefs",
        "guarded",
        "the routes of the component but for its public ones",
        All(&[App("app"), Component(""), App("hosts"), App("internal_hosts")]),
    ),
    row(
        "/spec/oidc",
        "login",
        "people log in",
        All(&[Component("ingress/auth"), Setting("auth/issuer"), Setting("auth/provider")]),
    ),
    row(
        "/spec/oidc/provider",
        "sign-in-at",
        "where a realm logs people in and out",
        All(&[Setting("auth/issuer"), Setting("auth/provider"), Environment]),
    ),
    row("/spec/oidc/provider/backendRefs", "provider-by-name", BY_NAME, All(PROVIDER)),
    row("/spec/oidc/provider/issuer", "issuer-of-tokens", ISSUER, All(&[Setting("auth/issuer"), Environment])),
    row(
        "/spec/oidc/clientID",
        "client",
        "the app's client: of team, app and environment",
        All(&[App("team"), App("app"), Environment]),
    ),
    row("/spec/oidc/clientSecret", "client-secret", "by reference", All(&[App("app")])),
    row(
        "/spec/oidc/redirectURL",
        "sign-in",
        "where the provider sends people back: on the host that they came to",
        All(&[App("app"), Component("")]),
    ),
    row("/spec/oidc/logoutPath", "sign-out", "what ends the session", All(&[App("app"), Component("")])),
    row("/spec/oidc/scopes", "scopes", "what the login asks for", All(&[Component("ingress/auth/scopes")])),
    row("/spec/oidc/forwardAccessToken", "token", "the token is checked behind the login, too", Rule),
    row("/spec/oidc/cookieConfig", "cookie", "a form of another site sends no session along", Rule),
    row("/spec/jwt", "tokens", "which tokens are good", Rule),
    row("/spec/jwt/providers/*/issuer", "issuer-of-tokens", ISSUER, All(&[Setting("auth/issuer"), Environment])),
    row(
        "/spec/jwt/providers/*/audiences",
        "audience",
        "whom tokens must be for; the app's client where nothing is said",
        All(&[Component("ingress/auth"), App("team"), App("app"), Environment]),
    ),
    row(
        "/spec/jwt/providers/*/remoteJWKS",
        "keys",
        "the public keys of the issuer",
        All(&[Setting("auth/keys"), Setting("auth/issuer"), Setting("auth/provider"), Environment]),
    ),
    row("/spec/jwt/providers/*/remoteJWKS/backendRefs", "provider-by-name", BY_NAME, All(PROVIDER)),
    row(
        "/spec/authorization",
        "allowed",
        "who is let in of those who have proven who they are",
        All(&[Component("ingress/auth")]),
    ),
    row(
        "/spec/authorization/rules/*/principal/jwt/claims/*/name",
        "groups-claim",
        "the claim that lists groups",
        All(&[Setting("auth/groups_claim")]),
    ),
];
