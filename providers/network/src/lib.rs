//! What touches the world and is no cloud's API: trees of files on a disk, probes over HTTP and gRPC, name servers,
//! vanity domains, certificate authorities, metrics, and Git.
//!
//! In: a folder, and paths with bytes; a repository and a branch; a probe; questions to name servers; a domain; or an address with metrics. Out:
//! what was written, or what differs; a commit; a verdict; which server answers something else; what there is of a domain; or what was
//! counted.
//!
//! What must never happen here: a file half written; a path or a link that leads out of the folder; a file touched that
//! has its bytes already; a branch moved that somebody else moved. Nothing here knows what the files mean.

mod acme;
mod challenges;
mod exchange;
pub mod git;
pub mod look;
pub mod metrics;
pub mod name_servers;
pub mod pages;
mod probe;
mod tree;

pub use acme::{AcmeAccount, CertificateKey, KeptError, KeyError, UnknownAccount, kept_certificate};
pub use challenges::ChallengeServer;
pub use probe::{Prober, Roots, RootsError};
pub use tree::{Difference, WriteError, Written, compare_tree, read_file, write_tree};
