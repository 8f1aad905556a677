//! What a schedule changes in the task that it runs: the `Input` of its target, RunTask's `overrides` as JSON in a text,
//! or the whole request of RunTask where the schedule calls it by itself.

use super::input::{NAMELESS, Refused, THE_REST, ask, carried, container_name, left_open, question, text_of};
use super::kind::Plan;
use super::members::{ContainerRole, Member};
use crate::field::Field;
use crate::marks::is_clean;
use crate::plconfig::{Component, Container, PlConfig, Resources, Use, UseKind};
use crate::quantity;
use crate::tracker::FieldTracker;
use caravan_inventory::{QuestionId, Redacted};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Overrides on their way: all of them are taken, or none.
struct Run<'r, 'p, 'a> {
    tracker: &'r mut FieldTracker<'a>,
    plan: &'r Plan<'p, 'a>,
    component: Component,
    role: Option<String>,
    /// The sizes that containers get, by their names.
    sizes: BTreeMap<String, BTreeMap<&'static str, u64>>,
    /// Fields of the task definition that no longer decide anything.
    overridden: Vec<Field<'a>>,
    /// Variables that hold a secret, each with its container: their places are asked for once nothing is lost.
    secrets: Vec<(&'r Member<'a>, String)>,
    /// What can't be carried over, in words that name it.
    lost: Vec<String>,
    taken: Taken,
}

/// What can't be carried over of one thing, in words that name it; nothing when all of it can.
type Understood = Result<(), String>;

/// How the context attributes begin that EventBridge Scheduler fills in as it starts something (its user guide, "Adding
/// context attributes").
const FILLED_IN: &str = "<aws.scheduler.";

/// Overrides that were taken into a component.
#[derive(Default)]
pub(super) struct Taken {
    /// What is not the same; nothing where all of it is.
    changed: BTreeSet<&'static str>,
    /// The question that is open about one of its values.
    open: Option<QuestionId>,
}

impl Taken {
    /// Gives the field that the overrides came from its verdict; `besides` is what is not the same in it otherwise.
    pub(super) fn account<'a>(
        mut self,
        tracker: &mut FieldTracker<'a>,
        field: Field<'a>,
        target: String,
        besides: Option<&'static str>,
    ) {
        self.changed.extend(besides);
        let notes: Vec<&str> = self.changed.into_iter().collect();
        match self.open {
            Some(id) => field.asked(tracker, &id),
            None if notes.is_empty() => field.exact(tracker, target),
            None => field.approximated(tracker, target, notes.join("; ")),
        }
    }
}

/// The parts of a container that can be overridden, borrowed from where it stands.
struct Slot<'c> {
    args: &'c mut Option<Vec<String>>,
    env: &'c mut BTreeMap<String, String>,
    secrets: &'c mut BTreeMap<String, String>,
    resources: &'c mut Option<Resources>,
}

pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    field: Field<'a>,
    config: &mut PlConfig,
    component: &mut Component,
) {
    let parsed = field.0.as_str().and_then(|text| serde_json::from_str::<Map<String, Value>>(text).ok());
    let Some(overrides) = parsed else {
        return ask(tracker, field, &Refused { lost: vec!["what it is given".to_owned()], rest: Vec::new() });
    };
    if overrides.is_empty() {
        return field.dropped(tracker, "default");
    }
    match take(tracker, plan, (&overrides, &[]), Vec::new(), config, component) {
        Ok(taken) => taken.account(tracker, field, plan.at(""), None),
        Err(refused) => ask(tracker, field, &refused),
    }
}

