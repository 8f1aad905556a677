//! `journal.db`: opening it, and what stands in it.

use crate::error::{Failure, Kind};
use crate::paths;
use crate::permit::WritePermit;
use crate::suggest::nearest_id;
use camino::{Utf8Path, Utf8PathBuf};
use caravan_cutover::{Journal, RunRecord, SealRecord, SystemClock};
use caravan_cutover_engine::{Clock, Moment, SeededBug, State, Store, replay};
use caravan_plans::Sealed;
use jiff::Timestamp;

/// Where the database lies.
pub(crate) fn path(dir: &Utf8Path) -> Utf8PathBuf {
    paths::within(dir, paths::JOURNAL)
}

/// Opens a journal that must be there.
///
/// # Errors
/// When it is missing, locked, newer, or no journal.
pub(crate) fn open(dir: &Utf8Path) -> Result<Journal, Failure> {
    Ok(Journal::open_existing(&path(dir))?)
}

/// Opens a journal to write to it; makes it when there is none.
///
/// # Errors
/// When its folder is missing, when it is locked, newer, or no journal.
pub(crate) fn open_for_writing(dir: &Utf8Path, _permit: &WritePermit) -> Result<Journal, Failure> {
    Ok(Journal::open(&path(dir))?)
}

/// One run as the journal has it.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// Its row.
    pub(crate) record: RunRecord,
    /// Its plan.
    pub(crate) plan: Sealed,
    /// Where it stands.
    pub(crate) state: State,
    /// How many entries it has.
    pub(crate) entries: usize,
}

/// A run, replayed, its chain verified.
///
/// # Errors
/// When there is no such run, or its journal does not hold.
pub(crate) async fn run(journal: &Journal, name: &str) -> Result<Run, Failure> {
    let runs = journal.runs().await?;
    let Some(record) = runs.iter().find(|run| run.name == name) else {
        let failure = Failure::new(Kind::Usage, format!("there is no run `{name}`"));
        return Err(match nearest_id(name, runs.iter().map(|run| run.name.as_str())) {
            Some(meant) => failure.hint(format!("did you mean `{meant}`?")),
            None => failure.hint("`caravan cutover status` lists the runs"),
        });
    };
    of_record(journal, record).await
}

/// As [`run`], of a row.
///
/// # Errors
/// When its journal does not hold.
pub(crate) async fn of_record(journal: &Journal, record: &RunRecord) -> Result<Run, Failure> {
    let plan = journal.plan(&record.hash).await?;
    let entries = journal.load(&record.name).await.map_err(|error| Failure::caused(Kind::Work, error))?;
    let state = replay(&record.name, &plan, entries.iter().map(|entry| &entry.event), SeededBug::default())
        .map_err(|error| Failure::caused(Kind::Work, error).context(format!("run {} can't be read", record.name)))?;
    Ok(Run { record: record.clone(), plan, state, entries: entries.len() })
}

/// The newest seal of a wave.
///
/// # Errors
/// A usage failure when it was never sealed.
pub(crate) async fn current_seal(journal: &Journal, wave: &str) -> Result<SealRecord, Failure> {
    let seals = journal.seals().await?;
    let current = journal.current_seal(wave).await?;
    match current.and_then(|hash| seals.iter().find(|seal| seal.hash == hash)) {
        Some(seal) => Ok(seal.clone()),
        None => Err(Failure::new(Kind::Usage, format!("wave `{wave}` was never sealed"))
            .hint(format!("`caravan plan seal {wave}` seals plans/wave-{wave}.yaml"))),
    }
}

/// Now.
pub(crate) fn now() -> Moment {
    SystemClock.now()
}

/// A moment for people: UTC, to the second.
pub(crate) fn shown(moment: Moment) -> String {
    let ms = i64::try_from(moment.0).unwrap_or(i64::MAX);
    match Timestamp::from_millisecond(ms) {
        Ok(time) => time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        Err(_) => moment.0.to_string(),
    }
}
