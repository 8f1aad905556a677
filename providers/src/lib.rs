//! The contract with the world, as data.
//!
//! In: a [`Read`] that `discover` wants made, or a [`Call`] that a cutover wants made. Out: a [`Page`] of the raw
//! answer or a [`Reply`]; else an error that says what the caller may do: whether the credentials, the provider's
//! limits, somebody else's change or a lost answer stood in the way.
//!
//! What must never happen here: a network. Adapters (`providers/aws` and its neighbours) implement [`Reader`],
//! [`Observer`] and [`Executor`]. Who holds only an [`Observer`] can't write (S2).

mod authority;
mod call;
mod counted;
mod identity;
mod read;
pub mod target;

pub use authority::{CertificateAuthority, ChallengeAnswer, ChallengeKind, OrderSeen};
pub use call::{Activity, Beside, Call, CallError, Executor, Observer, Reply, Verdict, Write};
pub use counted::{Count, Counted, NotCounted, RouteSides, Side};
pub use identity::{IdentityError, Prover};
pub use read::{Page, Read, ReadError, ReadErrorKind, Reader};
