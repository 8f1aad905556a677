//! Templates: what each kind of them gives, what stays open, and that nothing of a template's language is left.

use super::{folder, put, redactor, scanned};
use crate::files::{TemplateParameters, scan_files};
use caravan_inventory::{Observation, ObservationKind as Kind, Unit, Unresolved};
use jiff::Timestamp;
use serde_json::{Value, json};

/// What one file gave.
pub(super) struct Read {
    pub(super) unit: Unit,
    pub(super) observations: Vec<Observation>,
}

impl Read {
    /// The document of the thing whose native name ends so.
    pub(super) fn one(&self, kind: Kind, name: &str) -> &Value {
        let is_it = |one: &&Observation| one.kind == kind && one.native_name().ends_with(name);
        let found: Vec<_> = self.observations.iter().filter(is_it).collect();
        assert_eq!(found.len(), 1, "{} {name}: {:?}", kind.as_str(), self.names());
        &found[0].body
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.observations.iter().map(|one| format!("{} {}", one.kind.as_str(), one.native_name())).collect()
    }

    fn reason(&self) -> &str {
        self.unit.reason.as_deref().unwrap_or_default()
    }
}

pub(super) fn read_with(name: &str, text: &str, parameters: &[(&str, &str)]) -> Read {
    let (_kept, dir) = folder();
    put(&dir, name, text);
    let mut heap = super::Heap::default();
    let parameters: TemplateParameters =
        parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    scan_files(&[dir], &parameters, &redactor(), Timestamp::UNIX_EPOCH, &mut heap).unwrap();
    let (unit, observations) = heap.0.remove(0);
    Read { unit, observations }
}

pub(super) fn read(name: &str, text: &str) -> Read {
    read_with(name, text, &[])
}

const SAM: &str = r#"
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: test}
  Memory: {Type: Number, Default: 256}
  Key: {Type: String, NoEcho: true, Default: hunter2hunter2}
Globals:
  Function:
    Runtime: python3.13
    Timeout: 20
    Environment: {Variables: {LEVEL: info, RETRIES: 3}}
    Layers: [!Ref Shared]
    Tags: {team: parcels}
  HttpApi:
    CorsConfiguration: true
Resources:
  Shared:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: layers/shared, CompatibleRuntimes: [python3.13]}
  Jobs:
    Type: AWS::SQS::Queue
    Properties: {FifoQueue: true}
  Labels:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/labels
      Handler: app.handle
      MemorySize: !Ref Memory
      Timeout: 5
      Layers: ["arn:aws:lambda:eu-west-1:111122223333:layer:metrics:7"]
      AutoPublishAlias: live
      ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 2}
      Environment:
        Variables:
          QUEUE: !Ref Jobs
          TABLE: !Sub "${Stage}-labels"
          LEVEL: debug
          KEY: !Ref Key
          SECRET: '{{resolve:secretsmanager:labels/key:SecretString:key}}'
      FunctionUrlConfig: {AuthType: NONE, InvokeMode: RESPONSE_STREAM}
      EventInvokeConfig:
        MaximumRetryAttempts: 1
        DestinationConfig: {OnFailure: {Type: SQS}}
      DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Jobs.Arn}
      Events:
        Get: {Type: HttpApi, Properties: {Path: "/labels/{id}", Method: get}}
        Old: {Type: Api, Properties: {Path: /labels, Method: post}}
        Work:
          Type: SQS
          Properties:
            Queue: !GetAtt Jobs.Arn
            BatchSize: 4
            FilterCriteria: {Filters: [{Pattern: '{"body": {"kind": ["label"]}}'}]}
            FunctionResponseTypes: [ReportBatchItemFailures]
            ScalingConfig: {MaximumConcurrency: 6}
        Night: {Type: Schedule, Properties: {Schedule: rate(1 day), Input: '{"a": 1}', Enabled: false}}
        Noon: {Type: ScheduleV2, Properties: {ScheduleExpression: cron(0 12 * * ? *), ScheduleExpressionTimezone: Europe/Berlin}}
        Made: {Type: EventBridgeRule, Properties: {Pattern: {source: [shop]}, RetryPolicy: {MaximumRetryAttempts: 2}}}
        Topic: {Type: SNS, Properties: {Topic: "arn:aws:sns:eu-west-1:111122223333:parcels"}}
        File: {Type: S3, Properties: {Bucket: !Ref Uploads, Events: "s3:ObjectCreated:*"}}
  Uploads:
    Type: AWS::S3::Bucket
