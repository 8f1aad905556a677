//! Rules that were not read: those that a scan was not let see, and of listeners and target groups that a template hands to a stack whose own template was not read: what stands there in front of a rule of
//! ours, and what leads to us from there, nobody knows.

use super::listeners::Way;
use crate::context::Context;
use crate::field::{Field, Object};
use crate::marks::without_marks;
use crate::tracker::{Asked, FieldTracker};
use crate::unread::RULES;

/// The field that names the stacks.
const STACKS: &str = "UnreadRules";

/// Whether those may come in by a listener whom rules that were not read may keep out: closed until a person says that there are none.
pub(super) fn let_in<'a>(tracker: &mut FieldTracker<'a>, way: &Way<'a>) -> bool {
    let Some(listener) = way.listener else { return true };
    if listener.list(STACKS).is_empty() {
        return !are_unread(tracker) || ask_of_scan(tracker, listener, way);
    }
    let text = format!(
        "`{}` is handed to {}, whose template is not among the files: a rule that stands there (a block, a login, another app's) may \
         take requests before those that are known here. Is there none (`none`), or does nothing come in by `{}` (`closed`)? With the \
         template beside the others, `caravan discover` reads it. Until then nothing comes in by it. The answer holds for all that \
         stands behind it.",
        way.name,
        named(listener),
        way.name,
    );
    let id = tracker.shared_question_id("unread-rules", &way.name);
    let answer = tracker.ask(id, &text, &["closed", "none"], Some("closed"));
    say(tracker, listener, &answer);
    matches!(answer, Asked::Given("none"))
}

/// Whether discovery did not read all rules where the workload runs: a rule that was not read is none that is known.
fn are_unread(tracker: &FieldTracker<'_>) -> bool {
    tracker.source.unread.is(tracker.source.workload, RULES)
}

/// Whether a person says that a listener, whose rules a scan could not read whole, has none beside those that are known.
fn ask_of_scan<'a>(tracker: &mut FieldTracker<'a>, listener: Object<'a>, way: &Way<'a>) -> bool {
    let text = format!(
        "The rules of `{}` were not read whole: a rule that is not known here (a block, a login, another app's) may take requests before \
         those that are. Is there none (`none`), or does nothing come in by `{}` (`closed`)? `caravan inventory coverage` says what kept \
         discovery from reading them; a scan with the right to `{RULES}` tells. Until then nothing comes in by it. The answer holds for \
         all that stands behind it.",
        way.name, way.name,
    );
    let id = tracker.shared_question_id("unread-rules", &way.name);
    let answer = tracker.ask(id, &text, &["closed", "none"], Some("closed"));
    if let (Asked::Open(id), Some(field)) = (&answer, listener.field("ListenerArn")) {
        field.asked(tracker, id);
    }
    matches!(answer, Asked::Given("none"))
}

/// Asks whether rules that a scan could not read lead requests to the component, where none that is known leads from a balancer of one
/// of its target groups.
pub(super) fn ask_for_ways<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>, ways: &[Way<'a>]) {
    if !are_unread(tracker) {
        return;
    }
    let is_alone = |group: &&Object<'a>| !ways.iter().any(|way| way.sends_to(**group));
    let groups: Vec<Object<'a>> = context.around.target_groups.iter().filter(is_alone).copied().collect();
    for group in groups {
        let name = group.peek("TargetGroupName").unwrap_or("its target group");
        let text = format!(
            "No rule is known that sends requests to the target group `{name}`, and the rules where it stands were not read whole. Are \
             there none (`none`)? `caravan inventory coverage` says what kept discovery from reading them; a scan with the right to \
             `{RULES}` tells.",
        );
        let id = tracker.question_id("unread-entries", name);
        if let (Asked::Open(id), Some(field)) =
            (tracker.ask(id, &text, &["none"], Some("none")), group.field("TargetGroupArn"))
        {
            field.asked(tracker, &id);
        }
    }
}

/// Asks whether a stack that was not read leads requests to the component by a target group of its.
pub(super) fn ask_for_entries<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>) {
    for &group in context.around.target_groups.iter().filter(|group| !group.list(STACKS).is_empty()) {
        let name = group.peek("TargetGroupName").unwrap_or("its target group");
        let text = format!(
            "The target group `{name}` is handed to {}, whose template is not among the files: listeners and rules that stand there may \
             send requests to it, and nothing of that is carried over. Are there none (`none`)? With the template beside the others, \
             `caravan discover` reads it.",
            named(group),
        );
        let id = tracker.question_id("unread-entries", name);
        let answer = tracker.ask(id, &text, &["none"], Some("none"));
        say(tracker, group, &answer);
    }
}

fn named(document: Object<'_>) -> String {
    let stacks = document.list(STACKS).iter().filter_map(serde_json::Value::as_str).map(without_marks);
    stacks.collect::<Vec<_>>().join(" and to ")
}

fn say<'a>(tracker: &mut FieldTracker<'a>, document: Object<'a>, answer: &Asked<'_>) {
    for stack in document.list(STACKS) {
        match answer {
            Asked::Given(_) => Field(stack).dropped(tracker, "condition-by-answer"),
            Asked::Open(id) => Field(stack).asked(tracker, id),
        }
    }
}
