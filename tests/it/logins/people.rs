//! People who log in with a browser.

use super::scene::answer;
use super::tokens::Caller;
use super::{DESK, ID};
use crate::cases::say;
use caravan_tests_testbed::Browser;

pub(super) fn log_in(browser: &Browser) {
    let desk = format!("https://{DESK}/");
    let login = format!("https://{ID}/realms/company/protocol/openid-connect/auth");
    let page = browser.open(&format!("{desk}reports?year=2026"));
    assert!(page.url.starts_with(&login), "{page:?}");
    let page = browser.submit(&[("username", "ada"), ("password", "of-ada")]);
    assert_eq!((page.status, page.url.as_str()), (200, format!("{desk}reports?year=2026").as_str()), "{page:?}");
    assert_eq!(page.text, r#"the app, /reports?year=2026, with a token of ["shop-users"]"#);
    assert_eq!(browser.open(&desk).text, r#"the app, /, with a token of ["shop-users"]"#);
    // What the caller says of itself beside the session does not reach the app.
    let session = browser.cookies();
    for other in ["Bearer x.y.z", "Basic YWRhOmFkYQ=="] {
        let said = answer(DESK, "/", &Caller::Session(&session, other));
        assert_eq!(said, (200, r#"the app, /, with a token of ["shop-users"]"#.to_owned()), "{other}");
    }
    // Logged out, the session is over here and at the provider: whoever comes again has to log in.
    let page = browser.open(&format!("{desk}.auth/desk/logout"));
    assert!(page.url.starts_with(&login), "{page:?}");
    let page = browser.open(&desk);
    assert!(page.url.starts_with(&login), "{page:?}");
    // Whoever is not in the group is known, and kept out.
    browser.forget();
    let page = browser.open(&desk);
    assert!(page.url.starts_with(&login), "{page:?}");
    let page = browser.submit(&[("username", "bob"), ("password", "of-bob")]);
    assert_eq!((page.status, page.url.as_str()), (403, desk.as_str()), "{page:?}");
    let page = browser.open(&format!("{desk}webhooks"));
    assert_eq!((page.status, page.text.as_str()), (200, "the app, /webhooks, without a token"));
    say("logins: in with the group, 403 without it, out by the logout, all in a browser");
}
