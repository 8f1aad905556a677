//! Logs: containers write to standard output, and the platform collects it.

use super::kind::Plan;
use super::members::Member;
use crate::field::{Field, Object, number};
use crate::marks::without_marks;
use crate::tracker::{Asked, FieldTracker};

/// The log configuration of a container that is kept.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, member: &Member<'a>) {
    let Some(log) = member.definition.object("logConfiguration") else {
        return;
    };
    let driver = log.peek("logDriver").unwrap_or("");
    let options = log.object("options");
    match driver {
        "awslogs" => awslogs(tracker, log, options),
        "json-file" | "none" => drop_everything(tracker, log, "nothing reads these logs on the node any more"),
        "awsfirelens" => firelens(tracker, member, log, options),
        _ => ask_about_destination(tracker, member, log, driver),
    }
}

/// A FireLens router is not carried over. What it does besides handing on what containers write to standard output is asked
/// about.
pub(super) fn drop_router<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, member: &Member<'a>) {
    let definition = member.definition;
    let own = rules_of(plan, member);
    if !own.is_empty() {
        ask_about_rules(tracker, member, &own);
    }
    for (name, value) in definition.entries() {
        if name != "firelensConfiguration" && !crate::field::is_empty(value) {
            Field(value).dropped(tracker, "log-router");
        }
    }
    let Some(firelens) = definition.object("firelensConfiguration") else {
        return;
    };
    firelens.drop_all(tracker, &["type"], "log-router");
    for (_, value) in firelens.object("options").into_iter().flat_map(Object::entries) {
        Field(value).dropped(tracker, "log-router");
    }
}

/// Images that do with a router's configuration what ECS wrote there, and no more.
const ROUTERS: [&str; 5] =
    ["aws-for-fluent-bit", "fluent-bit", "fluentd", "logging-firelens-fluentbit", "newrelic-fluentbit-output"];
/// Variables by which a router fetches configuration from elsewhere as it starts (aws-for-fluent-bit, "init process").
const FETCHED: &str = "aws_fluent_bit_init_";

/// What a router does by itself, each with the fields that say it.
fn rules_of<'a>(plan: &Plan<'_, 'a>, member: &Member<'a>) -> Vec<(String, Vec<Field<'a>>)> {
    let definition = member.definition;
    let mut own = Vec::new();
    let options = definition.object("firelensConfiguration").and_then(|firelens| firelens.object("options"));
    let files = options.into_iter().flat_map(Object::entries).filter(|(name, _)| name.starts_with("config-file-"));
    let mut files: Vec<Field<'a>> = files.map(|(_, value)| Field(value)).collect();
    let fetched = definition
        .objects("environment")
        .filter(|variable| variable.peek("name").is_some_and(|name| name.to_ascii_lowercase().starts_with(FETCHED)));
    files.extend(fetched.flat_map(|variable| [variable.field("name"), variable.field("value")]).flatten());
    if !files.is_empty() {
        own.push(("a configuration of its own".to_owned(), files));
    }
    let started: Vec<Field<'a>> =
        ["entryPoint", "command"].into_iter().filter_map(|name| definition.field(name)).collect();
    if !started.is_empty() {
        own.push(("words of its own that start it".to_owned(), started));
    }
    let is_usual = |image: &str| {
        let repository = image.split('@').next().unwrap_or(image);
        let last = repository.rsplit('/').next().unwrap_or(repository);
        ROUTERS.contains(&last.split(':').next().unwrap_or(last))
    };
    if let Some(image) = definition.field("image").filter(|image| image.0.as_str().is_some_and(|name| !is_usual(name)))
    {
        own.push(("an image of its own".to_owned(), vec![image]));
    }
    for mount in definition.objects("mountPoints") {
        let volume = mount.peek("sourceVolume").unwrap_or("");
        let mounts = |other: &&Member<'a>| {
            other.definition.objects("mountPoints").any(|point| point.peek("sourceVolume") == Some(volume))
        };
        let others: Vec<String> = plan.members.kept().filter(mounts).map(|other| format!("`{}`", other.name)).collect();
        if !others.is_empty() {
            let text = format!("the files that {} may write to the volume `{volume}`", others.join(" and "));
            own.push((text, mount.field("sourceVolume").into_iter().collect()));
        }
    }
    let ports = definition.objects("portMappings").filter_map(|mapping| mapping.field("containerPort"));
    let ports: Vec<Field<'a>> = ports.filter(|port| number(port.0) != Some(FORWARD)).collect();
    if !ports.is_empty() {
        let shown: Vec<String> = ports.iter().filter_map(|port| number(port.0)).map(|port| port.to_string()).collect();
        own.push((format!("what is sent to its port {}", shown.join(" and ")), ports));
    }
    own
}

