//! The one function of this crate.

use crate::account::Account;
use crate::field::Field;
use crate::plconfig::PlConfig;
use crate::{Ledger, SharedHosts, ecs, walk};
use caravan_inventory::{Decisions, Observation, Question, Workload, WorkloadKind};

/// What a lift starts from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// What is lifted.
    pub workload: &'a Workload,
    /// The name of its app: a DNS-1123 label of at most 40 characters, unique in the team.
    pub app: &'a str,
    /// The observations that it is made of, each once, in the order of `workload.parts`.
    pub observations: &'a [&'a Observation],
    /// What people decided.
    pub decisions: &'a Decisions,
    /// The hosts that it may share with other apps.
    pub hosts: &'a SharedHosts,
}

/// What a lift ends with.
#[derive(Clone, Debug, PartialEq)]
pub struct Lifted {
    /// The plconfig, or why there is none.
    pub outcome: Outcome,
    /// The account of every field.
    pub ledger: Ledger,
    /// What only a person can tell and nobody told yet, by id.
    pub questions: Vec<Question>,
}

/// The plconfig, or why there is none.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "nearly every outcome is the large one")]
pub enum Outcome {
    /// What it is on the platform. `environments` is empty: whoever joins the environments of one app fills it.
    Converted(PlConfig),
    /// It can't be converted.
    Refused {
        /// Why, for a person; at least one.
        reasons: Vec<String>,
    },
}

/// Lifts one workload.
///
/// Total and deterministic: any JSON in the observations gives a ledger with one entry for each leaf, and the same
/// source gives the same bytes (C1, C3). A workload of a kind that has no conversion yet is refused, and each of its
/// fields is dropped by the rule `kind-not-converted`: nothing of it decided anything.
#[must_use]
pub fn lift(source: &Source<'_>) -> Lifted {
    let mut account = Account::new(source);
    let config = match source.workload.kind {
        WorkloadKind::Ecs => ecs::lift(&mut account),
        other => refuse_kind(&mut account, other),
    };
    let ledger = walk::ledger(&mut account);
    let (questions, reasons) = account.close();
    let outcome = match config {
        Some(config) if reasons.is_empty() => Outcome::Converted(config),
        _ => Outcome::Refused { reasons },
    };
    Lifted { outcome, ledger, questions }
}

fn refuse_kind(account: &mut Account<'_>, kind: WorkloadKind) -> Option<PlConfig> {
    let kind = match kind {
        WorkloadKind::Ecs => "ECS services",
        WorkloadKind::Lambda => "Lambda functions",
        WorkloadKind::Ec2 => "EC2 instances",
        WorkloadKind::Worker => "Cloudflare Workers",
    };
    account.refuse(&format!("{kind} can't be converted yet"));
    for observation in account.source.observations {
        Field(&observation.body).dropped(account, "kind-not-converted");
    }
    None
}
