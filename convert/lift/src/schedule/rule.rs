//! A rule of EventBridge.

use super::moments;
use crate::context::Context;
use crate::field::{Field, Object, is_empty};
use crate::marks::without_marks;
use crate::plconfig::{Component, PlConfig};
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::QuestionId;
use serde_json::Value;

/// Maps the rule, and gives the targets that start this workload.
pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    rule: Object<'a>,
    starts: impl Fn(&Object<'a>) -> bool,
    config: &mut PlConfig,
    component: &mut Component,
) -> Vec<Object<'a>> {
    rule.drop_all(tracker, &["Arn", "CreatedBy", "ManagedBy", "Tags"], "describe-only");
    rule.drop_all(tracker, &["Name", "EventBusName"], "named-by-workload");
    rule.drop_all(tracker, &["RoleArn"], "scheduler-role");
    moments::map(tracker, context, rule, config, component);
    if let Some(field) = rule.field("EventPattern") {
        field.blocked(tracker, "it is started by events, not by the clock");
    }
    let mine = own_target(tracker, rule, starts);
    let mut own = Vec::new();
    for target in rule.objects("Targets") {
        match &mine {
            Own::Known(mine) if mine.is(target) => {
                target.drop_all(tracker, &["Id"], "named-by-workload");
                own.push(target);
            }
            Own::Open(id, among) if among.iter().any(|one| one.is(target)) => {
                let said = target.entries().filter(|(_, value)| !is_empty(value));
                said.for_each(|(_, value)| Field(value).asked(tracker, id));
            }
            _ => target.drop_whole(tracker, "other-target"),
        }
    }
    own
}

/// The target by which a rule starts a workload.
enum Own<'a> {
    /// This one.
    Known(Object<'a>),
    /// One of these: the question which.
    Open(QuestionId, Vec<Object<'a>>),
    /// The rule has none.
    Nothing,
}

/// One rule may start several things, each a workload that is called by the rule and its target: its id ends with the target's, of
/// a file behind the rule's name. Where that does not tell one of them, nobody but a person knows which input and count are its own.
fn own_target<'a>(tracker: &mut FieldTracker<'a>, rule: Object<'a>, starts: impl Fn(&Object<'a>) -> bool) -> Own<'a> {
    let started: Vec<Object<'a>> = rule.objects("Targets").filter(&starts).collect();
    if started.len() < 2 {
        let only = started.first().copied().or_else(|| rule.objects("Targets").next());
        return only.map_or(Own::Nothing, Own::Known);
    }
    let workload = tracker.source.workload;
    let is_named = |target: &Object<'a>| {
        let at = rule.objects("Targets").position(|other| other.is(*target)).unwrap_or_default();
        let id = target.peek("Id").map_or_else(|| at.to_string(), str::to_owned);
        let beside = workload.id.as_str().strip_suffix(&id).is_some_and(|rest| rest.ends_with('/'));
        beside || rule.peek("Name").is_some_and(|rule| workload.name == format!("{rule}-{id}"))
    };
    if let [mine] = started.iter().filter(|target| is_named(target)).copied().collect::<Vec<_>>().as_slice() {
        return Own::Known(*mine);
    }
    let ids: Vec<&str> = started.iter().filter_map(|target| target.peek("Id")).collect();
    let named: Vec<String> = ids.iter().map(|id| format!("`{}`", without_marks(id))).collect();
    let text = format!(
        "Its rule starts it by several targets ({}), each with an input and a count of its own, and one of them is carried over: which? \
         What the others run is left out, and needs a schedule of its own.",
        named.join(", ")
    );
    let ground = without_marks(
        &started.iter().map(|target| Value::Object(target.map().clone()).to_string()).collect::<String>(),
    );
    let id = tracker.question_id("target", "");
    match tracker.resting_on(ground, |tracker| tracker.ask(id, &text, &ids, None)) {
        Asked::Given(answer) => {
            let mine = started.into_iter().find(|target| target.peek("Id") == Some(answer));
            mine.map_or(Own::Nothing, Own::Known)
        }
        Asked::Open(id) => {
            tracker.hold("which target of its rule is its own has to be decided first");
            Own::Open(id, started)
        }
    }
}
