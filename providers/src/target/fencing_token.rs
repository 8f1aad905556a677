//! The value that says who wrote last.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// Who wrote last: `run/epoch/sequence`, one value, new with each write (K8). It stands beside the target: in the TXT
/// record `_caravan.<name>`, or in a route's annotation.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct FencingToken {
    /// The run; holds no slash.
    pub run: String,
    /// The lease's epoch.
    pub epoch: u64,
    /// Counts the writes of the run.
    pub sequence: u64,
}

/// A text that is no fencing token: somebody else's.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is no fencing token of a run")]
pub struct InvalidFencingToken(String);

impl fmt::Display for FencingToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.run, self.epoch, self.sequence)
    }
}

impl FromStr for FencingToken {
    type Err = InvalidFencingToken;

    fn from_str(text: &str) -> Result<Self, InvalidFencingToken> {
        let wrong = || InvalidFencingToken(text.to_owned());
        let mut parts = text.split('/');
        let (Some(run), Some(epoch), Some(sequence), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(wrong());
        };
        if run.is_empty() {
            return Err(wrong());
        }
        Ok(Self {
            run: run.to_owned(),
            epoch: epoch.parse().map_err(|_| wrong())?,
            sequence: sequence.parse().map_err(|_| wrong())?,
        })
    }
}

impl Serialize for FencingToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FencingToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
