//! The configuration: what function runs, by which command, and where its invocations come from.
//!
//! One document, JSON or YAML. Unknown keys are errors, and each value that can't work is refused with the key it stands at.

mod authorizer;
mod error;
mod function;
mod http;
mod schedule;
mod sqs;

pub use authorizer::{Authorizer, AuthorizerKind};
pub use error::ConfigError;
pub use function::Function;
pub use http::{HeaderCase, Http, InvokeMode, Shape};
pub use schedule::Schedule;
pub use sqs::{Filter, Sqs};

use serde::Deserialize;
use std::net::SocketAddr;
use std::path::PathBuf;

/// The whole configuration of one front.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The function, as Lambda described it.
    pub function: Function,
    /// The program of the runtime client and its arguments: `[python3, -m, awslambdaric, app.handler]`.
    pub command: Vec<String>,
    /// A folder whose executable files are started beside each process as external extensions.
    #[serde(default)]
    pub extensions: Option<PathBuf>,
    /// How many processes run behind the listener. Each takes one invocation at a time.
    #[serde(default = "one")]
    pub concurrency: u16,
    /// How many invocations one process may take at once. 1, as in Lambda, unless somebody says that the handler is safe.
    #[serde(default = "one")]
    pub shared: u16,
    /// How many invocations may wait for a process before further ones are answered as Lambda answers when it throttles.
    #[serde(default = "thousand")]
    pub max_waiting: usize,
    /// Seconds that a stop may take altogether: what runs is finished, then extensions and processes are ended.
    #[serde(default = "drain")]
    pub drain_seconds: u64,
    /// Where health and metrics are answered.
    #[serde(default = "admin")]
    pub admin: SocketAddr,
    /// Where invocations come from.
    pub source: Source,
}

/// Where invocations come from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Source {
    /// A listener for HTTP.
    Http(Http),
    /// A queue of SQS.
    Sqs(Sqs),
    /// Nobody: `caravan-front invoke` makes one invocation and ends.
    Schedule(Schedule),
}

impl Config {
    /// Reads a document of JSON or YAML and holds its values against each other.
    ///
    /// # Errors
    ///
    /// What can't be read, with its line, or the first key whose value can't work.
    pub fn read(document: &str) -> Result<Self, ConfigError> {
        let config: Self =
            serde_yaml::from_str(document).map_err(|error| ConfigError::Unreadable(error.to_string()))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let wrong = |key, why: &str| Err(ConfigError::Value { key, why: why.to_owned() });
        match self {
            _ if self.command.first().is_none_or(String::is_empty) => wrong("command", "names no program"),
            _ if self.concurrency == 0 => wrong("concurrency", "is 0: nothing would ever be answered"),
            _ if self.shared == 0 => wrong("shared", "is 0: a process takes at least one invocation"),
            _ if self.max_waiting == 0 => wrong("max_waiting", "is 0: every invocation waits for a moment"),
            _ if self.drain_seconds == 0 => wrong("drain_seconds", "is 0: what runs would be cut off"),
            _ => {
                self.function.check()?;
                match &self.source {
                    Source::Http(http) => http.check(),
                    Source::Sqs(sqs) => sqs.check(self.function.timeout_seconds),
                    Source::Schedule(schedule) => schedule.check(),
                }
            }
        }
    }
}

fn one() -> u16 {
    1
}

fn thousand() -> usize {
    1_000
}

fn drain() -> u64 {
    25
}

fn admin() -> SocketAddr {
    SocketAddr::from(([0, 0, 0, 0], 9090))
}

#[cfg(test)]
mod tests;
