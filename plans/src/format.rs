//! The formats in which plans were sealed: each is read for ever, only the newest is written.

use crate::{Drivers, OnFailure, PlanHash, SealError, Shift, Step, WavePlan};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The version that every format names.
#[derive(Deserialize)]
struct Head {
    schema: String,
}

/// `caravan.wave/v1`: every step was a shift. Its other names are read where they stand in [`Shift`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct V1 {
    #[serde(rename = "schema")]
    _schema: String,
    wave: String,
    parent: Option<PlanHash>,
    drivers: Drivers,
    shifts: Vec<Shift>,
}

/// Reads a plan by the format that it names.
///
/// # Errors
/// When it names a format that this version does not know, or is not of the one that it names.
pub(crate) fn read(text: &str) -> Result<WavePlan, SealError> {
    let head: Head = serde_json::from_str(text).map_err(SealError::Unreadable)?;
    match head.schema.as_str() {
        WavePlan::SCHEMA => serde_json::from_str(text).map_err(SealError::Unreadable),
        "caravan.wave/v1" => serde_json::from_str::<V1>(text).map(WavePlan::from).map_err(SealError::Unreadable),
        _ => Err(SealError::Newer { found: head.schema }),
    }
}

impl From<V1> for WavePlan {
    fn from(V1 { wave, parent, drivers, shifts, .. }: V1) -> Self {
        let steps = shifts.into_iter().map(Step::Shift).collect();
        let (schema, on_failure, soak_ms) = (Self::SCHEMA.to_owned(), OnFailure::default(), Self::default_soak_ms());
        let (clusters, routes, rules) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { schema, wave, parent, drivers, on_failure, soak_ms, clusters, routes, rules, steps }
    }
}
