//! ECS services, and task definitions that no service, rule or schedule runs.

use super::Linker;
use super::balancing::Balancing;
use super::calls::{ServiceSchedules, called_definition};
use super::classic::Classics;
use super::found::Found;
use super::gateway::Gateways;
use super::names::{DefinitionName, Definitions, cluster_name, latest};
use super::owner::{New, id_beside};
use super::state_machines::Started;
use super::view::View;
use crate::arn::Arn;
use caravan_inventory::{
    Confidence, EdgeKind, ObservationId, Question, QuestionId, Unresolved, WorkloadId, WorkloadKind,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

impl Linker<'_> {
    /// One workload for each service.
    pub(super) fn services(&mut self, found: &Found, gateways: &Gateways<'_>) {
        let definitions = Definitions::of(&found.definitions);
        let balancing = Balancing::of(found);
        let views = found.services.iter().map(View::of);
        let beside = Beside {
            taken: views.flat_map(|view| balancer_arns(&view)).map(|(arn, _)| arn).collect(),
            scaling: Scaling::of(found),
            schedules: ServiceSchedules::of(found),
            classics: Classics::of(found),
        };
        for observation in &found.services {
            self.service(&View::of(observation), &definitions, (&balancing, gateways), &beside);
        }
    }

    fn service(
        &mut self,
        service: &View<'_>,
        definitions: &Definitions<'_>,
        (balancing, gateways): (&Balancing<'_>, &Gateways<'_>),
        beside: &Beside<'_>,
    ) {
        let name = service_name(service);
        let cluster = service_cluster(service);
        let runs = current_definition(service);
        let definition = runs.as_ref().and_then(|(text, _)| definitions.find(DefinitionName::parse(text), service));
        let mut parts: BTreeSet<ObservationId> = definition.iter().map(|view| view.observation.id.clone()).collect();
        parts.extend(beside.scaling.of_service(cluster, name));
        parts.extend(beside.schedules.of_service(cluster, name));
        let mut fronts = Vec::new();
        let balancers = balancer_arns(service);
        for (arn, _) in &balancers {
            if arn.contains(":targetgroup/") {
                fronts.extend(balancing.follow(arn, self, &mut parts));
            } else {
                fronts.extend(balancing.follow_arn(arn, self, &mut parts));
            }
        }
        for group in beside.other_colours(service, &balancers, balancing) {
            fronts.extend(balancing.follow(group, self, &mut parts));
        }
        parts.extend(self.hosts.records_of(&fronts));
        parts.extend(self.hosts.distributions_to(&fronts));
        let registries = service.list("/serviceRegistries").iter().filter_map(|one| one.get("registryArn")?.as_str());
        parts.extend(gateways.sending_to(&fronts, &registries.collect()));
        let own = service.list("/networkConfiguration/awsvpcConfiguration/securityGroups");
        parts.extend(balancing.deciding_groups(&fronts, own));
        let id = match service.stem() {
            Some(stem) => file_id(stem, name, service),
            None => id_beside(service, WorkloadKind::Ecs, &format!("{cluster}/{name}")),
        };
        let named: Vec<(&str, String)> = (service.list("/loadBalancers").iter().enumerate())
            .filter_map(|(at, one)| {
                let name = one.get("loadBalancerName").and_then(Value::as_str).filter(|name| !name.is_empty())?;
                Some((name, format!("/loadBalancers/{at}/loadBalancerName")))
            })
            .collect();
        parts.extend(named.iter().filter_map(|(name, _)| beside.classics.named(name)).cloned());
        let new = New {
            id,
            kind: WorkloadKind::Ecs,
            name: name.to_owned(),
            deciding: *service,
            definition,
            cluster: Some(cluster),
            parts,
        };
        let id = self.add(new);
        if let Some((text, pointer)) = &runs {
            let to =
                definition.map_or_else(|| format!("task-definition:{text}"), |view| view.observation.id.to_string());
            self.edges.insert(service.edge(&id, &to, EdgeKind::Runs, Confidence::Stated, pointer));
        }
        for (arn, pointer) in balancers.iter().filter(|(arn, _)| arn.contains(":targetgroup/")) {
            let observed = balancing.group(arn);
            let to = observed.map_or_else(|| format!("elasticloadbalancing:{arn}"), |group| group.id.to_string());
            self.edges.insert(service.edge(&id, &to, EdgeKind::Routes, Confidence::Stated, pointer));
        }
        self.names_classics(&id, service, &beside.classics, named);
        self.ask_about_near(&id, service, cluster, name, &beside.scaling);
        self.hosts.add_fronts(&id, fronts);
        self.hosts.add_discovery(&id, service, name);
        for registry in service.list("/serviceRegistries").iter().filter_map(|one| one.get("registryArn")?.as_str()) {
            self.registries.entry(registry.to_owned()).or_default().insert(id.clone());
        }
        if let Some(definition) = &definition {
            self.needs_of_definition(&id, definition);
        }
        self.needs_of_service(&id, service);
    }

    /// Asks about autoscaling of a service of this name in a cluster that has none: written with another cluster or other
    /// letters, it would be lost without a word.
    fn ask_about_near(&mut self, id: &str, service: &View<'_>, cluster: &str, name: &str, scaling: &Scaling<'_>) {
        let own = service_name(service);
        let near = scaling.near(cluster, name).map(|(resource, count)| {
            let text = format!(
                "{count} of autoscaling name `{resource}`, and no such service was seen: they are not taken for those of \
                 `{cluster}/{own}`. Is that right (`leave-out`)? Else correct their ResourceId where they are kept, and \
                 discover again."
            );
            (resource, text)
        });
        let open = scaling.open.iter().map(|(resource, count)| {
            let text = format!(
                "{count} of autoscaling in its template name what they scale as `{resource}`, which the template leaves open: \
                 they are not taken for those of `{own}`. Is that right (`leave-out`)? Else say its parameters, and discover \
                 again (`--template-parameter NAME=VALUE`)."
            );
            (*resource, text)
        });
        for (resource, text) in near.chain(open) {
            self.questions.push(Question {
                id: QuestionId::new(format!("scaling-target/{id}/{resource}")),
                text,
                workload: WorkloadId::new(id),
                options: vec!["leave-out".to_owned()],
                assumed: Some("leave-out".to_owned()),
                rests_on: None,
            });
        }
    }

    /// One workload for each family that nothing else runs: what running tasks show, what a state machine starts, or what
    /// only files hold.
    pub(super) fn unreferenced_definitions(&mut self, found: &Found) {
        let definitions = Definitions::of(&found.definitions);
        let in_use = families_in_use(found);
        let started = Started::of(found);
        let running: BTreeSet<DefinitionKey> =
            found.tasks.iter().map(|task| DefinitionKey::of(&task.definition)).collect();
        let taken: BTreeSet<ObservationId> =
            self.workloads.values().flat_map(|workload| workload.parts.iter().cloned()).collect();
        for (family, of_family) in definitions.families() {
            let shown: Vec<_> = of_family
                .iter()
                .copied()
                .filter(|definition| {
                    definition
                        .view
                        .text("/taskDefinitionArn")
                        .is_some_and(|arn| running.contains(&DefinitionKey::of(arn)))
                })
                .collect();
            let of_cloud = latest(if shown.is_empty() { of_family } else { &shown }).filter(|view| !view.is_file());
            // What a machine starts runs beside what a service of the same family does, and in the revision that it names.
            let by_machine = started.definition(family, &definitions).filter(|view| !view.is_file());
            let of_cloud = by_machine.or_else(|| of_cloud.filter(|_| !in_use.contains(family)));
            // Files may hold one family for each environment: each that nothing runs is a workload of its own.
            let of_files = of_family.iter().map(|definition| definition.view);
            let of_files = of_files.filter(|view| view.is_file() && !taken.contains(&view.observation.id));
            for view in of_cloud.into_iter().chain(of_files) {
                let id = match view.stem() {
                    Some(stem) => file_id(stem, family, &view),
                    None => id_beside(&view, WorkloadKind::Ecs, &format!("task/{family}")),
                };
                let machines = started.of_family(family);
                let parts = machines.iter().map(|(machine, ..)| machine.observation.id.clone()).collect();
                let new = New {
                    id,
                    kind: WorkloadKind::Ecs,
                    name: family.to_owned(),
                    deciding: view,
                    definition: None,
                    cluster: None,
                    parts,
                };
                let id = self.add(new);
                for (machine, _, pointer) in machines {
                    let to = machine.observation.id.as_str();
                    self.edges.insert(machine.edge(&id, to, EdgeKind::TriggeredBy, Confidence::Stated, pointer));
                }
                self.needs_of_definition(&id, &view);
            }
        }
    }
}

