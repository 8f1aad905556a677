//! Services, scheduled tasks, load balancing, as a cloud describes them.

use super::{ACCOUNT, REGION, arn, edges, ids, linked, linked_with, seen, workload};
use caravan_inventory::{EdgeKind, Observation, ObservationKind as Kind};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn definition(family: &str, revision: u64, container: Value) -> Observation {
    let name = arn("ecs", &format!("task-definition/{family}:{revision}"));
    seen(
        Kind::EcsTaskDefinition,
        &name,
        json!({"taskDefinition": {
        "taskDefinitionArn": name, "family": family, "revision": revision, "containerDefinitions": [container]}, "tags": []}),
    )
}

fn service(name: &str, more: Value) -> Observation {
    let own = arn("ecs", &format!("service/prod/{name}"));
    let mut body = json!({"serviceArn": own, "serviceName": name, "clusterArn": arn("ecs", "cluster/prod")});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    seen(Kind::EcsService, &own, body)
}

pub(super) fn balanced() -> Vec<Observation> {
    let (group, balancer) =
        (arn("elasticloadbalancing", "targetgroup/api/1"), arn("elasticloadbalancing", "loadbalancer/app/public/2"));
    let (listener, rule) = (
        arn("elasticloadbalancing", "listener/app/public/2/3"),
        arn("elasticloadbalancing", "listener-rule/app/public/2/3/4"),
    );
    vec![
        seen(Kind::TargetGroup, &group, json!({"TargetGroupArn": group})),
        seen(
            Kind::LoadBalancer,
            &balancer,
            json!({"LoadBalancerArn": balancer, "DNSName": "Public-1.eu-central-1.elb.amazonaws.com"}),
        ),
        seen(
            Kind::Listener,
            &listener,
            json!({"ListenerArn": listener, "LoadBalancerArn": balancer, "DefaultActions": [{"Type": "fixed-response"}]}),
        ),
        seen(
            Kind::ListenerRule,
            &rule,
            json!({"RuleArn": rule, "Priority": "10",
            "Conditions": [{"Field": "host-header", "HostHeaderConfig": {"Values": ["API.example.com", "www.example.com", "track.customer.example"]}}],
            "Actions": [{"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": group, "Weight": 1}]}}]}),
        ),
        seen(Kind::HostedZone, "Z1", json!({"Id": "/hostedzone/Z1", "Name": "example.com."})),
        seen(
            Kind::RecordSet,
            "Z1/api.example.com./A",
            json!({"Name": "api.example.com.", "Type": "A",
            "AliasTarget": {"DNSName": "dualstack.public-1.eu-central-1.elb.amazonaws.com."}}),
        ),
        seen(
            Kind::RecordSet,
            "Z1/www.example.com./CNAME",
            json!({"Name": "www.example.com.", "Type": "CNAME", "ResourceRecords": [{"Value": "api.example.com"}]}),
        ),
        service(
            "api",
            json!({"taskDefinition": arn("ecs", "task-definition/api:7"), "loadBalancers": [{"targetGroupArn": group, "containerName": "api", "containerPort": 80}]}),
        ),
        definition("api", 7, json!({"name": "api", "image": "api:1"})),
        service("web", json!({"taskDefinition": arn("ecs", "task-definition/web:1")})),
        definition(
            "web",
            1,
            json!({"name": "web", "image": "web:1", "environment": [
            {"name": "API", "value": "https://www.example.com/v1"}, {"name": "SELF", "value": "https://outside.example.net"}]}),
        ),
    ]
}

