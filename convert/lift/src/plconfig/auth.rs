//! Who may come in: what the gateway asks of callers before the component is reached.

use super::checked::{Checked, ensure};
use super::syntax::is_path;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most groups that one rule of the gateway compares, and the most scopes (Envoy Gateway 1.9, SecurityPolicy).
const GROUPS: usize = 128;
const SCOPES: usize = 16;
/// The longest name of a group in Entra ID, and the longest that is taken of an audience.
const NAME: usize = 256;
/// The longest scope that the gateway compares (Envoy Gateway 1.9, SecurityPolicy).
const SCOPE: usize = 253;

/// Who may come in. What is asked, the gateway asks: a request that does not have it never reaches the component.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Auth {
    /// How a caller proves who they are.
    pub mode: AuthMode,
    /// Who is let in: whoever is in one of these groups; none is everybody who has proven who they are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// What the caller's token must allow: all of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// Whom a token of `bearer` or `service` must be meant for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// Paths that stay open to everybody: `/webhooks` is a prefix by path elements, `=/status` exact.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub public: Vec<String>,
}

/// How a caller proves who they are.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AuthMode {
    /// A person logs in with a browser.
    #[default]
    Login,
    /// The request has a token of a person or a program in `Authorization: Bearer`.
    Bearer,
    /// As `bearer`, for programs alone: what a caller may do is told by the scopes that it was given, so that at least one must be
    /// asked for.
    Service,
}

/// What `auth` must be besides the kinds of its values.
pub(super) fn check(at: &str, auth: &Auth) -> Checked {
    let place = |field: &str| format!("{at}.{field}");
    let (login, service) = (auth.mode == AuthMode::Login, auth.mode == AuthMode::Service);
    ensure(auth.groups.len() <= GROUPS, &place("groups"), "are more than 128, which the gateway does not compare")?;
    ensure(auth.scopes.len() <= SCOPES, &place("scopes"), "are more than 16, which the gateway does not compare")?;
    for group in &auth.groups {
        let legal = is_name(group) && group.trim() == group;
        ensure(legal, &place("groups"), &format!("`{group}` is no name of a group"))?;
    }
    for scope in &auth.scopes {
        ensure(is_word(scope, SCOPE), &place("scopes"), &format!("`{scope}` is no scope: one word without quotes"))?;
    }
    if let Some(audience) = &auth.audience {
        ensure(
            !login,
            &place("audience"),
            "has no effect with `mode: login`: its tokens are for the app's own client",
        )?;
        ensure(
            is_word(audience, NAME),
            &place("audience"),
            &format!("`{audience}` is no audience: one word without quotes"),
        )?;
    }
    let people = !service || auth.groups.is_empty();
    ensure(people, &place("groups"), "has no effect with `mode: service`: groups are of people; say `scopes`")?;
    let told = !service || !auth.scopes.is_empty();
    ensure(told, &place("scopes"), "must be there with `mode: service`: nothing else tells who may come in")?;
    auth.public.iter().try_for_each(|path| public(&place("public"), path))
}

/// A path that stays open is one that can be told from all others.
fn public(at: &str, path: &str) -> Checked {
    let plain = path.strip_prefix('=').unwrap_or(path);
    ensure(is_path(plain), at, &format!("`{path}` is neither `/prefix` nor `=/exact`"))?;
    let all = path.trim_end_matches('/').is_empty();
    ensure(!all, at, &format!("`{path}` is every path: to let everybody in, leave `auth` out"))
}

fn is_name(text: &str) -> bool {
    (1..=NAME).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

/// One word as a token lists them: printable ASCII without blanks, quotes and backslashes (RFC 6749, section 3.3).
fn is_word(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> Result<(), String> {
        let auth: Auth = serde_json::from_str(text).map_err(|error| error.to_string())?;
        check("auth", &auth).map_err(|error| error.to_string())
    }

    #[test]
    fn what_can_be_asked_of_callers() {
        for text in [
            r#"{"mode": "login"}"#,
            r#"{"mode": "login", "groups": ["Shop users"], "scopes": ["email"], "public": ["/hooks", "=/status"]}"#,
            r#"{"mode": "bearer", "groups": ["staff"], "audience": "https://orders.example.com"}"#,
            r#"{"mode": "service", "scopes": ["orders:read"], "audience": "orders"}"#,
        ] {
            assert_eq!(checked(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_would_let_others_in_than_was_meant_is_an_error_that_names_the_field() {
        for (text, wanted) in [
            (r#"{"mode": "login", "audience": "x"}"#, "auth.audience: has no effect"),
            (r#"{"mode": "service"}"#, "auth.scopes: must be there"),
            (r#"{"mode": "service", "scopes": ["a"], "groups": ["b"]}"#, "auth.groups: has no effect"),
            (r#"{"groups": [""]}"#, "auth.groups: `` is no name"),
            (r#"{"groups": [" staff"]}"#, "auth.groups: ` staff` is no name"),
            (r#"{"scopes": ["a b"]}"#, "auth.scopes: `a b` is no scope"),
            (r#"{"public": ["/"]}"#, "auth.public: `/` is every path"),
            (r#"{"public": ["~/a.*"]}"#, "auth.public: `~/a.*` is neither"),
            (r#"{"public": ["/a/../b"]}"#, "auth.public: `/a/../b` is neither"),
        ] {
            let said = checked(text).unwrap_err();
            assert!(said.starts_with(wanted), "{text}: {said}");
        }
        let scope = |length: usize| checked(&format!("{{\"scopes\": [\"{}\"]}}", "s".repeat(length)));
        assert_eq!(scope(253), Ok(()));
        assert!(scope(254).unwrap_err().contains("is no scope"));
        let many: Vec<String> = (0..129).map(|at| format!("\"g{at}\"")).collect();
        assert!(checked(&format!("{{\"groups\": [{}]}}", many.join(","))).unwrap_err().contains("128"));
    }
}
