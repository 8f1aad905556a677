//! Values that a template leaves open: each is a question where it decides something, and its text never gets through.
//!
//! A document is lifted as if the template's default stood there, and where it has none as if nothing did, so that no rule
//! knows of templates. Whether a value decides anything is told by lifting once with a word in its place: what a rule leaves
//! out whatever it says is not asked about.
//!
//! A variable that a template fills from a store of secrets, or that is called like one, is lifted as a secret that stood in
//! the clear: people say where it lies, and no answer carries its value.

use crate::filled_in;
use crate::ledger::{FieldVerdict, Ledger, LedgerEntry};
use crate::left_open::{self, Unknown};
use crate::lifted::{LiftOutcome, Lifted};
use crate::source::Source;
use crate::stands_open;
use crate::tracker::{Asked, FieldTracker, LEAVES_OPEN, push_step};
use caravan_inventory::{Observation, ObservationKind, Question, Redacted, Unresolved};
use serde_json::Value;

/// What stands for a value while it is found out whether it decides anything.
const WORD: &str = "caravan-unresolved";

/// One value that is open.
struct Open<'a> {
    /// Which of the observations it stands in.
    document: usize,
    pointer: String,
    value: Unresolved<'a>,
    /// Whether anything hangs on it.
    decides: bool,
    /// Whether it is a secret.
    secret: bool,
    /// Whether it is a text in which people left a placeholder.
    is_text: bool,
}

impl Open<'_> {
    fn is_container_name(&self) -> bool {
        let step = self.pointer.strip_prefix("/containerDefinitions/").and_then(|rest| rest.strip_suffix("/name"));
        step.is_some_and(|number| !number.contains('/'))
    }

    /// Which container it is as a whole, by its number, or all of them (`""`).
    fn whole_container(&self) -> Option<&str> {
        let at = self.pointer.strip_prefix("/containerDefinitions")?;
        let at = at.strip_prefix('/').unwrap_or(at);
        (!at.contains('/')).then_some(at)
    }

    /// Whether it names a container of the task from elsewhere: from a load balancer, or from another container.
    fn is_reference_to_a_container(&self) -> bool {
        ["/containerName", "/sourceContainer"].iter().any(|field| self.pointer.ends_with(field))
    }

    /// Whether it is what a record set is called: its field is left out, and the name is a host of what it leads to.
    fn is_name_of_a_record(&self, source: &Source<'_>) -> bool {
        let document = source.observations.get(self.document);
        self.pointer == "/Name" && document.is_some_and(|document| document.kind == ObservationKind::RecordSet)
    }

    /// Whether it says that a service is there.
    fn is_state_of_a_service(&self, source: &Source<'_>) -> bool {
        let document = source.observations.get(self.document);
        self.pointer == "/status" && document.is_some_and(|document| document.kind == ObservationKind::EcsService)
    }

    /// Whether it stands among objects, where a text or a number has no meaning.
    fn is_among_objects(&self, source: &Source<'_>) -> bool {
        let list =
            self.pointer.rsplit_once('/').and_then(|(list, _)| source.observations[self.document].body.pointer(list));
        let mut others = list.and_then(Value::as_array).into_iter().flatten();
        others.any(|other| other.is_object() && Unresolved::of(other).is_none())
    }

    fn is_of_the_network(&self, source: &Source<'_>) -> bool {
        let document = source.observations.get(self.document);
        document.is_some_and(|document| is_of_the_network(document.kind, &self.pointer))
    }
}

