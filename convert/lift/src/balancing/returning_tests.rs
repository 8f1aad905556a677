//! Redirects that would lead back to where they stand once a listener's rules are on the gateway.

use super::contested_tests::{Front, answer, at, fronts, host, ids, lifted, mapped, ours, under};
use crate::fixture::Fixture;
use crate::plconfig::{Ingress, Redirect};
use caravan_inventory::ObservationKind;
use serde_json::{Value, json};

const DESK: &str = "desk.ferry.example";
const QUAY: &str = "quay.ferry.example";

fn path(path: &str) -> Value {
    json!([{"Field": "path-pattern", "Values": [path]}])
}

/// A redirect with these parts.
fn redirect(parts: &Value) -> Value {
    let mut config = json!({"StatusCode": "HTTP_301"});
    config.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
    json!({"Type": "redirect", "RedirectConfig": config})
}

fn to_https() -> Value {
    redirect(&json!({"Protocol": "HTTPS", "Port": "443", "Host": "#{host}", "Path": "/#{path}", "Query": "#{query}"}))
}

/// The redirects of the routes, each with its hosts.
fn redirects(ingress: &Ingress) -> Vec<(Vec<String>, Redirect)> {
    ingress.routes.iter().filter_map(|route| Some((route.hosts.clone(), route.redirect.clone()?))).collect()
}

/// No route sends its callers to the address that they asked for, be it by plain HTTP, which the platform sends to TLS.
fn nothing_returns(ingress: &Ingress) {
    for (hosts, redirect) in redirects(ingress) {
        let stays = redirect.host.as_ref().is_none_or(|to| hosts.contains(to));
        assert!(!stays || redirect.path.is_some(), "{hosts:?}: {redirect:?}");
        assert!(redirect.port.is_none_or(|port| port == 443), "{hosts:?}: {redirect:?}");
    }
}

fn plain(rules: Vec<(Value, Value)>, default: Value) -> Fixture {
    fronts(&[Front("alder", 80, rules, default)], &[(DESK, "alder")])
}

#[test]
fn a_redirect_to_https_of_a_plain_listener_is_no_redirect_to_itself_on_the_gateway() {
    for (protocol, port) in [("HTTPS", "443"), ("https", "443"), ("HTTPS", "#{port}"), ("#{protocol}", "443")] {
        let parts =
            json!({"Protocol": protocol, "Port": port, "Host": "#{host}", "Path": "/#{path}", "Query": "#{query}"});
        let fixture = || {
            let rules = vec![(under(DESK, "/staff/*"), redirect(&parts)), (host(DESK), ours())];
            plain(rules, answer(404)).answered(&[("plain-http/ecs/test/it/alder:80", "to-443")])
        };
        let (ingress, questions) = lifted(&fixture());
        nothing_returns(&ingress);
        assert!(redirects(&ingress).is_empty(), "{ingress:?}");
        assert_eq!(ids(&questions), ["in-front/alder:80/1"], "{protocol} {port}");
        assert!(questions[0].1.contains("endless loop") && questions[0].1.contains("/staff/*"), "{}", questions[0].1);
        assert_eq!(at(&ingress, DESK), [("~/staff/.*".to_owned(), Some(404)), (String::new(), None)]);
        let id = "in-front/ecs/test/it/alder:80/1";
        let (ingress, questions) = lifted(&fixture().answered(&[(id, "closed")]));
        assert!(questions.is_empty(), "{questions:?}");
        assert_eq!(at(&ingress, DESK).len(), 2, "{ingress:?}");
        let (ingress, questions) = lifted(&fixture().answered(&[(id, "without-rule")]));
        assert!(questions.is_empty(), "{questions:?}");
        assert_eq!(at(&ingress, DESK), [(String::new(), None)], "{ingress:?}");
    }
}

/// A default action, and a rule for every host, are redirects of every host that leads to the listener.
#[test]
fn whatever_its_conditions_a_redirect_to_https_stays_off_the_gateway() {
    let all = |action: Value| (path("/*"), action);
    for (rules, default) in [
        (vec![(under(DESK, "/up"), ours())], to_https()),
        (vec![(under(DESK, "/up"), ours()), all(to_https())], answer(404)),
        (vec![(host(QUAY), to_https()), (json!([]), ours())], ours()),
    ] {
        // Beside nothing, and as a listener on a port of its own that is moved to the gateway's.
        for port in [80, 8080] {
            let fixture = fronts(&[Front("alder", port, rules.clone(), default.clone())], &[(DESK, "alder")]);
            let fixture = fixture.changed(ObservationKind::Listener, |body| body["Protocol"] = json!("HTTP"));
            let answers =
                [("plain-http/ecs/test/it/alder:80", "to-443"), ("listener-port/ecs/test/it/alder:8080", "to-443")];
            let (ingress, questions) = lifted(&fixture.answered(&answers));
            nothing_returns(&ingress);
            assert!(redirects(&ingress).is_empty(), "{ingress:?}");
            assert!(!at(&ingress, DESK).is_empty(), "{ingress:?}");
            assert!(ids(&questions).iter().all(|id| id.starts_with("in-front/")), "{questions:?}");
            assert_eq!(questions.len(), 1, "{questions:?}");
        }
    }
}

