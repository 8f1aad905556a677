//! The size of a pod as a person said it (`decide 'size/WORKLOAD=cpu=250m,memory=512Mi'`), such as `assess` advises from what
//! CloudWatch counted. Without such an answer nothing here has any effect: what is declared holds.

use super::kind::Plan;
use super::members::{ContainerRole, Member};
use super::scaled_sizes::{Kind, targets};
use super::sizes::asked_for;
use crate::plconfig::{Component, Scale};
use crate::quantity::{mebi, milli, of_mebi, of_milli};
use crate::scaling::kept_cpu;
use crate::tracker::{Asked, FieldTracker};

/// What all containers of a pod ask for together, as far as it was said.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct SaidSize {
    /// CPU units, 1,024 a processor.
    cpu: Option<u64>,
    /// MiB, which it is held to as well.
    memory: Option<u64>,
}

impl SaidSize {
    /// What a person said; an answer that leaves nothing for the main container, or is no size, is asked about again.
    pub(super) fn of<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>) -> Option<Self> {
        let source = tracker.source;
        let id = tracker.question_id("size", "");
        source.decisions.answer(&id)?;
        let fits = |said: Self| {
            let leaves = |name: &str, size: Option<u64>| size.is_none_or(|size| size > of_others(plan, name));
            leaves("cpu", said.cpu) && leaves("memory", said.memory)
        };
        let others = |name: &str, written: fn(u64) -> String| match of_others(plan, name) {
            0 => None,
            size => Some(written(size)),
        };
        let (cpu, memory) = (others("cpu", milli), others("memory", mebi));
        let taken: Vec<String> = [cpu, memory].into_iter().flatten().collect();
        let more = if taken.is_empty() {
            String::new()
        } else {
            format!(" The others take {}, and the main one gets what they leave.", taken.join(" and "))
        };
        let text = format!(
            "How much do all containers of one pod ask for together, as `cpu=250m,memory=512Mi` or one of the two?{more}"
        );
        match tracker.ask_for(id, &text, &[], None, |answer| read(answer).is_some_and(fits)) {
            Asked::Given(answer) => read(answer),
            Asked::Open(_) => None,
        }
    }

    /// The main container's part of one size, in CPU units or MiB; none where it was not said. What was declared has no effect.
    pub(super) fn of_main<'a>(
        self,
        tracker: &mut FieldTracker<'a>,
        plan: &Plan<'_, 'a>,
        main: &Member<'a>,
        name: &str,
    ) -> Option<u64> {
        let said = if name == "cpu" { self.cpu } else { self.memory }?;
        let fields: &[&str] = if name == "cpu" { &["cpu"] } else { &["memory", "memoryReservation"] };
        let of_task = plan.facts.task.and_then(|task| task.field(name));
        let own = fields.iter().filter_map(|field| main.definition.field(field));
        for field in own.chain(of_task) {
            field.dropped_because(tracker, "size-by-answer", "a person said how large a pod is");
        }
        said.checked_sub(of_others(plan, name))
    }
}

/// Autoscalers go by percents of what is asked for: the load at which they act stays what it was.
pub(super) fn rescale<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    said: SaidSize,
    component: &mut Component,
) {
    let Some(Scale::Range(range)) = &mut component.scale else { return };
    for (kind, name, said) in [(Kind::Cpu, "cpu", said.cpu), (Kind::Memory, "memory", said.memory)] {
        let percent = match kind {
            Kind::Cpu => &mut range.cpu,
            Kind::Memory => &mut range.memory,
        };
        let (Some(percent), Some(said)) = (percent, said) else { continue };
        let Some(field) = targets(plan, kind).next() else { continue };
        let Some(wanted) = field.0.as_f64() else { continue };
        let same_load = wanted * declared(plan, name) as f64 / said as f64;
        *percent = match kind {
            Kind::Cpu => kept_cpu(same_load),
            Kind::Memory => same_load.round().clamp(1.0, 100.0) as u32,
        };
        let note = format!(
            "{same_load:.0} percent of the size that a person said is the same load, kept within the usual range"
        );
        field.approximated(tracker, plan.at(&format!("scale/{name}")), note);
    }
}

/// What is declared today: the task's size, or its containers' where that is more.
fn declared(plan: &Plan<'_, '_>, name: &str) -> u64 {
    let of_task = plan.facts.task.and_then(|task| super::sizes::declared_of_task(task, name)).unwrap_or(0);
    of_task.max(plan.members.kept().map(|member| asked_for(member, name)).sum())
}

/// What the containers beside the main one ask for.
fn of_others(plan: &Plan<'_, '_>, name: &str) -> u64 {
    let others = plan.members.kept().filter(|member| member.role == ContainerRole::Sidecar);
    others.map(|member| asked_for(member, name)).sum()
}

/// `cpu=250m,memory=512Mi`, or one of the two.
fn read(answer: &str) -> Option<SaidSize> {
    let mut said = SaidSize { cpu: None, memory: None };
    for part in answer.split(',') {
        let (slot, size) = match part.trim().split_once('=')? {
            ("cpu", size) => (&mut said.cpu, of_milli(size)),
            ("memory", size) => (&mut said.memory, of_mebi(size)),
            _ => return None,
        };
        if slot.replace(size.filter(|size| *size > 0)?).is_some() {
            return None;
        }
    }
    Some(said)
}
