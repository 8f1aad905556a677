//! A rule of a listener, as far as it is read.

use super::actions::Action;
use super::conditions::Unsaid;
use super::listeners::Step;
use super::model::Conditions;

/// A rule on its way.
pub(super) struct Read<'a> {
    pub(super) step: Step<'a>,
    pub(super) conditions: Conditions,
    pub(super) unsaid: Vec<Unsaid<'a>>,
    pub(super) action: Action<'a>,
    /// The target group that it comes from, where it comes here.
    pub(super) group: Option<&'a str>,
}
