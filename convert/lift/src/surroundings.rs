//! The documents that stand around a source and mean the same for every kind of source: load balancing, autoscaling,
//! and what starts things by the clock.

use crate::field::Object;
use crate::records::Records;
use caravan_inventory::{Observation, ObservationKind, ScheduledCall};
use std::collections::{BTreeMap, BTreeSet};

/// Those documents by what they are, each list in the order of the observations.
#[derive(Default)]
pub(crate) struct Surroundings<'a> {
    pub(crate) rule: Option<Object<'a>>,
    /// The schedule that starts it.
    pub(crate) schedule: Option<Object<'a>>,
    /// The schedules that set how many of it there are.
    pub(crate) service_schedules: Vec<Object<'a>>,
    pub(crate) target_groups: Vec<Object<'a>>,
    /// Target groups that send to load balancers, which are none of the source's own.
    pub(crate) groups_of_balancers: Vec<Object<'a>>,
    pub(crate) listener_rules: Vec<Object<'a>>,
    pub(crate) listeners: Vec<Object<'a>>,
    pub(crate) load_balancers: Vec<Object<'a>>,
    /// The security groups of the load balancers and of the source, by their ids.
    pub(crate) security_groups: BTreeMap<&'a str, Object<'a>>,
    /// The ids of the source's own security groups, where it says them.
    pub(crate) own_security_groups: Option<Vec<&'a str>>,
    /// Record sets that lead to the load balancers, and those of the names that their rules take.
    pub(crate) records: Records<'a>,
    /// The source's own target groups, by ARN, with the port of it that each sends to.
    pub(crate) served: BTreeMap<&'a str, u16>,
    /// Of the source's own target groups those that another workload serves, which stands in them as well.
    pub(crate) foreign_groups: BTreeSet<&'a str>,
    /// APIs of API Gateway that send requests to a source which is no function, with all that is theirs.
    pub(crate) apis: Vec<(ObservationKind, Object<'a>)>,
    /// Distributions of CloudFront that ask its internal load balancers.
    pub(crate) distributions: Vec<Object<'a>>,
    pub(crate) scalable_targets: Vec<Object<'a>>,
    pub(crate) policies: Vec<Object<'a>>,
    pub(crate) scheduled_actions: Vec<Object<'a>>,
}

