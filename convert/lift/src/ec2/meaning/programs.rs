//! Commands: what makes a machine ready to run containers, what runs them, and what decides.

use super::{Meaning, behind, gravest, packages};
use crate::ec2::startup::{Command, Word};
use crate::host_verdict::Verdict;

/// Services that every machine has, and the one that runs containers.
const UNITS: &[&str] = &[
    "amazon-cloudwatch-agent",
    "amazon-ssm-agent",
    "chrony",
    "chronyd",
    "containerd",
    "cron",
    "crond",
    "docker",
    "fail2ban",
    "ntp",
    "ntpd",
    "rsyslog",
    "snap.amazon-ssm-agent.amazon-ssm-agent",
    "ssh",
    "sshd",
];
/// Programs that change nothing that a container could see.
const SILENT: &[&str] = &[
    ":", "[", "cd", "chgrp", "chmod", "chown", "command", "date", "df", "echo", "exec", "exit", "export", "false",
    "free", "grep", "hash", "id", "ls", "mkdir", "printf", "pwd", "return", "set", "shopt", "sleep", "sync", "test",
    "touch", "trap", "true", "type", "ulimit", "umask", "uname", "uptime", "wait", "which", "whoami",
];
/// From where what runs containers is taken.
const RUNTIME_SOURCES: &[&str] = &["get.docker.com", "download.docker.com", "docker/compose/releases", "get-docker.sh"];
/// What takes the place of a shell's own words for the programs of packages.
const INSTALLERS: &[&str] = &["apt", "apt-get", "yum", "dnf", "microdnf", "apk", "zypper", "amazon-linux-extras"];

/// Programs that decide by being there.
const SIGNS: &[(&[&str], Verdict, &str)] = &[
    (
        &["modprobe", "insmod", "depmod", "dkms"],
        Verdict::Rehost,
        "it loads a kernel module, and containers have the node's kernel",
    ),
    (
        &["wg", "wg-quick", "openvpn", "ipsec", "swanctl", "tailscale", "tailscaled"],
        Verdict::Keep,
        "an end of a VPN: others have its address and its key",
    ),
    (&["exportfs"], Verdict::Replace, "a file server: a managed file system takes its place"),
    (&["samba-tool"], Verdict::Replace, "a domain controller or directory: a managed directory takes its place"),
    (
        &[
            "initdb",
            "mongod",
            "mysqld",
            "mysql_install_db",
            "pg_createcluster",
            "pg_ctl",
            "pg_ctlcluster",
            "postgresql-setup",
            "redis-server",
        ],
        Verdict::Replace,
        "a database on its own disk: a managed one takes its place",
    ),
    (
        &["buildkite-agent", "gitlab-runner"],
        Verdict::Replace,
        "it runs the jobs of CI: runners on the platform take its place",
    ),
    (
        &["kubeadm", "kubelet", "k3s", "nodeup", "rke2"],
        Verdict::Replace,
        "a node of another Kubernetes cluster: the platform's nodes take its place",
    ),
    (&["nodeadm"], Verdict::Retire, "a node of EKS: Karpenter buys the platform's nodes"),
];
/// Words that decide wherever they stand in a command.
const WORDS: &[(&str, Verdict, &str)] = &[
    ("actions/runner/releases", Verdict::Replace, "it runs the jobs of CI: runners on the platform take its place"),
    ("actions-runner-linux", Verdict::Replace, "it runs the jobs of CI: runners on the platform take its place"),
    ("get.k3s.io", Verdict::Replace, "a node of another Kubernetes cluster: the platform's nodes take its place"),
    (
        "packages.gitlab.com/install/repositories/runner",
        Verdict::Replace,
        "it runs the jobs of CI: runners on the platform take its place",
    ),
    ("/etc/eks/bootstrap.sh", Verdict::Retire, "a node of EKS: Karpenter buys the platform's nodes"),
    ("MASQUERADE", Verdict::Replace, "it translates the addresses of others: a NAT gateway takes its place"),
    ("wg-quick@", Verdict::Keep, "an end of a VPN: others have its address and its key"),
];

