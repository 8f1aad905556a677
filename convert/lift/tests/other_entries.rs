//! Entries that are no load balancer's: labels and variables that a proxy reads, names of Cloud Map, aliases of Service
//! Connect. None of them opens anything, and none is lost without a question.

#![expect(clippy::panic, clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use caravan_convert_lift::{FieldVerdict, LiftOutcome};
use caravan_inventory::ObservationKind::{EcsService, EcsTaskDefinition};
use common::Case;
use serde_json::{Value, json};

fn extended(mut base: Value, more: &Value) -> Value {
    base.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    base
}

/// A service that serves port 3000, with what is said of its container and of itself.
fn case(container: &Value, service: &Value) -> Case {
    let container =
        extended(json!({"name": "wiki", "image": "wiki:2", "portMappings": [{"containerPort": 3000}]}), container);
    let task = json!({"family": "wiki", "cpu": "256", "memory": "512", "networkMode": "awsvpc", "containerDefinitions": [container]});
    let service = extended(json!({"serviceName": "wiki", "taskDefinition": "wiki:2", "desiredCount": 2}), service);
    Case::live("wiki", &[(EcsService, service), (EcsTaskDefinition, task)])
}

/// The text of the one question of this topic.
fn asked(case: &Case, topic: &str) -> String {
    let questions = case.lift().questions;
    let mut found = questions.iter().filter(|one| one.id.as_str().starts_with(&format!("{topic}/")));
    let text = found.next().map(|one| one.text.clone());
    assert!(found.next().is_none(), "{questions:?}");
    text.unwrap_or_else(|| panic!("no question {topic}: {questions:?}"))
}

/// That nothing from outside reaches it.
fn is_shut(case: &Case) -> bool {
    let component = case.config().components.pop_first().unwrap().1;
    component.ingress.is_none_or(|ingress| {
        ingress.internal == Some(true)
            && ingress.routes.is_empty()
            && ingress.hosts.is_empty()
            && ingress.paths.is_empty()
    })
}

#[test]
fn labels_and_variables_that_a_proxy_reads_are_asked_about_and_open_nothing() {
    for (container, said, at) in [
        (
            json!({"dockerLabels": {"traefik.http.routers.wiki.rule": "Host(`wiki.example.com`)",
                "traefik.http.routers.wiki.middlewares": "staff@file", "build": "77"}}),
            "`traefik.http.routers.wiki.middlewares=staff@file`",
            "/containerDefinitions/0/dockerLabels/traefik.http.routers.wiki.rule",
        ),
        (
            json!({"dockerLabels": {"traefik.frontend.rule": "Host:wiki.example.com;PathPrefix:/docs"}}),
            "Host:wiki.example.com;PathPrefix:/docs",
            "/containerDefinitions/0/dockerLabels/traefik.frontend.rule",
        ),
        (
            json!({"dockerLabels": {"Traefik.Enable": "true"}}),
            "`Traefik.Enable=true`",
            "/containerDefinitions/0/dockerLabels/Traefik.Enable",
        ),
        (
            json!({"dockerLabels": {"caddy_0": "wiki.example.com", "caddy_0.reverse_proxy": "{{upstreams 3000}}"}}),
            "`caddy_0=wiki.example.com`",
            "/containerDefinitions/0/dockerLabels/caddy_0",
        ),
        (
            json!({"environment": [{"name": "VIRTUAL_HOST", "value": "wiki.example.com"}, {"name": "MODE", "value": "rw"}]}),
            "`VIRTUAL_HOST=wiki.example.com`",
            "/containerDefinitions/0/environment/0/value",
        ),
        (
            json!({"environment": [{"name": "SERVICE_TAGS", "value": "urlprefix-wiki.example.com/"}]}),
            "urlprefix-wiki.example.com/",
            "/containerDefinitions/0/environment/0/value",
        ),
        (
            json!({"environment": [{"name": "SERVICE_3000_TAGS", "value": "urlprefix-wiki.example.com/docs"}]}),
            "`SERVICE_3000_TAGS=urlprefix-wiki.example.com/docs`",
            "/containerDefinitions/0/environment/0/value",
        ),
        (
            json!({"dockerLabels": {"SERVICE_3000_TAGS": "urlprefix-wiki.example.com/", "build": "78"}}),
            "`SERVICE_3000_TAGS=urlprefix-wiki.example.com/`",
            "/containerDefinitions/0/dockerLabels/SERVICE_3000_TAGS",
        ),
        (
            json!({"dockerLabels": {"SERVICE_TAGS": "urlprefix-:3000 proto=tcp"}}),
            "`SERVICE_TAGS=urlprefix-:3000 proto=tcp`",
            "/containerDefinitions/0/dockerLabels/SERVICE_TAGS",
        ),
    ] {
        let case = case(&container, &json!({}));
        assert!(asked(&case, "routing-labels").contains(said), "{}", asked(&case, "routing-labels"));
        assert!(matches!(case.verdict(1, at), FieldVerdict::Question { .. }), "{at}");
        assert!(is_shut(&case), "{at}");
        let tags = case.config().components.pop_first().unwrap().1.tags;
        assert!(tags.keys().all(|name| name == "build"), "{tags:?}");
        let answered = case.answer("routing-labels", "wiki", "by-other-means");
        assert!(!answered.lift().questions.iter().any(|one| one.id.as_str().starts_with("routing-labels/")));
        assert!(!matches!(answered.verdict(1, at), FieldVerdict::Question { .. }));
        assert!(is_shut(&answered), "{at}");
    }
}

