//! The real world that hostnames move in: Route 53, name servers, both edges, the cluster of the new one, and an authority.

use crate::config::Config;
use crate::error::{Failure, FailureKind, read_text};
use crate::journal_db::Journal;
use crate::world::RealWorld;
use crate::{paths, probes};
use camino::Utf8Path;
use caravan_cutover::MoveWorld;
use caravan_cutover_domains::settings::AuthoritySettings;
use caravan_cutover_domains::{Act, Answer, Look, MovePlan, Proof, Sight};
use caravan_plans::budget::Limits;
use caravan_providers::target::{RecordSet, Snapshot, Target};
use caravan_providers::{Call, CallError, CertificateAuthority, ChallengeKind, Executor, Observer, Reply, Write};
use caravan_providers_network::look::LookSettings;
use caravan_providers_network::{AcmeAccount, Prober, Roots, UnknownAccount};
use std::collections::BTreeSet;
use tokio::sync::OnceCell;

/// Seconds that the answer to a challenge may be remembered.
const CHALLENGE_TTL: u32 = 60;

/// The account's key as its file has it: a type that nothing can print.
struct AccountKeyText(String);

/// The adapters. Nothing is opened before the first look that needs it.
pub(crate) struct MovingWorld {
    pub(super) real: RealWorld,
    pub(super) prober: Prober,
    pub(super) roots: Roots,
    pub(super) lookups: LookSettings,
    pub(super) settings: AuthoritySettings,
    /// What the authority lets one order, and where that is counted; none before anything is moved.
    pub(super) limits: Limits,
    pub(super) journal: Option<Journal>,
    key: AccountKeyText,
    account: OnceCell<AcmeAccount>,
}

impl MovingWorld {
    /// The world of the configuration in `dir`.
    ///
    /// # Errors
    /// Configuration failures: no authority, a file that can't be used. The account's key is in none of them.
    pub(crate) fn open(dir: &Utf8Path, config: &Config) -> Result<Self, Failure> {
        let settings = config.moves.authority.clone().ok_or_else(|| {
            Failure::new(FailureKind::Configuration, "`moves.authority` in caravan.yaml is not said")
                .hint("docs/domains.md has an example")
        })?;
        let file = paths::within(dir, &settings.account_key);
        let key = read_text(&file, FailureKind::Configuration)?;
        Ok(Self {
            real: RealWorld::new(dir, config)?,
            prober: probes::prober(dir, config)?,
            roots: probes::roots(dir, config)?,
            lookups: config.lookups.clone().into(),
            settings,
            limits: config.domains.limits(),
            journal: None,
            key: AccountKeyText(key),
            account: OnceCell::new(),
        })
    }

    /// The same, with orders counted in a journal.
    pub(crate) fn counting_in(self, journal: &Journal) -> Self {
        Self { journal: Some(journal.clone()), ..self }
    }

    /// What reads and writes records.
    pub(crate) const fn real(&self) -> &RealWorld {
        &self.real
    }

    /// The account, opened once: with each new one the authority would be asked for its directory anew.
    pub(super) async fn account(&self) -> Result<&AcmeAccount, CallError> {
        let unknown = if self.settings.create_account { UnknownAccount::Create } else { UnknownAccount::Refuse };
        let open = || AcmeAccount::open(&self.settings.directory, self.key.0.as_bytes(), unknown, self.roots.clone());
        self.account.get_or_try_init(open).await.map_err(CallError::before_write)
    }

