//! `caravan discover` against AWS as moto plays it, through the fault proxy.

use crate::cli::{Room, Said};
use crate::discover_shared::unknown_to_moto;
use caravan_tests_testbed::{Account, Fault, FaultProxy, Moto, Rule};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::sync::OnceLock;

const REGION: &str = "eu-central-1";
/// What the estate's script writes into environments and schedules.
const SECRET: &str = "hunter2-parcel-Kq83ZrT0vW";
/// The key of the fingerprints, beside the inventory.
const KEY: &str = "inventory.key";
/// The services that are paged by the proxy, since moto ignores the size of a page; it cuts Route 53's by itself.
const PAGED: &[&str] = &["ecs", "events", "scheduler", "application-autoscaling", "elasticloadbalancing"];

/// An estate in an account of moto's, made once for all tests here; they only read it.
struct Estate {
    moto: &'static Moto,
    account: Account,
    made: Value,
}

/// A folder with a configuration that reads the estate through a proxy of its own.
struct Bench {
    estate: &'static Estate,
    proxy: FaultProxy,
    room: Room,
}

impl Estate {
    fn get() -> Option<&'static Self> {
        static ESTATE: OnceLock<Option<Estate>> = OnceLock::new();
        ESTATE.get_or_init(Self::make).as_ref()
    }

    fn make() -> Option<Self> {
        let moto = Moto::shared()?;
        let account = moto.account();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testbed/estate/ecs.py");
        let made = moto.boto3(&account, REGION, &script, &[]);
        Some(Self { moto, account, made })
    }

    fn names(&self, what: &str) -> BTreeSet<String> {
        self.made[what].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    }
}

impl Bench {
    fn new() -> Option<Self> {
        let estate = Estate::get()?;
        let proxy = FaultProxy::start(&estate.moto.endpoint())?;
        proxy.begin("lacking", &unknown_to_moto());
        let bench = Self { estate, proxy, room: Room::new() };
        bench.configure(&estate.account.id);
        Some(bench)
    }

    fn configure(&self, account: &str) {
        self.configure_with(json!({"id": account}));
    }

    /// Writes the configuration of one account, with these settings besides region and endpoint.
    fn configure_with(&self, mut account: Value) {
        account["regions"] = json!([REGION]);
        account["endpoint"] = json!(self.proxy.endpoint());
        self.room.write("caravan.yaml", json!({"schema": "caravan.config/v1", "accounts": [account]}).to_string());
    }

    fn command(&self, room: &Room, arguments: &[&str]) -> std::process::Command {
        let mut command = room.command(arguments);
        let variables = self.estate.account.environment(&self.proxy.endpoint(), REGION);
        command.envs(variables.into_iter().filter(|(name, _)| *name != "AWS_ENDPOINT_URL"));
        command
    }

    fn discover(&self, arguments: &[&str]) -> Said {
        Said::of(self.command(&self.room, &[&["discover"], arguments].concat()).output().unwrap())
    }

    /// A folder of its own with the same configuration and the same key for fingerprints.
    fn another(&self) -> Room {
        let room = Room::new();
        room.write("caravan.yaml", self.room.read("caravan.yaml"));
        std::fs::copy(self.room.path().join(KEY), room.path().join(KEY)).unwrap();
        room
    }
}

