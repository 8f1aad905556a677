//! States of every version, and what is none: made for the test.

use crate::Redactor;
use crate::files::{FileSink, TemplateParameters, scan_files};
use camino::Utf8PathBuf;
use caravan_inventory::{Observation, ObservationKind, Unit};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::convert::Infallible;

/// What stands wherever a state may hold a secret, and must be found by no search of bytes.
const SECRET: &str = "hunter2-state-Vq93LmXc7rTz";

#[derive(Default)]
struct Heap(Vec<(Unit, Vec<Observation>)>);

impl FileSink for Heap {
    type Error = Infallible;

    fn file(&mut self, unit: Unit, observations: Vec<Observation>) -> Result<(), Infallible> {
        self.0.push((unit, observations));
        Ok(())
    }
}

/// A file of this name and content as it is read: its state, its reason, and what it has.
#[expect(clippy::disallowed_methods, reason = "the files are made for the test")]
fn scanned(name: &str, content: impl AsRef<[u8]>) -> (String, String, Vec<Observation>) {
    let folder = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(folder.path().join(name)).unwrap();
    std::fs::write(&path, content).unwrap();
    let mut heap = Heap::default();
    let redactor = Redactor::new(b"the key of these tests");
    scan_files(&[path], &TemplateParameters::default(), &redactor, Timestamp::UNIX_EPOCH, &mut heap).unwrap();
    let (unit, observations) = heap.0.remove(0);
    (unit.state.as_str().to_owned(), unit.reason.unwrap_or_default(), observations)
}

/// `<address> <attributes>` of each, after it was told that all are of the right kind.
fn told(observations: &[Observation]) -> Vec<String> {
    assert!(observations.iter().all(|one| one.kind == ObservationKind::TerraformResource));
    let line = |one: &Observation| {
        let attributes =
            if one.body["Attributes"].is_null() { &one.body["OtherAttributes"] } else { &one.body["Attributes"] };
        format!("{} {attributes}", one.native_name())
    };
    observations.iter().map(line).collect()
}

fn version_4(resources: Value) -> String {
    json!({
        "version": 4, "terraform_version": "1.9.8", "serial": 12, "lineage": "0f2f3c1e-7a3b-4c55-9a57-1f6a0a7d9c11",
        "outputs": {"password": {"value": SECRET, "type": "string", "sensitive": true}},
        "resources": resources, "check_results": null,
    })
    .to_string()
}

fn resource(of: &str, name: &str, instances: Value) -> Value {
    json!({"mode": "managed", "type": of, "name": name,
        "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]", "instances": instances})
}

const QUEUE: &str = "arn:aws:sqs:eu-central-1:123456789012:jobs";

#[test]
fn version_4_gives_each_instance_with_its_address_and_identity_and_no_other_value() {
    let queue = json!({"id": "https://sqs/jobs", "arn": QUEUE, "policy": SECRET, "tags": {"token": SECRET}});
    let in_module = |mut resource: Value| {
        resource["module"] = json!("module.mail[\"eu\"]");
        resource
    };
    let text = version_4(json!([
        resource("aws_sqs_queue", "jobs", json!([{"schema_version": 0, "attributes": queue, "private": SECRET,
            "sensitive_attributes": [[{"type": "get_attr", "value": SECRET}]], "dependencies": ["aws_kms_key.k"]}])),
        in_module(resource("aws_instance", "web", json!([
            {"index_key": 0, "attributes": {"id": "i-0123456789abcdef0", "arn": "arn:aws:ec2:eu-central-1:1:instance/i-0", "user_data": SECRET}},
            {"index_key": 1, "status": "tainted", "attributes": {"id": "i-0123456789abcdef1", "password_data": SECRET}},
            {"index_key": 1, "deposed": "a1b2c3d4", "attributes": {"id": "i-0123456789abcdef2"}}]))),
        resource("aws_db_instance", "main", json!([{"index_key": "a.b", "attributes": {"password": SECRET,
            "arn": "arn:aws:rds:eu-central-1:123456789012:db:main", "id": "db-ABCDEFGHIJ"}}])),
        resource("aws_iam_access_key", "ci", json!([{"attributes": {"id": "AKIAIOSFODNN7EXAMPLE", "secret": SECRET}}])),
        resource("aws_kms_ciphertext", "c", json!([{"attributes": {"id": SECRET, "ciphertext_blob": SECRET}}])),
        resource("kubernetes_secret", "k", json!([{"attributes": {"id": "shop/api", "data": {"token": SECRET}}}])),
        resource("random_password", "p", json!([{"attributes": {"id": "none", "result": SECRET}}])),
        {"mode": "data", "type": "aws_secretsmanager_secret_version", "name": "s",
            "instances": [{"attributes": {"id": "x", "secret_string": SECRET}}]},
    ]));
    let (state, reason, observations) = scanned("prod.tfstate", &text);
    assert_eq!(state, "complete");
    assert_eq!(
        reason,
        "beside what was read it has 1 data sources, which it looks at and does not govern, 1 resources of the provider random"
    );
    let lines = told(&observations);
    assert_eq!(lines[0], format!("aws_sqs_queue.jobs {{\"arn\":\"{QUEUE}\",\"id\":\"https://sqs/jobs\"}}"));
    assert_eq!(lines[1], "module.mail[\"eu\"].aws_instance.web[0] {\"id\":\"i-0123456789abcdef0\"}");
    assert_eq!(lines[2], "module.mail[\"eu\"].aws_instance.web[1] {\"id\":\"i-0123456789abcdef1\"}");
    assert_eq!(lines[3], "module.mail[\"eu\"].aws_instance.web[1] (2) {\"id\":\"i-0123456789abcdef2\"}");
    assert_eq!(
        (&observations[2].body["Status"], &observations[3].body["Status"]),
        (&json!("tainted"), &json!("deposed"))
    );
    assert!(lines[4].starts_with("aws_db_instance.main[\"a.b\"] {\"arn\":\"arn:aws:rds"), "{}", lines[4]);
    assert!(lines[5].starts_with("aws_iam_access_key.ci {\"id\":\"<redacted:"), "{}", lines[5]);
    assert_eq!(lines[7], "kubernetes_secret.k {\"id\":\"shop/api\"}");
    let about = json!({"Version": 4, "TerraformVersion": "1.9.8", "Serial": 12, "Lineage": "0f2f3c1e-7a3b-4c55-9a57-1f6a0a7d9c11"});
    assert_eq!(observations[0].body["State"], about);
    let all = serde_json::to_string(&observations).unwrap() + &reason;
    assert!(!all.contains("hunter2") && !all.contains("AKIA"), "{all}");
}

