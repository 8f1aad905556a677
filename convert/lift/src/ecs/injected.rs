//! What ECS gives to a container and the cluster does not: where it asks about its task, and for its role's keys.

use super::environment::AGENT;
use super::kind::Plan;
use super::members::Member;
use super::region::{self, VARIABLES};
use crate::field::Field;
use crate::tracker::{Asked, FieldTracker};
use serde_json::Value;
use std::collections::BTreeSet;

/// What tells that a container asks ECS, or is told that it runs there (ECS developer guide, "task metadata endpoint" and
/// "task IAM role"; the instance's own answers, which pods do not get, by both addresses and by the name that Amazon's DNS has for
/// them; the instance itself as its containers on Docker's bridge call it, for agents that stand there), the last one that it finds
/// there what it routes to (Traefik's provider for ECS).
const SIGNS: &[&str] = &[
    "169.254.169.254",
    "fd00:ec2::254",
    INSTANCE_DATA,
    "172.17.0.1",
    "host.docker.internal",
    "AWS_EXECUTION_ENV",
    "ECS_CONTAINER_METADATA_URI",
    "AWS_CONTAINER_CREDENTIALS_",
    "ECS_FARGATE",
    "ECS_AGENT_URI",
    "169.254.170.2/",
    "providers.ecs",
    // Agents that are set up for ECS by a file of their image, and Consul's.
    "/etc/ecs/",
    "consul-ecs",
    "nri-ecs",
    // What asks the task's endpoint, or ECS, about itself and its like: receivers of OpenTelemetry (`aws-otel-collector`), Telegraf's and
    // Vector's inputs, Elastic's module; and programs that read the instance's own answers.
    "awsecscontainermetrics",
    "ecs_observer",
    "inputs.ecs",
    "aws_ecs_metrics",
    "awsfargate",
    "ec2-metadata",
    "ec2metadata",
    // How members of a cluster find each other by what ECS says of their tasks: Hazelcast, Akka and Pekko, JGroups.
    "-Dhazelcast.aws",
    "aws-api-ecs",
    "ECS_PING",
];

/// The name of the instance's own answers (Amazon EC2 User Guide, "Access instance metadata"): a word that people use for other things
/// as well, so it counts only where a host stands.
const INSTANCE_DATA: &str = "instance-data";

/// Images that are made for ECS: New Relic's, Consul's and Sysdig's agents, Prometheus' exporter of what ECS says of a task and its discovery
/// of tasks, what fetches a task's files, and ECS' own agents.
const IMAGES: [&str; 8] = [
    "consul-ecs",
    "nri-ecs",
    "ecs-exporter",
    "ecs-files-composer",
    "prometheus-ecs-discovery",
    "sysdig/workload-agent",
    "amazon-ecs-agent",
    "amazon-ecs-service-connect-agent",
];

/// The beginnings of variables by which a program is set up for ECS, each with what it is to find there: Traefik's provider, and
/// Hazelcast's members.
const SET_UP: [(&str, &str); 2] =
    [("TRAEFIK_PROVIDERS_ECS", "providers.ecs"), ("HZ_NETWORK_JOIN_AWS", "HZ_NETWORK_JOIN_AWS")];

