use super::*;

fn shown(content_type: &str, text: &str) -> Vec<String> {
    read(content_type, text).iter().map(|one| format!("{} {}", one.line, one.shown())).collect()
}

#[test]
fn a_cloud_config_is_read_with_its_lines_in_the_order_in_which_it_runs() {
    let text = "#cloud-config\nruncmd:\n  - docker run -d acme/web\n  - [sh, -c, \"echo 1\"]\n  - |\n    set -e\n    docker pull x\n\
                packages:\n  - docker.io\n  - [nginx, 1.2]\nwrite_files:\n  - path: /etc/a\n    permissions: '0600'\n    content: |\n      x\n      y\n\
                users: [default]\nchef: {}\n";
    assert_eq!(
        shown("text/cloud-config", text),
        [
            "12 writes /etc/a",
            "17 users: …",
            "18 chef: …",
            "9 installs docker.io",
            "10 installs nginx",
            "3 docker run -d acme/web",
            "4 echo 1",
            "6 set -e",
            "7 docker pull x",
        ]
    );
    let What::Write(file) = &read("text/cloud-config", text)[0].what else { panic!() };
    assert_eq!((file.content.line, file.content.text().as_deref()), (15, Some("x\ny\n")));
}

#[test]
fn parts_of_other_types_are_read_or_said() {
    assert_eq!(shown("text/cloud-boothook", "#cloud-boothook\n#!/bin/sh\ntrue\n"), ["3 true"]);
    assert_eq!(shown("text/x-include-url", "#include\nhttps://a.example/x\n"), ["2 includes https://a.example/x"]);
    assert_eq!(shown("text/jinja2", "## template: jinja\n#cloud-config\npackages: [jq]\n"), ["3 installs jq"]);
    assert_eq!(shown("text/jinja2", "## template: jinja\n#!/bin/sh\necho {{ v1.region }}\n"), ["1 #!/bin/sh"]);
    assert_eq!(shown("text/x-shellscript", "#!/usr/bin/env python3\nprint()\n"), ["1 #!/usr/bin/env python3"]);
    assert_eq!(shown("application/node.eks.aws", "kind: NodeConfig\n"), ["1 configures a node of EKS"]);
    assert_eq!(shown("text/x-windows-script", "<powershell>\n</powershell>\n"), ["1 a script of Windows"]);
    let settings = |text: &str| shown("text/x-bottlerocket-settings", text);
    assert_eq!(settings("[settings.kubernetes]\ncluster-name = \"a\"\n"), ["1 configures a node of EKS"]);
    assert_eq!(settings("[settings.ecs]\ncluster = \"a\"\n"), ["1 configures a node of ECS"]);
    assert_eq!(shown("text/cloud-config-jsonp", "#cloud-config-jsonp\n[]\n"), ["1 #cloud-config-jsonp"]);
    assert_eq!(shown("text/jinja2", "## template: jinja\n\n #Cloud-Config\npackages: [jq]\n"), ["4 installs jq"]);
    let archive = "#cloud-config-archive\n- type: text/cloud-config\n  content: |\n    packages:\n      - jq\n- |\n  #!/bin/sh\n  true\n";
    assert_eq!(shown("text/cloud-config-archive", archive), ["5 installs jq", "8 true"]);
    assert_eq!(shown("text/cloud-config", "a: [\n"), ["1 a: ["]);
}

#[test]
fn what_modules_of_cloud_init_decide_is_told_from_what_only_a_machine_has() {
    let why = |key: &str| read("text/cloud-config", &format!("#cloud-config\n{key}: {{a: b}}\n"))[0].why_unread();
    assert_eq!(why("chef"), Some("recipes of Chef decide what runs"));
    assert_eq!(why("mounts"), Some("it mounts disks, and nobody knows what lies on them"));
    assert_eq!(why("frobnicate"), Some("a module of cloud-init does it, or none"));
    for key in ["yum_repos", "ssh_import_id", "phone_home", "resolv_conf", "rsyslog"] {
        assert_eq!(why(key), None, "{key}");
    }
}
