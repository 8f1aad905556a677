//! AWS CloudWatch (2010-08-01): DescribeAlarms, and what is made of the answers of GetMetricData.

use super::model::Content::{Command, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// An alarm, of a metric or of other alarms.
pub(crate) static ALARMS: Model = Model::new(ALARM, &NAMES);

/// A metric of one thing, as its values were summed up.
pub(crate) static METRICS: Model = Model::new(METRIC, &METRIC_NAMES);

static METRIC_NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[METRIC], METRIC_OTHERS));

const METRIC: &[Row] = &[
    ("Namespace", Identity),
    ("MetricName", Identity),
    ("Dimensions/**", Identity),
    ("Stat", Identity),
    ("From", Identity),
    ("To", Identity),
    ("Last", Identity),
];

/// Those that hold numbers.
const METRIC_OTHERS: &[&str] = &["Period", "Periods", "Values", "P50", "P95", "P99", "Max", "Sum"];

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
