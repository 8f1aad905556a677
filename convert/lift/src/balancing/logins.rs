//! What a rule asks of its callers before it does anything: a login, or a token. The
//! platform's gateway asks the same by `auth` of the plconfig, of clients that are its own: whoever moves the people writes it.

use crate::field::Object;

/// Whether an action only asks callers who they are, and leaves the rest to the one behind it.
pub(super) fn is_login(action: Object<'_>) -> bool {
    matches!(action.peek("Type"), Some("authenticate-oidc" | "authenticate-cognito" | "jwt-validation"))
}

/// Whether people have to log in first.
pub(super) fn asks(actions: &[Object<'_>]) -> bool {
    actions.iter().any(|action| is_login(*action))
}

/// What an action in front of the last one asks of callers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Login {
    /// That they have logged in.
    People,
    /// Nothing: who has not logged in comes in as a stranger (`OnUnauthenticatedRequest` is `allow`).
    Anybody,
    /// A token that was signed.
    Token,
}

/// What the actions ask of callers, where [`asks`] says that they do.
fn login(actions: &[Object<'_>]) -> Login {
    let kinds = |kind: &str| actions.iter().any(|action| action.peek("Type") == Some(kind));
    let configs = ["AuthenticateOidcConfig", "AuthenticateCognitoConfig"];
    let mut asking = actions.iter().flat_map(|action| configs.iter().filter_map(|name| action.object(name))).peekable();
    if kinds("jwt-validation") {
        Login::Token
    } else if asking.peek().is_some() && asking.all(|config| config.peek("OnUnauthenticatedRequest") == Some("allow")) {
        Login::Anybody
    } else {
        Login::People
    }
}

/// The question about such a rule, `what`.
pub(super) fn question(what: &str, actions: &[Object<'_>]) -> String {
    match login(actions) {
        Login::Token => format!(
            "{what} lets only requests in with a token (JWT) that its issuer signed, which is not carried over: write `auth` into the \
             plconfig. Keep it closed until then, or does the app look at the token by itself (`open`)?"
        ),
        Login::Anybody => format!(
            "{what} lets everybody in, and tells the app who has logged in, which is not carried over: write `auth` into the plconfig, \
             which lets nobody in without. Keep it closed until then, or does the app do without (`open`)? The balancer's `X-Amzn-Oidc-*` headers are no sign of who comes any more: anybody can send \
             them then."
        ),
        Login::People => format!(
            "{what} lets only people in who have logged in, which is not carried over: write `auth` into the plconfig. Keep it closed \
             until then, or does the app look who comes by itself (`open`)? The balancer's `X-Amzn-Oidc-*` headers are no sign of it any more: anybody can send them \
             then."
        ),
    }
}
