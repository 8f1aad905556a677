use super::*;
use crate::ec2::account::Script;
use crate::ec2::startup::{What, read};
use caravan_inventory::ObservationId;
use serde_json::Value;

/// Gives a test the place of a text.
fn with_place(test: impl FnOnce(Place<'_>)) {
    let (value, source) = (Value::Null, ObservationId::new("x"));
    test(Place { script: Script { value: &value, source: &source, number: 1 }, line: 1 });
}

/// The settings of a command, as `Key value`.
fn settings(line: &str) -> Result<Vec<String>, String> {
    let statements = read("text/x-shellscript", line);
    let What::Run(commands) = &statements[0].what else { panic!("{statements:?}") };
    let mut out = Err("nothing".to_owned());
    with_place(|at| {
        out = read_run(at, &commands[0].words[2..], false).map(|started| {
            let setting = |one: &Setting| format!("{:?} {}", one.key, one.value.shown());
            let mut all: Vec<String> = started.settings.iter().map(setting).collect();
            let words: Vec<String> = started.command.iter().map(Word::shown).collect();
            all.push(format!("{} {:?} {words:?} {}", started.image.shown(), started.name, started.detached));
            all
        });
    });
    out
}

#[test]
fn options_are_read_in_all_their_forms() {
    assert_eq!(
        settings(
            "docker run -itd --name=web -p80:8080 --publish 81:81 -eA=1 -e 'B=x y' --read-only -m=512m acme/web:1 -p 1"
        )
        .unwrap(),
        [
            "Stdin true",
            "Tty true",
            "OfTheHost --detach true",
            "OfTheHost --name web",
            "Publish 80:8080",
            "Publish 81:81",
            "Env A=1",
            "Env B=x y",
            "ReadOnly true",
            "Memory 512m",
            "acme/web:1 Some(\"web\") [\"-p\", \"1\"] true",
        ]
    );
}

#[test]
fn what_is_no_option_is_said() {
    assert!(settings("docker run --frobnicate x").unwrap_err().contains("--frobnicate"));
    assert!(settings("docker run -d").unwrap_err().contains("no image"));
    assert!(settings("docker run -p").unwrap_err().contains("no value"));
}

#[test]
fn a_compose_file_is_its_services_and_what_is_not_understood_keeps_its_line() {
    let text = "services:\n  web:\n    image: acme/web:1\n    ports: ['80:8080']\n    environment:\n      A: 1\n      B:\n    depends_on: [db]\n    \
                command: serve --name 'a b'\n    blkio_config: {weight: 1}\n  db:\n    image: postgres:16\n    volumes:\n      - data:/var/lib/postgresql/data\n\
                volumes:\n  data:\nsecrets:\n  x: {file: ./x}\n";
    with_place(|at| {
        let found = read_compose(at.at(11), text, 1).unwrap();
        let web = &found.services[0];
        let shown: Vec<String> =
            web.settings.iter().map(|one| format!("{} {:?} {}", one.value.line, one.key, one.value.shown())).collect();
        assert_eq!(shown, ["14 Publish 80:8080", "16 Env A=1", "17 Env B", "18 DependsOn db"]);
        assert_eq!(web.command.iter().map(Word::shown).collect::<Vec<_>>(), ["serve", "--name", "a b"]);
        assert_eq!(found.services[1].at.line, 22);
        assert_eq!(found.left, [(28, "secrets".to_owned()), (20, "web: blkio_config".to_owned())]);
    });
}
