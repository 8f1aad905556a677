//! A queue of SQS, as an event source mapping had it.

use super::ConfigError;
use crate::sqs::Pattern;
use serde::Deserialize;

/// How messages become invocations.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sqs {
    /// The queue's URL. A name that ends in `.fifo` is a FIFO queue.
    pub queue_url: String,
    /// The queue's ARN, which each record names.
    pub queue_arn: String,
    /// The server of SQS, where it is not AWS's own for the region.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Messages in one invocation at most: 1 to 10,000, for FIFO to 10. Above 10 a window is needed.
    #[serde(default = "ten")]
    pub batch_size: usize,
    /// Seconds that a batch is gathered for: 0 to 300.
    #[serde(default)]
    pub batch_window_seconds: u64,
    /// `FilterCriteria.Filters`: a message that matches none of them is deleted, as Lambda does.
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Whether the function answers `batchItemFailures`.
    #[serde(default)]
    pub report_batch_item_failures: bool,
    /// Seconds for which a message that was received is hidden. It is renewed while the message is worked on.
    #[serde(default = "thirty")]
    pub visibility_seconds: u32,
    /// Seconds that one call waits for messages: 0 to 20.
    #[serde(default = "twenty")]
    pub wait_seconds: u32,
}

/// One filter: a pattern as the text of a JSON document, as `FilterCriteria` has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// The pattern, such as `{"body": {"kind": ["order"]}}`.
    #[serde(rename = "Pattern", alias = "pattern")]
    pub pattern: String,
}

impl Sqs {
    /// Whether the queue keeps the order of each message group.
    #[must_use]
    pub fn is_fifo(&self) -> bool {
        self.queue_url.ends_with(".fifo")
    }

    pub(super) fn check(&self, function_timeout: u32) -> Result<(), ConfigError> {
        let wrong = |key, why: String| Err(ConfigError::Value { key, why });
        if !self.queue_url.starts_with("https://") && !self.queue_url.starts_with("http://") {
            return wrong("source.sqs.queue_url", "is no URL".to_owned());
        }
        if self.queue_arn.split(':').count() != 6 {
            return wrong("source.sqs.queue_arn", "is no ARN of a queue: arn:aws:sqs:REGION:ACCOUNT:NAME".to_owned());
        }
        let most = if self.is_fifo() { 10 } else { 10_000 };
        if !(1..=most).contains(&self.batch_size) {
            return wrong("source.sqs.batch_size", format!("is not between 1 and {most}"));
        }
        if self.batch_size > 10 && self.batch_window_seconds == 0 {
            return wrong(
                "source.sqs.batch_size",
                "is above 10, which needs batch_window_seconds of at least 1".to_owned(),
            );
        }
        if self.batch_window_seconds > 300 {
            return wrong("source.sqs.batch_window_seconds", "is above 300, Lambda's bound".to_owned());
        }
        if self.is_fifo() && self.batch_window_seconds > 0 {
            return wrong("source.sqs.batch_window_seconds", "is given, but FIFO queues have no window".to_owned());
        }
        if self.filters.len() > 10 {
            return wrong("source.sqs.filters", "are more than 10, Lambda's bound".to_owned());
        }
        if !(10..=43_200).contains(&self.visibility_seconds) {
            return wrong("source.sqs.visibility_seconds", "is not between 10 and 43200".to_owned());
        }
        if u64::from(function_timeout) + self.batch_window_seconds > 43_000 {
            return wrong(
                "source.sqs.batch_window_seconds",
                "and the timeout are longer than SQS hides a message".to_owned(),
            );
        }
        if self.wait_seconds > 20 {
            return wrong("source.sqs.wait_seconds", "is above 20, SQS's bound".to_owned());
        }
        for filter in &self.filters {
            if let Err(error) = Pattern::read(&filter.pattern) {
                return wrong("source.sqs.filters", format!("has a pattern that can't be read: {error}"));
            }
        }
        Ok(())
    }
}

fn ten() -> usize {
    10
}

fn twenty() -> u32 {
    20
}

fn thirty() -> u32 {
    30
}