/// What stands beside services: what moves their counts, and which target groups are whose.
struct Beside<'f> {
    /// What services send requests through.
    taken: BTreeSet<&'f str>,
    scaling: Scaling<'f>,
    schedules: ServiceSchedules<'f>,
    classics: Classics<'f>,
}

impl<'f> Beside<'f> {
    /// The target groups that stand beside a service's own in one action, and are no service's, where something else than a
    /// rolling update deploys it: the other colour of a pair, which gets the requests after every other deployment.
    fn other_colours(
        &self,
        service: &View<'_>,
        balancers: &[(&str, String)],
        balancing: &Balancing<'f>,
    ) -> BTreeSet<&'f str> {
        let is_rolling = service.text("/deploymentController/type").is_none_or(|by| by == "ECS")
            && service.text("/deploymentConfiguration/strategy").is_none_or(|strategy| strategy == "ROLLING");
        let own = balancers.iter().filter(|_| !is_rolling).map(|(arn, _)| *arn);
        own.flat_map(|arn| balancing.beside(arn)).filter(|arn| !self.taken.contains(arn)).collect()
    }
}

/// Scalable targets, policies and scheduled actions by what they scale: `service/<cluster>/<name>`.
struct Scaling<'f> {
    of_resource: BTreeMap<&'f str, Vec<&'f ObservationId>>,
    /// What each service that was seen is called there.
    services: BTreeSet<String>,
    /// What a template leaves open of what is scaled in ECS, with how many say it so.
    open: BTreeMap<&'f str, usize>,
}

