//! Packages: what machines have everywhere, and what decides what is to become of one.

use super::Meaning;
use crate::host_verdict::Verdict;

/// What a machine has to run containers, to be looked after and to be asked by people: nothing of it serves anybody.
const TOOLS: &[&str] = &[
    "acl",
    "amazon-cloudwatch-agent",
    "amazon-ecr-credential-helper",
    "amazon-efs-utils",
    "amazon-ssm-agent",
    "apt-transport-https",
    "aws-cli",
    "aws-cfn-bootstrap",
    "awscli",
    "awscli-2",
    "bash-completion",
    "bind-utils",
    "bridge-utils",
    "bzip2",
    "ca-certificates",
    "chrony",
    "container-selinux",
    "cron",
    "cronie",
    "curl",
    "datadog-agent",
    "device-mapper-persistent-data",
    "dnf-plugins-core",
    "dnsutils",
    "ec2-instance-connect",
    "epel-release",
    "fail2ban",
    "git",
    "gnupg",
    "gnupg-agent",
    "gnupg2",
    "gpg",
    "htop",
    "iproute",
    "iputils-ping",
    "jq",
    "less",
    "logrotate",
    "lsb-release",
    "lsof",
    "lvm2",
    "mysql-client",
    "nano",
    "net-tools",
    "nfs-common",
    "ntp",
    "ntpdate",
    "openssl",
    "postgresql-client",
    "procps",
    "redis-tools",
    "rsync",
    "screen",
    "software-properties-common",
    "strace",
    "sudo",
    "sysstat",
    "tar",
    "telnet",
    "tmux",
    "tree",
    "tzdata",
    "unattended-upgrades",
    "unzip",
    "vim",
    "wget",
    "xfsprogs",
    "yum-utils",
    "zip",
];

/// Of those, what looks after the machine itself: nothing that runs there calls it.
const AGENTS: &[&str] = &[
    "amazon-cloudwatch-agent",
    "amazon-ecr-credential-helper",
    "amazon-ssm-agent",
    "aws-cfn-bootstrap",
    "chrony",
    "container-selinux",
    "cron",
    "cronie",
    "datadog-agent",
    "ec2-instance-connect",
    "fail2ban",
    "logrotate",
    "ntp",
    "ntpdate",
    "unattended-upgrades",
];

/// Beginnings of the names of what runs containers.
const RUNTIMES: &[&str] = &["docker", "containerd", "runc", "podman", "nerdctl"];

const DATABASE: &str = "a database on its own disk: a managed one takes its place";
const VPN: &str = "an end of a VPN: others have its address and its key";
pub(super) const KERNEL: &str = "it brings a kernel module, and containers have the node's kernel";
const DIRECTORY: &str = "a domain controller or directory: a managed directory takes its place";
const FILES: &str = "a file server: a managed file system takes its place";
const NAMES: &str = "a name server: Route 53 takes its place";
pub(super) const ECS: &str = "a node of ECS: its services are workloads of their own, and the platform has nodes";
const KUBERNETES: &str = "a node of another Kubernetes cluster: the platform's nodes take its place";
const RUNNER: &str = "it runs the jobs of CI: runners on the platform take its place";

