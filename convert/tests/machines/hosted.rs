//! Units of systemd, services of packages and crontabs: what runs, and the image that it runs in.

use super::*;
use caravan_convert_lift::plconfig::PlConfig;
use caravan_inventory::Redacted;

/// A service of its own user, with everything of it in the user data, and a timer.
const LEDGER: &str = "#cloud-config
users:
  - name: ledger
    system: true
    homedir: /opt/ledger
packages:
  - java-21-amazon-corretto-headless
write_files:
  - path: /etc/ledger/ledger.env
    content: |
      LEVEL=info
      DB_HOST=db.example.com
  - path: /etc/systemd/system/ledger.service
    content: |
      [Unit]
      Description=The ledger
      After=network-online.target
      [Service]
      User=ledger
      WorkingDirectory=/opt/ledger
      Environment=HEAP=512m \"NAME=the ledger\"
      EnvironmentFile=/etc/ledger/ledger.env
      ExecStart=/usr/bin/java -Xmx${HEAP} \\
        -jar ledger.jar --port 8080
      Restart=on-failure
      MemoryMax=1G
      LimitNOFILE=65536
      TimeoutStopSec=1min 30s
      NoNewPrivileges=true
      [Install]
      WantedBy=multi-user.target
  - path: /etc/systemd/system/close.service
    content: |
      [Service]
      Type=oneshot
      User=ledger
      ExecStart=/usr/bin/java -jar /opt/ledger/close.jar
  - path: /etc/systemd/system/close.timer
    content: |
      [Timer]
      OnCalendar=Mon..Fri 18:30
      Persistent=true
      [Install]
      WantedBy=timers.target
runcmd:
  - aws s3 cp s3://acme-artifacts/ledger.jar /opt/ledger/ledger.jar
  - chown -R ledger /opt/ledger
  - systemctl daemon-reload
  - systemctl enable --now ledger.service close.timer
";

fn config(machine: &Machine) -> PlConfig {
    let outcome = machine.lift().outcome;
    let LiftOutcome::Converted(config) = outcome else { unreachable!("{outcome:?}") };
    config
}

fn ledger() -> Machine {
    Machine::started("ledger", "text/cloud-config", LEDGER).answer("base", "", "amazonlinux:2023")
}

#[test]
fn a_unit_with_a_timer_and_its_image_are_pinned() {
    insta::assert_snapshot!(ledger().answer("listens", "ledger", "8080").report());
}

#[test]
fn every_key_of_a_unit_is_what_it_says() {
    let config = config(&ledger().answer("listens", "ledger", "8080"));
    let text = serde_json::to_value(&config).unwrap();
    for (pointer, expected) in [
        ("/components/ledger/args", json!(["/usr/bin/java", "-Xmx512m", "-jar", "ledger.jar", "--port", "8080"])),
        ("/components/ledger/port", json!(8080)),
        ("/components/ledger/user", json!("10001")),
        ("/components/ledger/workdir", json!("/opt/ledger")),
        (
            "/components/ledger/env",
            json!({"DB_HOST": "db.example.com", "HEAP": "512m", "LEVEL": "info", "NAME": "the ledger"}),
        ),
        ("/components/ledger/resources/memory", json!("1Gi")),
        ("/components/close/type", json!("cron")),
        ("/components/close/schedule", json!("30 18 * * 1-5")),
        ("/machine/base", json!("amazonlinux:2023")),
        ("/machine/steps/0/user", json!({"name": "ledger", "uid": 10001, "home": "/opt/ledger"})),
    ] {
        assert_eq!(text.pointer(pointer), Some(&expected), "{pointer}: {text:#}");
    }
    assert!(text.pointer("/components/ledger/image").is_none());
    assert!(config.components["close"].suspended.is_some(), "nothing that runs by a clock starts by itself");
}

