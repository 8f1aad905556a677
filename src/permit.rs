//! Leave to write. Whoever writes takes a [`WritePermit`], and `--read-only` gives none (S2).

use crate::error::{Failure, FailureKind};
use crate::global::Global;

/// Leave to write files and databases.
#[derive(Debug)]
pub(crate) struct WritePermit(());

impl WritePermit {
    /// Gives leave to write, unless `--read-only` was said.
    ///
    /// # Errors
    /// A usage failure that names `what` would have been written.
    pub(crate) fn ask(global: &Global, what: &str) -> Result<Self, Failure> {
        if global.read_only {
            return Err(Failure::new(FailureKind::Usage, format!("--read-only forbids {what}"))
                .hint("leave out `--read-only` to let the command write"));
        }
        Ok(Self(()))
    }
}
