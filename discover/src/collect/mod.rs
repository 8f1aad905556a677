//! Collectors: one answer becomes elements to record and reads to make. One file for each service. Pure.
//!
//! A collector never fails: what it does not find in an answer it leaves out, and an answer without the list that its API
//! promises names nothing. What was asked for by name and not answered is said, so that the unit is not called complete.

mod autoscaling;
mod ecs;
mod elasticloadbalancing;
mod events;
mod route53;
mod scheduler;

#[cfg(test)]
mod testing;

use crate::request::{Carried, Request};
use caravan_inventory::ObservationKind;
use serde_json::Value;

/// One element of an answer, not redacted yet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Element {
    /// What it is.
    pub(crate) kind: ObservationKind,
    /// Its native name.
    pub(crate) name: String,
    /// The call that gave it.
    pub(crate) api: String,
    /// The element, every field that came.
    pub(crate) body: Value,
}

/// What an answer means for one of the requests it answers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    /// What it says.
    Found(Found),
    /// The answer doesn't say what was asked for, for this reason.
    Unanswered(String),
}

/// What an answer says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Found {
    /// How many things it names.
    pub(crate) count: u64,
    /// What is to be recorded; not redacted yet.
    pub(crate) elements: Vec<Element>,
    /// The reads that it makes necessary; what they carry is not redacted yet.
    pub(crate) follow_up: Vec<Request>,
}

/// Reads the answer to a request, or to a batch of them: one [`Answer`] for each, in their order.
pub(crate) fn collect(batch: &[Request], body: &Value) -> Vec<Answer> {
    let Some(first) = batch.first() else { return Vec::new() };
    match first.read.api.as_str() {
        "ecs:DescribeClusters" => ecs::clusters(batch, body),
        "ecs:DescribeServices" => ecs::services(batch, body),
        "ecs:DescribeTasks" => ecs::tasks(batch, body),
        "elasticloadbalancing:DescribeTags" => elasticloadbalancing::tags(batch, body),
        _ => batch.iter().map(|request| Answer::Found(single(request, body))).collect(),
    }
}

/// What is recorded of a request whose answer will never come: what was read of the thing before.
pub(crate) fn without_answer(request: &Request) -> Option<Element> {
    request.carried.clone().map(Element::from)
}

fn single(request: &Request, body: &Value) -> Found {
    match request.read.api.as_str() {
        "ecs:ListClusters" => ecs::list_clusters(request, body),
        "ecs:ListServices" => ecs::list_services(request, body),
        "ecs:ListTasks" => ecs::list_tasks(request, body),
        "ecs:DescribeTaskDefinition" => ecs::task_definition(request, body),
        "events:ListEventBuses" => events::buses(request, body),
        "events:ListRules" => events::rules(request, body),
        "events:ListTargetsByRule" => events::targets(request, body),
        "scheduler:ListSchedules" => scheduler::schedules(request, body),
        "scheduler:GetSchedule" => scheduler::schedule(request, body),
        "application-autoscaling:DescribeScalableTargets" => autoscaling::targets(request, body),
        "application-autoscaling:DescribeScalingPolicies" => autoscaling::policies(request, body),
        "application-autoscaling:DescribeScheduledActions" => autoscaling::scheduled_actions(request, body),
        "elasticloadbalancing:DescribeLoadBalancers" => elasticloadbalancing::load_balancers(request, body),
        "elasticloadbalancing:DescribeListeners" => elasticloadbalancing::listeners(request, body),
        "elasticloadbalancing:DescribeRules" => elasticloadbalancing::rules(request, body),
        "elasticloadbalancing:DescribeTargetGroups" => elasticloadbalancing::target_groups(request, body),
        "elasticloadbalancing:DescribeTargetGroupAttributes" => elasticloadbalancing::attributes(request, body),
        "route53:ListHostedZones" => route53::zones(request, body),
        "route53:ListResourceRecordSets" => route53::records(request, body),
        _ => Found::default(),
    }
}

impl Element {
    /// An element as the request's call gave it.
    fn new(kind: ObservationKind, name: &str, request: &Request, body: &Value) -> Self {
        Self { kind, name: name.to_owned(), api: request.read.api.clone(), body: body.clone() }
    }

    /// The same element waiting for more.
    fn carried(self) -> Carried {
        let Self { kind, name, api, body } = self;
        Carried { kind, name, api, body }
    }

    /// Adds a field that another call gave.
    fn with(mut self, field: &str, value: Value) -> Self {
        if let Value::Object(fields) = &mut self.body {
            fields.insert(field.to_owned(), value);
        }
        self
    }
}

impl From<Carried> for Element {
    fn from(carried: Carried) -> Self {
        let Carried { kind, name, api, body } = carried;
        Self { kind, name, api, body }
    }
}

/// The elements of a list; none when the answer has no such list.
fn list<'a>(body: &'a Value, field: &str) -> &'a [Value] {
    body.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A text of an element.
fn text<'a>(element: &'a Value, field: &str) -> Option<&'a str> {
    element.get(field).and_then(Value::as_str)
}

/// A list of elements that are recorded as they are, each under the name that `name` finds.
fn recorded(
    request: &Request,
    kind: ObservationKind,
    elements: &[Value],
    name: impl Fn(&Value) -> Option<String>,
) -> Found {
    let elements: Vec<Element> =
        elements.iter().filter_map(|element| Some(Element::new(kind, &name(element)?, request, element))).collect();
    Found { count: elements.len() as u64, elements, follow_up: Vec::new() }
}
