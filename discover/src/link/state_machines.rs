//! State machines of Step Functions: what they start, and what starts them.

use super::Linker;
use super::found::Found;
use super::names::{DefinitionName, Definitions};
use super::view::View;
use crate::arn::Arn;
use crate::state_machine::{What, started};
use caravan_inventory::{Confidence, EdgeKind};
use serde_json::Value;
use std::collections::BTreeMap;

/// Task definitions that state machines run: family → the machines, the name that each uses, and the field that holds it.
pub(super) struct Started<'f>(BTreeMap<String, Vec<(View<'f>, &'f str, String)>>);

impl<'f> Started<'f> {
    pub(super) fn of(found: &'f Found) -> Self {
        let mut families: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for machine in found.state_machines.iter().map(View::of) {
            for (definition, pointer) in tasks(&machine) {
                let family = DefinitionName::parse(definition).family.to_owned();
                families.entry(family).or_default().push((machine, definition, pointer));
            }
        }
        Self(families)
    }

    /// The machines that run a family, with the field that says so.
    pub(super) fn of_family(&self, family: &str) -> &[(View<'f>, &'f str, String)] {
        self.0.get(family).map_or(&[], Vec::as_slice)
    }

    /// The task definition of a family that a machine runs: the first of those that were read.
    pub(super) fn definition<'d>(&self, family: &str, definitions: &Definitions<'d>) -> Option<View<'d>> {
        let mut named = self.of_family(family).iter();
        named.find_map(|(machine, name, _)| definitions.find(DefinitionName::parse(name), machine))
    }
}

fn tasks<'f>(machine: &View<'f>) -> Vec<(&'f str, String)> {
    of_machine(machine)
        .into_iter()
        .filter_map(|(what, pointer)| match what {
            What::Task(definition) => Some((definition, pointer)),
            What::Function(_) => None,
        })
        .collect()
}

fn of_machine<'f>(machine: &View<'f>) -> Vec<(What<'f>, String)> {
    let definition = machine.element.get("definition");
    let states = definition.map(started).unwrap_or_default();
    states.into_iter().map(|state| (state.what, format!("/definition{}", state.pointer))).collect()
}

impl Linker<'_> {
    /// The functions that state machines call, and the rules and schedules that start the machines.
    pub(super) fn state_machines(&mut self, found: &Found) {
        for machine in found.state_machines.iter().map(View::of) {
            for (what, pointer) in of_machine(&machine) {
                let What::Function(name) = what else { continue };
                let (function, to) = (function_arn(&machine, name), machine.observation.id.as_str());
                let edge = machine.edge(&function, to, EdgeKind::TriggeredBy, Confidence::Stated, &pointer);
                self.foreign.push(edge);
            }
            self.starters(found, &machine);
        }
    }

    fn starters(&mut self, found: &Found, machine: &View<'_>) {
        let (id, arn) = (machine.observation.id.as_str(), machine.observation.native_name());
        for rule in found.rules.iter().map(View::of) {
            for (at, target) in rule.list("/Targets").iter().enumerate() {
                if target.get("Arn").and_then(Value::as_str) == Some(arn) {
                    let (to, pointer) = (rule.observation.id.as_str(), format!("/Targets/{at}/Arn"));
                    self.edges.insert(rule.edge(id, to, EdgeKind::TriggeredBy, Confidence::Stated, &pointer));
                }
            }
        }
        for schedule in found.schedules.iter().map(View::of).filter(|one| one.text("/Target/Arn") == Some(arn)) {
            let to = schedule.observation.id.as_str();
            self.edges.insert(schedule.edge(id, to, EdgeKind::TriggeredBy, Confidence::Stated, "/Target/Arn"));
        }
    }
}

/// The ARN, without version or alias, of a function that a machine names: by its name, by a part of its ARN that begins with
/// the account, or by the whole (Lambda API reference, `Invoke`, `FunctionName`).
fn function_arn(machine: &View<'_>, name: &str) -> String {
    if let Some(Arn { partition, service, region, account, resource }) = Arn::parse(name) {
        let resource = resource.splitn(3, ':').take(2).collect::<Vec<_>>().join(":");
        return format!("arn:{partition}:{service}:{region}:{account}:{resource}");
    }
    let Some(Arn { partition, region, account, .. }) = Arn::parse(machine.observation.native_name()) else {
        return name.to_owned();
    };
    let (account, name) = name.split_once(":function:").unwrap_or((account, name));
    let name = name.split(':').next().unwrap_or(name);
    format!("arn:{partition}:lambda:{region}:{account}:function:{name}")
}
