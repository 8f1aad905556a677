//! Answers that open something: each names what it opens, has its effect, and stands against no other one.

use super::contested_tests::{self, Front, answer, digest, fronts, host, lifted, mapped, ours, under};
use super::further_tests::{answered, at, edge, to};
use crate::fixture::{Fixture, verdicts};
use crate::plconfig::Ingress;
use caravan_inventory::{ObservationKind, WorkloadKind};
use serde_json::{Value, json};

const DESK: &str = "desk.ferry.example";

fn divided(pairs: &[(&str, u64)]) -> Value {
    let groups: Vec<Value> =
        pairs.iter().map(|(arn, weight)| json!({"TargetGroupArn": arn, "Weight": weight})).collect();
    json!({"Type": "forward", "ForwardConfig": {"TargetGroups": groups}})
}

/// What is closed until somebody answers stays so where another rule to the same app is more exact, which the gateway tries first by
/// itself.
#[test]
fn what_waits_for_an_answer_is_reached_by_no_other_rule_of_the_same_app() {
    let login = json!({"Type": "authenticate-oidc", "AuthenticateOidcConfig": {"ClientId": "c"}});
    let rewrite =
        json!([{"Type": "url-rewrite", "UrlRewriteConfig": {"Rewrites": [{"Regex": "^/a", "Replace": "/b"}]}}]);
    let divided = divided(&[("ours", 90), ("theirs", 10)]);
    for (change, id, open, closed) in [
        (json!({"Actions": [login, ours()]}), "auth", "open", "closed"),
        (json!({"Actions": [ours()], "Transforms": rewrite}), "transforms", "as-they-are", "leave-out"),
        (json!({"Actions": [divided]}), "weights", "all-here", "leave-out"),
    ] {
        for (wide, exact) in [("*.php", "/login.php"), ("*.php", "/staff/long/way/*"), ("/st*", "/staff/*")] {
            let fixture = || {
                let rules = vec![(under(DESK, wide), ours()), (under(DESK, exact), ours())];
                let fixture = fronts(&[Front("alder", 443, rules, answer(404))], &[]);
                fixture.changed(ObservationKind::ListenerRule, |body| {
                    if body["Priority"] == "1" {
                        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
                    }
                })
            };
            let asked = format!("{id}/ecs/test/it/alder:443/1");
            for answer in [closed, open] {
                let (ingress, _) = lifted(&fixture().answered(&[(&asked, answer)]));
                // The longer expression is tried first; an exact path would be tried before both.
                let paths: Vec<(usize, Option<u16>)> = contested_tests::at(&ingress, DESK)
                    .into_iter()
                    .map(|(path, status)| (if path.starts_with('=') { usize::MAX } else { path.len() }, status))
                    .collect();
                assert_eq!(paths[0].1, (answer == closed).then_some(404), "{id}: {ingress:?}");
                assert!(answer == open || paths[0].0 > paths[1].0, "{id} {wide} {exact}: {ingress:?}");
            }
        }
    }
}

/// Of a weighted pair one app has all or the other; both is no answer, whoever is asked.
#[test]
fn all_of_a_divided_rule_comes_to_one_app_and_never_to_two() {
    const OWN: &str = "weights/ecs/test/it/alder:443/1";
    const OTHER: &str = "weights/ecs/test/other/alder:443/1";
    for (ours, theirs) in [(90, 10), (10, 90), (50, 50)] {
        let rules = vec![(host(DESK), divided(&[("ours", ours), ("theirs", theirs)]))];
        let fixture = |answers: &[(&str, &str)]| {
            fronts(&[Front("alder", 443, rules.clone(), answer(404))], &[]).answered(answers)
        };
        let opens = |answers: &[(&str, &str)]| {
            let (ingress, questions) = lifted(&fixture(answers));
            (!ingress.hosts.is_empty(), questions)
        };
        let (open, questions) = opens(&[(OWN, "all-here"), (OTHER, "all-here")]);
        assert!(!open && questions.len() == 1, "{ours}:{theirs} {questions:?}");
        let text = &questions[0].1;
        assert!(text.contains("`ecs/test/other`") && text.contains("`ecs/test/it`"), "both are named: {text}");
        assert!(text.contains("can't be used"), "{text}");
        // Nobody answered here: what the other has is no more to be had.
        let (open, questions) = opens(&[(OTHER, "all-here")]);
        assert!(!open && questions[0].1.contains("`ecs/test/other`"), "{questions:?}");
        assert!(opens(&[(OWN, "leave-out"), (OTHER, "all-here")]).1.is_empty());
        for other in [
            (OTHER, "leave-out"),
            ("weights/ecs/test/other/alder:443/11", "all-here"),
            ("weights/ecs/test/other/birch:443/1", "all-here"),
        ] {
            let (open, questions) = opens(&[(OWN, "all-here"), other]);
            assert!(open && questions.is_empty(), "{other:?}: {questions:?}");
        }
    }
}

