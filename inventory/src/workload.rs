//! A workload: what moves to Kubernetes as one.

use crate::{AccountId, EnvironmentName, ObservationId, Provider, Region, TeamName, WorkloadId};
use serde::{Deserialize, Serialize};

/// What moves as one: a service with its task definition, a scheduled task, an instance, a function, a Worker.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Workload {
    /// Stable from scan to scan.
    pub id: WorkloadId,
    /// The kind of source.
    pub kind: WorkloadKind,
    /// The name its owners use: service, function or Worker name, or a task family.
    pub name: String,
    /// Who owns it, by the ownership rules; `unassigned` when no rule matches.
    pub team: TeamName,
    /// Where in the life of software it stands; `default` when no rule matches.
    pub environment: EnvironmentName,
    /// The account it runs in; none for a file that does not say.
    pub account: Option<AccountId>,
    /// The region it runs in; none for a file that does not say.
    pub region: Option<Region>,
    /// What it is made of, in a fixed order: the deciding observation first (service, rule, function), then the rest by id.
    pub parts: Vec<ObservationId>,
}

/// The kinds of workloads, as the command line and JSON name them.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum WorkloadKind {
    /// An ECS service, a scheduled task, or a task definition that nothing refers to.
    Ecs,
    /// A Lambda function.
    Lambda,
    /// An EC2 instance or an Auto Scaling group.
    Ec2,
    /// A Cloudflare Worker.
    Worker,
}

impl WorkloadKind {
    /// Every kind.
    pub const ALL: &[Self] = &[Self::Ecs, Self::Lambda, Self::Ec2, Self::Worker];

    /// The name in files, ids and the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ecs => "ecs",
            Self::Lambda => "lambda",
            Self::Ec2 => "ec2",
            Self::Worker => "worker",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }

    /// Where workloads of this kind run.
    #[must_use]
    pub const fn provider(self) -> Provider {
        match self {
            Self::Ecs | Self::Lambda | Self::Ec2 => Provider::Aws,
            Self::Worker => Provider::Cloudflare,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_ones_of_json() {
        for kind in WorkloadKind::ALL.iter().copied() {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert_eq!(WorkloadKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(WorkloadKind::parse("ECS"), None);
    }
}
