//! A workload comes into being: its id, its owner, and the question when nobody is named.

use super::Linker;
use super::view::View;
use caravan_inventory::{ObservationId, Owner, Question, QuestionId, Subject, Workload, WorkloadId, WorkloadKind};
use std::collections::BTreeSet;

/// What a workload is built from.
pub(super) struct New<'o> {
    /// Its id, unless another has it.
    pub(super) id: WorkloadId,
    pub(super) kind: WorkloadKind,
    pub(super) name: String,
    /// The observation that decides what it is.
    pub(super) deciding: View<'o>,
    /// Whose tags count where the deciding observation has none of that name.
    pub(super) definition: Option<View<'o>>,
    pub(super) cluster: Option<&'o str>,
    /// The other parts.
    pub(super) parts: BTreeSet<ObservationId>,
}

impl Linker<'_> {
    /// Adds a workload and gives its id.
    pub(super) fn add(&mut self, new: New<'_>) -> String {
        let New { id, kind, name, deciding, definition, cluster, parts } = new;
        let id = self.free_id(id, kind, &deciding);
        let observation = deciding.observation;
        let mut tags = definition.map(|view| view.tags()).unwrap_or_default();
        tags.extend(deciding.tags());
        let subject = Subject { tags, cluster, account: observation.account.as_ref(), path: deciding.path() };
        let owner = self.ownership.owner(&subject);
        if !owner.assigned || !owner.refused.is_empty() {
            self.questions.push(owner_question(&id, &name, &deciding, &owner));
        }
        let others = parts.into_iter().filter(|part| *part != observation.id);
        let workload = Workload {
            id: id.clone(),
            kind,
            name,
            team: owner.team,
            environment: owner.environment,
            account: observation.account.clone(),
            region: observation.region.clone(),
            parts: std::iter::once(observation.id.clone()).chain(others).collect(),
        };
        let text = id.to_string();
        self.workloads.insert(id, workload);
        text
    }

    /// The id, or with the file's extension or the observation's own id when another workload has it.
    fn free_id(&self, id: WorkloadId, kind: WorkloadKind, deciding: &View<'_>) -> WorkloadId {
        let with_extension = deciding.path().map(|path| WorkloadId::of_file(kind, path));
        [Some(id), with_extension]
            .into_iter()
            .flatten()
            .find(|id| !self.workloads.contains_key(id))
            .unwrap_or_else(|| WorkloadId::of_observation(kind, &deciding.observation.id))
    }
}

/// The environment of what no rule gives one.
const UNSAID: &str = "default";

fn owner_question(workload: &WorkloadId, name: &str, deciding: &View<'_>, owner: &Owner) -> Question {
    let observation = deciding.observation;
    let place = match (deciding.path(), &observation.account, &observation.region) {
        (Some(path), ..) => format!("of the file {path}"),
        (None, Some(account), Some(region)) => format!("in account {account}, region {region}"),
        (None, ..) => "without an account".to_owned(),
    };
    let Owner { team, environment, assigned, refused } = owner;
    let given: Vec<String> = refused
        .iter()
        .map(|refused| format!("`{}: {}` gives `{}`", refused.key, refused.rule, refused.value))
        .collect();
    let (text, assumed) = if given.is_empty() && environment.as_str() == UNSAID {
        let text = format!(
            "Which team owns `{name}` {place}, and in which environment does it run (`team/environment`)? No rule of \
             `ownership` in caravan.yaml says either; where the answer names no environment, it is `{environment}`."
        );
        (text, format!("{team}/{environment}"))
    } else if given.is_empty() {
        let text = format!("Which team owns `{name}` {place}? No rule of `ownership` in caravan.yaml says it.");
        (text, team.to_string())
    } else {
        let owned = if *assigned { format!(" of the team `{team}`") } else { String::new() };
        let nobody = if *assigned || refused.iter().any(|refused| refused.key == "team") {
            ""
        } else {
            " No rule says the team."
        };
        let text = format!(
            "Who owns `{name}`{owned} {place}, as `team/environment`? Of the rules of `ownership` in caravan.yaml, {}: a name \
             is a DNS-1123 label of at most 40 characters.{nobody}",
            given.join(" and "),
        );
        (text, format!("{team}/{environment}"))
    };
    Question {
        id: QuestionId::new(format!("owner/{workload}")),
        workload: workload.clone(),
        text,
        options: Vec::new(),
        assumed: Some(assumed),
        rests_on: None,
    }
}

/// The id of a workload where its deciding observation lives.
pub(super) fn id_beside(view: &View<'_>, kind: WorkloadKind, name: &str) -> WorkloadId {
    WorkloadId::of(kind, view.observation.account.as_ref(), view.observation.region.as_ref(), name)
}
