//! The rows of disruption budgets and autoscalers.

use crate::render::trace::field::Field::{App, Component};
use crate::render::trace::find;
use crate::render::trace::row::From::{All, Found, Rule};
use crate::render::trace::row::{Row, row};

const TARGET: Row = row("/spec/scaleTargetRef", "scaled", "the component", All(&[App("app"), Component("")]));

pub(super) const DISRUPTION_BUDGET: &[Row] = &[
    row(
        "",
        "disruption-budget",
        "of two instances or more, one may be taken away at a time",
        All(&[Component("scale"), Component("type")]),
    ),
    row("/spec/selector", "selector", "the label of the component's name", All(&[App("app"), Component("")])),
    row("/spec/unhealthyPodEvictionPolicy", "evict-unhealthy", "a pod that is not ready keeps no node", Rule),
];

pub(super) const AUTOSCALER: &[Row] = &[
    row("", "autoscaler", "a range that the processor or memory drives", All(&[Component("scale")])),
    TARGET,
    row("/spec/minReplicas", "at-least", "how many at least", All(&[Component("scale/min")])),
    row("/spec/maxReplicas", "at-most", "how many at most", All(&[Component("scale/max")])),
    row(
        "/spec/metrics",
        "metrics",
        "wanted use; 80 % of the processor unless said",
        All(&[Component("scale/cpu"), Component("scale/memory")]),
    ),
    row(
        "/spec/metrics/*",
        "metric",
        "wanted use; 80 % of the processor unless said",
        All(&[Component("scale/{resource/name}")]),
    ),
    row(
        "/spec/behavior",
        "behaviour",
        "how fast it goes up and down",
        All(&[Component("scale/down_after"), Component("scale/up_every")]),
    ),
    row(
        "/spec/behavior/scaleDown",
        "down-after",
        "how long it must have been too many",
        All(&[Component("scale/down_after")]),
    ),
    row("/spec/behavior/scaleUp", "up-every", "how long between two steps up", All(&[Component("scale/up_every")])),
];

pub(super) const SCALED_OBJECT: &[Row] = &[
    row(
        "",
        "scaled-object",
        "a range that queues, request rates or the clock drive, or that goes to 0",
        All(&[Component("scale")]),
    ),
    TARGET,
    row("/spec/pollingInterval", "polling", "KEDA's own interval, 30 s", Rule),
    row("/spec/cooldownPeriod", "cooldown", "KEDA's own time before the last instance ends, 300 s", Rule),
    row("/spec/minReplicaCount", "at-least", "how many at least", All(&[Component("scale/min")])),
    row("/spec/maxReplicaCount", "at-most", "how many at most", All(&[Component("scale/max")])),
    row(
        "/spec/advanced",
        "behaviour",
        "how fast it goes up and down",
        All(&[Component("scale/down_after"), Component("scale/up_every")]),
    ),
    row(
        "/spec/triggers/*",
        "trigger",
        "a queue, a request rate, the clock, the processor or memory",
        Found(find::trigger),
    ),
    row(
        "/spec/triggers/*/metadata/awsRegion",
        "queue-region",
        "the region in the queue's URL, else the platform's",
        Found(find::queue_region),
    ),
    row("/spec/triggers/*/authenticationRef", "keda-identity", "KEDA's own rights", All(&[App("app")])),
];

pub(super) const TRIGGER_AUTHENTICATION: &[Row] = &[
    row("", "keda-identity", "KEDA reads queues with rights of its own", Found(find::queues)),
    row("/spec", "keda-identity", "KEDA reads queues with rights of its own", Rule),
];