/// Two groups of one task on two ports are no canary of another app, and still all goes to one of them.
#[test]
fn weights_between_two_ports_of_one_task_are_asked_about() {
    let rule = |action: Value| vec![edge(vec![(at("/*"), action)])];
    let groups = [(3000, json!({})), (9000, json!({"HealthCheckPath": "/up-3000", "HealthCheckPort": "3000"}))];
    let id = "weights/ecs/test/it/edge:443/1";
    let action = || divided(&[("3000", 70), ("9000", 30)]);
    let open = answered(&groups, &rule(action()), &[]);
    assert_eq!(open.questions, ["weights/edge:443/1"]);
    assert!(open.texts.contains("`3000` (port 3000)") && open.texts.contains("9000 30"), "{}", open.texts);
    let here = answered(&groups, &rule(action()), &[(id, "all-here")]);
    assert_eq!(here.ingress().hosts, ["desk.example.com"], "{:?}: {}", here.questions, here.texts);
    assert!(answered(&groups, &rule(action()), &[(id, "leave-out")]).ingress().hosts.is_empty());
    for same in [divided(&[("3000", 1), ("9000", 0)]), to(3000)] {
        assert!(answered(&groups, &rule(same), &[]).questions.is_empty());
    }
}

/// A question tells why it is asked: each reason is one that holds.
#[test]
fn the_reason_why_a_host_s_listener_is_asked_for_is_the_true_one() {
    let rule = |name: &str| (host(name), ours());
    let staff = || {
        (
            json!([{"Field": "host-header", "Values": [DESK]}, {"Field": "path-pattern", "Values": ["/staff/*"]}]),
            answer(403),
        )
    };
    let differing = || {
        [
            Front("alder", 443, vec![rule(DESK)], answer(404)),
            Front("birch", 443, vec![staff(), rule(DESK)], answer(404)),
        ]
    };
    let apart = [
        Front("alder", 443, vec![rule(DESK)], answer(404)),
        Front("birch", 443, vec![rule("wharf.ferry.example")], answer(404)),
    ];
    let office = json!([{"Field": "host-header", "Values": [DESK]},
                        {"Field": "source-ip", "SourceIpConfig": {"Values": ["203.0.113.0/24"]}}]);
    let shut = [
        Front("alder", 443, vec![rule(DESK)], answer(404)),
        Front("birch", 443, vec![(office, rule(DESK).1)], answer(404)),
    ];
    let one = [
        Front("alder", 443, vec![rule(DESK)], answer(404)),
        Front("alder", 8443, vec![staff(), rule(DESK)], answer(404)),
        Front("alder", 9443, vec![rule(DESK)], answer(404)),
    ];
    let alone = || [Front("alder", 443, vec![rule(DESK)], answer(404))];
    let told = format!("host-listener/ecs/test/it/{DESK}");
    let to_443 =
        [("listener-port/ecs/test/it/alder:8443", "to-443"), ("listener-port/ecs/test/it/alder:9443", "to-443")];
    for (fixture, said) in [
        (fronts(&differing(), &[]), "no DNS record is known that says to which of them"),
        (
            fronts(&differing(), &[(DESK, "alder"), (DESK, "birch")]),
            "leads to several load balancers (`alder` and `birch`)",
        ),
        (fronts(&apart, &[(DESK, "birch")]), "leads to `birch`, where nothing leads here at this host"),
        (fronts(&shut, &[(DESK, "birch")]), "leads to `birch`, where what leads here at this host is closed"),
        (fronts(&alone(), &[]).sharing(DESK), "another app has it too, by none of their rules"),
        // A record names a balancer and no port: two apps at two of its listeners would share the host on the gateway.
        (
            fronts(&alone(), &[(DESK, "alder")]).sharing(DESK),
            "leads to `alder`, where another app has it too, by another listener",
        ),
        (fronts(&alone(), &[]).answered(&[(&told, "gone:443")]), "the answer that is given names none of them"),
        (
            fronts(&alone(), &[(DESK, "alder")]).answered(&[(&told, "gone:443")]),
            "leads to `alder`, and the answer that is given names none of these",
        ),
    ] {
        let (_, questions) = lifted(&fixture);
        let asked = questions.iter().find(|(id, _)| id.starts_with("host-listener/"));
        let text = asked.map(|(_, text)| text.clone()).unwrap_or_default();
        assert!(text.contains(said), "{said}: {questions:?}");
    }
    // Of one balancer, callers use the listener that is entered as the gateway is: that is known.
    let (_, questions) = lifted(&fronts(&one, &[(DESK, "alder")]).answered(&to_443));
    assert!(questions.iter().all(|(id, _)| !id.starts_with("host-listener/")), "{questions:?}");
}

