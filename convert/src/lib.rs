//! From plconfig to the trees that Git carries.
//!
//! In: lifted workloads ([`caravan_convert_lift`]) or a `plconfig.yaml`, what workloads share ([`SharedEstate`]), and the
//! [`Platform`]'s settings. Out: per app and environment its manifests, per app its `plconfig.yaml`, per workload its ledger,
//! and Terraform for what is shared: a [`Tree`] of paths and bytes that knows no disk.
//!
//! What must never happen here: input or output, a clock, an environment variable; other bytes for the same input (C3);
//! a human's edit overwritten (C4); a secret's value or a fingerprint in anything that is written (C5, D1).

mod app;
mod assign;
mod environments;
mod file;
mod hosts;
mod images;
mod ledger_file;
mod located;
mod merge;
mod merge_patch;
mod names;
pub mod naming;
mod platform;
mod provenance;
pub mod render;
mod sources;
mod terraform;
mod tree;
mod yaml;

pub use app::{Conflict, Converted, Refused, convert, convert_among};
pub use assign::{App, Claim, Member, assign};
pub use file::{FileError, render_file};
pub use hosts::HostClaims;
pub use merge::{Existing, Nothing};
pub use names::Names;
pub use platform::{Gateway, Images, Platform};
pub use provenance::{Origin, Place, Provenance, Rule, Span, Trace};
pub use render::{CUSTOM_KINDS, RenderError};
pub use sources::Sources;
pub use terraform::{
    AppRoles, LeftOut, SharedConverted, SharedEstate, SharedResource, TerraformSettings, Unmanaged, convert_shared,
};
pub use tree::{File, Tree};