"#;

#[test]
fn a_function_of_sam_is_what_get_function_answers() {
    let read = read("labels/template.yaml", SAM);
    let function = read.one(Kind::LambdaFunction, "function:Labels");
    let configuration = &function["Configuration"];
    for (field, value) in [
        ("FunctionName", json!("Labels")),
        ("Runtime", json!("python3.13")),
        ("Handler", json!("app.handle")),
        ("Timeout", json!(5)),
        ("MemorySize", json!({"$unresolved": "!Ref Memory", "default": 256})),
        ("EphemeralStorage", json!({"Size": 512})),
        ("Architectures", json!(["x86_64"])),
        ("PackageType", json!("Zip")),
        ("Role", json!("arn:aws:iam::000000000000:role/labels-LabelsRole")),
        ("DeadLetterConfig", json!({"TargetArn": "arn:aws:sqs:unknown:000000000000:labels-Jobs.fifo"})),
        // Lists begin with what is global.
        (
            "Layers",
            json!([{"Arn": "arn:aws:lambda:unknown:000000000000:layer:labels-Shared:1"},
                {"Arn": "arn:aws:lambda:eu-west-1:111122223333:layer:metrics:7"}]),
        ),
    ] {
        assert_eq!(configuration[field], value, "{field}");
    }
    let variables = &configuration["Environment"]["Variables"];
    for (name, value) in [
        ("LEVEL", json!("debug")),
        ("RETRIES", json!("3")),
        ("QUEUE", json!({"$unresolved": "!Ref Jobs"})),
        ("TABLE", json!({"$unresolved": "!Sub ${Stage}-labels", "default": "test-labels"})),
        // A parameter that is never shown offers nothing.
        ("KEY", json!({"$unresolved": "!Ref Key"})),
        ("SECRET", json!({"$unresolved": "{{resolve:secretsmanager:labels/key:SecretString:key}}"})),
    ] {
        assert_eq!(variables[name], value, "{name}");
    }
    assert_eq!(function["Tags"], json!({"team": "parcels"}));
    assert_eq!(function["Code"]["Location"], json!({"$unresolved": "CodeUri: src/labels"}));
}

