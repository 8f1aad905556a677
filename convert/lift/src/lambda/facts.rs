//! Which of the observations is what.

use crate::field::{Field, Object};
use crate::surroundings::Surroundings;
use crate::tracker::FieldTracker;
use caravan_inventory::{Observation, ObservationKind as Kind};
use serde_json::Value;
use std::collections::BTreeSet;

/// A function or a version of it, as GetFunction answered: its configuration, and the answer around it where there is one.
#[derive(Clone, Copy)]
pub(super) struct Described<'a> {
    /// The configuration itself.
    pub(super) own: Object<'a>,
    /// What stands beside it: `Code`, `Tags`, `Concurrency`.
    pub(super) whole: Option<Object<'a>>,
}

/// A document that is named by an ARN below the function's.
#[derive(Clone, Copy)]
pub(super) struct Named<'a> {
    pub(super) document: Object<'a>,
    /// The version or alias that it is about; none is the function itself.
    pub(super) qualifier: Option<&'a str>,
}

/// The source documents by what they are, each list in the order of the observations.
#[derive(Default)]
pub(super) struct Facts<'a> {
    pub(super) function: Option<Described<'a>>,
    pub(super) versions: Vec<Described<'a>>,
    pub(super) aliases: Vec<Object<'a>>,
    pub(super) mappings: Vec<Object<'a>>,
    pub(super) urls: Vec<Named<'a>>,
    pub(super) policies: Vec<Named<'a>>,
    pub(super) invoke_configs: Vec<Named<'a>>,
    pub(super) provisioned: Vec<Named<'a>>,
    pub(super) layers: Vec<Object<'a>>,
    pub(super) rules: Vec<Object<'a>>,
    pub(super) schedules: Vec<Object<'a>>,
    pub(super) rest: RestDocuments<'a>,
    pub(super) http: HttpDocuments<'a>,
    /// Load balancing.
    pub(super) around: Surroundings<'a>,
}

/// What belongs to REST APIs.
#[derive(Default)]
pub(super) struct RestDocuments<'a> {
    pub(super) apis: Vec<Object<'a>>,
    pub(super) resources: Vec<Object<'a>>,
    pub(super) stages: Vec<Object<'a>>,
    pub(super) authorizers: Vec<Object<'a>>,
    pub(super) domains: Vec<Object<'a>>,
    pub(super) mappings: Vec<Object<'a>>,
}

/// What belongs to HTTP and WebSocket APIs.
#[derive(Default)]
pub(super) struct HttpDocuments<'a> {
    pub(super) apis: Vec<Object<'a>>,
    pub(super) routes: Vec<Object<'a>>,
    pub(super) integrations: Vec<Object<'a>>,
    pub(super) stages: Vec<Object<'a>>,
    pub(super) authorizers: Vec<Object<'a>>,
    pub(super) domains: Vec<Object<'a>>,
    pub(super) mappings: Vec<Object<'a>>,
}

impl<'a> Facts<'a> {
    /// Sorts the observations. What is no part of a function is dropped by `context`.
    pub(super) fn read(tracker: &mut FieldTracker<'a>) -> Self {
        let mut facts = Self::default();
        for &observation in tracker.source.observations {
            let Some(root) = Object::of(&observation.body) else {
                Field(&observation.body).dropped(tracker, "context");
                continue;
            };
            if !facts.take(observation, root) && !facts.around.add(observation) {
                root.drop_whole(tracker, "context");
            }
        }
        let groups = facts.around.target_groups.iter().filter_map(|group| group.peek("TargetGroupArn"));
        facts.around.served = groups.map(|arn| (arn, super::PORT)).collect();
        facts
    }

