//! The documents that stand around a source and mean the same for every kind of source: load balancing, autoscaling,
//! and what starts things by the clock.

use crate::field::Object;
use caravan_inventory::{Observation, ObservationKind};

/// Those documents by what they are, each list in the order of the observations.
#[derive(Default)]
pub(crate) struct Surroundings<'a> {
    pub(crate) rule: Option<Object<'a>>,
    pub(crate) schedule: Option<Object<'a>>,
    pub(crate) target_groups: Vec<Object<'a>>,
    pub(crate) listener_rules: Vec<Object<'a>>,
    pub(crate) listeners: Vec<Object<'a>>,
    pub(crate) load_balancers: Vec<Object<'a>>,
    pub(crate) scalable_targets: Vec<Object<'a>>,
    pub(crate) policies: Vec<Object<'a>>,
    pub(crate) scheduled_actions: Vec<Object<'a>>,
}

impl<'a> Surroundings<'a> {
    /// Takes an observation in; false when it is none of these kinds, and is the source's own to read.
    pub(crate) fn add(&mut self, observation: &'a Observation) -> bool {
        let root = Object::of(&observation.body);
        match observation.kind {
            ObservationKind::EventsRule => self.rule = root,
            ObservationKind::SchedulerSchedule => self.schedule = root,
            ObservationKind::TargetGroup => self.target_groups.extend(root),
            ObservationKind::ListenerRule => self.listener_rules.extend(root),
            ObservationKind::Listener => self.listeners.extend(root),
            ObservationKind::LoadBalancer => self.load_balancers.extend(root),
            ObservationKind::ScalableTarget => self.scalable_targets.extend(root),
            ObservationKind::ScalingPolicy => self.policies.extend(root),
            ObservationKind::ScheduledAction => self.scheduled_actions.extend(root),
            ObservationKind::EcsCluster
            | ObservationKind::EcsService
            | ObservationKind::EcsTaskDefinition
            | ObservationKind::EcsTask
            | ObservationKind::HostedZone
            | ObservationKind::RecordSet
            | ObservationKind::Ec2Instance
            | ObservationKind::AutoScalingGroup
            | ObservationKind::LaunchConfiguration
            | ObservationKind::LaunchTemplateVersion
            | ObservationKind::Ec2Image
            | ObservationKind::Ec2Volume
            | ObservationKind::Ec2Address
            | ObservationKind::SecurityGroup
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
            | ObservationKind::CloudflareWorker
            | ObservationKind::WorkerRoute
            | ObservationKind::WorkerDomain
            | ObservationKind::WorkerSchedules
            | ObservationKind::CloudflareZone
            | ObservationKind::DnsRecord => return false,
        }
        true
    }
}
