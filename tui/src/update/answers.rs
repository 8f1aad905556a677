//! Answers, and what became of orders.

use super::{audit, domains, follow, graph, list, moving, navigate, operate, preview, readiness};
use crate::data::{Row, Window};
use crate::effect::{Effect, Order, Question};
use crate::event::Answer;
use crate::model::Model;
use crate::session::{Answered, Done, Trouble};
use crate::theme::Role;

/// Takes an answer in. What nobody looks at any more is dropped.
pub(super) fn take(model: &mut Model, answer: Answer) -> Vec<Effect> {
    let now = model.now;
    let trouble = match answer {
        Answer::Overview(told) => {
            let trouble = model.overview.told.take(told, now);
            let items = model.overview.told.value.as_ref().map_or(0, |told| told.items.len());
            model.overview.marked = model.overview.marked.min(items.saturating_sub(1));
            trouble
        }
        Answer::OpenQuestions(told) => model.overview.questions.take(told, now),
        Answer::Window(text, told) => return window(model, &text, told),
        Answer::Detail(id, told) => match &mut model.inventory.detail {
            Some(detail) if detail.id == id => detail.told.take(told, now),
            _ => None,
        },
        Answer::Doors(part, told) => return graph::take_doors(model, &part, told),
        Answer::Graph(id, told) => {
            graph::take(model, &id, told);
            None
        }
        Answer::Readiness(sieve, told) => return readiness::take(model, &sieve, told),
        Answer::Assessed(id, told) => match &mut model.readiness.detail {
            Some(detail) if detail.id == id => detail.told.take(told, now),
            _ => None,
        },
        Answer::Journal(run, people, told) => return audit::take(model, &run, people, told),
        Answer::Entry(run, sequence, told) => {
            audit::take_entry(model, &run, sequence, told);
            None
        }
        Answer::Domains(part, told) => return domains::take(model, &part, told),
        Answer::Domain(hostname, told) => {
            domains::take_detail(model, &hostname, told);
            None
        }
        Answer::Preview(workload, told) => {
            preview::take(model, &workload, told);
            None
        }
        Answer::PreviewFile(workload, path, told) => {
            preview::take_file(model, &workload, &path, told);
            None
        }
        Answer::Waves(told) => {
            let trouble = model.waves.list.take(told, now);
            model.waves.marked = model.waves.marked.min(model.waves.lines().len().saturating_sub(1));
            navigate::choose_run(model);
            trouble
        }
        Answer::Plan(wave, told) => match &mut model.waves.plan {
            Some(plan) if plan.wave == wave => plan.told.take(told, now),
            _ => None,
        },
        Answer::Members(wave, told) => match &mut model.waves.members {
            Some(members) if members.wave == wave => {
                let trouble = members.told.take(told, now);
                let last = members.told.value.as_ref().map_or(0, Vec::len).saturating_sub(1);
                members.marked = members.marked.min(last);
                trouble
            }
            _ => None,
        },
        Answer::Run(run, told) if model.cutover.run.as_ref() == Some(&run) => model.cutover.told.take(told, now),
        Answer::Run(..) => None,
    };
    say(model, trouble.as_ref());
    Vec::new()
}

pub(super) fn say(model: &mut Model, trouble: Option<&Trouble>) {
    if let Some(trouble) = trouble {
        model.say_trouble(trouble);
    }
}

/// A window of another filter than the one that holds is late.
fn window(model: &mut Model, text: &str, told: Answered<Window<Row>>) -> Vec<Effect> {
    if text != model.inventory.text {
        return Vec::new();
    }
    let trouble = model.inventory.list.take(told, model.now);
    say(model, trouble.as_ref());
    if trouble.is_some() {
        return Vec::new();
    }
    let read = list::read_window(model);
    // The side pane shows what is marked, also when it was not read yet when it was marked.
    read.into_iter().chain(navigate::detail_of_marked(model)).collect()
}

/// What became of an order.
pub(super) fn ordered(model: &mut Model, order: &Order, done: Answered<Done>) -> Vec<Effect> {
    if let Some(at) = model.sent.iter().position(|sent| sent == order) {
        model.sent.remove(at);
    }
    let then = model.after.iter().position(|(first, _)| first == order);
    let then = then.map(|at| model.after.remove(at).1);
    let mut effects = Vec::new();
    let run = match done {
        Ok(Done { text, run }) => {
            model.say(Role::Good, text);
            effects.extend(then.into_iter().flat_map(|then| operate::give(model, then)));
            run
        }
        Err(Trouble { text, hints }) => {
            let text = format!("{}: not done: {text}", order.word());
            model.say_trouble(&Trouble { text, hints });
            None
        }
    };
    effects.extend([Effect::Ask(Question::Waves), Effect::Ask(Question::Overview)]);
    if matches!(order, Order::Answer { .. }) {
        effects.push(Effect::Ask(Question::OpenQuestions));
        effects.extend(preview::read_anew(model));
    }
    // Who has approved a plan stands in it.
    effects.extend(model.waves.plan.as_ref().map(|plan| Effect::Ask(Question::Plan(plan.wave.clone()))));
    effects.extend(moving::read_anew(model));
    match run {
        Some(run) if model.cutover.run.as_ref() != Some(&run) => effects.extend(navigate::to_run(model, run)),
        _ => effects.extend(follow(model)),
    }
    effects
}
