//! The documents that stand around a source and mean the same for every kind of source: load balancing, autoscaling,
//! and what starts things by the clock.

use crate::field::Object;
use caravan_inventory::{Observation, ObservationKind};
use std::collections::{BTreeMap, BTreeSet};

/// Those documents by what they are, each list in the order of the observations.
#[derive(Default)]
pub(crate) struct Surroundings<'a> {
    pub(crate) rule: Option<Object<'a>>,
    pub(crate) schedule: Option<Object<'a>>,
    pub(crate) target_groups: Vec<Object<'a>>,
    pub(crate) listener_rules: Vec<Object<'a>>,
    pub(crate) listeners: Vec<Object<'a>>,
    pub(crate) load_balancers: Vec<Object<'a>>,
    /// Record sets that lead to the load balancers.
    pub(crate) records: Vec<Object<'a>>,
    /// The source's own target groups, by ARN, with the port of it that each sends to.
    pub(crate) served: BTreeMap<&'a str, u16>,
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
            ObservationKind::RecordSet => self.records.extend(root),
            ObservationKind::ScalableTarget => self.scalable_targets.extend(root),
            ObservationKind::ScalingPolicy => self.policies.extend(root),
            ObservationKind::ScheduledAction => self.scheduled_actions.extend(root),
            ObservationKind::EcsCluster
            | ObservationKind::EcsService
            | ObservationKind::EcsTaskDefinition
            | ObservationKind::EcsTask
            | ObservationKind::HostedZone
            | ObservationKind::Ec2Instance
            | ObservationKind::LambdaFunction
            | ObservationKind::CloudflareWorker => return false,
        }
        true
    }

    /// The ARNs of the source's own target groups, as far as they are known.
    pub(crate) fn own_groups(&self) -> BTreeSet<&'a str> {
        let observed = self.target_groups.iter().filter_map(|group| group.peek("TargetGroupArn"));
        self.served.keys().copied().chain(observed).collect()
    }
}
