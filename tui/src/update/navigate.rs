//! From one screen to another, into things and out of them. Nothing here changes anything but what is looked at.

use super::{audit, domains, follow, graph, list, preview, readiness, refresh};
use crate::data::Leads;
use crate::effect::{Effect, Question};
use crate::model::{CutoverState, DetailState, InventoryState, Loaded, Model, Pane, PlanState, Screen, WaveLine};
use crate::screens;
use crate::theme::Role;
use caravan_inventory::{Comparison, Operator, Query, QueryField, WorkloadId};

/// To a screen by its key.
pub(super) fn to(model: &mut Model, screen: Screen) -> Vec<Effect> {
    model.trail.clear();
    arrive(model, screen)
}

/// To a screen that Back leads away from.
pub(super) fn visit(model: &mut Model, screen: Screen) -> Vec<Effect> {
    model.trail.push(model.screen);
    arrive(model, screen)
}

fn arrive(model: &mut Model, screen: Screen) -> Vec<Effect> {
    model.screen = screen;
    choose_run(model);
    refresh(model, false)
}

/// Where nobody has said which run is meant, it is the one that is under way.
pub(super) fn choose_run(model: &mut Model) {
    if model.screen == Screen::Cutover && model.cutover.run.is_none() {
        let waves = model.waves.list.value.iter().flatten();
        let run = waves.flat_map(|wave| &wave.runs).find(|run| !run.is_over).map(|run| run.name.clone());
        model.cutover.run = run;
    }
}

/// To a run.
pub(super) fn to_run(model: &mut Model, run: String) -> Vec<Effect> {
    if model.cutover.run.as_ref() != Some(&run) {
        model.cutover = CutoverState { run: Some(run), ..CutoverState::default() };
    }
    match model.screen {
        Screen::Cutover => follow(model).into_iter().collect(),
        _ => visit(model, Screen::Cutover),
    }
}

/// One level back: out of a side pane, then to where one came from.
pub(super) fn back(model: &mut Model) -> Vec<Effect> {
    if model.screen == Screen::Audit && audit::back(model) {
        return list::read_windows(model);
    }
    if model.screen == Screen::Graph && graph::back(model) {
        return list::read_windows(model);
    }
    if model.screen == Screen::Domains && domains::back(model) {
        return list::read_windows(model);
    }
    if model.screen == Screen::Preview && preview::back(model) {
        return Vec::new();
    }
    match model.screen {
        Screen::Inventory if model.inventory.detail.is_some() => {
            model.inventory.detail = None;
            model.inventory.pane = Pane::List;
            list::read_windows(model)
        }
        Screen::Readiness if model.readiness.detail.is_some() => {
            model.readiness.detail = None;
            model.readiness.pane = Pane::List;
            list::read_windows(model)
        }
        Screen::Waves if model.waves.plan.is_some() || model.waves.members.is_some() => {
            (model.waves.plan, model.waves.members) = (None, None);
            model.waves.pane = Pane::List;
            Vec::new()
        }
        Screen::Cutover if model.cutover.pane == Pane::Side || model.cutover.marked.is_some() => {
            (model.cutover.pane, model.cutover.top, model.cutover.marked) = (Pane::List, 0, None);
            Vec::new()
        }
        _ => match model.trail.pop() {
            Some(screen) => arrive(model, screen),
            None => Vec::new(),
        },
    }
}

/// Opens what is marked.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    match model.screen {
        Screen::Overview => {
            let items = model.overview.told.value.as_ref().map_or(&[][..], |told| &told.items);
            match items.get(model.overview.marked).map(|item| item.leads.clone()) {
                Some(Leads::Run(run)) => to_run(model, run),
                Some(Leads::Waves) => visit(model, Screen::Waves),
                Some(Leads::Filter(text)) => {
                    let mut effects = visit(model, Screen::Inventory);
                    if let Ok(query) = Query::parse(&text) {
                        effects.extend(filter(model, text, query));
                    }
                    effects
                }
                Some(Leads::Nowhere) | None => Vec::new(),
            }
        }
        Screen::Inventory => open_detail(model),
        Screen::Graph => graph::open(model),
        Screen::Readiness => readiness::open(model),
        Screen::Waves => match model.waves.marked_run().map(str::to_owned) {
            Some(run) => to_run(model, run),
            None => open_plan(model),
        },
        Screen::Audit => audit::open(model),
        Screen::Domains => domains::open(model),
        Screen::Preview => preview::open(model),
        Screen::Cutover => Vec::new(),
    }
}

