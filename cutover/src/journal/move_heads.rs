//! How far every move is, without its entries: what has changed is told by a number.

use super::error::JournalError;
use super::handle::Journal;
use super::statement::prepared;

const HEADS: &str = "SELECT run, name, (SELECT coalesce(max(sequence), 0) FROM move_event WHERE move = move.id)
    FROM move ORDER BY id";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[HEADS];

/// How far a move is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MoveHead {
    /// Its run's name.
    pub run: String,
    /// The hostname.
    pub name: String,
    /// How many entries it has.
    pub entries: u64,
}

impl Journal {
    /// How far every move is, the oldest first.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn move_heads(&self) -> Result<Vec<MoveHead>, JournalError> {
        self.read(|transaction, file| {
            let fail = |source| JournalError::of(file, source);
            let mut statement = prepared(transaction, HEADS, file)?;
            let rows = statement
                .query_map([], |row| Ok(MoveHead { run: row.get(0)?, name: row.get(1)?, entries: row.get(2)? }));
            rows.map_err(fail)?.collect::<Result<_, _>>().map_err(fail)
        })
        .await
    }
}
