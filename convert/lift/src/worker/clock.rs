//! Cron triggers: a CronJob for each, which starts workerd with the script and calls its `scheduled` once.

use super::uses::Uses;
use super::{Plan, exported};
use crate::field::Field;
use crate::plconfig::cron::Cron;
use crate::plconfig::{Component, ComponentType, Overlap, Resources, Seconds, Spot, WORKER_CLOCK};
use crate::schedule::clock::{ClockExpression, translate};
use crate::suspension;
use crate::tracker::FieldTracker;
use oxc_allocator::Allocator;
use oxc_ast::ast::ObjectPropertyKind;
use oxc_parser::Parser;
use oxc_span::SourceType;

/// The component's name; the second's is `clock-2`.
const COMPONENT: &str = "clock";
/// The longest that `scheduled` may take (Workers, "Limits", "Duration": 15 minutes), and what stands around it.
const LONGEST: u32 = 15 * 60 + 60;
/// What an isolate may take, what workerd takes itself, and what starts it.
const MEMORY: &str = "256Mi";
const CPU: &str = "100m";

/// A trigger: as Cloudflare has it, and in the five fields of a CronJob.
pub(super) struct Clock {
    cron: String,
    schedule: String,
}

/// What the default export of a script handles, as far as its text tells.
struct Handlers {
    fetch: bool,
    scheduled: bool,
}

/// The triggers; those that can't be said are blocked.
pub(super) fn read<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'a>, uses: &Uses) -> Vec<Clock> {
    let handlers = handlers(plan);
    let crons = plan.config.object("triggers").map(|triggers| triggers.list("crons")).unwrap_or_default();
    if uses.waits_by_import && !crons.is_empty() {
        tracker.refuse(
            "its script waits by the `waitUntil` of `cloudflare:workers`, of which a run by the clock would not know: let it call that \
             of the context that `scheduled` gets",
        );
    }
    let mut clocks = Vec::with_capacity(crons.len());
    for (at, value) in crons.iter().enumerate() {
        let field = Field(value);
        if !handlers.as_ref().is_some_and(|handlers| handlers.scheduled) {
            field.blocked(
                tracker,
                "it has a cron trigger, and nothing outside of Cloudflare can call its `scheduled`: let that be a function of the object \
                 that the main module exports by default",
            );
            continue;
        }
        let cron = value.as_str().unwrap_or_default();
        match translated(cron) {
            ClockExpression::Same(schedule) => {
                field.exact_with(
                    tracker,
                    format!("/components/{}/schedule", name(at)),
                    "its `scheduledTime` is the minute in which the run starts".to_owned(),
                );
                clocks.push(Clock { cron: cron.to_owned(), schedule });
            }
            ClockExpression::Rhythm(_) | ClockExpression::Unsupported("it has not six fields") => {
                field.blocked(tracker, "its cron trigger has not five fields");
            }
            ClockExpression::Unsupported(why) => {
                let shown = crate::marks::without_marks(cron);
                field.blocked(tracker, format!("its cron trigger `{shown}` can't be said by a CronJob: {why}"));
            }
        }
    }
    clocks
}

/// Cloudflare counts days of the week as EventBridge does, from Sunday as 1 (Workers, "Cron Triggers").
fn translated(cron: &str) -> ClockExpression {
    translate(&format!("cron({cron} *)"))
}

/// The schedule of the CronJob that a trigger of Cloudflare becomes; none where it can't be said by one.
#[must_use]
pub fn schedule_of_trigger(cron: &str) -> Option<String> {
    match translated(cron) {
        ClockExpression::Same(schedule) => Some(schedule),
        ClockExpression::Rhythm(_) | ClockExpression::Unsupported(_) => None,
    }
}

/// Whether two schedules of CronJobs, five fields each, fire at the same moments; never where one of them is none.
#[must_use]
pub fn is_same_clock(one: &str, other: &str) -> bool {
    Cron::parse(one).is_some_and(|one| Cron::parse(other) == Some(one))
}

/// Whether its script is known to take no requests: it has nothing but `scheduled`.
pub(super) fn takes_no_requests(plan: &Plan<'_>) -> bool {
    handlers(plan).is_some_and(|handlers| handlers.scheduled && !handlers.fetch)
}

/// Whether nothing of it but what runs by the clock is needed.
pub(super) fn is_alone(plan: &Plan<'_>) -> bool {
    !plan.clocks.is_empty() && plan.hosts.patterns.is_empty() && takes_no_requests(plan)
}

/// Their components by their names.
pub(super) fn components(tracker: &mut FieldTracker<'_>, clocks: &[Clock]) -> Vec<(String, Component)> {
    let component = |(at, clock): (usize, &Clock)| {
        let command = ["node", WORKER_CLOCK, clock.cron.as_str()].map(str::to_owned).to_vec();
        let resources =
            Resources { cpu: Some(CPU.to_owned()), memory: Some(MEMORY.to_owned()), ..Resources::default() };
        let mut component = Component {
            kind: ComponentType::Cron,
            schedule: Some(clock.schedule.clone()),
            command: Some(command),
            resources: Some(resources),
            // Nothing on Cloudflare waits for the run before, or tries again.
            overlap: Some(Overlap::Allow),
            retries: Some(0),
            timeout: Some(Seconds(LONGEST)),
            spot: Some(Spot::Never),
            ..Component::default()
        };
        suspension::held(tracker, &mut component);
        suspension::known(tracker, "It runs by the clock", &mut component);
        (name(at), component)
    };
    clocks.iter().enumerate().map(component).collect()
}

fn name(at: usize) -> String {
    if at == 0 { COMPONENT.to_owned() } else { format!("{COMPONENT}-{}", at + 1) }
}

/// What the main module's default export handles, where that is an object that is written there.
fn handlers(plan: &Plan<'_>) -> Option<Handlers> {
    let main = plan.modules.0.first()?;
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, main.text, SourceType::unambiguous()).parse();
    let object = exported::object(&parsed.program)?;
    let spreads = object.properties.iter().any(|property| matches!(property, ObjectPropertyKind::SpreadProperty(_)));
    let has = |wanted: &str| exported::keys(object).any(|name| name == wanted);
    Some(Handlers { fetch: spreads || has("fetch"), scheduled: has("scheduled") })
}