/// Lifts a source whose documents may leave values open, by a lift that knows of none.
pub(crate) fn lift(source: &Source<'_>, known: fn(&mut FieldTracker<'_>) -> Lifted) -> Lifted {
    let mut open = find(source);
    if open.is_empty() {
        return known(&mut FieldTracker::new(source));
    }
    let is_convertible = decide(source, &mut open, known);
    let mut refused = vec![false; open.len()];
    let (mut lifted, mut questions, answers) = loop {
        let (lifted, questions, answers) = with_answers(source, &open, &refused, known);
        let misfits = misfits(source, &lifted.ledger, &open, &answers);
        if misfits.is_empty() {
            break (lifted, questions, answers);
        }
        misfits.into_iter().for_each(|at| refused[at] = true);
    };
    let ids: Vec<_> = open.iter().map(|one| id(&FieldTracker::new(source), source, one)).collect();
    let unknown =
        open.iter().zip(&answers).zip(&ids).filter(|((one, answer), _)| {
            one.decides && answer.is_none() && one.value.default.is_none_or(Value::is_null)
        });
    let unknown =
        unknown.map(|((one, _), id)| Unknown { document: one.document, pointer: &one.pointer, id: id.clone() });
    left_open::follow(&mut lifted, &unknown.collect::<Vec<_>>(), is_convertible);
    // Of a login nothing is carried over, so nobody has to know where its secret lies.
    for one in open.iter().filter(|one| one.secret && !one.pointer.ends_with("/ClientSecret")) {
        filled_in::say(&mut lifted.questions, &lifted.ledger, (one.document, &one.pointer), one.value.text);
    }
    questions.append(&mut lifted.questions);
    questions.sort_by(|a, b| a.id.cmp(&b.id));
    for ((one, answer), id) in open.iter().zip(&answers).zip(ids) {
        let verdict = (one.decides && answer.is_none()).then_some(FieldVerdict::Question { id });
        account(&mut lifted.ledger, one, answer.is_some(), verdict);
    }
    Lifted { questions, ..lifted }
}

/// Lifts with what people say stands in the open places, but for answers that are refused; gives the questions about them, too.
fn with_answers(
    source: &Source<'_>,
    open: &[Open<'_>],
    refused: &[bool],
    known: fn(&mut FieldTracker<'_>) -> Lifted,
) -> (Lifted, Vec<Question>, Vec<Option<Value>>) {
    let mut tracker = FieldTracker::new(source);
    let answers: Vec<Option<Value>> =
        open.iter().zip(refused).map(|(one, refused)| answer(&mut tracker, source, one, *refused)).collect();
    let (questions, _) = tracker.close();
    let filled = with_values(
        source,
        open.iter().zip(&answers).map(|(one, answer)| {
            let offered = one.value.default.filter(|default| !default.is_null()).cloned();
            // An attribute or a name that is left out whatever it says is left out as one that is said.
            let is_attribute = one.pointer.starts_with("/Attributes/") && one.pointer.ends_with("/Value");
            let is_said = !one.decides && is_attribute || is_of_a_container(one, open);
            let nothing = if is_said { stand_in(source, one, open) } else { Value::Null };
            let named =
                open.iter().zip(&answers).filter(|(other, _)| one.is_reference_to_a_container() && names(one, other));
            let named = named.filter_map(|(_, answer)| answer.clone()).next();
            let value = answer.clone().or(named).or(offered).unwrap_or(nothing);
            (one, if one.secret { mark() } else { value })
        }),
    );
    let observations: Vec<&Observation> = filled.iter().collect();
    let filled = Source { observations: &observations, ..*source };
    let mut tracker = FieldTracker::new(&filled);
    tracker.is_offered = open.iter().zip(&answers).any(|(one, answer)| answer.is_none() && one.value.default.is_some());
    for (one, _) in open.iter().zip(&answers).filter(|(one, answer)| one.decides && answer.is_none()) {
        tracker.hold(LEAVES_OPEN);
        if let Some(value) = observations.get(one.document).and_then(|document| document.body.pointer(&one.pointer)) {
            let id = id(&tracker, source, one);
            tracker.leave_open(value, &one.pointer, id);
        }
    }
    (known(&mut tracker), questions, answers)
}

/// The answers that have no meaning in their places: a text where an API has a list or an object, for one. What such a place would
/// have kept out would come in, where it was taken for nothing.
fn misfits(source: &Source<'_>, ledger: &Ledger, open: &[Open<'_>], answers: &[Option<Value>]) -> Vec<usize> {
    let is_misfit = |(one, answer): (&Open<'_>, &Option<Value>)| {
        let entries = ledger.documents.get(one.document).into_iter().flat_map(|document| &document.entries);
        let mut here = entries.filter(|entry| entry.path == one.pointer);
        answer.as_ref().filter(|answer| !answer.is_null()).is_some_and(|answer| {
            (!answer.is_object() && one.is_among_objects(source)) || here.any(|entry| is_misplaced(&entry.verdict))
        })
    };
    (0..open.len()).filter(|at| is_misfit((&open[*at], &answers[*at]))).collect()
}

/// Whether nobody reads a field at its place, whatever people say of that.
fn is_misplaced(verdict: &FieldVerdict) -> bool {
    match verdict {
        FieldVerdict::Question { id } => id.as_str().starts_with("misplaced/"),
        FieldVerdict::Dropped { rule } => rule == "left-out-by-answer",
        _ => false,
    }
}

fn find<'a>(source: &Source<'a>) -> Vec<Open<'a>> {
    let documents = source.observations.iter().enumerate();
    let of = |(document, observation): (usize, &&'a Observation)| {
        let open = |(pointer, value): (String, Unresolved<'a>)| {
            let secret = is_secret(&observation.body, &pointer, value.text);
            Open { document, pointer, value, decides: !secret, secret, is_text: false }
        };
        let of_template = Unresolved::find(&observation.body).into_iter().map(open);
        let texts = stands_open::find(observation).into_iter().map(open);
        of_template.chain(texts.map(|one| Open { is_text: true, ..one })).collect::<Vec<_>>()
    };
    documents.flat_map(of).collect()
}

