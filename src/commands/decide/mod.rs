//! `caravan decide`: questions that only a person can answer.

mod accept;
mod strays;

use crate::config::Config;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::lifting::{self, Estate, is_about_owner, parse_owner};
use crate::operator::no_such_workload;
use crate::permit::WritePermit;
use crate::printer::{Printer, printable};
use crate::shared::Shared;
use crate::suggest::nearest_id;
use crate::wrap::write_wrapped;
use crate::{answer_secrets, decisions, inventory_db};
use camino::Utf8Path;
use caravan_inventory::{Decision, Decisions, Question, QuestionId, WorkloadId, WorkloadKind};
use caravan_inventory_store::Store;
use caravan_plans::readiness::Verdict;
use clap::Args;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// List the open questions, or answer them in decisions.yaml, which belongs into Git
///
/// What is not answered is converted with the assumption that the question names. The answer to an `owner/…` question
/// is `TEAM` or `TEAM/ENVIRONMENT`; of what workloads share also `platform`. What should become of a workload can be said of
/// each of them, asked or not: `verdict/ID=move`, `retire`, `keep` or `replace`; and how large a pod of an ECS service is:
/// `size/ID=cpu=250m,memory=512Mi`. `caravan assess` gives its own advice on both.
///
/// What may stay as it is for a time is accepted: an open question by its id, a workload that is not converted by
/// `refused/WORKLOAD`. Until its day has passed, `caravan convert --check` is green in spite of it.
#[derive(Args, Debug)]
pub(crate) struct DecideArgs {
    /// Answers: the id of a question, `=`, and one of its options, or any text when it has none
    #[arg(value_name = "ID=ANSWER", value_parser = parse_answer)]
    answers: Vec<(QuestionId, String)>,
    /// Accept what is open under this id as it is; `*` is any text, and stands for what it matches today; may be repeated
    #[arg(long, value_name = "ID", requires = "until", requires = "reason", conflicts_with = "answers")]
    accept: Vec<String>,
    /// The last day, UTC, on which it is accepted: 2027-03-31
    #[arg(long, value_name = "DATE", requires = "accept")]
    until: Option<Date>,
    /// Why, for whoever reads it in a year
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// `caravan.questions/v1`.
#[derive(JsonSchema, Serialize)]
pub(crate) struct Document<'a> {
    #[schemars(extend("const" = "caravan.questions/v1"))]
    schema: &'static str,
    questions: &'a [Question],
    /// How many answers decisions.yaml holds.
    answered: usize,
}

/// Runs the command.
///
/// # Errors
/// When the inventory can't be read, or an answer means nothing; then none is written.
pub(crate) fn run(global: &Global, printer: &Printer, args: &DecideArgs) -> Result<Exit, Failure> {
    let config = Config::load(&global.dir)?;
    refuse_secrets(args)?;
    let mut decided = decisions::load_all(&global.dir)?;
    if args.answers.is_empty() && args.accept.is_empty() {
        if args.reason.is_some() {
            return Err(Failure::new(FailureKind::Usage, "a reason belongs to an answer, or to what is accepted"));
        }
        let store = inventory_db::open(&global.dir)?;
        list(printer, &open(&store, &decided.answers, &config)?, &decided.answers)?;
        strays::warn(&store, &decided.answers, printer)?;
        return Ok(Exit::Done);
    }
    let permit = WritePermit::ask(global, "writing decisions.yaml")?;
    let store = inventory_db::open(&global.dir)?;
    let file = decisions::path(&global.dir);
    let note = if args.accept.is_empty() {
        decided.answers = answer(&store, std::mem::take(&mut decided.answers), &config, args)?;
        format!("{} answers are in {file}", decided.answers.0.len())
    } else {
        let accepted = accept::accept(&store, &mut decided, &config, &global.dir, args, printer)?;
        format!("{accepted} accepted; {file} holds {}", decided.accepted.0.len())
    };
    decisions::save(&global.dir, &decided, &permit)?;
    printer.note(&note);
    if printer.is_json() {
        write_json(printer, &open(&store, &decided.answers, &config)?, &decided.answers)?;
    }
    Ok(Exit::Done)
}

