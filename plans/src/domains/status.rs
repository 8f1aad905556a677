//! Pages for colleagues: which hostnames there are, how far each is, whose the next step is, and the message to send. They are read
//! without a script, in a light and a dark theme; every text in them is escaped.

use crate::pages;
use crate::runbook::RenderError;
use schemars::JsonSchema;
use serde::Serialize;

/// The style of the pages.
pub const STYLE: &str =
    concat!(include_str!("../../templates/style.css"), "\n", include_str!("../../templates/status.css"));

/// A hostname in the list.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct StatusRow {
    /// It.
    pub name: String,
    /// Its own page.
    pub href: String,
    /// The customer, where somebody has said.
    pub customer: Option<String>,
    /// `A` to `F`; none where nobody can tell.
    pub class: Option<String>,
    /// How far it is, as `domains list` says.
    pub state: String,
    /// Whose the next step is: `colleague`, `customer`, `mover` or `nobody`.
    pub whose: String,
    /// What happens next.
    pub next: String,
    /// For which step a message is due that nobody has sent.
    pub message: Option<String>,
}

/// How many there are of a kind.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct StatusCount {
    /// Which kind, in words.
    pub text: String,
    /// How many.
    pub count: usize,
    /// The list of them.
    pub href: String,
}

/// What can be chosen in the list's form.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct StatusChoice {
    /// As it is sent.
    pub value: String,
    /// In words.
    pub text: String,
    /// Whether it is what is shown.
    pub selected: bool,
}

/// A window of the list.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct StatusList {
    /// When, UTC.
    pub as_of: String,
    /// The same as JSON.
    pub json: String,
    /// How many there are, by whose the next step is.
    pub counts: Vec<StatusCount>,
    /// Only names and customers that hold this.
    pub part: String,
    /// Whose step can be chosen.
    pub choices: Vec<StatusChoice>,
    /// How many there are.
    pub all: usize,
    /// How many of them are like that.
    pub total: usize,
    /// The first that is shown, from 1; 0 where there is none.
    pub from: usize,
    /// The last.
    pub to: usize,
    /// Which window, from 1.
    pub page: usize,
    /// Of how many.
    pub pages: usize,
    /// The window before.
    pub previous: Option<String>,
    /// The window after.
    pub next: Option<String>,
    /// The hostnames of this window.
    pub domains: Vec<StatusRow>,
}

/// Something that is known.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct StatusFact {
    /// What it is.
    pub name: String,
    /// It.
    pub text: String,
}

/// A message that somebody has to send.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct StatusMessage {
    /// For which step.
    pub kind: String,
    /// The same in words.
    pub words: String,
    /// Since when it is due, UTC.
    pub since: String,
    /// In which language.
    pub language: String,
    /// To whom.
    pub to: Option<String>,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The command that records that it was sent.
    pub record: String,
}

/// A message that somebody has sent.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct StatusSent {
    /// When, UTC.
    pub at: String,
    /// Who.
    pub who: String,
    /// For which step.
    pub message: String,
    /// To whom.
    pub to: Option<String>,
}

/// A hostname's own page.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct StatusDomain {
    /// When, UTC.
    pub as_of: String,
    /// The same as JSON.
    pub json: String,
    /// The hostname.
    pub name: String,
    /// As people write it, where DNS knows it by another spelling.
    pub written: Option<String>,
    /// Whose the next step is.
    pub whose: String,
    /// What happens next.
    pub next: String,
    /// What is known.
    pub facts: Vec<StatusFact>,
    /// The customer's document.
    pub document: Option<String>,
    /// Why there is none.
    pub no_document: Option<String>,
    /// The message that is due.
    pub message: Option<StatusMessage>,
    /// Why it can't be written.
    pub no_message: Option<String>,
    /// The messages that were sent.
    pub sent: Vec<StatusSent>,
    /// What wants a person's eye.
    pub flags: Vec<StatusFact>,
    /// What tells the class.
    pub evidence: Vec<String>,
}

impl StatusList {
    /// The page.
    ///
    /// # Errors
    /// When the template does not hold together: a fault of Caravan's.
    pub fn page(&self) -> Result<String, RenderError> {
        pages::render("status-list.html", self)
    }
}

impl StatusDomain {
    /// The page.
    ///
    /// # Errors
    /// When the template does not hold together: a fault of Caravan's.
    pub fn page(&self) -> Result<String, RenderError> {
        pages::render("status-domain.html", self)
    }
}
