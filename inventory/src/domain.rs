//! A vanity domain: a hostname of a customer that our load balancers and Workers serve.

use crate::{Hostname, ObservationId};
use serde::{Deserialize, Serialize};

/// A vanity domain.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Domain {
    /// The hostname.
    pub name: Hostname,
    /// The customer it belongs to, as the company names them.
    pub customer: Option<String>,
    /// What answers for it now: an observation's id, or a hostname.
    pub target: Option<String>,
    /// Where it was seen; none for an imported list.
    pub observation: Option<ObservationId>,
}
