//! What a call is: one row of a provider's table.

use super::found::{Collected, Found};
use crate::request::Request;
use serde_json::Value;

/// One call, and one unit of coverage for each scope that it is made in.
#[derive(Debug)]
pub(crate) struct CallRow {
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
    /// What reads its answers.
    pub(super) collector: Collector,
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
    /// Instances, Auto Scaling groups, and what they are made of.
    Ec2,
    /// Lambda functions with what starts them.
    Lambda,
    /// API Gateway: REST, HTTP and WebSocket APIs with their domains.
    ApiGateway,
    /// What workloads share: queues, topics, buckets, tables, databases, caches, names of secrets, roles, and the like.
    Resources,
    /// CloudFormation: stacks, and what stands in them.
    Stacks,
    /// What CloudWatch counts: load and use. Its calls are the only ones that cost money, so it is read when it is named.
    Signals,
    /// Cloudflare: Workers, and the zones that lead to them.
    Workers,
}

impl Source {
    /// Every source.
    pub const ALL: &[Self] = &[
        Self::Ecs,
        Self::LoadBalancing,
        Self::Dns,
        Self::Ec2,
        Self::Lambda,
        Self::ApiGateway,
        Self::Resources,
        Self::Stacks,
        Self::Signals,
        Self::Workers,
    ];

    /// The name on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ecs => "ecs",
            Self::LoadBalancing => "elbv2",
            Self::Dns => "route53",
            Self::Ec2 => "ec2",
            Self::Lambda => "lambda",
            Self::ApiGateway => "apigateway",
            Self::Resources => "resources",
            Self::Stacks => "cloudformation",
            Self::Signals => "signals",
            Self::Workers => "cloudflare",
        }
    }

    /// Whether it is read when none is named.
    #[must_use]
    pub const fn is_default(self) -> bool {
        !matches!(self, Self::Signals)
    }

    /// The source of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|source| source.as_str() == text)
    }
}

impl Source {
    /// A call of its, made in each region, whose every answer is read by itself.
    pub(super) const fn row(
        self,
        api: &'static str,
        start: Start,
        fed_by: &'static [&'static str],
        collector: fn(&Request, &Value) -> Found,
    ) -> CallRow {
        CallRow { api, source: self, global: false, start, fed_by, collector: Collector::One(collector) }
    }

    /// A call of its that comes last, in each region.
    pub(super) const fn last(
        self,
        api: &'static str,
        start: Start,
        collector: fn(&[Request], &Value) -> Vec<Collected>,
    ) -> CallRow {
        CallRow { api, source: self, global: false, start, fed_by: &[], collector: Collector::Batch(collector) }
    }
}

impl CallRow {
    /// The same call, made once for an account instead of once for each region.
    pub(super) const fn once_for_each_account(self) -> Self {
        Self { global: true, ..self }
    }
}

/// Where a call begins.
#[derive(Debug)]
pub(crate) enum Start {
    /// With the scan: one list with this input, a JSON object.
    Root(&'static str),
    /// When an answer makes it necessary, once for each thing.
    Each,
    /// When all else was read, for what is there then; all pages at once: the list's field.
    Last(&'static str),
    /// When an answer makes it necessary, many things in one request: the request's field, and the most it takes (the
    /// limit of the API reference).
    Batch(&'static str, usize),
    /// When an answer makes it necessary, all pages at once, since what they name belongs to one thing: the list's field.
    Whole(&'static str),
}

/// What reads the answers of a call. Pure.
#[derive(Debug)]
pub(super) enum Collector {
    /// Each answer is one request's.
    One(fn(&Request, &Value) -> Found),
    /// An answer is that of a whole batch: one for each request, in their order.
    Batch(fn(&[Request], &Value) -> Vec<Collected>),
}
