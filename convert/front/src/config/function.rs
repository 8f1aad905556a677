//! The function, as Lambda described it to its runtime.

use super::ConfigError;
use serde::Deserialize;
use std::path::PathBuf;

/// What Lambda told the runtime about the function, by variables and by headers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The version that was invoked.
    #[serde(default = "latest")]
    pub version: String,
    /// The account of twelve digits that it lived in.
    pub account: String,
    /// Its region.
    pub region: String,
    /// The ARN that invocations are said to have called; without it, the function's own.
    #[serde(default)]
    pub arn: Option<String>,
    /// The handler, as the runtime client reads it: `app.handler`.
    pub handler: String,
    /// The runtime's identifier, such as `python3.12`; none for functions of an image.
    #[serde(default)]
    pub runtime: Option<String>,
    /// Memory in MB, which handlers may read.
    #[serde(default = "memory")]
    pub memory_mb: u32,
    /// Seconds after which an invocation ends, and its process with it: 1 to 900.
    #[serde(default = "timeout")]
    pub timeout_seconds: u32,
    /// Seconds in which a process must ask for its first invocation. Lambda gives 10.
    #[serde(default = "init_timeout")]
    pub init_timeout_seconds: u32,
    /// Where the code is: the folder that processes start in.
    #[serde(default = "task_root")]
    pub task_root: PathBuf,
    /// The log group that handlers may read; without it Lambda's own name for it.
    #[serde(default)]
    pub log_group: Option<String>,
}

impl Function {
    /// The ARN that each invocation carries.
    #[must_use]
    pub fn invoked_arn(&self) -> String {
        let own = || format!("arn:aws:lambda:{}:{}:function:{}", self.region, self.account, self.name);
        self.arn.clone().unwrap_or_else(own)
    }

    /// The log group that the handler may read.
    #[must_use]
    pub fn log_group(&self) -> String {
        self.log_group.clone().unwrap_or_else(|| format!("/aws/lambda/{}", self.name))
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |key, why: &str| Err(ConfigError::Value { key, why: why.to_owned() });
        match self {
            _ if self.name.is_empty() => wrong("function.name", "is empty"),
            _ if self.account.len() != 12 || !self.account.bytes().all(|byte| byte.is_ascii_digit()) => {
                wrong("function.account", "is no account of twelve digits; write it in quotes")
            }
            _ if self.region.is_empty() => wrong("function.region", "is empty"),
            _ if !(1..=900).contains(&self.timeout_seconds) => {
                wrong("function.timeout_seconds", "is not between 1 and 900, Lambda's bounds")
            }
            _ if !(1..=900).contains(&self.init_timeout_seconds) => {
                wrong("function.init_timeout_seconds", "is not between 1 and 900")
            }
            _ => Ok(()),
        }
    }
}

fn latest() -> String {
    "$LATEST".to_owned()
}

fn memory() -> u32 {
    128
}

fn timeout() -> u32 {
    3
}

fn init_timeout() -> u32 {
    10
}

fn task_root() -> PathBuf {
    PathBuf::from("/var/task")
}
