//! EC2: an Auto Scaling group is one workload with all its instances; an instance without a group is one by itself. What a
//! service makes and replaces by itself is no workload: an edge says whose it is.

use super::Linker;
use super::balancing::Balancing;
use super::classic::Classics;
use super::found::Found;
use super::gateway::Gateways;
use super::machine_owner::owner_of;
use super::machine_parts::{Parts, startup_texts};
use super::owner::{New, id_beside};
use super::view::View;
use caravan_inventory::{Confidence, EdgeKind, ObservationId, WorkloadKind};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The tag that Auto Scaling writes on its instances.
const GROUP_TAG: &str = "aws:autoscaling:groupName";

/// Where instances, launch templates and launch configurations name their instance profile.
const PROFILES: [&str; 4] = [
    "/iamInstanceProfile/arn",
    "/IamInstanceProfile/Arn",
    "/launchTemplateData/iamInstanceProfile/arn",
    "/IamInstanceProfile",
];

/// One workload in the making: what decides it, and its machines.
struct Machines<'f> {
    deciding: View<'f>,
    group: Option<&'f str>,
    instances: Vec<View<'f>>,
}

impl Linker<'_> {
    /// The groups and instances of one location.
    pub(super) fn machines(&mut self, found: &Found, gateways: &Gateways<'_>) {
        let parts = Parts::of(found);
        let balancing = Balancing::of(found);
        let classics = Classics::of(found);
        for machines in by_workload(found) {
            let templates = templates_of(&machines, &parts);
            let owner = std::iter::once(&machines.deciding)
                .chain(&machines.instances)
                .chain(&templates)
                // What only a file tells of has no owner that replaces it: what it is a node of, its verdict says.
                .filter(|view| !view.is_file())
                .filter_map(|view| Some((*view, owner_of(view)?)))
                .min_by_key(|(_, owner)| owner.is_vague());
            match owner {
                Some((view, owner)) => {
                    let own = std::iter::once(&machines.deciding).chain(&machines.instances);
                    for owned in own.map(|view| view.observation.id.as_str()).collect::<BTreeSet<_>>() {
                        let edge = view.edge(owned, &owner.id, EdgeKind::OwnedBy, Confidence::Stated, &owner.pointer);
                        self.edges.insert(edge);
                    }
                }
                None => self.machine(&machines, &templates, &parts, (&balancing, gateways), &classics),
            }
        }
    }

    fn machine(
        &mut self,
        machines: &Machines<'_>,
        templates: &[View<'_>],
        parts: &Parts<'_>,
        (balancing, gateways): (&Balancing<'_>, &Gateways<'_>),
        classics: &Classics<'_>,
    ) {
        let Machines { deciding, group, instances } = machines;
        let mut observed: BTreeSet<ObservationId> = BTreeSet::new();
        for view in std::iter::once(deciding).chain(instances).chain(templates) {
            observed.insert(view.observation.id.clone());
            observed.extend(parts.security_groups(view.element));
            let profiles = PROFILES.iter().filter_map(|pointer| self.profiles.get(view.text(pointer)?));
            observed.extend(profiles.map(|profile| profile.id.clone()));
        }
        observed.extend(instances.iter().filter_map(instance_id).flat_map(|id| parts.attached(id)));
        observed.extend(group.iter().flat_map(|group| parts.of_group(group)));
        let own_balancers = texts(deciding, "LoadBalancerNames");
        let by_instance: Vec<_> =
            instances.iter().filter_map(instance_id).flat_map(|id| classics.of_instance(id)).collect();
        observed.extend(own_balancers.iter().filter_map(|(name, _)| classics.named(name)).cloned());
        observed.extend(by_instance.iter().map(|(view, _)| view.observation.id.clone()));
        let mut fronts = Vec::new();
        let targets = texts(deciding, "TargetGroupARNs");
        for (target, _) in &targets {
            fronts.extend(balancing.follow(target, self, &mut observed));
        }
        observed.extend(self.hosts.records_of(&fronts));
        observed.extend(self.hosts.distributions_to(&fronts));
        observed.extend(gateways.sending_to(&fronts, &BTreeSet::new()));
        let own = group.or_else(|| instance_id(deciding)).unwrap_or(&deciding.observation.name);
        let named = deciding.tags().get("Name").copied().filter(|name| !name.is_empty()).unwrap_or(own);
        let id = match group {
            Some(group) => id_beside(deciding, WorkloadKind::Ec2, &format!("group/{group}")),
            None => id_beside(deciding, WorkloadKind::Ec2, own),
        };
        let id = self.add(New {
            id,
            kind: WorkloadKind::Ec2,
            name: named.to_owned(),
            deciding: *deciding,
            definition: None,
            cluster: None,
            parts: observed,
        });
        for (target, pointer) in &targets {
            let group = balancing.group(target);
            let to = group.map_or_else(|| format!("elasticloadbalancing:{target}"), |group| group.id.to_string());
            self.edges.insert(deciding.edge(&id, &to, EdgeKind::Routes, Confidence::Stated, pointer));
        }
        self.names_classics(&id, deciding, classics, own_balancers);
        for (balancer, pointer) in by_instance {
            let to = balancer.observation.id.clone();
            self.edges.insert(balancer.edge(&id, to.as_str(), EdgeKind::Routes, Confidence::Stated, &pointer));
            self.behind_classic(&id, &to);
        }
        self.hosts.add_fronts(&id, fronts);
        instances.iter().for_each(|instance| self.instance(&id, instance, parts));
        templates.iter().for_each(|template| self.template(&id, template, parts));
    }

    /// What an instance runs, needs and is called.
    fn instance(&mut self, id: &str, instance: &View<'_>, parts: &Parts<'_>) {
        self.runs_image(id, instance, "/imageId", parts);
        self.needs_of_field(id, instance, "/iamInstanceProfile/arn");
        self.needs_of_field(id, instance, "/IamInstanceProfile/Arn");
        let profile = instance.text("/iamInstanceProfile/arn").unwrap_or_default();
        self.roles_of_profile(id, profile);
        self.needs_of_startup(id, instance);
        let text = |one: &str, other: &str| instance.text(one).or_else(|| instance.text(other));
        let addresses = [
            text("/privateIpAddress", "/PrivateIpAddress"),
            text("/ipAddress", "/PublicIpAddress"),
            text("/privateDnsName", "/PrivateDnsName"),
            text("/dnsName", "/PublicDnsName"),
        ];
        let kept = instance_id(instance).map(|id| parts.addresses(id)).unwrap_or_default();
        let all = addresses.into_iter().flatten().chain(kept.iter().copied());
        all.filter(|address| !address.is_empty()).for_each(|address| self.hosts.add_address(address, id));
    }

    /// What the machines of a launch template or configuration run and need, also those that are not there yet.
    fn template(&mut self, id: &str, template: &View<'_>, parts: &Parts<'_>) {
        self.runs_image(id, template, "/launchTemplateData/imageId", parts);
        self.runs_image(id, template, "/ImageId", parts);
        for pointer in ["/launchTemplateData/iamInstanceProfile/arn", "/IamInstanceProfile"] {
            self.needs_of_field(id, template, pointer);
            self.roles_of_profile(id, template.text(pointer).unwrap_or_default());
        }
        self.needs_of_startup(id, template);
    }

    fn runs_image(&mut self, id: &str, view: &View<'_>, pointer: &str, parts: &Parts<'_>) {
        if let Some(image) = view.text(pointer).filter(|image| !image.is_empty()) {
            let edge = view.edge(id, &parts.image(image), EdgeKind::Runs, Confidence::Stated, pointer);
            self.edges.insert(edge);
        }
    }

    /// The roles that an instance profile gives.
    fn roles_of_profile(&mut self, id: &str, profile: &str) {
        let Some(profile) = self.profiles.get(profile).cloned() else { return };
        let view = View::of(&profile);
        for at in 0..view.list("/Roles").len() {
            self.needs_of_field(id, &view, &format!("/Roles/{at}/Arn"));
        }
    }

    fn needs_of_startup(&mut self, id: &str, view: &View<'_>) {
        for (text, pointer) in startup_texts(view) {
            self.needs_of_text(id, view, "", text, &pointer);
        }
    }
}