impl<'a> Surroundings<'a> {
    /// Takes an observation in; false when it is none of these kinds, and is the source's own to read.
    pub(crate) fn add(&mut self, observation: &'a Observation) -> bool {
        let root = Object::of(&observation.body).map(unwrap);
        match observation.kind {
            ObservationKind::EventsRule => self.rule = root,
            ObservationKind::SchedulerSchedule if root.is_some_and(sets_count) => self.service_schedules.extend(root),
            ObservationKind::SchedulerSchedule => self.schedule = root,
            ObservationKind::TargetGroup if root.is_some_and(|group| group.peek("TargetType") == Some("alb")) => {
                self.groups_of_balancers.extend(root);
            }
            ObservationKind::TargetGroup => self.target_groups.extend(root),
            ObservationKind::ListenerRule => self.listener_rules.extend(root),
            ObservationKind::Listener => self.listeners.extend(root),
            ObservationKind::LoadBalancer => self.load_balancers.extend(root),
            ObservationKind::RecordSet => root.into_iter().for_each(|set| self.records.add_set(observation, set)),
            ObservationKind::DnsRecord => root.into_iter().for_each(|record| self.records.add_record(record)),
            ObservationKind::HostedZone => root.into_iter().for_each(|zone| self.records.add_zone(observation, zone)),
            ObservationKind::SecurityGroup => {
                let id = |group: Object<'a>| group.peek("groupId").or_else(|| group.peek("GroupId"));
                self.security_groups.extend(root.map(|group| (id(group).unwrap_or(observation.native_name()), group)));
            }
            ObservationKind::ScalableTarget => self.scalable_targets.extend(root),
            ObservationKind::ScalingPolicy => self.policies.extend(root),
            ObservationKind::ScheduledAction => self.scheduled_actions.extend(root),
            ObservationKind::EcsCluster
            | ObservationKind::EcsService
            | ObservationKind::EcsTaskDefinition
            | ObservationKind::EcsTask
            | ObservationKind::Ec2Instance
            | ObservationKind::AutoScalingGroup
            | ObservationKind::GroupPolicy
            | ObservationKind::GroupSchedule
            | ObservationKind::LifecycleHook
            | ObservationKind::LaunchConfiguration
            | ObservationKind::LaunchTemplateVersion
            | ObservationKind::Ec2Image
            | ObservationKind::Ec2Volume
            | ObservationKind::Ec2Address
            | ObservationKind::InstanceProfile
            | ObservationKind::LambdaFunction
            | ObservationKind::FunctionVersion
            | ObservationKind::FunctionAlias
            | ObservationKind::EventSourceMapping
            | ObservationKind::FunctionUrl
            | ObservationKind::FunctionPolicy
            | ObservationKind::EventInvokeConfig
            | ObservationKind::ProvisionedConcurrency
            | ObservationKind::LayerVersion
            | ObservationKind::StateMachine
            | ObservationKind::ListenerCertificates
            | ObservationKind::SslPolicy
            | ObservationKind::TrustStore
            | ObservationKind::ClassicLoadBalancer
            | ObservationKind::ClassicPolicies
            | ObservationKind::RestApi
            | ObservationKind::RestResource
            | ObservationKind::RestStage
            | ObservationKind::RestAuthorizer
            | ObservationKind::RestDomain
            | ObservationKind::BasePathMapping
            | ObservationKind::RestVpcLink
            | ObservationKind::HttpApi
            | ObservationKind::HttpRoute
            | ObservationKind::HttpIntegration
            | ObservationKind::HttpStage
            | ObservationKind::HttpAuthorizer
            | ObservationKind::HttpDomain
            | ObservationKind::ApiMapping
            | ObservationKind::HttpVpcLink
            | ObservationKind::Queue
            | ObservationKind::Topic
            | ObservationKind::Subscription
            | ObservationKind::Secret
            | ObservationKind::Parameter
            | ObservationKind::Bucket
            | ObservationKind::BucketNotifications
            | ObservationKind::BucketPolicy
            | ObservationKind::Table
            | ObservationKind::DatabaseInstance
            | ObservationKind::DatabaseCluster
            | ObservationKind::ReplicationGroup
            | ObservationKind::CacheCluster
            | ObservationKind::ServerlessCache
            | ObservationKind::Role
            | ObservationKind::ManagedPolicy
            | ObservationKind::Certificate
            | ObservationKind::EmailIdentity
            | ObservationKind::Distribution
            | ObservationKind::EventBus
            | ObservationKind::MetricAlarm
            | ObservationKind::CompositeAlarm
            | ObservationKind::Metric
            | ObservationKind::CloudFormationStack
            | ObservationKind::ManagedInstance
            | ObservationKind::StackResource
            | ObservationKind::TerraformResource
            | ObservationKind::CloudflareWorker
            | ObservationKind::WorkerRoute
            | ObservationKind::WorkerDomain
            | ObservationKind::WorkerSchedules
            | ObservationKind::WranglerConfig
            | ObservationKind::CloudflareZone => return false,
        }
        true
    }

    /// Takes in what stands in front of a source that is no function, of API Gateway and of CloudFront; false when it is something else.
    pub(crate) fn add_api(&mut self, observation: &'a Observation) -> bool {
        if observation.kind == ObservationKind::Distribution {
            self.distributions.extend(Object::of(&observation.body));
            return true;
        }
        let is_of_api = matches!(observation.kind.as_str().split('.').next(), Some("apigateway" | "apigatewayv2"));
        self.apis.extend(Object::of(&observation.body).filter(|_| is_of_api).map(|root| (observation.kind, root)));
        is_of_api
    }

    /// What of it is load balancing, for a source that other things start as well.
    pub(crate) fn load_balancing(&self) -> Self {
        Self {
            target_groups: self.target_groups.clone(),
            groups_of_balancers: self.groups_of_balancers.clone(),
            listener_rules: self.listener_rules.clone(),
            listeners: self.listeners.clone(),
            load_balancers: self.load_balancers.clone(),
            security_groups: self.security_groups.clone(),
            own_security_groups: self.own_security_groups.clone(),
            records: self.records.clone(),
            served: self.served.clone(),
            foreign_groups: self.foreign_groups.clone(),
            apis: self.apis.clone(),
            distributions: self.distributions.clone(),
            ..Self::default()
        }
    }

    /// The ARNs of the source's own target groups, as far as they are known.
    pub(crate) fn own_groups(&self) -> BTreeSet<&'a str> {
        let observed = self.target_groups.iter().filter_map(|group| group.peek("TargetGroupArn"));
        self.served.keys().copied().chain(observed).collect()
    }
}

/// What a Describe call answers about one thing comes as a list of one.
fn unwrap(root: Object<'_>) -> Object<'_> {
    let lists = ["ScalableTargets", "ScalingPolicies", "ScheduledActions"];
    lists.into_iter().find_map(|list| root.objects(list).next()).unwrap_or(root)
}

fn sets_count(schedule: Object<'_>) -> bool {
    let call = schedule.object("Target").and_then(|target| ScheduledCall::of(target.map()));
    call.is_some_and(|call| call.is_ecs("updateService") || call.scaled_service().is_some())
}
