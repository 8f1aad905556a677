//! Work without traffic that a draft proposes to hand over: what conversion emits suspended until then.

use super::{Drafted, NO_TRAFFIC};
use crate::hand_over_spec::{
    ClusterWorkSpec, DeploymentSpec, EcsServiceSpec, EventRuleSpec, HandOverSpec, OwnerSpec, ProofSpec, in_flight,
    longest_gap,
};
use crate::{Estate, FILL_IN};
use caravan_inventory::{Observation, ObservationKind, Workload};

impl Drafted {
    /// Adds the hand-overs of these workloads, of those that nothing sends traffic to. The new owner is where conversion put it, in a
    /// cluster that only a person knows; what can't be handed over is left out, with the reason.
    #[must_use]
    pub fn hand_over(mut self, workloads: &[Workload], estate: &Estate) -> Self {
        for workload in workloads {
            let proposed = match deciding(workload, estate) {
                Some(seen) if seen.kind == ObservationKind::EventsRule => of_rule(workload, seen),
                Some(seen) => match self.spec.shifts.iter().any(|shift| shift.workload == workload.id) {
                    true => continue,
                    false => of_service(workload, seen),
                },
                None => continue,
            };
            match proposed {
                Ok(hand_over) => {
                    self.left_out.retain(|text| *text != format!("{}: {NO_TRAFFIC}", workload.id));
                    self.spec.hand_overs.push(hand_over);
                }
                Err(Some(why)) => self.left_out.push(format!("{}: {why}", workload.id)),
                Err(None) => {}
            }
        }
        self
    }
}

/// What decides when a workload works: its service, or the rule that sets it off.
fn deciding<'a>(workload: &Workload, estate: &'a Estate) -> Option<&'a Observation> {
    let first = workload.parts.first()?;
    let is_owner = |kind| matches!(kind, ObservationKind::EcsService | ObservationKind::EventsRule);
    estate.entries.iter().find(|seen| seen.id == *first && is_owner(seen.kind))
}

fn of_rule(workload: &Workload, seen: &Observation) -> Result<HandOverSpec, Option<String>> {
    let text = |field: &str| seen.body[field].as_str().unwrap_or_default();
    let name = text("Name");
    if text("State") == "DISABLED" {
        return Err(Some(format!("its rule {name} is disabled, so that it has nothing to hand over")));
    }
    if caravan_providers::target::Firings::of_event_bridge(text("ScheduleExpression")).is_none() {
        let by = [text("ScheduleExpression"), text("EventPattern")].concat();
        return Err(Some(format!("nobody can compute when its rule {name} fires ({by}); hand it over by hand")));
    }
    let targets = seen.body["Targets"].as_array().map_or(0, Vec::len);
    if targets != 1 {
        return Err(Some(format!(
            "its rule {name} has {targets} targets, which stop together; hand them over by hand"
        )));
    }
    let (Some(account), Some(region)) = (workload.account.clone(), workload.region.clone()) else { return Err(None) };
    let stop = OwnerSpec::EventRule(EventRuleSpec { account, region, name: name.to_owned() });
    Ok(hand_over(workload, stop, OwnerSpec::CronJob(new_side())))
}

fn of_service(workload: &Workload, seen: &Observation) -> Result<HandOverSpec, Option<String>> {
    let is_empty = |field: &str| seen.body[field].as_array().is_none_or(Vec::is_empty);
    // Somebody calls it: its traffic moves, or its name does.
    if !is_empty("loadBalancers") || !is_empty("serviceRegistries") || seen.body["desiredCount"].as_u64() == Some(0) {
        return Err(None);
    }
    // arn:aws:ecs:REGION:ACCOUNT:service/CLUSTER/NAME; of the older form without a cluster nobody can tell it.
    let arn = seen.body["serviceArn"].as_str().unwrap_or(&seen.name);
    let Some((cluster, name)) = arn.split_once(":service/").and_then(|(_, rest)| rest.split_once('/')) else {
        return Err(None);
    };
    let (Some(account), Some(region)) = (workload.account.clone(), workload.region.clone()) else { return Err(None) };
    let (cluster, name) = (cluster.to_owned(), name.to_owned());
    let stop = OwnerSpec::EcsService(EcsServiceSpec { account, region, cluster, name });
    let ClusterWorkSpec { cluster, namespace, name } = new_side();
    Ok(hand_over(workload, stop, OwnerSpec::Deployment(DeploymentSpec { cluster, namespace, name, replicas: None })))
}

fn hand_over(workload: &Workload, stop: OwnerSpec, start: OwnerSpec) -> HandOverSpec {
    HandOverSpec {
        workload: workload.id.clone(),
        stop: vec![stop],
        start: vec![start],
        paused_controllers: Vec::new(),
        approve: true,
        probes: Vec::new(),
        proof: ProofSpec::default(),
        longest_gap: longest_gap(),
        in_flight: in_flight(),
    }
}

fn new_side() -> ClusterWorkSpec {
    let blank = |what: &str| format!("{FILL_IN}: {what}");
    ClusterWorkSpec {
        cluster: blank("the kubeconfig context of the cluster"),
        namespace: blank("its namespace, as the manifests have it"),
        name: blank("its name there; where KEDA scales it, `scaled-object` in the place of `deployment`"),
    }
}