#[test]
fn nothing_of_the_user_data_is_passed_over() {
    let lifted = ledger().lift();
    let counts = lifted.ledger.counts();
    assert_eq!(counts.unknown, 0);
    let accounted: std::collections::BTreeSet<u32> = lifted.ledger.entries().filter_map(|entry| entry.line).collect();
    for (at, line) in LEDGER.lines().enumerate().map(|(at, line)| (at as u32 + 1, line.trim())) {
        // Lines of YAML that hold others, a section's name, and what goes on from the line before.
        let holds = line.ends_with(':')
            || line.ends_with('|')
            || line.starts_with(['[', '#', '-']) && !line.starts_with("- aws");
        let inside = ["system: true", "homedir: /opt/ledger"].contains(&line);
        let text = ["LEVEL=info", "DB_HOST=db.example.com"].contains(&line);
        assert!(holds || inside || text || accounted.contains(&at), "line {at} is silent: {line}");
    }
}

#[test]
fn a_secret_in_a_file_is_filled_in_when_it_starts_and_is_in_no_file_of_the_tree() {
    let mark = Redacted::new(0xbeef).to_string();
    let script = format!(
        "#!/bin/bash\nuseradd -r app\ncat > /etc/app.conf <<'EOF'\nhost = db\npassword = {mark}\nEOF\n\
         cat > /etc/systemd/system/app.service <<'EOF'\n[Service]\nUser=app\nEnvironment=TOKEN={mark}\nExecStart=/opt/app --key {mark}\nEOF\n\
         systemctl enable --now app\n"
    );
    let machine = Machine::started("app", "text/x-shellscript", &script);
    let config = config(&machine);
    let file = config.machine.as_ref().unwrap().steps.iter().find_map(|step| step.file.as_ref()).unwrap();
    assert_eq!(file.content, "host = db\npassword = ${secret:FILE_PASSWORD}\n");
    assert_eq!((file.owner, file.mode.as_deref()), (Some(10_001), Some("0644")));
    assert_eq!(config.secrets["FILE_PASSWORD"], "app#FILE_PASSWORD");
    assert!(config.components["worker"].secrets.contains_key("TOKEN"));
    let done = machine.convert();
    assert!(done.refused.is_empty(), "{:?}", done.refused);
    let mut filled = false;
    for (path, file) in done.files.iter() {
        let text = std::str::from_utf8(&file.bytes).unwrap();
        assert!(!text.contains("<redacted") && !text.contains("beef"), "{path}");
        filled |= path.ends_with("entry.sh") && text.contains("fill '/etc/app.conf' FILE_PASSWORD");
    }
    assert!(filled);
    assert!(done.questions.iter().all(|question| !question.text.contains("<redacted")));
}

#[test]
fn a_container_that_systemd_starts_is_a_container() {
    let script = "#!/bin/bash\ncat > /etc/systemd/system/web.service <<'EOF'\n[Service]\nExecStartPre=-/usr/bin/docker rm web\n\
                  ExecStart=/usr/bin/docker run --rm --name web -p 80:8080 -m 64m nginx:1.29\nRestart=always\nEOF\nsystemctl enable --now web\n";
    let config = config(&Machine::started("app", "text/x-shellscript", script));
    let web = &config.components["web"];
    assert_eq!((web.image.as_deref(), web.port), (Some("nginx:1.29"), Some(8080)));
    assert!(config.machine.is_none());
}

