//! What only a person can tell, and what is left out until then.

/// A part of the platform that is not written, since nobody has said what must stand there.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Open {
    /// What is left out, in which environment, and what does not work without it.
    pub what: String,
    /// What to write, and where, with what is to be replaced in capitals.
    pub remedy: String,
}

/// Puts values into a text: `{team}`, `{environment}`, `{account}`, `{cluster}`.
///
/// # Errors
/// The first name in braces that has no value.
pub(crate) fn filled(text: &str, values: &[(&str, Option<&str>)]) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let (name, after) = after.split_once('}').ok_or_else(|| format!("`{text}` has a `{{` without a `}}`"))?;
        let known = values.iter().find(|(known, _)| *known == name);
        match known {
            Some((_, Some(value))) => out.push_str(value),
            Some((_, None)) => return Err(format!("`{{{name}}}` in `{text}` is not known")),
            None => return Err(format!("`{{{name}}}` in `{text}` is no name that stands for something there")),
        }
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_braces_are_replaced_and_unknown_ones_named() {
        let values = [("team", Some("shop")), ("account", None)];
        assert_eq!(filled("eng-{team}-x", &values).unwrap(), "eng-shop-x");
        assert_eq!(filled("plain", &values).unwrap(), "plain");
        for (text, said) in [("{account}", "not known"), ("{teem}", "no name"), ("{team", "without")] {
            assert!(filled(text, &values).unwrap_err().contains(said), "{text}");
        }
    }
}