#[test]
fn a_service_comes_with_everything_that_leads_to_it() {
    let linked = linked(balanced());
    assert_eq!(ids(&linked), [format!("ecs/{ACCOUNT}/{REGION}/prod/api"), format!("ecs/{ACCOUNT}/{REGION}/prod/web")]);
    let kinds: Vec<&str> =
        workload(&linked, "/api").parts.iter().map(|part| part.as_str().split('/').next().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "ecs.service",
            "ecs.task-definition",
            "elbv2.listener",
            "elbv2.load-balancer",
            "elbv2.rule",
            "elbv2.target-group",
            "route53.record-set",
            "route53.record-set"
        ]
    );
    assert_eq!(edges(&linked, "prod/api", EdgeKind::Routes).len(), 1);
    assert_eq!(
        edges(&linked, "prod/api", EdgeKind::Runs),
        [format!("ecs.task-definition/{ACCOUNT}/{REGION}/{} @ /taskDefinition", arn("ecs", "task-definition/api:7"))]
    );
    let chain: Vec<_> = linked
        .edges
        .iter()
        .filter(|edge| edge.kind == EdgeKind::Routes)
        .map(|edge| edge.evidence.path.as_str())
        .collect();
    assert_eq!(
        chain,
        [
            "/loadBalancers/0/targetGroupArn",
            "/LoadBalancerArn",
            "/RuleArn",
            "/Actions/0/ForwardConfig/TargetGroups/0/TargetGroupArn",
            "/AliasTarget/DNSName"
        ]
    );
}

#[test]
fn a_host_leads_through_records_and_balancers_to_its_workload() {
    let linked = linked(balanced());
    assert_eq!(
        edges(&linked, "prod/web", EdgeKind::Calls),
        [
            format!("ecs/{ACCOUNT}/{REGION}/prod/api @ /taskDefinition/containerDefinitions/0/environment/0/value"),
            "host:outside.example.net @ /taskDefinition/containerDefinitions/0/environment/1/value".to_owned(),
        ]
    );
}

/// The parts of the workload `prod/api`, with more around its balancer.
pub(super) fn parts_with(more: Vec<Observation>) -> BTreeSet<String> {
    let mut all = balanced();
    all.extend(more);
    let linked = linked(all);
    let workload = linked.workloads.iter().find(|workload| workload.name == "api").unwrap();
    workload.parts.iter().map(ToString::to_string).collect()
}

#[test]
fn a_redirect_of_another_listener_to_a_host_of_a_workload_stands_with_it() {
    let elb = |rest: &str| arn("elasticloadbalancing", rest);
    let second = |balancer: &str, default: Value, rules: &[(&str, Value)]| {
        let (lb, listener) = (elb(&format!("loadbalancer/app/{balancer}")), elb(&format!("listener/app/{balancer}/8")));
        let mut out = vec![seen(
            Kind::Listener,
            &listener,
            json!({"ListenerArn": listener, "LoadBalancerArn": lb, "Port": 80, "DefaultActions": [default]}),
        )];
        if balancer != "public/2" {
            out.push(seen(Kind::LoadBalancer, &lb, json!({"LoadBalancerArn": lb, "DNSName": "old.elb.amazonaws.com"})));
        }
        for (at, (host, action)) in rules.iter().enumerate() {
            let rule = elb(&format!("listener-rule/app/{balancer}/8/{at}"));
            let body = json!({"RuleArn": rule, "Priority": at.to_string(), "Actions": [action],
                "Conditions": [{"Field": "host-header", "Values": [host]}]});
            out.push(seen(Kind::ListenerRule, &rule, body));
        }
        out
    };
    let to = |host: &str| json!({"Type": "redirect", "RedirectConfig": {"Host": host, "StatusCode": "HTTP_301"}});
    let shut = || json!({"Type": "fixed-response"});
    let forward = json!({"Type": "forward", "TargetGroupArn": elb("targetgroup/other/9")});
    for (balancer, default, rules, stands) in [
        // From its own balancer and from another one, through a name between them too.
        ("public/2", shut(), vec![("apex.example.com", to("www.example.com"))], 1),
        ("old/7", shut(), vec![("apex.example.com", to("www.example.com"))], 1),
        ("old/7", shut(), vec![("x.example.com", to("y.example.com")), ("y.example.com", to("API.example.com"))], 2),
        ("old/7", shut(), vec![("example.com", to("www.#{host}"))], 1),
        // A name that somebody serves, and one that leads elsewhere.
        ("old/7", shut(), vec![("apex.example.com", to("www.example.com")), ("apex.example.com", forward.clone())], 0),
        ("old/7", forward.clone(), vec![("apex.example.com", to("www.example.com"))], 0),
        ("old/7", shut(), vec![("apex.example.com", to("elsewhere.example.net"))], 0),
    ] {
        let parts = parts_with(second(balancer, default, &rules));
        let listener = format!(":listener-rule/app/{balancer}/8/");
        let found = parts.iter().filter(|part| part.contains(&listener)).count();
        assert_eq!(found, stands, "{balancer} {rules:?}");
        let entered = parts.iter().any(|part| part.ends_with(&format!(":listener/app/{balancer}/8")));
        assert_eq!(entered, stands > 0, "{parts:?}");
    }
}

