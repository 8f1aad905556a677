//! What rewrites a template before it is deployed: loops, includes, macros, and stacks that it makes.

use super::templates::{read, read_with};
use caravan_inventory::{ObservationKind as Kind, UnitState};
use serde_json::json;

const LOOP: &str = r#"
AWSTemplateFormatVersion: "2010-09-09"
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Parameters:
  Names: {Type: CommaDelimitedList, Default: "a,b"}
Resources:
  Plain:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: plain, Handler: app.handler}
  Fn::ForEach::Stages:
    - Stage
    - [test, prod]
    - Fn::ForEach::Jobs:
        - Job
        - [labels, night-rates]
        - "${Stage}&{Job}":
            Type: AWS::Lambda::Function
            Properties:
              FunctionName: !Sub "${Job}-${Stage}"
              Environment: {Variables: {STAGE: !Ref Stage, REGION: !Ref AWS::Region}}
  Fn::ForEach::Given:
    - Name
    - !Ref Names
    - "Given${Name}":
        Type: AWS::Lambda::Function
        Properties: {FunctionName: !Ref Name}
"#;

#[test]
fn a_loop_makes_a_resource_for_each_round_also_inside_of_another() {
    let found = read("loop.yaml", LOOP);
    for (job, stage) in [("labels", "test"), ("labels", "prod"), ("night-rates", "test"), ("night-rates", "prod")] {
        let function = found.one(Kind::LambdaFunction, &format!(":{job}-{stage}"));
        let variables = &function["Configuration"]["Environment"]["Variables"];
        assert_eq!(variables["STAGE"], *stage, "{function}");
        assert_ne!(variables["REGION"], json!("Stage"));
    }
    found.one(Kind::LambdaFunction, ":plain");
}

#[test]
fn a_loop_over_what_is_open_is_said_with_its_line_and_read_once_it_is_told() {
    let found = read("loop.yaml", LOOP);
    assert_eq!(found.unit.state, UnitState::Partial);
    let reason = found.unit.reason.as_deref().unwrap_or_default();
    assert!(reason.contains("Fn::ForEach::Given (line 21) goes over !Ref Names"), "{reason}");
    assert!(reason.contains("--template-parameter Names="), "{reason}");
    assert_eq!(found.names().iter().filter(|name| name.starts_with("lambda.function ")).count(), 5);
    let told = read_with("loop.yaml", LOOP, &[("Names", "x, y,z")]);
    assert_eq!(told.unit.state, UnitState::Complete, "{:?}", told.unit.reason);
    for name in [":x", ":y", ":z"] {
        told.one(Kind::LambdaFunction, name);
    }
}

#[test]
fn hostile_loops_end_and_are_said() {
    let nested = |depth: usize| {
        (0..depth).fold("R: {Type: AWS::SQS::Queue}".to_owned(), |inner, n| {
            format!("Fn::ForEach::L{n}: [I{n}, [a, b, c, d, e, f, g, h], {{{inner}}}]")
        })
    };
    let of = |resources: &str| {
        let text = format!("AWSTemplateFormatVersion: \"2010-09-09\"\nResources: {{{resources}}}\n");
        let found = read("hostile.yaml", &text);
        assert_eq!(found.unit.state, UnitState::Partial, "{resources}");
        found.unit.reason.unwrap_or_default()
    };
    assert!(of(&nested(7)).contains("more often than a template has resources"), "eight to the seventh rounds");
    for (odd, why) in [
        ("Fn::ForEach::A: 7", "has not a name"),
        ("Fn::ForEach::A: [X, [a], 7]", "has not a name"),
        ("Fn::ForEach::A: [X, {Fn::Split: [',', a]}, {\"R${X}\": {Type: AWS::SQS::Queue}}]", "nothing here decides"),
        ("Fn::ForEach::A: [X, [a, b], {R: {Type: AWS::SQS::Queue}}]", "makes R twice"),
    ] {
        let reason = of(odd);
        assert!(reason.contains(why), "{odd}: {reason}");
    }
}

#[test]
fn what_is_put_in_from_elsewhere_is_said_and_the_file_is_not_complete() {
    for (text, said) in [
        ("Transform: {Name: AWS::Include, Parameters: {Location: more.yaml}}", "Transform (line 2) includes more.yaml"),
        ("Transform: [AWS::Serverless-2016-10-31, Explode]", "runs the macro Explode"),
    ] {
        let found = read("t.yaml", &format!("AWSTemplateFormatVersion: \"2010-09-09\"\n{text}\nResources: {{}}\n"));
        let reason = found.unit.reason.as_deref().unwrap_or_default();
        assert!(found.unit.state == UnitState::Partial && reason.contains(said), "{reason}");
    }
    let inside = r#"
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Fn::Transform: {Name: AWS::Include, Parameters: {Location: resources.yaml}}
  Network:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: network.yaml, Parameters: {Size: 3}}
  Front:
    Type: AWS::ECS::ExpressGatewayService
    Properties: {PrimaryContainer: {Image: "front:1", ContainerPort: 80}}
"#;
    let found = read("t.yaml", inside);
    let reason = found.unit.reason.as_deref().unwrap_or_default();
    assert_eq!(found.unit.state, UnitState::Partial);
    assert!(reason.contains("Fn::Transform (line 4) includes resources.yaml"), "{reason}");
    assert!(reason.contains("Network (line 5) is a stack of its own, made of network.yaml"), "{reason}");
    assert!(reason.contains("Front (line 8) is a service whose task definition"), "{reason}");
    let plain = "AWSTemplateFormatVersion: \"2010-09-09\"\nTransform: AWS::LanguageExtensions\nResources: {}\n";
    assert_eq!(read("t.yaml", plain).unit.state, UnitState::Complete);
}
