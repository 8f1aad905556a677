//! CloudFormation: stacks, and which resources stand in them. Of parameters and outputs only the keys: their values may be
//! secrets, and decide nothing here.

use crate::collect::call::{CallRow, Source, Start};
use crate::collect::found::{Element, Found, list, recorded, text};
use crate::governing::is_read;
use crate::request::Request;
use caravan_inventory::ObservationKind as Kind;
use serde_json::{Map, Value, json};

const STACKS: &str = "cloudformation:DescribeStacks";
const RESOURCES: &str = "cloudformation:ListStackResources";

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[
    Source::Stacks.row(STACKS, Start::Root("{}"), &[], stacks),
    Source::Stacks.row(RESOURCES, Start::Each, &[STACKS], resources),
];

/// What of the pairs of a stack is recorded.
const KEYS: &[(&str, &[&str])] = &[("Parameters", &["ParameterKey"]), ("Outputs", &["OutputKey", "ExportName"])];

/// Without a name all stacks are told that were not deleted.
fn stacks(request: &Request, body: &Value) -> Found {
    let without_values: Vec<Value> = list(body, "Stacks").iter().map(with_keys_alone).collect();
    let mut found = recorded(request, Kind::CloudFormationStack, &without_values, |stack| {
        text(stack, "StackId").map(str::to_owned)
    });
    let ids = without_values.iter().filter_map(|stack| text(stack, "StackId"));
    found.follow_up = ids.map(|id| request.then(RESOURCES, json!({"StackName": id}))).collect();
    found
}

fn with_keys_alone(stack: &Value) -> Value {
    let mut stack = stack.clone();
    for (field, keys) in KEYS {
        let pairs = stack.get_mut(*field).and_then(Value::as_array_mut);
        for pair in pairs.into_iter().flatten().filter_map(Value::as_object_mut) {
            pair.retain(|key, _| keys.contains(&key.as_str()));
        }
    }
    stack
}

/// What was deleted, or was never made, is in nobody's keeping.
fn resources(request: &Request, body: &Value) -> Found {
    let Some(stack) = text(&request.read.input, "StackName") else { return Found::default() };
    let is_there = |resource: &&Value| {
        text(resource, "PhysicalResourceId").is_some_and(|id| !id.is_empty())
            && text(resource, "ResourceStatus") != Some("DELETE_COMPLETE")
    };
    let element = |resource: &Value| {
        let name = format!("{stack}/{}", text(resource, "LogicalResourceId")?);
        Some(Element::new(Kind::StackResource, &name, request, &told(resource)).with("StackId", Value::from(stack)))
    };
    let all = list(body, "StackResourceSummaries").iter();
    let elements: Vec<Element> = all.filter(is_there).filter_map(element).collect();
    Found { count: elements.len() as u64, elements, follow_up: Vec::new() }
}

/// The physical id of a type that is not read may be anything, and has a place of its own.
fn told(resource: &Value) -> Value {
    let known = text(resource, "ResourceType").is_some_and(is_read);
    let name = |field: &str| match field {
        "PhysicalResourceId" if !known => "OtherPhysicalResourceId".to_owned(),
        field => field.to_owned(),
    };
    let fields = resource.as_object().into_iter().flatten();
    fields.map(|(field, value)| (name(field), value.clone())).collect::<Map<_, _>>().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{apis, found, request};

    const STACK: &str = "arn:aws:cloudformation:eu-central-1:123456789012:stack/shop-prod/5f1d";

    #[test]
    fn a_stack_is_recorded_without_the_values_of_its_parameters_and_outputs_and_asked_for_its_resources() {
        let body = json!({"Stacks": [{"StackId": STACK, "StackName": "shop-prod",
            "Parameters": [{"ParameterKey": "DbPassword", "ParameterValue": "hunter2", "ResolvedValue": "hunter2"}],
            "Outputs": [{"OutputKey": "Url", "OutputValue": "hunter2", "ExportName": "shop-url"}]}]});
        let listed = found(&request(STACKS, json!({})), body);
        assert_eq!((listed.count, listed.elements[0].name.as_str()), (1, STACK));
        let recorded = &listed.elements[0].body;
        assert!(!recorded.to_string().contains("hunter2"), "{recorded}");
        assert_eq!(recorded["Parameters"], json!([{"ParameterKey": "DbPassword"}]));
        assert_eq!(recorded["Outputs"][0]["ExportName"], "shop-url");
        assert_eq!(apis(&listed), [RESOURCES]);
        assert_eq!(listed.follow_up[0].read.input, json!({"StackName": STACK}));
    }

    #[test]
    fn of_its_resources_those_are_recorded_that_are_there() {
        let resource = |id: &str, kind: &str, physical: Value, status: &str| json!({"LogicalResourceId": id, "ResourceType": kind, "PhysicalResourceId": physical, "ResourceStatus": status});
        let body = json!({"StackResourceSummaries": [
            resource("Jobs", "AWS::SQS::Queue", json!("https://sqs/1/jobs"), "CREATE_COMPLETE"),
            resource("Key", "AWS::IAM::AccessKey", json!("some-key"), "UPDATE_COMPLETE"),
            resource("Old", "AWS::SQS::Queue", json!("https://sqs/1/old"), "DELETE_COMPLETE"),
            resource("Never", "AWS::SQS::Queue", json!(null), "CREATE_FAILED")]});
        let read = found(&request(RESOURCES, json!({"StackName": STACK})), body);
        let names: Vec<&str> = read.elements.iter().map(|element| element.name.as_str()).collect();
        assert_eq!(names, [format!("{STACK}/Jobs"), format!("{STACK}/Key")]);
        assert_eq!(read.elements[0].body["PhysicalResourceId"], "https://sqs/1/jobs");
        assert_eq!(read.elements[1].body["OtherPhysicalResourceId"], "some-key");
        assert_eq!(read.elements[0].body["StackId"], STACK);
    }
}