/// Lets a filter hold.
pub(super) fn filter(model: &mut Model, text: String, query: Query) -> Vec<Effect> {
    model.inventory = InventoryState { text, query, ..InventoryState::default() };
    list::read_windows(model)
}

fn open_detail(model: &mut Model) -> Vec<Effect> {
    let Some(id) = model.inventory.list.marked_row().map(|row| row.id.clone()) else { return Vec::new() };
    model.inventory.pane = Pane::Side;
    if model.inventory.detail.as_ref().is_some_and(|detail| detail.id == id) {
        return Vec::new();
    }
    model.inventory.detail = Some(DetailState { id: id.clone(), told: Loaded::default(), top: 0 });
    vec![Effect::Ask(Question::Detail(id))]
}

/// The detail of what is marked now, where a side pane shows one.
pub(super) fn detail_of_marked(model: &mut Model) -> Option<Effect> {
    let id = model.inventory.list.marked_row()?.id.clone();
    let detail = model.inventory.detail.as_mut()?;
    if detail.id == id {
        return None;
    }
    *detail = DetailState { id: id.clone(), told: Loaded::default(), top: 0 };
    Some(Effect::Ask(Question::Detail(id)))
}

pub(super) fn open_plan(model: &mut Model) -> Vec<Effect> {
    let Some(wave) = model.waves.marked_wave() else { return Vec::new() };
    if wave.hash.is_none() {
        let text =
            format!("wave {} was never sealed: caravan {}plan seal {}", wave.wave, model.place.options, wave.wave);
        model.say(Role::Wait, text);
        return Vec::new();
    }
    let name = wave.wave.clone();
    model.waves.members = None;
    model.waves.plan = Some(PlanState { wave: name.clone(), told: Loaded::default(), top: 0 });
    model.waves.pane = Pane::Side;
    vec![Effect::Ask(Question::Plan(name))]
}

/// To the other pane, where there are two.
pub(super) fn next_pane(model: &mut Model) -> Vec<Effect> {
    let is_wide = model.size.0 >= screens::WIDE;
    let other = |pane: Pane| if pane == Pane::List { Pane::Side } else { Pane::List };
    match model.screen {
        Screen::Inventory if is_wide && model.inventory.detail.is_some() => {
            model.inventory.pane = other(model.inventory.pane);
        }
        Screen::Readiness if is_wide && model.readiness.detail.is_some() => {
            model.readiness.pane = other(model.readiness.pane);
        }
        Screen::Domains if is_wide && model.domains.detail.is_some() => model.domains.pane = other(model.domains.pane),
        Screen::Preview if is_wide && model.preview.side.is_some() => model.preview.pane = other(model.preview.pane),
        Screen::Audit if is_wide && model.audit.entry.is_some() => model.audit.pane = other(model.audit.pane),
        Screen::Waves if is_wide && (model.waves.plan.is_some() || model.waves.members.is_some()) => {
            model.waves.pane = other(model.waves.pane)
        }
        // Both are seen at every size.
        Screen::Cutover => model.cutover.pane = other(model.cutover.pane),
        _ => {}
    }
    Vec::new()
}

/// What is marked, as a file or a command names it.
fn marked_id(model: &Model) -> Option<String> {
    match model.screen {
        Screen::Overview => {
            model.overview.told.value.as_ref()?.items.get(model.overview.marked).map(|item| item.help.clone())
        }
        Screen::Inventory => model.inventory.list.marked_row().map(|row| row.id.to_string()),
        Screen::Graph => match model.graph.focus() {
            Some(focus) => focus.marked_line().and_then(|line| line.leads.clone()).or_else(|| Some(focus.id.clone())),
            None => model.graph.doors.marked_row().map(|row| row.hostname.clone()),
        },
        Screen::Readiness => model.readiness.list.marked_row().map(|row| row.id.to_string()),
        Screen::Waves => {
            let run = model.waves.marked_run().map(str::to_owned);
            run.or_else(|| model.waves.marked_wave().map(|wave| wave.wave.clone()))
        }
        Screen::Cutover => model.cutover.run.clone(),
        Screen::Domains => model.domains.list.marked_row().map(|row| row.hostname.clone()),
        Screen::Preview => preview::marked_id(model),
        Screen::Audit => match &model.audit.run {
            Some(run) => Some(run.clone()),
            None => model.waves.runs().nth(model.audit.marked).map(|(_, run)| run.name.clone()),
        },
    }
}

