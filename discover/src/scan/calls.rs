//! The calls that a scan of AWS makes: one unit of coverage each, per account and region.

/// One call.
#[derive(Debug)]
pub(crate) struct Call {
    /// Its name in the contract.
    pub(crate) api: &'static str,
    /// What it belongs to, as `--only` names it.
    pub(crate) source: Source,
    /// Whether it is made once for an account instead of once for each region.
    pub(crate) global: bool,
    /// Where it begins.
    pub(crate) start: Start,
    /// The calls whose answers say what to read here.
    pub(crate) fed_by: &'static [&'static str],
}

/// What belongs together when only a part is asked for.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Source {
    /// ECS with what starts and scales its tasks: rules, schedules, autoscaling.
    Ecs,
    /// Load balancers and what they route.
    LoadBalancing,
    /// Hosted zones and their records.
    Dns,
}

impl Source {
    /// Every source.
    pub const ALL: &[Self] = &[Self::Ecs, Self::LoadBalancing, Self::Dns];

    /// The name on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ecs => "ecs",
            Self::LoadBalancing => "elbv2",
            Self::Dns => "route53",
        }
    }

    /// The source of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|source| source.as_str() == text)
    }
}

/// Where a call begins.
#[derive(Debug)]
pub(crate) enum Start {
    /// With the scan: one list with this input, a JSON object.
    Root(&'static str),
    /// When an answer makes it necessary, once for each thing.
    Each,
    /// When an answer makes it necessary, many things in one request: the request's field, and the most it takes.
    Batch(&'static str, usize),
    /// When an answer makes it necessary, all pages at once, since what they name belongs to one thing: the list's field.
    Whole(&'static str),
}

const ECS_ONLY: &str = r#"{"ServiceNamespace":"ecs"}"#;

/// The table. Batch sizes are the limits of the API references.
pub(crate) const CALLS: &[Call] = &[
    ecs("ecs:ListClusters", Start::Root("{}"), &[]),
    ecs("ecs:DescribeClusters", Start::Batch("clusters", 100), &["ecs:ListClusters"]),
    ecs("ecs:ListServices", Start::Each, &["ecs:ListClusters"]),
    ecs("ecs:DescribeServices", Start::Batch("services", 10), &["ecs:ListServices"]),
    ecs("ecs:ListTasks", Start::Each, &["ecs:ListClusters"]),
    ecs("ecs:DescribeTasks", Start::Batch("tasks", 100), &["ecs:ListTasks"]),
    ecs(
        "ecs:DescribeTaskDefinition",
        Start::Each,
        &["ecs:DescribeServices", "ecs:DescribeTasks", "events:ListTargetsByRule", "scheduler:GetSchedule"],
    ),
    ecs("events:ListEventBuses", Start::Root("{}"), &[]),
    ecs("events:ListRules", Start::Each, &["events:ListEventBuses"]),
    ecs("events:ListTargetsByRule", Start::Whole("Targets"), &["events:ListRules"]),
    ecs("scheduler:ListSchedules", Start::Root("{}"), &[]),
    ecs("scheduler:GetSchedule", Start::Each, &["scheduler:ListSchedules"]),
    ecs("application-autoscaling:DescribeScalableTargets", Start::Root(ECS_ONLY), &[]),
    ecs("application-autoscaling:DescribeScalingPolicies", Start::Root(ECS_ONLY), &[]),
    ecs("application-autoscaling:DescribeScheduledActions", Start::Root(ECS_ONLY), &[]),
    balancing("elasticloadbalancing:DescribeLoadBalancers", Start::Root("{}"), &[]),
    balancing("elasticloadbalancing:DescribeListeners", Start::Each, &["elasticloadbalancing:DescribeLoadBalancers"]),
    balancing("elasticloadbalancing:DescribeRules", Start::Each, &["elasticloadbalancing:DescribeListeners"]),
    balancing("elasticloadbalancing:DescribeTargetGroups", Start::Root("{}"), &[]),
    balancing(
        "elasticloadbalancing:DescribeTargetGroupAttributes",
        Start::Each,
        &["elasticloadbalancing:DescribeTargetGroups"],
    ),
    balancing(
        "elasticloadbalancing:DescribeTags",
        Start::Batch("ResourceArns", 20),
        &["elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeRules"],
    ),
    dns("route53:ListHostedZones", Start::Root("{}"), &[]),
    dns("route53:ListResourceRecordSets", Start::Each, &["route53:ListHostedZones"]),
];

const fn ecs(api: &'static str, start: Start, fed_by: &'static [&'static str]) -> Call {
    Call { api, source: Source::Ecs, global: false, start, fed_by }
}

const fn balancing(api: &'static str, start: Start, fed_by: &'static [&'static str]) -> Call {
    Call { api, source: Source::LoadBalancing, global: false, start, fed_by }
}

const fn dns(api: &'static str, start: Start, fed_by: &'static [&'static str]) -> Call {
    Call { api, source: Source::Dns, global: true, start, fed_by }
}

/// The call of that name.
pub(crate) fn call(api: &str) -> Option<&'static Call> {
    CALLS.iter().find(|call| call.api == api)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feeder_is_in_the_table_and_of_the_same_source() {
        for one in CALLS {
            for feeder in one.fed_by {
                let feeder = call(feeder).expect(feeder);
                assert_eq!(feeder.source, one.source, "{} would be partial when its feeder is not asked for", one.api);
            }
            assert_eq!(matches!(one.start, Start::Root(_)), one.fed_by.is_empty(), "{}", one.api);
        }
    }
}