/// What programs with pipes between them mean.
pub(super) fn pipeline(commands: &[Command]) -> Meaning {
    let words: Vec<String> = commands.iter().flat_map(|command| &command.words).map(Word::shown).collect();
    if let Some((_, verdict, says)) = WORDS.iter().find(|(sign, ..)| words.iter().any(|word| word.contains(sign))) {
        return Meaning::Sign(*verdict, says);
    }
    // `curl -fsSL https://get.docker.com | sh`, `curl … download.docker.com/… | gpg --dearmor -o …`
    if words.iter().any(|word| RUNTIME_SOURCES.iter().any(|source| word.contains(source))) {
        return Meaning::Node("container-runtime");
    }
    // `aws ecr get-login-password | docker login …`, `$(aws ecr get-login)`
    let logs_in = |command: &Command| {
        let plain = command.plain();
        is_runtime(&plain) && plain.get(1).map(String::as_str) == Some("login")
    };
    if commands.iter().any(logs_in) || words.iter().any(|word| word.contains("aws ecr get-login")) {
        return Meaning::Node("registry-login");
    }
    match commands {
        [command] => self::command(command),
        [.., last] if last.name() == "crontab" => self::command(last),
        // What is shown to people, filtered.
        [first, rest @ ..]
            if rest
                .iter()
                .all(|one| matches!(one.name().as_str(), "grep" | "head" | "tail" | "wc" | "cat" | "sort")) =>
        {
            self::command(first)
        }
        _ => Meaning::Unknown,
    }
}

fn command(command: &Command) -> Meaning {
    let plain = command.plain();
    let words: Vec<&str> = plain.iter().map(String::as_str).collect();
    if let Some(output) = &command.output {
        return if is_runtime(&plain) { Meaning::Unknown } else { file(&output.shown()).or_unknown() };
    }
    let Some(&name) = words.first() else { return Meaning::Node("host-setup") };
    if let Some((_, verdict, says)) = SIGNS.iter().find(|(names, ..)| names.contains(&name)) {
        return Meaning::Sign(*verdict, says);
    }
    match words.as_slice() {
        _ if SILENT.contains(&name) => Meaning::Node("host-setup"),
        _ if INSTALLERS.contains(&name) => installer(&words),
        ["docker" | "podman" | "nerdctl", rest @ ..] => runtime(command, rest),
        ["docker-compose", ..] => Meaning::Compose(behind(command, 1)),
        ["systemctl", rest @ ..] => systemctl(rest),
        ["service" | "invoke-rc.d", unit, ..] => units(std::iter::once(*unit)),
        ["chkconfig", rest @ ..] => units(rest.iter().copied().filter(|word| !word.starts_with('-') && *word != "on")),
        [
            "usermod" | "useradd" | "adduser" | "groupadd" | "addgroup" | "gpasswd" | "passwd" | "chpasswd" | "newgrp",
            ..,
        ] => Meaning::Node("host-access"),
        ["swapon" | "swapoff" | "mkswap" | "fallocate", ..] => Meaning::Node("no-swap"),
        // What goes by the clock goes by another one in a pod.
        ["ln" | "cp", .., "/etc/localtime"] => Meaning::Unknown,
        ["timedatectl", "set-timezone", zone] if !matches!(*zone, "UTC" | "Etc/UTC") => Meaning::Unknown,
        ["timedatectl" | "hostnamectl" | "localectl" | "hostname" | "locale-gen" | "cfn-signal" | "logger", ..] => {
            Meaning::Node("host-setup")
        }
        ["crontab", ..] => Meaning::Service("runs what a crontab says by the clock".to_owned()),
        ["rm" | "cp" | "mv" | "ln" | "install" | "tar" | "unzip" | "curl" | "wget" | "pip" | "pip3", ..]
        | ["aws", "s3", "cp", ..]
        | ["python3", "-m", "venv" | "pip", ..] => Meaning::Disk,
        ["aws", "configure", ..] => Meaning::Node("host-setup"),
        _ => Meaning::Unknown,
    }
}

impl Meaning {
    /// A file decides nothing more where a program's output goes to it.
    fn or_unknown(self) -> Self {
        if self == Self::File { Self::Unknown } else { self }
    }
}

fn is_runtime(words: &[String]) -> bool {
    words.first().is_some_and(|name| matches!(name.as_str(), "docker" | "podman" | "nerdctl"))
}

fn installer(words: &[&str]) -> Meaning {
    let rest: Vec<&str> = words[1..].iter().copied().filter(|word| !word.starts_with('-')).collect();
    match rest.as_slice() {
        [
            "update" | "upgrade" | "dist-upgrade" | "full-upgrade" | "clean" | "autoremove" | "makecache"
            | "check-update" | "refresh" | "remove" | "purge" | "erase",
            ..,
        ] => Meaning::Node("host-package"),
        ["install" | "localinstall" | "reinstall" | "add" | "enable" | "groupinstall" | "in", packages @ ..] => {
            gravest(packages.iter().map(|name| packages::package(name)))
        }
        _ => Meaning::Unknown,
    }
}