/// The workload that is marked, where workloads are listed.
pub(super) fn marked_workload(model: &Model) -> Option<WorkloadId> {
    match model.screen {
        Screen::Inventory => model.inventory.list.marked_row().map(|row| row.id.clone()),
        Screen::Graph => model.graph.focus()?.told.value.as_ref()?.workload.clone(),
        Screen::Readiness => model.readiness.list.marked_row().map(|row| row.id.clone()),
        Screen::Preview => model.preview.workload.clone(),
        Screen::Overview | Screen::Waves | Screen::Cutover | Screen::Audit | Screen::Domains => None,
    }
}

/// The query that one workload alone fits.
pub(super) fn only(id: &WorkloadId) -> Query {
    Query::Is(Comparison { field: QueryField::Id, operator: Operator::Equal, value: id.to_string() })
}

/// Copies what is marked.
pub(super) fn copy_id(model: &mut Model) -> Vec<Effect> {
    let id = marked_id(model);
    copy(model, id)
}

/// Copies the command line that shows the same.
pub(super) fn copy_command(model: &mut Model) -> Vec<Effect> {
    let marked = marked_id(model);
    let command = match model.screen {
        // What helps is a command already.
        Screen::Overview => return copy(model, marked),
        Screen::Inventory if model.inventory.detail.is_some() => {
            marked.map(|id| vec!["inventory".to_owned(), "show".to_owned(), id])
        }
        Screen::Inventory => {
            let mut args = vec!["inventory".to_owned(), "list".to_owned()];
            if !model.inventory.text.is_empty() {
                args.extend(["--where".to_owned(), model.inventory.text.clone()]);
            }
            Some(args)
        }
        Screen::Graph => {
            let id = model.graph.focus().map(|focus| focus.id.clone()).or(marked);
            id.map(|id| vec!["inventory".to_owned(), "graph".to_owned(), id])
        }
        // Of one workload there is all of it, of all a line each.
        Screen::Readiness if model.readiness.detail.is_some() => marked.map(|id| vec!["assess".to_owned(), id]),
        Screen::Readiness => Some(vec!["assess".to_owned()]),
        Screen::Waves => match model.waves.lines().get(model.waves.marked) {
            Some(WaveLine::Run(..)) => marked.map(|run| vec!["cutover".to_owned(), "status".to_owned(), run]),
            Some(WaveLine::Wave(_)) => marked.map(|wave| vec!["plan".to_owned(), "show".to_owned(), wave]),
            None => None,
        },
        Screen::Preview => preview::command(model),
        // With -v it tells of each what the detail does.
        Screen::Domains => {
            let args = ["domains", "list"].into_iter().chain(model.domains.detail.is_some().then_some("-v"));
            Some(args.map(str::to_owned).collect())
        }
        Screen::Audit => marked.map(|run| vec!["cutover".to_owned(), "audit".to_owned(), run]),
        Screen::Cutover => marked.map(|run| vec!["cutover".to_owned(), "watch".to_owned(), run, "--plain".to_owned()]),
    };
    let command = command.map(|args| command_line(&model.place.options, &args));
    copy(model, command)
}

/// A command as a shell reads it.
pub(super) fn command_line(options: &str, args: &[String]) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    let quoted = |arg: &String| match !arg.is_empty() && arg.chars().all(plain) {
        true => arg.clone(),
        false => format!("'{}'", arg.replace('\'', "'\\''")),
    };
    let args: Vec<String> = args.iter().map(quoted).collect();
    format!("caravan {options}{}", args.join(" "))
}

fn copy(model: &mut Model, text: Option<String>) -> Vec<Effect> {
    let Some(text) = text else { return Vec::new() };
    model.say(Role::Good, format!("copied: {text}"));
    vec![Effect::Copy(text)]
}
