//! Reads AWS, and changes what a cutover changes there: authentication, pacing, paging, raw answers.
//!
//! In: [`AwsAccount`]s as plain values, and [`caravan_providers::Read`]s. Out: [`caravan_providers::Page`]s whose body is
//! the raw answer as JSON, with every field that came, also those that the SDK does not know; XML is turned into JSON by
//! the rule of `xml/`. [`AwsReader::stats`] counts what it cost.
//!
//! ```text
//!  Read ──► budget (account × region × API) ──► calls: SDK client, or signed call from the table ──► Page
//!                                                 │ retries inside
//! ```
//!
//! [`AwsTargets`] makes the calls of cutovers: record sets and load balancer rules.
//!
//! What must never happen here: a write that is made twice, a secret in an error, a reading of the environment beyond what
//! `aws-config` and the HTTP clients do by their nature (profiles, the instance's role, proxies).

mod account;
mod budget;
mod calls;
mod capture;
mod clock;
mod credentials;
mod failed_call;
mod identity;
mod in_turn;
mod page;
mod paging;
mod reader;
mod service;
mod session;
mod stats;
mod targets;
mod xml;

pub use account::{AwsAccount, RetryPolicy};
pub use budget::Budgets;
pub use reader::AwsReader;
pub use stats::{Stats, StatsSnapshot};
pub use targets::AwsTargets;
