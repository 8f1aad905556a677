//! The servers behind their fault proxies, and the target of one run in one of them.

use super::outage::{During, Outage, Server};
use crate::places::{Adapters, Answer, Balancer, Case, Place, Side, Space, Zone, adapter};
use caravan_providers_kubernetes::Routes;
use caravan_tests_testbed::{Account, Cluster, Fault, FaultProxy, Ministack, Moto, Rule};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The servers, each behind a fault proxy.
pub(super) struct Servers {
    ministack: &'static Ministack,
    moto: &'static Moto,
    cluster: &'static Cluster,
    of_ministack: FaultProxy,
    of_moto: FaultProxy,
    of_cluster: FaultProxy,
    count: AtomicU64,
    balancers: Mutex<Vec<Balancer>>,
}

/// The target of one run, with what is needed to break what it rests on and to see what stands there.
pub(super) struct Scene<'a> {
    servers: &'a Servers,
    proxy: &'a FaultProxy,
    /// Which calls are this run's.
    calls: Calls,
    stands: Stands,
    follows: Option<tokio::task::JoinHandle<()>>,
    pub(super) case: Case,
    pub(super) old: Side,
    pub(super) new: Side,
}

enum Calls {
    SignedWith(String),
    Below(String),
}

enum Stands {
    Zone(Zone),
    Balancer(Balancer),
    Space(Space),
}

impl Servers {
    /// None where one is missing, after that was said. `balancers` is how many runs at once move a rule at the most.
    pub(super) fn start(balancers: usize) -> Option<Self> {
        let (ministack, moto, cluster) = (Ministack::shared()?, Moto::shared()?, Cluster::shared()?);
        Some(Self {
            ministack,
            moto,
            cluster,
            of_ministack: FaultProxy::start(&ministack.endpoint())?,
            of_moto: FaultProxy::start(&moto.endpoint())?,
            of_cluster: FaultProxy::start(&cluster.endpoint())?,
            count: AtomicU64::new(810_000_000_001),
            balancers: Mutex::new(Balancer::several(moto, balancers)),
        })
    }

    /// A target in a server, and the adapter that reaches it past the proxy.
    pub(super) async fn scene(&self, server: Server) -> (Scene<'_>, Adapters) {
        let mut adapters = Adapters::default();
        let (case, proxy, calls, stands) = match server {
            Server::NameInMinistack | Server::NameInMoto => {
                let (endpoint, proxy, account) = if server == Server::NameInMoto {
                    (self.moto.endpoint(), &self.of_moto, self.moto.account())
                } else {
                    (self.ministack.endpoint(), &self.of_ministack, self.account())
                };
                let zone = Zone::new(&endpoint, &account, &format!("outage-{}", account.id)).await;
                adapters.records = Some(adapter(&proxy.endpoint(), &account));
                let case = if server == Server::NameInMoto { zone.addresses().await } else { zone.aliases().await };
                (case, proxy, Calls::SignedWith(account.access_key_id), Stands::Zone(zone))
            }
            Server::RuleInMoto => {
                let balancer = self.balancer().await;
                let (account, proxy) = (balancer.account(), &self.of_moto);
                adapters.rules = Some(adapter(&proxy.endpoint(), account));
                let calls = Calls::SignedWith(account.access_key_id.clone());
                (balancer.rule().await, proxy, calls, Stands::Balancer(balancer))
            }
            Server::RouteOfApiServer => {
                let space = Space::new(self.cluster).await;
                let client = self.cluster.client_at(&self.of_cluster.endpoint());
                adapters.routes = Some(Routes::new(client));
                let case = space.route(self.cluster, "a route", None).await;
                (case, &self.of_cluster, Calls::Below(space.namespace.clone()), Stands::Space(space))
            }
        };
        let follows = match &stands {
            Stands::Space(space) => Some(space.follow()),
            _ => None,
        };
        let (old, new) = (Side::start("old").await, Side::start("new").await);
        (Scene { servers: self, proxy, calls, stands, follows, case, old, new }, adapters)
    }

    /// One that no other run has now.
    async fn balancer(&self) -> Balancer {
        loop {
            let free = self.balancers.lock().unwrap().pop();
            match free {
                Some(balancer) => return balancer,
                None => tokio::time::sleep(Duration::from_millis(500)).await,
            }
        }
    }

    /// ministack takes a key of twelve digits for its account.
    fn account(&self) -> Account {
        let id = format!("{:012}", self.count.fetch_add(1, Ordering::Relaxed));
        let text = || "test".to_owned();
        Account { access_key_id: id.clone(), id, secret_access_key: text(), session_token: text() }
    }
}

impl Scene<'_> {
    /// The outage begins.
    pub(super) fn begin(&self, outage: &Outage) {
        match outage.during {
            During::Bake(_) => self.new.does(outage.trouble.of_side()),
            During::BothSides(_) => {
                self.old.does(outage.trouble.of_side());
                self.new.does(outage.trouble.of_side());
            }
            During::GuardBack => self.old.does(outage.trouble.of_side()),
            During::SideAndProvider(_) => {
                self.new.answers(500);
                self.provider(outage.trouble.of_provider());
            }
            During::Write(_) | During::Settle(_) | During::WriteBack | During::SettleBack => {
                self.provider(outage.trouble.of_provider());
            }
        }
    }

    /// The outage is over; what has failed for good stays so.
    pub(super) fn end(&self, outage: &Outage) {
        self.proxy.end(self.name());
        self.old.does(Answer::Status(200));
        if !matches!(outage.during, During::SideAndProvider(_)) {
            self.new.does(Answer::Status(200));
        }
    }

    /// How many calls the provider had from this run.
    pub(super) fn requests(&self) -> usize {
        self.proxy.count(&self.rule(Fault::Reset))
    }

    /// Everything that the server's own API says.
    pub(super) async fn everything(&self) -> String {
        match &self.stands {
            Stands::Zone(zone) => zone.everything().await,
            Stands::Balancer(balancer) => balancer.everything().await,
            Stands::Space(space) => space.everything().await,
        }
    }

    /// The run is over, and everything stands as it did: another one may have its place.
    pub(super) fn leave(self) {
        if let Some(follows) = &self.follows {
            follows.abort();
        }
        if let Stands::Balancer(balancer) = self.stands {
            self.servers.balancers.lock().unwrap().push(balancer);
        }
    }

    fn provider(&self, fault: Fault) {
        let is_health = matches!(fault, Fault::Health { .. });
        let rule = self.rule(fault);
        self.proxy.begin(self.name(), &[if is_health { rule.action("DescribeTargetHealth") } else { rule }]);
    }

    fn rule(&self, fault: Fault) -> Rule {
        match &self.calls {
            Calls::SignedWith(key) => Rule::new(fault).access_key(key),
            Calls::Below(namespace) => Rule::new(fault).path(&format!("*/namespaces/{namespace}/*")),
        }
    }

    fn name(&self) -> &str {
        let (Calls::SignedWith(name) | Calls::Below(name)) = &self.calls;
        name
    }
}
