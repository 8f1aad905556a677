//! A rule of a listener, and a listener with its rules, as far as they are read.

use super::actions::Action;
use super::conditions::{Part, Unsaid};
use super::listeners::{Step, Way};
use super::model::{Conditions, Ordered, Share};

/// A rule on its way.
pub(super) struct Read<'a> {
    pub(super) step: Step<'a>,
    /// Which of its requests these are.
    pub(super) part: Part,
    pub(super) conditions: Conditions,
    pub(super) unsaid: Vec<Unsaid<'a>>,
    pub(super) action: Action<'a>,
    /// The target group that it comes from, where it comes here.
    pub(super) group: Option<&'a str>,
    /// Whether it forwards here, though something that is not known may keep requests from it.
    pub(super) leads_here: bool,
}

/// A listener on its way.
pub(super) struct Listener<'a> {
    pub(super) way: Way<'a>,
    pub(super) read: Vec<Read<'a>>,
    pub(super) ordered: Ordered,
    /// What each rule is to the workload.
    pub(super) shares: Vec<Share>,
    /// Whether its balancer lets everybody in whom the gateway lets in, and in a known order; none where no rule of it leads to the
    /// workload, as nobody was asked yet.
    pub(super) lets_in: Option<bool>,
}