#[test]
fn of_several_hosts_only_that_is_closed_to_which_a_redirect_leads() {
    let both =
        json!([{"Field": "host-header", "Values": [DESK, QUAY]}, {"Field": "path-pattern", "Values": ["/old/*"]}]);
    for port in [80, 443] {
        let to = redirect(&json!({"Protocol": "HTTPS", "Port": "443", "Host": DESK}));
        let rules = vec![(both.clone(), to), (host(DESK), ours()), (host(QUAY), ours())];
        let fixture = fronts(&[Front("alder", port, rules, answer(404))], &[]);
        let fixture = fixture.answered(&[("plain-http/ecs/test/it/alder:80", "to-443")]);
        let (ingress, questions) = lifted(&fixture);
        nothing_returns(&ingress);
        assert_eq!(redirects(&ingress).iter().map(|one| one.0.clone()).collect::<Vec<_>>(), [[QUAY]], "{ingress:?}");
        assert_eq!(at(&ingress, DESK)[0], ("~/old/.*".to_owned(), Some(404)), "{ingress:?}");
        assert_eq!(ids(&questions), [format!("in-front/alder:{port}/1")]);
        assert!(questions[0].1.contains(&format!("at `{DESK}`")), "{}", questions[0].1);
        // What is closed at one of its hosts is not called exact.
        mapped(&fixture, |_, mut tracker| {
            let ledger = crate::walk::ledger(&mut tracker);
            let of_redirect = ledger.entries().filter(|entry| entry.path.contains("RedirectConfig"));
            let verdicts: Vec<String> = of_redirect.map(|entry| format!("{:?}", entry.verdict)).collect();
            assert!(!verdicts.is_empty() && !verdicts.contains(&"Exact".to_owned()), "{verdicts:?}");
        });
    }
}

#[test]
fn a_redirect_to_a_path_that_its_own_rule_takes_is_a_loop_and_to_another_rules_is_none() {
    let to = |path: &str| redirect(&json!({"Path": path}));
    let all = || (host(DESK), to("/app/"));
    for (rules, asked) in [
        // The usual way in: what the redirect leads to is another rule's, in front of it.
        (vec![(under(DESK, "/app/*"), ours()), all()], false),
        (vec![(under(DESK, "/"), to("/app/")), (host(DESK), ours())], false),
        (vec![(under(DESK, "/app"), to("/app/")), (host(DESK), ours())], false),
        (vec![(under(DESK, "/old/*"), to("/old/gone.html")), (host(DESK), ours())], true),
        (vec![(under(DESK, "/app?"), to("/app/")), (host(DESK), ours())], true),
        // Behind a rule that takes only some of the requests.
        (vec![(under(DESK, "/app/x"), ours()), all()], true),
    ] {
        let (ingress, questions) = lifted(&fronts(&[Front("alder", 443, rules.clone(), answer(404))], &[]));
        assert_eq!(redirects(&ingress).is_empty(), asked, "{rules:?}: {ingress:?}");
        assert_eq!(questions.len(), usize::from(asked), "{rules:?}: {questions:?}");
        assert!(ids(&questions).iter().all(|id| id.starts_with("in-front/")), "{questions:?}");
    }
}

/// The platform sends plain HTTP back to TLS, which a load balancer with a listener for each did not.
#[test]
fn a_redirect_back_to_plain_http_is_a_loop_too() {
    for parts in [json!({"Protocol": "HTTP", "Port": "80"}), json!({"Protocol": "HTTP", "Port": "80", "Host": DESK})] {
        let rules = vec![(under(DESK, "/feed/*"), redirect(&parts)), (host(DESK), ours())];
        let (ingress, questions) = lifted(&fronts(&[Front("alder", 443, rules, answer(404))], &[]));
        assert!(redirects(&ingress).is_empty(), "{ingress:?}");
        assert_eq!(ids(&questions), ["in-front/alder:443/1"]);
    }
    // To a name that is somewhere else it is none.
    let parts = json!({"Protocol": "HTTP", "Port": "8080", "Host": "museum.example.org"});
    let rules = vec![(under(DESK, "/feed/*"), redirect(&parts)), (host(DESK), ours())];
    let (ingress, questions) = lifted(&fronts(&[Front("alder", 443, rules, answer(404))], &[]));
    assert_eq!(redirects(&ingress)[0].1.port, Some(8080), "{ingress:?}");
    assert!(questions.is_empty(), "{questions:?}");
}

