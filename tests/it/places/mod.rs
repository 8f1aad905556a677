//! Real servers in which a cutover's targets stand: what the adapters reach, what a third party does behind their back,
//! and everything that the server's API says.

mod balancer;
mod case;
mod owners;
mod route;
mod side;
mod traffic;
mod zone;

pub(crate) use balancer::Balancer;
pub(crate) use case::Case;
pub(crate) use owners::{Owners, Work};
pub(crate) use route::{GATEWAY_NAMESPACE, Space, whole_route};
pub(crate) use side::{Answer, HOST, Side};
pub(crate) use traffic::{Request, Traffic, ask, binomial};
pub(crate) use zone::{Zone, adapter};

use caravan_providers::target::{FencingToken, HttpRouteTarget, RouteFrame, Snapshot, Target};
use caravan_providers::{Beside, Call, CallError, Count, Counted, Executor, NotCounted, Observer, Reply, Write};
use caravan_providers_aws::AwsTargets;
use caravan_providers_kubernetes::Routes;
use caravan_providers_network::{Prober, metrics};
use futures_util::future::join_all;

/// The adapters, each for its own targets: the world as a driver has it.
#[derive(Default)]
pub(crate) struct Adapters {
    pub(crate) records: Option<AwsTargets>,
    pub(crate) rules: Option<AwsTargets>,
    pub(crate) routes: Option<Routes>,
    pub(crate) prober: Prober,
    /// Where the gateway of the routes tells what it has counted, and the longest time that a request may take there.
    pub(crate) metrics: Option<(String, u64)>,
}

impl Adapters {
    async fn ask(&self, call: &Call) -> Result<Reply, CallError> {
        let target = match call {
            Call::Probe(probe) => return Ok(Reply::Probed(self.prober.probe(probe).await)),
            Call::All(calls) => calls.first().and_then(Call::target).unwrap(),
            other => other.target().unwrap(),
        };
        match target {
            Target::Records(_) => self.records.as_ref().unwrap().observe(call).await,
            Target::ListenerRule(_) | Target::EventRule(_) | Target::EcsService(_) => {
                self.rules.as_ref().unwrap().observe(call).await
            }
            Target::Route(_) | Target::ClusterWork(_) => self.routes.as_ref().unwrap().observe(call).await,
            Target::SimulatedOwner(_) => unreachable!("no server has it"),
        }
    }
}

impl Observer for Adapters {
    async fn observe(&self, call: &Call) -> Result<Reply, CallError> {
        match call {
            Call::Write(_) | Call::WriteAll(_) => Err(CallError::NotSent("a write is no observation".to_owned())),
            Call::All(calls) if calls.iter().all(|call| call.target().is_none()) => {
                Ok(Reply::All(join_all(calls.iter().map(|call| self.ask(call))).await))
            }
            other => self.ask(other).await,
        }
    }

    async fn route_frame(&self, target: &HttpRouteTarget) -> Result<Option<RouteFrame>, CallError> {
        self.routes.as_ref().unwrap().route_frame(target).await
    }

    async fn beside(&self, target: &Target) -> Result<Beside, CallError> {
        match target {
            Target::Route(_) | Target::ClusterWork(_) => self.routes.as_ref().unwrap().beside(target).await,
            Target::ListenerRule(_) => self.rules.as_ref().unwrap().beside(target).await,
            _ => Ok(Beside::default()),
        }
    }

    async fn count(&self, count: &Count) -> Result<Counted, NotCounted> {
        let (Target::Route(route), Some((url, within_ms))) = (&count.target, &self.metrics) else {
            return Err(NotCounted::Unnamed);
        };
        let routes = self.routes.as_ref().unwrap();
        let sides = routes.sides(route, &count.original, &count.split).await.map_err(NotCounted::Failed)?;
        let pages = self.prober.pages(url).await.map_err(NotCounted::Failed)?;
        metrics::of_gateway(url, &pages, route, &sides, *within_ms).map_err(NotCounted::Failed)
    }
}

impl Executor for Adapters {
    async fn write(&self, write: &Write) -> Result<Reply, CallError> {
        match &write.target {
            Target::Records(_) => self.records.as_ref().unwrap().write(write).await,
            Target::ListenerRule(_) | Target::EventRule(_) | Target::EcsService(_) => {
                self.rules.as_ref().unwrap().write(write).await
            }
            Target::Route(_) | Target::ClusterWork(_) => self.routes.as_ref().unwrap().write(write).await,
            Target::SimulatedOwner(_) => unreachable!("no server has it"),
        }
    }

    async fn write_all(&self, writes: &[Write]) -> Result<Reply, CallError> {
        self.records.as_ref().unwrap().write_all(writes).await
    }
}

/// Where a target stands.
pub(crate) trait Place {
    /// A third party makes the target look like this, whatever stands there.
    async fn edit(&self, target: &Target, snapshot: &Snapshot, token: Option<&FencingToken>);

    /// Everything that the server's own API says, by a client that shares nothing with the adapters.
    async fn everything(&self) -> String;
}
