//! What a container may use, and what it may do to the kernel.

use super::Plan;
use crate::ec2::docker::{Key, Setting};
use crate::ec2::startup::Word;
use crate::plconfig::{Capabilities, Component, Container, Resources, SAFE_SYSCTLS};
use crate::quantity::{mebi, milli};
use crate::tracker::{Asked, FieldTracker};

/// The open files that a node lets a process have (Bottlerocket): as it starts, and at most.
const NODE_FILES: (u64, u64) = (65_536, 1_048_576);

/// Memory and processors, all options of one container together.
pub(super) fn sizes<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, container: &mut Container) {
    let last = |key: Key| plan.started().all(key).last();
    let (limit, soft) = (last(Key::Memory), last(Key::MemoryReservation));
    let (limit_size, soft_size) = (read(tracker, plan, limit), read(tracker, plan, soft));
    let mut needs = container.resources.take().unwrap_or_default();
    match (limit_size, soft_size) {
        (Some(limit_size), soft_size) => {
            let asked = soft_size.map_or(limit_size, |soft| soft.min(limit_size));
            needs.memory = Some(mebi(asked));
            needs.memory_limit = (asked != limit_size).then(|| mebi(limit_size));
            exact(
                tracker,
                plan,
                limit,
                if asked == limit_size { "resources/memory" } else { "resources/memory_limit" },
            );
            exact(tracker, plan, soft, "resources/memory");
        }
        (None, Some(soft_size)) => {
            needs.memory = Some(mebi(soft_size));
            needs.memory_limit = Some("none".to_owned());
            exact(tracker, plan, soft, "resources/memory");
        }
        (None, None) => ask_for_memory(tracker, plan, &mut needs),
    }
    for swap in plan.started().all(Key::MemorySwap) {
        plan.place(swap).dropped_because(tracker, "no-swap", "the nodes have no swap");
    }
    let (cpus, shares) = (last(Key::Cpus), last(Key::CpuShares));
    let number = |word: Option<&Word>| word.and_then(Word::text).and_then(|text| text.trim().parse::<f64>().ok());
    let units = number(cpus).map(|cpus| cpus * 1024.0).or_else(|| number(shares));
    if let Some(units) = units.filter(|units| (1.0..1e6).contains(units)) {
        needs.cpu = Some(milli(units.round() as u64));
    }
    for word in plan.started().all(Key::Cpus).chain(plan.started().all(Key::CpuShares)) {
        if needs.cpu.is_some() {
            plan.place(word).approximated(tracker, plan.inside("resources/cpu"), "asked for, but not a limit");
        } else {
            plan.place(word).blocked(tracker, &format!("`{}` is no number of processors", word.shown()));
        }
    }
    container.resources = Some(needs).filter(|needs| *needs != Resources::default());
}

fn exact<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, word: Option<&Word>, to: &'static str) {
    if let Some(word) = word {
        plan.place(word).exact(tracker, plan.inside(to), to);
    }
}

/// MiB of `512m`, `1g`, `1073741824`; what can't be read is a blocker.
fn read<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, word: Option<&Word>) -> Option<u64> {
    let word = word?;
    let size = word.text().and_then(|text| bytes(&text)).map(|bytes| bytes.div_ceil(1 << 20)).filter(|size| *size > 0);
    if size.is_none() {
        plan.place(word).blocked(tracker, &format!("`{}` is no size of memory", word.shown()));
    }
    size
}

/// As Docker reads sizes: a number with `b`, `k`, `m` or `g`, each 1,024 of the one before.
pub(in crate::ec2) fn bytes(text: &str) -> Option<u64> {
    let lower = text.trim().to_ascii_lowercase();
    let digits = lower.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor: u64 = match &lower[digits.len()..] {
        "" | "b" => 1,
        "k" | "kb" | "ki" | "kib" => 1 << 10,
        "m" | "mb" | "mi" | "mib" => 1 << 20,
        "g" | "gb" | "gi" | "gib" => 1 << 30,
        _ => return None,
    };
    let number: f64 = digits.parse().ok()?;
    let bytes = number * factor as f64;
    (bytes.is_finite() && (0.0..1e15).contains(&bytes)).then_some(bytes as u64)
}

/// It had the whole machine: what it needs of a node nobody said. Until then it asks for nothing, and has no limit, as before.
fn ask_for_memory<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, needs: &mut Resources) {
    needs.memory_limit = Some("none".to_owned());
    let id = tracker.question_id("memory", &plan.member.key);
    let text = format!(
        "The container `{}` had its machine's memory without a bound. How much should it ask for, such as 512Mi, or nothing (`none`)?",
        plan.member.key
    );
    let usable = |answer: &str| answer == "none" || crate::plconfig::is_quantity(answer);
    if let Asked::Given(answer) = tracker.ask_for(id, &text, &[], Some("none"), usable)
        && answer != "none"
    {
        needs.memory = Some(answer.to_owned());
    }
}

pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    setting: &Setting,
    container: &mut Container,
    component: &mut Component,
) {
    let (word, place) = (&setting.value, plan.place(&setting.value));
    let text = word.text().unwrap_or_default();
    match setting.key {
        Key::ReadOnly => {
            container.writable = Some(text == "false");
            place.exact(tracker, plan.inside("writable"), "read-only");
        }
        Key::CapAdd | Key::CapDrop => capability(tracker, plan, setting, container),
        Key::Privileged if text == "false" => place.dropped_because(tracker, "default", "not privileged"),
        Key::Privileged => place.blocked(tracker, &format!("`{}` is privileged", plan.member.key)),
        Key::Ulimit => ulimit(tracker, plan, word),
        Key::Sysctl => {
            let (name, value) = text.split_once('=').unwrap_or((text.as_str(), ""));
            if !SAFE_SYSCTLS.contains(&name) || value.is_empty() {
                return place
                    .blocked(tracker, &format!("the kernel parameter `{}` needs the node's leave", word.shown()));
            }
            if component.sysctls.get(name).is_some_and(|other| other != value) {
                return place
                    .blocked(tracker, &format!("its containers set `{name}` to different values, and a pod has one"));
            }
            component.sysctls.insert(name.to_owned(), value.to_owned());
            place.approximated(tracker, plan.at(&format!("sysctls/{name}")), "all containers of the pod have it");
        }
        _ => {
            let Ok(count) = text.parse::<u32>() else {
                return place.blocked(tracker, &format!("`--gpus {}`: how many it needs is no number", word.shown()));
            };
            container.resources.get_or_insert_default().gpu = Some(count);
            place.exact(tracker, plan.inside("resources/gpu"), "gpus");
        }
    }
}

fn capability<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, setting: &Setting, container: &mut Container) {
    let (word, place) = (&setting.value, plan.place(&setting.value));
    let shown = word.shown().to_ascii_uppercase();
    let name = shown.strip_prefix("CAP_").unwrap_or(&shown).to_owned();
    let set = container.capabilities.get_or_insert_default();
    if setting.key == Key::CapDrop {
        set.drop.push(name.clone());
        return place.exact(tracker, plan.inside("capabilities/drop"), name);
    }
    if Capabilities::BASELINE.contains(&name.as_str()) {
        set.add.push(name.clone());
        return place.exact(tracker, plan.inside("capabilities/add"), name);
    }
    let id = tracker.question_id("capability", &format!("{}/{name}", plan.member.key));
    let text = format!("`{}` wants the capability {name}, which the teams' jails forbid. Keep it?", plan.member.key);
    match tracker.ask(id, &text, &["keep", "drop"], Some("keep")) {
        Asked::Given("drop") => place.dropped_because(tracker, "capability-by-answer", name),
        Asked::Given(_) => {
            set.add.push(name.clone());
            place.exact(tracker, plan.inside("capabilities/add"), name);
        }
        Asked::Open(id) => {
            set.add.push(name.clone());
            place.asked(tracker, &id, name);
        }
    }
}

/// Kubernetes has no limits of this kind (kubernetes/kubernetes#3595): the node's own hold.
fn ulimit<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, word: &Word) {
    let place = plan.place(word);
    let text = word.shown();
    let (name, range) = text.split_once('=').unwrap_or((&text, ""));
    let (soft, hard) = range.split_once(':').unwrap_or((range, range));
    let number = |text: &str| text.parse::<u64>().unwrap_or(u64::MAX);
    if name == "nofile" && (NODE_FILES.0 - 1..=NODE_FILES.0).contains(&number(soft)) && number(hard) <= NODE_FILES.1 {
        return place.dropped_because(tracker, "node-limits", "the node gives 65,536 open files, at most 1,048,576");
    }
    let id = tracker.question_id("ulimit", &format!("{}/{name}", plan.member.key));
    let text = format!(
        "`{}` sets the limit `{text}`, which only the node can set (65,536 open files, and at most 1,048,576). Is the node's \
         right for it?",
        plan.member.key
    );
    match tracker.ask(id, &text, &["enough"], Some("enough")) {
        Asked::Given(_) => place.dropped_because(tracker, "node-limits", "by a person's answer"),
        Asked::Open(id) => place.asked(tracker, &id, format!("ulimit {name}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_docker_reads_them() {
        for text in ["512m", "512MB", "0.5g", "536870912", "524288k"] {
            assert_eq!(bytes(text), Some(512 << 20), "{text}");
        }
        for text in ["", "m", "-1m", "1t", "x"] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }
}
