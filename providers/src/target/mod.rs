//! What a cutover may change, and its snapshot before and after.
//!
//! One file for each kind of target, with everything that is so for the kind: see [`TargetKind`]. A further kind is one more
//! file here and one more variant of [`Target`] (and of [`Snapshot`], when its state is of a form of its own); the
//! compiler then asks for its simulation. Its adapter and its strategy are the only other places that know it.

mod backend;
mod batch;
mod budget;
mod cluster_work;
mod controller;
mod cron_work;
mod ecs_service;
mod event_rule;
mod fencing_token;
mod firings;
mod http_route;
mod kind;
mod listener_rule;
mod named;
mod probe;
mod record_set;
mod record_sets;
mod route_frame;
mod route_side;
mod route_word;
mod rule_conditions;
mod rule_frame;
mod shell;
mod simulated;
mod snapshot;
mod target_group;
mod utc;
mod weighted;

pub use backend::Backend;
pub use batch::BatchPart;
pub use budget::{ApiBudget, Limit};
pub use cluster_work::{ClusterWork, ClusterWorkTarget};
pub use controller::Controller;
pub use cron_work::KnownOfCronJob;
pub use ecs_service::EcsServiceTarget;
pub use event_rule::EventRuleTarget;
pub use fencing_token::{FencingToken, InvalidFencingToken};
pub use firings::{Edge, Firings};
pub use http_route::HttpRouteTarget;
pub use kind::{Ask, Guarantee, Share, TargetKind, TargetLocation};
pub use listener_rule::ListenerRuleTarget;
pub use named::{About, about};
pub use probe::Probe;
pub use record_set::{Alias, RecordSet, dns_name};
pub use record_sets::{NameAnswer, NameQuestion, RecordSetsTarget, SettledBy};
pub use route_frame::RouteFrame;
pub use route_side::{RouteSide, Through};
pub use route_word::{Speaker, Word, parents as route_parents, programmed as gateway_word, word as route_word};
pub use rule_frame::RuleFrame;
pub use shell::quoted;
pub use simulated::{SimulatedOwnerTarget, SimulatedWork};
pub use snapshot::{OtherRoute, Snapshot, SnapshotError};
pub use target_group::{StateOfTarget, TargetGroup};
pub use utc::{utc_ms, utc_text};

use serde::{Deserialize, Serialize};
use std::fmt;

/// One thing that a cutover may change.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// The record sets of one name in one Route 53 zone, of the given types.
    Records(RecordSetsTarget),
    /// The actions of one load balancer rule, or the default actions of a listener.
    ListenerRule(ListenerRuleTarget),
    /// The rules of one HTTPRoute.
    Route(HttpRouteTarget),
    /// A rule of EventBridge that fires by a schedule.
    EventRule(EventRuleTarget),
    /// An ECS service that works without being asked.
    EcsService(EcsServiceTarget),
    /// A CronJob, a Deployment or a ScaledObject.
    ClusterWork(ClusterWorkTarget),
    /// An owner of work in a simulated world.
    SimulatedOwner(SimulatedOwnerTarget),
}

impl Target {
    /// The target as its kind.
    #[must_use]
    pub fn kind(&self) -> &dyn TargetKind {
        match self {
            Self::Records(target) => target,
            Self::ListenerRule(target) => target,
            Self::Route(target) => target,
            Self::EventRule(target) => target,
            Self::EcsService(target) => target,
            Self::ClusterWork(target) => target,
            Self::SimulatedOwner(target) => target,
        }
    }

    /// Its name in a few words: a host name, the end of an ARN, `namespace/name`.
    #[must_use]
    pub fn short_name(&self) -> String {
        self.kind().short_name()
    }

    /// What its provider promises about a write.
    #[must_use]
    pub fn guarantee(&self) -> Guarantee {
        self.kind().guarantee()
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind().fmt(f)
    }
}
