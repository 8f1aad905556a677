//! Starts the real servers that the tests run against.
//!
//! In: what `./check` (or `tests/testbed/prepare`) laid into the cache outside the tree. Out: handles to servers on free
//! loopback ports: [`Moto`], an AWS of somebody else's; [`Cluster`], a real Kubernetes control plane with simulated
//! nodes; [`FaultProxy`], which spoils calls to any HTTP server by a script.
//!
//! ```text
//!   test ── shared() ──► one process per server and test run, started on first use
//!     │                        │ stdin held by the test process: closed, however the run ends, the server ends
//!     └── account, namespace ──┘ each test has its own
//! ```
//!
//! What must never happen here: a server that listens on anything but loopback, or outlives the run; a test that passes
//! in silence because its server was missing. A missing server is said on standard output and in the report of
//! `./check`, and fails the test under `CI=true`. A server that is there and does not work always fails the test.

mod cluster;
mod fault_proxy;
mod lines;
mod moto;
mod place;
mod run_dir;
mod trouble;

pub use cluster::{Cluster, Refusal, Write, documents};
pub use fault_proxy::{Call, Fault, FaultProxy, Rule};
pub use moto::{Account, Moto};
pub use trouble::not_run;
