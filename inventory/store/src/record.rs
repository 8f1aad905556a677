//! The lines of an export, `caravan.export/v1`.
//!
//! The first line is `{"schema":"caravan.export/v1"}`. Each other line is one record, named by what it is:
//! `{"unit":{…}}`. Records stand in the order of [`Record`]'s variants, each kind sorted by id. What two scans of the
//! same estate say differently stands in `scan`, `began`, `ended`, `first_seen`, `last_seen` and `gone_at`, nowhere else
//! (the id of a scan itself is the key `scan`, too). [`timeless`] leaves that out.

use crate::scan::{Scan, ScanState, Sighting};
use caravan_inventory::{
    AccountId, Domain, Edge, Observation, ObservationId, ObservationKind, Provider, Question, Region, ScanId, Unit,
    UnitId, UnitState, Workload,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The first line.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Header {
    pub(crate) schema: String,
}

/// Any other line.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Record {
    Scan(ScanRecord),
    Unit(UnitRecord),
    Observation(ObservationRecord),
    Workload(Workload),
    Edge(Edge),
    Domain(Box<Domain>),
    Question(Question),
}

/// The record without what two scans of the same estate say differently: no times, each scan by its place among all of them,
/// from 1, and of what is gone only that it is.
pub(crate) fn timeless(record: &Record, scans: &[ScanId]) -> serde_json::Result<Value> {
    let mut line = serde_json::to_value(record)?;
    let telling = matches!(record, Record::Scan(_) | Record::Unit(_) | Record::Observation(_));
    let fields = line.as_object_mut().and_then(|line| line.values_mut().next()).and_then(Value::as_object_mut);
    let fields = match fields {
        Some(fields) if matches!(record, Record::Domain(_)) => {
            if let Some(look) = fields.get_mut("inspection").and_then(Value::as_object_mut) {
                look.remove("at");
            }
            return Ok(line);
        }
        fields => fields,
    };
    if let Some(fields) = fields.filter(|_| telling) {
        for key in ["began", "ended", "first_seen", "last_seen"] {
            fields.remove(key);
        }
        if fields.remove("gone_at").is_some_and(|at| !at.is_null()) {
            fields.insert("gone".to_owned(), Value::Bool(true));
        }
        if let Some(scan) = fields.get_mut("scan") {
            let place = scans.iter().position(|known| Some(known.as_str()) == scan.as_str());
            *scan = place.map_or(Value::Null, |place| Value::from(place + 1));
        }
    }
    Ok(line)
}

/// A scan. A running one is exported as abandoned: its reads stay behind, so nobody can finish it elsewhere.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScanRecord {
    scan: ScanId,
    began: Timestamp,
    ended: Option<Timestamp>,
    state: ScanState,
    selection: Value,
}

/// A unit of a scan. Its provider is the first part of its id.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnitRecord {
    scan: ScanId,
    id: UnitId,
    account: Option<AccountId>,
    region: Option<Region>,
    api: String,
    state: UnitState,
    found: u64,
    reason: Option<String>,
}

/// An observation. `gone_at`, `unit` and `scan` may be left out by who writes an inventory by other means.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ObservationRecord {
    id: ObservationId,
    kind: ObservationKind,
    name: String,
    account: Option<AccountId>,
    region: Option<Region>,
    api: String,
    first_seen: Timestamp,
    last_seen: Timestamp,
    gone_at: Option<Timestamp>,
    unit: Option<UnitId>,
    scan: Option<ScanId>,
    body: Value,
}

impl From<Scan> for ScanRecord {
    fn from(scan: Scan) -> Self {
        let Scan { id, began, ended, state, selection } = scan;
        let state = if state == ScanState::Running { ScanState::Abandoned } else { state };
        Self { scan: id, began, ended, state, selection }
    }
}

impl From<ScanRecord> for Scan {
    fn from(record: ScanRecord) -> Self {
        let ScanRecord { scan, began, ended, state, selection } = record;
        let state = if state == ScanState::Running { ScanState::Abandoned } else { state };
        Self { id: scan, began, ended, state, selection }
    }
}

impl UnitRecord {
    pub(crate) fn new(scan: ScanId, unit: Unit) -> Self {
        let Unit { id, provider: _, account, region, api, state, found, reason } = unit;
        Self { scan, id, account, region, api, state, found, reason }
    }

    pub(crate) fn split(self) -> (ScanId, Unit) {
        let Self { scan, id, account, region, api, state, found, reason } = self;
        let by_other_means = if account.is_some() { Provider::Aws } else { Provider::Files };
        let provider = id.provider().unwrap_or(by_other_means);
        (scan, Unit { id, provider, account, region, api, state, found, reason })
    }
}

impl From<Sighting> for ObservationRecord {
    fn from(sighting: Sighting) -> Self {
        let Sighting { observation, gone_at, unit, scan } = sighting;
        let Observation { id, kind, name, account, region, api, first_seen, last_seen, body } = observation;
        Self { id, kind, name, account, region, api, first_seen, last_seen, gone_at, unit, scan, body }
    }
}

impl From<ObservationRecord> for Sighting {
    fn from(record: ObservationRecord) -> Self {
        let ObservationRecord {
            id,
            kind,
            name,
            account,
            region,
            api,
            first_seen,
            last_seen,
            gone_at,
            unit,
            scan,
            body,
        } = record;
        let observation = Observation { id, kind, name, account, region, api, first_seen, last_seen, body };
        Self { observation, gone_at, unit, scan }
    }
}
