//! Whom a supervisor asks and tells.

use crate::operator::Run;
use caravan_cutover_engine::State;
use caravan_plans::Sealed;
use caravan_providers::CallError;
use std::future::Future;

/// Whom a supervisor asks and tells.
pub trait Attendant: Send + Sync + 'static {
    /// A run is about to be driven.
    fn takes_up(&self, run: &Run) -> impl Future<Output = ()> + Send;

    /// Whether a run may be driven: that the credentials of its accounts are theirs.
    fn admit(&self, run: &Run) -> impl Future<Output = Result<(), CallError>> + Send;

    /// A run that is driven has come to a state.
    fn came_to(&self, run: &str, plan: &Sealed, state: &State);

    /// Something about a run, or about all of them where none is named, changed that no state tells.
    fn tell(&self, run: Option<&str>, telling: &Telling) -> impl Future<Output = ()> + Send;
}

/// What no state tells.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Telling {
    /// It is not driven for now, and tried again: the journal is away, or another driver has it.
    Waits(String),
    /// For a while now the journal can be read and takes no entry of it: nothing is taken back meanwhile.
    Unrecorded(String),
    /// A person has to put something right: credentials, a journal that was changed, a run of another engine.
    NeedsPerson(String),
    /// What kept it waiting is over.
    GoesOn,
}
