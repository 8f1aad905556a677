//! Shared resources: who is meant by a name or an address, and what they need of each other.

use super::references::{Reference, of_arn};
use super::view::View;
use super::{Linker, ObservationSource};
use crate::arn::Arn;
use crate::resource::{Resource, id_of, name_of, needed};
use caravan_inventory::{
    AccountId, Confidence, Direction, Edge, EdgeKind, Observation, ObservationKind as Kind, Region,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a resource is found by.
#[derive(Default)]
pub(super) struct Resources {
    /// Kind, account, region and name → id.
    names: BTreeMap<(Kind, Option<AccountId>, Option<Region>, String), String>,
    /// The id of a secret without the six letters that Secrets Manager adds to its name → the whole id.
    secrets: BTreeMap<String, String>,
}

/// The words in a variable's name that say of what its value is the name.
const WORDS: &[(&str, Kind)] = &[
    ("queue", Kind::Queue),
    ("sqs", Kind::Queue),
    ("topic", Kind::Topic),
    ("sns", Kind::Topic),
    ("bus", Kind::EventBus),
    ("eventbus", Kind::EventBus),
    ("bucket", Kind::Bucket),
    ("table", Kind::Table),
    ("dynamodb", Kind::Table),
    ("dynamo", Kind::Table),
    ("ddb", Kind::Table),
    ("secret", Kind::Secret),
    ("parameter", Kind::Parameter),
    ("ssm", Kind::Parameter),
];

impl Resources {
    fn add(&mut self, observation: &Observation, id: &str) {
        let Some(name) = name_of(observation) else { return };
        let place = (observation.account.clone(), observation.region.clone());
        self.names.insert((observation.kind, place.0, place.1, name.to_owned()), id.to_owned());
        if let Some((partial, _)) = id.rsplit_once('-').filter(|_| observation.kind == Kind::Secret) {
            self.secrets.insert(partial.to_owned(), id.to_owned());
        }
    }

    /// The resource beside an observation that a variable of this name means by exactly this value.
    fn named(&self, beside: &Observation, variable: &str, value: &str) -> Option<(&str, EdgeKind)> {
        let variable = variable.to_ascii_lowercase();
        let says = |word: &str| variable.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|own| own == word);
        WORDS
            .iter()
            .filter(|(word, _)| says(word))
            .find_map(|(_, kind)| Some((self.beside(beside, *kind, value)?, needed(*kind)?)))
    }

    /// The resource of this kind and name in the account and region of an observation.
    fn beside(&self, beside: &Observation, kind: Kind, name: &str) -> Option<&str> {
        let key = (kind, beside.account.clone(), beside.region.clone(), name.to_owned());
        self.names.get(&key).map(String::as_str)
    }

    /// The ids of all of them.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.names.values().map(String::as_str)
    }

    /// The whole id of a secret that is named without the end of its ARN.
    pub(super) fn whole(&self, id: &str) -> Option<&String> {
        self.secrets.get(id)
    }
}

