//! Vanity domains: of which class each is, how its certificate comes before its name moves, and when.
//!
//! In: [`Domain`](caravan_inventory::Domain)s with what was looked up of them, what is [`Ours`], and the company's
//! [`DomainPolicy`]. Out: a [`Class`] with evidence and [`Flag`]s, a [`Choice`] of [`Method`] with its reason, by
//! [`plan_domains`] the moments that the limits of certificate authorities and APIs allow, and by [`runbook::runbook`] the
//! document that a customer gets.
//!
//! What must never happen here: a question to a server, a clock; a class that nothing is evidence for.

mod answering;
mod caa;
mod class;
mod cloudflare_ranges;
mod dangling;
mod flag;
pub mod list;
mod method;
mod ours;
mod plan;
#[cfg(test)]
mod plan_tests;
mod policy;
pub mod runbook;
pub mod status;
#[cfg(test)]
mod tests;
mod ways;
#[cfg(test)]
mod ways_tests;

pub use answering::{Answering, answering};
pub use caa::{CaaRefusal, CaaVerdict, Wanted, caa_addition, caa_allows};
pub use class::{Class, Classified, classify};
pub use dangling::{Remains, dangling};
pub use flag::{Flag, FlagKind, flags};
pub use method::{Candidate, Choice, Method, Outcome, Step, choose_method};
pub use ours::Ours;
pub use plan::{BudgetLine, DomainLine, DomainsPlan, Gain, plan_domains};
pub use policy::{DomainPolicy, PolicyError, Support};