/// Beginnings of the names of what decides: a name that goes on with a version or a part of it.
const SIGNS: &[(&str, Verdict, &str)] = &[
    ("389-ds", Verdict::Replace, DIRECTORY),
    ("bind9", Verdict::Replace, NAMES),
    ("buildkite-agent", Verdict::Replace, RUNNER),
    ("cassandra", Verdict::Replace, DATABASE),
    ("couchdb", Verdict::Replace, DATABASE),
    ("dkms", Verdict::Rehost, KERNEL),
    ("ecs-init", Verdict::Retire, ECS),
    ("elasticsearch", Verdict::Replace, DATABASE),
    ("freeipa-server", Verdict::Replace, DIRECTORY),
    ("gitlab-runner", Verdict::Replace, RUNNER),
    ("glusterfs-server", Verdict::Replace, FILES),
    ("influxdb", Verdict::Replace, DATABASE),
    ("ipa-server", Verdict::Replace, DIRECTORY),
    ("jenkins", Verdict::Replace, RUNNER),
    ("k3s", Verdict::Replace, KUBERNETES),
    ("kernel-devel", Verdict::Rehost, KERNEL),
    ("kubeadm", Verdict::Replace, KUBERNETES),
    ("kubelet", Verdict::Replace, KUBERNETES),
    ("libreswan", Verdict::Keep, VPN),
    ("libvirt-daemon", Verdict::Rehost, "it runs virtual machines"),
    ("linux-headers", Verdict::Rehost, KERNEL),
    ("mariadb-server", Verdict::Replace, DATABASE),
    ("mongodb-org", Verdict::Replace, DATABASE),
    ("mongodb-server", Verdict::Replace, DATABASE),
    ("mysql-community-server", Verdict::Replace, DATABASE),
    ("mysql-server", Verdict::Replace, DATABASE),
    ("neo4j", Verdict::Replace, DATABASE),
    ("nfs-ganesha", Verdict::Replace, FILES),
    ("nfs-kernel-server", Verdict::Replace, FILES),
    ("openldap-servers", Verdict::Replace, DIRECTORY),
    ("opensearch", Verdict::Replace, DATABASE),
    ("openswan", Verdict::Keep, VPN),
    ("openvpn", Verdict::Keep, VPN),
    ("postgresql-server", Verdict::Replace, DATABASE),
    ("qemu-kvm", Verdict::Rehost, "it runs virtual machines"),
    ("rabbitmq-server", Verdict::Replace, "a message broker on its own disk: a managed one takes its place"),
    ("redis-server", Verdict::Replace, DATABASE),
    ("samba-ad-dc", Verdict::Replace, DIRECTORY),
    ("slapd", Verdict::Replace, DIRECTORY),
    ("strongswan", Verdict::Keep, VPN),
    ("tailscale", Verdict::Keep, VPN),
    ("tailscaled", Verdict::Keep, VPN),
    ("wireguard", Verdict::Keep, VPN),
];

/// What decides by its whole name alone.
const WHOLE: &[(&str, Verdict, &str)] = &[
    ("bind", Verdict::Replace, NAMES),
    ("ecs", Verdict::Retire, ECS),
    ("postgresql", Verdict::Replace, DATABASE),
    ("redis", Verdict::Replace, DATABASE),
    ("redis6", Verdict::Replace, DATABASE),
    ("samba", Verdict::Replace, FILES),
    ("valkey", Verdict::Replace, DATABASE),
];

/// What a package means, by its name; a version behind it, or a file or address before it, does not matter.
pub(super) fn package(written: &str) -> Meaning {
    let name = written.rsplit('/').next().unwrap_or(written).to_ascii_lowercase();
    let name = name.split(['=', ':']).next().unwrap_or_default();
    let goes_on = |start: &str| {
        name.strip_prefix(start).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(|c: char| c == '-' || c == '.' || c == '*' || c.is_ascii_digit())
        })
    };
    let sign =
        SIGNS.iter().find(|(start, ..)| goes_on(start)).or_else(|| WHOLE.iter().find(|(whole, ..)| name == *whole));
    if let Some((_, verdict, says)) = sign {
        return Meaning::Sign(*verdict, says);
    }
    if is_postgres_server(name) {
        return Meaning::Sign(Verdict::Replace, DATABASE);
    }
    if name.ends_with("-dkms") {
        return Meaning::Sign(Verdict::Rehost, KERNEL);
    }
    if RUNTIMES.iter().any(|start| goes_on(start)) || TOOLS.contains(&name) {
        return Meaning::Node("host-package");
    }
    Meaning::Service(format!("installs {}", crate::marks::without_marks(written)))
}

/// Whether a package looks after the machine, or runs containers: no process of it needs that in its image.
pub(in crate::ec2) fn is_agent(name: &str) -> bool {
    AGENTS.contains(&name) || RUNTIMES.iter().any(|start| name.starts_with(start))
}

/// `postgresql-16`, `postgresql15-server`, `mariadb105-server`.
fn is_postgres_server(name: &str) -> bool {
    let numbered = |start: &str, end: &str| {
        let middle = name.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
        middle.is_some_and(|middle| !middle.is_empty() && middle.bytes().all(|b| b.is_ascii_digit()))
    };
    numbered("postgresql-", "") || numbered("postgresql", "-server") || numbered("mariadb", "-server")
}
