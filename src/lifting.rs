//! From the inventory and the decisions to lifted workloads, app by app.

use crate::error::Failure;
use crate::inventory_db::each_workload;
use caravan_convert::{App, Claim, assign};
use caravan_convert_lift::{Lifted, Source, lift};
use caravan_inventory::{
    Decisions, EnvironmentName, Observation, Question, QuestionId, TeamName, Workload, WorkloadId,
};
use caravan_inventory_store::{Store, WorkloadFilter};

/// The topic of the questions about who owns a workload.
const OWNER: &str = "owner/";

/// An answer to an owner's question that names no team.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is neither a team nor `team/environment`: DNS-1123 labels of at most 40 characters")]
pub(crate) struct InvalidOwner(String);

/// Every app of the inventory, sorted by team and name.
///
/// # Errors
/// Those of reading.
pub(crate) fn apps(store: &Store, decisions: &Decisions) -> Result<Vec<App>, Failure> {
    let mut light = Vec::new();
    each_workload(store, &WorkloadFilter::default(), |mut workload| {
        own(&mut workload, decisions);
        workload.parts = Vec::new();
        light.push(workload);
        Ok(())
    })?;
    Ok(assign(light.iter().map(Claim::from)))
}

/// Lifts the members of an app, in their order. A workload that went away meanwhile ends it with an error.
///
/// # Errors
/// Those of reading.
pub(crate) fn lift_members(store: &Store, app: &App, decisions: &Decisions) -> Result<Vec<Lifted>, Failure> {
    app.members
        .iter()
        .map(|member| lift_one(store, &member.workload, &app.name, decisions))
        .collect()
}

/// Every question about one workload that nobody answered, sorted by id.
///
/// # Errors
/// Those of reading.
pub(crate) fn open_questions(store: &Store, id: &WorkloadId, decisions: &Decisions) -> Result<Vec<Question>, Failure> {
    // What is asked does not depend on the app's name.
    let lifted = lift_one(store, id, "app", decisions)?;
    questions_with(store, id, decisions, lifted.questions)
}

/// The questions of a lift together with those of linking, without the answered ones, sorted by id.
///
/// # Errors
/// Those of reading.
pub(crate) fn questions_with(
    store: &Store,
    id: &WorkloadId,
    decisions: &Decisions,
    lifted: Vec<Question>,
) -> Result<Vec<Question>, Failure> {
    let linked = store
        .questions_of(id)?
        .into_iter()
        .filter(|question| !is_answered(question, decisions));
    let mut questions: Vec<Question> = linked.chain(lifted).collect();
    questions.sort_by(|one, other| one.id.cmp(&other.id));
    questions.dedup_by(|one, other| one.id == other.id);
    Ok(questions)
}

/// The team, and the environment if it names one, of an answer to an owner's question.
///
/// # Errors
/// When it names neither.
pub(crate) fn parse_owner(answer: &str) -> Result<(TeamName, Option<EnvironmentName>), InvalidOwner> {
    let invalid = || InvalidOwner(answer.to_owned());
    let (team, environment) = match answer.split_once('/') {
        Some((team, environment)) => (team, Some(environment)),
        None => (answer, None),
    };
    let team = TeamName::parse(team).map_err(|_| invalid())?;
    let environment = environment
        .map(EnvironmentName::parse)
        .transpose()
        .map_err(|_| invalid())?;
    Ok((team, environment))
}

/// Whether a question asks who owns a workload.
pub(crate) fn is_about_owner(id: &QuestionId) -> bool {
    id.as_str().starts_with(OWNER)
}

fn is_answered(question: &Question, decisions: &Decisions) -> bool {
    match decisions.answer(&question.id) {
        Some(answer) if is_about_owner(&question.id) => parse_owner(answer).is_ok(),
        Some(answer) => question.options.is_empty() || question.options.iter().any(|option| option == answer),
        None => false,
    }
}

fn lift_one(store: &Store, id: &WorkloadId, app: &str, decisions: &Decisions) -> Result<Lifted, Failure> {
    let mut workload = store.workload(id)?.ok_or_else(|| gone(id))?;
    own(&mut workload, decisions);
    let observations = store.observations_of(&workload)?;
    let observations: Vec<&Observation> = observations.iter().collect();
    Ok(lift(&Source {
        workload: &workload,
        app,
        observations: &observations,
        decisions,
    }))
}

/// Lets the decision about a workload's owner hold.
fn own(workload: &mut Workload, decisions: &Decisions) {
    let question = QuestionId::new(format!("{OWNER}{}", workload.id));
    if let Some(Ok((team, environment))) = decisions.answer(&question).map(parse_owner) {
        workload.team = team;
        if let Some(environment) = environment {
            workload.environment = environment;
        }
    }
}

fn gone(id: &WorkloadId) -> Failure {
    Failure::new(
        crate::error::Kind::Work,
        format!("workload {id} went away while it was read"),
    )
    .hint("another caravan writes to this inventory: run the command again when it is done")
}
