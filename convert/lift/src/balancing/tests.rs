//! The middle knows no source: an instance and a function behind load balancers are mapped by the same calls as a
//! service.

use crate::context::Context;
use crate::fixture::{Fixture, verdicts};
use crate::plconfig::{Component, ComponentType, PlConfig, Protocol, Seconds};
use crate::tracker::FieldTracker;
use caravan_inventory::{ObservationKind, WorkloadKind};
use serde_json::json;

#[test]
fn an_instance_behind_a_target_group_gets_its_check_its_routes_and_its_exposure() {
    let fixture = Fixture::new(
        WorkloadKind::Ec2,
        &[
            (
                ObservationKind::TargetGroup,
                json!({"TargetType": "instance", "Protocol": "HTTP", "Port": 8080, "HealthCheckProtocol": "HTTP",
                       "HealthCheckPath": "/up", "HealthCheckIntervalSeconds": 15,
                       "Attributes": [{"Key": "deregistration_delay.timeout_seconds", "Value": "45"}]}),
            ),
            (
                ObservationKind::ListenerRule,
                json!({"Priority": "10", "Conditions": [{"Field": "host-header", "Values": ["shop.example.com"]}],
                       "Actions": [{"Type": "forward", "TargetGroupArn": "arn"}]}),
            ),
            (ObservationKind::LoadBalancer, json!({"Scheme": "internet-facing"})),
        ],
    )
    .open_to_all();
    fixture.with_source(|source| {
        let mut tracker = FieldTracker::new(source);
        let around = fixture.around();
        let context =
            Context { around: &around, kind: ComponentType::Web, component: "shop", runs: true, balanced: true };
        let (mut config, mut component) = (PlConfig::default(), Component::default());
        super::map(&mut tracker, &context, &mut config, &mut component);

        let ready = component.health.unwrap().ready.unwrap();
        assert_eq!((ready.path.as_deref(), ready.interval), (Some("/up"), Some(Seconds(15))));
        assert_eq!(component.drain, Some(Seconds(45)));
        let ingress = component.ingress.unwrap();
        assert_eq!((ingress.hosts.as_slice(), ingress.internal), (&["shop.example.com".to_owned()][..], None));
        let verdicts = verdicts(&mut tracker);
        assert_eq!(verdicts["/HealthCheckPath"], "/components/shop/health/ready/path");
        assert_eq!(verdicts["/TargetType"], "pod-targets");
        assert!(verdicts.values().all(|verdict| verdict != "unknown"), "{verdicts:?}");
    });
}

#[test]
fn a_function_behind_a_rule_is_closed_where_no_public_load_balancer_was_seen() {
    let fixture = Fixture::new(
        WorkloadKind::Lambda,
        &[
            (ObservationKind::TargetGroup, json!({"TargetType": "lambda"})),
            (
                ObservationKind::ListenerRule,
                json!({"Priority": "1", "Conditions": [{"Field": "path-pattern", "Values": ["/hook"]}],
                       "Actions": [{"Type": "forward", "TargetGroupArn": "arn"}]}),
            ),
        ],
    );
    fixture.with_source(|source| {
        let mut tracker = FieldTracker::new(source);
        let around = fixture.around();
        let context =
            Context { around: &around, kind: ComponentType::Web, component: "hook", runs: true, balanced: true };
        let (mut config, mut component) = (PlConfig::default(), Component::default());
        super::map(&mut tracker, &context, &mut config, &mut component);

        let ingress = component.ingress.unwrap();
        assert_eq!((ingress.paths.as_slice(), ingress.internal), (&["=/hook".to_owned()][..], Some(true)));
        assert_ne!(component.protocol, Some(Protocol::Tcp));
        let (questions, reasons) = tracker.close();
        assert_eq!(questions[0].id.as_str(), "exposure/lambda/test/it");
        assert!(reasons.is_empty(), "{reasons:?}");
    });
}

