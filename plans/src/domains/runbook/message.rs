//! What a customer is written, step by step: subject and text of a mail, in the language of the customer, with what to enter as
//! their provider names its fields. Nothing is sent here, or anywhere in Caravan.

use super::entry::{Entry, Purpose, entries, entry, gone, kind_of};
use super::markdown::{Shown, shown, written};
use super::provider::{PROVIDERS, Provider, provider_of};
use super::{RunbookError, language_of, material, said};
use crate::domains::{DomainPolicy, Ours};
use crate::pages;
use caravan_inventory::{Domain, Language};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// For which step a message is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageKind {
    /// The name will move; what to enter already.
    Prepare,
    /// Lead the name to the new edge now.
    Instruct,
    /// The same once more: the first, second, third time.
    Remind(u8),
    /// The name leads neither here nor there.
    ThirdValue,
    /// The name leads to the old edge again.
    Regressed,
    /// Lead the name back to the old edge.
    PutBack,
    /// It has moved.
    Moved,
}

/// Where a name leads, as the plan of its move knows: names of aliases, or addresses.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Whereabouts {
    /// At the old edge.
    pub old: Vec<String>,
    /// At the new edge.
    pub new: Vec<String>,
    /// What was seen there, where that is neither; nothing where there is no record.
    pub live: Vec<String>,
}

/// Everything that a message is made of.
#[derive(Clone, Copy, Debug)]
pub struct MessageInput<'a> {
    /// The hostname.
    pub domain: &'a Domain,
    /// What is ours.
    pub ours: &'a Ours,
    /// `domains` in `caravan.yaml`.
    pub policy: &'a DomainPolicy,
    /// The language, whatever the list says.
    pub language: Option<Language>,
    /// Where it leads, where it is on its way.
    pub whereabouts: Option<&'a Whereabouts>,
    /// The time.
    pub now: Timestamp,
}

/// A message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CustomerMessage {
    /// In which language.
    pub language: Language,
    /// One line.
    pub subject: String,
    /// The text, in lines.
    pub text: String,
}

/// What the templates know.
#[derive(Serialize)]
struct Context<'a> {
    kind: &'static str,
    nth: u8,
    name: String,
    customer: &'a str,
    company: &'a str,
    phone: &'a str,
    mail: &'a str,
    window: Option<&'a str>,
    entries: Vec<Shown<'a>>,
    /// How many more records are changed on the day.
    later: usize,
    provider: Option<&'static Provider>,
    providers: &'static [Provider],
    zone: &'a str,
    /// Whether something is entered at a provider of DNS at all.
    asks_provider: bool,
    old: &'a [String],
    live: &'a [String],
    /// The name that leads to us for good.
    challenge: Option<String>,
    /// Whether it was the customer who moved it.
    mine: bool,
}

impl MessageKind {
    /// Every name, in the order of the road.
    pub const NAMES: [&'static str; 7] =
        ["prepare", "instruct", "remind", "third-value", "regressed", "put-back", "moved"];

    /// Its name: `remind` for each of the reminders.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prepare => "prepare",
            Self::Instruct => "instruct",
            Self::Remind(_) => "remind",
            Self::ThirdValue => "third-value",
            Self::Regressed => "regressed",
            Self::PutBack => "put-back",
            Self::Moved => "moved",
        }
    }

    /// Reads what [`MessageKind::as_str`] writes; a reminder is the first one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let all = [
            Self::Prepare,
            Self::Instruct,
            Self::Remind(1),
            Self::ThirdValue,
            Self::Regressed,
            Self::PutBack,
            Self::Moved,
        ];
        all.into_iter().find(|kind| kind.as_str() == text)
    }

    /// What it says, for colleagues.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Prepare => "that the name will move, and what to enter already",
            Self::Instruct => "to lead the name to the new edge now",
            Self::Remind(_) => "to lead the name to the new edge, once more",
            Self::ThirdValue => "that the name leads neither to the old edge nor to the new one",
            Self::Regressed => "that the name leads to the old edge again",
            Self::PutBack => "to lead the name back to the old edge",
            Self::Moved => "that the name has moved",
        }
    }
}

impl Purpose {
    /// Whether it is for the day of the move, and not before.
    const fn is_of_the_day(self) -> bool {
        matches!(self, Self::Move | Self::Proxied | Self::Remove | Self::Origin)
    }
}

