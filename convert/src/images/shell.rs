//! Texts in shell scripts and Dockerfiles.

/// A word of a shell that is this text whatever stands in it.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A value of a Dockerfile's `LABEL` or `ENV`: in quotes, with nothing in it expanded.
pub(super) fn value(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars().filter(|c| !c.is_control()) {
        if matches!(c, '"' | '\\' | '$') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_expanded() {
        assert_eq!(quoted("$LATEST"), "'$LATEST'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(value("a \"b\" $c \\"), r#""a \"b\" \$c \\""#);
    }
}
