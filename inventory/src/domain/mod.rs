//! A vanity domain: a hostname of a customer that our load balancers and Workers serve.

mod inspection;
mod request;

pub use inspection::{Address, Alias, CaaRecord, CaaSet, Certificate, Http, Inspection, Looked, Records, Zone};
pub use request::{DomainRequest, Language};

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
    /// What people said of it in a list; none where it is in no list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<DomainRequest>,
    /// What was looked up of it the last time; none where nobody has looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspection: Option<Inspection>,
}
