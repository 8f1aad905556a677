//! What API Gateway demanded of a caller and the gateway does not: it stays closed until somebody opens it.

use crate::field::Field;
use crate::tracker::{Asked, FieldTracker};

/// Asks whether something may be open although nothing demands of its callers what it demanded. `what` is what is closed,
/// `by` what closed it, as parts of a sentence. True when a person opened it.
pub(super) fn ask<'a>(
    tracker: &mut FieldTracker<'a>,
    topic: &'static str,
    detail: &str,
    (what, by): (&str, &str),
    fields: &[Field<'a>],
) -> bool {
    let id = tracker.question_id(topic, detail);
    let text = format!(
        "{what} lets in only {by}, and the gateway asks nobody for that. Does its handler or something else ask instead \
         (`open`: whoever reaches the gateway gets in), or does it stay closed (`closed`: the gateway refuses it; callers inside the \
         cluster, who come by its Service, are still answered)?"
    );
    let answer = tracker.ask(id, &text, &["open", "closed"], Some("closed"));
    for field in fields {
        match &answer {
            Asked::Open(id) => field.asked(tracker, id),
            Asked::Given(_) => field.dropped(tracker, "dropped-by-answer"),
        }
    }
    matches!(answer, Asked::Given("open"))
}