/// Takes all of the overrides of a task into the component, or none of them: none where something of what stands around
/// them is `lost` already. `around` is what stands around them and can be carried over. By a person's answer, what can be
/// carried over is taken without what can't.
///
/// # Errors
/// All that can't be carried over, and what can, for a question.
pub(super) fn take<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    (overrides, around): (&Map<String, Value>, &[String]),
    lost: Vec<String>,
    config: &mut PlConfig,
    component: &mut Component,
) -> Result<Taken, Refused> {
    let mut run = Run {
        tracker,
        plan,
        component: component.clone(),
        role: None,
        sizes: BTreeMap::new(),
        overridden: Vec::new(),
        secrets: Vec::new(),
        lost,
        taken: Taken::default(),
    };
    // A size of the task is what its containers leave of it: they come first.
    let (sizes, others): (Vec<_>, Vec<_>) =
        overrides.iter().partition(|(name, _)| matches!(name.as_str(), "cpu" | "memory"));
    for (name, value) in others.into_iter().chain(sizes) {
        let understood = run.task(name, value);
        run.lost.extend(understood.err());
    }
    if !run.lost.is_empty() {
        let rest: Vec<String> = around.iter().cloned().chain(carried(overrides, &run.lost)).collect();
        if rest.is_empty() || run.tracker.source.decisions.answer(&question(run.tracker)) != Some(THE_REST) {
            return Err(Refused { lost: run.lost, rest });
        }
        run.differs("what of it can't be carried over is left out by a person's answer");
    }
    run.ask_for_secrets();
    let Run { component: changed, role, overridden, taken, .. } = run;
    *component = changed;
    if let Some(name) = role {
        let role = Use { kind: UseKind::Iam, name, access: Vec::new(), env: None };
        config.uses.insert("role".to_owned(), role);
    }
    for old in overridden {
        old.dropped_because(tracker, "overridden", "its schedule says otherwise");
    }
    Ok(taken)
}

