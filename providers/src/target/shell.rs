//! Words and statements of a POSIX shell.

/// A text as one word.
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A text as one word of one line without control characters, so that it can be shown and pasted. A line break at its very end is
/// lost, as it is by a command's output in a variable.
fn on_one_line(text: &str) -> String {
    if !text.contains(char::is_control) {
        return quoted(text);
    }
    let escaped: String = text
        .chars()
        .map(|c| match c {
            '\\' => r"\\".to_owned(),
            '\t' => r"\t".to_owned(),
            '\n' => r"\n".to_owned(),
            other => other.to_string(),
        })
        .collect();
    format!("\"$(printf '%b' {})\"", quoted(&escaped))
}

/// `kubectl` in a namespace of a cluster.
pub(super) fn kubectl(cluster: &str, namespace: &str) -> String {
    format!("kubectl --context {} --namespace {}", quoted(cluster), quoted(namespace))
}

/// The lines that run a command only where `seen` (a variable) holds one of the texts that a run wrote or found, or where whoever
/// runs them says `FORCE=1`. What else stands there is said on standard error, and nothing is done.
pub(super) fn if_ours(seen: &str, ours: &[String], command: &str, what: &str) -> Vec<String> {
    let mut known: Vec<&String> = Vec::new();
    for one in ours {
        if !known.contains(&one) {
            known.push(one);
        }
    }
    let patterns: Vec<String> = known.iter().map(|text| format!(":{}", on_one_line(text))).collect();
    let refused =
        quoted(&format!("left as it is, {what}: this run wrote nothing of the kind (FORCE=1 writes it all the same):"));
    vec![
        format!("case \"${{FORCE:-}}:${seen}\" in"),
        format!("1:* | {}) {command} ;;", patterns.join(" | ")),
        format!("*) printf '%s\\n' {refused} \"${seen}\" >&2; false ;;"),
        "esac".to_owned(),
    ]
}

/// The lines that go on only where `owner` (a variable) holds no fencing token, or one of the run that `RUN` names, or where whoever
/// runs them says `FORCE=1`. `none` is what stands for none, `quote` what the token begins with.
pub(super) fn if_owned(none: &str, quote: &str, what: &str) -> Vec<String> {
    let refused =
        quoted(&format!("left as it is, {what}: it bears the mark of another run (FORCE=1 takes no notice):"));
    vec![
        "case \"${FORCE:-}:$owner\" in".to_owned(),
        format!("1:* | :{none} | \":{quote}${{RUN:-}}/\"*) true ;;"),
        format!("*) printf '%s\\n' {refused} \"$owner\" >&2; false ;;"),
        "esac".to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_word_of_one_line_is_the_text_itself_to_a_shell() {
        for text in ["it's", "rule\t50\nlisten\t'er'", "back\\slash\\t\tand \\\\", "100%b\t%s", "$HOME\t`id`", "*\t[a]"]
        {
            let word = on_one_line(text);
            assert!(!word.contains(char::is_control), "{word}");
            let script = format!("case \"$1\" in {word}) printf same ;; *) printf other ;; esac");
            let said = Command::new("sh").args(["-c", &script, "sh", text]).output().unwrap();
            assert_eq!(String::from_utf8_lossy(&said.stdout), "same", "{word}");
            let other = Command::new("sh").args(["-c", &script, "sh", &format!("{text}x")]).output().unwrap();
            assert_eq!(String::from_utf8_lossy(&other.stdout), "other", "{word}");
        }
    }
}
