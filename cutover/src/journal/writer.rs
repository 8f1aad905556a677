//! The one thread that owns the connection.

use super::error::JournalError;
use super::handle::{CommitGroup, JobAnswer, Journal, JournalJob};
use super::mark::DatabaseFiles;
use camino::Utf8Path;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

/// Jobs that share one commit at the most: so that the first of them does not wait for ever.
const LARGEST_GROUP: usize = 256;

/// Starts the thread. It ends when the last handle is dropped.
pub(super) fn start(file: &Utf8Path, mut connection: Connection) -> Result<Journal, JournalError> {
    let (jobs, mut waiting) = mpsc::unbounded_channel();
    let journal = Journal { file: file.to_owned(), copied: None, opened: DatabaseFiles::of(file), jobs };
    let path = file.to_owned();
    let closed = |_| JournalError::Closed { file: file.to_owned() };
    connection.set_prepared_statement_cache_capacity(64);
    std::thread::Builder::new()
        .name("journal".to_owned())
        .spawn(move || {
            while let Some(first) = waiting.blocking_recv() {
                serve_group(&mut connection, &path, first, &mut waiting);
            }
        })
        .map_err(closed)?;
    Ok(journal)
}

/// Does what waits in one transaction, and answers when it is durable.
fn serve_group(
    connection: &mut Connection,
    file: &Utf8Path,
    first: JournalJob,
    waiting: &mut mpsc::UnboundedReceiver<JournalJob>,
) {
    // Who only reads takes no lock that a driver of another process would have to wait for, and no writer into its group.
    let only_reads = first.only_reads;
    let behavior = if only_reads { TransactionBehavior::Deferred } else { TransactionBehavior::Immediate };
    let transaction = match connection.transaction_with_behavior(behavior) {
        Ok(transaction) => transaction,
        Err(error) => {
            let answer = (first.work)(Err(JournalError::of(file, error)));
            return answer(Ok(()));
        }
    };
    let mut answers = vec![(first.work)(Ok((&transaction, file)))];
    // A full or failing disk may have ended the transaction: what came now would be durable by itself, unanswered.
    while !only_reads && answers.len() < LARGEST_GROUP && !transaction.is_autocommit() {
        let Ok(job) = waiting.try_recv() else { break };
        answers.push((job.work)(Ok((&transaction, file))));
    }
    let outcome = transaction.commit();
    for answer in answers {
        answer(match &outcome {
            Ok(()) => Ok(()),
            Err(error) => Err(copied(file, error)),
        });
    }
}

/// Does one job so that all of it happens or nothing: its neighbours in the group are not its business.
fn whole<T>(
    transaction: &Transaction<'_>,
    file: &Utf8Path,
    work: impl FnOnce(&Transaction<'_>, &Utf8Path) -> Result<T, JournalError>,
) -> Result<T, JournalError> {
    let say = |sql: &str| {
        let mut statement = transaction.prepare_cached(sql)?;
        statement.raw_execute().map(drop)
    };
    let fail = |source| JournalError::of(file, source);
    say("SAVEPOINT job").map_err(fail)?;
    let result = work(transaction, file);
    if result.is_err() && !transaction.is_autocommit() {
        say("ROLLBACK TO job").map_err(fail)?;
    }
    if !transaction.is_autocommit() {
        say("RELEASE job").map_err(fail)?;
    }
    result
}

/// The error of a commit, once for each that waited for it.
fn copied(file: &Utf8Path, error: &rusqlite::Error) -> JournalError {
    match error {
        rusqlite::Error::SqliteFailure(code, text) => {
            JournalError::of(file, rusqlite::Error::SqliteFailure(*code, text.clone()))
        }
        _ => JournalError::Closed { file: file.to_owned() },
    }
}

impl Journal {
    /// Does something inside the next group's transaction. When this returns `Ok`, it is durable.
    pub(super) async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>, &Utf8Path) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, JournalError> {
        if self.is_replaced() {
            return Err(JournalError::Replaced { file: self.file.clone() });
        }
        self.queue(false, work).await
    }

    /// Reads something, all of it as it stood at one moment; writers of other processes need not wait meanwhile.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>, &Utf8Path) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, JournalError> {
        self.queue(true, work).await
    }

    async fn queue<T: Send + 'static>(
        &self,
        only_reads: bool,
        work: impl FnOnce(&Transaction<'_>, &Utf8Path) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, JournalError> {
        let (answer, answered) = oneshot::channel();
        let work: Box<dyn FnOnce(CommitGroup<'_>) -> JobAnswer + Send> = Box::new(move |group| {
            let result = group.and_then(|(transaction, file)| whole(transaction, file, work));
            Box::new(move |committed| {
                // Whoever does not wait any more has been dropped, as in a crash.
                let _ = answer.send(match (result, committed) {
                    // Why the work failed says more than that the commit then failed, too.
                    (Err(error), _) | (Ok(_), Err(error)) => Err(error),
                    (Ok(value), Ok(())) => Ok(value),
                });
            })
        });
        let closed = || JournalError::Closed { file: self.file.clone() };
        self.jobs.send(JournalJob { only_reads, work }).map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }
}