#[test]
fn what_starts_a_function_of_sam_is_recorded_as_the_apis_answer_it() {
    let read = read("labels/template.yaml", SAM);
    let alias = "arn:aws:lambda:unknown:000000000000:function:Labels:live";
    let mapping = read.one(Kind::EventSourceMapping, "LabelsWork");
    for (field, value) in [
        ("EventSourceArn", json!("arn:aws:sqs:unknown:000000000000:labels-Jobs.fifo")),
        ("FunctionArn", json!(alias)),
        ("BatchSize", json!(4)),
        ("State", json!("Enabled")),
        ("ScalingConfig", json!({"MaximumConcurrency": 6})),
        ("FunctionResponseTypes", json!(["ReportBatchItemFailures"])),
        ("FilterCriteria", json!({"Filters": [{"Pattern": "{\"body\": {\"kind\": [\"label\"]}}"}]})),
    ] {
        assert_eq!(mapping[field], value, "{field}");
    }
    let night = read.one(Kind::EventsRule, "LabelsNight");
    assert_eq!((&night["State"], &night["ScheduleExpression"]), (&json!("DISABLED"), &json!("rate(1 day)")));
    assert_eq!((&night["Targets"][0]["Arn"], &night["Targets"][0]["Input"]), (&json!(alias), &json!("{\"a\": 1}")));
    let made = read.one(Kind::EventsRule, "LabelsMade");
    assert_eq!(made["EventPattern"], r#"{"source":["shop"]}"#);
    let noon = read.one(Kind::SchedulerSchedule, "LabelsNoon");
    assert_eq!((&noon["Target"]["Arn"], &noon["FlexibleTimeWindow"]["Mode"]), (&json!(alias), &json!("OFF")));
    assert_eq!(noon["ScheduleExpressionTimezone"], "Europe/Berlin");
    let version = read.one(Kind::FunctionVersion, "Labels:1");
    assert_eq!((&version["Configuration"]["Version"], &version["Configuration"]["Timeout"]), (&json!("1"), &json!(5)));
    assert_eq!(read.one(Kind::FunctionAlias, "Labels:live")["FunctionVersion"], "1");
    assert_eq!(read.one(Kind::ProvisionedConcurrency, "Labels:live")["RequestedProvisionedConcurrentExecutions"], 2);
    let invoked = read.one(Kind::EventInvokeConfig, "Labels:live");
    assert_eq!(invoked["MaximumRetryAttempts"], 1);
    let failed = invoked["DestinationConfig"]["OnFailure"]["Destination"].as_str().unwrap();
    assert!(failed.starts_with("arn:aws:sqs:unknown:000000000000:"), "{failed}");
    assert_eq!(read.one(Kind::FunctionUrl, "Labels:live")["InvokeMode"], "RESPONSE_STREAM");
    let policy = &read.one(Kind::FunctionPolicy, "Labels:live")["Policy"]["Statement"];
    let principals: Vec<&str> =
        policy.as_array().unwrap().iter().map(|one| one["Principal"]["Service"].as_str().unwrap_or("*")).collect();
    for service in ["apigateway", "events", "sns", "s3"] {
        assert!(principals.iter().any(|one| one.starts_with(service)), "{service}: {principals:?}");
    }
    assert!(principals.contains(&"*"), "a public URL may be called by everybody");
}

#[test]
fn implicit_apis_are_made_as_sam_makes_them() {
    let read = read("labels/template.yaml", SAM);
    let api = read.one(Kind::HttpApi, "labels-ServerlessHttpApi");
    assert_eq!(api["corsConfiguration"], json!({"allowOrigins": ["*"]}));
    let route = read.one(Kind::HttpRoute, "LabelsGetRoute");
    assert_eq!(
        (&route["routeKey"], &route["target"]),
        (&json!("GET /labels/{id}"), &json!("integrations/LabelsGetIntegration"))
    );
    let integration = read.one(Kind::HttpIntegration, "LabelsGetIntegration");
    assert_eq!(integration["payloadFormatVersion"], "2.0");
    assert!(integration["integrationUri"].as_str().unwrap().ends_with("function:Labels:live/invocations"));
    assert_eq!(read.one(Kind::HttpStage, "/$default")["autoDeploy"], true);
    let resource = read.one(Kind::RestResource, ":/labels");
    assert_eq!(
        (&resource["path"], &resource["resourceMethods"]["POST"]["methodIntegration"]["type"]),
        (&json!("/labels"), &json!("AWS_PROXY"))
    );
    assert_eq!(read.one(Kind::RestStage, "/Prod")["stageName"], "Prod");
}

#[test]
fn what_is_not_read_is_counted_and_the_file_is_complete() {
    let read = read("labels/template.yaml", SAM);
    assert_eq!(read.unit.state.as_str(), "complete");
    for said in [
        "AWS::IAM::Role",
        "2 AWS::SQS::Queue",
        "1 AWS::S3::Bucket",
        "1 AWS::SNS::Subscription",
        "1 notification of AWS::S3::Bucket",
    ] {
        assert!(read.reason().contains(said), "{said}: {}", read.reason());
    }
}

#[test]
fn what_people_said_of_a_parameter_is_its_value() {
    let read =
        read_with("labels/template.yaml", SAM, &[("Memory", "1024"), ("Stage", "prod"), ("Key", "hunter2hunter2")]);
    let configuration = &read.one(Kind::LambdaFunction, "function:Labels")["Configuration"];
    assert_eq!(configuration["MemorySize"], 1024);
    assert_eq!(configuration["Environment"]["Variables"]["TABLE"], "prod-labels");
    assert_eq!(configuration["Environment"]["Variables"]["KEY"], json!({"$unresolved": "!Ref Key"}));
}

const PLAIN: &str = r#"{
  "Parameters": {"Env": {"Type": "String", "Default": "dev", "AllowedValues": ["dev", "prod"]}},
  "Mappings": {"Sizes": {"dev": {"memory": "128"}, "prod": {"memory": "1024"}, "fixed": {"timeout": 9}}},
  "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Env"}, "prod"]}, "Never": {"Fn::Equals": ["a", "b"]}},
  "Resources": {
    "Worker": {"Type": "AWS::Lambda::Function", "Properties": {
      "FunctionName": "worker", "Runtime": "nodejs22.x", "Handler": "index.handler", "Role": {"Fn::GetAtt": ["Role", "Arn"]},
      "Code": {"S3Bucket": "artifacts", "S3Key": {"Fn::Sub": "worker/${Env}.zip"}},
      "MemorySize": {"Fn::FindInMap": ["Sizes", {"Ref": "Env"}, "memory"]}, "Timeout": {"Fn::FindInMap": ["Sizes", "fixed", "timeout"]},
      "ReservedConcurrentExecutions": {"Fn::If": ["IsProd", 20, {"Ref": "AWS::NoValue"}]},
      "Environment": {"Variables": {"BUCKET": {"Ref": "Files"}, "NAMES": {"Fn::Join": [",", ["a", "b"]]},
        "FIRST": {"Fn::Select": [0, {"Fn::Split": ["-", "x-y"]}]}, "SHARED": {"Fn::ImportValue": "shared-url"}, "FORGOTTEN": "${Env}", "SHORT": "!Ref Env"}},
      "VpcConfig": {"Fn::If": ["IsProd", {"SubnetIds": ["subnet-1"]}, {"Ref": "AWS::NoValue"}]}, "KmsKeyArn": {"Fn::GetAtt": ["Key", "Arn"]}}},
    "Gone": {"Type": "AWS::Lambda::Function", "Condition": "Never", "Properties": {"Handler": "a.b"}},
    "Extra": {"Type": "AWS::Lambda::Function", "Condition": "IsProd", "Properties": {"Handler": "a.b", "Runtime": "nodejs22.x"}},
    "Files": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "worker-files"}},
    "Table": {"Type": "AWS::DynamoDB::Table"}, "Key": {"Type": "AWS::KMS::Key"}, "Role": {"Type": "AWS::IAM::Role"},
    "Stream": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"FunctionName": {"Ref": "Worker"},
      "EventSourceArn": {"Fn::GetAtt": ["Table", "StreamArn"]}, "StartingPosition": "LATEST", "BatchSize": "10", "Enabled": "false"}},
    "Allowed": {"Type": "AWS::Lambda::Permission", "Properties": {"FunctionName": {"Fn::GetAtt": ["Worker", "Arn"]},
      "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com", "SourceArn": {"Fn::GetAtt": ["Hourly", "Arn"]}}},
    "Hourly": {"Type": "AWS::Events::Rule", "Properties": {"ScheduleExpression": "rate(1 hour)",
      "Targets": [{"Id": "t", "Arn": {"Fn::GetAtt": ["Worker", "Arn"]}}]}},
    "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "orders"}},
    "Orders": {"Type": "AWS::ApiGateway::Resource", "Properties": {"RestApiId": {"Ref": "Api"}, "PathPart": "orders",
      "ParentId": {"Fn::GetAtt": ["Api", "RootResourceId"]}}},
    "Order": {"Type": "AWS::ApiGateway::Resource", "Properties": {"RestApiId": {"Ref": "Api"}, "PathPart": "{id}", "ParentId": {"Ref": "Orders"}}},
    "GetOrder": {"Type": "AWS::ApiGateway::Method", "Properties": {"RestApiId": {"Ref": "Api"}, "ResourceId": {"Ref": "Order"},
      "HttpMethod": "GET", "AuthorizationType": "NONE", "Integration": {"Type": "AWS_PROXY", "IntegrationHttpMethod": "POST",
        "Uri": {"Fn::Join": ["", ["arn:aws:apigateway:", {"Ref": "AWS::Region"}, ":lambda:path/2015-03-31/functions/",
          {"Fn::GetAtt": ["Worker", "Arn"]}, "/invocations"]]}}}},
    "Deployed": {"Type": "AWS::ApiGateway::Deployment", "Properties": {"RestApiId": {"Ref": "Api"}, "StageName": "v1"}}
  }
}"#;