/// Answers one question, and gives how many answers decisions.yaml then holds.
///
/// # Errors
/// As [`run`]: where the answer means nothing, none is written.
pub(crate) fn answer_one(
    dir: &Utf8Path,
    question: &QuestionId,
    answer: &str,
    permit: &WritePermit,
) -> Result<usize, Failure> {
    let config = Config::load(dir)?;
    let mut decided = decisions::load_all(dir)?;
    let store = inventory_db::open(dir)?;
    let answers = vec![(question.clone(), answer.to_owned())];
    let args = DecideArgs { answers, accept: Vec::new(), until: None, reason: None };
    decided.answers = self::answer(&store, std::mem::take(&mut decided.answers), &config, &args)?;
    decisions::save(dir, &decided, permit)?;
    Ok(decided.answers.0.len())
}

/// Every open question, sorted by id.
///
/// # Errors
/// When the inventory can't be read.
pub(crate) fn open(store: &Store, decisions: &Decisions, config: &Config) -> Result<Vec<Question>, Failure> {
    let mut questions = Vec::new();
    let estate = Estate::read(store, decisions, &config.platform)?;
    for app in &estate.apps {
        for (member, lifted) in app.members.iter().zip(estate.lift_members(store, app, decisions)?) {
            questions.extend(lifting::questions_with(store, &member.workload, decisions, lifted.questions)?);
        }
    }
    questions.extend(Shared::read(store, &config.ownership, &estate)?.questions(config, decisions));
    questions.sort_by(|one, other| one.id.cmp(&other.id));
    // What many workloads share is asked once.
    questions.dedup_by(|one, other| one.id == other.id);
    Ok(questions)
}

/// Takes the answers in. An answer may raise the question that another of them answers, so this goes on as long as
/// something new is asked.
fn answer(store: &Store, decided: Decisions, config: &Config, args: &DecideArgs) -> Result<Decisions, Failure> {
    refuse_secrets(args)?;
    let mut result = decided;
    let (said, answers): (Vec<_>, Vec<_>) = args.answers.iter().partition(|(id, _)| Said::of(id).is_some());
    for (id, text) in said {
        check_said(store, id, text)?;
        result.0.insert(id.clone(), Decision { answer: text.clone(), reason: args.reason.clone(), asked: None });
    }
    let mut waiting: BTreeMap<&QuestionId, &str> = answers.into_iter().map(|(id, text)| (id, text.as_str())).collect();
    for id in waiting.keys() {
        // Answered once, it is not asked again: to check the new answer, it has to be.
        result.0.remove(*id);
    }
    while !waiting.is_empty() {
        let asked = open(store, &result, config)?;
        let fitting: Vec<&Question> = asked.iter().filter(|question| waiting.contains_key(&question.id)).collect();
        if fitting.is_empty() {
            return Err(unknown(&waiting, &asked));
        }
        for question in fitting {
            if let Some(text) = waiting.remove(&question.id) {
                if is_about_owner(&question.id) {
                    let owner = parse_owner(text);
                    owner.map_err(|error| {
                        Failure::caused(FailureKind::Usage, error).context(format!("{}", question.id))
                    })?;
                }
                let asked = Some(question.digest());
                let decision = Decision { answer: text.to_owned(), reason: args.reason.clone(), asked };
                result.0.insert(question.id.clone(), decision);
            }
        }
    }
    refuse_unusable(&to_last_words(store, &mut result, config, args)?, args)?;
    Ok(result)
}

/// Answers and reasons stand in Git in clear, and answers in what is made of them as well.
///
/// # Errors
/// When a secret seems to stand in one of them; what it is is said nowhere.
fn refuse_secrets(args: &DecideArgs) -> Result<(), Failure> {
    let is_held = |(id, text): &&(QuestionId, String)| answer_secrets::marked_of(id, text).is_some();
    if let Some((id, _)) = args.answers.iter().find(is_held) {
        let text = format!(
            "in the answer to {id} a secret seems to stand, and answers stand in Git in clear: none is written"
        );
        return Err(Failure::new(FailureKind::Usage, text).hint(answer_secrets::REFERENCE));
    }
    match args.reason.as_ref().is_some_and(|reason| answer_secrets::marked(reason).is_some()) {
        true => Err(Failure::new(
            FailureKind::Usage,
            "in the reason a secret seems to stand, and reasons stand in Git in clear",
        )),
        false => Ok(()),
    }
}

