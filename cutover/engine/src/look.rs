//! What a run that waits on its way back looks at again by itself.

use crate::Moment;
use serde::{Deserialize, Serialize};

/// The next look of a run that waits for a person on its way back at what somebody else changed.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct NextLook {
    /// Not before this moment; 0 when it has come.
    pub at: Moment,
    /// Looks in a row that found nothing new.
    pub looks: u32,
}

/// Why a step gets no further on the way back until somebody else does something.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blocked {
    /// Somebody else's state stands at its target.
    Foreign,
    /// Its target can't be observed: a right or credentials are missing, or it is gone.
    Unseen,
    /// The provider refuses the write, or an owner is not proved to be as it should.
    Refused,
}
