//! Values that a script asks a store of secrets for: `$(aws ssm get-parameter --name /prod/key …)`.

use super::super::statement::{Command, What};
use super::{Reader, children};
use tree_sitter::Node;

/// The reference that means the same in a plconfig; none where it is anything else.
pub(super) fn reference(reader: &mut Reader<'_>, node: Node<'_>) -> Option<String> {
    let mut inside = children(node);
    let (Some(statement), None) = (inside.next(), inside.next()) else { return None };
    let Some(What::Run(commands)) = reader.what(statement) else { return None };
    match commands.as_slice() {
        [aws] => of(aws, None),
        [aws, jq] if jq.name() == "jq" => of(aws, Some(jq)),
        _ => None,
    }
}

fn of(aws: &Command, jq: Option<&Command>) -> Option<String> {
    let words: Vec<String> = aws.own_words().iter().map(super::super::word::Word::text).collect::<Option<_>>()?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let query = option(&words, "--query");
    let picked = match jq {
        Some(jq) => Some(path_of(jq)?),
        None => None,
    };
    match words.as_slice() {
        ["aws", rest @ ..] if is_call(rest, "ssm", "get-parameter") => {
            let name = option(&words, "--name").filter(|name| !name.is_empty())?;
            let value = query == Some("Parameter.Value") && picked.is_none()
                || query.is_none() && picked.as_deref() == Some("Parameter.Value");
            value.then(|| format!("ssm:{name}"))
        }
        ["aws", rest @ ..] if is_call(rest, "secretsmanager", "get-secret-value") => {
            let id = option(&words, "--secret-id").filter(|id| !id.is_empty())?;
            match (query, picked) {
                (Some("SecretString"), None) => Some(format!("sm:{id}")),
                (Some("SecretString"), Some(property)) if !property.contains(['.', '[']) => {
                    Some(format!("sm:{id}#{property}"))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether these are the service and the call, whatever options stand between them.
fn is_call(words: &[&str], service: &str, call: &str) -> bool {
    let at = words.iter().position(|word| *word == service);
    at.is_some_and(|at| words.get(at + 1) == Some(&call))
}

/// The value of an option, in either of its forms.
fn option<'w>(words: &[&'w str], name: &str) -> Option<&'w str> {
    words.iter().enumerate().find_map(|(at, word)| match word.strip_prefix(name) {
        Some("") => words.get(at + 1).copied(),
        Some(rest) => rest.strip_prefix('='),
        None => None,
    })
}

/// `jq -r .password`: the property.
fn path_of(jq: &Command) -> Option<String> {
    let words: Vec<String> = jq.own_words().iter().map(super::super::word::Word::text).collect::<Option<_>>()?;
    let (raw, rest): (Vec<&String>, Vec<&String>) = words[1..].iter().partition(|word| word.starts_with('-'));
    match (raw.iter().any(|word| word.contains('r')), rest.as_slice()) {
        (true, [path]) => path.strip_prefix('.').map(|path| path.trim_matches('"').to_owned()),
        _ => None,
    }
}