#[test]
fn a_unit_that_calls_a_runtime_of_containers_otherwise_is_no_process_of_an_image() {
    for start in [
        "/usr/local/bin/docker-compose -f compose.yml up -d",
        "/usr/bin/docker compose up",
        "/usr/bin/docker start -a web",
    ] {
        let script = format!(
            "#!/bin/bash\ncat > /etc/systemd/system/stack.service <<'EOF'\n[Service]\nWorkingDirectory=/opt/app\nExecStart={start}\nEOF\n\
             cat > /etc/systemd/system/own.service <<'EOF'\n[Service]\nExecStart=/opt/own --serve\nEOF\nsystemctl enable --now stack own\n"
        );
        let machine = Machine::started("app", "text/x-shellscript", &script);
        let config = config(&machine);
        assert_eq!(config.components.len(), 1, "{start}: {:?}", config.components.keys());
        let component = config.components.values().next().unwrap();
        assert_eq!(component.args.as_deref(), Some(["/opt/own".to_owned(), "--serve".to_owned()].as_slice()));
        assert!(component.suspended.is_some());
        let asked = machine.lift().questions;
        let asked: Vec<&str> = asked.iter().map(|question| question.text.as_str()).collect();
        assert!(asked.iter().any(|text| text.contains(&format!("starts containers by `{start}`"))), "{asked:?}");
    }
}

#[test]
fn lines_of_crontabs_are_components_and_what_no_clock_says_is_asked() {
    let script = "#!/bin/bash\ncat > /etc/cron.d/reports <<'EOF'\nMAILTO=ops@example.com\nOUT=/srv\n15 4 * * 1-5 root /opt/reports/daily --to $OUT 50\\%\n\
                  @reboot root /opt/reports/warm\nEOF\necho '*/10 * * * * /opt/tidy' | crontab -\n";
    let machine = Machine::started("app", "text/x-shellscript", script);
    let config = config(&machine);
    let text = serde_json::to_value(&config).unwrap();
    for (pointer, expected) in [
        ("/components/reports/schedule", json!("15 4 * * 1-5")),
        ("/components/reports/args", json!(["/bin/sh", "-c", "/opt/reports/daily --to $OUT 50%"])),
        ("/components/reports/env", json!({"OUT": "/srv"})),
        ("/components/reports/user", json!("0")),
        ("/components/cron/schedule", json!("*/10 * * * *")),
        ("/components/cron/args/2", json!("/opt/tidy")),
    ] {
        assert_eq!(text.pointer(pointer), Some(&expected), "{pointer}: {text:#}");
    }
    let asked: Vec<String> = machine.lift().questions.iter().map(|question| question.id.to_string()).collect();
    assert!(asked.iter().any(|id| id.starts_with("line/") && id.ends_with("/6")), "{asked:?}");
}

/// A pod's clock is UTC's: whatever gives a machine another one is asked about before anything runs by it.
#[test]
fn what_goes_by_the_clock_of_another_time_zone_is_asked_about() {
    let questions = |content_type: &str, text: &str| -> Vec<String> {
        let lifted = Machine::started("app", content_type, text).lift();
        lifted.questions.iter().map(|question| question.text.clone()).collect()
    };
    let script = |zone: &str, table: &str| {
        format!("#!/bin/bash\n{zone}cat > /etc/cron.d/tidy <<'EOF'\n{table}15 4 * * * root /opt/tidy\nEOF\n")
    };
    let usual = questions("text/x-shellscript", &script("", ""));
    for (zone, table) in [
        ("timedatectl set-timezone Europe/Berlin\n", ""),
        ("ln -sf /usr/share/zoneinfo/Europe/Berlin /etc/localtime\n", ""),
        ("cp /usr/share/zoneinfo/Europe/Berlin /etc/localtime\n", ""),
        ("echo Europe/Berlin > /etc/timezone\n", ""),
        ("", "CRON_TZ=Europe/Berlin\n"),
        ("", "CRON_TZ=\"America/New_York\"\n"),
    ] {
        let asked = questions("text/x-shellscript", &script(zone, table));
        assert!(asked != usual, "{zone}{table}: {asked:?}");
    }
    for (zone, table) in [("timedatectl set-timezone UTC\n", ""), ("", "CRON_TZ=UTC\n")] {
        assert_eq!(questions("text/x-shellscript", &script(zone, table)).len(), usual.len(), "{zone}{table}");
    }
    let cloud = |zone: &str| {
        let written = "write_files:\n  - path: /etc/cron.d/tidy\n    content: |\n      15 4 * * * root /opt/tidy\n";
        questions("text/cloud-config", &format!("#cloud-config\n{zone}{written}"))
    };
    assert_ne!(cloud("timezone: Europe/Berlin\n"), cloud(""));
}

