//! Who else writes to a target.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Something other than Caravan that writes to a target by itself and would put back what a cutover changes (K11).
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Controller {
    /// The tool, in lower case with dashes: `argo-cd`, `external-dns`. A wave's `paused_controllers` names it so.
    pub tool: String,
    /// What shows it, for a person: an annotation, a tag, a record. Never a secret.
    pub evidence: String,
}

impl Controller {
    /// The tool with what shows it.
    #[must_use]
    pub fn new(tool: &str, evidence: impl Into<String>) -> Self {
        Self { tool: tool.to_owned(), evidence: evidence.into() }
    }

    /// How to keep the tool's hands off the target for the time of a run.
    #[must_use]
    pub fn how_to_pause(&self) -> &'static str {
        match self.tool.as_str() {
            "argo-cd" => {
                "let the Application ignore what the run changes (/spec/rules of a route, /spec/suspend of a CronJob, \
                 /spec/replicas of a Deployment) and the annotation caravan.dev/epoch (ignoreDifferences, with \
                 RespectIgnoreDifferences=true)"
            }
            "flux" => "suspend its Kustomization or HelmRelease (flux suspend)",
            "argo-rollouts" | "flagger" => "wait until its rollout is over, and take the route out of it",
            "horizontal-pod-autoscaler" => {
                "take it away: whoever scales the Deployment is to be handed over in its place"
            }
            "aws" => "it is AWS's own, and can't be handed over",
            "external-dns" => {
                "take the name out of its reach (--exclude-domains, or annotate its source with another controller)"
            }
            "octodns" => "leave the name out of its sources' sync until the run is over",
            "load-balancer-controller" => {
                "take the rule out of its Ingress: a rule that it manages is put back at once"
            }
            _ => "freeze what deploys it until the run is over",
        }
    }
}

impl fmt::Display for Controller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.tool, self.evidence)
    }
}
