//! What a container that is not essential does beside the main one. ECS leaves it alone when it has ended, and serves on
//! while it is down; a pod starts it again for ever, and takes no requests while it is down.

use super::shape::Facts;
use crate::field::{Object, number};
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::QuestionId;
use serde_json::Value;

/// What becomes of such a container.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Fate {
    /// It runs once, before the main container.
    Before,
    /// It runs once in each pod, beside the main container. With the words that start it, where its image names them.
    Once(Vec<String>),
    /// It runs on: the pod takes no requests while it is down.
    Always,
    /// It runs on, and the pod goes on serving while it is down. With the words that start it.
    Apart(Vec<String>),
    /// It is left out.
    LeftOut,
    /// Nobody said which; until then it is as `Always`.
    Open(QuestionId),
}

/// Images of the usual agents: never the main container beside something else.
pub(super) fn is_agent(image: &str) -> bool {
    [
        "xray-daemon",
        "datadog/agent",
        "datadog/docker-dd-agent",
        "cloudwatch-agent",
        "aws-otel-collector",
        "newrelic/nri-ecs",
        "/envoy",
    ]
    .iter()
    .any(|agent| image.contains(agent))
}

/// Words in names of containers and images that run on as long as the task does.
const RUNS_ON: [&str; 14] = [
    "agent",
    "datadog",
    "xray",
    "x-ray",
    "exporter",
    "collector",
    "otel",
    "opentelemetry",
    "proxy",
    "envoy",
    "fluent",
    "statsd",
    "telegraf",
    "filebeat",
];

/// What becomes of a container; none where it is essential, and runs as long as the task. `serves` says whether requests
/// reach the task.
pub(super) fn decide<'a>(
    tracker: &mut FieldTracker<'a>,
    facts: &Facts<'a>,
    container: Object<'a>,
    serves: bool,
) -> Option<Fate> {
    if container.peek_bool("essential") != Some(false) {
        return None;
    }
    let name = container.peek("name").unwrap_or("");
    let runs_on = runs_on(facts, container, name);
    if runs_on && !serves {
        return Some(Fate::Always);
    }
    let shown = crate::marks::without_marks(name);
    let id = tracker.question_id("sidecar", &shown);
    let entry = words(container, if has_no_entry(container) { "command" } else { "entryPoint" });
    let (once, apart) = if entry.is_empty() { ("once=WORDS", "apart=WORDS") } else { ("once", "apart") };
    let said = if entry.is_empty() { format!(" ({})", what_words_are(container)) } else { String::new() };
    let text = if runs_on {
        format!(
            "ECS serves on while `{shown}`, which is not essential, is down. Should the pod take no requests then \
             (`always`), or should it be started again inside a container that stays up (`{apart}`){said}, or be left \
             out (`leave-out`)?"
        )
    } else {
        format!(
            "`{shown}` is not essential, and nothing tells whether it ends: ECS leaves it alone then, a pod starts it \
             again. Does it run once before the main container (`before`), once beside it (`{once}`), or on and on \
             (`always`; `{apart}`: the pod serves even while it is down){said}? Or can it be left out (`leave-out`)?"
        )
    };
    let options =
        if runs_on { vec!["always", apart, "leave-out"] } else { vec!["before", once, "always", apart, "leave-out"] };
    let own = if has_no_entry(container) { Vec::new() } else { words(container, "command") };
    let usable = |answer: &str| read(answer, &entry).is_some_and(|fate| has_once(&fate, &entry, &own));
    // Whether it ends, and which words it runs, was said of this command and none other.
    let ground = ["entryPoint", "command"].map(|name| words(container, name).join("\n")).join("\n\n");
    let ask = |tracker: &mut FieldTracker<'a>| tracker.ask_for(id, &text, &options, Some("always"), usable);
    match tracker.resting_on(crate::marks::without_marks(&ground), ask) {
        Asked::Given(answer) => read(answer, &entry),
        Asked::Open(id) => {
            if !runs_on {
                tracker.hold("whether what stands beside it runs once or on and on has to be decided first");
            }
            Some(Fate::Open(id))
        }
    }
}

/// An answer; none when it can't be used.
fn read(answer: &str, entry: &[String]) -> Option<Fate> {
    match answer {
        "before" => return Some(Fate::Before),
        "always" => return Some(Fate::Always),
        "leave-out" => return Some(Fate::LeftOut),
        _ => {}
    }
    let (how, words) = answer.split_once('=').unwrap_or((answer, ""));
    let given = crate::text::words(words)?;
    let words = if given.is_empty() { entry.to_vec() } else { given };
    // `once=WORDS` is how the question writes the answer, and none.
    let clean = !words.is_empty() && words != ["WORDS"] && words.iter().all(|word| crate::marks::is_clean(word));
    match how {
        "once" if clean => Some(Fate::Once(words)),
        "apart" if clean => Some(Fate::Apart(words)),
        _ => None,
    }
}