/// What nobody may come by until somebody answers, or only inside, serves no name: the redirect at it stands with the workload that it
/// leads to.
#[test]
fn a_redirect_stands_with_a_workload_though_what_takes_its_name_is_not_open() {
    let elb = |rest: &str| arn("elasticloadbalancing", rest);
    let forward = json!({"Type": "forward", "TargetGroupArn": elb("targetgroup/other/9")});
    let login = json!({"Type": "authenticate-cognito", "Order": 1});
    let divided = json!({"Type": "forward", "ForwardConfig": {"TargetGroups": [
        {"TargetGroupArn": elb("targetgroup/other/9"), "Weight": 9}, {"TargetGroupArn": elb("targetgroup/new/9"), "Weight": 1}]}});
    let staff = json!({"Field": "path-pattern", "Values": ["/staff/*"]});
    let name = json!({"Field": "host-header", "Values": ["*.example.com"]});
    let address = json!({"Field": "source-ip", "SourceIpConfig": {"Values": ["203.0.113.0/24"]}});
    let expression = json!({"Field": "path-pattern", "PathPatternConfig": {"RegexValues": ["^/v[0-9]"]}});
    let rule = |conditions: &[&Value], actions: &[&Value]| json!({"Conditions": conditions, "Actions": actions});
    let rewritten = json!({"Conditions": [name], "Actions": [forward], "Transforms": [{"Type": "url-rewrite"}]});
    for (port, scheme, other, stands) in [
        (443, "internet-facing", rule(&[&staff], &[&login, &forward]), true),
        (443, "internet-facing", rule(&[&name], &[&login, &forward]), true),
        (443, "internet-facing", rule(&[&address], &[&forward]), true),
        (443, "internet-facing", rule(&[&name, &expression], &[&forward]), true),
        (443, "internet-facing", rule(&[], &[&divided]), true),
        (443, "internet-facing", rewritten, true),
        (8443, "internet-facing", rule(&[], &[&forward]), true),
        // Nobody outside comes by it.
        (443, "internal", rule(&[&name], &[&forward]), true),
        (443, "internet-facing", rule(&[&name, &staff], &[&forward]), false),
        (443, "internet-facing", rule(&[&staff], &[&forward]), false),
    ] {
        let balancers = if scheme == "internal" { ["old/7", "inner/7"] } else { ["old/7", "old/7"] };
        let mut more = Vec::new();
        for (balancer, scheme) in [("old/7", "internet-facing"), ("inner/7", "internal")] {
            let lb = elb(&format!("loadbalancer/app/{balancer}"));
            more.push(seen(Kind::LoadBalancer, &lb, json!({"LoadBalancerArn": lb, "Scheme": scheme})));
        }
        for (at, (balancer, port)) in balancers.into_iter().zip([80, port]).enumerate() {
            let (lb, listener) =
                (elb(&format!("loadbalancer/app/{balancer}")), elb(&format!("listener/app/{balancer}/{at}")));
            let shut = json!([{"Type": "fixed-response"}]);
            let body = json!({"ListenerArn": listener, "LoadBalancerArn": lb, "Port": port, "DefaultActions": shut});
            more.push(seen(Kind::Listener, &listener, body));
        }
        let redirect =
            json!({"Type": "redirect", "RedirectConfig": {"Host": "www.example.com", "StatusCode": "HTTP_301"}});
        let apex = json!({"Field": "host-header", "Values": ["apex.example.com"]});
        for (of, mut body) in [
            (format!("{}/0", balancers[0]), rule(&[&apex], &[&redirect])),
            (format!("{}/1", balancers[1]), other.clone()),
        ] {
            let arn = elb(&format!("listener-rule/app/{of}/1"));
            (body["RuleArn"], body["Priority"]) = (json!(arn), json!("1"));
            more.push(seen(Kind::ListenerRule, &arn, body));
        }
        let found = parts_with(more).iter().any(|part| part.ends_with(":listener-rule/app/old/7/0/1"));
        assert_eq!(found, stands, "{port} {scheme} {other}");
    }
}