#[test]
fn words_that_only_look_like_tags_of_registrator_are_words() {
    for name in ["SERVICE__TAGS", "SERVICE_WEB_TAGS", "SERVICE_3000_TAGS_OLD", "MY_SERVICE_TAGS"] {
        let questions = case(&json!({"dockerLabels": {name: "a"}}), &json!({})).lift().questions;
        assert!(!questions.iter().any(|one| one.id.as_str().starts_with("routing-labels/")), "{name}: {questions:?}");
    }
}

/// What finds its services by ECS finds none in a cluster.
#[test]
fn a_proxy_that_asks_ecs_for_what_it_routes_to_does_not_start_before_the_answer() {
    for container in [
        json!({"command": ["--providers.ecs.clusters=main", "--entrypoints.web.address=:3000"]}),
        json!({"command": ["traefik", "--providers.ecs=true"]}),
        json!({"environment": [{"name": "TRAEFIK_PROVIDERS_ECS_AUTODISCOVERCLUSTERS", "value": "true"}]}),
    ] {
        let case = case(&container, &json!({}));
        assert!(asked(&case, "ecs-endpoint").contains("`providers.ecs`"));
        assert!(case.config().components.pop_first().unwrap().1.suspended.is_some());
        let answered = case.answer("ecs-endpoint", "wiki", "without");
        assert!(answered.config().components.pop_first().unwrap().1.suspended.is_none());
    }
}

#[test]
fn names_of_cloud_map_are_asked_about() {
    let arn = |id: &str| format!("arn:aws:servicediscovery:eu-west-1:111122223333:service/{id}");
    for (registries, said) in [
        (json!([{"registryArn": arn("srv-abc")}]), "`srv-abc`"),
        (json!([{"registryArn": arn("srv-abc"), "containerName": "wiki", "containerPort": 3000}]), "`srv-abc`"),
        (
            json!([{"registryArn": arn("srv-a"), "port": 3000}, {"registryArn": arn("srv-b")}]),
            "`aws servicediscovery get-service --id srv-b` tells it",
        ),
    ] {
        let case = case(&json!({}), &json!({"serviceRegistries": registries}));
        assert!(asked(&case, "service-discovery").contains(said));
        for (at, registry) in registries.as_array().unwrap().iter().enumerate() {
            for field in registry.as_object().unwrap().keys() {
                let verdict = case.verdict(0, &format!("/serviceRegistries/{at}/{field}"));
                assert!(matches!(verdict, FieldVerdict::Question { .. }), "{field}");
            }
        }
        assert!(is_shut(&case));
        let answered = case.answer("service-discovery", "", "new-name");
        assert!(matches!(answered.verdict(0, "/serviceRegistries/0/registryArn"), FieldVerdict::Dropped { .. }));
    }
}

