//! Where tasks are placed.

use super::kind::Plan;
use crate::field::{Field, Object};
use crate::plconfig::{Arch, Component};
use crate::tracker::{Asked, FieldTracker};

pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    let facts = plan.facts;
    for holder in facts.task.into_iter().chain(facts.service) {
        constraints(tracker, plan, holder.objects("placementConstraints"), component);
        strategies(tracker, holder.objects("placementStrategy"));
    }
}

/// Conditions on where it may run.
pub(super) fn constraints<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    constraints: impl Iterator<Item = Object<'a>>,
    component: &mut Component,
) {
    for constraint in constraints {
        let fields = || ["type", "expression"].into_iter().filter_map(move |name| constraint.field(name));
        if constraint.peek("type") == Some("distinctInstance") {
            for field in fields() {
                field.dropped_because(tracker, "platform-spread", "the platform spreads over nodes where it can");
            }
            continue;
        }
        let expression = constraint.peek("expression").unwrap_or("");
        if let Some(arch) = architecture(expression) {
            component.arch = Some(arch);
            for field in fields() {
                field.approximated(tracker, plan.at("arch"), "the processor that the expression asks for");
            }
            continue;
        }
        // One question for each: what the one names may matter where the other does not.
        let detail = if first(plan) == Some(expression) { "" } else { expression };
        let id = tracker.question_id("placement", detail);
        let shown = match crate::marks::without_marks(expression) {
            shown if shown.is_empty() => "an expression holds that its template leaves open".to_owned(),
            shown => format!("`{shown}`"),
        };
        let text = format!("It may only run where {shown}. Does that matter on the platform's nodes?");
        match tracker.ask(id, &text, &["no"], Some("no")) {
            Asked::Given(_) => fields().for_each(|field| field.dropped(tracker, "placement-by-answer")),
            Asked::Open(id) => fields().for_each(|field| field.asked(tracker, &id)),
        }
    }
}

/// The first expression that is asked about, whose question has no more than its topic for a name.
fn first<'a>(plan: &Plan<'_, 'a>) -> Option<&'a str> {
    let holders = plan.facts.task.into_iter().chain(plan.facts.service);
    let expressions = holders.flat_map(|holder| holder.objects("placementConstraints"));
    let expressions = expressions.filter(|constraint| constraint.peek("type") != Some("distinctInstance"));
    let mut expressions = expressions.filter_map(|constraint| constraint.peek("expression"));
    expressions.find(|expression| architecture(expression).is_none())
}

/// Spreading and packing are the platform's.
pub(super) fn strategies<'a>(tracker: &mut FieldTracker<'a>, strategies: impl Iterator<Item = Object<'a>>) {
    for strategy in strategies {
        for field in ["type", "field"].into_iter().filter_map(|name| strategy.field(name)) {
            drop_strategy(tracker, strategy, field);
        }
    }
}

fn drop_strategy<'a>(tracker: &mut FieldTracker<'a>, strategy: Object<'a>, field: Field<'a>) {
    match strategy.peek("type") {
        Some("spread") => {
            field.dropped_because(tracker, "platform-spread", "the platform spreads over zones and nodes")
        }
        _ => field.dropped_because(tracker, "platform-packing", "Karpenter packs the nodes"),
    }
}

/// `attribute:ecs.cpu-architecture == arm64`.
fn architecture(expression: &str) -> Option<Arch> {
    let (name, value) = expression.split_once("==")?;
    match (name.trim(), value.trim().trim_matches(['\'', '"'])) {
        ("attribute:ecs.cpu-architecture", "arm64") => Some(Arch::Arm64),
        ("attribute:ecs.cpu-architecture", "x86_64") => Some(Arch::Amd64),
        _ => None,
    }
}
