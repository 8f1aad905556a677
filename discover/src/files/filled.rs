//! Numbers and switches that a program fills in before a document is registered: Terraform's `${var.port}`, `(known after apply)` of its
//! plans, `{{ .Port }}`. Between quotes they are texts, which no API has there; what they are is open, and asked about.

use caravan_inventory::Unresolved;
use serde_json::Value;

/// Fields of the API that are numbers or switches (Amazon ECS API Reference, Application Auto Scaling API Reference).
const SCALARS: &[&str] = &[
    "base",
    "containerPort",
    "desiredCount",
    "disableNetworking",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "encrypted",
    "essential",
    "hardLimit",
    "healthCheckGracePeriodSeconds",
    "hostPort",
    "initProcessEnabled",
    "interactive",
    "interval",
    "maxSwap",
    "maximumPercent",
    "memoryReservation",
    "minimumHealthyPercent",
    "privileged",
    "pseudoTerminal",
    "readOnly",
    "readonlyRootFilesystem",
    "retries",
    "sharedMemorySize",
    "size",
    "sizeInGiB",
    "softLimit",
    "startPeriod",
    "startTimeout",
    "stopTimeout",
    "swappiness",
    "timeout",
    "transitEncryptionPort",
    "weight",
    "MaxCapacity",
    "MinCapacity",
    "ScaleInCooldown",
    "ScaleOutCooldown",
    "TargetValue",
];

/// Numbers of a container that a task has as texts.
const OF_CONTAINERS: &[&str] = &["cpu", "memory"];

/// Fields whose names and values are people's own.
const FREE: &[&str] = &["dockerLabels", "options", "driverOpts", "labels", "tags"];

/// Leaves open what is filled in where a number or a switch belongs.
pub(super) fn open(body: &mut Value) {
    inside(body, false);
}

fn inside(value: &mut Value, in_container: bool) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| inside(item, in_container)),
        Value::Object(fields) => {
            for (field, value) in fields.iter_mut().filter(|(field, _)| !FREE.contains(&field.as_str())) {
                let is_scalar =
                    SCALARS.contains(&field.as_str()) || in_container && OF_CONTAINERS.contains(&field.as_str());
                match value.as_str().filter(|text| is_scalar && is_filled_in(text)) {
                    Some(text) => *value = Unresolved { text, default: None }.to_value(),
                    None => inside(value, in_container || field == "containerDefinitions"),
                }
            }
        }
        _ => {}
    }
}

/// Whether a text is filled in, and no number by itself.
fn is_filled_in(text: &str) -> bool {
    const MARKS: [&str; 5] = ["${", "{{", "%{", "$$$", "after apply"];
    let in_brackets = |open: char, close: char| text.starts_with(open) && text.ends_with(close);
    let is_loud = !text.is_empty() && text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    MARKS.iter().any(|mark| text.contains(mark)) || in_brackets('<', '>') || in_brackets('(', ')') || is_loud
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_filled_in_where_a_number_belongs_is_open() {
        let open_value = |text: &str| json!({"$unresolved": text});
        for text in ["${var.port}", "(known after apply)", "{{ .Port }}", "<PORT>", "%{ if x }1%{ endif }", "APP_PORT"]
        {
            let mut body = json!({"family": text, "cpu": text, "desiredCount": text, "containerDefinitions": [{
                "name": text, "cpu": text, "essential": text, "portMappings": [{"containerPort": text, "name": text}],
                "dockerLabels": {"size": text}}]});
            open(&mut body);
            let container = &body["containerDefinitions"][0];
            for value in [
                &body["desiredCount"],
                &container["cpu"],
                &container["essential"],
                &container["portMappings"][0]["containerPort"],
            ] {
                assert_eq!(*value, open_value(text));
            }
            // Texts stay, as they are asked about where they are read.
            for value in [
                &body["family"],
                &body["cpu"],
                &container["name"],
                &container["portMappings"][0]["name"],
                &container["dockerLabels"]["size"],
            ] {
                assert_eq!(*value, json!(text));
            }
        }
        let whole = || json!({"desiredCount": "2", "containerDefinitions": [{"cpu": "256", "memory": 512, "essential": "true", "portMappings": [{"containerPort": "http"}]}]});
        let mut body = whole();
        open(&mut body);
        assert_eq!(body, whole());
    }
}
