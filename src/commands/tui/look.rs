//! What the interface asks: answered from the inventory and the journal, and nothing is changed.

use super::audit::Chain;
use super::domains::Listed;
use super::graph::Front;
use super::readiness::Ready;
use super::runs::Followed;
use super::{audit, detail, domains, graph, members, preview, runs, waves};
use crate::commands::{decide, plan};
use crate::config::Config;
use crate::decisions;
use crate::error::{Failure, FailureKind};
use crate::global::Global;
use crate::inventory_db;
use crate::journal_db::{self, Journal};
use crate::printer::printable;
use crate::runnable::Runnable;
use caravan_inventory::{Query, WorkloadId};
use caravan_inventory_store::{Store, WorkloadFilter};
use caravan_tui::{
    Answered, Assessed, Detail, DomainRow, DomainText, DoorRow, EntryText, Graph, JournalPart, Member, Overview,
    PlanText, Preview, PreviewText, ReadinessPart, Row, RunView, Session, Sieve, Trouble, WaveRow, Window,
};
use std::collections::BTreeMap;

/// Answers from the files of a folder. Nothing is opened before it is asked for.
pub(super) struct Look {
    pub(super) global: Global,
    pub(super) runnable: Runnable,
    store: Option<Store>,
    journal: Option<Journal>,
    /// Every run that was read, as it was read last.
    pub(super) runs: BTreeMap<String, Followed>,
    /// How far the chain of each run was verified.
    pub(super) chains: BTreeMap<String, Chain>,
    /// The ids of the filter that holds, and the version of the inventory that they are of.
    fitting: Option<(Query, i64, Vec<WorkloadId>)>,
    /// The front doors.
    front: Option<Front>,
    /// The customers' hostnames that are looked at.
    listed: Option<Listed>,
    /// What is known of readiness.
    pub(super) ready: Option<Ready>,
}

/// A failure as the interface tells it.
pub(super) fn trouble(failure: Failure) -> Trouble {
    let causes: Vec<String> = failure.error.chain().map(|cause| printable(&cause.to_string()).into_owned()).collect();
    let mut text = String::new();
    for cause in causes {
        if !text.contains(&cause) {
            text = if text.is_empty() { cause } else { format!("{text}: {cause}") };
        }
    }
    Trouble { text: text.replace('\n', " "), hints: failure.hints }
}

impl Look {
    pub(super) fn new(global: &Global, runnable: &Runnable) -> Self {
        let (global, runnable) = (global.clone(), runnable.clone());
        Self {
            global,
            runnable,
            store: None,
            journal: None,
            runs: BTreeMap::new(),
            chains: BTreeMap::new(),
            fitting: None,
            front: None,
            listed: None,
            ready: None,
        }
    }

    /// The inventory.
    ///
    /// # Errors
    /// When it can't be opened.
    pub(super) fn store(&mut self) -> Result<&Store, Failure> {
        if self.store.is_none() {
            self.store = Some(inventory_db::open(&self.global.dir)?);
        }
        self.store.as_ref().ok_or_else(gone)
    }

    /// The journal; none where no wave was sealed yet.
    ///
    /// # Errors
    /// When it can't be opened.
    pub(super) fn journal(&mut self) -> Result<Option<Journal>, Failure> {
        if self.journal.as_ref().is_some_and(Journal::is_outdated) {
            self.journal = None;
        }
        if self.journal.is_none() && journal_db::path(&self.global.dir).exists() {
            self.journal = Some(journal_db::open_to_read(&self.global.dir)?);
        }
        Ok(self.journal.clone())
    }

    fn rows(&mut self, query: &Query, from: usize, limit: usize) -> Result<Window<Row>, Failure> {
        let version = self.store()?.data_version()?;
        let is_known = self.fitting.as_ref().is_some_and(|(known, of, _)| known == query && *of == version);
        if !is_known {
            let filter = WorkloadFilter { query: Some(query.clone()), ..WorkloadFilter::default() };
            let ids = self.store()?.workload_ids(&filter)?;
            self.fitting = Some((query.clone(), version, ids));
        }
        let Some((_, _, ids)) = &self.fitting else { return Err(gone()) };
        let store = self.store.as_ref().ok_or_else(gone)?;
        let (total, from) = (ids.len(), from.min(ids.len()));
        let mut rows = Vec::new();
        for id in ids.iter().skip(from).take(limit) {
            // One that has just gone away is gone at the next look.
            rows.extend(store.workload(id)?.map(|workload| Row {
                kind: workload.kind.as_str(),
                name: workload.name,
                team: workload.team.to_string(),
                environment: workload.environment.to_string(),
                account: workload.account.map(|account| account.to_string()).unwrap_or_default(),
                region: workload.region.map(|region| region.to_string()).unwrap_or_default(),
                id: workload.id,
            }));
        }
        Ok(Window { total, from, rows })
    }

    fn told(&mut self, id: &WorkloadId) -> Result<Detail, Failure> {
        let (store, ready) = self.ready()?;
        detail::read(store, ready.estate(), ready.decisions(), id)
    }

    /// The inventory, and its front doors.
    ///
    /// # Errors
    /// When it can't be read.
    pub(super) fn front(&mut self) -> Result<(&Store, &Front), Failure> {
        let version = self.store()?.data_version()?;
        if self.front.as_ref().is_none_or(|front| !front.is_of(version)) {
            self.front = Some(Front::read(self.store()?, version)?);
        }
        let (Some(store), Some(front)) = (&self.store, &self.front) else { return Err(gone()) };
        Ok((store, front))
    }

