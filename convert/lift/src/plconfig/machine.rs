//! `machine`: what a machine had on its disk, as the image of the processes that ran there.

use super::checked::{Checked, ensure};
use super::component::{Component, ComponentType};
use super::file::PlConfig;
use super::syntax::{is_path, is_token};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a base installs packages with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Installer {
    /// Debian and Ubuntu.
    Apt,
    /// Amazon Linux 2023, Fedora and their like.
    Dnf,
    /// Amazon Linux 2.
    Yum,
}

/// The images that stand for a machine's system, by their names on Docker's own list, and what each installs with.
pub const MACHINE_BASES: [(&str, Installer); 8] = [
    ("amazonlinux:2", Installer::Yum),
    ("amazonlinux:2023", Installer::Dnf),
    ("debian:11", Installer::Apt),
    ("debian:12", Installer::Apt),
    ("debian:13", Installer::Apt),
    ("ubuntu:20.04", Installer::Apt),
    ("ubuntu:22.04", Installer::Apt),
    ("ubuntu:24.04", Installer::Apt),
];

/// What a machine had on its disk. The image of every component that names none is built from a context that is emitted
/// beside the manifests: the base, and each step on top of it. `args` of such a component are the process.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// The system's own image: one of those that are known.
    pub base: String,
    /// What was put on top of it, in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<MachineStep>,
}

/// One thing that was put on top: exactly one of these.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct MachineStep {
    /// Packages of the system, by their names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<String>,
    /// A user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<MachineUser>,
    /// A file with its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<MachineFile>,
    /// A file from elsewhere, which the pipeline fetches before it builds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fetch: Option<MachineFetch>,
    /// A program that is run while the image is built, as root: its words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub run: Vec<String>,
}

/// A user of the image, with a group of the same name and number.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MachineUser {
    /// Its name.
    pub name: String,
    /// Its number.
    pub uid: u32,
    /// Its home, which is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<String>,
}

/// A file of the image. `${secret:NAME}` in its text stands for the value of the app's secret NAME, and is filled in from the
/// environment when a container starts: no value is in the image.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MachineFile {
    /// Where it lies.
    pub path: String,
    /// Its text.
    pub content: String,
    /// Who may do what with it, in octal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// The number of the user that owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<u32>,
}

/// A file from elsewhere.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MachineFetch {
    /// Where it is: `s3://bucket/key`, or an address with `https://`.
    pub from: String,
    /// Where it lies in the image.
    pub to: String,
    /// Its SHA-256 in hexadecimal digits: another one ends the build. Without it whatever is there is taken, as the machine did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

impl MachineFile {
    /// The names of the secrets in its text, in their order, each once.
    #[must_use]
    pub fn secrets(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for part in self.content.split("${secret:").skip(1) {
            if let Some((name, _)) = part.split_once('}')
                && !names.contains(&name)
            {
                names.push(name);
            }
        }
        names
    }
}

/// Whether a component's image is that of the app's machine.
#[must_use]
pub fn runs_machine(config: &PlConfig, component: &Component) -> bool {
    config.machine.is_some()
        && config.image.is_none()
        && component.image.is_none()
        && component.trigger.is_none()
        && component.kind != ComponentType::Routes
}

/// What holds of it.
pub(super) fn app(config: &PlConfig) -> Checked {
    let Some(machine) = &config.machine else { return Ok(()) };
    let mut used = config.components.values();
    let used = used.any(|component| {
        runs_machine(config, component)
            || config.image.is_none() && component.sidecars.values().any(|sidecar| sidecar.image.is_none())
    });
    ensure(used, "machine", "has no effect: every component names an image")?;
    ensure(config.function.is_none() && config.worker.is_none(), "machine", "stands beside a `function` or `worker`")?;
    let known = MACHINE_BASES.iter().any(|(base, _)| *base == machine.base);
    ensure(known, "machine.base", "is none of the systems that are known")?;
    for (at, step) in machine.steps.iter().enumerate() {
        self::step(&format!("machine.steps.{at}"), step, config)?;
    }
    Ok(())
}

fn step(at: &str, step: &MachineStep, config: &PlConfig) -> Checked {
    let place = |rest: &str| format!("{at}.{rest}");
    let said = [
        !step.packages.is_empty(),
        step.user.is_some(),
        step.file.is_some(),
        step.fetch.is_some(),
        !step.run.is_empty(),
    ];
    let one = said.iter().filter(|said| **said).count() == 1;
    ensure(one, at, "is exactly one of `packages`, `user`, `file`, `fetch` and `run`")?;
    ensure(
        step.packages.iter().all(|name| is_package(name)),
        &place("packages"),
        "have one that is no name of a package",
    )?;
    if let Some(user) = &step.user {
        ensure(is_user_name(&user.name), &place("user.name"), "is no name of a user")?;
        ensure(user.uid > 0 && i32::try_from(user.uid).is_ok(), &place("user.uid"), "is no number of a user but root")?;
        ensure(user.home.as_deref().is_none_or(is_home), &place("user.home"), "is no absolute path")?;
    }
    if let Some(file) = &step.file {
        ensure(is_plain_path(&file.path), &place("file.path"), "is no absolute path")?;
        let mode = |mode: &String| matches!(mode.len(), 3 | 4) && mode.bytes().all(|b| matches!(b, b'0'..=b'7'));
        ensure(file.mode.as_ref().is_none_or(mode), &place("file.mode"), "is no mode such as 0644")?;
        for name in file.secrets() {
            let known = config.secrets.contains_key(name) && is_shell_name(name);
            ensure(known, &place("file.content"), &format!("wants the secret `{name}`, which is not among the app's"))?;
        }
    }
    if let Some(fetch) = &step.fetch {
        let known = ["s3://", "https://"]
            .iter()
            .any(|scheme| fetch.from.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
        let plain = known && fetch.from.bytes().all(|b| b.is_ascii_graphic());
        ensure(plain, &place("fetch.from"), "is neither s3://… nor https://…")?;
        ensure(is_plain_path(&fetch.to), &place("fetch.to"), "is no absolute path")?;
        let hash = |hash: &String| hash.len() == 64 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        ensure(
            fetch.sha256.as_ref().is_none_or(hash),
            &place("fetch.sha256"),
            "is no SHA-256 in small hexadecimal digits",
        )?;
    }
    Ok(())
}

/// A path of a file in a context and in a Dockerfile: nothing in it is more than a name.
pub(crate) fn is_plain_path(path: &str) -> bool {
    let legal = |b: u8| b.is_ascii_alphanumeric() || b"/._-+@:,=~".contains(&b);
    let steps = || path.split('/').skip(1);
    is_path(path) && path.len() > 1 && path.bytes().all(legal) && steps().all(|step| !matches!(step, "" | "." | ".."))
}

/// A path that can stand in a line of `/etc/passwd`.
pub(crate) fn is_home(path: &str) -> bool {
    is_plain_path(path) && !path.contains(':')
}

/// A name as the installers take it, perhaps with a version.
pub(crate) fn is_package(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-._:=~@".contains(&b))
}

/// A name as `useradd` takes it.
pub(crate) fn is_user_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.len() <= 32
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b))
}

/// A name that the shell of the entry step can read.
pub(crate) fn is_shell_name(name: &str) -> bool {
    is_token(name)
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
