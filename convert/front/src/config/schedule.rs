//! One invocation per run of a job.

use super::ConfigError;
use serde::Deserialize;

/// How `caravan-front invoke` repeats what failed, as the asynchronous invocation did.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// How often a failed invocation is repeated: 0 to 2.
    #[serde(default = "two")]
    pub max_retries: u32,
    /// Seconds after which an event is given up: 60 to 21,600.
    #[serde(default = "six_hours")]
    pub max_event_age_seconds: u64,
    /// Seconds before the first and the second repetition. Lambda waits 60 and 120.
    #[serde(default = "waits")]
    pub retry_wait_seconds: [u64; 2],
    /// The rule's ARN, which a scheduled event of EventBridge names.
    #[serde(default)]
    pub rule_arn: Option<String>,
}

impl Schedule {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |key, why: &str| Err(ConfigError::Value { key, why: why.to_owned() });
        if self.max_retries > 2 {
            return wrong("source.schedule.max_retries", "is above 2, Lambda's bound");
        }
        if !(60..=21_600).contains(&self.max_event_age_seconds) {
            return wrong("source.schedule.max_event_age_seconds", "is not between 60 and 21600, Lambda's bounds");
        }
        Ok(())
    }
}

fn two() -> u32 {
    2
}

fn six_hours() -> u64 {
    21_600
}

fn waits() -> [u64; 2] {
    [60, 120]
}
