//! What is to become of the machines: by what they say of themselves, by what they do when they start, or by a person's word.

use super::facts::Facts;
use super::meaning::Meaning;
use super::signs::{self, Sign};
use super::user_data::UserData;
use crate::host_verdict::{Evidence, HostVerdict, Verdict};
use crate::ledger::FieldVerdict;
use crate::tracker::{Asked, FieldTracker, Mark};
use caravan_inventory::QuestionId;

/// The verdict, and the question that is open where nobody can tell.
pub(super) struct Decided {
    pub(super) host: HostVerdict,
    pub(super) open: Option<QuestionId>,
}

/// Decides. What decides against containers has its fields and lines marked.
pub(super) fn decide<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>, user_data: &UserData<'a>) -> Decided {
    let fields = signs::all(tracker, facts);
    let lines: Vec<(Verdict, Evidence)> = user_data
        .steps
        .iter()
        .filter_map(|step| match &step.meaning {
            Meaning::Sign(verdict, says) => Some((*verdict, step.at.evidence(tracker, (*says).to_owned()))),
            _ => None,
        })
        .collect();
    let mut found: Vec<(Verdict, Evidence)> =
        fields.iter().map(|sign| (sign.verdict, sign.evidence.clone())).chain(lines).collect();
    if found.is_empty() {
        return without_signs(tracker, facts, user_data);
    }
    found.sort_by_key(|(verdict, _)| *verdict);
    for Sign { field, evidence, .. } in fields {
        let verdict = FieldVerdict::Blocker { reason: evidence.says.into() };
        tracker.mark(field.0, Mark { verdict, target: None, note: None });
    }
    let verdict = found[0].0;
    Decided { host: HostVerdict { verdict, evidence: found.into_iter().map(|(_, one)| one).collect() }, open: None }
}

fn without_signs<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>, user_data: &UserData<'a>) -> Decided {
    let told = |test: &dyn Fn(&Meaning) -> Option<String>| -> Vec<Evidence> {
        let steps = user_data.steps.iter();
        steps.filter_map(|step| Some(step.at.evidence(tracker, test(&step.meaning)?))).collect()
    };
    let containers = told(&|meaning| {
        matches!(meaning, Meaning::Container(..) | Meaning::Compose(_)).then(|| "it runs containers".to_owned())
    });
    let services = told(&|meaning| match meaning {
        Meaning::Service(says) => Some(says.clone()),
        _ => None,
    });
    let evidence = if containers.is_empty() { services } else { containers };
    let unknown = user_data.steps.iter().any(|step| step.meaning == Meaning::Unknown);
    // Lines that are not understood may do anything: beside containers each is asked about, alone they leave the machine dark.
    let clear = !evidence.is_empty() && (runs_containers(user_data) || !unknown);
    if clear {
        return Decided { host: HostVerdict { verdict: Verdict::Convert, evidence }, open: None };
    }
    ask(tracker, facts, user_data)
}

/// What is to become of a machine of which nothing was found that goes on, though it installs something.
pub(super) fn without_processes<'a>(
    tracker: &mut FieldTracker<'a>,
    facts: &Facts<'a>,
    user_data: &UserData<'a>,
) -> Decided {
    ask(tracker, facts, user_data)
}

/// Whether its user data starts any.
pub(super) fn runs_containers(user_data: &UserData<'_>) -> bool {
    user_data.steps.iter().any(|step| matches!(step.meaning, Meaning::Container(..) | Meaning::Compose(_)))
}

/// Whether it starts anything else that goes on, or that runs by a clock.
pub(super) fn runs_services(user_data: &UserData<'_>) -> bool {
    user_data.steps.iter().any(|step| matches!(step.meaning, Meaning::Service(_)))
}

/// Nobody can tell from outside: a person says what runs inside.
fn ask<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>, user_data: &UserData<'a>) -> Decided {
    let name = tracker.source.workload.name.as_str();
    let suggested = signs::suggested(name);
    let lines = user_data.steps.iter().filter(|step| step.meaning == Meaning::Unknown).count();
    let why = match (user_data.is_silent(), lines) {
        (true, _) => "No user data that can be read says what it does".to_owned(),
        (false, 0) => "Its user data sets nothing up that serves anybody".to_owned(),
        (false, 1) => "One line of its user data is not understood".to_owned(),
        (false, lines) => format!("{lines} lines of its user data are not understood"),
    };
    let id = tracker.question_id("interior", "");
    let text = format!(
        "{why}, and nobody looked inside. What is to become of it: `convert` (what it runs becomes containers), `rehost` (it moves \
         as a machine), `replace` (a service takes its place), `keep`, or `retire`?"
    );
    let options = ["convert", "rehost", "replace", "keep", "retire"];
    let source = facts.machines().next().or(facts.group).map(|document| document.source.clone());
    let source = source.or_else(|| tracker.source.observations.first().map(|seen| seen.id.clone()));
    let evidence = |says: String| -> Vec<Evidence> {
        let one = |source| Evidence { says, source, path: String::new(), line: None };
        source.map(one).into_iter().collect()
    };
    match tracker.ask(id, &text, &options, Some(suggested.word())) {
        Asked::Given(answer) => {
            let verdict = match answer {
                "convert" => Verdict::Convert,
                "replace" => Verdict::Replace,
                "keep" => Verdict::Keep,
                "retire" => Verdict::Retire,
                _ => Verdict::Rehost,
            };
            Decided { host: HostVerdict { verdict, evidence: evidence("a person said so".to_owned()) }, open: None }
        }
        Asked::Open(id) => {
            let says = format!("{}, and nobody looked inside", lower(&why));
            Decided { host: HostVerdict { verdict: Verdict::Unknown, evidence: evidence(says) }, open: Some(id) }
        }
    }
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// Why a workload with this verdict is not converted, in one sentence fragment.
pub(super) fn reason(host: &HostVerdict) -> String {
    let first = host.evidence.first();
    let says = first.map(|one| one.says.as_str()).unwrap_or_default();
    let line =
        first.and_then(|one| one.line).map(|line| format!(" (line {line} of its user data)")).unwrap_or_default();
    let word = host.verdict.word();
    match host.verdict {
        Verdict::Convert => {
            format!("{word}: nothing that its user data tells goes on or runs by a clock: it {says}{line}")
                .replace("it a person said so", "a person said so")
        }
        Verdict::Unknown => format!("{word}: {says}{line}: answer its question `interior`"),
        _ => format!("{word}: {says}{line}"),
    }
}
