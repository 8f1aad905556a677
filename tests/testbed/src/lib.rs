//! Starts the real servers that the tests run against.
//!
//! In: what `./check` (or `tests/testbed/prepare`) laid into the cache outside the tree. Out: handles to servers on free
//! loopback ports: [`Moto`], [`Ministack`] and [`Fakecloud`], three AWS of other people's; [`Cluster`], a real Kubernetes control plane
//! with simulated nodes; [`Gateway`], its real data plane; [`Pebble`], Let's Encrypt's authority for tests; [`Knot`], a name server; [`Cloudflare`], our own, since nobody else's can be run;
//! [`clocks`], the parser of CronJobs; [`unread`], the readers of reports; [`lambda_python`] and its like, Lambda's runtime clients; [`Miniflare`] and [`Workerd`], in which Workers run; [`Keycloak`] and [`Browser`], who log people in and who logs in; [`Images`], which buildah builds; [`Terraform`], where the machine has it; [`FaultProxy`], which spoils calls to any HTTP server by a script;
//! [`Terminal`], a terminal with a program in it.
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

mod browser;
mod clock_parser;
mod cloudflare;
mod cluster;
mod fakecloud;
mod fault;
mod fault_proxy;
mod gateway;
mod images;
mod keycloak;
mod knot;
mod lines;
mod ministack;
mod moto;
mod namespace;
mod pebble;
mod place;
mod ports;
mod report_readers;
mod run_dir;
mod runtime_clients;
mod schemas;
mod server_failure;
mod terminal;
mod terraform;
mod workers;

pub use browser::{Browser, Element, Page};
pub use clock_parser::{Clock, clocks};
pub use cloudflare::Cloudflare;
pub use cluster::{Cluster, Refusal, Write, documents};
pub use fakecloud::Fakecloud;
pub use fault::{Fault, Rule};
pub use fault_proxy::{Call, FaultProxy};
pub use gateway::{Gateway, Machine};
pub use images::Images;
pub use keycloak::{Identity, Keycloak};
pub use knot::Knot;
pub use ministack::Ministack;
pub use moto::{Account, Moto};
pub use namespace::in_namespace;
pub use pebble::{Pebble, PebbleSettings};
pub use report_readers::{Report, unread};
pub use runtime_clients::{lambda_java, lambda_node, lambda_python};
pub use schemas::{Arguments, arguments};
pub use server_failure::not_run;
pub use terminal::{Flags, Modes, SANE, Terminal, Told};
pub use terraform::{AwsProvider, Terraform};
pub use workers::{Miniflare, Workerd, scheduled_run, worker_programs};
