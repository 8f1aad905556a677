//! Templates that name each other's things: one imports what another exports, or both have rules of one listener. They are deployed into
//! one account and region, and are linked together.
//!
//! What several templates make by the same name is nobody's to name from outside: these may be one thing's copies for several
//! environments, and stay apart.

use super::balancing::{listener_of_rule, targets};
use super::calls::{called_definition, scaled_service};
use super::ecs::{service_cluster, service_name};
use super::found::Found;
use super::names::{DefinitionName, own_name};
use super::view::View;
use caravan_inventory::{ObservationKind as Kind, Unresolved};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The names of one template's things, and those that it names.
#[derive(Default)]
struct Names {
    makes: BTreeSet<String>,
    /// Of these, those that no two things of one account and region share.
    alone: BTreeSet<String>,
    names: BTreeSet<String>,
}

/// Joins what belongs together, in the order of the templates.
pub(super) fn joined(templates: Vec<Found>) -> Vec<Found> {
    let names: Vec<Names> = templates.iter().map(Names::of).collect();
    let mut makers: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut namers: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, own) in names.iter().enumerate() {
        own.makes.iter().for_each(|name| makers.entry(name).or_default().push(at));
        own.names.difference(&own.makes).for_each(|name| namers.entry(name).or_default().push(at));
    }
    let mut groups = Groups((0..names.len()).collect());
    for (name, namers) in &namers {
        match makers.get(name).map(Vec::as_slice) {
            Some([maker]) => namers.iter().for_each(|namer| groups.join(*maker, *namer)),
            None if is_shared(name) => namers.windows(2).for_each(|pair| groups.join(pair[0], pair[1])),
            _ => {}
        }
    }
    let copies: BTreeSet<usize> = groups.copies(&names);
    let mut out: Vec<(usize, Found)> = Vec::new();
    for (at, found) in templates.into_iter().enumerate() {
        // A copy is a group of its own.
        let group = if copies.contains(&at) { at } else { names.len() + groups.root(at) };
        match out.iter_mut().find(|(of, _)| *of == group) {
            Some((_, whole)) => whole.absorb(found),
            None => out.push((group, found)),
        }
    }
    out.into_iter().map(|(_, found)| found).collect()
}

/// Whether a name that no template makes is of one thing wherever it is said: it has an account, or is an export's.
fn is_shared(name: &str) -> bool {
    name.starts_with("arn:")
}

/// Which templates belong together: each points to one before it, or to itself.
struct Groups(Vec<usize>);

impl Groups {
    fn root(&self, mut at: usize) -> usize {
        while self.0[at] != at {
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        let (first, last) = (one.min(other), one.max(other));
        self.0[last] = first;
    }

    /// The templates of a group that make something by a name by which another one of it makes something too.
    fn copies(&self, names: &[Names]) -> BTreeSet<usize> {
        let mut makers: BTreeMap<(usize, &str), Vec<usize>> = BTreeMap::new();
        for (at, own) in names.iter().enumerate() {
            own.alone.iter().for_each(|name| makers.entry((self.root(at), name.as_str())).or_default().push(at));
        }
        makers.into_values().filter(|makers| makers.len() > 1).flatten().collect()
    }
}

impl Names {
    fn of(found: &Found) -> Self {
        let mut own = Self::default();
        let balancing = [&found.balancers, &found.listeners, &found.groups];
        for observation in balancing.into_iter().flatten() {
            own.alone.insert(observation.native_name().to_owned());
        }
        for group in &found.security_groups {
            let id = View::of(group).text("/groupId").unwrap_or(group.native_name());
            own.alone.insert(id.to_owned());
        }
        for service in found.services.iter().map(View::of) {
            own.alone.insert(of_service(service_cluster(&service), service_name(&service)));
            own.names.extend(service.text("/taskDefinition").map(of_definition));
        }
        own.makes.clone_from(&own.alone);
        for definition in &found.definitions {
            own.makes.insert(format!("definition {}", own_name(&View::of(definition)).0));
        }
        own.read(found);
        own
    }

    /// Gathers what it names.
    fn read(&mut self, found: &Found) {
        for rule in found.listener_rules.iter().map(View::of) {
            self.names.extend(listener_of_rule(rule.observation.native_name()));
            self.forwards(&rule, "Actions");
        }
        found.listeners.iter().for_each(|listener| self.forwards(&View::of(listener), "DefaultActions"));
        let arns = [&found.services, &found.listeners, &found.balancers, &found.groups, &found.gateways];
        for observation in arns.into_iter().flatten() {
            self.arns(&observation.body);
        }
        for scaled in found.scaling.iter().filter_map(|one| View::of(one).text("/ResourceId")) {
            self.names.insert(scaled.to_owned());
        }
        for view in found.schedules.iter().chain(&found.rules).map(View::of) {
            if view.observation.kind == Kind::SchedulerSchedule {
                self.names.extend(scaled_service(&view).map(|(cluster, name)| of_service(&cluster, &name)));
            }
            let one = view.element.get("Target").into_iter();
            for target in one.chain(view.list("/Targets")) {
                let task = target.pointer("/EcsParameters/TaskDefinitionArn").and_then(Value::as_str);
                self.names.extend(task.map(of_definition));
                self.names.extend(called_definition(target).as_deref().map(of_definition));
            }
        }
    }

    fn forwards(&mut self, view: &View<'_>, field: &str) {
        let actions = view.list(&format!("/{field}")).iter();
        self.names.extend(actions.flat_map(|action| targets(action, "")).map(|(arn, _)| arn.to_owned()));
    }

    /// Every load balancer's, listener's and group's ARN, service of Cloud Map and security group in a document.
    fn arns(&mut self, value: &Value) {
        match value {
            Value::String(text)
                if text.contains(":elasticloadbalancing:")
                    || text.contains(":servicediscovery:")
                    || text.starts_with("sg-") =>
            {
                self.names.insert(text.clone());
            }
            Value::Array(items) => items.iter().for_each(|item| self.arns(item)),
            Value::Object(fields) if Unresolved::of(value).is_none() => {
                fields.values().for_each(|value| self.arns(value));
            }
            _ => {}
        }
    }
}

fn of_service(cluster: &str, name: &str) -> String {
    format!("service/{cluster}/{name}")
}

fn of_definition(text: &str) -> String {
    format!("definition {}", DefinitionName::parse(text).family)
}
