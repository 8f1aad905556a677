//! The hosts by which it is reached: a name that API Gateway or Lambda made can't be kept.

use crate::field::Field;
use crate::plconfig::is_dns_name;
use crate::tracker::{Asked, FieldTracker};

/// Where it is published.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Hosts {
    /// Its names.
    pub(super) names: Vec<String>,
    /// Whether it has the platform's own name for the app.
    pub(super) own: bool,
}

impl Hosts {
    /// Whether anything leads to it.
    pub(super) fn is_published(&self) -> bool {
        self.own || !self.names.is_empty()
    }
}

/// Asks for the host in place of one that AWS made; until somebody answers, nothing is published.
pub(super) fn ask<'a>(tracker: &mut FieldTracker<'a>, made: &str, field: Option<Field<'a>>) -> Hosts {
    let id = tracker.question_id("host", "");
    let text = format!(
        "It is reached by {made}, a name that AWS made and that can't be kept. Which host do its callers use from now on: one of \
         yours, the platform's own name for the app (`platform`), or none (`none`: it is reached from inside the cluster alone)?"
    );
    let usable = |answer: &str| matches!(answer, "platform" | "none") || is_dns_name(answer) && answer.contains('.');
    let answer = tracker.ask_for(id, &text, &[], Some("none"), usable);
    if let Some(field) = field {
        match &answer {
            Asked::Open(id) => field.asked(tracker, id),
            Asked::Given(_) => field.dropped_because(tracker, "dropped-by-answer", "its callers use another name"),
        }
    }
    match answer {
        Asked::Given("platform") => Hosts { names: Vec::new(), own: true },
        Asked::Given("none") | Asked::Open(_) => Hosts::default(),
        Asked::Given(host) => Hosts { names: vec![host.to_owned()], own: false },
    }
}