/// Groups with their instances, then instances without a group. A group that could not be listed is one as well, by the
/// tag on its instances. What was ended is no workload any more.
fn by_workload(found: &Found) -> Vec<Machines<'_>> {
    let mut of_group: BTreeMap<&str, Vec<View<'_>>> = BTreeMap::new();
    let mut alone = Vec::new();
    for instance in found.instances.iter().map(View::of).filter(|instance| !is_ended(instance)) {
        match instance.tags().get(GROUP_TAG) {
            Some(group) => of_group.entry(group).or_default().push(instance),
            None => alone.push(Machines { deciding: instance, group: None, instances: vec![instance] }),
        }
    }
    let mut all: Vec<Machines<'_>> = Vec::new();
    for deciding in found.scaling_groups.iter().map(View::of) {
        let name = deciding.text("/AutoScalingGroupName").unwrap_or(&deciding.observation.name);
        let instances = of_group.remove(name).unwrap_or_default();
        all.push(Machines { deciding, group: Some(name), instances });
    }
    for (group, instances) in of_group {
        all.extend(instances.first().copied().map(|deciding| Machines { deciding, group: Some(group), instances }));
    }
    all.extend(alone);
    all
}

fn is_ended(instance: &View<'_>) -> bool {
    let state = instance.text("/instanceState/name").or_else(|| instance.text("/State/Name"));
    matches!(state, Some("terminated" | "shutting-down"))
}

