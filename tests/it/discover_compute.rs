//! `caravan discover` of machines and functions, against two emulators of AWS: what one of them gets wrong, the other has.

use crate::cli::{Room, Said};
use crate::discover_shared::machines_that_report;
use caravan_tests_testbed::{Account, Fault, FaultProxy, Ministack, Moto, Rule};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

const REGION: &str = "eu-central-1";
/// What the estate's script writes into user data and environments.
const SECRET: &str = "hunter2-depot-Xv71MqLw9zTe";

/// An estate in an account of an emulator; the tests only read it.
struct Estate {
    endpoint: String,
    account: Account,
    made: Value,
}

/// A folder with a configuration that reads the estate through a proxy of its own.
struct Bench {
    estate: &'static Estate,
    proxy: FaultProxy,
    room: Room,
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testbed/estate/compute.py")
}

impl Estate {
    fn in_moto() -> Option<&'static Self> {
        static ESTATE: OnceLock<Option<Estate>> = OnceLock::new();
        let make = || {
            let moto = Moto::shared()?;
            let account = moto.account();
            let made = moto.boto3(&account, REGION, &script(), &[]);
            Some(Estate { endpoint: moto.endpoint(), account, made })
        };
        ESTATE.get_or_init(make).as_ref()
    }

    /// ministack takes any keys, and has one account.
    fn in_ministack() -> Option<&'static Self> {
        static ESTATE: OnceLock<Option<Estate>> = OnceLock::new();
        let make = || {
            let (moto, ministack) = (Moto::shared()?, Ministack::shared()?);
            let account = Account {
                id: "000000000000".to_owned(),
                access_key_id: "test".to_owned(),
                secret_access_key: "test".to_owned(),
                session_token: String::new(),
            };
            let made = moto.boto3_at(&ministack.endpoint(), &account, REGION, &script(), &["group-policies"]);
            Some(Estate { endpoint: ministack.endpoint(), account, made })
        };
        ESTATE.get_or_init(make).as_ref()
    }

    fn names(&self, what: &str) -> BTreeSet<String> {
        self.made[what].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    }

    fn text(&self, what: &str) -> &str {
        self.made[what].as_str().unwrap()
    }

    fn first(&self, what: &str) -> String {
        self.names(what).into_iter().next().unwrap()
    }

    /// What moto does not answer, or not as Lambda's API reference says: the answers that fit the estate.
    fn lacking_in_moto(&self) -> Vec<Rule> {
        let (alias, layer) = (self.first("aliases"), self.first("layers"));
        let photos = self.first("policies");
        let failures = json!({"OnSuccess": {}, "OnFailure": {"Destination": self.text("dead")}});
        let provisioned =
            json!([{"FunctionArn": alias, "RequestedProvisionedConcurrentExecutions": 2, "Status": "READY"}]);
        let content =
            json!({"CodeSha256": "x", "CodeSize": 1, "Location": format!("https://x.s3.amazonaws.com/l?sig={SECRET}")});
        let given = |path: &str, body: Value| refused("lambda", 200, "application/json", &body.to_string()).path(path);
        vec![
            given("*order-import/provisioned-concurrency", json!({"ProvisionedConcurrencyConfigs": provisioned})),
            given("*/provisioned-concurrency", json!({"ProvisionedConcurrencyConfigs": []})),
            given("*/urls", json!({"FunctionUrlConfigs": []})),
            given(
                "*photo-resize/event-invoke-config/list",
                json!({"FunctionEventInvokeConfigs": [
                    {"FunctionArn": format!("{photos}:$LATEST"), "LastModified": 1.7e9, "MaximumRetryAttempts": 1, "DestinationConfig": failures}]}),
            ),
            given("*/event-invoke-config/list", json!({"FunctionEventInvokeConfigs": []})),
            given("/2018-10-31/layers", json!({"LayerVersionArn": layer, "Version": 1, "Content": content})),
        ]
    }
}

