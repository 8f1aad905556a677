//! Which of the observations is what.

use crate::field::{Field, Object};
use crate::surroundings::Surroundings;
use crate::tracker::FieldTracker;
use caravan_inventory::{ObservationId, ObservationKind as Kind};

/// A document with its observation.
#[derive(Clone, Copy)]
pub(super) struct Document<'a> {
    pub(super) root: Object<'a>,
    pub(super) source: &'a ObservationId,
}

/// The source documents by what they are, each list in the order of the observations.
#[derive(Default)]
pub(super) struct Facts<'a> {
    pub(super) group: Option<Document<'a>>,
    /// By what the group's number moves.
    pub(super) policies: Vec<Object<'a>>,
    /// When its bounds move.
    pub(super) schedules: Vec<Object<'a>>,
    /// What holds its machines up when they begin or end.
    pub(super) hooks: Vec<Object<'a>>,
    pub(super) instances: Vec<Document<'a>>,
    /// What stands in versions of launch templates, without what stands around it.
    pub(super) templates: Vec<Document<'a>>,
    /// What stands around it.
    pub(super) template_heads: Vec<Object<'a>>,
    pub(super) configurations: Vec<Document<'a>>,
    pub(super) volumes: Vec<Object<'a>>,
    pub(super) addresses: Vec<Object<'a>>,
    pub(super) profiles: Vec<Object<'a>>,
    /// What the machines are made of.
    pub(super) images: Vec<Object<'a>>,
    /// Load balancers of the first generation.
    pub(super) classic: Vec<Object<'a>>,
    /// What stands around it.
    pub(super) around: Surroundings<'a>,
}

impl<'a> Facts<'a> {
    /// Sorts the observations. What says nothing of the machines is dropped by `context`.
    pub(super) fn read(tracker: &mut FieldTracker<'a>) -> Self {
        let mut facts = Self::default();
        for &observation in tracker.source.observations {
            let Some(root) = Object::of(&observation.body) else {
                Field(&observation.body).dropped(tracker, "context");
                continue;
            };
            let document = Document { root, source: &observation.id };
            match observation.kind {
                Kind::AutoScalingGroup => facts.group = Some(document),
                Kind::GroupPolicy => facts.policies.push(root),
                Kind::GroupSchedule => facts.schedules.push(root),
                Kind::LifecycleHook => facts.hooks.push(root),
                Kind::Ec2Instance => facts.instances.push(document),
                Kind::LaunchTemplateVersion => {
                    facts.template_heads.push(root);
                    let data = root.object("launchTemplateData");
                    facts.templates.extend(data.map(|root| Document { root, ..document }));
                }
                Kind::LaunchConfiguration => facts.configurations.push(document),
                Kind::Ec2Volume => facts.volumes.push(root),
                Kind::Ec2Address => facts.addresses.push(root),
                Kind::Ec2Image => facts.images.push(root),
                Kind::InstanceProfile => facts.profiles.push(root),
                Kind::ClassicLoadBalancer | Kind::ClassicPolicies => facts.classic.push(root),
                _ if facts.around.add(observation) || facts.around.add_api(observation) => {}
                _ => root.drop_whole(tracker, "context"),
            }
        }
        facts.around.own_security_groups = security_groups(&facts.instances);
        facts
    }

    /// What says how the machines are: what they will be made of, what they were made of, and they themselves.
    pub(super) fn machines(&self) -> impl Iterator<Item = Document<'a>> {
        self.templates.iter().chain(&self.configurations).chain(&self.instances).copied()
    }
}

/// The ids of the machines' security groups, where all machines have the same.
fn security_groups<'a>(instances: &[Document<'a>]) -> Option<Vec<&'a str>> {
    let of = |machine: &Document<'a>| -> Vec<&'a str> {
        machine.root.objects("groupSet").map(|group| group.peek("groupId").unwrap_or("")).collect()
    };
    let own = of(instances.first()?);
    (!own.is_empty() && instances.iter().all(|machine| of(machine) == own)).then_some(own)
}