/// Answers that are given together know of each other: where one of them changes how another one's question is worded, that one is kept
/// with the last words. Gives what is open in the end.
fn to_last_words(
    store: &Store,
    result: &mut Decisions,
    config: &Config,
    args: &DecideArgs,
) -> Result<Vec<Question>, Failure> {
    // Each may be worded anew by the others, and once more by those that were worded anew themselves.
    for _ in 0..2 * args.answers.len() {
        let asked = open(store, result, config)?;
        let mut given = asked.iter().filter(|question| args.answers.iter().any(|(id, _)| *id == question.id));
        let reworded = given.try_fold(
            false,
            |done, question| {
                if done { Ok(true) } else { reword(store, result, config, &question.id) }
            },
        );
        if !reworded? {
            return Ok(asked);
        }
    }
    open(store, result, config)
}

/// Keeps an answer with the words in which its question stands now; gives whether they are others than before.
fn reword(store: &Store, result: &mut Decisions, config: &Config, id: &QuestionId) -> Result<bool, Failure> {
    let Some(decision) = result.0.remove(id) else { return Ok(false) };
    let bare = open(store, result, config)?.into_iter().find(|question| question.id == *id);
    let asked = bare.map(|question| question.digest()).or_else(|| decision.asked.clone());
    let is_other = asked != decision.asked;
    result.0.insert(id.clone(), Decision { asked, ..decision });
    Ok(is_other)
}

/// What can be said of a workload without being asked: each has an answer already, by advice or by what is declared.
#[derive(Clone, Copy)]
enum Said {
    /// What should become of it.
    Verdict,
    /// How large a pod of it is.
    Size,
}

impl Said {
    /// What an answer is about, and of which workload; none where it answers a question.
    fn of(id: &QuestionId) -> Option<(Self, WorkloadId)> {
        let (topic, workload) = id.as_str().split_once('/')?;
        let said = match topic {
            "verdict" => Self::Verdict,
            "size" => Self::Size,
            _ => return None,
        };
        Some((said, WorkloadId::new(workload)))
    }
}

/// # Errors
/// When there is no such workload, or nothing of that name can become of it. Whether a size is one, the lift says.
fn check_said(store: &Store, id: &QuestionId, text: &str) -> Result<(), Failure> {
    let Some((said, workload)) = Said::of(id) else { return Ok(()) };
    let Some(found) = store.workload(&workload)? else { return Err(no_such_workload(store, &workload)) };
    match said {
        Said::Verdict if Verdict::of_answer(text).is_none() => {
            Err(Failure::new(FailureKind::Usage, format!("`{text}` is no answer to {id}"))
                .hint(format!("the answers are {}", Verdict::ANSWERS.join(", "))))
        }
        Said::Size if found.kind != WorkloadKind::Ecs => {
            Err(Failure::new(FailureKind::Usage, format!("{id}: only of ECS workloads a size can be said"))
                .hint("write the sizes into its plconfig.yaml: `caravan convert` keeps what a person wrote there"))
        }
        Said::Verdict | Said::Size => Ok(()),
    }
}

/// What asks can tell best whether an answer means something: where it does not, the question is still there. Options are
/// not all that it may be, as `once=WORDS` or `copy=/PATH`, and what has none does not take any text.
fn refuse_unusable(asked: &[Question], args: &DecideArgs) -> Result<(), Failure> {
    let mut given = args.answers.iter().filter_map(|(id, text)| Some((asked.iter().find(|one| one.id == *id)?, text)));
    let Some((question, answer)) = given.next() else { return Ok(()) };
    let failure = Failure::new(FailureKind::Usage, format!("`{answer}` is no answer to {}", question.id));
    // One of its options may stand against another answer: its text says which.
    Err(if question.options.is_empty() || question.options.contains(answer) {
        failure.hint(question.text.clone())
    } else {
        failure.hint(format!("the answers are {}", question.options.join(", "))).hint(question.text.clone())
    })
}