impl Bench {
    fn of(estate: Option<&'static Estate>) -> Option<Self> {
        let estate = estate?;
        let proxy = FaultProxy::start(&estate.endpoint)?;
        proxy.begin("no machine reports", &[machines_that_report(&json!([]))]);
        let room = Room::new();
        let account = json!({"id": estate.account.id, "regions": [REGION], "endpoint": proxy.endpoint()});
        room.write("caravan.yaml", json!({"schema": "caravan.config/v1", "accounts": [account]}).to_string());
        Some(Self { estate, proxy, room })
    }

    /// In moto, with answers for what it lacks.
    fn in_moto() -> Option<Self> {
        let bench = Self::of(Estate::in_moto())?;
        bench.proxy.script(&bench.estate.lacking_in_moto());
        Some(bench)
    }

    fn discover(&self, arguments: &[&str]) -> Said {
        let all = [&["discover", "--only", "ec2", "--only", "lambda", "--only", "elbv2"], arguments].concat();
        let mut command = self.room.command(&all);
        let variables = self.estate.account.environment(&self.proxy.endpoint(), REGION);
        command.envs(variables.into_iter().filter(|(name, value)| *name != "AWS_ENDPOINT_URL" && !value.is_empty()));
        Said::of(command.output().unwrap())
    }