fn old(version: u64, resources: Value) -> Value {
    json!({"version": version, "serial": 3, "lineage": "abc", "modules": [
        {"path": ["root"], "outputs": {"password": {"sensitive": true, "type": "string", "value": SECRET}}, "resources": resources},
        {"path": ["root", "net", "edge"], "outputs": {}, "resources": {"aws_eip.nat": {"type": "aws_eip",
            "primary": {"id": "eipalloc-0123456789abcdef0", "attributes": {"id": "eipalloc-0123456789abcdef0"}}}}}]})
}

#[test]
fn versions_1_to_3_give_the_same_of_their_modules_and_flat_attributes() {
    let attributes =
        json!({"id": "https://sqs/jobs", "arn": QUEUE, "policy": SECRET, "tags.%": "1", "tags.token": SECRET});
    for version in 1..=3 {
        let mut resources = json!({
            "aws_sqs_queue.jobs": {"type": "aws_sqs_queue", "depends_on": [], "provider": "provider.aws",
                "primary": {"id": "https://sqs/jobs", "attributes": attributes, "meta": {"secret": SECRET}, "tainted": false}, "deposed": []},
            "aws_instance.web.1": {"type": "aws_instance", "primary": {"id": "i-0123456789abcdef1",
                "attributes": {"user_data": SECRET}, "tainted": version > 1}},
            "data.aws_ami.base": {"type": "aws_ami", "primary": {"id": "ami-1", "attributes": {"description": SECRET}}},
            "null_resource.x": {"type": "null_resource", "primary": {"id": "7", "attributes": {"triggers.a": SECRET}}}});
        if version == 1 {
            resources["aws_instance.web.1"]["tainted"] =
                json!([{"id": "i-0123456789abcdef2", "attributes": {"x": SECRET}}]);
        }
        let (state, reason, observations) = scanned("old.tfstate", old(version, resources).to_string());
        assert_eq!(state, "complete", "{reason}");
        let mut lines = told(&observations);
        lines.sort();
        let tainted = if version == 1 { "aws_instance.web[1] (2) {\"id\":\"i-0123456789abcdef2\"}" } else { "" };
        assert!(tainted.is_empty() || lines.contains(&tainted.to_owned()), "{lines:?}");
        assert!(lines.contains(&"aws_instance.web[1] {\"id\":\"i-0123456789abcdef1\"}".to_owned()), "{lines:?}");
        assert!(lines.contains(&format!("aws_sqs_queue.jobs {{\"arn\":\"{QUEUE}\",\"id\":\"https://sqs/jobs\"}}")));
        let of_module = "module.net.module.edge.aws_eip.nat {\"id\":\"eipalloc-0123456789abcdef0\"}";
        assert!(lines.contains(&of_module.to_owned()), "{lines:?}");
        let statuses = observations.iter().filter(|one| one.body["Status"] == "tainted").count();
        assert_eq!(statuses, 1, "version {version}");
        assert!(!serde_json::to_string(&observations).unwrap().contains("hunter2"));
        assert!(reason.contains("1 data sources") && reason.contains("1 resources of the provider null"), "{reason}");
    }
}

