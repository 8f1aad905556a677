//! What became of each field so far, and what has to be asked.

use crate::ledger::FieldVerdict;
use crate::lifted::ModuleText;
use crate::marks::without_marks;
use crate::source::Source;
use caravan_inventory::{Question, QuestionId, Redacted, digest_of_question};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

/// One field's verdict with what belongs to it.
#[derive(Clone)]
pub(crate) struct Mark {
    pub(crate) verdict: FieldVerdict,
    pub(crate) target: Option<Cow<'static, str>>,
    pub(crate) note: Option<Cow<'static, str>>,
}

/// Keeps, while a workload is lifted, what became of each of its fields. A field is known by the address of its value:
/// documents are borrowed for the whole lift, so an address is one field, and no path is built before the final walk.
pub(crate) struct FieldTracker<'a> {
    pub(crate) source: &'a Source<'a>,
    marks: HashMap<usize, Mark, BuildHasherDefault<AddressHasher>>,
    /// Of texts that are read statement by statement: what became of each, with its line.
    lines: HashMap<usize, Vec<(u32, Mark)>, BuildHasherDefault<AddressHasher>>,
    questions: Vec<Question>,
    reasons: Vec<String>,
    holds: BTreeSet<&'static str>,
    rest: Option<&'static str>,
    /// The component that is mapped, where a workload is several.
    scope: Option<String>,
    /// What the answers to what is asked now rest on, beside the words; nothing where it is empty.
    ground: String,
    /// How many stand-ins there are so far: names made from it differ.
    pub(crate) placeholders: u32,
    /// Texts that its plconfig names by their digests.
    modules: Vec<ModuleText>,
    /// Whether it came from files that people keep, which may be templates. What an API answers is meant as it is.
    pub(crate) from_file: bool,
    /// Whether some of its values are only what a template offers.
    pub(crate) is_offered: bool,
    /// The addresses of the values that its template leaves open and nobody has said, each with its pointer and the question that it is.
    open: BTreeMap<usize, (String, QuestionId)>,
}

/// What held of the whole workload before one of its components was mapped.
pub(crate) struct Whole {
    holds: BTreeSet<&'static str>,
    scope: Option<String>,
}

/// What a question came to.
pub(crate) enum Asked<'a> {
    /// Nobody answered, or not usably: the question is on the list.
    Open(QuestionId),
    /// This is the answer.
    Given(&'a str),
}

/// Why a workload does not start while its template leaves values open.
pub(crate) const LEAVES_OPEN: &str = "a value that its template leaves open is not known";

/// What a question says of an answer with a secret in it: what is answered stands in Git in clear, and so does what is made of it.
const HOLDS_A_SECRET: &str = " (In the answer that is given a secret seems to stand, and answers stand in Git in clear: it is not taken. Keep \
                              the secret in the team's store, bring it in as a variable by the container's `secrets`, and name the variable \
                              in its place, as `$NAME` in words that a shell of the image runs.)";

/// Topics whose answers let somebody in, or decide where they come to: what was meant by a place that now holds another rule opens
/// nothing there.
const LETTING_IN: &[&str] = &[
    "api-policy",
    "auth",
    "base-path",
    "beside",
    "callers",
    "classic",
    "client-certificates",
    "condition",
    "condition-secret",
    "direct",
    "exposure",
    "firewall",
    "further-protocol",
    "host",
    "host-listener",
    "hosts",
    "in-front",
    "internal-callers",
    "internal-host-listener",
    "listener-port",
    "outer-balancer",
    "plain-http",
    "port",
    "private-api",
    "private-host",
    "rule-order",
    "tcp",
    "transforms",
    "unread-callers",
    "unread-firewall",
    "unread-rules",
    "validation",
    "value",
    "weights",
    "wildcard-redirect",
    "workers-dev",
];

/// Topics whose answers stand in the place of a value of the source, or decide for what it says: where the source says something else,
/// nobody has answered for that.
const IN_PLACE_OF_A_VALUE: &[&str] = &[
    "bounds",
    "dates",
    "environment-file",
    "gpus",
    "hostname",
    "image-content",
    "input",
    "placeholder",
    "scaling",
    "schedule",
    "sidecar",
    "sysctl",
    "target",
    "ulimit",
    "user",
    "words",
];

