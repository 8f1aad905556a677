//! The test bench itself: every fault that the proxy can make, and a cluster that behaves as one.

use caravan_tests_testbed::{Cluster, Fault, FaultProxy, Moto, Rule, Write};
use k8s_openapi::api::apps::v1::Deployment;
use kube::api::Api;
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

/// A boto3 script that makes one call and prints what it got, page by page, or the error's code.
const ASK: &str = r#"
import json, sys, boto3, botocore.config, botocore.exceptions
service, call, key, attempts = sys.argv[1:5]
config = botocore.config.Config(retries={"total_max_attempts": int(attempts)}, read_timeout=5)
client = boto3.client(service, config=config, endpoint_url=sys.argv[5])
try:
    if client.can_paginate(call):
        print(json.dumps([len(page.get(key, [])) for page in client.get_paginator(call).paginate()]))
    else:
        print(json.dumps(getattr(client, call)()[key]))
except botocore.exceptions.ClientError as error:
    print(json.dumps(error.response["Error"]["Code"]))
except Exception as error:
    print(json.dumps(type(error).__name__))
"#;

struct Bench {
    moto: &'static Moto,
    proxy: FaultProxy,
    account: caravan_tests_testbed::Account,
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Option<Self> {
        let moto = Moto::shared()?;
        let proxy = FaultProxy::start(&moto.endpoint())?;
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ask.py"), ASK).unwrap();
        Some(Self { moto, proxy, account: moto.account(), folder })
    }

    /// What boto3 makes of one call through the proxy, with this many attempts.
    fn ask(&self, service: &str, call: &str, key: &str, attempts: u32) -> Value {
        let endpoint = self.proxy.endpoint();
        let arguments = [service, call, key, &attempts.to_string(), &endpoint];
        self.run("ask.py", &arguments)
    }

    fn run(&self, script: &str, arguments: &[&str]) -> Value {
        self.moto.boto3(&self.account, "eu-central-1", &self.folder.path().join(script), arguments)
    }

    /// Seven clusters, five target groups, five rules, four schedules, three zones.
    fn fill(&self) {
        let script = r#"
import boto3
for n in range(7): boto3.client("ecs").create_cluster(clusterName=f"c{n}")
vpc = boto3.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
for n in range(5): boto3.client("elbv2").create_target_group(Name=f"t{n}", Protocol="HTTP", Port=80, VpcId=vpc)
for n in range(5): boto3.client("events").put_rule(Name=f"r{n}", ScheduleExpression="rate(1 hour)")
target = {"Arn": "arn:aws:sqs:eu-central-1:111122223333:q", "RoleArn": "arn:aws:iam::111122223333:role/x"}
for n in range(4): boto3.client("scheduler").create_schedule(Name=f"s{n}", FlexibleTimeWindow={"Mode": "OFF"}, ScheduleExpression="rate(1 hour)", Target=target)
for n in range(3): boto3.client("route53").create_hosted_zone(Name=f"z{n}.example.", CallerReference=str(n))
"#;
        std::fs::write(self.folder.path().join("fill.py"), script).unwrap();
        self.run("fill.py", &[]);
    }
}

#[test]
fn moto_gives_each_test_an_account_of_its_own() {
    let Some(bench) = Bench::new() else { return };
    let endpoint = bench.moto.endpoint();
    let whoami = bench.run("ask.py", &["sts", "get_caller_identity", "Account", "1", &endpoint]);
    assert_eq!(whoami, json!(bench.account.id));
    bench.fill();
    assert_eq!(bench.run("ask.py", &["ecs", "list_clusters", "clusterArns", "1", &endpoint]), json!([7]));
    let other = bench.moto.account_with_id("999988887777");
    let ask = bench.folder.path().join("ask.py");
    let arguments = ["ecs", "list_clusters", "clusterArns", "1", endpoint.as_str()];
    assert_eq!(bench.moto.boto3(&other, "eu-central-1", &ask, &arguments), json!([0]));
    assert_eq!(bench.moto.boto3(&bench.account, "eu-west-1", &ask, &arguments), json!([0]));
}

