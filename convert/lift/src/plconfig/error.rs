//! Why a text is no plconfig.

/// Why a text is no plconfig. Each names the place in the document as a path: `components.web.port`.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PlConfigError {
    /// The text is no YAML, or a value is not of the kind that stands there.
    #[error("{}{}: {message}", at_line(*line), place(path))]
    Unreadable {
        /// The line, from 1, if known.
        line: Option<u64>,
        /// Where.
        path: String,
        /// What is wrong.
        message: String,
    },
    /// A key that does not exist there.
    #[error("{}{}: there is no such key{}", at_line(*line), place(path), suggestion(meant.as_deref()))]
    UnknownKey {
        /// The line, from 1, if known.
        line: Option<u64>,
        /// The key, with where it stands.
        path: String,
        /// What was probably meant.
        meant: Option<String>,
    },
    /// A value that can't be, whatever its kind.
    #[error("{}: {message}", place(path))]
    Invalid {
        /// Where.
        path: String,
        /// What is wrong, and what would be right.
        message: String,
    },
    /// An environment that the file does not name.
    #[error("there is no environment `{environment}`; the file names {known}")]
    UnknownEnvironment {
        /// The environment that was asked for.
        environment: String,
        /// Those that exist.
        known: String,
    },
    /// It can't be written as YAML or JSON: a number that is none, for example.
    #[error("the plconfig can't be written: {message}")]
    Unwritable {
        /// What the writer says.
        message: String,
    },
}

fn at_line(line: Option<u64>) -> String {
    line.map(|line| format!("line {line}: ")).unwrap_or_default()
}

fn place(path: &str) -> &str {
    if path.is_empty() { "plconfig" } else { path }
}

fn suggestion(meant: Option<&str>) -> String {
    meant.map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default()
}
