//! Orders: what is safer is cheap, what is riskier is dear (S3). A pause is one key; a way back two; whatever lets traffic move
//! shows first what is known, and in production wants a name typed.

use super::navigate;
use crate::command::Command;
use crate::data::{Evidence, RunView, WaveRow};
use crate::effect::{Effect, Order};
use crate::model::{By, Confirm, Model, Overlay, is_driven};
use crate::theme::Role;
use caravan_cutover::operator::RunStatus;

/// What a command would order, and what must be said first.
enum Wanted {
    /// It is ordered at once.
    AtOnce(Order),
    /// A person confirms it.
    Confirmed(Confirm),
    /// It makes no sense now.
    Refused(String),
    /// Something is shown first.
    First(Vec<Effect>),
}

/// Takes a command that gives an order.
pub(super) fn order(model: &mut Model, command: Command) -> Vec<Effect> {
    let wanted = match command {
        Command::ApprovePlan => approve_plan(model),
        Command::Start => start(model),
        _ => of_run(model, command),
    };
    match wanted {
        Wanted::AtOnce(order) => give(model, order),
        Wanted::Confirmed(confirm) => {
            model.overlay = Some(Overlay::Confirm(confirm));
            Vec::new()
        }
        Wanted::Refused(why) => {
            model.say(Role::Wait, why);
            Vec::new()
        }
        Wanted::First(effects) => effects,
    }
}

/// Gives an order, and keeps the command line that would have given the same.
pub(super) fn give(model: &mut Model, order: Order) -> Vec<Effect> {
    let args = order.args();
    if !args.is_empty() {
        model.note(format!("$ {}", navigate::command_line(&model.place.options, &args)));
    }
    if model.sent.contains(&order) {
        return Vec::new();
    }
    model.sent.push(order.clone());
    vec![Effect::Order(order)]
}

/// Gives the order that a person has confirmed; what the same word wants besides is given once it was carried out.
pub(super) fn confirmed(model: &mut Model, confirm: Confirm) -> Vec<Effect> {
    let Confirm { order, then, .. } = confirm;
    model.after.retain(|(first, _)| *first != order);
    model.after.extend(then.map(|then| (order.clone(), *then)));
    give(model, order)
}

fn confirm(model: &Model, title: String, lines: Vec<String>, order: Order, by: By) -> Wanted {
    Wanted::Confirmed(Confirm { title, lines, order, then: None, by, opened: model.now, top: 0 })
}

/// The name where production is touched, else `y`.
fn dear(is_production: bool, name: &str) -> By {
    match is_production {
        true => By::Name { name: name.to_owned(), typed: String::new() },
        false => By::Yes,
    }
}

/// The plan is seen before it is approved: what is approved is the very hash that was shown.
fn approve_plan(model: &mut Model) -> Wanted {
    let Some(WaveRow { wave, hash, approvals, is_production, .. }) = model.waves.marked_wave().cloned() else {
        return Wanted::Refused("no wave is marked".to_owned());
    };
    let plan = model.waves.plan.as_ref().filter(|plan| plan.wave == wave);
    let Some(shown) = plan.and_then(|plan| plan.told.value.as_ref()) else {
        let effects = navigate::open_plan(model);
        if !effects.is_empty() {
            model.say(Role::Wait, "this is the plan: read it, then approve it with V");
        }
        return Wanted::First(effects);
    };
    if hash.as_ref() != Some(&shown.hash) {
        return Wanted::Refused("the wave was sealed anew since: open its plan again".to_owned());
    }
    let before = if approvals.is_empty() { "nobody".to_owned() } else { approvals.join(", ") };
    let lines = vec![
        format!("plan {}", shown.hash),
        format!("approved before by {before}"),
        format!("It is kept that {} approves it. Nothing is changed yet.", model.place.who),
    ];
    let order = Order::ApprovePlan { wave: wave.clone(), hash: shown.hash.clone() };
    confirm(model, format!("approve the plan of wave {wave}"), lines, order, dear(is_production, &wave))
}

