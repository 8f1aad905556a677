//! What a state wants done.

use crate::{Event, Moment, Phase, State, Task};
use caravan_plans::{Sealed, Shift};
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
    let shift_of = |task: Task| &plan.plan().shifts[task.shift()];
    let observe = |task: Task| Effect::Call(Box::new(Call::Observe(shift_of(task).target.clone())));
    let after = |not_before: &Option<Moment>, effect: Effect| not_before.map_or(effect, Effect::WaitUntil);
    match &state.phase {
        Phase::Recording { event, .. } => Some(Effect::Append((**event).clone())),
        Phase::FindingControllers { task, not_before, .. } => {
            Some(after(not_before, Effect::Call(Box::new(Call::Controllers(shift_of(*task).target.clone())))))
        }
        Phase::Observing { task, not_before, .. } | Phase::Verifying { task, not_before, .. } => {
            Some(after(not_before, observe(*task)))
        }
        Phase::Resolving { task, .. } => Some(observe(*task)),
        Phase::Guarding { task, passed, .. } => {
            let probe = guard_probes(shift_of(*task), *task).nth(*passed)?;
            Some(Effect::Call(Box::new(Call::Probe(probe.clone()))))
        }
        Phase::CheckingLease { .. } => Some(Effect::CheckLease),
        Phase::Applying { write, .. } => Some(Effect::Call(Box::new(Call::Write((**write).clone())))),
        Phase::Settling { not_before, .. } if not_before.0 > 0 => Some(Effect::WaitUntil(*not_before)),
        Phase::Settling { write, ticket, .. } => {
            Some(Effect::Call(Box::new(Call::Status { target: write.target.clone(), ticket: ticket.clone() })))
        }
        Phase::InDoubt { until, .. } => Some(Effect::WaitUntil(*until)),
        Phase::Baking { task, passed, not_before, .. } => {
            let probe = shift_of(*task).new.get(*passed)?;
            Some(after(not_before, Effect::Call(Box::new(Call::Probe(probe.clone())))))
        }
        Phase::Planned
        | Phase::AwaitingApproval { .. }
        | Phase::Paused
        | Phase::Held { .. }
        | Phase::Conflict { .. }
        | Phase::Stuck { .. }
        | Phase::Shifted
        | Phase::Finished(_)
        | Phase::JournalUnavailable { .. }
        | Phase::LeaseLost => None,
    }
}

/// The probes that must pass before a task's write: both sides on the way forward (K4), the old one on the rollback
/// (K5), none where only a fencing token changes.
pub(crate) fn guard_probes(shift: &Shift, task: Task) -> impl Iterator<Item = &Probe> {
    let (new, old): (&[Probe], &[Probe]) = match task {
        Task::Enter { .. } => (&shift.new, &shift.old),
        Task::Undo { .. } => (&[], &shift.old),
        Task::Bake { .. } | Task::Claim { .. } | Task::Release { .. } => (&[], &[]),
    };
    new.iter().chain(old)
}
