//! What is known of customers' hostnames.

use super::{Loaded, Pane, Windowed};
use crate::data::{DomainRow, DomainText};

#[derive(Debug, Default)]
pub(crate) struct DomainsState {
    /// The part of a hostname or of a customer's name that is looked for.
    pub(crate) text: String,
    pub(crate) list: Windowed<DomainRow>,
    pub(crate) detail: Option<DomainState>,
    pub(crate) pane: Pane,
}

/// A hostname that is open.
#[derive(Debug)]
pub(crate) struct DomainState {
    pub(crate) hostname: String,
    pub(crate) told: Loaded<Box<DomainText>>,
    pub(crate) top: usize,
}

impl DomainState {
    /// Of a hostname of which nothing was read yet.
    pub(crate) fn of(hostname: String) -> Self {
        Self { hostname, told: Loaded::default(), top: 0 }
    }
}
