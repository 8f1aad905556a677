//! The contract with the world, as data.
//!
//! In: a [`Read`] that `discover` wants made. Out: a [`Page`] of the raw answer, or a [`ReadError`] that says whether
//! the credentials, the provider's limits or something else stood in the way.
//!
//! What must never happen here: a network. Adapters (`providers/aws` and its neighbours) implement [`Reader`].

mod identity;
mod read;

pub use identity::{IdentityError, Prover};
pub use read::{Page, Read, ReadError, ReadErrorKind, Reader};
