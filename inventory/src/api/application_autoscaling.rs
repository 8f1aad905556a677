//! Application Auto Scaling (2016-02-06): scalable targets, policies, scheduled actions.

use super::model::Content::Identity;
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// Each of its documents.
pub(crate) static ALL: Model = Model::new(AUTOSCALING, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[AUTOSCALING], OTHERS));

#[rustfmt::skip]
const AUTOSCALING: &[Row] = &[
    ("ServiceNamespace", Identity), ("ResourceId", Identity), ("ScalableDimension", Identity), ("RoleARN", Identity),
    ("ScalableTargetARN", Identity), ("PolicyARN", Identity), ("PolicyName", Identity), ("PolicyType", Identity),
    ("ScheduledActionName", Identity), ("ScheduledActionARN", Identity), ("Schedule", Identity), ("Timezone", Identity),
    ("CreationTime", Identity), ("StartTime", Identity), ("EndTime", Identity), ("SuspendedState/**", Identity),
    ("Alarms/**", Identity),
    ("TargetTrackingScalingPolicyConfiguration/**", Identity), ("StepScalingPolicyConfiguration/**", Identity),
    ("PredictiveScalingPolicyConfiguration/**", Identity), ("PredictedCapacity", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "AdjustmentType", "AlarmARN", "AlarmName", "Cooldown", "CustomizedCapacityMetricSpecification",
    "CustomizedLoadMetricSpecification", "CustomizedMetricSpecification", "CustomizedScalingMetricSpecification",
    "Dimensions", "DisableScaleIn", "DynamicScalingInSuspended", "DynamicScalingOutSuspended", "Expression", "Id",
    "Label", "MaxCapacity", "MaxCapacityBreachBehavior", "MaxCapacityBuffer", "MaxResults", "Metric",
    "MetricAggregationType", "MetricDataQueries", "MetricIntervalLowerBound", "MetricIntervalUpperBound",
    "MetricName", "MetricSpecifications", "MetricStat", "Metrics", "MinAdjustmentMagnitude", "MinCapacity", "Mode",
    "Name", "Namespace", "NextToken", "PolicyNames", "PredefinedLoadMetricSpecification",
    "PredefinedMetricPairSpecification", "PredefinedMetricSpecification", "PredefinedMetricType",
    "PredefinedScalingMetricSpecification", "ResourceIds", "ResourceLabel", "ReturnData", "ScalableTargetAction",
    "ScalableTargets", "ScaleInCooldown", "ScaleOutCooldown", "ScalingAdjustment", "ScalingPolicies",
    "ScheduledActionNames", "ScheduledActions", "ScheduledScalingSuspended", "SchedulingBufferTime", "Stat",
    "Statistic", "StepAdjustments", "Tags", "TargetValue", "Unit", "Value",
];
