//! What is looked at on the way of a hostname.

use super::MovingWorld;
use super::certificate::held_of;
use caravan_cutover_domains::{EdgeSight, Held, Look, MovePlan, OrderStatus, ServerAnswer, Sides, Sight};
use caravan_inventory::Hostname;
use caravan_plans::domains::{CaaVerdict, Remains, Wanted, caa_allows, dangling};
use caravan_providers::target::{Probe, Target};
use caravan_providers::{Call, CallError, CertificateAuthority, Observer, OrderSeen, Reply, Verdict, Write};
use caravan_providers_network::look::Inspector;
use std::net::SocketAddr;

/// How Let's Encrypt is called in CAA records, and where its directories are.
const LETS_ENCRYPT: (&str, &str) = ("letsencrypt.org", ".api.letsencrypt.org/");
/// Milliseconds for one probe.
const PROBE: u32 = 5_000;

impl MovingWorld {
    /// Looks once.
    pub(super) async fn see(&self, plan: &MovePlan, look: &Look) -> Result<Sight, CallError> {
        Ok(match look {
            Look::Route => Sight::Route(self.route(plan).await?),
            Look::Order { order } => Sight::Order(status(self.account().await?.status(order).await?)),
            Look::Presented { order } => {
                let unseen = match self.answer_write(plan, order).await? {
                    Some(write) => self.unsettled(&write).await?,
                    None => None,
                };
                Sight::Presented(unseen.map_or(Verdict::Pass, |reason| Verdict::Fail { reason }))
            }
            Look::Held => Sight::Held(self.held(plan).await?),
            Look::Edge => Sight::Edge(self.edge(plan).await?),
            Look::Sides => Sight::Sides(self.sides(plan).await),
            Look::Record => match self.real.observe(&Call::Observe(record_of(plan)?)).await? {
                Reply::Observed { snapshot, token } => Sight::Record { snapshot, token },
                _ => return Err(CallError::InDoubt("the answer is of another kind".to_owned())),
            },
            Look::Settled(write) => Sight::Settled(self.unsettled(write).await?),
            Look::Names => Sight::Names(self.names(plan).await?),
            Look::Dangling => Sight::Dangling(self.dangling(plan).await?),
        })
    }

    /// Why a change has not reached every name server of its zone; none when it has.
    async fn unsettled(&self, write: &Write) -> Result<Option<String>, CallError> {
        let call = Call::Status { write: Box::new(write.clone()), ticket: String::new() };
        Ok(match self.real.observe(&call).await? {
            Reply::Settled => None,
            Reply::Unsettled { reason } => Some(reason),
            _ => Some("Route 53 is still spreading it".to_owned()),
        })
    }

    fn inspector(&self) -> Result<Inspector, CallError> {
        // A new one each time: one that lives keeps what it has learnt of zones.
        Inspector::new(self.lookups.clone(), self.roots.clone()).map_err(CallError::NotSent)
    }

    /// Whether the authority may sign. Its challenge gets to us: it is answered in a zone of ours.
    async fn route(&self, plan: &MovePlan) -> Result<Verdict, CallError> {
        let account = self.account().await?.url().to_owned();
        let mut authorities: Vec<&str> = self.settings.caa.iter().map(String::as_str).collect();
        if self.settings.directory.contains(LETS_ENCRYPT.1) {
            authorities.push(LETS_ENCRYPT.0);
        }
        let looked = self.inspector()?.caa(&hostname(plan)).await;
        let wanted = Wanted {
            authorities: &authorities,
            account: Some(&account),
            method: Some("dns-01"),
            wildcard: plan.name.starts_with("*."),
        };
        Ok(match caa_allows(&looked, &wanted) {
            CaaVerdict::Allowed => Verdict::Pass,
            CaaVerdict::Forbidden { why, at } => Verdict::Fail { reason: format!("CAA records at {at}: {why}") },
            CaaVerdict::Unknown(reason) => Verdict::Inconclusive { reason },
        })
    }