/// What came of a source whose load balancer was not seen: the ingress, and the texts of the questions.
fn unseen(documents: &[(ObservationKind, Value)], answers: &[(&str, &str)]) -> (Option<Ingress>, Vec<String>) {
    let fixture = Fixture::new(WorkloadKind::Ecs, documents).answered(answers);
    mapped(&fixture, |component, mut tracker| {
        let _all = verdicts(&mut tracker);
        (component.ingress, tracker.close().0.into_iter().map(|one| one.text).collect())
    })
}

/// `public` opens what rules say; where none was seen it has to name the hosts, and else is no answer.
#[test]
fn an_answer_of_exposure_opens_what_it_names_or_is_none() {
    const ID: &str = "exposure/ecs/test/it";
    let group = (
        ObservationKind::TargetGroup,
        json!({"TargetGroupArn": "ours", "Protocol": "HTTP", "Attributes": [
        {"Key": "stickiness.enabled", "Value": "true"}, {"Key": "stickiness.type", "Value": "lb_cookie"}]}),
    );
    for documents in [Vec::new(), vec![group.clone()]] {
        let lift = |answers: &[(&str, &str)]| unseen(&documents, answers);
        let (ingress, texts) = lift(&[]);
        assert_eq!(ingress.and_then(|ingress| ingress.internal), Some(true));
        assert!(texts[0].contains("public=HOSTS"), "{texts:?}");
        for useless in ["public", "public=", "public=HOSTS", "public=a_b.example.com", "public=*"] {
            let (ingress, texts) = lift(&[(ID, useless)]);
            assert!(ingress.is_some_and(|ingress| ingress.internal == Some(true) && ingress.hosts.is_empty()));
            assert!(texts[0].contains("can't be used"), "{useless}: {texts:?}");
        }
        let (ingress, texts) = lift(&[(ID, "public=Desk.example.com, b.example.com")]);
        let ingress = ingress.unwrap();
        assert_eq!(ingress.hosts, ["b.example.com", "desk.example.com"]);
        assert_eq!((ingress.internal, ingress.own_host), (None, Some(false)), "nothing beside what was named");
        assert!(texts.is_empty(), "{texts:?}");
        let (ingress, texts) = lift(&[(ID, "internal")]);
        assert!(texts.is_empty() && ingress.is_some_and(|ingress| ingress.internal == Some(true)));
    }
    // A rule that was seen says what is opened.
    let rule = json!({"Priority": "4", "Conditions": host("desk.example.com"), "Actions": [ours()]});
    let documents = [group, (ObservationKind::ListenerRule, rule)];
    let (_, texts) = unseen(&documents, &[]);
    assert!(texts[0].contains("opens `desk.example.com` to everybody"), "{texts:?}");
    let (ingress, texts) = unseen(&documents, &[(ID, "public")]);
    let ingress = ingress.unwrap();
    assert!(texts.is_empty() && ingress.internal.is_none() && ingress.hosts == ["desk.example.com"], "{ingress:?}");
}