/// A listener with TLS on a balancer of a scheme, with rules: priority, conditions, action.
fn listener(scheme: &str, rules: &[(u32, serde_json::Value, serde_json::Value)]) -> Fixture {
    let mut documents = vec![
        (
            ObservationKind::LoadBalancer,
            json!({"LoadBalancerArn": "balancer", "LoadBalancerName": "edge", "Scheme": scheme}),
        ),
        (
            ObservationKind::Listener,
            json!({"ListenerArn": "listener", "LoadBalancerArn": "balancer", "Port": 443, "Protocol": "HTTPS",
                   "DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]}),
        ),
        (ObservationKind::TargetGroup, json!({"TargetGroupArn": "ours", "Protocol": "HTTP"})),
    ];
    documents.extend(rules.iter().map(|(priority, conditions, action)| {
        let rule = json!({"ListenerArn": "listener", "Priority": priority.to_string(), "Conditions": conditions,
                          "Actions": [action]});
        (ObservationKind::ListenerRule, rule)
    }));
    Fixture::new(WorkloadKind::Ecs, &documents).open_to_all()
}

/// The ingress, and the ids of the questions.
fn lifted(fixture: &Fixture) -> (crate::plconfig::Ingress, Vec<String>) {
    let mut out = None;
    fixture.with_source(|source| {
        let mut tracker = FieldTracker::new(source);
        let around = fixture.around();
        let context =
            Context { around: &around, kind: ComponentType::Web, component: "web", runs: true, balanced: true };
        let (mut config, mut component) = (PlConfig::default(), Component::default());
        super::map(&mut tracker, &context, &mut config, &mut component);
        let verdicts = verdicts(&mut tracker);
        assert!(verdicts.values().all(|verdict| verdict != "unknown"), "{verdicts:?}");
        let questions = tracker.close().0.into_iter().map(|question| question.id.to_string()).collect();
        out = Some((component.ingress.unwrap_or_default(), questions));
    });
    out.unwrap()
}

fn host() -> serde_json::Value {
    json!({"Field": "host-header", "Values": ["Desk.example.com"]})
}

fn path(path: &str) -> serde_json::Value {
    json!({"Field": "path-pattern", "Values": [path]})
}

fn ours() -> serde_json::Value {
    json!({"Type": "forward", "TargetGroupArn": "ours"})
}

#[test]
fn what_answers_in_front_of_ours_is_rendered_or_closed() {
    let redirect = |query: &str| {
        json!({"Type": "redirect", "RedirectConfig": {"Host": "old.example.com", "Path": "/#{path}", "Query": query,
               "StatusCode": "HTTP_302"}})
    };
    let answer = json!({"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "410"}});
    let other = json!({"Type": "forward", "TargetGroupArn": "theirs"});
    for (action, status, to, asked) in [
        (redirect("#{query}"), None, Some("old.example.com"), None),
        (redirect("a=b"), Some(404), None, Some("in-front/ecs/test/it/edge:443/5")),
        (answer, Some(410), None, None),
        (other, Some(404), None, None),
    ] {
        let rules = [(5, json!([host(), path("/shut/*")]), action), (9, json!([host()]), ours())];
        let (ingress, questions) = lifted(&listener("internet-facing", &rules));
        let first = &ingress.routes[0];
        assert_eq!(first.paths, ["~/shut/.*"]);
        assert_eq!(first.respond.as_ref().map(|respond| respond.status), status);
        assert_eq!(first.redirect.as_ref().and_then(|redirect| redirect.host.as_deref()), to);
        assert_eq!(questions.first().map(String::as_str), asked);
    }
}

#[test]
fn a_condition_that_cant_be_said_is_a_question_of_its_own_and_stays_closed() {
    for (condition, kind) in [
        (json!({"Field": "source-ip", "SourceIpConfig": {"Values": ["192.0.2.0/24"]}}), "source-ip"),
        (json!({"Field": "query-string", "QueryStringConfig": {"Values": [{"Value": "*new*"}]}}), "query-string"),
        // Names that the definition of HTTPRoute does not take.
        (
            json!({"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "filter[name]", "Value": "x"}]}}),
            "query-string",
        ),
        (
            json!({"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "\u{e9}t\u{e9}", "Value": "x"}]}}),
            "query-string",
        ),
        (json!({"Field": "path-pattern", "PathPatternConfig": {"RegexValues": ["^/v[0-9]$"]}}), "path-pattern"),
        (
            json!({"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["PURGE"]}}),
            "http-request-method",
        ),
    ] {
        let rules = [(1, json!([host(), condition]), ours())];
        let (ingress, questions) = lifted(&listener("internet-facing", &rules));
        assert_eq!(ingress, crate::plconfig::Ingress::default(), "{kind}");
        assert_eq!(questions, [format!("condition/ecs/test/it/edge:443/1/{kind}")]);
    }
}

/// A header that comes twice, or a parameter in other letters, would get past a block that is only nearly the balancer's.
#[test]
fn an_answer_to_some_requests_only_is_asked_about_and_closes_them_all_until_then() {
    for (condition, kind) in [
        (
            json!({"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Bot", "Values": ["*"]}}),
            "http-header",
        ),
        (
            json!({"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "User-Agent", "Values": ["curl*"]}}),
            "http-header",
        ),
        (
            json!({"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "debug", "Value": "1"}]}}),
            "query-string",
        ),
    ] {
        let block = json!({"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "403"}});
        let rules = [(5, json!([host(), path("/admin/*"), condition]), block), (9, json!([host()]), ours())];
        let (ingress, questions) = lifted(&listener("internet-facing", &rules));
        let first = &ingress.routes[0];
        assert_eq!(first.paths, ["~/admin/.*"], "{kind}");
        assert!(first.respond.is_some() && first.headers.is_empty() && first.query.is_empty(), "{kind}: {first:?}");
        assert_eq!(questions, [format!("condition/ecs/test/it/edge:443/5/{kind}")]);
    }
}

#[test]
fn the_target_group_with_the_most_has_the_host_and_one_of_weight_0_has_nothing() {
    for (ours, theirs, opens, asks) in
        [(9, 1, true, true), (1, 9, false, true), (0, 1, false, false), (1, 0, true, false)]
    {
        let action = json!({"Type": "forward", "ForwardConfig": {"TargetGroups": [
            {"TargetGroupArn": "ours", "Weight": ours}, {"TargetGroupArn": "theirs", "Weight": theirs}]}});
        let (ingress, questions) = lifted(&listener("internet-facing", &[(1, json!([host()]), action)]));
        assert_eq!(ingress.hosts == ["desk.example.com"], opens, "{ours}:{theirs}");
        assert_eq!(questions == ["weights/ecs/test/it/edge:443/1"], asks, "{ours}:{theirs}: {questions:?}");
    }
}

#[test]
fn what_only_an_internal_balancer_had_is_internal_and_values_are_compared_without_case() {
    let header =
        json!({"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Kind", "Values": ["a\\*b", "7"]}});
    let (ingress, questions) = lifted(&listener("internal", &[(1, json!([host(), header]), ours())]));
    assert_eq!(
        (ingress.internal, ingress.routes[0].hosts.as_slice()),
        (Some(true), &["desk.example.com".to_owned()][..])
    );
    assert_eq!(ingress.routes[0].headers["x-kind"], "~(?i)(a\\*b|7)");
    assert!(questions.is_empty(), "{questions:?}");
}

/// A redirect of a name that no app serves to a name of ours, and a rule of ours.
fn with_redirect(hosts: &[&str], config: serde_json::Value, own: &str) -> (crate::plconfig::Ingress, Vec<String>) {
    let mut redirect = json!({"Type": "redirect", "RedirectConfig": {"Path": "/#{path}", "Query": "#{query}",
                              "StatusCode": "HTTP_301"}});
    for (field, value) in config.as_object().into_iter().flatten() {
        redirect["RedirectConfig"][field] = value.clone();
    }
    let own = json!([{"Field": "host-header", "Values": [own]}]);
    let from = json!([{"Field": "host-header", "Values": hosts}]);
    lifted(&listener("internet-facing", &[(5, from, redirect), (9, own, ours())]))
}

#[test]
fn a_name_that_only_redirects_is_rendered_closed_or_asked_about_in_whatever_way_it_leads_here() {
    // In a way that the gateway can't, to a name below a wildcard of ours, to one made of the caller's own.
    for (host, config, own, status, asked) in [
        (
            "b.example.com",
            json!({"Host": "a.example.com", "Query": "old=1"}),
            "a.example.com",
            Some(404),
            Some("in-front/ecs/test/it/edge:443/5"),
        ),
        ("b.example.com", json!({"Host": "A.example.org"}), "*.example.org", None, None),
        (
            "example.com",
            json!({"Host": "www.#{host}"}),
            "www.example.com",
            Some(404),
            Some("in-front/ecs/test/it/edge:443/5"),
        ),
    ] {
        let (ingress, questions) = with_redirect(&[host], config, own);
        let route = ingress.routes.iter().find(|route| route.hosts == [host]).unwrap();
        assert_eq!(route.respond.as_ref().map(|respond| respond.status), status, "{host}");
        assert_eq!(route.redirect.is_some(), status.is_none(), "{host}");
        assert_eq!(questions.first().map(String::as_str), asked, "{host}");
    }
}

#[test]
fn a_name_that_leads_to_a_name_that_only_redirects_goes_along_too_by_another_listener_as_well() {
    let to = |host: &str| {
        json!({"Type": "redirect", "RedirectConfig": {"Host": host, "Path": "/#{path}", "Query": "#{query}",
               "StatusCode": "HTTP_301"}})
    };
    let at = |host: &str| json!([{"Field": "host-header", "Values": [host]}]);
    let chain = [
        (1, at("c.example.com"), to("b.example.com")),
        (2, at("b.example.com"), to("a.example.com")),
        (3, at("a.example.com"), ours()),
    ];
    let hosts = |ingress: &crate::plconfig::Ingress| -> Vec<String> {
        ingress.routes.iter().filter(|route| route.redirect.is_some()).flat_map(|route| route.hosts.clone()).collect()
    };
    let (ingress, questions) = lifted(&listener("internet-facing", &chain));
    assert_eq!(hosts(&ingress), ["c.example.com", "b.example.com"]);
    assert!(questions.is_empty(), "{questions:?}");
    // The first link of the chain stands on a listener of its own, of which nothing leads here otherwise.
    for (port, protocol, asked) in [
        (443, "HTTPS", None),
        (80, "HTTP", Some("plain-http/ecs/test/it/old:80")),
        (8443, "HTTPS", Some("listener-port/ecs/test/it/old:8443")),
    ] {
        let fixture = listener("internet-facing", &chain[1..]);
        let more = [
            (
                ObservationKind::LoadBalancer,
                json!({"LoadBalancerArn": "other", "LoadBalancerName": "old", "Scheme": "internet-facing"}),
            ),
            (
                ObservationKind::Listener,
                json!({"ListenerArn": "second", "LoadBalancerArn": "other", "Port": port, "Protocol": protocol,
                       "DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]}),
            ),
            (
                ObservationKind::ListenerRule,
                json!({"ListenerArn": "second", "Priority": "1", "Conditions": at("c.example.com"),
                       "Actions": [to("b.example.com")]}),
            ),
        ];
        let (ingress, questions) = lifted(&fixture.with(&more).open_to_all());
        assert_eq!(hosts(&ingress).contains(&"c.example.com".to_owned()), port != 8443, "{port}");
        assert_eq!(questions.first().map(String::as_str), asked, "{port}");
    }
}

#[test]
fn an_answer_at_one_name_in_front_of_a_rule_for_every_name_stays_there() {
    let answers = [
        json!({"Type": "redirect", "RedirectConfig": {"Host": "shop.example.org", "StatusCode": "HTTP_302"}}),
        json!({"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "410"}}),
        json!({"Type": "redirect", "RedirectConfig": {"Host": "shop.example.org", "Query": "from=old",
               "StatusCode": "HTTP_302"}}),
    ];
    for answer in answers {
        let at = |host: &str| json!([{"Field": "host-header", "Values": [host]}]);
        let rules = [(1, at("gone.example.com"), answer), (2, at("a.example.com"), ours()), (9, json!([]), ours())];
        let (ingress, _) = lifted(&listener("internet-facing", &rules));
        let route = ingress.routes.iter().find(|route| route.hosts == ["gone.example.com"]);
        assert!(route.is_some_and(|route| route.redirect.is_some() || route.respond.is_some()), "{ingress:?}");
    }
}

/// A wildcard takes what stands below it along, so it is left out, and never called exact.
#[test]
fn a_wildcard_that_only_redirects_is_asked_about() {
    for hosts in [&["*.example.com"][..], &["example.com", "*.example.com"], &["*.old.example.org", "example.com"]] {
        let config = json!({"Host": "www.example.net"});
        let fixture = |decisions: &[(&str, &str)]| {
            let redirect =
                json!({"Type": "redirect", "RedirectConfig": {"Host": config["Host"], "StatusCode": "HTTP_301"}});
            let rules = [
                (5, json!([{"Field": "host-header", "Values": hosts}]), redirect),
                (9, json!([{"Field": "host-header", "HostHeaderConfig": {"Values": ["www.example.net"]}}]), ours()),
            ];
            listener("internet-facing", &rules).answered(decisions)
        };
        let wild = hosts.iter().find(|host| host.starts_with('*')).unwrap();
        let id = format!("wildcard-redirect/ecs/test/it/{wild}");
        let served = |ingress: &crate::plconfig::Ingress| {
            ingress.routes.iter().any(|route| route.hosts.contains(&(*wild).to_owned()))
        };
        let (ingress, questions) = lifted(&fixture(&[]));
        assert_eq!(questions, std::slice::from_ref(&id), "{hosts:?}");
        assert!(!served(&ingress), "{ingress:?}");
        assert!(hosts.len() == 1 || ingress.routes.iter().any(|route| route.hosts == ["example.com"]), "{ingress:?}");
        let (ingress, questions) = lifted(&fixture(&[(&id, "take-along")]));
        assert!(served(&ingress) && questions.is_empty(), "{ingress:?} {questions:?}");
        // What the ledger says of its pattern while nobody has answered, and once it is left out.
        for (answers, said) in [(&[][..], id.as_str()), (&[(id.as_str(), "leave-out")], "other-rule")] {
            let said_of_it = verdict_of(&fixture(answers), wild);
            assert_eq!(said_of_it, said, "{hosts:?}");
        }
    }
}

/// What the ledger says of the one field that has this value.
fn verdict_of(fixture: &Fixture, value: &str) -> String {
    let mut out = String::new();
    fixture.with_source(|source| {
        let mut tracker = FieldTracker::new(source);
        let around = fixture.around();
        let context =
            Context { around: &around, kind: ComponentType::Web, component: "web", runs: true, balanced: true };
        super::map(&mut tracker, &context, &mut PlConfig::default(), &mut Component::default());
        let mut paths = source.observations.iter().filter_map(|seen| {
            let conditions = seen.body["Conditions"].as_array()?;
            let at = conditions[0]["Values"].as_array()?.iter().position(|host| host == value)?;
            Some(format!("/Conditions/0/Values/{at}"))
        });
        out = verdicts(&mut tracker)[&paths.next_back().unwrap()].clone();
    });
    out
}
