//! What discovery found, as plain data.
//!
//! In: nothing. Other crates build these values from what a cloud, a cluster or a file said.
//! Out: the identities, observations, workloads, edges, domains and coverage that every later step stands on,
//! the questions and decisions that people add to them, and the language in which they ask for workloads.
//!
//! What must never happen here: input or output of any kind, a clock, an environment variable. No secret value is
//! ever held: [`Redacted`] marks where one stood.

mod acceptance;
pub mod api;
mod aws_names;
mod coverage;
mod domain;
mod edge;
mod governor;
mod identity;
mod naming;
mod observation;
mod ownership;
mod provider;
mod query;
mod question;
mod redacted;
mod scheduled_call;
mod scope;
mod signal;
mod unresolved;
mod wildcards;
mod workload;

pub use acceptance::{Acceptance, Acceptances, Standing, refusal_id};
pub use aws_names::{MADE_UP_BALANCER, is_made_by_aws};
pub use coverage::{Coverage, Unit, UnitState};
pub use domain::{
    Address, Alias, CaaRecord, CaaSet, Certificate, Domain, DomainRequest, Http, Inspection, Language, Looked, Records,
    Zone,
};
pub use edge::{Confidence, Direction, Edge, EdgeKind, Evidence};
pub use governor::{CLOUDFORMATION, Governor, TERRAFORM};
pub use identity::{
    AccountId, EnvironmentName, Hostname, InvalidIdentity, ObservationId, QuestionId, Region, ScanId, TeamName, UnitId,
    WorkloadId,
};
pub use observation::{Observation, ObservationKind, own_parts};
pub use ownership::{InvalidRule, Owner, Ownership, OwnershipRule, Refused, Subject};
pub use provider::Provider;
pub use query::{
    Comparison, InvalidQuery, Operator, Query, QueryField, QueryProblem, UNKNOWN_COVERAGE, UNKNOWN_GOVERNOR,
};
pub use question::{Decision, Decisions, KNOWN_NOW, Question, digest_of_question};
pub use redacted::{Redacted, Span};
pub use scheduled_call::ScheduledCall;
pub use scope::{ProviderAccount, Scope};
pub use signal::{COUNTED, Metric, Statistic, Window, metrics_of, uses_of};
pub use unresolved::{STARTUP_PLACE, TEMPLATE_ACCOUNT, TEMPLATE_REGION, Unresolved, is_of_template};
pub use wildcards::matches_wildcards;
pub use workload::{Workload, WorkloadKind};