#[test]
fn the_fault_proxy_cuts_moto_s_lists_into_pages_in_every_protocol() {
    let Some(bench) = Bench::new() else { return };
    bench.fill();
    bench.proxy.script(&[Rule::new(Fault::Pages { size: 2 })]);
    assert_eq!(bench.ask("ecs", "list_clusters", "clusterArns", 1), json!([2, 2, 2, 1]));
    assert_eq!(bench.ask("elbv2", "describe_target_groups", "TargetGroups", 1), json!([2, 2, 1]));
    assert_eq!(bench.ask("events", "list_rules", "Rules", 1), json!([2, 2, 1]));
    assert_eq!(bench.ask("scheduler", "list_schedules", "Schedules", 1), json!([2, 2]));
    assert_eq!(bench.ask("route53", "list_hosted_zones", "HostedZones", 1), json!([2, 1]));
    let calls = bench.proxy.calls();
    let later: Vec<_> = calls.iter().filter(|call| call.with_token).map(|call| call.action.as_str()).collect();
    assert_eq!(later.iter().filter(|action| **action == "ListClusters").count(), 3);
    assert_eq!(later.len(), 9, "{later:?}");
    assert!(calls.iter().all(|call| call.access_key.as_deref() == Some(&bench.account.access_key_id)));
}

#[test]
fn the_fault_proxy_throttles_in_each_protocol_s_own_words() {
    let Some(bench) = Bench::new() else { return };
    bench.proxy.script(&[Rule::new(Fault::Throttle)]);
    assert_eq!(bench.ask("ecs", "list_clusters", "clusterArns", 1), json!("ThrottlingException"));
    assert_eq!(bench.ask("elbv2", "describe_target_groups", "TargetGroups", 1), json!("Throttling"));
    assert_eq!(bench.ask("route53", "list_hosted_zones", "HostedZones", 1), json!("Throttling"));
    assert_eq!(bench.ask("scheduler", "list_schedules", "Schedules", 1), json!("TooManyRequestsException"));
    assert_eq!(bench.ask("ec2", "describe_vpcs", "Vpcs", 1), json!("RequestLimitExceeded"));
    // And every SDK knows these words: it tries again.
    bench.proxy.script(&[Rule::new(Fault::Throttle).nth([1, 2])]);
    assert_eq!(bench.ask("ecs", "list_clusters", "clusterArns", 3), json!([0]));
}

#[test]
fn the_fault_proxy_resets_delays_truncates_and_answers_html() {
    let Some(bench) = Bench::new() else { return };
    let ask = || bench.ask("elbv2", "describe_target_groups", "TargetGroups", 1);
    bench.fill();
    bench.proxy.script(&[Rule::new(Fault::Reset)]);
    assert_eq!(ask(), json!("ConnectionClosedError"));
    bench.proxy.script(&[Rule::new(Fault::Truncate)]);
    assert_eq!(ask(), json!("ResponseParserError"));
    bench.proxy.script(&[Rule::new(Fault::html(503))]);
    assert_eq!(ask(), json!("503"));
    bench.proxy.script(&[Rule::new(Fault::Delay { milliseconds: 700 })]);
    let begin = Instant::now();
    assert_eq!(ask(), json!([5]));
    assert!(begin.elapsed() > Duration::from_millis(700));
    // A rule that is for others leaves this call alone; one with a count wears out.
    bench.proxy.script(&[Rule::new(Fault::Reset).service("ecs"), Rule::new(Fault::Reset).method("PUT")]);
    assert_eq!(ask(), json!([5]));
    bench.proxy.script(&[Rule::new(Fault::Reset).action("DescribeTargetGroups").region("eu-central-1").times(1)]);
    assert_eq!(ask(), json!("ConnectionClosedError"));
    assert_eq!(ask(), json!([5]));
    let statuses: Vec<_> = bench.proxy.calls().iter().map(|call| call.status).collect();
    assert_eq!(statuses, [599, 200, 503, 200, 200, 599, 200].map(Some));
}

#[test]
fn the_fault_proxy_applies_a_write_whose_answer_is_lost() {
    let Some(bench) = Bench::new() else { return };
    bench.proxy.script(&[Rule::new(Fault::Applied { milliseconds: 50 }).times(1)]);
    assert_eq!(bench.ask("ecs", "create_cluster", "cluster", 1), json!("ConnectionClosedError"));
    assert_eq!(bench.ask("ecs", "list_clusters", "clusterArns", 1), json!([1]));
}

