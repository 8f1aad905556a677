//! The world that a cutover changes: each call goes to the adapter of its target.

use crate::clouds::aws_accounts;
use crate::config::Config;
use crate::error::Failure;
use crate::forward_guard::ForwardGuard;
use crate::journal_db;
use crate::metrics::MetricsSettings;
use crate::probes;
use camino::Utf8Path;
use caravan_cutover_engine::worst;
use caravan_inventory::{AccountId, Provider, Scope};
use caravan_plans::WavePlan;
use caravan_providers::target::{
    HttpRouteTarget, ListenerRuleTarget, NameQuestion, Probe, RecordSetsTarget, RouteFrame, RuleFrame, SettledBy,
    Target, TargetKind, TargetLocation, Through,
};
use caravan_providers::{
    Beside, Call, CallError, Count, Counted, Executor, NotCounted, Observer, Reply, Verdict, Write,
};
use caravan_providers_aws::AwsTargets;
use caravan_providers_kubernetes::{Routes, SealedRoutes};
use caravan_providers_network::{Prober, name_servers};
use futures_util::future::join_all;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex as StdMutex, PoisonError};
use std::time::Duration;
use tokio::sync::Mutex;

/// The adapters of every target. Nothing is opened before the first call that needs it.
pub(crate) struct RealWorld {
    aws: AwsTargets,
    clusters: Mutex<BTreeMap<String, Routes>>,
    /// The clusters that plans were made for: by context, and by the run that is driven.
    expected: StdMutex<BTreeMap<String, BTreeMap<String, String>>>,
    /// The routes that plans were made for.
    sealed_routes: SealedRoutes,
    /// Whether anybody may be moved on.
    guard: ForwardGuard,
    prober: Prober,
    metrics: MetricsSettings,
}

impl RealWorld {
    /// The world of the configuration in `dir`: its accounts, its roots, and the clusters of the kubeconfig.
    ///
    /// # Errors
    /// A configuration failure when a file of roots can't be used.
    pub(crate) fn new(dir: &Utf8Path, config: &Config) -> Result<Self, Failure> {
        Ok(Self::probing_with(probes::prober(dir, config)?, config))
    }

    /// The same for whoever drives runs: users on a new side are watched, and taken back, whatever became of a file of roots. Gives what
    /// is wrong with one, too.
    pub(crate) fn to_drive(dir: &Utf8Path, config: &Config) -> (Self, Option<Failure>) {
        let (prober, unread) = probes::prober_as_can_be(dir, config);
        (Self::probing_with(prober, config), unread)
    }

    fn probing_with(prober: Prober, config: &Config) -> Self {
        Self {
            aws: AwsTargets::new(aws_accounts(&config.accounts)),
            clusters: Mutex::default(),
            expected: StdMutex::default(),
            sealed_routes: SealedRoutes::default(),
            guard: ForwardGuard::default(),
            prober,
            metrics: config.metrics.clone(),
        }
    }

    /// Proves for every account of a plan that the credentials are this account's (D3).
    ///
    /// # Errors
    /// The first refusal. What nobody could tell is left to the calls themselves, which are made again.
    pub(crate) async fn prove(&self, plan: &WavePlan) -> Result<(), CallError> {
        let accounts: BTreeSet<AccountId> = plan.targets().filter_map(account_of).collect();
        for account in accounts {
            if let Err(denied @ CallError::Denied(_)) = self.aws.prove(&account).await {
                return Err(denied);
            }
        }
        for context in plan.clusters.keys() {
            if let Err(denied @ CallError::Denied(_)) = self.routes(context).await.map(drop) {
                return Err(denied);
            }
        }
        Ok(())
    }

