//! The observations of one location, by kind.

use super::joined::joined;
use super::{Location, ObservationSource};
use crate::files::API;
use caravan_inventory::{Observation, ObservationKind as Kind};
use std::collections::BTreeMap;

/// What was observed in one account and region, in templates that name each other's things, or in all other files.
#[derive(Default)]
pub(super) struct Found {
    pub(super) services: Vec<Observation>,
    pub(super) definitions: Vec<Observation>,
    /// Of running tasks only what they run, and for whom.
    pub(super) tasks: Vec<RunningTask>,
    pub(super) rules: Vec<Observation>,
    pub(super) schedules: Vec<Observation>,
    pub(super) state_machines: Vec<Observation>,
    /// Scalable targets, policies and scheduled actions.
    pub(super) scaling: Vec<Observation>,
    pub(super) balancers: Vec<Observation>,
    pub(super) classic_balancers: Vec<Observation>,
    pub(super) listeners: Vec<Observation>,
    pub(super) listener_rules: Vec<Observation>,
    pub(super) groups: Vec<Observation>,
    pub(super) functions: Vec<Observation>,
    /// What belongs to a function and is named by an ARN of its own: versions, aliases, URLs, policies, configurations.
    pub(super) of_functions: Vec<Observation>,
    pub(super) mappings: Vec<Observation>,
    pub(super) layers: Vec<Observation>,
    /// APIs of API Gateway with everything of theirs, and the domains that lead to them.
    pub(super) gateways: Vec<Observation>,
    pub(super) instances: Vec<Observation>,
    pub(super) scaling_groups: Vec<Observation>,
    /// What moves their numbers, and what holds their machines up.
    pub(super) of_scaling_groups: Vec<Observation>,
    pub(super) launch_configurations: Vec<Observation>,
    pub(super) launch_templates: Vec<Observation>,
    pub(super) images: Vec<Observation>,
    pub(super) volumes: Vec<Observation>,
    pub(super) addresses: Vec<Observation>,
    pub(super) security_groups: Vec<Observation>,
    pub(super) workers: Vec<Observation>,
    /// Routes, custom domains and cron triggers, which name their Worker.
    pub(super) of_workers: Vec<Observation>,
}

/// What was observed in files.
#[derive(Default)]
pub(super) struct Files {
    /// Documents may name each other, whichever file they stand in.
    documents: Found,
    /// What a template makes has names that mean something inside of it, and for those that name it.
    templates: BTreeMap<String, Found>,
}

impl Files {
    fn take(&mut self, observation: Observation) {
        // A document's place in its file is a number, and the thing of a template has a name.
        let of_template = observation.name.rsplit_once('#').filter(|(_, place)| place.parse::<u64>().is_err());
        let of_template = of_template.map(|(path, _)| path.to_owned());
        let found = match of_template {
            Some(path) => self.templates.entry(path).or_default(),
            None => &mut self.documents,
        };
        found.take(observation);
    }

    /// What is linked with each other.
    pub(super) fn groups(self) -> Vec<Found> {
        let templates = joined(self.templates.into_values().collect());
        std::iter::once(self.documents).chain(templates).collect()
    }
}

/// What a running task says about its task definition.
pub(super) struct RunningTask {
    /// `arn:…:task-definition/<family>:<revision>`.
    pub(super) definition: String,
    /// `service:<name>`, `family:<name>`, or what its starter chose.
    pub(super) group: String,
}

