//! What touches the world and is no cloud's API: trees of files on a disk, and probes over HTTP.
//!
//! In: a folder, and paths with bytes; or a probe. Out: what was written, or what differs; or a verdict.
//!
//! What must never happen here: a file half written; a path or a link that leads out of the folder; a file touched that
//! has its bytes already. Nothing here knows what the files mean.

mod probe;
mod tree;

pub use probe::{Prober, Roots, RootsError};
pub use tree::{Difference, WriteError, Written, compare_tree, read_file, write_tree};