/// How the words of an answer are written.
const HOW: &str = "with blanks between or as a list of JSON, such as `[\"sh\", \"-c\", \"exec app\"]`";

/// What the words of an answer are, where the task names no entry point: which words follow them by themselves, and which
/// have to be among them, as the image's own go with its entry point (Kubernetes API, Container, `command`).
fn what_words_are(container: Object<'_>) -> String {
    let own = words(container, "command");
    if has_no_entry(container) {
        format!("WORDS are what is run, {HOW}, as the task takes the image's entry point away and names no command")
    } else if own.is_empty() {
        format!(
            "WORDS are what its image runs, {HOW}: its entry point and its command in one, which the task both leaves to the image; \
             `docker image inspect` shows them"
        )
    } else {
        format!(
            "WORDS are its image's entry point alone, {HOW}, which `docker image inspect` shows: the task's own command, \
             `{}`, follows them by itself and is not among them",
            crate::marks::without_marks(&own.join(" "))
        )
    }
}

/// Whether the words of an answer hold the task's own command no second time: it follows them by itself.
fn has_once(fate: &Fate, entry: &[String], own: &[String]) -> bool {
    match fate {
        Fate::Once(words) | Fate::Apart(words) => own.is_empty() || words == entry || !words.ends_with(own),
        _ => true,
    }
}

/// Whether something tells that a container runs as long as the task: it listens, has a check, is started again
/// whatever it ends with, or is one of the usual agents.
fn runs_on(facts: &Facts<'_>, container: Object<'_>, name: &str) -> bool {
    let image = container.peek("image").unwrap_or("").to_ascii_lowercase();
    let listens = container.field("portMappings").is_some();
    let checked = container
        .object("healthCheck")
        .is_some_and(|check| check.list("command").first().and_then(Value::as_str).is_some_and(|word| word != "NONE"));
    let policy = container.object("restartPolicy");
    let restarted =
        policy.is_some_and(|policy| policy.peek_bool("enabled") == Some(true) && !ignored(policy).contains(&0));
    let awaited = facts.containers.iter().flat_map(|other| other.objects("dependsOn")).any(|dependency| {
        dependency.peek("containerName") == Some(name) && dependency.peek("condition") == Some("HEALTHY")
    });
    let says = |word: &&str| name.to_ascii_lowercase().contains(*word) || image.contains(*word);
    listens || checked || restarted || awaited || is_agent(&image) || RUNS_ON.iter().any(says)
}

/// The exit codes after which ECS does not start a container again.
fn ignored(policy: Object<'_>) -> Vec<u64> {
    policy.list("ignoredExitCodes").iter().filter_map(number).collect()
}

/// The command of a container that runs once and then stays, or is started again inside: a shell does it.
pub(super) fn command(fate: &Fate, container: Object<'_>) -> Option<Vec<String>> {
    const STAYS: &str = "trap 'kill $!; exit 0' TERM; while :; do sleep 3600 & wait $!; done";
    const STARTS: &str = "trap 'kill -TERM $p; wait $p; exit 0' TERM; \"$@\" & p=$!; wait $p";
    let (words, script) = match fate {
        Fate::Once(words) => {
            let policy = container.object("restartPolicy").filter(|policy| policy.peek_bool("enabled") == Some(true));
            let codes = policy.map(ignored);
            let again = codes.map_or_else(String::new, |codes| {
                let codes: Vec<String> = codes.iter().map(u64::to_string).collect();
                format!("; c=$?; case \" {} \" in *\" $c \"*) ;; *) exit $c;; esac", codes.join(" "))
            });
            (words, format!("{STARTS}{again}; {STAYS}"))
        }
        Fate::Apart(words) => {
            let script = "trap 'kill -TERM $p; wait $p; exit 0' TERM; \
                          while :; do \"$@\" & p=$!; wait $p; sleep 5 & p=$!; wait $p; done";
            (words, script.to_owned())
        }
        _ => return None,
    };
    let shell = ["/bin/sh".to_owned(), "-c".to_owned(), script, "sh".to_owned()];
    Some(shell.into_iter().chain(words.iter().cloned()).collect())
}

/// Whether a container takes its image's entry point away and names none: Docker reads one empty word so.
pub(super) fn has_no_entry(container: Object<'_>) -> bool {
    matches!(container.list("entryPoint"), [Value::String(word)] if word.is_empty())
}

/// The texts in a list of a container.
fn words(container: Object<'_>, field: &str) -> Vec<String> {
    let words = container.list(field).iter().filter_map(Value::as_str);
    words.filter(|word| crate::marks::is_clean(word)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;