/// Whether an answer holds only for the question that it was given to.
fn is_held_to_its_question(id: &QuestionId) -> bool {
    let topic = id.as_str().split('/').next().unwrap_or_default();
    LETTING_IN.contains(&topic) || IN_PLACE_OF_A_VALUE.contains(&topic)
}

impl<'a> FieldTracker<'a> {
    pub(crate) fn new(source: &'a Source<'a>) -> Self {
        Self {
            source,
            marks: HashMap::with_capacity_and_hasher(128, BuildHasherDefault::default()),
            lines: HashMap::default(),
            questions: Vec::new(),
            reasons: Vec::new(),
            holds: BTreeSet::new(),
            rest: None,
            scope: None,
            ground: String::new(),
            placeholders: 0,
            modules: Vec::new(),
            is_offered: false,
            open: BTreeMap::new(),
            from_file: source.observations.iter().any(|observation| observation.api == "file"),
        }
    }

    /// Gives a value's leaves their verdict. A more severe one that is there stays: a blocker before a question before
    /// the rest.
    pub(crate) fn mark(&mut self, value: &'a Value, mark: Mark) {
        match value {
            Value::Array(list) if !list.is_empty() => {
                for element in list {
                    self.mark(element, mark.clone());
                }
            }
            Value::Object(map) if !map.is_empty() => {
                for element in map.values() {
                    self.mark(element, mark.clone());
                }
            }
            leaf => {
                let slot = self.marks.entry(address(leaf));
                slot.and_modify(|old| {
                    if severity(&mark.verdict) >= severity(&old.verdict) {
                        *old = mark.clone();
                    }
                })
                .or_insert(mark);
            }
        }
    }

    /// Gives one statement of a text its verdict; `line` counts from 1.
    pub(crate) fn mark_line(&mut self, text: &'a Value, line: u32, mark: Mark) {
        self.lines.entry(address(text)).or_default().push((line, mark));
    }

    /// Gives the verdicts of a text's statements away, in the order of their lines.
    pub(crate) fn take_lines(&mut self, leaf: &Value) -> Vec<(u32, Mark)> {
        if self.lines.is_empty() {
            return Vec::new();
        }
        let mut lines = self.lines.remove(&address(leaf)).unwrap_or_default();
        lines.sort_by_key(|(line, _)| *line);
        lines
    }

    /// The rule for every field of the API that no rule spoke for, once it is clear that nothing can be made of them.
    pub(crate) fn drop_the_rest(&mut self, rule: &'static str) {
        self.rest = Some(rule);
    }