/// The export, each line one document.
fn export(room: &Room) -> Vec<Value> {
    let _ = std::fs::remove_file(room.path().join("export.jsonl"));
    room.run(&["inventory", "export", "export.jsonl"]).ends(0, &[]);
    room.read("export.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The export without what two scans of the same estate may say differently: ids of scans, and times.
fn lasting(room: &Room) -> Vec<Value> {
    let mut lines = export(room);
    for fields in lines.iter_mut().filter_map(|line| line.as_object_mut()?.values_mut().next()?.as_object_mut()) {
        for key in ["scan", "began", "ended", "first_seen", "last_seen", "gone_at"] {
            fields.remove(key);
        }
    }
    lines
}

/// The names of all observations, by kind.
fn observed(room: &Room) -> BTreeMap<String, BTreeSet<String>> {
    let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in export(room) {
        if let Some(seen) = line.get("observation") {
            let text = |key: &str| seen[key].as_str().unwrap().to_owned();
            names.entry(text("kind")).or_default().insert(text("name"));
        }
    }
    names
}

/// The units of the last scan: state and reason by API.
pub(crate) fn coverage(room: &Room) -> BTreeMap<String, (String, String)> {
    let units = export(room).into_iter().filter_map(|line| line.get("unit").cloned());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    units.map(|unit| (text(&unit["api"]), (text(&unit["state"]), text(&unit["reason"])))).collect()
}

/// The states of the units but those of signals, which are read only where they are named.
fn asked(room: &Room) -> impl Iterator<Item = String> {
    coverage(room).into_iter().filter(|(api, _)| !api.contains("GetMetricData")).map(|(_, (state, _))| state)
}

#[track_caller]
fn assert_whole(bench: &Bench, room: &Room) {
    let seen = observed(room);
    for (kind, made) in [
        ("ecs.cluster", "clusters"),
        ("ecs.service", "services"),
        ("ecs.task-definition", "taskDefinitions"),
        ("ecs.task", "tasks"),
        ("events.rule", "eventRules"),
        ("scheduler.schedule", "schedules"),
        ("application-autoscaling.scaling-policy", "scalingPolicies"),
        ("application-autoscaling.scheduled-action", "scheduledActions"),
        ("elbv2.load-balancer", "loadBalancers"),
        ("elbv2.listener", "listeners"),
        ("elbv2.target-group", "targetGroups"),
        ("route53.hosted-zone", "zones"),
        ("route53.record-set", "records"),
    ] {
        assert_eq!(seen[kind], bench.estate.names(made), "{kind}");
    }
    // The default rule of each listener is a rule, too.
    assert!(seen["elbv2.rule"].is_superset(&bench.estate.names("rules")));
    assert_eq!(seen["elbv2.rule"].len(), bench.estate.names("rules").len() + 1);
    assert!(bench.estate.names("atZero").is_subset(&seen["ecs.service"]));
    let targets = bench.estate.names("scalableTargets");
    let target = |name: &String| name.strip_suffix("/ecs:service:DesiredCount").map(str::to_owned);
    assert_eq!(
        seen["application-autoscaling.scalable-target"].iter().filter_map(target).collect::<BTreeSet<_>>(),
        targets
    );
}

#[test]
fn an_ecs_estate_in_moto_is_found_name_by_name_with_as_few_calls_as_by_hand() {
    let Some(bench) = Bench::new() else { return };
    // Without what workloads share, of which the script by hand reads nothing.
    let sources = ["ecs", "elbv2", "route53", "ec2", "lambda", "apigateway"].map(|source| ["--only", source]);
    bench.discover(sources.as_flattened()).ends(0, &[]);
    assert_whole(&bench, &bench.room);
    let workloads: BTreeSet<String> =
        export(&bench.room).iter().filter_map(|line| Some(line.get("workload")?["id"].as_str()?.to_owned())).collect();
    // The machine that is registered in a cluster stands by itself: container instances are not read.
    let (machines, workloads): (BTreeSet<_>, BTreeSet<_>) =
        workloads.into_iter().partition(|workload| workload.starts_with("ec2/"));
    assert_eq!(machines.len(), 1, "{machines:?}");
    assert_eq!(workloads, workload_ids(bench.estate));
    let (calls, least) = (bench.proxy.calls().len(), least_calls(bench.estate));
    writeln!(std::io::stdout(), "discover against moto: {calls} calls, a script with the largest pages needs {least}")
        .unwrap();
    assert!(calls as f64 <= least as f64 * 1.1, "{calls} calls for {least}");
}

/// Every service, scheduled task and unreferenced task definition, by the ids that stay from scan to scan.
fn workload_ids(estate: &Estate) -> BTreeSet<String> {
    let place = format!("ecs/{}/{REGION}", estate.account.id);
    let named = |what: &str, before: &str, kind: &str, after: &str| -> Vec<String> {
        let name = |arn: &String| arn.split_once(before).unwrap().1.to_owned();
        estate.names(what).iter().map(|arn| format!("{place}/{kind}{}{after}", name(arn))).collect()
    };
    let services = named("services", ":service/", "", "");
    let rules = named("eventRules", ":rule/", "rule/", "/task");
    let schedules = named("schedules", ":schedule/", "schedule/", "");
    let alone = vec![format!("{place}/task/backfill-2023")];
    [services, rules, schedules, alone].concat().into_iter().collect()
}

/// What a script needs that knows the estate's size beforehand: each list one page, each description as many at once as the
/// API takes, and whose account it is.
fn least_calls(estate: &Estate) -> usize {
    let count = |what: &str| estate.names(what).len();
    let clusters = estate.names("clusters");
    let services = |cluster: &String| {
        let place = format!("service/{}/", cluster.rsplit_once('/').unwrap().1);
        estate.names("services").iter().filter(|service| service.contains(&place)).count().div_ceil(10)
    };
    let identity = 1;
    let ecs = 2 + 2 * clusters.len() + clusters.iter().map(services).sum::<usize>() + 1 + count("taskDefinitions");
    let scheduled = 1 + count("eventRules") + 1 + count("schedules");
    let scaling = 3;
    let tags = (count("loadBalancers") + count("rules") + count("listeners")).div_ceil(20);
    let balancing = 2 + count("loadBalancers") + count("listeners") + count("targetGroups") + tags;
    // Machines, groups with their policies and scheduled actions, what reports to Systems Manager, and functions, of which there
    // are none, and the network's security groups.
    let compute = 12;
    // APIs, domains and links in both versions of API Gateway, classic load balancers, and state machines: there are none either.
    let empty = 6 + 1 + 1;
    identity + ecs + scheduled + scaling + balancing + 1 + count("zones") + compute + empty
}

#[test]
fn the_same_is_found_in_moto_through_throttles_errors_resets_cut_answers_and_forced_pages() {
    let Some(bench) = Bench::new() else { return };
    bench.discover(&[]).ends(0, &[]);
    let room = bench.another();
    let mut rules = pages(2);
    rules.push(Rule::new(Fault::Throttle).probability(0.2, 1).times(6));
    rules.push(Rule::new(Fault::html(503)).probability(0.2, 2).times(4));
    rules.push(Rule::new(Fault::html(200)).probability(0.2, 3).times(3));
    rules.push(Rule::new(Fault::Reset).probability(0.2, 4).times(4));
    rules.push(Rule::new(Fault::Truncate).probability(0.2, 5).times(4));
    // Some twenty faults in all: six attempts at one read are never all met by one.
    bench.proxy.script(&rules);
    bench.proxy.forget();
    Said::of(bench.command(&room, &["discover"]).output().unwrap()).ends(0, &[]);
    let met: BTreeSet<String> = bench.proxy.calls().into_iter().flat_map(|call| call.faults).collect();
    assert_eq!(met, ["answer", "pages", "reset", "throttle", "truncate"].map(str::to_owned).into());
    assert_whole(&bench, &room);
    assert_eq!(lasting(&room), lasting(&bench.room));
}

fn pages(size: u32) -> Vec<Rule> {
    let ours = PAGED.iter().map(|service| Rule::new(Fault::Pages { size }).service(service));
    // moto doesn't say where among weighted sets of one name a page ends, so no page may end there.
    ours.chain([Rule::new(Fault::Pages { size: 5 }).service("route53")]).collect()
}

#[test]
fn credentials_of_another_moto_account_end_with_4_before_anything_is_read() {
    let Some(bench) = Bench::new() else { return };
    bench.configure("999988887777");
    bench.discover(&[]).ends(4, &["account 999988887777", &format!("belong to account {}", bench.estate.account.id)]);
    let actions: Vec<String> = bench.proxy.calls().into_iter().map(|call| call.action).collect();
    assert_eq!(actions, ["GetCallerIdentity"]);
    assert!(observed(&bench.room).is_empty());
    assert!(asked(&bench.room).all(|state| state == "failed"));
}

#[test]
fn credentials_that_aws_does_not_take_end_with_4() {
    let Some(bench) = Bench::new() else { return };
    let said = "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>The security token included in the request is invalid</Message></Error></ErrorResponse>";
    bench.proxy.script(&[answer("sts", 403, "text/xml", said)]);
    bench.discover(&[]).ends(4, &["account", "InvalidClientTokenId"]);
    assert_eq!(bench.proxy.calls().len(), 1, "what is wrong stays wrong: no retry");
    assert!(asked(&bench.room).all(|state| state == "denied"));
}

fn answer(service: &str, status: u16, r#type: &str, body: &str) -> Rule {
    let fault = Fault::Answer { status, r#type: r#type.to_owned(), body: body.to_owned() };
    Rule::new(fault).service(service)
}

#[test]
fn an_endpoint_that_answers_html_ends_with_5_and_says_so_in_the_coverage() {
    let Some(bench) = Bench::new() else { return };
    bench.proxy.script(&[Rule::new(Fault::html(200)).service("ecs"), Rule::new(Fault::html(404)).service("events")]);
    bench.discover(&[]).ends(5, &["ecs:ListClusters", "events:ListEventBuses"]);
    let units = coverage(&bench.room);
    assert_eq!(units["ecs:ListClusters"].0, "failed");
    assert_eq!(units["ecs:DescribeServices"].0, "partial");
    assert_eq!(units["events:ListEventBuses"].0, "failed");
    assert!(units["events:ListEventBuses"].1.contains("404"), "{units:?}");
    assert_eq!(units["route53:ListResourceRecordSets"].0, "complete");
    assert_eq!(observed(&bench.room)["elbv2.target-group"], bench.estate.names("targetGroups"));
}

#[test]
fn what_the_credentials_may_not_read_ends_with_5_and_nothing_recorded_before_is_lost() {
    let Some(bench) = Bench::new() else { return };
    bench.discover(&[]).ends(0, &[]);
    let denied = r#"{"__type": "AccessDeniedException", "Message": "not authorized to perform: ecs:ListServices"}"#;
    bench.proxy.script(&[
        answer("ecs", 400, "application/x-amz-json-1.1", denied).action("ListServices"),
        answer(
            "elasticloadbalancing",
            403,
            "text/xml",
            "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>",
        )
        .action("DescribeTags"),
    ]);
    bench.discover(&[]).ends(5, &["ecs:ListServices", "denied"]);
    let units = coverage(&bench.room);
    assert_eq!(units["ecs:ListServices"].0, "denied");
    assert!(units["ecs:ListServices"].1.contains("not authorized to perform: ecs:ListServices"));
    assert_eq!(units["ecs:DescribeServices"].0, "partial");
    assert_eq!(units["elasticloadbalancing:DescribeTags"].0, "denied");
    assert_eq!(units["elasticloadbalancing:DescribeRules"].0, "complete");
    assert_whole(&bench, &bench.room);
}

#[test]
fn no_secret_of_the_estate_in_moto_reaches_disk_or_screen() {
    let Some(bench) = Bench::new() else { return };
    let said = bench.discover(&["-v"]);
    said.ends(0, &[]);
    let _ = export(&bench.room);
    assert!(!said.out.contains(SECRET) && !said.err.contains(SECRET));
    for entry in std::fs::read_dir(bench.room.path()).unwrap().map(|entry| entry.unwrap().path()) {
        let bytes = if entry.is_file() { std::fs::read(&entry).unwrap() } else { Vec::new() };
        assert!(!bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()), "{}", entry.display());
    }
    // Equal secrets stay recognisable as equal, and the host that an edge needs is still there.
    let definitions: Vec<Value> = export(&bench.room)
        .into_iter()
        .filter(|line| line["observation"]["kind"] == "ecs.task-definition")
        .map(|line| line["observation"]["body"]["taskDefinition"]["containerDefinitions"][0]["environment"].clone())
        .collect();
    let urls: BTreeSet<String> =
        definitions.iter().filter_map(|environment| Some(environment[1]["value"].as_str()?.to_owned())).collect();
    assert_eq!(urls.len(), 1, "{urls:?}");
    assert!(urls.first().unwrap().contains("db.internal"), "{urls:?}");
}

#[test]
fn a_role_of_moto_s_is_assumed_and_proves_its_own_account() {
    let Some(bench) = Bench::new() else { return };
    let other = bench.estate.moto.account();
    let role = format!("arn:aws:iam::{}:role/caravan-read", other.id);
    bench.configure_with(json!({"id": other.id, "role": role, "external_id": "parcels"}));
    bench.discover(&[]).ends(0, &[]);
    let calls = bench.proxy.calls();
    let assumed: Vec<_> = calls.iter().filter(|call| call.action == "AssumeRole").collect();
    assert_eq!(assumed.len(), 1, "the credentials are kept");
    assert!(assumed[0].body.contains("ExternalId=parcels"), "{}", assumed[0].body);
    assert!(!observed(&bench.room).contains_key("ecs.service"), "the other account is empty");
}

#[test]
fn a_profile_gives_the_credentials_and_the_environment_does_not() {
    let Some(bench) = Bench::new() else { return };
    let account = &bench.estate.account;
    let profile = format!(
        "[profile parcels]\naws_access_key_id = {}\naws_secret_access_key = {}\naws_session_token = {}\n",
        account.access_key_id, account.secret_access_key, account.session_token
    );
    bench.room.write("aws.config", profile);
    bench.configure_with(json!({"id": account.id, "profile": "parcels"}));
    let mut command = bench.room.command(&["discover"]);
    command.env("AWS_CONFIG_FILE", bench.room.path().join("aws.config")).env("AWS_EC2_METADATA_DISABLED", "true");
    command.env("AWS_ACCESS_KEY_ID", "AKIAOTHER").env("AWS_SECRET_ACCESS_KEY", "other");
    Said::of(command.output().unwrap()).ends(0, &[]);
    assert!(bench.proxy.calls().iter().all(|call| call.access_key.as_ref() == Some(&account.access_key_id)));
}

#[test]
fn credentials_that_ended_on_the_way_are_fetched_anew() {
    let Some(bench) = Bench::new() else { return };
    let body =
        r#"{"__type": "ExpiredTokenException", "message": "The security token included in the request is expired"}"#;
    bench.proxy.script(&[
        answer("ecs", 400, "application/x-amz-json-1.1", body).action("ListServices").times(1),
        answer("events", 400, "application/x-amz-json-1.1", body).action("ListRules").times(1),
    ]);
    bench.discover(&[]).ends(0, &[]);
    assert_whole(&bench, &bench.room);
}
