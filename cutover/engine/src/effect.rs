//! Effects: what a state wants carried out, and what must pass before a write.

use crate::revision::TIME_COUNTS;
use crate::transition::looked_at;
use crate::{Event, Moment, Phase, State, Task, TaskWrite, Together, Unsettled};
use caravan_plans::{Sealed, Step, WavePlan};
use caravan_providers::Call;
use caravan_providers::target::Probe;

/// One thing that a state wants done. The driver does it and brings back the one event that belongs to it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Effect {
    /// Append the event to the journal, durably. Brings `Recorded` or `RecordFailed`.
    Append(Event),
    /// Tell whether this driver still holds the lease. Brings `Leased`.
    CheckLease,
    /// Make the call once. Brings `Replied`.
    Call(Box<Call>),
    /// Wait until the moment. Brings `Woke`; a person's event may come first and takes its place.
    WaitUntil(Moment),
}

/// What the state wants done, in order; nothing when it waits for a person or is over. A function of plan and state
/// alone: after a replay it says where to go on.
#[must_use]
pub fn effects(plan: &Sealed, state: &State) -> Option<Effect> {
    let step_of = |task: Task| &plan.plan().steps[task.step()];
    let target = |task: Task, place: usize| step_of(task).target(place).cloned();
    let observe = |task: Task| target(task, task.place(plan.plan())).map(|target| call(Call::Observe(target)));
    let after = |not_before: &Option<Moment>, effect: Option<Effect>| not_before.map(Effect::WaitUntil).or(effect);
    match &state.phase {
        Phase::Recording { event, .. } => Some(Effect::Append((**event).clone())),
        Phase::FindingControllers { task, place, not_before, .. } => {
            after(not_before, target(*task, *place).map(|target| call(Call::Controllers(target))))
        }
        Phase::Observing { task, not_before, .. } | Phase::Verifying { task, not_before, .. } => {
            after(not_before, observe(*task))
        }
        Phase::Resolving { task, .. } => observe(*task),
        Phase::Guarding { task, passed, not_before, .. } => {
            let probe = guard_probes(step_of(*task), *task).nth(*passed)?;
            let probe = if let Task::Undo { .. } = task { probe.to_go_back() } else { probe.clone() };
            after(not_before, Some(call(Call::Probe(probe))))
        }
        Phase::CheckingLease { .. } => Some(Effect::CheckLease),
        Phase::Applying { write, .. } => Some(call(Call::Write((**write).clone()))),
        Phase::Settling { not_before, .. } if not_before.0 > 0 => Some(Effect::WaitUntil(*not_before)),
        Phase::Settling { write, ticket, .. } => {
            Some(call(Call::Status { write: write.clone(), ticket: ticket.clone() }))
        }
        Phase::SettlingAll { not_before } => {
            let Unsettled { writes, ticket } = state.unsettled.first()?;
            let status = |one: &TaskWrite| Call::Status { write: Box::new(one.write.clone()), ticket: ticket.clone() };
            after(not_before, Some(call(one_or_all(writes.iter().map(status).collect()))))
        }
        Phase::Together(Together::Guarding { writes, not_before }) => {
            let probes = probes_of_all(plan.plan(), writes).into_iter().map(|probe| Call::Probe(probe.to_go_back()));
            after(not_before, Some(call(Call::All(probes.collect()))))
        }
        Phase::Together(Together::CheckingLease { .. }) => Some(Effect::CheckLease),
        Phase::Together(Together::Applying { writes }) => {
            Some(call(Call::WriteAll(writes.iter().map(|one| one.write.clone()).collect())))
        }
        Phase::Together(Together::ReadingBack { sent, not_before, .. }) => {
            let targets = sent.writes.iter().map(|one| Call::Observe(one.write.target.clone()));
            let not_before = not_before.map(|until| wait_for(state, until));
            after(&not_before, Some(call(Call::All(targets.collect()))))
        }
        Phase::InDoubt { until, .. } => Some(Effect::WaitUntil(wait_for(state, *until))),
        Phase::Baking { task, passed, not_before, old, .. } => {
            let step = step_of(*task);
            let probe = old.map_or_else(|| step.new_probes().get(*passed), |old| step.old_probes().get(old))?;
            after(not_before, Some(call(Call::Probe(probe.clone()))))
        }
        Phase::Proving { task, not_before, .. } => {
            let owner = target(*task, task.place(plan.plan()));
            after(not_before, owner.map(|owner| call(Call::Activity(owner))))
        }
        Phase::Held { .. } | Phase::Conflict { .. } | Phase::Stuck { .. } => {
            let look = state.look()?;
            let targets = looked_at(plan.plan(), state).filter_map(|task| target(task, task.place(plan.plan())));
            let calls: Vec<Call> = targets.map(Call::Observe).collect();
            let look_now = || (!calls.is_empty()).then(|| call(one_or_all(calls)));
            if look.at.0 > 0 { Some(Effect::WaitUntil(look.at)) } else { look_now() }
        }
        Phase::Planned
        | Phase::AwaitingApproval { .. }
        | Phase::Paused
        | Phase::Shifted
        | Phase::Finished(_)
        | Phase::JournalUnavailable { .. }
        | Phase::LeaseLost => None,
    }
}

/// Milliseconds after which a driver that waits for what may still land notes that it has waited.
const BETWEEN_NOTES_MS: u64 = 5000;

/// Until when a driver waits that waits for what may still land: it notes from time to time how long it has.
fn wait_for(state: &State, until: Moment) -> Moment {
    let notes = state.revision >= TIME_COUNTS && state.phase.may_land_until().is_some();
    if notes { until.min(state.as_of.plus_ms(BETWEEN_NOTES_MS)) } else { until }
}

fn call(call: Call) -> Effect {
    Effect::Call(Box::new(call))
}

fn one_or_all(mut calls: Vec<Call>) -> Call {
    match calls.pop() {
        Some(only) if calls.is_empty() => only,
        last => Call::All(calls.into_iter().chain(last).collect()),
    }
}

/// The probes that must pass before several writes, each once: many names often have the same old side.
pub(crate) fn probes_of_all<'a>(plan: &'a WavePlan, writes: &[TaskWrite]) -> Vec<&'a Probe> {
    let mut probes = Vec::new();
    for TaskWrite { task, .. } in writes {
        for probe in guard_probes(&plan.steps[task.step()], *task) {
            if !probes.contains(&probe) {
                probes.push(probe);
            }
        }
    }
    probes
}

/// The probes that must pass before a task's write: both sides on the way forward (K4), the old one on the rollback
/// (K5), the new one before it is final, none where only a fencing token changes.
pub(crate) fn guard_probes(step: &Step, task: Task) -> impl Iterator<Item = &Probe> {
    let (new, old): (&[Probe], &[Probe]) = match task {
        Task::Enter { .. } => (step.new_probes(), step.old_probes()),
        Task::Undo { .. } => (&[], step.old_probes()),
        // The old side may be gone already: nothing goes back to it any more.
        Task::Finalise { .. } => (step.new_probes(), &[]),
        Task::Bake { .. } | Task::Prove { .. } | Task::See { .. } | Task::Claim { .. } | Task::Release { .. } => {
            (&[], &[])
        }
    };
    new.iter().chain(old)
}
