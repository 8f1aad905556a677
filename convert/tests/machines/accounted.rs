//! Nothing is passed over in silence, nothing is guessed, and no secret gets through.

use super::*;
use caravan_convert_lift::{HostVerdict, Verdict};
use caravan_inventory::Redacted;

fn verdict(lifted: &Lifted) -> &HostVerdict {
    lifted.host.as_ref().unwrap()
}

#[test]
fn every_line_that_is_not_understood_is_a_question_and_holds_what_runs() {
    let script = "#!/bin/bash\ndocker run -d -p 80:80 -m 64m nginx:1.29\naws s3 cp s3://acme/config /etc/acme\nsysctl -w vm.max_map_count=262144\n";
    let machine = Machine::started("app", "text/x-shellscript", script);
    let lifted = machine.lift();
    let asked: Vec<u32> = lifted
        .ledger
        .entries()
        .filter(|entry| matches!(&entry.verdict, FieldVerdict::Question { id } if id.as_str().starts_with("line/")))
        .filter_map(|entry| entry.line)
        .collect();
    assert_eq!(asked, [3, 4]);
    let suspended = |lifted: &Lifted| match &lifted.outcome {
        LiftOutcome::Converted(config) => config.components["web"].suspended.clone(),
        LiftOutcome::Refused { reasons } => panic!("{reasons:?}"),
    };
    assert!(suspended(&lifted).is_some());
    let answered = machine.answer("line", "3", "leave-out").answer("line", "4", "leave-out");
    assert_eq!(suspended(&answered.lift()), None);
}

#[test]
fn a_secret_in_the_clear_goes_by_reference_and_its_mark_gets_nowhere() {
    let mark = Redacted::new(0xfeed).to_string();
    let script = format!(
        "#!/bin/bash\nexport X={mark}\ndocker run -d -p 80:80 -m 64m -e TOKEN={mark} -e OTHER=\"$X\" nginx:1.29\nrun --key {mark}\n"
    );
    let machine = Machine::started("app", "text/x-shellscript", &script);
    let done = machine.convert();
    assert!(done.refused.is_empty(), "{:?}", done.refused);
    for (path, file) in done.files.iter() {
        assert!(!std::str::from_utf8(&file.bytes).unwrap().contains("<redacted"), "{path}");
    }
    assert!(done.questions.iter().all(|question| !question.text.contains("<redacted")));
    let LiftOutcome::Converted(config) = machine.lift().outcome else { panic!() };
    let web = &config.components["web"];
    assert_eq!(web.secrets.keys().collect::<Vec<_>>(), ["OTHER", "TOKEN"]);
    assert!(web.env.is_empty() && web.suspended.is_some());
}

#[test]
fn an_interior_that_nobody_knows_is_a_question_and_an_answer_is_the_verdict() {
    let machine = Machine::new("legacy", &[(ObservationKind::Ec2Instance, instance())]);
    assert_eq!(verdict(&machine.lift()).verdict, Verdict::Unknown);
    let answered = machine.answer("interior", "", "keep").lift();
    assert_eq!(verdict(&answered).verdict, Verdict::Keep);
    assert!(answered.questions.is_empty() && matches!(answered.outcome, LiftOutcome::Refused { .. }));
}

#[test]
fn fields_of_the_machine_decide_as_well() {
    for (field, value, expected) in [
        ("sourceDestCheck", json!(false), Verdict::Replace),
        ("placement", json!({"tenancy": "host"}), Verdict::Rehost),
        ("instanceType", json!("mac2.metal"), Verdict::Keep),
        ("instanceType", json!("m6i.metal"), Verdict::Rehost),
        ("enclaveOptions", json!({"enabled": true}), Verdict::Rehost),
    ] {
        let mut machine = Machine::started("app", "text/x-shellscript", "#!/bin/sh\ndocker run -d nginx\n");
        machine.observations[0].body[field] = value;
        let lifted = machine.lift();
        assert_eq!(verdict(&lifted).verdict, expected, "{field}");
        assert!(matches!(lifted.outcome, LiftOutcome::Refused { .. }));
        assert_eq!(lifted.ledger.counts().unknown, 0);
    }
}

#[test]
fn options_in_full_become_what_they_say() {
    let script = "#!/bin/bash\ndocker run -d --name web -p 127.0.0.1:81:8081 -p 80:8080 -e A=1 -w /srv --entrypoint /bin/app -h shop \
                  --add-host db:10.0.0.9 --memory-reservation 256m -m 512m --cpu-shares 512 --shm-size 64m --cap-add NET_BIND_SERVICE \
                  --cap-drop MKNOD --sysctl net.ipv4.tcp_syncookies=1 -t -i --stop-timeout 45 --restart always acme/web:1 serve now\n";
    let LiftOutcome::Converted(config) = Machine::started("app", "text/x-shellscript", script).lift().outcome else {
        panic!()
    };
    let web = &config.components["web"];
    let text = serde_json::to_value(web).unwrap();
    for (pointer, expected) in [
        ("/image", json!("acme/web:1")),
        ("/port", json!(8080)),
        ("/ports/p8081", json!("8081")),
        ("/env/A", json!("1")),
        ("/workdir", json!("/srv")),
        ("/command", json!(["/bin/app"])),
        ("/args", json!(["serve", "now"])),
        ("/hostname", json!("shop")),
        ("/hosts/db", json!("10.0.0.9")),
        ("/resources/memory", json!("256Mi")),
        ("/resources/memory_limit", json!("512Mi")),
        ("/resources/cpu", json!("500m")),
        ("/volumes/~1dev~1shm/limit", json!("64Mi")),
        ("/capabilities/add", json!(["NET_BIND_SERVICE"])),
        ("/capabilities/drop", json!(["MKNOD"])),
        ("/sysctls/net.ipv4.tcp_syncookies", json!("1")),
        ("/tty", json!(true)),
        ("/stop", json!("55s")),
    ] {
        assert_eq!(text.pointer(pointer), Some(&expected), "{pointer}: {text:#}");
    }
}

