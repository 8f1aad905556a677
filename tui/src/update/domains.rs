//! Customers' hostnames: which of them, and one of them whole.

use super::{Step, answers};
use crate::data::{DomainRow, DomainText, Window};
use crate::effect::{Effect, Question};
use crate::model::{DomainState, DomainsState, Model, Pane, Screen};
use crate::screens::domains;
use crate::session::Answered;

/// Goes up or down in whatever has the keyboard.
pub(super) fn step(model: &mut Model, step: Step) -> Vec<Effect> {
    let (size, state) = (model.size, &mut model.domains);
    if let (Pane::Side, Some(detail)) = (state.pane, &mut state.detail) {
        detail.top = step.scroll(detail.top, domains::detail_size(detail, size));
        return Vec::new();
    }
    state.list.step(step, domains::rows(size));
    let read = read_window(model);
    read.into_iter().chain(detail_of_marked(model)).collect()
}

/// Asks for the hostnames that are seen where they were not read.
pub(super) fn read_window(model: &mut Model) -> Option<Effect> {
    let (from, limit) = model.domains.list.wanted(domains::rows(model.size))?;
    Some(Effect::Ask(Question::Domains { part: model.domains.text.clone(), from, limit }))
}

/// Reads what is seen anew.
pub(super) fn read_anew(model: &mut Model) -> Option<Effect> {
    model.domains.list.forget();
    let detail = model.domains.detail.as_ref()?;
    Some(Effect::Ask(Question::Domain(detail.hostname.clone())))
}

/// Takes hostnames in; those of another part are late.
pub(super) fn take(model: &mut Model, part: &str, told: Answered<Window<DomainRow>>) -> Vec<Effect> {
    if part != model.domains.text {
        return Vec::new();
    }
    let is_refused = told.is_err();
    let trouble = model.domains.list.take(told, model.now);
    answers::say(model, trouble.as_ref());
    if is_refused || model.screen != Screen::Domains {
        return Vec::new();
    }
    let read = read_window(model);
    read.into_iter().chain(detail_of_marked(model)).collect()
}

/// Takes in what is known of a hostname.
pub(super) fn take_detail(model: &mut Model, hostname: &str, told: Answered<Box<DomainText>>) {
    let now = model.now;
    let Some(detail) = model.domains.detail.as_mut().filter(|detail| detail.hostname == hostname) else { return };
    let trouble = detail.told.take(told, now);
    answers::say(model, trouble.as_ref());
}

/// Looks for a part of a hostname or of a customer's name, in any case.
pub(super) fn find(model: &mut Model, typed: &str) -> Vec<Effect> {
    model.domains = DomainsState { text: typed.trim().to_lowercase(), ..DomainsState::default() };
    read_window(model).into_iter().collect()
}

/// Opens the marked hostname.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    let Some(hostname) = model.domains.list.marked_row().map(|row| row.hostname.clone()) else { return Vec::new() };
    model.domains.pane = Pane::Side;
    if model.domains.detail.is_none() {
        model.domains.detail = Some(DomainState::of(String::new()));
    }
    detail_of(model, hostname).into_iter().collect()
}

/// One level back; whether there was one.
pub(super) fn back(model: &mut Model) -> bool {
    model.domains.pane = Pane::List;
    model.domains.detail.take().is_some()
}

/// What is known of the marked hostname, where a side pane shows one.
fn detail_of_marked(model: &mut Model) -> Option<Effect> {
    let hostname = model.domains.list.marked_row()?.hostname.clone();
    detail_of(model, hostname)
}

fn detail_of(model: &mut Model, hostname: String) -> Option<Effect> {
    let detail = model.domains.detail.as_mut().filter(|detail| detail.hostname != hostname)?;
    *detail = DomainState::of(hostname.clone());
    Some(Effect::Ask(Question::Domain(hostname)))
}