/// The port by which ECS hands a router what containers write to standard output.
const FORWARD: u64 = 24224;

fn awslogs<'a>(tracker: &mut FieldTracker<'a>, log: Object<'a>, options: Option<Object<'a>>) {
    drop_everything(tracker, log, "");
    let Some(options) = options else { return };
    for (name, value) in options.entries() {
        let note = match name {
            "awslogs-group" => "alarms, metric filters and subscriptions on this log group see nothing more",
            "awslogs-multiline-pattern" | "awslogs-datetime-format" => {
                "lines are joined by a rule in Datadog, which has to be made from it"
            }
            _ => continue,
        };
        Field(value).dropped_because(tracker, "platform-logs", note);
    }
}

/// Through a router to somewhere: CloudWatch and Datadog are where the platform's logs are seen anyway. The names of options
/// are read in any letters, as Fluent Bit does.
fn firelens<'a>(tracker: &mut FieldTracker<'a>, member: &Member<'a>, log: Object<'a>, options: Option<Object<'a>>) {
    let is_plugin = |name: &str| name.eq_ignore_ascii_case("name") || name.eq_ignore_ascii_case("@type");
    let plugin = options.into_iter().flat_map(Object::entries).find(|(name, _)| is_plugin(name));
    let plugin = plugin.and_then(|(_, value)| value.as_str());
    match plugin.map(str::to_ascii_lowercase).as_deref() {
        None | Some("cloudwatch" | "cloudwatch_logs" | "datadog") => {
            drop_everything(tracker, log, "the router is left out; the platform collects the logs");
            for (name, value) in options.into_iter().flat_map(Object::entries) {
                if let Some(note) = option_note(&name.to_ascii_lowercase()) {
                    Field(value).dropped_because(tracker, "platform-logs", note);
                }
            }
        }
        Some(_) => ask_about_destination(tracker, member, log, plugin.unwrap_or_default()),
    }
}

/// What is lost with an option of a router's output, where it is more than the way that the lines take.
fn option_note(option: &str) -> Option<&'static str> {
    match option {
        "log_group_name" | "log_group_template" => {
            Some("alarms, metric filters and subscriptions on this log group see nothing more")
        }
        "exclude-pattern" | "include-pattern" => Some("the lines that it left out are collected as well"),
        "dd_service" | "dd_source" | "dd_tags" => Some(
            "lines have the platform's own service, source and tags: monitors and pipelines by these see nothing more",
        ),
        "metric_namespace" | "metric_dimensions" | "log_format" => {
            Some("the metrics that CloudWatch made of these lines are made no more")
        }
        _ => None,
    }
}

fn ask_about_destination<'a>(tracker: &mut FieldTracker<'a>, member: &Member<'a>, log: Object<'a>, destination: &str) {
    let id = tracker.question_id("logs", member.name);
    let destination = without_marks(destination);
    let text = format!("`{}` sends its logs to {destination}. Is the platform's log collection enough?", member.name);
    match tracker.ask(id, &text, &["platform"], Some("platform")) {
        Asked::Given(_) => drop_everything(tracker, log, "the destination changes, by a person's answer"),
        Asked::Open(id) => {
            for (_, value) in log.entries().filter(|(_, value)| !crate::field::is_empty(value)) {
                Field(value).asked(tracker, &id);
            }
        }
    }
}

fn ask_about_rules<'a>(tracker: &mut FieldTracker<'a>, member: &Member<'a>, own: &[(String, Vec<Field<'a>>)]) {
    let id = tracker.question_id("logs", member.name);
    let shown: Vec<&str> = own.iter().map(|(text, _)| text.as_str()).collect();
    let text = format!(
        "The log router `{}` is left out: the platform collects what containers write to standard output, and no more. This \
         one has rules of its own: {}. Are they needed no more?",
        member.name,
        without_marks(&shown.join("; "))
    );
    let answer = tracker.ask(id, &text, &["not-needed"], Some("not-needed"));
    for field in own.iter().flat_map(|(_, fields)| fields) {
        match &answer {
            Asked::Given(_) => field.dropped(tracker, "log-router"),
            Asked::Open(id) => field.asked(tracker, id),
        }
    }
}

fn drop_everything<'a>(tracker: &mut FieldTracker<'a>, log: Object<'a>, note: &'static str) {
    for (_, value) in log.entries().filter(|(_, value)| !crate::field::is_empty(value)) {
        if note.is_empty() {
            Field(value).dropped(tracker, "platform-logs");
        } else {
            Field(value).dropped_because(tracker, "platform-logs", note);
        }
    }
}
