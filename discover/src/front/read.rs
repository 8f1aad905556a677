//! What stands in front of workloads, read from an inventory.

use super::Doors;
use super::apis::Apis;
use crate::link::{ObservationSource, View, listener_of_rule, plain_name};
use caravan_inventory::{Edge, EdgeKind, Observation, ObservationKind as Kind};

impl Doors {
    /// Reads observations, and takes of the edges those that say who receives traffic.
    ///
    /// # Errors
    /// Only the source's.
    pub fn read<S: ObservationSource>(source: &S, edges: impl IntoIterator<Item = Edge>) -> Result<Self, S::Error> {
        let mut doors = Self::default();
        let mut apis = Vec::new();
        for (kind, door) in Kind::ALL.iter().filter_map(|kind| Some((*kind, door(*kind)?))) {
            source.visit(kind, None, &mut |observation| match door {
                Door::Api => apis.push(observation),
                _ => doors.add(door, observation),
            })?;
        }
        doors.apis = Apis::of(&apis);
        for rules in doors.rules.values_mut() {
            rules.sort_by_key(priority);
        }
        for listeners in doors.listeners.values_mut() {
            listeners.sort_by_key(|listener| listener.body.get("Port").and_then(serde_json::Value::as_u64));
        }
        for edge in edges.into_iter().filter(|edge| edge.kind == EdgeKind::Routes) {
            if Kind::parse(edge.from.split('/').next().unwrap_or_default()).is_none() {
                doors.receivers.entry(edge.to.clone()).or_default().push(edge);
            } else if RECORDS.contains(&edge.evidence.observation.as_str().split('/').next().unwrap_or_default()) {
                doors.machines.entry(edge.evidence.observation.clone()).or_default().push(edge);
            }
        }
        Ok(doors)
    }

    fn add(&mut self, door: Door, observation: Observation) {
        let view = View::of(&observation);
        let text = |pointer: &str| view.text(pointer).map(str::to_owned);
        match door {
            Door::Record { name, kind } => {
                let is_followed = matches!(view.text(kind), Some("A" | "AAAA" | "CNAME"));
                if let Some(name) = text(name).filter(|_| is_followed) {
                    self.records.entry(plain_name(&name)).or_default().push(observation);
                }
            }
            Door::Balancer => {
                if let Some(name) = text("/DNSName") {
                    self.balancers.insert(plain_name(&name), observation);
                }
            }
            Door::Classic => {
                if let Some(name) = text("/DNSName") {
                    self.classics.insert(plain_name(&name), observation);
                }
            }
            Door::Certificates => {
                self.certificates.insert(observation.native_name().to_owned(), observation);
            }
            Door::Listener => {
                if let Some(balancer) = text("/LoadBalancerArn") {
                    self.listeners.entry(balancer).or_default().push(observation);
                }
            }
            Door::Rule => {
                if let Some(listener) = listener_of_rule(observation.native_name()) {
                    self.rules.entry(listener).or_default().push(observation);
                }
            }
            Door::Group => {
                self.groups.insert(observation.native_name().to_owned(), observation);
            }
            Door::Url => {
                let host = text("/FunctionUrl").and_then(|url| Some(url.strip_prefix("https://")?.to_owned()));
                if let Some(host) = host.map(|host| plain_name(host.trim_end_matches('/'))) {
                    self.urls.insert(host, observation);
                }
            }
            Door::OfWorker => self.of_workers.push(observation),
            // They are read together.
            Door::Api => {}
        }
    }
}

/// What observations of a kind are to a request.
#[derive(Clone, Copy)]
enum Door {
    /// A record of DNS, with the pointers to its name and type.
    Record {
        name: &'static str,
        kind: &'static str,
    },
    Balancer,
    /// A classic load balancer.
    Classic,
    Listener,
    /// All certificates of a listener.
    Certificates,
    Rule,
    Group,
    /// The URL of a function.
    Url,
    /// A route or a custom domain of a Worker.
    OfWorker,
    /// An API of API Gateway, or something of one.
    Api,
}

