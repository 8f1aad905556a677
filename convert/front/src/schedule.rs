//! One invocation per run of a job, repeated as the asynchronous invocation repeated it.

use crate::clock::{now, request_id};
use crate::config::{Config, Schedule};
use crate::invocation::{Answer, Failure, FailureKind};
use crate::pool::{Carried, Pool};
use crate::say::say;
use bytes::Bytes;
use serde_json::json;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The event that EventBridge sends for a rule with a schedule.
#[must_use]
pub fn scheduled_event(config: &Config, schedule: &Schedule) -> Bytes {
    let event = json!({
        "version": "0",
        "id": request_id(),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": config.function.account,
        "time": now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "region": config.function.region,
        "resources": schedule.rule_arn.iter().collect::<Vec<_>>(),
        "detail": {},
    });
    Bytes::from(event.to_string())
}

/// Invokes with `event` until it succeeds, the retries are used up or the event is too old. Every attempt has the same
/// request identifier, as Lambda's have.
///
/// # Errors
///
/// The last failure.
pub async fn invoke(pool: &Pool, schedule: &Schedule, event: Bytes) -> Result<Bytes, Failure> {
    let begin = Instant::now();
    let oldest = Duration::from_secs(schedule.max_event_age_seconds);
    let id = request_id();
    let mut waits = schedule.retry_wait_seconds.into_iter().take(schedule.max_retries as usize);
    loop {
        let carried = Carried { id: Some(id.clone()), ..Carried::default() };
        let failure = match pool.invoke(event.clone(), carried).await {
            Ok(Answer::Whole(bytes) | Answer::Gathered { bytes, .. }) => return Ok(bytes),
            // Nobody asked for a stream.
            Ok(Answer::Stream { .. }) => return Ok(Bytes::new()),
            Err(failure) => failure,
        };
        say(&format!(
            "the invocation failed ({}): {}",
            failure.kind.word(),
            String::from_utf8_lossy(&failure.document)
        ));
        let Some(wait) = waits.next().filter(|_| failure.kind != FailureKind::Throttled) else { return Err(failure) };
        let wait = Duration::from_secs(wait);
        if begin.elapsed() + wait > oldest {
            say("the event is too old to be tried again");
            return Err(failure);
        }
        say(&format!("it is tried again in {} s", wait.as_secs()));
        sleep(wait).await;
    }
}
