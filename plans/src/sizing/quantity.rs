//! Sizes as Kubernetes writes them.

use serde::{Serialize, Serializer};
use std::fmt;

/// Thousandths of a processor: `250m`, `2`.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Millicores(pub u64);

/// MiB: `512Mi`, `2Gi`.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Mebibytes(pub u64);

impl fmt::Display for Millicores {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_multiple_of(1000) { write!(out, "{}", self.0 / 1000) } else { write!(out, "{}m", self.0) }
    }
}

impl fmt::Display for Mebibytes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 > 0 && self.0.is_multiple_of(1024) {
            write!(out, "{}Gi", self.0 / 1024)
        } else {
            write!(out, "{}Mi", self.0)
        }
    }
}

impl Serialize for Millicores {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Mebibytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
