//! What a target group says otherwise than the one that serves, of a container that has one of each.

use crate::context::Context;
use crate::field::{Field, Object};
use crate::tracker::{Asked, FieldTracker};
use std::collections::BTreeMap;

/// What decides for callers, with what it is where nobody chose (ELBv2 API reference, TargetGroupAttribute).
const ATTRIBUTES: [(&str, &str); 4] = [
    ("stickiness.enabled", "false"),
    ("stickiness.type", "lb_cookie"),
    ("stickiness.lb_cookie.duration_seconds", "86400"),
    ("deregistration_delay.timeout_seconds", "300"),
];

/// Asks whether the check and the attributes of the group that serves are enough, where those of this one differ.
pub(super) fn ask<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>, group: Object<'a>) {
    let first = context.around.target_groups.iter().find(|first| !first.is(group)).copied();
    let mut differing: Vec<Field<'a>> = Vec::new();
    for name in ["HealthCheckProtocol", "HealthCheckPath", "HealthCheckPort", "Matcher"] {
        let same = first.is_some_and(|first| first.raw(name).map(|f| f.0) == group.raw(name).map(|f| f.0));
        let Some(field) = group.field(name) else { continue };
        if same {
            field.dropped(tracker, "further-target-group");
        } else {
            differing.push(field);
        }
    }
    let has_check = !differing.is_empty();
    let served = first.map(attributes).unwrap_or_default();
    let own = attributes(group);
    let mut shown = Vec::new();
    for (name, usual) in ATTRIBUTES {
        let value =
            |of: &BTreeMap<&'a str, Field<'a>>| of.get(name).and_then(|field| field.0.as_str()).unwrap_or(usual);
        // How it is sticky matters where it is.
        let matters = !name.starts_with("stickiness.") || name.ends_with("enabled") || is_sticky(&own);
        if matters && value(&own) != value(&served) {
            shown.push(format!("`{name}={}`", crate::marks::without_marks(value(&own))));
            differing.extend(own.get(name).copied());
        }
    }
    if !has_check && shown.is_empty() {
        return;
    }
    let what = match (has_check, shown.is_empty()) {
        (true, true) => "a check of its own".to_owned(),
        (true, false) => format!("a check of its own and {}", shown.join(", ")),
        _ => shown.join(", "),
    };
    let name = group.peek("TargetGroupName");
    let text = format!(
        "The target group {} has {what}, and an instance has one. Is that of the group that serves enough?",
        name.unwrap_or("beside the one that serves")
    );
    let id = tracker.question_id("further-check", name.unwrap_or(""));
    let answer = tracker.ask(id, &text, &["enough"], Some("enough"));
    for field in differing {
        match &answer {
            Asked::Given(_) => field.dropped(tracker, "dropped-by-answer"),
            Asked::Open(id) => field.asked(tracker, id),
        }
    }
}

/// The values of a group's attributes.
fn attributes<'a>(group: Object<'a>) -> BTreeMap<&'a str, Field<'a>> {
    let attributes = group.objects("Attributes");
    attributes.filter_map(|attribute| Some((attribute.peek("Key")?, attribute.raw("Value")?))).collect()
}

fn is_sticky(attributes: &BTreeMap<&str, Field<'_>>) -> bool {
    attributes.get("stickiness.enabled").is_some_and(|field| field.0.as_str() == Some("true"))
}
