//! What an autoscaler by CPU or memory needs: a size that is asked for in each container.
//!
//! Kubernetes compares what all containers of a pod use with what they ask for together, and reads nothing where one of
//! them asks for nothing: the number of pods would stay where it is, without a word. ECS compares with the task's size.

use super::kind::Plan;
use super::members::{ContainerRole, Member};
use super::sizes::slot;
use crate::field::{Field, Object};
use crate::plconfig::{Component, Resources, Scale};
use crate::tracker::{Asked, FieldTracker};

/// A resource that an autoscaler goes by.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Cpu,
    Memory,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
        }
    }

    fn metric(self) -> &'static str {
        match self {
            Self::Cpu => "ECSServiceAverageCPUUtilization",
            Self::Memory => "ECSServiceAverageMemoryUtilization",
        }
    }

    fn request(self, resources: &mut Resources) -> &mut Option<String> {
        match self {
            Self::Cpu => &mut resources.cpu,
            Self::Memory => &mut resources.memory,
        }
    }
}

/// Asks, for each container that asks for nothing, how much it needs.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    let Some(Scale::Range(range)) = &component.scale else { return };
    let wanted = [(Kind::Cpu, range.cpu.is_some()), (Kind::Memory, range.memory.is_some())];
    for (kind, _) in wanted.into_iter().filter(|(_, wanted)| *wanted) {
        for member in plan.members.kept().filter(|member| member.role != ContainerRole::Init) {
            container(tracker, plan, member, kind, component);
        }
    }
}

fn container<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    member: &Member<'a>,
    kind: Kind,
    component: &mut Component,
) {
    let resources = slot(component, member).get_or_insert_default();
    if kind.request(resources).is_some() {
        return;
    }
    let (word, name) = (kind.word(), crate::marks::without_marks(member.name));
    let example = match kind {
        Kind::Cpu => "250m",
        Kind::Memory => "128Mi",
    };
    let id = match kind {
        Kind::Cpu => tracker.question_id("cpu", &name),
        Kind::Memory => tracker.question_id("memory", &name),
    };
    let text = format!(
        "It scales by {word}, and `{name}` asks for none of its own: the autoscaler would read nothing, and the number of pods \
         would stay where it is. How much does it need, such as {example}?"
    );
    match tracker.ask_for(id, &text, &[], None, crate::plconfig::is_quantity) {
        Asked::Given(answer) => *kind.request(resources) = Some(answer.to_owned()),
        Asked::Open(id) => targets(plan, kind).for_each(|field| field.asked(tracker, &id)),
    }
}

/// What the policies by this resource aim at.
pub(super) fn targets<'p, 'a>(plan: &'p Plan<'_, 'a>, kind: Kind) -> impl Iterator<Item = Field<'a>> + use<'p, 'a> {
    plan.facts.around.policies.iter().filter_map(move |policy| {
        let config = policy.object("TargetTrackingScalingPolicyConfiguration").unwrap_or(*policy);
        let metric: Option<Object<'a>> = config.object("PredefinedMetricSpecification");
        let is_it = metric.is_some_and(|metric| metric.peek("PredefinedMetricType") == Some(kind.metric()));
        config.field("TargetValue").filter(|_| is_it)
    })
}
