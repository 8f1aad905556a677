//! Names at which a balancer only redirects on the way to the workload: they go along with it whatever of its other rules is
//! closed, and never by a way that lets fewer in than the gateway does.

use super::contested_tests::{Front, answer, at, fronts, host, ids, lifted, ours, under};
use crate::fixture::Fixture;
use caravan_inventory::ObservationKind;
use serde_json::{Value, json};

const DESK: &str = "desk.ferry.example";
const OLD: &str = "old.ferry.example";

/// What keeps callers out of a balancer, the question about it, and that one's whole id.
type Narrow<'n> = (&'n dyn Fn(&mut Value), &'n str, &'n str);

fn to_desk() -> Value {
    json!({"Type": "redirect", "RedirectConfig": {"Host": DESK, "Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}})
}

fn path(path: &str) -> Value {
    json!([{"Field": "path-pattern", "Values": [path]}])
}

/// What asks before it lets anybody in: a login, an address.
fn asking() -> [(Value, Value); 2] {
    let address = json!([{"Field": "path-pattern", "Values": ["/staff/*"]},
        {"Field": "source-ip", "SourceIpConfig": {"Values": ["203.0.113.0/24"]}}]);
    [
        (address, ours()),
        (path("/staff/*"), json!({"Type": "authenticate-oidc", "AuthenticateOidcConfig": {"ClientId": "c"}})),
    ]
}

/// A rule of the first fixture with a login in front of its action.
fn with_login(fixture: Fixture) -> Fixture {
    fixture.changed(ObservationKind::ListenerRule, |body| {
        if body.pointer("/Actions/0/Type") == Some(&json!("authenticate-oidc")) {
            body["Actions"].as_array_mut().unwrap().push(ours());
        }
    })
}

#[test]
fn a_name_goes_along_though_a_rule_for_every_host_is_closed_until_somebody_answers() {
    for first in asking() {
        for default in [ours(), answer(404)] {
            let rules = vec![first.clone(), (host(OLD), to_desk()), (host(DESK), ours())];
            let records = [(DESK, "alder"), (OLD, "alder")];
            let fixture = || with_login(fronts(&[Front("alder", 443, rules.clone(), default.clone())], &records));
            let (ingress, questions) = lifted(&fixture());
            assert_eq!(questions.len(), 1, "{questions:?}");
            let redirects = ingress.routes.iter().filter(|route| route.redirect.is_some());
            let hosts: Vec<&Vec<String>> = redirects.map(|route| &route.hosts).collect();
            assert_eq!(hosts, [&[OLD.to_owned()]], "{ingress:?}");
            // What the rule takes is closed there; by a condition that can't be said it comes to the other name by the rule behind it.
            let is_closed = |name: &str| {
                at(&ingress, name).into_iter().any(|(path, status)| path.contains("/staff/") && status == Some(404))
            };
            let is_login = questions[0].0.starts_with("auth/");
            assert_eq!((is_closed(OLD), is_closed(DESK)), (true, is_login), "{ingress:?}");
            // Once it is answered, the rule serves the name itself.
            let id = questions[0].0.replacen('/', "/ecs/test/it/", 1);
            let open = if id.starts_with("auth/") { "open" } else { "without-condition" };
            let (ingress, _) = lifted(&fixture().answered(&[(&id, open)]));
            assert!(
                at(&ingress, OLD).iter().any(|(path, status)| path.contains("/staff/") && status.is_none()),
                "{ingress:?}"
            );
        }
    }
}

/// A rule for every name redirects some of its paths, and all else there waits for somebody to log in: the name goes along with the
/// paths alone that are redirected, and each leads where it led.
#[test]
fn of_a_closed_name_the_paths_go_along_that_a_rule_for_every_name_redirects() {
    let login = || json!({"Type": "authenticate-oidc", "AuthenticateOidcConfig": {"ClientId": "c"}});
    let theirs = || json!({"Type": "forward", "TargetGroupArn": "theirs"});
    let to_new =
        json!({"Type": "redirect", "RedirectConfig": {"Host": DESK, "Path": "/new/", "StatusCode": "HTTP_302"}});
    let rules = vec![(host(DESK), ours()), (path("/a/*"), to_new), (path("/b/*"), to_desk())];
    let fixture = fronts(&[Front("alder", 443, rules, theirs())], &[(DESK, "alder"), (OLD, "alder")]);
    let fixture =
        fixture.changed(ObservationKind::Listener, |body| body["DefaultActions"] = json!([login(), theirs()]));
    let (ingress, questions) = lifted(&fixture);
    assert!(questions.is_empty(), "the login is asked of the other app: {questions:?}");
    let at_old = ingress.routes.iter().filter(|route| route.hosts.iter().any(|name| name == OLD));
    let said: Vec<_> = at_old
        .filter_map(|route| Some((route.paths.join(" "), route.redirect.clone()?)))
        .map(|(paths, to)| (paths, to.host, to.path, to.status))
        .collect();
    let desk = || Some(DESK.to_owned());
    assert_eq!(
        said,
        [("~/a/.*".to_owned(), desk(), Some("/new/".to_owned()), 302), ("~/b/.*".to_owned(), desk(), None, 301),],
        "{ingress:?}"
    );
    assert!(at(&ingress, OLD).iter().all(|(path, status)| !path.is_empty() || *status == Some(404)), "{ingress:?}");
}

/// A rule of another app that nobody may come by yet serves no name either.
#[test]
fn a_name_goes_along_though_another_apps_rule_asks_its_callers_first() {
    let theirs = |more: Value| {
        let mut conditions = path("/staff/*");
        conditions.as_array_mut().unwrap().extend(more.as_array().unwrap().clone());
        (conditions, json!({"Type": "forward", "TargetGroupArn": "theirs"}))
    };
    let address = json!([{"Field": "source-ip", "SourceIpConfig": {"Values": ["203.0.113.0/24"]}}]);
    for (more, goes) in [(address, true), (json!([]), false)] {
        let rules = vec![theirs(more), (host(OLD), to_desk()), (host(DESK), ours())];
        let fixture = fronts(&[Front("alder", 443, rules, answer(404))], &[(DESK, "alder"), (OLD, "alder")]);
        let (ingress, _) = lifted(&fixture);
        assert_eq!(!at(&ingress, OLD).is_empty(), goes, "{ingress:?}");
    }
}

/// One balancer lets an office in alone, or has a web ACL before it, and only redirects to what the other one serves for everybody.
#[test]
fn nothing_goes_along_by_a_listener_that_lets_fewer_in() {
    // Everybody comes by IPv6 to the other one.
    let group = json!({"groupId": "it", "ipPermissions": [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443,
        "ipRanges": [{"cidrIp": "203.0.113.0/24"}], "ipv6Ranges": [{"cidrIpv6": "::/0"}]}]});
    let of_office = |body: &mut Value| body["IpAddressType"] = json!("ipv4");
    let with_wall = |body: &mut Value| body["WebACL"] = json!({"Name": "wall"});
    let narrow: [Narrow<'_>; 2] = [
        (&of_office, "callers/alder:443", "callers/ecs/test/it/alder:443"),
        (&with_wall, "firewall///alder", "firewall///alder"),
    ];
    for (narrowed, asked, id) in narrow {
        // With a rule of its own, and with none.
        for more in [vec![(under("staff.ferry.example", "/*"), ours())], vec![]] {
            let fixture = || {
                let rules = [vec![(host(OLD), to_desk())], more.clone()].concat();
                let alder = Front("alder", 443, rules, answer(404));
                let birch = Front("birch", 443, vec![(host(DESK), ours())], answer(404));
                let all = fronts(&[alder, birch], &[(OLD, "alder"), (DESK, "birch")]);
                all.changed(ObservationKind::SecurityGroup, |body| *body = group.clone()).changed(
                    ObservationKind::LoadBalancer,
                    |body| {
                        body["IpAddressType"] = json!("dualstack");
                        if body["LoadBalancerName"] == "alder" {
                            narrowed(body);
                        }
                    },
                )
            };
            let (ingress, questions) = lifted(&fixture());
            assert!(ids(&questions).contains(&asked), "{questions:?}");
            assert!(at(&ingress, OLD).is_empty(), "{ingress:?}");
            assert!(!at(&ingress, DESK).is_empty(), "{ingress:?}");
            let (ingress, _) = lifted(&fixture().answered(&[(id, "open")]));
            assert!(!at(&ingress, OLD).is_empty(), "{ingress:?}");
        }
    }
}

/// Whom it lets in is not known: what only answers needs no pod, so it is not there before somebody says so.
#[test]
fn nothing_goes_along_by_a_listener_of_which_nobody_knows_whom_it_lets_in() {
    let fixture = || {
        let alder = Front("alder", 443, vec![(host(OLD), to_desk())], answer(404));
        let birch = Front("birch", 443, vec![(host(DESK), ours())], answer(404));
        let all = fronts(&[alder, birch], &[(OLD, "alder"), (DESK, "birch")]);
        all.changed(ObservationKind::LoadBalancer, |body| {
            if body["LoadBalancerName"] == "alder" {
                body["SecurityGroups"] = json!(["unread"]);
            }
        })
    };
    let (ingress, questions) = lifted(&fixture());
    assert_eq!(ids(&questions), ["unread-callers///alder:443"], "{questions:?}");
    assert!(at(&ingress, OLD).is_empty() && !at(&ingress, DESK).is_empty(), "{ingress:?}");
    let (ingress, _) = lifted(&fixture().answered(&[("unread-callers///alder:443", "open")]));
    assert!(!at(&ingress, OLD).is_empty(), "{ingress:?}");
}
