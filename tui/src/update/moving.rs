//! The steps of a wave as they are written, and their way to another wave.

use super::operate;
use crate::effect::{Effect, Order, Question};
use crate::model::{Loaded, MembersState, Model, Moved, Overlay, Pane};
use crate::theme::Role;

/// Shows the steps of the marked wave.
pub(super) fn open_members(model: &mut Model) -> Vec<Effect> {
    let Some(wave) = model.waves.marked_wave().map(|wave| wave.wave.clone()) else { return Vec::new() };
    (model.waves.plan, model.waves.pane) = (None, Pane::Side);
    model.waves.members = Some(MembersState { wave: wave.clone(), told: Loaded::default(), marked: 0 });
    vec![Effect::Ask(Question::Members(wave))]
}

/// Reads the steps that are shown anew.
pub(super) fn read_anew(model: &Model) -> Option<Effect> {
    let members = model.waves.members.as_ref()?;
    Some(Effect::Ask(Question::Members(members.wave.clone())))
}

/// Asks for the wave that the marked step, or everything of the marked wave, comes to. A step is seen before it is moved.
pub(super) fn ask(model: &mut Model, all: bool) -> Vec<Effect> {
    let shown = model.waves.members.as_ref().map(|members| {
        let marked = members.told.value.as_ref().and_then(|told| told.get(members.marked));
        (members.wave.clone(), marked.map(|member| member.workload.clone()))
    });
    let (from, what) = match (shown, all) {
        (Some((wave, _)), true) => (wave, Moved::All),
        (Some((wave, Some(workload))), false) => (wave, Moved::Workload(workload)),
        (Some(_), false) => {
            model.say(Role::Wait, "no step is marked");
            return Vec::new();
        }
        (None, _) => return open_members(model),
    };
    model.overlay = Some(Overlay::MoveTo { from, what, typed: String::new() });
    Vec::new()
}

/// Orders the move to the wave that was typed.
pub(super) fn to(model: &mut Model, from: String, what: Moved, typed: &str) -> Vec<Effect> {
    let to = typed.trim().to_owned();
    if to.is_empty() {
        model.overlay = Some(Overlay::MoveTo { from, what, typed: String::new() });
        return Vec::new();
    }
    let order = match what {
        Moved::Workload(workload) => Order::Move { from, to, workload },
        Moved::All => Order::Merge { from, to },
    };
    operate::give(model, order)
}
