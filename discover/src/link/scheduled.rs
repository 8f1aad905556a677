//! Tasks that an EventBridge rule or a schedule starts: one workload for each target.

use super::Linker;
use super::calls::scaled_service;
use super::ecs::{service_cluster, service_name};
use super::found::Found;
use super::names::{DefinitionName, Definitions, cluster_name};
use super::owner::{New, id_beside};
use super::view::View;
use crate::arn::Arn;
use caravan_inventory::{Confidence, EdgeKind, ScheduledCall, WorkloadId, WorkloadKind};
use serde_json::Value;

/// A target that runs a task.
struct ScheduledTarget<'o> {
    /// Where it stands in the rule or schedule.
    pointer: String,
    value: &'o Value,
    /// What the id and name end in.
    id: String,
    name: String,
    /// The task definition that it runs, with the place where that is said inside the target.
    runs: Option<(String, &'static str)>,
    /// The cluster, by its name or ARN.
    cluster: Option<String>,
}

impl Linker<'_> {
    /// One workload for each ECS target of a rule, and for each schedule with one. A schedule that sets the count of a
    /// service that is here belongs to that service instead.
    pub(super) fn scheduled_tasks(&mut self, found: &Found) {
        let definitions = Definitions::of(&found.definitions);
        for view in found.rules.iter().map(View::of) {
            for target in rule_targets(&view) {
                self.scheduled_task(&view, &target, &definitions);
            }
        }
        for view in found.schedules.iter().map(View::of) {
            let belongs =
                |(cluster, service): (String, String)| {
                    found.services.iter().map(View::of).any(|view| {
                        (service_cluster(&view), service_name(&view)) == (cluster.as_str(), service.as_str())
                    })
                };
            if let Some(target) = schedule_target(&view).filter(|_| !scaled_service(&view).is_some_and(belongs)) {
                self.scheduled_task(&view, &target, &definitions);
            }
        }
    }

    fn scheduled_task(&mut self, view: &View<'_>, target: &ScheduledTarget<'_>, definitions: &Definitions<'_>) {
        let text = |pointer: &str| target.value.pointer(pointer).and_then(Value::as_str);
        let runs = target.runs.as_ref();
        let definition = runs.and_then(|(text, _)| definitions.find(DefinitionName::parse(text), view));
        let parts = definition.iter().map(|view| view.observation.id.clone()).collect();
        let id = match view.stem() {
            Some(stem) => WorkloadId::of_file(WorkloadKind::Ecs, &format!("{stem}/{}", target.name)),
            None => id_beside(view, WorkloadKind::Ecs, &target.id),
        };
        let cluster = Some(cluster_name(target.cluster.as_deref()));
        let new =
            New { id, kind: WorkloadKind::Ecs, name: target.name.clone(), deciding: *view, definition, cluster, parts };
        let id = self.add(new);
        let source = view.observation.id.as_str();
        self.edges.insert(view.edge(&id, source, EdgeKind::TriggeredBy, Confidence::Stated, &target.pointer));
        if let Some((text, place)) = runs {
            let to =
                definition.map_or_else(|| format!("task-definition:{text}"), |view| view.observation.id.to_string());
            let pointer = format!("{}{place}", target.pointer);
            self.edges.insert(view.edge(&id, &to, EdgeKind::Runs, Confidence::Stated, &pointer));
        }
        if let Some(definition) = &definition {
            self.needs_of_definition(&id, definition);
        }
        if let Some(input) = text("/Input") {
            self.needs_of_text(&id, view, "", input, &format!("{}/Input", target.pointer));
        }
        for (pointer, role) in
            [("/RoleArn", text("/RoleArn")), ("/DeadLetterConfig/Arn", text("/DeadLetterConfig/Arn"))]
        {
            if let Some(arn) = role.filter(|arn| Arn::parse(arn).is_some()) {
                self.needs_of_text(&id, view, "", arn, &format!("{}{pointer}", target.pointer));
            }
        }
    }
}

fn rule_targets<'o>(view: &View<'o>) -> Vec<ScheduledTarget<'o>> {
    let rule = view.text("/Name").unwrap_or(&view.observation.name);
    // Rules of other buses may have the same names.
    let bus =
        view.text("/EventBusName").filter(|bus| *bus != "default").map(|bus| format!("{bus}/")).unwrap_or_default();
    let targets = view.list("/Targets").iter().enumerate().filter(|(_, target)| target.get("EcsParameters").is_some());
    let targets: Vec<_> = targets.collect();
    let several = targets.len() > 1;
    let target = |(at, value): (usize, &'o Value)| {
        let id = value.get("Id").and_then(Value::as_str).map_or_else(|| at.to_string(), str::to_owned);
        let name = if several { format!("{rule}-{id}") } else { rule.to_owned() };
        let (pointer, id) = (format!("/Targets/{at}"), format!("rule/{bus}{rule}/{id}"));
        ScheduledTarget { pointer, value, id, name, runs: templated(value), cluster: cluster(value) }
    };
    targets.into_iter().map(target).collect()
}

/// What `EcsParameters` say.
fn templated(target: &Value) -> Option<(String, &'static str)> {
    let text = target.pointer("/EcsParameters/TaskDefinitionArn")?.as_str()?;
    Some((text.to_owned(), "/EcsParameters/TaskDefinitionArn"))
}

fn cluster(target: &Value) -> Option<String> {
    target.get("Arn").and_then(Value::as_str).map(str::to_owned)
}

/// The target of a schedule that concerns ECS: a cluster, or a call of its API (a universal target).
fn schedule_target<'o>(view: &View<'o>) -> Option<ScheduledTarget<'o>> {
    let value = view.element.get("Target")?;
    let call = value.as_object().and_then(ScheduledCall::of).filter(|call| call.service.eq_ignore_ascii_case("ecs"));
    let runs = match &call {
        Some(call) => call.text("taskDefinition").map(|text| (text.to_owned(), "/Input")),
        None => templated(value),
    };
    let cluster = match &call {
        Some(call) => call.text("cluster").map(str::to_owned),
        None => cluster(value),
    };
    let on_cluster = cluster
        .as_deref()
        .and_then(Arn::parse)
        .is_some_and(|arn| arn.service == "ecs" && arn.resource.starts_with("cluster/"));
    if call.is_none() && value.get("EcsParameters").is_none() && !on_cluster {
        return None;
    }
    let name = view.text("/Name").unwrap_or(&view.observation.name);
    let group = view.text("/GroupName").unwrap_or("default");
    let id = format!("schedule/{group}/{name}");
    Some(ScheduledTarget { pointer: "/Target".to_owned(), value, id, name: name.to_owned(), runs, cluster })
}
