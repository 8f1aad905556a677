//! What is sent to whom: texts that people copy.

use super::{RunbookStep, Times};
use crate::WavePlan;
use crate::pages::duration;
use serde::Serialize;
use std::collections::BTreeSet;

/// A message.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Message {
    /// When it is sent.
    pub when: &'static str,
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
}

pub(super) fn messages(plan: &WavePlan, steps: &[RunbookStep], times: &Times) -> Vec<Message> {
    let wave = &plan.wave;
    let teams: BTreeSet<&str> = steps.iter().map(|step| step.team.as_str()).collect();
    let teams = teams.into_iter().collect::<Vec<_>>().join(", ");
    let names: BTreeSet<&str> = plan.shifts().flat_map(|shift| &shift.new).map(|probe| probe.host.as_str()).collect();
    let names = match names.len() {
        0 => "no name".to_owned(),
        _ => names.into_iter().collect::<Vec<_>>().join(", "),
    };
    let count = steps.len();
    let least = duration(times.least_seconds);
    let message = |when, to: &str, subject: String, text: String| Message { when, to: to.to_owned(), subject, text };
    vec![
        message(
            "a day before",
            &format!("{teams}; whoever is on call; support"),
            format!("{wave}: moves to the new platform at <time>"),
            format!(
                "At <time> we move {count} steps of wave {wave} to the new platform: {names}. It takes {least} at least, and \
                 {} approvals. Users should notice nothing; what goes wrong is taken back by itself. Please deploy nothing of it \
                 meanwhile. Questions: <name>.",
                times.approvals
            ),
        ),
        message(
            "when it begins",
            &format!("{teams}; whoever is on call"),
            format!("{wave}: begins"),
            format!(
                "Wave {wave} begins now ({names}). Watch it: caravan cutover watch <run>. To stop it: caravan cutover pause <run>."
            ),
        ),
        message(
            "when everything is on the new side",
            &format!("{teams}; support"),
            format!("{wave}: everything is on the new side"),
            format!(
                "All of wave {wave} is on the new side. For {} at least it can be taken back as it was; please report what looks odd.",
                duration(times.soak_seconds)
            ),
        ),
        message(
            "if it is taken back",
            &format!("{teams}; whoever is on call; support"),
            format!("{wave}: taken back"),
            format!(
                "Wave {wave} was taken back at <time>: <reason>. Users are on the old side, as before. What the new side took \
                 meanwhile is listed in its runbook under what stays behind. Next try: not before <time>."
            ),
        ),
        message(
            "when it is finalised",
            &teams,
            format!("{wave}: finalised"),
            format!(
                "Wave {wave} is finalised: there is no way back by itself any more. The old side may be taken down from <time> on."
            ),
        ),
    ]
}