/// What a kind is to a request; none of what no request passes.
const fn door(kind: Kind) -> Option<Door> {
    Some(match kind {
        Kind::RecordSet => Door::Record { name: "/Name", kind: "/Type" },
        Kind::DnsRecord => Door::Record { name: "/name", kind: "/type" },
        Kind::LoadBalancer => Door::Balancer,
        Kind::ClassicLoadBalancer => Door::Classic,
        Kind::Listener => Door::Listener,
        Kind::ListenerCertificates => Door::Certificates,
        Kind::ListenerRule => Door::Rule,
        Kind::TargetGroup => Door::Group,
        Kind::FunctionUrl => Door::Url,
        Kind::WorkerRoute | Kind::WorkerDomain => Door::OfWorker,
        Kind::RestApi
        | Kind::RestResource
        | Kind::RestStage
        | Kind::RestDomain
        | Kind::BasePathMapping
        | Kind::RestVpcLink
        | Kind::HttpApi
        | Kind::HttpRoute
        | Kind::HttpIntegration
        | Kind::HttpStage
        | Kind::HttpDomain
        | Kind::ApiMapping => Door::Api,
        Kind::EcsCluster
        | Kind::EcsService
        | Kind::EcsTaskDefinition
        | Kind::EcsTask
        | Kind::EventsRule
        | Kind::SchedulerSchedule
        | Kind::StateMachine
        | Kind::ScalableTarget
        | Kind::ScalingPolicy
        | Kind::ScheduledAction
        | Kind::SslPolicy
        | Kind::TrustStore
        | Kind::ClassicPolicies
        | Kind::HostedZone
        | Kind::Ec2Instance
        | Kind::AutoScalingGroup
        | Kind::GroupPolicy
        | Kind::GroupSchedule
        | Kind::LifecycleHook
        | Kind::LaunchConfiguration
        | Kind::LaunchTemplateVersion
        | Kind::Ec2Image
        | Kind::Ec2Volume
        | Kind::Ec2Address
        | Kind::SecurityGroup
        | Kind::InstanceProfile
        | Kind::LambdaFunction
        | Kind::FunctionVersion
        | Kind::FunctionAlias
        | Kind::EventSourceMapping
        | Kind::FunctionPolicy
        | Kind::EventInvokeConfig
        | Kind::ProvisionedConcurrency
        | Kind::LayerVersion
        | Kind::RestAuthorizer
        | Kind::HttpAuthorizer
        | Kind::HttpVpcLink
        | Kind::Queue
        | Kind::Topic
        | Kind::Subscription
        | Kind::Secret
        | Kind::Parameter
        | Kind::Bucket
        | Kind::BucketNotifications
        | Kind::BucketPolicy
        | Kind::Table
        | Kind::DatabaseInstance
        | Kind::DatabaseCluster
        | Kind::ReplicationGroup
        | Kind::CacheCluster
        | Kind::ServerlessCache
        | Kind::Role
        | Kind::ManagedPolicy
        | Kind::Certificate
        | Kind::EmailIdentity
        | Kind::Distribution
        | Kind::EventBus
        | Kind::MetricAlarm
        | Kind::CompositeAlarm
        | Kind::Metric
        | Kind::CloudFormationStack
        | Kind::ManagedInstance
        | Kind::StackResource
        | Kind::TerraformResource
        | Kind::CloudflareWorker
        | Kind::WorkerSchedules
        | Kind::WranglerConfig
        | Kind::CloudflareZone => return None,
    })
}

/// The kinds of records, as ids begin.
const RECORDS: [&str; 2] = [Kind::RecordSet.as_str(), Kind::DnsRecord.as_str()];

/// The default rule is asked last.
fn priority(rule: &Observation) -> u64 {
    rule.body.get("Priority").and_then(serde_json::Value::as_str).and_then(|text| text.parse().ok()).unwrap_or(u64::MAX)
}