#[test]
fn outages_of_the_fault_proxy_begin_and_end_when_told_each_for_its_own_calls() {
    let Some(bench) = Bench::new() else { return };
    let ask = |service, call, key| bench.ask(service, call, key, 1);
    let clusters = || ask("ecs", "list_clusters", "clusterArns");
    let groups = || ask("elbv2", "describe_target_groups", "TargetGroups");
    bench.fill();
    bench.proxy.script(&[Rule::new(Fault::Pages { size: 3 }).service("ecs")]);
    bench.proxy.begin(
        "groups",
        &[Rule::new(Fault::Reset).access_key(&bench.account.access_key_id).service("elasticloadbalancing")],
    );
    bench.proxy.begin("others", &[Rule::new(Fault::Reset).access_key("somebody")]);
    assert_eq!((clusters(), groups()), (json!([3, 3, 1]), json!("ConnectionClosedError")));
    bench.proxy.begin("clusters", &[Rule::new(Fault::Throttle).service("ecs")]);
    assert_eq!((clusters(), groups()), (json!("ThrottlingException"), json!("ConnectionClosedError")));
    bench.proxy.end("groups");
    assert_eq!((clusters(), groups()), (json!("ThrottlingException"), json!([5])));
    bench.proxy.end("clusters");
    assert_eq!((clusters(), groups()), (json!([3, 3, 1]), json!([5])));
    let count = |key: &str| bench.proxy.count(&Rule::new(Fault::Reset).access_key(key).service("ecs"));
    assert_eq!((count(&bench.account.access_key_id), count("somebody")), (8, 0));
}

#[test]
fn the_fault_proxy_takes_calls_and_never_answers_them() {
    let Some(bench) = Bench::new() else { return };
    bench.proxy.begin("silence", &[Rule::new(Fault::Silence)]);
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| bench.ask("ecs", "create_cluster", "cluster", 1));
        while bench.proxy.calls().is_empty() {
            std::thread::sleep(Duration::from_millis(20));
        }
        // Who waits already is not answered either when it is over.
        bench.proxy.end("silence");
        assert_eq!(asked.join().unwrap(), json!("ReadTimeoutError"));
    });
    assert_eq!(bench.ask("ecs", "list_clusters", "clusterArns", 1), json!([0]));
}

#[test]
fn the_fault_proxy_answers_the_health_of_targets_as_it_is_told() {
    let Some(bench) = Bench::new() else { return };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testbed/estate/balancer.py");
    let made = bench.moto.boto3(&bench.account, "eu-central-1", &script, &[]);
    let ask = r#"
import json, sys, boto3
answer = boto3.client("elbv2", endpoint_url=sys.argv[1]).describe_target_health(TargetGroupArn=sys.argv[2])
print(json.dumps([each["TargetHealth"] for each in answer["TargetHealthDescriptions"]]))
"#;
    std::fs::write(bench.folder.path().join("health.py"), ask).unwrap();
    let endpoint = bench.proxy.endpoint();
    let health = || bench.run("health.py", &[&endpoint, made[0]["new"].as_str().unwrap()]);
    assert_eq!(health(), json!([{"State": "healthy"}]));
    bench.proxy.begin("health", &[Rule::new(Fault::unhealthy()).action("DescribeTargetHealth")]);
    assert_eq!(health(), json!([{"State": "unhealthy", "Reason": "Target.FailedHealthChecks"}]));
    let initial = Fault::Health { state: "initial".to_owned(), reason: String::new() };
    bench.proxy.begin("health", &[Rule::new(initial)]);
    assert_eq!(health(), json!([{"State": "initial"}]));
    bench.proxy.end("health");
    assert_eq!(health(), json!([{"State": "healthy"}]));
}

#[test]
fn the_fault_proxy_draws_the_same_lots_from_the_same_seed() {
    let Some(bench) = Bench::new() else { return };
    let run = |seed| {
        bench.proxy.forget();
        bench.proxy.script(&[Rule::new(Fault::html(500)).probability(0.5, seed)]);
        bench.ask("ecs", "list_clusters", "clusterArns", 20);
        let script = Rule::new(Fault::html(500)).probability(0.5, seed).path("/*");
        bench.proxy.script(&[script]);
        (0..6).for_each(|_| drop(bench.ask("ecs", "list_clusters", "clusterArns", 1)));
        bench.proxy.calls().iter().map(|call| call.status).collect::<Vec<_>>()
    };
    let first = run(7);
    assert_eq!(first, run(7));
    assert!(first.contains(&Some(200)) && first.contains(&Some(500)), "{first:?}");
}