/// Where the observations of a kind go.
enum Taken<'f> {
    /// Into a list of them.
    Whole(&'f mut Vec<Observation>),
    /// Into the list of running tasks.
    Task(&'f mut Vec<RunningTask>),
    /// Nowhere: they decide no link, and are not read.
    Not,
}

impl Found {
    /// Reads a location. What came from files goes to `files`, whatever location its document names.
    pub(super) fn read<S: ObservationSource>(
        source: &S,
        location: &Location,
        files: &mut Files,
    ) -> Result<Self, S::Error> {
        let mut found = Self::default();
        for kind in Kind::ALL.iter().copied().filter(|kind| Self::reads(*kind)) {
            source.visit(kind, Some(location), &mut |observation| {
                if observation.api == API { files.take(observation) } else { found.take(observation) }
            })?;
        }
        Ok(found)
    }

    /// Whether observations of a kind decide a link.
    pub(super) fn reads(kind: Kind) -> bool {
        !matches!(Self::default().place(kind), Taken::Not)
    }

    const fn place(&mut self, kind: Kind) -> Taken<'_> {
        Taken::Whole(match kind {
            Kind::EcsService => &mut self.services,
            Kind::EcsTaskDefinition => &mut self.definitions,
            Kind::EventsRule => &mut self.rules,
            Kind::SchedulerSchedule => &mut self.schedules,
            Kind::StateMachine => &mut self.state_machines,
            Kind::ScalableTarget | Kind::ScalingPolicy | Kind::ScheduledAction => &mut self.scaling,
            Kind::LoadBalancer => &mut self.balancers,
            Kind::ClassicLoadBalancer => &mut self.classic_balancers,
            Kind::Listener => &mut self.listeners,
            Kind::ListenerRule => &mut self.listener_rules,
            Kind::TargetGroup => &mut self.groups,
            Kind::LambdaFunction => &mut self.functions,
            Kind::FunctionVersion
            | Kind::FunctionAlias
            | Kind::FunctionUrl
            | Kind::FunctionPolicy
            | Kind::EventInvokeConfig
            | Kind::ProvisionedConcurrency => &mut self.of_functions,
            Kind::EventSourceMapping => &mut self.mappings,
            Kind::LayerVersion => &mut self.layers,
            Kind::Ec2Instance => &mut self.instances,
            Kind::AutoScalingGroup => &mut self.scaling_groups,
            Kind::GroupPolicy | Kind::GroupSchedule | Kind::LifecycleHook => &mut self.of_scaling_groups,
            Kind::LaunchConfiguration => &mut self.launch_configurations,
            Kind::LaunchTemplateVersion => &mut self.launch_templates,
            Kind::Ec2Image => &mut self.images,
            Kind::Ec2Volume => &mut self.volumes,
            Kind::Ec2Address => &mut self.addresses,
            Kind::SecurityGroup => &mut self.security_groups,
            Kind::CloudflareWorker | Kind::WranglerConfig => &mut self.workers,
            Kind::WorkerRoute | Kind::WorkerDomain | Kind::WorkerSchedules => &mut self.of_workers,
            Kind::RestApi
            | Kind::RestResource
            | Kind::RestStage
            | Kind::RestAuthorizer
            | Kind::RestDomain
            | Kind::BasePathMapping
            | Kind::RestVpcLink
            | Kind::HttpApi
            | Kind::HttpRoute
            | Kind::HttpIntegration
            | Kind::HttpStage
            | Kind::HttpAuthorizer
            | Kind::HttpDomain
            | Kind::ApiMapping => &mut self.gateways,
            Kind::EcsTask => return Taken::Task(&mut self.tasks),
            // Zones, records and instance profiles lead from one location into another, and are read before. A link of HTTP
            // APIs leads nowhere by itself: each integration names the listener behind it. Certificates, policies and trust
            // stores are what a client meets on its way, and lead nowhere.
            Kind::HttpVpcLink
            | Kind::ListenerCertificates
            | Kind::SslPolicy
            | Kind::TrustStore
            | Kind::ClassicPolicies
            | Kind::EcsCluster
            // What workloads share is named from every location, and is read before.
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
            // States and stacks say in whose keeping a thing is, and are read before.
            | Kind::CloudFormationStack
            | Kind::StackResource
            | Kind::TerraformResource
            // Systems Manager says of a machine whether it can be looked into.
            | Kind::ManagedInstance
            // Metrics say how much a thing is used, not by whom.
            | Kind::Metric
            | Kind::HostedZone
            | Kind::RecordSet
            | Kind::CloudflareZone
            | Kind::DnsRecord
            | Kind::InstanceProfile => return Taken::Not,
        })
    }

    /// Takes everything of another one over.
    pub(super) fn absorb(&mut self, other: Self) {
        self.tasks.extend(other.tasks);
        let lists = [
            other.services,
            other.definitions,
            other.rules,
            other.schedules,
            other.state_machines,
            other.scaling,
            other.balancers,
            other.classic_balancers,
            other.listeners,
            other.listener_rules,
            other.groups,
            other.functions,
            other.of_functions,
            other.mappings,
            other.layers,
            other.gateways,
            other.instances,
            other.scaling_groups,
            other.of_scaling_groups,
            other.launch_configurations,
            other.launch_templates,
            other.images,
            other.volumes,
            other.addresses,
            other.security_groups,
            other.workers,
            other.of_workers,
        ];
        lists.into_iter().flatten().for_each(|observation| self.take(observation));
    }

    /// Each of them, but for running tasks.
    pub(super) fn observations(&self) -> impl Iterator<Item = &Observation> {
        let lists = [
            &self.services,
            &self.definitions,
            &self.rules,
            &self.schedules,
            &self.state_machines,
            &self.scaling,
            &self.balancers,
            &self.classic_balancers,
            &self.listeners,
            &self.listener_rules,
            &self.groups,
            &self.functions,
            &self.of_functions,
            &self.mappings,
            &self.layers,
            &self.gateways,
            &self.instances,
            &self.scaling_groups,
            &self.of_scaling_groups,
            &self.launch_configurations,
            &self.launch_templates,
            &self.images,
            &self.volumes,
            &self.addresses,
            &self.security_groups,
            &self.workers,
            &self.of_workers,
        ];
        lists.into_iter().flatten()
    }

    fn take(&mut self, observation: Observation) {
        match self.place(observation.kind) {
            Taken::Whole(list) => list.push(observation),
            Taken::Task(tasks) => {
                let text = |field: &str| {
                    observation.body.get(field).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
                };
                tasks.push(RunningTask { definition: text("taskDefinitionArn"), group: text("group") });
            }
            Taken::Not => {}
        }
    }
}