    /// Takes note of the clusters, routes and rules that a run's plan was made for. From now on no call goes to a context of it that leads
    /// elsewhere: what has the same names there is not what was sealed. Nor is a route that was made anew; and a rule is held against
    /// whose requests it took.
    pub(crate) async fn expect(&self, run: &str, plan: &WavePlan) {
        let mut new = Vec::new();
        {
            let mut expected = self.expected.lock().unwrap_or_else(PoisonError::into_inner);
            for (context, uid) in &plan.clusters {
                let of = expected.entry(context.clone()).or_default();
                if of.insert(run.to_owned(), uid.clone()).is_none_or(|before| before != *uid) {
                    new.push(context);
                }
            }
        }
        self.guard.expect(run, plan);
        for shift in plan.shifts() {
            if let Target::Route(target) = &shift.target
                && let Some(frame) = plan.routes.get(&target.identity())
            {
                self.sealed_routes.expect(run, target, frame.clone(), shift.original.clone());
            }
            if let Target::ListenerRule(target) = &shift.target
                && let Some(frame) = plan.rules.get(&target.arn)
            {
                self.aws.expect(run, target, frame.clone(), shift.original.clone());
            }
        }
        let mut clusters = self.clusters.lock().await;
        new.into_iter().for_each(|context| drop(clusters.remove(context)));
    }

    /// The run is over: what its plan was made for binds nobody any more.
    pub(crate) fn forget(&self, run: &str) {
        let mut expected = self.expected.lock().unwrap_or_else(PoisonError::into_inner);
        expected.values_mut().for_each(|of| drop(of.remove(run)));
        self.sealed_routes.forget(run);
        self.aws.forget(run);
        self.guard.forget(run);
    }

    /// From now on nobody is moved on, for this reason; the way back is made.
    pub(crate) fn move_nobody_on(&self, why: String) {
        self.guard.close(why);
    }

    /// Whether a client speaks to the cluster that the runs with this context were planned for.
    async fn is_expected(&self, context: &str, routes: &Routes) -> Result<(), CallError> {
        let expected: BTreeSet<String> = {
            let expected = self.expected.lock().unwrap_or_else(PoisonError::into_inner);
            expected.get(context).into_iter().flat_map(BTreeMap::values).cloned().collect()
        };
        if expected.is_empty() {
            return Ok(());
        }
        let found = routes.identity().await?;
        if expected.iter().all(|uid| *uid == found) {
            return Ok(());
        }
        let wanted = expected.into_iter().collect::<Vec<_>>().join(" and ");
        Err(CallError::Denied(format!(
            "context {context} leads to the cluster with the uid {found} of kube-system, and the plan was made for {wanted}: put the \
             kubeconfig right"
        )))
    }

