//! SNS topics and their subscriptions: `aws_sns_topic`, `aws_sns_topic_subscription`.
//!
//! Source: SNS SetTopicAttributes and SetSubscriptionAttributes; the arguments of hashicorp/aws.

use super::{Carried, Context};
use crate::terraform::draft::{Adopted, Draft};
use crate::terraform::fields::Fields;
use crate::terraform::hcl::Value;
use caravan_inventory::{Observation, ObservationKind as Kind};

/// How deliveries are counted, for each protocol.
const DELIVERIES: &[(&str, [&str; 3])] = &[
    (
        "Application",
        [
            "application_success_feedback_role_arn",
            "application_success_feedback_sample_rate",
            "application_failure_feedback_role_arn",
        ],
    ),
    (
        "Firehose",
        [
            "firehose_success_feedback_role_arn",
            "firehose_success_feedback_sample_rate",
            "firehose_failure_feedback_role_arn",
        ],
    ),
    ("HTTP", ["http_success_feedback_role_arn", "http_success_feedback_sample_rate", "http_failure_feedback_role_arn"]),
    (
        "Lambda",
        ["lambda_success_feedback_role_arn", "lambda_success_feedback_sample_rate", "lambda_failure_feedback_role_arn"],
    ),
    ("SQS", ["sqs_success_feedback_role_arn", "sqs_success_feedback_sample_rate", "sqs_failure_feedback_role_arn"]),
];

/// What SNS says of a topic and nobody sets.
const DESCRIBED: &[&str] = &[
    "BeginningArchiveTime",
    "EffectiveDeliveryPolicy",
    "Owner",
    "SubscriptionsConfirmed",
    "SubscriptionsDeleted",
    "SubscriptionsPending",
    "TopicArn",
];

/// What SNS says of a subscription and nobody sets.
const DESCRIBED_OF_SUBSCRIPTION: &[&str] = &[
    "ConfirmationWasAuthenticated",
    "EffectiveDeliveryPolicy",
    "Endpoint",
    "Owner",
    "PendingConfirmation",
    "Protocol",
    "ReplayStatus",
    "SubscriptionArn",
    "SubscriptionPrincipal",
    "TopicArn",
];

/// Arguments of a subscription that are Terraform's own: AWS knows nothing of them.
const OF_TERRAFORM: &str = "Terraform's own, of no account while nothing is made";

pub(super) fn carry(context: &Context<'_>) -> Result<Carried, String> {
    let resource = context.resource;
    let mut fields = Fields::new(&resource.observation);
    if fields.observation.body.get("Attributes").is_none() {
        return Err("its attributes were not read: let the scanning role call sns:GetTopicAttributes, then run \
                    `caravan discover`"
            .to_owned());
    }
    let mut topic = Draft::new("aws_sns_topic", &resource.name, context.location, false, &resource.observation.id);
    topic.fixed("name", Value::text(&resource.name));
    topic.optional_text(&mut fields, "/Attributes/DisplayName", "display_name");
    topic.switch(&mut fields, "/Attributes/FifoTopic", "fifo_topic")?;
    topic.switch(&mut fields, "/Attributes/ContentBasedDeduplication", "content_based_deduplication")?;
    topic.optional_text(&mut fields, "/Attributes/FifoThroughputScope", "fifo_throughput_scope");
    topic.optional_number(&mut fields, "/Attributes/SignatureVersion", "signature_version")?;
    topic.optional_text(&mut fields, "/Attributes/TracingConfig", "tracing_config");
    topic.optional_text(&mut fields, "/Attributes/KmsMasterKeyId", "kms_master_key_id");
    for (protocol, [success, rate, failure]) in DELIVERIES {
        topic.optional_text(&mut fields, &format!("/Attributes/{protocol}SuccessFeedbackRoleArn"), success);
        topic.optional_number(&mut fields, &format!("/Attributes/{protocol}SuccessFeedbackSampleRate"), rate)?;
        topic.optional_text(&mut fields, &format!("/Attributes/{protocol}FailureFeedbackRoleArn"), failure);
    }
    topic.json(&mut fields, "/Attributes/Policy", "policy");
    topic.json(&mut fields, "/Attributes/DeliveryPolicy", "delivery_policy");
    topic.json(&mut fields, "/Attributes/ArchivePolicy", "archive_policy");
    topic.tags(&mut fields, "/Tags");
    for name in DESCRIBED {
        fields.dropped(&format!("/Attributes/{name}"), "describe-only");
    }
    let arn = resource.observation.name.clone();
    let address = topic.address();
    fields.exact("/TopicArn", &format!("{address}.id"));
    let mut carried = Carried::default();
    let from = fields.from("/TopicArn");
    carried.take(topic.finish(arn, &from), fields);
    for part in resource.parts.iter().filter(|part| part.kind == Kind::Subscription) {
        let mut fields = Fields::new(part);
        let carried_over = match resource.kept_part(part) {
            Some(reason) => Err(reason),
            None => subscription(context, part, &address, &mut fields),
        };
        match carried_over {
            Ok(adopted) => carried.take(adopted, fields),
            Err(reason) => {
                carried.documents.push((part.id.clone(), Fields::refused(part, &reason)));
                carried.refused.push((part.id.clone(), reason));
            }
        }
    }
    Ok(carried)
}