impl Linker<'_> {
    /// Reads every shared resource: its name, its addresses, and what it needs.
    pub(super) fn read_resources<S: ObservationSource>(&mut self, source: &S) -> Result<(), S::Error> {
        for kind in Resource::kinds() {
            source.visit(kind, None, &mut |observation| {
                if let Some(id) = id_of(&observation) {
                    self.resources.add(&observation, &id);
                    for address in addresses(&observation) {
                        self.hosts.add_address(address, &id);
                    }
                    self.needs_of_resource(&id, &View::of(&observation));
                    self.govern(&observation);
                }
            })?;
        }
        source.visit(Kind::Subscription, None, &mut |observation| self.subscription(&View::of(&observation)))?;
        source.visit(Kind::BucketNotifications, None, &mut |observation| self.notifications(&View::of(&observation)))
    }

    /// The name of a resource as the value of a variable that says what it is.
    pub(super) fn needs_of_name(&mut self, id: &str, view: &View<'_>, variable: &str, value: &str, pointer: &str) {
        if let Some((to, kind)) = self.resources.named(view.observation, variable, value.trim()) {
            self.edges.insert(view.edge(id, to, kind, Confidence::Inferred, pointer));
        }
    }

    /// What a resource names.
    fn needs_of_resource(&mut self, id: &str, view: &View<'_>) {
        match view.observation.kind {
            Kind::Queue => {
                self.resource_edge(id, view, "/Attributes/RedrivePolicy/deadLetterTargetArn", Direction::Writes);
            }
            Kind::Secret => self.resource_edge(id, view, "/RotationLambdaARN", Direction::Both),
            Kind::DatabaseInstance | Kind::DatabaseCluster => {
                for pointer in ["/ReadReplicaSourceDBInstanceIdentifier", "/ReplicationSourceIdentifier"] {
                    self.replica(id, view, pointer);
                }
                self.resource_edge(id, view, "/MasterUserSecret/SecretArn", Direction::Reads);
                for at in 0..view.list("/AssociatedRoles").len() {
                    self.edges.extend(edge_to_arn(id, view, &format!("/AssociatedRoles/{at}/RoleArn")));
                }
            }
            Kind::Distribution => self.distribution(id, view),
            Kind::MetricAlarm | Kind::CompositeAlarm => {
                for list in ["/AlarmActions", "/OKActions", "/InsufficientDataActions"] {
                    for at in 0..view.list(list).len() {
                        self.resource_edge(id, view, &format!("{list}/{at}"), Direction::Writes);
                    }
                }
            }
            _ => {}
        }
    }

    /// A distribution asks its origins, and lets functions change what is asked and answered.
    fn distribution(&mut self, id: &str, view: &View<'_>) {
        for (at, origin) in view.list("/Origins/Items").iter().enumerate() {
            let host = origin.get("DomainName").and_then(Value::as_str).unwrap_or_default();
            self.needs_of_text(
                id,
                view,
                "origin_host",
                &format!("https://{host}"),
                &format!("/Origins/Items/{at}/DomainName"),
            );
        }
        let others = 0..view.list("/CacheBehaviors/Items").len();
        let behaviours = others.map(|at| format!("/CacheBehaviors/Items/{at}"));
        for behaviour in std::iter::once("/DefaultCacheBehavior".to_owned()).chain(behaviours) {
            let list = format!("{behaviour}/LambdaFunctionAssociations/Items");
            for at in 0..view.list(&list).len() {
                self.resource_edge(id, view, &format!("{list}/{at}/LambdaFunctionARN"), Direction::Both);
            }
        }
    }

    /// A replica needs its source, which is named by its ARN in another region, and by its name in the same one.
    fn replica(&mut self, id: &str, view: &View<'_>, pointer: &str) {
        let Some(source) = view.text(pointer).filter(|source| !source.is_empty()) else { return };
        if Arn::parse(source).is_some() {
            return self.resource_edge(id, view, pointer, Direction::Reads);
        }
        let of = |kind: Kind| self.resources.beside(view.observation, kind, source).map(str::to_owned);
        if let Some(to) = of(view.observation.kind).or_else(|| of(Kind::DatabaseInstance)) {
            self.edges
                .insert(view.edge(id, &to, EdgeKind::Data, Confidence::Stated, pointer).towards(Direction::Reads));
        }
    }

    /// Whom a bucket tells of what happens in it: they receive from it.
    fn notifications(&mut self, view: &View<'_>) {
        let bucket = &view.observation.name;
        let Some(bucket) = Resource::id_of_arn(bucket) else { return };
        for (list, field) in [
            ("/TopicConfiguration", "Topic"),
            ("/QueueConfiguration", "Queue"),
            ("/CloudFunctionConfiguration", "CloudFunction"),
        ] {
            for at in 0..view.list(list).len() {
                let pointer = format!("{list}/{at}/{field}");
                if let Some(receiver) = view.text(&pointer) {
                    self.receives(receiver, &bucket, view, &pointer);
                }
            }
        }
    }

    /// The edge to what a field names by its ARN.
    fn resource_edge(&mut self, id: &str, view: &View<'_>, pointer: &str, direction: Direction) {
        self.edges.extend(edge_to_arn(id, view, pointer).map(|edge| edge.towards(direction)));
    }

    /// Whoever receives from a topic needs it: a function is started by it, a queue is filled from it. An address is called.
    fn subscription(&mut self, view: &View<'_>) {
        let (Some(topic), Some(endpoint)) = (view.text("/TopicArn"), view.text("/Endpoint")) else { return };
        let Some(topic) = Resource::id_of_arn(topic) else { return };
        match Arn::parse(endpoint) {
            Some(_) => self.receives(endpoint, &topic, view, "/Endpoint"),
            None if matches!(view.text("/Protocol"), Some("http" | "https")) => {
                self.needs_of_text(&topic, view, "endpoint", endpoint, "/Endpoint");
            }
            None => {}
        }
        self.resource_edge(&topic, view, "/Attributes/RedrivePolicy/deadLetterTargetArn", Direction::Writes);
    }

    /// What is named by an ARN receives from a resource.
    pub(super) fn receives(&mut self, receiver: &str, from: &str, view: &View<'_>, pointer: &str) {
        let Some(arn) = Arn::parse(receiver) else { return };
        if arn.service == "lambda" {
            // Of a version or an alias: the function.
            let function = receiver.split(':').take(7).collect::<Vec<_>>().join(":");
            self.foreign.push(view.edge(&function, from, EdgeKind::TriggeredBy, Confidence::Stated, pointer));
        } else if let Some(Reference::Named(to, ..)) = of_arn(&arn) {
            let edge = view.edge(&to, from, EdgeKind::Queue, Confidence::Stated, pointer);
            self.edges.insert(edge.towards(Direction::Reads));
        }
    }

    /// Names secrets whole, where ECS was given them without the end of their ARN.
    pub(super) fn resolve_secrets(&mut self) {
        let partial: Vec<(Edge, String)> = self
            .edges
            .iter()
            .filter(|edge| edge.kind == EdgeKind::Secret)
            .filter_map(|edge| Some((edge.clone(), self.resources.whole(&edge.to)?.clone())))
            .collect();
        for (edge, to) in partial {
            self.edges.remove(&edge);
            self.edges.insert(Edge { to, ..edge });
        }
    }
}

