//! Every function of templates, at every kind of place.

use super::templates::read;
use caravan_inventory::{ObservationKind as Kind, Unresolved};
use serde_json::json;

/// A template that uses every function wherever one may stand.
pub(super) const EVERY: &str = r#"
AWSTemplateFormatVersion: 2010-09-09
Transform: [AWS::Serverless-2016-10-31, AWS::LanguageExtensions]
Parameters:
  Name: {Type: String}
  Size: {Type: Number, Default: 128}
  Subnets: {Type: "List<AWS::EC2::Subnet::Id>", Default: "subnet-1,subnet-2"}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /orders/image}
Mappings: {Sizes: {eu-west-1: {memory: 512}}}
Conditions:
  Big: !Equals [!Ref Size, 512]
  Round: !Condition Square
  Square: !Condition Round
  Both: !And [!Condition Big, !Not [!Equals [!Ref Name, x]]]
  Odd: !Equals [!If [Odd, a, b], a]
Resources:
  All:
    Type: AWS::Serverless::Function
    Condition: Both
    Properties:
      FunctionName: !Sub "${AWS::StackName}-all"
      Runtime: !Ref Name
      Handler: !Join [".", [app, !Ref Name]]
      MemorySize: !FindInMap [Sizes, !Ref "AWS::Region", memory]
      Timeout: !If [Big, 20, !Ref Size]
      CodeUri: !Ref Name
      Description: !Sub "Does all in ${AWS::Region}"
      Role: !ImportValue role-arn
      Layers: !Split [",", !ImportValue layers]
      Architectures: [!Select [0, !Split [",", !Ref Name]]]
      Environment:
        Variables:
          A: !Base64 text
          B: !Sub ["${X}-${Name}", {X: !GetAtt Queue.QueueName}]
          C: !GetAZs ""
          D: !Cidr [10.0.0.0/16, 2, 8]
          E: !Transform {Name: "AWS::Include", Parameters: {Location: "s3://a/b"}}
          F: !If [Round, 1, 2]
          G: !Ref Stored
          H: !Ref Nowhere
          I: !GetAtt Nowhere.Arn
          J: !Sub "${Queue.Arn}"
          K: !ToJsonString {a: !Ref Name}
          L: !Join [",", !Ref Subnets]
          M: !If [Odd, 1, 2]
          N: !Length [1, 2]
          O: !Sub "literal ${!Name}"
      VpcConfig: {SubnetIds: !Ref Subnets, SecurityGroupIds: [!GetAtt Group.GroupId]}
      FunctionUrlConfig: {AuthType: !Ref Name, Cors: {AllowOrigins: [!Ref Name]}}
      Events:
        Api: {Type: HttpApi, Properties: {ApiId: !Ref Name, Path: /a, Method: get}}
        Queue: {Type: SQS, Properties: {Queue: !Sub "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:${Name}", BatchSize: !Ref Size}}
        Clock: {Type: Schedule, Properties: {Schedule: !Sub "rate(${Size} minutes)", Input: !Sub '{"a": "${Name}"}', State: !Ref Name}}
        Pattern: {Type: EventBridgeRule, Properties: {Pattern: {account: [!Ref "AWS::AccountId"]}, EventBusName: !Ref Bus}}
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub "${AWS::StackName}-all"}}
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: !Ref Name}}
  Group: {Type: AWS::EC2::SecurityGroup}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: !Ref Name
      Cpu: !Ref Size
      ContainerDefinitions:
        - Name: web
          Image: !Sub "${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/web:${Name}"
          Environment: [{Name: SIZE, Value: !Ref Size}]
          LogConfiguration: {LogDriver: awslogs, Options: {awslogs-group: !Ref Logs, awslogs-region: !Ref "AWS::Region"}}
  Logs: {Type: AWS::Logs::LogGroup}
  Service: {Type: AWS::ECS::Service, Properties: {Cluster: !Ref Name, TaskDefinition: !Ref Task, DesiredCount: !Ref Size}}
"#;