/// How templates name what lies in a store of secrets (CloudFormation user guide, "Dynamic references").
const STORES: [&str; 2] = ["resolve:secretsmanager", "resolve:ssm-secure"];

/// What stands for a secret: the mark of none.
fn mark() -> Value {
    Value::from(Redacted::new(0).to_string())
}

/// Whether an open value is a header's that a rule compares, a login's secret, or that of a variable or a word of a command which a template
/// fills with a secret: by where the value comes from, or by what the variable is called.
fn is_secret(document: &Value, pointer: &str, text: &str) -> bool {
    let Some((above, last)) = pointer.rsplit_once('/') else { return false };
    // What a rule compares a header with: an answer would stand in a route, for everybody to read. A login's secret goes nowhere at all.
    if above.ends_with("/HttpHeaderConfig/Values") || last == "ClientSecret" {
        return true;
    }
    // A word of a command that comes from a store of secrets.
    if ["/command", "/entryPoint"].iter().any(|list| above.ends_with(list)) {
        return STORES.iter().any(|store| text.contains(store));
    }
    let name = if above.ends_with("/Environment/Variables") {
        last
    } else if last == "value" && above.contains("/environment/") {
        document.pointer(above).and_then(|variable| variable.get("name")?.as_str()).unwrap_or_default()
    } else {
        return false;
    };
    STORES.iter().any(|store| text.contains(store)) || is_called_secret(name)
}

/// Whether a variable's last word speaks of a secret: `DB_PASSWORD`, `githubToken`, `STRIPE_API_KEY`; not `SECRET_ARN`.
pub(crate) fn is_called_secret(name: &str) -> bool {
    const WORDS: [&str; 10] =
        ["password", "passwd", "pass", "pwd", "secret", "token", "credential", "credentials", "passphrase", "apikey"];
    const OF_KEYS: [&str; 7] = ["api", "access", "private", "secret", "encryption", "signing", "master"];
    let mut split = String::new();
    for (before, c) in std::iter::once(' ').chain(name.chars()).zip(name.chars()) {
        if before.is_ascii_lowercase() && c.is_ascii_uppercase() {
            split.push('_');
        }
        split.push(c.to_ascii_lowercase());
    }
    let words: Vec<&str> = split.split(['_', '-', '.']).filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        [.., before, "key"] => OF_KEYS.contains(before),
        [.., last] => WORDS.contains(last),
        [] => false,
    }
}

