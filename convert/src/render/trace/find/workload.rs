//! Whom containers run as, what drives their number, and the rest of a pod.

use super::network::ports;
use super::places::{in_components, in_containers, places, plconfig};
use super::storage::disks;
use crate::located::push_step;
use crate::provenance::Origin;
use crate::render::app;
use crate::render::trace::field::Field;
use crate::render::trace::line::{Line, component};
use caravan_convert_lift::plconfig::{ComponentType, UseKind};
use serde_json::Value;

/// Whom the containers of a component run as.
pub(in crate::render::trace) fn users(line: &Line<'_>) -> Vec<Origin> {
    let mut found = places(line, &in_containers(line, "user"), |_| true);
    found.extend(line.origin(Field::Setting("user")));
    found
}

/// The group of a pod's volumes: whom the containers run as, and the disks that need it.
pub(in crate::render::trace) fn group(line: &Line<'_>) -> Vec<Origin> {
    [users(line), disks(line)].concat()
}

/// What makes a component need more than the standard `restricted`.
pub(in crate::render::trace) fn security(line: &Line<'_>) -> Vec<Origin> {
    [places(line, &in_containers(line, "capabilities"), |_| true), users(line)].concat()
}

/// A kernel parameter: what is written, else the low ports of containers that do not run as root.
pub(in crate::render::trace) fn sysctl(line: &Line<'_>) -> Vec<Origin> {
    let said = line.all(&[Field::Component("sysctls/{name}")]);
    if said.is_empty() { [ports(line), users(line)].concat() } else { said }
}

/// A line of /etc/hosts, by its address.
pub(in crate::render::trace) fn host_alias(line: &Line<'_>) -> Vec<Origin> {
    let ip = line.text("/ip");
    places(line, &in_components(line, &["hosts/*"]), |value| value.as_str() == ip)
}

/// What drives the number of instances.
pub(in crate::render::trace) fn trigger(line: &Line<'_>) -> Vec<Origin> {
    let Some(base) = line.component() else { return Vec::new() };
    let kind = line.text("/type").unwrap_or_default();
    match kind {
        "aws-sqs-queue" => {
            let alias = line.config.pointer(&format!("{base}/scale/queue/use")).and_then(Value::as_str);
            let mut using = String::from("/uses");
            push_step(&mut using, alias.unwrap_or_default());
            let queue = line.at(&format!("{base}/scale/queue"));
            queue.into_iter().chain(line.at(&using)).collect()
        }
        "prometheus" => line.all(&[
            Field::Component("scale/rps"),
            Field::App("app"),
            Field::App("team"),
            Field::Setting("prometheus"),
            Field::Component("ingress/auth"),
            Field::Setting("namespace_prefix"),
        ]),
        "cron" => {
            let (start, end) = (line.text("/metadata/start"), line.text("/metadata/end"));
            let is_it = |cron: &Value| cron["start"].as_str() == start && cron["end"].as_str() == end;
            places(line, &in_components(line, &["scale/cron/*"]), is_it)
        }
        kind => line.at(&format!("{base}/scale/{kind}")).into_iter().collect(),
    }
}

/// The region of a queue: what its URL says, else the platform's.
pub(in crate::render::trace) fn queue_region(line: &Line<'_>) -> Vec<Origin> {
    let named = line.text("/metadata/queueURL").is_some_and(|url| url.contains("//sqs."));
    let region = if named { None } else { line.origin(Field::Setting("region")) };
    trigger(line).into_iter().chain(region).collect()
}

/// A container: the component, or what stands beside it with its name.
pub(in crate::render::trace) fn container(line: &Line<'_>) -> Vec<Origin> {
    let place = line.container.as_deref().unwrap_or_default();
    line.at(place.strip_suffix("/container").unwrap_or(place)).into_iter().collect()
}

/// The queues that KEDA reads.
pub(in crate::render::trace) fn queues(line: &Line<'_>) -> Vec<Origin> {
    places(line, &["/components/*/scale/queue".to_owned()], |_| true)
}

/// The roles that the app takes over.
pub(in crate::render::trace) fn roles(line: &Line<'_>) -> Vec<Origin> {
    let iam = line.app.config.uses.iter().filter(|(_, using)| using.kind == UseKind::Iam);
    let pointer = |alias: &String| {
        let mut pointer = String::from("/uses");
        push_step(&mut pointer, alias);
        plconfig(pointer)
    };
    iam.map(|(alias, _)| pointer(alias)).collect()
}

/// The components that run once before each deployment.
pub(in crate::render::trace) fn jobs(line: &Line<'_>) -> Vec<Origin> {
    let jobs = line.parts.iter().filter(|part| part.component.kind == ComponentType::Job);
    jobs.map(|part| plconfig(format!("{}/type", component(part.key)))).collect()
}

/// A word for cost reports, by its annotation.
pub(in crate::render::trace) fn tag(line: &Line<'_>) -> Vec<Origin> {
    let key = line.key.replace("~1", "/").replace("~0", "~");
    let tags = line.part.into_iter().flat_map(|part| part.component.tags.keys());
    let name = tags.into_iter().find(|name| app::tag(name) == key);
    let pointer = name.zip(line.component()).map(|(name, base)| {
        let mut pointer = format!("{base}/tags");
        push_step(&mut pointer, name);
        plconfig(pointer)
    });
    pointer.into_iter().collect()
}