#[test]
fn every_function_is_in_its_place_or_open() {
    let read = read("every.yaml", EVERY);
    assert_eq!(read.unit.state.as_str(), "complete", "{:?}", read.unit.reason);
    let function = &read.one(Kind::LambdaFunction, "function:All")["Configuration"];
    let open = |text: &str| json!({"$unresolved": text});
    let offered = |text: &str, default: serde_json::Value| json!({"$unresolved": text, "default": default});
    for (field, value) in [
        ("FunctionName", json!("All")),
        ("Runtime", open("!Ref Name")),
        ("Handler", open("!Join [., [app, !Ref Name]]")),
        ("MemorySize", open("!FindInMap [Sizes, !Ref AWS::Region, memory]")),
        ("Timeout", offered("!If [Big, 20, !Ref Size]", json!(128))),
        ("Description", open("!Sub Does all in ${AWS::Region}")),
        ("Role", open("!ImportValue role-arn")),
        ("Layers", open("!Split [,, !ImportValue layers]")),
        ("State", open("!Condition Both")),
    ] {
        assert_eq!(function[field], value, "{field}");
    }
    assert_eq!(function["VpcConfig"]["SubnetIds"], offered("!Ref Subnets", json!(["subnet-1", "subnet-2"])));
    let variables = &function["Environment"]["Variables"];
    for (name, value) in [
        ("A", open("!Base64 text")),
        ("B", open("!Sub [${X}-${Name}, {X: !GetAtt Queue.QueueName}]")),
        ("F", open("!If [Round, 1, 2]")),
        ("G", open("!Ref Stored")),
        ("H", open("!Ref Nowhere")),
        ("J", open("!Sub ${Queue.Arn}")),
        ("L", offered("!Join [,, !Ref Subnets]", json!("subnet-1,subnet-2"))),
    ] {
        assert_eq!(variables[name], value, "{name}");
    }
    for name in ["C", "D", "E", "I", "K", "M", "N"] {
        assert!(Unresolved::of(&variables[name]).is_some(), "{name}: {}", variables[name]);
    }
    let clock = read.one(Kind::EventsRule, "AllClock");
    assert_eq!(clock["ScheduleExpression"], offered("!Sub rate(${Size} minutes)", json!("rate(128 minutes)")));
    assert_eq!(clock["State"], open("!Ref Name"));
    let mapping = read.one(Kind::EventSourceMapping, "AllQueue");
    assert_eq!(mapping["BatchSize"], offered("!Ref Size", json!(128)));
    let task = read.one(Kind::EcsTaskDefinition, "/every-Task");
    let image = &task["containerDefinitions"][0]["image"];
    assert_eq!(*image, open("!Sub ${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/web:${Name}"));
    assert_eq!((&task["family"], &task["cpu"]), (&json!("every-Task"), &offered("!Ref Size", json!("128"))));
    let service = read.one(Kind::EcsService, "/every-Service");
    assert_eq!(service["taskDefinition"], "arn:aws:ecs:unknown:000000000000:task-definition/every-Task:1");
}

#[test]
fn what_would_grow_without_end_is_open() {
    let mut text = String::from("Conditions:\n  C0: !Equals [a, a]\n");
    for level in 1..60 {
        let below = format!("!Condition C{}", level - 1);
        text += &format!("  C{level}: !Or [{below}, {below}, {below}]\n");
    }
    text += "Resources:\n  Q0: {Type: AWS::SQS::Queue, Properties: {QueueName: aaaaaaaaaaaaaaaa}}\n";
    for level in 1..60 {
        let below = format!("${{Q{0}.QueueName}}", level - 1);
        text += &format!(
            "  Q{level}: {{Type: AWS::SQS::Queue, Properties: {{QueueName: !Sub \"{below}{below}{below}\"}}}}\n"
        );
    }
    text += "  F: {Type: AWS::Lambda::Function, Condition: C59, Properties: {Environment: {Variables: {A: !GetAtt Q59.QueueName}}}}\n";
    let read = read("long.yaml", &text);
    let function = read.one(Kind::LambdaFunction, "function:F");
    assert!(function.to_string().len() < 4096, "{}", function.to_string().len());
}
