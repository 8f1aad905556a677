//! The source of a lift: the documents of one workload and the answers of people.

use crate::hosts::SharedHosts;
use crate::store_reach::StoreReach;
use crate::unread::Unread;
use caravan_inventory::{Decisions, Observation, Workload};

/// What a lift starts from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// What is lifted.
    pub workload: &'a Workload,
    /// The name of its app: a DNS-1123 label of at most 40 characters, unique in the team.
    pub app: &'a str,
    /// Which part of the workload is lifted, where it is several apps; none is the whole of it.
    pub part: Option<&'a str>,
    /// What the component is called, where the app is made of several workloads: a DNS-1123 label of at most 30
    /// characters; none leaves the name to the lift.
    pub component: Option<&'a str>,
    /// The observations that it is made of, each once, in the order of `workload.parts`.
    pub observations: &'a [&'a Observation],
    /// What people decided.
    pub decisions: &'a Decisions,
    /// The hosts that it may share with other apps.
    pub hosts: &'a SharedHosts,
    /// Which secrets the platform's stores read.
    pub store: &'a StoreReach,
    /// What discovery did not read whole.
    pub unread: &'a Unread,
}
