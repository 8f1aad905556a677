//! Everything that is known of all hostnames, kept in memory and brought up to date by what has changed: the inventory, the journal,
//! the messages that were sent. What is kept of a hostname is small; whoever shows one whole reads it anew.

use super::moves;
use super::show::{self, State as Papers};
use super::{known, sent};
use crate::config::Config;
use crate::error::Failure;
use crate::journal_db::{self, Journal};
use crate::{clock, inventory_db, signals};
use camino::{Utf8Path, Utf8PathBuf};
use caravan_cutover_domains::{
    DueMessage, MovePlan, NextStep, Outcome, SentMessage, Situation, Stage, State, moment, next_step, word_before,
    word_of,
};
use caravan_cutover_engine::Moment;
use caravan_inventory::Domain;
use caravan_inventory_store::Store;
use caravan_plans::domains::{Classified, DomainPolicy, Ours, choose_method, classify};
use std::collections::BTreeMap;
use std::fs::Metadata;
use std::time::SystemTime;

/// Milliseconds after which what was read of the inventory is read again: ways to certificates end with time.
const STALE: u64 = 10 * 60_000;

/// The board.
pub(super) struct Board {
    dir: Utf8PathBuf,
    store: Store,
    journal: Option<Journal>,
    policy: DomainPolicy,
    ours: Ours,
    names: Vec<Known>,
    read: Option<(i64, Moment)>,
    /// The newest move of each hostname.
    moves: BTreeMap<String, Moving>,
    sent: BTreeMap<String, Vec<SentMessage>>,
    sent_mark: Option<(u64, Option<SystemTime>)>,
}

/// What is kept of a hostname.
pub(super) struct Known {
    pub(super) name: String,
    pub(super) customer: Option<String>,
    pub(super) contact: Option<String>,
    pub(super) class: Option<&'static str>,
    papers: Papers,
    no_class: Option<String>,
    no_method: Option<String>,
    open: usize,
    window: Option<String>,
    inspected: Option<Moment>,
}

/// A move.
pub(super) struct Moving {
    entries: u64,
    pub(super) plan: MovePlan,
    pub(super) state: State,
    /// What the customer has to know of it.
    word: Option<DueMessage>,
}

/// A hostname as it stands.
pub(super) struct Standing<'a> {
    pub(super) known: &'a Known,
    pub(super) moving: Option<&'a Moving>,
    /// The message that is due and that nobody has sent.
    pub(super) unsent: Option<DueMessage>,
    pub(super) sent: &'a [SentMessage],
    pub(super) next: NextStep,
}

impl Board {
    /// Opens what there is; nothing is read before [`Board::refresh`].
    ///
    /// # Errors
    /// When there is no inventory.
    pub(super) fn open(dir: &Utf8Path) -> Result<Self, Failure> {
        Ok(Self {
            dir: dir.to_owned(),
            store: inventory_db::open(dir)?,
            journal: None,
            policy: DomainPolicy::default(),
            ours: Ours::default(),
            names: Vec::new(),
            read: None,
            moves: BTreeMap::new(),
            sent: BTreeMap::new(),
            sent_mark: None,
        })
    }

    /// Reads what has changed.
    ///
    /// # Errors
    /// Those of reading.
    pub(super) fn refresh(&mut self) -> Result<(), Failure> {
        let policy = Config::load(&self.dir)?.domains;
        let (version, now) = (self.store.data_version()?, journal_db::now());
        let holds = self.read.is_some_and(|(of, at)| of == version && now < at.plus_ms(STALE));
        if !holds || policy != self.policy {
            self.policy = policy;
            self.read_names()?;
            self.read = Some((version, now));
        }
        self.read_moves()?;
        self.read_sent()
    }

    fn read_names(&mut self) -> Result<(), Failure> {
        let (ours, policy, now) = (known::ours(&self.store)?, &self.policy, clock::now());
        let mut names = Vec::new();
        known::each(&self.store, |domain| names.push(Known::of(&domain, &ours, policy, now)))?;
        (self.ours, self.names) = (ours, names);
        Ok(())
    }