#[test]
fn what_a_pod_may_not_do_is_refused_with_its_line() {
    for (options, expected) in [
        ("--privileged", "privileged"),
        ("--device /dev/fuse", "needs its own machine"),
        ("--sysctl kernel.panic=1", "needs the node's leave"),
        ("--frobnicate", "no option"),
    ] {
        let script = format!("#!/bin/sh\ntrue\ndocker run -d {options} acme/web:1\n");
        let LiftOutcome::Refused { reasons } = Machine::started("app", "text/x-shellscript", &script).lift().outcome
        else {
            panic!("{options}");
        };
        assert!(reasons.iter().any(|reason| reason.starts_with("line 3") && reason.contains(expected)), "{reasons:?}");
    }
}

#[test]
fn files_that_the_user_data_writes_are_read_where_they_are_used() {
    let script = "#!/bin/bash\ncat > /etc/app.env <<'EOF'\n# comment\nA=1\nB=x y\nEOF\ncat > /etc/app.conf <<'EOF'\nlisten: 80\nEOF\n\
                  docker run -d -p 80:80 -m 64m --env-file /etc/app.env -v /etc/app.conf:/etc/app/app.conf:ro nginx:1.29\n";
    let lifted = Machine::started("app", "text/x-shellscript", script).lift();
    let LiftOutcome::Converted(config) = &lifted.outcome else { panic!("{:?}", lifted.outcome) };
    let web = &config.components["web"];
    assert_eq!(web.env.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>(), ["A=1", "B=x y"]);
    assert_eq!(web.files["/etc/app/app.conf"], "listen: 80\n");
    let exact: Vec<u32> = lifted
        .ledger
        .entries()
        .filter(|entry| entry.verdict == FieldVerdict::Exact)
        .filter_map(|entry| entry.line)
        .collect();
    assert!(exact.contains(&4) && exact.contains(&5), "{exact:?}");
}

/// Honest: for each statement that is booked as exact, another value gives another plconfig.
#[test]
fn what_is_booked_as_exact_changes_what_comes_out() {
    let script = "#!/bin/bash\ndocker run -d --name web -p 80:8080 \\\n -e LEVEL=aaa1 \\\n -w /aaa2 \\\n --hostname aaa3 \\\n -u 1004 \\\n -m 1005m \\\n acme/aaa6:1 \\\n aaa7\n";
    let config = |text: &str| match Machine::started("app", "text/x-shellscript", text).lift().outcome {
        LiftOutcome::Converted(config) => config,
        LiftOutcome::Refused { reasons } => panic!("{reasons:?}"),
    };
    let lifted = Machine::started("app", "text/x-shellscript", script).lift();
    let exact: Vec<u32> = lifted
        .ledger
        .entries()
        .filter(|entry| entry.verdict == FieldVerdict::Exact)
        .filter_map(|entry| entry.line)
        .collect();
    assert_eq!(exact, [3, 4, 5, 6, 7, 8, 9]);
    let before = config(script);
    for line in exact {
        let changed: Vec<String> = script
            .lines()
            .enumerate()
            .map(|(at, text)| {
                if at + 1 == line as usize { text.replace("aaa", "bbb").replace("100", "101") } else { text.to_owned() }
            })
            .collect();
        assert_ne!(config(&format!("{}\n", changed.join("\n"))), before, "line {line}");
    }
}

#[test]
fn a_group_that_moves_between_bounds_asks_by_what() {
    let mut machine = pinned::web_tier();
    machine.observations[0].body["MaxSize"] = json!(9);
    let question = machine.lift().questions.into_iter().find(|question| question.id.as_str().starts_with("scaling/"));
    assert!(question.unwrap().text.contains("between 3 and 9"));
    let LiftOutcome::Converted(config) = machine.answer("scaling", "", "cpu=60").lift().outcome else { panic!() };
    let scale = serde_json::to_value(&config.components["web"].scale).unwrap();
    assert_eq!(scale, json!({"min": 3, "max": 9, "cpu": 60}));
}

/// As its image has it, a container may run as root: it waits until somebody says which number a named user has.
#[test]
fn a_container_of_a_named_user_waits_for_the_users_number() {
    let gate = |words: &str| {
        let script = format!(
            "#!/bin/bash\nsystemctl start docker\ndocker run -d --name gate {words} -p 8080:8080 acme/gate:4\n"
        );
        Machine::started("gate", "text/x-shellscript", &script)
    };
    let seen = |machine: &Machine| {
        let lifted = machine.lift();
        let LiftOutcome::Converted(mut config) = lifted.outcome else { return None };
        let component = config.components.pop_first()?.1;
        let is_held = component.suspended.is_some_and(|why| why.contains("which number its user has"));
        let is_asked = lifted.questions.iter().any(|one| one.id.as_str().starts_with("user/"));
        Some((component.user?, is_held, is_asked))
    };
    let of = |user: &str, waits: bool| Some((user.to_owned(), waits, waits));
    for (words, wanted) in [
        ("--user nobody", of("image", true)),
        ("-u app:staff", of("image", true)),
        ("--user=deploy", of("image", true)),
        ("--user root", of("0", false)),
        ("-u 1000:1000", of("1000:1000", false)),
        ("", of("image", false)),
    ] {
        assert_eq!(seen(&gate(words)), wanted, "{words}");
    }
    for (answer, user) in [("10001:10001", "10001:10001"), ("image", "image")] {
        assert_eq!(seen(&gate("-u app").answer("user", "gate", answer)), of(user, false), "{answer}");
    }
}
