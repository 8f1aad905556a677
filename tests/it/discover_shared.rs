//! `caravan discover` of what workloads share, against two emulators of AWS, compared name by name with what a boto3 script made.

use crate::cli::{Room, Said};
use caravan_tests_testbed::{Account, Fault, FaultProxy, Ministack, Moto, Rule};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub(crate) const REGION: &str = "eu-central-1";
/// What the emulators answer to nobody who writes ARNs into paths (moto), or to nobody at all (ministack), and what counts as
/// partial for want of it. Nothing that is compared here comes from these.
const LACKING: &[&str] = &[
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingPolicies",
    "application-autoscaling:DescribeScheduledActions",
    "lambda:GetFunction",
    "lambda:GetLayerVersionByArn",
    "lambda:ListFunctionUrlConfigs",
    "lambda:ListProvisionedConcurrencyConfigs",
];
/// What the estate's script writes into policies, tags, headers, variables, and as the values of secrets.
pub(crate) const SECRET: &str = "hunter2-share-Tn58QwYc3mLx";
/// The kinds that are compared with what the script made.
const KINDS: &[&str] = &[
    "sqs.queue",
    "sns.topic",
    "sns.subscription",
    "secretsmanager.secret",
    "ssm.parameter",
    "s3.bucket",
    "dynamodb.table",
    "rds.instance",
    "rds.cluster",
    "elasticache.replication-group",
    "elasticache.cluster",
    "iam.role",
    "iam.policy",
    "acm.certificate",
    "ses.identity",
    "cloudfront.distribution",
    "events.bus",
    "cloudwatch.alarm",
];

/// An estate of the test's own, with a folder whose configuration reads it through a proxy.
pub(crate) struct Bench {
    pub(crate) account: Account,
    made: Value,
    pub(crate) proxy: FaultProxy,
    pub(crate) room: Room,
    /// What the emulator lacks: empty, as the estate is there.
    lacking: Vec<Rule>,
}

