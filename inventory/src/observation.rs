//! One thing as a cloud or a file described it.

use crate::{AccountId, ObservationId, Region};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One thing as a cloud or a file described it, redacted before it was built (D1).
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// Stable from scan to scan.
    pub id: ObservationId,
    /// What kind of thing it is.
    pub kind: ObservationKind,
    /// Its native name: an ARN, a resource id, or the path of a file.
    pub name: String,
    /// The account it lives in; none for what came from a file that does not say.
    pub account: Option<AccountId>,
    /// The region it lives in; `global` for global services, none for files.
    pub region: Option<Region>,
    /// The call that said so, `ecs:DescribeServices`, or `file`.
    pub api: String,
    /// When it was first and last seen, UTC.
    pub first_seen: Timestamp,
    /// When it was last seen, UTC.
    pub last_seen: Timestamp,
    /// The raw answer as JSON, redacted; XML answers are turned into JSON by one fixed rule (see `caravan-providers-aws`).
    pub body: serde_json::Value,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// The kinds of things that are observed.
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
        pub enum ObservationKind {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl ObservationKind {
            /// Every kind, in the order of their declaration.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name in files, ids and the command line: `ecs.service`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The kind of that name.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$name),)* _ => None }
            }
        }
    };
}

kinds! {
    /// DescribeClusters, one cluster.
    EcsCluster = "ecs.cluster";
    /// DescribeServices, one service, or a CreateService request from a file.
    EcsService = "ecs.service";
    /// DescribeTaskDefinition, `taskDefinition`, or a RegisterTaskDefinition request from a file.
    EcsTaskDefinition = "ecs.task-definition";
    /// DescribeTasks, one task.
    EcsTask = "ecs.task";
    /// EventBridge ListRules, one rule, with its targets under `Targets`.
    EventsRule = "events.rule";
    /// EventBridge Scheduler GetSchedule.
    SchedulerSchedule = "scheduler.schedule";
    /// DescribeScalableTargets, one target.
    ScalableTarget = "application-autoscaling.scalable-target";
    /// DescribeScalingPolicies, one policy.
    ScalingPolicy = "application-autoscaling.scaling-policy";
    /// DescribeScheduledActions, one action.
    ScheduledAction = "application-autoscaling.scheduled-action";
    /// DescribeLoadBalancers, one load balancer.
    LoadBalancer = "elbv2.load-balancer";
    /// DescribeListeners, one listener.
    Listener = "elbv2.listener";
    /// DescribeRules, one rule.
    ListenerRule = "elbv2.rule";
    /// DescribeTargetGroups, one target group, with its attributes under `Attributes`.
    TargetGroup = "elbv2.target-group";
    /// ListHostedZones, one zone.
    HostedZone = "route53.hosted-zone";
    /// ListResourceRecordSets, one record set.
    RecordSet = "route53.record-set";
    /// DescribeInstances, one instance.
    Ec2Instance = "ec2.instance";
    /// GetFunction or ListFunctions, one function.
    LambdaFunction = "lambda.function";
    /// A Cloudflare Worker with its routes and bindings.
    CloudflareWorker = "cloudflare.worker";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_ones_of_json() {
        for kind in ObservationKind::ALL.iter().copied() {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert_eq!(ObservationKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(ObservationKind::parse("ecs.Service"), None);
    }
}