#[test]
fn aliases_of_service_connect_are_asked_about_by_name() {
    let port = json!({"portMappings": [{"containerPort": 3000, "name": "http"}]});
    for (settings, said) in [
        (
            json!({"enabled": true, "namespace": "shop", "services": [{"portName": "http", "discoveryName": "wiki",
                "clientAliases": [{"dnsName": "wiki.internal", "port": 80}]}]}),
            "`wiki.internal:80`, `wiki`",
        ),
        (
            json!({"enabled": true, "services": [{"portName": "http", "clientAliases": [{"dnsName": "a", "port": 1}, {"dnsName": "b", "port": 2}]}]}),
            "`a:1`, `b:2`, `http`",
        ),
        (json!({"enabled": true, "namespace": "shop"}), "Service Connect"),
        (
            json!({"enabled": true, "services": [{"portName": "http", "ingressPortOverride": 15000,
                "timeout": {"perRequestTimeoutSeconds": 5}, "tls": {"issuerCertificateAuthority": {"awsPcaAuthorityArn": "arn"}}}]}),
            "`http`",
        ),
    ] {
        // As it was asked for, and as the primary deployment answers it.
        let deployed = json!([{"id": "1", "status": "PRIMARY", "serviceConnectConfiguration": settings}]);
        for service in [json!({"serviceConnectConfiguration": settings}), json!({"deployments": deployed})] {
            let case = case(&port, &service);
            assert!(asked(&case, "service-connect").contains(said), "{}", asked(&case, "service-connect"));
            assert!(is_shut(&case));
            let exact = case.lift().ledger.documents[0].entries.iter().any(|entry| {
                entry.path.contains("serviceConnectConfiguration") && entry.verdict == FieldVerdict::Exact
            });
            assert!(!exact, "{settings}");
            let answered = case.answer("service-connect", "", "new-name");
            assert!(!answered.lift().questions.iter().any(|one| one.id.as_str().starts_with("service-connect/")));
        }
    }
    let off = json!({"enabled": false, "services": [{"portName": "http"}]});
    let case = case(&port, &json!({"serviceConnectConfiguration": off}));
    assert!(!case.lift().questions.iter().any(|one| one.id.as_str().starts_with("service-connect/")));
}

/// Names are one question, and what nobody reads on the way is another.
#[test]
fn tls_of_service_connect_is_a_question_of_its_own() {
    let authority = json!({"issuerCertificateAuthority": {"awsPcaAuthorityArn": "arn:aws:acm-pca:eu-west-1:111122223333:certificate-authority/1"}});
    for (tls, answered) in [
        (Some(authority.clone()), false),
        (Some(json!({"roleArn": "arn:aws:iam::111122223333:role/tls"})), false),
        (Some(authority), true),
        (None, false),
    ] {
        let mut offered = json!({"portName": "http", "clientAliases": [{"port": 80, "dnsName": "pay.harbour"}]});
        if let Some(tls) = &tls {
            offered["tls"] = tls.clone();
        }
        let service = json!({"serviceName": "pay", "desiredCount": 1, "serviceConnectConfiguration": {"enabled": true, "namespace": "harbour", "services": [offered]}});
        let task = json!({"family": "pay", "containerDefinitions": [{"name": "pay", "image": "pay:1", "portMappings": [{"containerPort": 80, "name": "http"}]}]});
        let mut case = Case::live("pay", &[(EcsService, service), (EcsTaskDefinition, task)]);
        case = case.answer("service-connect", "", "new-name");
        if answered {
            case = case.answer("service-connect-tls", "", "without-tls");
        }
        let asked = case.lift().questions.iter().any(|one| one.id.as_str().starts_with("service-connect-tls/"));
        assert_eq!(asked, tls.is_some() && !answered);
        assert_eq!(case.config().components["web"].suspended.is_some(), asked);
    }
}

#[test]
fn what_service_connect_said_of_time_is_said_to_be_gone() {
    for (timeout, noted) in [
        (json!({"perRequestTimeoutSeconds": 5}), "longer"),
        (json!({"idleTimeoutSeconds": 120}), "silent"),
        (json!({"perRequestTimeoutSeconds": 0, "idleTimeoutSeconds": 0}), "no limit"),
    ] {
        let offered = json!({"portName": "http", "timeout": timeout});
        let connect = json!({"enabled": true, "namespace": "harbour", "services": [offered]});
        let open = || case(&json!({}), &json!({"serviceConnectConfiguration": connect}));
        for case in [open(), open().answer("service-connect", "", "new-name")] {
            let lift = case.lift();
            let entries: Vec<_> = lift.ledger.entries().filter(|entry| entry.path.contains("/timeout/")).collect();
            assert!(!entries.is_empty());
            for entry in entries {
                let rule = "service-connect-timeout".into();
                assert_eq!(entry.verdict, FieldVerdict::Dropped { rule });
                assert!(entry.note.as_ref().is_some_and(|note| note.contains(noted)), "{entry:?}");
            }
        }
    }
}

