//! Whoever comes without a browser: nobody in particular, and programs with tokens.

use super::scene::{answer, answered, status};
use super::tokens::{self, Caller, Issuer};
use super::{API, AUDIENCE, DESK, ORDERS};
use crate::cases::say;
use std::time::Duration;

/// How long a token may be over and still be taken: Envoy's own default (`clock_skew_seconds`), and a moment more.
const SKEW: Duration = Duration::from_secs(63);

pub(super) fn public_paths_are_open_and_nothing_beside_them(issuer: &Issuer<'_>) {
    let mut asked = 0;
    for (path, wanted) in [
        ("/webhooks", 200),
        ("/webhooks/of/somebody", 200),
        ("/status", 200),
        ("/", 302),
        ("/webhooksx", 302),
        ("/status/x", 302),
        ("/webhooks/../private", 302),
        ("/webhooks/%2e%2e/private", 302),
        ("/x/../webhooks", 200),
        ("/Webhooks", 302),
    ] {
        assert_eq!(status(DESK, path, &Caller::Nobody), wanted, "{path}");
        asked += 1;
    }
    for path in ["/webhooks/..%2fprivate", "/webhooks/..;/private", "//private", "/webhooks/..\\private"] {
        let (status, text) = answer(DESK, path, &Caller::Nobody);
        let private = text.contains("private") && status == 200 && !text.contains("/webhooks");
        assert!(!private, "{path}: {status} {text}");
        asked += 1;
    }
    // A token is no session, and neither is a cookie that anybody made up.
    let of_ada = issuer.token("cli", Some(("ada", "of-ada")), AUDIENCE).unwrap();
    let made_up = "AccessToken=x; IdToken=y; OauthHMAC=z; OauthExpires=9999999999";
    for caller in [Caller::Token(&of_ada), Caller::Session(made_up, "Bearer x.y.z")] {
        assert_eq!(status(DESK, "/", &caller), 302);
        asked += 1;
    }
    say(&format!("logins: {asked} requests around public paths, none that leads elsewhere"));
}

pub(super) fn bearers(issuer: &Issuer<'_>) {
    let of = |person: (&str, &str), scope: &str| issuer.token("cli", Some(person), scope).unwrap();
    let ada = of(("ada", "of-ada"), AUDIENCE);
    let short = issuer.token("short", Some(("ada", "of-ada")), AUDIENCE).unwrap();
    let guest = issuer.of_realm("guests", "cli", Some(("ada", "of-ada")), AUDIENCE).unwrap();
    let (said, of_guest) = (tokens::claims(&ada), tokens::claims(&guest));
    assert_eq!((&said["aud"], &said["groups"]), (&of_guest["aud"], &of_guest["groups"]));
    assert_ne!(said["iss"], of_guest["iss"]);
    answered(API, "/", &Caller::Token(&ada), 200);
    for (what, caller, wanted) in [
        ("nobody", Caller::Nobody, 401),
        ("in the group", Caller::Token(&ada), 200),
        ("not in the group", Caller::Token(&of(("bob", "of-bob"), AUDIENCE)), 403),
        ("for another audience", Caller::Token(&of(("ada", "of-ada"), "orders:read")), 403),
        ("of another issuer", Caller::Token(&guest), 401),
        ("no token", Caller::Token("x.y.z"), 401),
        ("another holder by the same signature", Caller::Token(&tokens::forged(&ada)), 401),
        ("for one second, and still good", Caller::Token(&short), 200),
    ] {
        assert_eq!(status(API, "/", &caller), wanted, "{what}");
    }
    std::thread::sleep(SKEW);
    assert_eq!(status(API, "/", &Caller::Token(&short)), 401, "expired");
    assert_eq!(status(API, "/", &Caller::Token(&ada)), 200);
    say(
        "logins: bearer tokens: of another audience, issuer, holder or time, forged ones and those of a stranger are refused",
    );
}

pub(super) fn services(issuer: &Issuer<'_>) {
    let caller = issuer.token("caller", None, "orders:read").unwrap();
    answered(ORDERS, "/", &Caller::Token(&caller), 200);
    assert_eq!(status(ORDERS, "/", &Caller::Nobody), 401);
    // The client of another service has the audience and not the scope.
    let stranger = issuer.token("stranger", None, "orders:other").unwrap();
    assert_eq!(status(ORDERS, "/", &Caller::Token(&stranger)), 403);
    // It is not even given what it was not allowed.
    assert!(issuer.token("stranger", None, "orders:read").is_none());
    let plain = issuer.token("caller", None, "").unwrap();
    assert_eq!(status(ORDERS, "/", &Caller::Token(&plain)), 403, "without the scope it is for nobody");
    say("logins: service tokens: in with the scope, kept out without it");
}
