//! What another file would change, where.

use super::company::{Company, GroupOf};
use super::facts::{Fact, FactKind, System};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What one company has different from another.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Changes {
    /// Fact by fact, in the order of the systems.
    pub changes: Vec<Change>,
    /// Who is in no group any more, or answered for one and does not any more.
    pub leaving: Vec<Leaving>,
    /// Teams and roles that nobody is in any more, or that nobody answers for any more.
    pub orphaned: Vec<String>,
}

/// One change in a system.
#[derive(Clone, Debug, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Change {
    /// In which system.
    pub system: System,
    /// What kind of thing.
    pub kind: FactKind,
    /// What becomes of it.
    pub change: ChangeKind,
    /// The group, by its name there; null of an application.
    pub group: Option<String>,
    /// The person, by their short name.
    pub person: Option<String>,
    /// The application, the permission set and account, or the team whose namespace it is.
    pub of: Option<String>,
    /// How it was: the identity, the environments.
    pub from: Option<String>,
    /// How it is then.
    pub to: Option<String>,
}

/// What becomes of something.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// It is made.
    Added,
    /// It is taken away.
    Removed,
    /// It is otherwise then.
    Changed,
    /// It stays as it is, and nobody keeps it any more: a group without members, or all of a system that is left out.
    Forgotten,
}

/// Somebody who leaves what they answered for.
#[derive(Clone, Debug, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Leaving {
    /// Who, by their short name.
    pub person: String,
    /// What they owned and do not any more: `teams.shop`.
    pub owned: Vec<String>,
    /// Whether they stand nowhere in the file any more.
    pub gone: bool,
}

impl Changes {
    /// From one file to another; none before the first.
    #[must_use]
    pub fn between(before: Option<&Company>, after: Option<&Company>) -> Self {
        let facts = |company: Option<&Company>| company.map(Company::facts).unwrap_or_default();
        let (old, new) = (facts(before), facts(after));
        let keys: BTreeSet<&Fact> = old.keys().chain(new.keys()).collect();
        let kept = |system: System| after.is_some_and(|after| after.keeps(system));
        let changes = keys.into_iter().filter_map(|fact| change(fact, old.get(fact), new.get(fact), kept(fact.system)));
        let (was, is) = (owners(before), owners(after));
        let people = |company: Option<&Company>| -> BTreeSet<String> {
            company.map(|company| company.people.keys().cloned().collect()).unwrap_or_default()
        };
        let (there, here) = (people(before), people(after));
        let leaving = there.iter().filter_map(|person| {
            let owned: Vec<String> = was
                .iter()
                .filter(|(of, names)| {
                    names.contains(person) && !is.get(*of).is_some_and(|names| names.contains(person))
                })
                .map(|(of, _)| of.field())
                .collect();
            let gone = !here.contains(person);
            (!owned.is_empty() || gone).then(|| Leaving { person: person.clone(), owned, gone })
        });
        let (changes, leaving) = (changes.collect(), leaving.collect());
        Self { changes, leaving, orphaned: orphaned(before, after) }
    }

    /// Whether nothing changes anywhere.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

fn change(fact: &Fact, from: Option<&String>, to: Option<&String>, is_kept: bool) -> Option<Change> {
    let kind = match (from, to) {
        (None, None) => return None,
        (Some(from), Some(to)) if from == to => return None,
        (Some(_), Some(_)) => ChangeKind::Changed,
        (None, Some(_)) => ChangeKind::Added,
        (Some(_), None) if !is_kept || !fact.kind.goes_with_its_line() => ChangeKind::Forgotten,
        (Some(_), None) => ChangeKind::Removed,
    };
    let said = |text: Option<&String>| text.filter(|text| !text.is_empty()).cloned();
    Some(Change {
        system: fact.system,
        kind: fact.kind,
        change: kind,
        group: said(Some(&fact.group)),
        person: fact.person.clone(),
        of: fact.of.clone(),
        from: said(from),
        to: said(to),
    })
}

fn owners(company: Option<&Company>) -> BTreeMap<GroupOf, BTreeSet<String>> {
    let groups = company.into_iter().flat_map(|company| company.groups.values());
    groups.map(|group| (group.of.clone(), group.owners.clone())).collect()
}

/// Groups that had people, or owners, and have none any more.
fn orphaned(before: Option<&Company>, after: Option<&Company>) -> Vec<String> {
    let mut said = Vec::new();
    let after = after.into_iter().flat_map(|company| company.groups.values());
    for group in after {
        let was = before.and_then(|company| company.groups.values().find(|other| other.of == group.of));
        let Some(was) = was else { continue };
        let field = group.of.field();
        if group.everybody().is_empty() && !was.everybody().is_empty() {
            said.push(format!("{field}: nobody is in it any more"));
        } else if group.owners.is_empty() && !was.owners.is_empty() {
            said.push(format!("{field}: nobody answers for it any more"));
        }
    }
    said
}