    fn take(&mut self, observation: &'a Observation, root: Object<'a>) -> bool {
        let described = || match root.object("Configuration") {
            Some(own) => Described { own, whole: Some(root) },
            None => Described { own: root, whole: None },
        };
        let arn = root.peek("FunctionArn").unwrap_or(&observation.name);
        let named = Named { document: root, qualifier: qualifier(arn).or_else(|| qualifier(&observation.name)) };
        match observation.kind {
            Kind::LambdaFunction => self.function = Some(described()),
            Kind::FunctionVersion => self.versions.push(described()),
            Kind::FunctionAlias => self.aliases.push(root),
            Kind::EventSourceMapping => self.mappings.push(root),
            Kind::FunctionUrl => self.urls.push(named),
            Kind::FunctionPolicy => self.policies.push(named),
            Kind::EventInvokeConfig => self.invoke_configs.push(named),
            Kind::ProvisionedConcurrency => self.provisioned.push(named),
            Kind::LayerVersion => self.layers.push(root),
            Kind::EventsRule => self.rules.push(root),
            Kind::SchedulerSchedule => self.schedules.push(root),
            Kind::RestApi => self.rest.apis.push(root),
            Kind::RestResource => self.rest.resources.push(root),
            Kind::RestStage => self.rest.stages.push(root),
            Kind::RestAuthorizer => self.rest.authorizers.push(root),
            Kind::RestDomain => self.rest.domains.push(root),
            Kind::BasePathMapping => self.rest.mappings.push(root),
            Kind::HttpApi => self.http.apis.push(root),
            Kind::HttpRoute => self.http.routes.push(root),
            Kind::HttpIntegration => self.http.integrations.push(root),
            Kind::HttpStage => self.http.stages.push(root),
            Kind::HttpAuthorizer => self.http.authorizers.push(root),
            Kind::HttpDomain => self.http.domains.push(root),
            Kind::ApiMapping => self.http.mappings.push(root),
            _ => return false,
        }
        true
    }

    /// The function's name.
    pub(super) fn name(&self, tracker: &FieldTracker<'a>) -> &'a str {
        let described = self.function.or_else(|| self.versions.first().copied());
        let named = described.and_then(|described| described.own.peek("FunctionName"));
        named.unwrap_or(tracker.source.workload.name.as_str())
    }

    /// Every statement of the resource policies that allows something.
    pub(super) fn allowed(&self) -> impl Iterator<Item = Object<'a>> + use<'a> {
        let policies: Vec<Object<'a>> =
            self.policies.iter().filter_map(|named| named.document.object("Policy")).collect();
        let statements = policies.into_iter().flat_map(|policy| policy.objects("Statement"));
        statements.filter(|statement| statement.peek("Effect") == Some("Allow"))
    }
}

/// The version or alias behind a function's ARN, or behind a name such as `orders:live`.
pub(super) fn qualifier(arn: &str) -> Option<&str> {
    let behind = match arn.split_once(":function:") {
        Some((_, rest)) => rest.split('/').next().unwrap_or(rest),
        None => return None,
    };
    behind.split_once(':').map(|(_, qualifier)| qualifier).filter(|qualifier| !qualifier.is_empty())
}

/// A mapping of a queue of SQS. One whose source is not known is taken for it where nothing is said that only streams have.
pub(super) fn is_queue(mapping: Object<'_>) -> bool {
    let of_streams = ["StartingPosition", "SelfManagedEventSource", "Topics", "Queues", "DocumentDBEventSourceConfig"];
    match mapping.peek("EventSourceArn") {
        Some(arn) if arn.starts_with("arn:") => arn.split(':').nth(2) == Some("sqs"),
        _ => of_streams.iter().all(|name| mapping.field(name).is_none()),
    }
}

/// The principals of a statement: services, accounts, roles, `*` for everybody.
pub(super) fn principals(statement: Object<'_>) -> BTreeSet<String> {
    fn texts(value: &Value, out: &mut BTreeSet<String>) {
        match value {
            Value::String(text) => drop(out.insert(text.clone())),
            Value::Array(list) => list.iter().for_each(|value| texts(value, out)),
            Value::Object(map) => map.values().for_each(|value| texts(value, out)),
            _ => {}
        }
    }
    let mut all = BTreeSet::new();
    if let Some(field) = statement.raw("Principal") {
        texts(field.0, &mut all);
    }
    all
}
