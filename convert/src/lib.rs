//! From plconfig to the trees that Git carries.
//!
//! In: lifted workloads ([`caravan_convert_lift`]) or a `plconfig.yaml`, what workloads share ([`SharedEstate`]), and the
//! [`Platform`]'s settings, and who is in which team ([`Company`]). Out: per app and environment its manifests, per app its `plconfig.yaml`, per workload its ledger,
//! below all apps of an environment what they stand on ([`platform_tree`]), and Terraform for what is shared: a [`Tree`] of paths
//! and bytes that knows no disk.
//!
//! What must never happen here: input or output, a clock, an environment variable; other bytes for the same input (C3);
//! a human's edit overwritten (C4); a secret's value or a fingerprint in anything that is written (C5, D1).

mod app;
mod assign;
mod auth_settings;
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
mod needs;
pub mod people;
mod platform;
mod provenance;
pub mod render;
mod render_error;
mod settings;
mod sources;
mod terraform;
mod tree;
mod yaml;

pub use app::{Closed, Conflict, Converted, Refused, convert, convert_among};
pub use assign::{App, Claim, Member, assign};
pub use auth_settings::{AuthSettings, IdentityProvider};
pub use file::{FileError, file_auth, file_closed, file_needs, render_file, render_volumes};
pub use hosts::{HostClaims, Listeners, hold_platform};
pub use ledger_file::{is_as_generated, ledger_lines, ledger_schema, path as ledger_path};
pub use located::line_of;
pub use merge::{Existing, Nothing};
pub use names::Names;
pub use needs::{Needs, Size};
pub use people::{Company, People};
pub use platform::{Demand, Open, PLATFORM_KINDS, PlatformTree, foreign_images, platform_tree};
pub use provenance::{Origin, Place, Provenance, Rule, Span, Trace};
pub use render::{AppAuth, CUSTOM_KINDS};
pub use render_error::RenderError;
pub use settings::{Acme, Egress, Gateway, Groups, Images, InternalGateway, Nodes, Platform, Repository};
pub use sources::Sources;
pub use terraform::{
    AppRoles, LeftOut, SharedConverted, SharedEstate, SharedResource, TerraformSettings, Unmanaged, convert_shared,
};
pub use tree::{File, Tree};
