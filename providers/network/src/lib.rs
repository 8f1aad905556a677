//! What touches the world and is no cloud's API: so far, trees of files on a disk.
//!
//! In: a folder, and paths with bytes. Out: what was written, or what differs.
//!
//! What must never happen here: a file half written; a path or a link that leads out of the folder; a file touched that
//! has its bytes already. Nothing here knows what the files mean.

mod tree;

pub use tree::{Difference, Written, WriteError, compare_tree, read_file, write_tree};
