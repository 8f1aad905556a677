//! A person's word. Enter alone never gives it, and neither does what was typed ahead (S3).

use super::list::Step;
use super::operate;
use crate::command::Press;
use crate::effect::{Effect, Order};
use crate::model::{By, Confirm, Model, Overlay};
use crate::screens;
use crate::theme::Role;
use crate::widgets::question_size;
use caravan_cutover_engine::Moment;
use crossterm::event::KeyCode;

/// Milliseconds in which keys are ignored after a question was opened.
pub(crate) const TYPED_AHEAD_MS: u64 = 400;

/// A key while a change waits for its word.
pub(super) fn key(model: &mut Model, mut confirm: Confirm, press: Press) -> Vec<Effect> {
    if let Some(step) = Step::of(press) {
        confirm.top = step.scroll(confirm.top, question_size(&confirm, screens::body(model.size)));
        model.overlay = Some(Overlay::Confirm(confirm));
        return Vec::new();
    }
    match (press.code, press.ctrl) {
        (KeyCode::Esc, _) | (KeyCode::Char('c'), true) => {
            model.say(Role::Plain, format!("{}: nothing was done", confirm.order.word()));
            return Vec::new();
        }
        (KeyCode::Char('u' | 'w'), true) => {
            if let By::Name { typed, .. } = &mut confirm.by {
                typed.clear();
            }
        }
        (code, false) if is_open(&confirm, model.now) => match (&mut confirm.by, code) {
            (By::Yes, KeyCode::Char('y')) => return operate::confirmed(model, confirm),
            (By::Yes, KeyCode::Char('n' | 'q')) => {
                model.say(Role::Plain, format!("{}: nothing was done", confirm.order.word()));
                return Vec::new();
            }
            (By::Name { typed, .. }, KeyCode::Char(c)) => typed.push(c),
            (By::Name { typed, .. }, KeyCode::Backspace) => drop(typed.pop()),
            (By::Name { name, typed }, KeyCode::Enter) if name == typed => return operate::confirmed(model, confirm),
            (By::Name { name, typed }, KeyCode::Enter) if !typed.is_empty() => {
                let text = format!("`{typed}` is not `{name}`: nothing was done yet");
                typed.clear();
                model.say(Role::Wait, text);
            }
            _ => {}
        },
        _ => {}
    }
    model.overlay = Some(Overlay::Confirm(confirm));
    Vec::new()
}

/// Whether keys count already. A way back waits for nothing.
fn is_open(confirm: &Confirm, now: Moment) -> bool {
    matches!(confirm.order, Order::Rollback { .. }) || now >= confirm.opened.plus_ms(TYPED_AHEAD_MS)
}
