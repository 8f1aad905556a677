//! `caravan discover` of API Gateway, against two emulators of AWS: in moto each version of the API has its own domains, in
//! ministack both tell of all of them, as in AWS.

use crate::cli::{Room, Said};
use caravan_tests_testbed::{Account, Fault, FaultProxy, Ministack, Moto, Rule};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const REGION: &str = "eu-central-1";
/// What the estate's script writes into headers and variables of stages.
const SECRET: &str = "hunter2-gate-Qm47TzRb8wKd";

/// An estate of the test's own, with a folder whose configuration reads it through a proxy.
struct Bench {
    account: Account,
    made: Value,
    proxy: FaultProxy,
    room: Room,
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testbed/estate/gateways.py")
}

/// Lists that moto does not answer, or not as the API reference says: their paths, and their fields.
const LACKING_IN_MOTO: &[(&str, &str)] = &[
    ("/v2/apis/*/authorizers", "items"),
    ("*/provisioned-concurrency", "ProvisionedConcurrencyConfigs"),
    ("*/urls", "FunctionUrlConfigs"),
    ("*/event-invoke-config/list", "FunctionEventInvokeConfigs"),
];

/// The answers of lists that an emulator lacks: empty, as the estate is there.
fn empty(paths: &[(&str, &str)]) -> Vec<Rule> {
    let empty = |(path, list): &(&str, &str)| {
        let body = json!({*list: []}).to_string();
        Rule::new(Fault::Answer { status: 200, r#type: "application/json".to_owned(), body }).path(path)
    };
    paths.iter().map(empty).collect()
}

impl Bench {
    fn in_moto() -> Option<Self> {
        let moto = Moto::shared()?;
        let account = moto.account();
        let made = moto.boto3(&account, REGION, &script(), &[]);
        Self::of(account, made, &moto.endpoint(), LACKING_IN_MOTO)
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
        Self::of(account, made, &ministack.endpoint(), &[("/vpclinks*", "item"), ("/v2/vpclinks*", "items")])
    }

    fn of(account: Account, made: Value, endpoint: &str, lacking: &[(&str, &str)]) -> Option<Self> {
        let proxy = FaultProxy::start(endpoint)?;
        proxy.script(&empty(lacking));
        let room = Room::new();
        let configured = json!({"id": account.id, "regions": [REGION], "endpoint": proxy.endpoint()});
        room.write("caravan.yaml", json!({"schema": "caravan.config/v1", "accounts": [configured]}).to_string());
        Some(Self { account, made, proxy, room })
    }

    fn discover(&self) -> Said {
        let mut command = self.room.command(&["discover", "--only", "apigateway", "--only", "lambda"]);
        let variables = self.account.environment(&self.proxy.endpoint(), REGION);
        command.envs(variables.into_iter().filter(|(name, value)| *name != "AWS_ENDPOINT_URL" && !value.is_empty()));
        Said::of(command.output().unwrap())
    }

    fn names(&self, what: &str) -> BTreeSet<String> {
        self.made[what].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    }

    /// The export's documents of one sort.
    fn exported(&self, sort: &str) -> Vec<Value> {
        let _ = std::fs::remove_file(self.room.path().join("export.jsonl"));
        self.room.run(&["inventory", "export", "export.jsonl"]).ends(0, &[]);
        let lines = self.room.read("export.jsonl");
        lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).unwrap().get(sort).cloned()).collect()
    }

    fn observed(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for seen in self.exported("observation") {
            let text = |key: &str| seen[key].as_str().unwrap().to_owned();
            names.entry(text("kind")).or_default().insert(text("name"));
        }
        names
    }

    fn function(&self, name: &str) -> String {
        format!("lambda/{}/{REGION}/{name}", self.account.id)
    }

    /// The ways in to something, as `inventory graph` tells them: hostname, and the steps in words.
    fn ways(&self, id: &str) -> Vec<(String, Vec<String>)> {
        let (code, graph) = self.room.json(&["inventory", "graph", id]);
        assert_eq!(code, Some(0), "{id}: {graph}");
        let step = |step: &Value| format!("{}: {}", step["step"].as_str().unwrap(), step["says"].as_str().unwrap());
        let chain = |chain: &Value| {
            let steps = chain["steps"].as_array().unwrap().iter().map(step).collect();
            (chain["hostname"].as_str().unwrap().to_owned(), steps)
        };
        graph["front_doors"].as_array().unwrap().iter().map(chain).collect()
    }

    fn found_whole(&self) {
        self.discover().ends(0, &[]);
        let seen = self.observed();
        for (kind, made) in [
            ("apigateway.rest-api", "restApis"),
            ("apigateway.resource", "resources"),
            ("apigateway.stage", "restStages"),
            ("apigateway.authorizer", "restAuthorizers"),
            ("apigatewayv2.api", "httpApis"),
            ("apigatewayv2.route", "routes"),
            ("apigatewayv2.integration", "integrations"),
            ("apigatewayv2.stage", "httpStages"),
        ] {
            assert_eq!(seen[kind], self.names(made), "{kind}");
        }
        for (kind, made) in [
            ("apigateway.domain-name", "restDomains"),
            ("apigateway.base-path-mapping", "basePathMappings"),
            ("apigatewayv2.domain-name", "httpDomains"),
            ("apigatewayv2.api-mapping", "apiMappings"),
        ] {
            assert!(seen[kind].is_superset(&self.names(made)), "{kind}: {:?}", seen[kind]);
        }
    }

    fn secrets_are_gone(&self) {
        for entry in std::fs::read_dir(self.room.path()).unwrap().map(|entry| entry.unwrap().path()) {
            let bytes = if entry.is_file() { std::fs::read(&entry).unwrap() } else { Vec::new() };
            assert!(!bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()), "{}", entry.display());
        }
    }

    /// Each name of the REST API leads to the function, and each in one way: the domain that both versions of the API tell
    /// is one.
    fn functions_have_their_front_doors(&self) {
        let ways = self.ways(&self.function("label-print"));
        let of_domain: Vec<_> = ways.iter().filter(|(host, _)| host == "labels.depot.example").collect();
        assert_eq!(of_domain.len(), 1, "{ways:#?}");
        let steps = &of_domain[0].1;
        let begins = [
            "api-domain: labels.depot.example (REGIONAL",
            "api: labels (REST), under /v1, stage prod",
            "api-route: POST /labels",
        ];
        for begin in begins {
            assert!(steps.iter().any(|step| step.starts_with(begin)), "{begin}: {steps:#?}");
        }
        assert!(steps.last().unwrap().starts_with("certificate: arn:aws:acm:"), "{steps:#?}");
        assert_eq!(ways.len(), 2, "besides, the API has a name by itself: {ways:#?}");
        let (_, shown) = self.room.json(&["inventory", "show", &self.function("label-feed")]);
        let hosts = shown["hosts"].to_string();
        assert!(hosts.contains("feed.depot.example"), "{hosts}");
        let edges = self.exported("edge");
        let triggered = |edge: &&Value| edge["from"] == *self.function("label-gate") && edge["kind"] == "triggered-by";
        let by: Vec<&str> = edges.iter().filter(triggered).map(|edge| edge["to"].as_str().unwrap()).collect();
        assert!(by.iter().any(|to| to.starts_with("apigateway.authorizer/")), "{by:?}");
        let alias = format!("lambda.alias/{}/{REGION}/{}", self.account.id, self.made["alias"].as_str().unwrap());
        let called = edges.iter().find(|edge| edge["from"] == *alias).unwrap();
        assert!(called["to"].as_str().unwrap().ends_with(self.made["labels"].as_str().unwrap()), "{called}");
    }
}

