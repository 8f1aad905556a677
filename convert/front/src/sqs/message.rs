//! A message, and the record that an event has of it.

use serde::Deserialize;
use serde_json::{Map, Value, json};

/// A message as SQS gives it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Message {
    pub(super) message_id: String,
    pub(super) receipt_handle: String,
    #[serde(default)]
    pub(super) body: String,
    #[serde(default)]
    attributes: Map<String, Value>,
    #[serde(default)]
    message_attributes: Map<String, Value>,
    #[serde(rename = "MD5OfBody", default)]
    md5_of_body: String,
    #[serde(rename = "MD5OfMessageAttributes", default)]
    md5_of_message_attributes: Option<String>,
}

impl Message {
    /// The group of a message of a FIFO queue.
    pub(super) fn group(&self) -> Option<&str> {
        self.attributes.get("MessageGroupId").and_then(Value::as_str)
    }

    /// The record that stands in the event.
    pub(super) fn record(&self, queue_arn: &str) -> Value {
        let region = queue_arn.split(':').nth(3).unwrap_or_default();
        let attributes: Map<String, Value> =
            self.message_attributes.iter().map(|(name, value)| (name.clone(), attribute(value))).collect();
        let mut record = json!({
            "messageId": self.message_id,
            "receiptHandle": self.receipt_handle,
            "body": self.body,
            "attributes": self.attributes,
            "messageAttributes": attributes,
            "md5OfBody": self.md5_of_body,
            "eventSource": "aws:sqs",
            "eventSourceARN": queue_arn,
            "awsRegion": region,
        });
        if let (Value::Object(record), Some(md5)) = (&mut record, &self.md5_of_message_attributes) {
            record.insert("md5OfMessageAttributes".to_owned(), json!(md5));
        }
        record
    }
}

/// An attribute: names begin small in events, and lists are always there.
fn attribute(value: &Value) -> Value {
    let mut attribute = json!({"stringListValues": [], "binaryListValues": [], "dataType": value.get("DataType")});
    if let Value::Object(attribute) = &mut attribute {
        for (name, given) in [("stringValue", "StringValue"), ("binaryValue", "BinaryValue")] {
            if let Some(value) = value.get(given).filter(|value| !value.is_null()) {
                attribute.insert(name.to_owned(), value.clone());
            }
        }
    }
    attribute
}
