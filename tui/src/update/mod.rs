//! The one place where the model changes: an event comes in, effects go out. Nothing here waits for anything.

mod answers;
mod audit;
mod bookmarks;
mod confirm;
mod domains;
mod graph;
mod list;
mod moving;
mod navigate;
mod operate;
mod overlay;
mod preview;
mod readiness;

pub(crate) use list::Step;

use crate::command::Command;
use crate::effect::{Effect, Order, Question};
use crate::event::Event;
use crate::keymap;
use crate::model::{Model, Overlay, Screen};
use crate::theme::Role;
use caravan_cutover_engine::Moment;
use crossterm::event::KeyEvent;

/// How often everything that is shown is read anew by itself, in milliseconds.
const REFRESH_MS: u64 = 3_000;

/// What is asked first, before any key.
pub(crate) fn begin(model: &mut Model) -> Vec<Effect> {
    let mut effects = vec![Effect::Ask(Question::Overview), Effect::Ask(Question::Waves)];
    effects.push(Effect::Ask(Question::OpenQuestions));
    effects.extend(list::read_windows(model));
    effects
}

/// Takes an event in, at a time of day.
pub(crate) fn update(model: &mut Model, event: Event, now: Moment) -> Vec<Effect> {
    let second_before = model.now.0 / 1000;
    let toast_before = model.shown_message().is_some();
    model.now = now;
    let is_tick = matches!(event, Event::Tick);
    model.dirty |= !is_tick || now.0 / 1000 != second_before || toast_before != model.shown_message().is_some();
    match event {
        Event::Key(event) => key(model, &event),
        Event::Paste(text) => overlay::paste(model, &text),
        Event::Resized(columns, rows) => {
            model.size = (columns, rows);
            list::read_windows(model)
        }
        Event::Tick => tick(model),
        Event::Answered(answer) => answers::take(model, *answer),
        Event::Ordered(order, done) => answers::ordered(model, &order, done),
        Event::End | Event::Broken(_) => vec![Effect::Quit],
    }
}

fn key(model: &mut Model, event: &KeyEvent) -> Vec<Effect> {
    let Some(press) = keymap::press(event) else { return Vec::new() };
    if model.overlay.is_some() {
        return overlay::key(model, press);
    }
    match keymap::command(model.screen, model.operates(), press) {
        Some(command) => perform(model, command),
        None => {
            // A key that would give an order says why it gives none.
            if keymap::command(model.screen, true, press).is_some() {
                model.say(Role::Wait, "this is read-only: nothing can be changed from here");
            }
            Vec::new()
        }
    }
}

