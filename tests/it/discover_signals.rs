//! `caravan discover --only signals`: what CloudWatch, as moto plays it, counted of what was found before, told and judged.

use crate::cli::{Room, Said};
use crate::discover_aws::coverage;
use crate::discover_shared::unknown_to_moto;
use caravan_tests_testbed::{Account, Fault, FaultProxy, Moto, Rule};
use serde_json::{Value, json};
use std::path::Path;

const REGION: &str = "eu-central-1";
const METRICS: &str = "cloudwatch:GetMetricData";

struct Bench {
    account: Account,
    proxy: FaultProxy,
    room: Room,
    made: Value,
}

impl Bench {
    fn new() -> Option<Self> {
        let moto = Moto::shared()?;
        let account = moto.account();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testbed/estate/signals.py");
        let made = moto.boto3(&account, REGION, &script, &[]);
        let proxy = FaultProxy::start(&moto.endpoint())?;
        let room = Room::new();
        let configured = json!({"id": account.id, "regions": [REGION], "endpoint": proxy.endpoint()});
        room.write("caravan.yaml", json!({"schema": "caravan.config/v1", "accounts": [configured]}).to_string());
        let bench = Self { account, proxy, room, made };
        bench.proxy.begin("lacking", &unknown_to_moto());
        Some(bench)
    }

    fn discover(&self, sources: &[&str]) -> Said {
        let only: Vec<&str> = sources.iter().flat_map(|source| ["--only", source]).collect();
        let mut command = self.room.command(&[&["discover"], only.as_slice()].concat());
        let variables = self.account.environment(&self.proxy.endpoint(), REGION);
        command.envs(variables.into_iter().filter(|(name, _)| *name != "AWS_ENDPOINT_URL"));
        Said::of(command.output().unwrap())
    }

    fn workload(&self, kind: &str, name: &str) -> String {
        format!("{kind}/{}/{REGION}/{name}", self.account.id)
    }

    /// What is known of a metric of a workload or resource, by the begin of its name; none when it is unknown.
    fn signal(&self, id: &str, metric: &str) -> Option<Value> {
        let (code, shown) = self.room.json(&["inventory", "show", id]);
        assert_eq!(code, Some(0), "{shown}");
        let signals = shown["signals"].as_array().unwrap();
        let named = signals.iter().find(|signal| signal["metric"].as_str().unwrap().starts_with(metric));
        let known = named.unwrap_or_else(|| panic!("no {metric} in {signals:?}"))["known"].clone();
        (!known.is_null()).then_some(known)
    }

    fn notes(&self, id: &str) -> Vec<Value> {
        let (_, assessed) = self.room.json(&["assess", id]);
        let notes = assessed["workloads"][0]["notes"].as_array().unwrap().iter();
        notes.filter(|note| note["kind"] == "no-traffic").cloned().collect()
    }
}

