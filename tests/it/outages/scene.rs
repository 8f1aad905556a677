//! The servers behind their fault proxies, and the target of one run in one of them.

use super::outage::{During, Outage, Server};
use crate::places::{Adapters, Answer, Balancer, Case, GATEWAY_NAMESPACE, Place, Side, Space, Zone, adapter};
use caravan_providers_kubernetes::Routes;
use caravan_tests_testbed::{Account, Cluster, Fakecloud, Fault, FaultProxy, Gateway, Ministack, Moto, Rule, Write};
use serde_json::json;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The servers, each behind a fault proxy.
pub(super) struct Servers {
    ministack: &'static Ministack,
    cluster: &'static Cluster,
    of_ministack: FaultProxy,
    of_moto: FaultProxy,
    of_fakecloud: FaultProxy,
    of_cluster: FaultProxy,
    _gateway: Gateway,
    accounts: AtomicU64,
    balancers: Mutex<Vec<Balancer>>,
    balancers_in_fakecloud: Mutex<Vec<Balancer>>,
}

/// The target of one run, with what is needed to break what it rests on and to see what stands there.
pub(super) struct Scene<'a> {
    servers: &'a Servers,
    proxy: &'a FaultProxy,
    /// Which calls are this run's.
    calls: Calls,
    /// How many of them an earlier run at the same place has made.
    earlier: usize,
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
    BalancerInFakecloud(Balancer),
    Space(Space),
}

impl Servers {
    /// None where one is missing, after that was said. `balancers` is how many runs at once move a rule or a listener at the most.
    pub(super) async fn start(balancers: usize) -> Option<Self> {
        let (ministack, moto, cluster) = (Ministack::shared()?, Moto::shared()?, Cluster::shared()?);
        let (fakecloud, gateway) = (Fakecloud::shared()?, Gateway::start(cluster)?);
        let client = cluster.client();
        let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": GATEWAY_NAMESPACE}});
        for manifest in [namespace].into_iter().chain(Gateway::manifests_for_all(GATEWAY_NAMESPACE, 10080)) {
            cluster.apply(&client, &manifest, Write::Persist).await.unwrap();
        }
        let of_fakecloud = FaultProxy::start(&fakecloud.endpoint())?;
        // Its targets stay `initial`: nothing asks them.
        let healthy = Fault::Health { state: "healthy".to_owned(), reason: String::new() };
        of_fakecloud.script(&[Rule::new(healthy).action("DescribeTargetHealth")]);
        Some(Self {
            ministack,
            cluster,
            of_ministack: FaultProxy::start(&ministack.endpoint())?,
            of_moto: FaultProxy::start(&moto.endpoint())?,
            of_fakecloud,
            of_cluster: FaultProxy::start(&cluster.endpoint())?,
            _gateway: gateway,
            accounts: AtomicU64::new(810_000_000_001),
            balancers: Mutex::new(Balancer::several(moto, balancers)),
            balancers_in_fakecloud: Mutex::new(Balancer::several_in_fakecloud(fakecloud, moto, balancers)),
        })
    }