/// Asks, for each container, whether it can do without all of it; it does not start before somebody said so.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, member: &Member<'a>) {
    let definition = member.definition;
    let check = definition.object("healthCheck");
    let words = || {
        let words = ["entryPoint", "command"].into_iter().flat_map(|name| definition.list(name));
        words.chain(check.into_iter().flat_map(|check| check.list("command")))
    };
    let variables: Vec<(&'a Value, &'a Value)> = definition
        .objects("environment")
        .filter_map(|variable| Some((variable.raw("name")?.0, variable.raw("value")?.0)))
        .collect();
    let is_told = region::told(tracker, plan).is_some();
    let mut found: Vec<(&'static str, &'a Value)> = Vec::new();
    for value in words().chain(variables.iter().map(|(_, value)| *value)) {
        let text = value.as_str().unwrap_or("");
        found.extend(SIGNS.iter().filter(|sign| speaks_of(text, sign)).map(|sign| (*sign, value)));
    }
    if let Some(image) = definition.field("image") {
        let text = image.0.as_str().unwrap_or("");
        found.extend(IMAGES.into_iter().filter(|sign| speaks_of(text, sign)).map(|sign| (sign, image.0)));
    }
    for (name, value) in variables {
        let name = name.as_str().unwrap_or("");
        if name == "ECS_FARGATE" && value.as_str() != Some("false") {
            found.push(("ECS_FARGATE", value));
        }
        // A setting of Traefik's provider switches it on, whatever it says.
        let is_off = value.as_str() == Some("false") && !name.starts_with("TRAEFIK_");
        let set_up = SET_UP.iter().filter(|(begin, _)| name.starts_with(begin) && !is_off);
        found.extend(set_up.map(|(_, sign)| (*sign, value)));
        // Somebody sets by hand what the agent sets: then something reads it.
        found.extend(AGENT.into_iter().find(|known| *known == name).map(|known| (known, value)));
    }
    // Fargate's agent says in which region it is; where it is known, the container is told it.
    for sign in VARIABLES.into_iter().filter(|_| !is_told) {
        let is_set = definition.objects("environment").any(|variable| variable.peek("name") == Some(sign));
        let spoken = words().filter(|value| !is_set && value.as_str().is_some_and(|text| speaks_of(text, sign)));
        found.extend(spoken.map(|value| (sign, value)));
    }
    // A name that begins with another sign is one with it.
    let signs: BTreeSet<&str> = found.iter().map(|(sign, _)| *sign).collect();
    let longest = |sign: &&str| !signs.iter().any(|other| other != sign && sign.starts_with(other));
    let named: Vec<String> = signs.iter().copied().filter(longest).map(|sign| format!("`{sign}`")).collect();
    if named.is_empty() {
        return;
    }
    let shown = crate::marks::without_marks(member.name);
    let id = tracker.question_id("ecs-endpoint", &shown);
    let text = format!(
        "`{shown}` speaks of {}, which ECS or its instances give to tasks and the cluster does not. Does it work without?",
        named.join(", ")
    );
    if let Asked::Open(id) = tracker.ask(id, &text, &["without"], None) {
        tracker.hold("one of its containers asks ECS for what the cluster does not have");
        for (_, value) in found {
            Field(value).asked(tracker, &id);
        }
    }
}

/// Whether a text holds a sign as a word of its own, or the beginning of one: `AWS_ECS_FARGATE` is another word than
/// `ECS_FARGATE`. An address is written in letters of either case.
fn speaks_of(text: &str, sign: &str) -> bool {
    if sign == INSTANCE_DATA {
        return names_instance_data(text);
    }
    const WHOLE: [&str; 6] =
        ["ECS_FARGATE", "AWS_REGION", "AWS_DEFAULT_REGION", "169.254.169.254", "172.17.0.1", "fd00:ec2::254"];
    let of_word = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let small = text.to_ascii_lowercase();
    let text = if sign.starts_with("fd00:") { small.as_str() } else { text };
    let bytes = text.as_bytes();
    let whole = WHOLE.contains(&sign);
    let found = text.match_indices(sign).any(|(at, _)| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        !(of_word(before) || whole && of_word(bytes.get(at + sign.len())))
    });
    found || sign == "169.254.170.2/" && text.ends_with("169.254.170.2")
}

/// Whether a text names the host `instance-data`, alone, with a path or a port, or below the domain of a network
/// (`instance-data.ec2.internal`, `instance-data.eu-west-1.compute.internal`); not `s3://instance-data`, nor a file or a part of a name.
fn names_instance_data(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.match_indices(INSTANCE_DATA).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + INSTANCE_DATA.len()..]);
        let begins = before.is_empty()
            || ["http://", "https://", "@"].iter().any(|begin| before.ends_with(begin))
            || before.ends_with(|c: char| c.is_whitespace() || "\"'=(,`".contains(c));
        let host = after.split(|c: char| !(c.is_ascii_alphanumeric() || "-._".contains(c))).next().unwrap_or("");
        let ends = host.is_empty()
            || host == ".ec2.internal"
            || (host.starts_with('.') && host.ends_with(".compute.internal"));
        begins && ends
    })
}