#[test]
fn load_and_use_in_moto_are_what_the_values_come_to_and_the_dormant_are_known() {
    let Some(bench) = Bench::new() else { return };
    // moto knows no function by its ARN, so not all is read of them.
    let said = bench.discover(&["ecs", "elbv2", "lambda", "resources"]);
    assert!(matches!(said.code, Some(0 | 5)), "{}", said.err);
    assert!(bench.proxy.calls().iter().all(|call| call.action != "GetMetricData"), "nobody consented");
    let labels = bench.workload("lambda", "labels");
    let invocations = "AWS/Lambda/Invocations/FunctionName=labels/Sum/86400";
    assert_eq!(bench.signal(&labels, invocations), None, "unknown before it was read");
    assert!(bench.notes(&bench.workload("lambda", "forgotten")).is_empty());
    assert!(bench.room.run(&["inventory", "show", &labels]).out.contains("5 metrics unknown"));

    bench.proxy.forget();
    bench.discover(&["signals"]).ends(0, &[]);
    let calls = bench.proxy.calls().iter().filter(|call| call.action == "GetMetricData").count();
    assert_eq!(calls, 2, "both windows once");
    assert_eq!(coverage(&bench.room)[METRICS].0, "complete");
    let used = bench.signal(&labels, invocations).unwrap();
    assert_eq!((&used["Sum"], &used["Values"], &used["To"]), (&json!(15.0), &json!(2), &bench.made["midnight"]));
    let load = bench.signal(&labels, "AWS/Lambda/Invocations/FunctionName=labels/Sum/300").unwrap();
    let quantiles = |known: &Value| ["P50", "P95", "P99", "Max"].map(|field| known[field].as_f64().unwrap());
    assert_eq!(quantiles(&load), [0.0, 7.0, 7.0, 7.0], "twelve periods since the first that counted any");
    let busy = bench.workload("ecs", "day/busy");
    let cpu = |statistic: &str| {
        bench
            .signal(&busy, &format!("AWS/ECS/CPUUtilization/ClusterName=day,ServiceName=busy/{statistic}/300"))
            .unwrap()
    };
    assert_eq!(quantiles(&cpu("Average")), [20.0, 29.0, 30.0, 30.0]);
    assert_eq!(quantiles(&cpu("Maximum")), [21.0, 30.0, 31.0, 31.0]);
    let memory = bench.signal(&busy, "AWS/ECS/MemoryUtilization").unwrap();
    assert_eq!((&memory["Values"], memory.get("Max")), (&json!(0), None), "what was never measured is not zero");
    let queue = format!("arn:aws:sqs:{REGION}:{}:scans", bench.account.id);
    assert_eq!(bench.signal(&queue, "AWS/SQS/NumberOfMessagesSent/QueueName=scans/Sum/86400").unwrap()["Sum"], 4.0);

    let forgotten = bench.notes(&bench.workload("lambda", "forgotten"));
    assert_eq!(forgotten.len(), 1);
    assert!(forgotten[0]["text"].as_str().unwrap().contains("counted no Invocations"), "{forgotten:?}");
    assert_eq!(bench.notes(&bench.workload("ecs", "day/silent")).len(), 1, "nobody asked its target group");
    for used in [&labels, &busy] {
        assert!(bench.notes(used).is_empty(), "{used}");
    }
    let shown = bench.room.run(&["inventory", "show", &labels]).out;
    assert!(shown.contains("Invocations: 15, the last on ") && !shown.contains("metrics unknown"), "{shown}");
}

/// By hand: 95 of 100 of twenty maxima is the 19th, 19 % of 1024 units are 190m; the most, 40 % of 2048 MiB, is 819.2 MiB, and
/// 15 % more is 942.08, up to the next 64.
#[test]
fn what_a_service_used_in_moto_is_said_as_its_size_and_a_person_takes_it_over() {
    let Some(bench) = Bench::new() else { return };
    let size = |id: &str| bench.room.json(&["assess", id]).1["workloads"][0]["size"].clone();
    let said = bench.discover(&["ecs"]);
    assert!(matches!(said.code, Some(0 | 5)), "{}", said.err);
    let wide = bench.workload("ecs", "day/wide");
    let before = size(&wide);
    assert_eq!((&before["cpu"]["state"], &before["memory"]["declared"]), (&json!("unknown"), &json!("2Gi")));
    bench.discover(&["signals"]).ends(0, &[]);

    let sizing = size(&wide);
    let (cpu, memory) = (&sizing["cpu"], &sizing["memory"]);
    assert_eq!((&cpu["request"], &cpu["limit"], &cpu["declared"]), (&json!("190m"), &Value::Null, &json!("1")));
    assert_eq!((&memory["request"], &memory["limit"]), (&json!("960Mi"), &json!("960Mi")));
    assert_eq!(
        (&memory["observed"], &memory["samples"], &memory["confidence"]),
        (&json!("820Mi"), &json!(20), &json!("low"))
    );
    let told = bench.room.run(&["assess", &wide]).out;
    for text in ["cpu      190m for a pod, 1 declared; confidence low", "only 20 periods", "-> caravan decide 'size/"] {
        assert!(told.contains(text), "{text} is not in: {told}");
    }
    assert_eq!(size(&bench.workload("ecs", "day/busy"))["memory"]["state"], "unknown", "nobody measured it");

    let plconfig = || {
        bench.room.run(&["convert", "--out", "trees"]).ends(0, &[]);
        let found = walk(&bench.room.path().join("trees/deployment"));
        let text = found.into_iter().find(|text| text.contains("image: wide:1")).unwrap();
        let resources: Vec<&str> =
            text.lines().skip_while(|line| !line.contains("resources:")).take(3).map(str::trim).collect();
        resources.join(" ")
    };
    assert_eq!(plconfig(), "resources: cpu: \"1\" memory: 2Gi", "nothing changes by itself");
    let command = sizing["take_over"].as_str().unwrap();
    let answer = command.split('\'').nth(1).unwrap();
    bench.room.run(&["decide", answer, "--reason", "November"]).ends(0, &[]);
    assert_eq!(plconfig(), "resources: cpu: 190m memory: 960Mi");

    let labels = format!("size/{}=cpu=1", bench.workload("lambda", "labels"));
    bench.room.run(&["decide", &labels]).ends(2, &["there is no workload"]);
    bench
        .room
        .run(&["decide", &format!("size/{wide}=much")])
        .ends(2, &["`much` is no answer", "cpu=250m,memory=512Mi"]);
    assert!(bench.room.read("decisions.yaml").contains("cpu=190m,memory=960Mi"), "what was said before stands");
}

