//! What touches the world and is no cloud's API: trees of files on a disk, probes over HTTP and gRPC, name servers,
//! and metrics.
//!
//! In: a folder, and paths with bytes; a probe; questions to name servers; or an address with metrics. Out: what was
//! written, or what differs; a verdict; which server answers something else; or what was counted.
//!
//! What must never happen here: a file half written; a path or a link that leads out of the folder; a file touched that
//! has its bytes already. Nothing here knows what the files mean.

pub mod metrics;
pub mod name_servers;
mod probe;
mod tree;

pub use probe::{Prober, Roots, RootsError};
pub use tree::{Difference, WriteError, Written, compare_tree, read_file, write_tree};
