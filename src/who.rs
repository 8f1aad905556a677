//! The name of whoever does something, for the journal.

use crate::env;
use crate::error::{Failure, FailureKind};
use crate::global::quoted;
use clap::Args;
use std::process::Command;

/// Characters of a name: as many as an address of e-mail may have (RFC 5321, 4.5.3.1.3, and RFC 3696, erratum 1690).
const LONGEST: usize = 254;

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
    /// A usage failure when nobody says who it is, or by a name that no line could hold.
    pub(crate) fn name(&self) -> Result<String, Failure> {
        let named = |name: &String| !name.trim().is_empty();
        let name = self
            .who
            .as_ref()
            .map(|name| name.trim().to_owned())
            .filter(named)
            .or_else(git)
            .or_else(|| env::get(env::USER).filter(named));
        let name = name.ok_or_else(|| {
            Failure::new(FailureKind::Usage, "nobody says who does this, and the journal must name them")
                .hint("add `--who NAME`")
        })?;
        if name.contains(char::is_control) || name.chars().count() > LONGEST {
            let why = format!("a person's name is one line of at most {LONGEST} characters");
            return Err(Failure::new(FailureKind::Usage, why).hint("give another one: `--who NAME`"));
        }
        Ok(name)
    }
}

/// What Git calls the user; none without Git or without a name.
fn git() -> Option<String> {
    let answer = Command::new("git").args(["config", "user.email"]).output().ok()?;
    let name = String::from_utf8(answer.stdout).ok()?.trim().to_owned();
    (answer.status.success() && !name.is_empty()).then_some(name)
}
