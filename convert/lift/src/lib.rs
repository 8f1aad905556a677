//! From a source's documents to plconfig, with a ledger of what became of every field.
//!
//! In: a [`Source`]: one workload, its redacted observations, the hosts it shares and the decisions people made.
//! Out: a [`Lifted`]: the [`plconfig::PlConfig`] or the reasons why there is none, the [`Ledger`] with one entry for
//! every field of every source document (C1), and the open questions.
//!
//! What must never happen here: input or output, a clock, an environment variable; a field passed over in silence;
//! a fingerprint or a secret in a plconfig (C5).

mod balancing;
mod context;
mod ec2;
mod ecs;
mod field;
mod filled_in;
#[cfg(test)]
mod fixture;
mod host_verdict;
mod hosts;
mod lambda;
mod ledger;
mod left_open;
mod lift;
mod lifted;
mod marks;
mod moved_secret;
pub mod plconfig;
mod quantity;
mod records;
mod role;
mod scaling;
mod schedule;
mod shared_groups;
mod source;
mod stands_open;
mod store_reach;
mod surroundings;
mod suspension;
mod text;
mod tracker;
mod unread;
mod unresolved;
mod walk;
mod worker;

pub use host_verdict::{Evidence, HostVerdict, Verdict};
pub use hosts::{AppName, Holder, SharedHosts, Sharing, hosts_named, hosts_said};
pub use ledger::{Counts, Document, FieldVerdict, Ledger, LedgerEntry};
pub use lift::lift;
pub use lifted::{LiftOutcome, Lifted, ModuleText};
pub use quantity::{mebi, millicores};
pub use shared_groups::{GroupsNamed, SharedGroups};
pub use source::Source;
pub use store_reach::StoreReach;
pub use unread::Unread;
pub use worker::{is_same_clock, schedule_of_trigger};