/// The host names under which a database, a cache or a distribution answers.
fn addresses(observation: &Observation) -> Vec<&str> {
    let body = &observation.body;
    let address = |endpoint: &'static str| body.pointer(endpoint).and_then(Value::as_str);
    let mut found: Vec<&str> = match observation.kind {
        Kind::DatabaseInstance => ["/Endpoint/Address", "/ListenerEndpoint/Address"].map(address).into(),
        Kind::DatabaseCluster => ["/Endpoint", "/ReaderEndpoint"].map(address).into(),
        Kind::Distribution => [address("/DomainName")].into(),
        Kind::ReplicationGroup | Kind::CacheCluster | Kind::ServerlessCache => {
            ["/ConfigurationEndpoint/Address", "/Endpoint/Address", "/ReaderEndpoint/Address"].map(address).into()
        }
        _ => Vec::new(),
    }
    .into_iter()
    .flatten()
    .collect();
    let items = |value: &'static str| body.pointer(value).and_then(Value::as_array).into_iter().flatten();
    if observation.kind == Kind::Distribution {
        found.extend(items("/Aliases/Items").filter_map(Value::as_str));
    }
    found.extend(items("/CustomEndpoints").filter_map(Value::as_str));
    found.extend(items("/CacheNodes").filter_map(|node| node.pointer("/Endpoint/Address")?.as_str()));
    for group in items("/NodeGroups") {
        let of_group = ["/PrimaryEndpoint/Address", "/ReaderEndpoint/Address"];
        found.extend(of_group.iter().filter_map(|pointer| group.pointer(pointer)?.as_str()));
        let members = group.get("NodeGroupMembers").and_then(Value::as_array).into_iter().flatten();
        found.extend(members.filter_map(|member| member.pointer("/ReadEndpoint/Address")?.as_str()));
    }
    found.retain(|address| !address.is_empty());
    found
}

/// The edge from something to what a field names by its ARN.
fn edge_to_arn(from: &str, view: &View<'_>, pointer: &str) -> Option<Edge> {
    let arn = view.element.pointer(pointer).and_then(Value::as_str).and_then(Arn::parse)?;
    match of_arn(&arn)? {
        Reference::Named(to, kind, confidence) => Some(view.edge(from, &to, kind, confidence, pointer)),
        Reference::Host(..) => None,
    }
}
