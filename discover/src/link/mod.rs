//! Linking: observations become workloads and edges, each with its evidence.

use caravan_inventory::{AccountId, Domain, Edge, Observation, ObservationKind, Question, Region, Workload};

/// Where observations live.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Place {
    /// The account; none for files that do not say.
    pub account: Option<AccountId>,
    /// The region; `global` for global services, none for files that do not say.
    pub region: Option<Region>,
}

/// Observations, read one at a time.
pub trait ObservationSource {
    /// Why they could not be read.
    type Error;

    /// Every place that holds observations, sorted.
    ///
    /// # Errors
    /// When they cannot be read.
    fn places(&self) -> Result<Vec<Place>, Self::Error>;

    /// Shows every observation of a kind that was not marked gone, in one place, sorted by id.
    ///
    /// # Errors
    /// When they cannot be read.
    fn visit(&self, kind: ObservationKind, place: &Place, visitor: &mut dyn FnMut(Observation)) -> Result<(), Self::Error>;
}

/// What linking gives: same observations and rules, same value, in a fixed order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Linked {
    /// Every workload, sorted by id.
    pub workloads: Vec<Workload>,
    /// Every edge, sorted.
    pub edges: Vec<Edge>,
    /// Vanity domains, sorted by name.
    pub domains: Vec<Domain>,
    /// What only a person can tell, sorted by id.
    pub questions: Vec<Question>,
}
