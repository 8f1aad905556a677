//! More than one way in: a second target group, listeners without TLS, rules that rewrite, values that are secrets.

use crate::context::Context;
use crate::fixture::{Fixture, verdicts};
use crate::plconfig::{Component, ComponentType, Container, Ingress, PlConfig};
use crate::tracker::FieldTracker;
use caravan_inventory::{ObservationKind, WorkloadKind};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What came of a source.
pub(super) struct Lifted {
    pub(super) component: Component,
    /// The topics and details of the questions, without the workload.
    pub(super) questions: Vec<String>,
    pub(super) texts: String,
    /// What became of each field.
    pub(super) verdicts: BTreeMap<String, String>,
    /// Why it is refused.
    reasons: Vec<String>,
}

/// Balancers with their listeners: name, port, protocol, and rules of conditions and action.
pub(super) type Way<'w> = (&'w str, u16, &'w str, Vec<(Value, Value)>);

/// A component that serves port 3000, with a container `api` beside it on port 8090, behind these target groups (port of
/// each) and listeners.
fn lift(groups: &[(u16, Value)], ways: &[Way<'_>]) -> Lifted {
    answered(groups, ways, &[])
}

/// The same with people's answers.
pub(super) fn answered(groups: &[(u16, Value)], ways: &[Way<'_>], answers: &[(&str, &str)]) -> Lifted {
    let mut documents = Vec::new();
    for (port, more) in groups {
        let mut group = json!({"TargetGroupArn": port.to_string(), "TargetGroupName": format!("g{port}"), "Protocol": "HTTP",
                               "HealthCheckProtocol": "HTTP", "HealthCheckPath": format!("/up-{port}")});
        for (field, value) in more.as_object().into_iter().flatten() {
            group[field] = value.clone();
        }
        documents.push((ObservationKind::TargetGroup, group));
    }
    for (balancer, port, protocol, rules) in ways {
        let listener = format!("{balancer}:{port}");
        let about = json!({"LoadBalancerArn": balancer, "LoadBalancerName": balancer, "Scheme": "internet-facing"});
        if !documents.iter().any(|(_, known)| *known == about) {
            documents.push((ObservationKind::LoadBalancer, about));
        }
        let closed = json!([{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]);
        let body = json!({"ListenerArn": listener, "LoadBalancerArn": balancer, "Port": port, "Protocol": protocol,
                          "DefaultActions": closed});
        documents.push((ObservationKind::Listener, body));
        for (at, (conditions, action)) in rules.iter().enumerate() {
            let mut rule = json!({"ListenerArn": listener, "Priority": (at + 1).to_string(), "Conditions": conditions,
                                  "Actions": [action]});
            if let Some(transforms) = action.get("Transforms") {
                rule["Transforms"] = transforms.clone();
                rule["Actions"] = json!([{"Type": "forward", "TargetGroupArn": action["TargetGroupArn"]}]);
            }
            documents.push((ObservationKind::ListenerRule, rule));
        }
    }
    let fixture = Fixture::new(WorkloadKind::Ecs, &documents).open_to_all().answered(answers);
    let arn = |more: &Value, port: u16| more["TargetGroupArn"].as_str().map_or_else(|| port.to_string(), str::to_owned);
    let ports: BTreeMap<String, u16> = groups.iter().map(|(port, more)| (arn(more, *port), *port)).collect();
    let mut out = None;
    fixture.with_source(|source| {
        let mut tracker = FieldTracker::new(source);
        let mut around = fixture.around();
        around.served = ports.iter().map(|(arn, port)| (arn.as_str(), *port)).collect();
        let context =
            Context { around: &around, kind: ComponentType::Web, component: "web", runs: true, balanced: true };
        let beside = Container { ports: [("http".to_owned(), "8090".to_owned())].into(), ..Container::default() };
        let mut component =
            Component { port: Some(3000), sidecars: [("api".to_owned(), beside)].into(), ..Component::default() };
        super::map(&mut tracker, &context, &mut PlConfig::default(), &mut component);
        let verdicts = verdicts(&mut tracker);
        assert!(verdicts.values().all(|verdict| verdict != "unknown"), "{verdicts:?}");
        let (questions, reasons) = tracker.close();
        let texts = questions.iter().map(|question| question.text.clone()).collect();
        let questions = questions.iter().map(|question| question.id.to_string().replace("/ecs/test/it", "")).collect();
        out = Some(Lifted { component, questions, texts, verdicts, reasons });
    });
    out.unwrap()
}

impl Lifted {
    pub(super) fn ingress(&self) -> Ingress {
        self.component.ingress.clone().unwrap_or_default()
    }

    /// Path and port of each route to the component.
    pub(super) fn ports(&self) -> Vec<(String, Option<u16>)> {
        let open = |route: &&crate::plconfig::Route| route.respond.is_none() && route.redirect.is_none();
        let ingress = self.ingress();
        ingress.routes.iter().filter(open).map(|route| (route.paths.join(" "), route.port)).collect()
    }
}

pub(super) fn at(path: &str) -> Value {
    json!([{"Field": "host-header", "Values": ["desk.example.com"]}, {"Field": "path-pattern", "Values": [path]}])
}

pub(super) fn to(port: u16) -> Value {
    json!({"Type": "forward", "TargetGroupArn": port.to_string()})
}

pub(super) fn edge(rules: Vec<(Value, Value)>) -> Way<'static> {
    ("edge", 443, "HTTPS", rules)
}

#[test]
fn each_rule_leads_to_the_port_of_its_group_and_readiness_is_that_of_the_port_that_serves() {
    let rules = || vec![edge(vec![(at("/admin/*"), to(9000)), (at("/*"), to(3000))])];
    // In either order, and where the second group says more.
    for groups in [
        vec![(3000, json!({})), (9000, json!({}))],
        vec![(9000, json!({})), (3000, json!({}))],
        vec![(9000, json!({"HealthCheckPort": "9001"})), (3000, json!({}))],
    ] {
        let lifted = lift(&groups, &rules());
        assert_eq!(lifted.ports(), [("~/admin/.*$".to_owned(), Some(9000)), (String::new(), None)]);
        let ready = lifted.component.health.as_ref().and_then(|health| health.ready.clone()).unwrap_or_default();
        assert_eq!(ready.path.as_deref(), Some("/up-3000"));
        assert_eq!(lifted.questions, ["further-check/g9000"]);
    }
}

/// An instance has one stickiness, of whatever group.
#[test]
fn what_a_second_group_says_otherwise_of_the_same_port_is_asked_about() {
    let rules = || vec![edge(vec![(at("/*"), to(3000))])];
    let said = |pairs: &[(&str, &str)]| -> Value {
        let attributes: Vec<Value> = pairs.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
        json!({"Attributes": attributes, "HealthCheckPath": "/up-3000", "HealthCheckPort": "3000"})
    };
    let sticky = [("stickiness.enabled", "true"), ("stickiness.type", "lb_cookie")];
    let delay = [("deregistration_delay.timeout_seconds", "20")];
    for (first, second, word) in [
        (said(&[]), said(&sticky), Some("stickiness.enabled=true")),
        (said(&sticky), said(&[]), Some("stickiness.enabled=false")),
        (said(&[]), said(&delay), None),
        (said(&sticky), said(&[("stickiness.enabled", "true"), ("stickiness.type", "app_cookie")]), Some("app_cookie")),
        (said(&[]), said(&[("stickiness.enabled", "false"), ("stickiness.type", "app_cookie")]), None),
        (said(&delay), said(&delay), None),
        (said(&sticky), said(&sticky), None),
    ] {
        let lifted = lift(&[(3000, first), (9000, second)], &rules());
        assert_eq!(lifted.questions.iter().any(|id| id == "further-check/g9000"), word.is_some(), "{word:?}");
        assert!(word.is_none_or(|word| lifted.texts.contains(word)), "{}", lifted.texts);
    }
}

/// Whoever was kept with an instance is kept by a person's answer, and then everybody is.
#[test]
fn the_stickiness_of_a_second_group_can_be_taken_for_all_callers() {
    let group = |pairs: &[(&str, &str)]| {
        let attributes: Vec<Value> = pairs.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
        json!({"Attributes": attributes, "HealthCheckPath": "/up-3000", "HealthCheckPort": "3000"})
    };
    let lb = [("stickiness.enabled", "true"), ("stickiness.type", "lb_cookie")];
    let hour = [lb[0], lb[1], ("stickiness.lb_cookie.duration_seconds", "3600")];
    let app = [("stickiness.enabled", "true"), ("stickiness.type", "app_cookie")];
    for (first, second, answer, kept) in [
        (group(&[]), group(&lb), "sticky-for-all", Some(86_400)),
        (group(&[]), group(&hour), "sticky-for-all", Some(3600)),
        (group(&[]), group(&hour), "enough", None),
        (group(&hour), group(&[]), "enough", Some(3600)),
    ] {
        let id = "further-check/ecs/test/it/g9000";
        let lifted = answered(&[(3000, first), (9000, second)], &[edge(vec![(at("/*"), to(3000))])], &[(id, answer)]);
        assert!(lifted.questions.is_empty(), "{:?}", lifted.texts);
        assert_eq!(lifted.ingress().sticky.map(|length| length.0), kept, "{answer}");
    }
    // So is that of a group of a container beside the main one, which has a check of its own.
    let groups = [(3000, group(&[])), (8090, group(&lb))];
    let lifted = lift(&groups, &[edge(vec![(at("/*"), to(3000))])]);
    assert_eq!(lifted.questions, ["further-check/g8090"]);
    assert!(lifted.texts.contains("stickiness.enabled=true") && !lifted.texts.contains("check of its own"));
    // The app's own cookie is none that the gateway could make.
    let id = "further-check/ecs/test/it/g9000";
    let groups = [(3000, group(&[])), (9000, group(&app))];
    let lifted = answered(&groups, &[edge(vec![(at("/*"), to(3000))])], &[(id, "sticky-for-all")]);
    assert_eq!(lifted.questions, ["further-check/g9000"]);
}

#[test]
fn a_pod_drains_as_long_as_the_longest_of_its_groups_wherever_it_stands() {
    let group = |port: u16, delay: Option<&str>| {
        let delay = delay.map(|delay| json!({"Key": "deregistration_delay.timeout_seconds", "Value": delay}));
        (
            port,
            json!({"Attributes": delay.into_iter().collect::<Vec<_>>(), "HealthCheckPath": "/up-3000", "HealthCheckPort": "3000"}),
        )
    };
    for (groups, drain) in [
        (vec![group(3000, Some("20")), group(9000, Some("120"))], Some(120)),
        (vec![group(3000, Some("120")), group(9000, Some("20"))], Some(120)),
        (vec![group(9000, Some("300")), group(3000, Some("5"))], Some(300)),
        (vec![group(3000, Some("5")), group(8090, Some("45")), group(9000, Some("40"))], Some(45)),
        (vec![group(3000, None), group(9000, Some("20"))], Some(20)),
        (vec![group(3000, None), group(9000, None)], None),
    ] {
        let lifted = lift(&groups, &[edge(vec![(at("/*"), to(3000))])]);
        assert_eq!(lifted.component.drain.map(|drain| drain.0), drain);
        assert_eq!(lifted.component.stop.map(|stop| stop.0), drain.map(|drain| drain + 30));
        assert!(lifted.questions.is_empty(), "{:?}", lifted.texts);
    }
}

/// What an instance has once is compared with the group that serves, whichever stands first.
#[test]
fn a_group_is_compared_with_the_one_that_serves() {
    let group = |path: &str| json!({"HealthCheckPath": path, "HealthCheckPort": "3000"});
    for (groups, asked) in [
        (vec![(9000, group("/b")), (3000, group("/a")), (9001, group("/a"))], vec!["further-check/g9000"]),
        (vec![(9000, group("/b")), (9001, group("/b")), (3000, group("/b"))], vec![]),
        (
            vec![(9000, group("/b")), (9001, group("/b")), (3000, group("/a"))],
            vec!["further-check/g9000", "further-check/g9001"],
        ),
    ] {
        assert_eq!(lift(&groups, &[edge(vec![(at("/*"), to(3000))])]).questions, asked);
    }
}

/// The same path of another port is another check, however the port is said.
#[test]
fn a_check_of_another_port_is_another_check() {
    let group = |port: Option<&str>| match port {
        Some(port) => json!({"HealthCheckPath": "/up", "HealthCheckPort": port}),
        None => json!({"HealthCheckPath": "/up"}),
    };
    for (port, first, asked) in [
        (None, None, Some("GET /up on port 9000")),
        (Some("traffic-port"), None, Some("GET /up on port 9000")),
        (Some("traffic-port"), Some("traffic-port"), Some("GET /up on port 9000")),
        (Some("9500"), Some("traffic-port"), Some("GET /up on port 9500")),
        (Some("3000"), None, None),
        (Some("3000"), Some("traffic-port"), None),
        (Some("9500"), Some("9500"), None),
    ] {
        let lifted = lift(&[(3000, group(first)), (9000, group(port))], &[edge(vec![(at("/*"), to(3000))])]);
        let expected: Vec<&str> = asked.iter().map(|_| "further-check/g9000").collect();
        assert_eq!(lifted.questions, expected, "{port:?} {first:?}");
        assert!(asked.is_none_or(|asked| lifted.texts.contains(asked)), "{}", lifted.texts);
    }
}

/// Of two groups that send to one container beside the main one, the first says how it is asked, and the other is compared with that.
#[test]
fn a_second_group_of_a_container_beside_is_compared_with_that_containers_check() {
    let more = |path: &str| json!({"TargetGroupArn": "8090/b", "TargetGroupName": "b", "HealthCheckPath": path});
    for (path, asked) in [("/up-8090", false), ("/up-3000", true)] {
        let groups = [(3000, json!({})), (8090, json!({})), (8090, more(path))];
        let lifted = lift(&groups, &[edge(vec![(at("/*"), to(3000))])]);
        assert_eq!(lifted.questions, if asked { vec!["further-check/b"] } else { Vec::new() }, "{path}");
        let says = |text: &str| lifted.texts.contains(text);
        assert!(!asked || says("that of the group g8090, which sends to the same container,"), "{}", lifted.texts);
        assert!(!asked || says("GET /up-8090 on port 8090") && !says("port 3000"), "{}", lifted.texts);
    }
}

#[test]
fn a_group_of_a_container_beside_the_main_one_is_that_containers_check() {
    for (groups, path) in [
        (vec![(3000, json!({})), (8090, json!({}))], Some("/up-8090")),
        (vec![(8090, json!({})), (3000, json!({}))], Some("/up-8090")),
        (
            vec![(8090, json!({"HealthCheckPath": "/live", "HealthCheckPort": "8091"})), (3000, json!({}))],
            Some("/live"),
        ),
    ] {
        let lifted = lift(&groups, &[edge(vec![(at("/api/*"), to(8090)), (at("/*"), to(3000))])]);
        assert_eq!(lifted.ports(), [("~/api/.*$".to_owned(), Some(8090)), (String::new(), None)]);
        let health = lifted.component.sidecars["api"].health.as_ref().and_then(|health| health.ready.clone());
        assert_eq!(health.unwrap_or_default().path.as_deref(), path);
        assert!(lifted.questions.is_empty(), "{:?}", lifted.questions);
    }
}

#[test]
fn a_second_group_that_speaks_another_protocol_is_asked_about_and_closed_until_then() {
    for more in [json!({"ProtocolVersion": "GRPC"}), json!({"ProtocolVersion": "HTTP2"}), json!({"Protocol": "HTTPS"})]
    {
        let groups = [(8090, more.clone()), (3000, json!({}))];
        let lifted = lift(&groups, &[edge(vec![(at("/api/*"), to(8090)), (at("/*"), to(3000))])]);
        assert!(lifted.reasons.is_empty(), "{:?}", lifted.reasons);
        assert_eq!(lifted.questions, ["further-protocol/g8090"], "{more}");
        let routes = lifted.ingress().routes;
        assert_eq!(routes[0].paths, ["~/api/.*$"]);
        assert_eq!(routes[0].respond.as_ref().map(|respond| respond.status), Some(404));
        assert_eq!(lifted.ports(), [(String::new(), None)]);
    }
}

#[test]
fn a_listener_without_tls_is_asked_about_by_the_balancer_that_it_belongs_to() {
    let rules = || vec![(at("/*"), to(3000))];
    for (ways, asked, opens) in [
        (vec![("edge", 80, "HTTP", rules())], vec!["plain-http/edge:80"], true),
        (vec![("edge", 8080, "HTTP", rules())], vec!["listener-port/edge:8080"], false),
        (vec![edge(rules()), ("edge", 80, "HTTP", rules())], vec!["listener-port/edge:80"], true),
        (vec![edge(rules()), ("other", 80, "HTTP", rules())], vec!["plain-http/other:80"], true),
    ] {
        let lifted = lift(&[(3000, json!({}))], &ways);
        assert_eq!(lifted.questions, asked);
        assert_eq!(lifted.ingress().hosts == ["desk.example.com"], opens, "{asked:?}: {:?}", lifted.ingress());
    }
}

#[test]
fn a_rule_that_rewrites_its_requests_is_asked_about_and_closed() {
    for transforms in [
        json!([{"Type": "url-rewrite", "UrlRewriteConfig": {"Rewrites": [{"Regex": "^/api/(.*)", "Replace": "/$1"}]}}]),
        json!([{"Type": "host-header-rewrite", "HostHeaderRewriteConfig": {"Rewrites": [{"Regex": ".*", "Replace": "in"}]}}]),
        json!([{"Type": "one-of-tomorrow"}]),
    ] {
        let mut action = to(3000);
        action["Transforms"] = transforms.clone();
        let lifted = lift(&[(3000, json!({}))], &[edge(vec![(at("/api/*"), action), (at("/*"), to(3000))])]);
        assert_eq!(lifted.questions, ["transforms/edge:443/1"], "{transforms}");
        assert_eq!(lifted.ingress().routes[0].respond.as_ref().map(|respond| respond.status), Some(404));
    }
}

#[test]
fn a_value_that_is_a_secret_is_said_to_be_one_with_a_reference_and_never_shown() {
    let mark = "<redacted:0123456789abcdef>";
    for (condition, offered) in [
        (
            json!({"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Origin-Verify", "Values": [mark]}}),
            "sm:it#X_ORIGIN_VERIFY",
        ),
        (
            json!({"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "Authorization", "Values": ["ok", mark]}}),
            "sm:it#AUTHORIZATION",
        ),
        (
            json!({"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "token", "Value": mark}]}}),
            "sm:it#",
        ),
    ] {
        let mut conditions = at("/*");
        conditions.as_array_mut().unwrap().push(condition);
        let lifted = lift(&[(3000, json!({}))], &[edge(vec![(conditions, to(3000))])]);
        assert_eq!(lifted.questions.len(), 1);
        assert!(lifted.questions[0].starts_with("condition-secret/edge:443/1/"), "{:?}", lifted.questions);
        assert!(lifted.texts.contains(offered) && !lifted.texts.contains("redacted"), "{}", lifted.texts);
        assert!(lifted.ports().is_empty() && lifted.ingress().hosts.is_empty(), "{:?}", lifted.ingress());
    }
}

/// What was taken out of a path, a host or a parameter with a plain name is no secret: it is said that it was not read.
#[test]
fn a_value_that_was_not_read_is_no_secret_for_that_and_is_asked_about_and_closed() {
    let mark = "<redacted:0123456789abcdef>";
    let query =
        |key: &str| json!({"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": key, "Value": mark}]}});
    for (condition, kind) in [
        (json!({"Field": "path-pattern", "Values": ["/ok", mark]}), "path-pattern"),
        (json!({"Field": "path-pattern", "PathPatternConfig": {"Values": [format!("/a {mark}")]}}), "path-pattern"),
        (json!({"Field": "source-ip", "SourceIpConfig": {"Values": [mark]}}), "source-ip"),
        (query("page"), "query-string"),
        (query("lang"), "query-string"),
    ] {
        let host = json!({"Field": "host-header", "Values": ["desk.example.com"]});
        for own in [true, false] {
            let action = if own {
                to(3000)
            } else {
                json!({"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "403"}})
            };
            let behind = (at("/*"), to(3000));
            let rules = [(json!([host, condition]), action)].into_iter().chain((!own).then_some(behind)).collect();
            let lifted = lift(&[(3000, json!({}))], &[edge(rules)]);
            assert_eq!(lifted.questions, [format!("condition/edge:443/1/{kind}")], "{condition}");
            assert!(lifted.texts.contains("was not read") && !lifted.texts.contains("secret"), "{}", lifted.texts);
            let open = lifted.ports().len() + lifted.ingress().hosts.len();
            assert_eq!(open, usize::from(!own), "what it may take is closed: {:?}", lifted.ingress());
            assert!(own || lifted.ingress().routes[0].respond.is_some(), "{:?}", lifted.ingress());
        }
    }
}

#[test]
fn the_default_rule_that_describe_rules_says_again_is_no_question() {
    for action in [to(3000), json!({"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}), to(8090)]
    {
        let documents = [
            (ObservationKind::LoadBalancer, json!({"LoadBalancerArn": "edge", "Scheme": "internet-facing"})),
            (
                ObservationKind::Listener,
                json!({"ListenerArn": "listener", "LoadBalancerArn": "edge", "Port": 443,
                "Protocol": "HTTPS", "DefaultActions": [action]}),
            ),
            (
                ObservationKind::ListenerRule,
                json!({"ListenerArn": "listener", "RuleArn": "rule", "Priority": "default",
                "Conditions": [], "Actions": [action], "IsDefault": true}),
            ),
        ];
        let fixture = Fixture::new(WorkloadKind::Ecs, &documents);
        fixture.with_source(|source| {
            let mut tracker = FieldTracker::new(source);
            let around = fixture.around();
            let context =
                Context { around: &around, kind: ComponentType::Web, component: "web", runs: true, balanced: true };
            super::map(&mut tracker, &context, &mut PlConfig::default(), &mut Component::default());
            assert_eq!(verdicts(&mut tracker)["/IsDefault"], "said-twice");
        });
    }
}

/// The gateway speaks HTTP/1.1 over TLS, or HTTP/2 without it: both together are asked about, wherever the group sends.
#[test]
fn http2_over_tls_is_asked_about_and_closed_until_then() {
    for version in ["GRPC", "HTTP2"] {
        let more = || json!({"Protocol": "HTTPS", "ProtocolVersion": version});
        for (groups, asked) in [
            (vec![(3000, more())], "further-protocol/g3000"),
            (vec![(3000, json!({"Protocol": "HTTPS"})), (8090, more())], "further-protocol/g8090"),
        ] {
            let paths = groups.iter().map(|(port, _)| (at(&format!("/{port}/*")), to(*port))).collect();
            let lifted = lift(&groups, &[edge(paths)]);
            assert_eq!(lifted.questions, [asked], "{version}");
            let shut: u16 = asked.rsplit('g').next().unwrap().parse().unwrap();
            assert!(lifted.ports().iter().all(|(path, _)| !path.contains(&shut.to_string())), "{:?}", lifted.ports());
        }
    }
    for more in [json!({"Protocol": "HTTPS"}), json!({"ProtocolVersion": "GRPC"}), json!({"ProtocolVersion": "HTTP2"})]
    {
        let lifted = lift(&[(3000, more)], &[edge(vec![(at("/*"), to(3000))])]);
        assert!(
            lifted.questions.is_empty() && lifted.ingress().hosts == ["desk.example.com"],
            "{:?}",
            lifted.questions
        );
    }
}
