//! A queue of SQS that an event source mapping reads.

use super::{Plan, pattern};
use crate::field::{Field, Object};
use crate::plconfig::{Component, QueueScale, Scale, ScaleRange, Seconds, SqsTrigger, Trigger};
use crate::text::Kind;
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::is_of_template;
use serde_json::Value;

/// What ListEventSourceMappings adds to what was asked for.
const DESCRIBED: [&str; 8] = [
    "UUID",
    "EventSourceMappingArn",
    "FunctionArn",
    "LastModified",
    "LastProcessingResult",
    "StateTransitionReason",
    "FilterCriteriaError",
    "StartingPositionTimestamp",
];
/// What only streams have; a queue's mapping says the values that mean nothing.
const OF_STREAMS: [&str; 6] = [
    "StartingPosition",
    "ParallelizationFactor",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "BisectBatchOnFunctionError",
    "TumblingWindowInSeconds",
];
/// Seconds that SQS hides a message where nobody says otherwise.
const HIDDEN: u32 = 30;

pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    mapping: Object<'a>,
    component: &mut Component,
) {
    mapping.drop_all(tracker, &DESCRIBED, "describe-only");
    mapping.drop_all(tracker, &OF_STREAMS, "default");
    mapping.drop_all(tracker, &["MetricsConfig", "LoggingConfig"], "platform-logs");
    mapping.drop_all(tracker, &["KMSKeyArn"], "environment-key");
    mapping.drop_all(tracker, &["DestinationConfig"], "queue-redrive");
    mapping.drop_all(tracker, &["ProvisionedPollerConfig"], "pollers");
    let at = |rest: &str| plan.context.at(&format!("trigger/sqs/{rest}"));
    let mut trigger = queue(tracker, plan, mapping);
    state(tracker, mapping);
    let fifo = trigger.queue.ends_with(".fifo");
    if let Some(field) = mapping.field("BatchSize") {
        match number(mapping, "BatchSize").filter(|batch| (1..=if fifo { 10 } else { 10_000 }).contains(batch)) {
            Some(batch) => {
                trigger.batch = Some(batch);
                field.exact(tracker, at("batch"));
            }
            None => field.blocked(tracker, "its batch size is none that Lambda takes of such a queue"),
        }
    }
    if let Some(field) = mapping.field("MaximumBatchingWindowInSeconds") {
        match number(mapping, "MaximumBatchingWindowInSeconds") {
            Some(0) => field.dropped(tracker, "default"),
            Some(window) if window <= 300 && !fifo => {
                trigger.window = Some(Seconds(window));
                field.exact(tracker, at("window"));
            }
            _ => field.blocked(tracker, "the window of its batches is none that Lambda takes of such a queue"),
        }
    }
    // Lambda takes a batch above 10 only with a window; a template that says none gets the shortest.
    if trigger.batch.is_some_and(|batch| batch > 10) && trigger.window.is_none() {
        trigger.window = Some(Seconds(1));
    }
    filters(tracker, plan, mapping, &mut trigger);
    for value in mapping.list("FunctionResponseTypes") {
        if value == "ReportBatchItemFailures" {
            trigger.partial = Some(true);
            Field(value).exact(tracker, at("partial"));
        } else {
            Field(value).blocked(tracker, "its mapping wants answers of a kind that nothing here reads");
        }
    }
    let batch = trigger.batch.unwrap_or(10);
    let queue = QueueScale { queue: trigger.queue.clone(), length: batch, in_flight: None };
    component.scale = Some(Scale::Range(ScaleRange { min: 0, max: 1, queue: Some(queue), ..ScaleRange::default() }));
    component.trigger = Some(Trigger { sqs: Some(trigger), ..Trigger::default() });
}

fn number(mapping: Object<'_>, name: &str) -> Option<u32> {
    mapping.peek_u64(name).and_then(|number| u32::try_from(number).ok())
}

