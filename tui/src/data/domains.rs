//! What the screen of domains shows: customers' hostnames.

use super::Section;
use caravan_plans::domains::{Class, FlagKind};

/// One hostname of a customer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DomainRow {
    /// The hostname.
    pub hostname: String,
    /// Who changes what so that it moves; none where nobody can tell.
    pub class: Option<Class>,
    /// How far it is, as `domains list` says.
    pub state: &'static str,
    /// Whose it is; empty where nobody said.
    pub customer: String,
    /// What has to be known before it moves.
    pub flags: Vec<FlagKind>,
}

/// Everything about one hostname.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DomainText {
    /// The hostname.
    pub hostname: String,
    /// What is known, subject by subject.
    pub sections: Vec<Section>,
}