    /// The export, each line one document.
    fn export(&self) -> Vec<Value> {
        let _ = std::fs::remove_file(self.room.path().join("export.jsonl"));
        self.room.run(&["inventory", "export", "export.jsonl"]).ends(0, &[]);
        self.room.read("export.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The names of all observations, by kind.
    fn observed(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for seen in self.export().iter().filter_map(|line| line.get("observation")) {
            let text = |key: &str| seen[key].as_str().unwrap().to_owned();
            names.entry(text("kind")).or_default().insert(text("name"));
        }
        names
    }

    fn body(&self, kind: &str, name: &str) -> Value {
        let lines = self.export();
        let mut seen = lines.iter().filter_map(|line| line.get("observation"));
        let found = seen.find(|seen| seen["kind"] == kind && seen["name"] == name);
        found.unwrap_or_else(|| panic!("{kind} {name} was not observed"))["body"].clone()
    }

    /// What a workload needs, as `inventory show` says it.
    fn needs(&self, id: &str) -> BTreeSet<(String, String)> {
        let (code, shown) = self.room.json(&["inventory", "show", id]);
        assert_eq!(code, Some(0), "{id}: {shown}");
        let text = |edge: &Value, key: &str| edge[key].as_str().unwrap().to_owned();
        let needs = shown["needs"].as_array().unwrap();
        needs.iter().map(|edge| (text(edge, "kind"), text(edge, "to"))).collect()
    }

    /// The states of the lists that are not complete, by API.
    fn incomplete(&self) -> BTreeMap<String, String> {
        let lines = self.export();
        let units = lines.iter().filter_map(|line| line.get("unit"));
        let text = |unit: &Value, key: &str| unit[key].as_str().unwrap_or_default().to_owned();
        units
            .filter(|unit| unit["state"] != "complete" && unit["state"] != "skipped")
            .map(|unit| (text(unit, "api"), text(unit, "state")))
            .collect()
    }

    fn place(&self, kind: &str) -> String {
        format!("{kind}/{}/{REGION}", self.estate.account.id)
    }
}

#[test]
fn machines_and_functions_in_moto_are_found_name_by_name() {
    let Some(bench) = Bench::in_moto() else { return };
    bench.discover(&[]).ends(0, &[]);
    let seen = bench.observed();
    for (kind, made) in [
        ("ec2.instance", "instances"),
        ("ec2.volume", "volumes"),
        ("ec2.address", "addresses"),
        ("ec2.security-group", "securityGroups"),
        ("ec2.launch-template-version", "launchTemplateVersions"),
        ("autoscaling.group", "groups"),
        ("autoscaling.launch-configuration", "launchConfigurations"),
        ("autoscaling.policy", "groupPolicies"),
        ("autoscaling.scheduled-action", "groupSchedules"),
        ("autoscaling.lifecycle-hook", "lifecycleHooks"),
        ("iam.instance-profile", "instanceProfiles"),
        ("lambda.function", "functions"),
        ("lambda.version", "versions"),
        ("lambda.alias", "aliases"),
        ("lambda.event-source-mapping", "mappings"),
        ("lambda.layer-version", "layers"),
        ("lambda.policy", "policies"),
    ] {
        assert_eq!(seen[kind], bench.estate.names(made), "{kind}");
    }
    assert_eq!(seen["ec2.image"].len(), 1, "the image is asked for once");
    assert_eq!(seen["lambda.event-invoke-config"].len(), 1);
}

#[test]
fn a_group_in_moto_is_one_workload_with_its_machines_and_what_others_own_is_none() {
    let Some(bench) = Bench::in_moto() else { return };
    bench.discover(&[]).ends(0, &[]);
    let (_, list) = bench.room.json(&["inventory", "list", "--kind", "ec2"]);
    let ids: BTreeSet<String> =
        list["workloads"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
    let place = bench.place("ec2");
    let alone = format!("{place}/{}", bench.estate.text("alone"));
    let group = format!("{place}/group/depot-web");
    assert_eq!(ids, BTreeSet::from([alone.clone(), group.clone(), format!("{place}/group/legacy")]));
    let owners: BTreeSet<&str> =
        list["attributed"].as_array().unwrap().iter().map(|one| one["owner"].as_str().unwrap()).collect();
    assert_eq!(owners.len(), 3, "{owners:?}");
    for service in ["eks:arn:", "elasticbeanstalk:environment/portal-env", "ecs:arn:"] {
        assert!(owners.iter().any(|owner| owner.starts_with(service)), "{service}: {owners:?}");
    }
    let (_, shown) = bench.room.json(&["inventory", "show", &group]);
    let parts: Vec<&str> =
        shown["workload"]["parts"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
    let count = |kind: &str| parts.iter().filter(|part| part.starts_with(kind)).count();
    let kinds = [
        "autoscaling.group/",
        "autoscaling.policy/",
        "autoscaling.scheduled-action/",
        "autoscaling.lifecycle-hook/",
        "ec2.instance/",
        "ec2.launch-template-version/",
        "ec2.security-group/",
        "ec2.volume/",
        "elbv2.target-group/",
    ];
    assert_eq!(kinds.map(count), [1, 1, 2, 1, 2, 1, 1, 2, 1], "{parts:#?}");
    assert!(parts.iter().any(|part| part.ends_with("/1")), "the version that runs, not the newest: {parts:?}");
    let needs = bench.needs(&group);
    assert!(needs.contains(&("role".to_owned(), format!("iam:{}", bench.estate.text("role")))), "{needs:#?}");
    assert!(needs.iter().any(|(kind, to)| kind == "runs" && to.starts_with("ec2.image/")), "{needs:#?}");
    let needs = bench.needs(&alone);
    assert!(needs.contains(&("calls".to_owned(), "host:api.depot.example.com".to_owned())), "{needs:#?}");
}

#[test]
fn user_data_in_moto_is_decoded_and_its_secrets_reach_neither_disk_nor_screen() {
    let Some(bench) = Bench::in_moto() else { return };
    let said = bench.discover(&["-v"]);
    said.ends(0, &[]);
    let version = bench.estate.first("launchTemplateVersions");
    let parts = &bench.body("ec2.launch-template-version", &version)["launchTemplateData"]["userDataParts"];
    assert_eq!(parts[0]["contentType"], "text/x-shellscript");
    assert_eq!(parts[0]["fileName"], "start.sh");
    let script = parts[0]["text"].as_str().unwrap();
    assert!(script.contains("docker run -d parcels/depot:7") && script.contains("<redacted:"), "{script}");
    assert!(parts[1]["text"].as_str().unwrap().contains("packages: [nginx]"));
    let legacy = bench.body("autoscaling.launch-configuration", "legacy-2017");
    assert!(legacy["userDataParts"][0]["text"].as_str().unwrap().contains("artifacts.example.com"), "{legacy}");
    bench.room.run(&["inventory", "show", &format!("{}/group/depot-web", bench.place("ec2"))]).ends(0, &[]);
    assert!(!said.out.contains(SECRET) && !said.err.contains(SECRET));
    for entry in std::fs::read_dir(bench.room.path()).unwrap().map(|entry| entry.unwrap().path()) {
        let bytes = if entry.is_file() { std::fs::read(&entry).unwrap() } else { Vec::new() };
        assert!(!bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()), "{}", entry.display());
    }
}

#[test]
fn a_function_in_moto_shows_its_triggers_with_the_version_that_they_start() {
    let Some(bench) = Bench::in_moto() else { return };
    bench.discover(&[]).ends(0, &[]);
    let orders = format!("{}/order-import", bench.place("lambda"));
    let needs = bench.needs(&orders);
    let mapping = bench.estate.first("mappings");
    for (kind, to) in [
        ("triggered-by", format!("{}/{mapping}", bench.place("lambda.event-source-mapping"))),
        ("queue", format!("sqs:{}", bench.estate.text("queue"))),
        ("data", "s3:arn:aws:s3:::parcel-orders".to_owned()),
    ] {
        assert!(needs.contains(&(kind.to_owned(), to.clone())), "{kind} {to}: {needs:#?}");
    }
    let (_, shown) = bench.room.json(&["inventory", "show", &orders]);
    let parts = shown["workload"]["parts"].to_string();
    for part in [
        "lambda.alias/",
        "lambda.version/",
        "lambda.event-source-mapping/",
        "lambda.layer-version/",
        "lambda.provisioned-concurrency/",
    ] {
        assert!(parts.contains(part), "{part}: {parts}");
    }
    let body = bench.body("lambda.event-source-mapping", &mapping);
    assert!(body["FilterCriteria"]["Filters"][0]["Pattern"].as_str().unwrap().contains("country"), "{body}");
    let function = bench.body("lambda.function", &bench.estate.first("functions"));
    assert_eq!(function["Concurrency"]["ReservedConcurrentExecutions"], 5);
    assert_eq!(function["Tags"]["team"], "orders");
    let needs = bench.needs(&format!("{}/photo-resize", bench.place("lambda")));
    assert!(needs.contains(&("triggered-by".to_owned(), "s3:arn:aws:s3:::parcel-photos".to_owned())), "{needs:#?}");
    assert!(needs.contains(&("queue".to_owned(), format!("sqs:{}", bench.estate.text("dead")))), "{needs:#?}");
}

fn refused(service: &str, status: u16, r#type: &str, body: &str) -> Rule {
    let fault = Fault::Answer { status, r#type: r#type.to_owned(), body: body.to_owned() };
    Rule::new(fault).service(service)
}

/// moto knows no machines that report to Systems Manager: the proxy says which one does.
#[test]
fn a_machine_is_unknown_inside_whether_or_not_systems_manager_manages_it() {
    let Some(bench) = Bench::in_moto() else { return };
    let alone = bench.estate.text("alone");
    let unknown = |workload: &str| {
        let (_, assessed) = bench.room.json(&["assess", workload]);
        let notes = assessed["workloads"][0]["notes"].as_array().unwrap().clone();
        let of_kind = notes.iter().filter(|note| note["kind"] == "unknown-interior");
        of_kind.map(|note| note["text"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (machine, group) =
        (format!("{}/{alone}", bench.place("ec2")), format!("{}/group/depot-web", bench.place("ec2")));
    bench.discover(&[]).ends(0, &[]);
    assert_eq!(unknown(&machine).len(), 1);
    assert!(unknown(&machine)[0].contains("does not manage it"), "{:?}", unknown(&machine));
    bench.proxy.end("no machine reports");
    let reports = json!([{"InstanceId": alone, "PingStatus": "Online", "AgentVersion": "3.3.1", "PlatformName": "Amazon Linux",
        "IsLatestVersion": true, "LastPingDateTime": 1.7e9, "ComputerName": "depot", "IPAddress": "10.0.0.9"}]);
    bench.proxy.begin("one machine reports", &[machines_that_report(&reports)]);
    bench.discover(&[]).ends(0, &[]);
    assert!(unknown(&machine)[0].contains("nobody has looked inside yet"), "{:?}", unknown(&machine));
    assert!(unknown(&group).iter().all(|text| text.contains("does not manage it")), "{:?}", unknown(&group));
    assert!(bench.observed()["ssm.managed-instance"].contains(alone));
}

#[test]
fn lists_that_are_denied_in_moto_are_coverage_and_what_is_known_of_a_thing_stays() {
    let Some(bench) = Bench::in_moto() else { return };
    let ec2 =
        "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors></Response>";
    let query = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
    let lambda = r#"{"__type": "AccessDeniedException", "Message": "no"}"#;
    let denied = [
        refused("ec2", 403, "text/xml", ec2).action("DescribeInstanceAttribute"),
        refused("ec2", 403, "text/xml", ec2).action("DescribeVolumes"),
        refused("iam", 403, "text/xml", query),
        refused("lambda", 403, "application/json", lambda).path("*/event-source-mappings*"),
    ];
    bench.proxy.script(&denied.into_iter().chain(bench.estate.lacking_in_moto()).collect::<Vec<_>>());
    bench.discover(&[]).ends(5, &["ec2:DescribeVolumes", "denied"]);
    let denied = |api: &str| (api.to_owned(), "denied".to_owned());
    let expected = [
        "ec2:DescribeInstanceAttribute",
        "ec2:DescribeVolumes",
        "iam:ListInstanceProfiles",
        "lambda:ListEventSourceMappings",
    ];
    let mut expected: BTreeMap<String, String> = expected.map(denied).into();
    // A version that a mapping names would be missing.
    expected.insert("lambda:GetFunction".to_owned(), "partial".to_owned());
    expected.insert("lambda:GetLayerVersionByArn".to_owned(), "partial".to_owned());
    assert_eq!(bench.incomplete(), expected);
    let seen = bench.observed();
    assert_eq!(seen["ec2.instance"], bench.estate.names("instances"), "without their user data");
    assert_eq!(seen["lambda.function"], bench.estate.names("functions"));
    assert!(!seen.contains_key("ec2.volume"));
}

#[test]
fn the_same_functions_are_found_in_ministack_with_their_urls() {
    let Some(bench) = Bench::of(Estate::in_ministack()) else { return };
    bench.discover(&[]).ends(0, &[]);
    let mut seen = bench.observed();
    // ministack has one account: the functions behind the APIs of another test may stand there, too.
    seen.values_mut().for_each(|names| names.retain(|name| !name.contains(":label-")));
    for (kind, made) in [
        ("ec2.instance", "instances"),
        ("autoscaling.group", "groups"),
        ("lambda.function", "functions"),
        ("lambda.alias", "aliases"),
        ("lambda.event-source-mapping", "mappings"),
    ] {
        assert_eq!(seen[kind], bench.estate.names(made), "{kind}");
    }
    assert_eq!(seen["lambda.function-url"].len(), 1);
    let needs = bench.needs(&format!("{}/order-import", bench.place("lambda")));
    assert!(needs.contains(&("queue".to_owned(), format!("sqs:{}", bench.estate.text("queue")))), "{needs:#?}");
}
