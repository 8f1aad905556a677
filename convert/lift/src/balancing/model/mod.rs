//! A pure model of a listener's rules and of the gateway's order: what a request comes to on either.

mod glob;
mod normal;
mod order;
mod path;
mod rule;

pub(super) use glob::Glob;
pub(super) use normal::{comes_through, normalised};
pub(super) use order::{Ordered, Placed, Share};
pub(super) use path::Path;
pub(super) use rule::{Conditions, HOST_HEADER, Outcome, Rule, covers, is_below, is_host, is_of_aws, is_pattern};

#[cfg(test)]
mod tests;
