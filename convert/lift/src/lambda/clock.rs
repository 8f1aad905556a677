//! A rule or a schedule that starts the function: one invocation for each run of a CronJob.

use super::started_by::starts;
use super::{END, Plan, asynchronous};
use crate::field::{Field, Object};
use crate::plconfig::{Component, Overlap, PlConfig, ScheduleTrigger, Seconds, Trigger};
use crate::text::Kind;
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::ScheduledCall;
use serde_json::Value;

/// Where the event stands in the pod.
const EVENT: &str = "/etc/caravan/event.json";
/// Seconds that the front waits before the repetitions of a failed invocation, both together.
const WAITS: u32 = 180;

pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    config: &mut PlConfig,
    component: &mut Component,
) {
    let mut trigger = ScheduleTrigger {
        rule: plan.context.around.rule.and_then(|rule| rule.peek("Arn")).map(str::to_owned),
        ..ScheduleTrigger::default()
    };
    let description = config.description.take();
    let name = plan.unit.name;
    let mine = |target: &Object<'a>| starts(target, name);
    let targets = crate::schedule::map(tracker, &plan.context, mine, config, component);
    if description.is_some() {
        // What starts a function does not say what the function is for.
        config.description = description;
        let starts = [plan.context.around.rule, plan.context.around.schedule].into_iter().flatten();
        for field in starts.filter_map(|start| start.field("Description")) {
            field.dropped(tracker, "further-description");
        }
    }
    component.args = Some(vec!["invoke".to_owned()]);
    for target in targets {
        event(tracker, plan, target, component);
    }
    asynchronous::map(tracker, plan, &mut trigger);
    let attempts = trigger.retries.unwrap_or(2) + 1;
    component.timeout = Some(Seconds(attempts * plan.timeout + WAITS + END));
    component.retries = Some(0);
    component.overlap = Some(Overlap::Allow);
    component.stop = Some(Seconds(plan.timeout + END));
    component.trigger = Some(Trigger { schedule: Some(trigger), ..Trigger::default() });
}

/// Asks for the one document that each run gets instead of what was put together.
fn ask_for_event<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    field: Field<'a>,
    text: &str,
    component: &mut Component,
) {
    let id = tracker.question_id("event", "");
    match tracker.ask_for(id, text, &[], None, |answer| serde_json::from_str::<Value>(answer).is_ok()) {
        Asked::Given(answer) => {
            put(component, answer.to_owned());
            field.approximated(
                tracker,
                plan.context.at("files"),
                "the same document in each run, by a person's answer",
            );
        }
        Asked::Open(id) => {
            tracker.hold("nobody said which event each run gets");
            field.asked(tracker, &id);
        }
    }
}

/// The event of each run: the target's own, else that of EventBridge.
fn event<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, target: Object<'a>, component: &mut Component) {
    target.drop_all(tracker, &["Id"], "named-by-workload");
    for name in ["InputPath", "InputTransformer"] {
        let Some(field) = target.field(name) else { continue };
        let text = "Its event is made of EventBridge's by a path or a template. Which JSON document does each run get instead?";
        return ask_for_event(tracker, plan, field, text, component);
    }
    let universal = ScheduledCall::of(target.map());
    let Some(field) = target.field("Input") else {
        if plan.context.around.schedule.is_some() {
            let id = tracker.question_id("event", "");
            let text = "Its schedule says no input, so that its event is EventBridge Scheduler's: here its `source` is aws.events \
                        instead of aws.scheduler. Does the handler work with it (`alike`), or which JSON document does each run get?";
            let usable = |answer: &str| answer == "alike" || serde_json::from_str::<Value>(answer).is_ok();
            match tracker.ask_for(id, text, &[], Some("alike"), usable) {
                Asked::Given("alike") => {}
                Asked::Given(answer) => put(component, answer.to_owned()),
                Asked::Open(_) => tracker.hold("nobody said which event each run gets"),
            }
        }
        return;
    };
    let Some(text) = tracker.text(field.0, Kind::Command) else { return };
    let document = match &universal {
        Some(call) => call.text("payload").unwrap_or("{}").to_owned(),
        None => text.into_owned(),
    };
    if document.contains("<aws.scheduler.") {
        let text = "Its input has words that EventBridge Scheduler fills in, such as <aws.scheduler.scheduled-time>, and nothing fills \
                    them in here. Which JSON document does each run get instead?";
        return ask_for_event(tracker, plan, field, text, component);
    }
    if serde_json::from_str::<Value>(&document).is_err() {
        return field.blocked(tracker, "its input is no JSON, which an event has to be");
    }
    put(component, document);
    if universal.is_some() {
        field.approximated(
            tracker,
            plan.context.at("files"),
            "its payload; the kind of the call and the client's context are not",
        );
    } else {
        field.exact(tracker, plan.context.at("files"));
    }
}

fn put(component: &mut Component, document: String) {
    component.files.insert(EVENT.to_owned(), document);
    component.args = Some(["invoke", "--event", EVENT].map(str::to_owned).to_vec());
}

/// What no rule of the clock says of the targets that start something else is the middle's; this is for a rule's pattern.
pub(super) fn patterns<'a>(tracker: &mut FieldTracker<'a>, rules: &[Object<'a>]) {
    for rule in rules.iter().filter(|rule| rule.peek("ScheduleExpression").is_none()) {
        for (name, value) in rule.entries().filter(|(_, value)| !crate::field::is_empty(value)) {
            if name != "EventPattern" && !tracker.is_marked(value) {
                Field(value).dropped(tracker, "pushed-elsewhere");
            }
        }
    }
}