fn instance_id<'o>(instance: &View<'o>) -> Option<&'o str> {
    instance.text("/instanceId").or_else(|| instance.text("/InstanceId")).filter(|id| !id.is_empty())
}

/// The versions of launch templates that machines were launched by or will be, and the launch configuration.
fn templates_of<'f>(machines: &Machines<'f>, parts: &Parts<'f>) -> Vec<View<'f>> {
    let mut found: BTreeMap<&ObservationId, View<'f>> = BTreeMap::new();
    let mut named = Vec::new();
    collect_templates(machines.deciding.element, &mut named);
    for instance in &machines.instances {
        let tags = instance.tags();
        let tag = |key: &str| tags.get(key).copied();
        named.extend(tag("aws:ec2launchtemplate:id").zip(tag("aws:ec2launchtemplate:version")));
    }
    let templates = named.into_iter().filter_map(|(name, version)| parts.template(name, version));
    let configuration = machines.deciding.text("/LaunchConfigurationName").and_then(|name| parts.configuration(name));
    for view in templates.chain(configuration) {
        found.insert(&view.observation.id, view);
    }
    found.into_values().collect()
}

fn collect_templates<'o>(value: &'o Value, named: &mut Vec<(&'o str, &'o str)>) {
    match value {
        Value::Object(fields) => {
            let text = |field: &str| fields.get(field).and_then(Value::as_str);
            if let Some(name) = text("LaunchTemplateId").or_else(|| text("LaunchTemplateName")) {
                named.push((name, text("Version").unwrap_or("$Default")));
            }
            fields.values().for_each(|value| collect_templates(value, named));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_templates(item, named)),
        _ => {}
    }
}

/// The texts of a list of a document, with their pointers.
fn texts<'o>(view: &View<'o>, field: &str) -> Vec<(&'o str, String)> {
    let list = view.list(&format!("/{field}")).iter().enumerate();
    list.filter_map(|(at, text)| Some((text.as_str()?, format!("/{field}/{at}")))).collect()
}
