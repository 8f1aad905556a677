//! The calls of Cloudflare, by subject.

mod workers;
mod zones;

use super::call::{CallRow, Collector, Source, Start};
use super::found::Found;
use crate::request::Request;
use serde_json::Value;

/// The table, one part for each subject.
pub(super) const SUBJECTS: &[&[CallRow]] = &[workers::CALLS, zones::CALLS];

/// A call whose answers one function reads. A token sees its whole account: there are no regions.
const fn row(
    api: &'static str,
    start: Start,
    fed_by: &'static [&'static str],
    collector: fn(&Request, &Value) -> Found,
) -> CallRow {
    CallRow { api, source: Source::Workers, global: true, start, fed_by, collector: Collector::One(collector) }
}
