//! From what a container was started with to what it is in a pod: one arm for each option.

mod environment;
mod limits;
mod process;

use super::account::Place;
use super::docker::{Key, Setting, Started};
use super::files::Files;
use super::pods::{Member, Pod};
use super::startup::Word;
use super::{network, volume};
use crate::context::Context;
use crate::marks::is_clean;
use crate::plconfig::{Capabilities, Component, Container};
use crate::tracker::{Asked, FieldTracker, push_step};

/// As Docker reads sizes.
pub(super) use environment::lines;
pub(super) use limits::bytes;

/// What the rules for one container need to know.
pub(super) struct Plan<'p, 'a> {
    pub(super) context: &'p Context<'p, 'a>,
    pub(super) pod: &'p Pod<'p, 'a>,
    pub(super) member: &'p Member<'p, 'a>,
    /// The files that the user data writes.
    pub(super) files: &'p Files<'a>,
}

impl<'a> Plan<'_, 'a> {
    /// Whether it is the container that traffic reaches.
    pub(super) fn is_main(&self) -> bool {
        std::ptr::eq(self.member, &raw const self.pod.members[0])
    }

    /// A place in what the container becomes, as a JSON pointer.
    pub(super) fn inside(&self, rest: &str) -> String {
        if self.is_main() {
            self.context.at(rest)
        } else {
            self.context.at(format!("sidecars/{}/{rest}", self.member.key).trim_end_matches('/'))
        }
    }

    /// The place of one entry of a map in it.
    pub(super) fn entry(&self, map: &str, name: &str) -> String {
        let mut place = self.inside(map);
        push_step(&mut place, name);
        place
    }

    /// A place in the pod.
    pub(super) fn at(&self, rest: &str) -> String {
        self.context.at(rest)
    }

    pub(super) fn started(&self) -> &Started<'a> {
        self.member.started
    }

    /// Where a word stands.
    pub(super) fn place(&self, word: &Word) -> Place<'a> {
        self.started().at.at(word.line)
    }

    /// The text of a word that is known and carries no secret; else what a person says, after a question.
    pub(super) fn known(&self, tracker: &mut FieldTracker<'a>, word: &Word, what: &str) -> Known {
        if let Some(text) = word.text().filter(|text| is_clean(text)) {
            return Known::Said(text);
        }
        let id = tracker.question_id("value", &format!("{}/{what}", self.member.key));
        let shown = word.shown();
        let text = format!(
            "`{what}` of the container `{}` is `{shown}`, which only the machine knows, or holds a secret. What is it here?",
            self.member.key
        );
        match tracker.ask_for(id, &text, &[], None, is_clean) {
            Asked::Given(answer) => {
                let note = format!("{what}, by a person's answer");
                self.place(word).approximated(tracker, self.inside(""), note);
                Known::Answered(answer.to_owned())
            }
            Asked::Open(id) => {
                tracker.hold("a value that only the machine knows is not known");
                self.place(word).asked(tracker, &id, what.to_owned());
                Known::Open
            }
        }
    }
}

/// What is known of a word.
pub(super) enum Known {
    /// It says so itself.
    Said(String),
    /// A person said so; it is accounted for.
    Answered(String),
    /// Nobody; it is accounted for.
    Open,
}

impl Known {
    /// The text, and whether it is still to be accounted for.
    pub(super) fn text(self) -> Option<(String, bool)> {
        match self {
            Self::Said(text) => Some((text, true)),
            Self::Answered(text) => Some((text, false)),
            Self::Open => None,
        }
    }
}

/// Maps one container; what is of the pod goes into the component.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, component: &mut Component) -> Container {
    let mut container = Container {
        user: Some("image".to_owned()),
        writable: Some(true),
        capabilities: Some(Capabilities { default: Some(true), ..Capabilities::default() }),
        ..Container::default()
    };
    process::image(tracker, plan, &mut container);
    for setting in &plan.started().settings {
        one(tracker, plan, setting, &mut container, component);
    }
    process::words(tracker, plan, &mut container);
    limits::sizes(tracker, plan, &mut container);
    container
}

fn one<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    setting: &Setting,
    container: &mut Container,
    component: &mut Component,
) {
    let (word, place) = (&setting.value, plan.place(&setting.value));
    match setting.key {
        Key::Env => environment::variable(tracker, plan, word, container),
        Key::EnvFile => environment::file(tracker, plan, word, container),
        Key::Publish | Key::Expose | Key::PublishAll => network::port(tracker, plan, setting, container, component),
        Key::Network | Key::NetworkAlias | Key::Link => network::network(tracker, plan, setting, component),
        Key::AddHost | Key::Dns | Key::DnsSearch | Key::Hostname => {
            network::names(tracker, plan, setting, component);
        }
        Key::Volume | Key::Mount | Key::Tmpfs | Key::ShmSize => {
            volume::map(tracker, plan, setting, container, component);
        }
        Key::User | Key::Workdir | Key::Tty | Key::Stdin | Key::StopTimeout | Key::Restart | Key::Init => {
            process::map(tracker, plan, setting, container, component);
        }
        // With the words behind the image, and with each other.
        Key::Entrypoint | Key::EntrypointWord => {}
        Key::Memory | Key::MemoryReservation | Key::MemorySwap | Key::Cpus | Key::CpuShares => {}
        Key::ReadOnly | Key::CapAdd | Key::CapDrop | Key::Privileged | Key::Ulimit | Key::Sysctl | Key::Gpus => {
            limits::map(tracker, plan, setting, container, component);
        }
        Key::Label => {
            place.dropped_because(tracker, "docker-label", "a label of the container, which Docker alone has")
        }
        Key::Logging => place.dropped_because(tracker, "platform-logs", "what it writes is collected from its output"),
        Key::HealthCmd
        | Key::HealthInterval
        | Key::HealthTimeout
        | Key::HealthRetries
        | Key::HealthStart
        | Key::NoHealthcheck => {
            let note = "Docker shows what its check says, and does nothing about it";
            place.dropped_because(tracker, "docker-health", note);
        }
        Key::DependsOn => process::after(tracker, plan, word, container),
        Key::OfTheHost => {
            let note = format!("{}: how Docker fetches, names or removes it", word.shown());
            place.dropped_because(tracker, "docker-host", crate::marks::without_marks(&note));
        }
        Key::HostResource => {
            place.blocked(tracker, &format!("`{}` with `{}` needs its own machine", plan.member.key, word.shown()));
        }
        Key::Other => {
            let id = tracker.question_id("docker-option", &format!("{}/{}", plan.member.key, place.detail()));
            let text = format!(
                "The container `{}` runs with `{}`, which has no twin on the platform. Can it do without?",
                plan.member.key,
                word.shown()
            );
            place.ask_to_leave_out(tracker, id, &text, crate::marks::without_marks(&word.shown()));
        }
    }
}