#[test]
fn plain_resources_are_put_in_place_as_far_as_the_template_decides() {
    let read = read("shop/stack.json", PLAIN);
    assert_eq!(read.unit.state.as_str(), "complete", "{}", read.reason());
    let function = read.one(Kind::LambdaFunction, "function:worker");
    let configuration = &function["Configuration"];
    for (field, value) in [
        ("MemorySize", json!({"$unresolved": "!FindInMap [Sizes, !Ref Env, memory]", "default": 128})),
        ("Timeout", json!(9)),
        ("KMSKeyArn", json!("arn:aws:kms:unknown:000000000000:key/shop-Key")),
        (
            "VpcConfig",
            json!({"$unresolved": "!If [IsProd, {SubnetIds: [subnet-1]}, !Ref AWS::NoValue]", "default": null}),
        ),
    ] {
        assert_eq!(configuration[field], value, "{field}");
    }
    assert_eq!(
        function["Concurrency"]["ReservedConcurrentExecutions"],
        json!({"$unresolved": "!If [IsProd, 20, !Ref AWS::NoValue]", "default": null})
    );
    assert_eq!(
        function["Code"]["ResolvedS3Object"],
        json!({"S3Bucket": "artifacts", "S3Key": {"$unresolved": "!Sub worker/${Env}.zip", "default": "worker/dev.zip"}})
    );
    let variables = &configuration["Environment"]["Variables"];
    for (name, value) in [
        ("BUCKET", json!("worker-files")),
        ("NAMES", json!("a,b")),
        ("FIRST", json!("x")),
        ("SHARED", json!({"$unresolved": "!ImportValue shared-url"})),
        ("FORGOTTEN", json!({"$unresolved": "${Env}"})),
        ("SHORT", json!({"$unresolved": "!Ref Env"})),
    ] {
        assert_eq!(variables[name], value, "{name}");
    }
    let mapping = read.one(Kind::EventSourceMapping, "Stream");
    assert_eq!((&mapping["BatchSize"], &mapping["State"]), (&json!(10), &json!("Disabled")));
    assert_eq!(mapping["EventSourceArn"], "arn:aws:dynamodb:unknown:000000000000:table/shop-Table/stream/unknown");
    let order = read.one(Kind::RestResource, "/Order");
    assert_eq!(order["path"], "/orders/{id}");
    assert_eq!(
        order["resourceMethods"]["GET"]["methodIntegration"]["uri"],
        "arn:aws:apigateway:unknown:lambda:path/2015-03-31/functions/arn:aws:lambda:unknown:000000000000:function:worker/invocations"
    );
    assert_eq!(read.one(Kind::RestStage, "/v1")["restApiId"], "shop-Api");
}

