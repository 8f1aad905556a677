//! What schedules call by themselves: the count of a service, and a task.

use super::found::Found;
use super::names::cluster_name;
use super::view::View;
use crate::arn::Arn;
use caravan_inventory::{ObservationId, ScheduledCall};
use serde_json::Value;
use std::collections::BTreeMap;

/// The schedules that set the count of a service, by its cluster and name.
pub(super) struct ServiceSchedules<'f>(BTreeMap<(String, String), Vec<&'f ObservationId>>);

impl<'f> ServiceSchedules<'f> {
    pub(super) fn of(found: &'f Found) -> Self {
        let mut of_service: BTreeMap<(String, String), Vec<&ObservationId>> = BTreeMap::new();
        for observation in &found.schedules {
            if let Some(service) = scaled_service(&View::of(observation)) {
                of_service.entry(service).or_default().push(&observation.id);
            }
        }
        Self(of_service)
    }

    pub(super) fn of_service(&self, cluster: &str, name: &str) -> impl Iterator<Item = ObservationId> {
        self.0.get(&(cluster.to_owned(), name.to_owned())).into_iter().flatten().map(|id| (*id).clone())
    }
}

/// The cluster and the name of the service that a schedule updates.
pub(super) fn scaled_service(view: &View<'_>) -> Option<(String, String)> {
    let call = view.element.get("Target").and_then(Value::as_object).and_then(ScheduledCall::of)?;
    let (cluster, service) = call.scaled_service()?;
    let name = Arn::parse(service).map_or(service, |arn| arn.name());
    Some((cluster_name(cluster).to_owned(), name.to_owned()))
}

/// The task definitions that a schedule's calls name.
pub(super) fn called_definition(target: &Value) -> Option<String> {
    let call = target.as_object().and_then(ScheduledCall::of)?;
    call.text("taskDefinition").filter(|_| call.service.eq_ignore_ascii_case("ecs")).map(str::to_owned)
}
