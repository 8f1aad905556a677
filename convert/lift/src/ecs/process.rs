//! What a container runs: image, command, directory, user, terminal, file system.

use super::kind::Plan;
use super::members::{ContainerRole, Member};
use super::secret_place::{self, Kept};
use super::sidecar::{self, Fate};
use crate::field::Field;
use crate::plconfig::{Component, Container, SecretRef, SecretStore, is_user};
use crate::text::{Kind, words};
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::Redacted;
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    member: &Member<'a>,
    container: &mut Container,
    pod: &mut Component,
) {
    image(tracker, plan, member, container);
    pull_secret(tracker, plan, member, pod);
    let mut hidden = Hidden::default();
    if sidecar::has_no_entry(member.definition) {
        // One empty word takes the image's entry point away: the command is what runs.
        container.command = texts(tracker, plan, member, "command", "command", &mut hidden);
        for word in member.definition.list("entryPoint") {
            Field(word).exact(tracker, plan.inside(member, "command"));
        }
        if container.command.is_none() {
            tracker.refuse(&format!("`{}` has neither an entry point nor a command", member.name));
        }
    } else {
        container.command = texts(tracker, plan, member, "entryPoint", "command", &mut hidden);
        container.args = texts(tracker, plan, member, "command", "args", &mut hidden);
    }
    hidden.bring_in(tracker, member, container);
    workdir(tracker, plan, member, container);
    user(tracker, plan, member, container);
    writable(tracker, plan, member, container);
    terminal(tracker, plan, member, container);
    lifecycle(tracker, plan, member, container);
}

fn image<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, member: &Member<'a>, container: &mut Container) {
    let Some(field) = member.definition.field("image") else {
        tracker.refuse(&format!("container `{}` names no image", member.name));
        return;
    };
    let Some(image) = tracker.text(field.0, Kind::Image) else {
        field.blocked(tracker, "its image is no text");
        return;
    };
    container.image = Some(image.into_owned());
    field.exact(tracker, plan.inside(member, "image"));
}

fn pull_secret<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, member: &Member<'a>, pod: &mut Component) {
    let Some(field) = member.definition.object("repositoryCredentials").and_then(|c| c.field("credentialsParameter"))
    else {
        return;
    };
    let own = SecretRef {
        store: SecretStore::Team,
        key: format!("{}-registry", tracker.source.app),
        property: None,
        version: None,
    };
    let note = "read by the cluster at each pull; the secret needs `username` and `password`";
    let secret = match tracker.text(field.0, Kind::Secret) {
        Some(key) => match secret_place::keep_login(tracker, plan, &key, own) {
            Kept::Read(secret) => {
                field.approximated(tracker, plan.at("pull_secrets"), note);
                secret
            }
            Kept::Noted(secret, where_it_lies) => {
                field.approximated(tracker, plan.at("pull_secrets"), format!("{note}; {where_it_lies}"));
                secret
            }
            Kept::Asked(secret, id) => {
                field.asked(tracker, &id);
                secret
            }
        },
        None => {
            field.approximated(tracker, plan.at("pull_secrets"), note);
            own
        }
    };
    let secret = secret.to_string();
    if !pod.pull_secrets.contains(&secret) {
        pod.pull_secrets.push(secret);
    }
}

/// A list of texts; secrets in them become references to variables.
fn texts<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    member: &Member<'a>,
    from: &str,
    to: &str,
    hidden: &mut Hidden<'a>,
) -> Option<Vec<String>> {
    let field = member.definition.field(from)?;
    let list = match field.0 {
        Value::Array(list) => list.as_slice(),
        // Some files write a single text, which the API refuses: of one word the meaning is plain.
        Value::String(line) if line.contains([',', ' ', '\t', '\n']) => {
            return Some(one_line(tracker, plan.inside(member, to), member, from, field, line));
        }
        single @ Value::String(_) => std::slice::from_ref(single),
        _ => return None,
    };
    let target = plan.inside(member, to);
    let mut texts = Vec::with_capacity(list.len());
    for value in list {
        let text = match value {
            Value::String(text) if Redacted::is_in(text) => Some(hidden.hide(value, text)),
            _ => tracker.text(value, Kind::Command).map(Into::into),
        };
        texts.extend(text);
        if !matches!(value, Value::Array(_) | Value::Object(_)) {
            Field(value).exact(tracker, target.clone());
        }
    }
    Some(texts)
}

/// A command that is written as one text: which words it is, only a person can tell. It does not start before.
fn one_line<'a>(
    tracker: &mut FieldTracker<'a>,
    target: String,
    member: &Member<'a>,
    from: &str,
    field: Field<'a>,
    line: &str,
) -> Vec<String> {
    let id = tracker.question_id("words", &crate::marks::without_marks(&format!("{}/{from}", member.name)));
    let text = format!(
        "`{from}` of `{}` is one text, `{line}`, where ECS takes a list of words. Which words should it be? Answer with them \
         and blanks between, or as a list of JSON, which alone can have words with blanks or quotes.",
        member.name
    );
    let read = |answer: &str| words(answer).filter(|words| !words.is_empty());
    let usable = |answer: &str| read(answer).is_some() && crate::marks::is_clean(answer);
    match tracker.ask_for(id, &crate::marks::without_marks(&text), &[], None, usable) {
        Asked::Given(answer) => {
            field.approximated(tracker, target, "its words are by a person's answer");
            read(answer).unwrap_or_default()
        }
        Asked::Open(id) => {
            tracker.hold("a command is one text, and nobody said which words it is");
            field.asked(tracker, &id);
            vec![crate::marks::without_marks(line).replace("${secret:", "${")]
        }
    }
}

