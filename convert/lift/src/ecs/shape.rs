//! Which of the observations is what, in whatever wrapper it came.

use crate::field::{Field, Object};
use crate::surroundings::Surroundings;
use crate::tracker::FieldTracker;
use caravan_inventory::{Observation, ObservationKind};
use serde_json::Value;

/// The source documents by what they are.
#[derive(Default)]
pub(crate) struct Facts<'a> {
    /// RegisterTaskDefinition's request or DescribeTaskDefinition's `taskDefinition`.
    pub(crate) task: Option<Object<'a>>,
    pub(crate) containers: Vec<Object<'a>>,
    /// Tags that stand beside `taskDefinition`.
    pub(crate) task_tags: Option<Field<'a>>,
    pub(crate) service: Option<Object<'a>>,
    /// What stands around it.
    pub(crate) around: Surroundings<'a>,
}

impl<'a> Facts<'a> {
    /// Sorts the observations. What only describes the surroundings (clusters, running tasks) is dropped by `context`.
    pub(crate) fn read(tracker: &mut FieldTracker<'a>) -> Self {
        let mut facts = Self::default();
        for &observation in tracker.source.observations {
            facts.add(tracker, observation);
        }
        for balancer in facts.service.into_iter().flat_map(|service| service.objects("loadBalancers")) {
            let port = balancer.peek_u64("containerPort").and_then(|port| u16::try_from(port).ok());
            if let (Some(group), Some(port)) = (balancer.peek("targetGroupArn"), port) {
                facts.around.served.insert(group, port);
            }
        }
        let network = facts.service.and_then(|service| service.object("networkConfiguration"));
        let own = network.and_then(|network| network.object("awsvpcConfiguration"));
        let own = own.map(|own| own.list("securityGroups")).filter(|own| !own.is_empty());
        // One that its template leaves open is none that was read.
        facts.around.own_security_groups = own.map(|own| own.iter().map(|id| id.as_str().unwrap_or("")).collect());
        facts
    }

    fn add(&mut self, tracker: &mut FieldTracker<'a>, observation: &'a Observation) {
        let body = &observation.body;
        let root = Object::of(body);
        match observation.kind {
            ObservationKind::EcsTaskDefinition => self.add_task(body),
            ObservationKind::EcsService => self.service = root.map(|root| unwrap_service(tracker, root)),
            _ if self.around.add(observation) || self.around.add_api(observation) => {}
            _ => Field(body).dropped(tracker, "context"),
        }
    }

    /// `{"taskDefinition": {…}, "tags": […]}`, the object itself, or a bare list of containers.
    fn add_task(&mut self, body: &'a Value) {
        if let Value::Array(containers) = body {
            self.containers = containers.iter().filter_map(Object::of).collect();
            return;
        }
        let Some(root) = Object::of(body) else { return };
        let task = match root.object("taskDefinition") {
            Some(inner) => {
                self.task_tags = root.field("tags");
                inner
            }
            None => root,
        };
        self.containers = task.objects("containerDefinitions").collect();
        self.task = Some(task);
    }

    /// Whether its tasks run on Fargate, as far as anything says so.
    pub(crate) fn is_fargate(&self) -> bool {
        let says =
            |object: Object<'a>, name| object.list(name).iter().filter_map(Value::as_str).any(|text| text == "FARGATE");
        let launched = |object: Object<'a>, name: &str| object.peek(name) == Some("FARGATE");
        let provided = |object: Object<'a>, list: &str, name: &str| {
            object.objects(list).any(|item| item.peek(name).is_some_and(|provider| provider.starts_with("FARGATE")))
        };
        self.task.is_some_and(|task| says(task, "requiresCompatibilities"))
            || self.service.is_some_and(|service| {
                launched(service, "launchType") || provided(service, "capacityProviderStrategy", "capacityProvider")
            })
    }

    /// The service as it was asked for, and its primary deployment: DescribeServices answers some settings only there.
    pub(crate) fn service_settings(&self) -> impl Iterator<Item = Object<'a>> + use<'a> {
        let service = self.service;
        let primary = service.and_then(|service| {
            service.objects("deployments").find(|deployment| deployment.peek("status") == Some("PRIMARY"))
        });
        service.into_iter().chain(primary)
    }

    /// The `networkMode` in force.
    pub(crate) fn network_mode(&self) -> &'a str {
        let said = self.task.and_then(|task| task.peek("networkMode"));
        said.unwrap_or(if self.is_fargate() { "awsvpc" } else { "bridge" })
    }
}

/// `{"service": {…}}`, `{"services": [{…}], "failures": []}`, or the object itself.
fn unwrap_service<'a>(tracker: &mut FieldTracker<'a>, root: Object<'a>) -> Object<'a> {
    if let Some(inner) = root.object("service") {
        return inner;
    }
    let mut services = root.objects("services");
    let Some(first) = services.next() else { return root };
    if let Some(failures) = root.field("failures") {
        failures.dropped(tracker, "describe-only");
    }
    if services.next().is_some() {
        for other in root.list("services").iter().skip(1) {
            Field(other).blocked(tracker, "the document holds more than one service");
        }
    }
    first
}
