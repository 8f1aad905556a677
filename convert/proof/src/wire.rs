//! The lines between the runner and who drives it: one JSON document each. First comes a [`Greeting`], then a [`Reply`] to each
//! [`Command`].

use crate::answer::{Asked, Exchange};
use crate::requests::Request;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The runner's first line.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Greeting {
    /// It takes commands.
    Ready(Versions),
    /// This one is not there, and the runner has ended: `miniflare` or `workerd`.
    Missing(String),
}

/// What runs.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Versions {
    /// Node's version.
    pub node: String,
    /// Miniflare's version.
    pub miniflare: String,
    /// Workerd's version, as it says it itself.
    pub workerd: String,
}

/// What the runner is to do.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Command<'a> {
    /// Starts the original with miniflare's options; its requests to these hosts go to the origin.
    Original {
        /// Miniflare's options.
        options: &'a Value,
        /// The hosts that are its own.
        hosts: &'a [String],
    },
    /// Puts a context down, and has workerd serve it where it does.
    Converted {
        /// Paths and texts.
        files: &'a BTreeMap<String, String>,
        /// What the process finds in its environment.
        environment: &'a BTreeMap<String, String>,
        /// Whether requests come to it: else it runs by the clock alone.
        serves: bool,
    },
    /// Asks a gateway in place of workerd.
    Through {
        /// Where it is: `https://gateway.example.com`.
        url: &'a str,
    },
    /// Asks both sides each of these, one after the other.
    Ask {
        /// What is asked.
        requests: &'a [Request],
        /// Whether the script goes on after its answer, so that what it asks of others then has to be waited for.
        waits: bool,
    },
    /// Calls `scheduled` on both sides.
    Scheduled {
        /// The trigger, as Cloudflare writes it.
        cron: &'a str,
    },
    /// Ends both sides.
    Stop,
}

/// The runner's answer to a command.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// It did it.
    Ok(Value),
    /// It could not.
    Error(String),
}

/// What both sides did at a trigger.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(default)]
pub struct Runs {
    /// The original's.
    pub original: Run,
    /// The converted one's.
    pub converted: Run,
}

/// One run by the clock.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(default)]
pub struct Run {
    /// Whether it went well.
    pub well: bool,
    /// What it asked of others.
    pub asked: Vec<Asked>,
}

/// The answers to [`Command::Ask`].
///
/// # Errors
/// When the runner says something else.
pub fn exchanges(value: Value) -> Result<Vec<Exchange>, serde_json::Error> {
    serde_json::from_value(value)
}
