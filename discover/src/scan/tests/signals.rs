//! Metrics: asked for last, of what is there, and only when they are named.

use super::*;
use crate::collect::Source;

const QUEUE: &str = "https://sqs.eu-central-1.amazonaws.com/123456789012/jobs";
const METRICS: &str = "cloudwatch:GetMetricData";

/// A queue; metrics are answered as `metrics` says.
fn queue(metrics: impl Fn(&Read) -> Option<Result<Page, ReadErrorKind>> + Send + Sync + 'static) -> World {
    World::new(move |read| match read.api.as_str() {
        "sqs:ListQueues" => page(json!({"QueueUrls": [QUEUE]})),
        "sqs:GetQueueAttributes" => {
            page(json!({"Attributes": {"QueueArn": "arn:aws:sqs:eu-central-1:123456789012:jobs"}}))
        }
        METRICS => metrics(read),
        _ => None,
    })
}

/// Nothing was counted of anything.
fn silence(read: &Read) -> Option<Result<Page, ReadErrorKind>> {
    let queries = read.input["MetricDataQueries"].as_array().unwrap().iter();
    let result = |query: &Value| json!({"Id": query["Id"], "StatusCode": "Complete", "Timestamps": [], "Values": []});
    page(json!({"MetricDataResults": queries.map(result).collect::<Vec<_>>()}))
}

fn named(resume: bool) -> ScanPlan {
    ScanPlan { only: [Source::Signals].into(), ..plan(&[ACCOUNT], resume) }
}

#[tokio::test]
async fn metrics_are_read_when_they_are_named_of_what_earlier_scans_found() {
    let mut store = Store::in_memory().unwrap();
    let world = queue(silence);
    let report = run(&mut store, &plan(&[ACCOUNT], false), &world).await;
    assert!(world.asked(METRICS).is_empty());
    assert_eq!(unit(&store, &report, METRICS).state, UnitState::Skipped);
    let report = run(&mut store, &named(false), &world).await;
    assert_eq!(world.asked(METRICS).len(), 2, "both windows once");
    let told = unit(&store, &report, METRICS);
    assert_eq!((told.state, told.found), (UnitState::Complete, 4));
    let found = names(&store, ObservationKind::Metric);
    assert!(found.contains(&"AWS/SQS/NumberOfMessagesSent/QueueName=jobs/Sum/86400".to_owned()), "{found:?}");
    let both = ScanPlan { only: [Source::Signals, Source::Resources].into(), ..plan(&[ACCOUNT], false) };
    let mut fresh = Store::in_memory().unwrap();
    run(&mut fresh, &both, &world).await;
    assert_eq!(names(&fresh, ObservationKind::Metric), found, "also of what the same scan finds");
}

#[tokio::test]
async fn what_is_not_answered_of_metrics_is_said_and_what_was_known_stays() {
    let mut store = Store::in_memory().unwrap();
    run(&mut store, &plan(&[ACCOUNT], false), &queue(silence)).await;
    run(&mut store, &named(false), &queue(silence)).await;
    let half = |read: &Read| {
        let id = &read.input["MetricDataQueries"][0]["Id"];
        page(json!({"MetricDataResults": [{"Id": id, "StatusCode": "Complete", "Timestamps": [], "Values": []}]}))
    };
    for (world, state) in [
        (queue(half), UnitState::Partial),
        (queue(|_| Some(Err(ReadErrorKind::Denied))), UnitState::Denied),
        (World { identity: Err("999999999999"), ..queue(silence) }, UnitState::Failed),
    ] {
        let report = run(&mut store, &named(false), &world).await;
        let told = unit(&store, &report, METRICS);
        assert!(told.state == state && told.reason.is_some(), "{told:?}");
        assert_eq!(names(&store, ObservationKind::Metric).len(), 4, "{state:?}");
    }
}

#[tokio::test]
async fn credentials_that_end_before_the_metrics_make_them_denied_and_not_complete() {
    let mut store = Store::in_memory().unwrap();
    run(&mut store, &plan(&[ACCOUNT], false), &queue(silence)).await;
    let world = World::new(|read| match read.api.as_str() {
        "sqs:ListQueues" => page(json!({"QueueUrls": [QUEUE]})),
        "sqs:GetQueueAttributes" => Some(Err(ReadErrorKind::Credentials)),
        _ => None,
    });
    let both = ScanPlan { only: [Source::Signals, Source::Resources].into(), ..plan(&[ACCOUNT], false) };
    let report = run(&mut store, &both, &world).await;
    assert!(world.asked(METRICS).is_empty());
    assert_eq!(unit(&store, &report, METRICS).state, UnitState::Denied);
}
