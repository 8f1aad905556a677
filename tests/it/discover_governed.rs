//! What is in whose keeping: stacks of CloudFormation in moto, and states of Terraform from files, as the command line tells it,
//! as readiness and conversion take it, and as a seal says it.

use crate::cli::{Room, Said};
use crate::discover_aws::coverage;
use crate::discover_shared::{REGION, unknown_to_moto};
use caravan_tests_testbed::{Account, Fault, FaultProxy, Moto, Rule};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// What the estate's script gives a stack as a parameter and an output, and the states below as values.
const SECRETS: [&str; 2] = ["hunter2-stack-Wm47TqZc9nPd", "hunter2-state-Kd82RvBn5yXs"];

struct Bench {
    account: Account,
    made: Value,
    proxy: FaultProxy,
    room: Room,
}

impl Bench {
    fn new() -> Option<Self> {
        let moto = Moto::shared()?;
        let account = moto.account();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testbed/estate/stacks.py");
        let made = moto.boto3(&account, REGION, &script, &[]);
        let proxy = FaultProxy::start(&moto.endpoint())?;
        let room = Room::new();
        let configured = json!({"id": account.id, "regions": [REGION], "endpoint": proxy.endpoint()});
        let configuration =
            json!({"schema": "caravan.config/v1", "accounts": [configured], "ownership": [{"team": "shop"}]});
        room.write("caravan.yaml", configuration.to_string());
        Some(Self { account, made, proxy, room })
    }

    fn discover(&self, sources: &[&str]) -> Said {
        let only = sources.iter().flat_map(|source| ["--only", source]);
        let args: Vec<&str> = ["discover"].into_iter().chain(only).collect();
        let mut command = self.room.command(&args);
        let variables = self.account.environment(&self.proxy.endpoint(), REGION);
        command.envs(variables.into_iter().filter(|(name, value)| *name != "AWS_ENDPOINT_URL" && !value.is_empty()));
        Said::of(command.output().unwrap())
    }

    fn alone(&self, name: &str) -> &str {
        self.made["alone"][name].as_str().unwrap()
    }

    /// Two states, one of them of an old version, that have a queue both, and secrets wherever states have them.
    fn write_states(&self) {
        let [_, secret] = SECRETS;
        let instance = |of: &str, name: &str, attributes: Value| {
            let private = json!({"attributes": attributes, "private": secret, "sensitive_attributes": [secret]});
            json!({"mode": "managed", "type": of, "name": name, "instances": [private]})
        };
        let queue =
            |name: &str| json!({"id": format!("https://sqs/{name}"), "arn": self.alone(name), "policy": secret});
        let state = json!({"version": 4, "serial": 5, "lineage": "11111111-2222-3333-4444-555555555555", "terraform_version": "1.9.8",
            "outputs": {"password": {"value": secret, "sensitive": true}},
            "resources": [
                instance("aws_sqs_queue", "in_a_state", queue("in-a-state")),
                instance("aws_sqs_queue", "in_two_states", queue("in-two-states")),
                instance("aws_lb_listener_rule", "api", json!({"id": self.alone("rule"), "arn": self.alone("rule")})),
                instance("aws_ecs_service", "api", json!({"id": self.alone("service"), "name": "api"}))]});
        self.room.write("states/live/prod.tfstate", state.to_string());
        let primary = json!({"id": "x", "attributes": {"arn": self.alone("in-two-states"), "tags.token": secret}});
        let old = json!({"version": 3, "serial": 1, "lineage": "other", "modules": [{"path": ["root", "mail"], "outputs": {},
            "resources": {"aws_sqs_queue.both": {"type": "aws_sqs_queue", "primary": primary}}}]});
        self.room.write("states/old.tfstate", old.to_string());
        let pointer = json!({"version": 3, "backend": {"type": "s3", "config": {"secret_key": secret}}, "terraform_version": "1.9.8"});
        self.room.write("states/pointer.tfstate", pointer.to_string());
    }

