//! Secrets in people's answers: decisions.yaml is in Git in clear, and so is what is made of its answers (C5). What discovery would
//! take out of a source, no answer brings in again.

use caravan_discover::Redactor;
use caravan_inventory::{QuestionId, Redacted};
use serde_json::Value;

/// How the place of a secret is named in its stead.
pub(crate) const REFERENCE: &str = "keep it in the team's store, bring it in as a variable of the container by its `secrets`, and name that variable \
                                    in its place: `$NAME` in words that a shell of the image runs, such as `[\"sh\", \"-c\", \"exec app --token \
                                    $TOKEN\"]`";

/// Topics whose answers are names that the question offers: an id of a workload may look like a token, and nothing else is taken there.
const OF_NAMES: [&str; 7] =
    ["group-server", "host-listener", "host-owner", "internal-host-listener", "internal-host-owner", "owner", "target"];

/// As [`marked`], of the answer to a question.
pub(crate) fn marked_of(question: &QuestionId, answer: &str) -> Option<String> {
    let topic = question.as_str().split('/').next().unwrap_or_default();
    if OF_NAMES.contains(&topic) { None } else { marked(answer) }
}

/// The answer with a mark for each secret that seems to stand in it; none where none does. The mark is the same for all, since a
/// fingerprint may stand in no tree that Git carries.
pub(crate) fn marked(answer: &str) -> Option<String> {
    let redactor = Redactor::new(&[]);
    // `once=WORDS` and its like say before it what becomes of the words.
    let (before, words) = match answer.split_once('=') {
        Some((form @ ("once" | "apart"), words)) => (Some(form), words),
        _ => (None, answer),
    };
    let holds = match serde_json::from_str::<Value>(words) {
        Ok(document @ (Value::Array(_) | Value::Object(_))) => {
            texts(&document).iter().any(|text| is_secret(&redactor, text))
        }
        _ => false,
    };
    // Of settings with commas between them (`cpu=250m,memory=512Mi`) each is looked at by itself: together they look like no word.
    let read = match words.contains(char::is_whitespace) {
        true => redactor.redact_text(words),
        false => words.split(',').map(|word| redactor.redact_text(word)).collect::<Vec<_>>().join(","),
    };
    if read == words && !holds {
        return None;
    }
    let mark = Redacted::new(0).to_string();
    let read = if holds { mark } else { without_fingerprints(&read, &mark) };
    Some(before.map_or_else(|| read.clone(), |form| format!("{form}={read}")))
}

fn is_secret(redactor: &Redactor, text: &str) -> bool {
    redactor.redact_text(text) != text
}

/// What a document says, as words of a command: a list as a line, a field as an option with its value.
fn texts(document: &Value) -> Vec<String> {
    match document {
        Value::Array(list) => {
            let words: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
            list.iter().filter(|value| !value.is_string()).flat_map(texts).chain([words.join(" ")]).collect()
        }
        Value::Object(map) => {
            let named = |(name, value): (&String, &Value)| match value {
                Value::String(text) => vec![format!("--{name} {text}")],
                other => texts(other),
            };
            map.iter().flat_map(named).collect()
        }
        _ => Vec::new(),
    }
}

fn without_fingerprints(text: &str, mark: &str) -> String {
    let mut out = String::new();
    let mut from = 0;
    for span in Redacted::find(text) {
        out.push_str(&text[from..span.range.start]);
        out.push_str(mark);
        from = span.range.end;
    }
    out.push_str(&text[from..]);
    out
}

#[cfg(test)]
mod tests {
    use super::{marked, marked_of};
    use caravan_inventory::{QuestionId, Redacted};

    #[test]
    fn what_discovery_would_take_out_of_a_command_stands_in_no_answer() {
        for (answer, secret) in [
            ("serve --password correcthorse91x", "correcthorse91x"),
            ("serve --dsn postgres://desk:s3cr3tferry7@db.example.com/desk", "s3cr3tferry7"),
            ("once=migrate --token ghp_q8Zs0Lx2Vn4Bt6Ky1Wd3Rf5Hj7Mc9Pa0Ue2", "ghp_q8Zs"),
            ("apart=[\"ship\", \"--api-key\", \"Xk29vQp7Lm3RtY8wZs4N\"]", "Xk29vQ"),
            ("[\"sh\", \"-c\", \"exec ship --password=correcthorse91x\"]", "correcthorse91x"),
            ("{\"job\": {\"password\": \"correcthorse91x\"}}", "correcthorse91x"),
            ("AKIAQ2W3E4R5T6Y7U8I9", "AKIAQ2W3"),
        ] {
            let marked = marked(answer).unwrap_or_else(|| panic!("{answer}"));
            assert!(!marked.contains(secret), "{marked}");
            assert!(
                Redacted::is_in(&marked) && Redacted::find(&marked).iter().all(|span| span.mark == Redacted::new(0)),
                "{marked}"
            );
        }
    }

    #[test]
    fn what_is_asked_for_is_no_secret() {
        for answer in [
            "without-condition",
            "desk.ferry.example,*.yard.example.com",
            "public=desk.ferry.example",
            "0 8 1 * *",
            "either=0 8 1 * 1",
            "cpu=250m,memory=512Mi",
            "1000:1000",
            "copy=app:/var/lib/data",
            "copy=/ONE,/OTHER",
            "serve --port 8080 --config /etc/desk/config.yaml",
            "once=[\"sh\", \"-c\", \"exec app --token $TOKEN\"]",
            "sh -c 'exec app --password \"$PASSWORD\"'",
            "sm:desk#DB_PASSWORD",
            "ssm:/desk/db/password",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:desk/db-AbCdEf",
            "arn:aws:iam::111122223333:role/desk",
            "111122223333.dkr.ecr.eu-west-1.amazonaws.com/desk:1.4.2",
            "registry.example.com/desk@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "queue=https://sqs.eu-west-1.amazonaws.com/111122223333/desk:20",
            "{\"source\": \"clock\", \"detail\": {\"kind\": \"nightly\"}}",
            "fs-0123456789abcdef0",
            "team-a/production",
            "to-443",
        ] {
            assert_eq!(marked(answer), None, "{answer}");
        }
    }

    /// A name that AWS made looks like a token; where names are chosen from, nothing else is taken.
    #[test]
    fn a_name_that_a_question_offers_is_no_secret() {
        let name = "ecs/111122223333/eu-west-1/main/Xk29vQp7Lm3RtY8wZs4N";
        let of = |topic: &str| marked_of(&QuestionId::new(format!("{topic}/ecs/test/it")), name);
        assert_eq!(of("group-server"), None);
        assert!(
            marked_of(&QuestionId::new("words/ecs/test/it/app"), "--token ghp_q8Zs0Lx2Vn4Bt6Ky1Wd3Rf5Hj7Mc9Pa0Ue2")
                .is_some()
        );
    }
}
