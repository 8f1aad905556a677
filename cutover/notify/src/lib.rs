//! Takes notices of cutovers to people: by a webhook, to Slack, by mail.
//!
//! In: a notice, and an address that whoever starts the process has in its environment. Out: the notice with its id, at the
//! address, or why it did not get there.
//!
//! What must never happen here: an address or a password in an error; a notice taken for delivered that the other side did
//! not acknowledge; a notice or a password sent without TLS to another machine.

mod address;
mod email;
mod http;

pub use address::AddressError;
pub use email::Email;
pub use http::{Slack, Webhook};