    /// Every HTTPRoute of a cluster, as [`Routes::all`] tells it.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn all_routes(&self, cluster: &str) -> Result<Vec<serde_json::Value>, CallError> {
        self.routes(cluster).await?.all().await
    }

    /// Whether a name's zone has name servers that can be asked: a private one has none.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn has_name_servers(&self, target: &RecordSetsTarget) -> Result<bool, CallError> {
        self.aws.name_servers(target).await.map(|servers| !servers.is_empty())
    }

    /// Whether a change in AWS has reached users: what AWS says, and for a name what its zone's name servers answer.
    async fn settled(&self, write: &Write, said: Reply) -> Result<Reply, CallError> {
        let Target::Records(target) = &write.target else { return Ok(said) };
        let questions = target.questions(write);
        if said != Reply::Settled || target.settled_by == SettledBy::Provider || questions.is_empty() {
            return Ok(said);
        }
        let unsettled = self.unsettled(target, &questions).await?;
        Ok(unsettled.map_or(Reply::Settled, |reason| Reply::Unsettled { reason }))
    }

    /// As [`RealWorld::settled`], of the writes of one batch: its zone's name servers are looked up once, and asked for every name.
    async fn all_settled(&self, calls: &[Call], said: Vec<Result<Reply, CallError>>) -> Result<Reply, CallError> {
        let (mut zone, mut questions) = (None, Vec::new());
        for (call, said) in calls.iter().zip(&said) {
            if let (Call::Status { write, .. }, Ok(Reply::Settled)) = (call, said)
                && let Target::Records(target) = &write.target
                && target.settled_by != SettledBy::Provider
            {
                zone = Some(target);
                questions.extend(target.questions(write));
            }
        }
        let Some(target) = zone.filter(|_| !questions.is_empty()) else { return Ok(Reply::All(said)) };
        let unsettled = self.unsettled(target, &questions).await?;
        Ok(Reply::All(unsettled.map_or(said, |reason| vec![Ok(Reply::Unsettled { reason }); calls.len()])))
    }

    /// Why the name servers of a target's zone do not show a change; none when all of them do.
    async fn unsettled(
        &self,
        target: &RecordSetsTarget,
        questions: &[NameQuestion],
    ) -> Result<Option<String>, CallError> {
        let servers = self.aws.name_servers(target).await?;
        if servers.is_empty() {
            let reason = format!(
                "zone {} is private and has no name servers that can be asked: a wave says `settled_by: provider` then",
                target.zone
            );
            return Ok(Some(reason));
        }
        Ok(name_servers::unsettled(&servers, questions).await)
    }

    /// Several questions at once: names go to AWS together, where those of one zone are answered as one; everything else goes out
    /// side by side.
    async fn observe_all(&self, calls: &[Call]) -> Result<Reply, CallError> {
        let is_record = |call: &Call| matches!(call.target(), Some(Target::Records(_)));
        if calls.iter().all(is_record) {
            return match self.aws.observe(&Call::All(calls.to_vec())).await? {
                Reply::All(said) => self.all_settled(calls, said).await,
                other => Ok(other),
            };
        }
        Ok(Reply::All(join_all(calls.iter().map(|call| self.ask(call))).await))
    }

    /// Asks one side, and the load balancer or the cluster whether users can get there.
    async fn probe(&self, probe: &Probe) -> Verdict {
        let (said, through) = tokio::join!(self.prober.probe(probe), self.through(probe));
        worst(through.into_iter().chain([said]))
    }

    /// What is said on the way to a side; nothing by what does not tell in time.
    async fn through(&self, probe: &Probe) -> Vec<Verdict> {
        let limit = Duration::from_millis(probe.timeout_ms.into());
        let asked = probe.through.iter().map(|through| async {
            let asked = async {
                match through {
                    Through::Group(group) => {
                        let states = self.aws.target_states(group).await.ok()?;
                        group.carries_nothing(&states).map(|reason| Verdict::Fail { reason })
                    }
                    Through::Route(side) => self.routes(&side.route.cluster).await.ok()?.carried(side).await,
                }
            };
            tokio::time::timeout(limit, asked).await.ok().flatten()
        });
        join_all(asked).await.into_iter().flatten().collect()
    }

    /// Asks one question.
    async fn ask(&self, call: &Call) -> Result<Reply, CallError> {
        let target = match (call, call.target()) {
            (Call::Probe(probe), _) => return Ok(Reply::Probed(self.probe(probe).await)),
            (Call::Write(_) | Call::WriteAll(_), _) | (_, None) => {
                return Err(CallError::NotSent("a write is no observation".to_owned()));
            }
            (_, Some(target)) => target,
        };
        match target.kind().location() {
            TargetLocation::Cluster(cluster) => {
                let answer = self.routes(&cluster).await?.observe(call).await;
                self.of_cluster(&cluster, answer).await
            }
            TargetLocation::Simulation => Err(only_simulated(target)),
            TargetLocation::Account(scope) => match scope.provider {
                Provider::Aws => match (call, self.aws.observe(call).await?) {
                    (Call::Status { write, .. }, said) => self.settled(write, said).await,
                    (_, said) => Ok(said),
                },
                Provider::Cloudflare | Provider::Files => Err(unreachable_at(&scope)),
            },
        }
    }

    /// What speaks to a cluster of the kubeconfig.
    ///
    /// # Errors
    /// [`CallError::NotSent`] where there is no such context.
    pub(crate) async fn routes(&self, cluster: &str) -> Result<Routes, CallError> {
        if let Some(routes) = self.clusters.lock().await.get(cluster) {
            return Ok(routes.clone());
        }
        let routes = Routes::in_context(cluster).await.map_err(|error| CallError::NotSent(error.to_string()))?;
        let routes = routes.with_sealed(self.sealed_routes.clone());
        self.is_expected(cluster, &routes).await?;
        self.clusters.lock().await.insert(cluster.to_owned(), routes.clone());
        Ok(routes)
    }

    /// Passes an answer of a cluster on. After a refusal its client is opened anew: the credentials in the kubeconfig may be others by now.
    async fn of_cluster<T>(&self, cluster: &str, answer: Result<T, CallError>) -> Result<T, CallError> {
        if let Err(CallError::Denied(_)) = &answer {
            self.clusters.lock().await.remove(cluster);
        }
        answer
    }
}

