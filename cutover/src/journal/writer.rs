//! The one thread that owns the connection.

use super::{Journal, JournalError};
use camino::{Utf8Path, Utf8PathBuf};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::fmt;
use tokio::sync::{mpsc, oneshot};

/// Jobs that share one commit at the most: so that the first of them does not wait for ever.
const LARGEST_GROUP: usize = 256;

/// What is answered once the group is committed, or is not.
type Answer = Box<dyn FnOnce(Result<(), JournalError>) + Send>;

/// One thing to do inside the group's transaction.
pub(crate) struct Job(Box<dyn FnOnce(&Transaction<'_>, &Utf8Path) -> Answer + Send>);

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Job")
    }
}

/// Starts the thread. It ends when the last handle is dropped.
pub(super) fn start(file: &Utf8Path, mut connection: Connection) -> Result<Journal, JournalError> {
    let (jobs, mut waiting) = mpsc::unbounded_channel();
    let journal = Journal { file: file.to_owned(), jobs };
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
    file: &Utf8PathBuf,
    first: Job,
    waiting: &mut mpsc::UnboundedReceiver<Job>,
) {
    let transaction = match connection.transaction_with_behavior(TransactionBehavior::Immediate) {
        Ok(transaction) => transaction,
        // The job is dropped with its answer: whoever waits is told that the journal did not take it.
        Err(_) => return,
    };
    let mut answers = vec![(first.0)(&transaction, file)];
    while answers.len() < LARGEST_GROUP {
        let Ok(job) = waiting.try_recv() else { break };
        answers.push((job.0)(&transaction, file));
    }
    let outcome = transaction.commit();
    for answer in answers {
        answer(match &outcome {
            Ok(()) => Ok(()),
            Err(error) => Err(copied(file, error)),
        });
    }
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
        let (answer, answered) = oneshot::channel();
        let job = Job(Box::new(move |transaction, file| {
            let result = work(transaction, file);
            Box::new(move |committed| {
                let _ = answer.send(committed.and(result));
            })
        }));
        let closed = || JournalError::Locked { file: self.file.clone() };
        self.jobs.send(job).map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }
}
