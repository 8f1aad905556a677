//! What a statement means for what is to become of the machine.

use super::startup::{Command, Statement, What, Word};
use crate::host_verdict::Verdict;

mod packages;
mod programs;

pub(super) use packages::is_agent;
pub(super) use programs::is_everywhere;

/// What a statement means.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Meaning {
    /// It makes the machine ready to run containers, and is the nodes' work now. The rule.
    Node(&'static str),
    /// It runs a container: the words behind `run`.
    Container(Vec<Word>, bool),
    /// It starts what a Compose file says: the words behind `compose`.
    Compose(Vec<Word>),
    /// It decides what is to become of the machine.
    Sign(Verdict, &'static str),
    /// It runs something that is no container, so far.
    Service(String),
    /// It changes what lies on the machine's disk, and nothing else.
    Disk,
    /// A file.
    File,
    /// Nothing is known of it.
    Unknown,
}

impl Meaning {
    /// What a statement means. A condition does not matter to what only makes the machine ready.
    pub(super) fn of(statement: &Statement) -> Self {
        let meaning = match &statement.what {
            What::Run(commands) => programs::pipeline(commands),
            What::Write(written) => programs::file(&written.path.shown()),
            What::Package(name) => packages::package(&name.shown()),
            What::Setting(key) => setting(key),
            What::Assign(_) => Self::Node("shell-variable"),
            What::Node("EKS") => Self::Sign(Verdict::Retire, "a node of EKS: Karpenter buys the platform's nodes"),
            What::Node("ECS") => Self::Sign(Verdict::Retire, packages::ECS),
            What::Node("Windows") => Self::Sign(Verdict::Rehost, "it starts with a script of Windows"),
            What::Node(_) | What::Include(_) => Self::Unknown,
            What::Unread(_, text) => unread(text),
        };
        match meaning {
            Self::Container(..) | Self::Compose(_) | Self::Disk if statement.conditional => Self::Unknown,
            other => other,
        }
    }
}

fn setting(key: &str) -> Meaning {
    match key {
        "users"
        | "groups"
        | "ssh"
        | "ssh_authorized_keys"
        | "ssh_pwauth"
        | "ssh_deletekeys"
        | "no_ssh_fingerprints"
        | "disable_root"
        | "disable_root_opts"
        | "ssh_import_id"
        | "ssh_keys"
        | "user"
        | "chpasswd"
        | "password" => Meaning::Node("host-access"),
        "swap" => Meaning::Node("no-swap"),
        _ => Meaning::Node("host-setup"),
    }
}

/// What cloud-init's own modules tell, by the key that stands at the beginning.
fn unread(text: &str) -> Meaning {
    match text.split(':').next() {
        Some("wireguard") => Meaning::Sign(Verdict::Keep, "an end of a VPN: others have its address and its key"),
        Some("drivers") => Meaning::Sign(Verdict::Rehost, packages::KERNEL),
        Some("lxd") => Meaning::Sign(Verdict::Rehost, "it runs machines of LXD"),
        _ => Meaning::Unknown,
    }
}

/// The meaning of several things at once: what decides most.
fn gravest(meanings: impl Iterator<Item = Meaning>) -> Meaning {
    let weight = |meaning: &Meaning| match meaning {
        Meaning::Node(_) => 0,
        Meaning::File | Meaning::Disk => 1,
        Meaning::Container(..) | Meaning::Compose(_) => 2,
        Meaning::Service(_) => 3,
        Meaning::Unknown => 4,
        Meaning::Sign(..) => 5,
    };
    // Of several that weigh the same, the first.
    let pick = |one: Meaning, other: Meaning| if weight(&other) > weight(&one) { other } else { one };
    meanings.reduce(pick).unwrap_or(Meaning::Node("host-setup"))
}

/// The words of a command behind the first ones.
fn behind(command: &Command, count: usize) -> Vec<Word> {
    command.own_words().get(count..).unwrap_or_default().to_vec()
}

#[cfg(test)]
mod tests;