fn unknown(waiting: &BTreeMap<&QuestionId, &str>, asked: &[Question]) -> Failure {
    let given = waiting.keys().next().map_or("", |id| id.as_str());
    let failure = Failure::new(FailureKind::Usage, format!("there is no question `{given}`"));
    match nearest_id(given, asked.iter().map(|question| question.id.as_str())) {
        Some(meant) => failure.hint(format!("did you mean `{meant}`?")),
        None => failure.hint("`caravan decide` lists the open questions"),
    }
}

fn write_json(printer: &Printer, questions: &[Question], decided: &Decisions) -> Result<(), Failure> {
    printer.json(&Document { schema: "caravan.questions/v1", questions, answered: decided.0.len() })
}

fn list(printer: &Printer, questions: &[Question], decided: &Decisions) -> Result<(), Failure> {
    if printer.is_json() {
        return write_json(printer, questions, decided);
    }
    printer.text(|out| questions.iter().try_for_each(|question| write(out, question)))?;
    printer.note(&format!("{} open, {} answered", questions.len(), decided.0.len()));
    match (example(questions), questions.first()) {
        (Some(example), _) => printer.hint(&format!("answer one like this: caravan decide '{example}'")),
        (None, Some(first)) => {
            printer.hint(&format!(
                "answer one like this, with your own words for TEXT: caravan decide '{}=TEXT'",
                first.id
            ));
        }
        (None, None) => {}
    }
    Ok(())
}

/// An answer that is taken as it is printed: an option of the first question that has one which is no form with a word to be
/// filled in, else what the first question with an assumption assumes.
fn example(questions: &[Question]) -> Option<String> {
    let is_form = |option: &str| option.split_once('=').is_some_and(|(_, rest)| !rest.chars().any(char::is_lowercase));
    let option = |question: &Question| {
        let option = question.options.iter().find(|option| !is_form(option))?;
        Some(format!("{}={option}", question.id))
    };
    let assumed = |question: &Question| Some(format!("{}={}", question.id, question.assumed.as_ref()?));
    questions.iter().find_map(option).or_else(|| questions.iter().find_map(assumed))
}

fn write(out: &mut impl Write, question: &Question) -> io::Result<()> {
    writeln!(out, "{}", printable(question.id.as_str()))?;
    write_wrapped(out, 2, &question.text)?;
    if !question.options.is_empty() {
        write_wrapped(out, 2, &format!("answers: {}", question.options.join(", ")))?;
    }
    match &question.assumed {
        Some(assumed) => write_wrapped(out, 2, &format!("assumed until then: {assumed}")),
        None => Ok(()),
    }
}

fn parse_answer(text: &str) -> Result<(QuestionId, String), String> {
    match text.split_once('=') {
        Some((id, answer)) if !id.is_empty() && !answer.is_empty() => Ok((QuestionId::new(id), answer.to_owned())),
        _ => Err("write the question's id, `=` and the answer".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::example;
    use caravan_inventory::{Question, QuestionId, WorkloadId};

    fn question(id: &str, options: &[&str], assumed: Option<&str>) -> Question {
        Question {
            id: QuestionId::new(id),
            workload: WorkloadId::new("ecs/main/shop"),
            text: String::new(),
            options: options.iter().map(|&option| option.to_owned()).collect(),
            assumed: assumed.map(str::to_owned),
            rests_on: None,
        }
    }

    #[test]
    fn the_example_is_an_answer_as_it_stands() {
        let open = [
            question("hosts/x", &[], None),
            question("sidecar/x", &["once=WORDS", "apart=WORDS"], Some("always")),
            question("exposure/x", &["public=HOSTS", "internal"], Some("internal")),
        ];
        assert_eq!(example(&open).as_deref(), Some("exposure/x=internal"));
        assert_eq!(example(&open[..2]).as_deref(), Some("sidecar/x=always"));
        assert_eq!(example(&open[..1]), None);
    }
}