impl<'f> Scaling<'f> {
    fn of(found: &'f Found) -> Self {
        let mut of_resource: BTreeMap<&str, Vec<&ObservationId>> = BTreeMap::new();
        let mut open: BTreeMap<&str, usize> = BTreeMap::new();
        for view in found.scaling.iter().map(View::of) {
            if let Some(resource) = view.text("/ResourceId") {
                of_resource.entry(resource).or_default().push(&view.observation.id);
            }
            let of_ecs = view.text("/ServiceNamespace").is_none_or(|namespace| namespace == "ecs");
            if let Some(resource) = view.element.get("ResourceId").and_then(Unresolved::of).filter(|_| of_ecs) {
                *open.entry(resource.text).or_default() += 1;
            }
        }
        let services = found.services.iter().map(View::of);
        let services = services.map(|view| resource(service_cluster(&view), service_name(&view))).collect();
        Self { of_resource, services, open }
    }

    fn of_service(&self, cluster: &str, name: &str) -> impl Iterator<Item = ObservationId> {
        self.of_resource.get(resource(cluster, name).as_str()).into_iter().flatten().map(|id| (*id).clone())
    }

    /// What is scaled under the same name, in whatever letters, and is no service that was seen; with how many say so.
    fn near<'s>(&'s self, cluster: &str, name: &'s str) -> impl Iterator<Item = (&'s str, usize)> {
        let own = resource(cluster, name);
        let near = move |resource: &str| {
            let last = resource.strip_prefix("service/").and_then(|rest| rest.rsplit('/').next());
            resource != own && last.is_some_and(|last| last.eq_ignore_ascii_case(name))
        };
        let unseen = self.of_resource.iter().filter(|(resource, _)| !self.services.contains(**resource));
        unseen.filter(move |(resource, _)| near(resource)).map(|(resource, ids)| (*resource, ids.len()))
    }
}

/// What Application Auto Scaling calls a service.
fn resource(cluster: &str, name: &str) -> String {
    format!("service/{cluster}/{name}")
}

/// A family and revision, to compare ARNs by.
#[derive(Eq, Ord, PartialEq, PartialOrd)]
struct DefinitionKey(String, Option<u64>);

impl DefinitionKey {
    fn of(text: &str) -> Self {
        let name = DefinitionName::parse(text);
        Self(name.family.to_owned(), name.revision)
    }
}

