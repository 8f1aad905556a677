//! The context of the image of a machine's processes: its system, what was put on top of it, and an entry step that fills secrets
//! into files from the environment.

use super::block::{Block, block};
use super::shell::{quoted, value};
use caravan_convert_lift::plconfig::{
    Arch, Installer, MACHINE_BASES, Machine, MachineFile, MachineStep, PlConfig, runs_machine,
};
use std::fmt::Write;

/// Where files lie in the context, at their own paths below.
pub(super) const FILES: &str = "files";
/// Where fetched files lie in it, by their numbers: nothing of them goes into Git.
pub(super) const FETCHED: &str = "fetched";
/// The entry step in the context.
pub(super) const ENTRY: &str = "entry.sh";

/// The app's machine, where an image is built for it.
pub(super) fn built(config: &PlConfig) -> Option<&Machine> {
    let machine = config.machine.as_ref()?;
    config.components.values().any(|component| runs_machine(config, component)).then_some(machine)
}

/// The processors of the components that run it.
pub(super) fn platforms(config: &PlConfig) -> &'static str {
    let mut components = config.components.values().filter(|component| runs_machine(config, component));
    match components.next().and_then(|component| component.arch).unwrap_or(Arch::Amd64) {
        Arch::Amd64 => "linux/amd64",
        Arch::Arm64 => "linux/arm64",
        Arch::Any => "linux/amd64,linux/arm64",
    }
}

fn files(machine: &Machine) -> impl Iterator<Item = (usize, &MachineFile)> {
    machine.steps.iter().enumerate().filter_map(|(at, step)| Some((at, step.file.as_ref()?)))
}

/// Where a file lies in the context: two steps may write the same path.
pub(super) fn place(machine: &Machine, at: usize, file: &MachineFile) -> String {
    let again = files(machine).any(|(other, one)| other < at && one.path == file.path);
    if again { format!("{FILES}-{at}{}", file.path) } else { format!("{FILES}{}", file.path) }
}

/// The files of the context that are files of the image.
pub(super) fn contents(machine: &Machine) -> impl Iterator<Item = (String, Vec<Block>)> {
    files(machine).map(move |(at, file)| {
        let rule = ("file", "a file as the machine had it; a secret in it is filled in by the entry step");
        let pointer = format!("/machine/steps/{at}/file");
        let mut text = file.content.clone();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        (place(machine, at, file), vec![block(text, rule, &[pointer.as_str()], &[])])
    })
}

/// The lines of its Dockerfile.
pub(super) fn dockerfile(config: &PlConfig, machine: &Machine) -> Vec<Block> {
    let mut out = vec![
        block(
            "# The image of what a machine ran, step by step as it was set up. The pipeline gives BASE by its digest.\n",
            ("header", "a word for whoever opens the file"),
            &[],
            &[],
        ),
        block(
            format!("ARG BASE={}\n\nFROM ${{BASE}}\nUSER root\n", machine.base),
            ("base", "the machine's own system"),
            &["/machine/base"],
            &[],
        ),
    ];
    let installer = MACHINE_BASES.iter().find(|(base, _)| *base == machine.base).map_or(Installer::Apt, |(_, by)| *by);
    for (at, step) in machine.steps.iter().enumerate() {
        let pointer = format!("/machine/steps/{at}");
        out.push(block(
            of_step(machine, at, step, installer),
            ("step", "what was put on top of it, in its order"),
            &[pointer.as_str()],
            &[],
        ));
    }
    let labels = format!(
        "LABEL org.opencontainers.image.title={}\nLABEL dev.caravan.team={}\n",
        value(&config.app),
        value(&config.team)
    );
    out.push(block(labels, ("provenance", "what the image was made of"), &["/app", "/team"], &[]));
    out.push(block(
        format!("COPY --chmod=0755 {ENTRY} /caravan/entry\nENTRYPOINT [\"/caravan/entry\"]\n"),
        ("entry-point", "the entry step becomes the process that `args` say"),
        &["/components"],
        &[],
    ));
    out
}

