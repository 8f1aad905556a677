//! Lines of logins: what `chpasswd` reads, `user:password` a line (chpasswd(8)), as cloud-config has it and as a script hands it over.

use super::Redactor;

/// The text with the passwords of such lines marked; none where there are none, or all are marked already.
pub(super) fn masked(redactor: &Redactor, text: &str) -> Option<String> {
    if !text.contains("chpasswd") {
        return None;
    }
    let (mut out, mut any) = (String::with_capacity(text.len()), false);
    let mut block = Block::None;
    for line in text.split_inclusive('\n') {
        block = block.at(line);
        let masked = if block.holds(line) { login(redactor, line) } else { None };
        any |= masked.is_some();
        out += masked.as_deref().unwrap_or(line);
        block = block.behind(line);
    }
    any.then_some(out)
}

/// Where a reader of lines stands.
#[derive(Clone, Debug)]
enum Block {
    None,
    /// Below the key `chpasswd` that stands so deep.
    Key(usize),
    /// What the program gets, up to the line that is this.
    Given(String),
}

impl Block {
    /// Before a line.
    fn at(self, line: &str) -> Self {
        let deep = depth(line);
        match self {
            Self::Key(of_key) if !line.trim().is_empty() && deep <= of_key => Self::None,
            Self::Given(end) if line.trim() == end => Self::None,
            other => other,
        }
    }

    fn holds(&self, line: &str) -> bool {
        !matches!(self, Self::None) && !line.trim_start().starts_with('#')
    }

    /// Behind a line.
    fn behind(self, line: &str) -> Self {
        let bare = line.trim();
        if bare == "chpasswd:" {
            return Self::Key(depth(line));
        }
        match bare.split_once("<<").filter(|(program, _)| program.contains("chpasswd")) {
            Some((_, word)) if !word.starts_with('<') => {
                let word = word.trim_start_matches('-').split_whitespace().next().unwrap_or_default();
                Self::Given(word.trim_matches(['\'', '"', '\\']).to_owned())
            }
            _ => self,
        }
    }
}

fn depth(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// A line that is a login, with its password marked: behind the colon no space stands, as behind that of a key.
fn login(redactor: &Redactor, line: &str) -> Option<String> {
    let bare = line.trim_end();
    let inner = bare.trim_start().trim_start_matches("- ").trim_start_matches(['"', '\'']);
    let (user, password) = inner.split_once(':')?;
    let word = !user.is_empty() && user.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-$".contains(&b));
    let password = password.trim_end_matches(['"', '\'']);
    let says_how =
        ["R", "RANDOM", ""].contains(&password) || password.starts_with([' ', '$']) && !password.starts_with("$6");
    if !word || says_how || redactor.is_mark(password) || password.contains("<redacted:") {
        return None;
    }
    let at = line.rfind(&format!("{user}:{password}"))? + user.len() + 1;
    Some(format!("{}{}{}", &line[..at], redactor.mark(password), &line[at + password.len()..]))
}