    /// The inventory, and its hostnames of customers that have a part.
    ///
    /// # Errors
    /// When it can't be read.
    pub(super) fn listed(&mut self, part: &str) -> Result<(&Store, &Listed), Failure> {
        let version = self.store()?.data_version()?;
        if self.listed.as_ref().is_none_or(|listed| !listed.is_of(version, part)) {
            self.listed = Some(Listed::read(self.store()?, version, part)?);
        }
        let (Some(store), Some(listed)) = (&self.store, &self.listed) else { return Err(gone()) };
        Ok((store, listed))
    }

    /// The inventory, and what is known of readiness by it and by the decisions as they stand now.
    ///
    /// # Errors
    /// When either can't be read.
    pub(super) fn ready(&mut self) -> Result<(&Store, &mut Ready), Failure> {
        let config = Config::load(&self.global.dir)?;
        let decisions = decisions::load(&self.global.dir)?;
        let version = self.store()?.data_version()?;
        if self.ready.as_ref().is_none_or(|ready| !ready.is_of(version, &decisions)) {
            self.ready = Some(Ready::read(self.store()?, version, decisions, &config.platform)?);
        }
        let (Some(store), Some(ready)) = (&self.store, &mut self.ready) else { return Err(gone()) };
        Ok((store, ready))
    }

    fn count_questions(&mut self) -> Result<usize, Failure> {
        let config = Config::load(&self.global.dir)?;
        let decisions = decisions::load(&self.global.dir)?;
        Ok(decide::open(self.store()?, &decisions, &config)?.len())
    }

    fn planned(&mut self, wave: &str) -> Result<PlanText, Failure> {
        let journal = self.journal()?.ok_or_else(|| never_sealed(wave))?;
        let (hash, lines) = plan::newest_text(&journal, wave)?;
        Ok(PlanText { wave: wave.to_owned(), hash, lines })
    }
}

/// What can't be: it was opened one line before.
fn gone() -> Failure {
    Failure::new(FailureKind::Work, "the inventory went away while it was read")
}

fn never_sealed(wave: &str) -> Failure {
    Failure::new(FailureKind::Usage, format!("wave `{wave}` was never sealed"))
        .hint(format!("`caravan plan seal {wave}` seals it"))
}

impl Session for Look {
    fn overview(&mut self) -> Answered<Overview> {
        waves::overview(self).map_err(trouble)
    }

    fn open_questions(&mut self) -> Answered<usize> {
        self.count_questions().map_err(trouble)
    }

    fn window(&mut self, query: &Query, from: usize, limit: usize) -> Answered<Window<Row>> {
        self.rows(query, from, limit).map_err(trouble)
    }

    fn detail(&mut self, id: &WorkloadId) -> Answered<Detail> {
        self.told(id).map_err(trouble)
    }

    fn doors(&mut self, part: &str, from: usize, limit: usize) -> Answered<Window<DoorRow>> {
        let told = self.front().map(|(_, front)| front.window(part, from, limit));
        told.map_err(trouble)
    }

    fn graph(&mut self, id: &str) -> Answered<Graph> {
        graph::read(self, id).map_err(trouble)
    }

    fn readiness(&mut self, sieve: &Sieve, from: usize, limit: usize) -> Answered<ReadinessPart> {
        let told = self.ready().and_then(|(store, ready)| ready.part(store, sieve, from, limit));
        told.map_err(trouble)
    }

    fn assessed(&mut self, id: &WorkloadId) -> Answered<Assessed> {
        let runnable = self.runnable.clone();
        let told = self.ready().and_then(|(store, ready)| ready.assessed(store, id, &runnable));
        told.map_err(trouble)
    }

    fn entries(&mut self, run: &str, people: bool, from: usize, limit: usize) -> Answered<JournalPart> {
        audit::part(self, run, people, from, limit).map_err(trouble)
    }

    fn entry(&mut self, run: &str, sequence: u64) -> Answered<EntryText> {
        audit::entry(self, run, sequence).map_err(trouble)
    }

    fn domains(&mut self, part: &str, from: usize, limit: usize) -> Answered<Window<DomainRow>> {
        domains::window(self, part, from, limit).map_err(trouble)
    }

    fn domain(&mut self, hostname: &str) -> Answered<DomainText> {
        domains::read(self, hostname).map_err(trouble)
    }

    fn preview(&mut self, workload: &WorkloadId) -> Answered<Preview> {
        preview::read(self, workload).map_err(trouble)
    }

    fn preview_file(&mut self, workload: &WorkloadId, path: &str) -> Answered<PreviewText> {
        preview::file(self, workload, path).map_err(trouble)
    }

    fn waves(&mut self) -> Answered<Vec<WaveRow>> {
        waves::list(self).map_err(trouble)
    }

    fn plan(&mut self, wave: &str) -> Answered<PlanText> {
        self.planned(wave).map_err(trouble)
    }

    fn members(&mut self, wave: &str) -> Answered<Vec<Member>> {
        members::read(&self.global.dir, wave).map_err(trouble)
    }

    fn run(&mut self, name: &str) -> Answered<RunView> {
        runs::view(self, name).map_err(trouble)
    }
}