/// The queue by its URL; where its ARN is not known, a stand-in that nothing starts with.
fn queue<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, mapping: Object<'a>) -> SqsTrigger {
    let field = mapping.field("EventSourceArn");
    let arn = match (field, mapping.peek("EventSourceArn").filter(|arn| is_arn(arn))) {
        (Some(field), Some(arn)) => {
            let note = "its messages are renewed while they are worked on: its role needs sqs:ChangeMessageVisibility as well, and \
                        KEDA sqs:GetQueueAttributes; what fails comes again as the queue says, until its redrive policy puts it aside";
            field.approximated(tracker, plan.context.at("trigger/sqs/queue"), note);
            arn.to_owned()
        }
        (field, _) => ask(tracker, plan, field, mapping),
    };
    let parts: Vec<&str> = arn.split(':').collect();
    let domain = if parts[1] == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
    SqsTrigger {
        queue: format!("https://sqs.{}.{domain}/{}/{}", parts[3], parts[4], parts[5]),
        // Lambda takes a queue only when it hides messages for at least the function's timeout.
        visibility: Some(Seconds(HIDDEN.max(plan.timeout))),
        arn,
        ..SqsTrigger::default()
    }
}

/// `arn:aws:sqs:REGION:ACCOUNT:NAME`, of a queue that is somewhere.
fn is_arn(text: &str) -> bool {
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    let parts: Vec<&str> = text.split(':').collect();
    !is_of_template(text)
        && parts.len() == 6
        && parts[0] == "arn"
        && parts[2] == "sqs"
        && parts[1..].iter().all(|part| plain(part))
}

/// Asks for the queue, unless a template's open value is asked about already.
fn ask<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    field: Option<Field<'a>>,
    mapping: Object<'a>,
) -> String {
    let region = tracker.source.workload.region.as_ref().map_or("us-east-1", |region| region.as_str());
    let stand_in = format!("arn:aws:sqs:{region}:000000000000:placeholder");
    if field.is_none() && mapping.raw("EventSourceArn").is_some() {
        tracker.hold("nobody said which queue it reads");
        return stand_in;
    }
    let id = tracker.question_id("queue", "");
    let text = "Nothing says which queue it reads. What is its ARN, arn:aws:sqs:REGION:ACCOUNT:NAME?";
    match tracker.ask_for(id, text, &[], None, is_arn) {
        Asked::Given(arn) => {
            if let Some(field) = field {
                field.approximated(tracker, plan.context.at("trigger/sqs/queue"), "by a person's answer");
            }
            arn.to_owned()
        }
        Asked::Open(id) => {
            tracker.hold("nobody said which queue it reads");
            if let Some(field) = field {
                field.asked(tracker, &id);
            }
            stand_in
        }
    }
}

fn state<'a>(tracker: &mut FieldTracker<'a>, mapping: Object<'a>) {
    let enabled = mapping.field("Enabled");
    let off = mapping.peek_bool("Enabled") == Some(false)
        || mapping.peek("State").is_some_and(|state| state.starts_with("Disabl"));
    if off {
        tracker.hold("its event source mapping is switched off");
    }
    for field in mapping.field("State").into_iter().chain(enabled) {
        if off {
            field.dropped_because(tracker, "switched-off", "it is suspended until somebody starts it");
        } else {
            field.dropped(tracker, "default");
        }
    }
}

fn filters<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, mapping: Object<'a>, trigger: &mut SqsTrigger) {
    let Some(criteria) = mapping.object("FilterCriteria") else { return };
    for filter in criteria.objects("Filters") {
        let Some(field) = filter.field("Pattern") else { continue };
        let Some(text) = tracker.text(field.0, Kind::Command) else { continue };
        if !serde_json::from_str::<Value>(&text).is_ok_and(|value| pattern::is_one(&value)) {
            field.blocked(tracker, "one of the patterns that its messages are filtered by is none of Lambda's");
            continue;
        }
        trigger.filters.push(text.into_owned());
        field.exact(tracker, plan.context.at("trigger/sqs/filters"));
    }
}