impl<'r, 'a> Run<'r, '_, 'a> {
    /// One override of the task.
    fn task(&mut self, name: &str, value: &Value) -> Understood {
        match (name, value) {
            ("containerOverrides", Value::Array(list)) => {
                list.iter().for_each(|container| self.container(container));
                Ok(())
            }
            ("taskRoleArn", Value::String(role)) if self.filled_in(role).is_some() => {
                Err(format!("`taskRoleArn` ({})", self.filled_in(role).unwrap_or_default()))
            }
            ("taskRoleArn", Value::String(role)) if is_clean(role) => {
                self.role = Some(role.clone());
                self.differs("the same role, once its trust policy lets the cluster's pods assume it");
                self.no_longer(self.plan.facts.task.and_then(|task| task.field("taskRoleArn")));
                Ok(())
            }
            (_, value) if crate::field::is_empty(value) => Ok(()),
            ("executionRoleArn", _) => {
                self.differs("an execution role is not needed");
                Ok(())
            }
            ("cpu", value) => self.task_size("cpu", quantity::cpu_units(&text_of(value))),
            ("memory", value) => self.task_size("memory", quantity::mebibytes(&text_of(value))),
            ("ephemeralStorage", value) => {
                let size = value.get("sizeInGiB").and_then(crate::field::number);
                let size = size.ok_or("`ephemeralStorage`, whose size can't be read")?;
                self.differs("disk is asked for, and is no limit");
                self.component.resources.get_or_insert_default().disk = Some(format!("{size}Gi"));
                let storage = self.plan.facts.task.and_then(|task| task.object("ephemeralStorage"));
                self.no_longer(storage.and_then(|storage| storage.field("sizeInGiB")));
                Ok(())
            }
            (name, value) => Err(match left_open(value) {
                Some(open) => format!("`{name}` ({open})"),
                None => format!("`{name}`"),
            }),
        }
    }

    fn container(&mut self, value: &Value) {
        let Some(wanted) = value.as_object() else {
            self.lost.push("an override that is no object".to_owned());
            return;
        };
        let plan = self.plan;
        let name = container_name(wanted);
        // Of a task with one container that one is meant, whatever its template calls it.
        let open = wanted.get("name").and_then(left_open).filter(|_| name.is_empty());
        let member = match &open {
            Some(_) => plan.members.only(),
            None => plan.members.named(name),
        };
        let Some(member) = member else {
            let parts: Vec<&str> = wanted.keys().map(String::as_str).filter(|part| *part != "name").collect();
            let parts = parts.join(", ");
            self.lost.push(match open {
                Some(open) => format!("the {parts} of {NAMELESS}: {open}"),
                None => format!("the {parts} of the container `{name}`, which the task does not have"),
            });
            return;
        };
        let name = member.name;
        match member.role {
            ContainerRole::Router => self.differs("what it changes in the log router is left out with it"),
            ContainerRole::LeftOut => {
                self.differs("what it changes in a container that was left out is left out with it")
            }
            ContainerRole::Main | ContainerRole::Sidecar | ContainerRole::Init => {
                for (part, value) in wanted {
                    if let Err(why) = self.part(member, part, value) {
                        self.lost.push(format!("`{part}` of the container `{name}`{why}"));
                    }
                }
            }
        }
    }

    /// One part of a container.
    ///
    /// # Errors
    /// What of it can't be carried over, to be said behind its name; empty where that is the part itself.
    fn part(&mut self, member: &'r Member<'a>, name: &str, value: &Value) -> Understood {
        let understood = match (name, value) {
            ("name", _) | (_, Value::Null) => true,
            // An empty list is none of its own, as in RunTask.
            (_, value) if crate::field::is_empty(value) => true,
            ("command", Value::Array(words)) => {
                if let Some(filled_in) = words.iter().filter_map(Value::as_str).find_map(|word| self.filled_in(word)) {
                    return Err(format!(" ({filled_in})"));
                }
                self.command(member, words)
            }
            ("environment", Value::Array(list)) => {
                let lost: Vec<String> = list.iter().filter_map(|entry| self.variable(member, entry).err()).collect();
                return if lost.is_empty() { Ok(()) } else { Err(format!(" ({})", lost.join(", "))) };
            }
            ("cpu", value) => self.size(member, "cpu", quantity::cpu_units(&text_of(value))),
            ("memory", value) => self.size(member, "memory", quantity::mebibytes(&text_of(value))),
            ("memoryReservation", value) => {
                self.size(member, "memoryReservation", quantity::mebibytes(&text_of(value)))
            }
            _ => false,
        };
        let why = left_open(value).map(|open| format!(" ({open})")).unwrap_or_default();
        if understood { Ok(()) } else { Err(why) }
    }

    /// What of a text Scheduler fills in as it starts the task, which no clock of a cluster does; none where it is meant
    /// as it is. A rule of EventBridge fills in nothing here.
    fn filled_in(&self, text: &str) -> Option<String> {
        let around = self.plan.context.around;
        let from = text.find(FILLED_IN).filter(|_| around.rule.is_none() && around.schedule.is_some())?;
        let shown = text[from..].split_inclusive('>').next().unwrap_or(FILLED_IN);
        Some(format!("Scheduler fills in `{shown}`"))
    }

    fn command(&mut self, member: &Member<'a>, words: &[Value]) -> bool {
        let words: Option<Vec<String>> =
            words.iter().map(|word| word.as_str().filter(|word| is_clean(word)).map(str::to_owned)).collect();
        // Without an entry point the command is what runs, and stands in another place.
        let Some(words) = words.filter(|_| !super::sidecar::has_no_entry(member.definition)) else { return false };
        self.no_longer(member.definition.field("command"));
        slot(&mut self.component, member).is_some_and(|slot| {
            *slot.args = Some(words);
            true
        })
    }

    fn variable(&mut self, member: &'r Member<'a>, entry: &Value) -> Understood {
        let text = |name: &str| entry.get(name).and_then(Value::as_str);
        if let (Some(name), Some(open)) = (text("name"), entry.get("value").and_then(left_open)) {
            return Err(format!("`{name}`: {open}"));
        }
        let (Some(name), Some(value)) = (text("name"), text("value")) else {
            return Err("a variable without a name or a value".to_owned());
        };
        if !is_clean(name) || !crate::text::is_variable(name) {
            return Err(format!("`{name}`, which is no name of a variable"));
        }
        if let Some(filled_in) = self.filled_in(value) {
            return Err(format!("`{name}`: {filled_in}"));
        }
        for list in ["environment", "secrets"] {
            for old in member.definition.objects(list).filter(|old| old.peek("name") == Some(name)) {
                ["name", "value", "valueFrom"].into_iter().for_each(|part| self.no_longer(old.field(part)));
            }
        }
        let Some(slot) = slot(&mut self.component, member) else {
            return Err(format!("`{name}`"));
        };
        slot.env.remove(name);
        slot.secrets.remove(name);
        // The last of several of one name holds.
        self.secrets.retain(|(other, secret)| other.name != member.name || secret != name);
        if Redacted::is_in(value) {
            self.secrets.push((member, name.to_owned()));
        } else {
            slot.env.insert(name.to_owned(), value.to_owned());
        }
        Ok(())
    }

    /// Asks where the secrets of it lie, now that all of it is taken.
    fn ask_for_secrets(&mut self) {
        for (member, name) in std::mem::take(&mut self.secrets) {
            let place = super::secrets::ask_for_place(self.tracker, member, &name);
            self.differs("a secret of it lies in a secret store");
            self.taken.open = self.taken.open.take().or(place.open);
            if let Some(slot) = slot(&mut self.component, member) {
                slot.secrets.insert(name, place.reference);
            }
        }
    }

    /// A size of this run. The hard limit alone is asked for as well, as in a task definition.
    fn size(&mut self, member: &Member<'a>, name: &str, size: Option<u64>) -> bool {
        let (Some(size), Some(slot)) = (size, slot(&mut self.component, member)) else {
            return false;
        };
        let key = if name == "cpu" { "cpu" } else { "memory" };
        if name == "cpu" && size % 128 != 0 {
            self.taken.changed.insert("CPU is rounded up to a thousandth of a processor");
        }
        self.sizes.entry(member.name.to_owned()).or_default().insert(key, size);
        let resources = slot.resources.get_or_insert_default();
        match name {
            "cpu" => resources.cpu = Some(quantity::milli(size)),
            "memory" => {
                resources.memory = Some(quantity::mebi(size));
                resources.memory_limit = None;
            }
            _ => {
                let limit = resources.memory_limit.take().or(resources.memory.take());
                // More than the limit would be refused: then the limit is what is asked for.
                let within = limit.as_deref().and_then(quantity::of_mebi).is_none_or(|limit| size <= limit);
                if !within {
                    self.taken.changed.insert("no more memory is asked for than the limit");
                }
                resources.memory = if within { Some(quantity::mebi(size)) } else { limit.clone() };
                resources.memory_limit = limit;
            }
        }
        let whole = self.plan.facts.task.filter(|_| member.role == ContainerRole::Main);
        let task = whole.and_then(|task| task.field(if name == "cpu" { "cpu" } else { "memory" }));
        self.no_longer(task);
        for field in if name == "cpu" { &["cpu"][..] } else { &["memory", "memoryReservation"] } {
            self.no_longer(member.definition.field(field));
        }
        true
    }

    /// A size of the whole task: the main container asks for what the others leave of it, as in a task definition. Where
    /// it says itself how much memory it has, that holds.
    fn task_size(&mut self, name: &'static str, size: Option<u64>) -> Understood {
        let whole = size.filter(|size| *size > 0).ok_or_else(|| format!("`{name}`, which is no size"))?;
        let (plan, main) = (self.plan, self.plan.members.main());
        self.differs("sizes of the task are asked for and are no limits");
        self.no_longer(plan.facts.task.and_then(|task| task.field(name)));
        let says_itself = self.sizes.get(main.name).is_some_and(|sizes| sizes.contains_key(name))
            || main.definition.peek_u64("memory").is_some_and(|size| size > 0);
        if name == "memory" && says_itself {
            return Ok(());
        }
        let of = |member: &Member<'a>| {
            let changed = self.sizes.get(member.name).and_then(|sizes| sizes.get(name));
            changed.copied().unwrap_or_else(|| super::sizes::asked_for(member, name))
        };
        let others: u64 = plan.members.kept().filter(|member| member.role != ContainerRole::Main).map(of).sum();
        let rest = whole.checked_sub(others).filter(|rest| *rest > 0);
        let rest = rest.ok_or_else(|| format!("`{name}`, which is less than its containers have"))?;
        let resources = self.component.resources.get_or_insert_default();
        if name == "cpu" {
            resources.cpu = Some(quantity::milli(rest));
        } else {
            resources.memory = Some(quantity::mebi(rest));
            resources.memory_limit = Some("none".to_owned());
        }
        self.no_longer(main.definition.field(name));
        Ok(())
    }

    fn differs(&mut self, how: &'static str) {
        self.taken.changed.insert(how);
    }

    fn no_longer(&mut self, field: Option<Field<'a>>) {
        self.overridden.extend(field);
    }
}

fn slot<'c>(component: &'c mut Component, member: &Member<'_>) -> Option<Slot<'c>> {
    fn of(container: &mut Container) -> Slot<'_> {
        Slot {
            args: &mut container.args,
            env: &mut container.env,
            secrets: &mut container.secrets,
            resources: &mut container.resources,
        }
    }
    match member.role {
        ContainerRole::Main => Some(Slot {
            args: &mut component.args,
            env: &mut component.env,
            secrets: &mut component.secrets,
            resources: &mut component.resources,
        }),
        ContainerRole::Sidecar => component.sidecars.get_mut(&member.key).map(of),
        ContainerRole::Init => {
            component.init.iter_mut().find(|init| init.name == member.key).map(|init| of(&mut init.container))
        }
        ContainerRole::Router | ContainerRole::LeftOut => None,
    }
}
