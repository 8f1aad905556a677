//! The final walk: every leaf of every document gets its entry, in the order of the documents and their paths.

use crate::field;
use crate::ledger::{Document, FieldVerdict, Ledger, LedgerEntry};
use crate::marks::without_marks;
use crate::tracker::{Asked, FieldTracker, Mark, push_step};
use caravan_inventory::api::Model;
use caravan_inventory::{QuestionId, Redacted};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeSet;

struct Walk<'w, 'a> {
    tracker: &'w mut FieldTracker<'a>,
    model: &'static Model,
    path: String,
    /// The names on the way, without the places in lists.
    names: Vec<&'a str>,
    entries: Vec<LedgerEntry>,
    /// Entries that no rule spoke for, by their place in `entries`.
    without_rule: Vec<usize>,
}

/// The ledger of every field. It may ask about some that nobody spoke for.
pub(crate) fn ledger<'a>(tracker: &mut FieldTracker<'a>) -> Ledger {
    let mut documents = Vec::with_capacity(tracker.source.observations.len());
    for observation in tracker.source.observations {
        let mut walk = Walk {
            tracker,
            model: observation.kind.model(),
            path: String::with_capacity(128),
            names: Vec::new(),
            entries: Vec::with_capacity(32),
            without_rule: Vec::new(),
        };
        walk.visit(&observation.body);
        let (mut entries, without_rule) = (walk.entries, walk.without_rule);
        ask_about_misplaced(tracker, &mut entries, &without_rule);
        documents.push(Document { source: observation.id.clone(), entries });
    }
    Ledger { workload: tracker.source.workload.id.clone(), documents }
}

impl<'a> Walk<'_, 'a> {
    fn visit(&mut self, value: &'a Value) {
        let length = self.path.len();
        match value {
            Value::Array(list) if !list.is_empty() => {
                for (at, child) in list.iter().enumerate() {
                    push_step(&mut self.path, itoa(at).as_ref());
                    self.visit(child);
                    self.path.truncate(length);
                }
            }
            Value::Object(map) if !map.is_empty() => {
                for (key, child) in map {
                    push_step(&mut self.path, key);
                    self.names.push(key);
                    self.visit(child);
                    self.names.pop();
                    self.path.truncate(length);
                }
            }
            leaf => self.leaf(leaf),
        }
    }

    fn leaf(&mut self, leaf: &Value) {
        let lines = self.tracker.take_lines(leaf);
        if !lines.is_empty() && self.is_known() {
            self.entries.extend(lines.into_iter().map(|(line, Mark { verdict, target, note })| LedgerEntry {
                path: self.path.clone(),
                line: Some(line),
                verdict,
                target: shown(target),
                note: shown(note),
            }));
            return;
        }
        let (verdict, target, note) = match self.tracker.take_mark(leaf) {
            Some(mark) => (mark.verdict, mark.target, mark.note),
            None if !self.is_known() => (FieldVerdict::Unknown, None, None),
            None if field::is_empty(leaf) => (FieldVerdict::Dropped { rule: "unset".into() }, None, None),
            None => match self.tracker.rest() {
                Some(rule) => (FieldVerdict::Dropped { rule: rule.into() }, None, None),
                None => {
                    self.without_rule.push(self.entries.len());
                    (FieldVerdict::Unknown, None, None)
                }
            },
        };
        let (target, note) = (shown(target), shown(note));
        self.entries.push(LedgerEntry { path: self.path.clone(), line: None, verdict, target, note });
    }

    /// Whether every name on the way here is one of the API's.
    fn is_known(&self) -> bool {
        self.names.iter().all(|name| self.model.knows(name))
    }
}

/// A text of a ledger, which people read and Git keeps: what it quotes of a source may hold a secret's mark.
fn shown(text: Option<Cow<'static, str>>) -> Option<Cow<'static, str>> {
    text.map(|text| if Redacted::is_in(&text) { without_marks(&text).into() } else { text })
}

/// Fields that the API has but no rule reads at this place: one question for the topmost place that no rule touched.
fn ask_about_misplaced(tracker: &mut FieldTracker<'_>, entries: &mut [LedgerEntry], without_rule: &[usize]) {
    let without: BTreeSet<usize> = without_rule.iter().copied().collect();
    for &at in without_rule {
        if let Some(id) = open_beside(entries, at) {
            entries[at].verdict = FieldVerdict::Question { id };
            continue;
        }
        let place = topmost(&entries[at].path, |prefix| {
            entries.iter().enumerate().any(|(other, entry)| {
                !without.contains(&other)
                    && entry.path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        });
        let id = tracker.question_id("misplaced", place.trim_start_matches('/'));
        let text = format!("`{place}` has no meaning at this place. Can it be left out?");
        entries[at].verdict = match tracker.ask(id, &text, &["leave-out"], Some("leave-out")) {
            Asked::Given(_) => FieldVerdict::Dropped { rule: "left-out-by-answer".into() },
            Asked::Open(id) => FieldVerdict::Question { id },
        };
    }
}

/// The question about a placeholder or a secret beside a field that no rule read for want of it: what stands there is asked first.
fn open_beside(entries: &[LedgerEntry], at: usize) -> Option<QuestionId> {
    let (above, _) = entries[at].path.rsplit_once('/').filter(|(above, _)| !above.is_empty())?;
    let beside = entries.iter().filter(|entry| {
        let name = entry.path.strip_prefix(above).and_then(|rest| rest.strip_prefix('/'));
        name.is_some_and(|name| !name.contains('/'))
    });
    let asked = beside.filter_map(|entry| match &entry.verdict {
        FieldVerdict::Question { id } => Some(id),
        _ => None,
    });
    let is_text = |id: &&QuestionId| ["placeholder/", "secret/"].iter().any(|topic| id.as_str().starts_with(topic));
    asked.into_iter().find(is_text).cloned()
}

/// The shortest prefix of a pointer under which no other entry stands.
fn topmost(path: &str, taken: impl Fn(&str) -> bool) -> String {
    path.match_indices('/')
        .skip(1)
        .map(|(at, _)| &path[..at])
        .chain([path])
        .find(|prefix| !taken(prefix))
        .unwrap_or(path)
        .to_owned()
}

fn itoa(number: usize) -> Cow<'static, str> {
    const SMALL: [&str; 16] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15"];
    SMALL.get(number).map_or_else(|| number.to_string().into(), |&text| text.into())
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn no_text_of_a_ledger_holds_a_secrets_mark() {
        let mark = caravan_inventory::Redacted::new(7).to_string();
        let quoted = shown(Some(format!("takes `{mark}` as well").into()));
        assert_eq!(quoted.as_deref(), Some("takes `redacted` as well"));
        assert_eq!(shown(Some("plain".into())).as_deref(), Some("plain"));
    }
}