fn start(model: &Model) -> Wanted {
    let Some(WaveRow { wave, hash, approvals, runs, is_production, changes, .. }) = model.waves.marked_wave().cloned()
    else {
        return Wanted::Refused("no wave is marked".to_owned());
    };
    let Some(hash) = hash else {
        return Wanted::Refused(format!("wave {wave} was never sealed"));
    };
    if approvals.is_empty() {
        return Wanted::Refused(format!("nobody has approved wave {wave}: V does, after its plan was shown"));
    }
    if let Some(run) = runs.iter().find(|run| !run.is_over) {
        return Wanted::Refused(format!("run {} of it is not over: Enter opens it", run.name));
    }
    let lines = vec![
        format!("plan {hash}"),
        format!("approved by {}", approvals.join(", ")),
        format!("{changes}. The journal is copied and the manual rollback written down first."),
        "A driver is started, in a process of its own: it goes on whatever becomes of this screen.".to_owned(),
        "Without another word it installs the split at 0 %; each stage that wants approval waits for it.".to_owned(),
    ];
    let title = format!("start a run of wave {wave}");
    confirm(model, title, lines, Order::Start { wave: wave.clone(), hash }, dear(is_production, &wave))
}

fn of_run(model: &Model, command: Command) -> Wanted {
    let Some(view) = &model.cutover.told.value else {
        return Wanted::Refused("no run is shown: choose one on the screen Waves".to_owned());
    };
    let (status, run) = (&view.status, view.status.run.clone());
    if status.state.is_over() {
        return Wanted::Refused(format!("{run} is over, {}: nothing of it can be changed any more", status.state));
    }
    match command {
        Command::Pause => Wanted::AtOnce(Order::Pause { run }),
        Command::Rollback => roll_back(model, status, run),
        Command::Approve => approve(model, view),
        Command::Resume => {
            let lines = vec!["It goes on where it stopped.".to_owned()];
            confirm(model, format!("let {run} go on"), lines, Order::Resume { run }, By::Yes)
        }
        Command::Retry => {
            let waits = status.waiting_for.as_ref().map(|waits| format!("it waits for {waits}"));
            let lines = waits.into_iter().collect();
            confirm(model, format!("try again what {run} waits with"), lines, Order::Retry { run }, By::Yes)
        }
        Command::Drive if is_driven(status) => {
            let driver = status.driver.as_ref().map(|driver| driver.name.clone()).unwrap_or_default();
            Wanted::Refused(format!("{driver} drives it"))
        }
        Command::Drive => {
            let lines = vec![
                "A driver is started, in a process of its own. What was on its way is looked for first.".to_owned(),
            ];
            confirm(model, format!("drive {run}"), lines, Order::Drive { run }, By::Yes)
        }
        _ => Wanted::Refused("that is no order about a run".to_owned()),
    }
}

/// The way back is two keys also where nobody drives: whoever wants it back wants somebody who takes it back. The driver is
/// started once the order was left for it: without that order it would go on.
fn roll_back(model: &Model, status: &RunStatus, run: String) -> Wanted {
    let then = (!is_driven(status)).then(|| Box::new(Order::Drive { run: run.clone() }));
    let (title, lines) = (format!("take {run} back"), rollback_lines(status));
    let order = Order::Rollback { run };
    Wanted::Confirmed(Confirm { title, lines, order, then, by: By::Yes, opened: model.now, top: 0 })
}

fn rollback_lines(status: &RunStatus) -> Vec<String> {
    let mut lines =
        vec!["Everything goes back to exactly what stood before, as soon as its old side passes.".to_owned()];
    lines.push(match status.driver.as_ref().filter(|driver| driver.drives) {
        None => "Nobody drives this run: y leaves the order, and starts a driver for it as D does.".to_owned(),
        Some(driver) => {
            let silent = driver.silent_seconds.map(|seconds| format!(", whose last sign of life was {seconds} s ago"));
            format!("It is left for {}{}.", driver.name, silent.unwrap_or_default())
        }
    });
    lines.extend(status.at_risk.iter().map(|share| format!("{} % of {} goes back", share.percent, share.workload)));
    if status.at_risk.is_empty() {
        lines.push("No traffic is on a new side.".to_owned());
    }
    lines
}

fn approve(model: &Model, view: &RunView) -> Wanted {
    let Some(Evidence { step, shown, lines }) = &view.evidence else {
        return Wanted::Refused(format!("nothing waits for approval: the run is {}", view.status.state));
    };
    let order = Order::Approve { run: view.status.run.clone(), step: step.clone(), shown: *shown };
    confirm(model, format!("approve {step}"), lines.clone(), order, dear(view.is_production, &view.wave))
}