/// Secrets found inside commands.
#[derive(Default)]
struct Hidden<'a> {
    /// Variable by mark, in the order in which they were found.
    variables: BTreeMap<String, usize>,
    fields: Vec<(&'a Value, usize)>,
}

impl<'a> Hidden<'a> {
    fn hide(&mut self, value: &'a Value, text: &str) -> String {
        let mut out = String::new();
        let mut from = 0;
        for span in Redacted::find(text) {
            let next = self.variables.len() + 1;
            let number = *self.variables.entry(span.mark.to_string()).or_insert(next);
            out.push_str(&text[from..span.range.start]);
            out.push_str("${secret:");
            out.push_str(&variable(number));
            out.push('}');
            self.fields.push((value, number));
            from = span.range.end;
        }
        out.push_str(&text[from..]);
        out
    }

    fn bring_in(self, tracker: &mut FieldTracker<'a>, member: &Member<'a>, container: &mut Container) {
        for (value, number) in self.fields {
            super::secrets::bring_in(tracker, member, &variable(number), Field(value), container);
        }
    }
}

fn variable(number: usize) -> String {
    format!("CARAVAN_SECRET_{number}")
}

fn workdir<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, member: &Member<'a>, container: &mut Container) {
    let Some(field) = member.definition.field("workingDirectory") else {
        return;
    };
    container.workdir = tracker.text(field.0, Kind::Folder).map(Into::into);
    field.exact(tracker, plan.inside(member, "workdir"));
}

/// The user is always written: the image's, unless the source names another (C2).
fn user<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, member: &Member<'a>, container: &mut Container) {
    container.user = Some("image".to_owned());
    let Some(field) = member.definition.field("user") else {
        return;
    };
    let Some(user) = tracker.text(field.0, Kind::User) else {
        return;
    };
    // Root is 0 in every image.
    let number = if user == "root" { "0".into() } else { user };
    if is_user(&number) {
        container.user = Some(number.into_owned());
        field.exact(tracker, plan.inside(member, "user"));
        return;
    }
    let user = number;
    let id = tracker.question_id("user", member.name);
    let text = format!("Which number has the user `{user}` in the image of `{}`? As uid or uid:gid.", member.name);
    let usable = |answer: &str| answer == "image" || is_user(answer);
    match tracker.ask_for(id, &text, &[], Some("image"), usable) {
        Asked::Given(answer) => {
            container.user = Some(answer.to_owned());
            field.approximated(tracker, plan.inside(member, "user"), "the name's number, by a person's answer");
        }
        Asked::Open(id) => {
            // As the image has it, it may be root.
            tracker.hold("nobody said which number its user has");
            field.asked(tracker, &id);
        }
    }
}

fn writable<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, member: &Member<'a>, container: &mut Container) {
    container.writable = Some(true);
    let Some(field) = member.definition.field("readonlyRootFilesystem") else {
        return;
    };
    let Value::Bool(read_only) = field.0 else { return };
    container.writable = Some(!read_only);
    field.exact(tracker, plan.inside(member, "writable"));
}

fn terminal<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, member: &Member<'a>, container: &mut Container) {
    for (from, to) in [("interactive", "stdin"), ("pseudoTerminal", "tty")] {
        let Some(field) = member.definition.field(from) else {
            continue;
        };
        let Value::Bool(wanted) = field.0 else { continue };
        let slot = if to == "stdin" { &mut container.stdin } else { &mut container.tty };
        *slot = wanted.then_some(true);
        field.exact(tracker, plan.inside(member, to));
    }
}

/// How the task's life hangs on the container.
fn lifecycle<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, member: &Member<'a>, container: &mut Container) {
    let definition = member.definition;
    if let Some(fate) = &member.fate {
        if let Some(command) = sidecar::command(fate, definition) {
            container.command = Some(command);
        }
        let policy = definition.object("restartPolicy");
        let parts = ["enabled", "ignoredExitCodes", "restartAttemptPeriod"];
        let policy = policy.into_iter().flat_map(|policy| parts.into_iter().filter_map(move |part| policy.field(part)));
        for field in definition.field("essential").into_iter().chain(policy) {
            fated(tracker, plan, member, fate, field);
        }
        definition.drop_all(tracker, &["versionConsistency"], "version-consistency");
        return;
    }
    if let Some(field) = definition.field("essential") {
        match (member.role, field.0) {
            (_, Value::Bool(_)) if member.role != ContainerRole::Sidecar => field.dropped(tracker, "essential"),
            (_, Value::Bool(true)) => {
                let note = "when it ends, it alone is started again; ECS would have ended the whole task";
                field.approximated(tracker, plan.inside(member, ""), note);
            }
            _ => {}
        }
    }
    if let Some(field) = definition.field("restartPolicy") {
        field.dropped_because(
            tracker,
            "restart-policy",
            "Kubernetes always starts a container again, with growing pauses",
        );
    }
    definition.drop_all(tracker, &["versionConsistency"], "version-consistency");
}

/// What became of what says how the life of a container that is not essential goes.
fn fated<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, member: &Member<'a>, fate: &Fate, field: Field<'a>) {
    let note = match fate {
        Fate::Open(id) => return field.asked(tracker, id),
        Fate::Before => "it runs once, before the main container, and must succeed",
        Fate::Once(_) => {
            "it runs once in each pod, by a shell that stays; another pod runs it again, as another task did"
        }
        Fate::Apart(_) => "a shell starts it again when it ends, and the pod goes on serving",
        Fate::Always | Fate::LeftOut => {
            "when it ends, it is started again, and its pod takes no requests meanwhile; ECS would have left it dead"
        }
    };
    field.approximated(tracker, plan.inside(member, ""), note);
}
