//! From plconfig to the trees that Git carries.
//!
//! In: lifted workloads ([`caravan_convert_lift`]) or a `plconfig.yaml`, and the [`Platform`]'s settings.
//! Out: per app and environment its manifests, per app its `plconfig.yaml`, per workload its ledger: a [`Tree`] of paths
//! and bytes that knows no disk.
//!
//! What must never happen here: input or output, a clock, an environment variable; other bytes for the same input (C3);
//! a human's edit overwritten (C4); a secret's value or a fingerprint in anything that is written (C5, D1).

pub mod naming;
mod platform;
pub mod render;
mod yaml;

pub use platform::{Gateway, Platform};
