use super::*;
use crate::ec2::startup::word::Word;

fn read_all(text: &str) -> Vec<Statement> {
    let (mut variables, mut out) = (Variables::new(), Vec::new());
    read(text, 1, &mut variables, &mut out);
    out
}

/// Each statement as its line, a `?` where it is conditional, and what it is.
fn shown(text: &str) -> Vec<String> {
    let line = |one: &Statement| format!("{}{} {}", one.line, if one.conditional { "?" } else { "" }, one.shown());
    read_all(text).iter().filter(|one| !matches!(one.what, What::Assign(_))).map(line).collect()
}

#[test]
fn a_script_is_its_commands_with_their_lines() {
    let script = "#!/bin/bash\nset -eu\nTAG=1.2\nyum install -y docker && systemctl start docker || true\n\
                  docker run -d --name \"web-$TAG\" \\\n  -p 80:8080 -e 'A=b c' acme/web:${TAG}\n";
    assert_eq!(
        shown(script),
        [
            "2 set -eu",
            "4 yum install -y docker",
            "4 systemctl start docker",
            "4? true",
            "5 docker run -d --name web-1.2 -p 80:8080 -e A=b c acme/web:1.2",
        ]
    );
}

#[test]
fn what_may_not_happen_is_told_from_what_does() {
    let script = "if ! command -v docker; then curl -fsSL https://get.docker.com | sh; fi\n\
                  for i in 1 2; do sleep 1; done\n[ -f /x ] && touch /y\nf() { rm -r /z; }\n";
    assert_eq!(
        shown(script),
        [
            "1? command -v docker",
            "1? curl -fsSL https://get.docker.com | sh",
            "2? sleep 1",
            "3? touch /y",
            "4? rm -r /z"
        ]
    );
}

#[test]
fn what_only_the_machine_knows_stays_open() {
    let script = "A=$(curl -s http://169.254.169.254/latest/meta-data/instance-id)\nif x; then B=1; fi\n\
                  run $A \"$B\" ${C:-d} `date`\n";
    let statements = read_all(script);
    let What::Run(commands) = &statements.last().unwrap().what else { panic!() };
    let known: Vec<Option<String>> = commands[0].words.iter().map(Word::text).collect();
    assert_eq!(known, [Some("run".to_owned()), None, None, None, None]);
}

#[test]
fn a_secret_of_a_store_is_its_reference_and_a_mark_stays_one() {
    let mark = Redacted::new(0xfeed);
    let script = format!(
        "export P=$(aws ssm get-parameter --name /prod/db --with-decryption --query Parameter.Value --output text)\n\
         Q=$(aws secretsmanager get-secret-value --secret-id prod/db --query SecretString --output text | jq -r .password)\n\
         docker run -e P=\"$P\" -e Q=$Q -e T={mark} acme/web\n"
    );
    let statements = read_all(&script);
    let What::Run(commands) = &statements.last().unwrap().what else { panic!("{statements:?}") };
    let words = &commands[0].words;
    let value = |at: usize| words[at].split_once('=').unwrap().1;
    assert_eq!(value(3).secret(), Some("ssm:/prod/db"));
    assert_eq!(value(5).secret(), Some("sm:prod/db#password"));
    assert_eq!(value(7).text(), Some(mark.to_string()));
    // What the shell would not have said is not taken for a secret of the store.
    let other = "Q=$(aws secretsmanager get-secret-value --secret-id prod/db | jq -r .SecretString)\nrun $Q\n";
    let What::Run(commands) = &read_all(other).last().unwrap().what.clone() else { panic!() };
    assert_eq!(commands[0].words[1].text(), None);
}

#[test]
fn files_are_written_by_here_documents_and_by_echo() {
    let script = "V=2\ncat > /etc/a.conf <<'EOF'\nx=$V\nEOF\ncat <<EOF | tee /opt/b.yml >/dev/null\nx: $V \\$Y\nEOF\n\
                  echo \"c $V\" >> /etc/c\necho d | sudo tee -a /etc/d\ntee /etc/e <<EOF\ne\nEOF\n";
    let written = |statement: &Statement| match &statement.what {
        What::Write(written) => {
            Some((statement.line, written.path.shown(), written.content.text(), written.append, written.content.line))
        }
        _ => None,
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        read_all(script).iter().filter_map(written).collect::<Vec<_>>(),
        [
            (2, "/etc/a.conf".to_owned(), text("x=$V\n"), false, 3),
            (5, "/opt/b.yml".to_owned(), text("x: 2 $Y\n"), false, 6),
            (8, "/etc/c".to_owned(), text("c 2\n"), true, 8),
            (9, "/etc/d".to_owned(), text("d\n"), true, 9),
            (10, "/etc/e".to_owned(), text("e\n"), false, 11),
        ]
    );
}

#[test]
fn output_into_logs_decides_nothing_and_what_can_not_be_followed_is_said() {
    let script = "exec > >(tee /var/log/user-data.log | logger -t user-data) 2>&1\nx >/dev/null 2>&1\ny > /etc/y\n\
                  mysql < /srv/dump.sql\necho \"open\n";
    let statements = read_all(script);
    let is_unread = |at: usize| matches!(statements[at].what, What::Unread(..));
    let What::Run(commands) = &statements[2].what else { panic!() };
    assert_eq!(commands[0].output.as_ref().map(Word::shown).as_deref(), Some("/etc/y"));
    assert!(!is_unread(0) && !is_unread(1) && is_unread(3), "{statements:?}");
}

#[test]
fn a_variable_without_quotes_is_as_many_words_as_its_value() {
    let script = "O=\"-p 80:80 -d\"\ndocker run $O acme/web \"$O\"\n";
    let statements = read_all(script);
    let What::Run(commands) = &statements.last().unwrap().what else { panic!() };
    let words: Vec<String> = commands[0].words.iter().map(Word::shown).collect();
    assert_eq!(words, ["docker", "run", "-p", "80:80", "-d", "acme/web", "-p 80:80 -d"]);
}