/// A redirect to the name that AWS made for the workload's balancer leads to the workload too, where a rule for every host takes that name.
#[test]
fn a_redirect_to_the_balancers_own_name_stands_with_what_takes_that_name() {
    let elb = |rest: &str| arn("elasticloadbalancing", rest);
    for (named, stands) in [(false, true), (true, false)] {
        let mut all = balanced();
        let made = "public-1.eu-central-1.elb.amazonaws.com";
        for rule in all.iter_mut().filter(|seen| seen.kind == Kind::ListenerRule && !named) {
            rule.body["Conditions"] = json!([{"Field": "path-pattern", "Values": ["/*"]}]);
        }
        let balancer = all.iter_mut().find(|seen| seen.kind == Kind::LoadBalancer).unwrap();
        balancer.body["DNSName"] = json!(made);
        let (lb, listener) = (elb("loadbalancer/app/old/7"), elb("listener/app/old/7/8"));
        let rule = elb("listener-rule/app/old/7/8/1");
        let redirect = json!([{"Type": "redirect", "RedirectConfig": {"Host": made.to_ascii_uppercase(), "StatusCode": "HTTP_301"}}]);
        all.extend([
            seen(Kind::LoadBalancer, &lb, json!({"LoadBalancerArn": lb})),
            seen(Kind::Listener, &listener, json!({"ListenerArn": listener, "LoadBalancerArn": lb, "Port": 443, "DefaultActions": [{"Type": "fixed-response"}]})),
            seen(Kind::ListenerRule, &rule, json!({"RuleArn": rule, "Priority": "1", "Actions": redirect,
                "Conditions": [{"Field": "host-header", "Values": ["apex.example.com"]}]})),
        ]);
        let linked = linked(all);
        let workload = linked.workloads.iter().find(|workload| workload.name == "api").unwrap();
        assert_eq!(workload.parts.iter().any(|part| part.as_str().ends_with(&rule)), stands, "{named}");
    }
}

/// A default action that sends every other name to one of the workload: those names, and who has them.
#[test]
fn records_of_a_balancer_whose_default_action_redirects_to_a_host_stand_with_it() {
    for (host, stands) in
        [("www.example.com", true), ("API.Example.com", true), ("#{host}", false), ("other.example.net", false)]
    {
        let mut all = balanced();
        let default = json!([{"Type": "redirect", "RedirectConfig": {"Host": host, "StatusCode": "HTTP_301"}}]);
        let listener = all.iter_mut().find(|seen| seen.kind == Kind::Listener).unwrap();
        listener.body["DefaultActions"] = default;
        let alias = json!({"DNSName": "public-1.eu-central-1.elb.amazonaws.com"});
        all.push(seen(
            Kind::RecordSet,
            "Z1/hall.example.com./A",
            json!({"Name": "hall.example.com.", "Type": "A", "AliasTarget": alias}),
        ));
        let theirs = arn("elasticloadbalancing", "listener-rule/app/public/2/3/9");
        all.push(seen(Kind::ListenerRule, &theirs, json!({"RuleArn": theirs, "Priority": "20",
            "Conditions": [{"Field": "host-header", "Values": ["theirs.example.com"]}], "Actions": [{"Type": "fixed-response"}]})));
        let linked = linked(all);
        let workload = linked.workloads.iter().find(|workload| workload.name == "api").unwrap();
        let has = |name: &str| workload.parts.iter().any(|part| part.as_str().contains(name));
        assert_eq!((has("hall.example.com./A"), has("listener-rule/app/public/2/3/9")), (stands, stands), "{host}");
    }
}

#[test]
fn a_customers_host_is_a_domain_and_our_own_is_none() {
    let linked = linked(balanced());
    let names: Vec<&str> = linked.domains.iter().map(|domain| domain.name.as_str()).collect();
    assert_eq!(names, ["track.customer.example"]);
    assert!(linked.domains[0].target.as_deref().unwrap().starts_with("elbv2.load-balancer/"));
    assert!(linked.domains[0].observation.as_ref().unwrap().as_str().starts_with("elbv2.rule/"));
}

