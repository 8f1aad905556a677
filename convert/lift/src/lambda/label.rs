//! What the components of a function are called.

use super::started_by::{Start, StartKind};
use crate::tracker::FieldTracker;
use std::collections::BTreeSet;

/// The longest name of a component.
const LONGEST: usize = 30;

/// A name for each thing that starts it, in their order: `web`, `worker`, `cron`; with the name of the queue, the rule or
/// the API behind it where there are several of a kind.
pub(super) fn names(tracker: &FieldTracker<'_>, starts: &[Start<'_>]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut names = Vec::with_capacity(starts.len());
    for start in starts {
        let kind = kind(start);
        let several = starts.iter().filter(|other| self::kind(other) == kind).count() > 1;
        let own = if several { legal(&format!("{kind}-{}", start.name)) } else { kind.to_owned() };
        let name = tracker.source.component.filter(|_| starts.len() == 1).map_or(own, str::to_owned);
        let mut free = name.clone();
        let mut number = 2;
        while !taken.insert(free.clone()) {
            let end = format!("-{number}");
            free = format!("{}{end}", name.chars().take(LONGEST - end.len()).collect::<String>());
            number += 1;
        }
        names.push(free);
    }
    names
}

fn kind(start: &Start<'_>) -> &'static str {
    match start.kind {
        StartKind::Alb => "alb",
        StartKind::Http(_) | StartKind::Rest(_) | StartKind::Url(_) | StartKind::Invoke => "web",
        StartKind::Queue(_) => "worker",
        StartKind::Clock => "cron",
    }
}

/// Small letters, digits and hyphens.
fn legal(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().map(|c| c.to_ascii_lowercase()) {
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            out.push(c);
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    out.truncate(LONGEST);
    out.trim_matches('-').to_owned()
}
