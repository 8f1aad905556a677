//! What drives the scale, by a person's answer.

use crate::context::Context;
use crate::field::{Field, Object};
use crate::plconfig::{QueueScale, ScaleRange};
use crate::tracker::{Asked, FieldTracker};

/// What drives the scale is asked for: `cpu=70`, `memory=80`, `rps=50`, `queue=URL:20`, or `none`.
pub(crate) fn ask_for_driver<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    policy: Object<'a>,
    fields: &[Field<'a>],
    range: &mut ScaleRange,
) -> bool {
    let name = policy.peek("PolicyName").unwrap_or("policy");
    let id = tracker.question_id("scaling", &crate::marks::without_marks(name));
    let text = "It scales by steps or by a metric of its own. By what should it scale: `cpu=70`, `memory=80`, `rps=50`, \
                `queue=URL:20` (messages for each instance), or `none`?";
    let usable = |answer: &str| answer == "none" || drive(answer, &mut ScaleRange::default());
    let ground = crate::marks::without_marks(&fields.iter().map(|field| field.0.to_string()).collect::<String>());
    match tracker.resting_on(ground, |tracker| tracker.ask_for(id, text, &[], Some("none"), usable)) {
        Asked::Given(answer) => {
            for field in fields {
                field.approximated(tracker, context.at("scale"), "what drives it, by a person's answer");
            }
            drive(answer, range)
        }
        Asked::Open(id) => {
            for field in fields {
                field.asked(tracker, &id);
            }
            false
        }
    }
}

/// A wanted use of what is asked for.
fn percent(text: &str) -> Option<u32> {
    text.parse().ok().filter(|percent| (1..=1000).contains(percent))
}

fn drive(answer: &str, range: &mut ScaleRange) -> bool {
    let Some((name, value)) = answer.split_once('=') else {
        return false;
    };
    match name {
        "cpu" => percent(value).is_some_and(|percent| range.cpu.replace(percent).is_none()),
        "memory" => percent(value).is_some_and(|percent| range.memory.replace(percent).is_none()),
        "rps" => {
            value.parse().is_ok_and(|rate: f64| rate.is_finite() && rate > 0.0 && range.rps.replace(rate).is_none())
        }
        "queue" => {
            let Some((queue, length)) = value.rsplit_once(':') else {
                return false;
            };
            let length = length.parse().ok().filter(|length| *length > 0);
            let Some(length) = length.filter(|_| queue.starts_with("https://")) else { return false };
            range.queue = Some(QueueScale { queue: queue.to_owned(), length, in_flight: None });
            true
        }
        _ => false,
    }
}