/// A service's name: its own, or its file's.
pub(super) fn service_name<'o>(service: &View<'o>) -> &'o str {
    let named = service.text("/serviceName").or_else(|| service.text("/service"));
    let arn = || service.text("/serviceArn").and_then(Arn::parse).map(|arn| arn.name());
    let stem = || service.stem().map(|stem| stem.rsplit('/').next().unwrap_or(stem));
    named.or_else(arn).or_else(stem).unwrap_or(&service.observation.name)
}

pub(super) fn service_cluster<'o>(service: &View<'o>) -> &'o str {
    cluster_name(service.text("/clusterArn").or_else(|| service.text("/cluster")))
}

/// What a service runs now: its own task definition, or that of its primary deployment or task set, where a deployment
/// controller of another kind keeps it.
fn current_definition<'o>(service: &View<'o>) -> Option<(&'o str, String)> {
    let own = service.text("/taskDefinition").map(|text| (text, "/taskDefinition".to_owned()));
    let primary = |list: &str| {
        service.list(&format!("/{list}")).iter().enumerate().find_map(|(at, part)| {
            let is_primary = part.get("status").and_then(Value::as_str) == Some("PRIMARY");
            let text = part.get("taskDefinition").and_then(Value::as_str).filter(|_| is_primary)?;
            Some((text, format!("/{list}/{at}/taskDefinition")))
        })
    };
    own.or_else(|| primary("taskSets")).or_else(|| primary("deployments"))
}

/// Everything that anything runs: services with all their deployments, rules, schedules, and tasks that a service started.
fn families_in_use(found: &Found) -> BTreeSet<String> {
    let mut names = Vec::new();
    for observation in found.services.iter().chain(&found.rules).chain(&found.schedules) {
        collect_definitions(View::of(observation).element, &mut names);
    }
    let called =
        found.schedules.iter().filter_map(|schedule| called_definition(View::of(schedule).element.get("Target")?));
    let called: Vec<String> = called.collect();
    names.extend(called.iter().map(String::as_str));
    let of_services = found.tasks.iter().filter(|task| task.group.starts_with("service:"));
    names.extend(of_services.map(|task| task.definition.as_str()));
    names.into_iter().map(|name| DefinitionName::parse(name).family.to_owned()).collect()
}

fn collect_definitions<'o>(value: &'o Value, names: &mut Vec<&'o str>) {
    match value {
        Value::Object(fields) => {
            for (field, value) in fields {
                match value {
                    Value::String(text) if field == "taskDefinition" || field == "TaskDefinitionArn" => {
                        names.push(text)
                    }
                    value => collect_definitions(value, names),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_definitions(item, names)),
        _ => {}
    }
}

/// Target groups, rules and listeners that a service names, with their pointers.
fn balancer_arns<'o>(service: &View<'o>) -> Vec<(&'o str, String)> {
    let mut arns = Vec::new();
    for list in ["loadBalancers", "taskSets", "deployments"] {
        if let Some(value) = service.element.get(list) {
            collect_balancers(value, &format!("/{list}"), &mut arns);
        }
    }
    let mut seen = BTreeSet::new();
    arns.retain(|(arn, _)| seen.insert(*arn));
    arns
}

fn collect_balancers<'o>(value: &'o Value, pointer: &str, arns: &mut Vec<(&'o str, String)>) {
    match value {
        Value::String(text) if text.contains(":elasticloadbalancing:") => arns.push((text, pointer.to_owned())),
        Value::Object(fields) => {
            fields.iter().for_each(|(field, value)| collect_balancers(value, &format!("{pointer}/{field}"), arns))
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| collect_balancers(item, &format!("{pointer}/{at}"), arns))
        }
        _ => {}
    }
}

/// `ecs/files/<path without extension>`, with the name behind it where the file holds several.
fn file_id(stem: &str, name: &str, view: &View<'_>) -> WorkloadId {
    let is_one_of_several = view.path() != Some(view.observation.name.as_str());
    let named = if is_one_of_several { format!("{stem}/{name}") } else { stem.to_owned() };
    WorkloadId::of_file(WorkloadKind::Ecs, &named)
}