#[test]
fn processes_that_name_the_machines_own_address_are_one_pod_and_others_are_apart() {
    let unit = |name: &str, words: &str| {
        format!(
            "cat > /etc/systemd/system/{name}.service <<'EOF'\n[Service]\nExecStart=/opt/{name} {words}\nEOF\nsystemctl start {name}\n"
        )
    };
    let of = |words: &str| {
        let script = format!("#!/bin/bash\n{}{}", unit("front", words), unit("back", "--port 9000"));
        config(&Machine::started("app", "text/x-shellscript", &script))
    };
    let apart = of("--backend https://back.example.com");
    assert_eq!(apart.components.keys().collect::<Vec<_>>(), ["back", "front"]);
    let together = of("--backend http://127.0.0.1:9000");
    assert_eq!(together.components.len(), 1);
    let only = together.components.values().next().unwrap();
    assert_eq!(only.sidecars.len(), 1);
}

#[test]
fn what_is_not_understood_of_a_unit_is_a_question_and_holds_it() {
    for (line, topic) in [
        ("Type=forking", "docker-option"),
        ("ExecStartPre=/opt/prepare", "docker-option"),
        ("Frobnicate=yes", "docker-option"),
        ("no key at all", "docker-option"),
        ("EnvironmentFile=/etc/elsewhere", "environment-file"),
        ("StateDirectory=app", "volume"),
        ("User=nobody-knows", "user"),
    ] {
        let script = format!(
            "#!/bin/bash\ncat > /etc/systemd/system/app.service <<'EOF'\n[Service]\n{line}\nExecStart=/opt/app\nEOF\nsystemctl start app\n"
        );
        let lifted = Machine::started("app", "text/x-shellscript", &script).lift();
        assert!(
            lifted.questions.iter().any(|one| one.id.as_str().starts_with(&format!("{topic}/"))),
            "{line}: {:?}",
            lifted.questions
        );
        let LiftOutcome::Converted(config) = lifted.outcome else { panic!("{line}") };
        assert!(config.components["worker"].suspended.is_some(), "{line}");
    }
}

