//! Who may come in: of a component's routes those that the gateway asks callers on, with the policy that asks, and those
//! that stay open.
//!
//! What must never happen here: a route that leads to the component, lies in no public path, and is not among the targets
//! of its policy; a policy that takes a token without looking whom it is for.

mod client;
mod policy;
mod servers;
mod split;
#[cfg(test)]
mod tests;

pub use client::AppAuth;
pub(super) use client::{client, secret, secret_name};
pub(crate) use client::{closed, of_app};
pub(super) use policy::{check, policy};
pub(super) use servers::backends;
pub(super) use split::{Written, callback, written};