#[test]
fn apis_in_moto_are_found_name_by_name_and_lead_to_their_functions() {
    let Some(bench) = Bench::in_moto() else { return };
    bench.found_whole();
    bench.functions_have_their_front_doors();
    bench.secrets_are_gone();
}

#[test]
fn apis_in_ministack_are_found_name_by_name_and_each_domain_once() {
    let Some(bench) = Bench::in_ministack() else { return };
    bench.found_whole();
    bench.functions_have_their_front_doors();
    bench.secrets_are_gone();
}

#[test]
fn apis_whose_lists_are_denied_in_moto_are_coverage_and_the_rest_of_them_stays() {
    let Some(bench) = Bench::in_moto() else { return };
    bench.discover().ends(0, &[]);
    let body = r#"{"__type": "AccessDeniedException", "message": "no"}"#.to_owned();
    let denied = Fault::Answer { status: 403, r#type: "application/json".to_owned(), body };
    let denied = Rule::new(denied).path("/restapis/*/resources*");
    bench.proxy.script(&std::iter::once(denied).chain(empty(LACKING_IN_MOTO)).collect::<Vec<_>>());
    bench.discover().ends(5, &["apigateway:GetResources", "denied"]);
    let seen = bench.observed();
    assert_eq!(seen["apigateway.resource"], bench.names("resources"), "what could not be read is not gone");
    assert_eq!(seen["apigateway.rest-api"], bench.names("restApis"));
}