#[test]
fn scaling_follows_its_service() {
    let target = |resource: &str| json!({"ServiceNamespace": "ecs", "ResourceId": resource, "ScalableDimension": "ecs:service:DesiredCount"});
    let linked = linked(vec![
        service("api", json!({})),
        seen(Kind::ScalableTarget, "service/prod/api", target("service/prod/api")),
        seen(Kind::ScalingPolicy, "policy", target("service/prod/api")),
        seen(Kind::ScheduledAction, "night", target("service/prod/api")),
        seen(Kind::ScalableTarget, "service/other/api", target("service/other/api")),
    ]);
    assert_eq!(workload(&linked, "/api").parts.len(), 4);
}

#[test]
fn scaling_that_names_no_service_is_asked_about_at_the_one_of_its_name() {
    let target = |resource: &str| json!({"ServiceNamespace": "ecs", "ResourceId": resource, "ScalableDimension": "ecs:service:DesiredCount"});
    for (resource, asked) in [
        ("service/other/api", true),
        ("service/Prod/api", true),
        ("service/prod/API", true),
        ("service/prod/api", false),
        ("service/prod/other", false),
        ("table/api", false),
    ] {
        let linked = linked(vec![
            service("api", json!({})),
            seen(Kind::ScalableTarget, resource, target(resource)),
            seen(Kind::ScalingPolicy, "policy", target(resource)),
        ]);
        let question = linked.questions.iter().find(|question| question.id.as_str().starts_with("scaling-target/"));
        assert_eq!(question.is_some(), asked, "{resource}");
        if let Some(question) = question {
            assert!(question.text.contains(resource) && question.text.starts_with("2 "), "{}", question.text);
            assert_eq!(question.workload, workload(&linked, "/api").id);
        }
    }
}

