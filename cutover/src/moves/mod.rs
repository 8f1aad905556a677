//! Drives hostnames from the old edge to the new one: what [`caravan_cutover_domains`] wants is looked at or changed by a [`MoveWorld`],
//! and nothing is changed before the journal holds the intent.

mod driver;
mod error;
mod world;

pub use driver::{MoveDriver, Stays};
pub use error::MoveError;
pub use world::MoveWorld;