/// What the entry step does to files, by a real shell.
#[test]
fn the_entry_step_fills_what_it_is_told_and_nothing_else() {
    let (one, two) = (Redacted::new(0xaaaa).to_string(), Redacted::new(0xbbbb).to_string());
    let script = format!(
        "#!/bin/bash\ncat > /etc/app.conf <<'EOF'\n# $HOME `id` \\\\n\npassword = {one}\nboth={two}{one}\n\nEOF\n\
         cat > /etc/systemd/system/app.service <<'EOF'\n[Service]\nExecStart=/opt/app\nEOF\nsystemctl start app\n"
    );
    let done = Machine::started("app", "text/x-shellscript", &script).convert();
    let text = |ending: &str| {
        let found = done.files.iter().find(|(path, _)| path.ends_with(ending));
        String::from_utf8(found.unwrap().1.bytes.clone()).unwrap()
    };
    let folder = std::env::temp_dir().join(format!("caravan-entry-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (conf, entry) = (folder.join("app.conf"), folder.join("entry.sh"));
    std::fs::write(&conf, text("files/etc/app.conf")).unwrap();
    std::fs::write(&entry, text("entry.sh").replace("/etc/app.conf", conf.to_str().unwrap())).unwrap();
    let run = |values: &[(&str, &str)]| {
        let mut command = std::process::Command::new("sh");
        command.arg(&entry).args(["echo", "a b"]).env_clear().env("PATH", "/usr/bin:/bin");
        command.envs(values.iter().copied()).output().unwrap()
    };
    let missing = run(&[("FILE_PASSWORD", "x")]);
    assert!(!missing.status.success() && missing.stdout.is_empty(), "it starts without a secret that it wants");
    let values = [("FILE_PASSWORD", "a$b`c\"\\*/&%"), ("FILE_BOTH", "li\nne")];
    assert_eq!(run(&values).stdout, b"a b\n");
    let filled = std::fs::read_to_string(&conf).unwrap();
    assert_eq!(filled, "# $HOME `id` \\\\n\npassword = a$b`c\"\\*/&%\nboth=li\nnea$b`c\"\\*/&%\n\n");
    // A container that is started again on the same disk has nothing left to fill.
    assert_eq!(run(&values).stdout, b"a b\n");
    assert_eq!(std::fs::read_to_string(&conf).unwrap(), filled);
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A package alone starts nothing that is known: nobody can tell what the machine serves.
#[test]
fn a_machine_that_only_installs_something_is_asked_about() {
    let machine = Machine::started("desk", "text/cloud-config", "#cloud-config\npackages: [pwgen, libtool]\n");
    let lifted = machine.lift();
    assert_eq!(lifted.host.as_ref().unwrap().verdict.word(), "unknown");
    assert!(lifted.questions.iter().any(|question| question.id.as_str().starts_with("interior/")));
    let LiftOutcome::Refused { reasons } = &lifted.outcome else { unreachable!("{:?}", lifted.outcome) };
    assert!(reasons.iter().all(|reason| reason.contains("answer its question `interior`")), "{reasons:?}");
    assert_eq!(lifted.ledger.counts().unknown, 0);
    let said = machine.answer("interior", "", "retire").lift();
    assert_eq!(said.host.unwrap().verdict.word(), "retire");
}

/// What `amazon-linux-extras` brings is a package like another, of Amazon Linux 2.
#[test]
fn a_topic_of_amazon_linux_2_brings_its_service() {
    let script =
        "#!/bin/bash\nyum update -y\nsudo amazon-linux-extras install nginx1 -y\nsudo systemctl enable --now nginx\n";
    let machine = Machine::started("web", "text/x-shellscript", script);
    let config = config(&machine);
    let image = config.machine.as_ref().unwrap();
    assert_eq!(image.base, "amazonlinux:2");
    let run: Vec<&Vec<String>> = image.steps.iter().map(|step| &step.run).filter(|run| !run.is_empty()).collect();
    assert_eq!(run, [&["amazon-linux-extras", "install", "-y", "nginx1"].map(str::to_owned).to_vec()]);
    let nginx = config.components.values().find(|one| one.args.as_ref().is_some_and(|args| args[0] == "nginx"));
    assert!(nginx.is_some(), "{:?}", config.components);
}

/// What a template fills in is open in a file too, whatever quotes stand around it, and no text of it is written.
#[test]
fn what_a_template_fills_in_is_asked_about_in_scripts_and_files() {
    let script = "#!/bin/bash\ncat > /etc/app.conf <<'EOF'\nlevel = ${__template_Level}\nhome = ${HOME}\nEOF\n\
                  docker run -d -p 80:8080 -m 64m -v /etc/app.conf:/etc/app.conf -e LEVEL=${__template_Level} app:${__template_Tag}\n";
    let machine = Machine::started("app", "text/x-shellscript", script);
    let done = machine.convert();
    let ids: Vec<&str> = done.questions.iter().map(|question| question.id.as_str()).collect();
    for topic in ["file/", "image/", "value/"] {
        assert!(ids.iter().any(|id| id.starts_with(topic)), "{topic}: {ids:?}");
    }
    assert!(done.questions.iter().any(|question| question.text.contains("`${Level}`")), "{:?}", done.questions);
    for (path, file) in done.files.iter() {
        let text = std::str::from_utf8(&file.bytes).unwrap();
        assert!(path.starts_with("ledger/") || !text.contains("${Level}") && !text.contains("__template_"), "{path}");
    }
}
