//! What is wrong with a configuration.

/// Why a configuration is refused. Each names what to change.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// No document of JSON or YAML of this form; says the line.
    #[error("the configuration can't be read: {0}")]
    Unreadable(String),
    /// A value that can't work.
    #[error("`{key}` {why}")]
    Value {
        /// The key, with its folders: `source.http.routes`.
        key: &'static str,
        /// What is wrong, as the rest of a sentence that begins with the key.
        why: String,
    },
}