fn runtime(command: &Command, words: &[&str]) -> Meaning {
    let skipped = command.own_words().len() - words.len();
    match words {
        ["run", ..] => Meaning::Container(behind(command, skipped + 1), command.background),
        ["container", "run", ..] => Meaning::Container(behind(command, skipped + 2), command.background),
        ["compose", ..] => Meaning::Compose(behind(command, skipped + 1)),
        ["network", "create" | "rm" | "ls" | "inspect" | "prune", ..]
        | ["volume", "create" | "ls" | "inspect" | "prune", ..]
        | ["image" | "container" | "system", "prune" | "rm" | "ls" | "pull", ..]
        | [
            "pull" | "login" | "logout" | "version" | "info" | "ps" | "images" | "rm" | "rmi" | "stop" | "kill"
            | "logs" | "inspect" | "wait" | "--version",
            ..,
        ] => Meaning::Node("container-runtime"),
        _ => Meaning::Unknown,
    }
}

fn systemctl(words: &[&str]) -> Meaning {
    let plain: Vec<&str> = words.iter().copied().filter(|word| !word.starts_with('-')).collect();
    match plain.as_slice() {
        [
            "daemon-reload" | "daemon-reexec" | "status" | "is-active" | "is-enabled" | "stop" | "disable" | "mask"
            | "reset-failed",
            ..,
        ] => Meaning::Node("host-setup"),
        ["enable" | "start" | "restart" | "reload" | "unmask" | "reenable", names @ ..] => units(names.iter().copied()),
        _ => Meaning::Unknown,
    }
}

/// Whether every machine has a unit of this name, or one that runs containers.
pub(in crate::ec2) fn is_everywhere(name: &str) -> bool {
    UNITS.contains(&name.strip_suffix(".service").unwrap_or(name))
}

/// Units that run: those of every machine, or something that it serves.
fn units<'w>(names: impl Iterator<Item = &'w str>) -> Meaning {
    let unit = |name: &str| {
        let short = name.strip_suffix(".service").or_else(|| name.strip_suffix(".socket")).unwrap_or(name);
        if UNITS.contains(&short) {
            return Meaning::Node("host-setup");
        }
        match packages::package(short) {
            sign @ Meaning::Sign(..) => sign,
            _ if matches!(short, "nfs-server" | "nfs") => packages::package("nfs-kernel-server"),
            _ if matches!(short, "mysqld" | "mysql" | "mariadb" | "mongod") => packages::package("mysql-server"),
            _ => Meaning::Service(format!("runs the service {}", crate::marks::without_marks(short))),
        }
    };
    gravest(names.map(unit))
}

/// What a file that is written means, by its path.
pub(super) fn file(path: &str) -> Meaning {
    let below = |folder: &str| path.starts_with(folder);
    match path {
        "/etc/ecs/ecs.config" => Meaning::Sign(Verdict::Retire, packages::ECS),
        "/etc/exports" => Meaning::Sign(Verdict::Replace, "a file server: a managed file system takes its place"),
        // They change what containers are, or whom they find.
        "/etc/docker/daemon.json" | "/etc/hosts" | "/etc/fstab" | "/etc/sysctl.conf" => Meaning::Unknown,
        _ if below("/etc/sysctl.d/") || below("/etc/security/limits") => Meaning::Unknown,
        _ if below("/etc/modules-load.d/") => Meaning::Sign(Verdict::Rehost, packages::KERNEL),
        // What goes by the clock goes by another one in a pod.
        "/etc/timezone" | "/etc/localtime" => Meaning::Unknown,
        "/etc/motd" | "/etc/hostname" => Meaning::Node("host-setup"),
        _ if below("/etc/wireguard/") || below("/etc/openvpn/") => {
            Meaning::Sign(Verdict::Keep, "an end of a VPN: others have its address and its key")
        }
        _ if below("/etc/apt/") || below("/etc/yum.repos.d/") || below("/usr/share/keyrings/") => {
            Meaning::Node("host-package")
        }
        _ if below("/etc/ssh/") || below("/etc/sudoers") || path.ends_with("/.ssh/authorized_keys") => {
            Meaning::Node("host-access")
        }
        _ if below("/etc/logrotate.d/") || below("/etc/rsyslog") || below("/opt/aws/amazon-cloudwatch-agent/") => {
            Meaning::Node("host-setup")
        }
        _ if below("/etc/cron") || below("/var/spool/cron") => {
            Meaning::Service(format!("runs what {} says by the clock", crate::marks::without_marks(path)))
        }
        _ if below("/etc/systemd/system/") || below("/lib/systemd/system/") || below("/etc/init.d/") => {
            Meaning::Service(format!("has the service {}", crate::marks::without_marks(path)))
        }
        _ => Meaning::File,
    }
}
