//! Everything about one workload: what it is, what stands around it, what is open, and every field that was observed.

use crate::commands::inventory::{around, edge_text};
use crate::error::{Failure, FailureKind};
use crate::lifting::Estate;
use caravan_discover::{Replicas, Sketch, sketch};
use caravan_inventory::{Decisions, Edge, Observation, Question, Workload, WorkloadId};
use caravan_inventory_store::Store;
use caravan_tui::{Detail, Fact, Section};
use serde_json::Value;

/// Reads it.
///
/// # Errors
/// When there is no such workload any more, and those of reading.
pub(super) fn read(store: &Store, estate: &Estate, decisions: &Decisions, id: &WorkloadId) -> Result<Detail, Failure> {
    let workload = store.workload(id)?.ok_or_else(|| {
        Failure::new(FailureKind::Work, format!("{id} is not in the inventory any more"))
            .hint("`r` reads the list anew")
    })?;
    let observations = store.observations_of(&workload)?;
    let chains = around::doors(store)?.passing(id.as_str());
    let hosts = around::hostnames(&chains).into_iter().map(said).collect();
    let needs = around::needs(store, id.as_str())?;
    let needs = needs.iter().map(|need| shown(edge_text::need(need), &need.edge)).collect();
    let users = around::needed_by(store, &workload)?;
    let users = users.iter().map(|edge| shown(edge_text::needed_by(edge, id.as_str()), edge)).collect();
    let questions = estate.open_questions(store, id, decisions)?;
    let mut sections = vec![
        section(id.as_str(), itself(&workload, &observations)),
        section("answers for", hosts),
        section("needs", needs),
        section("needed by", users),
        section("open questions", questions.iter().map(question).collect()),
    ];
    sections.retain(|section| !section.facts.is_empty());
    sections.extend(observations.iter().map(fields));
    Ok(Detail { id: id.clone(), sections })
}

fn section(title: &str, facts: Vec<Fact>) -> Section {
    Section { title: title.to_owned(), facts }
}

fn said(text: impl Into<String>) -> Fact {
    Fact { text: text.into(), evidence: String::new() }
}

/// An edge without the place of its evidence, and that place.
fn shown(text: String, edge: &Edge) -> Fact {
    let evidence = format!("{}{}", edge.evidence.observation, edge.evidence.path);
    Fact { text: text.replace(&format!("; {evidence}"), ""), evidence }
}

fn itself(workload: &Workload, observations: &[Observation]) -> Vec<Fact> {
    let line = |name: &str, text: &str| said(format!("{name:<12} {text}"));
    let mut facts = vec![
        line("kind", workload.kind.as_str()),
        line("name", &workload.name),
        line("team", workload.team.as_str()),
        line("environment", workload.environment.as_str()),
    ];
    facts.extend(workload.account.as_ref().map(|account| line("account", account.as_str())));
    facts.extend(workload.region.as_ref().map(|region| line("region", region.as_str())));
    let Sketch { images, replicas } = sketch(observations);
    facts.extend(images.iter().map(|image| line("runs", image)));
    facts.extend(replicas.map(|Replicas { desired, min, max }| match (min, max) {
        (Some(min), Some(max)) => line("replicas", &format!("{desired}, scaled between {min} and {max}")),
        _ => line("replicas", &desired.to_string()),
    }));
    facts
}

fn question(question: &Question) -> Fact {
    let answers = match question.options.as_slice() {
        [] => String::new(),
        options => format!(" (answers: {})", options.join(", ")),
    };
    Fact { text: format!("{}{answers}", question.text), evidence: question.id.to_string() }
}

/// Every field of an observation, by its place; redacted as everything in the inventory.
fn fields(observation: &Observation) -> Section {
    let mut facts = Vec::new();
    leaves(&observation.body, &mut String::new(), &mut facts);
    let title = format!("{} (seen {:.0} by {})", observation.id, observation.last_seen, observation.api);
    Section { title, facts }
}

fn leaves(value: &Value, place: &mut String, facts: &mut Vec<Fact>) {
    let length = place.len();
    let mut inside = |key: &str, value: &Value| {
        place.push('/');
        place.push_str(&key.replace('~', "~0").replace('/', "~1"));
        leaves(value, place, facts);
        place.truncate(length);
    };
    match value {
        Value::Object(fields) if !fields.is_empty() => fields.iter().for_each(|(key, value)| inside(key, value)),
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(at, value)| inside(&at.to_string(), value));
        }
        Value::String(text) => facts.push(said(format!("{place}  {text}"))),
        other => facts.push(said(format!("{place}  {other}"))),
    }
}