/// The account that a target lives in; none for one in a cluster.
fn account_of(target: &Target) -> Option<AccountId> {
    match target.kind().location() {
        TargetLocation::Account(scope) => Some(scope.account),
        TargetLocation::Cluster(_) | TargetLocation::Simulation => None,
    }
}

/// What it means that a target lives where no adapter reaches.
fn unreachable_at(scope: &Scope) -> CallError {
    CallError::NotSent(format!("nothing can be changed in {scope}"))
}

/// What it means that a target exists in rehearsals alone.
fn only_simulated(target: &Target) -> CallError {
    CallError::NotSent(format!("{target} exists in rehearsals alone"))
}

impl Observer for RealWorld {
    async fn cluster_identity(&self, context: &str) -> Result<Option<String>, CallError> {
        self.routes(context).await?.identity().await.map(Some)
    }

    async fn route_frame(&self, target: &HttpRouteTarget) -> Result<Option<RouteFrame>, CallError> {
        self.routes(&target.cluster).await?.frame(target).await.map(Some)
    }

    async fn rule_frame(&self, target: &ListenerRuleTarget) -> Result<Option<RuleFrame>, CallError> {
        self.aws.rule_frame(target).await
    }

    async fn beside(&self, target: &Target) -> Result<Beside, CallError> {
        match target.kind().location() {
            TargetLocation::Cluster(cluster) => self.routes(&cluster).await?.beside(target).await,
            TargetLocation::Account(_) => self.aws.beside(target).await,
            TargetLocation::Simulation => Ok(Beside::default()),
        }
    }

    async fn observe(&self, call: &Call) -> Result<Reply, CallError> {
        match call {
            Call::All(calls) => self.observe_all(calls).await,
            one => self.ask(one).await,
        }
    }

    async fn count(&self, count: &Count) -> Result<Counted, NotCounted> {
        let routes = async {
            let TargetLocation::Cluster(cluster) = count.target.kind().location() else {
                return Err(NotCounted::Unnamed);
            };
            self.routes(&cluster).await.map_err(|error| NotCounted::Failed(error.to_string()))
        };
        self.metrics.count(count, &self.prober, journal_db::now(), routes).await
    }
}

impl Executor for RealWorld {
    async fn write(&self, write: &Write) -> Result<Reply, CallError> {
        self.guard.admits(std::slice::from_ref(write))?;
        match write.target.kind().location() {
            TargetLocation::Cluster(cluster) => {
                let answer = self.routes(&cluster).await?.write(write).await;
                self.of_cluster(&cluster, answer).await
            }
            TargetLocation::Simulation => Err(only_simulated(&write.target)),
            TargetLocation::Account(scope) => match scope.provider {
                Provider::Aws => self.aws.write(write).await,
                Provider::Cloudflare | Provider::Files => Err(unreachable_at(&scope)),
            },
        }
    }

    async fn write_all(&self, writes: &[Write]) -> Result<Reply, CallError> {
        self.guard.admits(writes)?;
        match writes.first().map(|write| &write.target) {
            Some(Target::Records(_)) => self.aws.write_all(writes).await,
            _ => Err(CallError::Rejected("these changes share no batch".to_owned())),
        }
    }
}
