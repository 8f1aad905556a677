//! State machines of templates: what they start is theirs, in every form that a definition is written in.

use super::recording::record;
use super::templates::{Read, read};
use super::{folder, put};
use caravan_inventory::{ObservationKind as Kind, UnitState};
use caravan_inventory_store::{Store, WorkloadFilter};
use serde_json::{Value, json};

fn template(machine: &str) -> String {
    format!(
        "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  \
         Report: {{Type: AWS::ECS::TaskDefinition, Properties: {{Family: report, ContainerDefinitions: [{{Name: a, Image: 'a:1'}}]}}}}\n  \
         Check: {{Type: AWS::Lambda::Function, Properties: {{Runtime: python3.13, Handler: a.b, Role: r, Code: {{ZipFile: x}}}}}}\n  \
         Nightly:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n      StateMachineName: nightly\n      RoleArn: !ImportValue role\n{machine}\n"
    )
}

const TASK: &str = "arn:aws:ecs:unknown:000000000000:task-definition/report:1";
const FUNCTION: &str = "arn:aws:lambda:unknown:000000000000:function:Check";

/// A definition whose states run this task and call this function.
fn definition(task: &str, function: &str) -> Value {
    json!({"StartAt": "a", "States": {
        "a": {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "Next": "b",
            "Parameters": {"TaskDefinition": task, "Cluster": "main"}},
        "b": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": function}, "End": true}}})
}

fn defined(read: &Read) -> Value {
    read.one(Kind::StateMachine, "stateMachine:nightly")["definition"].clone()
}

#[test]
fn a_machine_names_what_it_starts_in_every_form_of_its_definition() {
    let text = |task: &str, function: &str| definition(task, function).to_string();
    let joined = text("@", "@");
    let pieces: Vec<&str> = joined.split('@').collect();
    let joined = json!(["", [pieces[0], {"Ref": "Report"}, pieces[1], {"Fn::GetAtt": ["Check", "Arn"]}, pieces[2]]]);
    for form in [
        format!("      DefinitionString: !Sub '{}'", text("${Report}", "${Check.Arn}")),
        format!("      DefinitionString:\n        Fn::Sub: ['{}', {{Of: !Ref Report}}]", text("${Of}", "${Check.Arn}")),
        format!("      DefinitionString: {{'Fn::Join': {joined}}}"),
        format!(
            "      DefinitionString: '{}'\n      DefinitionSubstitutions: {{Of: !Ref Report, By: !GetAtt Check.Arn}}",
            text("${Of}", "${By}")
        ),
        format!(
            "      Definition: {}\n      DefinitionSubstitutions: {{Of: !Ref Report}}",
            text("${Of}", "@").replace("\"@\"", "{\"Fn::GetAtt\": [\"Check\", \"Arn\"]}")
        ),
    ] {
        let read = read("jobs.yaml", &template(&form));
        assert_eq!(defined(&read), definition(TASK, FUNCTION), "{form}");
        let other = form.replace("arn:aws:states", "arn:${AWS::Partition}:states");
        if form.contains("Sub") {
            assert_eq!(
                defined(&super::templates::read("jobs.yaml", &template(&other))),
                definition(TASK, FUNCTION),
                "{other}"
            );
        }
        assert_eq!(read.unit.state, UnitState::Complete, "{:?}", read.unit.reason);
    }
}

#[test]
fn what_a_machine_names_from_elsewhere_is_open_and_the_rest_of_it_is_read() {
    let form =
        format!("      DefinitionString: !Sub ['{}', {{Of: !ImportValue task}}]", definition("${Of}", "${Check.Arn}"));
    let found = defined(&read("jobs.yaml", &template(&form)));
    assert_eq!(found["States"]["a"]["Parameters"]["TaskDefinition"], json!({"$unresolved": "${Of}"}));
    assert_eq!(found["States"]["b"]["Parameters"]["FunctionName"], json!(FUNCTION));
    // What stands in another file, or is no JSON, is missed.
    for form in [
        "      DefinitionS3Location: {Bucket: b, Key: k}",
        "      DefinitionString: !ImportValue definition",
        "      DefinitionString: 'no: json'",
    ] {
        let read = read("jobs.yaml", &template(form));
        assert_eq!((defined(&read), read.unit.state), (Value::Null, UnitState::Partial), "{form}");
    }
}

#[test]
fn a_task_that_a_machine_of_its_template_starts_stands_with_it() {
    let (_kept, dir) = folder();
    put(&dir, "jobs.yaml", template(&format!("      DefinitionString: !Sub '{}'", definition("${Report}", "x"))));
    let mut store = Store::in_memory().unwrap();
    record(&mut store, &dir, "01", 10);
    let all = store.workloads(&WorkloadFilter::default(), None, 10).unwrap();
    let mut reports = all.iter().filter(|one| one.name == "report");
    let (report, None) = (reports.next().unwrap(), reports.next()) else { panic!("{all:?}") };
    let report = store.workload(&report.id).unwrap().unwrap();
    let machine = "states.state-machine/files/jobs.yaml#arn:aws:states:unknown:000000000000:stateMachine:nightly";
    assert!(report.parts.iter().any(|part| part.as_str() == machine), "{:?}", report.parts);
}