/// Writes a message of this kind.
///
/// # Errors
/// [`RunbookError`]: what is missing, and where to say it.
pub fn message(input: MessageInput<'_>, kind: MessageKind) -> Result<CustomerMessage, RunbookError> {
    let MessageInput { domain, policy, whereabouts, .. } = input;
    let (_, support) = said(policy)?;
    let no_customer = || RunbookError::NoCustomer { name: domain.name.to_string() };
    let customer = domain.customer.as_deref().ok_or_else(no_customer)?;
    let language = language_of(domain, input.language);
    let (wanted, later) = input.entries(kind)?;
    let look = domain.inspection.as_ref();
    let zone = look.and_then(|look| look.zone.found());
    let name = domain.name.as_str();
    let leads = look.and_then(|look| look.challenge.found()).is_some_and(Option::is_some);
    let nobody = Whereabouts::default();
    let seen = whereabouts.unwrap_or(&nobody);
    let context = Context {
        kind: kind.as_str(),
        nth: if let MessageKind::Remind(nth) = kind { nth } else { 0 },
        // As people write it, and as they enter it.
        name: written(name).map_or_else(|| name.to_owned(), |written| format!("{written} ({name})")),
        customer,
        company: &support.company,
        phone: &support.phone,
        mail: &support.mail,
        window: domain.request.as_ref().and_then(|request| request.window.as_deref()),
        asks_provider: wanted.iter().any(|entry| entry.purpose != Purpose::Origin),
        entries: shown(&wanted, zone),
        later,
        provider: zone.and_then(provider_of),
        providers: &PROVIDERS,
        zone: zone.map_or("", |zone| zone.name.as_str()),
        old: &seen.old,
        live: &seen.live,
        challenge: leads.then(|| format!("_acme-challenge.{}", name.strip_prefix("*.").unwrap_or(name))),
        mine: whereabouts.is_some(),
    };
    let template = match language {
        Language::En => "message.en.txt",
        Language::De => "message.de.txt",
    };
    let whole = pages::render(template, &context)?;
    let (subject, text) = whole.split_once('\n').unwrap_or((&whole, ""));
    Ok(CustomerMessage { language, subject: subject.trim().to_owned(), text: tidy(text) })
}

impl MessageInput<'_> {
    /// What is entered now, and how much more on the day.
    fn entries(self, kind: MessageKind) -> Result<(Vec<Entry>, usize), RunbookError> {
        let Self { domain, ours, policy, language, whereabouts, now } = self;
        match (kind, whereabouts) {
            (MessageKind::Moved, _) => Ok((Vec::new(), 0)),
            (MessageKind::PutBack, Some(seen)) => Ok((self.leading(&seen.old), 0)),
            (
                MessageKind::Instruct | MessageKind::Remind(_) | MessageKind::ThirdValue | MessageKind::Regressed,
                Some(seen),
            ) => {
                let mut wanted = self.leading(&seen.new);
                let records = domain.inspection.as_ref().and_then(|look| look.records.found());
                let gone = records.map(|records| gone(records, &wanted)).unwrap_or_default();
                let name = domain.name.as_str();
                // What may not stand beside the new record goes first.
                wanted.splice(0..0, gone.into_iter().map(|(kind, value)| entry(Purpose::Remove, kind, name, value)));
                Ok((wanted, 0))
            }
            _ => {
                let material = material(domain, ours, policy, language, now)?;
                if kind == MessageKind::PutBack {
                    let records = material.records;
                    let aliases = records.chain.first().map(|alias| alias.target.clone());
                    let addresses = || records.addresses.iter().map(|one| one.address.to_string()).collect();
                    return Ok((self.leading(&aliases.map_or_else(addresses, |alias| vec![alias])), 0));
                }
                let (day, before): (Vec<Entry>, Vec<Entry>) =
                    entries(&material).into_iter().partition(|entry| entry.purpose.is_of_the_day());
                Ok(if kind == MessageKind::Prepare { (before, day.len()) } else { (day, 0) })
            }
        }
    }

    /// The records that lead the name to one of these: an alias where it can be one, else the addresses.
    fn leading(self, values: &[String]) -> Vec<Entry> {
        let name = self.domain.name.as_str();
        let zone = self.domain.inspection.as_ref().and_then(|look| look.zone.found());
        let is_apex = zone.is_some_and(|zone| zone.name == name);
        let alias = values.iter().find(|value| value.parse::<IpAddr>().is_err()).filter(|_| !is_apex);
        if let Some(alias) = alias {
            return vec![entry(Purpose::Move, "CNAME", name, alias.clone())];
        }
        let addresses = values.iter().filter_map(|value| value.parse::<IpAddr>().ok());
        addresses.map(|one| entry(Purpose::Move, kind_of(&one), name, one.to_string())).collect()
    }
}

/// Without blank lines at either end, or two of them in a row.
fn tidy(text: &str) -> String {
    let mut tidy = String::new();
    for line in text.trim().lines().map(str::trim_end) {
        if line.is_empty() && tidy.ends_with("\n\n") {
            continue;
        }
        tidy.push_str(line);
        tidy.push('\n');
    }
    tidy
}
