//! Linking, on observations made for the test and on the demonstration estate.

mod classic;
mod cloud;
mod estate;
mod files;
mod gateway;
mod governed;
mod needs;
mod records;
mod resources;
mod state_machines;

use super::{Linked, Location, ObservationSource, link};
use caravan_inventory::{
    AccountId, Edge, EdgeKind, Observation, ObservationId, ObservationKind, Ownership, Region, Workload,
};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeSet;
use std::convert::Infallible;

const ACCOUNT: &str = "123456789012";
const REGION: &str = "eu-central-1";

/// Observations in memory.
struct Observed(Vec<Observation>);

impl ObservationSource for Observed {
    type Error = Infallible;

    fn locations(&self) -> Result<Vec<Location>, Infallible> {
        let location = |observation: &Observation| Location {
            account: observation.account.clone(),
            region: observation.region.clone(),
        };
        Ok(self.0.iter().map(location).collect::<BTreeSet<_>>().into_iter().collect())
    }

    fn visit(
        &self,
        kind: ObservationKind,
        location: Option<&Location>,
        visitor: &mut dyn FnMut(Observation),
    ) -> Result<(), Infallible> {
        let there = |observation: &&Observation| {
            observation.kind == kind
                && location.is_none_or(|location| {
                    location.account == observation.account && location.region == observation.region
                })
        };
        let mut shown: Vec<_> = self.0.iter().filter(there).cloned().collect();
        shown.sort_by(|one, other| one.id.cmp(&other.id));
        shown.into_iter().for_each(visitor);
        Ok(())
    }
}

/// Something that a cloud described.
fn seen(kind: ObservationKind, name: &str, body: Value) -> Observation {
    let region =
        if matches!(kind, ObservationKind::HostedZone | ObservationKind::RecordSet) { "global" } else { REGION };
    Observation {
        id: ObservationId::new(format!("{}/{ACCOUNT}/{region}/{name}", kind.as_str())),
        kind,
        name: name.to_owned(),
        account: Some(AccountId::new(ACCOUNT)),
        region: Some(Region::new(region)),
        api: "test:Describe".to_owned(),
        first_seen: Timestamp::UNIX_EPOCH,
        last_seen: Timestamp::UNIX_EPOCH,
        body,
    }
}

/// Something that a file holds.
fn filed(kind: ObservationKind, name: &str, body: Value) -> Observation {
    let id = ObservationId::new(format!("{}/files/{name}", kind.as_str()));
    Observation {
        id,
        name: name.to_owned(),
        account: None,
        region: None,
        api: "file".to_owned(),
        ..seen(kind, name, body)
    }
}

fn linked(observations: Vec<Observation>) -> Linked {
    linked_with(observations, "[]")
}

fn linked_with(observations: Vec<Observation>, ownership: &str) -> Linked {
    let ownership: Ownership = serde_json::from_str(ownership).unwrap();
    link(&Observed(observations), &ownership).unwrap()
}

fn arn(service: &str, resource: &str) -> String {
    format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}")
}

fn ids(linked: &Linked) -> Vec<&str> {
    linked.workloads.iter().map(|workload| workload.id.as_str()).collect()
}

fn workload<'l>(linked: &'l Linked, ending: &str) -> &'l Workload {
    linked.workloads.iter().find(|workload| workload.id.as_str().ends_with(ending)).expect("the workload is there")
}

/// `<to> @ <evidence path>` of the edges of one kind from one workload.
fn edges(linked: &Linked, from: &str, kind: EdgeKind) -> Vec<String> {
    let line = |edge: &Edge| format!("{} @ {}", edge.to, edge.evidence.path);
    linked.edges.iter().filter(|edge| edge.from.ends_with(from) && edge.kind == kind).map(line).collect()
}
