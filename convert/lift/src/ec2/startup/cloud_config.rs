//! `#cloud-config` (cloud-init, "All cloud config modules"): packages, files, commands and settings of the machine.

use super::shell;
use super::statement::{Command, Statement, What, Written};
use super::word::{Variables, Word};
use super::yaml::{Node, parse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What only the machine itself has of it: its users, names, clocks and disks, and from where its packages come.
const OF_THE_MACHINE: [&str; 93] = [
    "allow_public_ssh_keys",
    "apk_repos",
    "apt",
    "apt_conf",
    "apt_ftp_proxy",
    "apt_http_proxy",
    "apt_https_proxy",
    "apt_mirror",
    "apt_mirror_search",
    "apt_mirror_search_dns",
    "apt_pipelining",
    "apt_preserve_sources_list",
    "apt_proxy",
    "apt_reboot_if_required",
    "apt_sources",
    "apt_update",
    "apt_upgrade",
    "authkey_hash",
    "byobu_by_default",
    "ca-certs",
    "ca_certs",
    "chpasswd",
    "cloud_config_modules",
    "cloud_dir",
    "cloud_final_modules",
    "cloud_init_modules",
    "create_hostname_file",
    "datasource",
    "debug",
    "disable_ec2_metadata",
    "disable_root",
    "disable_root_opts",
    "fan",
    "final_message",
    "fqdn",
    "groups",
    "growpart",
    "hostname",
    "keyboard",
    "landscape",
    "launch-index",
    "locale",
    "locale_configfile",
    "manage-resolv-conf",
    "manage_etc_hosts",
    "manage_resolv_conf",
    "merge_how",
    "merge_type",
    "network",
    "no_ssh_fingerprints",
    "ntp",
    "output",
    "package_reboot_if_required",
    "package_update",
    "package_upgrade",
    "password",
    "phone_home",
    "power_state",
    "prefer_fqdn_over_hostname",
    "preserve_hostname",
    "random_seed",
    "repo_update",
    "repo_upgrade",
    "reporting",
    "resize_rootfs",
    "resolv_conf",
    "rh_subscription",
    "rsyslog",
    "spacewalk",
    "ssh",
    "ssh_authorized_keys",
    "ssh_deletekeys",
    "ssh_fp_console_blacklist",
    "ssh_genkeytypes",
    "ssh_import_id",
    "ssh_key_console_blacklist",
    "ssh_keys",
    "ssh_publish_hostkeys",
    "ssh_pwauth",
    "ssh_quiet_keygen",
    "swap",
    "syslog_fix_perms",
    "system_info",
    "ubuntu_advantage",
    "ubuntu_pro",
    "updates",
    "user",
    "users",
    "vendor_data",
    "vendor_data2",
    "yum_repo_dir",
    "yum_repos",
    "zypper",
];
/// What others decide, or what containers may need of the machine: why it is not understood.
const NOT_UNDERSTOOD: [(&str, &str); 12] = [
    ("ansible", "a playbook decides what runs"),
    ("chef", "recipes of Chef decide what runs"),
    ("cfengine", "CFEngine decides what runs"),
    ("device_aliases", "it names disks"),
    ("disk_setup", "it parts disks"),
    ("fs_setup", "it makes file systems on disks"),
    ("mcollective", "MCollective decides what runs"),
    ("mounts", "it mounts disks, and nobody knows what lies on them"),
    ("puppet", "manifests of Puppet decide what runs"),
    ("salt_minion", "states of Salt decide what runs"),
    ("snap", "it installs snaps, which bring services of their own"),
    ("timezone", "crontabs, timers and processes go by that clock; those of a pod by UTC"),
];

/// Reads one; its first line is `first` of the text that it stands in.
pub(super) fn read(text: &str, first: u32, variables: &mut Variables, out: &mut Vec<Statement>) {
    let Some(root) = parse(text, first) else {
        let what = What::Unread("it is no YAML", super::head(text));
        return out.push(Statement { line: first, conditional: false, what });
    };
    // The order in which cloud-init's modules run, whatever the order in the file.
    let order = |key: &str| match key {
        "bootcmd" => 0,
        "write_files" => 1,
        "packages" => 3,
        "runcmd" => 4,
        _ => 2,
    };
    let mut entries: Vec<&(String, Node)> = root.entries().iter().collect();
    entries.sort_by_key(|(key, _)| order(key));
    for (key, node) in entries {
        match key.as_str() {
            "packages" => packages(node, out),
            "write_files" => node.elements().iter().for_each(|file| written(file, out)),
            "runcmd" | "bootcmd" => node.elements().iter().for_each(|one| command(one, variables, out)),
            _ if OF_THE_MACHINE.contains(&key.as_str()) => {
                out.push(Statement { line: node.line, conditional: false, what: What::Setting(key.clone()) });
                if key == "users" {
                    users(node, out);
                }
            }
            _ => {
                let known = NOT_UNDERSTOOD.iter().find(|(name, _)| name == key);
                let why = known.map_or("a module of cloud-init does it, or none", |(_, why)| why);
                let what = What::Unread(why, format!("{key}: …"));
                out.push(Statement { line: node.line, conditional: false, what });
            }
        }
    }
}

/// A name, a name with its version, or both under the installer's name.
fn packages(node: &Node, out: &mut Vec<Statement>) {
    for package in node.elements() {
        let name = match package.text() {
            Some(name) => Some(name),
            None if package.entries().is_empty() => package.elements().first().and_then(Node::text),
            None => {
                package.entries().iter().for_each(|(_, of_installer)| packages(of_installer, out));
                continue;
            }
        };
        let what = match name {
            Some(name) => What::Package(Word::plain(name, package.line)),
            None => What::Unread("it names no package", String::new()),
        };
        out.push(Statement { line: package.line, conditional: false, what });
    }
}

fn written(file: &Node, out: &mut Vec<Statement>) {
    let text = |key: &str| file.get(key).and_then(Node::text);
    let Some(path) = text("path") else {
        let what = What::Unread("a file without a path", String::new());
        return out.push(Statement { line: file.line, conditional: false, what });
    };
    let content = match (file.get("content"), text("encoding").unwrap_or("text/plain")) {
        (None, _) => Some(Word { pieces: Vec::new(), line: file.line }),
        (Some(node), "text/plain") => node.text().map(|text| Word::plain(text, node.content_line())),
        (Some(node), "b64" | "base64") => {
            let bytes = node.text().and_then(|text| {
                let packed: String = text.split_whitespace().collect();
                STANDARD.decode(packed).ok()
            });
            bytes.and_then(|bytes| String::from_utf8(bytes).ok()).map(|text| Word::plain(text, node.content_line()))
        }
        _ => None,
    };
    let what = match content {
        Some(content) => {
            let (mode, owner) = (text("permissions").map(octal), text("owner").map(str::to_owned));
            let append = text("append") == Some("true");
            What::Write(Written { path: Word::plain(path, file.line), content, append, mode, owner })
        }
        None => What::Unread("the content of this file can't be decoded", format!("path: {path}")),
    };
    out.push(Statement { line: file.line, conditional: false, what });
}

/// `0644`, `0o644`, `'644'`.
fn octal(text: &str) -> String {
    let digits = text.trim_start_matches("0o");
    if digits.len() == 3 { format!("0{digits}") } else { digits.to_owned() }
}

/// Users with a name, as the program makes them that cloud-init calls.
fn users(node: &Node, out: &mut Vec<Statement>) {
    for user in node.elements() {
        let text = |key: &str| user.get(key).and_then(Node::text);
        let Some(name) = text("name") else { continue };
        let mut words = vec!["useradd".to_owned()];
        for (option, value) in [("--uid", text("uid")), ("--home-dir", text("homedir"))] {
            words.extend(value.into_iter().flat_map(|value| [option.to_owned(), value.to_owned()]));
        }
        if text("no_create_home") != Some("true") && text("system") != Some("true") {
            words.push("--create-home".to_owned());
        }
        words.push(name.to_owned());
        let words = words.into_iter().map(|word| Word::plain(word, user.line)).collect();
        let what = What::Run(vec![Command { words, ..Command::default() }]);
        out.push(Statement { line: user.line, conditional: false, what });
    }
}

/// A line for the shell, or words for a program.
fn command(node: &Node, variables: &mut Variables, out: &mut Vec<Statement>) {
    if let Some(text) = node.text() {
        return shell::read(text, node.content_line(), variables, out);
    }
    let words: Vec<Word> =
        node.elements().iter().filter_map(|word| Some(Word::plain(word.text()?, word.line))).collect();
    let shown: Vec<String> = words.iter().map(Word::shown).collect();
    let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
    if let [shell, "-c", script] = shown.as_slice()
        && super::SHELLS.contains(&shell.rsplit('/').next().unwrap_or(shell))
        && let Some(element) = node.elements().last()
    {
        return shell::read(script, element.content_line(), variables, out);
    }
    let what = if words.len() == node.elements().len() {
        What::Run(vec![Command { words, ..Command::default() }])
    } else {
        What::Unread("a command with words that are no text", String::new())
    };
    out.push(Statement { line: node.line, conditional: false, what });
}