    /// A target in a server, and the adapter that reaches it past the proxy.
    pub(super) async fn scene(&self, server: Server) -> (Scene<'_>, Adapters) {
        let mut adapters = Adapters::default();
        let (old, new) = (Side::start("old").await, Side::start("new").await);
        let (case, proxy, calls, stands) = match server {
            Server::NameInMinistack => {
                let (account, proxy) = (self.account(), &self.of_ministack);
                let zone = Zone::new(&self.ministack.endpoint(), &account, "outage").await;
                adapters.records = Some(adapter(&proxy.endpoint(), &account));
                (zone.aliases().await, proxy, Calls::SignedWith(account.access_key_id), Stands::Zone(zone))
            }
            Server::RuleInMoto | Server::ListenerInMoto => {
                let balancer = free(&self.balancers).await;
                let (account, proxy) = (balancer.account(), &self.of_moto);
                adapters.rules = Some(adapter(&proxy.endpoint(), account));
                let calls = Calls::SignedWith(account.access_key_id.clone());
                let case = match server {
                    Server::RuleInMoto => balancer.rule().await,
                    _ => balancer.default_action().await,
                };
                (case, proxy, calls, Stands::Balancer(balancer))
            }
            Server::RuleInFakecloud => {
                let balancer = free(&self.balancers_in_fakecloud).await;
                let (account, proxy) = (balancer.account(), &self.of_fakecloud);
                adapters.rules = Some(adapter(&proxy.endpoint(), account));
                let calls = Calls::SignedWith(account.access_key_id.clone());
                (balancer.rule().await, proxy, calls, Stands::BalancerInFakecloud(balancer))
            }
            Server::Route | Server::RouteOfEnvoyGateway => {
                let space = Space::new(self.cluster).await;
                let client = self.cluster.client_at(&self.of_cluster.endpoint());
                adapters.routes = Some(Routes::new(client));
                let case = match server {
                    Server::Route => space.route(self.cluster, "a route", None).await,
                    _ => space.route_of_gateway(self.cluster, "a route of Envoy Gateway", [&old, &new]).await,
                };
                (case, &self.of_cluster, Calls::Below(space.namespace.clone()), Stands::Space(space))
            }
        };
        let follows = match (&stands, server) {
            (Stands::Space(space), Server::Route) => Some(space.follow()),
            _ => None,
        };
        let earlier = proxy.count(&calls.rule(Fault::Reset));
        (Scene { servers: self, proxy, calls, earlier, stands, follows, case, old, new }, adapters)
    }

    /// ministack takes a key of twelve digits for its account.
    fn account(&self) -> Account {
        let id = format!("{:012}", self.accounts.fetch_add(1, Ordering::Relaxed));
        let text = || "test".to_owned();
        Account { access_key_id: id.clone(), id, secret_access_key: text(), session_token: text() }
    }
}

/// One that no other run has now.
async fn free(balancers: &Mutex<Vec<Balancer>>) -> Balancer {
    loop {
        let free = balancers.lock().unwrap().pop();
        match free {
            Some(balancer) => return balancer,
            None => tokio::time::sleep(Duration::from_millis(500)).await,
        }
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
        self.proxy.end(self.calls.name());
        self.old.does(Answer::Status(200));
        if !matches!(outage.during, During::SideAndProvider(_)) {
            self.new.does(Answer::Status(200));
        }
    }

    /// How many calls the provider had from this run.
    pub(super) fn requests(&self) -> usize {
        self.proxy.count(&self.calls.rule(Fault::Reset)) - self.earlier
    }

    /// Everything that the server's own API says.
    pub(super) async fn everything(&self) -> String {
        match &self.stands {
            Stands::Zone(zone) => zone.everything().await,
            Stands::Balancer(balancer) | Stands::BalancerInFakecloud(balancer) => balancer.everything().await,
            Stands::Space(space) => space.everything().await,
        }
    }

    /// The run is over, and everything stands as it did: another one may have its place.
    pub(super) fn leave(self) {
        if let Some(follows) = &self.follows {
            follows.abort();
        }
        match self.stands {
            Stands::Balancer(balancer) => self.servers.balancers.lock().unwrap().push(balancer),
            Stands::BalancerInFakecloud(balancer) => {
                self.servers.balancers_in_fakecloud.lock().unwrap().push(balancer);
            }
            Stands::Zone(_) | Stands::Space(_) => {}
        }
    }

    fn provider(&self, fault: Fault) {
        let is_health = matches!(fault, Fault::Health { .. });
        let rule = self.calls.rule(fault);
        self.proxy.begin(self.calls.name(), &[if is_health { rule.action("DescribeTargetHealth") } else { rule }]);
    }
}

impl Calls {
    /// A fault of these calls.
    fn rule(&self, fault: Fault) -> Rule {
        match self {
            Self::SignedWith(key) => Rule::new(fault).access_key(key),
            Self::Below(namespace) => Rule::new(fault).path(&format!("*/namespaces/{namespace}/*")),
        }
    }

    /// What an outage of these calls is called.
    fn name(&self) -> &str {
        let (Self::SignedWith(name) | Self::Below(name)) = self;
        name
    }
}