fn subscription(
    context: &Context<'_>,
    part: &Observation,
    topic: &str,
    fields: &mut Fields<'_>,
) -> Result<Adopted, String> {
    if part.body.get("Attributes").is_none() {
        return Err(
            "its attributes were not read: let the scanning role call sns:GetSubscriptionAttributes, then run \
                    `caravan discover`"
                .to_owned(),
        );
    }
    let arn = part.name.as_str();
    // The last part of its ARN is an id of AWS; with the topic in front of it, people can tell whose it is.
    let name = format!("{}-{}", context.resource.name, arn.rsplit(':').next().unwrap_or(arn));
    let mut one = Draft::new("aws_sns_topic_subscription", &name, context.location, false, &part.id);
    one.set(fields, "/TopicArn", "topic_arn", Value::Expression(format!("{topic}.arn")));
    one.text(fields, "/Protocol", "protocol")?;
    let endpoint =
        fields.text("/Endpoint").ok_or("its endpoint was not recorded, since a part of it may be a secret")?;
    let endpoint = context
        .neighbours
        .get(endpoint)
        .map_or_else(|| Value::text(endpoint), |address| Value::Expression(format!("{address}.arn")));
    one.set(fields, "/Endpoint", "endpoint", endpoint);
    one.switch(fields, "/Attributes/RawMessageDelivery", "raw_message_delivery")?;
    one.json(fields, "/Attributes/FilterPolicy", "filter_policy");
    one.optional_text(fields, "/Attributes/FilterPolicyScope", "filter_policy_scope");
    one.json(fields, "/Attributes/DeliveryPolicy", "delivery_policy");
    one.json(fields, "/Attributes/RedrivePolicy", "redrive_policy");
    one.json(fields, "/Attributes/ReplayPolicy", "replay_policy");
    one.optional_text(fields, "/Attributes/SubscriptionRoleArn", "subscription_role_arn");
    for name in DESCRIBED_OF_SUBSCRIPTION {
        fields.dropped(&format!("/Attributes/{name}"), "describe-only");
    }
    fields.dropped("/Owner", "describe-only");
    one.leave_unread("confirmation_timeout_in_minutes", OF_TERRAFORM);
    one.leave_unread("endpoint_auto_confirms", OF_TERRAFORM);
    fields.exact("/SubscriptionArn", &format!("{}.id", one.address()));
    Ok(one.finish(arn.to_owned(), &fields.from("/SubscriptionArn")))
}
