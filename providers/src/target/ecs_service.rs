//! The tasks of an ECS service that works without being asked: an owner of work with a desired number, or with none.

use super::budget::{ApiBudget, Limit};
use super::kind::{Ask, Guarantee, Share, TargetKind, TargetLocation};
use super::shell::{if_ours, quoted};
use super::snapshot::{Snapshot, SnapshotError};
use caravan_inventory::{AccountId, Provider, Region, Scope};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt;

/// One ECS service.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct EcsServiceTarget {
    /// The account of the service.
    pub account: AccountId,
    /// Its region.
    pub region: Region,
    /// The name of its cluster.
    pub cluster: String,
    /// Its name.
    pub service: String,
}

/// ECS refills 20 of 50 reads of services and clusters a second, and as many changes (ECS API Reference, "Request throttling").
const LIMIT: Limit = Limit { burst: 20, per_second: 5, reserve: 5 };

impl EcsServiceTarget {
    /// The snapshot of a service with this desired number.
    #[must_use]
    pub fn with_desired(count: i64) -> Snapshot {
        Snapshot::Activation { active: count > 0, settings: json!({"desiredCount": count}) }
    }

    /// The snapshot in what the API says of a service (`DescribeServices`).
    ///
    /// # Errors
    /// When it has no desired number.
    pub fn snapshot(desired: Option<i64>) -> Result<Snapshot, SnapshotError> {
        desired.map(Self::with_desired).ok_or(SnapshotError { what: "service", field: "desiredCount" })
    }

    /// The desired number of a snapshot.
    #[must_use]
    pub fn desired(snapshot: &Snapshot) -> Option<i64> {
        let Snapshot::Activation { settings, .. } = snapshot else { return None };
        settings["desiredCount"].as_i64()
    }

    /// How Application Auto Scaling names it.
    #[must_use]
    pub fn resource(&self) -> String {
        format!("service/{}/{}", self.cluster, self.service)
    }

    /// Why a scalable target (Application Auto Scaling, `ScalableTarget`) would change the number by itself, with the command
    /// that ends it; none when all of its scaling is suspended.
    #[must_use]
    pub fn scales_by_itself(&self, scalable: &Value) -> Option<String> {
        const ALL: [&str; 3] = ["DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended"];
        let state = &scalable["SuspendedState"];
        if ALL.iter().all(|part| state[part] == true) {
            return None;
        }
        let all: Vec<String> = ALL.iter().map(|part| format!("{part}=true")).collect();
        Some(format!(
            "Application Auto Scaling would change the number of {} by itself; suspend it, and resume it when the service is back: \
             aws application-autoscaling register-scalable-target --region {} --service-namespace ecs --scalable-dimension \
             ecs:service:DesiredCount --resource-id {} --suspended-state {}",
            self.service,
            self.region,
            quoted(&self.resource()),
            all.join(",")
        ))
    }

    fn of_service(&self, verb: &str, flag: &str) -> String {
        let (region, cluster, service) = (&self.region, quoted(&self.cluster), quoted(&self.service));
        format!("aws ecs {verb} --region {region} --cluster {cluster} {flag} {service}")
    }
}

impl fmt::Display for EcsServiceTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { account, region, cluster, service } = self;
        write!(f, "ECS service {service} of cluster {cluster}, account {account}, region {region}")
    }
}

impl TargetKind for EcsServiceTarget {
    fn short_name(&self) -> String {
        format!("{}/{}", self.cluster, self.service)
    }

    /// ECS has no conditional write.
    fn guarantee(&self) -> Guarantee {
        Guarantee::Checked
    }

    fn location(&self) -> TargetLocation {
        TargetLocation::Account(Scope::new(Provider::Aws, self.account.clone(), self.region.clone()))
    }

    fn budget(&self) -> ApiBudget {
        let (owner, region) = (self.account.to_string(), self.region.to_string());
        ApiBudget { api: "ecs", owner, region, limit: LIMIT }
    }

    fn requests(&self, ask: Ask) -> u64 {
        match ask {
            // It and its scalable targets are read once more before it is written.
            Ask::Write => 3,
            Ask::Observe => 2,
            Ask::Status | Ask::Controllers => 1,
            // The service, the lists of its tasks that run and that stop, and what these are.
            Ask::Activity => 4,
        }
    }

    fn shares<'a>(&self, _snapshot: &'a Snapshot) -> Vec<Share<'a>> {
        Vec::new()
    }

    fn lines(&self, snapshot: &Snapshot) -> Vec<String> {
        Self::desired(snapshot).map(|count| format!("desiredCount {count}")).into_iter().collect()
    }

    fn settled_when(&self) -> &'static str {
        "ECS shows the number; each of its tasks has stopped, or as many run as it says"
    }

    fn by_hand(&self, snapshot: &Snapshot, _stands: &Snapshot) -> Option<String> {
        let count = Self::desired(snapshot)?;
        Some(format!("{} --desired-count {count}", self.of_service("update-service", "--service")))
    }

    fn manual_rollback(&self, original: &Snapshot, stages: &[(u8, &Snapshot)]) -> Vec<String> {
        let Some(write) = self.by_hand(original, original) else { return Vec::new() };
        let all = std::iter::once(original).chain(stages.iter().map(|(_, stage)| *stage));
        let ours: Vec<String> = all.filter_map(Self::desired).map(|count| count.to_string()).collect();
        let read = self.of_service("describe-services", "--services");
        let mut lines = vec![format!("seen=$({read} --output text --query 'services[0].desiredCount')")];
        lines.extend(if_ours("seen", &ours, &write, &self.to_string()));
        lines.push(self.of_service("wait services-stable", "--services"));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_that_is_scaled_is_told_with_the_command_that_suspends_it() {
        let service = EcsServiceTarget {
            account: AccountId::new("123456789012"),
            region: Region::new("eu-central-1"),
            cluster: "main".to_owned(),
            service: "orders".to_owned(),
        };
        let state = |out: bool| {
            json!({"SuspendedState": {
                "DynamicScalingInSuspended": true, "DynamicScalingOutSuspended": out, "ScheduledScalingSuspended": true,
            }})
        };
        assert_eq!(service.scales_by_itself(&state(true)), None);
        for scalable in [state(false), json!({"MinCapacity": 0})] {
            let why = service.scales_by_itself(&scalable).unwrap();
            assert!(why.contains("--resource-id 'service/main/orders'") && why.contains("OutSuspended=true"), "{why}");
        }
    }
}