    fn read_moves(&mut self) -> Result<(), Failure> {
        if self.journal.as_ref().is_some_and(Journal::is_outdated) {
            self.journal = None;
        }
        if self.journal.is_none() && journal_db::path(&self.dir).exists() {
            self.journal = Some(journal_db::open_to_read(&self.dir)?);
        }
        let Some(journal) = self.journal.clone() else {
            self.moves.clear();
            return Ok(());
        };
        let moves = &mut self.moves;
        signals::block_on(async {
            let mut newest = BTreeMap::new();
            for head in journal.move_heads().await? {
                newest.insert(head.name, (head.run, head.entries));
            }
            moves.retain(|name, _| newest.contains_key(name));
            for (name, (run, entries)) in newest {
                let is_known = moves.get(&name).is_some_and(|one| one.plan.run == run && one.entries == entries);
                if !is_known {
                    let (record, events) = journal.read_move(&run).await?;
                    let state = moves::state_of(&record.plan, &events)?;
                    let word = word_of(&record.plan, &state, &events);
                    moves.insert(name, Moving { entries: events.len() as u64, plan: record.plan, state, word });
                }
            }
            Ok(())
        })?
    }

    fn read_sent(&mut self) -> Result<(), Failure> {
        let about = sent::path(&self.dir).metadata().ok();
        let mark = about.map(|about: Metadata| (about.len(), about.modified().ok()));
        if mark != self.sent_mark || mark.is_none() {
            self.sent.clear();
            for one in sent::read(&self.dir)? {
                self.sent.entry(one.name.clone()).or_default().push(one);
            }
            self.sent_mark = mark;
        }
        Ok(())
    }

    pub(super) const fn store(&self) -> &Store {
        &self.store
    }

    pub(super) const fn policy(&self) -> &DomainPolicy {
        &self.policy
    }

    pub(super) const fn ours(&self) -> &Ours {
        &self.ours
    }

    /// Every hostname as it stands, sorted by name.
    pub(super) fn all(&self) -> impl Iterator<Item = Standing<'_>> {
        let now = journal_db::now();
        self.names.iter().map(move |known| self.standing(known, now))
    }

    /// One of them.
    pub(super) fn one(&self, name: &str) -> Option<Standing<'_>> {
        let at = self.names.binary_search_by(|known| known.name.as_str().cmp(name)).ok()?;
        self.names.get(at).map(|known| self.standing(known, journal_db::now()))
    }

    fn standing<'a>(&'a self, known: &'a Known, now: Moment) -> Standing<'a> {
        let moving = self.moves.get(&known.name);
        let sent = self.sent.get(&known.name).map_or(&[][..], Vec::as_slice);
        let word = match moving {
            Some(moving) if moving.state.stage != Stage::Over(Outcome::Back) => moving.word,
            _ => known.word(sent, now),
        };
        let unsent = word.filter(|word| !word.is_sent(sent));
        let situation = Situation {
            looked_up: known.inspected.is_some(),
            no_class: known.no_class.as_deref(),
            no_method: known.no_method.as_deref(),
            has_customer: known.customer.is_some(),
            open: known.open,
            window: known.window.as_deref(),
            unsent: unsent.map(|word| word.kind),
            moving: moving.map(|moving| (&moving.plan, &moving.state)),
        };
        Standing { known, moving, unsent, sent, next: next_step(situation, now) }
    }
}

impl Known {
    fn of(domain: &Domain, ours: &Ours, policy: &DomainPolicy, now: jiff::Timestamp) -> Self {
        let Classified { class, .. } = classify(domain, ours);
        let choice = class.as_ref().ok().map(|class| choose_method(domain, *class, ours, policy, now));
        let request = domain.request.clone().unwrap_or_default();
        Self {
            name: domain.name.to_string(),
            customer: domain.customer.clone(),
            contact: request.contact,
            papers: show::state(domain, class.is_ok()),
            class: class.as_ref().ok().map(|class| class.as_str()),
            no_class: class.err(),
            open: choice.as_ref().map_or(0, |choice| choice.steps.len()),
            no_method: choice.filter(|choice| choice.method.is_none()).map(|choice| choice.reason),
            window: request.window,
            inspected: domain.inspection.as_ref().map(|look| moment(look.at)),
        }
    }

    /// What the customer has to be told before anything moves: what to enter, or that it will move.
    fn word(&self, sent: &[SentMessage], now: Moment) -> Option<DueMessage> {
        let can_be_said = self.class.is_some() && self.no_method.is_none() && self.customer.is_some();
        let has_something = self.open > 0 || self.window.is_some();
        let known = self.inspected.filter(|_| can_be_said && has_something)?;
        word_before(known, self.open, &sent.iter().collect::<Vec<_>>(), now)
    }
}

impl Standing<'_> {
    /// How far it is, as `domains list` says: its move says more than its papers.
    pub(super) fn state(&self) -> &'static str {
        self.moving.map_or(self.known.papers.as_str(), |moving| moving.state.stage.as_str())
    }
}
