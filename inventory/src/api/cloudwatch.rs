//! AWS CloudWatch (2010-08-01): DescribeAlarms.

use super::model::Content::{Command, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// An alarm, of a metric or of other alarms.
pub(crate) static ALARMS: Model = Model::new(ALARM, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[ALARM], OTHERS));

#[rustfmt::skip]
const ALARM: &[Row] = &[
    ("AlarmName", Identity), ("AlarmArn", Identity), ("AlarmDescription", Command), ("AlarmConfigurationUpdatedTimestamp", Identity),
    ("AlarmActions/**", Identity), ("OKActions/**", Identity), ("InsufficientDataActions/**", Identity), ("StateValue", Identity),
    ("StateReason", Command), ("StateUpdatedTimestamp", Identity), ("StateTransitionedTimestamp", Identity), ("MetricName", Identity),
    ("Namespace", Identity), ("Statistic", Identity), ("ExtendedStatistic", Identity), ("Dimensions/**", Identity), ("Unit", Identity),
    ("ComparisonOperator", Identity), ("TreatMissingData", Identity), ("EvaluationState", Identity), ("ThresholdMetricId", Identity),
    ("Metrics/*/Id", Identity), ("Metrics/*/MetricStat/**", Identity), ("Metrics/*/AccountId", Identity), ("ActionsSuppressor", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "ActionsEnabled", "AlarmRule", "DatapointsToAlarm", "EvaluateLowSampleCountPercentile", "EvaluationPeriods", "Expression", "Label", "Period",
    "ReturnData", "StateReasonData", "Threshold",
];
