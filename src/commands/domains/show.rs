//! A domain as the commands show it: what it is, its class with evidence, its flags.

use crate::printer::printable;
use caravan_inventory::{Domain, Inspection};
use caravan_plans::domains::{Classified, DomainPolicy, Flag, Ours, classify, flags};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::io::{self, Write};

/// A domain in an answer.
#[derive(JsonSchema, Serialize)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) customer: Option<String>,
    contact: Option<String>,
    window: Option<String>,
    language: Option<String>,
    tier: Option<u8>,
    /// What answers for it, as the inventory tells; none where only a list names it.
    target: Option<String>,
    pub(super) state: State,
    /// Who changes what: `A` to `F`; none where nobody can tell.
    pub(super) class: Option<String>,
    /// Why it has no class.
    pub(super) reason: Option<String>,
    /// What tells the class.
    evidence: Vec<String>,
    flags: Vec<FlagRow>,
    /// When it was looked up, UTC.
    inspected_at: Option<String>,
}

/// A flag in an answer.
#[derive(JsonSchema, Serialize)]
struct FlagRow {
    kind: &'static str,
    text: String,
}

/// How far a domain is.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::commands) enum State {
    /// A list or a scan names it, and nobody has looked it up.
    New,
    /// It was looked up, and what was seen tells no class.
    Unclear,
    /// It has a class.
    Classified,
}

impl State {
    pub(in crate::commands) const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Unclear => "unclear",
            Self::Classified => "classified",
        }
    }
}

/// How far a domain is, by whether it has a class.
pub(in crate::commands) const fn state(domain: &Domain, has_class: bool) -> State {
    match (has_class, &domain.inspection) {
        (true, _) => State::Classified,
        (false, Some(_)) => State::Unclear,
        (false, None) => State::New,
    }
}

impl Row {
    /// What is known of a domain.
    pub(super) fn of(domain: &Domain, ours: &Ours, policy: &DomainPolicy, now: Timestamp) -> Self {
        let Classified { class, evidence } = classify(domain, ours);
        let request = domain.request.clone().unwrap_or_default();
        let flag = |flag: Flag| FlagRow { kind: flag.kind.as_str(), text: flag.text };
        Self {
            name: domain.name.to_string(),
            customer: domain.customer.clone(),
            contact: request.contact,
            window: request.window,
            language: request.language.map(|language| language.as_str().to_owned()),
            tier: request.tier,
            target: domain.target.clone(),
            state: state(domain, class.is_ok()),
            class: class.as_ref().ok().map(|class| class.as_str().to_owned()),
            reason: class.err(),
            evidence,
            flags: flags(domain, ours, policy, now).into_iter().map(flag).collect(),
            inspected_at: domain.inspection.as_ref().map(|look: &Inspection| look.at.to_string()),
        }
    }

    /// Writes what tells the class, and the flags, below its line.
    pub(super) fn write_details(&self, out: &mut impl Write) -> io::Result<()> {
        for text in self.reason.iter().chain(&self.evidence) {
            writeln!(out, "    {}", printable(text))?;
        }
        for flag in &self.flags {
            writeln!(out, "    ! {}: {}", flag.kind, printable(&flag.text))?;
        }
        Ok(())
    }
}
