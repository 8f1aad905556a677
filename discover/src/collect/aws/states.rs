//! Step Functions: state machines with their definitions, for the tasks of ECS and the functions that these start.

use super::ecs::task_definitions;
use crate::collect::call::{CallRow, Source, Start};
use crate::collect::found::{Element, Found, list, text, waiting};
use crate::request::Request;
use crate::state_machine::{What, started};
use caravan_inventory::ObservationKind;
use serde_json::Value;

const MACHINES: &str = "states:ListStateMachines";
const MACHINE: &str = "states:DescribeStateMachine";

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[
    Source::Ecs.row(MACHINES, Start::Root("{}"), &[], machines),
    Source::Ecs.row(MACHINE, Start::Each, &[MACHINES], machine),
];

/// Where a description is refused, what the list says is recorded in its place.
fn machines(request: &Request, body: &Value) -> Found {
    let named = (ObservationKind::StateMachine, "stateMachineArn");
    waiting(request, list(body, "stateMachines"), named, (MACHINE, "stateMachineArn"))
}

/// The definition is JSON in a text; it is recorded as what it says, so that each of its fields has a place.
fn machine(request: &Request, body: &Value) -> Found {
    let Some(arn) = text(body, "stateMachineArn") else { return Found::default() };
    let mut element = Element::new(ObservationKind::StateMachine, arn, request, body);
    let definition = text(body, "definition").and_then(|text| serde_json::from_str::<Value>(text).ok());
    let mut follow_up = Vec::new();
    if let Some(definition) = definition {
        let states = started(&definition);
        let tasks = states.iter().filter_map(|state| match state.what {
            What::Task(definition) => Some(definition),
            What::Function(_) => None,
        });
        follow_up = task_definitions(request, &tasks.collect());
        drop(states);
        element = element.with("definition", definition);
    }
    Found { count: 1, elements: vec![element], follow_up }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{apis, found, request};
    use crate::collect::without_answer;
    use serde_json::json;

    const ARN: &str = "arn:aws:states:eu-central-1:123456789012:stateMachine:nightly";

    #[test]
    fn a_machine_is_recorded_as_what_it_says_and_leads_to_the_task_definitions_that_it_runs() {
        let listed = found(
            &request(MACHINES, json!({})),
            json!({"stateMachines": [{"stateMachineArn": ARN, "name": "nightly"}]}),
        );
        assert_eq!((listed.count, listed.elements.len()), (1, 0));
        assert_eq!(listed.follow_up[0].read.input, json!({"stateMachineArn": ARN}));
        assert_eq!(without_answer(&listed.follow_up[0]).unwrap().body["name"], "nightly");
        let run = json!({"Resource": "arn:aws:states:::ecs:runTask.sync", "Parameters": {"TaskDefinition": "report"}});
        let definition = json!({"StartAt": "a", "States": {"a": run.clone(), "b": run}});
        let got = found(&listed.follow_up[0], json!({"stateMachineArn": ARN, "definition": definition.to_string()}));
        assert_eq!(
            (got.elements[0].kind, &got.elements[0].body["definition"]),
            (ObservationKind::StateMachine, &definition)
        );
        assert_eq!(apis(&got), ["ecs:DescribeTaskDefinition"]);
        // Without this, a list of machines that was denied would make what only they start count as gone (D2).
        let fed = crate::collect::call(caravan_inventory::Provider::Aws, "ecs:DescribeTaskDefinition").unwrap().fed_by;
        assert!(fed.contains(&MACHINE));
        assert_eq!(got.follow_up[0].read.input, json!({"taskDefinition": "report"}));
    }

    #[test]
    fn a_definition_that_can_not_be_read_stays_a_text() {
        let ask = request(MACHINE, json!({"stateMachineArn": ARN}));
        let got = found(&ask, json!({"stateMachineArn": ARN, "definition": "{cut"}));
        assert_eq!((&got.elements[0].body["definition"], got.follow_up.len()), (&json!("{cut"), 0));
        assert_eq!(found(&ask, json!({})), Found::default());
    }
}
