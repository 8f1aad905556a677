use super::*;
use crate::ec2::startup;

/// What each statement of a script means, in few words.
fn meanings(script: &str) -> Vec<String> {
    let shown = |statement: &Statement| match Meaning::of(statement) {
        Meaning::Node(rule) => rule.to_owned(),
        Meaning::Container(words, _) => format!("run {}", words.len()),
        Meaning::Compose(words) => format!("compose {}", words.len()),
        Meaning::Sign(verdict, _) => verdict.word().to_owned(),
        Meaning::Service(says) => says,
        Meaning::File => "file".to_owned(),
        Meaning::Disk => "disk".to_owned(),
        Meaning::Unknown => "?".to_owned(),
    };
    startup::read("text/x-shellscript", script).iter().map(shown).collect()
}

#[test]
fn what_makes_a_machine_ready_for_containers_is_the_nodes_work() {
    let script = "#!/bin/bash\nset -eux\napt-get update -y\napt-get install -y docker.io jq awscli\nsystemctl enable --now docker\n\
                  usermod -aG docker ubuntu\ncurl -fsSL https://get.docker.com | sh\n\
                  aws ecr get-login-password --region eu-west-1 | docker login --username AWS --password-stdin 1.dkr.ecr.eu-west-1.amazonaws.com\n\
                  docker network create front\ndocker pull acme/web:1\nuntil docker info; do sleep 1; done\n";
    let all = meanings(script);
    let expected = [
        "host-setup",
        "host-package",
        "host-package",
        "host-setup",
        "host-access",
        "container-runtime",
        "registry-login",
        "container-runtime",
        "container-runtime",
        "container-runtime",
        "host-setup",
    ];
    assert_eq!(all, expected);
}

#[test]
fn what_decides_is_found_in_commands_packages_units_and_files() {
    for (line, expected) in [
        ("modprobe br_netfilter", "rehost"),
        ("apt-get install -y linux-headers-6.1 zfs-dkms", "rehost"),
        ("yum install -y postgresql15-server", "replace"),
        ("apt install -y postgresql-16", "replace"),
        ("apt install -y postgresql-client", "host-package"),
        ("systemctl enable --now mariadb", "replace"),
        ("exportfs -ra", "replace"),
        ("iptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE", "replace"),
        ("systemctl start wg-quick@wg0", "keep"),
        ("yum install -y openvpn", "keep"),
        (
            "curl -L https://github.com/actions/runner/releases/download/v2/actions-runner-linux-x64.tar.gz | tar xz",
            "replace",
        ),
        ("/etc/eks/bootstrap.sh prod", "retire"),
        ("echo ECS_CLUSTER=shop >> /etc/ecs/ecs.config", "retire"),
        ("systemctl enable --now ecs", "retire"),
        ("kubeadm join 10.0.0.1:6443", "replace"),
        ("curl -sfL https://get.k3s.io | sh -", "replace"),
        ("tailscale up", "keep"),
        ("yum install -y nginx", "installs nginx"),
        ("systemctl enable app.service", "runs the service app"),
        ("curl https://x.example/install.sh | bash", "?"),
        ("docker build -t x .", "?"),
        ("if a; then docker run -d x; fi", "?"),
        ("docker run -d x", "run 2"),
        ("docker compose -f /opt/c.yml up -d", "compose 4"),
    ] {
        assert_eq!(meanings(line).last().map(String::as_str), Some(expected), "{line}");
    }
}

#[test]
fn what_decides_is_found_in_parts_that_are_no_scripts() {
    let of = |content_type: &str, text: &str| {
        let all = startup::read(content_type, text);
        match Meaning::of(&all[0]) {
            Meaning::Sign(verdict, _) => verdict.word(),
            _ => "?",
        }
    };
    assert_eq!(of("text/x-windows-script", "<powershell>\n"), "rehost");
    assert_eq!(of("text/x-bottlerocket-settings", "[settings.ecs]\n"), "retire");
    assert_eq!(of("text/cloud-config", "#cloud-config\ndrivers: {nvidia: {license-accepted: true}}\n"), "rehost");
    assert_eq!(of("text/cloud-config", "#cloud-config\npuppet: {}\n"), "?");
}