/// What a listener on another port has at hosts of its own can be opened; beside rules for the same hosts it can't.
#[test]
fn a_listener_beside_the_one_with_tls_offers_what_an_answer_can_open() {
    let id = "listener-port/ecs/test/it/alder:8443";
    let beside = |name: &str, default: Value| {
        [
            Front("alder", 443, vec![(host(DESK), ours())], default),
            Front("alder", 8443, vec![(host(name), ours())], answer(404)),
        ]
    };
    let wharf = "wharf.ferry.example";
    let (ingress, questions) = lifted(&fronts(&beside(wharf, answer(404)), &[]));
    assert!(ingress.hosts == [DESK], "{ingress:?}");
    let text = &questions[0].1;
    assert!(text.contains("`to-443`, which opens `wharf.ferry.example` by TLS on port 443"), "{text}");
    let (ingress, questions) = lifted(&fronts(&beside(wharf, answer(404)), &[]).answered(&[(id, "to-443")]));
    let served =
        |name: &str| ingress.hosts.iter().chain(ingress.routes.iter().flat_map(|r| &r.hosts)).any(|h| h == name);
    assert!(questions.is_empty() && served(DESK) && served(wharf), "{ingress:?} {questions:?}");
    let (ingress, questions) = lifted(&fronts(&beside(wharf, answer(404)), &[]).answered(&[(id, "leave-out")]));
    assert!(questions.is_empty() && ingress.hosts == [DESK], "{ingress:?}");
    // The host is one that the other listener has, by its name, by a wildcard or by its default action.
    let wild = [
        Front("alder", 443, vec![(host("*.ferry.example"), ours())], answer(404)),
        Front("alder", 8443, vec![(host(wharf), ours())], answer(404)),
    ];
    for listeners in [beside(DESK, answer(404)), wild, beside(wharf, ours())] {
        let (_, questions) = lifted(&fronts(&listeners, &[]).answered(&[(id, "to-443")]));
        let text = questions.iter().find(|(id, _)| id.starts_with("listener-port")).map(|(_, text)| text.as_str());
        assert!(text.is_some_and(|text| !text.contains("which opens")), "{questions:?}");
    }
}

