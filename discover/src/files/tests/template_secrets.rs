//! Secrets in templates are gone before anything is recorded, and what they name is linked.

use super::{folder, put, redactor};
use crate::files::{TemplateParameters, record_files};
use caravan_inventory::{EdgeKind, Ownership, ScanId};
use caravan_inventory_store::Store;
use jiff::Timestamp;

const SECRET: &str = "hunter2-Xq9ZtR7vWn3Ys5Hd8";

/// A template of which every place of free text holds a secret.
fn planted() -> String {
    [
        "AWSTemplateFormatVersion: '2010-09-09'",
        "Transform: AWS::Serverless-2016-10-31",
        "Parameters:",
        "  DbPassword: {Type: String, Default: SECRET}",
        "  Hidden: {Type: String, NoEcho: true, Default: SECRET}",
        "  Plain: {Type: String, Default: SECRET}",
        "Conditions: {Is: !Equals [!Ref Plain, x]}",
        "Mappings: {Keys: {dev: {password: SECRET}}}",
        "Resources:",
        "  Fn:",
        "    Type: AWS::Serverless::Function",
        "    Properties:",
        "      Runtime: python3.13",
        "      Handler: app.handler",
        "      InlineCode: 'password = \"SECRET\"'",
        "      Description: uses SECRET",
        "      Environment:",
        "        Variables:",
        "          API_TOKEN: SECRET",
        "          A: !Ref DbPassword",
        "          B: !Ref Hidden",
        "          C: !Sub 'postgres://app:SECRET@${Host}/db'",
        "          D: !If [Is, SECRET, x]",
        "          E: !FindInMap [Keys, dev, password]",
        "          F: !Join ['', [SECRET, !Ref Plain]]",
        "          DB_PASSWORD: !Ref Plain",
        "      Events:",
        "        Clock: {Type: Schedule, Properties: {Schedule: rate(1 day), Input: '{\"token\": \"SECRET\"}'}}",
        "        Odd: {Type: SECRET, Properties: {}}",
        "  SECRETresource: {Type: AWS::SQS::Queue}",
    ]
    .join("\n")
    .replace("SECRET", SECRET)
}

#[test]
fn no_secret_of_a_template_is_recorded() {
    let (_kept, dir) = folder();
    put(&dir, "files/app/template.yaml", planted());
    let serverless = "service: a\nprovider: {name: aws, environment: {PASSWORD: \"${env:PASSWORD, 'SECRET'}\"}}\nfunctions: {f: {handler: a.b}}\n";
    put(&dir, "files/sls/serverless.yml", serverless.replace("SECRET", SECRET));
    let broken = "AWSTemplateFormatVersion: x\nResources: {SECRET: 1, SECRET: 2}\n";
    put(&dir, "files/broken.yaml", broken.replace("SECRET", SECRET));
    let path = dir.join("inventory.db");
    let mut store = Store::open(&path).unwrap();
    let scan = ScanId::new("01K00000000000000000000000");
    let parameters = TemplateParameters::from_iter([("Given".to_owned(), SECRET.to_owned())]);
    record_files(
        &mut store,
        &[dir.join("files")],
        &parameters,
        &redactor(),
        &Ownership::default(),
        scan,
        Timestamp::UNIX_EPOCH,
    )
    .unwrap();
    assert_eq!(store.workload_count().unwrap(), 2);
    drop(store);
    for entry in dir.read_dir_utf8().unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            let bytes = bytes(entry.path());
            let found = bytes.windows(SECRET.len()).position(|window| window == SECRET.as_bytes());
            let around = found.map(|at| String::from_utf8_lossy(&bytes[at.saturating_sub(200)..at + 40]).into_owned());
            assert_eq!(around, None, "{}", entry.path());
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the test looks at what was written")]
fn bytes(path: &camino::Utf8Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}

const LINKED: &str = r#"
Transform: AWS::Serverless-2016-10-31
Resources:
  Jobs: {Type: AWS::SQS::Queue}
  Done: {Type: AWS::SNS::Topic}
  Take:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: a.b
      CodeUri: src/
      EventInvokeConfig: {DestinationConfig: {OnSuccess: {Type: SNS, Destination: !Ref Done}}}
      Events:
        Work: {Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn}}
        Get: {Type: HttpApi, Properties: {Path: /take, Method: get}}
        Clock: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
"#;

#[test]
fn templates_become_workloads_with_what_starts_them_each_file_by_itself() {
    let (_kept, dir) = folder();
    put(&dir, "files/one/template.yaml", LINKED);
    put(&dir, "files/two/template.yaml", LINKED);
    let mut store = Store::open(&dir.join("inventory.db")).unwrap();
    let scan = ScanId::new("01K00000000000000000000000");
    let parameters = TemplateParameters::default();
    record_files(
        &mut store,
        &[dir.join("files")],
        &parameters,
        &redactor(),
        &Ownership::default(),
        scan,
        Timestamp::UNIX_EPOCH,
    )
    .unwrap();
    for folder in ["one", "two"] {
        let id = caravan_inventory::WorkloadId::new(format!("lambda/files/{folder}/template/Take"));
        let workload = store.workload(&id).unwrap().unwrap();
        assert_eq!(workload.name, "Take");
        assert!(
            workload.parts.iter().all(|part| part.as_str().contains(&format!("files/{folder}/"))),
            "{:?}",
            workload.parts
        );
        let edges = store.edges_from(id.as_str()).unwrap();
        let to = |kind: EdgeKind| -> Vec<&str> {
            edges.iter().filter(|edge| edge.kind == kind).map(|edge| edge.to.as_str()).collect()
        };
        let queue = format!("sqs:arn:aws:sqs:unknown:000000000000:{folder}-Jobs");
        assert!(to(EdgeKind::Queue).contains(&queue.as_str()), "{edges:?}");
        assert!(to(EdgeKind::TriggeredBy).iter().any(|to| to.contains("lambda.event-source-mapping/")), "{edges:?}");
        assert!(to(EdgeKind::TriggeredBy).iter().any(|to| to.contains("events.rule/")), "{edges:?}");
        assert!(to(EdgeKind::Routes).iter().any(|to| to.contains("apigatewayv2.integration/")), "{edges:?}");
    }
}