#[test]
fn conditions_decide_where_they_are_decided_and_are_said_where_not() {
    let undecided = read("shop/stack.json", PLAIN);
    assert!(!undecided.names().iter().any(|name| name.ends_with("Gone")), "{:?}", undecided.names());
    assert_eq!(
        undecided.one(Kind::LambdaFunction, "Extra")["Configuration"]["State"],
        json!({"$unresolved": "!Condition IsProd"})
    );
    assert!(undecided.reason().contains("Extra (IsProd)") && undecided.reason().contains("does not hold: Gone"));
    // A condition that the offers make true offers the state.
    let likely = PLAIN.replace("\"Default\": \"dev\"", "\"Default\": \"prod\"");
    assert_eq!(
        read("shop/stack.json", &likely).one(Kind::LambdaFunction, "Extra")["Configuration"]["State"],
        json!({"$unresolved": "!Condition IsProd", "default": "Active"})
    );
    let prod = read_with("shop/stack.json", PLAIN, &[("Env", "prod")]);
    let worker = prod.one(Kind::LambdaFunction, "function:worker");
    assert_eq!(
        (&worker["Configuration"]["MemorySize"], &worker["Concurrency"]["ReservedConcurrentExecutions"]),
        (&json!(1024), &json!(20))
    );
    assert_eq!(prod.one(Kind::LambdaFunction, "Extra")["Configuration"]["State"], "Active");
    let dev = read_with("shop/stack.json", PLAIN, &[("Env", "dev")]);
    assert!(!dev.names().iter().any(|name| name.ends_with("Extra")));
    assert_eq!(dev.one(Kind::LambdaFunction, "function:worker")["Configuration"].get("VpcConfig"), None);
}

