//! Whose a shared resource is.

use super::place::Owner;
use super::resource::SharedResource;
use caravan_inventory::{Decisions, ObservationKind as Kind, Question, QuestionId, TeamName, WorkloadId};

/// The owner: a person's answer, the ownership rules, the one team that uses it; the platform where several do, and of
/// zones of DNS.
///
/// # Errors
/// The question, where nobody knows.
pub(super) fn owner(resource: &SharedResource, decisions: &Decisions) -> Result<Owner, Box<Question>> {
    let id = QuestionId::new(format!("owner/{}", resource.id));
    // An environment behind the team says nothing here.
    let answered = decisions.answer(&id).and_then(|answer| TeamName::parse(answer.split('/').next()?).ok());
    if let Some(team) = answered.as_ref().or(resource.stated.as_ref()) {
        return Ok(Owner::of_team(team));
    }
    if resource.observation.kind == Kind::HostedZone || resource.users.len() > 1 {
        return Ok(Owner::Platform);
    }
    match resource.users.first() {
        Some(team) => Ok(Owner::of_team(team)),
        None => Err(Box::new(Question {
            id,
            workload: WorkloadId::new(&resource.id),
            text: format!(
                "which team owns {} `{}`? No rule of `ownership` matches it, and no workload of a known team uses it; \
                 `platform` is an answer too",
                resource.observation.kind.as_str(),
                resource.name
            ),
            options: Vec::new(),
            assumed: Some("it stays out of Terraform".to_owned()),
            rests_on: None,
        })),
    }
}

/// What is asked of something that looks as if another state owned it.
pub(super) const ADOPT: &str = "adopt";
/// The other answer.
pub(super) const LEAVE: &str = "leave";

/// The question whether something is taken over that looks as if another state owned it, unless somebody answered it.
///
/// # Errors
/// The question.
pub(super) fn is_adopted(resource: &SharedResource, why: &str, decisions: &Decisions) -> Result<bool, Box<Question>> {
    let id = QuestionId::new(format!("terraform/{}", resource.id));
    match decisions.answer(&id) {
        Some(ADOPT) => Ok(true),
        Some(LEAVE) => Ok(false),
        _ => Err(Box::new(Question {
            id,
            workload: WorkloadId::new(&resource.id),
            text: format!(
                "does another state own {} `{}` already? {why}; two states that own one thing undo each other's changes",
                resource.observation.kind.as_str(),
                resource.name
            ),
            options: vec![ADOPT.to_owned(), LEAVE.to_owned()],
            assumed: Some(LEAVE.to_owned()),
            rests_on: None,
        })),
    }
}
