//! Which messages of a batch are done, by what the function answered.

use super::message::Message;
use serde_json::Value;
use std::collections::HashSet;

/// The messages that failed, by their places in the batch. All of them, where the answer names one that is not there, or
/// can't be read, as Lambda takes it.
pub(super) fn failed(messages: &[Message], answer: &[u8]) -> HashSet<usize> {
    let all = || (0..messages.len()).collect();
    let Ok(answer) = serde_json::from_slice::<Value>(answer) else { return all() };
    let failures = match answer.get("batchItemFailures") {
        None | Some(Value::Null) => return HashSet::new(),
        Some(Value::Array(failures)) => failures,
        Some(_) => return all(),
    };
    let mut places = HashSet::new();
    for failure in failures {
        let named = failure.get("itemIdentifier").and_then(Value::as_str);
        match named.and_then(|id| messages.iter().position(|message| message.message_id == id)) {
            Some(place) => places.insert(place),
            None => return all(),
        };
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn messages() -> Vec<Message> {
        ["m-1", "m-2", "m-3"]
            .map(|id| serde_json::from_value(json!({"MessageId": id, "ReceiptHandle": id})).unwrap())
            .to_vec()
    }

    #[test]
    fn what_the_documentation_calls_success_and_failure() {
        let cases: [(&str, &[usize]); 13] = [
            (r#"{"batchItemFailures": []}"#, &[]),
            (r#"{"batchItemFailures": null}"#, &[]),
            ("{}", &[]),
            ("null", &[]),
            (r#""done""#, &[]),
            (r#"{"batchItemFailures": [{"itemIdentifier": "m-2"}]}"#, &[1]),
            (r#"{"batchItemFailures": [{"itemIdentifier": "m-3"}, {"itemIdentifier": "m-1"}]}"#, &[0, 2]),
            (r#"{"batchItemFailures": [{"itemIdentifier": ""}]}"#, &[0, 1, 2]),
            (r#"{"batchItemFailures": [{"itemIdentifier": null}]}"#, &[0, 1, 2]),
            (r#"{"batchItemFailures": [{"identifier": "m-2"}]}"#, &[0, 1, 2]),
            (r#"{"batchItemFailures": [{"itemIdentifier": "m-9"}]}"#, &[0, 1, 2]),
            (r#"{"batchItemFailures": "m-2"}"#, &[0, 1, 2]),
            ("{", &[0, 1, 2]),
        ];
        for (answer, expected) in cases {
            assert_eq!(failed(&messages(), answer.as_bytes()), expected.iter().copied().collect(), "{answer}");
        }
    }
}