/// What stands in front and can't be said is kept closed, or left out, by an answer that says what gets through.
#[test]
fn a_rule_in_front_that_cant_be_said_can_be_left_out() {
    let id = "in-front/ecs/test/it/alder:443/1";
    for action in [
        json!({"Type": "redirect", "RedirectConfig": {"Host": "#{host}.old", "StatusCode": "HTTP_301"}}),
        json!({"Type": "redirect", "RedirectConfig": {"Query": "a=b", "StatusCode": "HTTP_302"}}),
        json!({"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "999"}}),
    ] {
        let front =
            json!([{"Field": "host-header", "Values": [DESK]}, {"Field": "path-pattern", "Values": ["/old/*"]}]);
        let rules = vec![(front, action), (host(DESK), ours())];
        let lift = |answers: &[(&str, &str)]| {
            lifted(&fronts(&[Front("alder", 443, rules.clone(), answer(404))], &[]).answered(answers))
        };
        let (ingress, questions) = lift(&[]);
        assert_eq!(ingress.routes[0].respond.as_ref().map(|respond| respond.status), Some(404));
        assert!(questions[0].1.contains(&format!("`{DESK}; /old/*`, then goes on")), "{questions:?}");
        let (ingress, questions) = lift(&[(id, "closed")]);
        assert!(questions.is_empty() && ingress.routes[0].respond.is_some(), "{ingress:?}");
        let (ingress, questions) = lift(&[(id, "without-rule")]);
        let open = ingress.routes.iter().all(|route| route.respond.is_none());
        assert!(questions.is_empty() && open && ingress.own_host != Some(true), "{ingress:?}");
    }
}

/// The question of a second check says what both ask for.
#[test]
fn a_second_check_is_named_by_its_path_and_port() {
    let rules = || vec![edge(vec![(at("/admin/*"), to(9000)), (at("/*"), to(3000))])];
    for (more, said) in [
        (json!({}), "GET /up-9000 on port 9000"),
        (
            json!({"HealthCheckPort": "9001", "Matcher": {"HttpCode": "200-299"}}),
            "GET /up-9000 on port 9001, healthy at 200-299",
        ),
        (json!({"HealthCheckProtocol": "HTTPS", "HealthCheckPort": 8443}), "GET /up-9000 by TLS on port 8443"),
        (json!({"HealthCheckPort": "traffic-port"}), "GET /up-9000 on port 9000"),
    ] {
        let lifted = answered(&[(3000, json!({})), (9000, more)], &rules(), &[]);
        assert!(lifted.texts.contains(said), "{said}: {}", lifted.texts);
        assert!(lifted.texts.contains("enough (GET /up-3000 on port 3000)?"), "{}", lifted.texts);
    }
}

/// Of two listeners that were not seen one may be public and the other not: each is asked about, and no answer opens both.
#[test]
fn each_listener_that_was_not_seen_is_opened_by_an_answer_of_its_own() {
    let group = (ObservationKind::TargetGroup, json!({"TargetGroupArn": "ours", "Protocol": "HTTP"}));
    let rule = |listener: &str, name: &str, own: &str| {
        let arn = format!("arn:aws:elasticloadbalancing:eu-west-1:1:listener-rule/app/{own}/1/{listener}/r1");
        (
            ObservationKind::ListenerRule,
            json!({"RuleArn": arn, "Priority": "1", "Conditions": host(name), "Actions": [ours()]}),
        )
    };
    let documents = [group, rule("aaaa", "desk.ferry.example", "edge"), rule("bbbb", "admin.ferry.example", "inside")];
    let (_, texts) = unseen(&documents, &[]);
    assert!(
        texts.len() == 2 && texts.iter().all(|text| !(text.contains("desk.") && text.contains("admin."))),
        "{texts:?}"
    );
    let (ingress, texts) = unseen(&documents, &[("exposure/ecs/test/it/listener/aaaa", "public")]);
    assert!(texts.len() == 1 && texts[0].contains("admin.ferry.example"), "{texts:?}");
    let public: Vec<String> = ingress.iter().flat_map(published).collect();
    assert_eq!(public, ["desk.ferry.example"], "{ingress:?}");
    // An answer to what was one question once opens nothing.
    let (ingress, texts) = unseen(&documents, &[("exposure/ecs/test/it", "public")]);
    assert_eq!((ingress.iter().flat_map(published).count(), texts.len()), (0, 2));
}

/// The hosts that an ingress has on the public Gateway.
fn published(ingress: &Ingress) -> Vec<String> {
    if ingress.internal == Some(true) {
        return Vec::new();
    }
    let of_routes = ingress.routes.iter().filter(|route| route.internal != Some(true)).flat_map(|route| &route.hosts);
    ingress.hosts.iter().chain(of_routes).cloned().collect()
}

/// What is known besides of a host's callers changes once an answer is given, and the answer holds: it was never taken otherwise.
#[test]
fn an_answer_of_host_listener_holds_whatever_else_is_known() {
    let one = [Front("alder", 443, vec![(host(DESK), ours())], answer(404))];
    let (ingress, questions) = lifted(&fronts(&one, &[]).sharing(DESK));
    assert!(questions.iter().any(|(id, _)| id.starts_with("host-listener/")), "{questions:?}");
    assert!(!ingress.hosts.iter().any(|host| host == DESK), "{ingress:?}");
    let id = format!("host-listener/ecs/test/it/{DESK}");
    let digest = digest(&fronts(&one, &[]).sharing(DESK), &id);
    for shared in [false, true] {
        let fixture = fronts(&one, &[]).answered_when_asked(&id, "alder:443", &digest);
        let fixture = if shared { fixture.sharing(DESK) } else { fixture };
        let (_, questions) = lifted(&fixture);
        assert!(!questions.iter().any(|(id, _)| id.starts_with("host-listener/")), "{shared}: {questions:?}");
    }
}
