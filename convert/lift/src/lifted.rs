//! The result of a lift: plconfig, ledger and questions, or why there is none.

use crate::host_verdict::HostVerdict;
use crate::ledger::Ledger;
use crate::plconfig::PlConfig;
use caravan_inventory::Question;

/// What a lift ends with.
#[derive(Clone, Debug, PartialEq)]
pub struct Lifted {
    /// The plconfig, or why there is none.
    pub outcome: LiftOutcome,
    /// What became of every field.
    pub ledger: Ledger,
    /// What only a person can tell and nobody told yet, by id.
    pub questions: Vec<Question>,
    /// What is to become of the machines, where the workload is made of some.
    pub host: Option<HostVerdict>,
    /// The texts that the plconfig names by their digests: the modules of a Worker.
    pub modules: Vec<ModuleText>,
}

/// The text of a module, without any mark of a secret; of bytes their hexadecimal digits.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ModuleText {
    /// Its SHA-256, or that of its bytes, in small hexadecimal digits.
    pub sha256: String,
    /// The text.
    pub text: String,
}

/// The plconfig, or why there is none.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "nearly every outcome is the large one")]
pub enum LiftOutcome {
    /// What it is on the platform. `environments` is empty: whoever joins the environments of one app fills it.
    Converted(PlConfig),
    /// It can't be converted.
    Refused {
        /// Why, for a person; at least one.
        reasons: Vec<String>,
    },
}
