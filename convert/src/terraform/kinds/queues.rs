//! SQS queues: `aws_sqs_queue`.
//!
//! Source: SQS SetQueueAttributes and GetQueueAttributes; the arguments of `aws_sqs_queue` of hashicorp/aws.

use super::{Carried, Context};
use crate::terraform::draft::Draft;
use crate::terraform::fields::{Fields, Held};
use crate::terraform::hcl::Value;

/// What SQS says of every queue, and Terraform would set to its own default.
const NUMBERS: &[(&str, &str)] = &[
    ("/Attributes/DelaySeconds", "delay_seconds"),
    ("/Attributes/MaximumMessageSize", "max_message_size"),
    ("/Attributes/MessageRetentionPeriod", "message_retention_seconds"),
    ("/Attributes/ReceiveMessageWaitTimeSeconds", "receive_wait_time_seconds"),
    ("/Attributes/VisibilityTimeout", "visibility_timeout_seconds"),
];

/// What SQS says and nobody sets.
const DESCRIBED: &[&str] = &[
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
    "CreatedTimestamp",
    "LastModifiedTimestamp",
    "QueueArn",
];

pub(super) fn carry(context: &Context<'_>) -> Result<Carried, String> {
    let Context { resource, location, neighbours } = context;
    let mut fields = Fields::new(&resource.observation);
    let mut queue = Draft::new("aws_sqs_queue", &resource.name, location, false, &resource.observation.id);
    let url = fields.text("/QueueUrl").ok_or("its URL was not read: run `caravan discover`")?;
    queue.fixed("name", Value::text(&resource.name));
    queue.switch(&mut fields, "/Attributes/FifoQueue", "fifo_queue")?;
    queue.switch(&mut fields, "/Attributes/ContentBasedDeduplication", "content_based_deduplication")?;
    queue.optional_text(&mut fields, "/Attributes/DeduplicationScope", "deduplication_scope");
    queue.optional_text(&mut fields, "/Attributes/FifoThroughputLimit", "fifo_throughput_limit");
    for (pointer, name) in NUMBERS {
        queue.number(&mut fields, pointer, name)?;
    }
    encryption(&mut queue, &mut fields)?;
    queue.json(&mut fields, "/Attributes/Policy", "policy");
    redrive(&mut queue, &mut fields, neighbours);
    queue.json(&mut fields, "/Attributes/RedriveAllowPolicy", "redrive_allow_policy");
    queue.tags(&mut fields, "/Tags");
    for name in DESCRIBED {
        fields.dropped(&format!("/Attributes/{name}"), "describe-only");
    }
    fields.exact("/QueueUrl", &format!("{}.id", queue.address()));
    let mut carried = Carried::default();
    let from = fields.from("/QueueUrl");
    carried.take(queue.finish(url.to_owned(), &from), fields);
    Ok(carried)
}

/// Either a key of KMS or the one of SQS; Terraform takes no word about the second beside the first.
fn encryption(queue: &mut Draft, fields: &mut Fields<'_>) -> Result<(), String> {
    if fields.text("/Attributes/KmsMasterKeyId").is_none() {
        return queue.switch(fields, "/Attributes/SqsManagedSseEnabled", "sqs_managed_sse_enabled");
    }
    queue.optional_text(fields, "/Attributes/KmsMasterKeyId", "kms_master_key_id");
    fields.dropped("/Attributes/SqsManagedSseEnabled", "encrypted-by-a-key");
    queue.optional_number(fields, "/Attributes/KmsDataKeyReusePeriodSeconds", "kms_data_key_reuse_period_seconds")
}

/// Where messages go that nobody can handle: a queue of the same module is referred to.
fn redrive(queue: &mut Draft, fields: &mut Fields<'_>, neighbours: &super::Neighbours) {
    const POLICY: &str = "/Attributes/RedrivePolicy";
    let Held::Value(policy @ serde_json::Value::Object(_)) = fields.held(POLICY) else {
        return queue.json(fields, POLICY, "redrive_policy");
    };
    let Value::Object(mut members) = Value::of_json(policy) else { return };
    for (name, value) in &mut members {
        if let (true, Value::Text(arn)) = (name == "deadLetterTargetArn", &*value)
            && let Some(address) = neighbours.get(arn)
        {
            *value = Value::Expression(format!("{address}.arn"));
        }
    }
    queue.set(fields, POLICY, "redrive_policy", Value::Json(Box::new(Value::Object(members))));
}
