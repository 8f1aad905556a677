//! Where tasks are placed.

use super::kind::Plan;
use crate::field::{Field, Object};
use crate::plconfig::{Arch, Component};
use crate::tracker::{Asked, FieldTracker, LEAVES_OPEN};

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
    for (at, constraint) in constraints.enumerate() {
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
        // What its template offers is asked about as a value: what nobody chose asks for nothing yet.
        let offered = constraint.raw("expression").and_then(|field| tracker.question_of(field.0)).cloned();
        if let Some(id) = offered {
            fields().for_each(|field| field.asked(tracker, &id));
            continue;
        }
        // One question for each: what the one names may matter where the other does not.
        let is_open = expression.is_empty();
        let detail = match first(plan) {
            Some(first) if first.is(constraint) || !is_open && first.peek("expression") == Some(expression) => {
                "".into()
            }
            _ if is_open => format!("open-{at}"),
            _ => expression.to_owned(),
        };
        let id = tracker.question_id("placement", &detail);
        let asked = if is_open {
            let text = "It may only run where an expression holds that its template leaves open. Does that matter on the platform's nodes? \
                        Where it asks for a processor, the answer is the expression: `attribute:ecs.cpu-architecture == arm64`.";
            tracker.ask_for(id, text, &["no"], Some("no"), |answer| answer == "no" || architecture(answer).is_some())
        } else {
            let shown = crate::marks::without_marks(expression);
            let text = format!("It may only run where `{shown}`. Does that matter on the platform's nodes?");
            tracker.ask(id, &text, &["no"], Some("no"))
        };
        match asked {
            Asked::Given(answer) => match architecture(answer) {
                Some(arch) => {
                    component.arch = Some(arch);
                    fields().for_each(|field| field.approximated(tracker, plan.at("arch"), "by a person's answer"));
                }
                None => fields().for_each(|field| field.dropped(tracker, "placement-by-answer")),
            },
            Asked::Open(id) => {
                // It may be the processor that its image is made for.
                if is_open {
                    tracker.hold(LEAVES_OPEN);
                }
                fields().for_each(|field| field.asked(tracker, &id));
            }
        }
    }
}

/// The first constraint that is asked about, whose question has no more than its topic for a name.
fn first<'a>(plan: &Plan<'_, 'a>) -> Option<Object<'a>> {
    let holders = plan.facts.task.into_iter().chain(plan.facts.service);
    let mut constraints = holders.flat_map(|holder| holder.objects("placementConstraints"));
    constraints.find(|constraint| {
        constraint.peek("type") != Some("distinctInstance")
            && constraint.peek("expression").and_then(architecture).is_none()
    })
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
