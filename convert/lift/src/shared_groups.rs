//! Target groups in which several workloads stand: a load balancer spreads requests over all of their instances, and a
//! route of the gateway leads to one workload.

use caravan_inventory::{EnvironmentName, Observation, ObservationKind, Workload, WorkloadId};
use serde_json::Value;
use std::collections::BTreeMap;

/// The target groups, by ARN, with the workloads of an environment that stand in them and how many instances each wants.
#[derive(Clone, Debug, Default)]
pub struct SharedGroups(BTreeMap<(EnvironmentName, String), BTreeMap<WorkloadId, Option<u64>>>);

impl SharedGroups {
    /// Adds a workload by what one of its own documents names: a service of ECS or an Auto Scaling group. Any other one
    /// names none.
    pub fn add(&mut self, workload: &Workload, named: &GroupsNamed) {
        for group in &named.groups {
            let place = (workload.environment.clone(), group.clone());
            self.0.entry(place).or_default().insert(workload.id.clone(), named.wanted);
        }
    }

    /// The workloads in a target group; none where it has less than two.
    pub(crate) fn of(&self, environment: &EnvironmentName, group: &str) -> Option<&BTreeMap<WorkloadId, Option<u64>>> {
        self.0.get(&(environment.clone(), group.to_owned())).filter(|workloads| workloads.len() > 1)
    }
}

/// What a document says of the target groups that its workload stands in.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct GroupsNamed {
    /// Their ARNs.
    groups: Vec<String>,
    /// How many instances of it are wanted (`desiredCount`, `DesiredCapacity`).
    wanted: Option<u64>,
}

impl GroupsNamed {
    /// Reads an observation; none where it names no target group of a service's or an Auto Scaling group's own.
    #[must_use]
    pub fn read(observation: &Observation) -> Option<Self> {
        let body = &observation.body;
        let list = |name: &str| body.get(name).and_then(Value::as_array).into_iter().flatten();
        let (groups, wanted): (Vec<&Value>, _) = match observation.kind {
            ObservationKind::EcsService => {
                (list("loadBalancers").filter_map(|one| one.get("targetGroupArn")).collect(), "desiredCount")
            }
            ObservationKind::AutoScalingGroup => (list("TargetGroupARNs").collect(), "DesiredCapacity"),
            _ => return None,
        };
        let groups = groups.into_iter().filter_map(Value::as_str);
        let groups: Vec<String> = groups.filter(|arn| arn.contains(":targetgroup/")).map(str::to_owned).collect();
        let wanted = body.get(wanted).and_then(Value::as_u64);
        (!groups.is_empty()).then_some(Self { groups, wanted })
    }
}
