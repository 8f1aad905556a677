//! Reads Cloudflare: a token for each account, pacing, pages, raw answers.
//!
//! In: [`CloudflareAccount`]s as plain values, and [`caravan_providers::Read`]s. Out: [`caravan_providers::Page`]s whose
//! body is the raw answer, with every field that came.
//!
//! ```text
//!  Read ──► budget (one for each account) ──► endpoint: its path and query ──► executor: attempts ──► Page
//! ```
//!
//! What must never happen here: a write, a token in an error, a reading of the environment.

mod account;
mod answer;
mod calls;
mod reader;

pub use account::{AttemptPolicy, CloudflareAccount, Token};
pub use reader::CloudflareReader;
