//! The words of a command, as people answer with them.

/// The words: a list of JSON, or what stands between blanks. None where it can't be told which they are, as nobody takes quotes away
/// that only a shell would: `sh -c "exec app"` is three words, and `["sh", "-c", "exec app"]` says so.
pub(crate) fn words(answer: &str) -> Option<Vec<String>> {
    if let Ok(list) = serde_json::from_str::<Vec<String>>(answer) {
        return Some(list);
    }
    // Neither is a list that is none of JSON.
    let is_unclear = answer.contains(['"', '\'', '\\', '`']) || answer.trim_start().starts_with('[');
    (!is_unclear).then(|| answer.split_whitespace().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn quotes_are_told_by_json_alone() {
        let is = |answer: &str, wanted: &[&str]| assert_eq!(words(answer).unwrap(), wanted, "{answer}");
        is("bin/seed  --all", &["bin/seed", "--all"]);
        is(r#"["sh", "-c", "exec bin/seed \"$1\""]"#, &["sh", "-c", "exec bin/seed \"$1\""]);
        is("", &[]);
        for answer in ["sh -c \"exec app\"", "sh -c 'exec app'", r"my\ app", "[\"sh\", -c]", "[sh, -c]", "app `date`"] {
            assert_eq!(words(answer), None, "{answer}");
        }
    }
}