/// Finds out which of them a rule leaves out whatever they say; and whether the source is converted with a word in each place.
fn decide(source: &Source<'_>, open: &mut [Open<'_>], known: fn(&mut FieldTracker<'_>) -> Lifted) -> bool {
    let tried = with_values(source, open.iter().map(|one| (one, stand_in(source, one, open))));
    let observations: Vec<&Observation> = tried.iter().collect();
    let lifted = known(&mut FieldTracker::new(&Source { observations: &observations, ..*source }));
    let leads_here = format!("{:?}{:?}", lifted.outcome, lifted.questions).contains(NAME);
    // The same words are the same name: whoever names a container by them is asked about with it.
    let by_name: Vec<bool> = open.iter().map(|one| !one.is_container_name() && is_of_a_container(one, open)).collect();
    for (one, by_name) in open.iter_mut().zip(by_name).filter(|(one, _)| !one.secret) {
        if one.is_of_the_network(source) || by_name {
            one.decides = false;
            continue;
        }
        if one.is_name_of_a_record(source) {
            one.decides = leads_here;
            continue;
        }
        // Of a task without containers nothing is carried over, whatever stands there.
        if one.whole_container().is_some() {
            one.decides = true;
            continue;
        }
        let entries = lifted.ledger.documents.get(one.document).into_iter().flat_map(|document| &document.entries);
        let own = entries.filter(|entry| entry.path == one.pointer);
        let mut entries = own.peekable();
        one.decides =
            entries.peek().is_none() || entries.any(|entry| !is_left_out(&entry.verdict, one.value.default.is_some()));
    }
    matches!(lifted.outcome, LiftOutcome::Converted(_)) || is_convertible(source, open, known)
}

/// Whether the source is converted with what its template offers, and a value that fits in every other place: a word is no port, and what
/// leads to it would lead nowhere.
fn is_convertible(source: &Source<'_>, open: &[Open<'_>], known: fn(&mut FieldTracker<'_>) -> Lifted) -> bool {
    let is_number = |one: &Open<'_>| NUMBERS.iter().any(|field| one.pointer.ends_with(field));
    let fitting = |one: &Open<'_>| match one.value.default.filter(|default| !default.is_null()) {
        Some(offered) if !one.secret => offered.clone(),
        _ if let Some(fitting) = stands_open::fitting(&source.observations[one.document].body, &one.pointer) => fitting,
        _ if is_number(one) => port(source).unwrap_or_else(|| Value::from(8080)),
        // A container that is there under a condition that is open, and a whole list of them.
        _ => match one.whole_container() {
            Some("") => Value::Array(vec![container("0")]),
            Some(at) => container(at),
            None => stand_in(source, one, open),
        },
    };
    let tried = with_values(source, open.iter().map(|one| (one, fitting(one))));
    let observations: Vec<&Observation> = tried.iter().collect();
    let lifted = known(&mut FieldTracker::new(&Source { observations: &observations, ..*source }));
    matches!(lifted.outcome, LiftOutcome::Converted(_))
}

/// A container of which nothing is known but its place.
fn container(at: &str) -> Value {
    serde_json::json!({"name": format!("unnamed-{at}"), "image": WORD})
}

/// Fields in which a number stands, and which name the same thing in two documents.
const NUMBERS: [&str; 2] = ["/containerPort", "/hostPort"];

/// The first port that a document says, be it a container's or one that a service's load balancer sends to.
fn port(source: &Source<'_>) -> Option<Value> {
    fn find(value: &Value) -> Option<Value> {
        match value {
            Value::Object(fields) => {
                let own = fields.get("containerPort").filter(|port| crate::field::number(port).is_some());
                own.cloned().or_else(|| fields.values().find_map(find))
            }
            Value::Array(items) => items.iter().find_map(find),
            _ => None,
        }
    }
    source.observations.iter().find_map(|document| find(&document.body))
}

/// What stands for the name of a record set: it leads somewhere.
const NAME: &str = "caravan-unresolved.invalid";

/// Whether it is the name of a container, or names one by the same words.
fn is_of_a_container(one: &Open<'_>, open: &[Open<'_>]) -> bool {
    one.is_container_name() || one.is_reference_to_a_container() && open.iter().any(|other| names(one, other))
}

