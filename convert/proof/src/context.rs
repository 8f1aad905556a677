//! The context of an image as it runs on the loopback: the emitted files, with nothing changed but where requests go that leave it.

use crate::invented::Invented;
use crate::original;
use caravan_convert_lift::plconfig::{Worker, WorkerBinding};
use serde_json::Value;
use std::collections::BTreeMap;

/// A context that can't be run.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ContextError {
    /// A line that every configuration has is not there, or there twice: somebody changed it by hand.
    #[error(
        "{file} has no line of its own for `{line}`: it was changed by hand; take the generated one, or try it yourself"
    )]
    Line {
        /// The file.
        file: String,
        /// How the line begins.
        line: &'static str,
    },
}

/// The line of whom its requests go to, and what stands there in a proof: the runner puts its port in the place of the word.
const LINES: [(&str, &str, bool); 2] = [
    (
        "    (name = \"internet\", network = ",
        "    (name = \"internet\", external = (address = \"127.0.0.1:INTERNET\", http = (style = proxy))),",
        true,
    ),
    (
        "    (name = \"origin\", external = ",
        "    (name = \"origin\", external = (address = \"127.0.0.1:ORIGIN\", http = (style = proxy))),",
        false,
    ),
];

/// The files with the internet and the origin on the loopback.
///
/// # Errors
/// When a configuration is none of those that are emitted.
pub fn loopback(mut files: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, ContextError> {
    for (file, text) in files.iter_mut().filter(|(file, _)| matches!(file.as_str(), "config.capnp" | "clock.capnp")) {
        for (begin, instead, always) in LINES {
            let there = text.lines().filter(|line| line.starts_with(begin)).count();
            if there > 1 || (there == 0 && always) {
                return Err(ContextError::Line { file: file.clone(), line: begin.trim() });
            }
            let replaced = text.lines().map(|line| if line.starts_with(begin) { instead } else { line });
            *text = replaced.flat_map(|line| [line, "\n"]).collect();
        }
    }
    Ok(files)
}

/// The environment of a container, with invented values for what comes from secret stores: `container` is its `env`.
pub(crate) fn environment(
    container: &[Value],
    worker: &Worker,
    bodies: &[&Value],
    invented: &mut Invented,
) -> BTreeMap<String, String> {
    let mut secrets = BTreeMap::new();
    let marks = original::marks(bodies);
    let of = |name: &str| bodies.iter().find(|body| body.get("name").and_then(Value::as_str) == Some(name));
    let own = bodies.first().map(|body| (*body, &worker.bindings));
    let beside = worker.beside.iter().filter_map(|(name, one)| Some((*of(name)?, &one.bindings)));
    for (body, bindings) in own.into_iter().chain(beside) {
        for (name, WorkerBinding { variable, .. }) in bindings {
            if let Some(variable) = variable {
                secrets.insert(variable.clone(), original::secret(body, name, &marks, invented));
            }
        }
    }
    let one = |entry: &Value| {
        let name = entry.get("name")?.as_str()?;
        let value = match entry.get("value").and_then(Value::as_str) {
            Some(value) => value.to_owned(),
            None => secrets.get(name)?.clone(),
        };
        Some((name.to_owned(), value))
    };
    container.iter().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::{ContextError, loopback};
    use std::collections::BTreeMap;

    const CONFIG: &str = "const config = (\n    (name = \"internet\", network = (allow = [\"public\"])),\n    \
                          (name = \"origin\", external = (address = \"o.example.com:443\", https = ())),\n);\n";

    fn files(text: &str) -> BTreeMap<String, String> {
        BTreeMap::from([("config.capnp".to_owned(), text.to_owned()), ("modules/a.js".to_owned(), "a\n".to_owned())])
    }

    #[test]
    fn only_where_requests_go_changes() {
        let changed = loopback(files(CONFIG)).unwrap();
        let text = &changed["config.capnp"];
        assert!(text.contains("127.0.0.1:INTERNET") && text.contains("127.0.0.1:ORIGIN"));
        assert!(!text.contains("o.example.com") && text.starts_with("const config = (\n") && text.ends_with(");\n"));
        assert_eq!(changed["modules/a.js"], "a\n");
    }

    #[test]
    fn a_configuration_that_could_ask_the_world_is_not_run() {
        let changed = loopback(files(&CONFIG.replace("    (name = \"internet\"", "    ( name = \"internet\"")));
        assert!(matches!(changed, Err(ContextError::Line { .. })), "{changed:?}");
    }
}