/// The plconfig files below a folder.
fn walk(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path));
        } else if path.ends_with("plconfig.yaml") {
            found.push(std::fs::read_to_string(path).unwrap());
        }
    }
    found
}

#[test]
fn metrics_that_moto_s_proxy_refuses_or_spoils_are_unknown_and_said() {
    let Some(bench) = Bench::new() else { return };
    let said = bench.discover(&["ecs", "elbv2", "resources"]);
    said.ends(0, &[]);
    let answer = |status: u16, body: &str| {
        let fault = Fault::Answer { status, r#type: "text/xml".to_owned(), body: body.to_owned() };
        Rule::new(fault).action("GetMetricData")
    };
    let busy = bench.workload("ecs", "day/busy");
    let cpu = "AWS/ECS/CPUUtilization/ClusterName=day,ServiceName=busy/Average/300";
    let denied = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not authorized to perform: cloudwatch:GetMetricData</Message></Error></ErrorResponse>";
    let of_nothing = "<GetMetricDataResponse><GetMetricDataResult><MetricDataResults><member><Id>m0</Id><StatusCode>InternalError</StatusCode><Timestamps/><Values/></member>\
                      <member><Id>m77777</Id><StatusCode>Complete</StatusCode><Timestamps/><Values/></member></MetricDataResults></GetMetricDataResult>\
                      <ResponseMetadata><RequestId>x</RequestId></ResponseMetadata></GetMetricDataResponse>";
    for (rule, state, why) in [
        (answer(403, denied), "denied", "not authorized to perform: cloudwatch:GetMetricData"),
        (answer(200, of_nothing), "partial", "metrics were not answered"),
        (answer(200, "<html>"), "failed", "not XML"),
    ] {
        bench.proxy.script(&[rule]);
        bench.discover(&["signals"]).ends(5, &[METRICS]);
        let (got, reason) = coverage(&bench.room)[METRICS].clone();
        assert!(got == state && reason.contains(why), "{got}: {reason}");
        assert_eq!(bench.signal(&busy, cpu), None);
    }
    bench.proxy.script(&[]);
    bench.discover(&["signals"]).ends(0, &[]);
    assert!(bench.signal(&busy, cpu).is_some());
    // What is refused later leaves what was known.
    bench.proxy.script(&[answer(403, denied)]);
    bench.discover(&["signals"]).ends(5, &[METRICS]);
    assert!(bench.signal(&busy, cpu).is_some());
}