#[test]
fn a_server_ends_when_its_handle_is_dropped() {
    let Some(bench) = Bench::new() else { return };
    let address = bench.proxy.endpoint().trim_start_matches("http://").to_owned();
    assert!(std::net::TcpStream::connect(&address).is_ok());
    drop(bench);
    assert!(std::net::TcpStream::connect(&address).is_err());
}

#[test]
fn a_missing_server_is_said_loudly_and_fails_under_ci() {
    let report = tempfile::NamedTempFile::new().unwrap();
    let run = |ci: &str| {
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "testbed::the_fault_proxy_applies_a_write_whose_answer_is_lost"]);
        command.env("CARAVAN_TESTBED", report.path().with_extension("absent")).env("CI", ci);
        command.env("CARAVAN_TEST_REPORT", report.path()).output().unwrap()
    };
    let without = run("");
    let said = String::from_utf8(without.stdout).unwrap();
    assert!(without.status.success(), "{said}");
    assert!(said.contains("NOT RUN: testbed::the_fault_proxy_applies"), "{said}");
    assert!(std::fs::read_to_string(report.path()).unwrap().contains("NOT RUN: testbed::"));
    assert!(!run("true").status.success(), "a required server was missing");
}

#[tokio::test]
async fn the_control_plane_with_kwok_makes_a_deployment_available() {
    let Some(cluster) = Cluster::shared() else { return };
    let client = cluster.client();
    let namespace = cluster.namespace(&client, "bench").await.unwrap();
    let pod = json!({"containers": [{"name": "web", "image": "registry.example/web:1"}], "nodeSelector": {"kubernetes.io/arch": "arm64"}});
    let labels = json!({"app": "web"});
    let deployment = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "web", "namespace": namespace},
        "spec": {"replicas": 3, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod}},
    });
    cluster.apply(&client, &deployment, Write::DryRun).await.unwrap();
    let api = Api::<Deployment>::namespaced(client.clone(), &namespace);
    assert!(api.get_opt("web").await.unwrap().is_none(), "a dry run stored something");
    cluster.apply(&client, &deployment, Write::Persist).await.unwrap();
    let begin = Instant::now();
    loop {
        let status = api.get("web").await.unwrap().status.unwrap_or_default();
        if status.available_replicas == Some(3) {
            break;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "{status:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn the_control_plane_serves_the_platform_s_kinds_and_refuses_what_they_forbid() {
    let Some(cluster) = Cluster::shared() else { return };
    let client = cluster.client();
    let namespace = cluster.namespace(&client, "kinds").await.unwrap();
    let accepted = [
        ("gateway.networking.k8s.io/v1", "HTTPRoute", json!({"hostnames": ["a.example.com"]})),
        (
            "keda.sh/v1alpha1",
            "ScaledObject",
            json!({"scaleTargetRef": {"name": "a"}, "triggers": [{"type": "cpu", "metadata": {"value": "60"}}]}),
        ),
        (
            "cert-manager.io/v1",
            "Certificate",
            json!({"secretName": "a", "issuerRef": {"name": "b"}, "dnsNames": ["a.example.com"]}),
        ),
        (
            "elbv2.k8s.aws/v1beta1",
            "TargetGroupBinding",
            json!({"serviceRef": {"name": "a", "port": 80}, "targetGroupARN": "arn"}),
        ),
        ("external-secrets.io/v1", "ExternalSecret", json!({"secretStoreRef": {"name": "a"}, "data": []})),
        (
            "gateway.envoyproxy.io/v1alpha1",
            "SecurityPolicy",
            json!({"targetRefs": [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": "a"}]}),
        ),
        ("argoproj.io/v1alpha1", "AppProject", json!({"sourceRepos": ["*"]})),
    ];
    for (version, kind, spec) in accepted {
        let object = json!({"apiVersion": version, "kind": kind, "metadata": {"name": "a", "namespace": namespace}, "spec": spec});
        cluster.apply(&client, &object, Write::DryRun).await.unwrap();
        let mut wrong = object.clone();
        wrong["spec"]["noSuchField"] = json!(1);
        let refusal = cluster.apply(&client, &wrong, Write::DryRun).await.unwrap_err();
        assert!(refusal.why.contains("noSuchField"), "{kind}: {refusal}");
    }
    let pool = json!({"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": "a"}, "spec": {"template": {"spec": {"requirements": []}}}});
    let refusal = cluster.apply(&client, &pool, Write::DryRun).await.unwrap_err();
    assert!(refusal.why.contains("nodeClassRef"), "{refusal}");
    assert!(Path::new(cluster.kubeconfig()).exists());
}