/// What a balancer does not tell, and whom an internal one lets in, stands in the ledger where its fields do.
#[test]
fn whom_a_network_lets_in_stands_in_the_ledger() {
    use caravan_inventory::ObservationKind::{Listener, ListenerRule, LoadBalancer, SecurityGroup, TargetGroup};
    let service = json!({"serviceName": "wiki", "taskDefinition": "wiki:2", "desiredCount": 2, "loadBalancers": [
        {"targetGroupArn": "ours", "containerName": "wiki", "containerPort": 3000}]});
    let container = json!({"name": "wiki", "image": "wiki:2", "portMappings": [{"containerPort": 3000}]});
    let task = json!({"family": "wiki", "networkMode": "awsvpc", "containerDefinitions": [container]});
    let group = |from: &[&str]| {
        let ranges: Vec<Value> = from.iter().map(|range| json!({"cidrIp": range})).collect();
        json!({"groupId": "sg-1", "ipPermissions": [
            {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "ipRanges": ranges}]})
    };
    let case = |scheme: &str, from: &[&str]| {
        let balancer = json!({"LoadBalancerArn": "balancer", "LoadBalancerName": "edge", "Scheme": scheme,
            "Type": "application", "IpAddressType": "ipv4", "SecurityGroups": ["sg-1"],
            "AvailabilityZones": [{"ZoneName": "a", "SubnetId": "subnet-1"}, {"ZoneName": "b", "SubnetId": "subnet-2"}]});
        let listener = json!({"ListenerArn": "listener", "LoadBalancerArn": "balancer", "Port": 443, "Protocol": "HTTPS",
            "DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]});
        let rule = json!({"ListenerArn": "listener", "Priority": "1",
            "Conditions": [{"Field": "host-header", "HostHeaderConfig": {"Values": ["wiki.example.com"]}}],
            "Actions": [{"Type": "forward", "TargetGroupArn": "ours"}]});
        Case::live(
            "wiki",
            &[
                (EcsService, service.clone()),
                (EcsTaskDefinition, task.clone()),
                (LoadBalancer, balancer),
                (Listener, listener),
                (ListenerRule, rule),
                (TargetGroup, json!({"TargetGroupArn": "ours", "Protocol": "HTTP", "Port": 3000, "TargetType": "ip"})),
                (SecurityGroup, group(from)),
            ],
        )
    };
    for range in ["10.1.0.0/16", "192.168.0.0/16", "100.64.0.0/10"] {
        let note = case("internal", &[range]).entry(2, "/SecurityGroups/0").note.unwrap();
        assert!(note.contains(range) && note.contains("edge:443"), "{note}");
    }
    let everybody = case("internal", &["0.0.0.0/0"]).entry(2, "/SecurityGroups/0");
    assert_eq!((everybody.note, everybody.verdict), (None, FieldVerdict::Dropped { rule: "platform-entry".into() }));
    for scheme in ["internal", "internet-facing"] {
        for zone in 0..2 {
            let subnet = case(scheme, &["0.0.0.0/0"]).entry(2, &format!("/AvailabilityZones/{zone}/SubnetId"));
            assert!(subnet.note.unwrap().contains("network ACL"), "{scheme} {zone}");
        }
    }
}

/// A template of Copilot's kind: the container's name and the rule's hosts are parameters, the service names the container outright.
#[test]
fn what_a_template_leaves_open_of_a_name_or_a_host_is_asked_as_that_value_alone() {
    use caravan_inventory::ObservationKind::{Listener, ListenerRule, LoadBalancer, TargetGroup};
    let open = |text: &str| json!({"$unresolved": text});
    let service = json!({"serviceName": "wiki", "taskDefinition": "wiki", "desiredCount": 2, "loadBalancers": [
        {"targetGroupArn": "ours", "containerName": "wiki", "containerPort": 3000}]});
    let container =
        json!({"name": open("!Ref WorkloadName"), "image": "wiki:2", "portMappings": [{"containerPort": 3000}]});
    let task = json!({"family": "wiki", "networkMode": "awsvpc", "containerDefinitions": [container]});
    let balancer =
        json!({"LoadBalancerArn": "balancer", "LoadBalancerName": "edge", "Scheme": "internal", "Type": "application"});
    let listener = json!({"ListenerArn": "listener", "LoadBalancerArn": "balancer", "Port": 443, "Protocol": "HTTPS",
        "DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]});
    let hosts = json!({"Field": "host-header", "HostHeaderConfig": {"Values": [open("!GetAtt Env.Host")]}});
    let paths = json!({"Field": "path-pattern", "PathPatternConfig": {"Values": ["/wiki/*"]}});
    let rule = json!({"ListenerArn": "listener", "Priority": "1", "Conditions": [hosts, paths],
        "Actions": [{"Type": "forward", "TargetGroupArn": "ours"}]});
    let documents = [
        (EcsService, service),
        (EcsTaskDefinition, task),
        (LoadBalancer, balancer),
        (Listener, listener),
        (ListenerRule, rule),
        (TargetGroup, json!({"TargetGroupArn": "ours", "Protocol": "HTTP", "Port": 3000, "TargetType": "ip"})),
    ];
    let case = || Case::from_file("wiki", &documents);
    let host = "value/ecs/test/wiki/elbv2.rule/Conditions/0/HostHeaderConfig/Values/0";
    let lifted = case().lift();
    let about: Vec<&str> = lifted.questions.iter().map(|one| one.id.as_str()).collect();
    assert!(about.contains(&host), "{about:?}");
    assert!(!about.iter().any(|id| id.starts_with("condition/") || id.ends_with("/name")), "{about:?}");
    assert!(
        lifted.questions.iter().all(|one| !one.text.contains("``") && !one.text.contains("(;")),
        "{:?}",
        lifted.questions
    );
    let entries = lifted.ledger.documents.iter().flat_map(|document| &document.entries);
    for entry in entries {
        let FieldVerdict::Question { id } = &entry.verdict else { continue };
        assert!(about.contains(&id.as_str()), "{} waits for {id}, which nobody is asked", entry.path);
    }
    if let LiftOutcome::Refused { reasons } = &lifted.outcome {
        assert_eq!(*reasons, [format!("what its template leaves open has to be known first: `{host}`")]);
    }
    let answered = case().answer("value", "elbv2.rule/Conditions/0/HostHeaderConfig/Values/0", "wiki.example.com");
    assert!(format!("{:?}", answered.config()).contains("wiki.example.com"));
}

/// What nobody should read in a route, and what no gateway takes there, is a question that keeps the rule closed.
#[test]
fn odd_values_of_rules_are_asked_about_and_never_asked_for_in_the_clear() {
    use caravan_inventory::ObservationKind::{Listener, ListenerRule, LoadBalancer, TargetGroup};
    let service = json!({"serviceName": "wiki", "taskDefinition": "wiki", "desiredCount": 2, "loadBalancers": [
        {"targetGroupArn": "ours", "containerName": "wiki", "containerPort": 3000}]});
    let container = json!({"name": "wiki", "image": "wiki:2", "portMappings": [{"containerPort": 3000}]});
    let host = json!({"Field": "host-header", "HostHeaderConfig": {"Values": ["wiki.example.com"]}});
    let header = |value: Value| json!({"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Origin", "Values": [value]}});
    let forward = json!({"Type": "forward", "TargetGroupArn": "ours"});
    let answer = json!({"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "403", "MessageBody": 403}});
    for (condition, action, topic) in [
        (header(json!({"$unresolved": "{{resolve:secretsmanager:cf:SecretString:k}}"})), &forward, "condition"),
        (header(json!({"$unresolved": "!Ref OriginSecret", "default": "changeme"})), &forward, "condition"),
        (header(json!("")), &forward, "condition"),
        (json!({"Field": "path-pattern", "PathPatternConfig": {"Values": ["/x"]}}), &answer, "in-front/"),
    ] {
        let rule =
            json!({"ListenerArn": "listener", "Priority": "1", "Conditions": [host, condition], "Actions": [action]});
        let rest = json!({"ListenerArn": "listener", "Priority": "2", "Conditions": [host], "Actions": [forward]});
        let case = Case::from_file(
            "wiki",
            &[
                (EcsService, service.clone()),
                (
                    EcsTaskDefinition,
                    json!({"family": "wiki", "networkMode": "awsvpc", "containerDefinitions": [container]}),
                ),
                (
                    LoadBalancer,
                    json!({"LoadBalancerArn": "balancer", "LoadBalancerName": "edge", "Scheme": "internal", "Type": "application"}),
                ),
                (
                    Listener,
                    json!({"ListenerArn": "listener", "LoadBalancerArn": "balancer", "Port": 443, "Protocol": "HTTPS",
                    "DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]}),
                ),
                (ListenerRule, rule),
                (ListenerRule, rest),
                (TargetGroup, json!({"TargetGroupArn": "ours", "Protocol": "HTTP", "Port": 3000, "TargetType": "ip"})),
            ],
        );
        let about: Vec<String> = case.lift().questions.iter().map(|one| one.id.to_string()).collect();
        assert!(about.iter().any(|id| id.starts_with(topic)), "{about:?}");
        assert!(!about.iter().any(|id| id.starts_with("value/")), "{about:?}");
        assert!(!format!("{:?}", case.lift().outcome).contains("changeme"));
    }
}

/// A service behind a balancer of a template, with what its rule says and the record sets that lead there.
fn behind(rule: Value, records: &[Value]) -> Case {
    use caravan_inventory::ObservationKind::{
        Listener, ListenerRule, LoadBalancer, RecordSet, SecurityGroup, TargetGroup,
    };
    let service = json!({"serviceName": "wiki", "taskDefinition": "wiki", "desiredCount": 2, "loadBalancers": [
        {"targetGroupArn": "ours", "containerName": "wiki", "containerPort": 3000}]});
    let container = json!({"name": "wiki", "image": "wiki:2", "portMappings": [{"containerPort": 3000}]});
    let task = json!({"family": "wiki", "networkMode": "awsvpc", "containerDefinitions": [container]});
    let balancer = json!({"LoadBalancerArn": "balancer", "LoadBalancerName": "edge", "Scheme": "internet-facing",
        "Type": "application", "DNSName": "edge.elb.example.net", "SecurityGroups": ["sg-1"]});
    let listener = json!({"ListenerArn": "listener", "LoadBalancerArn": "balancer", "Port": 443, "Protocol": "HTTPS",
        "DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]});
    let rule = extended(json!({"ListenerArn": "listener", "Priority": "1"}), &rule);
    let everybody = json!({"groupId": "sg-1", "ipPermissions": [
        {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "ipRanges": [{"cidrIp": "0.0.0.0/0"}]}]});
    let mut documents = vec![
        (EcsService, service),
        (EcsTaskDefinition, task),
        (LoadBalancer, balancer),
        (Listener, listener),
        (ListenerRule, rule),
        (TargetGroup, json!({"TargetGroupArn": "ours", "Protocol": "HTTP", "Port": 3000, "TargetType": "ip"})),
        (SecurityGroup, everybody),
    ];
    let set = |name: &Value| {
        let alias = json!({"DNSName": "edge.elb.example.net.", "HostedZoneId": "Z3", "EvaluateTargetHealth": false});
        (RecordSet, json!({"Name": name, "Type": "A", "AliasTarget": alias}))
    };
    documents.extend(records.iter().map(set));
    Case::from_file("wiki", &documents)
}

/// An answer that has no meaning in its place is none: a login or a condition that a template leaves open keeps out what it may keep
/// out until somebody says what it is.
#[test]
fn what_a_guard_of_a_template_is_opens_nothing_by_an_answer_that_says_no_guard() {
    let open = json!({"$unresolved": "!If [HasLogin, {...}, !Ref AWS::NoValue]"});
    let to = json!({"Type": "forward", "TargetGroupArn": "ours"});
    let host = json!({"Field": "host-header", "HostHeaderConfig": {"Values": ["wiki.example.com"]}});
    let login = json!({"Type": "authenticate-oidc", "AuthenticateOidcConfig": {"Issuer": "https://x", "ClientId": "c",
        "AuthorizationEndpoint": "https://x/a", "TokenEndpoint": "https://x/t", "UserInfoEndpoint": "https://x/u"}});
    let path = json!({"Field": "path-pattern", "PathPatternConfig": {"Values": ["/open/*"]}});
    let logins = json!({"Conditions": [host], "Actions": [open, to]});
    let paths = json!({"Conditions": [host, open], "Actions": [to]});
    let whole = json!({"Conditions": open, "Actions": [to]});
    let guards = [
        (&logins, "elbv2.rule/Actions/0", &["authenticate-oidc", "true", "x", "3"][..], login.to_string()),
        (&paths, "elbv2.rule/Conditions/1", &["/open/*", "false", "x"][..], path.to_string()),
        (&whole, "elbv2.rule/Conditions", &["wiki.example.com", "x"][..], json!([host, path]).to_string()),
    ];
    for (rule, detail, texts, meant) in guards {
        let case = || behind(rule.clone(), &[]);
        let id = format!("value/ecs/test/wiki/{detail}");
        for text in texts {
            let lifted = case().answer("value", detail, text).lift();
            if detail == "elbv2.rule/Conditions" {
                // It is a condition that nobody knows.
                assert!(lifted.questions.iter().any(|one| one.id.as_str().starts_with("condition/")), "{text}");
                assert!(!format!("{:?}", lifted.outcome).contains("wiki.example.com"), "{text}");
                continue;
            }
            let asked = lifted.questions.iter().find(|one| one.id.as_str() == id);
            let asked = asked.unwrap_or_else(|| panic!("{detail}={text}: {:?}", lifted.questions));
            assert!(asked.text.contains(&format!("The answer `{text}` can't be used")), "{}", asked.text);
            let LiftOutcome::Converted(config) = &lifted.outcome else { continue };
            assert!(config.components.values().all(|one| one.suspended.is_some()), "{detail}={text}");
        }
        let answered = case().answer("value", detail, &meant);
        let asked: Vec<String> = answered.lift().questions.iter().map(|one| one.id.to_string()).collect();
        assert!(!asked.contains(&id) && !asked.iter().any(|id| id.starts_with("misplaced/")), "{detail}: {asked:?}");
        let config = format!("{:?}", answered.config());
        match detail.ends_with("Actions/0") {
            true => assert!(asked.iter().any(|id| id.starts_with("auth/")), "{asked:?}"),
            false => assert!(config.contains("/open/"), "{config}"),
        }
        // Somebody says that nothing is there.
        if detail != "elbv2.rule/Conditions" {
            let asked = case().answer("value", detail, "null").lift().questions;
            assert!(!asked.iter().any(|one| one.id.as_str() == id), "{asked:?}");
        }
    }
}

/// A name of a record set that a template leaves open is asked about, also where other names are known.
#[test]
fn a_record_set_with_an_open_name_is_asked_about_beside_the_known_ones() {
    let to = json!({"Type": "forward", "TargetGroupArn": "ours"});
    let any = json!({"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}});
    let rule = json!({"Conditions": [any], "Actions": [to]});
    let offered = json!({"$unresolved": "!Sub b.${Zone}", "default": "b.example.com."});
    let records = [json!("a.example.com."), json!({"$unresolved": "!Sub ${Sub}.example.com"}), offered];
    let case = || behind(rule.clone(), &records);
    let id = |number: &str| format!("value/ecs/test/wiki/route53.record-set{number}/Name");
    let questions = case().lift().questions;
    let asked: Vec<&str> = questions.iter().map(|one| one.id.as_str()).collect();
    assert!(asked.contains(&id(".2").as_str()) && asked.contains(&id(".3").as_str()), "{asked:?}");
    assert!(case().config().components.values().all(|one| one.suspended.is_some()));
    let answered = case().answer("value", "route53.record-set.2/Name", "c.example.com").answer(
        "value",
        "route53.record-set.3/Name",
        "null",
    );
    let config = format!("{:?}", answered.config());
    assert!(config.contains("a.example.com") && config.contains("c.example.com"), "{config}");
    assert!(!config.contains("b.example.com"), "{config}");
}