    async fn edge(&self, plan: &MovePlan) -> Result<EdgeSight, CallError> {
        let routes = self.real.routes(&plan.edges.cluster).await?;
        let (mut there, mut waits) = (0, None);
        for object in &plan.edges.objects {
            let Some(found) = routes.edge_object(object).await? else { continue };
            if found.run.as_ref() != Some(&plan.run) {
                let name = object.pointer("/metadata/name").and_then(serde_json::Value::as_str).unwrap_or_default();
                let by =
                    found.run.map_or_else(|| "was made by somebody else".to_owned(), |run| format!("is of run {run}"));
                return Ok(EdgeSight::Foreign { reason: format!("{name} in {} {by}", plan.edges.namespace) });
            }
            there += 1;
            waits = waits.or(found.waits);
        }
        Ok(match waits {
            _ if there == 0 => EdgeSight::Absent,
            Some(reason) => EdgeSight::Waiting { reason },
            None if there < plan.edges.objects.len() => {
                EdgeSight::Waiting { reason: "some object is not there".to_owned() }
            }
            None => EdgeSight::Served,
        })
    }

    async fn sides(&self, plan: &MovePlan) -> Sides {
        let (new, old) = tokio::join!(self.side(plan, &plan.edges.new), self.side(plan, &plan.edges.old));
        Sides { new: new.0, shown: new.1, old: old.0, old_shown: old.1 }
    }

    /// Every address of a side must answer, each with a certificate that holds; of several certificates the one that ends first counts.
    async fn side(&self, plan: &MovePlan, addresses: &[String]) -> (Verdict, Option<Held>) {
        let mut shown: Option<Held> = None;
        for address in addresses {
            let probe = Probe {
                address: address.clone(),
                host: plan.name.clone(),
                path: plan.edges.path.clone(),
                tls: true,
                status: plan.edges.status,
                timeout_ms: PROBE,
                grpc: None,
                through: Vec::new(),
            };
            // It names the address itself.
            match self.prober.probe(&probe).await {
                Verdict::Pass => {}
                other => return (other, None),
            }
            match self.prober.shown(&probe).await {
                Ok(certificate) => {
                    let held = held_of(&certificate);
                    shown = shown.filter(|other| other.ends <= held.ends).or(Some(held));
                }
                Err(reason) => return (Verdict::Inconclusive { reason }, None),
            }
        }
        (Verdict::Pass, shown)
    }

    async fn names(&self, plan: &MovePlan) -> Result<Vec<ServerAnswer>, CallError> {
        let answers = self.inspector()?.answers(&hostname(plan)).await.map_err(CallError::InDoubt)?;
        Ok(answers.into_iter().map(|(server, answer)| ServerAnswer { server, answer }).collect())
    }
}

impl MovingWorld {
    /// What would be left dangling without the old edge.
    async fn dangling(&self, plan: &MovePlan) -> Result<Vec<String>, CallError> {
        let (records, challenge) = self.inspector()?.leads(&hostname(plan)).await;
        let addresses = plan.edges.new.iter().filter_map(|one| Some(one.parse::<SocketAddr>().ok()?.ip())).collect();
        let remains = Remains {
            name: &plan.name,
            records: &records,
            challenge: &challenge,
            addresses: &addresses,
            zones: plan.own_zones.as_deref().unwrap_or_default(),
        };
        dangling(&remains).map_err(CallError::InDoubt)
    }
}

fn hostname(plan: &MovePlan) -> Hostname {
    Hostname::new(&plan.name)
}

fn record_of(plan: &MovePlan) -> Result<Target, CallError> {
    match &plan.lead {
        caravan_cutover_domains::Lead::Ours(own) => Ok(own.target.clone()),
        caravan_cutover_domains::Lead::Customer(_) => {
            Err(CallError::NotSent("the record is the customer's".to_owned()))
        }
    }
}

fn status(seen: OrderSeen) -> OrderStatus {
    match seen {
        OrderSeen::Pending => OrderStatus::Pending,
        OrderSeen::Ready => OrderStatus::Ready,
        OrderSeen::Processing => OrderStatus::Processing,
        OrderSeen::Valid => OrderStatus::Valid,
        OrderSeen::Invalid { reason, by_validation } => OrderStatus::Invalid { reason, by_validation },
    }
}
