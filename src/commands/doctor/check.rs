//! One finding of the doctor.

use crate::error::Failure;
use crate::exit::Exit;
use serde::Serialize;

/// One finding.
#[derive(Debug, Serialize)]
pub(crate) struct Check {
    /// What was checked: `config`, `account 123456789012`.
    pub(crate) name: String,
    /// How it is.
    pub(crate) state: CheckState,
    /// What was found, one sentence fragment.
    pub(crate) text: String,
    /// What to do; none when there is nothing to do.
    pub(crate) remedy: Option<String>,
    /// The exit code if this is the most severe failure.
    #[serde(skip)]
    pub(crate) exit: Exit,
}

/// How something is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CheckState {
    /// As it should be.
    Ok,
    /// Something works less well, or later will not work.
    Warning,
    /// Something does not work.
    Failed,
    /// Not there, and nothing that was asked for needs it.
    Skipped,
}

impl CheckState {
    /// The word for people.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

impl Check {
    fn new(name: impl Into<String>, state: CheckState, text: impl Into<String>) -> Self {
        Self { name: name.into(), state, text: text.into(), remedy: None, exit: Exit::Done }
    }

    /// As it should be.
    pub(crate) fn ok(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(name, CheckState::Ok, text)
    }

    /// Not there, not needed.
    pub(crate) fn skipped(name: impl Into<String>, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..Self::new(name, CheckState::Skipped, text) }
    }

    /// Works less well.
    pub(crate) fn warning(name: impl Into<String>, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..Self::new(name, CheckState::Warning, text) }
    }

    /// Does not work.
    pub(crate) fn failed(name: impl Into<String>, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), exit: Exit::Failed, ..Self::new(name, CheckState::Failed, text) }
    }

    /// Does not work, as a failure says.
    pub(crate) fn of_failure(name: impl Into<String>, failure: &Failure) -> Self {
        let remedy = (!failure.hints.is_empty()).then(|| failure.hints.join("; "));
        let text = format!("{:#}", failure.error);
        Self { remedy, exit: failure.exit(), ..Self::new(name, CheckState::Failed, text) }
    }
}
