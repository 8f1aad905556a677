//! Words and statements of a POSIX shell.

/// A text as one word.
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
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
    let patterns: Vec<String> = known.iter().map(|text| format!(":{}", quoted(text))).collect();
    let refused = quoted(&format!(
        "left as it is, {what}: this run wrote nothing of the kind (FORCE=1 puts the original there):"
    ));
    let text = format!(
        "case \"${{FORCE:-}}:${seen}\" in\n\
         1:* | {}) {command} ;;\n\
         *) printf '%s\\n' {refused} \"${seen}\" >&2; false ;;\n\
         esac",
        patterns.join(" | ")
    );
    text.lines().map(str::to_owned).collect()
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
