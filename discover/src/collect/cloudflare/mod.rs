//! The calls of Cloudflare, by subject.

mod workers;
mod zones;

use super::call::CallRow;

/// The table, one part for each subject.
pub(super) const SUBJECTS: &[&[CallRow]] = &[workers::CALLS, zones::CALLS];
