//! The name of whoever does something, for the journal.

use crate::env;
use crate::error::{Failure, FailureKind};
use crate::global::quoted;
use clap::Args;
use std::process::Command;

/// Who does it.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Who {
    /// Who does this, as the journal names them; without it Git's user.email, or $USER
    #[arg(long, value_name = "NAME")]
    who: Option<String>,
}

impl Who {
    /// The option as it was given, with a blank before it, for a command that is to be given again; empty where Git's name or
    /// $USER speaks.
    pub(crate) fn repeated(&self) -> String {
        self.who.as_ref().map(|who| format!(" --who {}", quoted(who))).unwrap_or_default()
    }

    /// The name.
    ///
    /// # Errors
    /// A usage failure when nobody says who it is.
    pub(crate) fn name(&self) -> Result<String, Failure> {
        let named = |name: &String| !name.trim().is_empty();
        let name = self
            .who
            .as_ref()
            .map(|name| name.trim().to_owned())
            .filter(named)
            .or_else(git)
            .or_else(|| env::get(env::USER).filter(named));
        name.ok_or_else(|| {
            Failure::new(FailureKind::Usage, "nobody says who does this, and the journal must name them")
                .hint("add `--who NAME`")
        })
    }
}

/// What Git calls the user; none without Git or without a name.
fn git() -> Option<String> {
    let answer = Command::new("git").args(["config", "user.email"]).output().ok()?;
    let name = String::from_utf8(answer.stdout).ok()?.trim().to_owned();
    (answer.status.success() && !name.is_empty()).then_some(name)
}