const SERVERLESS: &str = r#"
service: parcels
provider:
  name: aws
  runtime: nodejs22.x
  stage: ${opt:stage, 'dev'}
  memorySize: ${self:custom.memory.${self:provider.stage}}
  environment:
    TABLE: parcels-${self:provider.stage}
    TOKEN: ${ssm:/parcels/token}
    QUEUE: {Ref: Jobs}
    REGION: ${AWS::Region}
custom:
  memory: {dev: 256, prod: 1024}
  batch: 5
functions:
  take-in:
    handler: src/take.in
    timeout: 12
    url: true
    events:
      - httpApi: 'POST /parcels'
      - http: {path: parcels/old, method: get, private: true}
      - sqs: {arn: {Fn::GetAtt: [Jobs, Arn]}, batchSize: "${self:custom.batch}", functionResponseType: ReportBatchItemFailures}
      - schedule: {rate: [rate(1 hour), cron(0 3 * * ? *)], enabled: false}
      - eventBridge: {pattern: {source: [shop]}}
      - sns: parcels
      - s3: {bucket: uploads-parcels, event: "s3:ObjectCreated:*"}
      - stream: arn:aws:kinesis:eu-west-1:111122223333:stream/parcels
      - satellite: {orbit: low}
  shown:
    image: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shown:1
    events: ['httpApi: *']
resources:
  Resources:
    Jobs: {Type: AWS::SQS::Queue, Properties: {QueueName: "jobs-${self:provider.stage}"}}
"#;

#[test]
fn a_file_of_the_serverless_framework_is_what_it_deploys() {
    let read = read("parcels/serverless.yml", SERVERLESS);
    let function = &read.one(Kind::LambdaFunction, "function:parcels-take-in")["Configuration"];
    let memory = json!({"$unresolved": "${self:custom.memory.${self:provider.stage}}", "default": 256});
    for (field, value) in [
        ("Runtime", json!("nodejs22.x")),
        ("Handler", json!("src/take.in")),
        ("Timeout", json!(12)),
        ("MemorySize", memory),
    ] {
        assert_eq!(function[field], value, "{field}");
    }
    let variables = &function["Environment"]["Variables"];
    for (name, value) in [
        ("TABLE", json!({"$unresolved": "parcels-${self:provider.stage}", "default": "parcels-dev"})),
        ("TOKEN", json!({"$unresolved": "${ssm:/parcels/token}"})),
        ("QUEUE", json!({"$unresolved": "!Ref Jobs"})),
        ("REGION", json!({"$unresolved": "!Sub ${AWS::Region}"})),
    ] {
        assert_eq!(variables[name], value, "{name}");
    }
    assert_eq!(read.one(Kind::HttpRoute, "HttpApiRoutePOST:/parcels")["routeKey"], "POST /parcels");
    let method = &read.one(Kind::RestResource, ":/parcels/old")["resourceMethods"]["GET"];
    assert_eq!((&method["apiKeyRequired"], &method["methodIntegration"]["type"]), (&json!(true), &json!("AWS_PROXY")));
    let mapping = read.one(Kind::EventSourceMapping, "TakeDashinEventSourceMappingSQS3");
    assert_eq!(
        (&mapping["BatchSize"], &mapping["FunctionResponseTypes"]),
        (&json!(5), &json!(["ReportBatchItemFailures"]))
    );
    assert_eq!(read.one(Kind::EventSourceMapping, "Stream8")["StartingPosition"], "TRIM_HORIZON");
    let rules = read.observations.iter().filter(|one| one.kind == Kind::EventsRule);
    let states: Vec<_> = rules.map(|one| one.body["State"].as_str().unwrap().to_owned()).collect();
    assert_eq!(states, ["ENABLED", "DISABLED", "DISABLED"]);
    assert_eq!(read.one(Kind::FunctionUrl, "parcels-take-in")["AuthType"], "NONE");
    assert_eq!(read.one(Kind::LambdaFunction, "parcels-shown")["Configuration"]["PackageType"], "Image");
    assert_eq!(read.unit.state.as_str(), "partial");
    assert!(read.reason().contains("satellite"), "{}", read.reason());
}