    /// That rule, if there is one.
    pub(crate) fn rest(&self) -> Option<&'static str> {
        self.rest
    }

    /// Whether a leaf has a verdict already.
    pub(crate) fn has_mark(&self, leaf: &Value) -> bool {
        self.marks.contains_key(&address(leaf))
    }

    /// Whether every leaf of a value has a verdict already.
    pub(crate) fn is_marked(&self, value: &Value) -> bool {
        match value {
            Value::Array(list) if !list.is_empty() => list.iter().all(|value| self.is_marked(value)),
            Value::Object(map) if !map.is_empty() => map.values().all(|value| self.is_marked(value)),
            leaf => self.has_mark(leaf),
        }
    }

    /// Gives a leaf's verdict away: the final walk comes to each leaf once.
    pub(crate) fn take_mark(&mut self, leaf: &Value) -> Option<Mark> {
        self.marks.remove(&address(leaf))
    }

    /// Keeps a text that the plconfig names by its digest.
    pub(crate) fn keep_module(&mut self, module: ModuleText) {
        if !self.modules.contains(&module) {
            self.modules.push(module);
        }
    }

    /// Those texts.
    pub(crate) fn modules(&mut self) -> Vec<ModuleText> {
        std::mem::take(&mut self.modules)
    }

    /// Adds a reason why the workload can't be converted.
    pub(crate) fn refuse(&mut self, reason: &str) {
        let reason = without_marks(reason);
        if !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }

    /// Whether there is a reason why it can't be converted.
    pub(crate) fn is_refused(&self) -> bool {
        !self.reasons.is_empty()
    }

    /// Keeps the workload from starting until a person has looked.
    pub(crate) fn hold(&mut self, reason: &'static str) {
        self.holds.insert(reason);
    }

    /// Says of a value that its template leaves it open and nobody has said it.
    pub(crate) fn leave_open(&mut self, value: &Value, pointer: &str, id: QuestionId) {
        self.open.insert(address(value), (pointer.to_owned(), id));
    }

    /// Whether its template leaves something open at this place of one of its documents, which is asked about as such.
    pub(crate) fn leaves_open_at(&self, pointer: &str) -> bool {
        self.open.values().any(|(open, _)| open == pointer)
    }

    /// Whether its template leaves a value open, which is asked about as such.
    pub(crate) fn is_left_open(&self, value: &Value) -> bool {
        self.question_of(value).is_some()
    }

    /// The question about a value that its template leaves open; none where it does not.
    pub(crate) fn question_of(&self, value: &Value) -> Option<&QuestionId> {
        self.open.get(&address(value)).map(|(_, id)| id)
    }

    /// Whether its template only offers some of its values.
    pub(crate) fn leaves_values_open(&self) -> bool {
        self.is_offered
    }

    /// Why the workload must not start yet, if it must not.
    pub(crate) fn held(&self) -> Option<String> {
        let reasons: Vec<&str> = self.holds.iter().copied().collect();
        if reasons.is_empty() { None } else { Some(reasons.join("; ")) }
    }

    /// From here on it is about one of the workload's components: its questions carry the component's name, and what holds
    /// it holds no other. Without a name, it is the only one.
    pub(crate) fn enter(&mut self, component: Option<&str>) -> Whole {
        let scope = std::mem::replace(&mut self.scope, component.map(str::to_owned));
        Whole { holds: self.holds.clone(), scope }
    }

    /// The component is mapped: from here on it is about the whole workload again.
    pub(crate) fn leave(&mut self, whole: Whole) {
        self.holds = whole.holds;
        self.scope = whole.scope;
    }

    /// The id of a question about this workload, or about the part of it that is lifted.
    pub(crate) fn question_id(&self, topic: &str, detail: &str) -> QuestionId {
        let workload = &self.source.workload.id;
        let part = self.source.part.map(|part| format!("@{part}")).unwrap_or_default();
        let scope = self.scope.as_ref().map(|scope| format!("/{scope}")).unwrap_or_default();
        let detail = without_marks(detail);
        if detail.is_empty() {
            QuestionId::new(format!("{topic}/{workload}{part}{scope}"))
        } else {
            QuestionId::new(format!("{topic}/{workload}{part}{scope}/{detail}"))
        }
    }

    /// The id of a question about something that many workloads share, in an account and a region: one answer is for all of
    /// them.
    pub(crate) fn shared_question_id(&self, topic: &str, detail: &str) -> QuestionId {
        let workload = self.source.workload;
        let account = workload.account.as_ref().map_or("", |account| account.as_str());
        let region = workload.region.as_ref().map_or("", |region| region.as_str());
        QuestionId::new(format!("{topic}/{account}/{region}/{}", without_marks(detail)))
    }

    /// Asks what rests on more than the words of its questions say: an answer that is taken as it was given holds only while `ground`
    /// is the same too. One that many workloads share has to rest on what is the same for all of them.
    pub(crate) fn resting_on<R>(&mut self, ground: String, ask: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.ground, ground);
        let result = ask(self);
        self.ground = before;
        result
    }

    /// Asks, unless a person answered with one of the options (any text when there are none).
    pub(crate) fn ask(&mut self, id: QuestionId, text: &str, options: &[&str], assumed: Option<&str>) -> Asked<'a> {
        self.ask_for(id, text, options, assumed, |answer| options.is_empty() || options.contains(&answer))
    }

    /// As [`Self::ask`], with a check of the answer. An answer that fails it leaves the question open and is named.
    pub(crate) fn ask_for(
        &mut self,
        id: QuestionId,
        text: &str,
        options: &[&str],
        assumed: Option<&str>,
        usable: impl Fn(&str) -> bool,
    ) -> Asked<'a> {
        let source: &'a Source<'a> = self.source;
        let (decision, asked) = (source.decisions.0.get(&id), without_marks(text));
        let holds_as_given = is_held_to_its_question(&id);
        let rests_on = Some(&self.ground).filter(|ground| holds_as_given && !ground.is_empty());
        let rests_on = rests_on.map(|ground| digest_of_question(ground, None));
        let is_outdated = decision.is_some_and(|given| holds_as_given && !given.answers(&asked, rests_on.as_deref()));
        let answer = decision.map(|given| given.answer.as_str());
        match answer {
            Some(answer) if usable(answer) && !is_outdated && !Redacted::is_in(answer) => return Asked::Given(answer),
            _ => {}
        }
        if !self.questions.iter().any(|known| known.id == id) {
            let text = match answer {
                Some(answer) if Redacted::is_in(answer) => format!("{asked}{HOLDS_A_SECRET}"),
                Some(answer) if is_outdated => {
                    format!(
                        "{asked} (It was answered `{answer}` when something else was asked: look, and say it again.)"
                    )
                }
                Some(answer) => format!("{asked} (The answer `{answer}` can't be used.)"),
                None => asked,
            };
            self.questions.push(Question {
                id: id.clone(),
                workload: source.workload.id.clone(),
                text: without_marks(&text),
                options: options.iter().map(|&option| option.to_owned()).collect(),
                assumed: assumed.map(str::to_owned),
                rests_on,
            });
        }
        Asked::Open(id)
    }

    /// Whether a question is on the list.
    pub(crate) fn is_asked(&self, id: &QuestionId) -> bool {
        self.questions.iter().any(|question| question.id == *id)
    }

    /// The JSON pointer of a value in its document. Slow: for questions that name a field.
    pub(crate) fn pointer(&self, wanted: &Value) -> String {
        fn find(value: &Value, wanted: &Value, path: &mut String) -> bool {
            if std::ptr::eq(value, wanted) {
                return true;
            }
            let length = path.len();
            let inside = |step: &str, child: &Value, path: &mut String| {
                push_step(path, step);
                let found = find(child, wanted, path);
                if !found {
                    path.truncate(length);
                }
                found
            };
            match value {
                Value::Array(list) => list.iter().enumerate().any(|(at, child)| inside(&at.to_string(), child, path)),
                Value::Object(map) => map.iter().any(|(key, child)| inside(key, child, path)),
                _ => false,
            }
        }
        let mut path = String::new();
        let _ = self.source.observations.iter().any(|seen| find(&seen.body, wanted, &mut path));
        path
    }

    /// The end: the open questions, and the reasons for a refusal.
    pub(crate) fn close(&mut self) -> (Vec<Question>, Vec<String>) {
        self.questions.sort_by(|a, b| a.id.cmp(&b.id));
        (std::mem::take(&mut self.questions), std::mem::take(&mut self.reasons))
    }
}

/// Adds one step to a JSON pointer (RFC 6901).
pub(crate) fn push_step(path: &mut String, step: &str) {
    path.push('/');
    if !step.bytes().any(|b| b == b'~' || b == b'/') {
        path.push_str(step);
        return;
    }
    for character in step.chars() {
        match character {
            '~' => path.push_str("~0"),
            '/' => path.push_str("~1"),
            other => path.push(other),
        }
    }
}

fn address(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}

fn severity(verdict: &FieldVerdict) -> u8 {
    match verdict {
        FieldVerdict::Blocker { .. } => 2,
        FieldVerdict::Question { .. } => 1,
        _ => 0,
    }
}

/// Spreads addresses; they are not chosen by anybody who could make them collide.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0.rotate_left(5) ^ u64::from(*byte)).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }

    fn write_usize(&mut self, address: usize) {
        self.0 = (address as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}
