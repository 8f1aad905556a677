//! What a target says about being started, whatever it starts.

use crate::field::Object;
use crate::tracker::FieldTracker;

/// Drops what the platform does by itself: the rights to start it, and further attempts.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, target: Object<'a>) {
    target.drop_all(tracker, &["Arn", "RoleArn"], "scheduler-role");
    if let Some(field) = target.field("RetryPolicy") {
        field.dropped_because(
            tracker,
            "start-retries",
            "of the attempts to start a task; Kubernetes repeats these anyway",
        );
    }
    if let Some(field) = target.field("DeadLetterConfig") {
        field.dropped_because(tracker, "start-retries", "starts that failed are seen in the platform's monitoring");
    }
}