#[test]
fn each_target_of_a_rule_and_each_schedule_is_a_workload() {
    let task = |id: &str, family: &str| {
        json!({"Id": id, "Arn": arn("ecs", "cluster/prod"), "RoleArn": "arn:aws:iam::123456789012:role/events",
        "EcsParameters": {"TaskDefinitionArn": arn("ecs", &format!("task-definition/{family}"))}, "Input": r#"{"containerOverrides":[{"environment":[{"name":"Q","value":"https://sqs.eu-central-1.amazonaws.com/123456789012/jobs"}]}]}"#})
    };
    let rule = arn("events", "rule/nightly");
    let schedule = arn("scheduler", "schedule/reports/monthly");
    let linked = linked(vec![
        seen(
            Kind::EventsRule,
            &rule,
            json!({"Name": "nightly", "EventBusName": "default", "Targets": [task("a", "report:1"), task("b", "report"), {"Id": "c", "Arn": arn("lambda", "function:x")}]}),
        ),
        seen(
            Kind::SchedulerSchedule,
            &schedule,
            json!({"Name": "monthly", "GroupName": "reports", "Target": task("x", "report:2")}),
        ),
        definition("report", 1, json!({"name": "r", "image": "r:1"})),
        definition("report", 2, json!({"name": "r", "image": "r:2"})),
        seen(
            Kind::LambdaFunction,
            &arn("lambda", "function:x"),
            json!({"FunctionName": "x", "FunctionArn": arn("lambda", "function:x")}),
        ),
    ]);
    let begins = format!("ecs/{ACCOUNT}/{REGION}");
    assert_eq!(
        ids(&linked),
        [
            format!("{begins}/rule/nightly/a"),
            format!("{begins}/rule/nightly/b"),
            format!("{begins}/schedule/reports/monthly"),
            format!("lambda/{ACCOUNT}/{REGION}/x")
        ]
    );
    assert_eq!(workload(&linked, "/a").name, "nightly-a");
    assert!(workload(&linked, "/a").parts[1].as_str().ends_with("report:1"));
    assert!(workload(&linked, "/b").parts[1].as_str().ends_with("report:2"));
    assert_eq!(edges(&linked, "nightly/b", EdgeKind::TriggeredBy).len(), 1);
    assert_eq!(
        edges(&linked, "/x", EdgeKind::TriggeredBy),
        [format!("events.rule/{ACCOUNT}/{REGION}/{rule} @ /Targets/2/Arn")]
    );
    assert_eq!(
        edges(&linked, "nightly/a", EdgeKind::Queue),
        [format!("sqs:{} @ /Targets/0/Input", arn("sqs", "jobs"))]
    );
    assert_eq!(
        edges(&linked, "nightly/a", EdgeKind::Role),
        ["iam:arn:aws:iam::123456789012:role/events @ /Targets/0/RoleArn"]
    );
}

#[test]
fn a_family_that_nothing_else_runs_is_one_workload() {
    let task = |family: &str, group: &str| {
        let arn = arn("ecs", &format!("task-definition/{family}"));
        seen(Kind::EcsTask, &format!("{family}-{group}"), json!({"taskDefinitionArn": arn, "group": group}))
    };
    let linked = linked(vec![
        service(
            "api",
            json!({"taskDefinition": arn("ecs", "task-definition/api:2"), "deployments": [{"taskDefinition": arn("ecs", "task-definition/api:1")}]}),
        ),
        definition("api", 1, json!({"name": "a", "image": "a"})),
        definition("api", 2, json!({"name": "a", "image": "a"})),
        task("api:1", "service:api"),
        definition("shell", 3, json!({"name": "a", "image": "a"})),
        definition("shell", 4, json!({"name": "a", "image": "a"})),
        task("shell:3", "family:shell"),
        definition("idle", 9, json!({"name": "a", "image": "a"})),
        definition("idle", 10, json!({"name": "a", "image": "a"})),
    ]);
    let begins = format!("ecs/{ACCOUNT}/{REGION}");
    assert_eq!(
        ids(&linked),
        [format!("{begins}/prod/api"), format!("{begins}/task/idle"), format!("{begins}/task/shell")]
    );
    assert!(workload(&linked, "/shell").parts[0].as_str().ends_with("shell:3"), "what runs counts, not the latest");
    assert!(workload(&linked, "/idle").parts[0].as_str().ends_with("idle:10"));
}

#[test]
fn a_task_set_says_what_a_code_deploy_service_runs() {
    let linked = linked(vec![
        service(
            "api",
            json!({"taskSets": [{"status": "ACTIVE", "taskDefinition": arn("ecs", "task-definition/api:2")}, {"status": "PRIMARY", "taskDefinition": arn("ecs", "task-definition/api:1")}]}),
        ),
        definition("api", 1, json!({"name": "a", "image": "a"})),
        definition("api", 2, json!({"name": "a", "image": "a"})),
    ]);
    assert_eq!(ids(&linked).len(), 1);
    assert!(workload(&linked, "/api").parts[1].as_str().ends_with("api:1"));
}

#[test]
fn owners_come_from_rules_and_the_rest_is_asked() {
    let tagged = service("api", json!({"tags": [{"key": "team", "value": "Tracking"}]}));
    let plain = service("other", json!({}));
    let linked = linked_with(
        vec![tagged, plain],
        r#"[{"tags": {"team": "*"}, "team": "${tag:team}"}, {"cluster": "pro*", "environment": "production"}]"#,
    );
    let api = workload(&linked, "/api");
    assert_eq!((api.team.as_str(), api.environment.as_str()), ("tracking", "production"));
    assert_eq!(workload(&linked, "/other").team.as_str(), "unassigned");
    let asked: Vec<&str> = linked.questions.iter().map(|question| question.id.as_str()).collect();
    assert_eq!(asked, [format!("owner/ecs/{ACCOUNT}/{REGION}/prod/other")]);
    assert!(!linked.questions[0].text.contains("environment"), "a rule says it: {:?}", linked.questions[0]);
    let unsaid = linked_with(vec![service("other", json!({}))], "[]");
    assert!(unsaid.questions[0].text.contains("in which environment"), "{:?}", unsaid.questions[0]);
    assert_eq!(unsaid.questions[0].assumed.as_deref(), Some("unassigned/default"));
}

#[test]
fn a_tag_that_can_be_no_name_is_asked_about_and_never_replaced() {
    let tagged = |name, team, stage| {
        service(name, json!({"tags": [{"key": "team", "value": team}, {"key": "stage", "value": stage}]}))
    };
    let rules = r#"[{"team": "${tag:team}", "environment": "${tag:stage}"}, {"team": "sre", "environment": "live"}]"#;
    let services =
        vec![tagged("fine", "Labels", "QA"), tagged("staged", "labels", "qa/2"), tagged("both", "L B", "q_1")];
    let linked = linked_with(services, rules);
    let owner = |name: &str| {
        let workload = workload(&linked, name);
        (workload.team.as_str(), workload.environment.as_str())
    };
    assert_eq!(owner("/fine"), ("labels", "qa"));
    assert_eq!(owner("/staged"), ("labels", "default"));
    assert_eq!(owner("/both"), ("unassigned", "default"));
    let asked = |name: &str| linked.questions.iter().find(|question| question.id.as_str().ends_with(name));
    assert!(asked("/fine").is_none());
    let staged = asked("/staged").unwrap();
    assert!(staged.id.as_str().starts_with("owner/"), "{staged:?}");
    assert!(staged.text.contains("`environment: ${tag:stage}` gives `qa/2`"), "{staged:?}");
    assert!(staged.text.contains("`labels`") && staged.text.contains("team/environment"), "{staged:?}");
    assert_eq!(staged.assumed.as_deref(), Some("labels/default"));
    let both = asked("/both").unwrap();
    assert!(both.text.contains("gives `L B` and `environment: ${tag:stage}` gives `q_1`"), "{both:?}");
    assert_eq!(both.assumed.as_deref(), Some("unassigned/default"));
}

#[test]
fn the_order_of_observations_changes_nothing() {
    let mut observations = balanced();
    let forwards = linked(observations.clone());
    observations.reverse();
    assert_eq!(linked(observations), forwards);
}

/// Universal targets: a task of a schedule, the count of a service that is here, of one that is not, and another call.
#[test]
fn a_schedule_that_calls_ecs_is_a_task_or_belongs_to_its_service() {
    let schedule = |name: &str, action: &str, input: Value| {
        let target = json!({"Arn": format!("arn:aws:scheduler:::aws-sdk:{action}"), "Input": input.to_string()});
        let body = json!({"Name": name, "GroupName": "default", "Target": target});
        seen(Kind::SchedulerSchedule, &arn("scheduler", &format!("schedule/default/{name}")), body)
    };
    let on_cluster = json!({"Name": "bare", "Target": {"Arn": arn("ecs", "cluster/prod")}});
    let linked = linked(vec![
        service("site", json!({"taskDefinition": "site:1"})),
        definition("site", 1, json!({"name": "a", "image": "a"})),
        definition("report", 3, json!({"name": "a", "image": "a"})),
        schedule("nightly", "ecs:runTask", json!({"Cluster": "prod", "TaskDefinition": "report:3"})),
        schedule(
            "off",
            "ecs:updateService",
            json!({"Cluster": arn("ecs", "cluster/prod"), "Service": "site", "DesiredCount": 0}),
        ),
        schedule(
            "on",
            "ecs:updateService",
            json!({"Cluster": "prod", "Service": arn("ecs", "service/prod/site"), "DesiredCount": 1}),
        ),
        schedule("elsewhere", "ecs:updateService", json!({"Cluster": "prod", "Service": "gone", "DesiredCount": 1})),
        schedule("stop", "ecs:stopTask", json!({"Cluster": "prod", "Task": "x"})),
        schedule("mail", "sqs:sendMessage", json!({"QueueUrl": "x"})),
        seen(Kind::SchedulerSchedule, &arn("scheduler", "schedule/default/bare"), on_cluster),
    ]);
    let begins = format!("ecs/{ACCOUNT}/{REGION}");
    let schedules = ["bare", "elsewhere", "nightly", "stop"].map(|name| format!("{begins}/schedule/default/{name}"));
    let wanted: Vec<String> = std::iter::once(format!("{begins}/prod/site")).chain(schedules).collect();
    assert_eq!(ids(&linked), wanted);
    let parts =
        |ending: &str| workload(&linked, ending).parts.iter().map(|part| part.as_str().to_owned()).collect::<Vec<_>>();
    assert!(
        parts("/site").iter().any(|part| part.ends_with("/off"))
            && parts("/site").iter().any(|part| part.ends_with("/on"))
    );
    assert!(parts("/nightly")[1].ends_with("task-definition/report:3"), "{:?}", parts("/nightly"));
    assert_eq!(edges(&linked, "/nightly", EdgeKind::Runs).len(), 1);
    assert_eq!(parts("/elsewhere").len(), 1);
}
