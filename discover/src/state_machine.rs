//! What a state machine of Step Functions starts: the states of its definition that run a task of ECS or call a function.

use serde_json::{Map, Value};

/// A state that starts something.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Started<'d> {
    /// The field that names it, from the definition on.
    pub(crate) pointer: String,
    pub(crate) what: What<'d>,
}

/// What a state starts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum What<'d> {
    /// A task of ECS: its task definition, as a family or an ARN.
    Task(&'d str),
    /// A function: its name or an ARN, which may go on with a version or an alias.
    Function(&'d str),
}

/// Machines hold machines in branches and iterators; nobody nests deeper but to confuse.
const DEEPEST: u8 = 16;

/// Everything that the states of a definition start, in its own order (Amazon States Language, "Task state").
pub(crate) fn started(definition: &Value) -> Vec<Started<'_>> {
    let mut found = Vec::new();
    machine(definition, "", DEEPEST, &mut found);
    found
}

fn machine<'d>(machine: &'d Value, pointer: &str, left: u8, found: &mut Vec<Started<'d>>) {
    let states = machine.get("States").and_then(Value::as_object).filter(|_| left > 0);
    for (name, state) in states.into_iter().flatten() {
        let at = format!("{pointer}/States/{}", name.replace('~', "~0").replace('/', "~1"));
        found.extend(task(state, &at));
        for inner in ["Iterator", "ItemProcessor"] {
            if let Some(inside) = state.get(inner) {
                self::machine(inside, &format!("{at}/{inner}"), left - 1, found);
            }
        }
        for (number, branch) in state.get("Branches").and_then(Value::as_array).into_iter().flatten().enumerate() {
            self::machine(branch, &format!("{at}/Branches/{number}"), left - 1, found);
        }
    }
}

fn task<'d>(state: &'d Value, at: &str) -> Option<Started<'d>> {
    let resource = state.get("Resource")?.as_str()?;
    if resource.split(':').nth(2) == Some("lambda") {
        return Some(Started { pointer: format!("{at}/Resource"), what: What::Function(resource) });
    }
    // `arn:aws:states:::ecs:runTask.sync`, `arn:aws:states:::aws-sdk:ecs:runTask`
    let (_, call) = resource.split_once(":states:::")?;
    let call = call.strip_prefix("aws-sdk:").unwrap_or(call);
    let call = call.split('.').next().unwrap_or(call);
    let (list, field, what): (_, _, fn(&'d str) -> What<'d>) = if call.eq_ignore_ascii_case("ecs:runTask") {
        (parameters(state), "TaskDefinition", What::Task)
    } else if call.eq_ignore_ascii_case("lambda:invoke") {
        (parameters(state), "FunctionName", What::Function)
    } else {
        return None;
    };
    let (list, fields) = list?;
    // An expression of JSONata is known only when the machine runs.
    let name = fields.get(field)?.as_str().filter(|name| !name.trim_start().starts_with("{%"))?;
    Some(Started { pointer: format!("{at}/{list}/{field}"), what: what(name) })
}

/// The request of a state, in either of the languages that a machine may be written in.
fn parameters(state: &Value) -> Option<(&'static str, &Map<String, Value>)> {
    ["Parameters", "Arguments"].into_iter().find_map(|list| Some((list, state.get(list)?.as_object()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tasks_and_functions_are_found_in_every_depth_with_their_place() {
        let run = |definition: &str| json!({"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "Parameters": {"TaskDefinition": definition, "Cluster": "main"}});
        let definition = json!({"StartAt": "a", "States": {
            "a/b": run("report:3"),
            "c": {"Type": "Task", "Resource": "arn:aws:lambda:eu-central-1:1:function:f:live"},
            "d": {"Type": "Parallel", "Branches": [{"States": {}}, {"States": {"e": {"Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "g"}}}}]},
            "h": {"Type": "Map", "ItemProcessor": {"States": {"i": {"Resource": "arn:aws:states:::aws-sdk:ecs:runTask", "Arguments": {"TaskDefinition": "import"}}}}},
            "j": {"Type": "Map", "Iterator": {"States": {"k": run("old")}}}}});
        let told: Vec<(String, What<'_>)> =
            started(&definition).into_iter().map(|one| (one.pointer, one.what)).collect();
        assert_eq!(
            told,
            [
                ("/States/a~1b/Parameters/TaskDefinition".to_owned(), What::Task("report:3")),
                ("/States/c/Resource".to_owned(), What::Function("arn:aws:lambda:eu-central-1:1:function:f:live")),
                ("/States/d/Branches/1/States/e/Parameters/FunctionName".to_owned(), What::Function("g")),
                ("/States/h/ItemProcessor/States/i/Arguments/TaskDefinition".to_owned(), What::Task("import")),
                ("/States/j/Iterator/States/k/Parameters/TaskDefinition".to_owned(), What::Task("old")),
            ]
        );
        for (one, _) in &told {
            assert!(definition.pointer(one).is_some(), "{one}");
        }
    }

    #[test]
    fn what_only_the_input_says_and_what_is_no_task_starts_nothing_that_is_known() {
        for state in [
            json!({"Resource": "arn:aws:states:::ecs:runTask", "Parameters": {"TaskDefinition.$": "$.task"}}),
            json!({"Resource": "arn:aws:states:::ecs:runTask", "Arguments": {"TaskDefinition": "{% $states.input.task %}"}}),
            json!({"Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": " {% $name %}"}}),
            json!({"Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {"QueueUrl": "q"}}),
            json!({"Resource": "arn:aws:states:eu-central-1:1:activity:count"}),
            json!({"Type": "Wait", "Seconds": 3}),
            json!("text"),
        ] {
            assert_eq!(started(&json!({"States": {"a": state}})), [], "{state}");
        }
        assert_eq!(started(&json!("cut off {")), []);
    }
}