/// What calls a function and can call nothing else says so by its policy, or by what it reads.
#[test]
fn events_of_services_that_call_functions_alone_are_read() {
    let file = "service: edge\nprovider: {name: aws, runtime: nodejs22.x}\nfunctions:\n  ${self:service}-a:\n    handler: a.b\n    \
                environment: {ADDRESS: \"${cf.eu-west-1:other.Address}\"}\n    events:\n      - cloudFront: {eventType: viewer-request, \
                origin: \"https://example.com\"}\n      - alexaSmartHome: amzn1.ask.skill.x\n      - iotFleetProvisioning: {templateName: a}\n      \
                - kafka: {topic: parcels, bootstrapServers: [\"kafka:9092\"]}\n";
    let read = read("edge/serverless.yml", file);
    let function = &read.one(Kind::LambdaFunction, "function:edge-edge-a")["Configuration"];
    assert_eq!(
        function["Environment"]["Variables"]["ADDRESS"],
        json!({"$unresolved": "${cf.eu-west-1:other.Address}"})
    );
    let policy = read.one(Kind::FunctionPolicy, "function:edge-edge-a")["Policy"].to_string();
    for caller in ["edgelambda.amazonaws.com", "alexa-connectedhome.amazon.com", "iot.amazonaws.com"] {
        assert!(policy.contains(caller), "{caller}: {policy}");
    }
    let mapping = read.one(Kind::EventSourceMapping, "Kafka4");
    assert_eq!(mapping["SelfManagedEventSource"]["Endpoints"]["KAFKA_BOOTSTRAP_SERVERS"], json!(["kafka:9092"]));
}

#[test]
fn an_option_of_the_serverless_framework_is_said_as_a_parameter_is() {
    let read = read_with("parcels/serverless.yml", SERVERLESS, &[("stage", "prod")]);
    let function = &read.one(Kind::LambdaFunction, "function:parcels-prod-take-in")["Configuration"];
    assert_eq!(
        (&function["MemorySize"], &function["Environment"]["Variables"]["TABLE"]),
        (&json!(1024), &json!("parcels-prod"))
    );
    assert_eq!(
        read.one(Kind::EventSourceMapping, "SQS3")["EventSourceArn"],
        "arn:aws:sqs:unknown:000000000000:jobs-prod"
    );
}

#[test]
fn what_stands_in_another_file_is_said() {
    for (text, says) in [
        ("service: a\nprovider: aws\nfunctions: ${file(functions.yml)}\n", "${file(functions.yml)}"),
        ("service: a\nprovider: {name: aws}\nfunctions:\n  one: ${file(one.yml)}\n", "the function one"),
        (
            "service: a\nprovider: {name: aws}\nfunctions:\n  one: {handler: a.b, events: \"${file(e.yml)}\"}\n",
            "the events of one",
        ),
        ("service: a\nprovider: {name: aws}\nresources:\n  - ${file(more.yml)}\n", "${file(more.yml)}"),
    ] {
        let read = read("serverless.yml", text);
        assert_eq!(read.unit.state.as_str(), "partial", "{text}");
        assert!(read.reason().contains(says), "{text}: {}", read.reason());
    }
}

/// Whether a text has something of a template's language in it.
fn is_of_the_language(text: &str) -> bool {
    let own = ["${stageVariables.", "${request.", "${context."];
    text.split("${").count() - 1 > own.iter().map(|own| text.matches(own).count()).sum::<usize>()
        || ["!Ref", "!GetAtt", "!Sub", "!If", "Fn::", "{{resolve:"].iter().any(|sign| text.contains(sign))
}