#[test]
fn a_redirect_to_a_port_that_only_the_balancer_had_is_asked_about_and_closed() {
    for to in [json!({"Port": "8443"}), json!({"Protocol": "HTTPS", "Port": "8443", "Host": QUAY})] {
        let rules = vec![(under(DESK, "/admin/*"), redirect(&to)), (host(DESK), ours()), (host(QUAY), ours())];
        let (ingress, questions) = lifted(&fronts(&[Front("alder", 443, rules, answer(404))], &[]));
        assert!(redirects(&ingress).is_empty(), "{ingress:?}");
        assert_eq!(ids(&questions), ["in-front/alder:443/1"]);
        assert!(questions[0].1.contains("8443"), "{}", questions[0].1);
        assert_eq!(at(&ingress, DESK)[0], ("~/admin/.*".to_owned(), Some(404)), "{ingress:?}");
    }
    // What a listener says of its own port is "as it was asked", and follows the listener.
    let own = redirect(&json!({"Protocol": "HTTPS", "Port": "8443", "Path": "/new/"}));
    let rules = vec![(under(DESK, "/old"), own), (host(DESK), ours())];
    let fixture = fronts(&[Front("alder", 8443, rules, answer(404))], &[(DESK, "alder")]);
    let (ingress, questions) = lifted(&fixture.answered(&[("listener-port/ecs/test/it/alder:8443", "to-443")]));
    assert!(questions.is_empty(), "{questions:?}");
    assert_eq!(redirects(&ingress)[0].1.port, None, "{ingress:?}");
}

/// A host of the app by another load balancer has no port of that one's either.
#[test]
fn a_redirect_to_a_port_of_another_balancer_of_the_app_is_asked_about_and_closed() {
    for (to, is_asked) in [(DESK, true), (QUAY, true), ("museum.example.org", false)] {
        let away = redirect(&json!({"Protocol": "HTTPS", "Port": "8443", "Host": to}));
        let alder = Front(
            "alder",
            443,
            vec![(host("old.ferry.example"), away), (host("x.ferry.example"), ours())],
            answer(404),
        );
        let birch = Front("birch", 443, vec![(host(DESK), ours()), (host("*.ferry.example"), ours())], answer(404));
        let records = [("old.ferry.example", "alder"), ("x.ferry.example", "alder"), (DESK, "birch"), (QUAY, "birch")];
        let (ingress, questions) = lifted(&fronts(&[alder, birch], &records));
        assert_eq!(ids(&questions) == ["in-front/alder:443/1"], is_asked, "{to}: {questions:?}");
        assert_eq!(redirects(&ingress).is_empty(), is_asked || to == "museum.example.org", "{to}: {ingress:?}");
    }
}

/// A listener with TLS has the hosts of both; what the plain one does there is nowhere, and nobody is asked about it.
#[test]
fn where_the_listener_with_tls_has_the_host_the_plain_one_only_redirects_as_the_platform_does() {
    for given in ["to-443", "leave-out"] {
        let tls = Front("alder", 443, vec![(host(DESK), ours())], answer(404));
        let plain = Front("alder", 80, vec![(path("/up"), ours()), (host(QUAY), ours())], to_https());
        let fixture = fronts(&[tls, plain], &[(DESK, "alder"), (QUAY, "alder")]);
        let (ingress, questions) = lifted(&fixture.answered(&[("listener-port/ecs/test/it/alder:80", given)]));
        nothing_returns(&ingress);
        assert!(redirects(&ingress).is_empty(), "{given}: {ingress:?}");
        assert_eq!(at(&ingress, DESK).iter().filter(|route| route.1.is_none()).count(), 1, "{given}: {ingress:?}");
        let closed = |(id, text): &(String, String)| id.starts_with("in-front/") && !text.contains(DESK);
        assert!(questions.iter().all(closed), "{questions:?}");
    }
}

/// A scheme that a redirect names is a part of the address that its callers get, from whichever port it stood at.
#[test]
fn a_redirect_to_plain_http_keeps_its_scheme() {
    let to = |port: u16, more: Value| {
        let mut parts = json!({"Protocol": "HTTP", "Port": "80", "Path": "/new/"});
        parts.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let rules = vec![(under(DESK, "/old"), redirect(&parts)), (host(DESK), ours())];
        let fixture = fronts(&[Front("alder", port, rules, answer(404))], &[]);
        let (ingress, questions) = lifted(&fixture.answered(&[("plain-http/ecs/test/it/alder:80", "to-443")]));
        assert!(questions.is_empty(), "{questions:?}");
        redirects(&ingress)[0].1.clone()
    };
    for port in [80, 443] {
        for host in ["#{host}", QUAY, "museum.example.org"] {
            let made = to(port, json!({"Host": host}));
            assert_eq!((made.scheme.as_deref(), made.port), (Some("http"), None), "{port} {host}: {made:?}");
        }
    }
    // What is left as it was asked is plain HTTP for a host elsewhere, and TLS where the gateway has the host itself.
    let made = to(80, json!({"Host": "museum.example.org", "Protocol": "#{protocol}", "Port": "#{port}"}));
    assert_eq!((made.scheme.as_deref(), made.port), (Some("http"), None), "{made:?}");
    let made = to(80, json!({"Host": "#{host}", "Protocol": "#{protocol}", "Port": "80"}));
    assert_eq!((made.scheme.as_deref(), made.port), (None, None), "{made:?}");
    let made = to(443, json!({"Host": "museum.example.org", "Protocol": "#{protocol}", "Port": "#{port}"}));
    assert_eq!((made.scheme.as_deref(), made.port), (None, None), "{made:?}");
}