/// Whether a reference is to the container whose name is open by the same words.
fn names(one: &Open<'_>, container: &Open<'_>) -> bool {
    container.is_container_name() && container.value.text == one.value.text
}

/// What stands for an open value while it is tried, and for the name of a container as long as nobody says it: it has one, and is not
/// called by an empty one. A container's name is the one that the service's load balancer sends to, where no container is called so: with
/// another word there the source would be refused for what the template means.
fn stand_in(source: &Source<'_>, one: &Open<'_>, open: &[Open<'_>]) -> Value {
    if one.secret {
        return mark();
    }
    if one.is_name_of_a_record(source) {
        return Value::from(NAME);
    }
    let sent_to = || {
        let bodies = || source.observations.iter().map(|document| &document.body);
        let list = |body: &'_ Value, field| body.get(field).and_then(Value::as_array).cloned().unwrap_or_default();
        let balancers = bodies().flat_map(|body| list(body, "loadBalancers"));
        let named: Vec<Value> = balancers.filter_map(|one| Some(one.get("containerName")?.clone())).collect();
        let is_there =
            |name: &Value| bodies().flat_map(|body| list(body, "containerDefinitions")).any(|one| one["name"] == *name);
        named.into_iter().find(|name| name.is_string() && !is_there(name))
    };
    let container = match one.is_reference_to_a_container() {
        true => open.iter().find(|other| names(one, other)),
        false => Some(one).filter(|one| one.is_container_name()),
    };
    let Some(container) = container else { return Value::from(WORD) };
    let at = container.pointer.split('/').nth(2).unwrap_or_default();
    sent_to().unwrap_or_else(|| Value::from(format!("unnamed-{at}")))
}

/// Whether a place only says in which network of AWS a thing stands, what it is for, or which web ACL stands before it:
/// nothing of the cluster hangs on it, whatever it says.
fn is_of_the_network(kind: ObservationKind, pointer: &str) -> bool {
    let is_in = |field: &str| pointer.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    match kind {
        ObservationKind::LoadBalancer => ["/SubnetMappings", "/Subnets", "/VpcId", "/WebACL"].into_iter().any(is_in),
        ObservationKind::TargetGroup => is_in("/VpcId"),
        ObservationKind::SecurityGroup => !is_in("/ipPermissions") || pointer.ends_with("/description"),
        _ => false,
    }
}

/// Rules that leave a field out for what it says: with another value it may decide something.
const BY_VALUE: [&str; 6] = ["default", "one-at-a-time", "platform-entry", "public", "switched-off", "unset"];

/// What is asked about a thing as a whole, whatever this value of it says.
const AS_A_WHOLE: [&str; 3] = ["placement/", "unread-callers/", "unread-firewall/"];

/// Whether a rule leaves a field out, whatever it says, or another question is asked about it where nothing is assumed.
fn is_left_out(verdict: &FieldVerdict, is_assumed: bool) -> bool {
    match verdict {
        FieldVerdict::Dropped { rule } => !BY_VALUE.contains(&&**rule),
        FieldVerdict::Question { id } => !is_assumed && AS_A_WHOLE.iter().any(|topic| id.as_str().starts_with(topic)),
        _ => false,
    }
}

/// The documents with other values in those places.
fn with_values<'o>(source: &Source<'_>, values: impl Iterator<Item = (&'o Open<'o>, Value)>) -> Vec<Observation> {
    let mut documents: Vec<Observation> = source.observations.iter().map(|&one| one.clone()).collect();
    for (open, value) in values {
        let place = documents.get_mut(open.document).and_then(|document| document.body.pointer_mut(&open.pointer));
        if let Some(place) = place {
            *place = value;
        }
    }
    documents
}

/// `value/<workload>/lambda.function/MemorySize`; a second document of a kind has its number behind the kind.
fn id(tracker: &FieldTracker<'_>, source: &Source<'_>, one: &Open<'_>) -> caravan_inventory::QuestionId {
    let kind: ObservationKind = source.observations[one.document].kind;
    let number = source.observations[..one.document].iter().filter(|other| other.kind == kind).count();
    let number = if number == 0 { String::new() } else { format!(".{}", number + 1) };
    tracker.question_id("value", &format!("{}{number}{}", kind.as_str(), one.pointer))
}