/// Does what a command says, wherever it came from: a key or the palette.
fn perform(model: &mut Model, command: Command) -> Vec<Effect> {
    match command {
        Command::Help => open(model, Overlay::Help { top: 0 }),
        Command::Palette => open(model, Overlay::Palette { typed: String::new(), marked: 0 }),
        Command::Messages => open(model, Overlay::Messages { top: 0 }),
        Command::Filter => {
            let typed = match model.screen {
                Screen::Readiness => model.readiness.sieve.text.clone(),
                _ => model.inventory.text.clone(),
            };
            open(model, Overlay::Filter { typed, problem: None })
        }
        Command::SetMark => open(model, Overlay::Mark { sets: true }),
        Command::Jump => open(model, Overlay::Mark { sets: false }),
        Command::Quit => vec![Effect::Quit],
        Command::Suspend => vec![Effect::Suspend],
        Command::Back => navigate::back(model),
        Command::Open => navigate::open(model),
        Command::ToOverview => navigate::to(model, Screen::Overview),
        Command::ToInventory => navigate::to(model, Screen::Inventory),
        Command::ToGraph => navigate::to(model, Screen::Graph),
        Command::Graph => graph::of_marked(model),
        Command::Find => open(model, Overlay::Find { typed: String::new() }),
        Command::ToAudit => navigate::to(model, Screen::Audit),
        Command::ToDomains => navigate::to(model, Screen::Domains),
        Command::ToPreview => navigate::to(model, Screen::Preview),
        Command::Preview => preview::of_marked(model),
        Command::Answer => preview::ask(model),
        Command::Journal => audit::of_marked(model),
        Command::People => audit::next_people(model),
        Command::ToReadiness => navigate::to(model, Screen::Readiness),
        Command::Severity => readiness::next_severity(model),
        Command::Verdict => readiness::next_verdict(model),
        Command::Readiness => readiness::of_marked(model),
        Command::ToWaves => navigate::to(model, Screen::Waves),
        Command::ToCutover => navigate::to(model, Screen::Cutover),
        Command::Down => list::step(model, list::Step::Lines(1)),
        Command::Up => list::step(model, list::Step::Lines(-1)),
        Command::PageDown => list::step(model, list::Step::Pages(1)),
        Command::PageUp => list::step(model, list::Step::Pages(-1)),
        Command::First => list::step(model, list::Step::First),
        Command::Last => list::step(model, list::Step::Last),
        Command::NextPane => navigate::next_pane(model),
        Command::Refresh => {
            model.say(Role::Plain, "read anew");
            refresh(model, true)
        }
        Command::CopyId => navigate::copy_id(model),
        Command::CopyCommand => navigate::copy_command(model),
        Command::Members => moving::open_members(model),
        Command::Move => moving::ask(model, false),
        Command::Merge => moving::ask(model, true),
        Command::Undo => operate::give(model, Order::Undo),
        Command::Redo => operate::give(model, Order::Redo),
        Command::ApprovePlan
        | Command::Start
        | Command::Approve
        | Command::Pause
        | Command::Resume
        | Command::Rollback
        | Command::Retry
        | Command::Drive => operate::order(model, command),
    }
}

fn open(model: &mut Model, overlay: Overlay) -> Vec<Effect> {
    model.overlay = Some(overlay);
    Vec::new()
}

/// A run that is looked at is followed; everything else is read anew now and then.
fn tick(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    if model.now >= model.refreshed.plus_ms(REFRESH_MS) {
        effects = refresh(model, false);
    } else if model.screen == Screen::Cutover && !is_over(model) {
        effects.extend(follow(model));
    }
    effects
}

/// The question about the run that is looked at.
fn follow(model: &Model) -> Option<Effect> {
    let run = model.cutover.run.clone()?;
    Some(Effect::Ask(Question::Run(run)))
}

/// Whether the run that is looked at is over, as far as it was read.
fn is_over(model: &Model) -> bool {
    model.cutover.told.value.as_ref().is_some_and(|view| view.status.state.is_over())
}

/// Reads anew what is shown; everything where a person wants it.
fn refresh(model: &mut Model, all: bool) -> Vec<Effect> {
    model.refreshed = model.now;
    let mut effects = Vec::new();
    if all || model.screen == Screen::Overview {
        effects.push(Effect::Ask(Question::Overview));
    }
    if all || matches!(model.screen, Screen::Waves | Screen::Overview | Screen::Audit) {
        effects.push(Effect::Ask(Question::Waves));
    }
    if all {
        model.inventory.list.forget();
        effects.push(Effect::Ask(Question::OpenQuestions));
        effects.extend(model.inventory.detail.as_ref().map(|detail| Effect::Ask(Question::Detail(detail.id.clone()))));
        effects.extend(model.waves.plan.as_ref().map(|plan| Effect::Ask(Question::Plan(plan.wave.clone()))));
        effects.extend(moving::read_anew(model));
    }
    if all || model.screen == Screen::Cutover {
        effects.extend(follow(model));
    }
    if all || model.screen == Screen::Audit {
        audit::read_anew(model);
    }
    if all {
        effects.extend(graph::read_anew(model));
        effects.extend(readiness::read_anew(model));
        effects.extend(domains::read_anew(model));
        effects.extend(preview::read_anew(model));
    }
    effects.extend(list::read_windows(model));
    effects
}