    /// The change that puts an order's answer where the authority looks; none where nothing is to be proven any more.
    pub(super) async fn answer_write(&self, plan: &MovePlan, order: &str) -> Result<Option<Write>, CallError> {
        let Proof::Dns(target) = &plan.proof else {
            return Err(CallError::Rejected("names are proven by DNS alone".to_owned()));
        };
        let Target::Records(records) = target else {
            return Err(CallError::Rejected(format!("no challenge is answered at {target}")));
        };
        let answers =
            self.account().await?.answers(order, ChallengeKind::Dns).await.map_err(CallError::before_write)?;
        let values: BTreeSet<String> = answers.into_iter().map(|one| format!("\"{}\"", one.txt_value)).collect();
        if values.is_empty() {
            return Ok(None);
        }
        let set = RecordSet {
            name: records.name.clone(),
            kind: "TXT".to_owned(),
            ttl: Some(CHALLENGE_TTL),
            values: values.into_iter().collect(),
            ..RecordSet::default()
        };
        Ok(Some(Write {
            target: target.clone(),
            before: Snapshot::Records(Vec::new()),
            after: Snapshot::Records(vec![set]),
            token_before: None,
            token_after: None,
            in_flight: u32::try_from(plan.times.in_flight.div_ceil(1_000)).unwrap_or(u32::MAX),
        }))
    }

    /// What stands where the authority looks.
    async fn stands(&self, write: &Write) -> Result<Snapshot, CallError> {
        match self.real.observe(&Call::Observe(write.target.clone())).await.map_err(CallError::before_write)? {
            Reply::Observed { snapshot, .. } => Ok(snapshot),
            _ => Err(CallError::NotSent("the answer is of another kind".to_owned())),
        }
    }

    /// Puts the answer there. One that stands there already is taken for it; anything else there is somebody else's.
    async fn present(&self, plan: &MovePlan, order: &str) -> Result<(), CallError> {
        let Some(write) = self.answer_write(plan, order).await? else { return Ok(()) };
        let stands = self.stands(&write).await?;
        if stands == write.after {
            return Ok(());
        }
        if stands != write.before {
            let text = format!("{} holds the answer to somebody else's challenge", write.target);
            return Err(CallError::Rejected(text));
        }
        self.real.write(&write).await.map(drop)
    }

    /// Takes it away, and nothing else.
    async fn clear(&self, plan: &MovePlan, order: &str) -> Result<(), CallError> {
        let Some(put) = self.answer_write(plan, order).await? else { return Ok(()) };
        if self.stands(&put).await? != put.after {
            return Ok(());
        }
        let write = Write { before: put.after, after: put.before, ..put };
        self.real.write(&write).await.map(drop)
    }

    async fn provision(&self, plan: &MovePlan) -> Result<(), CallError> {
        let routes = self.real.routes(&plan.edges.cluster).await?;
        for object in &plan.edges.objects {
            routes.apply_edge(object, &plan.run).await?;
        }
        Ok(())
    }

    async fn unprovision(&self, plan: &MovePlan) -> Result<(), CallError> {
        let routes = self.real.routes(&plan.edges.cluster).await?;
        for object in plan.edges.objects.iter().rev() {
            routes.remove_edge(object, &plan.run).await?;
        }
        Ok(())
    }
}

impl MoveWorld for MovingWorld {
    async fn look(&self, plan: &MovePlan, look: &Look) -> Result<Sight, CallError> {
        self.see(plan, look).await
    }

    async fn act(&self, plan: &MovePlan, act: &Act) -> Result<Answer, CallError> {
        match act {
            Act::Reserve => return self.reserve(plan).await,
            Act::Order => {
                let order = self.account().await?.order(&plan.names).await?;
                return Ok(Answer::Ordered { order });
            }
            Act::Store { order } => return self.store(plan, order).await.map(Answer::Stored),
            Act::Present { order } => self.present(plan, order).await?,
            Act::Validate { order } => self.account().await?.validate(order, ChallengeKind::Dns).await?,
            Act::Finalize { order } => self.finalize(plan, order).await?,
            Act::Clear { order } => self.clear(plan, order).await?,
            Act::Provision => self.provision(plan).await?,
            Act::Unprovision => self.unprovision(plan).await?,
            Act::Write(write) => drop(self.real.write(write).await?),
            // The colleague whose customer it is takes it to them: `caravan domains watch` and `list` show it until it is done.
            Act::Tell(_) => {}
        }
        Ok(Answer::Done)
    }
}