/// What a person says stands there; none where nobody did.
fn answer(tracker: &mut FieldTracker<'_>, source: &Source<'_>, one: &Open<'_>, is_refused: bool) -> Option<Value> {
    if !one.decides {
        return None;
    }
    let id = id(tracker, source, one);
    let document = source.observations[one.document];
    let mut kind = document.kind.as_str().to_owned();
    if document.kind == ObservationKind::ListenerRule {
        let name = document.name.rsplit('/').next().unwrap_or(&document.name);
        kind = format!("{kind} `{name}`");
    }
    let text = format!(
        "`{}` of its {kind} is left open by the template: `{}`. What is its value? (A list or an object as JSON; `null` is nothing.)",
        one.pointer, one.value.text
    );
    let assumed = one.value.default.map(|default| match default {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    if one.is_state_of_a_service(source) {
        const STATES: [&str; 2] = ["ACTIVE", "INACTIVE"];
        let text = format!(
            "Its template makes the service only under a condition that it leaves open: `{}`. Is the service there (`ACTIVE`), or is it \
             not (`INACTIVE`: it does not start)?",
            one.value.text
        );
        return match tracker.ask(id, &text, &STATES, assumed.as_deref()) {
            Asked::Given(answer) => Some(Value::from(answer)),
            Asked::Open(_) => None,
        };
    }
    match tracker.ask_for(id, &text, &[], assumed.as_deref(), |_| !is_refused) {
        Asked::Given(answer) if one.value.default.is_some_and(Value::is_string) => Some(Value::from(answer)),
        Asked::Given(answer) => Some(read(answer)),
        Asked::Open(_) => None,
    }
}

/// A number, a list or an object where the answer is one, else a text. Accounts and versions keep their zeros.
fn read(answer: &str) -> Value {
    let plain = answer.starts_with('0') && answer.len() > 1;
    serde_json::from_str(answer).ok().filter(|_| !plain).unwrap_or_else(|| Value::from(answer))
}

/// Puts the leaves of what stood in the document in place of those that were lifted.
fn account(ledger: &mut Ledger, one: &Open<'_>, answered: bool, open: Option<FieldVerdict>) {
    let Some(document) = ledger.documents.get_mut(one.document) else { return };
    let inside =
        |path: &str| path.strip_prefix(&one.pointer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let Some(at) = document.entries.iter().position(|entry| inside(&entry.path)) else { return };
    let end = at + document.entries[at..].iter().take_while(|entry| inside(&entry.path)).count();
    let lifted: Vec<LedgerEntry> = document.entries.drain(at..end).collect();
    let first = lifted.first();
    let verdict = match open {
        Some(question) => question,
        None => match first.map(|entry| &entry.verdict) {
            Some(FieldVerdict::Exact) => FieldVerdict::Approximated,
            Some(other) => other.clone(),
            None => FieldVerdict::Unknown,
        },
    };
    let target = first.and_then(|entry| entry.target.clone());
    let note = if answered { Some("by a person's answer".into()) } else { first.and_then(|entry| entry.note.clone()) };
    let shown = if one.is_text { Value::from(one.value.text) } else { Unresolved::to_value(one.value) };
    let leaves = leaves(&shown, one.pointer.clone());
    let entries = leaves.into_iter().map(|path| LedgerEntry {
        path,
        line: None,
        verdict: verdict.clone(),
        target: target.clone(),
        note: note.clone(),
    });
    document.entries.splice(at..at, entries);
}

fn leaves(value: &Value, path: String) -> Vec<String> {
    match value {
        Value::Object(map) if !map.is_empty() => map
            .iter()
            .flat_map(|(key, child)| {
                let mut path = path.clone();
                push_step(&mut path, key);
                leaves(child, path)
            })
            .collect(),
        Value::Array(list) if !list.is_empty() => {
            list.iter().enumerate().flat_map(|(at, child)| leaves(child, format!("{path}/{at}"))).collect()
        }
        _ => vec![path],
    }
}