fn of_step(machine: &Machine, at: usize, step: &MachineStep, installer: Installer) -> String {
    if !step.packages.is_empty() {
        let names: Vec<String> = step.packages.iter().map(|name| quoted(name)).collect();
        let names = names.join(" ");
        return match installer {
            Installer::Apt => format!(
                "RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y \\\n    \
                 -o Dpkg::Options::=--force-confold {names} \\\n    \
                 && rm -rf /var/lib/apt/lists/*\n"
            ),
            Installer::Dnf => format!("RUN dnf install -y {names} \\\n    && dnf clean all\n"),
            Installer::Yum => format!("RUN yum install -y {names} \\\n    && yum clean all\n"),
        };
    }
    if let Some(user) = &step.user {
        let (name, uid) = (&user.name, user.uid);
        let home = user.home.as_deref().unwrap_or("/nonexistent");
        let mut line = format!(
            "RUN echo {name}:x:{uid}: >> /etc/group && echo {name}:x:{uid}:{uid}::{home}:/bin/sh >> /etc/passwd"
        );
        if user.home.is_some() {
            let _ = write!(line, " \\\n    && mkdir -p {home} && chown {uid}:{uid} {home}");
        }
        return line + "\n";
    }
    if let Some(file) = &step.file {
        let mode = file.mode.as_deref().unwrap_or("0644");
        let owner = file.owner.unwrap_or(0);
        return format!("COPY --chown={owner}:{owner} --chmod={mode} {} {}\n", place(machine, at, file), file.path);
    }
    if let Some(fetch) = &step.fetch {
        return format!("COPY {FETCHED}/{at} {}\n", fetch.to);
    }
    format!("RUN {}\n", serde_json::Value::from(step.run.clone()))
}

const ENTRY_HEAD: &str =
    "#!/bin/sh\n# Fills secrets into files from the environment, and becomes the process.\nset -eu\n";
const FILL: &str = r#"
# fill FILE NAME…: each ${secret:NAME} in a file becomes the value of the variable NAME; a file without one stays as it is.
fill() {
    file=$1
    shift
    text=$(cat "$file" && printf x)
    text=${text%x}
    case $text in *'${secret:'*) ;; *) return 0 ;; esac
    for name in "$@"; do
        eval "value=\${$name?}"
        mark="\${secret:$name}"
        done=
        while :; do
            case $text in
                *"$mark"*)
                    done=$done${text%%"$mark"*}$value
                    text=${text#*"$mark"}
                    ;;
                *) break ;;
            esac
        done
        text=$done$text
    done
    printf %s "$text" > "$file"
}

"#;

/// The lines of the entry step.
pub(super) fn entry(machine: &Machine) -> Vec<Block> {
    let mut out = vec![block(ENTRY_HEAD, ("entry-step", "what runs before the process"), &[], &[])];
    let mut filled = files(machine).filter(|(_, file)| !file.secrets().is_empty()).peekable();
    if filled.peek().is_some() {
        out.push(block(FILL, ("fill", "no value of a secret is in the image"), &[], &[]));
    }
    for (at, file) in filled {
        let pointer = format!("/machine/steps/{at}/file/content");
        let text = format!("fill {} {}\n", quoted(&file.path), file.secrets().join(" "));
        out.push(block(text, ("filled", "a file with secrets in it"), &[pointer.as_str(), "/secrets"], &[]));
    }
    out.push(block("exec \"$@\"\n", ("process", "the process takes the entry step's place"), &[], &[]));
    out
}

const FETCH_HEAD: &str = r#"#!/bin/sh
# Fetches what the Dockerfile beside it copies, with the rights to read it. Nothing of it goes into Git.
set -eu
cd "$(dirname "$0")"
rm -rf fetched
mkdir fetched

# check FILE HASH: ends where a file has another SHA-256.
check() {
    found=$(openssl dgst -sha256 -r "$1" | cut -d' ' -f1)
    if [ "$found" != "$2" ]; then
        echo "$1: its SHA-256 is $found, and $2 is in plconfig.yaml" >&2
        exit 1
    fi
}
"#;

/// The lines of the script that fetches; none where nothing has to be fetched.
pub(super) fn fetch(machine: &Machine) -> Option<Vec<Block>> {
    let wanted: Vec<_> =
        machine.steps.iter().enumerate().filter_map(|(at, step)| Some((at, step.fetch.as_ref()?))).collect();
    if wanted.is_empty() {
        return None;
    }
    let mut out = vec![block(FETCH_HEAD, ("fetch", "fetches and checks what an image is built of"), &[], &[])];
    for (at, fetch) in wanted {
        let from = quoted(&fetch.from);
        let mut text = match fetch.from.starts_with("s3://") {
            true => format!("\naws s3 cp --only-show-errors {from} {FETCHED}/{at}\n"),
            false => format!("\ncurl --fail --silent --show-error --location --output {FETCHED}/{at} {from}\n"),
        };
        if let Some(hash) = &fetch.sha256 {
            let _ = writeln!(text, "check {FETCHED}/{at} {hash}");
        }
        let pointer = format!("/machine/steps/{at}/fetch");
        out.push(block(text, ("fetched", "a file that the machine took from elsewhere"), &[pointer.as_str()], &[]));
    }
    Some(out)
}