    /// `<tool> <owner> <address>` of whoever has each resource, by its name.
    fn keepers(&self) -> BTreeMap<String, Vec<String>> {
        let (_, listed) = self.room.json(&["inventory", "list"]);
        let of = |one: &Value| {
            let said = |key: &str| one[key].as_str().unwrap_or("-").to_owned();
            format!("{} {} {}", said("tool"), said("owner"), said("address"))
        };
        let named = listed["resources"].as_array().unwrap().iter().map(|row| {
            let keepers = row["governed_by"].as_array().unwrap().iter().map(of).collect();
            (row["name"].as_str().unwrap().to_owned(), keepers)
        });
        named.collect()
    }

    fn workloads(&self, query: &str) -> Vec<String> {
        let (_, listed) = self.room.json(&["inventory", "list", "--where", query]);
        listed["workloads"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
    }

    fn secrets_are_gone(&self) {
        let kept = std::fs::read_dir(self.room.path()).unwrap().map(|entry| entry.unwrap().path());
        for file in kept.filter(|path| path.is_file()) {
            let bytes = std::fs::read(&file).unwrap();
            let holds = |secret: &&str| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!SECRETS.iter().any(holds), "{}", file.display());
        }
    }
}

#[test]
fn what_stacks_in_moto_and_states_in_files_have_is_known_shown_and_left_to_them() {
    let Some(bench) = Bench::new() else { return };
    let paged = Rule::new(Fault::Pages { size: 1 }).service("cloudformation");
    bench.proxy.script(&unknown_to_moto().into_iter().chain([paged]).collect::<Vec<_>>());
    let said = bench.discover(&["cloudformation", "resources", "ecs", "elbv2"]);
    assert!(matches!(said.code, Some(0 | 5)), "{}", said.err);
    let lists = coverage(&bench.room);
    for api in ["cloudformation:DescribeStacks", "cloudformation:ListStackResources"] {
        assert_eq!(lists[api].0, "complete", "{api}: {}", lists[api].1);
    }
    assert!(bench.proxy.count(&Rule::new(Fault::Throttle).action("DescribeStacks")) >= 3);
    assert!(bench.proxy.count(&Rule::new(Fault::Throttle).action("ListStackResources")) >= 9);
    let stack = |name: &str| bench.made[name]["id"].as_str().unwrap().to_owned();
    let of_stack = |name: &str, address: &str| vec![format!("cloudformation {} {address}", stack(name))];
    let keepers = bench.keepers();
    let bucket = format!("labels-{}", bench.account.id);
    for (resource, keeper) in [
        ("jobs", of_stack("shop-data", "Jobs")),
        ("orders", of_stack("shop-data", "Orders")),
        (bucket.as_str(), of_stack("shop-data", "Labels")),
        ("parcels", of_stack("shop-data", "Parcels")),
        ("web-task", of_stack("shop-data", "Task")),
        ("notes", of_stack("shop-idle", "Notes")),
        ("in-a-state", Vec::new()),
        ("free", Vec::new()),
    ] {
        assert_eq!(keepers[resource], keeper, "{resource}");
    }
    assert_eq!(bench.workloads("governed=unknown"), ["api"], "no state was read yet");

    bench.write_states();
    bench.room.run(&["discover", "--files", "states"]).ends(0, &[]);
    let pointer = bench.room.json(&["inventory", "coverage"]).1.to_string();
    assert!(pointer.contains("in a backend of type s3"), "{pointer}");
    let keepers = bench.keepers();
    assert_eq!(keepers["in-a-state"], ["terraform live/prod.tfstate aws_sqs_queue.in_a_state"]);
    let both = [
        "terraform live/prod.tfstate aws_sqs_queue.in_two_states",
        "terraform old.tfstate module.mail.aws_sqs_queue.both",
    ];
    assert_eq!(keepers["in-two-states"], both);
    assert_eq!(keepers["free"], Vec::<String>::new());
    assert_eq!(
        (bench.workloads("governed=terraform"), bench.workloads("governed=unknown").len()),
        (vec!["api".to_owned()], 0)
    );
    let shown = bench.room.run(&["inventory", "show", bench.alone("in-two-states")]).out;
    assert!(shown.contains("\ngoverned by\n") && shown.contains("\nin conflict\n"), "{shown}");
    assert!(shown.contains("the Terraform state old.tfstate, as module.mail.aws_sqs_queue.both"), "{shown}");

    let service = format!("ecs/{}/{REGION}/day/api", bench.account.id);
    let assessed = bench.room.json(&["assess", &service]).1;
    let notes = assessed["workloads"][0]["notes"].as_array().unwrap();
    let note = notes.iter().find(|note| note["kind"] == "governed-elsewhere").unwrap_or_else(|| panic!("{assessed:#}"));
    let text = note["text"].as_str().unwrap();
    assert!(
        text.starts_with("the Terraform state live/prod.tfstate has aws_ecs_service.api, aws_lb_listener_rule.api"),
        "{text}"
    );

    let (_, converted) = bench.room.json(&["convert", "--out", "trees"]);
    let index = bench.room.read("trees/ledger/terraform.json");
    assert!(index.contains("the CloudFormation stack shop-data, as Jobs, owns it"), "{index}");
    let questions = bench.room.json(&["decide"]).1.to_string();
    let asked = format!("terraform/sqs:{}", bench.alone("in-a-state"));
    assert!(questions.contains(&asked), "{questions}");
    assert!(
        questions.contains("the Terraform state live/prod.tfstate, as aws_sqs_queue.in_a_state has it"),
        "{questions}"
    );
    let written = bench.room.read("trees/infrastructure/teams/shop/adopt/sqs.tf");
    assert!(written.contains("\"free\"") && !written.contains("in-a-state"), "{written}\n{converted:#}");
    bench.room.run(&["inventory", "export", "export.jsonl"]).ends(0, &[]);
    bench.secrets_are_gone();
}

