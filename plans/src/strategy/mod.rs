//! From what is and both sides of a shift to the exact snapshot of each stage.
//!
//! One file for each strategy. Each is a pure function: the original snapshot, the sides and the shares go in, one snapshot
//! for each share comes out. None of them invents a target: what they can't do exactly they refuse.

pub mod alb;
pub mod route;
pub mod route53;
mod split;

use alb::AlbSpec;
use caravan_providers::target::Target;
use route::RouteSpec;
use route53::Route53Spec;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
pub(crate) use split::Split;
pub use split::StrategyError;

/// What is changed, and where the new side is.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// Weighted record sets of one name.
    Route53(Route53Spec),
    /// Weighted target groups of one listener rule, or of a listener's default action.
    Alb(AlbSpec),
    /// Weighted backends of one HTTPRoute.
    Route(RouteSpec),
}

impl Strategy {
    /// The target that is changed.
    #[must_use]
    pub fn target(&self) -> Target {
        self.split().target()
    }

    pub(crate) fn split(&self) -> &dyn Split {
        match self {
            Self::Route53(spec) => spec,
            Self::Alb(spec) => spec,
            Self::Route(spec) => spec,
        }
    }
}