#[test]
fn a_state_is_known_by_its_fields_too_and_other_json_is_left_to_whom_it_belongs() {
    let one = version_4(json!([resource(
        "aws_sns_topic",
        "t",
        json!([{"attributes": {"id": "arn:aws:sns:eu-central-1:1:t"}}])
    )]));
    let (state, _, observations) = scanned("pulled.json", &one);
    assert_eq!((state.as_str(), observations.len()), ("complete", 1));
    let (_, _, backup) = scanned("terraform.tfstate.backup", &one);
    assert_eq!(backup.len(), 1);
    for other in [
        json!({"version": 4, "resources": [{"type": "x", "name": "y"}]}),
        json!({"version": "1.0.0", "name": "a package", "resources": {}}),
        json!({"version": 3, "serial": 1, "backend": {"type": "s3"}, "family": "api"}),
    ] {
        let (state, reason, _) = scanned("other.json", other.to_string());
        assert_eq!(state, "skipped", "{reason}");
        assert!(reason.contains("no ECS task definition"), "{reason}");
    }
}

#[test]
fn what_holds_no_state_says_why_and_shows_nothing_of_it() {
    let pointer = json!({"version": 3, "terraform_version": "1.9.8", "backend": {"type": "s3", "hash": 1,
        "config": {"bucket": "states", "key": "prod", "access_key": SECRET, "secret_key": SECRET}}});
    let mut with_modules = pointer.clone();
    with_modules["modules"] = json!([{"path": ["root"], "outputs": {}, "resources": {}}]);
    let mut odd = pointer.clone();
    odd["backend"]["type"] = json!(SECRET);
    let whole = version_4(json!([resource(
        "aws_sqs_queue",
        "jobs",
        json!([{"attributes": {"policy": SECRET, "arn": QUEUE}}])
    )]));
    let twice = format!(r#"{{"version": 4, "serial": "{SECRET}"}}"#);
    for (name, content, state, says) in [
        (
            "terraform.tfstate",
            pointer.to_string(),
            "skipped",
            "in a backend of type s3: `terraform state pull > NAME.tfstate`",
        ),
        ("pointer.json", pointer.to_string(), "skipped", "in a backend of type s3"),
        ("terraform.tfstate", with_modules.to_string(), "skipped", "in a backend of type s3"),
        ("terraform.tfstate", odd.to_string(), "skipped", "in a backend of type unknown"),
        ("a.tfstate", whole[..whole.len() - 40].to_owned(), "failed", "is cut off"),
        (
            "a.tfstate",
            whole.replacen("\"version\":4", "\"version\":99", 1),
            "failed",
            "is a Terraform state of version 99: versions 1 to 4",
        ),
        ("a.tfstate", whole.replacen("\"version\":4", "\"version\":-4", 1), "failed", "is not of the form"),
        ("a.tfstate", twice, "failed", "is not of the form of a Terraform state at line 1"),
        ("a.tfstate", format!("{{\"version\": 4, {SECRET}"), "failed", "is not JSON at line 1"),
        ("a.tfstate", "{\"serial\": 1}".to_owned(), "failed", "it has no version"),
        ("a.tfstate", " \n".to_owned(), "failed", "is empty"),
        ("a.tfstate", "[]".to_owned(), "failed", "is not of the form"),
        (
            "a.tfstate",
            format!(r#"{{"serial":1,"lineage":"a","meta":{{}},"encrypted_data":"{SECRET}"}}"#),
            "failed",
            "encrypted state of OpenTofu",
        ),
        ("a.tfstate", "tfstate\u{1}\u{2}".to_owned(), "failed", "before 0.3"),
        ("a.tfstate", version_4(json!([])), "complete", ""),
        ("a.tfstate", json!({"version": 4, "resources": null}).to_string(), "complete", ""),
    ] {
        let (was, reason, observations) = scanned(name, &content);
        assert!(was == state && reason.contains(says), "{name}: {was}, {reason}");
        assert!(!reason.contains("hunter2") && observations.is_empty(), "{reason}");
    }
}

#[test]
fn nesting_and_size_end_in_a_reason() {
    let deep = "[".repeat(200_000);
    let (state, reason, _) =
        scanned("a.tfstate", format!(r#"{{"version":4,"serial":1,"lineage":"a","outputs":{deep}"#));
    assert_eq!(state, "failed", "{reason}");
    let closed = "]".repeat(200_000);
    let (state, ..) = scanned("a.tfstate", format!(r#"{{"version":4,"outputs":{deep}{closed},"resources":[]}}"#));
    assert_eq!(state, "complete", "what is passed over may be nested as it likes");
    let (state, reason, _) = scanned("a.tfstate", vec![b' '; 64 * 1024 * 1024 + 1]);
    assert!(state == "failed" && reason.contains("at most 67108864 are read"), "{reason}");
}

/// What tells instances apart is whatever the owners chose; secrets are refused there by Terraform, but not by its old versions.
#[test]
fn a_token_as_the_key_of_an_instance_is_marked() {
    let token = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
    let text = version_4(json!([resource(
        "aws_sns_topic",
        "t",
        json!([{"index_key": token,
        "attributes": {"id": "arn:aws:sns:eu-central-1:123456789012:t"}}])
    )]));
    let (_, _, observations) = scanned("a.tfstate", text);
    assert_eq!(observations.len(), 1);
    assert!(!serde_json::to_string(&observations).unwrap().contains(token), "{observations:?}");
}
