//! What a lift starts from.

use crate::hosts::SharedHosts;
use caravan_inventory::{Decisions, Observation, Workload};

/// What a lift starts from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// What is lifted.
    pub workload: &'a Workload,
    /// The name of its app: a DNS-1123 label of at most 40 characters, unique in the team.
    pub app: &'a str,
    /// The observations that it is made of, each once, in the order of `workload.parts`.
    pub observations: &'a [&'a Observation],
    /// What people decided.
    pub decisions: &'a Decisions,
    /// The hosts that it may share with other apps.
    pub hosts: &'a SharedHosts,
}