fn walk(value: &Value, at: &str, found: &mut Vec<String>) {
    if Unresolved::of(value).is_some() {
        return;
    }
    match value {
        Value::String(text) if is_of_the_language(text) => found.push(format!("{at}: {text}")),
        Value::Array(items) => items.iter().enumerate().for_each(|(n, item)| walk(item, &format!("{at}/{n}"), found)),
        Value::Object(fields) => {
            for (field, value) in fields {
                if field == "Ref" || field.starts_with("Fn::") || field == "Condition" && value.is_string() {
                    found.push(format!("{at}/{field}"));
                }
                walk(value, &format!("{at}/{field}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn nothing_of_the_language_stands_outside_of_what_is_open() {
    let sources = [
        ("labels/template.yaml", SAM),
        ("shop/stack.json", PLAIN),
        ("parcels/serverless.yml", SERVERLESS),
        ("every.yaml", super::functions::EVERY),
    ];
    for (name, text) in sources {
        let read = read(name, text);
        assert!(read.observations.len() > 2, "{name}");
        let mut found = Vec::new();
        for one in &read.observations {
            walk(&one.body, one.native_name(), &mut found);
            assert!(!is_of_the_language(one.native_name()), "{}", one.native_name());
        }
        assert_eq!(found, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn what_is_no_template_is_skipped_and_what_is_a_broken_one_fails() {
    let (_kept, dir) = folder();
    put(&dir, "broken.yaml", "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n\tA: 1\n");
    put(&dir, "chart/values.yaml", "image: {{ .Values.image }}\n");
    put(&dir, "ci.yml", "jobs: {test: {steps: [{run: make}]}}\n");
    put(&dir, "deployment.yaml", "apiVersion: apps/v1\nkind: Deployment\n---\napiVersion: v1\nkind: Service\n");
    put(&dir, "empty.yaml", "");
    put(&dir, "google.yml", "service: a\nprovider: {name: google}\nfunctions: {a: {handler: http}}\n");
    put(&dir, "nginx.conf.template", "server { listen ${PORT}; }");
    put(&dir, "ok.template", "{\"Resources\": {\"A\": {\"Type\": \"AWS::Lambda::Function\", \"Properties\": {}}}}");
    put(&dir, "twice.yaml", "Resources:\n  A: {Type: AWS::SQS::Queue}\n  A: {Type: AWS::SQS::Queue}\n");
    put(&dir, "two.yaml", "Resources: {A: {Type: AWS::SQS::Queue}}\n---\nResources: {B: {Type: AWS::SQS::Queue}}\n");
    let heap = scanned(&[dir]);
    assert_eq!(
        heap.lines(),
        [
            "files/broken.yaml failed",
            "files/chart/values.yaml skipped",
            "files/ci.yml skipped",
            "files/deployment.yaml skipped",
            "files/empty.yaml skipped",
            "files/google.yml skipped",
            "files/nginx.conf.template skipped",
            "files/ok.template complete lambda.function",
            "files/twice.yaml partial",
            "files/two.yaml failed",
        ]
    );
    assert!(heap.reason("broken.yaml").contains("line 3"), "{}", heap.reason("broken.yaml"));
    assert!(heap.reason("twice.yaml").contains("stands twice") && heap.reason("two.yaml").contains("2 documents"));
}

/// Attributes stand where the calls that describe them answer them.
#[test]
fn attributes_of_balancers_listeners_and_groups_are_read() {
    for (kind, property, of, key, value) in [
        ("LoadBalancer", "LoadBalancerAttributes", Kind::LoadBalancer, "idle_timeout.timeout_seconds", "120"),
        (
            "Listener",
            "ListenerAttributes",
            Kind::Listener,
            "routing.http.response.x_frame_options.header_value",
            "DENY",
        ),
        ("TargetGroup", "TargetGroupAttributes", Kind::TargetGroup, "slow_start.duration_seconds", "45"),
    ] {
        let text = format!(
            "AWSTemplateFormatVersion: \"2010-09-09\"\nResources:\n  Edge:\n    Type: AWS::ElasticLoadBalancingV2::{kind}\n    \
             Properties:\n      {property}:\n        - {{Key: {key}, Value: \"{value}\"}}\n"
        );
        let read = read("edge.yaml", &text);
        let found = read.observations.iter().find(|one| one.kind == of).unwrap_or_else(|| panic!("{:?}", read.names()));
        assert_eq!(found.body["Attributes"], json!([{"Key": key, "Value": value}]), "{kind}");
        assert!(!read.reason().contains(property), "{}", read.reason());
    }
}