#[test]
fn stacks_that_are_denied_are_coverage_and_nothing_is_said_to_be_free() {
    let Some(bench) = Bench::new() else { return };
    let body = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
    let denied = Fault::Answer { status: 403, r#type: "text/xml".to_owned(), body: body.to_owned() };
    bench.proxy.script(&[Rule::new(denied).service("cloudformation")]);
    bench.discover(&["cloudformation", "ecs"]).ends(5, &["cloudformation:DescribeStacks", "denied"]);
    assert_eq!(bench.workloads("governed=unknown"), ["api"]);
}

/// The demonstration's wave moves a name; here a state has it.
#[test]
fn a_seal_says_which_of_its_targets_a_state_has() {
    let room = Room::new();
    room.run(&["demo", "--out", "."]).ends(0, &[]);
    let wave = room.read("plans/wave-demo.yaml");
    let field = |name: &str| {
        let line = wave.lines().find_map(|line| line.trim().trim_start_matches("- ").strip_prefix(name));
        line.unwrap_or_else(|| panic!("{name} in {wave}")).trim().trim_matches('"').trim_matches('\'').to_owned()
    };
    let (zone, name) = (field("zone:"), field("name:"));
    let record =
        |name: &str, of: &str| json!({"attributes": {"zone_id": zone, "fqdn": name, "name": name, "type": of}});
    let resources: Vec<Value> = ["A", "AAAA", "CNAME"]
        .into_iter()
        .map(|of| json!({"mode": "managed", "type": "aws_route53_record", "name": format!("web_{of}"), "instances": [record(&name, of)]}))
        .collect();
    let state =
        json!({"version": 4, "serial": 1, "lineage": "11111111-2222-3333-4444-555555555555", "resources": resources});
    room.write("states/dns.tfstate", state.to_string());
    let seal = ["plan", "seal", "demo", "--who", "tests"];
    assert!(!room.run(&seal).err.contains("in other hands"));
    room.run(&["discover", "--files", "states"]).ends(0, &[]);
    let said = room.run(&seal);
    said.ends(
        0,
        &["is in other hands: the Terraform state dns.tfstate, as aws_route53_record.web_", "hold these runs"],
    );
    assert!(said.err.contains(name.trim_end_matches('.')), "{}", said.err);
}