/// What moto does not know, answered by the action: serverless caches, and machines that report to Systems Manager.
pub(crate) fn unknown_to_moto() -> Vec<Rule> {
    let body = "<DescribeServerlessCachesResponse><DescribeServerlessCachesResult><ServerlessCaches/></DescribeServerlessCachesResult>\
                <ResponseMetadata><RequestId>test</RequestId></ResponseMetadata></DescribeServerlessCachesResponse>";
    let answer = Fault::Answer { status: 200, r#type: "text/xml".to_owned(), body: body.to_owned() };
    vec![Rule::new(answer).action("DescribeServerlessCaches"), machines_that_report(&json!([]))]
}

/// The answer of Systems Manager where these machines report.
pub(crate) fn machines_that_report(machines: &Value) -> Rule {
    let body = json!({"InstanceInformationList": machines}).to_string();
    let answer = Fault::Answer { status: 200, r#type: "application/x-amz-json-1.1".to_owned(), body };
    Rule::new(answer).action("DescribeInstanceInformation")
}

impl Bench {
    pub(crate) fn in_moto() -> Option<Self> {
        let moto = Moto::shared()?;
        let account = moto.account();
        let made = moto.boto3(&account, REGION, &script(), &[]);
        Self::of(account, made, &moto.endpoint(), unknown_to_moto())
    }

    fn in_ministack() -> Option<Self> {
        let (moto, ministack) = (Moto::shared()?, Ministack::shared()?);
        let account = Account {
            id: "000000000000".to_owned(),
            access_key_id: "test".to_owned(),
            secret_access_key: "test".to_owned(),
            session_token: String::new(),
        };
        let made = moto.boto3_at(&ministack.endpoint(), &account, REGION, &script(), &[]);
        Self::of(account, made, &ministack.endpoint(), Vec::new())
    }

    fn of(account: Account, made: Value, endpoint: &str, lacking: Vec<Rule>) -> Option<Self> {
        assert_eq!(made["lacking"], json!([]), "the script could not make everything");
        let proxy = FaultProxy::start(endpoint)?;
        let room = Room::new();
        let configured = json!({"id": account.id, "regions": [REGION], "endpoint": proxy.endpoint()});
        let ownership = json!([{"team": "${tag:team}"}]);
        let configuration = json!({"schema": "caravan.config/v1", "accounts": [configured], "ownership": ownership});
        room.write("caravan.yaml", configuration.to_string());
        let bench = Self { account, made, proxy, room, lacking };
        bench.script(Vec::new());
        Some(bench)
    }

    fn script(&self, rules: Vec<Rule>) {
        self.proxy.script(&rules.into_iter().chain(self.lacking.iter().cloned()).collect::<Vec<_>>());
    }

    fn discover(&self) -> Said {
        let mut command = self.room.command(&["discover", "--only", "resources", "--only", "ecs", "--only", "lambda"]);
        let variables = self.account.environment(&self.proxy.endpoint(), REGION);
        command.envs(variables.into_iter().filter(|(name, value)| *name != "AWS_ENDPOINT_URL" && !value.is_empty()));
        Said::of(command.output().unwrap())
    }

    /// A scan that misses nothing but what the emulator lacks.
    pub(crate) fn discover_whole(&self) {
        let said = self.discover();
        assert!(matches!(said.code, Some(0 | 5)), "{:?}: {}", said.code, said.err);
        for (api, (state, reason)) in crate::discover_aws::coverage(&self.room) {
            let whole = state == "complete" || state == "skipped";
            assert!(whole || LACKING.contains(&api.as_str()), "{api} is {state}: {reason}");
        }
    }

    fn names(&self, kind: &str) -> BTreeSet<String> {
        self.made[kind].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    }

    fn observed(&self) -> BTreeMap<String, BTreeSet<String>> {
        let _ = std::fs::remove_file(self.room.path().join("export.jsonl"));
        self.room.run(&["inventory", "export", "export.jsonl"]).ends(0, &[]);
        let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for line in self.room.read("export.jsonl").lines() {
            if let Some(seen) = serde_json::from_str::<Value>(line).unwrap().get("observation") {
                let text = |key: &str| seen[key].as_str().unwrap().to_owned();
                names.entry(text("kind")).or_default().insert(text("name"));
            }
        }
        names
    }

    fn is_found_whole(&self) {
        let seen = self.observed();
        for kind in KINDS {
            let (seen, made) = (seen.get(*kind).cloned().unwrap_or_default(), self.names(kind));
            // ministack has one account, in which other tests make their own.
            let whole = if self.account.id == "000000000000" { made.is_subset(&seen) } else { made == seen };
            assert!(whole, "{kind}: {seen:?}, and {made:?} was made");
        }
    }

    fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{REGION}:{}:{resource}", self.account.id)
    }

    /// `<to> <kind> <direction>` of what a thing needs, as `inventory show` tells it.
    fn needs(&self, id: &str) -> BTreeSet<String> {
        let (code, shown) = self.room.json(&["inventory", "show", id]);
        assert_eq!(code, Some(0), "{id}: {shown}");
        let need = |need: &Value| {
            let text = |key: &str| need[key].as_str().unwrap_or("-").to_owned();
            format!("{} {} {}", text("to"), text("kind"), text("direction"))
        };
        shown["needs"].as_array().unwrap().iter().map(need).collect()
    }

    pub(crate) fn secrets_are_gone(&self) {
        for entry in std::fs::read_dir(self.room.path()).unwrap().map(|entry| entry.unwrap().path()) {
            let bytes = if entry.is_file() { std::fs::read(&entry).unwrap() } else { Vec::new() };
            assert!(!bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()), "{}", entry.display());
        }
    }

    fn everybody_has_what_they_need(&self) {
        let service = format!("ecs/{}/{REGION}/parcels/parcel-api", self.account.id);
        let needs = self.needs(&service);
        let pin = self.arn("ssm", "parameter/parcels/pin");
        for wanted in [
            format!("sqs:{} queue -", self.arn("sqs", "parcel-labels")),
            format!("sqs:{} queue reads", self.arn("sqs", "parcel-labels")),
            format!("sqs:{} queue writes", self.arn("sqs", "route-jobs.fifo")),
            format!("sqs:{} queue -", self.arn("sqs", "pickup-events")),
            format!("sns:{} queue -", self.arn("sns", "parcel-scans")),
            format!("dynamodb:{} data -", self.arn("dynamodb", "table/parcels")),
            format!("dynamodb:{} data both", self.arn("dynamodb", "table/parcels")),
            format!("rds:{} data -", self.arn("rds", "db:ledger")),
            format!("secretsmanager:{} secret -", self.made["secretsmanager.secret"][0].as_str().unwrap()),
            format!("ssm:{pin} secret -"),
        ] {
            assert!(needs.contains(&wanted), "{wanted}: {needs:#?}");
        }
        let function = self.needs(&format!("lambda/{}/{REGION}/label-maker", self.account.id));
        for wanted in [
            format!("s3:arn:aws:s3:::parcel-labels-{} data reads", self.account.id),
            format!("sqs:{} queue reads", self.arn("sqs", "parcel-labels")),
            format!("sns:{} triggered-by -", self.arn("sns", "returns")),
        ] {
            assert!(function.contains(&wanted), "{wanted}: {function:#?}");
        }
        let queue = self.needs(&self.arn("sqs", "parcel-labels"));
        let dead = format!("sqs:{} queue writes", self.arn("sqs", "parcel-labels-dead"));
        let topic = format!("sns:{} queue reads", self.arn("sns", "parcel-scans"));
        assert!(queue.contains(&dead) && queue.contains(&topic), "{queue:#?}");
    }

    /// Going back from a topic comes to the service that reads a queue which is filled from it.
    fn what_a_topic_breaks_is_followed_through_queues(&self) {
        let (code, graph) = self.room.json(&["inventory", "graph", &self.arn("sns", "parcel-scans")]);
        assert_eq!(code, Some(0), "{graph}");
        let function = format!("lambda/{}/{REGION}/label-maker", self.account.id);
        let breaks = graph["breaks"].as_array().unwrap();
        let broken = breaks.iter().find(|one| one["id"] == *function).unwrap_or_else(|| panic!("{graph:#}"));
        assert_eq!(broken["through"], json!([format!("sqs:{}", self.arn("sqs", "parcel-labels"))]));
    }

    fn the_list_names_them_with_their_owners(&self) {
        let (_, listed) = self.room.json(&["inventory", "list"]);
        let resources = listed["resources"].as_array().unwrap();
        let queue = resources.iter().find(|one| one["name"] == "parcel-labels").unwrap();
        assert_eq!((&queue["kind"], &queue["team"]), (&json!("sqs.queue"), &json!("parcels")));
        assert!(queue["used_by"].as_array().unwrap().len() >= 2, "{queue}");
        let (_, of_team) = self.room.json(&["inventory", "list", "--team", "routing"]);
        let names: BTreeSet<&str> =
            of_team["resources"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
        assert_eq!(names, BTreeSet::from(["route-jobs.fifo", "routing/maps-key"]));
        let (_, of_kind) = self.room.json(&["inventory", "list", "--kind", "ecs"]);
        assert!(of_kind["resources"].is_null());
        self.room.run(&["inventory", "list", "--resources"]).ends(0, &[]);
    }
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testbed/estate/shared.py")
}

#[test]
fn what_workloads_share_in_moto_is_found_name_by_name_with_who_needs_it() {
    let Some(bench) = Bench::in_moto() else { return };
    bench.discover_whole();
    bench.is_found_whole();
    bench.everybody_has_what_they_need();
    bench.what_a_topic_breaks_is_followed_through_queues();
    bench.the_list_names_them_with_their_owners();
    bench.secrets_are_gone();
}

#[test]
fn what_workloads_share_in_ministack_is_found_name_by_name() {
    let Some(bench) = Bench::in_ministack() else { return };
    bench.discover_whole();
    bench.is_found_whole();
    bench.secrets_are_gone();
}

#[test]
fn what_workloads_share_is_found_whole_in_spite_of_throttles_and_errors() {
    let Some(bench) = Bench::in_moto() else { return };
    let rules = ["sqs", "sns", "s3", "dynamodb", "rds", "iam"]
        .map(|service| Rule::new(Fault::Throttle).service(service).probability(0.2, 7));
    bench.script(rules.into());
    bench.discover_whole();
    bench.is_found_whole();
}

#[test]
fn what_workloads_share_is_found_whole_from_pages_of_one() {
    let Some(bench) = Bench::in_moto() else { return };
    let services = ["sqs", "sns", "secretsmanager", "ssm", "dynamodb", "acm", "monitoring"];
    bench.script(services.map(|service| Rule::new(Fault::Pages { size: 1 }).service(service)).into());
    bench.discover_whole();
    bench.is_found_whole();
    for action in ["ListQueues", "ListTopics", "ListSecrets", "DescribeParameters", "ListTables"] {
        let asked = bench.proxy.count(&Rule::new(Fault::Throttle).action(action));
        assert!(asked >= 3, "{action} was asked for {asked} pages");
    }
}

#[test]
fn lists_of_shared_things_that_are_denied_are_coverage_and_the_rest_of_them_stays() {
    let Some(bench) = Bench::in_moto() else { return };
    bench.discover_whole();
    let body = r#"{"__type": "AccessDeniedException", "message": "no"}"#.to_owned();
    let denied = |action: &str| {
        let answer = Fault::Answer { status: 400, r#type: "application/x-amz-json-1.0".to_owned(), body: body.clone() };
        Rule::new(answer).action(action)
    };
    bench.script(vec![denied("ListQueues"), denied("ListTables"), denied("ListSecrets")]);
    bench.discover().ends(5, &["sqs:ListQueues", "denied"]);
    bench.is_found_whole();
}
